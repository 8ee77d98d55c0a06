/** Puts on one line what YAML 1.1 lets stand at any column, so that the library can read it. */

import { CST } from 'yaml';

import { lineEndAt } from '../lines.ts';

/**
 * The text with the quoted scalars and bracketed collections that the library cut off at a line end each made one line: blanks
 * take the place of line ends, tabs and comments in them, so its length stays the same.
 *
 * @param documents In the order of the text.
 * @returns The same text where there are none, or none of them ends.
 */
export function flattened(text: string, documents: readonly CST.Document[]): string {
  const pieces: string[] = [];
  let end = 0;
  for (const start of documents.flatMap(({ value }) => cutOffsets(value))) {
    // What stands in one that was cut off has been misread.
    if (start < end) continue;
    const flat = flatten(text, start);
    // Neither do those behind it end, nor is anything there that could be read.
    if (flat === undefined) break;
    pieces.push(text.slice(end, start), flat);
    end = start + flat.length;
  }
  return pieces.join('') + text.slice(end);
}

/** Where the first of them starts; Infinity where there is none. */
export function firstCut({ value }: CST.Document): number {
  return cutOffsets(value)[0] ?? Infinity;
}

function cutOffsets(document: CST.Token | undefined): readonly number[] {
  const open: Array<CST.Token | null | undefined> = [document];
  const offsets: number[] = [];
  while (open.length > 0) {
    const token = open.pop();
    if (token === null || token === undefined) continue;
    if (isCut(token)) offsets.push(token.offset);
    if (!CST.isCollection(token)) continue;
    for (const { key, value } of token.items) open.push(key, value);
  }
  return offsets.toSorted((one, other) => one - other);
}

function isCut(token: CST.Token): boolean {
  if (token.type === 'double-quoted-scalar' || token.type === 'single-quoted-scalar') {
    return endOfQuoted(token.source, 0) !== token.source.length;
  }
  return token.type === 'flow-collection' && (!isClosed(token) || hasTabs(token));
}

function isClosed({ end }: CST.FlowCollection): boolean {
  return end.some(({ type }) => type === 'flow-map-end' || type === 'flow-seq-end');
}

/** A tab is no indentation to the library, in brackets either. */
function hasTabs({ items, end }: CST.FlowCollection): boolean {
  return (
    isIndentedByTab(end) ||
    items.some(({ start, sep, value }) => [start, sep, endOf(value)].some(isIndentedByTab))
  );
}

function isIndentedByTab(tokens: readonly CST.SourceToken[] | undefined): boolean {
  return tokens?.some(({ type, source }) => type === 'space' && source.includes('\t')) ?? false;
}

function endOf(token: CST.Token | undefined): readonly CST.SourceToken[] | undefined {
  return token !== undefined && 'end' in token ? token.end : undefined;
}

/** Whether the first of them never ends: then the text is broken there, whatever the library makes of what follows. */
export function isOpenEnded(text: string, document: CST.Document): boolean {
  const start = firstCut(document);
  return start !== Infinity && scan(text, start) === undefined;
}

function flatten(text: string, start: number): string | undefined {
  const flow = scan(text, start);
  if (flow === undefined) return undefined;
  let flat = '';
  let end = start;
  for (const comment of flow.comments) {
    flat += text.slice(end, comment.start) + ' '.repeat(comment.end - comment.start);
    end = comment.end;
  }
  return (flat + text.slice(end, flow.at)).replace(/[\r\n\t]/g, ' ');
}

interface Flow {
  readonly text: string;
  at: number;
  /** Brackets that are open. */
  depth: number;
  /** In a plain scalar a quote is a character as any other. */
  isPlain: boolean;
  readonly comments: Array<{ readonly start: number; readonly end: number }>;
}

/** Goes on while the bracket or quote at `start` is open; undefined where it stays so to the end of the document. */
function scan(text: string, start: number): Flow | undefined {
  const flow: Flow = {
    text,
    at: start,
    depth: 0,
    isPlain: false,
    comments: [],
  };
  do {
    const end = (SIGNS.get(text.charAt(flow.at)) ?? endOfWord)(flow);
    if (end <= flow.at) return undefined;
    flow.at = end;
  } while (flow.depth > 0);
  return flow;
}

/** Each says where the piece ends that starts with it, or where it starts where nothing can follow. */
const SIGNS: ReadonlyMap<string, (flow: Flow) => number> = new Map([
  ['[', openBracket],
  ['{', openBracket],
  [']', closeBracket],
  ['}', closeBracket],
  [',', endOfSign],
  [':', endOfSign],
  [' ', endOfBlank],
  ['\t', endOfBlank],
  ['\r', endOfBlank],
  ['\n', endOfLine],
  ['#', endOfComment],
  ['"', endOfQuotedIn],
  ["'", endOfQuotedIn],
]);

function openBracket(flow: Flow): number {
  flow.depth += 1;
  return endOfSign(flow);
}

function closeBracket(flow: Flow): number {
  flow.depth -= 1;
  return endOfSign(flow);
}

function endOfSign(flow: Flow): number {
  flow.isPlain = false;
  return flow.at + 1;
}

function endOfBlank({ at }: Flow): number {
  return at + 1;
}

/** A line of `---` or `...` ends the document. */
function endOfLine({ text, at }: Flow): number {
  return isMarker(text, at + 1) ? at : at + 1;
}

function isMarker(text: string, at: number): boolean {
  return (
    (text.startsWith('---', at) || text.startsWith('...', at)) && /^\s?$/.test(text.charAt(at + 3))
  );
}

function endOfComment({ text, at, comments }: Flow): number {
  const end = lineEndAt(text, at);
  comments.push({ start: at, end });
  return end;
}

function endOfQuotedIn(flow: Flow): number {
  return flow.isPlain ? endOfWord(flow) : endOfQuoted(flow.text, flow.at);
}

const WORD = /[^[\]{},:\s]+/y;

/** A tag, an anchor, or a lone `-` or `?` starts no plain scalar. */
function endOfWord(flow: Flow): number {
  WORD.lastIndex = flow.at;
  const [word] = WORD.exec(flow.text) ?? [''];
  flow.isPlain ||= !/^(?:[!&]|[-?]$)/.test(word);
  // Any other white space is a piece of its own.
  return flow.at + (word.length || (flow.at < flow.text.length ? 1 : 0));
}

/** Behind the closing quote; where it starts if there is none. */
function endOfQuoted(text: string, start: number): number {
  const quote = text.charAt(start);
  for (let at = start + 1; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (character === '\n' && isMarker(text, at + 1)) return start;
    const isEscape =
      quote === '"' ? character === '\\' : character === "'" && text.charAt(at + 1) === "'";
    if (isEscape) at += 1;
    else if (character === quote) return at + 1;
  }
  return start;
}
