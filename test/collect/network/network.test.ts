/** collect/network: what may be connected to, also behind a name or a proxy. */

import assert from 'node:assert/strict';
import type { lookup } from 'node:dns';
import { get } from 'node:http';

import {
  closeAgents,
  clusterNetwork,
  guardedAgents,
  guardedLookup,
  pinProxy,
} from '../../../agent/collect/network/network.ts';
import { OPEN_NETWORK } from '../../support/network.ts';
import { never } from '../../support/signal.ts';

describe('collect/network', () => {
  for (const [addresses, isAllowed] of [
    [['10.0.0.1'], true],
    [['10.0.0.1', 'fd00::1'], true],
    [['127.0.0.1'], false],
    [['10.0.0.1', '127.0.0.1'], false],
    [['169.254.169.254'], false],
    [['::ffff:127.0.0.1'], false],
    [['fe80::1'], false],
  ] as const) {
    it(`${isAllowed ? 'reaches' : 'refuses'} a name that resolves to ${addresses.join(' and ')}`, async () => {
      const found = await resolveBy(addresses);

      assert.deepEqual(found, isAllowed ? addresses : 'refused');
    });
  }

  it('gives one address where one is asked for', async () => {
    const guarded = guardedLookup(clusterNetwork(), resolvingTo(['10.0.0.1', '10.0.0.2']));
    const { promise, resolve } = Promise.withResolvers<unknown>();
    guarded('shop.example', {}, (_, address) => resolve(address));

    assert.equal(await promise, '10.0.0.1');
  });

  for (const host of ['127.0.0.1', 'localhost', '[::1]', '169.254.169.254', '2130706433']) {
    it(`connects to nothing at ${host}`, () => {
      const agents = guardedAgents(clusterNetwork());
      try {
        assert.throws(
          () => get(`http://${host}:1/`, { agent: agents.http }),
          /loopback, link-local or metadata/,
        );
      } finally {
        closeAgents(agents);
      }
    });
  }

  it('refuses a proxy of a spec that may not be reached', async () => {
    await assert.rejects(pinProxy(new URL('http://127.0.0.1:3128'), clusterNetwork(), never()));
    await assert.rejects(pinProxy(new URL('http://localhost:3128'), clusterNetwork(), never()));
  });

  it('connects to the address of a proxy that was checked', async () => {
    const pinned = await pinProxy(
      new URL('http://user:word@localhost:3128'),
      OPEN_NETWORK,
      never(),
    );

    assert.match(pinned.href, /^http:\/\/user:word@(127\.0\.0\.1|\[::1\]):3128\/$/);
    assert.equal(pinned.protocol, 'http:');
  });
});

/** The addresses, or that they are refused. */
async function resolveBy(addresses: readonly string[]): Promise<unknown> {
  const guarded = guardedLookup(clusterNetwork(), resolvingTo(addresses));
  const { promise, resolve } = Promise.withResolvers<unknown>();
  guarded('shop.example', { all: true }, (error, found) => {
    if (error !== null || typeof found === 'string') resolve('refused');
    else resolve(found.map(({ address }) => address));
  });
  return await promise;
}

function resolvingTo(addresses: readonly string[]): typeof lookup {
  const resolve = (_host: string, _options: unknown, callback: (...found: unknown[]) => void) =>
    callback(
      null,
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    );
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- of its many forms the one that is used
  return resolve as unknown as typeof lookup;
}
