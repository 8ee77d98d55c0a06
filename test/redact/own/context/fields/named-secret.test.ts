/** Values of names that say secret, in each of the ways in which they are written. */

import assert from 'node:assert/strict';

import { NAMED_SECRET } from '../../../../../agent/redact/own/context/fields/named-secret.ts';
import { contextRules } from '../../../../../agent/redact/own/context/rules.ts';
import { MASK } from '../../../../../agent/redact/rules.ts';
import { redactedBy } from '../redacted.ts';

/** A text with its secret as `S`, and with `M` where the mask stands. */
const HIDDEN: readonly (readonly [form: string, text: string, hidden?: string])[] = [
  ['an env variable', 'A=b\nDB_PASSWORD=S\nB=c\n'],
  ['an exported variable', 'export DB_PASSWORD=S && run\n', 'export DB_PASSWORD=M\n'],
  ['a variable with blanks in quotes', 'DB_PASSWORD="S and S"\n', 'DB_PASSWORD="M"\n'],
  ['a variable with blanks', 'DB_PASSWORD=S and S\n', 'DB_PASSWORD=M\n'],
  ['a name of one word', 'PGPASSWORD=S\n'],
  ['a numbered name', 'API_KEY_2=S\n'],
  ['a property', 'spring.datasource.password = S and S\n', 'spring.datasource.password = M\n'],
  ['logfmt', 'level=info password=S user=x\n'],
  [
    'logfmt in quotes',
    'level=info password="S \\" S" user=x\n',
    'level=info password="M" user=x\n',
  ],
  ['a log line', '2026 INFO login with password: S for user\n'],
  ['a log line in JSON', '{"msg":"login token=S done","level":1}\n'],
  ['a separator behind the value', 'x password=S, user=y; secret=S; z\n'],
  ['a separator inside the value', 'x password=S,S;S& user=y\n', 'x password=M& user=y\n'],
  ['an argument', 'run --password S --user x\n'],
  ['an argument with an equals sign', 'run --password=S --user x -Dpassword=S -x\n'],
  ['arguments in JSON', '["run", "--token", "S", "--x", "--token=S"]\n'],
  ['an argument of two words', '["--token=S S"]\n', '["--token=M"]\n'],
  ['arguments on lines of their own', '  "--token",\n  "S",\n  "--token=S",\n'],
  ['arguments in YAML', '- --token\n- S\n- --token=S\n', "- --token\n- 'M'\n- --token=M\n"],
  ['a pair in JSON', '    "name": "X_TOKEN",\n    "value": "S"\n'],
  ['a pair with its value first', '  {\n    "value": "S",\n    "name": "X_TOKEN"\n  }\n'],
  ['a pair on one line', '[{"name":"A","value":"b"},{"name":"X_TOKEN","value":"S"}]\n'],
  ['a pair on one line with its value first', '[{"value":"S","name":"X_TOKEN"}]\n'],
  ['a pair in escaped JSON', '"a": "[{\\"name\\":\\"X_TOKEN\\",\\"value\\":\\"S\\"}]"\n'],
  [
    'a pair in JSON escaped twice',
    '"a": "\\\\\\"name\\\\\\":\\\\\\"X_TOKEN\\\\\\",\\\\\\"value\\\\\\":\\\\\\"S\\\\\\""\n',
  ],
  ['a pair in YAML', '- name: X_TOKEN\n  value: S\n', "- name: X_TOKEN\n  value: 'M'\n"],
  [
    'a pair in YAML with its value first',
    '- value: S\n  name: X_TOKEN\n',
    "- value: 'M'\n  name: X_TOKEN\n",
  ],
  ['a pair that Go prints', '[]EnvVar{EnvVar{Name:X_TOKEN,Value:S,ValueFrom:nil,},}\n'],
  [
    'a block of a pair in YAML',
    '- name: X_TOKEN\n  value: |\n    S\n    S\n- a\n',
    '- name: X_TOKEN\n  value: |\n    M\n- a\n',
  ],
  ['a field of JSON', '{"dbPassword": "S", "b": 1}\n'],
  ['a field of escaped JSON', '"a": "{\\"dbPassword\\":\\"S\\",\\"b\\":1}"\n'],
  ['a long number in JSON', '{"token":123456,"b":1}\n', '{"token":"M","b":1}\n'],
  ['a field of YAML', 'a:\n  db_password: S # S\n  b: c\n', "a:\n  db_password: 'M'\n  b: c\n"],
  ['a quoted field of YAML', "db_password: 'S''S'\n", "db_password: 'M'\n"],
  [
    'a block of YAML',
    'a:\n  secret: |-\n    S\n\n    S\n  b: c\n',
    'a:\n  secret: |-\n    M\n\n  b: c\n',
  ],
  ['a folded block of YAML', 'secret: >\n  S\n  S\nb: c\n', 'secret: >\n  M\nb: c\n'],
  ['YAML over several lines', 'a:\n  secret: S\n    S\n  b: c\n', "a:\n  secret: 'M'\n  b: c\n"],
  ['quoted YAML over several lines', 'secret: "S\n  S\n  S"\nb: c\n', 'secret: "M\n  "\nb: c\n'],
  [
    'YAML in a string',
    '"a.yaml": "x:\\n  password: S\\n  b: c\\n"\n',
    '"a.yaml": "x:\\n  password: \'M\'\\n  b: c\\n"\n',
  ],
  [
    'an indented block of YAML in a string',
    '    "a.yaml": "secret: |\\n  S\\n  S\\nb: c"\n',
    '    "a.yaml": "secret: |\\n  M\\nb: c"\n',
  ],
  [
    'a block of YAML in a string',
    '"a.yaml": "secret: |\\n  S\\n  S\\nb: c"\n',
    '"a.yaml": "secret: |\\n  M\\nb: c"\n',
  ],
  ['a struct that Go prints', '{User:x Password:S Host:y}\n'],
  ['a map that Go prints', 'map[password:S user:x]\n'],
  ['what kubectl describe prints', '      DB_PASSWORD:  S\n', "      DB_PASSWORD:  'M'\n"],
  ['SQL', "CREATE USER x IDENTIFIED BY 'S'; ALTER ROLE y PASSWORD 'S';\n"],
];

const NAMES = [
  'password',
  'DB_PASSWD',
  'mysql-pwd',
  'passphrase',
  'clientSecret',
  'githubToken',
  'API_KEY',
  'apiKey',
  'apikey',
  'aws.secret.key',
  'AWS_SECRET_ACCESS_KEY',
  'accessKeyId',
  'private_key',
  'credential',
  'credentials',
  'encryptionKey',
  'signing-key',
  'AUTH_KEY',
  'connectionString',
  'SENTRY_DSN',
  'sentryDsn',
  'webhook_url',
  'session_token',
  'storageAccountKey',
];

const KEPT = [
  '"automountServiceAccountToken": true,',
  '"serviceAccountToken": {',
  '"secret": {',
  '"secretName": "database",',
  '"imagePullSecrets": [',
  '"tokenRequests": [',
  '"tokenExpirationSeconds": 3607',
  '"passwordPolicy": "strict"',
  '"kind": "Secret",',
  '"resources": ["secrets", "serviceaccounts/token"],',
  '"type": "kubernetes.io/service-account-token",',
  '"reason": "FailedSecretMount",',
  '"name": "db-password",\n"namespace": "default"',
  '"name": "token",\n"secret": {',
  '"name": "DB_PASSWORD",\n"valueFrom": {',
  '"name": "DB_PASSWORD","valueFrom":{"secretKeyRef":{"key":"password","name":"db"}}',
  '"example.com/token": "team-a"',
  'secret "x" not found',
  'could not get token: Unauthorized: log in',
  'failed to list secret: secrets "x" is forbidden',
  'image: registry.example/vault-secret:1.2.3',
  '"image": "my-token:v1.4"',
  'PWD=/root',
  'OLDPWD=/root',
  'feedsn: x',
  'the password, and the token',
  'tokens=12 maxTokens=40000000 secrets: many',
  'if token == expected {',
  '--password-file /etc/password --token-ttl=100000s',
  '--password --user x',
  '--token string   the token',
  'password: 12345',
  'password=12345',
  '"password": 12345,',
  'password=',
  'password: ""',
  ...['true', 'false', 'null', '$(DB)', '${DB}', '$DB', '{{ .db }}', '<none>', '***', MASK].flatMap(
    (value) => [`password: ${value}`, `password="${value}"`, `"password": "${value}",`],
  ),
];

describe('redact/own/context/fields/named-secret', () => {
  for (const [
    form,
    text,
    expected = text.replaceAll('S\n', 'M\n').replaceAll(/\bS\b/g, 'M'),
  ] of HIDDEN) {
    it(`hides the value of ${form}`, () => {
      const redacted = redact(text.replaceAll(/\bS\b/g, 'hunter2.Xy'));

      assert.equal(redacted, expected.replaceAll(/\bM\b/g, MASK));
      assert.equal(redact(redacted), redacted);
    });
  }

  for (const name of NAMES) {
    it(`takes ${name} for the name of a secret`, () => {
      assert.equal(redact(`x ${name}=hunter2.Xy y`), `x ${name}=${MASK} y`);
      assert.equal(redact(`{"${name}":"hunter2.Xy"}`), `{"${name}":"${MASK}"}`);
    });
  }

  for (const text of KEPT) {
    it(`leaves ${JSON.stringify(text)}`, () => {
      assert.equal(redact(`${text}\n`), `${text}\n`);
      assert.equal(redact(`    ${text}\n`), `    ${text}\n`);
    });
  }

  it('does not take the value of the pair before for that of a name', () => {
    const text = '- name: A\n  value: keep\n- name: X_TOKEN\n  valueFrom: {}\n';

    assert.equal(redact(text), text);
  });

  it('does nothing when it is off', () => {
    const redactor = contextRules(new Set(['jwt'])).open('', () => undefined);

    assert.equal(redactor, undefined);
  });

  it('tells its name once for each place', () => {
    const hidden: string[] = [];
    const text = 'password=hunter2.X token=hunter2.Y\nsecret: |\n  a\n  b\n';
    contextRules(new Set([NAMED_SECRET.name]))
      .open('', (rule) => hidden.push(rule))
      ?.redact(text);

    assert.deepEqual(hidden, ['named-secret', 'named-secret', 'named-secret']);
  });
});

function redact(text: string): string {
  return redactedBy([NAMED_SECRET.name], [text]);
}
