import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';

import { systemClock } from '../../agent/clock.ts';
import { CollectorDeadline } from '../../agent/collect/collector-deadline.ts';

describe('collect/collector-deadline', () => {
  it('aborts when the time is over', async () => {
    using deadline = new CollectorDeadline(5, systemClock);
    await sleep(20);

    assert.equal(deadline.signal.aborted, true);
  });

  it('stands still while the collector waits for others', async () => {
    using deadline = new CollectorDeadline(20, systemClock);
    await deadline.pausedWhile(sleep(60));

    assert.equal(deadline.signal.aborted, false);
    await sleep(40);
    assert.equal(deadline.signal.aborted, true);
  });

  it('goes on when what was waited for fails', async () => {
    using deadline = new CollectorDeadline(5, systemClock);
    await assert.rejects(deadline.pausedWhile(Promise.reject(new Error('broke'))), /broke/);
    await sleep(20);

    assert.equal(deadline.signal.aborted, true);
  });
});
