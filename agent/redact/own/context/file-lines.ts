/** The lines of one file, and what they wait for on the lines behind them. */

import { atRest } from '../../at-rest.ts';
import type { OnHidden } from '../../rules.ts';
import { ANY_COMMAND } from './commands/command-words.ts';
import type { ContextRule } from './context-rule.ts';
import { continueLine, findPending, isPendingFindings, type PendingFindings } from './continued.ts';
import {
  applyEdits,
  type Findings,
  NO_FINDINGS,
  type Pending,
  type PendingContainer,
} from './edits.ts';
import { undressed } from './undressed.ts';

/** Turns until nothing changes. A line that changes even in the last is hidden whole, so that each result is at rest. */
const MAX_TURNS = 6;

/** More than stand in a pair: a value's line is only sought on the one that is given. */
const MAX_LINES = 1000;

/** A value begins, of which the lines below are a part: the mask has taken, or takes, the place of all of it. */
const BEGUN_VALUE: ReadonlySet<Pending['kind'] | undefined> = new Set(['block', 'plain', 'quoted']);

interface Waiting {
  readonly rule: ContextRule;
  readonly pending: Pending;
}

interface WaitingContainer {
  readonly rule: ContextRule;
  readonly container: PendingContainer;
}

/** A rule, and what a line must hold for it. */
export interface Guarded {
  readonly rule: ContextRule;
  readonly guard: RegExp;
}

/** The lines of one file, from the first to the last. */
export class FileLines {
  readonly #rules: readonly Guarded[];
  readonly #onHidden: OnHidden;
  readonly #named: ContextRule | undefined;
  /** What a second look at the lines would wait for, to which they are masked. */
  #waiting: Waiting | undefined;
  /** Beside it: a container whose arguments may follow. */
  #container: WaitingContainer | undefined;
  /** A value that goes on: what is masked does not tell. */
  #value: Waiting | undefined;
  #endsInBrace = false;

  constructor(rules: readonly Guarded[], onHidden: OnHidden) {
    this.#rules = rules;
    this.#onHidden = onHidden;
    this.#named = rules.find(({ rule }) => rule.findsPairs === true)?.rule;
  }

  /** Whether the next line must go through `redact`. */
  get isWaiting(): boolean {
    return (
      this.#waiting !== undefined || this.#value !== undefined || this.#container !== undefined
    );
  }

  /** Whether the last line was the name of a pair. */
  get endsInName(): boolean {
    const pending = this.#waiting?.pending;
    return pending?.kind === 'pair' && pending.lines === 0;
  }

  /** @returns Undefined: the line is gone, a mask on a line before stands for it too. */
  redact(line: string): string | undefined {
    const value = this.#value;
    this.#value = undefined;
    const rest = value === undefined ? line : this.#continueValue(line, value);
    return rest === undefined ? undefined : this.#redactRest(rest);
  }

  /** What is left of the line behind the value: all of it, if the value has ended before. */
  #continueValue(line: string, { rule, pending }: Waiting): string | undefined {
    if (isPendingFindings(pending) || pending.kind === 'array') return line;
    const continued = continueLine(line, pending);
    if (continued.isHidden) this.#onHidden(rule.name);
    if (continued.pending !== undefined) this.#value = { rule, pending: continued.pending };
    return continued.line;
  }

  /** What the line becomes says what it is to the lines before: so it is the same to a second look. */
  #redactRest(line: string): string {
    const waiting = this.#waiting;
    const container = this.#container;
    const look = (before: string): string => {
      const after = this.#look(before, waiting);
      return after === before ? this.#lookInContainer(before, container) : after;
    };
    let seen: string | undefined;
    const text = atRest(line, MAX_TURNS, (before) => {
      seen = before;
      return look(before);
    });
    // Hidden whole.
    if (text !== seen) look(text);
    return text;
  }

  #look(line: string, waiting: Waiting | undefined): string {
    this.#waiting = undefined;
    this.#container = undefined;
    const text = this.#lookWith(line, waiting);
    if (BEGUN_VALUE.has(this.#pending?.kind)) {
      this.#value ??= this.#waiting;
      this.#waiting = undefined;
    }
    return text;
  }

  #lookWith(line: string, waiting: Waiting | undefined): string {
    if (waiting !== undefined && isPendingFindings(waiting.pending)) {
      return this.#lookBeside(line, waiting.rule, waiting.pending);
    }
    const continued = waiting === undefined ? line : this.#continue(line, waiting);
    return this.#isOwn() ? this.#turn(continued) : continued;
  }

  #lookInContainer(line: string, waiting: WaitingContainer | undefined): string {
    if (waiting === undefined) return line;
    const { rule } = waiting;
    const found = rule.continueContainer?.(line, waiting.container) ?? NO_FINDINGS;
    const { edits, pending, container } = found;
    if (container !== undefined) this.#container ??= { rule, container };
    if (pending !== undefined) this.#goOn(rule, pending);
    return this.#apply(line, rule, { edits });
  }

  #lookBeside(line: string, rule: ContextRule, pending: PendingFindings): string {
    const text = this.#turn(line);
    if (text !== line) return text;
    const { edits, pending: next } = findPending(line, pending);
    if (next !== undefined) this.#goOn(rule, next);
    return this.#apply(line, rule, { edits });
  }

  /** Of a command also behind an argument that has a name of its own. */
  #goOn(rule: ContextRule, next: Pending): void {
    const own = this.#waiting;
    if (own === undefined || isOf(next, own.pending)) this.#waiting = { rule, pending: next };
    else if (own.pending.kind === 'argument' && next.kind === 'command') {
      this.#waiting = { rule: own.rule, pending: { ...own.pending, within: next } };
    }
  }

  get #pending(): Pending | undefined {
    return this.#waiting?.pending;
  }

  /** Whether the line is also one for the rules: it is none of a value's. */
  #isOwn(): boolean {
    const pending = this.#pending;
    if (pending === undefined || isPendingFindings(pending)) return true;
    return pending.kind === 'pair' || pending.kind === 'nested';
  }

  #continue(line: string, { rule, pending }: Waiting): string {
    if (pending.kind === 'array') {
      return this.#apply(line, rule, rule.continueArray?.(line) ?? NO_FINDINGS);
    }
    if (isPendingFindings(pending)) return line;
    const continued = continueLine(line, pending);
    if (continued.isHidden) this.#onHidden(rule.name);
    if (continued.pending !== undefined) this.#waiting = { rule, pending: continued.pending };
    return continued.line ?? '';
  }

  #apply(line: string, rule: ContextRule, { edits, pending, container }: Findings): string {
    edits.forEach(() => this.#onHidden(rule.name));
    if (pending !== undefined && this.#mayReplace()) this.#waiting = { rule, pending };
    if (container !== undefined) this.#container = { rule, container };
    return applyEdits(line, edits);
  }

  #mayReplace(): boolean {
    const pending = this.#pending;
    if (pending === undefined || pending.kind === 'nested') return true;
    return pending.kind === 'pair' && pending.lines > 0;
  }

  #turn(line: string): string {
    let text = line;
    for (const { rule, guard } of this.#rules) {
      if (guard.test(text)) text = this.#apply(text, rule, rule.find(text));
    }
    return text === line ? this.#turnUndressed(line) : text;
  }

  /** Only what ends on the line: what waits for the next has been seen before. */
  #turnUndressed(line: string): string {
    const one = undressed(line);
    if (one === undefined) return line;
    for (const { rule, guard } of this.#rules) {
      const edits = guard.test(one.text) ? one.dress(rule.find(one.text).edits) : [];
      if (edits.length > 0) return this.#apply(line, rule, { edits });
    }
    return line;
  }

  /** Of the pair, if the last line was its name. */
  get #name(): string | undefined {
    const pending = this.#pending;
    return pending?.kind === 'pair' && pending.lines === 0 ? pending.name : undefined;
  }

  /** A line whose pair's name comes, or may come, on the next one. */
  redactEarly(line: string, isPair: boolean): string {
    if (!isPair || this.#named === undefined) return line;
    const pending = { kind: 'pair', column: 0, lines: MAX_LINES, name: this.#name } as const;
    const continued = continueLine(line, pending);
    if (continued.isHidden) this.#onHidden(this.#named.name);
    return continued.line ?? line;
  }

  /** Whether the line is the first in its object. */
  opensPair(line: string, before: string | undefined): boolean {
    if (!line.includes('"')) return true;
    return before === undefined ? this.#endsInBrace : endsInBrace(before);
  }

  endPiece(piece: string): void {
    this.#endsInBrace = endsInBrace(piece.slice(-64));
  }
}

/** A row of a table, or an INSERT's columns, may look like the first row of another, and an argument is one of the command that is known. */
function isOf(known: Pending, own: Pending): boolean {
  if (own.kind === 'rows') return ['rows', 'insert', 'values'].includes(known.kind);
  return own.kind === 'command' && own.command === ANY_COMMAND && known.kind === 'command';
}

function endsInBrace(line: string): boolean {
  return line.trimEnd().endsWith('{');
}
