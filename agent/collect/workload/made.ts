/** What a collector makes in the cluster: labelled with its run, and deleted however the collector ends. */

import { randomInt } from 'node:crypto';

import { AgentError, hasCode, messageOf } from '../../errors.ts';
import { apiMessageOf, KubeAnswerError } from '../../kube/api-error.ts';
import { type ApiObject, isObject, objectAt, textAt } from '../../kube/object-fields.ts';
import type { CollectContext, Piece } from '../collector.ts';
import { problem } from '../pieces.ts';

const MANAGED_BY_LABEL = 'app.kubernetes.io/managed-by';
const MANAGED_BY = 'cron-support-bundle';
export const RUN_LABEL = 'cron-support-bundle/run';
export const INSTALLATION_LABEL = 'cron-support-bundle/installation';
/** On a DaemonSet and its pods, with the DaemonSet's name: tells them from those of another that runs at the same time. */
export const MADE_LABEL = 'cron-support-bundle/made';

/** A collector that is to end is left to itself after 5 s. */
const REMOVAL_MS = 4_000;

/** Between two looks at a name that another collector of this run still has. */
const TAKEN_POLL_MS = 500;

/** Deleted at once, the containers too: nothing that is made here has anything to finish. */
export const AT_ONCE = { gracePeriodSeconds: 0, propagationPolicy: 'Background' } as const;

/**
 * Runs a collector's work, and deletes what it made, however it ends.
 *
 * @yields What the work yields, and a line for each object that may still be there.
 */
export async function* withMade(
  context: CollectContext,
  work: (made: Made) => AsyncGenerator<Piece>,
): AsyncGenerator<Piece> {
  const made = new Made(context);
  try {
    yield* work(made);
  } finally {
    for (const message of await made.remove()) yield problem('named', message);
  }
}

export class Made {
  readonly #context: CollectContext;
  /**
   * By path, in the order of creation: whether the object is known to be there, and ours. Noted before it is made, so that
   * none is missed where the answer is.
   */
  readonly #objects = new Map<string, boolean>();

  constructor(context: CollectContext) {
    this.#context = context;
  }

  get labels(): Readonly<Record<string, string>> {
    const { runId, installationId } = this.#context;
    return {
      [MANAGED_BY_LABEL]: MANAGED_BY,
      [RUN_LABEL]: runId,
      ...(installationId === undefined ? {} : { [INSTALLATION_LABEL]: installationId }),
    };
  }

  /**
   * Creates the object, its labels added.
   *
   * @param collection E.g. `/api/v1/namespaces/default/pods`.
   * @param object With a name; see `uniqueName`.
   * @throws {AgentError} KUBE_…; KUBE_CONFLICT: it is there already, perhaps of another run.
   */
  async create(collection: string, object: ApiObject): Promise<ApiObject> {
    const { kube, signal } = this.#context;
    const metadata = objectAt(object, 'metadata') ?? {};
    const labels = { ...objectAt(metadata, 'labels'), ...this.labels };
    const path = `${collection}/${encodeURIComponent(textAt(metadata, 'name'))}`;
    const wanted = { ...object, metadata: { ...metadata, labels } };
    for (;;) {
      this.#objects.set(path, false);
      try {
        const created = toObject(await kube.post(collection, wanted, signal));
        this.#objects.set(path, true);
        return created;
      } catch (error) {
        // Refused: there is nothing of ours to delete. Otherwise it may have been made all the same.
        if (isRefusal(error)) this.#objects.delete(path);
        if (!hasCode(error, 'KUBE_CONFLICT')) throw error;
        await this.#waitForName(path, error);
      }
    }
  }

  /**
   * Deletes everything, the last first. When the collector is to end it has a few seconds for it, else the time it takes.
   *
   * @returns A line for each object that may still be there.
   */
  async remove(): Promise<readonly string[]> {
    using ending = new Removal(this.#context.signal);
    const { signal } = ending;
    const objects = [...this.#objects].toReversed();
    this.#objects.clear();
    const failures = await Promise.all(
      objects.map(async ([path, isKnown]) => {
        try {
          const isOurs = isKnown || (await this.#runOf(path, signal)) === this.#context.runId;
          if (isOurs) await this.#context.kube.delete(path, AT_ONCE, signal);
          return [];
        } catch (error) {
          return [`${path} was made here and could not be deleted: ${messageOf(error)}`];
        }
      }),
    );
    return failures.flat();
  }

  /**
   * A fixed name of the spec may be taken: by another collector of this run, which will be done with it, or by a run that
   * is under way elsewhere or was killed.
   */
  async #waitForName(path: string, error: unknown): Promise<void> {
    const { clock, signal } = this.#context;
    const runId = await this.#runOf(path, signal).catch(() => '');
    // Gone by now, or soon.
    if (runId === undefined || runId === this.#context.runId) {
      await clock.sleep(TAKEN_POLL_MS, signal);
      return;
    }
    if (runId === '') throw error;
    throw new AgentError(
      'KUBE_CONFLICT',
      `${apiMessageOf(error)}: it is of run ${runId}, which is under way or was killed; then it is removed after RUN_TIMEOUT`,
      { cause: error },
    );
  }

  /** The run that the object at this path is labelled with; empty: of none. Undefined: there is no object. */
  async #runOf(path: string, signal: AbortSignal): Promise<string | undefined> {
    try {
      const object = await this.#context.kube.get(path, signal);
      return textAt(object, 'metadata', 'labels', RUN_LABEL);
    } catch (error) {
      if (hasCode(error, 'KUBE_NOT_FOUND')) return undefined;
      throw error;
    }
  }
}

/** Aborts a few seconds after the collector is told to end. */
class Removal implements Disposable {
  readonly #end = new AbortController();
  readonly #collector: AbortSignal;
  #timer: NodeJS.Timeout | undefined;

  constructor(collector: AbortSignal) {
    this.#collector = collector;
    if (collector.aborted) this.#count();
    else collector.addEventListener('abort', this.#count, { once: true });
  }

  get signal(): AbortSignal {
    return this.#end.signal;
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#collector.removeEventListener('abort', this.#count);
  }

  readonly #count = (): void => {
    const reason = new Error(`not deleted within ${REMOVAL_MS / 1000} s`);
    this.#timer = setTimeout(() => this.#end.abort(reason), REMOVAL_MS);
  };
}

function isRefusal(error: unknown): boolean {
  if (!(error instanceof KubeAnswerError)) return false;
  const { statusCode } = error;
  return statusCode >= 400 && statusCode < 500 && statusCode !== 408;
}

/** A name that the API server would make of `generateName`; made here, so that it is known before the object is there. */
export function uniqueName(start: string): string {
  const letters = 'bcdfghjklmnpqrstvwxz2456789';
  const end = Array.from({ length: 5 }, () => letters[randomInt(letters.length)]).join('');
  return `${start.slice(0, 58)}${end}`;
}

function toObject(value: unknown): ApiObject {
  return isObject(value) ? value : {};
}
