/** Commands whose words have a line each, as in a Pod's `command` and `args`, and commands of a shell that go on behind a backslash. */

import { type Findings, maskedPlain, NO_FINDINGS, type PendingCommand } from '../edits.ts';
import { closingQuote, type Quote, quoteAt } from '../quotes.ts';
import { isAt } from '../sticky.ts';
import { walkList } from './command-lists.ts';
import { walkCommand } from './command-walk.ts';
import { ANY_COMMAND, commandNamed, isAnyFlag, secretFrom } from './command-words.ts';
import { continueModule, LOGIN_MODULE } from './jaas.ts';
import { placeAt } from './words.ts';

/** Further behind nothing is looked at. */
const MAX_LINES = 64;

interface ElementLine {
  readonly column: number;
  readonly start: number;
  readonly end: number;
  /** As YAML has it, without quotes. */
  readonly isPlain: boolean;
}

const OPENING = /^([ \t]*)(-[ \t]+)?/;
const ENDING = /[ \t]*\]?[ \t]*,?[ \t]*(?:#.*)?\r?$/y;

/** A line that is one text of a list. */
function elementLine(line: string): ElementLine | undefined {
  const [{ length: at } = '', { length: column } = '', dash] = OPENING.exec(line) ?? [];
  const quote = quoteAt(line, at);
  if (quote !== undefined) return quotedLine(line, quote, column);
  if (dash === undefined || at >= line.length) return undefined;
  const comment = line.indexOf(' #', at);
  const text = line.slice(at, comment === -1 ? line.length : comment).trimEnd();
  return { column, start: at, end: at + text.length, isPlain: true };
}

function quotedLine(line: string, quote: Quote, column: number): ElementLine | undefined {
  const closing = quote.run === 0 ? closingQuote(line, quote.end, quote) : undefined;
  if (closing === undefined || !isAt(ENDING, line, closing.after)) return undefined;
  return { column, start: quote.end, end: closing.end, isPlain: false };
}

/** What the lines behind a command's name are looked at for. */
export function commandOnLine(line: string): PendingCommand | undefined {
  const element = elementLine(line);
  if (element === undefined) return undefined;
  const { column } = element;
  const command = commandNamed(line.slice(element.start, element.end));
  if (command === undefined) return undefined;
  return { kind: 'command', command, flag: '', words: 0, form: 'lines', column };
}

/** What the line behind an argument is looked at for, whatever the command. */
export function argumentOnLine(line: string): PendingCommand | undefined {
  const element = elementLine(line);
  if (element === undefined) return undefined;
  const { column } = element;
  const flag = line.slice(element.start, element.end);
  if (!isAnyFlag(flag)) return undefined;
  return { kind: 'command', command: ANY_COMMAND, flag, words: 0, form: 'lines', column };
}

/** A command whose line ends in a backslash. */
export function shellCommand(command: string, flag: string): PendingCommand {
  return { kind: 'command', command, flag, words: 0, form: 'shell' };
}

/** The next line of such a command. */
export function continueCommand(line: string, pending: PendingCommand): Findings {
  const next = { ...pending, words: pending.words + 1 };
  if (next.words > MAX_LINES) return NO_FINDINGS;
  if (pending.command === LOGIN_MODULE) return continueModule(line, next);
  if (pending.form === 'shell') return continueShell(line, next);
  if (/^[ \t]*(?:#|\r?$)/.test(line)) return { edits: [], pending: next };
  return pending.form === 'flow' ? continueFlow(line, next) : continueLines(line, next);
}

function continueFlow(line: string, pending: PendingCommand): Findings {
  const { edits, flag, goesOn } = walkList(line, { ...pending, at: 0 });
  return { edits, pending: goesOn ? { ...pending, flag } : undefined };
}

function continueLines(line: string, pending: PendingCommand): Findings {
  const element = elementLine(line);
  if (element === undefined) return NO_FINDINGS;
  const { column } = element;
  if (column !== (pending.column ?? column)) return NO_FINDINGS;
  const { start, end, isPlain } = element;
  const word = line.slice(start, end);
  const from = secretFrom(pending.command, { flag: pending.flag, word });
  const edits = from === undefined ? [] : [maskedPlain(start + from, end, isPlain && from === 0)];
  // What follows an argument, and no command, is looked at alone.
  const goesOn = pending.command !== ANY_COMMAND;
  return { edits, pending: goesOn ? { ...pending, flag: word, column } : undefined };
}

function continueShell(line: string, pending: PendingCommand): Findings {
  const { command, flag } = pending;
  const walked = walkCommand(line, { command, flag, at: 0, isList: false, place: placeAt(line) });
  const { edits, goesOn } = walked;
  return { edits, pending: goesOn ? { ...pending, flag: walked.flag } : undefined };
}
