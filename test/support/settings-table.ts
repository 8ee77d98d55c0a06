/** The README's table of all settings, made from the table they are read by. Run as a program, it updates README.md. */

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { FIELDS, type Field } from '../../agent/config/fields.ts';

export const README_FILE = join(import.meta.dirname, '..', '..', 'README.md');

const START = '<!-- settings:start -->\n';
const END = '<!-- settings:end -->';

/** One row a setting, in the order of agent/config/fields.ts; ends with a line end. */
export function settingsTable(): string {
  const rows = Object.values<Field>(FIELDS).map((field) =>
    toRow([`\`${field.env}\``, defaultOf(field), field.help]),
  );
  return `${[toRow(['variable', 'default', 'what it is']), '|---|---|---|', ...rows].join('\n')}\n`;
}

/** What stands between the markers now; undefined where a marker is missing. */
export function settingsTableIn(readme: string): string | undefined {
  const start = readme.indexOf(START);
  const end = readme.indexOf(END, start);
  return start < 0 || end < 0 ? undefined : readme.slice(start + START.length, end);
}

function defaultOf({ fallback, fallbackHelp }: Field): string {
  if (fallbackHelp !== undefined) return fallbackHelp;
  return fallback === undefined ? 'unset' : `\`${fallback}\``;
}

function toRow(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

if (import.meta.main) {
  const readme = readFileSync(README_FILE, 'utf8');
  const current = settingsTableIn(readme);
  if (current === undefined) throw new Error(`README.md lacks ${START.trim()} or ${END}`);
  writeFileSync(
    README_FILE,
    readme.replace(`${START}${current}`, () => `${START}${settingsTable()}`),
  );
}
