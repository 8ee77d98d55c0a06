/** What redaction did, for people: which rule hid how much, and what is left out. */

import type { ManifestFile } from '../archive/manifest.ts';
import type { CollectorReport, LeftOut } from '../bundle.ts';

/** A line for each collector: how it ended, what it brought, and what went wrong. */
export function describeCollectors(collectors: readonly CollectorReport[]): string {
  const rows = collectors.map(({ name, outcome, files, bytes, errors }) => [
    String(files),
    String(bytes),
    name,
    [outcome, ...errors].join('; '),
  ]);
  return table([['files', 'bytes', 'collector', 'outcome'], ...rows], 2);
}

/** A line for each rule that hid something, the busiest first; aligned. */
export function describeHidden(files: readonly Pick<ManifestFile, 'rules'>[]): string {
  const rules = new Map<string, { times: number; files: number }>();
  for (const [name, times] of files.flatMap((file) => Object.entries(file.rules))) {
    const rule = rules.get(name) ?? { times: 0, files: 0 };
    rules.set(name, { times: rule.times + times, files: rule.files + 1 });
  }
  if (rules.size === 0) return 'nothing was hidden\n';
  const rows = [...rules]
    .toSorted(([, first], [, second]) => second.times - first.times)
    .map(([name, { times, files: count }]) => [String(times), String(count), name]);
  return table([['hidden', 'files', 'rule'], ...rows], 2);
}

/** A line for each file: its size, and what was hidden in it by which rule. */
export function describeFiles(files: readonly ManifestFile[]): string {
  const rows = files.map(({ path, bytes, rules }) => {
    const hidden = Object.entries(rules).map(([name, times]) => `${name} x${times}`);
    return [String(bytes), path, hidden.join(', ')];
  });
  return table([['bytes', 'file', 'hidden'], ...rows], 1);
}

export function describeLeftOut(leftOut: readonly Pick<LeftOut, 'path' | 'reason'>[]): string {
  return leftOut
    .map(({ path, reason }) => `left out: ${printable(path)}: ${printable(reason)}\n`)
    .join('');
}

/** Names come from outside: a line feed in one must not forge a line, nor an escape reach the terminal. */
function printable(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, (character) => {
    return String.raw`\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`;
  });
}

/** @param numbers How many of the first columns are numbers, which stand at the right. */
function table(rows: readonly (readonly string[])[], numbers: number): string {
  const shown = rows.map((row) => row.map(printable));
  const widths = (rows[0] ?? []).map((_head, column) =>
    Math.max(...shown.map((row) => row[column]?.length ?? 0)),
  );
  function line(row: readonly string[]): string {
    const cells = row.map((cell, column) => {
      const width = widths[column] ?? 0;
      return column < numbers ? cell.padStart(width) : cell.padEnd(width);
    });
    return cells.join('  ').trimEnd();
  }
  return shown.map((row) => `${line(row)}\n`).join('');
}
