/** collect/unhealthy-pods: which pods' logs are collected, by their objects and by their bytes. */

import assert from 'node:assert/strict';

import { isUnhealthy, mayBeUnhealthy } from '../../../agent/collect/read/unhealthy-pods.ts';

const RUNNING = { running: { startedAt: '2026-11-22T02:00:00Z' } };
const COMPLETED = { terminated: { exitCode: 0, reason: 'Completed' } };
const READY = { type: 'Ready', status: 'True' };

/** A pod with its fields in the order of Kubernetes' own types. */
function podWith(
  { metadata = {}, initContainers = [{ name: 'init' }] }: Record<string, object>,
  status: object,
): object {
  return {
    metadata: { name: 'web', labels: { phase: 'Running' }, ...metadata },
    spec: { initContainers, containers: [{ name: 'app' }], restartPolicy: 'Always' },
    status,
  };
}

function container(state: object, ready = true, lastState: object = {}): object {
  return { name: 'app', state, lastState, ready, restartCount: 0, image: 'app:1', imageID: '' };
}

function pod(status: object, parts: Record<string, object> = {}): object {
  return podWith(parts, status);
}

const HEALTHY: Readonly<Record<string, object>> = {
  'runs, and is ready': pod({ phase: 'Running', containerStatuses: [container(RUNNING)] }),
  'runs, with the generation that its status saw': pod({
    observedGeneration: 3,
    phase: 'Running',
    containerStatuses: [container(RUNNING)],
  }),
  'runs after init containers that ended well': pod({
    phase: 'Running',
    initContainerStatuses: [container({ terminated: { exitCode: 0 } })],
    containerStatuses: [container(RUNNING)],
  }),
  'has completed': pod({
    phase: 'Succeeded',
    conditions: [{ type: 'Ready', status: 'False', reason: 'PodCompleted' }],
    initContainerStatuses: [container(COMPLETED)],
    containerStatuses: [container(COMPLETED, false), container(COMPLETED, false)],
  }),
};

const HEALTHY_BUT_PARSED: Readonly<Record<string, object>> = {
  'runs, and says nothing of containers': pod({ phase: 'Running' }),
  'was restarted and runs again': pod({
    phase: 'Running',
    containerStatuses: [container(RUNNING, true, { terminated: { exitCode: 1, reason: 'Error' } })],
  }),
  'has a sidecar that runs on': pod(
    {
      phase: 'Running',
      initContainerStatuses: [container(RUNNING)],
      containerStatuses: [container(RUNNING)],
    },
    { initContainers: [{ name: 'proxy', restartPolicy: 'Always' }] },
  ),
  'has completed by what it says itself': pod({ phase: 'Running', reason: 'Completed' }),
};

const UNHEALTHY: Readonly<Record<string, object>> = {
  'has no status': { metadata: { name: 'web' } },
  'has an empty status': pod({}),
  'has failed': pod({ phase: 'Failed', containerStatuses: [container(COMPLETED)] }),
  'was evicted': pod({ phase: 'Failed', reason: 'Evicted' }),
  'is pending': pod({ phase: 'Pending', containerStatuses: [container(RUNNING)] }),
  'is of unknown phase': pod({ phase: 'Unknown', containerStatuses: [container(RUNNING)] }),
  'has succeeded, and says nothing of containers': pod({ phase: 'Succeeded' }),
  'runs, but says why it should not': pod({
    phase: 'Running',
    reason: 'NodeLost',
    containerStatuses: [container(RUNNING)],
  }),
  'is being deleted': pod(
    { phase: 'Running', containerStatuses: [container(RUNNING)] },
    { metadata: { deletionTimestamp: '2026-11-22T02:00:00Z' } },
  ),
  'is being deleted from a node that is lost': pod(
    { phase: 'Running', reason: 'NodeLost', containerStatuses: [container(RUNNING)] },
    { metadata: { deletionTimestamp: '2026-11-22T02:00:00Z' } },
  ),
  'has a container that is not ready': pod({
    phase: 'Running',
    containerStatuses: [container(RUNNING), container(RUNNING, false)],
  }),
  'crashes again and again': pod({
    phase: 'Running',
    containerStatuses: [container({ waiting: { reason: 'CrashLoopBackOff' } })],
  }),
  'cannot get its image': pod({
    phase: 'Running',
    containerStatuses: [container({ waiting: { reason: 'ImagePullBackOff' } }, false)],
  }),
  'waits for no reason': pod({
    phase: 'Running',
    containerStatuses: [container({ waiting: {} }, false)],
  }),
  'ended with an error': pod({
    phase: 'Running',
    containerStatuses: [container({ terminated: { exitCode: 1, reason: 'Error' } })],
  }),
  'ended without a reason': pod({
    phase: 'Succeeded',
    containerStatuses: [container({ terminated: { exitCode: 0 } })],
  }),
  'ended by a signal': pod({
    phase: 'Succeeded',
    containerStatuses: [container({ terminated: { exitCode: 0, signal: 9 } })],
  }),
  'has completed in one container only': pod({
    phase: 'Succeeded',
    containerStatuses: [
      container({ terminated: { exitCode: 1, reason: 'Error' } }),
      container(COMPLETED),
    ],
  }),
  'has one container completed, the other running, and is not ready': pod({
    phase: 'Running',
    containerStatuses: [container(COMPLETED), container(RUNNING)],
  }),
  'has one container completed, the other running': pod({
    phase: 'Running',
    conditions: [READY],
    containerStatuses: [container(COMPLETED, false), container(RUNNING)],
  }),
  'is at its init containers': pod({
    phase: 'Running',
    initContainerStatuses: [container(RUNNING)],
    containerStatuses: [container(RUNNING)],
  }),
  'waits for its init containers': pod({
    phase: 'Running',
    initContainerStatuses: [container({ waiting: { reason: 'PodInitializing' } })],
    containerStatuses: [container(RUNNING)],
  }),
  'has an init container that failed': pod({
    phase: 'Running',
    initContainerStatuses: [container(COMPLETED), container({ terminated: { exitCode: 2 } })],
    containerStatuses: [container(RUNNING)],
  }),
  'has succeeded after an init container that failed': pod({
    phase: 'Succeeded',
    initContainerStatuses: [container({ terminated: { exitCode: 10 } })],
    containerStatuses: [container(COMPLETED)],
  }),
  'has a sidecar that crashes': pod(
    {
      phase: 'Running',
      initContainerStatuses: [container({ waiting: { reason: 'CrashLoopBackOff' } })],
      containerStatuses: [container(RUNNING)],
    },
    { initContainers: [{ name: 'proxy', restartPolicy: 'Always' }] },
  ),
};

describe('collect/unhealthy-pods', () => {
  for (const [what, object] of Object.entries(HEALTHY)) {
    it(`takes a pod that ${what} for healthy, by its bytes alone`, () => {
      assert.equal(isUnhealthy(object), false);
      assert.equal(mayBeUnhealthy(bytesOf(object)), false);
    });
  }

  for (const [what, object] of Object.entries(HEALTHY_BUT_PARSED)) {
    it(`takes a pod that ${what} for healthy, once it is parsed`, () => {
      assert.equal(isUnhealthy(object), false);
      assert.equal(mayBeUnhealthy(bytesOf(object)), true);
    });
  }

  for (const [what, object] of Object.entries(UNHEALTHY)) {
    it(`takes a pod that ${what} for unhealthy`, () => {
      assert.equal(isUnhealthy(object), true);
      assert.equal(mayBeUnhealthy(bytesOf(object)), true);
    });
  }

  it('takes a pod for healthy whose one container has completed while the ready rest runs', () => {
    const object = pod({
      phase: 'Running',
      conditions: [READY],
      containerStatuses: [container(COMPLETED), container(RUNNING)],
    });

    assert.equal(isUnhealthy(object), false);
  });

  it('is not misled by labels and annotations that look like a status', () => {
    const metadata = {
      labels: { phase: 'Running', ready: 'true' },
      annotations: { 'last-applied': '{"status":{"phase":"Running","containerStatuses":[]}}' },
    };
    const object = pod({ phase: 'Pending' }, { metadata });

    assert.equal(mayBeUnhealthy(bytesOf(object)), true);
  });

  it('is not misled by what is no pod', () => {
    for (const text of ['', '[]', 'null', '{"status":{}}', '{"status":{},"x":{"status":{}}}']) {
      assert.equal(mayBeUnhealthy(Buffer.from(text)), true);
    }
  });

  it('reads a part of a larger buffer', () => {
    const page = Buffer.from(`${JSON.stringify(HEALTHY['has completed'])},{"status":{}}`);

    assert.equal(mayBeUnhealthy(page.subarray(0, page.lastIndexOf(','))), false);
  });

  it('never lets the bytes call a pod healthy that is not, over all mixtures of states', () => {
    const counts = { healthy: 0, spared: 0, unhealthy: 0 };
    for (const object of mixtures()) {
      const isHealthy = !isUnhealthy(object);
      const isSpared = !mayBeUnhealthy(bytesOf(object));
      counts[isHealthy ? 'healthy' : 'unhealthy']++;
      if (isSpared) counts.spared++;
      if (isSpared && !isHealthy) assert.fail(JSON.stringify(object));
    }

    assert.ok(counts.spared > 100, JSON.stringify(counts));
    assert.ok(counts.unhealthy > 10_000, JSON.stringify(counts));
  });
});

function bytesOf(object: unknown): Uint8Array {
  return Buffer.from(JSON.stringify(object));
}

const STATES: readonly object[] = [
  {},
  RUNNING,
  COMPLETED,
  { waiting: {} },
  { waiting: { reason: 'PodInitializing' } },
  { waiting: { reason: 'Completed' } },
  { terminated: { exitCode: 0 } },
  { terminated: { exitCode: 3, reason: 'Completed' } },
  { terminated: { exitCode: 1, signal: 9, reason: 'Completed' } },
  { terminated: { exitCode: 1, reason: 'Error' } },
];

function mixtures(): readonly object[] {
  const containers = STATES.flatMap((state) => [
    container(state),
    container(state, false),
    container(state, true, COMPLETED),
  ]);
  const rests: readonly object[] = [
    ...containers.map((first) => ({ containerStatuses: [first] })),
    ...containers.map((first) => ({
      conditions: [READY],
      containerStatuses: [first, container(RUNNING)],
    })),
  ];
  return ['Running', 'Succeeded', 'Pending', ''].flatMap((phase) =>
    ['', 'Completed', 'Running', 'NodeLost'].flatMap((reason) =>
      [[], ...containers.map((init) => [init])].flatMap((initContainerStatuses) =>
        rests.map((rest) => statusInOrder({ phase, reason, initContainerStatuses, ...rest })),
      ),
    ),
  );
}

/** Go leaves out what is empty. */
function statusInOrder(fields: Readonly<Record<string, unknown>>): object {
  const names = ['phase', 'conditions', 'reason', 'initContainerStatuses', 'containerStatuses'];
  const given = names.filter((name) => !EMPTY.includes(JSON.stringify(fields[name] ?? '')));
  return pod(Object.fromEntries(given.map((name) => [name, fields[name]])));
}

const EMPTY = ['""', '[]'];
