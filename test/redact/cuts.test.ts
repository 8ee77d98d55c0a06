/** All rules of a run over one text: however its bytes are cut, the result is the same, and holds no secret. */

import assert from 'node:assert/strict';

import { ruleSets } from '../../agent/redact/rule-sets.ts';
import { redactText } from '../../agent/redact/text.ts';
import { chunksOf } from '../support/bundles.ts';

const SECRET = 'hunter2Xy9Zq0';

const FORMS: Readonly<Record<string, string>> = {
  'a pair in JSON whose value comes first': `{\n  "value": "${SECRET}",\n  "name": "DB_PASSWORD"\n},\n`,
  'such a pair behind another field': `{\n  "default": "",\n  "value": "${SECRET}",\n  "name": "DB_PASSWORD",\n  "x": 1\n},\n`,
  'such a pair in YAML': `- value: ${SECRET}\n  name: DB_PASSWORD\n  x: 1\n`,
  'a pair in JSON': `{\n  "name": "DB_PASSWORD",\n  "value": "${SECRET}"\n},\n`,
  'a password in a URL': `x: https://app:${SECRET}@db.example.com/x\n`,
  'a value of a name': `DB_PASSWORD=${SECRET}\n`,
};

describe('redact, however a text is cut', () => {
  for (const [what, form] of Object.entries(FORMS)) {
    it(`hides ${what}`, async () => {
      const text = form.repeat(20);
      const whole = await redact(text, text.length);

      assert.ok(!whole.includes(SECRET), whole);
      for (const chunkBytes of [1, 7, 64, ...ends(form)]) {
        assert.equal(await redact(text, chunkBytes), whole, `${chunkBytes} bytes at a time`);
      }
    });
  }
});

/** The lengths of a text up to the end of each of its lines. */
function ends(text: string): readonly number[] {
  return Array.from(text.matchAll(/\n/g), ({ index }) => index + 1);
}

async function redact(text: string, chunkBytes: number): Promise<string> {
  const { sets } = await ruleSets({ redactors: [], disabled: [], enabled: [] });
  const source = chunksOf(Buffer.from(text), chunkBytes);
  const chunks: Uint8Array[] = [];
  const redacted = redactText(sets, { path: 'a.txt', onHidden: () => undefined }, source);
  for await (const chunk of redacted) chunks.push(chunk);
  return String(Buffer.concat(chunks));
}
