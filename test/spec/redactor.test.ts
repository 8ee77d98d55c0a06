/** spec/redactor: entries of spec.redactors. */

import assert from 'node:assert/strict';

import { parseRedactor } from '../../agent/spec/redactor.ts';

describe('spec/redactor', () => {
  it('accepts every field that troubleshoot knows', () => {
    const entry = {
      name: 'all',
      fileSelector: { file: 'a', files: ['b'] },
      removals: {
        values: ['secret'],
        regex: [{ selector: 'password', redactor: '(?P<mask>.*)' }],
        yamlPath: ['spec.password'],
      },
    };

    assert.deepEqual(parse(entry), { redactor: entry, unused: [], broken: [] });
  });

  it('names an unknown field beside the rules, and keeps the rules', () => {
    const { redactor, unused, broken } = parse({ note: 'x', removals: { values: ['a'] } });

    assert.deepEqual(redactor, { removals: { values: ['a'] } });
    assert.deepEqual(unused, ['a redactor has no field note']);
    assert.deepEqual(broken, []);
  });

  for (const [what, entry] of [
    ['a misspelled rule', { removals: { value: ['a'] } }],
    [
      'a misspelled selector of files',
      { fileSelector: { path: 'a' }, removals: { values: ['a'] } },
    ],
    ['a rule of another type', { removals: { values: 'a' } }],
    ['a regex without its expression', { removals: { regex: [{ selector: 'a' }] } }],
    ['no rule', { name: 'nothing' }],
    ['rules that are empty', { removals: { values: [] } }],
    ['a misspelled removals', { removal: { values: ['a'] } }],
    ['a text', 'secret'],
    ['null', null],
  ] as const) {
    it(`takes ${what} for broken: it would hide less than was meant`, () => {
      const { redactor, broken } = parse(entry);

      assert.equal(redactor, undefined);
      assert.ok(broken.length > 0);
    });
  }
});

function parse(entry: unknown): { redactor: unknown; unused: string[]; broken: string[] } {
  const unused: string[] = [];
  const broken: string[] = [];
  const redactor = parseRedactor(entry, {
    unused: (_path, message) => unused.push(message),
    broken: (_path, message) => broken.push(message),
  });
  return { redactor, unused, broken };
}
