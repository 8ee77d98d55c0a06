/** Patterns that are tried at one place of a text. */

/** @param pattern Sticky; its `lastIndex` is behind the match then. */
export function isAt(pattern: RegExp, text: string, at: number): boolean {
  pattern.lastIndex = at;
  return pattern.test(text);
}
