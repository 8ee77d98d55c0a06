/** Bundles to redact: written from texts as they come, so that large ones need no memory. */

import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';

import { type Pack, pack } from 'tar-stream';

const TOP_FOLDER = 'support-bundle-2026-01-01T00_00_00';

export interface BundleText {
  /** Below the top folder. */
  readonly path: string;
  readonly bytes: number;
  /** Exactly so many bytes. */
  readonly read: () => Iterable<Buffer>;
}

/** The program wants a `version.yaml`. */
const VERSION = textOf('version.yaml', Buffer.from('apiVersion: troubleshoot.sh/v1beta2\n'));

export function textOf(path: string, body: Buffer): BundleText {
  return { path, bytes: body.length, read: () => [body] };
}

export async function writeBundle(file: string, texts: Iterable<BundleText>): Promise<void> {
  const tar = pack();
  const written = pipeline(tar, createGzip({ level: 1 }), createWriteStream(file));
  await addText(tar, VERSION);
  for (const text of texts) await addText(tar, text);
  tar.finalize();
  await written;
}

async function addText(tar: Pack, { path, bytes, read }: BundleText): Promise<void> {
  const entry = tar.entry({ name: `${TOP_FOLDER}/${path}`, size: bytes });
  await pipeline(read(), entry);
}
