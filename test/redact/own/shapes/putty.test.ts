/** PuTTY's private keys. */

import assert from 'node:assert/strict';

import { shapeRules } from '../../../../agent/redact/own/shapes/rules.ts';
import { MASK } from '../../../../agent/redact/rules.ts';
import { redactedInLines } from '../pieces.ts';
import { RSA_KEY, wrapped } from './keys.ts';

const RULE = 'pem-private-key';
const PUBLIC = wrapped(RSA_KEY.toString('base64').slice(100, 472), 64).split('\n');

/** @param characters As many as its private part has. */
function fileOf(
  characters: number,
  version = 2,
): { readonly text: readonly string[]; readonly left: readonly string[] } {
  const key = wrapped(RSA_KEY.toString('base64').slice(-characters), 64).split('\n');
  const before = [
    `PuTTY-User-Key-File-${version}: ssh-rsa`,
    'Encryption: none',
    'Comment: imported-openssh-key',
    `Public-Lines: ${PUBLIC.length}`,
    ...PUBLIC,
    `Private-Lines: ${key.length}`,
  ];
  const behind = [`Private-MAC: ${'0a1b'.repeat(10)}`];
  return { text: [...before, ...key, ...behind], left: [...before, MASK, ...behind] };
}

describe('redact/own/shapes/putty', () => {
  for (const version of [2, 3]) {
    for (const characters of [48, 64, 128, 812, 896]) {
      for (const [name, frame] of [
        ['nothing', (line: string) => line],
        [
          "a log's time",
          (line: string, at: number) => `2026-08-21T10:00:${10 + at}Z stdout F ${line}`,
        ],
        ['the indentation of YAML', (line: string) => `    ${line}`],
        ['Windows', (line: string) => `${line}\r`],
      ] as const) {
        it(`hides ${characters} characters of version ${version} with ${name} around each line`, () => {
          const { text, left } = fileOf(characters, version);
          const framed = text.map(frame);

          const expected = left.map((line, at) =>
            frame(line, line.startsWith('Private-MAC') ? text.length - 1 : at),
          );
          assert.equal(redacted(linesOf(...framed, 'a: b')), linesOf(...expected, 'a: b'));
        });
      }

      it(`hides ${characters} characters of version ${version} in a string`, () => {
        const { text, left } = fileOf(characters, version);

        for (const escape of [String.raw`\n`, String.raw`\r\n`, String.raw`\\n`]) {
          assert.equal(
            redacted(`{"a":"${text.join(escape)}","b":1}`),
            `{"a":"${left.join(escape)}","b":1}`,
          );
        }
      });
    }
  }

  it('counts a key once', () => {
    for (const separator of ['\n', '\\n']) {
      const hidden: string[] = [];
      const redactor = rules.open('a.ppk', (rule) => hidden.push(rule));
      redactor?.redact(fileOf(812).text.join(separator));

      assert.deepEqual(hidden, [RULE]);
    }
  });

  it('leaves talk of it, and no more lines than there are', () => {
    const line = 'aB3d'.repeat(16);
    for (const text of [
      'Private-Lines: 14 are there\nsome: text\n',
      `Private-Lines: 0\n${line}\n`,
      `Private-Lines: many\n${line}\n`,
      `Public-Lines: 1\n${line}\n`,
      `Private-Lines: 1\n---\n`,
      String.raw`Private-Lines: 1\n`,
    ]) {
      assert.equal(redacted(text), text);
    }
    assert.equal(
      redacted(`Private-Lines: 1\\n${line}\\n${line}`),
      `Private-Lines: 1\\n${MASK}\\n${line}`,
    );
  });

  for (const unit of [
    'Private-Lines: 9999\\n',
    'Private-Lines: 9999',
    'Private-Lines: 9999\n',
    'Private-Lines: 9999\\naB3d\\n',
  ]) {
    it(`is through with ${JSON.stringify(unit)} again and again`, () => {
      rules.open('a.txt', () => undefined)?.redact(unit.repeat(500_000 / unit.length));
    });
  }
});

const rules = shapeRules(new Set([RULE]));

function redacted(text: string): string {
  return redactedInLines(rules, text);
}

function linesOf(...lines: readonly string[]): string {
  return `${lines.join('\n')}\n`;
}
