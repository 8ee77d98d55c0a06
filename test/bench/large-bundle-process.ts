/**
 * One step of a large bundle's way, in a process of its own. `large-bundle-process archive <folder> <MiB>`
 * leaves bundle, manifest and record as a run does; `large-bundle-process spool <folder>` takes them over
 * and checks the bundle's hash.
 */

import { randomFillSync } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { writeArchive } from '../../agent/archive/archive.ts';
import { bundleName } from '../../agent/archive/layout.ts';
import { type FileEntry, parseBundlePath } from '../../agent/bundle.ts';
import { systemClock, toRfc3339 } from '../../agent/clock.ts';
import { parseRunRecord } from '../../agent/run/parse-record.ts';
import { newRunId } from '../../agent/run/record.ts';
import { partialPaths } from '../../agent/spool/layout.ts';
import { openSpool } from '../../agent/spool/spool.ts';
import { VERSION } from '../../agent/version.ts';
import { spooledRecord } from '../support/spool.ts';
import { RECORD_FILE, RUN_FOLDER, SPOOL_FOLDER, sizesOf } from './large-bundle-sizes.ts';

const CHUNK_BYTES = 64 * 1024;
const MAX_BUNDLE_BYTES = 3 * 2 ** 30;

const never = new AbortController().signal;
const [step = '', folder = '', mebibytes = ''] = process.argv.slice(2);
const runFolder = join(folder, RUN_FOLDER);
const recordFile = join(runFolder, RECORD_FILE);
if (step === 'archive') await archive();
else if (step === 'spool') await spool();
else throw new Error(`no such step: ${step}`);

async function archive(): Promise<void> {
  const startedAtMs = systemClock.now();
  const runId = newRunId(startedAtMs);
  const files = partialPaths(runFolder, runId);
  const { bundle, leftOut } = await writeArchive(
    collected(),
    {
      topFolder: bundleName(startedAtMs),
      file: files.bundle,
      manifestFile: files.manifest,
      maxUncompressedBytes: MAX_BUNDLE_BYTES,
      facts: {
        agentVersion: VERSION,
        engine: { kind: 'cli', version: undefined },
        runId,
        installationId: undefined,
        createdAt: toRfc3339(startedAtMs),
        specs: [],
        notices: [],
      },
    },
    never,
  );
  if (leftOut.length > 0) throw new Error(`left out: ${JSON.stringify(leftOut)}`);
  const record = { ...spooledRecord(runId), bundle, collectors: [], delivery: null };
  writeFileSync(recordFile, JSON.stringify(record));
}

async function* collected(): AsyncGenerator<FileEntry> {
  for (const [index, bytes] of sizesOf(Number(mebibytes)).entries()) {
    const path = parseBundlePath(`random/${bytes}/${index}.bin`);
    if (path === undefined) throw new Error('not a path in a bundle');
    yield { kind: 'file', path, collector: undefined, bytes, read: () => randomChunks(bytes) };
  }
}

/** @yields What no compression makes smaller, a new buffer each time as from a file. */
async function* randomChunks(bytes: number): AsyncGenerator<Uint8Array> {
  for (let sent = 0; sent < bytes; sent += CHUNK_BYTES) {
    yield randomFillSync(Buffer.allocUnsafe(Math.min(CHUNK_BYTES, bytes - sent)));
  }
}

async function spool(): Promise<void> {
  const record = parseRunRecord(JSON.parse(readFileSync(recordFile, 'utf8')));
  const directory = join(folder, SPOOL_FOLDER);
  const { spool: opened } = await openSpool(
    {
      directory,
      maxBytes: 2 * MAX_BUNDLE_BYTES,
      maxAgeMs: 24 * 60 * 60 * 1000,
      keep: 0,
      isRing: false,
      history: 50,
      keyFor: ({ sha256 }) => `${sha256}.tar.gz`,
      clock: systemClock,
    },
    never,
  );
  // Opening removes partial files, so a run's come after it.
  const from = partialPaths(runFolder, record.id);
  const to = partialPaths(directory, record.id);
  renameSync(from.bundle, to.bundle);
  renameSync(from.manifest, to.manifest);
  const { id } = await opened.commit(record);
  const lost = await opened.check(id, never);
  if (lost !== undefined) throw new Error(`not intact: ${JSON.stringify(lost.error)}`);
}
