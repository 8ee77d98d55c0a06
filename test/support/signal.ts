/** Signals for tests. */

/** A signal that nobody aborts. */
export function never(): AbortSignal {
  return new AbortController().signal;
}
