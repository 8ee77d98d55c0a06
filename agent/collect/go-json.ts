/** JSON as Go's encoding/json writes it, which is what readers of troubleshoot's files have seen. */

import { isUtf8 } from 'node:buffer';

/** Text that JSON.stringify leaves and Go escapes: what could end a script element, and JavaScript's own line ends. */
const ESCAPED = /[<>&\u2028\u2029]/g;

/**
 * The value as Go's `json.Marshal` or, with an indent, `json.MarshalIndent` writes it; no line break at the end.
 *
 * Objects keep the order of their keys, as a struct's fields do. A Map is a Go map: its keys are sorted by
 * their bytes. What is undefined is left out. Empty lists are `[]` and empty objects `{}`, at any indent.
 *
 * @param indent E.g. two spaces, or a tab.
 */
export function goJson(value: unknown, indent = ''): string {
  return write(value, indent, '');
}

/** Stands for a byte that is no UTF-8: nothing decodes to it, and JSON has an escape for it. */
const INVALID_BYTE = '\uDC80';
const INVALID = /(?<!\\)((?:\\\\)*)\\udc80/g;

/** Bytes as Go reads them as a text: each one that is no UTF-8 becomes a character of its own, which `goJson` writes as Go does. */
export function goText(bytes: Buffer): string {
  if (isUtf8(bytes)) return bytes.toString();
  const parts: string[] = [];
  for (let index = 0; index < bytes.length; ) {
    const length = [1, 2, 3, 4].find((count) => isUtf8(bytes.subarray(index, index + count)));
    const isWhole = length !== undefined && index + length <= bytes.length;
    parts.push(isWhole ? bytes.toString('utf8', index, index + length) : INVALID_BYTE);
    index += isWhole ? length : 1;
  }
  return parts.join('');
}

/** The text in quotes. */
function quote(text: string): string {
  const json = JSON.stringify(text).replaceAll(
    ESCAPED,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return text.includes(INVALID_BYTE) ? json.replaceAll(INVALID, String.raw`$1\ufffd`) : json;
}

function write(value: unknown, indent: string, margin: string): string {
  if (value === null || value === undefined) return 'null';
  if (typeof value === 'string') return quote(value);
  if (typeof value !== 'object') return JSON.stringify(value);
  const inner = margin + indent;
  const colon = indent === '' ? ':' : ': ';
  if (Array.isArray(value)) {
    const elements = value.map((element) => write(element, indent, inner));
    return bracket('[]', elements, { indent, margin });
  }
  const fields = fieldsOf(value).map(
    ([name, field]) => `${quote(name)}${colon}${write(field, indent, inner)}`,
  );
  return bracket('{}', fields, { indent, margin });
}

function bracket(
  brackets: '[]' | '{}',
  parts: readonly string[],
  { indent, margin }: { readonly indent: string; readonly margin: string },
): string {
  const [open, close] = brackets;
  if (parts.length === 0) return brackets;
  if (indent === '') return `${open}${parts.join(',')}${close}`;
  const inner = margin + indent;
  return `${open}\n${inner}${parts.join(`,\n${inner}`)}\n${margin}${close}`;
}

function fieldsOf(value: object): readonly (readonly [string, unknown])[] {
  const fields: readonly (readonly [string, unknown])[] =
    value instanceof Map
      ? [...value].map(([name, field]) => [String(name), field] as const).toSorted(byBytes)
      : Object.entries(value);
  return fields.filter(([, field]) => field !== undefined);
}

/** Go compares keys by their UTF-8; JavaScript would by UTF-16, which differs beyond the basic plane. */
function byBytes([left]: readonly [string, unknown], [right]: readonly [string, unknown]): number {
  return Buffer.compare(Buffer.from(left), Buffer.from(right));
}
