/** collect/connection-url: how URLs of databases are read, and that messages hold nothing of them. */

import assert from 'node:assert/strict';

import {
  joinHostPort,
  parseConnectionUrl,
  passwordsOfUrl,
  splitHostPort,
} from '../../../agent/collect/network/connection-url.ts';

describe('collect/connection-url', () => {
  it('reads a URL with everything in it', () => {
    const { query, ...rest } = parseConnectionUrl(
      'REDISS://us%40er:p%2Fw:d@db:6379/1%20a?x=1&x=2#y',
    );

    assert.deepEqual(rest, {
      scheme: 'rediss',
      user: 'us@er',
      password: 'p/w:d',
      host: 'db:6379',
      path: '/1 a',
    });
    assert.deepEqual(query.getAll('x'), ['1', '2']);
  });

  for (const [text, host, user, password] of [
    ['a://one:1,two:2/db', 'one:1,two:2', undefined, undefined],
    ['a://[::1]:5432', '[::1]:5432', undefined, undefined],
    ['a://user@db', 'db', 'user', undefined],
    ['a://user:@db', 'db', 'user', ''],
    ['a://:pass@word@db', 'db', '', 'pass@word'],
    ['a:///only/a/path', '', undefined, undefined],
    ['a:opaque', '', undefined, undefined],
    ['no-scheme', '', undefined, undefined],
  ] as const) {
    it(`finds the host and the login in ${text}`, () => {
      const url = parseConnectionUrl(text);

      assert.deepEqual([url.host, url.user, url.password], [host, user, password]);
    });
  }

  for (const text of [
    'redis://user:s3 cret@db',
    'redis://user:s3cret%zz@db',
    'redis://user:s3cret\n@db',
    ':s3cret',
  ]) {
    it(`refuses ${JSON.stringify(text)} without repeating it`, () => {
      assert.throws(
        () => parseConnectionUrl(text),
        ({ message }: Error) => !message.includes('s3') && !message.includes('cret'),
      );
    });
  }

  for (const [text, passwords] of [
    ['a://user:p%40ss@db', ['p%40ss', 'p@ss']],
    ['a://user:p@ss@db/x', ['p@ss', 'p@ss']],
    ['a://user:p%zz@db', ['p%zz', 'p%zz']],
    ['a://user@db', []],
    ['a://db?password=one&sslpassword=t%20o#x', ['one', 'one', 't%20o', 't o']],
    ['nonsense', []],
  ] as const) {
    it(`finds the passwords of ${text}`, () => {
      assert.deepEqual(passwordsOfUrl(text), passwords);
    });
  }

  for (const [text, host, port] of [
    ['db', 'db', 1],
    ['db:5432', 'db', 5432],
    ['db:', 'db', 1],
    [':5432', '', 5432],
    ['::1', '::1', 1],
    ['[::1]', '::1', 1],
    ['[::1]:5432', '::1', 5432],
  ] as const) {
    it(`splits ${text}`, () => {
      assert.deepEqual(splitHostPort(text, 1), { host, port });
    });
  }

  for (const text of ['db:0', 'db:65536', 'db:-1', 'db:x', 'db:1.5']) {
    it(`refuses the port of ${text}`, () => {
      assert.throws(() => splitHostPort(text, 1), { message: 'invalid port' });
    });
  }

  it('joins what it splits', () => {
    assert.deepEqual(
      [joinHostPort('db', 1), joinHostPort('10.0.0.1', 2), joinHostPort('::1', 3)],
      ['db:1', '10.0.0.1:2', '[::1]:3'],
    );
  });
});
