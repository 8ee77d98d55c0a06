/** What a regular expression's match is replaced by. */

import { MASK } from '../rules.ts';

/** The mask, or the first of these groups that took part; 0 is the whole match. */
export type Part =
  | { readonly kind: 'mask' }
  | { readonly kind: 'group'; readonly groups: readonly number[] };

/**
 * Each group in turn: `mask` is hidden, `drop` left out, others stay; what is in no group goes.
 *
 * Of groups with one name, each gives the text of the first that took part, and a name that is a number means the group
 * with that number. Source: troubleshoot v0.133.0, getReplacementPattern, and Go's Regexp.Expand.
 *
 * @param names Of group 1 first; empty for a group without name.
 */
export function replacementOf(names: readonly string[]): readonly Part[] {
  return names.flatMap((name, index): Part[] => {
    if (name === '') return [{ kind: 'group', groups: [index + 1] }];
    if (name === 'mask') return [{ kind: 'mask' }];
    return name === 'drop' ? [] : [{ kind: 'group', groups: namedGroups(names, name) }];
  });
}

/** @param slots As in `Search`. */
export function expand(parts: readonly Part[], text: string, slots: ArrayLike<number>): string {
  let expanded = '';
  for (const part of parts) {
    expanded += part.kind === 'mask' ? MASK : textOfGroup(part.groups, text, slots);
  }
  return expanded;
}

function textOfGroup(groups: readonly number[], text: string, slots: ArrayLike<number>): string {
  for (const group of groups) {
    const start = slots[2 * group] ?? -1;
    if (start >= 0) return text.slice(start, slots[2 * group + 1]);
  }
  return '';
}

function namedGroups(names: readonly string[], name: string): readonly number[] {
  if (/^(?:0|[1-9]\d{0,8})$/.test(name)) return [Number(name)];
  return names.flatMap((other, index) => (other === name ? [index + 1] : []));
}
