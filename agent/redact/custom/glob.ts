/** The globs of a redactor's fileSelector. */

import { type GlobSet, parseGlob } from './glob-parse.ts';

/**
 * Whether a path, whole and case-sensitive, is one that the glob names.
 *
 * `*` any run without `/`, `**` any run, `?` one character but `/`, `[abc]`, `[a-z]`, `[!a]` one character, also `/` if the set
 * holds it, `{a,b}` either, also nested, `\` takes a special character as it is. A matcher's time is at most the product of both lengths.
 * Source: github.com/gobwas/glob v0.2.3 with the separator `/`, as in troubleshoot v0.133.0, pkg/redact/redact.go.
 *
 * @throws {SyntaxError} Where gobwas refuses the glob, or a NUL is in it; the message names the place.
 */
export function compileGlob(pattern: string): (path: string) => boolean {
  const states = parseGlob(pattern);
  return (path) => {
    let here = new Uint8Array(states.length + 1);
    let next = new Uint8Array(states.length + 1);
    here[0] = 1;
    for (const character of path) {
      advance(here, next, character);
      [here, next] = [next, here];
      next.fill(0);
    }
    // Nothing accepts the empty text: only the moves that take no character are made.
    advance(here, next, '');
    return here[states.length] === 1;
  };

  /** Moves that take no character lead forward only, so one pass in order finds them all. */
  function advance(here: Uint8Array, next: Uint8Array, character: string): void {
    for (let index = 0; index < states.length; index += 1) {
      const state = states[index];
      if (here[index] === 0 || state === undefined) continue;
      if (state.kind === 'fork') {
        for (const target of state.targets) here[target] = 1;
        continue;
      }
      if (state.kind === 'run') here[index + 1] = 1;
      if (character === '' || !isIn(state.set, character)) continue;
      next[state.kind === 'run' ? index : index + 1] = 1;
    }
  }
}

function isIn({ ranges, isNegated }: GlobSet, character: string): boolean {
  const codePoint = character.codePointAt(0) ?? 0;
  return ranges.some(([low, high]) => low <= codePoint && codePoint <= high) !== isNegated;
}
