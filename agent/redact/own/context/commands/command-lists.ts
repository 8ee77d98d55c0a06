/** Commands in lists in brackets, and the `args` of a container that stand apart from its `command`. */

import {
  addEdit,
  type Edit,
  type Findings,
  masked,
  NO_FINDINGS,
  type PendingCommand,
  type PendingContainer,
} from '../edits.ts';
import { elementAt } from '../fields/field-nested.ts';
import { isAt } from '../sticky.ts';
import { secretFrom } from './command-words.ts';

/** More are not looked at. */
const MAX_WORDS = 64;
const MAX_LINES = 64;

interface ListPlace {
  readonly command: string;
  /** The word before. */
  readonly flag: string;
  readonly at: number;
}

interface WalkedList {
  readonly edits: readonly Edit[];
  readonly flag: string;
  /** The line ends in the list. */
  readonly goesOn: boolean;
  readonly after: number;
}

const GAP = /[ \t]{0,64},?[ \t]{0,64}/y;
const LINE_END = /[ \t]{0,64}(?:#.*)?\r?$/y;

/** The rest of a list, up to its `]`, the end of the line or what is no text. */
export function walkList(line: string, { command, at: from, ...before }: ListPlace): WalkedList {
  const edits: Edit[] = [];
  let { flag } = before;
  let at = from;
  for (let words = 0; words < MAX_WORDS; words += 1) {
    if (isAt(GAP, line, at)) at = GAP.lastIndex;
    if (isAt(LINE_END, line, at)) return { edits, flag, goesOn: true, after: at };
    const element = elementAt(line, at);
    if (element === undefined) break;
    const word = line.slice(element.start, element.end);
    const secret = secretFrom(command, { flag, word });
    if (secret !== undefined) addEdit(edits, masked(element.start + secret, element.end));
    flag = word;
    at = element.after;
  }
  return { edits, flag, goesOn: false, after: at };
}

const KEY = String.raw`\\{0,7}["']?command\\{0,7}["']?[ \t]{0,8}:[ \t]{0,8}`;
const PATH = String.raw`(?:[\w./-]{0,64}\/)?`;
/** Before a command that is a text of a list. */
const LIST_OPENING = new RegExp(String.raw`(?:^|[[,])[ \t]{0,64}\\{0,7}["']?${PATH}$`);
const COMMAND_OPENING = new RegExp(String.raw`^([ \t]*(?:- +)?)${KEY}\[[ \t]*["']?${PATH}$`);
/** The `args` come right before, since keys are in their order. */
const BEHIND_ARGS = new RegExp(
  String.raw`\][ \t]{0,8},[ \t]{0,8}${KEY}\[[ \t]{0,8}\\{0,7}["']?${PATH}$`,
);
const ARGS_KEY = /args\\{0,7}["']?[ \t]{0,8}:[ \t]{0,8}\[/y;
const BEFORE_ARGS = new RegExp(String.raw`[^{}[\]]{0,256}?${ARGS_KEY.source}`, 'y');
const TEXT_END = /\\{0,7}["']?(?=[ \t]{0,8}[,\]])/y;
const MAX_ARGS_LENGTH = 4096;
const MAX_OPENING_LENGTH = 256;

/** A command's name in a line. */
interface NamePlace {
  readonly command: string;
  readonly start: number;
  readonly end: number;
}

/** What a command that is the text of a list has for arguments, in its list and in one of the same object. */
export function findInList(line: string, { command, start, end }: NamePlace): Findings {
  const before = line.slice(Math.max(0, start - MAX_OPENING_LENGTH), start);
  if (!LIST_OPENING.test(before) || !isAt(TEXT_END, line, end)) return NO_FINDINGS;
  const list = walkList(line, { command, flag: '', at: TEXT_END.lastIndex });
  const edits = [
    ...argsBefore(line, { command, before, start }),
    ...list.edits,
    ...argsBehind(line, command, list.after),
  ];
  const pending = list.goesOn ? flowCommand(command, list.flag) : undefined;
  return { edits, pending, container: containerOf(line.slice(0, start), command) };
}

export function flowCommand(command: string, flag: string): PendingCommand {
  return { kind: 'command', command, flag, words: 0, form: 'flow' };
}

function containerOf(before: string, command: string): PendingContainer | undefined {
  const column = COMMAND_OPENING.exec(before)?.[1]?.length;
  return column === undefined ? undefined : { command, column, key: column, lines: 0 };
}

interface BehindArgs {
  readonly command: string;
  readonly before: string;
  readonly start: number;
}

function argsBefore(line: string, { command, before, start }: BehindArgs): readonly Edit[] {
  const opening = BEHIND_ARGS.exec(before);
  if (opening === null) return [];
  const end = start - before.length + opening.index;
  const from = Math.max(0, end - MAX_ARGS_LENGTH);
  const key = line.slice(from, end).lastIndexOf('args');
  if (key === -1 || !isAt(ARGS_KEY, line, from + key)) return [];
  const { edits, after } = walkList(line, { command, flag: '', at: ARGS_KEY.lastIndex });
  return after === end ? edits : [];
}

function argsBehind(line: string, command: string, listEnd: number): readonly Edit[] {
  if (line[listEnd] !== ']' || !isAt(BEFORE_ARGS, line, listEnd + 1)) return [];
  return walkList(line, { command, flag: '', at: BEFORE_ARGS.lastIndex }).edits;
}

/** The list of a container's `args`, in its lines or in brackets. */
const ARGS_LINE = /^([ \t]*)["']?args["']?[ \t]*:[ \t]*(?:(\[)|\r?$)/;

/** The next line of a container. */
export function continueContainer(line: string, container: PendingContainer): Findings {
  const next = { ...container, lines: container.lines + 1 };
  if (next.lines > MAX_LINES) return NO_FINDINGS;
  if (/^[ \t]*(?:#|\r?$)/.test(line)) return { edits: [], container: next };
  const args = ARGS_LINE.exec(line);
  return args !== null && isKeyOf(container, args[1] ?? '')
    ? argsOn(line, container.command, args)
    : { edits: [], container: inContainer(line, next) };
}

function isKeyOf({ key, column }: PendingContainer, { length: indent }: string): boolean {
  return key === undefined ? indent <= column : indent === key;
}

function argsOn(line: string, command: string, [opening, , bracket]: RegExpExecArray): Findings {
  const begun = flowCommand(command, '');
  if (bracket === undefined) return { edits: [], pending: { ...begun, form: 'lines' } };
  const { edits, flag, goesOn } = walkList(line, { command, flag: '', at: opening.length });
  return { edits, pending: goesOn ? { ...begun, flag } : undefined };
}

/** Undefined: the line is none of the container's. */
function inContainer(line: string, container: PendingContainer): PendingContainer | undefined {
  const { column, key } = container;
  const indent = line.search(/[^ \t]/);
  if (key !== undefined) return indent < key ? undefined : container;
  if (indent > column) return container;
  const isElement = /^[ \t]*(?:-[ \t]|["'][^:]*$)/.test(line);
  if (isElement) return indent === column ? container : undefined;
  return { ...container, key: indent };
}
