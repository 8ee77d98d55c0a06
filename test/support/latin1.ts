/** Text as redaction sees it. */

/** The text's bytes in UTF-8, one character each. */
export function latin1(text: string): string {
  return Buffer.from(text).toString('latin1');
}
