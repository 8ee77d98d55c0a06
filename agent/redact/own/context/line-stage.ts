/** Takes the lines of a file through the rules: only those that one of the rules could change. */

import { atRest } from '../../at-rest.ts';
import { lineEndAt } from '../../lines.ts';
import type { OnHidden, TextRedactor } from '../../rules.ts';
import type { ContextRule } from './context-rule.ts';
import {
  continueLine,
  findPending,
  isEarlyValue,
  isPendingFindings,
  isReversedPair,
  type PendingFindings,
} from './continued.ts';
import { applyEdits, type Findings, NO_FINDINGS, type Pending } from './edits.ts';
import { type Prefilter, prefilter } from './prefilter.ts';
import { undressed } from './undressed.ts';

/** Turns until nothing changes. A line that changes even in the last is hidden whole, so that each result is at rest. */
const MAX_TURNS = 6;

/** More than stand in a pair: a value's line is only sought on the one that is given. */
const MAX_LINES = 1000;

/** A value begins that the mask has already taken the place of. */
const WITHIN_VALUE: ReadonlySet<Pending['kind'] | undefined> = new Set([
  'array',
  'block',
  'plain',
  'quoted',
]);

interface Waiting {
  readonly rule: ContextRule;
  readonly pending: Pending;
}

export function lineStage(rules: readonly ContextRule[]): (onHidden: OnHidden) => TextRedactor {
  const guarded = rules.map((rule) => ({ rule, guard: new RegExp(rule.needed, 'i') }));
  const seedsIn = prefilter(rules.flatMap((rule) => rule.seeds));
  return (onHidden) => {
    const lines = new Lines(guarded, onHidden);
    return { redact: (piece) => redactPiece(piece, lines, seedsIn(piece)) };
  };
}

function redactPiece(piece: string, lines: Lines, nextSeed: Prefilter): string {
  const output = new Output(piece);
  let knownTo = 0;
  while (knownTo < piece.length) {
    const start = lines.isWaiting ? knownTo : nextLine(piece, knownTo, nextSeed);
    if (start === -1) break;
    const end = lineEndAt(piece, start);
    const next = Math.min(end + 1, piece.length);
    const line = piece.slice(start, end);
    const text = lines.redact(line);
    if (lines.endsInName) {
      output.changeBefore(start, (before) =>
        lines.redactEarly(before, isReversedPair(before, line)),
      );
    }
    output.put({ start, end, next, text });
    knownTo = next;
  }
  // The name of a pair may stand on the line that is not there yet.
  output.changeBefore(piece.length, (last, before) =>
    lines.redactEarly(last, isEarlyValue(last) && lines.opensPair(last, before)),
  );
  lines.endPiece(piece);
  return output.text();
}

/** Start of the next line that a rule may change, or -1. */
function nextLine(piece: string, from: number, nextSeed: Prefilter): number {
  const at = nextSeed(from);
  return at < 1 ? at : Math.max(from, piece.lastIndexOf('\n', at - 1) + 1);
}

interface Guarded {
  readonly rule: ContextRule;
  readonly guard: RegExp;
}

/** The lines of one file, from the first to the last. */
class Lines {
  readonly #rules: readonly Guarded[];
  readonly #onHidden: OnHidden;
  readonly #named: ContextRule | undefined;
  #waiting: Waiting | undefined;
  /** What is waited for since a line before. */
  #carried: Waiting | undefined;
  #endsInBrace = false;

  constructor(rules: readonly Guarded[], onHidden: OnHidden) {
    this.#rules = rules;
    this.#onHidden = onHidden;
    this.#named = rules.find(({ rule }) => rule.findsPairs === true)?.rule;
  }

  /** Whether the next line must go through `redact`. */
  get isWaiting(): boolean {
    return this.#waiting !== undefined;
  }

  /** Whether the last line was the name of a pair. */
  get endsInName(): boolean {
    const pending = this.#waiting?.pending;
    return pending?.kind === 'pair' && pending.lines === 0;
  }

  /** @returns Undefined: the line is gone, a mask on a line before stands for it too. */
  redact(line: string): string | undefined {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    this.#carried = undefined;
    if (waiting !== undefined && isPendingFindings(waiting.pending)) {
      return this.#redactBeside(line, waiting.rule, waiting.pending);
    }
    const continued = waiting === undefined ? line : this.#continue(line, waiting);
    if (continued === undefined) return continued;
    this.#carried = this.#waiting;
    return this.#isOwn() ? atRest(continued, MAX_TURNS, this.#turn) : continued;
  }

  /** What the line becomes of itself says what it is to the lines before: so it is the same to a second look. */
  #redactBeside(line: string, rule: ContextRule, pending: PendingFindings): string {
    const text = atRest(line, MAX_TURNS, (before) => {
      const after = this.#turn(before);
      if (after !== before) return after;
      const { edits } = findPending(before, pending);
      return this.#apply(before, rule, { edits });
    });
    const next = findPending(text, pending).pending;
    if (next !== undefined) this.#goOn(rule, next);
    return text;
  }

  /** Of a command also behind an argument that has a name of its own. */
  #goOn(rule: ContextRule, next: Pending): void {
    const own = this.#waiting;
    if (own === undefined) this.#waiting = { rule, pending: next };
    else if (own.pending.kind === 'argument' && next.kind === 'command') {
      this.#waiting = { rule: own.rule, pending: { ...own.pending, within: next } };
    }
  }

  /** Whether the line is also one for the rules: it is none of a value's. */
  #isOwn(): boolean {
    const pending = this.#waiting?.pending;
    if (pending === undefined || isPendingFindings(pending)) return true;
    return pending.kind === 'pair' || pending.kind === 'nested';
  }

  #continue(line: string, { rule, pending }: Waiting): string | undefined {
    if (pending.kind === 'array') {
      const findings = rule.continueArray?.(line) ?? NO_FINDINGS;
      return this.#apply(line, rule, findings);
    }
    if (isPendingFindings(pending)) return line;
    const continued = continueLine(line, pending);
    if (continued.isHidden) this.#onHidden(rule.name);
    if (continued.pending !== undefined) this.#waiting = { rule, pending: continued.pending };
    return continued.line;
  }

  #apply(line: string, rule: ContextRule, { edits, pending }: Findings): string {
    edits.forEach(() => this.#onHidden(rule.name));
    if (pending !== undefined && this.#mayReplace()) this.#waiting = { rule, pending };
    return applyEdits(line, edits);
  }

  /** If not, what is waited for is found again on the line as it is. */
  #isWithinValue(): boolean {
    return WITHIN_VALUE.has(this.#waiting?.pending.kind);
  }

  #mayReplace(): boolean {
    const pending = this.#waiting?.pending;
    if (pending === undefined || pending.kind === 'nested') return true;
    return pending.kind === 'pair' && pending.lines > 0;
  }

  readonly #turn = (line: string): string => {
    if (!this.#isWithinValue()) this.#waiting = this.#carried;
    let text = line;
    for (const { rule, guard } of this.#rules) {
      if (guard.test(text)) text = this.#apply(text, rule, rule.find(text));
    }
    return text === line ? this.#turnUndressed(line) : text;
  };

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
    const pending = this.#waiting?.pending;
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

function endsInBrace(line: string): boolean {
  return line.trimEnd().endsWith('{');
}

interface PutLine {
  readonly start: number;
  readonly end: number;
  /** Start of the line behind. */
  readonly next: number;
  readonly text: string | undefined;
}

/** What takes the place of a piece. The last line that was put may yet change. */
class Output {
  readonly #piece: string;
  #done = '';
  #copiedTo = 0;
  #last: PutLine | undefined;

  constructor(piece: string) {
    this.#piece = piece;
  }

  put(line: PutLine): void {
    this.#commit();
    this.#last = line;
  }

  /** Changes the line that ends before a place. */
  changeBefore(next: number, change: (line: string, before: string | undefined) => string): void {
    if (next < 2) return;
    const hasNewline = this.#piece[next - 1] === '\n';
    const end = hasNewline ? next - 1 : next;
    const start = end === 0 ? 0 : this.#piece.lastIndexOf('\n', end - 1) + 1;
    const isPut = this.#last?.next === next;
    const text = isPut ? this.#last?.text : this.#piece.slice(start, end);
    if (text === undefined) return;
    const changed = change(text, this.#lineBefore(start));
    if (changed === text) return;
    if (!isPut) this.#commit();
    this.#last = { start, end, next, text: changed };
  }

  #lineBefore(start: number): string | undefined {
    if (start === 0) return undefined;
    const from = start === 1 ? 0 : this.#piece.lastIndexOf('\n', start - 2) + 1;
    return this.#piece.slice(from, start - 1);
  }

  #commit(): void {
    if (this.#last === undefined) return;
    const { start, end, next, text } = this.#last;
    this.#last = undefined;
    if (text === this.#piece.slice(start, end)) return;
    this.#done += this.#piece.slice(this.#copiedTo, start) + (text ?? '');
    this.#copiedTo = text === undefined ? next : end;
  }

  text(): string {
    this.#commit();
    return this.#copiedTo === 0 ? this.#piece : this.#done + this.#piece.slice(this.#copiedTo);
  }
}
