/** Writing bundles: what is in the file, what the manifest says of it, and what is left when it fails. */

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { type ArchiveOptions, writeArchive } from '../../agent/archive/archive.ts';
import { asArchiveError } from '../../agent/archive/tar-writer.ts';
import { AgentError } from '../../agent/errors.ts';
import { readTarGzip } from '../../agent/tar-reader.ts';
import { chunksOf, fileEntry, from, linkEntry, temporaryFolder } from '../support/bundles.ts';
import { never } from '../support/signal.ts';

const NAME = 'support-bundle-2026-11-22T02_00_00';

describe('archive/archive', () => {
  const folder = temporaryFolder();
  let number = 0;

  it('writes files and links in their order, then the manifest', async () => {
    const options = optionsFor();
    await writeArchive(
      from(
        fileEntry('a.txt', 'first', { collector: 'data' }),
        linkEntry('logs/a.log', '../a.txt'),
        fileEntry('empty.json', ''),
      ),
      options,
      never(),
    );

    assert.deepEqual(await contentsOf(options.file), [
      [`${NAME}/a.txt`, 'first'],
      [`${NAME}/logs/a.log`, '-> ../a.txt'],
      [`${NAME}/empty.json`, ''],
      [`${NAME}/collection-manifest.json`, readFileSync(String(options.manifestFile), 'utf8')],
    ]);
  });

  it('gives size and digest of the file as it is on the disk', async () => {
    const options = optionsFor();
    const { bundle } = await writeArchive(from(fileEntry('a', 'x')), options, never());

    const bytes = readFileSync(options.file);
    assert.equal(bundle.bytes, bytes.length);
    assert.equal(bundle.sha256, sha256(bytes));
  });

  it('lets only the owner read the files', async () => {
    const options = optionsFor();
    await writeArchive(from(fileEntry('a', 'x')), options, never());

    assert.equal(statSync(options.file).mode & 0o777, 0o600);
    assert.equal(statSync(String(options.manifestFile)).mode & 0o777, 0o600);
  });

  it('describes everything in the manifest', async () => {
    const options = optionsFor();
    const report = {
      name: 'data',
      outcome: 'ok',
      durationMs: 5,
      files: 1,
      bytes: 11,
      errors: [],
    } as const;
    const { manifest, collectors, leftOut } = await writeArchive(
      from(
        fileEntry('a.txt', 'hello there', { collector: 'data' }),
        { kind: 'left-out', path: '../evil', reason: 'not a path' } as const,
        linkEntry('b', 'a.txt', 'data'),
        { kind: 'collector', ...report } as const,
      ),
      options,
      never(),
    );

    assert.deepEqual(JSON.parse(manifest), {
      schemaVersion: 1,
      bundle: NAME,
      runId: '20261122T020000Z-1f3a',
      installationId: null,
      createdAt: '2026-11-22T02:00:00Z',
      agent: { name: 'cron-support-bundle', version: '0.1.0' },
      engine: { kind: 'cli', version: 'v0.133.0' },
      consent: null,
      specs: [{ ref: 'secret/a/b', sha256: 'cd' }],
      notices: [],
      totals: { files: 1, links: 1, bytes: 11, redactions: 0, leftOut: 1, rules: {} },
      redactionsCount: 'occurrences of ***HIDDEN***',
      collectors: [report],
      leftOut: [{ path: '../evil', reason: 'not a path' }],
      files: [
        {
          path: 'a.txt',
          bytes: 11,
          sha256: sha256('hello there'),
          collector: 'data',
          redactions: 0,
          rules: {},
        },
      ],
      links: [{ path: 'b', target: 'a.txt', collector: 'data' }],
    });
    assert.deepEqual(collectors, [report]);
    assert.equal(leftOut.length, 1);
  });

  it('asks for the next entry only when the last one is in', async () => {
    const order: string[] = [];
    async function* watched() {
      for (const name of ['a', 'b']) {
        order.push(`asked ${name}`);
        const entry = fileEntry(name, 'x'.repeat(1000), { chunkBytes: 100 });
        yield {
          ...entry,
          async *read() {
            yield* entry.read();
            order.push(`read ${name}`);
          },
        };
      }
    }
    await writeArchive(watched(), optionsFor(), never());

    assert.deepEqual(order, ['asked a', 'read a', 'asked b', 'read b']);
  });

  for (const bytes of [3, 5]) {
    it(`rejects a body of 4 bytes where ${bytes} were announced, and removes the file`, async () => {
      const options = optionsFor();
      const writing = writeArchive(
        from(fileEntry('a', 'body', { bytes, chunkBytes: 2 })),
        options,
        never(),
      );

      await assert.rejects(writing, { code: 'ARCHIVE_WRITE' });
      assert.equal(existsSync(options.file), false);
      assert.equal(existsSync(String(options.manifestFile)), false);
    });
  }

  it('passes on the error of a body', async () => {
    const error = new AgentError('CLI_OUTPUT_INVALID', 'cut off');
    const options = optionsFor();
    const entry = {
      ...fileEntry('a', 'body'),
      // oxlint-disable-next-line require-yield -- it fails before its first chunk
      async *read(): AsyncGenerator<Uint8Array> {
        throw error;
      },
    };

    await assert.rejects(writeArchive(from(entry), options, never()), (thrown) => thrown === error);
    assert.equal(existsSync(options.file), false);
  });

  it('passes on the error of what is collected, and removes the file', async () => {
    const error = new AgentError('CLI_FAILED', 'exit code 1');
    const options = optionsFor();
    async function* failing() {
      yield fileEntry('a', 'body');
      throw error;
    }

    await assert.rejects(writeArchive(failing(), options, never()), (thrown) => thrown === error);
    assert.equal(existsSync(options.file), false);
  });

  it('replaces a file that is there', async () => {
    const options = optionsFor();
    writeFileSync(options.file, 'old', { mode: 0o644 });
    await writeArchive(from(fileEntry('a', 'x')), options, never());

    assert.equal((await contentsOf(options.file)).length, 2);
    assert.equal(statSync(options.file).mode & 0o777, 0o600);
  });

  it('says which file cannot be written', async () => {
    const options = optionsFor({ file: join(folder(), 'no-such-folder', 'bundle.tar.gz') });

    await assert.rejects(writeArchive(from(fileEntry('a', 'x')), options, never()), {
      code: 'ARCHIVE_WRITE',
      message: /no-such-folder/,
    });
  });

  for (const [code, wanted] of [
    ['ENOSPC', 'SPOOL_DISK_FULL'],
    ['EDQUOT', 'SPOOL_DISK_FULL'],
    ['EIO', 'ARCHIVE_WRITE'],
  ]) {
    it(`tells an operator of ${code} as ${wanted}`, () => {
      const error = Object.assign(new Error(`${code}: write`), { code });

      assert.equal(asArchiveError(error, '/spool/a.partial').code, wanted);
    });
  }

  it('rejects with the reason of the signal when that aborts, and removes the file', async () => {
    const controller = new AbortController();
    const reason = new Error('time is up');
    const options = optionsFor();
    async function* aborting() {
      yield fileEntry('a', 'x');
      controller.abort(reason);
      yield fileEntry('b', 'x');
    }

    await assert.rejects(
      writeArchive(aborting(), options, controller.signal),
      (thrown) => thrown === reason,
    );
    assert.equal(existsSync(options.file), false);
  });

  function optionsFor(overrides: Partial<ArchiveOptions> = {}): ArchiveOptions {
    number += 1;
    const file = join(folder(), `${number}.tar.gz`);
    return {
      topFolder: NAME,
      file,
      manifestFile: `${file}.manifest.json`,
      maxUncompressedBytes: 10_000,
      facts: {
        agentVersion: '0.1.0',
        engine: { kind: 'cli', version: 'v0.133.0' },
        runId: '20261122T020000Z-1f3a',
        installationId: undefined,
        createdAt: '2026-11-22T02:00:00Z',
        specs: [{ ref: 'secret/a/b', sha256: 'cd' }],
        notices: [],
      },
      ...overrides,
    };
  }
});

async function contentsOf(file: string): Promise<[string, string][]> {
  const all: [string, string][] = [];
  const members = readTarGzip(
    chunksOf(readFileSync(file)),
    (error) => new Error(String(error)),
    never(),
  );
  for await (const member of members) {
    const chunks: Uint8Array[] = [];
    for await (const chunk of member.read()) chunks.push(chunk);
    const body = Buffer.concat(chunks).toString();
    all.push([member.name, member.kind === 'symbolic-link' ? `-> ${member.target}` : body]);
  }
  return all;
}

function sha256(bytes: Buffer | string): string {
  return createHash('sha256').update(bytes).digest('hex');
}
