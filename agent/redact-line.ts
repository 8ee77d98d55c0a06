/** Takes secrets out of a line from outside (an API's error, a program's stderr), before it enters a record or a log. */

import { MASK } from './mask.ts';

const NAMES = [
  'password|passwd|pwd|secret|token|credentials?',
  '(?:api|access|account|shared[-_]?access|private)[-_]?key',
].join('|');

/** What stands before the secret stays readable. */
const RULES: readonly RegExp[] = [
  /(\b[a-z][a-z0-9+.-]*:\/\/)[^\s/@]+(?=@)/gi,
  /(\b[\w.-]{1,64}:)[^\s@]+(?=@(?:tcp|unix)\()/g,
  // A query, but not what patterns of a spec have behind a bracket.
  /((?<!\()\?)[^\s"'<>]*=[^\s"'<>]*/g,
  /(\b(?:bearer|basic)\s+)[a-z0-9+/=._~-]{8,}/gi,
  new RegExp(String.raw`((?:${NAMES})["']?\s*[=:]\s*")[^"]+`, 'gi'),
  new RegExp(String.raw`((?:${NAMES})["']?\s*[=:]\s*')[^']+`, 'gi'),
  new RegExp(String.raw`((?:${NAMES})["']?\s*[=:]\s*)[^\s"',;]+`, 'gi'),
  /()\beyJ[\w-]+\.[\w-]+\.[\w-]*/g,
  /((?:^|[^\w-])(?:set-)?cookie["']?\s*:\s*)[^\r\n"']+/gi,
  /(\bx-[a-z-]{0,40}(?:token|key|secret)["']?\s*[:=]?\s*\[?["']?)[^\s"',;\]]{6,}/gi,
  // Tokens with a telling beginning, as in redact/own/shapes/token-rows.ts, of which this is a short form.
  /()\b(?:gh[pousr]_|github_pat_|glpat-|xox[abeprs]-|xapp-|[sr]k_(?:live|test)_|npm_|AIza|hvs\.|dckr_pat_|sk-)[\w.-]{16,}/g,
  /()\b(?:AKIA|ASIA|AROA|AIDA)[A-Z0-9]{16}\b/g,
  // All others: no word of a message has so many letters, large and small, and digits.
  /()\b(?=\w*[a-z])(?=\w*[A-Z])(?=\w*[0-9])\w{28,}/g,
  /(-----BEGIN [A-Z ]*PRIVATE KEY-----)[^-]*/g,
];

/** The line without credentials of URLs and headers, query strings, tokens, keys, and values named as secrets. */
export function redactLine(line: string): string {
  return RULES.reduce((text, rule) => text.replaceAll(rule, `$1${MASK}`), line);
}
