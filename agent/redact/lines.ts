/** From bytes, cut anywhere, to pieces of whole lines; and where a line ends. */

import { MASK, MAX_LINE_BYTES } from './rules.ts';

/** A larger chunk is taken in parts of this size: pieces stay small however the bytes come. */
const MAX_PIECE_BYTES = 1024 * 1024;

const LINE_FEED = 0x0a;

/** No secret that ends at a blank is longer, but for large keys. */
const BEGUN_BYTES = 4 * 1024;
/** A blank, a quote, a comma or an `&`, and what follows the last of them. */
const LAST_WORD = /[ \t\r"'`,&][^ \t\r"'`,&]*$/;

export interface LineOptions {
  /** Default `MAX_LINE_BYTES`. */
  readonly maxLineBytes?: number;
  /** Told once for each line that is cut. */
  readonly onCut: () => void;
}

/**
 * Pieces of whole lines, one character a byte, each line with its `\n`; the last one may have none. The rest of a line
 * that is too long is not passed on: the mask stands in its place, and in that of the word that is begun there. Half a
 * secret is none that a rule would know.
 *
 * @yields Some hundred KiB at a time, as the source gives them, and no empty piece.
 */
export async function* linesOf(
  source: AsyncIterable<Uint8Array>,
  { maxLineBytes = MAX_LINE_BYTES, onCut }: LineOptions,
): AsyncGenerator<string> {
  const line = new BegunLine(maxLineBytes, onCut);
  // Lines that begin and end in one part are never too long.
  const partBytes = Math.min(MAX_PIECE_BYTES, maxLineBytes);
  for await (const chunk of source) {
    for (let from = 0; from < chunk.length; from += partBytes) {
      const part = chunk.subarray(from, from + partBytes);
      const first = part.indexOf(LINE_FEED);
      if (first === -1) line.add(toText(part, 0));
      else {
        line.add(toText(part, 0, first));
        const end = part.lastIndexOf(LINE_FEED) + 1;
        yield line.take() + toText(part, first, end);
        line.add(toText(part, end));
      }
    }
  }
  const last = line.take();
  if (last !== '') yield last;
}

/** A line that has not ended yet. */
class BegunLine {
  readonly #maxBytes: number;
  readonly #onCut: () => void;
  #text = '';
  #isCut = false;

  constructor(maxBytes: number, onCut: () => void) {
    this.#maxBytes = maxBytes;
    this.#onCut = onCut;
  }

  add(text: string): void {
    if (this.#isCut) return;
    this.#text += text;
    if (this.#text.length <= this.#maxBytes) return;
    this.#text = withoutBegun(this.#text.slice(0, this.#maxBytes)) + MASK;
    this.#isCut = true;
    this.#onCut();
  }

  take(): string {
    const text = this.#text;
    this.#text = '';
    this.#isCut = false;
    return text;
  }
}

/** Up to the last word; without so many bytes, where that is longer. */
function withoutBegun(text: string): string {
  const from = Math.max(0, text.length - BEGUN_BYTES);
  const at = text.slice(from).search(LAST_WORD);
  return text.slice(0, at === -1 ? from : from + at + 1);
}

/** @returns Where the line begins that ends at `end`, with or without its `\n`. */
export function lineStartBefore(text: string, end: number): number {
  return end < 2 ? 0 : text.lastIndexOf('\n', end - 2) + 1;
}

/** @returns Where the line's `\n` is at `at` or behind it, or the text's end. */
export function lineEndAt(text: string, at: number): number {
  const newline = text.indexOf('\n', at);
  return newline === -1 ? text.length : newline;
}

function toText(bytes: Uint8Array, from: number, to = bytes.length): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1', from, to);
}
