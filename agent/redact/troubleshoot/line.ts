/** One line after the other through all rules, with what the two-line rules remember of the line before. */

import { atRest } from '../at-rest.ts';
import type { Hiding } from './hide.ts';
import { type Folding, foldingOf } from './keyword.ts';
import { hideKurlFields } from './kurl.ts';
import { hidesSettings, hidesVariables } from './pairs.ts';
import { rulesBefore, type Selection, type TwoLines, twoLines } from './two-lines.ts';
import { hidesUrls } from './urls.ts';

/** The rules as they stand for a text. */
interface Stages {
  readonly single: (line: string, hiding: Hiding) => string;
  readonly two: TwoLines;
}

const STAGES: Readonly<Record<Folding, Stages>> = {
  ascii: stagesFor('ascii'),
  unicode: stagesFor('unicode'),
};

function stagesFor(folding: Folding): Stages {
  const hideVariables = hidesVariables(folding);
  const hideUrls = hidesUrls(folding);
  const hideSettings = hidesSettings(folding);
  return {
    single: (line, hiding) => hideSettings(hideUrls(hideVariables(line, hiding), hiding), hiding),
    two: twoLines(folding),
  };
}

/**
 * More turns than any text needs that was not made to need them. A line that changes even in the last is hidden whole, so that
 * no text takes long and each result is at rest.
 */
const MAX_TURNS = 6;

/** The lines of one file, from the first to the last. */
export interface Lines {
  /** The rules that wait for the next line: it is the second of a pair, and must go through `redact`. */
  readonly waiting: Selection;
  /** To be called for each new piece of the file, before its lines. */
  beginPiece(piece: string): void;
  /** The rules whose first line this may be, for `pass`. */
  selected(line: string): Selection;
  /** Goes on over a line that no rule changes. */
  pass(selection: Selection): void;
  /** Goes on over a line, without its `\n`, and hides in it what the rules find. */
  redact(line: string): string;
}

/**
 * A rule for two lines takes them in pairs: a line that was the second of one pair is not the first of another. So one bit a
 * rule is all that is left of the lines before.
 *
 * With `keepsMarks` each line is redacted until nothing changes, and there are two such bits. One is upstream's, which takes a
 * line as the rule itself saw it; the other takes it as all rules left it, which is how a second pass over the output will see
 * it. A value is hidden for either, so the second pass has nothing to hide.
 */
export function openLines(hiding: Hiding, isKurl: boolean): Lines {
  let stages = STAGES.ascii;
  let waitingAsSeen: Selection = 0;
  let waitingAsLeft: Selection = 0;

  function turn(line: string, selection: Selection): string {
    const { single, two } = stages;
    return finish(two.hideValue(single(line, hiding), selection, hiding), selection);
  }

  function finish(line: string, selection: Selection): string {
    const text = stages.two.hideKey(line, selection, hiding);
    return isKurl ? hideKurlFields(text, hiding) : text;
  }

  function goOn(asSeen: Selection, asLeft: Selection): void {
    waitingAsSeen = asSeen & ~waitingAsSeen;
    waitingAsLeft = hiding.keepsMarks ? asLeft & ~waitingAsLeft : waitingAsSeen;
  }

  return {
    get waiting() {
      return waitingAsSeen | waitingAsLeft;
    },
    beginPiece(piece) {
      stages = STAGES[foldingOf(piece)];
    },
    selected: (line) => stages.two.selected(line),
    pass: (selection) => goOn(selection, selection),
    redact(line) {
      const { single, two } = stages;
      const waiting = waitingAsSeen | waitingAsLeft;
      const first = single(line, hiding);
      const second = two.hideValue(first, waiting, hiding);
      const asSeen = selectedInOrder(two, [first, second], waiting);
      const once = finish(second, waiting);
      if (once === line || !hiding.keepsMarks) {
        goOn(asSeen, asSeen);
        return once;
      }
      // The first turn has changed it.
      const text = atRest(once, MAX_TURNS - 1, (left) => turn(left, waiting));
      goOn(asSeen, two.selected(text));
      return text;
    },
  };
}

/** The rules whose first line this is, each asked about the line as the rules before it leave it. */
function selectedInOrder(
  two: TwoLines,
  [before, after]: readonly [string, string],
  waiting: Selection,
): Selection {
  if (before === after) return two.selected(before);
  const early = rulesBefore(waiting);
  return (two.selected(before) & early) | (two.selected(after) & ~early);
}
