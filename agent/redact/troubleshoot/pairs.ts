/** The rules for names and values on one line: environment variables in escaped JSON, and `key = value;`. */

import { type Hiding, hide, NOTHING, type Rule } from './hide.ts';
import { type Folding, foldedPattern, scanPattern } from './keyword.ts';

/** Rules 1 to 7. Source: troubleshoot v0.133.0, pkg/redact/redact.go. */
const VARIABLES = [
  {
    name: 'Redact values for environment variables that look like AWS Secret Access Keys',
    keyword: 'secret_?access_?key',
    // Of these three the name ends with the keyword; of the others it has it anywhere.
    isAtEnd: true,
  },
  {
    name: 'Redact values for environment variables that look like AWS Access Keys',
    keyword: 'access_?key_?id',
    isAtEnd: true,
  },
  {
    name: 'Redact values for environment variables that look like AWS Owner or Account numbers',
    keyword: 'owner_?account',
    isAtEnd: true,
  },
  {
    name: "Redact values for environment variables with names beginning with 'password'",
    keyword: 'password',
    isAtEnd: false,
  },
  {
    name: "Redact values for environment variables with names beginning with 'token'",
    keyword: 'token',
    isAtEnd: false,
  },
  {
    name: "Redact values for environment variables with names beginning with 'database'",
    keyword: 'database',
    isAtEnd: false,
  },
  {
    name: "Redact values for environment variables with names beginning with 'user'",
    keyword: 'user',
    isAtEnd: false,
  },
] as const;

/** Rules 11 to 18. Source: as above. */
const SETTINGS = [
  {
    name: "Redact 'Data Source' values commonly found in database connection strings",
    keyword: 'data source',
  },
  {
    name: "Redact 'location' values commonly found in database connection strings",
    keyword: 'location',
  },
  {
    name: "Redact 'User ID' values commonly found in database connection strings",
    keyword: 'user id',
  },
  {
    name: "Redact 'password' values commonly found in database connection strings",
    keyword: 'password',
  },
  {
    name: "Redact 'Server' values commonly found in database connection strings",
    keyword: 'server',
  },
  {
    name: "Redact 'Database' values commonly found in database connection strings",
    keyword: 'database',
  },
  { name: "Redact 'UID' values commonly found in database connection strings", keyword: 'uid' },
  { name: "Redact 'Pwd' values commonly found in database connection strings", keyword: 'pwd' },
] as const;

export const VARIABLE_RULE_NAMES = VARIABLES.map(({ name }) => name);
export const SETTING_RULE_NAMES = SETTINGS.map(({ name }) => name);

/** Rules 1 to 7, in order. All of them need a `\"value\":\"`. */
export function hidesVariables(folding: Folding): (line: string, hiding: Hiding) => string {
  const any = foldedPattern(VARIABLES.map(({ keyword }) => keyword).join('|'), folding);
  const rules = VARIABLES.map(({ name, keyword, isAtEnd }): Rule & { readonly scan: RegExp } => {
    const inName = foldedPattern(isAtEnd ? `(?:${keyword})$` : keyword, folding);
    const scan = scanPattern(keyword, folding);
    return { name, masksPerMatch: 1, find: (line) => findVariables(line, inName), scan };
  });
  return (line, hiding) => {
    if (!line.includes('\\"') || !ESCAPED_VALUE.test(line) || !any.test(line)) return line;
    let text = line;
    for (const rule of rules) {
      if (rule.scan.test(text)) text = hide(text, rule, hiding);
    }
    return text;
  };
}

const ESCAPED_VALUE = /\\",\\"value\\":\\"/i;
const ESCAPED_VALUES = /\\",\\"value\\":\\"/gi;
const ESCAPED_VALUE_LENGTH = '\\",\\"value\\":\\"'.length;
const ESCAPED_NAME = /^\\"name\\":\\"$/i;
const ESCAPED_NAME_LENGTH = '\\"name\\":\\"'.length;

/**
 * Values of variables whose name has the keyword, such as `(?i)(\"name\":\"[^"]*token[^"]*\",\"value\":\")(?P<mask>[^"]*)(\")`
 * with a backslash before each quote of the text. Neither name nor value has a quote, so each is found from the `"value"`
 * between them.
 */
function findVariables(line: string, keyword: RegExp): readonly number[] {
  const places: number[] = [];
  let from = 0;
  ESCAPED_VALUES.lastIndex = 0;
  while (ESCAPED_VALUES.test(line)) {
    const value = ESCAPED_VALUES.lastIndex;
    const quote = line.indexOf('"', value);
    if (quote === -1) break;
    const name = variableName(line, from, value - ESCAPED_VALUE_LENGTH);
    if (line[quote - 1] !== '\\' || name === undefined) continue;
    if (!keyword.test(name)) continue;
    places.push(value, quote - 1);
    from = quote + 1;
  }
  return places;
}

/** The name that ends there, if all of `\"name\":\"` stands before it, and not before `from`. */
function variableName(line: string, from: number, end: number): string | undefined {
  let start = end;
  while (start > from && line.charCodeAt(start - 1) !== 0x22) start -= 1;
  const opening = start - ESCAPED_NAME_LENGTH;
  if (opening < from || !ESCAPED_NAME.test(line.slice(opening, start))) return undefined;
  return line.slice(start, end);
}

/** Rules 11 to 18, in order. All of them need a `=` and, behind it, a `;`. */
export function hidesSettings(folding: Folding): (line: string, hiding: Hiding) => string {
  const keywords = SETTINGS.map(({ keyword }) => keyword).join('|');
  const any = foldedPattern(`(?:${keywords}) *=`, folding);
  const rules = SETTINGS.map(({ name, keyword }): Rule => {
    const opening = foldedPattern(`${keyword} *= *`, folding, 'g');
    const scan = folding === 'ascii' ? undefined : scanPattern(keyword, folding);
    return {
      name,
      masksPerMatch: 1,
      find: (line) =>
        scan !== undefined && !scan.test(line) ? NOTHING : findSettings(line, opening),
    };
  });
  return (line, hiding) => {
    if (!line.includes(';') || !line.includes('=') || !any.test(line)) return line;
    let text = line;
    for (const rule of rules) text = hide(text, rule, hiding);
    return text;
  };
}

/**
 * Values such as `(?i)(password *= *)(?P<mask>[^\;]+)(;)`: to the next `;`, without the spaces before them, but that the last
 * of these spaces is the value where there is nothing else.
 */
function findSettings(line: string, opening: RegExp): readonly number[] {
  const places: number[] = [];
  opening.lastIndex = 0;
  while (opening.test(line)) {
    const value = opening.lastIndex;
    const semicolon = line.indexOf(';', value);
    if (semicolon === -1) break;
    if (semicolon > value) places.push(value, semicolon);
    else if (line[value - 1] === ' ') places.push(value - 1, semicolon);
    opening.lastIndex = semicolon + 1;
  }
  return places;
}
