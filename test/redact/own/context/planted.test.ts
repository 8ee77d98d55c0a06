/** Planted secrets: chance makes them, and puts them into each form. None survives. */

import assert from 'node:assert/strict';

import { contextRules } from '../../../../agent/redact/own/context/rules.ts';
import { seededRandom } from '../../../support/random.ts';
import { cuts, redact } from './redacted.ts';

/** What a form can hold: any text, any but quotes and blanks at its ends, or what has no blanks at all. */
type Shape = 'any' | 'plain' | 'word';
type Form = (name: string, secret: string) => string;

const json = (value: unknown): string => JSON.stringify(value);
const pretty = (value: unknown): string => JSON.stringify(value, null, 2);
const single = (text: string): string => `'${text.replaceAll("'", "''")}'`;

const FORMS: Record<string, readonly [Shape, Form]> = {
  'a pair in JSON': ['any', (name, value) => pretty({ env: [{ name, value }, { name: 'b' }] })],
  'a turned pair in JSON': [
    'any',
    (name, value) => pretty({ env: [{ value, name }, { name: 'b' }] }),
  ],
  'a pair on a line': [
    'any',
    (name, value) =>
      json({
        env: [
          { name: 'a', value: 'b' },
          { name, value },
        ],
      }),
  ],
  'a turned pair on a line': [
    'any',
    (name, value) => json({ env: [{ value, name }, { name: 'b' }] }),
  ],
  'an escaped pair': ['any', (name, value) => json({ a: json({ env: [{ name, value }] }) })],
  'an escaped turned pair': ['any', (name, value) => json({ a: json({ env: [{ value, name }] }) })],
  'a pair escaped twice': [
    'any',
    (name, value) => json({ a: json({ b: json([{ name, value }]) }) }),
  ],
  'a field': ['any', (name, value) => json({ [name]: value, z: 1 })],
  'a field on a line of its own': ['any', (name, value) => pretty({ [name]: value, z: 1 })],
  'an escaped field': ['any', (name, value) => json({ a: json({ [name]: value }) })],
  'a field in escaped pretty JSON': [
    'any',
    (name, value) => pretty({ a: pretty({ [name]: value, z: 1 }) }),
  ],
  'a pair in YAML': ['plain', (name, value) => `- name: ${name}\n  value: ${value}\n- name: b\n`],
  'a turned pair in YAML': [
    'plain',
    (name, value) => `- value: ${value}\n  name: ${name}\n- name: b\n`,
  ],
  'a quoted pair in YAML': ['any', (name, value) => `- name: ${name}\n  value: ${json(value)}\n`],
  'a pair in single quotes': [
    'any',
    (name, value) => `- name: ${name}\n  value: ${single(value)}\n`,
  ],
  'a block of a pair': [
    'any',
    (name, value) => `- name: ${name}\n  value: |\n    ${value}\n    b\n- c\n`,
  ],
  'a pair in flow style': [
    'word',
    (name, value) => `env: [{name: ${name}, value: ${value}}, {name: b}]\n`,
  ],
  YAML: ['plain', (name, value) => `a:\n  ${name}: ${value}\n  b: c\n`],
  'quoted YAML': ['any', (name, value) => `a:\n  ${name}: ${json(value)}\n  b: c\n`],
  'YAML in single quotes': ['any', (name, value) => `${name}: ${single(value)}\nb: c\n`],
  'a block': [
    'any',
    (name, value) => `a:\n  ${name}: |-\n    b\n    ${value}\n\n    ${value}\n  b: c\n`,
  ],
  'a folded block': ['any', (name, value) => `${name}: >\n  ${value}\nb: c\n`],
  'YAML in JSON': [
    'plain',
    (name, value) => pretty({ 'a.yaml': `a:\n  ${name}: ${value}\n  b: c\n` }),
  ],
  'a block in JSON': [
    'any',
    (name, value) => pretty({ 'a.yaml': `${name}: |\n  a\n  ${value}\nb: c\n` }),
  ],
  'an env file': ['plain', (name, value) => `A=b\n${name}=${value}\nB=c\n`],
  'a quoted variable': ['any', (name, value) => `${name}=${json(value)}\n`],
  'an exported variable': ['word', (name, value) => `export ${name}=${value}\n`],
  'an env file in JSON': [
    'plain',
    (name, value) => json({ '.env': `A=b\n${name}=${value}\nB=c\n` }),
  ],
  properties: ['plain', (name, value) => `app.${name} = ${value}\n`],
  logfmt: ['word', (name, value) => `2026 INFO connect ${name}=${value} user=x\n`],
  'quoted logfmt': ['any', (name, value) => `level=info ${name}=${json(value)} user=x\n`],
  'a log line': ['word', (name, value) => `2026 INFO connect ${name}: ${value} user: x\n`],
  'a log line in JSON': [
    'word',
    (name, value) => `${json({ msg: `login ${name}=${value} done` })}\n`,
  ],
  'an argument': ['word', (name, value) => `run --${name} ${value} --x y\n`],
  'an argument with an equals sign': [
    'word',
    (name, value) => `run --${name}=${value} -D${name}=${value}\n`,
  ],
  'a quoted argument': ['any', (name, value) => `run --${name} ${json(value)} --x y\n`],
  arguments: [
    'any',
    (name, value) => json({ args: ['run', `--${name}`, `a${value}`, `--${name}=${value}`] }),
  ],
  'arguments on lines': [
    'any',
    (name, value) => pretty(['run', `--${name}`, `a${value}`, `--${name}=${value}`]),
  ],
  'arguments in YAML': [
    'plain',
    (name, value) => `- --${name}\n- ${value}\n- --${name}=${value}\n- x\n`,
  ],
  'a struct of Go': ['word', (name, value) => `{User:x ${name}:${value} Host:y}\n`],
  'a variable of Go': [
    'word',
    (name, value) => `EnvVar{Name:${name},Value:${value},ValueFrom:nil,}\n`,
  ],
  'what kubectl describes': [
    'plain',
    (name, value) => `    Environment:\n      ${name}:  ${value}\n`,
  ],
  SQL: [
    'any',
    (_, value) =>
      `ALTER USER x IDENTIFIED BY ${single(value)};\nALTER ROLE x PASSWORD ${single(value)};\n`,
  ],
  'a URL': ['word', (_, value) => `see postgres://user:${encodeURIComponent(value)}@db:5432/x\n`],
  'a header': ['word', (_, value) => `Authorization: Bearer ${value}\n> X-Vault-Token: ${value}\n`],
  'a header in a command': [
    'word',
    (_, value) => `curl -H "Authorization: Bearer ${value}" https://x\n`,
  ],
  'a header in JSON': [
    'any',
    (_, value) => json({ Authorization: `Bearer ${value}`, 'x-auth-token': [`a ${value}`] }),
  ],
  'a header in lines of JSON': [
    'any',
    (_, value) => pretty({ Authorization: [`Bearer ${value}`] }),
  ],
  'a header of Go': [
    'word',
    (_, value) => `map[Accept:[*/*] Authorization:[Bearer ${value}] X:[y]]\n`,
  ],
  'a Secret': ['any', (_, value) => pretty({ kind: 'Secret', stringData: { a: value } })],
  'a Secret in flow style': [
    'any',
    (_, value) => `kind: Secret\nstringData: {a: ${json(value)}, b: ${single(value)}}\n`,
  ],
  'a Secret in flow style on lines': [
    'any',
    (_, value) => `kind: Secret\nstringData: {\n  a: ${json(value)},\n  b: c\n}\n`,
  ],
  'a Secret in a log': [
    'plain',
    (_, value) =>
      ['kind: Secret', 'data:', `  a: ${value}`, 'z: 1']
        .map((line) => `2026-11-26T11:00:00.5Z ${line}\n`)
        .join(''),
  ],
  'a Secret in a diff': [
    'plain',
    (_, value) => ` kind: Secret\n data:\n-  a: ${value}\n+  a: ${value}\n z: 1\n`,
  ],
  'a Secret on a line': ['any', (_, value) => json({ stringData: { a: value }, kind: 'Secret' })],
};

const NAMES =
  'DB_PASSWORD dbPassword password PGPASSWORD MYSQL_PWD passwd API_KEY apiKey clientSecret client-secret access.key.id ' +
  'AWS_SECRET_ACCESS_KEY githubToken SENTRY_DSN webhookUrl connectionString credentials ENCRYPTION_KEY my.passphrase ' +
  'storage-account-key signingKey AUTH_KEY private_key PASSWORD_2';

const SECRETS_A_FORM = 60;
const LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';
const INNER: Record<Shape, string> = {
  any: `${LETTERS}!@#$%^&*()_+-=[]{}|;:'",./<>?\\`,
  plain: `${LETTERS}!@$%^&*()_+-=[]{}|;.,/<>?~`,
  word: `${LETTERS}!@$%^*_+-/.~`,
};

describe('redact/own/context on planted secrets', () => {
  for (const [form, [shape, write]] of Object.entries(FORMS)) {
    it(`finds each in ${form}, and is at rest then`, () => {
      for (const [name, parts] of planted(form, shape)) {
        const text = write(name, parts.join(''));
        const redacted = redact(text);

        assertGone(redacted, parts, text);
        assert.equal(redact(redacted), redacted, text);
        if (isJson(text)) assert.ok(isJson(redacted), redacted);
      }
    });

    it(`finds each in ${form}, wherever the pieces are cut`, () => {
      const [name, parts] = planted(form, shape)[0] ?? ['', []];
      const text = write(name, parts.join(''));
      const whole = redact(text);
      for (const pieces of cuts(text)) assert.equal(redact(...pieces), whole);
    });
  }

  it('leaves no planted text alone if nothing is on', () => {
    assert.equal(
      contextRules(new Set()).open('', () => undefined),
      undefined,
    );
  });
});

/** Names, and secrets in parts of which none may be left. */
function planted(form: string, shape: Shape): readonly (readonly [string, readonly string[]])[] {
  const random = seededRandom(form.length * 7919 + form.charCodeAt(0));
  const pick = (from: string): string => from.charAt(Math.floor(random() * from.length));
  const some = (from: string, least: number, most: number): string =>
    Array.from({ length: least + Math.floor(random() * (most - least)) }, () => pick(from)).join(
      '',
    );
  const names = NAMES.split(' ');
  return Array.from({ length: SECRETS_A_FORM }, () => {
    const parts = [
      `Z${some(LETTERS, 5, 12)}`,
      some(INNER[shape], 0, 6),
      `q${some(LETTERS, 5, 12)}`,
    ];
    return [names[Math.floor(random() * names.length)] ?? '', parts] as const;
  });
}

function assertGone(
  redacted: string,
  [first = '', , last = '']: readonly string[],
  text: string,
): void {
  assert.ok(!redacted.includes(first) && !redacted.includes(last), `${text}\n${redacted}`);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
