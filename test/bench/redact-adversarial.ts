/** Texts of any length that are slow for a careless pattern: for each rule, what it begins to find again and again. */

export interface Adversarial {
  readonly name: string;
  /** One of many that are alike: a shorter one is enough where nothing is suspicious. */
  readonly isOneOfMany?: true;
  /** Where the rule works on some files alone. */
  readonly path?: string;
  /** @returns Nearly so many bytes, one character each, in one line; in two where the rule looks at two. */
  readonly text: (bytes: number) => string;
}

/** One for each of troubleshoot's rules; names as in `pkg/redact`, in its order: S one line, M two lines. */
export const TROUBLESHOOT_LINES: readonly Adversarial[] = [
  filled('S1 secret access key', '\\"name\\":\\"SECRET_ACCESS_KEY'),
  filled('S2 access key ID', 'ACCESS_KEY_ID\\",\\"value\\":\\"'),
  filled('S3 owner account', '\\"name\\":\\"OWNER_ACCOUNT\\",\\"value\\":\\"x'),
  filled('S4 password', 'password', { before: '\\"name\\":\\"' }),
  filled('S5 token', '\\"name\\":\\"token'),
  filled('S6 database', 'database\\",\\"value\\":', { before: '\\"name\\":\\"' }),
  filled('S7 user', '\\"name\\":\\"user\\",\\"value\\":\\"\\'),
  filled('S8 URL', 'http://a:'),
  filled('S9 tcp', 'a:b@tcp('),
  filled('S10 URL with a path', '@', { before: 'x://u:' }),
  filled('S11 data source', 'Data Source='),
  filled('S12 location', ' ', { before: 'location' }),
  filled('S13 user ID', 'User ID '),
  filled('S14 password', 'password='),
  filled('S15 server', 'Server     ='),
  filled('S16 database', 'Database= ;'),
  filled('S17 uid', 'Uid=a;'),
  filled('S18 pwd', 'Pwd=', { after: ';' }),
  filled('M1 secret access key', '"name": "SECRET_ACCESS_KEY', { after: '\n"value": "x"\n' }),
  filled('M2 access key ID', 'ACCESS_KEY_ID', { before: '"name": "', after: '\n"value": "x"\n' }),
  filled('M3 owner account', '"name": "', { after: 'OWNER_ACCOUNT"\n"value": "x"\n' }),
  halves('M4 password', ['"name": "', 'password'], '\n"value": "x"\n'),
  filled('M5 token', 'token', { before: '"name": "', after: '"\n"value": "x"\n' }),
  filled('M6 database', '"value": "', { before: '"name": "database"\n' }),
  filled('M7 user', 'x', { before: '"name": "user"\n"value": "', after: '\n' }),
  filled('M8 ceph key', '"key": "0123456789abcdef==', { before: '"entity": "osd.1"\n' }),
];

const KURL_PATH = 'cluster-resources/custom-resources/installers.cluster.kurl.sh.json';

/** More for the same rules, and for those of some files. */
export const MORE_TROUBLESHOOT_LINES: readonly Adversarial[] = [
  filled('S8 URL without an end', 'b', { before: 'http://a:' }),
  filled('S9 tcp without an end', 'a:b@tcp(c:1)'),
  filled('S10 many schemes', 'x://'),
  filled('S10 many URLs', 'a://b:c@d/'),
  filled('S10 one word', 'abc'),
  filled('S14 spaces', ' ', { before: 'password=', after: ';' }),
  filled('S14 no equals', 'password;'),
  filled('M1 pairs in pairs', '"name": "SECRET_ACCESS_KEY"\n"value": "x"\n'),
  filled('M4 names alone', '"name": "password"\n'),
  filled('M4 names, then a value', '"name": "password"\n', { after: '"value": "x"\n' }),
  filled('M8 entities', '"entity": "osd.', { after: '\n"key": "x"\n' }),
  filled('Kelvin signs', 'to\xe2\x84\xaaen=@;'),
  filled('high bytes', '\xe2\x84', { before: '@;' }),
  filled('carriage returns', '\r', { before: '"name": "password"', after: '\n"value": "x"\n' }),
  { ...filled('K1 spaces', '"bootstrapToken"      '), path: KURL_PATH },
  { ...filled('K2 without an end', '"certKey":"'), path: KURL_PATH },
  { ...filled('K3 spaces', ' ', { before: '"kubeadmToken"', after: ':"x"' }), path: KURL_PATH },
  {
    ...filled('K4 backslashes', '\\', {
      before: '"kubectl.kubernetes.io/last-applied-configuration":"',
    }),
    path: KURL_PATH,
  },
];

/** Words that our own rules begin with, and those that the second look looks for. */
const OWN_WORDS = [
  '-----BEGIN ',
  '-----BEGIN RSA PRIVATE KEY-----',
  '-----BEGIN RSA PRIVATE KEY-----\\nMIIE',
  '-----END RSA PRIVATE KEY-----',
  'eyJ',
  'eyJhbGciOiJIUzI1NiJ9.',
  'eyJhbGciOiJIUzI1NiJ9.eyJhbGciOiJIUzI1NiJ9.',
  'AKIAIOSFODNN7EXAMPLE',
  'aws_secret_access_key=',
  '"private_key":"',
  '"private_key_id": "',
  'AIza',
  'AccountKey=',
  'DefaultEndpointsProtocol=https;AccountName=a;AccountKey=',
  'ghp_',
  'github_pat_',
  'glpat-',
  'xoxb-',
  'https://hooks.slack.com/services/',
  'sk_live_',
  'npm_',
  '//registry.npmjs.org/:_authToken=',
  'Authorization: ',
  'Authorization: Basic ',
  '\\"Authorization\\": [\\"Bearer ',
  'Proxy-Authorization:',
  'Cookie: ',
  'Set-Cookie: a=b; ',
  '://',
  'http://a',
  'http://a:',
  'postgres://a:b',
  '\\/\\/a:b',
  'client-key-data: ',
  '"client-certificate-data":"',
  'token: ',
  '{"auths":{"',
  '"auth":"',
  '{\\"auths\\":{\\"a\\":{\\"auth\\":\\"',
  'kubectl.kubernetes.io/last-applied-configuration: ',
  '"kubectl.kubernetes.io/last-applied-configuration": "{\\"kind\\":\\"Secret\\",\\"data\\":{\\"a\\":\\"',
  '{"kind":"Secret","data":{"a":"',
  'password: ',
  'password=',
  '"password":"',
  '"password": ["',
  '\\"password\\":\\"',
  'PASSWORD="\\',
  'db_password_secret_token_',
  "'api_key': '",
  '--password ',
  '\\',
  '\\\\\\"',
  '"',
  '%3D',
  '\\u0022',
  'Authorization: ["',
  'Cookie: [a',
  '<password>',
  'identified by ',
  'a?b=',
  'ya29.',
  'GOCSPX-',
  '?sig=',
  'a8Q~',
  'hvs.',
  'LS0tLS1CRUdJTiBSU0EgUFJJVkFURSBLRVktLS0tLQ',
  'cGFzc3dvcmQ6',
  'YTovL2I6',
  'ZXlKaGJHY2lPaUpJVXpJMU5pSjk',
  'YWJjZGVmZ2hpamtsbW5vcA',
  'YWJjZGVmZ2hpamtsbW5vcA==',
  '2VjcmV0',
  ' ',
  '=',
  ':',
  '{',
  '[32m',
];

/** Words that pseudonyms begin with. */
const PSEUDONYM_WORDS = [
  '10.',
  '10.0.0.1',
  '10.0.0.1.',
  '2001:db8::',
  'fe80:0:0:',
  '::',
  'a.',
  'a-',
  'db.acme.example',
  '-a.b-.',
  'a@',
  'a@b.',
  'a.b+c@d.example',
  '@a.b',
];

/** One word over and over, with and without something between, and the word once before much that could belong to it. */
function shapesOf(word: string): readonly Adversarial[] {
  const name = word.slice(0, 24);
  return [
    filled(`${name} …`, word),
    filled(`${name} a …`, `${word}a `),
    filled(`${name} aaa…`, 'a', { before: word }),
    filled(`${name}" "…`, `${word}" "`),
  ].map((line) => ({ ...line, isOneOfMany: true }));
}

export const OWN_LINES: readonly Adversarial[] = OWN_WORDS.flatMap(shapesOf);

export const PSEUDONYM_LINES: readonly Adversarial[] = PSEUDONYM_WORDS.flatMap(shapesOf);

/** Patterns that are slow in an engine that tries again, and a text and a pair of lines. */
export const CUSTOM_REDACTORS: readonly Readonly<Record<string, unknown>>[] = [
  { name: 'nested', removals: { regex: [{ redactor: '(nest=)(?P<mask>(a+)+)(!)' }] } },
  { name: 'alternatives', removals: { regex: [{ redactor: '(alt=)(?P<mask>(a|aa)+)($|!)' }] } },
  { name: 'runs', removals: { regex: [{ redactor: '(?i)(runs=)(?P<mask>.*.*.*)(!)' }] } },
  { name: 'words', removals: { regex: [{ redactor: '(?P<mask>\\w+)(@here)' }] } },
  { name: 'counted', removals: { regex: [{ redactor: '(count=)(?P<mask>[a-z]{1,100})(!)' }] } },
  { name: 'text', removals: { values: ['abababab-abababac'] } },
  {
    name: 'lines',
    removals: { regex: [{ selector: 'pick: .*me', redactor: '(value: )(?P<mask>.*)(;)' }] },
  },
];

export const CUSTOM_LINES: readonly Adversarial[] = [
  filled('custom: nested', 'a', { before: 'nest=' }),
  filled('custom: nested, again and again', 'nest=a'),
  filled('custom: alternatives', 'a', { before: 'alt=', after: '?' }),
  filled('custom: runs', 'runs='),
  filled('custom: words', 'a', { after: '@here' }),
  filled('custom: words, again and again', 'a@her'),
  filled('custom: counted', 'count=aaaaaaaa'),
  filled('custom: text', 'abababab-'),
  filled('custom: two lines', 'me', { before: 'pick: ', after: '\nvalue: x;\n' }),
  filled('custom: two lines, second', 'value: ', { before: 'pick: me\n' }),
];

/** `unit` again and again. */
function filled(
  name: string,
  unit: string,
  { before = '', after = '' }: { readonly before?: string; readonly after?: string } = {},
): Adversarial {
  const around = before.length + after.length;
  return { name, text: (bytes) => before + fill(unit, bytes - around) + after };
}

/** Half of the one again and again, then half of the other. */
function halves(
  name: string,
  [first, second]: readonly [string, string],
  end: string,
): Adversarial {
  return {
    name,
    text: (bytes) => {
      const half = Math.floor((bytes - end.length) / 2);
      return fill(first, half) + fill(second, half) + end;
    },
  };
}

/** Whole ones: where a text ends may decide whether it is looked at at all. */
function fill(unit: string, bytes: number): string {
  return unit.repeat(Math.floor(bytes / unit.length));
}
