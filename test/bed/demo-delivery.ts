/** Waits for the agent's first delivered bundle, and says why when there is none. */
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

import { parseRunRecord } from '../../agent/run/parse-record.ts';
import type { RunRecord } from '../../agent/run/record.ts';
import type { AgentProcess } from './agent-process.ts';
import { asRecord } from './kube.ts';

const DELIVERED_WITHIN_MS = 90_000;
const POLL_MS = 100;
const LOG_TAIL_LINES = 20;

/**
 * The record of the last delivered bundle as the admin port has it. Throws, with the end of the
 * agent's log, when a run failed, a delivery is refused, the agent ended, or time is up.
 */
export async function awaitDelivery(agent: AgentProcess): Promise<RunRecord> {
  const deadlineMs = performance.now() + DELIVERED_WITHIN_MS;
  for (;;) {
    if (!agent.process.isRunning()) {
      throw await failure(agent, `the agent ended (${await agent.process.exited})`);
    }
    const answer = asRecord(await (await fetch(`${agent.adminUrl}/last-run`)).json());
    const { lastDelivered, lastRun } = answer;
    if (lastDelivered !== null) return parseRunRecord(lastDelivered);
    const problem = lastRun === null ? undefined : problemOf(parseRunRecord(lastRun));
    if (problem !== undefined) throw await failure(agent, problem);
    if (performance.now() > deadlineMs) {
      const state = JSON.stringify(answer, undefined, 2);
      throw await failure(agent, `no bundle within ${DELIVERED_WITHIN_MS / 1000} s: ${state}`);
    }
    await sleep(POLL_MS);
  }
}

/** What no waiting heals; undefined while there is hope. */
function problemOf({ id, outcome, error, delivery }: RunRecord): string | undefined {
  const why = error === null ? '' : `: ${error.code}: ${error.message}`;
  if (outcome === 'failed' || outcome === 'lost') return `run ${id} is ${outcome}${why}`;
  const state = delivery?.state;
  if (state === 'blocked' || state === 'rejected' || state === 'expired') {
    return `the delivery of run ${id} is ${state} (${delivery?.statusCode})${why}`;
  }
  return undefined;
}

async function failure({ process: { logFile } }: AgentProcess, problem: string): Promise<Error> {
  const log = (await readFile(logFile, 'utf8')).trimEnd().split('\n').slice(-LOG_TAIL_LINES);
  return new Error(`${problem}\nthe agent's log ends with\n${log.join('\n')}`);
}
