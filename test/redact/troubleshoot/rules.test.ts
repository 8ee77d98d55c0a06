/** redact/troubleshoot/rules: each of the 30 rules, pieces, reports, second passes and long lines. */

import assert from 'node:assert/strict';

import { TROUBLESHOOT_RULE_NAMES } from '../../../agent/redact/troubleshoot/rules.ts';
import { randomText } from './random-text.ts';
import { KURL_PATH, redacted, redactedAsUpstream, redactedPieces } from './redacted.ts';

/** As many characters as the rule for Ceph wants before `==`. */
const KEY = 'A'.repeat(38);

/** A text for each rule that no other rule changes, and what support-bundle v0.133.0 makes of it. */
const RULES: readonly (readonly [name: string, text: string, redacted: string])[] = [
  [
    'Redact values for environment variables that look like AWS Secret Access Keys',
    '{\\"name\\":\\"MY_SECRET_ACCESS_KEY\\",\\"value\\":\\"s3\\"}',
    '{\\"name\\":\\"MY_SECRET_ACCESS_KEY\\",\\"value\\":\\"***HIDDEN***\\"}',
  ],
  [
    'Redact values for environment variables that look like AWS Access Keys',
    '{\\"name\\":\\"AccessKeyId\\",\\"value\\":\\"s3\\"}',
    '{\\"name\\":\\"AccessKeyId\\",\\"value\\":\\"***HIDDEN***\\"}',
  ],
  [
    'Redact values for environment variables that look like AWS Owner or Account numbers',
    '{\\"name\\":\\"owner_account\\",\\"value\\":\\"12\\"}',
    '{\\"name\\":\\"owner_account\\",\\"value\\":\\"***HIDDEN***\\"}',
  ],
  [
    "Redact values for environment variables with names beginning with 'password'",
    '{\\"name\\":\\"MY_PASSWORD_2\\",\\"value\\":\\"s3\\"}',
    '{\\"name\\":\\"MY_PASSWORD_2\\",\\"value\\":\\"***HIDDEN***\\"}',
  ],
  [
    "Redact values for environment variables with names beginning with 'token'",
    '{\\"name\\":\\"TOKEN\\",\\"value\\":\\"s3\\"}',
    '{\\"name\\":\\"TOKEN\\",\\"value\\":\\"***HIDDEN***\\"}',
  ],
  [
    "Redact values for environment variables with names beginning with 'database'",
    '{\\"name\\":\\"A_DATABASE\\",\\"value\\":\\"s3\\"}',
    '{\\"name\\":\\"A_DATABASE\\",\\"value\\":\\"***HIDDEN***\\"}',
  ],
  [
    "Redact values for environment variables with names beginning with 'user'",
    '{\\"name\\":\\"SUPERUSER_COUNT\\",\\"value\\":\\"s3\\"}',
    '{\\"name\\":\\"SUPERUSER_COUNT\\",\\"value\\":\\"***HIDDEN***\\"}',
  ],
  [
    'Redact connection strings with username and password',
    'see https://me:s3@host:8080 for it',
    'see https://***HIDDEN***:***HIDDEN***@host:8080 for it',
  ],
  [
    'Redact database connection strings that contain username and password',
    'dsn me:s3@tcp(db:3306)/shop?x=y now',
    '***HIDDEN***:***HIDDEN***@tcp(***HIDDEN***:3306)/***HIDDEN*** now',
  ],
  [
    'Redact database connection strings that contain username and password',
    'uri postgres://me:s3@db:5432/shop now',
    'uri postgres://***HIDDEN***:***HIDDEN***@***HIDDEN***:5432/***HIDDEN*** now',
  ],
  [
    "Redact 'Data Source' values commonly found in database connection strings",
    'Data Source = s3;',
    'Data Source = ***HIDDEN***;',
  ],
  [
    "Redact 'location' values commonly found in database connection strings",
    'location=s3;',
    'location=***HIDDEN***;',
  ],
  [
    "Redact 'User ID' values commonly found in database connection strings",
    'User ID=s3;',
    'User ID=***HIDDEN***;',
  ],
  [
    "Redact 'password' values commonly found in database connection strings",
    'Password=s3;',
    'Password=***HIDDEN***;',
  ],
  [
    "Redact 'Server' values commonly found in database connection strings",
    'observer = s3;',
    'observer = ***HIDDEN***;',
  ],
  [
    "Redact 'Database' values commonly found in database connection strings",
    'Database=s3;',
    'Database=***HIDDEN***;',
  ],
  [
    "Redact 'UID' values commonly found in database connection strings",
    'Uid=s3;',
    'Uid=***HIDDEN***;',
  ],
  [
    "Redact 'Pwd' values commonly found in database connection strings",
    'Pwd=s3;',
    'Pwd=***HIDDEN***;',
  ],
  [
    'Redact AWS Secret Access Key values in multiline JSON',
    '"name": "SecretAccessKey",\n"value": "s3"\n',
    '"name": "SecretAccessKey",\n"value": "***HIDDEN***"\n',
  ],
  [
    'Redact AWS Access Key ID values in multiline JSON',
    '"name": "ACCESS_KEY_ID_1",\n"value": "s3"\n',
    '"name": "ACCESS_KEY_ID_1",\n"value": "***HIDDEN***"\n',
  ],
  [
    'Redact AWS Owner and Account Numbers in multiline JSON',
    '"name": "owner_account",\n"value": "12"\n',
    '"name": "owner_account",\n"value": "***HIDDEN***"\n',
  ],
  [
    'Redact password environment variables in multiline JSON',
    '"name": "db_password",\n"value": "s3"\n',
    '"name": "db_password",\n"value": "***HIDDEN***"\n',
  ],
  [
    'Redact values that look like API tokens in multiline JSON',
    '"name": "API_TOKEN",\n"value": "s3"\n',
    '"name": "API_TOKEN",\n"value": "***HIDDEN***"\n',
  ],
  [
    'Redact database connection strings in multiline JSON',
    '"name": "DATABASE_URL",\n"value": "s3"\n',
    '"name": "DATABASE_URL",\n"value": "***HIDDEN***"\n',
  ],
  [
    'Redact usernames in multiline JSON',
    '"name": "USERS",\n"value": "s3"\n',
    '"name": "USERS",\n"value": "***HIDDEN***"\n',
  ],
  [
    "Redact 'key' values found in Ceph auth lists",
    `"entity": "osd.0",\n"key": "${KEY}==",\n`,
    '"entity": "osd.0",\n"key": "***HIDDEN***",\n',
  ],
  [
    'Redact kurl installer fields.regex.0',
    '"bootstrapToken": "s3"',
    '"bootstrapToken": "***HIDDEN***"',
  ],
  ['Redact kurl installer fields.regex.1', '"certKey": "s3"', '"certKey": "***HIDDEN***"'],
  [
    'Redact kurl installer fields.regex.2',
    '"kubeadmToken": "s3"',
    '"kubeadmToken": "***HIDDEN***"',
  ],
  [
    'Redact kurl installer fields.regex.3',
    '"kubectl.kubernetes.io/last-applied-configuration": "{\\"a\\":\\"b\\"}"',
    '"kubectl.kubernetes.io/last-applied-configuration": "***HIDDEN***"',
  ],
];

const RANDOM_TEXTS = 1500;

describe('redact/troubleshoot/rules', () => {
  it('names the 30 rules as upstream does, in its order', () => {
    assert.deepEqual(
      TROUBLESHOOT_RULE_NAMES,
      RULES.map(([name]) => name),
    );
    assert.equal(TROUBLESHOOT_RULE_NAMES.length, 30);
  });

  for (const keepsMarks of [false, true]) {
    for (const [name, text, expected] of RULES) {
      it(`hides ${JSON.stringify(text)} and reports it once${keepsMarks ? ', keeping marks' : ''}`, () => {
        const { text: hiddenText, hidden } = redactedPieces([text], {
          keepsMarks,
          path: KURL_PATH,
        });

        assert.equal(hiddenText, expected);
        assert.deepEqual(hidden, [name]);
      });
    }
  }

  it('keeps bytes that are no UTF-8, line ends and blank lines', () => {
    const text = '\xff\xfe\x80 password=\xff; \x00\xc3\n\r\n\n';

    assert.equal(redactedAsUpstream(text), '\xff\xfe\x80 password=***HIDDEN***; \x00\xc3\n\r\n\n');
  });

  it('gives back the same string where nothing is hidden', () => {
    const text = 'a;b@c\n"name": "x"\n"value": "y"\n';

    assert.equal(redacted(text), text);
  });

  it('reports each match that is hidden, and none that is a mark already', () => {
    const text = 'pwd=a;pwd=***HIDDEN***;pwd=b;\n"name": "user token"\n"value": "x"\n';

    assert.deepEqual(redactedPieces([text], { keepsMarks: false }).hidden, [
      "Redact 'Pwd' values commonly found in database connection strings",
      "Redact 'Pwd' values commonly found in database connection strings",
      'Redact values that look like API tokens in multiline JSON',
    ]);
  });

  it('hides the second line of a pair that two pieces part', () => {
    const pieces = ['"name": "token"\n', '"value": "x"\n'];

    assert.equal(
      redactedPieces(pieces, { keepsMarks: true }).text,
      '"name": "token"\n"value": "***HIDDEN***"\n',
    );
  });

  for (const keepsMarks of [false, true]) {
    it(`knows in the next piece how many names stand above${keepsMarks ? ', keeping marks' : ''}`, () => {
      const name = '"name": "token"\n';
      const count = (pieces: readonly string[]) =>
        redactedPieces([...pieces, '"value": "x"\n'], { keepsMarks }).hidden.length;

      assert.deepEqual([count([name]), count([name + name]), count([name.repeat(3)])], [1, 0, 1]);
      assert.deepEqual([count([name, name]), count([name, name, name])], [0, 1]);
      assert.deepEqual([count([name + name, name]), count([name, name + name])], [1, 1]);
    });
  }

  it('forgets the names of a piece that ends with another line', () => {
    assert.equal(
      redactedPieces(['"name": "token"\n', 'x\n', '"value": "x"\n'], { keepsMarks: true }).hidden
        .length,
      0,
    );
  });

  it('hides the key of Ceph at the start of a piece, whatever else the line has', () => {
    const pieces = ['"entity": "osd.0"\n', `"\xe2\x84\xaaey": "${KEY}=="\n`];

    assert.equal(redactedPieces(pieces, { keepsMarks: true }).hidden.length, 1);
  });

  for (const keepsMarks of [false, true]) {
    it(`gives the same for any cut between lines${keepsMarks ? ', keeping marks' : ''}`, () => {
      for (let seed = 0; seed < RANDOM_TEXTS; seed++) {
        const text = randomText(seed);
        const options = { keepsMarks, path: seed % 2 === 0 ? KURL_PATH : 'x.json' };

        assert.deepEqual(
          redactedPieces(piecesOf(text, seed), options),
          redactedPieces([text], options),
          `seed ${seed}`,
        );
      }
    });
  }

  it('changes nothing in a second pass over any text that it left', () => {
    for (let seed = 0; seed < RANDOM_TEXTS; seed++) {
      const path = seed % 2 === 0 ? KURL_PATH : 'x.json';
      const once = redacted(randomText(seed), path);

      assert.equal(redacted(once, path), once, `seed ${seed}`);
    }
  });

  it('hides in the random texts by every rule', () => {
    const seen = new Set<string>();
    for (let seed = 0; seed < RANDOM_TEXTS; seed++) {
      const { hidden } = redactedPieces([randomText(seed)], { keepsMarks: true, path: KURL_PATH });
      for (const name of hidden) seen.add(name);
    }

    assert.deepEqual(seen, new Set(TROUBLESHOOT_RULE_NAMES));
  });
});

/** The text cut behind about every third line. */
function piecesOf(text: string, seed: number): readonly string[] {
  const pieces = [''];
  for (const [at, line] of text.split(/(?<=\n)/).entries()) {
    if ((at * 7 + seed) % 3 === 0) pieces.push('');
    pieces.push((pieces.pop() ?? '') + line);
  }
  return pieces.filter((piece) => piece !== '');
}
