/** Tables as psql and mysql print them. */

import { itHides, itLeaves } from '../redacted.ts';

const RULE = '----+----------+----------\n';

describe('redact/own/context/tables/aligned-tables', () => {
  itHides([
    ` id | username | password \n${RULE}  1 | bob      | §\n  2 | al       | § \n(2 rows)\n\n a | b | c\n`,
    ` id | username | password \r\n----+----------+----------\r\n  1 | bob      | §\r\n`,
    ` api_key | id \n---------+----\n § |  1\n         |  2\n`,
    ' Access key ID | Secret access key \n-----+----\n § | §\n',
    '+----+----------+\n| id | password |\n+----+----------+\n|  1 | §  |\n|  2 | NULL     |\n+----+----------+\n| a | b |\n',
    '| user | password |\n|------|----------|\n| bob  | § |\n',
    // Cells that are a word of a header, empty, more than a line, or have a bar.
    ` id | username | password \n${RULE} 1 | token | \n 2 | bob | §\n`,
    ` id | note | password \n${RULE} 1 | a      +| §\n   | b       | §\n 2 | c | §\n`,
    [
      ` id | username | password \n${RULE} 1 | bob | a|§\n 2 | a|b | §\n 3 | bob | §\n`,
      ` id | username | password \n${RULE} 1 | bob | §\n 2 | a|§\n 3 | bob | §\n`,
    ],
    '-[ RECORD 1 ]------\nid       | 1\npassword | §\n-[ RECORD 2 ]------\nid       | 2\npassword | §\n\nb | c\n',
    '-[ RECORD 1 ]---\r\npassword     | §\r\nAccess token | §\r\n',
    [
      '-[ RECORD 1 ]---\npassword | §+\n         | two words\nnote     | two words\n',
      '-[ RECORD 1 ]---\npassword | §\n         | §\nnote     | two words\n',
    ],
    ['-[ RECORD 1 ]---\nid | 1\ntoken | letmein\n', '-[ RECORD 1 ]---\nid | 1\ntoken | §\n'],
    'id       | 1\npassword | §\n',
    '| DB_PASSWORD | § |\n| `api_key` | `§` |\r\n  | **token** | § |\n',
    '| Name | Value |\n|---|---|\n| DB_PASSWORD | § |\n| DB_USER | bob-1x |\n',
  ]);

  itLeaves([
    ' id | username \n----+----------\n  1 | bob\n',
    ' id | password \n 1 | the next line\n',
    ' id | password \n\n----+----------\n 1 | b\n',
    ` id | username | password \n${RULE}  1 | bob | \n  2 | al | ***\n(2 rows)\n`,
    'cat x | password | b\n',
    '| a password | of b |\n',
    'password | string\ntoken | required\npassword | a field, 8 letters\n',
    'vault-token  | 2024-01-01 started\n',
    '-[ RECORD 1 ]---\nid | 1\nuser | bob\n\npassword | bob\n',
    'password || x1\n',
    '| DB_PASSWORD | required |\n| token | string |\n| DB_PASSWORD | the password 1 |\n| api_key | ***HIDDEN*** |\n',
    '| a | b1c2d3e4f5 |\n| DB_PASSWORD | b1c2d3e4f5 | x |\n| Secret | Description |\n| token | $TOKEN |\n',
  ]);
});
