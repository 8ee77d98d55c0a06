/** The command `verify`: what it prints and its exit code. */

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';

import { writeArchive } from '../../agent/archive/archive.ts';
import type { CommandContext } from '../../agent/commands/context.ts';
import { verify } from '../../agent/commands/verify.ts';
import { fileEntry, from, manifestFacts, tarGzipOf, temporaryFolder } from '../support/bundles.ts';
import { never } from '../support/signal.ts';

const NAME = 'support-bundle-2026-11-22T02_00_00';

describe('commands/verify', () => {
  const folder = temporaryFolder();
  let bundle: string;
  let sha256: string;

  before(async () => {
    bundle = join(folder(), 'bundle.tar.gz');
    const archived = await writeArchive(
      from(fileEntry('a', 'first'), { kind: 'left-out', path: 'b', reason: 'too large' }),
      {
        topFolder: NAME,
        file: bundle,
        maxUncompressedBytes: 1000,
        facts: manifestFacts(),
      },
      never(),
    );
    sha256 = archived.bundle.sha256;
  });

  it('says of an intact bundle what it is, and exits with 0', async () => {
    const { exitCode, stdout } = await run(bundle);

    assert.equal(exitCode, 0);
    assert.equal(
      stdout,
      `intact: ${NAME}, 1 files, 5 bytes, 1 left out, run 20261122T020000Z-1f3a, sha256 ${sha256}\n`,
    );
  });

  it('reads standard input', async () => {
    const { exitCode } = await run('-', Readable.from([readFileSync(bundle)]));

    assert.equal(exitCode, 0);
  });

  it('names each difference on a line and exits with 1', async () => {
    const file = join(folder(), 'other.tar.gz');
    writeFileSync(
      file,
      await tarGzipOf([
        { name: 'top/a', type: 'fifo' },
        { name: 'other/b', body: 'x' },
      ]),
    );
    const { exitCode, stdout } = await run(file);

    assert.equal(exitCode, 1);
    assert.match(stdout, /^top\/a .*\nother\/b .*\nthere is no collection-manifest.json.*\n$/);
  });

  it('says which file cannot be read', async () => {
    await assert.rejects(run(join(folder(), 'none')), {
      code: 'ARCHIVE_INVALID',
      message: /none cannot be read: ENOENT/,
    });
  });

  it('says that a folder is no file', async () => {
    await assert.rejects(run(folder()), { code: 'ARCHIVE_INVALID', message: /EISDIR/ });
  });
});

async function run(
  file: string,
  stdin: Readable = Readable.from([]),
): Promise<{ readonly exitCode: number; readonly stdout: string }> {
  const stdout = new PassThrough();
  const context: CommandContext = {
    environment: {},
    stdin,
    stdout,
    stderr: new PassThrough(),
    self: [],
    signal: never(),
  };
  const exitCode = await verify(context, file);
  return { exitCode, stdout: String(stdout.read() ?? '') };
}
