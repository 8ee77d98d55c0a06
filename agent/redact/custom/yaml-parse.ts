/** Reads YAML as upstream's parser does: what that one takes and the library does not is put right in a copy. */

import { Composer, type CST, type Document, Parser, type YAMLError } from 'yaml';

import { MASK } from '../rules.ts';
import { firstCut, flattened, isOpenEnded } from './yaml-flatten.ts';
import { buildYamlTree, type YamlTree } from './yaml-tree.ts';

/** As long as the mask, and text anywhere: the mask of other rules has no quotes, and where it stands first it would be an alias. */
export const MASK_AS_TEXT = 'xxxHIDDENxxx';

/** Each costs one more reading of the whole text; most texts need none, and one puts right all that there is. */
const MAX_REPAIRS = 4;

/** So many characters of a long text are read first. A log file is hardly ever YAML, and reading it takes some hundred times its room. */
const BEGINNING_LENGTH = 64 * 1024;

/** In characters, as `BEGINNING_LENGTH`. What is read takes some 200 times its room, and the process has not that much. */
const MAX_DOCUMENT_LENGTH = 512 * 1024;
const TOO_LARGE = `a document of more than ${MAX_DOCUMENT_LENGTH} characters`;

export interface YamlReading {
  /** Of each document that can be read, in order. */
  readonly trees: readonly YamlTree[];
  /** Whether there is nothing besides. */
  readonly isWhole: boolean;
}

/**
 * The documents of the text; offsets are those of the text.
 *
 * Source of what may be read: gopkg.in/yaml.v2 v2.4.0. It does not mind how a quoted text or a bracketed collection is indented,
 * nor what follows the document's value. A long text that is broken near its beginning is not read to its end.
 *
 * @param lineEnds What ends a line besides `\n` and `\r\n`, one character each; with the flag `g`.
 * @throws {RangeError} On a document that is nested too deeply for the library, or is too large for the memory there is.
 */
export function readYaml(text: string, lineEnds: RegExp): YamlReading {
  const copy = text.replaceAll(MASK, MASK_AS_TEXT).replace(lineEnds, '\n');
  if (copy.length < 2 * BEGINNING_LENGTH) {
    return readRepaired(copy, { whole: copy, trusted: Infinity });
  }
  const end = copy.lastIndexOf('\n', BEGINNING_LENGTH) + 1 || BEGINNING_LENGTH;
  // What is wrong with the last line may come of cutting behind it.
  const trusted = copy.lastIndexOf('\n', end - 2) + 1;
  const beginning = readRepaired(copy.slice(0, end), { whole: copy, trusted });
  if (beginning.isHopeless) return { ...beginning, isWhole: false };
  if (copy.length > MAX_DOCUMENT_LENGTH) throw new RangeError(TOO_LARGE);
  return readRepaired(copy, { whole: copy, trusted: Infinity });
}

interface Reading extends YamlReading {
  /** Whatever follows, it is not of the documents. */
  readonly isHopeless: boolean;
  readonly broken: readonly CST.Document[];
}

interface Extent {
  readonly whole: string;
  /** Errors from here on do not count. */
  readonly trusted: number;
}

function readRepaired(beginning: string, extent: Extent): Reading {
  let copy = beginning;
  for (let repairs = 0; ; repairs += 1) {
    const reading = readCopy(copy, extent);
    const repaired = repairs < MAX_REPAIRS ? flattened(copy, reading.broken) : copy;
    if (repaired === copy) return reading;
    copy = repaired;
  }
}

const OPTIONS = {
  // Every scalar is a text: what a key means is decided elsewhere.
  schema: 'failsafe',
  strict: false,
  // The library compares each key with all others.
  uniqueKeys: false,
  logLevel: 'silent',
  prettyErrors: false,
} as const;

function readCopy(copy: string, extent: Extent): Reading {
  const composer = new Composer(OPTIONS);
  // The composer hands a document out once it has seen the next one.
  const waiting: CST.Document[] = [];
  const trees: YamlTree[] = [];
  const broken: CST.Document[] = [];
  let isHopeless = false;
  function take(composed: Document.Parsed): void {
    const source = waiting.shift();
    if (source === undefined) return;
    const placeOfFailure = failureOf(composed, source, extent);
    if (placeOfFailure !== Infinity) isHopeless = true;
    const tree = isTooDeep(composed, placeOfFailure) ? undefined : buildYamlTree(source);
    if (tree !== undefined && isReadable(composed, tree)) trees.push(tree);
    else broken.push(source);
  }
  for (const token of new Parser().parse(copy)) {
    if (token.type === 'document') waiting.push(token);
    for (const composed of composer.next(token)) take(composed);
  }
  for (const composed of composer.end()) take(composed);
  return { trees, broken, isHopeless, isWhole: broken.length === 0 && !isHopeless };
}

/** Infinity where nothing is certain: what follows something that was cut off has been misread. */
function failureOf(
  { errors }: Document.Parsed,
  source: CST.Document,
  { whole, trusted }: Extent,
): number {
  const cut = firstCut(source);
  const first = errors.find((error) => isHarmful(error) && error.code !== 'RESOURCE_EXHAUSTION');
  if (first !== undefined && first.pos[0] < Math.min(cut, trusted)) return first.pos[0];
  return isOpenEnded(whole, source) ? cut : Infinity;
}

/**
 * The library makes an error of the document of a stack overflow, and leaves the rest out. What is broken before that may be
 * a log, whose brackets it takes to be open for ever.
 */
function isTooDeep({ errors }: Document.Parsed, placeOfFailure: number): boolean {
  const overflow = errors.find(({ code }) => code === 'RESOURCE_EXHAUSTION');
  if (overflow === undefined) return false;
  if (overflow.pos[0] <= placeOfFailure) throw new RangeError(overflow.message);
  return true;
}

/** Names of tags and of aliases say nothing of where a value stands. */
function isHarmful({ code }: YAMLError): boolean {
  return code !== 'TAG_RESOLVE_FAILED' && code !== 'BAD_ALIAS';
}

/** What comes behind the end of the document's value is not read by upstream; an open quote or bracket is another error. */
function isReadable({ errors, range }: Document.Parsed, { root }: YamlTree): boolean {
  return errors
    .filter(isHarmful)
    .every(
      ({ code, pos: [start] }) =>
        start > range[2] || (code === 'UNEXPECTED_TOKEN' && start >= root.end),
    );
}
