/**
 * Delivers all that is in a spool folder and ends: `delivery-process.ts <folder> <url>`. Made to be
 * killed at any moment. Says each record that changed in a line of its own, before its bundle is removed.
 */

import { writeSync } from 'node:fs';

import { systemClock } from '../../agent/clock.ts';
import { createLogger } from '../../agent/log.ts';
import { createDelivery } from '../../agent/upload/deliver.ts';
import { openTestSpool } from '../support/spool-folder.ts';
import { httpDestination } from '../support/upload.ts';

const [directory = '', url = ''] = process.argv.slice(2);
const { spool, recovery } = await openTestSpool(directory, { maxBytes: 2 ** 40 });
for (const { runId, reason } of recovery.lost) say({ lost: runId, reason });

const done = new AbortController();
const delivery = createDelivery({
  spool,
  destination: httpDestination(url, { idleTimeoutMs: 2_000 }),
  isSuspended: false,
  policy: { initialMs: 1, maxMs: 10 },
  clock: systemClock,
  log: createLogger({ level: 'error', format: 'json', stream: process.stderr }),
  onChange: async ({ id, outcome, delivery: facts }) => {
    say({ id, outcome, attempts: facts?.attempts });
    if (spool.usage().bundles === 0) done.abort();
  },
});
if (spool.usage().bundles === 0) done.abort();
await delivery.run(done.signal);
await spool.prune();

/** At once: a line that waits in a buffer dies with the process. */
function say(line: object): void {
  writeSync(process.stdout.fd, `${JSON.stringify(line)}\n`);
}
