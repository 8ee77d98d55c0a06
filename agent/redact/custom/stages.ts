/** The removals of redactors, in the order in which a file passes them. */

import type { Expression } from './expression.ts';
import type { RequiredLiterals } from './required-literal.ts';

export type LineStage = LiteralStage | RegexStage | PairStage;

interface Named {
  /** As upstream's report names it. */
  readonly name: string;
}

export interface LiteralStage extends Named {
  readonly kind: 'literal';
  /** Bytes, one character each. */
  readonly value: string;
}

export interface RegexStage extends Named {
  readonly kind: 'regex';
  readonly expression: Expression;
}

/** Where a line matches the selector, the redactor is for the next one, which then selects nothing. */
export interface PairStage extends Named {
  readonly kind: 'pair';
  readonly selector: Expression;
  readonly redactor: Expression;
}

export interface YamlStage extends Named {
  readonly kind: 'yaml';
  /** The redactor's name. */
  readonly redactor: string;
  readonly path: string;
}

export type Stage = LineStage | YamlStage;

/** One entry of `spec.redactors`. */
export interface Redactor {
  readonly isFor: (path: string) => boolean;
  readonly stages: readonly Stage[];
}

/** A longer beginning of a value finds nothing more, and makes the table of all literals large. */
const MAX_BEGINNING = 32;

/** Some of these are in each line that the stage has to see; a pair's second line aside. */
export function literalsOf(stage: LineStage): RequiredLiterals | undefined {
  if (stage.kind === 'regex') return stage.expression.literals;
  if (stage.kind === 'pair') return stage.selector.literals;
  const beginning = stage.value.slice(0, MAX_BEGINNING);
  return [beginning.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase())];
}
