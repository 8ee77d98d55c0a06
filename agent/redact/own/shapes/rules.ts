/** Our rules that know a secret by its shape, wherever it stands. */

import { atRest } from '../../at-rest.ts';
import { lineEndAt } from '../../lines.ts';
import type { OnHidden, RuleSet, TextRedactor } from '../../rules.ts';
import { Output } from '../output.ts';
import { base64Shapes } from './base64.ts';
import { ENCODED_KEY_SEEDS, findEncodedKeys } from './encoded-key.ts';
import { type Shape, shapesOf } from './find-shape.ts';
import {
  findJwkSecrets,
  isJwkBegun,
  JWK_SEED,
  jwkSecretsBefore,
  type OpenJwk,
  openJwk,
} from './jwk.ts';
import { type KeyRun, openRun } from './key-run.ts';
import { hide, seededIn } from './line-shape.ts';
import { type BlockLine, openBlock, type PemBlock } from './pem-block.ts';
import { PEM_SEED } from './pem-line.ts';
import { findPemTails, hasPemEnd, hideTail } from './pem-tail.ts';
import { findPuttyKeys, openPuttyKey, PUTTY_SEED } from './putty.ts';
import { seedOf } from './seed.ts';
import { NOWHERE, type SeedFinder, seedFinder } from './seed-finder.ts';

interface ShapeRules {
  /** Of all rules: a line without any is as it should be, but in a private key. */
  readonly seeds: SeedFinder;
  readonly present: (line: string) => readonly Shape[];
}

/** The rest of a key, where `findPemKeys` has hidden those that are between two lines of dashes in one line. */
const PEM: Shape = { seeds: [seedOf(PEM_SEED)], find: findPemTails };
const ENCODED: Shape = { seeds: ENCODED_KEY_SEEDS, find: findEncodedKeys };
const PUTTY: Shape = { seeds: [seedOf(PUTTY_SEED)], find: findPuttyKeys };
const JWK: Shape = { seeds: [seedOf(JWK_SEED)], find: findJwkSecrets };

/** @param names Of the rules that work; those of other sets are passed over. */
export function shapeRules(names: ReadonlySet<string>): RuleSet {
  const shapes = [
    ...shapesOf(names),
    ...(names.has('pem-private-key') ? [PEM, ENCODED, PUTTY, JWK] : []),
    ...(names.has('base64-secret') ? base64Shapes() : []),
  ];
  const seeds = seedFinder(shapes.flatMap((shape) => shape.seeds));
  const rules = { seeds, present: seededIn(shapes, seeds.twin()) };
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
  /** Base64 of one, as that. */
  #run: KeyRun | undefined;
  #jwk: OpenJwk | undefined;
  /** What the last line has seeds of. */
  readonly #present = new Set<Shape>();

  constructor(rules: ShapeRules, onHidden: OnHidden) {
    this.#rules = rules;
    this.#onHidden = onHidden;
  }

  redact(lines: string): string {
    const { seeds } = this.#rules;
    const output = new Output(lines);
    seeds.load(lines);
    let seedAt = seeds.next(0);
    for (let start = this.#nextStart(lines, 0, seedAt); start < lines.length; ) {
      const end = lineEndAt(lines, start);
      const next = Math.min(end + 1, lines.length);
      const line = lines.slice(start, end);
      const text = this.#line(line, seedAt < end);
      if (text !== undefined) this.#lookBack(output, start, text);
      if (text !== line) output.change(start, text === undefined ? next : end, text ?? '');
      if (seedAt < next) seedAt = seeds.next(next);
      start = this.#nextStart(lines, next, seedAt);
    }
    return output.text();
  }

  /** @returns Where the next line begins that may change. */
  #nextStart(lines: string, from: number, seedAt: number): number {
    if ((this.#block ?? this.#run ?? this.#jwk) !== undefined) return from;
    return seedAt === NOWHERE ? lines.length : lines.lastIndexOf('\n', seedAt) + 1;
  }

  /** Hides what only a line behind it tells. */
  #lookBack(output: Output, start: number, line: string): void {
    if (this.#present.has(PEM) && hasPemEnd(line)) {
      output.lookBack(start, (before) => hideTail(before, line, this.#onHidden));
    }
    if (this.#present.has(JWK) && isJwkBegun(line)) {
      output.lookBack(start, (before) =>
        hide(before, jwkSecretsBefore(before, line), this.#onHidden),
      );
    }
  }

  /** @returns Undefined: nothing takes its place, not even its line end. */
  #line(line: string, hasSeed: boolean): string | undefined {
    this.#present.clear();
    const part = this.#runLine(line);
    if (part !== undefined) return part.text;
    const text = this.#jwkLine(hasSeed ? atRest(line, MAX_TURNS, this.#turn) : line);
    const left = this.#blockLine(text);
    if (this.#block === undefined) this.#open(line, left);
    return left;
  }

  #runLine(line: string): BlockLine | undefined {
    const part = this.#run?.next(line);
    if (part?.goesOn !== true) this.#run = undefined;
    if (part?.text !== undefined) this.#onHidden('pem-private-key');
    return part;
  }

  #jwkLine(line: string): string {
    const text = this.#jwk === undefined ? line : hide(line, this.#jwk.next(line), this.#onHidden);
    if (this.#jwk?.isOpen === false) this.#jwk = undefined;
    if (this.#present.has(JWK)) this.#jwk = openJwk(text) ?? this.#jwk;
    return text;
  }

  #blockLine(line: string): string | undefined {
    const part = this.#block?.next(line);
    if (part?.goesOn === true) return part.text;
    this.#block = undefined;
    return part === undefined ? line : part.text;
  }

  /** @param line What was collected. @param left What is left of it. */
  #open(line: string, left: string | undefined): void {
    const present = this.#present;
    if (left !== undefined && present.has(PEM)) this.#block = openBlock(left, this.#onHidden);
    if (this.#block !== undefined) return;
    // Its lines are hidden whether or not those of something before it are.
    if (present.has(PUTTY)) this.#run = openPuttyKey(line);
    if (present.has(ENCODED)) this.#run ??= openRun(line);
  }

  readonly #turn = (line: string): string => {
    let text = line;
    for (const shape of this.#rules.present(line)) {
      this.#present.add(shape);
      text = hide(text, shape.find(text), this.#onHidden);
    }
    return text;
  };
}
