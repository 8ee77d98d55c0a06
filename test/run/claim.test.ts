/** Claims over the shared state: who runs, who waits, what is settled. */

import assert from 'node:assert/strict';

import {
  abandon,
  findInterrupted,
  isHeldByOther,
  isPassed,
  newRecord,
  release,
  renew,
} from '../../agent/run/claim.ts';
import type { AgentState, Claim } from '../../agent/state/state.ts';

const NOW = Date.parse('2026-11-22T02:05:00Z');
const BERLIN = { expression: '0 3 * * *', timeZone: 'Europe/Berlin' };

describe('run/claim', () => {
  it("holds another pod back while the claim's pod renews it", () => {
    assert.equal(isHeldByOther(claim({ renewedAt: '2026-11-22T02:03:30Z' }), 'pod-b', NOW), true);
  });

  it('gives up a claim that was not renewed for two minutes', () => {
    assert.equal(isHeldByOther(claim({ renewedAt: '2026-11-22T02:02:59Z' }), 'pod-b', NOW), false);
  });

  it('gives up a claim from far in the future, which a wrong clock has written', () => {
    assert.equal(isHeldByOther(claim({ renewedAt: '2036-11-22T02:00:00Z' }), 'pod-b', NOW), false);
  });

  it('does not hold a pod back from its own claim', () => {
    assert.equal(isHeldByOther(claim({ renewedAt: '2026-11-22T02:05:00Z' }), 'pod-a', NOW), false);
  });

  it('knows an instant as passed once the cursor of the same schedule has reached it', () => {
    const state: AgentState = {
      records: [],
      cursor: { ...BERLIN, scheduledAt: '2026-11-22T02:00:00Z' },
    };

    assert.equal(isPassed(state, { ...BERLIN, scheduledAt: '2026-11-22T02:00:00Z' }), true);
    assert.equal(isPassed(state, { ...BERLIN, scheduledAt: '2026-11-23T02:00:00Z' }), false);
  });

  it('starts counting anew when expression or zone change', () => {
    const state: AgentState = {
      records: [],
      cursor: { ...BERLIN, scheduledAt: '2026-11-22T02:00:00Z' },
    };
    const before = { ...BERLIN, scheduledAt: '2026-11-21T02:00:00Z' };

    assert.equal(isPassed(state, { ...before, expression: '0 4 * * *' }), false);
    assert.equal(isPassed(state, { ...before, timeZone: 'UTC' }), false);
  });

  it('closes the record of a run that its own pod finds at its start', () => {
    const found = findInterrupted(running(), 'pod-a', NOW);

    assert.equal(found?.record.outcome, 'failed');
    assert.equal(found?.record.error?.code, 'RUN_INTERRUPTED');
    assert.equal(found?.record.finishedAt, '2026-11-22T02:05:00Z');
    assert.equal(found?.mayRepeat, true);
  });

  it('repeats an interrupted instant once and not twice', () => {
    const state = running({ startNumber: 2 });

    assert.equal(findInterrupted(state, 'pod-a', NOW)?.mayRepeat, false);
  });

  it('leaves a run alone that another pod is still at', () => {
    assert.equal(
      findInterrupted(running({ renewedAt: '2026-11-22T02:04:50Z' }), 'pod-b', NOW),
      undefined,
    );
  });

  it('finds nothing where nothing was claimed', () => {
    assert.equal(findInterrupted({ records: [] }, 'pod-a', NOW), undefined);
  });

  it('settles a claim whose record is lost', () => {
    const found = findInterrupted({ ...running(), records: [] }, 'pod-a', NOW);

    assert.equal(found?.record.id, '20261122T020000Z-0001');
    assert.equal(found?.record.scheduledAt, '2026-11-22T02:00:00Z');
  });

  it('makes an abandoned claim nobody’s at once', () => {
    const state = abandon(running({ renewedAt: '2026-11-22T02:05:00Z' }), '20261122T020000Z-0001');

    assert.equal(findInterrupted(state, 'pod-b', NOW)?.mayRepeat, true);
  });

  for (const [name, change] of [
    ['renews', (state: AgentState) => renew(state, 'another', NOW)],
    ['releases', (state: AgentState) => release(state, 'another')],
    ['abandons', (state: AgentState) => abandon(state, 'another')],
  ] as const) {
    it(`never ${name} a claim of another run`, () => {
      const state = running();

      assert.equal(change(state), state);
    });
  }

  it('releases its own', () => {
    assert.equal(release(running(), '20261122T020000Z-0001').claim, undefined);
  });
});

function claim(overrides: Partial<Claim> = {}): Claim {
  return {
    runId: '20261122T020000Z-0001',
    pod: 'pod-a',
    trigger: 'schedule',
    scheduledAt: '2026-11-22T02:00:00Z',
    claimedAt: '2026-11-22T02:00:00Z',
    renewedAt: '2026-11-22T02:00:00Z',
    startNumber: 1,
    ...overrides,
  };
}

function running(overrides: Partial<Claim> = {}): AgentState {
  return { claim: claim(overrides), records: [newRecord(claim(overrides))] };
}
