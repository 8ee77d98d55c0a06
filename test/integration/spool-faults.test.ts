/** The spool on a disk that is full or read-only, in a process that is killed, and with a sidecar cut at every byte. */

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

import { spoolPaths } from '../../agent/spool/layout.ts';
import { removeFolder, startProcess, temporaryFolder } from '../bed/processes.ts';
import { seededRandom } from '../support/random.ts';
import { runId } from '../support/spool.ts';
import { openSpoolWith, openTestSpool } from '../support/spool-folder.ts';

const KILLS = 20;

describe('spool faults', () => {
  let directory: string;
  let logFolder: string;

  beforeEach(() => {
    directory = temporaryFolder('spool-faults');
    logFolder = temporaryFolder('spool-faults-log');
  });

  afterEach(async () => {
    await removeFolder(directory);
    await removeFolder(logFolder);
  });

  it('survives a full disk and delivers what fills it; names a read-only one', async () => {
    const script = join(import.meta.dirname, 'full-disk-process.ts');

    const { stdout } = await promisify(execFile)('unshare', [
      '--map-root-user',
      '--mount',
      '--',
      process.execPath,
      script,
      directory,
    ]);

    const [A, C] = [runId(0), runId(2)];
    assert.deepEqual(JSON.parse(stdout), {
      committed: `SPOOL_DISK_FULL: no space left on the disk of ${directory}`,
      recovery: { removedPartials: [], rebuilt: [], lost: [] },
      outcomes: [`${A} spooled`, `${A} delivered`],
      after: [C],
      readOnly: `SPOOL_UNUSABLE: spool ${directory} is on a read-only file system`,
    });
  });

  it('has every bundle that it took, whenever it is killed', async () => {
    const random = seededRandom(7);
    const logFile = join(logFolder, 'log');
    await writeFile(logFile, '');

    for (let kill = 1; kill <= KILLS; kill++) {
      const linesBefore = await countLines(logFile);
      const spooling = await startProcess({
        name: 'spooling',
        command: process.execPath,
        arguments: [join(import.meta.dirname, 'spooling-process.ts'), directory],
        logFile,
        isReady: async () => (await countLines(logFile)) >= linesBefore + 3,
      });
      await sleep(random() * 50);
      spooling.kill('SIGKILL');
      assert.equal(await spooling.exited, 'SIGKILL', await readFile(logFile, 'utf8'));
    }

    const { spool, recovery } = await openTestSpool(directory);
    const lines = (await readFile(logFile, 'utf8')).trim().split('\n');
    const [spooled, dropped] = ['spooled', 'dropped'].map((what) => idsOf(lines, what));
    const here = new Set(spool.list().map(({ id }) => id));
    // What it was about to drop may be there or not; everything else must be.
    const missing = spooled?.filter((id) => !here.has(id) && dropped?.includes(id) !== true);
    assert.deepEqual(missing, []);
    assert.ok((spooled?.length ?? 0) > KILLS);
    for (const { id } of spool.list()) {
      assert.equal(await spool.check(id, new AbortController().signal), undefined);
    }
    const lost = [...idsOf(lines, 'lost'), ...recovery.lost.map((bundle) => bundle.runId)];
    assert.deepEqual(
      lost.filter((id) => dropped?.includes(id) !== true),
      [],
    );
  }).timeout(120_000);

  it('makes a sidecar anew wherever it was cut off', async () => {
    await openSpoolWith(directory, [runId(0)]);
    const { sidecar } = spoolPaths(directory, runId(0));
    const text = (await readFile(sidecar, 'utf8')).trimEnd();

    for (let length = 0; length < text.length; length++) {
      await writeFile(sidecar, text.slice(0, length));
      const { recovery, spool } = await openTestSpool(directory);
      assert.deepEqual(recovery, { removedPartials: [], rebuilt: [runId(0)], lost: [] });
      assert.equal(spool.list().length, 1);
    }
  }).timeout(120_000);
});

function idsOf(lines: readonly string[], what: string): string[] {
  return lines
    .filter((line) => line.startsWith(`${what} `))
    .map((line) => line.slice(what.length + 1));
}

async function countLines(file: string): Promise<number> {
  return (await readFile(file, 'utf8')).split('\n').length;
}
