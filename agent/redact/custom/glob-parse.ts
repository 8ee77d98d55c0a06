/** A glob's text, made into the states of a machine that reads a path one character at a time. */

/** Characters, as pairs of code points, both included. */
export interface GlobSet {
  readonly ranges: ReadonlyArray<readonly [low: number, high: number]>;
  readonly isNegated: boolean;
}

/** The state after the last one is the end of the glob. */
export type GlobState =
  | { readonly kind: 'one' | 'run'; readonly set: GlobSet }
  /** Goes on at each of the targets, all of them behind this state. */
  | { readonly kind: 'fork'; readonly targets: readonly number[] };

const ANY: GlobSet = { ranges: [], isNegated: true };
const NO_SLASH: GlobSet = { ranges: [[0x2f, 0x2f]], isNegated: true };

interface Fork {
  readonly kind: 'fork';
  readonly targets: number[];
}

interface Group {
  readonly fork: Fork;
  /** At the ends of its alternatives; each still lacks its target, which is what follows the group. */
  readonly exits: Fork[];
}

interface Draft {
  readonly characters: readonly string[];
  /** Index of the next character. */
  at: number;
  readonly states: GlobState[];
  /** Open `{`, outermost first. */
  readonly groups: Group[];
}

/**
 * The states in the order of the text. As in gobwas: a `{` may stay open up to the end, a lone `\` at the end is nothing, and
 * `}` and `,` outside of groups and `]` outside of sets are themselves.
 *
 * @throws {SyntaxError} See `compileGlob`.
 */
export function parseGlob(pattern: string): readonly GlobState[] {
  const draft: Draft = { characters: Array.from(pattern), at: 0, states: [], groups: [] };
  const unreadable = draft.characters.findIndex((character) => /[\0\uFFFD\p{Cs}]/u.test(character));
  if (unreadable !== -1) fail(draft, unreadable, 'a character that cannot be read');
  while (draft.at < draft.characters.length) parseNext(draft);
  while (draft.groups.length > 0) closeGroup(draft);
  return draft.states;
}

function parseNext(draft: Draft): void {
  const character = draft.characters[draft.at] ?? '';
  draft.at += 1;
  switch (character) {
    case '*':
      pushRun(draft);
      return;
    case '?':
      draft.states.push({ kind: 'one', set: NO_SLASH });
      return;
    case '[':
      draft.states.push({ kind: 'one', set: parseSet(draft) });
      return;
    case '{':
      openGroup(draft);
      return;
    case '\\':
      pushEscaped(draft);
      return;
    default:
      parseInGroup(draft, character);
  }
}

function pushRun(draft: Draft): void {
  const isSuper = draft.characters[draft.at] === '*';
  if (isSuper) draft.at += 1;
  draft.states.push({ kind: 'run', set: isSuper ? ANY : NO_SLASH });
}

/** A `\` at the end stands for nothing. */
function pushEscaped(draft: Draft): void {
  const character = draft.characters[draft.at];
  if (character !== undefined) pushCharacter(draft, character);
  draft.at += 1;
}

/** `,` and `}` mean something in a group only. */
function parseInGroup(draft: Draft, character: string): void {
  const group = draft.groups.at(-1);
  if (character === ',' && group !== undefined) {
    endAlternative(draft, group);
    group.fork.targets.push(draft.states.length);
  } else if (character === '}' && group !== undefined) {
    closeGroup(draft);
  } else {
    pushCharacter(draft, character);
  }
}

function openGroup(draft: Draft): void {
  const group: Group = { fork: { kind: 'fork', targets: [draft.states.length + 1] }, exits: [] };
  draft.states.push(group.fork);
  draft.groups.push(group);
}

function endAlternative(draft: Draft, group: Group): void {
  const exit: Fork = { kind: 'fork', targets: [] };
  draft.states.push(exit);
  group.exits.push(exit);
}

function closeGroup(draft: Draft): void {
  const group = draft.groups.pop();
  if (group === undefined) return;
  endAlternative(draft, group);
  for (const exit of group.exits) exit.targets.push(draft.states.length);
}

function pushCharacter(draft: Draft, character: string): void {
  const codePoint = character.codePointAt(0) ?? 0;
  draft.states.push({ kind: 'one', set: { ranges: [[codePoint, codePoint]], isNegated: false } });
}

/** Either one range or a list of characters, never both; `\` means something in the list only. */
function parseSet(draft: Draft): GlobSet {
  const { characters } = draft;
  const isNegated = characters[draft.at] === '!';
  if (isNegated) draft.at += 1;
  const ranges = characters[draft.at + 1] === '-' ? [parseRange(draft)] : parseList(draft);
  if (draft.at >= characters.length) fail(draft, draft.at, 'a [ without its ]');
  if (characters[draft.at] !== ']') fail(draft, draft.at, 'a ] must follow the range');
  draft.at += 1;
  return { ranges, isNegated };
}

function parseRange(draft: Draft): readonly [low: number, high: number] {
  const low = draft.characters[draft.at]?.codePointAt(0) ?? 0;
  const high = draft.characters[draft.at + 2]?.codePointAt(0);
  if (high === undefined) fail(draft, draft.at + 2, 'a [ without its ]');
  if (high < low) fail(draft, draft.at, 'the range is upside down');
  draft.at += 3;
  return [low, high];
}

function parseList(draft: Draft): GlobSet['ranges'] {
  const ranges: Array<readonly [number, number]> = [];
  while (draft.at < draft.characters.length && draft.characters[draft.at] !== ']') {
    if (draft.characters[draft.at] === '\\') draft.at += 1;
    const codePoint = draft.characters[draft.at]?.codePointAt(0);
    if (codePoint !== undefined) ranges.push([codePoint, codePoint]);
    draft.at += 1;
  }
  const isEmpty = ranges.length === 0 && draft.at < draft.characters.length;
  if (isEmpty) fail(draft, draft.at, 'an empty set');
  return ranges;
}

function fail(draft: Draft, index: number, problem: string): never {
  const glob = draft.characters.join('');
  throw new SyntaxError(`glob ${JSON.stringify(glob)}: ${problem}, at character ${index + 1}`);
}
