/** Finds what a path leads to in a YAML document, through aliases and merged maps too. */

import { parseIndex } from './yaml-json.ts';
import { isKeyText } from './yaml-scalar.ts';
import { textOf, type YamlEntry, type YamlNode } from './yaml-tree.ts';

interface Search {
  readonly steps: readonly string[];
  /** For each step the maps and lists it was taken from: a document of aliases has few nodes and many ways to each. */
  readonly seen: ReadonlyArray<Set<YamlNode>>;
  readonly found: Set<YamlNode>;
}

/** The values at the end of the path, in no order; of one that is an alias the alias, not what it means. */
export function findInYaml(root: YamlNode, steps: readonly string[]): ReadonlySet<YamlNode> {
  const search: Search = { steps, seen: steps.map(() => new Set<YamlNode>()), found: new Set() };
  walk(search, root, 0);
  return search.found;
}

/** Recursion is at most as deep as the path is long, and for merged maps as the document is. */
function walk(search: Search, node: YamlNode, depth: number): void {
  const step = search.steps[depth];
  if (step === undefined) {
    search.found.add(node);
    return;
  }
  const place = node.target ?? node;
  const seen = search.seen[depth];
  if (seen === undefined || seen.has(place)) return;
  seen.add(place);
  const children = [...itemsAt(place.items, step), ...valuesAt(place, step)];
  for (const child of children) walk(search, child, depth + 1);
  // A merged map's keys are keys of the map it is merged into, so the step stays the same.
  for (const map of place.entries.filter(isMerge).flatMap(mergedMaps)) walk(search, map, depth);
}

function valuesAt({ entries }: YamlNode, step: string): readonly YamlNode[] {
  return entries
    .filter((entry) => !isMerge(entry) && (step === '*' || isKey(entry, step)))
    .map(({ value }) => value);
}

function itemsAt(items: readonly YamlNode[], step: string): readonly YamlNode[] {
  if (step === '*') return items;
  const index = parseIndex(step);
  return index === undefined || index < 0 ? [] : items.slice(index, index + 1);
}

function mergedMaps({ value }: YamlEntry): readonly YamlNode[] {
  const merged = value.target ?? value;
  return (merged.kind === 'list' ? merged.items : [merged]).filter(
    (map) => (map.target ?? map).kind === 'map',
  );
}

/** Whether the entry's key is `<<` and stands for no key. In quotes it is one. */
export function isMerge({ key: { token, tag } }: YamlEntry): boolean {
  return (
    token?.type === 'scalar' && token.source === '<<' && (tag === undefined || tag === '!!merge')
  );
}

function isKey({ key }: YamlEntry, step: string): boolean {
  const scalar = key.target ?? key;
  if (scalar.kind !== 'scalar') return false;
  const isPlain = scalar.token?.type === 'scalar';
  return isKeyText({ text: textOf(scalar), isPlain, tag: scalar.tag }, step);
}
