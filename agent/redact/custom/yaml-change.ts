/** Says what to write in a YAML document so that nothing is left of what a path leads to. */

import type { Place } from '../places.ts';
import { MASK } from '../rules.ts';
import { findInYaml, isMerge } from './yaml-find.ts';
import { JSON_MASK } from './yaml-json.ts';
import { MASK_AS_TEXT } from './yaml-parse.ts';
import { textOf, type YamlNode, type YamlTree } from './yaml-tree.ts';

/** `text` takes the place of what stands from `start` up to, not with, `end`. */
export interface YamlChange extends Place {
  readonly text: string;
}

/** What masks a YAML value. Unquoted it would be an alias. */
const YAML_MASK = `'${MASK}'`;

/**
 * The changes, in the order of the text; they do not overlap.
 *
 * A value that is reached through an alias or a merged map is masked at its anchor, so everywhere. An anchor on a masked value
 * stays, on the mask. What was an alias of something inside of it would be an alias of nothing, and is masked too.
 *
 * @param text That the tree is of.
 */
export function changesInYaml(
  text: string,
  tree: YamlTree,
  steps: readonly string[],
): readonly YamlChange[] {
  const found = [...findInYaml(tree.root, steps)].filter((node) => !isMask(text, node));
  const masked = outermost(found).map((node) => ({ node, change: maskOf(text, node) }));
  const orphans = masked.length === 0 ? [] : orphansOf(tree, masked);
  return [...masked.map(({ change }) => change), ...orphans].toSorted(
    (one, other) => one.start - other.start,
  );
}

/** Whatever its quotes; other rules write it without. */
function isMask(text: string, node: YamlNode): boolean {
  const { token, end } = node;
  return (
    token !== undefined &&
    textOf(node).trim() === MASK_AS_TEXT &&
    text.slice(token.offset, end).includes(MASK)
  );
}

function outermost(nodes: readonly YamlNode[]): readonly YamlNode[] {
  let end = -1;
  return nodes
    .toSorted((one, other) => one.start - other.start || other.end - one.end)
    .filter((node) => {
      if (node.start < end) return false;
      end = Math.max(end, node.end);
      return true;
    });
}

function maskOf(text: string, node: YamlNode): YamlChange {
  const start = startOf(text, node);
  const end = endOf(text, node, start);
  const anchor = node.anchor === undefined ? '' : `&${node.anchor} `;
  if (isJsonLike(node)) return { start, end, text: `${anchor}${JSON_MASK}` };
  const { sign = '' } = node.place;
  const space = sign !== '' || /[:-]/.test(text.charAt(start - 1)) ? ' ' : '';
  return { start, end, text: `${sign}${space}${anchor}${YAML_MASK}` };
}

const LINE_END = /[\r\n\x85\u2028\u2029]/;

/** A value that begins on a line of its own moves up: a list may stand in the column of its key, a text may not. */
function startOf(text: string, { kind, anchor, start, place }: YamlNode): number {
  const isMoved =
    kind === 'empty' ? anchor === undefined : LINE_END.test(text.slice(place.after, start));
  return isMoved ? place.after : start;
}

function endOf(text: string, node: YamlNode, start: number): number {
  let end = Math.max(start, node.end);
  while (end > start && /\s/.test(text.charAt(end - 1))) end -= 1;
  return node.isBlock ? endWithComments(text, end, node.place.indent) : end;
}

/** In brackets and with a double-quoted key, as in JSON: it stays JSON. */
function isJsonLike({ kind, place }: YamlNode): boolean {
  return (
    kind !== 'empty' && place.indent === -1 && place.key?.token?.type === 'double-quoted-scalar'
  );
}

/** A comment on the last line of a block, and those below that are indented more than its key, are part of it. */
function endWithComments(text: string, blockEnd: number, indent: number): number {
  const line = /([ \t]*)(#[^\r\n]*)?\r?(?:\n|$)/y;
  line.lastIndex = blockEnd;
  let end = blockEnd;
  let isLastLine = true;
  for (let match = line.exec(text); match !== null; match = line.exec(text)) {
    const [, space = '', comment] = match;
    if (comment !== undefined && !isLastLine && space.length <= indent) break;
    if (comment !== undefined) end = match.index + space.length + comment.length;
    if (line.lastIndex >= text.length) break;
    isLastLine = false;
  }
  return end;
}

interface Masked {
  readonly node: YamlNode;
  readonly change: YamlChange;
}

/** The aliases that mean something that is gone, and merges of what is a text by now. */
function orphansOf(tree: YamlTree, masked: readonly Masked[]): readonly YamlChange[] {
  const merges = mergedAliases(tree.root);
  return tree.aliases.flatMap((alias) => {
    const { target, start, end } = alias;
    if (target === undefined || maskAround(masked, alias) !== undefined) return [];
    const around = maskAround(masked, target);
    if (around === undefined || (around.node === target && !merges.has(alias))) return [];
    return [{ start, end, text: merges.has(alias) ? '{}' : YAML_MASK }];
  });
}

/** @param masked In the order of the text. */
function maskAround(masked: readonly Masked[], { start }: YamlNode): Masked | undefined {
  let low = 0;
  let high = masked.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((masked[middle]?.node.start ?? Infinity) <= start) low = middle + 1;
    else high = middle;
  }
  const candidate = masked[low - 1];
  if (candidate === undefined) return undefined;
  return start < candidate.change.end || start === candidate.node.start ? candidate : undefined;
}

function mergedAliases(root: YamlNode): ReadonlySet<YamlNode> {
  const aliases = new Set<YamlNode>();
  const open: YamlNode[] = [root];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    for (const { key, value } of node.entries) open.push(key, value);
    for (const item of node.items) open.push(item);
    const merged = node.entries.filter(isMerge).flatMap(({ value }) => [value, ...value.items]);
    for (const alias of merged) if (alias.kind === 'alias') aliases.add(alias);
  }
  return aliases;
}
