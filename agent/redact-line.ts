/** Takes secrets out of a line from outside (an API's error, a program's stderr), before it enters a record or a log. */

const HIDDEN = '***HIDDEN***';

/** What stands before the secret stays readable. */
const RULES: readonly RegExp[] = [
  /(\b[a-z][a-z0-9+.-]*:\/\/)[^\s/@]+(?=@)/gi,
  /(\?)[^\s"'<>]*=[^\s"'<>]*/g,
  /(\b(?:bearer|basic)\s+)[a-z0-9+/=._~-]{8,}/gi,
  /((?:password|passwd|pwd|secret|token|api[-_]?key|access[-_]?key|credentials?)["']?\s*[=:]\s*["']?)[^\s"',;]+/gi,
  /()\beyJ[\w-]+\.[\w-]+\.[\w-]*/g,
];

/** The line without credentials of URLs, query strings, tokens and values named as secrets. */
export function redactLine(line: string): string {
  return RULES.reduce((text, rule) => text.replaceAll(rule, `$1${HIDDEN}`), line);
}
