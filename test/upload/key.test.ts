/** Tests of upload/key. */

import assert from 'node:assert/strict';

import { fillKey, objectUrl, parseKeyTemplate } from '../../agent/upload/key.ts';

const FACTS = {
  sha256: 'ab12',
  runId: '20261122T020000Z-1f3a',
  installation: '0123456789abcdef',
  namespace: 'app',
  instantAt: '2026-11-22T02:00:00Z',
};

describe('upload/key', () => {
  for (const [template, key] of [
    ['{sha256}.tar.gz', 'ab12.tar.gz'],
    ['{yyyy}/{mm}/{dd}/{runId}.tar.gz', '2026/11/22/20261122T020000Z-1f3a.tar.gz'],
    ['{installation}/{namespace}/{scheduledAt}', '0123456789abcdef/app/20261122T020000Z'],
    ['{sha256}{sha256}', 'ab12ab12'],
    ['fixed name', 'fixed name'],
    ['', ''],
  ] as const) {
    it(`fills ${JSON.stringify(template)}`, () => {
      assert.equal(fillKey(parseKeyTemplate(template), FACTS), key);
    });
  }

  it('names all unknown fields at once, and the known ones', () => {
    assert.throws(() => parseKeyTemplate('{sha265}/{}/{runid}/{toString}/{dd}'), {
      code: 'CONFIG_INVALID',
      message:
        /unknown fields \{sha265\}, \{\}, \{runid\}, \{toString\}; there are \{sha256\}, \{runId\}/,
    });
  });

  for (const template of [
    '{sha256',
    'sha256}',
    '{{sha256}}',
    '/a',
    'a/',
    'a//b',
    '../a',
    './a',
    'a\tb',
  ]) {
    it(`refuses ${JSON.stringify(template)}`, () => {
      assert.throws(() => parseKeyTemplate(template), { code: 'CONFIG_INVALID' });
    });
  }

  for (const [url, key, expected] of [
    ['https://a.example', 'k.tar.gz', 'https://a.example/k.tar.gz'],
    ['https://a.example/in', 'k.tar.gz', 'https://a.example/in/k.tar.gz'],
    ['https://a.example/in/', 'd/k.tar.gz', 'https://a.example/in/d/k.tar.gz'],
    ['https://a.example/in?sig=a/b', 'k', 'https://a.example/in/k?sig=a/b'],
    ['https://a.example/in', 'a b/ü?#%', 'https://a.example/in/a%20b/%C3%BC%3F%23%25'],
    ['https://a.example/in/x.tar.gz?sig=1', '', 'https://a.example/in/x.tar.gz?sig=1'],
  ] as const) {
    it(`appends ${JSON.stringify(key)} to ${url}`, () => {
      assert.equal(objectUrl(url, key).href, expected);
    });
  }
});
