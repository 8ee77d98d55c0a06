/** Our rules that know a secret by its shape, wherever it stands. */

import { atRest } from '../../at-rest.ts';
import { lineEndAt } from '../../lines.ts';
import type { OnHidden, RuleSet, TextRedactor } from '../../rules.ts';
import { base64Shapes } from './base64.ts';
import { type Shape, shapesOf } from './find-shape.ts';
import { hide, seededIn } from './line-shape.ts';
import { openBlock, type PemBlock } from './pem-block.ts';
import { NOWHERE, type SeedFinder, seedFinder } from './seed-finder.ts';

interface ShapeRules {
  /** Of all rules: a line without any is as it should be, but in a private key. */
  readonly seeds: SeedFinder;
  readonly present: (line: string) => readonly Shape[];
  readonly hasPem: boolean;
}

/** @param names Of the rules that work; those of other sets are passed over. */
export function shapeRules(names: ReadonlySet<string>): RuleSet {
  const shapes = [...shapesOf(names), ...(names.has('base64-secret') ? base64Shapes() : [])];
  const seeds = seedFinder(shapes.flatMap((shape) => shape.seeds));
  const rules = {
    seeds,
    present: seededIn(shapes, seeds.twin()),
    hasPem: names.has('pem-private-key'),
  };
  return {
    open: (_path, onHidden) =>
      shapes.length === 0 ? undefined : new ShapeRedactor(rules, onHidden),
  };
}

/** A line that still changes after so many turns is hidden whole. */
const MAX_TURNS = 8;

class ShapeRedactor implements TextRedactor {
  readonly #rules: ShapeRules;
  readonly #onHidden: OnHidden;
  /** A private key that the last line has left open. */
  #block: PemBlock | undefined;

  constructor(rules: ShapeRules, onHidden: OnHidden) {
    this.#rules = rules;
    this.#onHidden = onHidden;
  }

  redact(lines: string): string {
    const { seeds } = this.#rules;
    let redacted = '';
    let copiedTo = 0;
    seeds.load(lines);
    let seedAt = seeds.next(0);
    for (let start = this.#nextStart(lines, 0, seedAt); start < lines.length; ) {
      const end = lineEndAt(lines, start);
      const next = Math.min(end + 1, lines.length);
      const line = lines.slice(start, end);
      const text = this.#line(line, seedAt < end);
      if (text !== line) {
        redacted += lines.slice(copiedTo, start) + (text ?? '');
        copiedTo = text === undefined ? next : end;
      }
      if (seedAt < next) seedAt = seeds.next(next);
      start = this.#nextStart(lines, next, seedAt);
    }
    return copiedTo === 0 ? lines : redacted + lines.slice(copiedTo);
  }

  /** @returns Where the next line begins that may change. */
  #nextStart(lines: string, from: number, seedAt: number): number {
    if (this.#block !== undefined) return from;
    return seedAt === NOWHERE ? lines.length : lines.lastIndexOf('\n', seedAt) + 1;
  }

  /** @returns Undefined: nothing takes its place, not even its line end. */
  #line(line: string, hasSeed: boolean): string | undefined {
    const text = hasSeed ? atRest(line, MAX_TURNS, this.#turn) : line;
    const part = this.#block?.next(text);
    if (part?.goesOn === true) return part.text;
    const left = part === undefined ? text : part.text;
    const mayOpen = this.#rules.hasPem && hasSeed && left !== undefined;
    this.#block = mayOpen ? openBlock(left, this.#onHidden) : undefined;
    return left;
  }

  readonly #turn = (line: string): string => {
    let text = line;
    for (const { find } of this.#rules.present(line)) {
      text = hide(text, find(text), this.#onHidden);
    }
    return text;
  };
}
