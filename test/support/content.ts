/** Redaction of contents of any kind in a test: the rules hide one planted secret, all else is as in the agent. */

import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { storeBody, WorkFolder } from '../../agent/body/body.ts';
import { redactContent } from '../../agent/redact/content/content.ts';
import type { ContentParts } from '../../agent/redact/content/work.ts';
import { chunksOf } from './bundles.ts';
import { never } from './signal.ts';

export const SECRET = 'hunter2';
/** Why what has the secret in its name is left out. */
export const NAMED = 'its name holds what a rule hides';
export const HIDDEN = '***HIDDEN***';

export interface ContentBench {
  readonly parts: ContentParts;
  /** Paths and reasons, in their order. */
  readonly leftOut: [path: string, reason: string][];
  /** Paths that rules were asked about. */
  readonly asked: string[];
  /** What is in WORK_DIR. */
  files(): readonly string[];
  redact(path: string, bytes: Buffer, chunkBytes?: number): Promise<Buffer>;
}

const FOLDERS = new Set<string>();

/** @param overrides What is other than in the agent. */
export function contentBench(overrides: Partial<ContentParts> = {}): ContentBench {
  const folder = mkdtempSync(join(tmpdir(), 'csb-content-'));
  FOLDERS.add(folder);
  const workDir = new WorkFolder(folder, 2 ** 30);
  const leftOut: [string, string][] = [];
  const asked: string[] = [];
  const parts: ContentParts = {
    redactText: (path, source) => {
      asked.push(path);
      return hideSecret(source);
    },
    reasonAgainst: (name) => (name.includes(SECRET) ? NAMED : undefined),
    store: async (chunks) => await storeBody(chunks, workDir),
    opaque: 'leave-out',
    maxBytes: 64 * 1024 * 1024,
    onLeftOut: (path, reason) => leftOut.push([path, reason]),
    ...overrides,
  };
  return {
    parts,
    leftOut,
    asked,
    files: () => readdirSync(folder),
    redact: async (path, bytes, chunkBytes) =>
      await gathered(redactContent(path, chunksOf(bytes, chunkBytes), parts, never())),
  };
}

/** Folders of all benches, and what should not be in them any more. */
export function removeContentBenches(): readonly string[] {
  const files = [...FOLDERS].flatMap((folder) => readdirSync(folder));
  for (const folder of FOLDERS) rmSync(folder, { recursive: true, force: true });
  FOLDERS.clear();
  return files;
}

export async function gathered(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const copies: Buffer[] = [];
  // A copy: memory of bodies is used again.
  for await (const chunk of chunks) copies.push(Buffer.from(chunk));
  return Buffer.concat(copies);
}

/** @yields What does not end in the middle of a secret. */
async function* hideSecret(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let rest = '';
  for await (const chunk of source) {
    const text = (rest + Buffer.from(chunk).toString('latin1')).replaceAll(SECRET, HIDDEN);
    rest = text.slice(1 - SECRET.length);
    yield Buffer.from(text.slice(0, text.length - rest.length), 'latin1');
  }
  yield Buffer.from(rest.replaceAll(SECRET, HIDDEN), 'latin1');
}

/** Of a tar member, without any of the checks that a library has. */
export function tarHeader(member: { name: string; type: string; bytes: number }): Buffer {
  const bytes = Buffer.alloc(512);
  bytes.write(member.name, 0, 100, 'latin1');
  bytes.write('0000644\x000000000\x000000000\0', 100, 'latin1');
  bytes.write(`${member.bytes.toString(8).padStart(11, '0')}\0`, 124, 'latin1');
  bytes.write('00000000000\0        ', 136, 'latin1');
  bytes.write(member.type, 156, 'latin1');
  bytes.write('ustar\x0000', 257, 'latin1');
  const sum = bytes.reduce((total, byte) => total + byte, 0);
  bytes.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return bytes;
}

/** Filled up with zeros to whole blocks. */
export function tarBody(text: string): Buffer {
  const bytes = Buffer.alloc(Math.ceil(text.length / 512) * 512);
  bytes.write(text, 'latin1');
  return bytes;
}
