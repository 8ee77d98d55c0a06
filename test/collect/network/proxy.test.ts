/** collect/proxy: which proxy a request goes through. */

import assert from 'node:assert/strict';

import { parseProxy, proxyFor } from '../../../agent/collect/network/proxy.ts';

const PROXIES = { HTTP_PROXY: 'http://plain:3128', HTTPS_PROXY: 'secure:3129' };

describe('collect/proxy', () => {
  for (const [url, host] of [
    ['http://shop.example/', 'plain:3128'],
    ['https://shop.example/', 'secure:3129'],
  ] as const) {
    it(`sends ${url} through ${host}`, () => {
      assert.equal(proxyFor(new URL(url), PROXIES)?.host, host);
    });
  }

  it('takes the variables in lower case, and those in upper case first', () => {
    const lower = { http_proxy: 'http://lower:1' };

    assert.equal(proxyFor(new URL('http://a/'), lower)?.host, 'lower:1');
    assert.equal(proxyFor(new URL('http://a/'), { ...lower, ...PROXIES })?.host, 'plain:3128');
    assert.equal(proxyFor(new URL('http://a/'), {}), undefined);
  });

  for (const [noProxy, url, isDirect] of [
    ['*', 'http://shop.example/', true],
    ['shop.example', 'http://shop.example/', true],
    ['shop.example', 'http://api.shop.example/', true],
    ['shop.example', 'http://workshop.example/', false],
    ['.shop.example', 'http://shop.example/', false],
    ['.shop.example', 'http://api.shop.example/', true],
    ['*.shop.example', 'http://api.shop.example/', true],
    ['SHOP.example', 'http://shop.example/', true],
    ['shop.example:80', 'http://shop.example/', true],
    ['shop.example:8080', 'http://shop.example/', false],
    ['10.0.0.0/8', 'http://10.1.2.3/', true],
    ['10.0.0.0/8', 'http://11.1.2.3/', false],
    ['10.0.0.0/99', 'http://10.1.2.3/', false],
    ['10.1.2.3', 'http://10.1.2.3/', true],
    ['fd00::/8', 'http://[fd00::1]/', true],
    ['fd00::1', 'http://[fd00::1]/', true],
    ['[fd00::1]:443', 'http://[fd00::1]/', false],
    ['other, shop.example ,', 'http://shop.example/', true],
    ['', 'http://shop.example/', false],
  ] as const) {
    it(`sends ${url} ${isDirect ? 'straight' : 'through the proxy'} with NO_PROXY=${noProxy}`, () => {
      const proxy = proxyFor(new URL(url), { ...PROXIES, NO_PROXY: noProxy });

      assert.equal(proxy === undefined, isDirect);
    });
  }

  for (const text of ['socks5://proxy:1080', 'http://', 'a b']) {
    it(`refuses ${text} as a proxy`, () => {
      assert.throws(() => parseProxy(text));
    });
  }
});
