/**
 * Archives more than fits on a small disk of its own: `archive-full-disk-process.ts <folder>`. Prints the
 * error and what is left. Runs in a mount namespace that ends with it.
 */

import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

import { writeArchive } from '../../agent/archive/archive.ts';
import { AgentError } from '../../agent/errors.ts';
import { fileEntry, from, manifestFacts } from '../support/bundles.ts';
import { never } from '../support/signal.ts';

const [directory = ''] = process.argv.slice(2);

execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=512k', 'tmpfs', directory]);
const error = await writeArchive(
  from(fileEntry('a', randomBytes(2 ** 20)), fileEntry('b', 'x')),
  {
    topFolder: 'support-bundle-2026-11-22T02_00_00',
    file: join(directory, 'bundle.tar.gz.partial'),
    manifestFile: join(directory, 'bundle.manifest.json.partial'),
    maxUncompressedBytes: 2 ** 30,
    facts: manifestFacts(),
  },
  never(),
).then(
  () => 'no error',
  (reason: unknown) =>
    reason instanceof AgentError ? `${reason.code}: ${reason.message}` : reason,
);
process.stdout.write(JSON.stringify({ error, left: readdirSync(directory) }));
