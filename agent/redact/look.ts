/** Looking at what is redacted already. */

/** At one text, as it comes. */
export interface Look {
  push(chunk: Uint8Array): void;
  /** After the last chunk. */
  finish(): void;
  /** What kind of secret it has found, never the secret. Settled only by `finish`. */
  readonly finding: string | undefined;
}

/** Each looks at the whole text; what the first of them finds counts. */
export function bothLooks(...looks: readonly Look[]): Look {
  return {
    push(chunk) {
      for (const look of looks) look.push(chunk);
    },
    finish() {
      for (const look of looks) look.finish();
    },
    get finding() {
      return looks.find(({ finding }) => finding !== undefined)?.finding;
    },
  };
}
