/** Redacts one bundle twice: by `support-bundle redact`, and by ours with --upstream. */

import { execFile } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { promisify } from 'node:util';

import { MANIFEST_PATH } from '../../../agent/archive/layout.ts';
import { redact } from '../../../agent/commands/redact.ts';
import { readTar, readTarGzip } from '../../../agent/tar-reader.ts';
import { programPath } from '../../bed/programs.ts';
import { chunksOf, type Member, tarGzipOf } from '../../support/bundles.ts';
import { never } from '../../support/signal.ts';

/** The program asks for redactors; this one finds nothing. */
const NO_REDACTORS = redactorDocument([
  { name: 'nothing', removals: { values: ['\u0001 is in no file of a test \u0001'] } },
]);

const TOP = 'support-bundle-2026-01-01T00_00_00';

/** Bytes of each file, by its path below the top folder. */
export type Files = ReadonlyMap<string, Buffer>;

export function redactorDocument(redactors: readonly unknown[]): string {
  return JSON.stringify({
    apiVersion: 'troubleshoot.sh/v1beta2',
    kind: 'Redactor',
    metadata: { name: 'test' },
    spec: { redactors },
  });
}

/** A bundle of these files; the program wants a `version.yaml`. */
export async function writeBundle(file: string, files: Files): Promise<void> {
  const members: Member[] = [...files].map(([path, body]) => ({ name: `${TOP}/${path}`, body }));
  await writeFile(
    file,
    await tarGzipOf([{ name: `${TOP}/version.yaml`, body: 'apiVersion: x\n' }, ...members]),
  );
}

export async function redactBoth(
  bundle: string,
  folder: string,
  redactors = NO_REDACTORS,
): Promise<{ readonly upstream: Files; readonly ours: Files }> {
  const rules = join(folder, 'redactors.yaml');
  await writeFile(rules, redactors);
  const theirs = join(folder, 'theirs.tar.gz');
  await promisify(execFile)(
    programPath('support-bundle'),
    ['redact', rules, '--bundle', bundle, '--output', theirs, '--quiet'],
    { cwd: folder, env: { PATH: '/usr/bin:/bin', HOME: folder, TMPDIR: folder } },
  );
  const ours = join(folder, 'ours.tar.gz');
  await redactOurs({ bundle, output: ours, redactors: [rules], isUpstream: true, folder });
  return { upstream: await readFiles(theirs), ours: await readFiles(ours) };
}

/** What `redactBoth` has left of ours, without redactors of its own, redacted once more. */
export async function redactOursAgain(folder: string): Promise<Files> {
  const [bundle, output] = [join(folder, 'ours.tar.gz'), join(folder, 'again.tar.gz')];
  await redactOurs({ bundle, output, redactors: [], isUpstream: true, folder });
  return await readFiles(output);
}

interface OurRedaction {
  readonly bundle: string;
  readonly output: string;
  readonly redactors: readonly string[];
  readonly isUpstream: boolean;
  readonly folder: string;
  readonly environment?: Readonly<Record<string, string>>;
}

/** The command, in this process. */
export async function redactOurs(job: OurRedaction): Promise<{
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}> {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const [out, err] = [stdout, stderr].map((stream) => {
    const chunks: Buffer[] = [];
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    return chunks;
  });
  const exitCode = await redact(
    {
      environment: {
        WORK_DIR: join(job.folder, 'work'),
        MAX_BUNDLE_SIZE: '4Gi',
        ...job.environment,
      },
      stdin: new PassThrough(),
      stdout,
      stderr,
      self: [],
      signal: never(),
    },
    job.bundle,
    { output: job.output, redactors: job.redactors, upstream: job.isUpstream },
  );
  const texts = [out, err].map((chunks = []) => Buffer.concat(chunks).toString());
  return { exitCode, stdout: texts[0] ?? '', stderr: texts[1] ?? '' };
}

function toError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}

/** All files but the manifest. */
export async function readFiles(archive: string): Promise<Files> {
  const files = new Map<string, Buffer>();
  const source = createReadStream(archive);
  for await (const member of readTarGzip(source, toError, never())) {
    if (member.kind !== 'file') continue;
    const chunks: Uint8Array[] = [];
    for await (const chunk of member.read()) chunks.push(chunk);
    const path = member.name.slice(member.name.indexOf('/') + 1);
    if (path !== MANIFEST_PATH) files.set(path, Buffer.concat(chunks));
  }
  return files;
}

/** In the place of each archive its members, as `a.tar/in/b.log`, at all depths; nothing is said of their order. */
export async function unpackArchives(files: Files): Promise<Files> {
  const unpacked = new Map<string, Buffer>();
  for (const [path, body] of files) {
    const members = /\.(?:tar|tgz|tar\.gz)$/.test(path) ? await membersOf(path, body) : undefined;
    if (members === undefined) unpacked.set(path, body);
    else for (const [name, bytes] of await unpackArchives(members)) unpacked.set(name, bytes);
  }
  return unpacked;
}

async function membersOf(path: string, body: Buffer): Promise<Files> {
  const read = path.endsWith('.tar') ? readTar : readTarGzip;
  const members = new Map<string, Buffer>();
  for await (const member of read(chunksOf(body), toError, never())) {
    const chunks: Uint8Array[] = [];
    for await (const chunk of member.read()) chunks.push(chunk);
    members.set(`${path}/${member.name}`, Buffer.concat(chunks));
  }
  return members;
}

/** The first difference, for people. */
export function findDifference(upstream: Files, ours: Files): string | undefined {
  const paths = new Set([...upstream.keys(), ...ours.keys()]);
  for (const path of [...paths].toSorted()) {
    const [theirs, own] = [upstream.get(path), ours.get(path)];
    if (theirs === undefined) return `${path} is in ours alone`;
    if (own === undefined) return `${path} is in upstream's alone`;
    if (theirs.equals(own)) continue;
    return `${path}\nupstream: ${quote(theirs)}\nours:     ${quote(own)}`;
  }
  return undefined;
}

function quote(bytes: Buffer): string {
  return JSON.stringify(bytes.toString('latin1').slice(0, 2000));
}
