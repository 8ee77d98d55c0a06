/** Tests of state/open. */

import assert from 'node:assert/strict';

import { AgentError } from '../../agent/errors.ts';
import type { KubeClient } from '../../agent/kube/client.ts';
import { type OpenStateOptions, openState } from '../../agent/state/open.ts';
import type { StateStore } from '../../agent/state/state.ts';
import { RecordingLog } from '../support/log.ts';
import { never } from '../support/signal.ts';
import {
  CONFIG_MAP,
  emptyConfigMap,
  HeldClock,
  stateIn,
  stateOf,
  storedRecord,
  temporaryFolder,
} from '../support/state.ts';

const REF = { namespace: 'default', name: 'state' };

describe('state/open', () => {
  let place: Awaited<ReturnType<typeof temporaryFolder>>;
  let log: RecordingLog;
  beforeEach(async () => {
    place = await temporaryFolder();
    log = new RecordingLog();
  });
  afterEach(() => place.remove());

  function open(changed: Partial<OpenStateOptions> = {}): Promise<StateStore> {
    const { file } = place;
    const kube = refusing;
    return openState({ kube, file, history: 50, clock: new HeldClock(), log, ...changed }, never());
  }

  it('is the file, without asking for a cluster, when STATE is unset', async () => {
    const state = await open();

    assert.equal(state.location, place.file);
    assert.deepEqual(log.lines, []);
  });

  it('is the ConfigMap when STATE names one', async () => {
    const kube = emptyConfigMap();

    const state = await open({ ref: REF, kube: async () => kube });

    await state.update(() => stateOf(storedRecord(1)), never());
    assert.equal(state.location, 'configmap/default/state');
    assert.deepEqual(await stateIn(kube).read(never()), stateOf(storedRecord(1)));
    assert.deepEqual(log.lines, []);
  });

  it('takes over what the file holds when STATE begins to name a ConfigMap', async () => {
    await (await open()).update(() => stateOf(storedRecord(1)), never());

    const state = await open({ ref: REF, kube: async () => emptyConfigMap() });

    assert.deepEqual(await state.read(never()), stateOf(storedRecord(1)));
  });

  it('is the file, with a warning, where there is no identity for the cluster', async () => {
    const state = await open({ ref: REF });

    assert.equal(state.location, place.file);
    assert.deepEqual(log.said(), ['warn: state is kept in a file: there is no cluster']);
    assert.equal(log.lines[0]?.fields['code'], 'KUBE_CONFIG');
  });

  for (const code of ['KUBE_FORBIDDEN', 'KUBE_NOT_FOUND', 'KUBE_UNREACHABLE'] as const) {
    it(`warns at once of ${code}, and opens all the same`, async () => {
      const kube = emptyConfigMap();
      kube.fail(CONFIG_MAP, code);

      const state = await open({ ref: REF, kube: async () => kube });

      const [line] = log.lines;
      assert.equal(line?.level, 'warn');
      assert.equal(line.fields['code'], code);
      assert.deepEqual(
        line.fields['missingRights'],
        code === 'KUBE_FORBIDDEN'
          ? 'get and patch on configmaps/state in the namespace default'
          : undefined,
      );
      assert.deepEqual(await state.read(never()), { records: [] });
    });
  }
});

async function refusing(): Promise<KubeClient> {
  throw new AgentError('KUBE_CONFIG', 'no identity');
}
