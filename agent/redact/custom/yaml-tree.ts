/** A YAML document as nodes that know where in the text they stand, and which node an alias means. */

import { CST } from 'yaml';

/** Offsets are into the text; nothing of it is copied. */
export interface YamlNode {
  readonly kind: 'map' | 'list' | 'scalar' | 'alias' | 'empty';
  /** Of its anchor or tag if it has one. */
  readonly start: number;
  /** Behind its last character; white space may be counted in. */
  readonly end: number;
  /** Without the `&`. */
  readonly anchor?: string;
  /** As written, but `!!str` for `!<tag:yaml.org,2002:str>`. */
  readonly tag?: string;
  /** Written by indentation: comments below may belong to it. */
  readonly isBlock: boolean;
  readonly place: YamlPlace;
  /** Of a scalar. */
  readonly token?: CST.FlowScalar | CST.BlockScalar;
  /** Of a map, in the order of the text. */
  readonly entries: readonly YamlEntry[];
  /** Of a list. */
  readonly items: readonly YamlNode[];
  /** What an alias stands for; missing where no anchor above has its name. */
  readonly target?: YamlNode;
}

export interface YamlEntry {
  readonly key: YamlNode;
  readonly value: YamlNode;
}

/** Where a node stands in what holds it. */
export interface YamlPlace {
  /** Behind the `:` or `-` before it. Of what has no such sign, where it starts itself. */
  readonly after: number;
  /** The column of the key or `-` it belongs to; -1 where columns mean nothing. */
  readonly indent: number;
  /** That it is the value of. */
  readonly key?: YamlNode;
  /** What must be written before a value that has no sign of its own yet. */
  readonly sign?: string;
}

export interface YamlTree {
  readonly root: YamlNode;
  /** In the order of the text. */
  readonly aliases: readonly YamlNode[];
}

interface Builder {
  readonly anchors: Map<string, YamlNode>;
  readonly aliases: YamlNode[];
}

type Collection = CST.BlockMap | CST.BlockSequence | CST.FlowCollection;
/** What is around a node, and the tokens before it. */
interface Frame {
  readonly tokens: readonly CST.SourceToken[];
  readonly place: YamlPlace;
}

/**
 * Recursive: a document that is nested very deeply overflows the stack, in the library before it does here.
 *
 * @throws {RangeError} On such a document.
 */
export function buildYamlTree(document: CST.Document): YamlTree {
  const builder: Builder = { anchors: new Map(), aliases: [] };
  const place = { after: document.offset, indent: -1 };
  const root = buildNode(builder, document.value, { tokens: document.start, place });
  return { root, aliases: builder.aliases };
}

/** The text of a scalar, as YAML reads it. */
export function textOf({ token }: YamlNode): string {
  return token === undefined ? '' : CST.resolveAsScalar(token, false, () => undefined).value;
}

function buildNode(builder: Builder, token: CST.Token | null | undefined, frame: Frame): YamlNode {
  const properties = readProperties(frame.tokens);
  const { place } = frame;
  const draft = { ...properties.names, place, isBlock: false, entries: [], items: [] };
  if (isEmpty(token)) {
    const start = properties.start ?? place.after;
    return register(builder, { ...draft, kind: 'empty', start, end: properties.end ?? start });
  }
  const start = properties.start ?? token.offset;
  const node = { ...draft, start, end: start };
  if (CST.isCollection(token)) return buildCollection(builder, node, token);
  if (token.type === 'alias') return buildAlias(builder, node, token);
  if (CST.isScalar(token)) return buildScalar(builder, node, token);
  // A token that is an error: what it holds has no meaning.
  return register(builder, { ...node, kind: 'empty' });
}

function buildScalar(
  builder: Builder,
  draft: Draft,
  token: CST.FlowScalar | CST.BlockScalar,
): YamlNode {
  const isBlock = token.type === 'block-scalar';
  const end = isBlock ? endOfBlockScalar(token) : token.offset + token.source.length;
  return register(builder, { ...draft, kind: 'scalar', end, isBlock, token });
}

type Draft = Omit<YamlNode, 'kind'>;

/** No value at all, or the empty one the parser makes behind a tag. */
function isEmpty(token: CST.Token | null | undefined): token is null | undefined {
  return token === null || token === undefined || (token.type === 'scalar' && token.source === '');
}

function register(builder: Builder, node: YamlNode): YamlNode {
  if (node.anchor !== undefined) builder.anchors.set(node.anchor, node);
  return node;
}

function buildAlias(builder: Builder, draft: Draft, token: CST.FlowScalar): YamlNode {
  const target = builder.anchors.get(token.source.slice(1));
  const end = token.offset + token.source.length;
  const alias: YamlNode = { ...draft, kind: 'alias', end, ...(target !== undefined && { target }) };
  builder.aliases.push(alias);
  return alias;
}

function buildCollection(builder: Builder, draft: Draft, token: Collection): YamlNode {
  const isMap =
    token.type === 'block-map' || (token.type === 'flow-collection' && token.start.source === '{');
  const entries: YamlEntry[] = [];
  const items: YamlNode[] = [];
  const node: YamlNode & { end: number } = {
    ...draft,
    kind: isMap ? 'map' : 'list',
    isBlock: token.type !== 'flow-collection',
    entries,
    items,
  };
  // Before its children: one of them may be an alias of this very node.
  register(builder, node);
  for (const item of token.items) {
    if (isMap && isEntry(item)) entries.push(buildEntry(builder, token, item));
    if (!isMap && isItem(token, item)) items.push(buildItem(builder, token, item));
  }
  node.end = token.type === 'flow-collection' ? endOfFlow(token, node) : endOfChildren(node);
  return node;
}

/** Else it is comments, or what stands behind the last comma. */
function isEntry({ start, key, sep, value }: CST.CollectionItem): boolean {
  return hasProperty(start) || !isNone(key) || sep !== undefined || value !== undefined;
}

function isItem(list: Collection, item: CST.CollectionItem): boolean {
  return list.type === 'block-seq'
    ? hasIndicator(item.start) || item.value !== undefined
    : isEntry(item);
}

function hasProperty(tokens: readonly CST.SourceToken[]): boolean {
  return tokens.some(
    ({ type }) => type === 'anchor' || type === 'tag' || type === 'explicit-key-ind',
  );
}

function hasIndicator(tokens: readonly CST.SourceToken[]): boolean {
  return tokens.some(({ type }) => type === 'seq-item-ind');
}

function isNone(token: CST.Token | null | undefined): token is null | undefined {
  return token === null || token === undefined;
}

function buildEntry(
  builder: Builder,
  map: Collection,
  { start, key, sep = [], value }: CST.CollectionItem,
): YamlEntry {
  const keyStart = key?.offset ?? sep[0]?.offset ?? endOf(start) ?? map.offset;
  const keyNode = buildNode(builder, key, {
    tokens: start,
    place: { after: keyStart, indent: -1 },
  });
  const place = placeOfValue(map, sep, keyNode);
  return { key: keyNode, value: buildNode(builder, value, { tokens: sep, place }) };
}

function placeOfValue(
  map: Collection,
  separator: readonly CST.SourceToken[],
  key: YamlNode,
): YamlPlace {
  const indent = map.type === 'block-map' ? map.indent : -1;
  const colon = separator.find(({ type }) => type === 'map-value-ind');
  if (colon !== undefined) return { after: colon.offset + colon.source.length, indent, key };
  return {
    after: key.end,
    indent,
    key,
    sign: indent === -1 ? flowSign(key) : `\n${' '.repeat(indent)}:`,
  };
}

/** A `:` right behind an anchor, a tag or an alias would be part of its name. */
function flowSign({ kind }: YamlNode): string {
  return kind === 'empty' || kind === 'alias' ? ' :' : ':';
}

function buildItem(builder: Builder, list: Collection, item: CST.CollectionItem): YamlNode {
  if (list.type === 'flow-collection') return buildFlowItem(builder, list, item);
  const dash = item.start.find(({ type }) => type === 'seq-item-ind');
  const after = dash === undefined ? list.offset : dash.offset + dash.source.length;
  return buildNode(builder, item.value, {
    tokens: item.start,
    place: { after, indent: list.indent },
  });
}

function buildFlowItem(
  builder: Builder,
  list: CST.FlowCollection,
  item: CST.CollectionItem,
): YamlNode {
  const { start, sep, value } = item;
  const isPair = sep !== undefined || start.some(({ type }) => type === 'explicit-key-ind');
  if (isPair) return buildPair(builder, list, item);
  const after = readProperties(start).start ?? value?.offset ?? endOf(start) ?? list.offset;
  return buildNode(builder, value, { tokens: start, place: { after, indent: -1 } });
}

/** `[key: value]`: a map that has no brackets of its own. */
function buildPair(builder: Builder, list: CST.FlowCollection, item: CST.CollectionItem): YamlNode {
  const entry = buildEntry(builder, list, item);
  const question = item.start.find(({ type }) => type === 'explicit-key-ind');
  const start = Math.min(question?.offset ?? Infinity, entry.key.start);
  const node = {
    start,
    end: 0,
    isBlock: false,
    place: { after: start, indent: -1 },
    entries: [entry],
    items: [],
  };
  return { ...node, kind: 'map', end: endOfChildren(node) };
}

function endOfChildren({
  start,
  entries,
  items,
}: Pick<YamlNode, 'start' | 'entries' | 'items'>): number {
  const entry = entries.at(-1);
  const last = entry === undefined ? items.at(-1) : entry.value;
  return Math.max(start, entry?.key.end ?? 0, last?.end ?? 0, last?.place.after ?? 0);
}

function endOfFlow({ end }: CST.FlowCollection, node: YamlNode): number {
  const closer = end.find(({ type }) => type === 'flow-map-end' || type === 'flow-seq-end');
  return closer === undefined ? endOfChildren(node) : closer.offset + closer.source.length;
}

function endOfBlockScalar({ offset, props, source }: CST.BlockScalar): number {
  const last = props.at(-1);
  return (
    (last === undefined || !('source' in last) ? offset : last.offset + last.source.length) +
    source.length
  );
}

function endOf(tokens: readonly CST.SourceToken[]): number | undefined {
  const last = tokens.at(-1);
  return last === undefined ? undefined : last.offset + last.source.length;
}

interface Properties {
  readonly start?: number;
  readonly end?: number;
  readonly names: { readonly anchor?: string; readonly tag?: string };
}

function readProperties(tokens: readonly CST.SourceToken[]): Properties {
  const anchor = tokens.find(({ type }) => type === 'anchor');
  const tag = tokens.find(({ type }) => type === 'tag');
  const found = tokens.filter(({ type }) => type === 'anchor' || type === 'tag');
  const [first] = found;
  if (first === undefined) return { names: {} };
  return {
    start: first.offset,
    end: endOf(found) ?? first.offset,
    names: {
      ...(anchor !== undefined && { anchor: anchor.source.slice(1) }),
      ...(tag !== undefined && { tag: tag.source.replace(/^!<tag:yaml\.org,2002:(.*)>$/, '!!$1') }),
    },
  };
}
