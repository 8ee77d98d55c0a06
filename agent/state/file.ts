/** The state in a file, for one process: where there is no ConfigMap, or while it cannot be reached. */

import { readFile } from 'node:fs/promises';

import { writeDurably } from '../durable.ts';
import { AgentError, hasCode, messageOf } from '../errors.ts';
import type { Logger } from '../log.ts';
import {
  fitState,
  formatHead,
  formatRecords,
  MAX_STATE_BYTES,
  type ParsedState,
  parseState,
} from './format.ts';
import { type AgentState, EMPTY_STATE, type StateStore } from './state.ts';

export interface FileStateOptions {
  /** Its folder exists. */
  readonly file: string;
  /** How many records are stored. */
  readonly history: number;
  readonly log: Logger;
  readonly maxBytes?: number;
}

/**
 * Reads the file once; holds in this process also where the disk refuses a write, which is tried
 * again with the next update. Never rejects for the disk's sake: without a state the agent forgets,
 * but it runs. A file that cannot be read, or has a later format, is left as it is.
 *
 * Signals are not looked at: a write that was begun is finished.
 */
export function fileState(options: FileStateOptions): StateStore {
  return new FileState(options);
}

class FileState implements StateStore {
  readonly location: string;
  readonly #options: FileStateOptions;
  #state: AgentState | undefined;
  #mayWrite = true;
  #isBehind = false;
  #changing: Promise<unknown> = Promise.resolve();

  constructor(options: FileStateOptions) {
    this.#options = options;
    this.location = options.file;
  }

  async read(_signal: AbortSignal): Promise<AgentState> {
    return this.#inTurn(() => this.#load());
  }

  async update(
    change: (state: AgentState) => AgentState,
    _signal: AbortSignal,
  ): Promise<AgentState> {
    return this.#inTurn(async () => {
      const { history, maxBytes = MAX_STATE_BYTES } = this.#options;
      const before = await this.#load();
      const changed = change(before);
      if (changed === before && !this.#isBehind) return before;
      const state = fitState(changed, { history, maxBytes });
      this.#state = state;
      if (this.#mayWrite) await this.#write(state);
      return state;
    });
  }

  async #load(): Promise<AgentState> {
    if (this.#state !== undefined) return this.#state;
    const { log } = this.#options;
    const { location } = this;
    try {
      const { state, problems } = await readState(location);
      if (problems.length > 0) log.warn({ location, problems }, 'stored state is damaged');
      this.#state = state;
    } catch (error) {
      this.#mayWrite = false;
      const code = error instanceof AgentError ? error.code : 'STATE_UNREADABLE';
      log.warn({ location, code, reason: messageOf(error) }, 'state is kept in memory only');
      this.#state = EMPTY_STATE;
    }
    return this.#state;
  }

  async #write(state: AgentState): Promise<void> {
    const { location } = this;
    try {
      await writeDurably(location, formatHead(state) + formatRecords(state));
      this.#isBehind = false;
    } catch (error) {
      this.#isBehind = true;
      const reason = messageOf(error);
      this.#options.log.error({ location, code: 'STATE_UNWRITABLE', reason }, 'state not written');
    }
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#changing.then(work);
    this.#changing = done.catch(() => undefined);
    return done;
  }
}

/** The head's closing brace is the first that begins a line; the records follow. */
const HEAD_END = '\n}\n';

async function readState(file: string): Promise<ParsedState> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return { state: EMPTY_STATE, problems: [] };
    throw error;
  }
  const end = text.indexOf(HEAD_END);
  if (end === -1) return parseState(text, undefined);
  return parseState(text.slice(0, end + HEAD_END.length), text.slice(end + HEAD_END.length));
}
