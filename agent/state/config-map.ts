/** The state in a ConfigMap that the chart renders without data and that the agent patches by name. */

import type { Clock } from '../clock.ts';
import { AgentError, hasCode } from '../errors.ts';
import type { KubeClient } from '../kube/client.ts';
import type { Logger } from '../log.ts';
import { fitState, formatHead, formatRecords, MAX_STATE_BYTES, parseState } from './format.ts';
import type { AgentState, StateStore } from './state.ts';

/** Keys of `data`: cursor and claim as JSON; one record a line. */
const HEAD_KEY = 'state.json';
const RECORDS_KEY = 'runs.jsonl';

const MAX_TRIES = 10;
const CONFLICT_WAIT_MS = 50;
const MAX_CONFLICT_WAIT_MS = 1_000;

export interface ConfigMapStateOptions {
  readonly kube: KubeClient;
  readonly namespace: string;
  readonly name: string;
  /** How many records are stored. */
  readonly history: number;
  readonly clock: Clock;
  readonly log: Logger;
  readonly maxBytes?: number;
  /** Uniform in [0, 1): pods that met in a conflict must not meet again. */
  readonly random?: () => number;
}

/**
 * Compare and swap on `resourceVersion`: a conflict is read and tried again, ten times at the most.
 * Damaged values are warned about and count as absent; keys that are not the agent's stay as they are.
 *
 * Rejects with KUBE_…; STATE_UNREADABLE: it is no ConfigMap, or has a later format.
 */
export function configMapState(options: ConfigMapStateOptions): StateStore {
  return new ConfigMapState(options);
}

interface Stored {
  readonly resourceVersion: string;
  readonly head: string | undefined;
  readonly records: string | undefined;
  readonly state: AgentState;
}

class ConfigMapState implements StateStore {
  readonly location: string;
  readonly #options: ConfigMapStateOptions;
  readonly #path: string;
  #warnedOf = '';

  constructor(options: ConfigMapStateOptions) {
    const { namespace, name } = options;
    this.#options = options;
    this.location = `configmap/${namespace}/${name}`;
    this.#path = `/api/v1/namespaces/${namespace}/configmaps/${name}`;
  }

  async read(signal: AbortSignal): Promise<AgentState> {
    const { state } = await this.#load(signal);
    return state;
  }

  async update(
    change: (state: AgentState) => AgentState,
    signal: AbortSignal,
  ): Promise<AgentState> {
    for (let tryNumber = 1; ; tryNumber++) {
      const stored = await this.#load(signal);
      const changed = change(stored.state);
      if (changed === stored.state) return changed;
      try {
        return await this.#store(changed, stored, signal);
      } catch (error) {
        if (!hasCode(error, 'KUBE_CONFLICT') || tryNumber === MAX_TRIES) throw error;
        await this.#waitAfter(tryNumber, signal);
      }
    }
  }

  async #load(signal: AbortSignal): Promise<Stored> {
    const object = await this.#options.kube.get(this.#path, signal);
    const data = fieldOf(object, 'data');
    const resourceVersion = textOf(fieldOf(object, 'metadata'), 'resourceVersion');
    if (resourceVersion === undefined) {
      throw new AgentError('STATE_UNREADABLE', `${this.location} is no ConfigMap`);
    }
    const head = textOf(data, HEAD_KEY);
    const records = textOf(data, RECORDS_KEY);
    const { state, problems } = parseState(head, records);
    this.#warnOf(problems);
    return { resourceVersion, head, records, state };
  }

  async #store(changed: AgentState, stored: Stored, signal: AbortSignal): Promise<AgentState> {
    const { kube, history, maxBytes = MAX_STATE_BYTES } = this.#options;
    const state = fitState(changed, { history, maxBytes });
    const head = formatHead(state);
    const records = formatRecords(state);
    // What is the same need not travel: a claim is renewed often, the records are large.
    const data = {
      ...(head !== stored.head && { [HEAD_KEY]: head }),
      ...(records !== (stored.records ?? '') && { [RECORDS_KEY]: records }),
    };
    if (Object.keys(data).length === 0) return state;
    const metadata = { resourceVersion: stored.resourceVersion };
    await kube.patch(this.#path, { metadata, data }, signal);
    return state;
  }

  async #waitAfter(tryNumber: number, signal: AbortSignal): Promise<void> {
    const { clock, random = Math.random } = this.#options;
    const ceilingMs = Math.min(MAX_CONFLICT_WAIT_MS, CONFLICT_WAIT_MS * 2 ** (tryNumber - 1));
    await clock.sleep(Math.ceil(random() * ceilingMs), signal);
  }

  /** Once for each set of problems: the state is read often. */
  #warnOf(problems: readonly string[]): void {
    const text = problems.join('; ');
    if (text !== '' && text !== this.#warnedOf) {
      this.#options.log.warn({ location: this.location, problems }, 'stored state is damaged');
    }
    this.#warnedOf = text;
  }
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

function textOf(value: unknown, name: string): string | undefined {
  const text = fieldOf(value, name);
  return typeof text === 'string' ? text : undefined;
}
