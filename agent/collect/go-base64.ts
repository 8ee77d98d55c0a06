/** Base64 as Go's StdEncoding decodes it: padding is a must, line ends are not, and what is wrong is said in Go's words. */

/** @throws {Error} With Go's message: `illegal base64 data at input byte 4`. */
export function decodeGoBase64(text: string): Buffer {
  const wrongAt = firstWrongByte(text);
  if (wrongAt !== undefined) throw new Error(`illegal base64 data at input byte ${wrongAt}`);
  return Buffer.from(text, 'base64');
}

/** Where Go stops; undefined: nowhere. Source: decodeQuantum in Go's encoding/base64. */
function firstWrongByte(text: string): number | undefined {
  const letters = leading(/^[A-Za-z0-9+/\r\n]*/, text);
  const inLastGroup = letters.replaceAll(/[\r\n]/g, '').length % 4;
  const rest = text.slice(letters.length);
  if (rest === '') return inLastGroup === 0 ? undefined : text.length - inLastGroup;
  if (!rest.startsWith('=') || inLastGroup < 2) return letters.length;
  const first = leading(/^=[\r\n]*/, rest);
  const padding = inLastGroup === 2 ? leading(/^=[\r\n]*=[\r\n]*/, rest) : first;
  const end = letters.length + first.length;
  if (padding === '') return end === text.length ? end : end - 1;
  return padding === rest ? undefined : letters.length + padding.length;
}

function leading(pattern: RegExp, text: string): string {
  return pattern.exec(text)?.[0] ?? '';
}
