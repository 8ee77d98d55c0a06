/** Headers in the strings, pairs and lists in which they come. */

import { itHides, itLeaves } from '../redacted.ts';

describe('redact/own/context/headers in a string of several lines', () => {
  itHides([
    '{"msg":"GET / HTTP/1.1\\r\\nHost: x\\r\\nAuthorization: Basic §\\r\\nCookie: sid=§; b=§\\r\\n"}\n',
    '{"msg":"GET /\\nAuthorization: Token §\\nset-cookie: a=§; Path=/\\nb: c"}\n',
    '{"msg":"x\\tX-Api-Key: §"}\n{"msg":"\\nx-vault-token: §"}\n',
    '{"a":"{\\"msg\\":\\"x\\\\r\\\\nAuthorization: Basic §\\\\r\\\\nb: c\\"}"}\n',
  ]);

  itLeaves([
    '{"msg":"x\\nmy-authorization: abc\\nmycookie: a=b\\nxcookie: a=b"}\n',
    '{"msg":"x\\nauthorization is off"}\n',
  ]);
});

describe('redact/own/context/headers in pairs', () => {
  itHides([
    // Over lines.
    '  "name": "Authorization",\n  "value": "§"\n',
    [
      '  "name": "Authorization",\n  "value": "Basic §"\n',
      '  "name": "Authorization",\n  "value": "§"\n',
    ],
    ['  "name": "Cookie",\n  "value": "sid=§"\n', '  "name": "Cookie",\n  "value": "§"\n'],
    [
      '  "name": "X-Custom-Auth",\n  "value": "§"\n',
      '  "name": "X-Custom-Auth",\n  "value": "§"\n',
    ],
    ['{\n  "value": "sid=§",\n  "name": "Cookie"\n', '{\n  "value": "§",\n  "name": "Cookie"\n'],
    [
      'httpHeaders:\n- name: Cookie\n  value: sid=§\n- name: Authorization\n  value: Basic §\n- name: X-Custom-Auth\n  value: §\n',
      "httpHeaders:\n- name: Cookie\n  value: '§'\n- name: Authorization\n  value: '§'\n- name: X-Custom-Auth\n  value: '§'\n",
    ],
    // On one.
    [
      'httpHeaders: [{name: Authorization, value: Basic §}, {name: X-Custom-Auth, value: §}, {name: A, value: b c}]\n',
      "httpHeaders: [{name: Authorization, value: '§'}, {name: X-Custom-Auth, value: '§'}, {name: A, value: b c}]\n",
    ],
    ['{name: Cookie, value: sid=§}\n', "{name: Cookie, value: '§'}\n"],
    [
      '{"name":"Authorization","value":"Basic §"},{"name":"a","value":"b"}\n',
      '{"name":"Authorization","value":"§"},{"name":"a","value":"b"}\n',
    ],
    [
      '{"name":"Cookie","value":"a=§; b=§"} {"name":"X-Api-Key","value":"§"} {"name":"X-Auth-Token","value":"§"}\n',
      '{"name":"Cookie","value":"§"} {"name":"X-Api-Key","value":"§"} {"name":"X-Auth-Token","value":"§"}\n',
    ],
    [
      '{"value":"Basic §","name":"Authorization"} {"key":"authorization","value":"Bearer §"}\n',
      '{"value":"§","name":"Authorization"} {"key":"authorization","value":"§"}\n',
    ],
    [
      '{"a":"{\\"name\\":\\"Authorization\\",\\"value\\":\\"Basic §\\"},{\\"name\\":\\"a\\",\\"value\\":\\"b\\"}"}\n',
      '{"a":"{\\"name\\":\\"Authorization\\",\\"value\\":\\"§\\"},{\\"name\\":\\"a\\",\\"value\\":\\"b\\"}"}\n',
    ],
    [
      '{"x":"- name: Authorization\\n  value: Basic §\\n- name: a\\n  value: b\\n"}\n',
      '{"x":"- name: Authorization\\n  value: \'§\'\\n- name: a\\n  value: b\\n"}\n',
    ],
    'X-Custom-Auth: §\nGET / x-custom-auth=§\n',
  ]);

  itLeaves([
    '{"name":"Authorization","in":"header"}\n{"name":"Cookie","other":"x"}\n',
    '{"name":"Authorization","value":"Bearer $TOKEN"} {"name":"Cookie","value":""}\n',
    '- name: Authorization\n  prefix: "Bearer "\n- name: Content-Type\n  value: text/plain\n',
    '  "name": "X-Auth-Request",\n  "value": "abc def"\n',
    '  "name": "Cookie-Policy",\n  "value": "abc def"\n',
    '{name: X-Authority, value: abc}\n',
  ]);
});

const BASIC = Buffer.from('app:hunter2').toString('base64');

describe('redact/own/context/headers without a name, or with one on the line before', () => {
  itHides([
    [`{"x": "Basic ${BASIC}"}\n`, '{"x": "Basic §"}\n'],
    [
      `{"x":"{\\"y\\":\\"Basic ${BASIC}\\"}"} basic ${BASIC}\n`,
      '{"x":"{\\"y\\":\\"Basic §\\"}"} basic §\n',
    ],
    // As Node prints them.
    [
      `rawHeaders: [\n  'Authorization',\n  'Basic ${BASIC}',\n  'Cookie',\n  'sid=§; b=§',\n  'A',\n  'b'\n]\n`,
      "rawHeaders: [\n  'Authorization',\n  '§',\n  'Cookie',\n  '§',\n  'A',\n  'b'\n]\n",
    ],
    "[ 'X-Api-Key',\n  '§' ]\n",
  ]);

  itLeaves([
    'basic authentication, basic YXV0aGVudGljYXRpb24= and Basic abcdefgh\n',
    '"allow_headers": [\n  "Authorization",\n  "Content-Type"\n]\n',
    "'Authorization'\n'abc'\n",
    "  'authorization',\n  'autocomplete',\n  'COOKIE',\n  'COPY'\n",
  ]);
});

describe('redact/own/context/headers in settings', () => {
  itHides(['authorization: §\nCookie: §\n']);

  itLeaves([
    'authorization: enabled\n"authorization": "Webhook"\nauthorization: Node,RBAC\n',
    'stickiness.cookie: lb_cookie\ncookie: enabled\n{"cookie":"none"}\n',
    '{"name":"authorization","value":"enabled"} {"name":"cookie","value":"lb_cookie"}\n',
  ]);
});
