import assert from 'node:assert/strict';

import { findCollector } from '../../agent/collect/collectors.ts';
import { COLLECTOR_TYPES } from '../../agent/spec/collector-fields.ts';

/** What only troubleshoot's own program serves. */
const LEFT_TO_CLI = [
  'mssql',
  'etcd',
  'ceph',
  'longhorn',
  'goldpinger',
  'sonobuoy',
  'collectd',
] as const;

describe('collect/collectors', () => {
  for (const key of Object.keys(COLLECTOR_TYPES)) {
    const isLeft = LEFT_TO_CLI.some((left) => left === key);
    it(isLeft ? `leaves ${key} to the cli engine` : `serves ${key}`, async () => {
      const load = findCollector(key, {});
      if (isLeft) {
        assert.equal(load, undefined);
        return;
      }
      const rules = (await load?.())?.rules({});

      assert.ok(Array.isArray(rules), `${key} is not served`);
      assert.ok(!JSON.stringify(rules).includes('"*"'), `${key} asks for everything`);
    });
  }

  it('leaves data with the names of image facts to the cli engine', () => {
    assert.equal(findCollector('data', { name: 'image-facts-apps' }), undefined);
    assert.notEqual(findCollector('data', { name: 'image-fact' }), undefined);
  });
});
