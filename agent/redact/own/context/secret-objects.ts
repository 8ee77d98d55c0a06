/** Hides what Secrets hold, in JSON and YAML, also as `kubectl apply` keeps them in an annotation. */

import { lineEndAt } from '../../lines.ts';
import type { OnHidden, TextRedactor } from '../../rules.ts';
import { addEdits, applyEdits, type Edit } from './edits.ts';
import { escapedManifests } from './escaped-manifests.ts';
import { keyLine } from './object-lines.ts';
import { type RegionFinder, regionFinder } from './object-region.ts';
import { type Block, type OpenBlock, readBlock } from './secret-block.ts';
import { findCompactSecrets, mayHoldSecret } from './secret-compact.ts';
import { isSecretType, mayBeSecretData } from './secret-values.ts';

export const LAST_APPLIED_SECRET = 'secret-data';

const NEEDED = /(?:(?<![A-Za-z])|(?<=\\[nrt]))(?:data|stringData)\\{0,15}["']?[ \t]{0,8}:/g;

/** How much of what came before a piece is looked at to learn what an object is. */
const MEMORY_LENGTH = 64 * 1024;
/** An object that is indented further is judged by its values. */
const MAX_INDENT = 64;

/** A block that goes on in the next piece. */
interface Begun {
  readonly open: OpenBlock;
  /** Undefined: nothing has told yet. */
  readonly isSecret: boolean | undefined;
}

/**
 * A block `data` over several lines is a Secret's if its object says so: by a `kind` or a `type` before it (up to 64 KiB
 * before the piece of text that it is in) or behind it in that piece. Where neither is in reach, base64 is hidden if the
 * block has nothing else: a ConfigMap of such values may lose them there, a Secret never keeps any.
 */
export function secretStage(onHidden: OnHidden): TextRedactor {
  let memory = '';
  let begun: Begun | undefined;
  return {
    redact(piece) {
      const text = memory + piece;
      const pieceAt = memory.length;
      memory = text.slice(-MEMORY_LENGTH);
      const reading = new Reading(text, pieceAt);
      if (begun !== undefined) reading.goOn(begun);
      reading.read();
      begun = reading.begun;
      const { edits } = reading;
      return edits.length === 0 ? piece : applied({ text, pieceAt }, edits, onHidden);
    },
  };
}

class Reading {
  readonly edits: Edit[] = [];
  /** Of the block that goes on behind the piece. */
  begun: Begun | undefined;
  readonly #text: string;
  readonly #regionAt: RegionFinder;
  #from: number;

  constructor(text: string, pieceAt: number) {
    this.#text = text;
    this.#regionAt = regionFinder(text);
    this.#from = pieceAt;
  }

  goOn({ open, isSecret }: Begun): void {
    const block = readBlock(this.#text, this.#from, open);
    const lastAt = Math.max(0, block.end - 1);
    const isKnown = isSecret !== undefined || block.open !== undefined;
    this.#settle(
      block,
      open.indent,
      isKnown ? isSecret : this.#isSecretAt(lastAt, open.indent, block),
    );
  }

  read(): void {
    for (;;) {
      NEEDED.lastIndex = this.#from;
      const hit = NEEDED.exec(this.#text);
      if (hit === null) return;
      const start = Math.max(this.#from, this.#text.lastIndexOf('\n', hit.index) + 1);
      this.#readLine(start, lineEndAt(this.#text, hit.index));
    }
  }

  #readLine(start: number, end: number): void {
    const line = this.#text.slice(start, end);
    const opening = openingOf(line);
    if (opening === undefined) {
      if (mayHoldSecret(line)) addEdits(this.edits, shift(findCompactSecrets(line), start));
      addEdits(this.edits, shift(findEscapedSecrets(line), start));
      this.#from = end;
      return;
    }
    const { open, isStringData } = opening;
    const block = readBlock(this.#text, Math.min(this.#text.length, end + 1), open);
    this.#settle(
      block,
      open.indent,
      isStringData ? true : this.#isSecretAt(start, open.indent, block),
    );
    this.#from = Math.max(this.#from, end);
  }

  #isSecretAt(at: number, indent: number, block: Block): boolean | undefined {
    if (block.isForeign || indent > MAX_INDENT) return undefined;
    return isSecretRegion(this.#regionAt(at, indent));
  }

  #settle(block: Block, indent: number, isNamed: boolean | undefined): void {
    const isSecret = isNamed ?? (block.isForeign ? false : undefined);
    const isHidden = isSecret ?? mayBeSecretData(block.values);
    if (isHidden) addEdits(this.edits, block.edits);
    this.begun = block.open === undefined ? undefined : { open: block.open, isSecret };
    // What is no Secret may hold one as a text. Deeper than that nobody looks, so that no line is read too often.
    if (isHidden || indent > MAX_INDENT) this.#from = block.end;
  }
}

/** In manifests that are strings. */
function findEscapedSecrets(line: string): readonly Edit[] {
  return escapedManifests(line).flatMap(({ start, text }) => {
    const reading = new Reading(text, 0);
    reading.read();
    return shift(reading.edits, start);
  });
}

function applied(
  { text, pieceAt }: { readonly text: string; readonly pieceAt: number },
  edits: readonly Edit[],
  onHidden: OnHidden,
): string {
  const ordered = edits.toSorted((one, other) => one.start - other.start || other.end - one.end);
  const apart: Edit[] = [];
  for (const edit of ordered) {
    if (edit.start < (apart.at(-1)?.end ?? pieceAt)) continue;
    apart.push(edit);
    if (edit.text !== '') onHidden(LAST_APPLIED_SECRET);
  }
  return applyEdits(text, apart).slice(pieceAt);
}

function isSecretRegion({
  kind,
  type,
}: {
  readonly kind: string | undefined;
  readonly type: string | undefined;
}): boolean | undefined {
  if (kind !== undefined) return kind === 'Secret';
  return type !== undefined && isSecretType(type) ? true : undefined;
}

function shift(edits: readonly Edit[], by: number): readonly Edit[] {
  return edits.map(({ start, end, text }) => ({ start: start + by, end: end + by, text }));
}

const OPENING_REST = /^(\{?)[ \t\r]*$/;

/** The line of a key whose block stands on the lines behind it. */
function openingOf(
  line: string,
): { readonly open: OpenBlock; readonly isStringData: boolean } | undefined {
  if (line.length > MAX_OPENING_LENGTH) return undefined;
  const key = keyLine(line);
  if (key === undefined || (key.key !== 'data' && key.key !== 'stringData')) return undefined;
  const rest = OPENING_REST.exec(line.slice(key.valueAt));
  if (rest === null) return undefined;
  const isJson = rest[1] === '{';
  return {
    open: { indent: key.indent, isJson, keyIndent: undefined, rest: 'none' },
    isStringData: key.key === 'stringData',
  };
}

const MAX_OPENING_LENGTH = 256;
