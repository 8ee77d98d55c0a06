/** collect/postgres-settings: URIs of PostgreSQL in both forms. */

import assert from 'node:assert/strict';

import {
  type PostgresSettings,
  parsePostgresUri,
  passwordsOfKeywords,
  SSL_MODES,
} from '../../../agent/collect/network/postgres-settings.ts';

const PLAIN: PostgresSettings = {
  hosts: [{ host: 'db', port: 5432 }],
  user: undefined,
  password: undefined,
  database: undefined,
  sslMode: 'prefer',
  isDirectTls: false,
  connectTimeoutMs: undefined,
  options: undefined,
};

const LOGIN = { user: 'app', password: "it's", database: 'shop' };

const READ: readonly (readonly [string, Partial<PostgresSettings>])[] = [
  ['postgres://db', {}],
  ["postgresql://app:it's@db:6000/shop", { ...LOGIN, hosts: [{ host: 'db', port: 6000 }] }],
  [
    'postgres://a:1,[::1]:2/',
    {
      hosts: [
        { host: 'a', port: 1 },
        { host: '::1', port: 2 },
      ],
    },
  ],
  ['postgres:///shop?host=db&port=7', { database: 'shop', hosts: [{ host: 'db', port: 7 }] }],
  [
    'postgres://db/shop?dbname=other&user=u&sslmode=require',
    { database: 'other', user: 'u', sslMode: 'require' },
  ],
  [
    'postgres://db?connect_timeout=3&options=-c%20x%3D1',
    { connectTimeoutMs: 3000, options: '-c x=1' },
  ],
  ['postgres://db?connect_timeout=0', {}],
  ['postgres://db?sslnegotiation=direct', { isDirectTls: true }],
  ['postgres://db?sslrootcert=system', { sslMode: 'verify-full' }],
  ["host=db user=app password='it\\'s' dbname=shop", LOGIN],
  ['host = db   user= app', { user: 'app' }],
  ["host=db user=app password=it\\'s database=shop ", LOGIN],
  ["host=db password=''", { password: '' }],
  [
    'host=a,b port=1,2',
    {
      hosts: [
        { host: 'a', port: 1 },
        { host: 'b', port: 2 },
      ],
    },
  ],
  [
    'host=a,b port=7',
    {
      hosts: [
        { host: 'a', port: 7 },
        { host: 'b', port: 7 },
      ],
    },
  ],
  ['user=app', { user: 'app', hosts: [{ host: 'localhost', port: 5432 }] }],
];

const REFUSED: readonly (readonly [string, RegExp])[] = [
  ['nonsense', /invalid keyword/],
  ['host=db =s3cret', /invalid keyword/],
  ['postgres://app:s3cret@db:port/', /invalid port/],
  ['postgres://app:s3cret@db?sslmode=often', /sslmode is invalid/],
  ['postgres://app:s3cret@db?connect_timeout=soon', /invalid connect_timeout/],
  ['postgres://app:s3cret@db?sslcert=/etc/x', /sslcert names a file/],
  ['host=db password=s3cret passfile=/etc/x', /passfile names a file/],
  ['host=/var/run password=s3cret', /sockets of this machine/],
];

describe('collect/postgres-settings', () => {
  for (const [uri, settings] of READ) {
    it(`reads ${uri}`, () => {
      assert.deepEqual(parsePostgresUri(uri), { ...PLAIN, ...settings });
    });
  }

  for (const mode of SSL_MODES) {
    it(`knows sslmode=${mode}`, () => {
      assert.equal(parsePostgresUri(`host=db sslmode=${mode}`).sslMode, mode);
    });
  }

  for (const [uri, reason] of REFUSED) {
    it(`refuses ${uri} without its password`, () => {
      assert.throws(
        () => parsePostgresUri(uri),
        ({ message }: Error) => reason.test(message) && !message.includes('s3cret'),
      );
    });
  }

  for (const [text, passwords] of [
    ["host=db password='it\\'s' user=x", ["it\\'s", "it's"]],
    ['PASSWORD = abc', ['abc', 'abc']],
    ['host=db', []],
  ] as const) {
    it(`finds the passwords of ${text}`, () => {
      assert.deepEqual(passwordsOfKeywords(text), passwords);
    });
  }
});
