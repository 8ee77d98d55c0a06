/** A state that goes on in the file while its place in the cluster refuses or cannot be reached. */

import type { Clock } from '../clock.ts';
import { AgentError, messageOf } from '../errors.ts';
import type { Logger } from '../log.ts';
import { mergeStates } from './merge.ts';
import { type AgentState, EMPTY_STATE, type StateStore } from './state.ts';

/** Less than a shutdown leaves, so that the file is still written. */
const PRIMARY_TIMEOUT_MS = 4_000;

const FIRST_RETRY_MS = 30_000;
const MAX_RETRY_MS = 15 * 60_000;

export interface FallbackOptions {
  readonly primary: StateStore;
  /** Holds what the primary lacks, and is empty when that is nothing. */
  readonly file: StateStore;
  /** For the warning about a missing right. */
  readonly rights: string;
  readonly history: number;
  readonly clock: Clock;
  readonly log: Logger;
  /** How long one read or update of the primary may take. */
  readonly timeoutMs?: number;
}

/**
 * The primary, and behind it the file. What the primary does not take is kept in memory and in the
 * file, also over a restart, and merged into the primary with the next update or after 30 s, then
 * ever later, at most 15 min. Rejects only with what `change` throws, and a read with the signal's
 * reason.
 *
 * @param signal Ends the writing later.
 */
export function withFallback(options: FallbackOptions, signal: AbortSignal): StateStore {
  return new FallbackState(options, signal);
}

class FallbackState implements StateStore {
  readonly location: string;
  readonly #options: FallbackOptions;
  readonly #signal: AbortSignal;
  /** As the primary had it when it last answered. */
  #known = EMPTY_STATE;
  /** Undefined until the file was read. */
  #own: AgentState | undefined;
  /** Why the primary does not serve. */
  #trouble: string | undefined;
  #isRetrying = false;
  #changing: Promise<unknown> = Promise.resolve();

  constructor(options: FallbackOptions, signal: AbortSignal) {
    this.#options = options;
    this.#signal = signal;
    this.location = options.primary.location;
  }

  async read(signal: AbortSignal): Promise<AgentState> {
    return this.#inTurn(async () => {
      signal.throwIfAborted();
      const own = await this.#ownState();
      const limited = this.#limited(signal);
      try {
        this.#known = await this.#options.primary.read(limited);
        if (isEmpty(own)) this.#endTrouble();
        else this.#writeLater();
        return this.#merged(this.#known, own);
      } catch (error) {
        signal.throwIfAborted();
        this.#beginTrouble(error, limited);
        return isEmpty(own) ? this.#known : own;
      }
    });
  }

  async update(
    change: (state: AgentState) => AgentState,
    signal: AbortSignal,
  ): Promise<AgentState> {
    return this.#inTurn(async () => {
      const own = await this.#ownState();
      const limited = this.#limited(signal);
      try {
        this.#known = await this.#options.primary.update(
          (state) => change(this.#merged(state, own)),
          limited,
        );
        await this.#keep(EMPTY_STATE);
        this.#endTrouble();
        return this.#known;
      } catch (error) {
        this.#beginTrouble(error, limited);
        const before = isEmpty(own) ? this.#known : own;
        const after = change(before);
        if (after === before) return before;
        await this.#keep(after);
        this.#writeLater();
        return this.#own ?? after;
      }
    });
  }

  #merged(shared: AgentState, own: AgentState): AgentState {
    return isEmpty(own) ? shared : mergeStates(shared, own, this.#options.history);
  }

  async #ownState(): Promise<AgentState> {
    this.#own ??= await this.#options.file.read(this.#signal);
    return this.#own;
  }

  /** Writes the file only for what changes in it: as a rule it is empty and stays so. */
  async #keep(state: AgentState): Promise<void> {
    if (isEmpty(state) && isEmpty(await this.#ownState())) return;
    this.#own = await this.#options.file.update(() => state, this.#signal);
  }

  #limited(signal: AbortSignal): AbortSignal {
    const { timeoutMs = PRIMARY_TIMEOUT_MS } = this.#options;
    return AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
  }

  /** Throws again what is no trouble of the primary's, but a mistake of ours. */
  #beginTrouble(error: unknown, limited: AbortSignal): void {
    if (!(error instanceof AgentError) && !limited.aborted) throw error;
    const { log, file, rights } = this.#options;
    const code = error instanceof AgentError ? error.code : 'KUBE_TIMEOUT';
    if (this.#trouble === code) return;
    this.#trouble = code;
    const missing = code === 'KUBE_FORBIDDEN' ? { missingRights: rights } : {};
    const places = { location: this.location, file: file.location };
    log.warn(
      { ...places, code, reason: messageOf(error), ...missing },
      'state is kept in a file for now',
    );
  }

  #endTrouble(): void {
    if (this.#trouble === undefined) return;
    this.#trouble = undefined;
    this.#options.log.info({ location: this.location }, 'state is kept in its place again');
  }

  /** Without this, a bundle delivered during an outage would pass for lost once the pod is replaced. */
  #writeLater(): void {
    if (this.#isRetrying) return;
    this.#isRetrying = true;
    this.#retry()
      .catch((error: unknown) => {
        if (this.#signal.aborted) return;
        const reason = messageOf(error);
        this.#options.log.error({ location: this.location, reason }, 'state not written later');
      })
      .finally(() => {
        this.#isRetrying = false;
      });
  }

  async #retry(): Promise<void> {
    let delayMs = FIRST_RETRY_MS;
    while (!isEmpty(await this.#ownState())) {
      await this.#options.clock.sleep(delayMs, this.#signal);
      await this.update((state) => state, this.#signal);
      delayMs = Math.min(MAX_RETRY_MS, delayMs * 2);
    }
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#changing.then(work);
    this.#changing = done.catch(() => undefined);
    return done;
  }
}

function isEmpty({ cursor, claim, records }: AgentState): boolean {
  return cursor === undefined && claim === undefined && records.length === 0;
}
