/** What is changed in Secrets, in little memory: a line of 10 MB may have a million values. */

import { MASK } from '../../rules.ts';
import type { Edit } from '../context/edits.ts';

/** What takes a value's place: a mask as it is, as YAML needs it, as JSON does, or nothing. */
export const PLAIN = 0;
export const SINGLE = 1;
export const DOUBLE = 2;
export const GONE = 3;

const TEXTS = [MASK, `'${MASK}'`, `"${MASK}"`, ''] as const;

/** Of each row. */
const WIDTH = 3;
/** More numbers are no work for the garbage collector as typed ones; fewer are made sooner without. */
const FEW = 1024 * WIDTH;

/** Rows of three numbers, of 31 bits each. */
export class Rows {
  #few: number[] = [];
  /** Undefined: they are few. */
  #many: Int32Array | undefined;
  #used = 0;

  get length(): number {
    return this.#used / WIDTH;
  }

  push(first: number, second: number, third: number): void {
    const at = this.#used;
    this.#used += WIDTH;
    if (this.#many === undefined && at < FEW) {
      this.#few.push(first, second, third);
      return;
    }
    const many = this.#roomFor(this.#used);
    many[at] = first;
    many[at + 1] = second;
    many[at + 2] = third;
  }

  #roomFor(used: number): Int32Array {
    if (this.#many !== undefined && used <= this.#many.length) return this.#many;
    const before = this.#many ?? this.#few;
    this.#many = new Int32Array(2 * before.length);
    this.#many.set(before);
    this.#few = [];
    return this.#many;
  }

  cutTo(length: number): void {
    this.#used = length * WIDTH;
    if (this.#many === undefined) this.#few.length = this.#used;
  }

  at(row: number, column: number): number {
    const index = row * WIDTH + column;
    return (this.#many === undefined ? this.#few[index] : this.#many[index]) ?? 0;
  }

  set(row: number, column: number, value: number): void {
    const index = row * WIDTH + column;
    if (this.#many === undefined) this.#few[index] = value;
    else this.#many[index] = value;
  }
}

/** Edits in their order: start, end, and which of the texts. */
export class SecretEdits implements Iterable<Edit> {
  readonly #rows = new Rows();
  #end = 0;

  get length(): number {
    return this.#rows.length;
  }

  /** Behind those that are there; what begins inside them is left out. */
  add(start: number, end: number, text: number): void {
    if (start < this.#end) return;
    this.#rows.push(start, end, text);
    this.#end = end;
  }

  /** Only the first so many are left. */
  cutTo(length: number): void {
    this.#rows.cutTo(length);
    this.#end = length === 0 ? 0 : this.endAt(length - 1);
  }

  startAt(index: number): number {
    return this.#rows.at(index, 0);
  }

  endAt(index: number): number {
    return this.#rows.at(index, 1);
  }

  textAt(index: number): number {
    return this.#rows.at(index, 2);
  }

  /** To the end. */
  append(more: SecretEdits, by: number): void {
    for (let index = 0; index < more.length; index++) {
      this.add(more.startAt(index) + by, more.endAt(index) + by, more.textAt(index));
    }
  }

  /** One mask for values that touch: a second look would take two masks for one value. */
  joined(): SecretEdits {
    let index = 1;
    while (index < this.length && !this.#touchesLast(index)) index += 1;
    return index < this.length ? this.#joined() : this;
  }

  #joined(): SecretEdits {
    const all = new SecretEdits();
    for (let index = 0; index < this.length; index++) {
      if (this.#touchesLast(index)) all.#stretch(this.endAt(index));
      else all.#copy(this, index);
    }
    return all;
  }

  #touchesLast(index: number): boolean {
    const isMask = index > 0 && this.textAt(index) !== GONE && this.textAt(index - 1) !== GONE;
    return isMask && this.startAt(index) === this.endAt(index - 1);
  }

  #stretch(end: number): void {
    this.#rows.set(this.length - 1, 1, end);
    this.#end = end;
  }

  /** Both, in their order: of two that overlap, the one that begins first. */
  merged(other: SecretEdits): SecretEdits {
    if (other.length === 0) return this;
    if (this.length === 0) return other;
    const all = new SecretEdits();
    let [mine, its] = [0, 0];
    while (mine < this.length || its < other.length) {
      const isMine =
        its === other.length || (mine < this.length && this.#isBefore(mine, other, its));
      if (isMine) all.#copy(this, mine++);
      else all.#copy(other, its++);
    }
    return all;
  }

  #isBefore(index: number, other: SecretEdits, otherIndex: number): boolean {
    const apart = this.startAt(index) - other.startAt(otherIndex);
    return apart < 0 || (apart === 0 && this.endAt(index) >= other.endAt(otherIndex));
  }

  #copy(from: SecretEdits, index: number): void {
    this.add(from.startAt(index), from.endAt(index), from.textAt(index));
  }

  *[Symbol.iterator](): Generator<Edit> {
    for (let index = 0; index < this.length; index++) {
      yield {
        start: this.startAt(index),
        end: this.endAt(index),
        text: TEXTS[this.textAt(index)] ?? MASK,
      };
    }
  }
}

/** Nobody adds to it. */
export const NO_EDITS = new SecretEdits();
