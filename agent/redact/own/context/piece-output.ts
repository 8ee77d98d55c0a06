/** Puts together a piece of a file of which some lines have changed. */

interface PutLine {
  readonly start: number;
  readonly end: number;
  /** Start of the line behind. */
  readonly next: number;
  readonly text: string | undefined;
}

/** What takes the place of a piece. The last line that was put may yet change. */
export class Output {
  readonly #piece: string;
  #done = '';
  #copiedTo = 0;
  #last: PutLine | undefined;

  constructor(piece: string) {
    this.#piece = piece;
  }

  put(line: PutLine): void {
    this.#commit();
    this.#last = line;
  }

  /** Changes the line that ends before a place. */
  changeBefore(next: number, change: (line: string, before: string | undefined) => string): void {
    if (next < 2) return;
    const hasNewline = this.#piece[next - 1] === '\n';
    const end = hasNewline ? next - 1 : next;
    const start = end === 0 ? 0 : this.#piece.lastIndexOf('\n', end - 1) + 1;
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
    const from = start === 1 ? 0 : this.#piece.lastIndexOf('\n', start - 2) + 1;
    return this.#piece.slice(from, start - 1);
  }

  #commit(): void {
    if (this.#last === undefined) return;
    const { start, end, next, text } = this.#last;
    this.#last = undefined;
    if (text === this.#piece.slice(start, end)) return;
    this.#done += this.#piece.slice(this.#copiedTo, start) + (text ?? '');
    this.#copiedTo = text === undefined ? next : end;
  }

  text(): string {
    this.#commit();
    return this.#copiedTo === 0 ? this.#piece : this.#done + this.#piece.slice(this.#copiedTo);
  }
}
