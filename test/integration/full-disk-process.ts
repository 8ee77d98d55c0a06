/**
 * Drives a spool on a small disk of its own until it is full and beyond: `full-disk-process.ts <folder>`.
 * Prints what it saw as one JSON object. Runs in a mount namespace that ends with it.
 */

import { execFileSync } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';

import { systemClock } from '../../agent/clock.ts';
import { AgentError } from '../../agent/errors.ts';
import { silentLogger } from '../../agent/log.ts';
import type { RunRecord } from '../../agent/run/record.ts';
import { createDelivery } from '../../agent/upload/deliver.ts';
import type { Destination } from '../../agent/upload/destination.ts';
import { runId } from '../support/spool.ts';
import { openTestSpool, writeRun } from '../support/spool-folder.ts';

const [directory = ''] = process.argv.slice(2);
const filler = join(directory, 'filler');
const [A, B, C] = [runId(0), runId(1), runId(2)];

execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=512k', 'tmpfs', directory]);
const { spool } = await openTestSpool(directory);
await spool.commit(await writeRun(directory, A));
const second = await writeRun(directory, B);
fillDisk();
const committed = await codeOf(() => spool.commit(second));
await spool.discard(B);
fillDisk();

const { spool: reopened, recovery } = await openTestSpool(directory);
const outcomes = await deliverAll();
await rm(filler);
await reopened.commit(await writeRun(directory, C));

execFileSync('mount', ['-o', 'remount,ro', directory]);
const readOnly = await codeOf(() => openTestSpool(directory));
process.stdout.write(
  `${JSON.stringify({ committed, recovery, outcomes, after: reopened.list().map(({ id }) => id), readOnly })}\n`,
);

function fillDisk(): void {
  try {
    for (;;) appendFileSync(filler, Buffer.alloc(512, 1));
  } catch {
    // Full: what it was for.
  }
}

async function codeOf(work: () => Promise<unknown>): Promise<string> {
  try {
    await work();
    return 'no error';
  } catch (error) {
    if (!(error instanceof AgentError)) throw error;
    return `${error.code}: ${error.message}`;
  }
}

/** The destination fails once, so that the state of a delivery has to be saved on the full disk. */
async function deliverAll(): Promise<string[]> {
  const done = new AbortController();
  const changes: RunRecord[] = [];
  let attempts = 0;
  const destination: Destination = {
    name: 'https://bundles.example.com',
    settingsHash: async () => 'settings',
    attempt: async () =>
      attempts++ === 0
        ? { kind: 'retryable', reason: 'busy' }
        : { kind: 'delivered', statusCode: 200, receipt: undefined },
  };
  await createDelivery({
    spool: reopened,
    destination,
    isSuspended: false,
    policy: { initialMs: 1, maxMs: 1 },
    clock: systemClock,
    log: silentLogger,
    onChange: async (record) => {
      changes.push(record);
      if (record.outcome === 'delivered') done.abort();
    },
  }).run(done.signal);
  await reopened.prune();
  return changes.map(({ id, outcome }) => `${id} ${outcome}`);
}
