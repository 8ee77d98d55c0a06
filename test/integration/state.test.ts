/** The state in a ConfigMap of a real API server: conflicts, rights, outages, and how it reads. */

import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { systemClock } from '../../agent/clock.ts';
import type { KubeClient } from '../../agent/kube/client.ts';
import { connectKube } from '../../agent/kube/connect.ts';
import { configMapState } from '../../agent/state/config-map.ts';
import { fileState } from '../../agent/state/file.ts';
import { findRecord, putRecord } from '../../agent/state/history.ts';
import { openState } from '../../agent/state/open.ts';
import type { AgentState, StateStore } from '../../agent/state/state.ts';
import { type ControlPlane, kubeconfigFor, startControlPlane } from '../bed/control-plane.ts';
import type { KubeObject } from '../bed/kube.ts';
import { RecordingLog } from '../support/log.ts';
import { never } from '../support/signal.ts';
import { runId } from '../support/spool.ts';
import { claimOf, cursorAt, idsOf, storedRecord, temporaryFolder } from '../support/state.ts';

describe('the state on a real API server', function () {
  this.timeout(120_000);
  let plane: ControlPlane;
  let namespace: string;
  let testNumber = 0;
  let kube: KubeClient;
  let place: Awaited<ReturnType<typeof temporaryFolder>>;
  let log: RecordingLog;
  let process: AbortController;
  before(async () => {
    plane = await startControlPlane();
  });
  after(() => plane.stop());
  beforeEach(async () => {
    namespace = `state-${++testNumber}`;
    await plane.kube.apply(objects(namespace));
    kube = await connectAs('agent');
    place = await temporaryFolder();
    log = new RecordingLog();
    process = new AbortController();
  });
  afterEach(async () => {
    process.abort();
    await place.remove();
  });

  it('keeps everything with the rights the chart gives', async () => {
    const state: AgentState = {
      cursor: cursorAt('2026-11-22T02:00:00Z'),
      claim: claimOf(1),
      records: [storedRecord(1)],
    };

    await (await open()).update(() => state, never());

    assert.deepEqual(await (await open()).read(never()), state);
    assert.deepEqual(log.lines, []);
  });

  it('reads well with kubectl', async () => {
    await (await open()).update(
      () => ({ claim: claimOf(2), records: [storedRecord(2), storedRecord(1)] }),
      never(),
    );

    const yaml = await plane.kubectl('get', 'configmap', 'state', '-n', namespace, '-o', 'yaml');

    assert.match(yaml, /^ {2}state\.json: \|\n {4}\{\n {6}"version": 1,\n {6}"claim": \{\n/m);
    assert.match(yaml, /^ {2}runs\.jsonl: \|\n {4}\{"id":.*\}\n {4}\{"id":.*\}\n/m);
  });

  it('loses no record of eight agents that write at once', async () => {
    const stores = Array.from({ length: 8 }, () => configMap());

    await Promise.all(
      stores.map(async (store, index) => {
        for (let round = 0; round < 3; round++) await put(store, index * 3 + round);
      }),
    );

    const ids = idsOf(await configMap().read(never())).toSorted();
    assert.deepEqual(
      ids,
      Array.from({ length: 24 }, (_, index) => runId(index)),
    );
  });

  it('gives one claim to one of six agents that want it at once', async () => {
    const pods = Array.from({ length: 6 }, (_, index) => `pod-${index}`);

    const seen = await Promise.all(
      pods.map((pod) =>
        configMap().update(
          (state) => (state.claim === undefined ? { ...state, claim: claimOf(1, { pod }) } : state),
          never(),
        ),
      ),
    );

    assert.equal(new Set(seen.map(({ claim }) => claim?.pod)).size, 1);
  });

  it('takes a state of the largest size', async () => {
    const errors = ['"\\ü'.repeat(60), '\u001b\u2028'];
    const collectors = Array.from({ length: 100 }, (_, index) => ({
      name: `logs/api-${index}`,
      outcome: 'failed' as const,
      durationMs: 5,
      files: 1,
      bytes: 50,
      errors,
    }));
    const records = Array.from({ length: 50 }, (_, index) =>
      storedRecord(50 - index, { collectors }),
    );
    const store = configMap();

    const stored = await store.update(() => ({ records }), never());

    assert.equal(stored.records.length, 50);
    assert.deepEqual(await store.read(never()), stored);
  });

  it('keeps to the file without rights, says which, and moves once they are given', async () => {
    kube = await connectAs('stranger');
    const state = await open();
    await put(state, 1);

    assert.deepEqual(idsOf(await fileNow()), [runId(1)]);
    const [line] = log.lines;
    assert.equal(line?.fields['code'], 'KUBE_FORBIDDEN');
    assert.match(String(line?.fields['reason']), /stranger" cannot get resource "configmaps"/);

    await plane.kube.apply([roleBinding(namespace, 'stranger')]);
    await eventually(() => kube.get(`/api/v1/namespaces/${namespace}/configmaps/state`, never()));
    await put(state, 2);

    assert.deepEqual(idsOf(await configMap().read(never())), [runId(2), runId(1)]);
    assert.deepEqual(await fileNow(), { records: [] });
    assert.equal(log.said().at(-1), 'info: state is kept in its place again');
  });

  it('keeps to the file when it may read and not write', async () => {
    await plane.kube.apply([role(namespace, ['get'])]);
    await eventually(async () => {
      const path = `/api/v1/namespaces/${namespace}/configmaps/state`;
      await assert.rejects(kube.patch(path, {}, never()), { code: 'KUBE_FORBIDDEN' });
    });
    const state = await open();

    await put(state, 1);

    assert.deepEqual(idsOf(await state.read(never())), [runId(1)]);
    assert.match(String(log.lines[0]?.fields['reason']), /cannot patch resource "configmaps"/);
  });

  it('keeps to the file while the ConfigMap is missing', async () => {
    const reference = configMapObject(namespace);
    await plane.kube.delete(reference);
    const state = await open();
    await put(state, 1);
    assert.equal(log.lines[0]?.fields['code'], 'KUBE_NOT_FOUND');

    await plane.kube.apply([reference]);
    await put(state, 2);

    assert.deepEqual(idsOf(await configMap().read(never())), [runId(2), runId(1)]);
  });

  it('keeps to the file where the ConfigMap cannot be changed', async () => {
    await plane.kube.apply([{ ...configMapObject(namespace), immutable: true }]);
    const state = await open();

    await put(state, 1);

    assert.deepEqual(idsOf(await fileNow()), [runId(1)]);
    assert.equal(log.lines[0]?.fields['code'], 'KUBE_FAILED');
  });

  it('survives an outage of the API server and a restart in it', async () => {
    const running = storedRecord(1, { outcome: 'running' });
    await (await open()).update(
      (before) => ({ ...putRecord(before, running, 50), claim: claimOf(1) }),
      never(),
    );
    await plane.stopApiServer();
    const during = await open();
    await during.update(() => ({ records: [storedRecord(1)] }), never());
    const restarted = await open();
    await put(restarted, 2);
    await plane.startApiServer();

    await put(restarted, 3);

    const after = await configMap().read(never());
    assert.deepEqual(idsOf(after), [runId(3), runId(2), runId(1)]);
    assert.equal(findRecord(after, runId(1))?.outcome, 'spooled');
    assert.equal(after.claim, undefined);
    assert.deepEqual(await fileNow(), { records: [] });
  });

  function open(): Promise<StateStore> {
    const ref = { namespace, name: 'state' };
    const clock = systemClock;
    const options = { ref, kube: async () => kube, file: place.file, history: 50, clock, log };
    return openState(options, process.signal);
  }

  function configMap(): StateStore {
    return configMapState({ kube, namespace, name: 'state', history: 50, clock: systemClock, log });
  }

  function fileNow(): Promise<AgentState> {
    return fileState({ file: place.file, history: 50, log }).read(never());
  }

  async function connectAs(serviceAccount: string): Promise<KubeClient> {
    const { url, caFile, folder } = plane;
    const file = join(folder, `kubeconfig-${namespace}-${serviceAccount}`);
    const token = await plane.token(namespace, serviceAccount);
    await writeFile(file, kubeconfigFor({ url, caFile, token }));
    return await connectKube({ kubeconfigFile: file });
  }
});

function put(state: StateStore, index: number): Promise<AgentState> {
  return state.update((before) => putRecord(before, storedRecord(index), 50), never());
}

/** Rights take a moment to be seen by the API server's authorizer. */
async function eventually(work: () => Promise<unknown>): Promise<void> {
  for (let triesLeft = 100; ; triesLeft--) {
    try {
      await work();
      return;
    } catch (error) {
      if (triesLeft === 0) throw error;
      await systemClock.sleep(50, never());
    }
  }
}

/** As the chart renders them, and a ServiceAccount that has no rights. */
function objects(namespace: string): readonly KubeObject[] {
  const accounts = ['agent', 'stranger'].map((name) => ({
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name, namespace },
  }));
  return [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
    ...accounts,
    configMapObject(namespace),
    role(namespace, ['get', 'patch']),
    roleBinding(namespace, 'agent'),
  ];
}

function configMapObject(namespace: string): KubeObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'state', namespace } };
}

function role(namespace: string, verbs: readonly string[]): KubeObject {
  return {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'Role',
    metadata: { name: 'state', namespace },
    rules: [{ apiGroups: [''], resources: ['configmaps'], resourceNames: ['state'], verbs }],
  };
}

function roleBinding(namespace: string, serviceAccount: string): KubeObject {
  return {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'RoleBinding',
    metadata: { name: serviceAccount, namespace },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'state' },
    subjects: [{ kind: 'ServiceAccount', name: serviceAccount, namespace }],
  };
}
