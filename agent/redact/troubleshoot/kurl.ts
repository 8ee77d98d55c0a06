/** The rules for the resource of kURL's installer, in that resource's files only. */

import { type Hiding, hide, type Rule } from './hide.ts';
import { foldedPattern } from './keyword.ts';

/** Keys in their order. Source: troubleshoot v0.133.0, pkg/redact/redact.go, kurlInstallerRedactors. */
const KEYS = [
  '"bootstraptoken"',
  '"certkey"',
  '"kubeadmtoken"',
  '"kubectl[.]kubernetes[.]io/last-applied-configuration"',
] as const;

/** As upstream builds them for rules that are not its defaults. */
export const KURL_RULE_NAMES = KEYS.map((_, at) => `Redact kurl installer fields.regex.${at}`);

/** Pattern for what each of these rules needs. */
export const KURL_KEYS = foldedPattern(KEYS.join('|'), 'unicode').source;

/** The globs `….json` and `…/*.json`, of which `*` takes anything but a `/`. */
const KURL_PATH =
  /^cluster-resources\/custom-resources\/installers\.cluster\.kurl\.sh(?:\/[^/]*)?\.json$/;

export function isKurlPath(path: string): boolean {
  return KURL_PATH.test(path);
}

const RULES = KEYS.map((key, at): Rule => {
  const opening = foldedPattern(`${key}[\t\n\f\r ]*:[\t\n\f\r ]*"`, 'unicode', 'g');
  const endOf = at === KEYS.length - 1 ? endOfEscapedString : endOfString;
  return {
    name: KURL_RULE_NAMES[at] ?? '',
    masksPerMatch: 1,
    find: (line) => findStrings(line, opening, endOf),
  };
});

/** Such as `(?i)("certKey"\s*:\s*")(?P<mask>[^"]*)(")`; the last one's mask is `(?:\\.|[^"\\])*`. */
export function hideKurlFields(line: string, hiding: Hiding): string {
  return RULES.reduce((text, rule) => hide(text, rule, hiding), line);
}

function findStrings(
  line: string,
  opening: RegExp,
  endOf: (line: string, start: number) => number,
): readonly number[] {
  const places: number[] = [];
  opening.lastIndex = 0;
  while (opening.test(line)) {
    const start = opening.lastIndex;
    const end = endOf(line, start);
    // A later key would have ended the string with its own quotes, so none follows.
    if (end === -1) break;
    places.push(start, end);
    opening.lastIndex = end + 1;
  }
  return places;
}

function endOfString(line: string, start: number): number {
  return line.indexOf('"', start);
}

const QUOTE_OR_ESCAPE = /["\\]/g;

function endOfEscapedString(line: string, start: number): number {
  QUOTE_OR_ESCAPE.lastIndex = start;
  for (;;) {
    const at = QUOTE_OR_ESCAPE.exec(line)?.index ?? -1;
    if (at === -1 || line[at] === '"') return at;
    QUOTE_OR_ESCAPE.lastIndex = at + 2;
  }
}
