/** The end of a private key whose first line is missing: over several lines, and in one. */

import assert from 'node:assert/strict';

import { shapeRules } from '../../../../agent/redact/own/shapes/rules.ts';
import { MASK } from '../../../../agent/redact/rules.ts';
import { redactedAtRest, redactedPieces } from '../pieces.ts';
import { EC_KEY, NO_PRIVATE_KEYS, pemOf, RSA_KEY, wrapped } from './keys.ts';

const RULE = 'pem-private-key';
const END = '-----END PRIVATE KEY-----';
const TAIL = pemOf(RSA_KEY).split('\n').slice(-16, -1);

const FRAMES: readonly (readonly [name: string, frame: (line: string, at: number) => string])[] = [
  ['nothing', (line) => line],
  ["a log's time", (line, at) => `2026-08-21T10:00:${10 + at}.1${at}Z stdout F ${line}`],
  ['a level', (line) => `[app] INFO ${line}`],
  ['the indentation of YAML', (line) => `    ${line}`],
  ['quotes', (line) => `  "${line}",`],
  ['JSON', (line, at) => `{"log":"${line}\\n","stream":"stdout","time":"2026-0${at}"}`],
  ['Windows', (line) => `${line}\r`],
];

describe('redact/own/shapes/pem-tail', () => {
  for (const [name, frame] of FRAMES) {
    it(`hides all lines before the last one, with ${name} around each`, () => {
      for (let count = 2; count <= TAIL.length; count++) {
        const lines = TAIL.slice(-count).map(frame);
        const [first = ''] = lines;
        const [expected, last] = [first.replace(TAIL.at(-count) ?? '', MASK), lines.at(-1)];

        assert.equal(redacted(linesOf(...lines)), linesOf(expected, last));
        assert.equal(
          redacted(linesOf('a: b', frame('', 0), ...lines, 'c: d')),
          linesOf('a: b', frame('', 0), expected, last, 'c: d'),
        );
      }
    });
  }

  for (const label of [
    'RSA PRIVATE KEY',
    'EC PRIVATE KEY',
    'OPENSSH PRIVATE KEY',
    'PGP PRIVATE KEY BLOCK',
  ]) {
    it(`knows the last line of ${label}`, () => {
      const lines = [...TAIL.slice(0, -1), `-----END ${label}-----`];

      assert.equal(redacted(linesOf(...lines)), linesOf(MASK, `-----END ${label}-----`));
    });
  }

  it('hides lines of other widths, and what a cut has left of the first one', () => {
    const body = RSA_KEY.toString('base64');
    for (const width of [48, 70, 76, 4000]) {
      for (const cut of [0, 5, 44]) {
        const lines = wrapped(body, width).slice(cut).split('\n');

        assert.equal(redacted(linesOf(...lines, END)), linesOf(MASK, END));
      }
    }
  });

  it('counts a key once, and hides each of several', () => {
    const hidden: string[] = [];
    const redactor = shapeRules(new Set([RULE])).open('a.txt', (rule) => hidden.push(rule));
    const text = linesOf('first: line', ...TAIL, ...TAIL, 'x', '---', ...TAIL);

    assert.equal(
      redactor?.redact(text),
      linesOf('first: line', MASK, END, MASK, END, 'x', '---', MASK, END),
    );
    assert.deepEqual(hidden, [RULE, RULE, RULE]);
  });

  it('hides lines that are in one piece with the last one', () => {
    const [first = '', ...rest] = TAIL;

    assert.equal(once(`${first}\n`, linesOf(...rest)), linesOf(first, MASK, END));
    assert.equal(once(linesOf(...TAIL.slice(0, -1)), `${END}\n`), linesOf(...TAIL));
  });

  it('hides lines where a secret stands around each', () => {
    const lines = TAIL.map((line) => `AKIAIOSFODNN7EXAMPLE ${line}`);

    assert.equal(redacted(linesOf(...lines)), linesOf(`${MASK} ${MASK}`, `${MASK} ${END}`));
  });

  for (const escape of [String.raw`\n`, String.raw`\r\n`, String.raw`\\n`, '%0A']) {
    it(`hides it in one line with ${escape} in it`, () => {
      const lines = [...TAIL.slice(0, -1), ''].join(escape);
      for (const [before, behind] of [
        ['', ''],
        ['{"a":"', `${escape}"}`],
        [`read ${escape}`, ` and ${escape} more`],
      ] as const) {
        const text = `${before}${lines}${END}${behind}\n`;

        assert.equal(redacted(text), `${before}${MASK}${escape}${END}${behind}\n`);
      }
    });
  }

  it('leaves what is before the last line of something else', () => {
    for (const { der } of NO_PRIVATE_KEYS) {
      const lines = pemOf(der, 'CERTIFICATE').split('\n').slice(2);
      assert.equal(redacted(lines.join('\n')), lines.join('\n'));
      const text = linesOf(...lines.slice(0, -1), '', END);
      assert.equal(redacted(text), text);
    }
  });

  it('leaves talk of keys, and what is no line of one', () => {
    for (const text of [
      linesOf('two words', END),
      linesOf('a: b', END),
      linesOf(wrapped(EC_KEY.toString('hex'), 64)),
      linesOf(TAIL[0] ?? '', 'a: b', END),
      linesOf(`${TAIL[0]}`, `2026 ${END}`),
      `it ends with ${END}`,
      `it ends\\nwith ${END}`,
      linesOf(MASK, END),
      `${MASK}\\n${END}`,
    ]) {
      assert.equal(redacted(text), text);
    }
  });

  for (const unit of [
    `${END}\n`,
    `${TAIL[0]}\n`,
    `a\\n${END}`,
    END,
    `a\\n`,
    `${TAIL[0]}\\n`,
    'a\n',
    `x AKIAIOSFODNN7EXAMPLE\n${END}\n`,
  ]) {
    it(`is through with ${JSON.stringify(unit)} again and again`, () => {
      const text = unit.repeat(1_000_000 / unit.length);
      once(text);
      once(`${text}${END}\n`);
    });
  }
});

const rules = shapeRules(new Set([RULE, 'aws-key']));

function redacted(text: string): string {
  return redactedAtRest(rules, text);
}

/** @param pieces Of one file. */
function once(...pieces: readonly string[]): string {
  return redactedPieces(rules, pieces);
}

function linesOf(...lines: readonly (string | undefined)[]): string {
  return `${lines.join('\n')}\n`;
}
