/** Makes pieces in the forms that troubleshoot gives them. */

import { bodyOf } from '../body/body.ts';
import type { FilePiece, Piece, ProblemPiece } from './collector.ts';
import { goJson } from './go-json.ts';
import { interleave } from './interleave.ts';

export function filePiece(path: string, content: string | Uint8Array): FilePiece {
  return { kind: 'file', path, body: bodyOf(content) };
}

/** JSON with the two spaces of most of troubleshoot's files. */
export function jsonPiece(path: string, value: unknown): FilePiece {
  return filePiece(path, goJson(value, '  '));
}

export function problem(outcome: ProblemPiece['outcome'], message: string): ProblemPiece {
  return { kind: 'problem', outcome, message };
}

/**
 * Troubleshoot's file of errors, and each error for the record; nothing where there are none.
 *
 * @yields The file, then a problem for each error.
 * @param errors A list, or for files with a section for each namespace or object, errors by its name.
 * Source: marshalErrors in troubleshoot v0.133.0, pkg/collect/util.go.
 */
export function* errorPieces(
  path: string,
  errors: readonly string[] | ReadonlyMap<string, string>,
  outcome: ProblemPiece['outcome'] = 'partial',
): Generator<Piece> {
  const messages = [...errors.values()];
  if (messages.length === 0) return;
  yield jsonPiece(path, errors);
  for (const message of messages) yield problem(outcome, `${path}: ${message}`);
}

/** Lets go of what a piece holds. */
export async function discardPiece(piece: Piece): Promise<void> {
  if (piece.kind === 'file') await piece.body.remove();
}

/** `interleave` for the parts of a collector. */
export function interleavePieces<T extends Piece>(
  lanes: Iterable<AsyncGenerator<T>>,
  limit: number,
): AsyncGenerator<T> {
  return interleave(lanes, limit, discardPiece);
}
