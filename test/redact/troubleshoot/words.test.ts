/** Each spelling of each word of the default rules, alone. What upstream makes of each text is recorded from support-bundle v0.133.0. */

import { itRedactsAsUpstream, KURL_PATH, type Row } from './redacted.ts';

/** For these a name must end so, or have it in its own string. */
const KEYS = words(`
  SECRET_ACCESS_KEY SECRETACCESS_KEY SECRET_ACCESSKEY secretAccessKey ACCESS_KEY_ID ACCESSKEY_ID ACCESS_KEYID accessKeyId
  OWNER_ACCOUNT ownerAccount
`);
const WORDS = words('password PASSWORD token Token database DATABASE user User');

const variable = (name: string, value: string): string =>
  String.raw`{\"name\":\"${name}\",\"value\":\"${value}\"}`;
const pair = (name: string, value: string): string => `"name": ${name}\n"value": "${value}"\n`;

const VARIABLES: readonly Row[] = [
  ...KEYS.flatMap((name): readonly Row[] => [
    [
      `hides a variable ${name}`,
      variable(`X_${name}`, 's3'),
      variable(`X_${name}`, '***HIDDEN***'),
    ],
    [`leaves a variable ${name}_2`, variable(`${name}_2`, 's3')],
  ]),
  ...WORDS.map(
    (name): Row => [
      `hides a variable X_${name}_2`,
      variable(`X_${name}_2`, 's3'),
      variable(`X_${name}_2`, '***HIDDEN***'),
    ],
  ),
  ['wants the key "name"', String.raw`{\"nome\":\"TOKEN\",\"value\":\"s3\"}`],
  [
    'takes the keys in capital letters',
    String.raw`{\"NAME\":\"TOKEN\",\"VALUE\":\"s3\"}`,
    String.raw`{\"NAME\":\"TOKEN\",\"VALUE\":\"***HIDDEN***\"}`,
  ],
];

const SETTINGS = words('DATA_SOURCE LOCATION USER_ID PASSWORD SERVER DATABASE UID PWD').flatMap(
  (word): readonly Row[] => {
    const name = word.replace('_', ' ');
    return [
      [`hides the setting ${name}`, `x;${name}=s3;y`, `x;${name}=***HIDDEN***;y`],
      [`leaves ${name} without an equals sign`, `x;${name}:s3;y=z`],
    ];
  },
);

const PAIRS: readonly Row[] = [
  ...KEYS.flatMap((name): readonly Row[] => [
    [`hides a pair ${name}`, pair(`"${name}_2"`, 's3'), pair(`"${name}_2"`, '***HIDDEN***')],
    [`leaves ${name} in another string`, pair(`"x", "${name}"`, 's3')],
  ]),
  ...WORDS.flatMap((name): readonly Row[] => [
    [
      `hides a pair X_${name}_2`,
      pair(`"X_${name}_2"`, 's3'),
      pair(`"X_${name}_2"`, '***HIDDEN***'),
    ],
    [
      `hides a pair with ${name} in another string`,
      pair(`"x", "${name}"`, 's3'),
      pair(`"x", "${name}"`, '***HIDDEN***'),
    ],
  ]),
  ...['token', 'owner_account'].map(
    (name): Row => [
      `takes the keys in capital letters, with ${name}`,
      `"NAME": "${name}"\n"VALUE": "s3"\n`,
      `"NAME": "${name}"\n"VALUE": "***HIDDEN***"\n`,
    ],
  ),
];

const URLS: readonly Row[] = [
  ...['http', 'https', 'ftp', 'HTTPS'].map(
    (scheme): Row => [
      `hides user and password of ${scheme}`,
      `${scheme}://me:s3@host`,
      `${scheme}://***HIDDEN***:***HIDDEN***@host`,
    ],
  ),
  [
    'takes a connection string in the path of another for its path',
    'dsn me:s3@tcp(db)/a:b@tcp(h)/y now',
    '***HIDDEN***:***HIDDEN***@tcp(***HIDDEN***)/***HIDDEN*** now',
  ],
  ['hides what is before the first @', 'http://a:b@c@h', 'http://***HIDDEN***:***HIDDEN***@c@h'],
  ...[
    'http://a/b:c@h',
    'http://"a:b@h',
    'http://a:b/c@h',
    'http://a:b"c@h',
    'x://u"p@h/t',
    'http://a:b@/-',
  ].map((url): Row => [`leaves ${url}`, `${url} x`]),
  ...[':80', '"', '\r', '\f', '\t', ' '].map(
    (end): Row => [`wants a host before ${JSON.stringify(end)}`, `http://a:b@${end}x`],
  ),
];

const KEY = 'A'.repeat(38);
/** The first and the last characters of as many bytes as UTF-8 has, and of each row of its table. */
const CHARACTERS =
  '\xc2\x80 \xdf\xbf \xe0\xa0\x80 \xe0\xbf\xbf \xe1\x80\x80 \xec\xbf\xbf \xed\x80\x80 \xed\x9f\xbf \xee\x80\x80 \xef\xbf\xbf ' +
  '\xf0\x90\x80\x80 \xf0\xbf\xbf\xbf \xf1\x80\x80\x80 \xf3\xbf\xbf\xbf \xf4\x80\x80\x80 \xf4\x8f\xbf\xbf';

const CEPH: readonly Row[] = [
  ...words('osd client mgr OSD Client MGR').map(
    (kind): Row => [
      `hides the key of ${kind}`,
      `"entity": "${kind}.0"\n"key": "${KEY}=="\n`,
      `"entity": "${kind}.0"\n"key": "***HIDDEN***"\n`,
    ],
  ),
  [
    'takes the keys in capital letters',
    `"ENTITY": "osd.0"\n"KEY": "${KEY}=="\n`,
    '"ENTITY": "osd.0"\n"KEY": "***HIDDEN***"\n',
  ],
  ...CHARACTERS.split(' ').map(
    (one): Row => [
      `counts ${Buffer.from(one, 'latin1').toString('hex')} as one character`,
      `"entity": "osd.0"\n"key": "${one.repeat(38)}=="\n`,
      '"entity": "osd.0"\n"key": "***HIDDEN***"\n',
    ],
  ),
  ['leaves a key without an entity', `"value": "x", "key": "${KEY}=="\n`],
  ['leaves a key that is too short, behind equals signs', '"entity": "osd.0"\n=="key": "A"\n'],
  [
    'hides a key in which another begins as one',
    `"entity": "osd.0"\n"key": ""key": "${KEY.slice(8)}==AAAAAA=="\n`,
    '"entity": "osd.0"\n"key": "***HIDDEN***"\n',
  ],
];

const KURL = words(
  'bootstrapToken BOOTSTRAPTOKEN certKey kubeadmToken kubectl.kubernetes.io/last-applied-configuration',
).flatMap((key): readonly Row[] => [
  [`hides the field ${key}`, `{"${key}":"s3"}`, `{"${key}":"***HIDDEN***"}`],
  ...['\t', '\f', '\r', ' '].map(
    (blank): Row => [
      `hides the field ${key} with ${JSON.stringify(blank)} around the colon`,
      `{"${key}"${blank}:${blank}"s3"}`,
      `{"${key}"${blank}:${blank}"***HIDDEN***"}`,
    ],
  ),
  [`leaves the field x${key}`, `{"x${key}":"s3"}`],
]);

describe('redact/troubleshoot/words', () => {
  itRedactsAsUpstream([...VARIABLES, ...SETTINGS, ...PAIRS, ...URLS, ...CEPH]);
  itRedactsAsUpstream(KURL, KURL_PATH);
});

function words(text: string): readonly string[] {
  return text.trim().split(/\s+/);
}
