/** Maps whose names say that their values are secrets. */

import { itHides, itLeaves } from '../redacted.ts';

describe('redact/own/context/fields/secret-maps', () => {
  itHides([
    ['secrets:\n  foo: §\n  bar: "§"\nb: c\n', 'secrets:\n  foo: \'§\'\n  bar: "§"\nb: c\n'],
    ['secrets:\n  a: §\n    §\n  b: §\n', "secrets:\n  a: '§'\n  b: '§'\n"],
    ['secrets:\n  a: "§\n    §"\n  b: §\n', 'secrets:\n  a: "§\n    "\n  b: \'§\'\n'],
    ['secret: {foo: §}\n', "secret: {foo: '§'}\n"],
    ['secretEnv:\n  A: §\n  B: §\n', "secretEnv:\n  A: '§'\n  B: '§'\n"],
    ['secrets:\n  A: |\n    §\n    §\nb: c\n', 'secrets:\n  A: |\n    §\nb: c\n'],
    '"secureJsonData":{"foo":"§"}\n',
    'passwords = {\n  alice = "§"\n  bob = "§"\n}\nalice = "hunter3-Zq81xk"\n',
    ['credentials:\n  inline: §\n', "credentials:\n  inline: '§'\n"],
    '"tokens": {"agent": "§", "default": "§"}\n',
    '"tokens": {\n  "agent": "§",\n  "default": "§"\n},\n"b": "c9x1"\n',
    '{"password": {"plain": "§"}, "b": "c9x1"}\n',
    '{"a":"{\\"secrets\\":{\\"x\\":\\"§\\"}}"}\n',
    ['jwt:\n  issuer: x9Kq1\n  key: §\n', "jwt:\n  issuer: x9Kq1\n  key: '§'\n"],
    '"Jwt": {\n  "Issuer": "x9Kq1",\n  "Key": "§",\n',
    '{"Jwt":{"Issuer":"x9Kq1","Key":"§"}}\n',
    ['secrets:\n  awsSecretKey: §\n', "secrets:\n  awsSecretKey: '§'\n"],
  ]);

  itLeaves([
    'secrets:\n  - name: x9Kq1\n  - name: db-9x\n',
    'secrets:\n- name: x9Kq1\n- y9Kq1\n',
    '"secret":{"secretName":"x9Kq1","defaultMode":420,"optional":false}\n',
    'secret:\n  secretName: x9Kq1\n  defaultMode: 420\n',
    'credentials:\n  source: Secret\n  secretRef:\n    name: x9Kq1\n    key: y9Kq1\n',
    'password:\n  description: Password is the password of the user v1.\n    and more\n  type: string\n',
    'tokens: {in: 5, out: 1234567}\n',
    'secret:\n  create: true\n  name: x9Kq1\n  expires: 2026-01-01T00:00:00Z\n  url: https://x9.example\n',
    'secret:\n  a: database-credentials\n  b: web-db-2\n  c: 12h\n  d: v1.2.3\n  e: /etc/x9\n',
    'secrets: many of x9Kq1\n',
    'secrets: [x9Kq1, b]\n',
    'secrets:\n  some words9Kq1\n',
    'tokens=x9Kq1\n',
    'jwt:\n  jwksUri: x9Kq1\n  keys:\n    - x9Kq1\n',
  ]);
});
