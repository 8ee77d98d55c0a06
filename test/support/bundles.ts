/** Bundles and archives made in a test: gzipped tar files with any members, and entries to archive. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

import { type Header, pack } from 'tar-stream';

import type { ManifestFacts } from '../../agent/archive/manifest.ts';
import {
  type BundlePath,
  type Collected,
  type FileEntry,
  type LinkEntry,
  parseBundlePath,
} from '../../agent/bundle.ts';

export interface Member extends Partial<Omit<Header, 'name'>> {
  readonly name: string;
  readonly body?: string | Buffer;
}

/** A tar file of these members, not compressed. */
export async function tarOf(members: readonly Member[]): Promise<Buffer> {
  const tar = pack();
  for (const { body = '', ...header } of members) tar.entry(header, body);
  tar.finalize();
  const chunks: Uint8Array[] = [];
  for await (const chunk of tar) if (chunk instanceof Uint8Array) chunks.push(chunk);
  return Buffer.concat(chunks);
}

export async function tarGzipOf(members: readonly Member[]): Promise<Buffer> {
  return gzipSync(await tarOf(members));
}

/** @yields One chunk after the other; `chunkBytes` long where that is asked for. */
export async function* chunksOf(bytes: Buffer, chunkBytes = bytes.length): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += chunkBytes) yield bytes.subarray(at, at + chunkBytes);
}

function bundlePath(text: string): BundlePath {
  const path = parseBundlePath(text);
  if (path === undefined) throw new Error(`${text} is no path in a bundle`);
  return path;
}

export function fileEntry(
  path: string,
  body: string | Buffer,
  options: {
    readonly collector?: string;
    readonly bytes?: number;
    readonly chunkBytes?: number;
  } = {},
): FileEntry {
  const bytes = Buffer.from(body);
  return {
    kind: 'file',
    path: bundlePath(path),
    collector: options.collector,
    bytes: options.bytes ?? bytes.length,
    read: () => chunksOf(bytes, options.chunkBytes),
  };
}

export function linkEntry(path: string, target: string, collector?: string): LinkEntry {
  return { kind: 'link', path: bundlePath(path), collector, target };
}

export async function* from(...all: readonly Collected[]): AsyncGenerator<Collected> {
  yield* all;
}

/** A folder for the tests of one file, removed after them. */
export function temporaryFolder(): () => string {
  let folder = '';
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'csb-test-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));
  return () => folder;
}

/** Of a run that tells nothing special, unless told otherwise. */
export function manifestFacts(overrides: Partial<ManifestFacts> = {}): ManifestFacts {
  return {
    agentVersion: '0.1.0',
    engine: { kind: 'cli', version: undefined },
    runId: '20261122T020000Z-1f3a',
    installationId: undefined,
    createdAt: '2026-11-22T02:00:00Z',
    specs: [],
    notices: [],
    ...overrides,
  };
}
