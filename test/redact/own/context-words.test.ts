/** Each word that the rules for headers, URLs and configurations know, alone in its text: no other word finds the secret. */

import assert from 'node:assert/strict';

import { MASK } from '../../../agent/redact/rules.ts';
import { redactedBy } from './context/redacted.ts';

const SECRET = 'hunter2Xy.hunter2Xy';

/** `§` is the secret and, in the second text, where the mask stands: if that is not where the secret is. */
type Row = string | readonly [text: string, hidden: string];

const PARAMETERS = words(`
  X-Amz-Signature X-Amz-Credential X-Amz-Security-Token signature sig token access_token refresh_token id_token api_key apikey
  key password passwd secret client_secret code auth
`);

suite('url-credentials', 'parameters', {
  hidden: [
    ...PARAMETERS.map((name) => `GET /x?${name}=§ HTTP/1.1`),
    '/x?a=b&key=§',
    '/x?a=b;key=§;c=d',
    '/x?a=b&amp;key=§&amp;c=d',
    String.raw`"/x?a=b\u0026key=§\u0026c=d"`,
    String.raw`"/x?a=b\\u0026key\\u003d§\\u0026c=d"`,
    String.raw`"/x?key\u003d§"`,
    String.raw`"/x?KEY\u003D§"`,
    '/x?a.b-c=d&key=§#part',
    ...Array.from('&#; "<>`', (end) => `sr=a&sig=§${end}b`),
    "sr=a;sig=§'b",
    String.raw`sr=a\u0026sig\u003d§\nb`,
    '/x?key=§ and more',
    '"/x?key=§"',
    "'/x?key=§'",
    '<a>/x?key=§</a>',
    '/x?key=§> and more',
    '`/x?key=§`',
    String.raw`"\"/x?key=§\""`,
    ['/x?key=§ /y?key=§&code=§', '/x?key=§ /y?key=§&code=§'],
    ...Array.from('x/~.)]*-', (last) => `${last}?key=§`),
    '%7B?key=§',
    '{a}%?key=§',
    String.raw`"\/x?y=\/&key=§"`,
    ['/x?key=a/b@c', '/x?key=§'],
  ],
  kept: [
    ...words('tokens monkey author-x passwords unsigned code-x').map(
      (name) => `/x?${name}=abcdefg`,
    ),
    'is that so? key=abcdefg',
    'no ?key=abcdefg',
    '/x?key=80&token=true&code=',
  ],
});

suite('url-credentials', 'users', {
  hidden: [
    'redis://§@cache:6379',
    ['see http://§:§@h', 'see http://§:§@h'],
    [String.raw`"http:\/\/§:§@h\/"`, String.raw`"http:\/\/§:§@h\/"`],
    [String.raw`"http:\\\/\\\/§:§@h\\\/"`, String.raw`"http:\\\/\\\/§:§@h\\\/"`],
    ['http://$USER:§@h', 'http://$USER:§@h'],
    ['http://§:§@h?a@b', 'http://§:§@h?a@b'],
    ['http://§:§@h#a@b', 'http://§:§@h#a@b'],
    ['http://§:§@h/a@b', 'http://§:§@h/a@b'],
    [String.raw`"http://§:§@h\/a@b"`, String.raw`"http://§:§@h\/a@b"`],
    ['http://a/b http://§:§@h', 'http://a/b http://§:§@h'],
    ['http://§:§/§@h', 'http://§:§@h'],
    ['http://§:§?§@h', 'http://§:§@h'],
    ['http://§:§#§@h', 'http://§:§@h'],
    [String.raw`"http://§:§\/§@h"`, String.raw`"http://§:§@h"`],
    ...['"', "'", '`', '>', ' ', String.raw`\n`].map(
      (end) => [`http://§:§@h${end}a@b`, `http://§:§@h${end}a@b`] as const,
    ),
    ['<http://§:§@h<a@b', '<http://§:§@h<a@b'],
  ],
  kept: [
    'docker-pullable://a@sha256:0123456789',
    'docker-pullable://a:b@sha256:0123456789 /x?a=b',
    'docker-pullable://a:b@sha512:0123456789',
    '://a:b@c',
    'http:// a:b@c',
    'http://h:8080/a@b',
    'http://h/a:b@c',
    'http://h:/a@b',
    'a:b@c',
  ],
});

const HEADERS = words(`
  Authorization Proxy-Authorization Private-Token X-Token X-Key X-Secret X-Password X-ApiKey X-Api-Key X-Vault-Token X-S3-Token X-A-B-C-D-E-Key
`);
const SCHEMES = words('Basic Bearer Digest Negotiate NTLM Hawk HOBA Mutual OAuth Token ApiKey');

suite('authorization-header', 'names', {
  hidden: HEADERS.flatMap((name) => [
    `${name}: §`,
    `{"${name.toLowerCase()}":"§"}`,
    `sent ${name}=§ to`,
  ]),
  kept: [
    ...words(
      'Cache Idempotency Surrogate Routing Partition Public Sort Object Request Trace B3-Trace',
    ).flatMap((word) => [`X-${word}-Key: abcdefg`, `sent X-${word}-Token=abcdefg to`]),
    'Authorizations: abcdefg',
    'My-Authorization: abcdefg',
    'X-Keys: abcdefg',
    'No-Private-Token: abcdefg',
    'Token: abcdefg',
  ],
});

suite('authorization-header', 'schemes', {
  hidden: [
    ...SCHEMES.map((scheme) => `Authorization: ${scheme} §`),
    ...words('Basic Bearer Negotiate NTLM HOBA Mutual Token ApiKey').map(
      (scheme) => `sent authorization=${scheme} § to`,
    ),
    ...words('Basic Bearer Token Digest ApiKey').map(
      (scheme) => `proxy_set_header Authorization "${scheme} §";`,
    ),
    ...words('Digest AWS4-HMAC-SHA256 AWS OAuth Hawk Signature GoogleLogin MAC').map(
      (scheme): Row => [
        `"sent authorization: ${scheme} a=§, b=§", c`,
        `"sent authorization: ${scheme} §", c`,
      ],
    ),
    ['sent authorization: OAuth\ta=§, b=§', 'sent authorization: OAuth\t§'],
    ['sent authorization: Bearer §, b', 'sent authorization: Bearer §, b'],
    'Authorization: bearer §',
    'Authorization: B §',
    ['Authorization: hunter2Xy  \r', 'Authorization: §\r'],
    ['sent authorization: digest a=§, b=§', 'sent authorization: digest §'],
    'a bearer § of',
    ['Bearer\t§== a', 'Bearer\t§ a'],
    ...Array.from('.~+/-_', (one): Row => [`bearer abcdefgh${one}abcdefg;`, 'bearer §;']),
  ],
  kept: [
    ...SCHEMES.flatMap((scheme) => [`Authorization: ${scheme}`, `"authorization": "${scheme}"`]),
    'the bearer of-it-all',
    'forbearer abcdefghijklmnopqrstuvwxyz',
    'bearers abcdefghijklmnopqrstuvwxyz',
    'bearer abcdefghijklmno',
    'Authorization "abc def"',
  ],
});

const ATTRIBUTES = words(
  'Domain=a Expires=a Max-Age=1e9 Path=/a SameSite=Lax Priority=High Version=1a',
);

suite('cookie-header', 'cookies', {
  hidden: [
    ...words('Cookie Cookie2 Set-Cookie Set-Cookie2').map((name) => `${name}: a=§; b=§`),
    ...ATTRIBUTES.map((attribute) => `Set-Cookie: a=§; ${attribute}; b=§`),
    ...words('Secure HttpOnly Partitioned').map((flag) => `Set-Cookie: a=§; ${flag}; b=§`),
    'Cookie: secure=§; httponly=§; partitioned=§; domains=§; paths=§; maxage=§',
    'sent cookie=a=§; b=§ to',
    'sent set-cookie=a=§; Expires=Wed, 21 Oct 2015 07:28:00 GMT; b=§ to',
    'sent set-cookie=a=§; Expires=Wed, 21-Oct-15 07:28:00 GMT; b=§ to',
    'sent cookie=a=§;\tb=§ to',
    'sent cookie=a=§; b=§; ',
    'sent cookie=a=§; §; c=§ to',
    'sent cookie=a=§; §',
    'sent cookie=a=§; to b=abcdefg',
    ...[';', '=', '"', "'"].map((mark) => `sent cookie=a=§; ${mark}b=abcdefg`),
    'sent cookie=a=§; =b= to',
    ...['"', "'"].map((mark) => `x ${mark}y cookie=a=§${mark} b`),
    String.raw`x "y cookie=a=§\nb=abcdefg"`,
    'sent set-cookie=a=§; Expires=Wed,\t21 Oct 2015\t07:28:00\tGMT; b=§ to',
    'Cookie: a=§; §',
    'sent {cookie=a=§}',
    'sent [cookie=a=§]',
    "x 'cookie=a=§'",
    String.raw`x "\"cookie=a=§\""`,
    'Cookie:  a=§ ; b=§ ',
    'Cookie: §',
    'Cookie:  § ;§ ',
  ],
  kept: [
    ...[...ATTRIBUTES, ...words('Secure HttpOnly Partitioned')].map((one) => `Set-Cookie: ${one}`),
    'Cookies: a=abcdefg',
    'my-cookie: a=abcdefg',
    'cookie-jar: a=abcdefg',
    'Cookie: ;; ',
    'sent cookie=a=$A to b=abcdefg',
  ],
});

suite('kubeconfig', 'fields', {
  hidden: words(
    'client-key-data client-certificate-data id-token refresh-token access-token token password',
  ).flatMap((name): readonly Row[] => [
    [`    ${name}: §`, `    ${name}: '§'`],
    `{"a":1,"${name}":"§"}`,
    String.raw`"a": "{\"${name}\":\"§\"}"`,
  ]),
  kept: [
    'my-token: abcdefg',
    'my-password: abcdefg',
    'client-key: abcdefg',
    '--token abcdefg',
    'token=abcdefg',
    '{"name":"token","value":"abcdefg"}',
  ],
});

suite('docker-config', 'fields', {
  hidden: [
    ...words('.dockerconfigjson .dockercfg identitytoken registrytoken').flatMap(
      (name): readonly Row[] => [
        [`    ${name}: §`, `    ${name}: '§'`],
        `{"a":1,"${name}":"§"}`,
        String.raw`"a": "{\"${name}\":\"§\"}"`,
      ],
    ),
    '{"auths":{"https://r":{"auth":"§"}}}',
    String.raw`"a": "{\"auths\":{\"https://r\":{\"auth\":\"§\"}}}"`,
    ['    auth: YTpi', "    auth: '§'"],
    ["    auth: 'YTpi'", "    auth: '§'"],
    ["    'auth': dXNlcjpwYXNz", "    'auth': '§'"],
    ['"auth": "dXNlcjo="', '"auth": "§"'],
    ['"auth" : "dXNlcjpwYXNz"', '"auth" : "§"'],
    ['"auth"\t: "YWI6Pj4+"', '"auth"\t: "§"'],
    ['"auth": "YWI6Pz8/"', '"auth": "§"'],
    '.dockercfg: |\n  §',
    [String.raw`"a":"{\"auth\":\"YTpi\"}"`, String.raw`"a":"{\"auth\":\"§\"}"`],
  ],
  kept: [
    'my.dockercfg: abcdefg',
    'type: kubernetes.io/.dockerconfigjson',
    'myidentitytoken: abcdefg',
    'my-auth: YTpi',
    '{"name":".dockercfg","value":"abcdefg"}',
    '{"name":"auth","value":"YTpi"} auth: x',
    '{"auths":"","name":"auth","value":"abcdefg"} auth: ""',
    'auth=YTpi auth: x',
    '.dockercfg=abcdefg',
    '{"auths":{"r":{"my-auth":"abcdefg"}}}',
    '"auths": auth=abcdefg auth: ""',
    '"auth": "bm8gY29sb24="',
    '"auth": "YTpiAA=="',
    '"auth": "a:b"',
    '"auth": "YTpi!"',
    '"auth": "basic"',
    '--auth YTpi',
    'auth=YTpi',
  ],
});

function suite(
  rule: string,
  subject: string,
  { hidden, kept }: { readonly hidden: readonly Row[]; readonly kept: readonly string[] },
): void {
  describe(`redact/own/context/${rule}: ${subject}`, () => {
    for (const row of hidden) {
      const [text, expected] = typeof row === 'string' ? [row, row] : row;
      it(`hides what is secret in ${text}`, () => {
        const redacted = redact(rule, `${text.replaceAll('§', SECRET)}\n`);

        assert.equal(redacted, `${expected.replaceAll('§', MASK)}\n`);
      });
    }

    for (const text of kept) {
      it(`leaves ${text}`, () => {
        assert.equal(redact(rule, `${text}\n`), `${text}\n`);
      });
    }
  });
}

function redact(rule: string, text: string): string {
  return redactedBy([rule], [text]);
}

function words(text: string): readonly string[] {
  return text.trim().split(/\s+/);
}
