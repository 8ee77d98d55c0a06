/** Lines in which a secret goes on that a line before them has begun. */

import { MASK } from '../../rules.ts';
import { continueCommand } from './commands/command-lines.ts';
import { applyEdits, type Edit, type Findings, type Pending } from './edits.ts';
import { digitsOf, isWords } from './env-names.ts';
import { secondOnLine } from './fields/field-elements.ts';
import { readValue } from './fields/field-value.ts';
import { IN_ELEMENT } from './fields/field-xml.ts';
import { isMapSecret, isOnlyMap, isSecretKey, memberOnLine } from './fields/secret-maps.ts';
import { isKept } from './kept-values.ts';
import { closingQuote, type Quote, quoteAt } from './quotes.ts';
import { mayBeSecret } from './secret-names.ts';
import { continueAligned, continueRecord } from './tables/aligned-tables.ts';
import { continueInsert, continueValues } from './tables/sql.ts';
import { continueRows } from './tables/tables.ts';

/** What a line became. */
export interface Continued {
  /** Undefined: it is gone, since a line before it has the mask for both. */
  readonly line: string | undefined;
  readonly pending?: Pending | undefined;
  readonly isHidden: boolean;
}

/** @param line Without its `\n`. */
export function continueLine(
  line: string,
  pending: Exclude<Pending, PendingFindings | { kind: 'array' }>,
): Continued {
  switch (pending.kind) {
    case 'pair':
      return continuePair(line, pending);
    case 'nested':
      return continueNested(line, pending);
    case 'argument':
      return continueArgument(line, pending);
    case 'block':
      return continueBlock(line, pending);
    case 'plain':
      return continuePlain(line, pending);
    case 'quoted':
      break;
  }
  return continueQuoted(line, pending);
}

function unchanged(line: string, pending?: Pending): Continued {
  return { line, pending, isHidden: false };
}

/** What is found on a line beside what it says itself. */
export type PendingFindings = Extract<
  Pending,
  { kind: 'element' | 'command' | 'rows' | 'record' | 'insert' | 'values' }
>;

export function isPendingFindings(pending: Pending): pending is PendingFindings {
  return ['element', 'command', 'rows', 'record', 'insert', 'values'].includes(pending.kind);
}

export function findPending(line: string, pending: PendingFindings): Findings {
  switch (pending.kind) {
    case 'element':
      return secondOnLine(line, pending.name);
    case 'command':
      return continueCommand(line, pending);
    case 'rows':
      return pending.isAligned ? continueAligned(line, pending) : continueRows(line, pending);
    case 'record':
      return continueRecord(line, pending);
    case 'insert':
      return continueInsert(line, pending);
    case 'values':
      break;
  }
  return continueValues(line, pending.depth);
}

function asContinued(
  line: string,
  { edits, pending }: Findings,
): Continued & { readonly line: string } {
  return { line: applyEdits(line, edits), pending, isHidden: edits.length > 0 };
}

const VALUE_LINE =
  /^([ \t]*(?:-[ \t]+)?)(\\*["']?)(?:(?:parameter)?value|default|val)\\*["']?[ \t]*[:=][ \t]*/i;
/** `"optional": true,` and the like, and comments. */
const BETWEEN_LINE =
  /^[ \t]*(?:#|\\*["']?(?!(?:name|key|value\w{1,8})\b)[\w.]{1,40}\\*["']?[ \t]*[:=][ \t]*[^ \t{[])/i;
const MAX_BETWEEN_LINES = 4;

function continuePair(line: string, pending: Extract<Pending, { kind: 'pair' }>): Continued {
  const prefix = LOG_PREFIX.exec(line)?.[0] ?? '';
  const match = VALUE_LINE.exec(line.slice(prefix.length));
  const xml = XML_VALUE_LINE.exec(line);
  if (xml !== null) return hideXml(line, xml);
  if (match === null) {
    const lines = pending.lines + 1;
    const isOfPair = lines <= MAX_BETWEEN_LINES && isBetween(line, prefix, pending.column);
    return unchanged(line, isOfPair ? { ...pending, lines } : undefined);
  }
  const [opening = '', indent = '', quote = ''] = match;
  const at = prefix.length + opening.length;
  return hideValue(line, { at, indent: prefix.length + indent.length, quote, name: pending.name });
}

/** Comments and empty lines stand in any column. */
function isBetween(line: string, prefix: string, column: number): boolean {
  const rest = line.slice(prefix.length);
  if (/^[ \t]*(?:#|\r?$)/.test(rest)) return true;
  return BETWEEN_LINE.test(rest) && line.search(/[^ \t]/) === column;
}

/** Before each line of a log, as of `kubectl logs --timestamps`, of CRI and of Compose. */
const LOG_PREFIX =
  /^(?:[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9:.,]{8,20}(?:Z|[+-][0-9]{2}:?[0-9]{2})?(?: std(?:out|err) [FP])? ?|[\w.-]{1,64}[ \t]{0,32}\| ?)/;

const NESTED_VALUE = /^([ \t]*)(\\*["']?)(?:value|default|data)\\*["']?[ \t]*[:=][ \t]*(?=[^ \t])/i;

const XML_VALUE_LINE = /^([ \t]*<(?:value|string)>)([^<]+)<\//;

function hideXml(line: string, [, opening = '', value = '']: RegExpExecArray): Continued {
  if (isKept(value)) return unchanged(line);
  const edit = { start: opening.length, end: opening.length + value.length, text: MASK };
  return { line: applyEdits(line, [edit]), pending: undefined, isHidden: true };
}

type PendingArgument = Extract<Pending, { kind: 'argument' }>;

type PendingNested = Extract<Pending, { kind: 'nested' }>;

function continueNested(line: string, pending: PendingNested): Continued {
  if (pending.column === IN_ELEMENT) return continueText(line, pending);
  const column = indentOf(line);
  const later: PendingNested = { ...pending, isFirst: false, child: pending.child ?? column };
  if (/^[ \t]*(?:#|\r?$)/.test(line)) return unchanged(line, pending);
  const isElement = line.startsWith('- ', column);
  if (column < pending.column + (isElement ? 0 : 1)) return unchanged(line);
  if (isElement) return continueElement(line, column, later);
  return continueKey(line, column, later) ?? continueFirst(line, pending, later);
}

/** Lines of an element of XML, up to a tag or to what people read. */
function continueText(line: string, pending: PendingNested): Continued {
  const content = line.trim();
  if (content === '') return unchanged(line, pending);
  if (content.startsWith('<') || isWords(content)) return unchanged(line);
  if (isKept(content)) return unchanged(line, pending);
  return { line: line.replace(content, () => MASK), pending, isHidden: true };
}

/** Of the line's own key the name may say something. */
function continueKey(line: string, column: number, pending: PendingNested): Continued | undefined {
  const { name, child } = pending;
  const match = isOnlyMap(name) ? null : NESTED_VALUE.exec(line);
  if (match === null) return column === child ? continueMap(line, column, pending) : undefined;
  return hideValue(line, { at: match[0].length, indent: column, quote: match[2] ?? '', name });
}

/** The first line may be the value itself. */
function continueFirst(line: string, pending: PendingNested, later: PendingNested): Continued {
  const { name, isFirst, column } = pending;
  if (OWN_NAME.test(line) || !isFirst || isOnlyMap(name)) return unchanged(line, later);
  return hideValue(line, { at: indentOf(line), indent: column, quote: '', name });
}

/** A value right below a name that says what it is. */
function continueMap(line: string, indent: number, pending: PendingNested): Continued | undefined {
  const { name } = pending;
  const member = memberOnLine(line);
  if (member === undefined || !isSecretKey(name, member.key)) return undefined;
  const { key, quote, at } = member;
  const hidden = hideValue(line, {
    at,
    indent,
    quote,
    name,
    isValue: (value) => isMapSecret(name, key, value),
  });
  // To a second look, which has the mask, no value goes on: it waits for the next.
  return hidden.pending === undefined ? { ...hidden, pending } : hidden;
}

/** Of a list of texts; a list of objects is none of secrets. */
function continueElement(line: string, column: number, pending: PendingNested): Continued {
  const at = column + line.slice(column).search(/[^ -]|$/);
  if (
    at >= line.length ||
    isOnlyMap(pending.name) ||
    OWN_NAME.test(line.slice(at)) ||
    /^[[{]/.test(line.slice(at, at + 1))
  ) {
    return unchanged(line);
  }
  const hidden = hideValue(line, { at, indent: column, quote: '', name: pending.name });
  const isBlock = hidden.pending?.kind === 'block' || hidden.pending?.kind === 'quoted';
  return isBlock ? hidden : { ...hidden, pending };
}

function continueArgument(line: string, pending: PendingArgument): Continued {
  const [opening = '', dash] = /^[ \t]*(-[ \t]+)?/.exec(line) ?? [];
  const at = opening.length;
  const quote = quoteAt(line, at);
  const isElement = quote === undefined ? dash !== undefined : true;
  if (!isElement || line.startsWith('-', quote?.end ?? at)) return noArgument(line, pending);
  const { name, within } = pending;
  const hidden = hideValue(line, { at, indent: opening.length, quote: '', name });
  return within !== undefined && isDone(hidden) ? { ...hidden, pending: within } : hidden;
}

/** A plain text could go on below, but hardly does in the words of a command. */
function isDone({ pending }: Continued): boolean {
  return pending === undefined || pending.kind === 'plain';
}

function noArgument(line: string, { within }: PendingArgument): Continued {
  return within === undefined ? unchanged(line) : asContinued(line, continueCommand(line, within));
}

/** Whether the line is the first of a pair whose name comes second: `"value": "y",`, `- value: y`. */
export function isEarlyValue(line: string): boolean {
  const match = VALUE_LINE.exec(line);
  if (match === null) return false;
  return match[2] === '' ? (match[1] ?? '').includes('-') : /,[ \t\r]*$/.test(line);
}

/** Whether the two lines are a pair whose value comes first. */
export function isReversedPair(first: string, second: string): boolean {
  if (!isEarlyValue(first)) return false;
  const keyAt = first.search(/[^ \t-]/);
  return keyAt === indentOf(second) && second[keyAt] !== '-';
}

interface ContinuedValue {
  readonly at: number;
  readonly indent: number;
  readonly quote: string;
  readonly name: string | undefined;
  /** What the value must be. */
  readonly isValue?: (value: string) => boolean;
}

/** Twice: behind what quotes that do not match enclose there may be more, which a second look would take for the value. */
function hideValue(line: string, place: ContinuedValue): Continued {
  const once = hideOnce(line, place);
  if (!once.isHidden || once.pending !== undefined) return once;
  const twice = hideOnce(once.line, place);
  return twice.isHidden ? twice : once;
}

function hideOnce(
  line: string,
  { at, indent, quote, name, isValue }: ContinuedValue,
): Continued & { readonly line: string } {
  const value = readValue(line, {
    at,
    keyQuote: quote === '' ? undefined : asQuote(quote),
    isLineStart: true,
    isYaml: quote === '',
    indent,
    digits: digitsOf(name ?? ''),
    isInDouble: false,
    isInSingle: false,
    stringRun: undefined,
    lineEnd: line.trimEnd().length,
  });
  const isSecret = isValue ?? ((text: string) => name === undefined || mayBeSecret(name, text));
  if (value === undefined || !isOf(line, value.edit, isSecret)) {
    return { line, pending: undefined, isHidden: false };
  }
  const edits = value.edit === undefined ? [] : [value.edit];
  return asContinued(line, { edits, pending: value.pending });
}

function isOf(line: string, edit: Edit | undefined, isSecret: (value: string) => boolean): boolean {
  return edit === undefined || isSecret(line.slice(edit.start, edit.end));
}

function asQuote(text: string): Quote {
  return { start: 0, end: text.length, run: text.length - 1, mark: text.slice(-1) };
}

function continueBlock(line: string, pending: Extract<Pending, { kind: 'block' }>): Continued {
  const content = line.trim();
  if (content === '') return unchanged(line, pending);
  const indent = indentOf(line);
  if (indent <= pending.indent) return unchanged(line);
  const next: Pending = { ...pending, isHidden: true };
  if (pending.isHidden) return { line: undefined, pending: next, isHidden: false };
  if (isKept(content)) return unchanged(line, next);
  const end = line.endsWith('\r') ? '\r' : '';
  return { line: line.slice(0, indent) + MASK + end, pending: next, isHidden: true };
}

const OWN_NAME = /^[ \t]*(?:-(?:[ \t]|$)|["']?[\w./-]{1,128}["']?:(?:[ \t\r]|$)|#)/;

function continuePlain(line: string, pending: Extract<Pending, { kind: 'plain' }>): Continued {
  const isPart = line.trim() !== '' && indentOf(line) > pending.indent && !OWN_NAME.test(line);
  return isPart ? { line: undefined, pending, isHidden: false } : unchanged(line);
}

function continueQuoted(line: string, pending: Extract<Pending, { kind: 'quoted' }>): Continued {
  const indent = indentOf(line);
  if (line.trim() === '') return unchanged(line, pending);
  if (indent <= pending.indent) return unchanged(line);
  const closing = closingQuote(line, indent, pending);
  if (closing === undefined) return { line: undefined, pending, isHidden: false };
  return {
    line: line.slice(0, indent) + line.slice(closing.end),
    pending: undefined,
    isHidden: false,
  };
}

function indentOf(line: string): number {
  let indent = 0;
  while (line[indent] === ' ' || line[indent] === '\t') indent += 1;
  return indent;
}
