/** Takes lines through many stages, each line only through those that could change it. */

import { Parts } from '../parts.ts';
import { MASK, type OnHidden, type TextRedactor } from '../rules.ts';
import type { Stretch } from './line-sets.ts';
import { type LiteralFinder, literalFinder } from './literal-finder.ts';
import { type LineStage, literalsOf, type PairStage } from './stages.ts';

/** All line stages of a set of rules, with what finds the lines for them. */
export interface LineStages {
  /**
   * @param active Which of the stages are for the file; by index, 1 or 0.
   * @returns Keeps, between pieces, which stages wait for the second line of a pair.
   */
  open(active: Uint8Array, onHidden: OnHidden): TextRedactor;
}

interface Plan {
  readonly stages: readonly LineStage[];
  readonly finder: LiteralFinder;
  /** By stage: 1 where no literal tells which lines it has to see. */
  readonly seesAll: Uint8Array;
  /** By literal: the stages that need it. */
  readonly stagesOf: readonly (readonly number[])[];
}

const LINE_FEED = 0x0a;

export function lineStages(stages: readonly LineStage[]): LineStages {
  const stagesByLiteral = new Map<string, number[]>();
  for (const [index, stage] of stages.entries()) {
    for (const literal of literalsOf(stage) ?? []) {
      const indexes = stagesByLiteral.get(literal) ?? [];
      stagesByLiteral.set(literal, indexes);
      indexes.push(index);
    }
  }
  const finder = literalFinder([...stagesByLiteral.keys()]);
  const seesAll = Uint8Array.from(stages, (stage) => (literalsOf(stage) === undefined ? 1 : 0));
  const plan = { stages, finder, seesAll, stagesOf: [...stagesByLiteral.values()] };
  return { open: (active, onHidden) => ({ redact: opened(plan, active, onHidden) }) };
}

function opened(plan: Plan, active: Uint8Array, onHidden: OnHidden): (lines: string) => string {
  const redactor = lineRedactor(plan, active, onHidden);
  return (lines) => {
    const bytes = toBytes(lines);
    const parts = new Parts();
    let isChanged = false;
    let done = 0;
    let from = 0;
    while (from < bytes.length) {
      if (!redactor.isWaiting()) from = nextLine(plan.finder, bytes, from);
      if (from < 0) break;
      const end = bytes.indexOf(LINE_FEED, from);
      const to = end < 0 ? bytes.length : end;
      const redacted = redactor.redact({ bytes, from, to });
      if (redacted !== undefined) {
        parts.add(lines.slice(done, from), redacted);
        isChanged = true;
        done = to;
      }
      from = to + 1;
    }
    return isChanged ? parts.with(lines.slice(done)) : lines;
  };
}

/** New ones for each piece and each changed line would be most of the garbage. */
const scratch = Buffer.allocUnsafeSlow(256 * 1024);
const lineScratch = Buffer.allocUnsafeSlow(16 * 1024);

/** @returns Holds until the next piece is taken, of whatever file. */
function toBytes(lines: string): Buffer {
  if (lines.length > scratch.length) return Buffer.from(lines, 'latin1');
  return scratch.subarray(0, scratch.write(lines, 'latin1'));
}

/** @returns Holds until the next line is changed. */
function toStretch(line: string): Stretch {
  if (line.length > lineScratch.length) {
    return { bytes: Buffer.from(line, 'latin1'), from: 0, to: line.length };
  }
  lineScratch.write(line, 'latin1');
  return { bytes: lineScratch, from: 0, to: line.length };
}

/** Start of the next line with a literal, or -1. */
function nextLine(finder: LiteralFinder, bytes: Buffer, from: number): number {
  const end = finder.next(bytes, { from, to: bytes.length });
  return end < 0 ? -1 : bytes.lastIndexOf(LINE_FEED, end - 1) + 1;
}

interface LineRedactor {
  /** Whether the next line must be seen, whatever is in it. */
  isWaiting(): boolean;
  /** Undefined where nothing changes. */
  redact(line: Stretch): string | undefined;
}

/** Which stages a file's next line has to pass. */
interface Pass {
  readonly plan: Plan;
  readonly active: Uint8Array;
  /** Active stages that see every line; undefined: there is none. */
  readonly always: Uint8Array | undefined;
  /** Pairs whose selector matched the line before, and how many they are. */
  readonly pending: Uint8Array;
  pendingPairs: number;
  /** Stages that this line has still to pass, and the last of them. */
  readonly wanted: Uint8Array;
  lastWanted: number;
  readonly onHidden: OnHidden;
}

function lineRedactor(plan: Plan, active: Uint8Array, onHidden: OnHidden): LineRedactor {
  const always = plan.seesAll.map((seesAll, index) => seesAll & (active[index] ?? 0));
  const isForAll = always.includes(1);
  const pass: Pass = {
    plan,
    active,
    always: isForAll ? always : undefined,
    pending: new Uint8Array(plan.stages.length),
    pendingPairs: 0,
    wanted: new Uint8Array(plan.stages.length),
    lastWanted: -1,
    onHidden,
  };
  return {
    isWaiting: () => isForAll || pass.pendingPairs > 0,
    redact: (line) => redactLine(pass, line),
  };
}

function redactLine(pass: Pass, given: Stretch): string | undefined {
  const { wanted } = pass;
  let line = given;
  let text: string | undefined;
  const isLast = given.to === given.bytes.length;
  want(pass, line, 0);
  for (let index = 0; index <= pass.lastWanted; index++) {
    if (wanted[index] !== 1) continue;
    wanted[index] = 0;
    const changed = passStage(pass, line, index);
    if (changed === undefined) continue;
    text = changed;
    line = toStretch(changed);
    // The change may have brought the literals of later stages, or taken them away.
    wanted.fill(0, index + 1, pass.lastWanted + 1);
    pass.lastWanted = -1;
    // Without text and without line feed, there is no last line any more for the stages that follow.
    if (changed === '' && isLast) break;
    want(pass, line, index + 1);
  }
  pass.lastWanted = -1;
  return text;
}

/** Notes the stages, from `first` on, that the line has to pass. */
function want(pass: Pass, { bytes, from, to }: Stretch, first: number): void {
  const { plan, active, always, pending, pendingPairs, wanted } = pass;
  if (always !== undefined) {
    wanted.set(always.subarray(first), first);
    pass.lastWanted = wanted.length - 1;
  }
  let pair = pendingPairs > 0 ? pending.indexOf(1, first) : -1;
  for (; pair >= 0; pair = pending.indexOf(1, pair + 1)) wantOne(pass, pair);
  plan.finder.each(bytes, { from, to }, (literal) => {
    for (const index of plan.stagesOf[literal] ?? []) {
      if (index >= first && active[index] === 1) wantOne(pass, index);
    }
  });
}

function wantOne(pass: Pass, index: number): void {
  pass.wanted[index] = 1;
  if (index > pass.lastWanted) pass.lastWanted = index;
}

/** The changed line, if it is changed. */
function passStage(pass: Pass, line: Stretch, index: number): string | undefined {
  const stage = pass.plan.stages[index];
  if (stage === undefined) return undefined;
  const { name } = stage;
  if (stage.kind === 'pair') return passPair(pass, line, { stage, index });
  if (stage.kind === 'literal') return withoutValue(line, stage.value, () => pass.onHidden(name));
  return stage.expression.replace(line, () => pass.onHidden(name));
}

function passPair(
  pass: Pass,
  line: Stretch,
  { stage, index }: { readonly stage: PairStage; readonly index: number },
): string | undefined {
  if (pass.pending[index] === 1) {
    pass.pending[index] = 0;
    pass.pendingPairs--;
    return stage.redactor.replace(line, () => pass.onHidden(stage.name));
  }
  if (stage.selector.isIn(line)) {
    pass.pending[index] = 1;
    pass.pendingPairs++;
  }
  return undefined;
}

function withoutValue(
  { bytes, from, to }: Stretch,
  value: string,
  onHidden: () => void,
): string | undefined {
  const parts = bytes.toString('latin1', from, to).split(value);
  if (parts.length === 1) return undefined;
  for (let count = 1; count < parts.length; count++) onHidden();
  return parts.join(MASK);
}
