/** collect/mysql-settings: URIs of MySQL as Go's driver has them. */

import assert from 'node:assert/strict';

import {
  type MysqlSettings,
  parseMysqlUri,
  passwordsOfMysqlUri,
} from '../../../agent/collect/network/mysql-settings.ts';

const PLAIN: MysqlSettings = {
  host: '127.0.0.1',
  port: 3306,
  user: '',
  password: '',
  database: '',
  tls: 'none',
  allowsCleartextPassword: false,
  connectTimeoutMs: undefined,
};

const LOGIN = { user: 'app', password: 'p@ss:w/rd' };

const READ: readonly (readonly [string, Partial<MysqlSettings>])[] = [
  ['/', {}],
  ['app:p@ss:w/rd@tcp(db:3307)/shop', { ...LOGIN, host: 'db', port: 3307, database: 'shop' }],
  ['app:p@ss:w/rd@tcp(db)/', { ...LOGIN, host: 'db' }],
  ['app@tcp/a%2Fb', { user: 'app', database: 'a/b' }],
  ['tcp([::1]:7)/', { host: '::1', port: 7 }],
  ['tcp(db)/?tls=true', { host: 'db', tls: 'verified' }],
  ['tcp(db)/?tls=skip-verify', { host: 'db', tls: 'unverified' }],
  ['tcp(db)/?tls=preferred', { host: 'db', tls: 'preferred' }],
  ['tcp(db)/?tls=false', { host: 'db' }],
  ['tcp(db)/?timeout=1m30s', { host: 'db', connectTimeoutMs: 90_000 }],
  ['tcp(db)/?allowCleartextPasswords=true', { host: 'db', allowsCleartextPassword: true }],
  ['tcp(db)/?parseTime=true&charset=utf8mb4&alone', { host: 'db' }],
];

const REFUSED: readonly (readonly [string, RegExp])[] = [
  ['app:s3cret@tcp(db)', /missing the slash/],
  ['app:s3cret@tcp(db/shop', /not terminated/],
  ['app:s3cret@tcp(db)x/shop', /did you forget to escape/],
  ['app:s3cret@tcp(db:port)/shop', /invalid port/],
  ['app:s3cret@unix(/var/run/x)/shop', /addresses of the network unix are not served/],
  ['app:s3cret@tcp(db)/shop?tls=mine', /unknown config name: mine/],
  ['app:s3cret@tcp(db)/shop?timeout=soon', /invalid duration/],
  ['app:s3cret@tcp(db)/%zz', /invalid URL escape/],
];

describe('collect/mysql-settings', () => {
  for (const [uri, settings] of READ) {
    it(`reads ${uri}`, () => {
      assert.deepEqual(parseMysqlUri(uri), { ...PLAIN, ...settings });
    });
  }

  for (const [uri, reason] of REFUSED) {
    it(`refuses ${uri} without its password`, () => {
      assert.throws(
        () => parseMysqlUri(uri),
        ({ message }: Error) => reason.test(message) && !message.includes('s3cret'),
      );
    });
  }

  for (const [uri, passwords] of [
    ['app:p@ss:w/rd@tcp(db)/shop', ['p@ss:w/rd']],
    ['app@tcp(db)/shop', []],
    ['nonsense', []],
  ] as const) {
    it(`finds the password of ${uri}`, () => {
      assert.deepEqual(passwordsOfMysqlUri(uri), passwords);
    });
  }
});
