/** Bytes without which a pattern cannot match: the line that has none of them need not be tried. */

import { FOLDED } from '../folded.ts';
import type { PatternNode, RepeatNode } from './re2-syntax.ts';

/** Bytes, one character each, at least one of which is in every match. ASCII letters are lower case, and stand for both. */
export type RequiredLiterals = readonly string[];

/** So many texts are followed through a pattern. */
const MAX_TEXTS = 16;

/** Longer texts are cut: they find nothing more, and make the table of all literals large. */
const MAX_TEXT_BYTES = 32;

const REPLACEMENT_CHARACTER = 0xfffd;

interface Texts {
  /** All that the node can match, if that is a few texts. */
  readonly whole: RequiredLiterals | undefined;
  /** Some of these are in whatever the node matches. */
  readonly required: RequiredLiterals | undefined;
}

const UNKNOWN: Texts = { whole: undefined, required: undefined };
const NOTHING: Texts = { whole: [''], required: undefined };

/** Undefined where the pattern can match without any that is known. */
export function requiredLiterals(root: PatternNode): RequiredLiterals | undefined {
  const { whole, required } = textsOf(root);
  return better(whole, required);
}

function textsOf(node: PatternNode): Texts {
  if (node.kind === 'repeat') return repeatTexts(node);
  if (node.kind === 'empty') return NOTHING;
  if (node.kind === 'literal') {
    return { whole: spellings(node.rune, node.ignoresCase), required: undefined };
  }
  if (node.kind === 'class') {
    return { whole: classTexts(node.set, node.ignoresCase), required: undefined };
  }
  return node.kind === 'concat' ? concatTexts(node.nodes) : alternateTexts(node.nodes);
}

/** All byte sequences that match one character of a pattern. */
function spellings(rune: number, ignoresCase: boolean): RequiredLiterals | undefined {
  // It also matches any byte that is no UTF-8.
  if (rune === REPLACEMENT_CHARACTER) return undefined;
  const character = String.fromCodePoint(rune);
  if (rune > 0x7f) return ignoresCase ? undefined : [Buffer.from(character).toString('latin1')];
  const letter = character.toLowerCase();
  const folded = ignoresCase ? FOLDED.get(letter) : undefined;
  return folded === undefined ? [letter] : [letter, folded];
}

function classTexts(
  set: readonly number[] | undefined,
  ignoresCase: boolean,
): RequiredLiterals | undefined {
  const texts = set?.map((rune) => spellings(rune, ignoresCase));
  return texts === undefined ? undefined : union(texts);
}

function concatTexts(nodes: readonly PatternNode[]): Texts {
  let run: RequiredLiterals = [''];
  let isWhole = true;
  let required: RequiredLiterals | undefined;
  for (const node of nodes) {
    const part = textsOf(node);
    const longer = part.whole === undefined ? undefined : product(run, part.whole);
    required = better(required, part.required);
    if (longer !== undefined) {
      run = longer;
      continue;
    }
    isWhole = false;
    required = better(required, run);
    run = part.whole ?? [''];
  }
  return { whole: isWhole ? run : undefined, required: better(required, run) };
}

function alternateTexts(nodes: readonly PatternNode[]): Texts {
  const parts = nodes.map((node) => textsOf(node));
  return {
    whole: union(parts.map(({ whole }) => whole)),
    required: union(parts.map(({ whole, required }) => better(whole, required))),
  };
}

function repeatTexts({ node, min, max }: RepeatNode): Texts {
  if (max === 0) return NOTHING;
  const { whole, required } = textsOf(node);
  if (min === 0) return max === 1 ? { whole: union([whole, ['']]), required: undefined } : UNKNOWN;
  if (min === 1 && max === 1) return { whole, required };
  const times = whole === undefined ? undefined : repeatedText(whole, min);
  return {
    whole: min === max ? times : undefined,
    required: better(times, better(whole, required)),
  };
}

function repeatedText(texts: RequiredLiterals, times: number): RequiredLiterals | undefined {
  let repeated: RequiredLiterals | undefined = texts;
  for (let count = 1; count < times && repeated !== undefined; count++) {
    repeated = product(repeated, texts);
  }
  return repeated;
}

/** Undefined where there would be too many, or too long ones. */
function product(heads: RequiredLiterals, tails: RequiredLiterals): RequiredLiterals | undefined {
  if (heads.length * tails.length > MAX_TEXTS) return undefined;
  const texts = heads.flatMap((head) => tails.map((tail) => head + tail));
  return texts.every(({ length }) => length <= MAX_TEXT_BYTES) ? texts : undefined;
}

function union(sets: readonly (RequiredLiterals | undefined)[]): RequiredLiterals | undefined {
  const texts = new Set<string>();
  for (const set of sets) {
    if (set === undefined) return undefined;
    for (const text of set) texts.add(text);
  }
  return texts.size > MAX_ALTERNATIVES ? undefined : [...texts];
}

/** An alternation of whole words may be longer than what is followed. */
const MAX_ALTERNATIVES = 256;

/** The set whose shortest text is longer; of equal ones the smaller set. */
function better(
  one: RequiredLiterals | undefined,
  other: RequiredLiterals | undefined,
): RequiredLiterals | undefined {
  const [shortestOne, shortestOther] = [shortest(one), shortest(other)];
  if (shortestOne === 0 && shortestOther === 0) return undefined;
  if (shortestOne === shortestOther) {
    return (one?.length ?? 0) <= (other?.length ?? 0) ? one : other;
  }
  return shortestOne > shortestOther ? one : other;
}

function shortest(texts: RequiredLiterals | undefined): number {
  return texts === undefined ? 0 : Math.min(...texts.map(({ length }) => length));
}
