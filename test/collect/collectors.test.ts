import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { findCollector } from '../../agent/collect/collectors.ts';
import { COLLECTOR_TYPES } from '../../agent/spec/collector-fields.ts';

const COLLECT = join(import.meta.dirname, '../../agent/collect');

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

  it('has each in the folder of its group', () => {
    const misplaced = Object.entries(COLLECTOR_TYPES).filter(([key, { group }]) => {
      if (findCollector(key, {}) === undefined) return false;
      const name = key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
      return !existsSync(join(COLLECT, group, `${name}.ts`));
    });

    assert.deepEqual(misplaced, []);
  });

  it('leaves data with the names of image facts to the cli engine', () => {
    assert.equal(findCollector('data', { name: 'image-facts-apps' }), undefined);
    assert.notEqual(findCollector('data', { name: 'image-fact' }), undefined);
  });
});
