/** What a bundle holds, for people: its tree with sizes, what is hidden in it and by whom, and what must not be in it. */
import { createReadStream } from 'node:fs';
import { text as readText } from 'node:stream/consumers';

import { MANIFEST_PATH } from '../../agent/archive/layout.ts';
import { MASK } from '../../agent/mask.ts';
import { readTarGzip } from '../../agent/tar-reader.ts';
import { asRecord } from './kube.ts';

const TREE_LINES = 40;
const EXCERPT_CHARACTERS = 96;

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
  for await (const { path, bytes, text } of membersOf(file)) {
    files.push({
      path,
      bytes,
      hidden: text.split(MASK).length - 1,
      leaks: mustNotHold.filter((secret) => text.includes(secret)),
    });
  }
  return files;
}

/** Of those of its files that are asked for and are there, by path. */
export async function readTexts(
  file: string,
  paths: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const texts = new Map<string, string>();
  for await (const { path, text } of membersOf(file)) {
    if (paths.includes(path)) texts.set(path, text);
  }
  return texts;
}

interface Member {
  readonly path: string;
  readonly bytes: number;
  readonly text: string;
}

async function* membersOf(file: string): AsyncGenerator<Member> {
  const never = new AbortController().signal;
  const toError = (error: unknown): Error => new Error(`${file} cannot be read`, { cause: error });
  for await (const member of readTarGzip(createReadStream(file), toError, never)) {
    if (member.kind === 'directory') continue;
    const path = member.name.slice(member.name.indexOf('/') + 1);
    yield { path, bytes: member.bytes, text: await readText(member.read()) };
  }
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

/** Lines: which rule has hidden how often, most first, as the bundle's manifest says; in the end what there is to see of it. */
export function hiddenBy(manifest: string, files: readonly BundleFile[]): readonly string[] {
  const { rules } = asRecord(asRecord(JSON.parse(manifest))['totals']);
  const counts = Object.entries(asRecord(rules)).map(([rule, count]) => ({
    rule,
    count: Number(count),
  }));
  // The manifest only speaks of the mark.
  const redacted = files.filter(({ path, hidden }) => hidden > 0 && path !== MANIFEST_PATH);
  const marks = redacted.reduce((total, { hidden }) => total + hidden, 0);
  const line = (count: number, text: string): string => `${String(count).padStart(6)}  ${text}`;
  return [
    ...counts.toSorted((a, b) => b.count - a.count).map(({ rule, count }) => line(count, rule)),
    line(marks, `times ${MASK} in ${plural(redacted.length, 'file')}`),
  ];
}

/** What a text of JSON says where a value begins with the anchor: the rest of it, on one line. */
export function excerptOf(text: string, anchor: string): string {
  const from = text.indexOf(anchor);
  if (from === -1) return 'not there';
  const value = /^(?:[^"\\]|\\.)*/.exec(text.slice(from))?.[0] ?? '';
  const lines = value.replace(/(?:\\n)+$/, '').replaceAll('\\n', ' | ');
  return shortText(lines.replaceAll('\\"', '"'));
}

/** At most 96 characters, the middle left out. */
export function shortText(text: string): string {
  if (text.length <= EXCERPT_CHARACTERS) return text;
  const half = EXCERPT_CHARACTERS / 2;
  return `${text.slice(0, half)} … ${text.slice(3 - half)}`;
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
