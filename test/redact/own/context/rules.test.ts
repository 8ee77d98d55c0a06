/** The rules together: at rest, in pieces, in time. */

import assert from 'node:assert/strict';

import { RULES_ON } from '../../../../agent/redact/names.ts';
import { contextRules } from '../../../../agent/redact/own/context/rules.ts';
import { MASK } from '../../../../agent/redact/rules.ts';
import { seededRandom } from '../../../support/random.ts';
import { redact } from './redacted.ts';

/** What the rules look at, and what stands between. */
const WORDS = [
  'password',
  'DB_TOKEN',
  'secret',
  'name',
  'value',
  'Name:',
  'Value:',
  '"password"',
  '"name"',
  '"value"',
  ':',
  '=',
  ': ',
  ' ',
  '\n',
  '\n  ',
  '\n    ',
  '"',
  '\\"',
  '\\\\\\"',
  "'",
  '`',
  '|',
  '>',
  '\\n',
  '\\n  ',
  '{',
  '}',
  '[',
  ']',
  ',',
  ';',
  '&',
  '?',
  '@',
  '://',
  'http://',
  'x',
  'hunter2',
  'a b',
  MASK,
  '***',
  '-',
  '- ',
  '--token',
  '"--token"',
  'Authorization',
  'authorization: ',
  'Bearer ',
  'Digest ',
  'cookie: ',
  'Set-Cookie',
  'data:',
  '"data": {',
  '"data":{',
  'stringData:',
  'kind: Secret',
  '"kind": "Secret"',
  '"kind":"Secret"',
  '\\"kind\\":\\"Secret\\"',
  'kind: ConfigMap',
  'aHVudGVyMg==',
  '<',
  '${',
  '$(',
  ')',
  '{{',
  '}}',
  'true',
  '1234567',
  '\r',
  '\t',
  '.',
  '/',
  '\\',
  'export ',
  'identified by ',
  '"auth"',
  'auths',
  '.dockerconfigjson',
  '&sig=',
  '\\u0026',
  '\xe9',
  '\xa0',
  '1.2.3',
  '#',
  '---\n',
  'type: Opaque',
  '=>',
  ':=',
  'u:p@h',
  '<password>',
  '</',
  '&quot;',
  '\\x22',
  '%22',
  '%3D',
  '\x1b[36m',
  '\x1b[0m',
  '\\u003c',
  'DB_PASS',
  '"token": [',
  '"token": {',
  'password:\n',
  'password:\\n',
  'curl -u ',
  'requirepass ',
  'password is ',
  'path: /',
  'X-A-Token',
  'kind: Secret\\n',
  'stringData:\\n',
];

/** Lines whose pieces may differ in what they hide too much: see `secretStage` and `Lines.opensPair`. */
const UNDECIDED = /data|value/i;

const ADVERSARIAL = [
  'password=',
  '"password":"',
  '://',
  '://a:b/',
  '@',
  'Authorization:',
  '\\"',
  '\\',
  'password=\\',
  "password='",
  '"name":"token",',
  '"value":"a","name":"token",',
  'name: token ',
  '?token=',
  '--token ',
  'password=  \t',
  'Cookie: a=b; ',
  'Cookie: " "',
  'Authorization: [',
  'Authorization: ["',
  '\\npassword=',
  '\\npassword: |\\n  ',
  'secret',
  'bearer ',
  'password=<',
  'password={{',
  'identified by ',
  'password-',
  'a: ',
  'password=,;&',
  '"auth":"YTpi",',
  'PASSWORD_A_',
  '"password":["a",',
  'password: {',
  '<password>',
  'x:password>',
  '/password',
  'curl -u ',
  '--from-literal=a=',
  'echo a:',
  'password is ',
  '("password","',
  '%22password%22%3A',
  '\x1b[36mpassword\x1b[0m=',
  'x-a-',
  'password:\\n- a',
  'password:\\n- "',
  'stringData:\\n',
];

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
