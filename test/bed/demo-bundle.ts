/** What a bundle holds, for people: its tree with sizes, what is hidden in it, and what must not be. */
import { createReadStream } from 'node:fs';
import { text as readText } from 'node:stream/consumers';

import { MANIFEST_PATH } from '../../agent/archive/layout.ts';
import { HIDDEN_MARK } from '../../agent/archive/measure.ts';
import { readTarGzip } from '../../agent/tar-reader.ts';

const TREE_LINES = 40;
const HIDDEN_LINES = 12;

export interface BundleFile {
  /** Below the bundle's top folder. */
  readonly path: string;
  readonly bytes: number;
  readonly hidden: number;
  /** Those of the given texts that it holds. */
  readonly leaks: readonly string[];
}

/** Its files and links in the archive's order; each is held in memory while it is looked at. */
export async function readBundle(
  file: string,
  mustNotHold: readonly string[],
): Promise<readonly BundleFile[]> {
  const files: BundleFile[] = [];
  const never = new AbortController().signal;
  const toError = (error: unknown): Error => new Error(`${file} cannot be read`, { cause: error });
  for await (const member of readTarGzip(createReadStream(file), toError, never)) {
    if (member.kind === 'directory') continue;
    const text = await readText(member.read());
    files.push({
      path: member.name.slice(member.name.indexOf('/') + 1),
      bytes: member.bytes,
      hidden: text.split(HIDDEN_MARK).length - 1,
      leaks: mustNotHold.filter((secret) => text.includes(secret)),
    });
  }
  return files;
}

/** Lines: files of the top folder, folders down to the second level with all that is below them. */
export function treeOf(files: readonly BundleFile[]): readonly string[] {
  const groups = Map.groupBy(files, ({ path }) => placeOf(path));
  const places = [...groups].map(([place, its]) => ({ place, its, bytes: sumBytes(its) }));
  // What stands at the top is named in any case; of the rest the largest.
  const rank = ({ place, bytes }: (typeof places)[number]): number =>
    place.split('/').length === 1 ? Infinity : bytes;
  const shown = places
    .toSorted((a, b) => (rank(a) === rank(b) ? 0 : rank(b) - rank(a)))
    .slice(0, TREE_LINES);
  const rest = places.filter((place) => !shown.includes(place)).flatMap(({ its }) => its);

  const lines = shown
    .toSorted((a, b) => (a.place < b.place ? -1 : 1))
    .map(({ place, its, bytes }) => {
      const count = place.endsWith('/') ? `${plural(its.length, 'file')}, ` : '';
      return `${place.padEnd(48)} ${count}${size(bytes)}`;
    });
  if (rest.length > 0) {
    lines.push(
      `${'… and smaller ones'.padEnd(48)} ${plural(rest.length, 'file')}, ${size(sumBytes(rest))}`,
    );
  }
  return [
    ...lines,
    `${'all'.padEnd(48)} ${plural(files.length, 'file')}, ${size(sumBytes(files))}`,
  ];
}

/** Lines: how often something is hidden, most first. */
export function hiddenIn(files: readonly BundleFile[]): readonly string[] {
  // The manifest only speaks of the mark.
  const redacted = files.filter(({ path, hidden }) => hidden > 0 && path !== MANIFEST_PATH);
  const sorted = redacted.toSorted((a, b) => b.hidden - a.hidden);
  const sum = redacted.reduce((total, { hidden }) => total + hidden, 0);
  const lines = sorted
    .slice(0, HIDDEN_LINES)
    .map(({ path, hidden }) => `${String(hidden).padStart(6)}  ${path}`);
  const left = sorted.length - lines.length;
  if (left > 0) lines.push(`        … and in ${plural(left, 'more file')}`);
  return [
    ...lines,
    `${String(sum).padStart(6)}  times ${HIDDEN_MARK} in ${plural(redacted.length, 'file')}`,
  ];
}

/** `1.5 KB`; decimal. */
export function size(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  return bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} KB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

/** The path if it is at the top, else its folder down to the second level, with a slash. */
function placeOf(path: string): string {
  const parts = path.split('/');
  return parts.length === 1 ? path : `${parts.slice(0, Math.min(parts.length - 1, 2)).join('/')}/`;
}

function sumBytes(files: readonly BundleFile[]): number {
  return files.reduce((sum, { bytes }) => sum + bytes, 0);
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
