/** Secrets on the lines below what says so: what `kubectl describe` prints of a ConfigMap, and cloud-init's `chpasswd`. */

import type { ContextRule } from './context-rule.ts';
import {
  addEdits,
  type Edit,
  type Findings,
  masked,
  NO_FINDINGS,
  type PendingContainer,
} from './edits.ts';
import { isKept } from './kept-values.ts';
import { closingQuote } from './quotes.ts';
import { isSecretColumn } from './tables/columns.ts';

/** What stands for the command of a container. */
const DESCRIBED = 'kubectl describe';
const CHPASSWD = 'chpasswd:';

/** More are not looked at. */
const MAX_LINES = 64;
const MAX_LENGTH = 16_384;

const HEADING = String.raw`([ \t]*)([\w.-]{1,253}):[ \t]*`;
/** The same in a string; then what ends its lines. */
const HEADING_IN_STRING = String.raw`(?:\\n|")([ ]{0,64})([\w.-]{1,253}):[ ]{0,8}(\\{1,7}n)(?=----|[ ])`;

export const SECTION_SECRET: ContextRule = {
  name: 'named-secret',
  needed: String.raw`^${HEADING}\r?$|:[ ]{0,8}\\{1,7}n(?:----|[ ])`,
  seeds: ['key', 'ken', 'cre[td]', 'pass', 'pwd'],
  find(line) {
    const [, indent, name] = IS_HEADING.exec(line) ?? [];
    return { edits: findInStrings(line), container: sectionOf(indent, name) };
  },
  continueContainer: continueSection,
};

const IS_HEADING = new RegExp(String.raw`^${HEADING}\r?$`);
const IN_STRING = new RegExp(HEADING_IN_STRING, 'g');

function sectionOf(indent = '', name = ''): PendingContainer | undefined {
  const column = indent.length;
  if (name === 'chpasswd') return { command: CHPASSWD, column, key: undefined, lines: 0 };
  if (column > 0 || !isSecretColumn(name)) return undefined;
  return { command: DESCRIBED, column, key: undefined, lines: 0 };
}

function findInStrings(line: string): readonly Edit[] {
  const edits: Edit[] = [];
  let walkedTo = 0;
  for (const { 0: match, 1: indent, 2: name, 3: newline = '', index } of line.matchAll(IN_STRING)) {
    const from = index + match.length;
    const section = from < walkedTo ? undefined : sectionOf(indent, name);
    if (section === undefined) continue;
    const walked = walkString(line, section, { newline, from });
    addEdits(edits, walked.edits);
    walkedTo = walked.to;
  }
  return edits;
}

interface StringLines {
  /** What ends a line. */
  readonly newline: string;
  readonly from: number;
}

interface WalkedString {
  readonly edits: readonly Edit[];
  readonly to: number;
}

function walkString(
  line: string,
  section: PendingContainer,
  { newline, from }: StringLines,
): WalkedString {
  const rest = line.slice(from, from + MAX_LENGTH);
  const closing = closingQuote(rest, 0, { mark: '"', run: newline.length - 2 });
  const edits: Edit[] = [];
  let container: PendingContainer | undefined = section;
  let at = from;
  for (const text of rest.slice(0, closing?.end).split(newline, MAX_LINES)) {
    if (container === undefined) break;
    const found = continueSection(text, container);
    for (const edit of found.edits) {
      edits.push({ ...edit, start: at + edit.start, end: at + edit.end });
    }
    container = found.container;
    at += text.length + newline.length;
  }
  return { edits, to: at };
}

/** The next line of a section. */
function continueSection(line: string, section: PendingContainer): Findings {
  const next = { ...section, lines: section.lines + 1 };
  if (next.lines > MAX_LINES) return NO_FINDINGS;
  return section.command === DESCRIBED ? continueDescribed(line, next) : continueUsers(line, next);
}

/** `----`, then the value up to an empty line. */
function continueDescribed(line: string, section: PendingContainer): Findings {
  const text = line.trimEnd();
  if (section.lines === 1) return { edits: [], container: text === '----' ? section : undefined };
  if (text === '') return NO_FINDINGS;
  return { edits: isKept(text) ? [] : [masked(0, text.length)], container: section };
}

/** `user:x`, below `list:`. */
function continueUsers(line: string, section: PendingContainer): Findings {
  const indent = line.search(/[^ \t\r]/);
  if (indent === -1) return { edits: [], container: section };
  if (indent <= section.column) return NO_FINDINGS;
  const text = line.slice(indent);
  if (/^["']?list["']?[ \t]*:/.test(text)) {
    return { edits: [], container: { ...section, key: indent } };
  }
  return isInList(text, indent, section.key)
    ? { edits: userEdits(line), container: section }
    : { edits: [], container: { ...section, key: undefined } };
}

function isInList(text: string, indent: number, key: number | undefined): boolean {
  if (key === undefined) return false;
  return indent > key || (indent === key && text.startsWith('-'));
}

const USER = /^([ \t]*(?:-[ \t]+)?["']?[\w.@-]{1,64}:)([^\r]*?)["']?[ \t]*\r?$/;

function userEdits(line: string): readonly Edit[] {
  const [, opening = '', password = ''] = USER.exec(line) ?? [];
  // `R` and `RANDOM`: cloud-init makes one.
  if (isKept(password) || /^R(?:ANDOM)?$/.test(password)) return [];
  return [masked(opening.length, opening.length + password.length)];
}
