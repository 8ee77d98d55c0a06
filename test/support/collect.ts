/** Runs one collector of the native engine against a Kubernetes API in memory, and gathers what it gives. */

import { tmpdir } from 'node:os';

import { WorkFolder } from '../../agent/body/body.ts';
import { systemClock } from '../../agent/clock.ts';
import type {
  CollectContext,
  Collector,
  Fields,
  Piece,
  ProblemPiece,
} from '../../agent/collect/collector.ts';
import { silentLogger } from '../../agent/log.ts';
import { FakeKube } from './kube.ts';
import { OPEN_NETWORK } from './network.ts';
import { never } from './signal.ts';

export interface Gathered {
  /** Path → text, in the order in which the files came. */
  readonly files: Readonly<Record<string, string>>;
  readonly links: Readonly<Record<string, string>>;
  readonly problems: readonly Omit<ProblemPiece, 'kind'>[];
}

export function collectContext(parts: Partial<CollectContext> = {}): CollectContext {
  return {
    kube: new FakeKube(),
    network: OPEN_NETWORK,
    signal: never(),
    clock: systemClock,
    log: silentLogger,
    workDir: new WorkFolder(tmpdir(), 2 ** 30),
    concurrency: 4,
    runId: '20261122T020000Z-1f3a',
    installationId: '0123456789abcdef',
    image: (name) => name,
    settled: async () => {},
    ...parts,
  };
}

/** What the collector gives with these fields. Rejects as it does. */
export async function gather(
  collector: Collector,
  fields: Fields,
  parts: Partial<CollectContext> = {},
): Promise<Gathered> {
  return await gatherPieces(collector.collect(fields, collectContext(parts)));
}

export async function gatherPieces(pieces: AsyncIterable<Piece>): Promise<Gathered> {
  const files: Record<string, string> = {};
  const links: Record<string, string> = {};
  const problems: Omit<ProblemPiece, 'kind'>[] = [];
  for await (const piece of pieces) {
    if (piece.kind === 'link') links[piece.path] = piece.target;
    if (piece.kind === 'problem') {
      problems.push({ outcome: piece.outcome, message: piece.message });
    }
    if (piece.kind !== 'file') continue;
    const chunks = [];
    for await (const chunk of piece.body.read()) chunks.push(chunk);
    await piece.body.remove();
    files[piece.path] = Buffer.concat(chunks).toString();
  }
  return { files, links, problems };
}
