/** Finds many literals in one pass over a text: an Aho-Corasick automaton over bytes. */

/** ASCII letters match in either case. */
export interface LiteralFinder {
  /** End of the literal that ends first between `from` and `to`, or -1 where none lies between them. */
  next(bytes: Uint8Array, span: Span): number;
  /** Calls back with the index of each literal that lies between `from` and `to`, once for each place. */
  each(bytes: Uint8Array, span: Span, onLiteral: (index: number) => void): void;
}

export interface Span {
  readonly from: number;
  readonly to: number;
}

interface TrieNode {
  readonly children: Map<number, TrieNode>;
  /** Indexes of the literals that end here, the shorter ones at the end of these included. */
  readonly literals: number[];
  fallback: TrieNode | undefined;
  id: number;
}

interface Table {
  /** Byte → column. */
  readonly columns: Uint8Array;
  /** Start of a state's row + column → start of the next state's row. */
  readonly next: Int32Array;
  /** Rows from here on belong to states in which a literal ends. */
  readonly firstFound: number;
  /** By row number from `firstFound` on. */
  readonly found: readonly (readonly number[])[];
  /** Row length as a power of two. */
  readonly shift: number;
}

/**
 * Time to make it and its size grow with the literals' total length, the time to find with the text's only.
 *
 * @param literals Not empty ones; ASCII letters in lower case.
 */
export function literalFinder(literals: readonly string[]): LiteralFinder {
  const table = toTable(literals);
  const { columns, next, firstFound, found, shift } = table;
  const skip = skipperOf(literals, table);
  return {
    next(bytes, { from, to }) {
      let row = 0;
      for (let at = from; at < to; at++) {
        if (row === 0) at = skip(bytes, at, to);
        row = next[row + (columns[bytes[at] ?? 0] ?? 0)] ?? 0;
        if (row >= firstFound) return at + 1;
      }
      return -1;
    },
    each(bytes, { from, to }, onLiteral) {
      let row = 0;
      for (let at = from; at < to; at++) {
        if (row === 0) at = skip(bytes, at, to);
        row = next[row + (columns[bytes[at] ?? 0] ?? 0)] ?? 0;
        if (row < firstFound) continue;
        for (const index of found[(row - firstFound) >> shift] ?? []) onLiteral(index);
      }
    },
  };
}

function toTable(literals: readonly string[]): Table {
  const root = newNode();
  for (const [index, literal] of literals.entries()) addLiteral(root, literal, index);
  const nodes = linked(root);
  const { columns, count } = toColumns(literals);
  const shift = Math.ceil(Math.log2(count));
  const ordered = [
    ...nodes.filter((node) => node.literals.length === 0),
    ...nodes.filter((node) => node.literals.length > 0),
  ];
  for (const [id, node] of ordered.entries()) node.id = id;
  const rows = new Int32Array(ordered.length << shift);
  // Parents and shorter texts come first in `nodes`: the row of a node's fallback is ready when the node copies it.
  for (const node of nodes) {
    const start = node.id << shift;
    const fallback = (node.fallback?.id ?? 0) << shift;
    if (node.fallback !== undefined) rows.copyWithin(start, fallback, fallback + (1 << shift));
    for (const [byte, child] of node.children) {
      rows[start + (columns[byte] ?? 0)] = child.id << shift;
    }
  }
  const found = ordered.map((node) => node.literals).filter((indexes) => indexes.length > 0);
  return {
    columns,
    next: rows,
    firstFound: (ordered.length - found.length) << shift,
    found,
    shift,
  };
}

/** @returns A place at `at` or behind it before which no literal begins. */
type Skip = (bytes: Uint8Array, at: number, to: number) => number;

/** So many of a literal's first bytes are looked for, at most: more are oftener there by chance. */
const MOST_SKIP_BYTES = 5;
const LEAST_SKIP_BYTES = 4;
const SKIP_BITS = 16;

/**
 * Looks at two bytes at every third or fourth place: any two of a literal's first bytes are there. Which two they are tells where
 * the literal would begin, and there its first three are looked at.
 */
function skipperOf(literals: readonly string[], { columns }: Table): Skip {
  const shortest = Math.min(...literals.map(({ length }) => length));
  if (shortest < LEAST_SKIP_BYTES) return (_bytes, at) => at;
  const step = Math.min(shortest, MOST_SKIP_BYTES) - 1;
  const begins = new Uint8Array(1 << SKIP_BITS);
  // By two bytes as they are: a bit for each place in a literal at which they stand.
  const places = new Uint8Array(1 << 16);
  for (const literal of literals) {
    const bytes = Buffer.from(literal, 'latin1');
    begins[threeHash(columns, bytes, 0)] = 1;
    for (let place = 0; place < step; place++) {
      for (const pair of pairsAt(bytes, place)) places[pair] = (places[pair] ?? 0) | (1 << place);
    }
  }
  return (bytes, from, to) => {
    const end = to - 1;
    for (let at = from - 1; ; ) {
      at = nextPlace(places, bytes, { at: at + step, end, step });
      if (at >= end) return Math.max(from, end);
      // The place furthest into a literal is that of the literal which begins first.
      for (let place = step - 1; place >= 0; place--) {
        const isThere = (placesOf(places, bytes, at) & (1 << place)) !== 0;
        if (isThere && begins[threeHash(columns, bytes, at - place)] === 1) return at - place;
      }
    }
  };
}

interface Steps {
  readonly at: number;
  readonly end: number;
  readonly step: number;
}

/** All of a text passes here: a small loop of its own is compiled well, and four places at a time cost the least. */
function nextPlace(places: Uint8Array, bytes: Uint8Array, { at, end, step }: Steps): number {
  let next = at;
  for (const last = end - 3 * step; next < last; next += 4 * step) {
    const first = placesOf(places, bytes, next) | placesOf(places, bytes, next + step);
    const second =
      placesOf(places, bytes, next + 2 * step) | placesOf(places, bytes, next + 3 * step);
    if ((first | second) !== 0) break;
  }
  while (next < end && placesOf(places, bytes, next) === 0) next += step;
  return next;
}

function placesOf(places: Uint8Array, bytes: Uint8Array, at: number): number {
  return places[((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0)] ?? 0;
}

/** Two bytes as one number, in all their cases. */
function pairsAt(bytes: Uint8Array, at: number): readonly number[] {
  const seconds = casesOf(bytes[at + 1] ?? 0);
  return casesOf(bytes[at] ?? 0).flatMap((first) => seconds.map((second) => (first << 8) | second));
}

/** A letter in lower case, and in upper case; any other byte alone. */
function casesOf(byte: number): readonly number[] {
  const isLetter = byte >= 0x61 && byte <= 0x7a;
  return isLetter ? [byte, byte - 0x20] : [byte];
}

function threeHash(columns: Uint8Array, bytes: Uint8Array, at: number): number {
  const first = columns[bytes[at] ?? 0] ?? 0;
  const second = columns[bytes[at + 1] ?? 0] ?? 0;
  const third = columns[bytes[at + 2] ?? 0] ?? 0;
  return ((first << 10) ^ (second << 5) ^ third) & ((1 << SKIP_BITS) - 1);
}

function newNode(): TrieNode {
  return { children: new Map(), literals: [], fallback: undefined, id: 0 };
}

function addLiteral(root: TrieNode, literal: string, index: number): void {
  let node = root;
  for (let at = 0; at < literal.length; at++) {
    const byte = literal.charCodeAt(at);
    const child = node.children.get(byte) ?? newNode();
    node.children.set(byte, child);
    node = child;
  }
  node.literals.push(index);
}

/** All nodes, by depth, each with the node of the longest text that its own ends with. */
function linked(root: TrieNode): readonly TrieNode[] {
  const nodes = [root];
  for (const node of nodes) {
    for (const [byte, child] of node.children) {
      let shorter = node.fallback;
      while (shorter !== undefined && !shorter.children.has(byte)) shorter = shorter.fallback;
      child.fallback = shorter?.children.get(byte) ?? root;
      child.literals.push(...child.fallback.literals);
      nodes.push(child);
    }
  }
  return nodes;
}

/** Bytes in no literal share column 0, a letter's two cases share another. */
function toColumns(literals: readonly string[]): { columns: Uint8Array; count: number } {
  const columns = new Uint8Array(256);
  let count = 1;
  for (const byte of new Set(Buffer.from(literals.join(''), 'latin1'))) {
    columns[byte] = count;
    const upper = String.fromCharCode(byte).toUpperCase().charCodeAt(0);
    if (byte < 0x80 && upper !== byte) columns[upper] = count;
    count++;
  }
  return { columns, count };
}
