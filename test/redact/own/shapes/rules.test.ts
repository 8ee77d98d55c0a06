/** All rules of shape together: which of them work, pieces of a file, second passes, and long lines. */

import assert from 'node:assert/strict';

import { RULES_ON } from '../../../../agent/redact/names.ts';
import { shapeRules } from '../../../../agent/redact/own/shapes/rules.ts';
import { MASK } from '../../../../agent/redact/rules.ts';
import { SecondLook } from '../../../../agent/redact/second-look.ts';
import { seededRandom } from '../../../support/random.ts';
import { redactedPieces } from '../pieces.ts';

const RULES = shapeRules(new Set(RULES_ON));
const AWS_KEY = 'AKIAIOSFODNN7EXAMPLE';
const JWT = 'eyJhbGciOiJub25lIn0.eyJhIjoxfQ.c2ln';
const PEM = '-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----\n';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

describe('redact/own/shapes/rules', () => {
  it('works with the named rules only', () => {
    const text = `${AWS_KEY} ${JWT} ${base64('password=hunter2')}\n${PEM}`;
    for (const [rule, secret] of [
      ['aws-key', AWS_KEY],
      ['jwt', JWT],
      ['base64-secret', base64('password=hunter2')],
      ['pem-private-key', 'MIIE'],
    ] as const) {
      const hidden: string[] = [];
      const redactor = shapeRules(new Set([rule])).open('a.txt', (name) => hidden.push(name));

      assert.equal(redactor?.redact(text), text.replace(secret, MASK));
      assert.deepEqual(hidden, [rule]);
    }
  });

  it('opens nothing where none of its rules is named', () => {
    assert.equal(
      shapeRules(new Set()).open('a.txt', () => undefined),
      undefined,
    );
    assert.equal(
      shapeRules(new Set(['cookie-header'])).open('a.txt', () => undefined),
      undefined,
    );
  });

  it('gives the same string where nothing is hidden', () => {
    const text = 'a line\n-----BEGIN CERTIFICATE-----\nsk-... AKIA\nlast';

    assert.equal(redacted(text), text);
  });

  it('hides secrets of different kinds in a line, with what is between them', () => {
    assert.equal(
      redacted(`{"a":"${AWS_KEY}","b":"${JWT}","c":"${base64(PEM)}"}`),
      `{"a":"${MASK}","b":"${MASK}","c":"${MASK}"}`,
    );
  });

  it('keeps JSON whole', () => {
    const value = {
      a: [AWS_KEY, `x ${JWT}`],
      b: { c: PEM, d: base64(PEM), 'e"\\': `"${AWS_KEY}\\` },
    };
    let text = JSON.stringify(value);
    for (let depth = 0; depth < 3; depth++) {
      assert.doesNotThrow(() => JSON.parse(redacted(text)), text);
      text = JSON.stringify({ log: text });
    }
  });

  it('keeps bytes that are no text', () => {
    const bytes = Array.from({ length: 256 }, (_none, byte) => String.fromCharCode(byte)).join('');

    assert.equal(redacted(`${bytes}${AWS_KEY}${bytes}`), `${bytes}${MASK}${bytes}`);
  });

  it('keeps files apart that are open at the same time', () => {
    const first = RULES.open('a.txt', () => undefined);
    const second = RULES.open('b.txt', () => undefined);

    first?.redact('-----BEGIN PRIVATE KEY-----\n');
    assert.equal(second?.redact('MIIE\n'), 'MIIE\n');
    assert.equal(first?.redact('MIIE\n'), `${MASK}\n`);
  });

  it('gives the same wherever a file is cut into pieces, and the same again for what it gave', () => {
    for (let seed = 0; seed < 1000; seed++) {
      const text = randomText(seed);
      assert.equal(redacted(redacted(text)), redacted(text), JSON.stringify(text));
      // The last line of a private key tells what stands before it in its own piece only.
      const other = text.replaceAll('END PRIVATE', 'END PUBLIC');
      assert.equal(redacted(...other.split(/(?<=\n)/)), redacted(other), other);
    }
  });

  it('leaves none of the secrets that stand in random text', () => {
    for (let seed = 0; seed < 800; seed++) {
      const { text, secrets } = planted(seed);
      const left = redacted(text);

      for (const secret of secrets) assert.ok(!left.includes(secret), `${secret} in ${text}`);
      assert.equal(secondLook(left), undefined, text);
      assert.ok(left.startsWith('first\n') && left.endsWith('\nlast: line\n'), text);
    }
  });

  describe('in a long line', () => {
    for (const unit of [
      'eyJ',
      '_eyJh',
      '.eyJhbGciOiJub25lIn0',
      '-eyJhbGciOiJub25lIn0.',
      '-----BEGIN PRIVATE KEY-----',
      String.raw`-----BEGIN PRIVATE KEY-----\nMIIE`,
      '-----BEGIN PRIVATE KEY-----" + "',
      'AKIA',
      `${AWS_KEY} `,
      'ghp_',
      'sk-ant-',
      'SG.',
      '8Q~',
      '123456789:AA',
      'private_key":"-----BEGIN',
      'hooks.slack.com/services/',
      'sig=%2B',
      '_authToken=',
      'H4sIA',
      '-eJwx',
      'cGFzc3dvcmQ6 ',
      'cGFzc3dvcmQ6',
      'dG9rZW4=',
      'a.',
      '\\',
      '"',
      '-',
    ]) {
      it(`is through with ${unit} again and again`, () => passLong(unit, 1e5));
    }

    it('is through with 5 MB of base64', () => {
      // A pattern that keeps a place for each character has no room for so many.
      redacted(`${ALPHABET.repeat(5e6 / ALPHABET.length)} ${AWS_KEY}`);
    });
  });
});

/** In a line with a seed, behind the beginning of a key, and among the lines of one. */
function passLong(unit: string, length: number): void {
  const line = unit.repeat(Math.ceil(length / unit.length));
  redacted(`${line} ${AWS_KEY}\n`);
  redacted(`-----BEGIN PRIVATE KEY-----${line}`);
  redacted('-----BEGIN PRIVATE KEY-----\n', `${line}\n`, `${line}: ${line}\n`);
}

/** @param pieces Of one file. */
function redacted(...pieces: readonly string[]): string {
  return redactedPieces(RULES, pieces);
}

/** What is told by other code than that of the rules. */
function secondLook(text: string): string | undefined {
  const look = new SecondLook();
  look.push(Buffer.from(text, 'latin1'));
  look.finish();
  return look.finding;
}

function base64(text: string): string {
  return Buffer.from(text, 'latin1').toString('base64');
}

type Random = () => number;

function oneOf<T>(values: readonly T[], random: Random): T {
  const value = values[Math.floor(random() * values.length)];
  if (value === undefined) throw new Error('nothing to choose from');
  return value;
}

function characters(length: number, random: Random, alphabet = ALPHABET): string {
  return Array.from({ length }, () => alphabet[Math.floor(random() * alphabet.length)]).join('');
}

/** What rules stumble over, and what they look for, in any order; half of the texts of few kinds of it. */
function randomText(seed: number): string {
  const random = seededRandom(seed);
  const few = Array.from({ length: 5 }, () => oneOf(PARTS, random));
  const parts = random() < 0.5 ? PARTS : [...few, () => '\n', () => '-----BEGIN PRIVATE KEY-----'];
  const length = 1 + Math.floor(random() * 25);
  return Array.from({ length }, () => oneOf(parts, random)(random)).join('');
}

const PARTS: readonly ((random: Random) => string)[] = [
  ...[
    '-----BEGIN PRIVATE KEY-----',
    '-----END PRIVATE KEY-----',
    '-----BEGIN CERTIFICATE-----',
    '-----END CERTIFICATE-----',
    'Proc-Type: 4,ENCRYPTED',
    String.raw`\n`,
    String.raw`\\n`,
    String.raw`\r\n`,
    String.raw`\u003d`,
    String.raw`\"`,
    '\\',
    '\n',
    '\n',
    '\n\n',
    '\n  ',
    '\r\n',
    '" + "',
    '","',
    '"',
    "'",
    ' ',
    '  ',
    '\t',
    '\xe9',
    MASK,
    '***',
    'HIDDEN',
    ':',
    '.',
    '-',
    '_',
    '=',
    '+',
    '/',
    '%',
    '%0A',
    '[32m',
    'ghs_1_',
    'eyJ',
    'eyJhbGciOiJub25lIn0',
    'eyJlbmMiOiJBIn0.',
    'SG.',
    'xoxb-',
    '"private_key": "',
    '"private_key_id":"',
    'AccountKey=',
    '_authToken=',
    '2026-08-21 ',
    '{"log":"',
    String.raw`\n","stream":"1"}`,
    'key: ',
    'two words',
    'done',
    AWS_KEY,
    JWT,
    base64('password='),
  ].map((text) => () => text),
  (random) => characters(oneOf([64, 64, 40, 16, 3], random), random),
  (random) => `ghp_${characters(36, random, 'abc123')}`,
  (random) => `AIza${characters(35, random, 'abc-_')}`,
  (random) => `xyz8Q~${characters(33, random, 'ab~.')}`,
  (random) => `123456789:AA${characters(33, random, 'ab_')}`,
  (random) => `SG.${characters(20, random, 'ab')}.${characters(20, random, 'ab')}`,
  (random) => `&sig=${characters(43, random, 'ab%')}`,
  (random) => base64(`password=hunter2${characters(oneOf([0, 1, 2], random), random)}`),
  (random) => base64(`${characters(oneOf([0, 1, 2], random), random)}${PEM}`),
  () => base64(base64('x://u:p@h')),
  (random) => `H4sIAAAA${characters(40, random)}`,
];

interface Planted {
  readonly text: string;
  readonly secrets: readonly string[];
}

/** Secrets of every rule in lines of every kind; each is there as it is, or inside of base64. */
function planted(seed: number): Planted {
  const random = seededRandom(seed);
  const secrets: string[] = [];
  const lines = Array.from({ length: 1 + Math.floor(random() * 6) }, () => {
    const { text, secret } = oneOf(SECRETS, random)(random);
    const isEncoded = random() < 0.3;
    const bare = isEncoded ? base64(`${characters(3, random, 'ab ')} ${text}`) : text;
    secrets.push(isEncoded ? bare : secret);
    return oneOf(LINES, random)(bare);
  });
  return { text: `first\n${lines.join('\n')}\nlast: line\n`, secrets };
}

const LETTERS = ALPHABET.slice(0, 62);

const SECRETS: readonly ((random: Random) => { readonly text: string; readonly secret: string })[] =
  [
    ...[
      'ghp_',
      'github_pat_',
      'glpat-',
      'xoxp-',
      'sk_live_',
      'npm_',
      'sk-proj-',
      'hvs.',
      'dckr_pat_',
    ].map((prefix) => (random: Random) => {
      const secret = characters(36, random, LETTERS);
      return { text: `${prefix}${secret}`, secret };
    }),
    (random) => {
      const secret = characters(16, random, LETTERS.slice(0, 26));
      return { text: `ASIA${secret}`, secret };
    },
    (random) => {
      const secret = characters(86, random);
      return { text: `AccountName=a;AccountKey=${secret}==`, secret };
    },
    (random) => {
      const secret = characters(43, random, LETTERS);
      return { text: `eyJhbGciOiJub25lIn0.eyJhIjoxfQ.${secret}`, secret };
    },
    (random) => {
      const secret = characters(64, random);
      const lines = [
        '-----BEGIN EC PRIVATE KEY-----',
        secret,
        'abcd',
        '-----END EC PRIVATE KEY-----',
      ];
      return { text: lines.join(oneOf([String.raw`\n`, String.raw`\\n`, ' '], random)), secret };
    },
    (random) => {
      const secret = characters(64, random);
      const lines = ['-----BEGIN PRIVATE KEY-----', secret, 'abcd', '-----END PRIVATE KEY-----'];
      return { text: lines.join(oneOf(['\n', '\r\n', '\n    '], random)), secret };
    },
  ];

const LINES: readonly ((text: string) => string)[] = [
  (text) => text,
  (text) => `{"a":"b","c":${JSON.stringify(text)},"d":1}`,
  (text) => `{"log":${JSON.stringify(JSON.stringify({ text }))}}`,
  (text) => `    ${text}`,
  (text) => `key: ${text}`,
  (text) => `KEY=${text}`,
  (text) => `2026-08-21T10:00:00Z INFO it is ${text}, and more`,
  (text) => `GET https://host/?a=${text}&b=c`,
  (text) => `- "${text}"`,
];
