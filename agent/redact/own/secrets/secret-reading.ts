/** Reads a text for what Secrets hold. */

import { lineEndAt } from '../../lines.ts';
import { isAt } from '../context/sticky.ts';
import { COLOUR } from './colours.ts';
import { escapedManifests } from './escaped-manifests.ts';
import { keyLine } from './object-lines.ts';
import { type RegionFinder, regionFinder } from './object-region.ts';
import { type Block, type OpenBlock, readBlock } from './secret-block.ts';
import { findCompactSecrets, mayHoldSecret } from './secret-compact.ts';
import { NO_EDITS, SecretEdits } from './secret-edits.ts';
import { findFlowSecrets } from './secret-flow.ts';
import {
  DIFF_PREFIX,
  type FoundPrefix,
  isChangedLine,
  mayEndPrefix,
  type Prefix,
  prefixOf,
  textBehind,
} from './secret-prefix.ts';
import { isSecretType } from './secret-values.ts';
import { Unprefixed } from './unprefixed.ts';

const NEEDED = /(?:(?<![A-Za-z])|(?<=\\[nrt]))(?:data|stringData)\\{0,15}["']?[ \t]{0,8}:/g;

/** The same in a text that may have colours. */
const NEEDED_COLOURED = new RegExp(
  String.raw`(?:(?<![A-Za-z])|(?<=\\[nrt]|[0-9;[][mK]))(?:data|stringData)(?:${COLOUR}){0,4}\\{0,15}["']?(?:${COLOUR}|[ \t]){0,8}:`,
);

/** Whether a text, with its colours, may have anything of a Secret. */
export function mayHaveData(text: string): boolean {
  return NEEDED_COLOURED.test(text);
}

/** An object that is indented further is judged by its values. */
const MAX_INDENT = 64;
/** A quotation of a diff is likely, more of them on one another are not. */
const MAX_PREFIXES = 2;

/** What goes on in the next piece. */
export type Begun =
  | {
      readonly kind: 'block';
      readonly open: OpenBlock;
      /** Undefined: nothing has told yet. */
      readonly isSecret: boolean | undefined;
    }
  | { readonly kind: 'prefixed'; readonly prefix: Prefix; readonly inner: Begun };

interface KeyPlace {
  readonly at: number;
  /** Behind its colon. */
  readonly valueAt: number;
}

export class SecretReading {
  /** In their order. */
  readonly edits = new SecretEdits();
  begun: Begun | undefined;
  readonly #text: string;
  readonly #regionAt: RegionFinder;
  /** How many prefixes its lines have lost. */
  readonly #prefixes: number;
  #from: number;

  constructor(text: string, from: number, prefixes = 0) {
    this.#text = text;
    this.#regionAt = regionFinder(text);
    this.#from = from;
    this.#prefixes = prefixes;
  }

  goOn(begun: Begun): void {
    if (begun.kind === 'prefixed') {
      this.#readPrefixed(this.#from, begun.prefix, begun.inner);
      return;
    }
    const { open, isSecret } = begun;
    const block = readBlock({ text: this.#text, at: this.#from }, open, this.edits);
    const isNamed = isSecret ?? this.#isSecretAt(Math.max(0, block.end - 1), open.indent);
    if (!this.#settle(block, open.indent, isNamed)) this.edits.cutTo(0);
    if (open.indent > 0 && isChangedLine(this.#text, block.end)) {
      const inner = { kind: 'block', open: withoutMark(block.state), isSecret: isNamed } as const;
      this.#readPrefixed(block.end, DIFF_PREFIX, inner);
    }
  }

  read(): void {
    for (;;) {
      NEEDED.lastIndex = this.#from;
      const hit = NEEDED.exec(this.#text);
      if (hit === null) return;
      const lineStart = this.#text.lastIndexOf('\n', hit.index) + 1;
      const end = lineEndAt(this.#text, hit.index);
      if (lineStart < this.#from) this.#readInLine(this.#from, end);
      else this.#readLine(lineStart, end, { at: hit.index, valueAt: NEEDED.lastIndex });
    }
  }

  #readLine(start: number, end: number, { at, valueAt }: KeyPlace): void {
    const before = lastBefore(this.#text, start, at);
    const opening = before < start ? openingOf(this.#text.slice(start, end)) : undefined;
    if (opening !== undefined) {
      this.#readOpening(start, end, opening);
      return;
    }
    const mayOpen = this.#text[before] === '=' || mayOpenBlock(this.#text, valueAt);
    if (mayOpen && this.#readPrefixedLine(start, end, before)) return;
    this.#readInLine(start, end);
  }

  #readOpening(start: number, end: number, { open, isStringData, braceAt }: Opening): void {
    const at = braceAt === undefined ? Math.min(this.#text.length, end + 1) : start + braceAt;
    const edits = this.edits.length;
    const block = readBlock({ text: this.#text, at }, open, this.edits);
    if (this.#readDiff(start, block.end, edits)) return;
    // Of a schema it is a field like others: what it holds are no texts.
    const isSure = isStringData && !block.isForeign;
    const isNamed = isSure || this.#isSecretAt(start, open.indent);
    if (this.#settle(block, open.indent, isNamed)) return;
    this.edits.cutTo(edits);
    if (braceAt !== undefined) this.#readInLine(start, end);
    this.#from = Math.max(this.#from, end);
  }

  /** @returns Whether a block ends where it does since it is in a diff. */
  #readDiff(start: number, blockEnd: number, edits: number): boolean {
    const isMarked = DIFF_PREFIX.lengthAt(this.#text, start) === 1;
    if (!isMarked || !isChangedLine(this.#text, blockEnd)) return false;
    if (this.#prefixes === MAX_PREFIXES) return false;
    this.edits.cutTo(edits);
    return this.#readPrefixed(start, DIFF_PREFIX);
  }

  /** What the line holds in itself. */
  #readInLine(start: number, end: number): void {
    this.edits.append(findInLine(this.#text.slice(start, end)), start);
    this.#from = end;
  }

  /** @returns Whether the line opens a block behind its prefix. */
  #readPrefixedLine(start: number, end: number, before: number): boolean {
    if (!mayEndPrefix(this.#text, start, before)) return false;
    const line = this.#text.slice(start, end);
    const found = prefixOf(line);
    if (found === undefined || !isOpeningBehind(line, found)) return false;
    return this.#readPrefixed(start, found.prefix);
  }

  /** All lines around that have the same prefix. */
  #readPrefixed(at: number, prefix: Prefix, begun?: Begun): boolean {
    const isOne = prefix.lengthAt(this.#text, at) !== undefined;
    if (!isOne || this.#prefixes === MAX_PREFIXES) return false;
    const lines = new Unprefixed(this.#text, at, prefix);
    const reading = new SecretReading(lines.text, lines.at, this.#prefixes + 1);
    if (begun !== undefined) reading.goOn(begun);
    reading.read();
    // A record has more than the text that is read.
    const own = prefix.textEnd === undefined ? NO_EDITS : findInLines(this.#text, at, lines.end);
    this.edits.append(lines.prefixed(reading.edits).merged(own), 0);
    this.#from = lines.end;
    const inner = reading.begun;
    this.begun = inner === undefined ? undefined : { kind: 'prefixed', prefix, inner };
    return true;
  }

  #isSecretAt(at: number, indent: number): boolean | undefined {
    if (indent > MAX_INDENT) return undefined;
    const { kind, type } = this.#regionAt(at, indent);
    if (kind !== undefined) return kind === 'Secret';
    return type !== undefined && isSecretType(type) ? true : undefined;
  }

  /** @returns Whether its values are to be hidden. */
  #settle(block: Block, indent: number, isNamed: boolean | undefined): boolean {
    const isSecret = isNamed ?? (block.isForeign ? false : undefined);
    const isHidden = isSecret ?? block.values.mayBeSecretData;
    this.begun = block.isOpen ? { kind: 'block', open: block.state, isSecret } : undefined;
    // What is no Secret may hold one as a text. Deeper than that nobody looks, so that no line is read too often.
    if (isHidden || indent > MAX_INDENT) this.#from = block.end;
    return isHidden;
  }
}

/** As the lines of a diff have it without their marks. */
function withoutMark({ indent, keyIndent, ...rest }: OpenBlock): OpenBlock {
  return {
    ...rest,
    indent: indent - 1,
    keyIndent: keyIndent === undefined ? undefined : keyIndent - 1,
  };
}

/** Whether a block opens behind a prefix, or behind another one behind that. */
function isOpeningBehind(line: string, found: FoundPrefix): boolean {
  const rest = textBehind(line.slice(0, found.length + MAX_OPENING_LENGTH), found);
  if (openingOf(rest) !== undefined) return true;
  const inner = prefixOf(rest);
  return inner !== undefined && openingOf(textBehind(rest, inner)) !== undefined;
}

/** The last character before a key in its line that is no quote, dash or blank; before `start`: there is none. */
function lastBefore(text: string, start: number, keyAt: number): number {
  let at = keyAt - 1;
  for (;;) {
    if (text[at] === 't' && text[at - 1] === '\\') at -= 1;
    if (at < start || !BEFORE_KEY.has(text[at] ?? '')) return at;
    at -= 1;
  }
}

/** In a text in quotes also backslashes, of which that of a tab has its letter behind it. */
const BEFORE_KEY: ReadonlySet<string> = new Set(' \t-"\'\\');

/** In all lines of a stretch that begins and ends with a line. */
function findInLines(text: string, from: number, to: number): SecretEdits {
  const all = new SecretEdits();
  for (let at = from; at < to; ) {
    NEEDED.lastIndex = at;
    const hit = NEEDED.exec(text)?.index ?? to;
    if (hit >= to) return all;
    const start = text.lastIndexOf('\n', hit) + 1;
    at = lineEndAt(text, hit);
    all.append(findInLine(text.slice(start, at)), start);
  }
  return all;
}

function findInLine(line: string): SecretEdits {
  const edits = findEscapedSecrets(line);
  if (!mayHoldSecret(line)) return edits;
  return findCompactSecrets(line).merged(findFlowSecrets(line)).merged(edits);
}

/** In manifests that are strings. */
function findEscapedSecrets(line: string): SecretEdits {
  let all = NO_EDITS;
  for (const manifests of escapedManifests(line)) {
    const edits = new SecretEdits();
    for (const { start, text } of manifests) {
      const reading = new SecretReading(text, 0);
      reading.read();
      edits.append(reading.edits, start);
    }
    all = all.merged(edits);
  }
  return all;
}

/** Behind the key's colon: an anchor, a tag, a brace, a comment. */
const OPENING_REST = /^(?:[&!][\w!.:/-]{0,64}(?:[ \t]+|(?=\r?$))){0,2}(?:(?=\{(?!\{))|#|\r?$)/;
const MAX_OPENING_LENGTH = 512;
/** The same where a text in quotes may end, and where there may be more behind. */
const MAY_OPEN = /[ \t]{0,64}(?:[\r\n&!{#"'\\]|$)/y;

/** Tells most lines that open no block by what stands behind the colon. */
function mayOpenBlock(text: string, valueAt: number): boolean {
  return isAt(MAY_OPEN, text, valueAt);
}

interface Opening {
  readonly open: OpenBlock;
  readonly isStringData: boolean;
  /** In the line; undefined: the block begins on a line behind it. */
  readonly braceAt: number | undefined;
}

/** The line of a key whose block stands behind it. */
function openingOf(line: string): Opening | undefined {
  const key = keyLine(line);
  if (key === undefined || key.isInBrace) return undefined;
  if (key.key !== 'data' && key.key !== 'stringData') return undefined;
  const rest = OPENING_REST.exec(line.slice(key.valueAt, key.valueAt + MAX_OPENING_LENGTH))?.[0];
  if (rest === undefined) return undefined;
  const behind = key.valueAt + rest.length;
  return {
    open: { indent: key.indent, keyIndent: undefined, rest: 'none', braces: undefined },
    isStringData: key.key === 'stringData',
    braceAt: line[behind] === '{' ? behind : undefined,
  };
}
