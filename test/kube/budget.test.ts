/** kube/budget: slots for requests in flight. */

import assert from 'node:assert/strict';
import { setImmediate as nextTurn } from 'node:timers/promises';

import { Budget } from '../../agent/kube/budget.ts';
import { never } from '../support/signal.ts';

describe('kube/budget', () => {
  it('hands out as many slots as there are, and the next when one comes back', async () => {
    const budget = new Budget(2);
    const release = await budget.take(never());
    await budget.take(never());
    let isThird = false;
    const third = budget.take(never()).then(() => (isThird = true));
    await nextTurn();
    assert.equal(isThird, false);

    release();

    assert.equal(await third, true);
  });

  it('hands them out in the order in which they were asked for', async () => {
    const budget = new Budget(1);
    const release = await budget.take(never());
    const order: string[] = [];
    const waiting = ['a', 'b', 'c'].map(async (name) => {
      const giveBack = await budget.take(never());
      order.push(name);
      giveBack();
    });

    release();
    await Promise.all(waiting);

    assert.deepEqual(order, ['a', 'b', 'c']);
  });

  it('takes a slot back once, however often it is given back', async () => {
    const budget = new Budget(1);
    const release = await budget.take(never());
    release();
    release();
    await budget.take(never());

    await assertFull(budget);
  });

  it('lets go of those who no longer wait', async () => {
    const budget = new Budget(1);
    const release = await budget.take(never());
    const controller = new AbortController();
    const left = budget.take(controller.signal);
    const next = budget.take(never());

    controller.abort(new Error('stop'));
    release();

    await assert.rejects(left, /stop/);
    await next;
    await assertFull(budget);
  });

  it('gives nothing to a signal that has aborted', async () => {
    const budget = new Budget(1);

    await assert.rejects(budget.take(AbortSignal.abort(new Error('stop'))), /stop/);

    await budget.take(never());
  });
});

async function assertFull(budget: Budget): Promise<void> {
  const controller = new AbortController();
  const waiting = budget.take(controller.signal);
  await nextTurn();
  controller.abort(new Error('full'));
  await assert.rejects(waiting, /full/);
}
