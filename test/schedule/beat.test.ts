import assert from 'node:assert/strict';

import { silentLogger } from '../../agent/log.ts';
import { minuteBeat, watchClock } from '../../agent/schedule/beat.ts';
import { FakeClock } from '../support/clock.ts';

const HOUR_MS = 3_600_000;

describe('schedule/beat', () => {
  for (const [what, stepMs] of [
    ['forward by an hour', HOUR_MS],
    ['back by ten years', -87_600 * HOUR_MS],
    ['forward by more than a second', 1_001],
  ] as const) {
    it(`notices within a second that the clock was moved ${what}`, async () => {
      const clock = new SteppedClock(new Map([[3, stepMs]]));

      const seen = await watch(clock, 6);

      assert.deepEqual(seen, [{ stepMs, secondNumber: 3 }]);
    });
  }

  it('takes no notice of small corrections, however many', async () => {
    const slews = Array.from({ length: 60 }, (_, index) => [index + 1, 900] as const);

    assert.deepEqual(await watch(new SteppedClock(new Map(slews)), 60), []);
  });

  it('ends without a beat when the signal has aborted already', async () => {
    const beat = minuteBeat({ clock: new FakeClock(), log: silentLogger });

    await beat(() => assert.fail('beat'), AbortSignal.abort());
  });
});

/** A wall clock that is moved during chosen seconds. */
class SteppedClock extends FakeClock {
  readonly #stepsMs: ReadonlyMap<number, number>;
  #movedMs = 0;

  constructor(stepsMs: ReadonlyMap<number, number>) {
    super();
    this.#stepsMs = stepsMs;
  }

  override now(): number {
    return super.now() + this.#movedMs;
  }

  override async sleep(ms: number, signal: AbortSignal): Promise<void> {
    await super.sleep(ms, signal);
    this.#movedMs += this.#stepsMs.get(this.sleptMs.length) ?? 0;
  }
}

async function watch(clock: SteppedClock, seconds: number) {
  const watching = new AbortController();
  const seen: { readonly stepMs: number; readonly secondNumber: number }[] = [];
  const end: Promise<void> = (async () => {
    while (clock.sleptMs.length < seconds) await Promise.resolve();
    watching.abort();
  })();
  await watchClock(
    clock,
    async (stepMs) => {
      seen.push({ stepMs, secondNumber: clock.sleptMs.length });
      await Promise.resolve();
    },
    watching.signal,
  );
  await end;
  return seen;
}
