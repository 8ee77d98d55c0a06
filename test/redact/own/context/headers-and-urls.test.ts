/** Credentials in headers and URLs. */

import assert from 'node:assert/strict';

import { MASK } from '../../../../agent/redact/rules.ts';
import { itHides, redactedBy } from './redacted.ts';

/** The secret is `S`; `M` is where the mask stands, if that is not where `S` is. */
type Row = readonly [form: string, text: string, hidden?: string];

const AUTHORIZATION: readonly Row[] = [
  ['in a request', 'Authorization: Bearer S\r\n'],
  ['without a scheme', 'X-Api-Key: S\nX-Auth-Token: S\nX-Vault-Token: S\nPrivate-Token: S\n'],
  ['for a proxy', 'Proxy-Authorization: Basic S\n'],
  [
    'with parameters',
    'Authorization: Digest username="S", response="S"\n',
    'Authorization: Digest M\n',
  ],
  ['as curl shows it', '> Authorization: Basic S\n'],
  ['in a curl command', 'curl -H "Authorization: Bearer S" -H \'X-Api-Key: S\' https://x\n'],
  ['in a log line', '2026 sent authorization=Bearer S to x\n'],
  ['in JSON', '{"authorization": "Bearer S", "x-api-key":"S", "b": 1}\n'],
  ['in a list in JSON', '{"Authorization":["Bearer S","S"],"B":["c"]}\n'],
  [
    'in a list over several lines',
    '"Authorization": [\n  "Bearer S",\n  "Basic S"\n],\n"b": ["c"]\n',
  ],
  ['in escaped JSON', '"a": "{\\"Authorization\\":\\"Bearer S\\",\\"b\\":\\"c\\"}"\n'],
  ['in a map that Go prints', 'map[Accept:[*/*] Authorization:[Bearer S] X:[y]]\n'],
  ['in Go syntax', 'http.Header{"Authorization":[]string{"Bearer S"}, "B":[]string{"c"}}\n'],
  ['that is only a bearer token', 'got Bearer S from x\n'],
];

const AUTHORIZATION_KEPT = [
  'authorization: true',
  'Authorization: Bearer',
  'Authorization: Bearer $TOKEN',
  `Authorization: Bearer ${MASK}`,
  '--authorization-mode=Node,RBAC',
  'authorization.k8s.io/v1: x',
  'the bearer of news',
  'authorization:',
  '"authorization": {"mode": "x"}',
];

const COOKIES: readonly Row[] = [
  ['in a request', 'Cookie: a=S; b=S\n'],
  [
    'in an answer',
    'Set-Cookie: sid=S; Path=/; Expires=Wed, 21 Oct 2015 07:28:00 GMT; HttpOnly\r\n',
  ],
  ['in JSON', '{"cookie":"a=S; b=S","set-cookie":["a=S; Path=/","b=S"]}\n'],
  ['in a map that Go prints', 'map[Cookie:[a=S; b=S] X:[y]]\n'],
  ['in a curl command', "curl -H 'Cookie: a=S; b=S' https://x\n"],
  ['in a log line', 'GET / cookie=a=S; b=S from x\n'],
];

const COOKIES_KEPT = ['Cookie:', 'cookies: a=b', `Cookie: a=${MASK}`, 'Set-Cookie: Path=/; Secure'];

const URLS: readonly Row[] = [
  ['a user and a password', 'postgres://S:S@db:5432/x\n'],
  ['a password alone', 'redis://:S@cache:6379\n'],
  ['a token', 'git clone https://S@github.com/x/y\n'],
  ['a percent-encoded password', 'amqp://S:S%40%2F@mq/x\n', 'amqp://M:M@mq/x\n'],
  ['a password with an at sign', 'mysql://S:S@S@db/x\n', 'mysql://M:M@db/x\n'],
  ['a password with a slash', 'mysql://S:S/S@db/x\n', 'mysql://M:M@db/x\n'],
  ['a URL in JSON with escaped slashes', '"u":"https:\\/\\/S:S@h\\/x"\n'],
  ['a list of hosts', 'mongodb://S:S@a:1,b:2/x?y=z\n'],
  ['a signature', 'https://b/x?X-Amz-Credential=S&X-Amz-Signature=S&X-Amz-Security-Token=S#y\n'],
  ['parameters of a path', '"GET /x?a=b&access_token=S&code=S HTTP/1.1" 200\n'],
  [
    'a session, or a key of a cloud',
    'GET /x?sid=S&session_id=S&jwt=S&a=b x?subscription-key=S y?X-Goog-Signature=S&PHPSESSID=S\n',
  ],
  ['a field of a form', 'POST user[name]=x&user[password]=S&b=c user%5Bapi_key%5D=S&b=c\n'],
  ['escaped separators', '"u": "https://b/x?a=b\\u0026sig=S\\u0026z=1"\n'],
];

const URLS_KEPT = [
  'docker-pullable://nginx@sha256:0123456789',
  'https://host:8080/path?a=b&page=2',
  'http://host:80/@scope/package',
  'mail user@example.com',
  `https://${MASK}:${MASK}@h/x`,
  'https://$(USER):${PASSWORD}@h/x',
  'what? code=abcdefg',
  '/x?code=200',
  '/x?code=InternalError&code=EUR&code=Not%20Found&key=name&sort=asc',
  '/x?side=abcdefgh1&sidebar=abcdefgh1&resid=abcdefgh1',
  'user[name]=abcdefgh1&a[i]=b ([KEY]=[VALUE])',
  'form-data; name="username"\r\n\r\nabcdefgh1\r\n--x',
  'form-data; name="password"\n\n--x\nabcdefgh1',
  '{"a":"form-data; name=\\"password\\"\\r\\n\\r\\n--x\\r\\nabc"}',
  'next=https%3A%2F%2Fh%3A80%2Fa%40b&x=user%40example.com',
  `next=https%3A%2F%2F${MASK}%3A${MASK}%40h`,
  '/x?monkey=abcdefg&keyboard=abcdefg',
];

suite('authorization-header', AUTHORIZATION, AUTHORIZATION_KEPT);
suite('cookie-header', COOKIES, COOKIES_KEPT);
suite('url-credentials', URLS, URLS_KEPT);
suite(
  'kubeconfig',
  [
    [
      'in YAML',
      'user:\n  client-key-data: S\n  token: S\n',
      "user:\n  client-key-data: 'M'\n  token: 'M'\n",
    ],
    [
      'in JSON',
      '{"client-certificate-data":"S","id-token":"S","refresh-token":"S","password":"S"}\n',
    ],
    ['in escaped JSON', '"a":"{\\"access-token\\":\\"S\\"}"\n'],
  ],
  [
    'certificate-authority-data: abc',
    '"tokenFile": "/x"',
    'name: token',
    'client-key: /x',
    'password=x',
  ],
);
suite(
  'docker-config',
  [
    [
      'as a Secret has it',
      '  ".dockerconfigjson": "S",\n  .dockercfg: S\n',
      '  ".dockerconfigjson": "M",\n  .dockercfg: \'M\'\n',
    ],
    ['on one line', '{"auths":{"r":{"auth":"S","identitytoken":"S"}}}\n'],
    [
      'in escaped JSON',
      '"a":"{\\"auths\\":{\\"r\\":{\\"auth\\":\\"S\\",\\"registrytoken\\":\\"S\\"}}}"\n',
    ],
    ['over several lines', '"auth": "dXNlcjpwYXNzd29yZA=="\n', '"auth": "M"\n'],
  ],
  ['"auth": "basic",', '"auth": {', 'type: kubernetes.io/dockerconfigjson', '"author": "x"'],
);

describe('redact/own/context/url-credentials in forms and in what is encoded', () => {
  itHides([
    '{"body":"user%5Bpassword%5D%3D§%26b%3Dc"}\n',
    // Parts of a form.
    'Content-Disposition: form-data; name="password"\r\n\r\n§\r\n--x\r\nb\r\n',
    'form-data; name="user[token]"\nContent-Type: text/plain\n\n§\n--x\nContent-Type: a/b\n',
    '{"a":"form-data; name=\\"password\\"\\r\\n\\r\\n§\\r\\n--x"}\n',
    '{"a":"form-data; name=\\"password\\"\\r\\nContent-Type: a/b\\r\\n\\r\\n§"}\n',
    // Encoded URLs.
    '/x?next=https%3A%2F%2F§%3A§%40h%2Fa&b=c\nx=https%3a%2f%2f§%40h\n',
    '/x?next=redis%253A%252F%252F%253A§%2540h%253A6379\n',
    [
      'u=https%3A%2F%2Fu%3Aa%2540§%253A%40h%3A80%2F%40x\n',
      'u=https%3A%2F%2F§%3A§%40h%3A80%2F%40x\n',
    ],
  ]);
});

function suite(rule: string, hidden: readonly Row[], kept: readonly string[]): void {
  describe(`redact/own/context/${rule}`, () => {
    for (const [form, text, expected = text.replaceAll(/\bS\b/g, 'M')] of hidden) {
      it(`hides what is secret ${form}`, () => {
        const redacted = redact(rule, text.replaceAll(SECRET, 'hunter2Xy.hunter2Xy'));

        assert.equal(redacted, expected.replaceAll(/\bM\b/g, MASK));
        assert.equal(redact(rule, redacted), redacted);
      });
    }

    for (const text of kept) {
      it(`leaves ${text}`, () => {
        assert.equal(redact(rule, `${text}\n`), `${text}\n`);
      });
    }

    it('does nothing when it is off', () => {
      for (const [, text] of hidden) {
        assert.equal(redact('secret-data', text), text);
      }
    });
  });
}

/** Not the `S` of a word. */
const SECRET = /(?<![A-Za-z])S(?![A-Za-z-])/g;

function redact(rule: string, text: string): string {
  return redactedBy([rule], [text]);
}
