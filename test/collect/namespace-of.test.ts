import assert from 'node:assert/strict';

import { findNamespace } from '../../agent/collect/namespace-of.ts';

describe('collect/namespace-of', () => {
  for (const [object, namespace] of [
    [{ metadata: { name: 'a', namespace: 'n' } }, 'n'],
    [
      {
        apiVersion: 'v1',
        kind: 'metadata',
        metadata: { annotations: { namespace: 'no', '"}': '{' }, namespace: 'n' },
      },
      'n',
    ],
    [
      {
        spec: { metadata: { namespace: 'no' } },
        namespace: 'no',
        metadata: { name: 'namespace', labels: {}, namespace: 'n' },
      },
      'n',
    ],
    [
      {
        metadata: { ownerReferences: [{ namespace: 'no' }], name: 'a' },
        spec: { namespace: 'no' },
      },
      '',
    ],
    [{ metadata: { name: 'ends with \\', namespace: 'n' } }, 'n'],
    [{ metadata: {} }, ''],
    [{}, ''],
  ] as const) {
    it(`finds ${namespace || 'none'} in ${JSON.stringify(object)}`, () => {
      assert.equal(findNamespace(Buffer.from(JSON.stringify(object))), namespace);
    });
  }
});
