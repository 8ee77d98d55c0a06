/** The rules together: at rest, in pieces, in time. */

import assert from 'node:assert/strict';

import { RULES_ON } from '../../../../agent/redact/names.ts';
import { contextRules } from '../../../../agent/redact/own/context/rules.ts';
import { MASK } from '../../../../agent/redact/rules.ts';
import { seededRandom } from '../../../support/random.ts';
import { redact } from './redacted.ts';
import { ADVERSARIAL, WORDS } from './texts.ts';

/** Lines whose pieces may differ in what they hide too much: see `secretStage` and `FileLines.opensPair`. */
const UNDECIDED = /data|value/i;

describe('redact/own/context/rules', () => {
  it('changes nothing a second time, whatever the text', () => {
    for (const text of randomTexts(6_000)) {
      const once = redact(text);

      assert.equal(redact(once), once, JSON.stringify(text));
    }
  });

  it('gives the same for a text in pieces', () => {
    let cutTexts = 0;
    for (const text of randomTexts(6_000)) {
      if (UNDECIDED.test(text)) continue;
      const lines = text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
      cutTexts += lines.length > 1 ? 1 : 0;

      assert.equal(redact(...lines), redact(text), JSON.stringify(text));
    }
    assert.ok(cutTexts > 300);
  });

  it('hides the value at the end of a piece that begins an object, since its name may follow', () => {
    const [first, second] = ['{\n  "value": "hunter2",\n', '  "name": "X_TOKEN"\n}\n'];

    assert.equal(redact(first, second), `{\n  "value": "${MASK}",\n${second}`);
    assert.equal(redact('{\n', '  "value": "hunter2",\n', second), redact(first, second));
    assert.equal(redact('  "name": "A",\n  "value": "b",\n'), '  "name": "A",\n  "value": "b",\n');
  });

  it('is the same string where nothing is hidden', () => {
    const text = 'name=x password=\n"data": {\n';

    assert.equal(redact(text), text);
  });

  for (const name of RULES_ON) {
    it(`has no rule but ${name} on for that name`, () => {
      const hidden = new Set<string>();
      contextRules(new Set([name]))
        .open('', (rule) => hidden.add(rule))
        ?.redact(EVERY_RULE);

      assert.deepEqual([...hidden], CONTEXT_RULES.includes(name) ? [name] : []);
    });
  }

  for (const unit of ADVERSARIAL) {
    it(`is done in time with 1 MB of ${JSON.stringify(unit)}`, () => {
      const text = unit.repeat(1_000_000 / unit.length);

      redact(Buffer.from(text, 'latin1').toString('latin1'));
    }).timeout(60_000);
  }
});

const CONTEXT_RULES: readonly string[] = [
  'authorization-header',
  'cookie-header',
  'url-credentials',
  'kubeconfig',
  'docker-config',
  'secret-data',
  'named-secret',
];
const EVERY_RULE = [
  'Authorization: Bearer hunter2',
  'Cookie: a=hunter2',
  'https://user:hunter2@host',
  'client-key-data: hunter2',
  '.dockercfg: hunter2',
  '{"kind":"Secret","data":{"a":"aHVudGVyMg=="}}',
  'DB_PASSWORD=hunter2',
  '',
].join('\n');

function randomTexts(count: number): readonly string[] {
  const random = seededRandom(count);
  return Array.from({ length: count }, () =>
    Array.from(
      { length: 2 + Math.floor(random() * random() * 40) },
      () => WORDS[Math.floor(random() * WORDS.length)] ?? '',
    ).join(''),
  );
}
