/** Puts together a piece of a file of which some lines have changed. */

import { lineStartBefore } from '../../lines.ts';
import { Output } from '../output.ts';

interface PutLine {
  readonly start: number;
  readonly end: number;
  /** Start of the line behind. */
  readonly next: number;
  readonly text: string | undefined;
}

/** What takes the place of a piece. The last line that was put may yet change. */
export class PieceOutput {
  readonly #piece: string;
  readonly #output: Output;
  #last: PutLine | undefined;

  constructor(piece: string) {
    this.#piece = piece;
    this.#output = new Output(piece);
  }

  put(line: PutLine): void {
    this.#commit();
    this.#last = line;
  }

  /** Changes the line that ends before a place. */
  changeBefore(next: number, change: (line: string, before: string | undefined) => string): void {
    if (next < 2) return;
    const end = this.#piece[next - 1] === '\n' ? next - 1 : next;
    const start = lineStartBefore(this.#piece, next);
    const isPut = this.#last?.next === next;
    const text = isPut ? this.#last?.text : this.#piece.slice(start, end);
    if (text === undefined) return;
    const changed = change(text, this.#lineBefore(start));
    if (changed === text) return;
    if (!isPut) this.#commit();
    this.#last = { start, end, next, text: changed };
  }

  #lineBefore(start: number): string | undefined {
    if (start === 0) return undefined;
    return this.#piece.slice(lineStartBefore(this.#piece, start), start - 1);
  }

  #commit(): void {
    if (this.#last === undefined) return;
    const { start, end, next, text } = this.#last;
    this.#last = undefined;
    if (text === this.#piece.slice(start, end)) return;
    this.#output.change(start, text === undefined ? next : end, text ?? '');
  }

  text(): string {
    this.#commit();
    return this.#output.text();
  }
}
