/** Lines in which a secret goes on that a line before them has begun. */

import { MASK } from '../../rules.ts';
import { continueCommand } from './commands/command-lines.ts';
import { applyEdits, type Edit, type Findings, type Pending } from './edits.ts';
import { isPinName } from './env-names.ts';
import { secondOnLine } from './fields/field-elements.ts';
import { readValue } from './fields/field-value.ts';
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

const VALUE_LINE = /^([ \t]*(?:-[ \t]+)?)(\\*["']?)(?:value|default|val)\\*["']?[ \t]*[:=][ \t]*/i;
/** `"optional": true,` and the like, and comments. */
const BETWEEN_LINE =
  /^[ \t]*(?:#|\\*["']?(?!(?:name|key|value\w{1,8})\b)[\w.]{1,40}\\*["']?[ \t]*[:=][ \t]*[^ \t{[])/i;
const MAX_BETWEEN_LINES = 4;

function continuePair(line: string, pending: Extract<Pending, { kind: 'pair' }>): Continued {
  const match = VALUE_LINE.exec(line);
  const xml = XML_VALUE_LINE.exec(line);
  if (xml !== null) return hideXml(line, xml);
  if (match === null) {
    const lines = pending.lines + 1;
    const isBetween = lines <= MAX_BETWEEN_LINES && BETWEEN_LINE.test(line);
    const isOfPair = isBetween && line.search(/[^ \t]/) === pending.column;
    return unchanged(line, isOfPair ? { ...pending, lines } : undefined);
  }
  const [opening = '', indent = '', quote = ''] = match;
  return hideValue(line, { at: opening.length, indent: indent.length, quote, name: pending.name });
}

const NESTED_VALUE = /^([ \t]*)(\\*["']?)(?:value|default|data)\\*["']?[ \t]*:[ \t]*(?=[^ \t])/i;

const XML_VALUE_LINE = /^([ \t]*<(?:value|string)>)([^<]+)<\//;

function hideXml(line: string, [, opening = '', value = '']: RegExpExecArray): Continued {
  if (isKept(value)) return unchanged(line);
  const edit = { start: opening.length, end: opening.length + value.length, text: MASK };
  return { line: applyEdits(line, [edit]), pending: undefined, isHidden: true };
}

type PendingArgument = Extract<Pending, { kind: 'argument' }>;

type PendingNested = Extract<Pending, { kind: 'nested' }>;

function continueNested(line: string, pending: PendingNested): Continued {
  const { name } = pending;
  const column = indentOf(line);
  const later: PendingNested = { ...pending, isFirst: false };
  if (/^[ \t]*(?:#|\r?$)/.test(line)) return unchanged(line, pending);
  const isElement = line.startsWith('- ', column);
  if (column < pending.column + (isElement ? 0 : 1)) return unchanged(line);
  const match = NESTED_VALUE.exec(line);
  if (match !== null) {
    return hideValue(line, { at: match[0].length, indent: column, quote: match[2] ?? '', name });
  }
  if (isElement) return continueElement(line, column, later);
  if (OWN_NAME.test(line) || !pending.isFirst) return unchanged(line, later);
  return hideValue(line, { at: column, indent: pending.column, quote: '', name });
}

/** Of a list of texts; a list of objects is none of secrets. */
function continueElement(line: string, column: number, pending: PendingNested): Continued {
  const at = column + line.slice(column).search(/[^ -]|$/);
  if (at >= line.length || OWN_NAME.test(line.slice(at)) || /^[[{]/.test(line.slice(at, at + 1))) {
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
  { at, indent, quote, name }: ContinuedValue,
): Continued & { readonly line: string } {
  const value = readValue(line, {
    at,
    keyQuote: quote === '' ? undefined : asQuote(quote),
    isLineStart: true,
    isYaml: quote === '',
    indent,
    isPin: name !== undefined && isPinName(name),
    isInDouble: false,
    isInSingle: false,
    stringRun: undefined,
    lineEnd: line.trimEnd().length,
  });
  if (value === undefined || !isOf(name, line, value.edit)) {
    return { line, pending: undefined, isHidden: false };
  }
  const edits = value.edit === undefined ? [] : [value.edit];
  return asContinued(line, { edits, pending: value.pending });
}

function isOf(name: string | undefined, line: string, edit: Edit | undefined): boolean {
  if (name === undefined || edit === undefined) return true;
  return mayBeSecret(name, line.slice(edit.start, edit.end));
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
