/** How many requests may be in flight at once: a fair semaphore. */

/** Gives the slot back; calling it again does nothing. */
export type Release = () => void;

/** Slots are handed out in the order in which they are asked for. */
export class Budget {
  #free: number;
  readonly #waiting = new Set<() => void>();

  constructor(slots: number) {
    this.#free = slots;
  }

  /** Waits for a slot. Rejects with the signal's reason when it aborts first; then there is nothing to give back. */
  async take(signal: AbortSignal): Promise<Release> {
    signal.throwIfAborted();
    if (this.#free > 0) this.#free -= 1;
    else await this.#turn(signal);
    let isHeld = true;
    return () => {
      if (isHeld) this.#giveBack();
      isHeld = false;
    };
  }

  #turn(signal: AbortSignal): Promise<void> {
    const waiting = this.#waiting;
    return new Promise((resolve, reject) => {
      function begin(): void {
        signal.removeEventListener('abort', leave);
        resolve();
      }
      function leave(): void {
        waiting.delete(begin);
        reject(signal.reason);
      }
      signal.addEventListener('abort', leave, { once: true });
      waiting.add(begin);
    });
  }

  #giveBack(): void {
    const [next] = this.#waiting;
    if (next === undefined) {
      this.#free += 1;
      return;
    }
    // The slot goes from hand to hand: nobody who asks meanwhile gets in between.
    this.#waiting.delete(next);
    next();
  }
}
