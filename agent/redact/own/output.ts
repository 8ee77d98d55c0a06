/** What has become of a piece of a file so far: lines are changed from the first to the last, and looked back at. */

export class Output {
  readonly #lines: string;
  /** Of it, nobody looks at any more. */
  #done = '';
  #recent = '';
  #copiedTo = 0;
  #isChanged = false;

  /** @param lines The piece. */
  constructor(lines: string) {
    this.#lines = lines;
  }

  /** Other text takes the place of what is between the two. Not before what is looked back at, and in order. */
  change(start: number, end: number, text: string): void {
    this.#recent += this.#lines.slice(this.#copiedTo, start) + text;
    this.#copiedTo = end;
    this.#isChanged = true;
  }

  /**
   * What takes the place of all that is before `start`, from where the last call ended. So each part is put together once,
   * however often this is asked for.
   *
   * @param use What it gives takes the place of the text.
   */
  lookBack(start: number, use: (text: string) => string): void {
    const text = this.#recent + this.#lines.slice(this.#copiedTo, start);
    const used = use(text);
    this.#isChanged ||= used !== text;
    this.#done += used;
    this.#recent = '';
    this.#copiedTo = start;
  }

  /** The same string as the piece where nothing was changed. */
  text(): string {
    if (!this.#isChanged) return this.#lines;
    return this.#done + this.#recent + this.#lines.slice(this.#copiedTo);
  }
}
