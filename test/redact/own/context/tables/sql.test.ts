/** Secrets in SQL, and in data source names. */

import { itHides, itLeaves } from '../redacted.ts';

describe('redact/own/context/tables/sql', () => {
  itHides([
    "ALTER USER x WITH PASSWORD '§';\n",
    "ALTER USER x WITH ENCRYPTED PASSWORD '§';\n",
    "SET PASSWORD FOR x = '§'; set password for 'x'@'%' = PASSWORD('§');\n",
    "SET PASSWORD FOR x TO '§'\n",
    "UPDATE mysql.user SET authentication_string = PASSWORD('§') WHERE User = 'x';\n",
    '{"init.sql":"SET PASSWORD FOR x = \'§\';\\nSELECT PASSWORD(\'§\');\\n"}\n',
    [
      "INSERT INTO users (name, password) VALUES ('bob', '§');\n",
      "INSERT INTO users (name, password) VALUES ('§', '§');\n",
    ],
    [
      "insert into `a`.`users` (`id`,`api_key`) values (1,'§'), (2, NULL), (3,N'§'); SELECT 'b';\n",
      "insert into `a`.`users` (`id`,`api_key`) values (1,'§'), (2, NULL), (3,N'§'); SELECT 'b';\n",
    ],
    "INSERT INTO users (id, password) VALUES\n  (1, '§'),\n  (2, '§');\nSELECT 'b';\n",
    [
      '{"init.sql":"INSERT INTO \\"users\\" (name, password) VALUES\\n(\'bob\', \'§\');\\nSELECT \'b\';"}\n',
      '{"init.sql":"INSERT INTO \\"users\\" (name, password) VALUES\\n(\'§\', \'§\');\\nSELECT \'b\';"}\n',
    ],
    // Over lines.
    "INSERT INTO users (id, password)\nVALUES (1, '§');\nSELECT 'b';\n",
    "INSERT INTO users\r\n  (id, password)\r\n\r\nVALUES (1, '§'),\r\n  (2, '§');\r\nSELECT 'b';\r\n",
    "insert into users (\n  id,\n  `password`\n) values (\n  1,\n  '§'\n), (\n  2,\n\n  md5('§'), '§');\n",
    "INSERT INTO `users`\n(\nid, password\n)\nVALUES\n(\n1,\n'§'\n);\n('b');\n",
    // Without columns.
    "INSERT INTO credentials VALUES (1, '§');\nREPLACE INTO x.api_tokens VALUES ('§'), ('§'); SELECT 'b'\n",
    "INSERT INTO \"user_passwords\"\nVALUES\n  (1, '§');\nSELECT 'b';\n",
    '{"init.sql":"INSERT INTO credentials VALUES (1, \'§\');\\nSELECT \'b\';"}\n',
    'COPY public.users (id, name, password) FROM stdin;\n1\tbob\t§\n2\tal\t§\n\\.\n1\tbob\tc\n',
  ]);

  itLeaves([
    "INSERT INTO users (name, age) VALUES ('bob', '7');\n",
    "INSERT INTO users (name, password) SELECT a, b FROM c WHERE d = 'e';\n",
    "INSERT INTO users (\n  id,\n  name\n)\nVALUES (\n  1,\n  'bob'\n);\n",
    "INSERT INTO users (\n  id,\n  password\n)\nSELECT 'a', 'b';\n",
    "INSERT INTO users (\n  password\n: no column\n)\nVALUES ('b')\n",
    "INSERT INTO users (id, password)\nthe values ('b')\n",
    "INSERT INTO users VALUES (1, 'bob');\nINSERT INTO passwords_audit VALUES (1, 'bob');\n",
    "INSERT INTO credentials (id, name) VALUES (1, 'bob');\nINSERT INTO tokens\n(id, name)\nVALUES (1, 'bob');\n",
    "insert into tokens\nmore 'b' values ('c')\n",
    "SELECT password FROM users WHERE name = 'bob';\n",
    'COPY users (id, name) FROM stdin;\n1\tbob\n\\.\n',
    'set password for user bob\n',
    "insert into the form (a password) values\nthe 'b'\n",
    "getpass.password('Enter it: ')\n",
  ]);
});

describe('redact/own/context/data-sources', () => {
  itHides([
    'user:§@tcp(host:3306)/db\nuser:§@unix(/tmp/mysql.sock)/db\n',
    'connect app:§@tcp(db)/x, b:§@tcp6([::1]:3306)/x failed\n',
    ['app:a@b:/=c@tcp(db)/x\n', 'app:§@tcp(db)/x\n'],
    '{"dialect":"app:§@mysql+tcp(db)/x"}\n',
    '{"a":"x\\napp:§@tcp(db:3306)/x\\n"}\n',
    '{"args":["--db=app:§@tcp(db:3306)/x"]}\n',
  ]);

  itLeaves([
    'user:%s@tcp(%s:3306)/db\nuser:$(PASSWORD)@tcp(db)/x\n',
    'user@tcp(host:3306)/db\n',
    'at 10:20 user@tcp(host:3306)\n',
    'job:bob@host(1)\n',
    'user:***HIDDEN***@tcp(db)/x\n',
  ]);
});
