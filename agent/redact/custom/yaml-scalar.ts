/** Which YAML keys are texts: only those can be named by a path. */

/** Source: gopkg.in/yaml.v2 v2.4.0, resolve.go. YAML 1.1's words, with `y` and `n`. */
const WORDS = new Set(
  'y Y yes Yes YES n N no No NO true True TRUE false False FALSE on On ON off Off OFF ~ null Null NULL'
    .split(' ')
    .concat('', '.nan .NaN .NAN .inf .Inf .INF +.inf +.Inf +.INF -.inf -.Inf -.INF'.split(' ')),
);
const FLOAT = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;
const INTEGER = /^(?:[-+]?0[xX][0-9a-fA-F]+|[-+]?0[bB][01]+|[-+]?0[oO][0-7]+)$/;
const MAX_UINT64 = 2n ** 64n - 1n;
const MIN_INT64 = -(2n ** 63n);

/** Whether yaml.v2 reads an unquoted scalar of no tag as a text, and not as a number, a boolean or null. Dates are texts. */
function isPlainText(scalar: string): boolean {
  if (WORDS.has(scalar)) return false;
  if (scalar.startsWith('.')) return !isFloat(scalar);
  if (!/^[-+0-9]/.test(scalar)) return true;
  const digits = scalar.replaceAll('_', '');
  return !isFloat(digits) && !isPrefixedInteger(digits);
}

/** One too large for a float is a text. */
function isFloat(scalar: string): boolean {
  return FLOAT.test(scalar) && Number.isFinite(Number(scalar));
}

/** One too large for 64 bits is a text. */
function isPrefixedInteger(scalar: string): boolean {
  if (!INTEGER.test(scalar)) return false;
  const isNegative = scalar.startsWith('-');
  const size = BigInt(scalar.replace(/^[-+]/, ''));
  const value = isNegative ? -size : size;
  return MIN_INT64 <= value && value <= (/^[-+]/.test(scalar) ? -MIN_INT64 - 1n : MAX_UINT64);
}

/** Tags that make something other than a text of a key; yaml.v2 leaves one of an unknown tag a text. */
const NO_TEXT_TAGS = new Set(['!!bool', '!!int', '!!float', '!!null']);

/** A key as a document holds it. */
export interface ScalarKey {
  readonly text: string;
  readonly isPlain: boolean;
  /** As written, but `!!str` for `!<tag:yaml.org,2002:str>`. */
  readonly tag: string | undefined;
}

/** Whether the key is the text of a path's step. */
export function isKeyText({ text, isPlain, tag }: ScalarKey, step: string): boolean {
  if (tag === '!!binary') return Buffer.from(text, 'base64').toString() === step;
  if (text !== step) return false;
  if (tag !== undefined) return !NO_TEXT_TAGS.has(tag);
  return !isPlain || isPlainText(text);
}
