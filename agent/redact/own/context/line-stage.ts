/** Takes the lines of a file through the rules: only those that one of the rules could change. */

import { lineEndAt } from '../../lines.ts';
import type { OnHidden, TextRedactor } from '../../rules.ts';
import type { ContextRule } from './context-rule.ts';
import { isEarlyValue, isReversedPair } from './continued.ts';
import { FileLines } from './file-lines.ts';
import { PieceOutput } from './piece-output.ts';
import { type Prefilter, prefilter } from './prefilter.ts';

export function lineStage(rules: readonly ContextRule[]): (onHidden: OnHidden) => TextRedactor {
  const guarded = rules.map((rule) => ({ rule, guard: new RegExp(rule.needed, 'i') }));
  const seedsIn = prefilter(rules.flatMap((rule) => rule.seeds));
  return (onHidden) => {
    const lines = new FileLines(guarded, onHidden);
    return { redact: (piece) => redactPiece(piece, lines, seedsIn(piece)) };
  };
}

function redactPiece(piece: string, lines: FileLines, nextSeed: Prefilter): string {
  const output = new PieceOutput(piece);
  let knownTo = 0;
  while (knownTo < piece.length) {
    const start = lines.isWaiting ? knownTo : nextLine(piece, knownTo, nextSeed);
    if (start === -1) break;
    const end = lineEndAt(piece, start);
    const next = Math.min(end + 1, piece.length);
    const line = piece.slice(start, end);
    const text = lines.redact(line);
    if (text !== undefined && lines.endsInName) {
      output.changeBefore(start, (before) =>
        lines.redactEarly(before, isReversedPair(before, line)),
      );
    }
    output.put({ start, end, next, text });
    knownTo = next;
  }
  // The name of a pair may stand on the line that is not there yet.
  output.changeBefore(piece.length, (last, before) =>
    lines.redactEarly(last, isEarlyValue(last) && lines.opensPair(last, before)),
  );
  lines.endPiece(piece);
  return output.text();
}

/** Start of the next line that a rule may change, or -1. */
function nextLine(piece: string, from: number, nextSeed: Prefilter): number {
  const at = nextSeed(from);
  return at < 1 ? at : Math.max(from, piece.lastIndexOf('\n', at - 1) + 1);
}
