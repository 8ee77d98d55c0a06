/** `run`: asks the agent in this pod for a run, follows it until its bundle is in the spool, prints the record. */

import { setTimeout as wait } from 'node:timers/promises';

import type { AgentConfig } from '../config/fields.ts';
import { loadConfig } from '../config/load.ts';
import { AgentError, messageOf } from '../errors.ts';
import { parseRunRecord } from '../run/parse-record.ts';
import type { RunRecord } from '../run/record.ts';
import type { CommandContext } from './context.ts';

const EXIT_UNDER_WAY = 4;
const POLL_MS = 500;

export async function requestRun(context: CommandContext): Promise<number> {
  const config = loadConfig(context.environment);
  const { signal, stdout, stderr } = context;
  const asked = await ask(config, { method: 'POST', path: '/runs' }, signal);
  if (asked.status === 409) {
    stderr.write(`a run is under way: ${idOf(asked.body) ?? 'see GET /runs'}\n`);
    return EXIT_UNDER_WAY;
  }
  const id = idOf(asked.body);
  if (asked.status !== 202 || id === undefined) {
    throw new AgentError('REPORT_UNREACHABLE', `the agent answered ${asked.status} to POST /runs`);
  }
  stderr.write(`run ${id} started\n`);
  const record = await follow(config, id, signal);
  stdout.write(`${JSON.stringify(record, null, 2)}\n`);
  return exitCodeOf(record);
}

/** The exit code that `collect` and `run` give for a record. */
export function exitCodeOf(record: RunRecord): number {
  if (record.bundle === null) return 1;
  return record.partial ? 3 : 0;
}

async function follow(config: AgentConfig, id: string, signal: AbortSignal): Promise<RunRecord> {
  for (;;) {
    const { status, body } = await ask(config, { method: 'GET', path: `/runs/${id}` }, signal);
    if (status === 404) {
      throw new AgentError('REPORT_UNREACHABLE', `the agent does not know the run ${id} any more`);
    }
    const record = status === 200 ? parseRunRecord(body) : undefined;
    if (record !== undefined && record.outcome !== 'running') return record;
    await wait(POLL_MS, undefined, { signal });
  }
}

async function ask(
  { adminPort }: AgentConfig,
  request: { readonly method: 'GET' | 'POST'; readonly path: string },
  signal: AbortSignal,
): Promise<{ readonly status: number; readonly body: unknown }> {
  try {
    const response = await fetch(`http://127.0.0.1:${adminPort}${request.path}`, {
      method: request.method,
      signal,
    });
    const body: unknown = await response.json();
    return { status: response.status, body };
  } catch (error) {
    signal.throwIfAborted();
    const reason = error instanceof Error && error.cause !== undefined ? error.cause : error;
    throw new AgentError(
      'REPORT_UNREACHABLE',
      `no agent answers on 127.0.0.1:${adminPort} (ADMIN_PORT): ${messageOf(reason)}`,
      { cause: error },
    );
  }
}

function idOf(body: unknown): string | undefined {
  const hasId = typeof body === 'object' && body !== null && 'id' in body;
  return hasId && typeof body.id === 'string' ? body.id : undefined;
}
