/** The documents of a YAML text, each with the lines of what it holds; a broken one does not take the others along. */

import {
  type Document,
  isCollection,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type ParsedNode,
  parseAllDocuments,
  type Tags,
  visit,
} from 'yaml';

import { cutText } from '../bundle.ts';
import { messageOf } from '../errors.ts';
import { isEntry, type Path } from './fields.ts';

export type YamlDocument =
  | {
      readonly kind: 'document';
      /** 1-based, empty ones not counted. */
      readonly documentNumber: number;
      /** As JSON would hold it: no aliases, no cycles. */
      readonly value: unknown;
      /** 1-based, of the key or list entry at the path, or of the nearest thing around it. */
      lineOf(path: Path): number;
      /** Keys that appear twice in their map: the last one counts. */
      readonly repeatedKeyLines: readonly number[];
    }
  | {
      readonly kind: 'broken';
      readonly documentNumber: number;
      readonly lineNumber: number;
      readonly message: string;
      readonly text: string;
    };

/** `&a [*b, *b, …]` on several levels grows exponentially; this many resolved aliases are enough for any spec. */
const MAX_ALIASES = 1000;
/** What one document may grow to once its aliases are resolved, in UTF-16 units of text and 16 a node. */
const MAX_EXPANDED_SIZE = 4 * 1024 * 1024;
/** Far below what recursion bears. */
const MAX_DEPTH = 64;
const TOO_DEEP = `it is nested more than ${MAX_DEPTH} levels deep`;
/** `- - - -…`: the parser's time grows with the square of their number. */
const DEEP_LINE = new RegExp(`^\\s*(?:[-?]\\s+){${MAX_DEPTH},}`);

/**
 * The documents of the text, in order, one at a time: the tree of one is some hundred times its text.
 * Scalars mean what Go's YAML (1.1) makes of them: `yes`, `on` and `0644` are no texts, `12:30` is one.
 *
 * @yields Each document, the broken ones too, but not empty ones.
 */
export function* readYamlDocuments(text: string): Generator<YamlDocument> {
  let documentNumber = 0;
  for (const piece of splitDocuments(text)) {
    for (const document of parsePiece(piece)) {
      documentNumber += 1;
      yield { ...document, documentNumber };
    }
  }
}

interface Piece {
  readonly text: string;
  /** Lines of the source before the first of these. */
  readonly linesBefore: number;
}

/** Cut before parsing, so that an open quote or bracket ends with its document. */
function splitDocuments(text: string): readonly Piece[] {
  const lines = text.split(/\r?\n/);
  const markers = lines.flatMap((line, index) => (/^---[ \t]*(?:#.*)?$/.test(line) ? [index] : []));
  return [-1, ...markers]
    .map((marker, index) => ({
      linesBefore: marker + 1,
      lines: lines.slice(marker + 1, markers[index] ?? lines.length),
    }))
    .filter((piece) => piece.lines.some(isContent))
    .map((piece) => ({ linesBefore: piece.linesBefore, text: piece.lines.join('\n') }));
}

/** Not a blank, a comment, or a directive such as `%YAML 1.2`. */
function isContent(line: string): boolean {
  return !/^(?:\s*(?:#.*)?|%.*|\.\.\.\s*)$/.test(line);
}

type Unnumbered<T> = T extends unknown ? Omit<T, 'documentNumber'> : never;

function* parsePiece(piece: Piece): Generator<Unnumbered<YamlDocument>> {
  const lineCounter = new LineCounter();
  function lineAt(offset: number): number {
    return piece.linesBefore + Math.max(1, lineCounter.linePos(offset).line);
  }
  const deepLine = piece.text.split('\n').findIndex((line) => DEEP_LINE.test(line));
  if (deepLine !== -1) {
    yield broken(piece, piece.linesBefore + deepLine + 1, TOO_DEEP);
    return;
  }
  let documents: readonly Document.Parsed[];
  try {
    documents = [...parseAllDocuments(piece.text, { ...PARSE_OPTIONS, lineCounter })];
  } catch (error) {
    yield broken(piece, lineAt(0), messageOf(error));
    return;
  }
  for (const document of documents) {
    if (document.contents !== null) yield toDocument(piece, document, lineAt);
  }
}

/** Go's yaml.v2 resolves as YAML 1.1, but keeps timestamps and `12:30` as texts. */
const PARSE_OPTIONS = {
  version: '1.1',
  // The library compares each key with all others; `repeatedIn` does not.
  uniqueKeys: false,
  logLevel: 'silent',
  prettyErrors: false,
  customTags: (tags: Tags): Tags =>
    tags.filter((tag) => typeof tag === 'string' || !UNUSED_TAGS.test(`${tag.tag} ${tag.format}`)),
} as const;
const UNUSED_TAGS = /:(?:timestamp|binary|omap|pairs|set) |TIME$/;

function toDocument(
  piece: Piece,
  document: Document.Parsed,
  lineAt: (offset: number) => number,
): Unnumbered<YamlDocument> {
  const [failure] = document.errors;
  if (failure !== undefined) return broken(piece, lineAt(failure.pos[0]), failure.message);
  const { aliases, collectionKey, repeatedKeys } = inspect(document);
  if (collectionKey !== undefined) {
    return broken(piece, lineAt(startOf(collectionKey)), 'a map or list cannot be a key');
  }
  if (aliases > MAX_ALIASES) {
    return broken(piece, lineAt(document.range[0]), `it has more than ${MAX_ALIASES} aliases`);
  }
  try {
    return {
      kind: 'document',
      value: plainCopy(document.toJS({ maxAliasCount: MAX_ALIASES }), { size: 0 }),
      lineOf: (path) => lineAt(offsetOf(document.contents, path)),
      repeatedKeyLines: repeatedKeys.map((key) => lineAt(startOf(key))),
    };
  } catch (error) {
    return broken(piece, lineAt(document.range[0]), messageOf(error));
  }
}

interface Inspection {
  /** Each is looked up in the whole document. */
  aliases: number;
  /** `{{ x }}` is a map whose key is a map: legal YAML, and nothing Go would read. */
  collectionKey: Node | undefined;
  readonly repeatedKeys: Node[];
}

function inspect(document: Document.Parsed): Inspection {
  const inspection: Inspection = { aliases: 0, collectionKey: undefined, repeatedKeys: [] };
  visit(document, {
    Alias: () => {
      inspection.aliases += 1;
    },
    Map: (_index, { items }) => {
      inspection.collectionKey ??= items.map(({ key }) => key).find(isCollection);
      inspection.repeatedKeys.push(...repeatedIn(items.map(({ key }) => key)));
    },
  });
  return inspection;
}

function repeatedIn(keys: readonly unknown[]): readonly Node[] {
  const seen = new Set<unknown>();
  // A merge key may stand several times: each adds.
  return keys.filter(isScalar).filter(({ value }) => {
    const isRepeated = seen.has(value) && value !== '<<';
    seen.add(value);
    return isRepeated;
  });
}

function broken(piece: Piece, lineNumber: number, reason: string): Unnumbered<YamlDocument> {
  const templateIndex = piece.text.split('\n').findIndex(isTemplateLine);
  if (templateIndex !== -1) {
    return {
      kind: 'broken',
      lineNumber: piece.linesBefore + templateIndex + 1,
      message: 'a {{ }} outside quotes is not YAML: render the template first, or quote the value',
      text: piece.text,
    };
  }
  // The library walks nested lists by recursion. What follows `: "` quotes the document, which may hold passwords.
  const plain = reason.includes('call stack') ? TOO_DEEP : reason.replace(/: ".*$/s, '');
  const message = `not YAML: ${cutText(plain, 200)}`;
  return { kind: 'broken', lineNumber, message, text: piece.text };
}

/** A line that is a template action, or whose value or list entry begins with one. */
function isTemplateLine(line: string): boolean {
  // Cut: the expression tries every dash of `- - - …` as the beginning of a key.
  return /^\s*(?:-\s+)*(?:[^\s'"#{][^'"#{]*:\s+)?(?:repl)?\{\{/.test(line.slice(0, 200));
}

/** Offset in the text of what the path leads to, as far as it leads. */
function offsetOf(contents: ParsedNode | null, path: Path): number {
  let node: unknown = contents;
  let offset = contents?.range[0] ?? 0;
  for (const part of path) {
    const next = step(node, part);
    if (next === undefined) break;
    node = next.node;
    offset = next.offset;
  }
  return offset;
}

/** One step down: to the key of a map, or to the entry of a list. */
function step(node: unknown, part: string | number): { node: unknown; offset: number } | undefined {
  if (isMap(node)) {
    const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === part);
    return isScalar(pair?.key) ? { node: pair.value, offset: startOf(pair.key) } : undefined;
  }
  const entry: unknown = isSeq(node) ? node.items[Number(part)] : undefined;
  return isNode(entry) ? { node: entry, offset: startOf(entry) } : undefined;
}

function startOf(node: Node): number {
  return node.range?.[0] ?? 0;
}

/** A copy without sharing, so that whoever writes it out again does not meet what aliases hide. */
function plainCopy(value: unknown, spent: { size: number }, depth = 0): unknown {
  spent.size += 16 + (typeof value === 'string' ? value.length : 0);
  if (spent.size > MAX_EXPANDED_SIZE) {
    throw new RangeError(`it grows to more than ${MAX_EXPANDED_SIZE} characters`);
  }
  if (depth > MAX_DEPTH) throw new RangeError(TOO_DEEP);
  if (Array.isArray(value)) return value.map((part) => plainCopy(part, spent, depth + 1));
  if (!isEntry(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, part]) => {
      spent.size += key.length;
      return [key, plainCopy(part, spent, depth + 1)];
    }),
  );
}
