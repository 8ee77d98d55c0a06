/** Compares two bundles entry by entry; only what a row of differences.md allows may differ. */

import { isDeepStrictEqual } from 'node:util';

import { appliesTo, type Difference } from './differences.ts';

/** Path → a file's content, or where a link points to. */
export type Bundle = ReadonlyMap<string, BundleFile>;
export type BundleFile = { readonly text: string } | { readonly link: string };

export interface Comparison {
  /** One line each; empty: the bundles are equal. */
  readonly differences: readonly string[];
  /** Rows without which there would be more. */
  readonly used: ReadonlySet<Difference>;
  readonly equalBytes: number;
  readonly compared: number;
}

export function compareBundles(
  upstream: Bundle,
  ours: Bundle,
  allowed: readonly Difference[],
): Comparison {
  const used = new Set<Difference>();
  const differences: string[] = [];
  let equalBytes = 0;
  const paths = [...new Set([...upstream.keys(), ...ours.keys()])].toSorted();
  for (const path of paths) {
    const [theirFile, ourFile] = [upstream.get(path), ours.get(path)];
    if (isDeepStrictEqual(theirFile, ourFile)) {
      equalBytes++;
      continue;
    }
    const rows = allowed.filter((row) => appliesTo(row, path));
    const passing = findPassing(rows, theirFile, ourFile);
    if (passing === undefined) differences.push(describe(path, theirFile, ourFile));
    else for (const row of passing) used.add(row);
  }
  return { differences, used, equalBytes, compared: paths.length };
}

/** The rows that together make up for the difference; undefined where they do not. */
function findPassing(
  rows: readonly Difference[],
  upstream: BundleFile | undefined,
  ours: BundleFile | undefined,
): readonly Difference[] | undefined {
  if (upstream === undefined || ours === undefined) {
    const side = ours === undefined ? 'upstream' : 'ours';
    return toList(
      rows.find(({ allowance }) => allowance.kind === 'only' && allowance.side === side),
    );
  }
  const anything = rows.find(({ allowance }) => allowance.kind === 'any');
  if (anything !== undefined) return [anything];
  if (!('text' in upstream && 'text' in ours) || rows.length === 0) return undefined;
  const [theirs, own] = [upstream.text, ours.text].map((text) => normalize(text, rows));
  return theirs !== undefined && isDeepStrictEqual(theirs, own) ? rows : undefined;
}

function toList<T>(value: T | undefined): readonly T[] | undefined {
  return value === undefined ? undefined : [value];
}

/** The JSON as the rows see it; undefined for what is no JSON. */
function normalize(text: string, rows: readonly Difference[]): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  for (const { allowance } of rows) {
    if (allowance.kind === 'without') {
      for (const field of allowance.fields) value = without(value, field.split('.'));
    }
    if (allowance.kind === 'order') value = sorted(value);
  }
  // The order of keys counts, so what is compared is text.
  return JSON.stringify(value);
}

/** @param names `items[]` stands for each element of the list `items`; a lone `[]` for each of the list itself. */
function without(value: unknown, names: readonly string[]): unknown {
  const [name = '', ...rest] = names;
  if (name === '[]') return Array.isArray(value) ? value.map((one) => without(one, rest)) : value;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const key = name.replace(/\[\]$/, '');
  const entries = Object.entries(value).flatMap(([field, inner]): [string, unknown][] => {
    if (field !== key) return [[field, inner]];
    if (rest.length === 0) return [];
    if (!name.endsWith('[]')) return [[field, without(inner, rest)]];
    return [[field, Array.isArray(inner) ? inner.map((one) => without(one, rest)) : inner]];
  });
  return Object.fromEntries(entries);
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(sorted).toSorted((first, second) => {
      const [left, right] = [JSON.stringify(first), JSON.stringify(second)];
      return left < right ? -1 : Number(left > right);
    });
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, sorted(inner)]));
}

function describe(
  path: string,
  upstream: BundleFile | undefined,
  ours: BundleFile | undefined,
): string {
  if (upstream === undefined) return `${path}: only ours`;
  if (ours === undefined) return `${path}: only upstream`;
  const [theirs, own] = [upstream, ours].map((file) =>
    'text' in file ? file.text : `→ ${file.link}`,
  );
  return `${path}: ${firstDifference(theirs ?? '', own ?? '')}`;
}

function firstDifference(theirs: string, own: string): string {
  let index = 0;
  while (index < theirs.length && theirs[index] === own[index]) index++;
  const around = (text: string): string =>
    JSON.stringify(text.slice(Math.max(0, index - 60), index + 100));
  return `at ${index}: upstream ${around(theirs)}, ours ${around(own)}`;
}
