/**
 * Spools one run after another and drops each again: `spooling-process.ts <folder>`. Made to be
 * killed at any moment. Says the id of each run before its files are removed and after its commit.
 */

import { writeSync } from 'node:fs';

import { openTestSpool, writeRun } from '../support/spool-folder.ts';

const [directory = ''] = process.argv.slice(2);
const { spool, recovery } = await openTestSpool(directory, { maxBytes: 2 ** 40, history: 3 });
for (const { runId } of recovery.lost) say('lost', runId);
const newest = spool.list().at(-1)?.id ?? '20260101T000000Z-0000';

for (let number = Number.parseInt(newest.slice(-4), 16) + 1; ; number++) {
  const id = `20260101T000000Z-${number.toString(16).padStart(4, '0')}`;
  await spool.commit(await writeRun(directory, id, id.repeat(number % 50)));
  say('spooled', id);
  const oldest = spool.list()[0]?.id;
  if (number % 3 !== 0 || oldest === undefined) continue;
  say('dropped', oldest);
  await spool.remove(oldest);
  await spool.prune();
}

/** At once: a line that waits in a buffer dies with the process. */
function say(what: string, id: string): void {
  writeSync(process.stdout.fd, `${what} ${id}\n`);
}
