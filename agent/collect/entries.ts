/** From a collector's pieces to entries of the bundle: safe paths, each given once, and links that stay inside. */

import { dirname, relative } from 'node:path/posix';

import { type Collected, parseBundlePath } from '../bundle.ts';
import type { FilePiece, LinkPiece } from './collector.ts';
import { discardPiece, filePiece } from './pieces.ts';

/** The paths of one bundle; the first collector that gives a path keeps it. */
export class Paths {
  readonly #taken = new Set<string>();

  /** False where it is taken already. */
  take(path: string): boolean {
    if (this.#taken.has(path)) return false;
    this.#taken.add(path);
    return true;
  }
}

/**
 * The entry for a file or a link of a collector. A path that is taken gives nothing.
 *
 * @yields At most one entry; its body is let go of when the next one is asked for.
 */
export async function* toEntries(
  piece: FilePiece | LinkPiece,
  collector: string | undefined,
  paths: Paths,
): AsyncGenerator<Collected> {
  const text = cleanPath(piece.path);
  const path = parseBundlePath(text);
  try {
    if (path === undefined) {
      yield { kind: 'left-out', path: text, reason: 'its path leads outside the bundle' };
    } else if (paths.take(path)) {
      if (piece.kind === 'link') {
        const target = relative(dirname(path), cleanPath(piece.target));
        yield { kind: 'link', path, collector, target };
      } else {
        const { body } = piece;
        yield { kind: 'file', path, collector, bytes: body.bytes, read: () => body.read() };
      }
    }
  } finally {
    await discardPiece(piece);
  }
}

/** A file of the engine itself. */
export function ownFile(path: string, content: string, paths: Paths): AsyncGenerator<Collected> {
  return toEntries(filePiece(path, content), undefined, paths);
}

/** As Go's filepath.Join: a spec's empty name leaves no trace. */
function cleanPath(path: string): string {
  return path
    .split('/')
    .filter((part) => part !== '' && part !== '.')
    .join('/');
}
