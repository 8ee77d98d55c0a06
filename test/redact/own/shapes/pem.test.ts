/** Private keys in PEM: in one line and over several, quoted, escaped, framed and cut. */

import assert from 'node:assert/strict';

import { shapeRules } from '../../../../agent/redact/own/shapes/rules.ts';
import { MASK } from '../../../../agent/redact/rules.ts';
import { seededRandom } from '../../../support/random.ts';

const RULE = 'pem-private-key';
const random = seededRandom(1);
const LINES = [base64(64), base64(64), base64(27)];
const BEGIN = '-----BEGIN RSA PRIVATE KEY-----';
const END = '-----END RSA PRIVATE KEY-----';
const KEY = [BEGIN, ...LINES, END];
const MASKED = [BEGIN, MASK, END];
const ESCAPES = [String.raw`\n`, String.raw`\r\n`, String.raw`\\n`, String.raw`\\r\\n`, '%0A'];

describe('redact/own/shapes/pem', () => {
  for (const kind of [
    'PRIVATE KEY',
    'RSA PRIVATE KEY',
    'EC PRIVATE KEY',
    'OPENSSH PRIVATE KEY',
    'ENCRYPTED PRIVATE KEY',
    'PGP PRIVATE KEY BLOCK',
  ]) {
    it(`hides what is between the lines of ${kind}, as one line`, () => {
      const text = linesOf(`-----BEGIN ${kind}-----`, ...LINES, `-----END ${kind}-----`, 'next');
      const { left, hidden } = redacted(text);

      const expected = linesOf(`-----BEGIN ${kind}-----`, MASK, `-----END ${kind}-----`, 'next');
      assert.equal(left, expected);
      assert.deepEqual(hidden, [RULE]);
    });
  }

  for (const kind of ['CERTIFICATE', 'PUBLIC KEY', 'CERTIFICATE REQUEST', 'PGP PUBLIC KEY BLOCK']) {
    it(`leaves ${kind}, on its own and behind a key`, () => {
      const block = [`-----BEGIN ${kind}-----`, ...LINES, `-----END ${kind}-----`];

      assert.equal(redacted(linesOf(...block)).left, linesOf(...block));
      assert.equal(redacted(linesOf(...KEY, ...block)).left, linesOf(...MASKED, ...block));
      assert.equal(redacted(block.join(String.raw`\n`)).left, block.join(String.raw`\n`));
    });
  }

  it('keeps the indentation of a YAML block, and what follows', () => {
    const indented = (lines: readonly string[]) => lines.map((line) => `    ${line}`);
    const [before, behind] = [
      ['data:', '  tls.key: |'],
      ['  other: value', 'kind: Secret'],
    ];

    assert.equal(
      redacted(linesOf(...before, ...indented(KEY), ...behind)).left,
      linesOf(...before, ...indented(MASKED), ...behind),
    );
  });

  it('hides headers and the empty line behind them', () => {
    for (const headers of [
      ['Proc-Type: 4,ENCRYPTED', 'DEK-Info: AES-128-CBC,3F17F5316E2BAC89', ''],
      ['Version: GnuPG v2', 'Comment: https://example.com/a b', ''],
    ]) {
      const text = linesOf(BEGIN, ...headers, ...LINES, END, 'next');

      assert.equal(redacted(text).left, linesOf(...MASKED, 'next'));
    }
  });

  for (const [name, frame] of [
    [
      "a log's time",
      (line: string, at: number) => `2026-08-21T10:00:0${at}.1${at}Z stdout F ${line}`,
    ],
    ['a level', (line: string) => `[app] ERROR ${line}`],
    ['a comment', (line: string) => `# ${line}`],
    ['a bar', (line: string) => `  | ${line}`],
    ['quotes', (line: string) => `      "${line}",`],
    ['concatenation', (line: string) => `  "${line}\\n" +`],
    ["single quotes and PHP's dot", (line: string) => `  '${line}' .`],
    ['backslashes', (line: string) => `${line}\\n\\`],
    [
      'JSON',
      (line: string, at: number) => `{"log":"${line}\\n","stream":"stdout","time":"2026-0${at}"}`,
    ],
    ['Windows', (line: string) => `${line}\r`],
  ] as const) {
    it(`keeps ${name} around each line`, () => {
      const key = linesOf(...KEY.map(frame), frame('more of it', 9));
      const [, second = ''] = KEY.map(frame);
      const expected = [frame(BEGIN, 0), second.replace(LINES[0] ?? '', MASK), frame(END, 4)];

      assert.equal(redacted(key).left, linesOf(...expected, frame('more of it', 9)));
      assert.equal(
        redacted(linesOf('a', ...KEY.map(frame), 'b')).left,
        linesOf('a', ...expected, 'b'),
      );
    });
  }

  for (const escape of ESCAPES) {
    it(`hides a key in one line with ${escape} in it`, () => {
      for (const [before, behind] of [
        ['', ''],
        ['{"a":"', '","b":"c"}'],
        ['key: "', '"'],
        ['2026-08-21 read ', ' from the file'],
      ]) {
        const { left, hidden } = redacted(`${before}${KEY.join(escape)}${escape}${behind}\n`);

        assert.equal(left, `${before}${MASKED.join(escape)}${escape}${behind}\n`);
        assert.deepEqual(hidden, [RULE]);
      }
    });
  }

  for (const between of [
    '',
    ' ',
    '","',
    '" + "',
    String.raw`\n" + "`,
    String.raw`\n' . '`,
    '&#10;',
  ]) {
    it(`hides a key in one line with ${between === '' ? 'nothing' : between} between its lines`, () => {
      assert.equal(redacted(`x "${KEY.join(between)}" y`).left, `x "${MASKED.join(between)}" y`);
    });
  }

  it('hides each of several keys in a line', () => {
    const key = KEY.join(String.raw`\n`);
    const masked = MASKED.join(String.raw`\n`);
    const { left, hidden } = redacted(`["${key}","${key}"] ${key}${key}`);

    assert.equal(left, `["${masked}","${masked}"] ${masked}${masked}`);
    assert.deepEqual(hidden, [RULE, RULE, RULE, RULE]);
  });

  it('hides each of several keys that follow one another', () => {
    assert.equal(redacted(linesOf(...KEY, ...KEY)).left, linesOf(...MASKED, ...MASKED));
    const joined = [...KEY.slice(0, -1), `${END}${BEGIN}`, ...LINES, END];
    assert.equal(
      redacted(linesOf(...joined)).left,
      linesOf(BEGIN, MASK, `${END}${BEGIN}`, MASK, END),
    );
  });

  it('hides a key of a form', () => {
    const begin = '-----BEGIN+RSA+PRIVATE+KEY-----';
    const end = '-----END+RSA+PRIVATE+KEY-----';
    const body = LINES.join('%0A').replaceAll('+', '%2B').replaceAll('/', '%2F');

    assert.equal(
      redacted(`a=b&key=${begin}%0A${body}%0A${end}&c=d`).left,
      `a=b&key=${begin}%0A${MASK}%0A${end}&c=d`,
    );
  });

  it('hides a key that YAML has folded', () => {
    const double = [
      `key: "${BEGIN}\\n${LINES[0]}\\`,
      `  \\n${LINES[1]}\\`,
      `  \\n${LINES[2]}\\n${END}\\n"`,
    ];
    assert.equal(
      redacted(linesOf(...double, 'a: 1')).left,
      linesOf(`key: "${BEGIN}\\n${MASK}\\`, `  \\n\\n${END}\\n"`, 'a: 1'),
    );

    const single = [
      `key: '${BEGIN}`,
      '',
      ...LINES.flatMap((line) => [`  ${line}`, '']),
      `  ${END}`,
      '',
      "  '",
    ];
    assert.equal(
      redacted(linesOf(...single, 'a: 1')).left,
      linesOf(`key: '${BEGIN}`, '', `  ${MASK}`, `  ${END}`, '', "  '", 'a: 1'),
    );
  });

  describe('where the last line is missing', () => {
    it('hides lines up to one that cannot be a part of a key', () => {
      for (const line of [
        'name: value',
        '}',
        '{"a":1}',
        'two words',
        '---',
        '"quoted: text"',
        '',
      ]) {
        const text = linesOf(BEGIN, ...LINES, line, 'name: value');

        const rest = line === '' ? ['name: value'] : [line, 'name: value'];
        assert.equal(redacted(text).left, linesOf(BEGIN, MASK, ...rest));
      }
    });

    it('hides to the end of the file', () => {
      assert.equal(redacted(`${BEGIN}\n${LINES[0]}`).left, `${BEGIN}\n${MASK}`);
      assert.equal(redacted(linesOf(BEGIN, ...LINES)).left, linesOf(BEGIN, MASK));
    });

    it('hides what there is in one line, and keeps JSON whole', () => {
      const body = LINES.join(String.raw`\n`);
      for (const [before, behind] of [
        ['{"a":"', '","b":"c"}'],
        ['{"a":["', '","b"]}'],
        [String.raw`{\"a\":\"`, String.raw`\",\"b\":\"c\"}`],
        ["{'a':'", "','b':'c'}"],
        ['x ', String.raw`\n... (cut) and more`],
      ]) {
        const text = `${before}${BEGIN}\\n${body}${behind}\n`;

        assert.equal(redacted(text).left, `${before}${BEGIN}\\n${MASK}${behind}\n`);
      }
    });

    it('hides the lines of a key among others', () => {
      const text = linesOf(
        `t1 ${BEGIN}`,
        'a: b',
        `t2 ${LINES[0]}`,
        'c: d',
        `t3 ${LINES[1]}!`,
        `t4 ${END}`,
        `x ${LINES[0]}`,
      );

      assert.equal(
        redacted(text).left,
        linesOf(
          `t1 ${BEGIN}`,
          'a: b',
          `t2 ${MASK}`,
          'c: d',
          `t3 ${MASK}!`,
          `t4 ${END}`,
          `x ${LINES[0]}`,
        ),
      );
    });

    it('does not look for them for ever', () => {
      const others = Array.from({ length: 100 }, (_none, index) => `line ${index} of a log`);

      assert.equal(
        redacted(linesOf(BEGIN, ...others, `x ${LINES[0]}`)).left,
        linesOf(BEGIN, ...others, `x ${LINES[0]}`),
      );
    });
  });

  it('leaves talk of keys', () => {
    for (const text of [
      'expected -----BEGIN PRIVATE KEY-----, got something else',
      'no -----BEGIN PRIVATE KEY----- is in the file',
      `if (text.startsWith("${BEGIN}")) {\n  return text;\n}`,
      'PRIVATE KEY\nabcd\n',
      '-----BEGIN PRIVATE KEY\nabcd: e\n',
      '{"a":"-----BEGIN PRIVATE KEY-----","b":"c"}',
    ]) {
      assert.equal(redacted(text).left, text);
    }
  });

  it('leaves what is masked', () => {
    for (const text of [
      linesOf(...MASKED),
      ...ESCAPES.map((escape) => MASKED.join(escape)),
      `${BEGIN}${MASK}${END}`,
    ]) {
      const { left, hidden } = redacted(text);

      assert.equal(left, text);
      assert.deepEqual(hidden, []);
    }
  });

  it('hides what a mask has left of a key', () => {
    assert.equal(redacted(linesOf(BEGIN, MASK, ...LINES, END)).left, linesOf(...MASKED));
    assert.equal(
      redacted(`${BEGIN}\\n${MASK}\\n${LINES[0]}\\n${END}`).left,
      `${BEGIN}\\n${MASK}\\n${END}`,
    );
  });
});

function base64(length: number): string {
  const characters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  const picked = Array.from({ length }, () => characters[Math.floor(random() * 64)] ?? '');
  return picked.join('');
}

function linesOf(...lines: readonly string[]): string {
  return `${lines.join('\n')}\n`;
}

function redacted(text: string): { readonly left: string; readonly hidden: readonly string[] } {
  const hidden: string[] = [];
  const redactor = shapeRules(new Set([RULE])).open('a.txt', (rule) => hidden.push(rule));
  return { left: redactor?.redact(text) ?? text, hidden };
}
