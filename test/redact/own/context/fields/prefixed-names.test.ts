/** Names with parts of a path before them, and passwords that begin as references do. */

import { itHides, itLeaves } from '../redacted.ts';

describe('redact/own/context/fields on names with a prefix', () => {
  itHides([
    '"example.com/api-token": "§"\n',
    ['    example.com/db-password: §\n', "    example.com/db-password: '§'\n"],
    '{"a":"{\\"example.com/password\\":\\"§\\"}"}\n',
    ['kubernetes.io/service-account.token: §\n', "kubernetes.io/service-account.token: '§'\n"],
    '  "Smtp:Password": "§",\n',
    ['default/password: §\n', "default/password: '§'\n"],
    'Annotations:  example.com/api-token: §\n',
    '{"a/b/c/secret":"§"}\n',
    'map[example.com/api-token:§]\n',
  ]);

  itLeaves([
    'see https://x/token: y1abc\n',
    '{"https://x/token": "y1abc"}\n',
    'get a/b/token: y1abc\n',
    '/etc/token: y1abc\n',
    '"example.com/token": "team-a"\n',
    'checksum/secret: 5e884898da28047151d0e56f8dc62927\n',
    'nginx.ingress.kubernetes.io/auth-secret: team1/basic-auth\n',
  ]);
});

describe('redact/own/context/kept-values', () => {
  itHides([
    ['password: $ecret9§\n', "password: '§'\n"],
    ['DB_PASSWORD=$Tr0§\n', 'DB_PASSWORD=§\n'],
    ['"password": "<Tr0§>"\n', '"password": "§"\n'],
    ['"password": "{{Tr0§}}"\n', '"password": "§"\n'],
  ]);

  for (const value of ['$ecret9Xq', '$Tr0ub4dor', '<Tr0ub4dor>', '{{Tr0ub4dor}}', '12345']) {
    itHides([[`"password": "${value}"\n`, '"password": "§"\n']]);
    itHides([
      [`{"name":"DB_PASSWORD","value":"${value}"}\n`, '{"name":"DB_PASSWORD","value":"§"}\n'],
    ]);
  }

  itLeaves([
    'password: vault:secret/data/db#password\n',
    'password: ref+vault://secret/db#x\n',
    'password: op://vault/db/password1\n',
    'password: !secret db\n',
    'password: ${DB_PASSWORD:-changeme1}\n',
    'password: $db_password\n',
    'password: $password\n',
    'password: $DB_PASSWORD\n',
    'password: {{ .Values.x }}\n',
    'password: {{.Values.x}}\n',
    ...['<none>', '<your-password>', '<no value>', '<token>', '<redacted>'].map(
      (value) => `password: ${value}\n`,
    ),
    'password: 12345\n',
    '"maxTokens": "12345"\n',
    '"token": "12345"\n',
  ]);
});
