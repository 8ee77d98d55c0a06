/** Where the places of a text are in the one that it was made from by leaving something out. */

export class OuterPlaces {
  readonly #text: string;
  readonly #pattern: RegExp;
  /** Of each match so many characters have stayed. */
  readonly #kept: number;
  #leftOut = 0;
  #match: RegExpExecArray | null;

  /** @param pattern Global, and nobody uses it meanwhile: what has been taken out of the text. */
  constructor(text: string, pattern: RegExp, kept: number) {
    this.#text = text;
    this.#pattern = new RegExp(pattern);
    this.#kept = kept;
    this.#match = this.#pattern.exec(text);
  }

  /** Before all that was left out there. Places are asked for in their order. */
  before(at: number): number {
    return this.#upTo(at);
  }

  /** Behind all that was left out there. */
  behind(at: number): number {
    return this.#upTo(at + 1) - 1;
  }

  #upTo(at: number): number {
    while (this.#match !== null && this.#match.index - this.#leftOut < at) {
      this.#leftOut += this.#match[0].length - this.#kept;
      this.#match = this.#pattern.exec(this.#text);
    }
    return at + this.#leftOut;
  }
}
