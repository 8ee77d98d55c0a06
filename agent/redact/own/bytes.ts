/** Bytes of text, as those see them who look for seeds. */

/** Letters in both of their cases, all others alone. */
export function bothCases(bytes: readonly number[]): readonly number[] {
  const texts = bytes.map((byte) => String.fromCharCode(byte));
  const cases = texts.flatMap((text) => [text.toLowerCase(), text.toUpperCase()]);
  return [...new Set(cases.map((text) => text.charCodeAt(0)))];
}

/** How common any of the bytes is in logs and JSON, roughly. */
export function weightOf(bytes: readonly number[]): number {
  let sum = 0;
  for (const byte of bytes) sum += WEIGHTS[byte] ?? 0;
  return sum;
}

const WEIGHTS = Array.from({ length: 256 }, (_none, byte) => {
  const character = String.fromCharCode(byte);
  if (/[a-z]/.test(character)) return 8;
  if (/[0-9\-:"/. ]/.test(character)) return 4;
  return /[A-Z_]/.test(character) ? 2 : 1;
});
