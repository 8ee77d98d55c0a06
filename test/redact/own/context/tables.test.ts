/** Names and secrets in lists and tables. */

import { itHides, itLeaves } from './redacted.ts';

describe('redact/own/context/tables', () => {
  itHides([
    'user,password\nbob,§\nal,§\n\nbob,b\n',
    'user;api_key;id\nbob;§;1\r\nal;;2\r\n',
    '"User name","Password","Access key ID"\n"bob","§","§"\n',
    'User name,Password,Access key ID,Secret access key\nbob,§,§,§\n',
    'id\ttoken\n1\t§\n',
    ['user,password,note\nbob,"a,""b§",x\n', 'user,password,note\nbob,"§",x\n'],
  ]);

  itLeaves([
    'user,age\nbob,7\n',
    'user,password\n',
    'user,password\nthe next line\nbob,b\n',
    'user,password\nbob,a,b\nbob,b\n',
    'user,password\nbob,\nal,***\n',
    'the user, password\nand token, which\n',
    'password,token in a sentence, it is\nb,c\n',
    'a: user,password\nb: c,d\n',
  ]);
});

describe('redact/own/context/field-elements', () => {
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
