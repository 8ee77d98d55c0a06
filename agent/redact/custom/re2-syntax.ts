/** Parser of Go's regular expressions: what is wrong where, the names of groups, and the tree in which literals are sought. */

import { type ClassSet, type Edit, takeClass, takeGroup } from './re2-class.ts';
import {
  type Cursor,
  indexOf,
  isAtEnd,
  lookingAt,
  openCursor,
  patternError,
  peek,
  take,
  takeEscape,
  textOf,
} from './re2-cursor.ts';

/** A pattern as far as literals need it: which text it matches, not whether greedily. */
export type PatternNode =
  /** Nothing, an assertion, or flags. */
  | { readonly kind: 'empty' }
  | { readonly kind: 'literal'; readonly rune: number; readonly ignoresCase: boolean }
  | { readonly kind: 'class'; readonly set: ClassSet; readonly ignoresCase: boolean }
  | { readonly kind: 'concat' | 'alternate'; readonly nodes: readonly PatternNode[] }
  | RepeatNode;

export interface RepeatNode {
  readonly kind: 'repeat';
  readonly node: PatternNode;
  readonly min: number;
  /** `Infinity` for no limit. */
  readonly max: number;
}

export interface Pattern {
  readonly root: PatternNode;
  /** Of group 1 first; empty for a group without name. */
  readonly groupNames: readonly string[];
  /** The same pattern, as re2js takes it: without names, of which Go allows one twice. */
  readonly forRe2js: string;
}

interface Parser {
  readonly cursor: Cursor;
  readonly edits: Edit[];
  readonly groupNames: string[];
  /** Greatest product of nested counts in a node. */
  readonly counts: Map<PatternNode, number>;
  ignoresCase: boolean;
  depth: number;
}

/** Go's limit on a count, and on the product of nested ones. */
const MAX_REPEATS = 1000;
const MAX_DEPTH = 1000;
const EMPTY: PatternNode = { kind: 'empty' };

/** In instructions. Go allows 33 times as many, which would take some hundred MB here. */
const MAX_SIZE = 100_000;

/**
 * Reads a pattern by the rules of Go 1.26. Source: regexp/syntax/parse.go, with the flags of regexp.Compile.
 *
 * @throws {PatternError} With the place of the first error.
 */
export function parsePattern(pattern: string): Pattern {
  const cursor = openCursor(pattern);
  const parser: Parser = {
    cursor,
    edits: [],
    groupNames: [],
    counts: new Map(),
    ignoresCase: false,
    depth: 0,
  };
  const root = takeAlternatives(parser);
  if (!isAtEnd(cursor)) throw patternError('unexpected )', cursor.at);
  if (sizeOf(root) > MAX_SIZE) throw patternError('expression too large', 0);
  return { root, groupNames: parser.groupNames, forRe2js: edited(parser) };
}

/** About as many instructions as the pattern is compiled to. */
function sizeOf(node: PatternNode): number {
  if (node.kind === 'repeat') {
    const times = node.max === Infinity ? node.min + 1 : node.max;
    return (sizeOf(node.node) + 1) * Math.max(times, 1);
  }
  if (node.kind !== 'concat' && node.kind !== 'alternate') return 1;
  return node.nodes.reduce((sum, part) => sum + sizeOf(part) + 1, 0);
}

function edited({ cursor, edits }: Parser): string {
  let text = '';
  let done = 0;
  for (const edit of edits) {
    text += textOf(cursor, done, edit.from) + edit.text;
    done = edit.to;
  }
  return text + textOf(cursor, done);
}

/** Up to the end or a `)`. */
function takeAlternatives(parser: Parser): PatternNode {
  const nodes = [takeSequence(parser)];
  while (peek(parser.cursor) === '|') {
    parser.cursor.at++;
    nodes.push(takeSequence(parser));
  }
  return joined(parser, 'alternate', nodes);
}

function takeSequence(parser: Parser): PatternNode {
  const { cursor } = parser;
  const nodes: PatternNode[] = [];
  let lastRepeat = -1;
  while (!isAtEnd(cursor) && peek(cursor) !== '|' && peek(cursor) !== ')') {
    const start = cursor.at;
    const repeat = takeRepeat(cursor);
    if (repeat === undefined) {
      lastRepeat = -1;
      nodes.push(...takeAtom(parser));
      continue;
    }
    if (peek(cursor) === '?') cursor.at++;
    if (lastRepeat >= 0) {
      const operators = textOf(cursor, lastRepeat, cursor.at);
      throw patternError(`invalid nested repetition operator ${operators}`, lastRepeat);
    }
    const node = nodes.pop();
    if (node === undefined) {
      throw patternError(
        `missing argument to repetition operator ${textOf(cursor, start, cursor.at)}`,
        start,
      );
    }
    nodes.push(repeated(parser, { kind: 'repeat', node, ...repeat }, start));
    lastRepeat = start;
  }
  return joined(parser, 'concat', nodes);
}

function joined(
  { counts }: Parser,
  kind: 'concat' | 'alternate',
  nodes: readonly PatternNode[],
): PatternNode {
  const [only = EMPTY] = nodes;
  if (nodes.length < 2) return only;
  const node: PatternNode = { kind, nodes };
  counts.set(node, Math.max(...nodes.map((part) => counts.get(part) ?? 1)));
  return node;
}

/** Go counts only `{…}`, and nothing below a `{0}`. */
function repeated({ counts, cursor }: Parser, node: RepeatNode, start: number): PatternNode {
  const inner = counts.get(node.node) ?? 1;
  const times = node.max === Infinity ? node.min : node.max;
  const isCounted = cursor.runes[start] === OPENING_BRACE;
  if (!isCounted) {
    counts.set(node, inner);
    return node;
  }
  const product = Math.max(times, 1) * inner;
  if (times >= 2 && product > MAX_REPEATS) {
    throw patternError(`invalid repeat count ${textOf(cursor, start, cursor.at)}`, start);
  }
  counts.set(node, node.max === 0 ? 1 : product);
  return node;
}

const OPENING_BRACE = 0x7b;

interface Repeat {
  readonly min: number;
  readonly max: number;
}

function takeRepeat(cursor: Cursor): Repeat | undefined {
  switch (peek(cursor)) {
    case '*':
      cursor.at++;
      return { min: 0, max: Infinity };
    case '+':
      cursor.at++;
      return { min: 1, max: Infinity };
    case '?':
      cursor.at++;
      return { min: 0, max: 1 };
    case '{':
      return takeCount(cursor);
    default:
      return undefined;
  }
}

/** Undefined where the `{` is a character like any other. */
function takeCount(cursor: Cursor): Repeat | undefined {
  const start = cursor.at;
  let end = start + 1;
  while (/^[0-9,]$/.test(peek({ ...cursor, at: end }))) end++;
  const text = textOf(cursor, start, end + 1);
  const [, low, comma, high] = /^\{(0|[1-9]\d*)(?:(,)(0|[1-9]\d*)?)?\}$/.exec(text) ?? [];
  if (low === undefined) return undefined;
  cursor.at = end + 1;
  const min = Number(low);
  const bound = high === undefined ? Infinity : Number(high);
  const max = comma === undefined ? min : bound;
  const isTooMany = min > MAX_REPEATS || (max !== Infinity && max > MAX_REPEATS);
  if (isTooMany || min > max) throw patternError(`invalid repeat count ${text}`, start);
  return { min, max };
}

/** No node for flags and for an empty `\Q\E`; several for a `\Q…\E`. */
function takeAtom(parser: Parser): PatternNode[] {
  const { cursor, edits, ignoresCase } = parser;
  switch (peek(cursor)) {
    case '(':
      return takeParenthesis(parser);
    case '[':
      return [{ kind: 'class', set: takeClass(cursor, edits), ignoresCase }];
    case '\\':
      return takeBackslash(parser);
    case '^':
    case '$':
      cursor.at++;
      return [{ kind: 'empty' }];
    case '.':
      cursor.at++;
      return [{ kind: 'class', set: undefined, ignoresCase }];
    default:
      return [{ kind: 'literal', rune: take(cursor).codePointAt(0) ?? 0, ignoresCase }];
  }
}

function takeBackslash(parser: Parser): PatternNode[] {
  const { cursor, edits, ignoresCase } = parser;
  const letter = peek(cursor, 1);
  if (/^[AbBz]$/.test(letter)) {
    cursor.at += 2;
    return [{ kind: 'empty' }];
  }
  if (letter === 'Q') {
    const end = indexOf(cursor, '\\E', cursor.at + 2);
    const quoted = cursor.runes.slice(cursor.at + 2, end < 0 ? undefined : end);
    cursor.at = end < 0 ? cursor.runes.length : end + 2;
    return quoted.map((rune) => ({ kind: 'literal', rune, ignoresCase }));
  }
  if (takeGroup(cursor, edits)) return [{ kind: 'class', set: undefined, ignoresCase }];
  return [{ kind: 'literal', rune: takeEscape(cursor), ignoresCase }];
}

function takeParenthesis(parser: Parser): PatternNode[] {
  const { cursor } = parser;
  const start = cursor.at;
  const outer = parser.ignoresCase;
  if (peek(cursor, 1) === '?') {
    const isGroup = takeName(parser) || takeFlags(parser);
    if (!isGroup) return [];
  } else {
    cursor.at++;
    parser.groupNames.push('');
  }
  parser.depth++;
  if (parser.depth > MAX_DEPTH) throw patternError('expression nests too deeply', start);
  const node = takeAlternatives(parser);
  parser.depth--;
  if (isAtEnd(cursor)) throw patternError('missing closing )', start);
  cursor.at++;
  parser.ignoresCase = outer;
  return [node];
}

/** `(?P<name>` or `(?<name>`. */
function takeName({ cursor, edits, groupNames }: Parser): boolean {
  const start = cursor.at;
  const isLook = lookingAt(cursor, '(?<=') || lookingAt(cursor, '(?<!');
  if (isLook) throw patternError('look-behind is not supported', start);
  const isNamed = lookingAt(cursor, '(?P<') || lookingAt(cursor, '(?<');
  if (!isNamed) return false;
  const nameStart = indexOf(cursor, '<', start) + 1;
  const end = indexOf(cursor, '>', nameStart);
  const name = textOf(cursor, nameStart, end < 0 ? undefined : end);
  if (end < 0 || !/^[0-9A-Za-z_]+$/.test(name)) {
    const written = textOf(cursor, start, end < 0 ? undefined : end + 1);
    throw patternError(`invalid group name ${written}`, start);
  }
  cursor.at = end + 1;
  edits.push({ from: start, to: cursor.at, text: '(' });
  groupNames.push(name);
  return true;
}

/** @returns Whether a group begins; otherwise the flags hold for the rest of the group around them. */
function takeFlags(parser: Parser): boolean {
  const { cursor } = parser;
  const start = cursor.at;
  const isLook = lookingAt(cursor, '(?=') || lookingAt(cursor, '(?!');
  if (isLook) throw patternError('look-ahead is not supported', start);
  let end = start + 2;
  while (/^[imsU-]$/.test(peek({ ...cursor, at: end }))) end++;
  const text = textOf(cursor, start, end + 1);
  const [, on, off, last] = /^\(\?([imsU]*)(?:-([imsU]+))?([:)])$/.exec(text) ?? [];
  if (last === undefined) throw patternError(`invalid or unsupported syntax ${text}`, start);
  if (on?.includes('i') === true) parser.ignoresCase = true;
  if (off?.includes('i') === true) parser.ignoresCase = false;
  cursor.at = end + 1;
  return last === ':';
}
