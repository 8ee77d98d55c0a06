/** A regular expression of a redactor, ready for lines of bytes. */

import { RE2JS } from 're2js';

import { Parts } from '../parts.ts';
import type { Stretch } from './line-sets.ts';
import { type Search, search } from './matcher.ts';
import { checkClasses, toProgram } from './program.ts';
import { PatternError } from './re2-cursor.ts';
import { parsePattern } from './re2-syntax.ts';
import { expand, replacementOf } from './replacement.ts';
import { type RequiredLiterals, requiredLiterals } from './required-literal.ts';
import { decodeRune } from './utf8.ts';

export interface Expression {
  /** See `requiredLiterals`. */
  readonly literals: RequiredLiterals | undefined;
  isIn(line: Stretch): boolean;
  /**
   * The line with every match replaced; undefined where that changes nothing.
   *
   * @param onHidden Called for each match whose text is changed.
   */
  replace(line: Stretch, onHidden: () => void): string | undefined;
}

/** @throws {PatternError} Go's regexp.Compile refuses the pattern, or it is too large. */
export function compileExpression(pattern: string): Expression {
  const { root, groupNames, forRe2js } = parsePattern(pattern);
  const expression = compiled(forRe2js);
  checkClasses(expression);
  const engine = engineOf(expression);
  const replacement = replacementOf(groupNames);
  return {
    literals: requiredLiterals(root),
    isIn: (line) => engine(line) !== undefined,
    replace(line, onHidden) {
      const found = engine(line);
      if (found === undefined) return undefined;
      const text = line.bytes.toString('latin1', line.from, line.to);
      const parts = new Parts();
      let done = 0;
      let isChanged = false;
      eachMatch(found, line, ({ slots }) => {
        const [start = 0, end = 0] = slots;
        const replaced = expand(replacement, text, slots);
        parts.add(text.slice(done, start), replaced);
        done = end;
        if (replaced === text.slice(start, end)) return;
        isChanged = true;
        onHidden();
      });
      return isChanged ? parts.with(text.slice(done)) : undefined;
    },
  };
}

function compiled(pattern: string): RE2JS {
  try {
    return RE2JS.compile(pattern);
  } catch (error) {
    throw new PatternError(error instanceof Error ? error.message : String(error), 1);
  }
}

/** Gives undefined where a line has no match. */
function engineOf(expression: RE2JS): (line: Stretch) => Search | undefined {
  let engine: Search | undefined;
  return (line) => {
    // Of many patterns, most never see a line.
    engine ??= search(toProgram(expression));
    return engine.prepare(line) ? engine : undefined;
  };
}

/** The matches that Go replaces: not an empty one right behind another. Source: Go, Regexp.replaceAll. */
function eachMatch(finder: Search, line: Stretch, onMatch: (finder: Search) => void): void {
  const length = line.to - line.from;
  let lastEnd = 0;
  let from = 0;
  while (from <= length && finder.find(from)) {
    const [start = 0, end = 0] = finder.slots;
    if (end > lastEnd || start === 0) onMatch(finder);
    lastEnd = end;
    from = Math.max(end, from + widthAt(line, from));
  }
}

/** Of the character at an index from the line's start; at the end too, one place further is the next. */
function widthAt({ bytes, from, to }: Stretch, index: number): number {
  const at = from + index;
  return at >= to || (bytes[at] ?? 0) < 0x80 ? 1 : decodeRune(bytes, at, to) & 7;
}
