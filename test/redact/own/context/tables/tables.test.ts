/** Names and secrets in lists and tables. */

import { itHides, itLeaves } from '../redacted.ts';

describe('redact/own/context/tables/tables', () => {
  itHides([
    'user,password\nbob,§\nal,§\n\nbob,b\n',
    'user;api_key;id\nbob;§;1\r\nal;;2\r\n',
    '"User name","Password","Access key ID"\n"bob","§","§"\n',
    'User name,Password,Access key ID,Secret access key\nbob,§,§,§\n',
    'id\ttoken\n1\t§\n',
    'id|user|password\n1|bob|§\n2|al|§\n(2 rows)\n',
    'id, username, password\n1, bob, §\r\n2, al b, §\n\n3, bob, b\n',
    'user, "api_key", id\nbob, "§", 1\n',
    '{"a":"id,password\\n1,§\\n2,§\\n","b":"1,c"}\n',
    '{"a":"words\\nid, password\\r\\n1, §\\r\\n\\r\\nb, c"}\n{"a":"id;token\\n1;§"}\n',
    '{"a":"id\\ttoken\\n1\\t§\\n"}\n',
    '{"a":"{\\"b\\":\\"id,password\\\\n1,§\\\\n\\",\\"c\\":\\"1,d\\"}"}\n',
    ['user,password,note\nbob,"a,""b§",x\n', 'user,password,note\nbob,"§",x\n'],
  ]);

  itLeaves([
    'user,age\nbob,7\n',
    'user,password\n',
    'user,password\nthe next line\nbob,b\n',
    'user,password\nbob,a,b\nbob,b\n',
    'user,password\nbob,\nal,***\n',
    'user, password\nbob,b\n',
    'user, password, the id\nbob, b, c\n',
    'f(\n  user, password,\n  a, b)\n',
    '{"a":"user,age\\nbob,7\\n"}\n{"a":"user,password"}\n{"a":"user,password\\nbob\\nbob,c\\n"}\n',
    '{"a":"say: user,password\\nbob,c\\n"}\n',
    'the user, password\nand token, which\n',
    'password,token in a sentence, it is\nb,c\n',
    'a: user,password\nb: c,d\n',
  ]);
});

describe('redact/own/context/fields/field-elements', () => {
  itHides([
    '["DB_PASSWORD","§"]\n',
    '[["A","b"],["DB_PASSWORD", "§"],["password","§"]]\n',
    '{"a":"[[\\"DB_PASSWORD\\",\\"§\\"]]"}\n',
    ['["DB_PASSWORD","changeme"]\n', '["DB_PASSWORD","§"]\n'],
    '["DB_PASSWORD",\n "§"]\n',
    '[\n  [\n    "DB_PASSWORD",\n    "§"\n  ],\n  [\n    "A",\n    "b"\n  ]\n]\n',
  ]);

  itLeaves([
    '["DB_PASSWORD","DB_USER"]\n["password","username"]\n["DB_PASSWORD","a1","b2"]\n',
    '"resources":["secret","configmaps"],"keys":["token","ca.crt"]\n',
    '[\n  "DB_PASSWORD",\n  "DB_USER2"\n]\n',
    '[\n  "DB_PASSWORD",\n  "a1b2c3",\n  "b"\n]\n',
    '"required": [\n  "password",\n  "user-1"\n]\n',
    'key: typing.Union["rsa.RSAPrivateKey", "rsa.RSAPublicKey"]\n',
  ]);
});
