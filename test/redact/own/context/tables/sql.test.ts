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
    // What errors say.
    'DETAIL:  Key (token)=(§) already exists.\nKey (id, "apiToken")=(§) is not present in table "x".\n',
    '{"detail":"Key (lower(token))=(§) already exists.","b":"\\nKey (token)=(§)"}\n',
    ['Key (token)=(a)§(b)) already exists.\n', 'Key (token)=(§) already exists.\n'],
    "Duplicate entry '§' for key 'users.api_token'\nERROR 1062: Duplicate entry '§' for key 'token_UNIQUE'\n",
    "x Duplicate entry '§' for key 'api_key'; Duplicate entry '§' for key 'users_token_key'\n",
    // In a string of several lines.
    "{\"x\":\"\\nINSERT INTO users (id, password) VALUES (1, '§');\\r\\nSET PASSWORD FOR 'a' = '§';\\n\"}\n",
    '{"x":"a\\ninsert into users\\n  (id, password)\\nvalues\\n  (1, \'§\');\\n"}\n',
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
    '{"x":"a\\nINSERT INTO users (id, name) VALUES (1, \'bob\');\\nreset password for a = \'b\'"}\n',
    'DETAIL:  Key (id)=(abc9) already exists.\nKey (token_id, email)=(7, abc9) already exists.\n',
    "Duplicate entry 'abc9' for key 'users.email'; Duplicate entry '7-abc9' for key 'PRIMARY'\n",
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
    'DRIVER={x};SERVER=h;UID=u;PWD=§\nPWD=§;Server=h;UID=u\nUID=u;PWD=§;\n',
    '{"a":"Driver={ODBC Driver 18};Server=h;PWD=§;Database=x","b":"UID=u; PWD = §"}\n',
    ['{"a":"x\\nPWD=§==;UID=u"}\n', '{"a":"x\\nPWD=§;UID=u"}\n'],
    ['x="UID=u;PWD={§;a}};b};SERVER=h"\n', 'x="UID=u;PWD={§};SERVER=h"\n'],
    '{"args":["--db=app:§@tcp(db:3306)/x"]}\n',
  ]);

  itLeaves([
    'user:%s@tcp(%s:3306)/db\nuser:$(PASSWORD)@tcp(db)/x\n',
    'user@tcp(host:3306)/db\n',
    'at 10:20 user@tcp(host:3306)\n',
    'PWD=/root;SHELL=/bin/sh\nPWD=/root UID=0 SERVER=h\nOLDPWD=/root;UID=0\ncd $PWD; PWD=/srv make\n',
    'job:bob@host(1)\n',
    'user:***HIDDEN***@tcp(db)/x\n',
  ]);
});
