/** Base64 text that holds one of the shapes, a password by its name, one in a URL, or what nobody can look into. */

import { BASE64, escapeLength, paddedEnd, runEnd, runStart } from './characters.ts';
import { findShape, SHAPE_SEEDS, type Shape } from './find-shape.ts';
import { type Found, type Seeded, seededIn } from './line-shape.ts';
import { COMMON_PACKED_SEEDS, findPacked, PACKED_SEEDS } from './packed.ts';
import { base64Seeds, type Seed, seedOf } from './seed.ts';
import { NOWHERE, seedFinder } from './seed-finder.ts';

const MIN_LENGTH = 16;

/** Something that makes a text a secret. */
interface Telling extends Seeded {
  readonly holds: (text: string) => boolean;
}

/** A name ends with one of these words, and its value is neither a reference nor a mask. */
const NAMED_SECRET = new RegExp(
  String.raw`(?:passw(?:or)?d|passphrase|secret(?:[_-]?access)?(?:[_-]?key)?|token|api[_-]?key)` +
    String.raw`\\{0,4}["']?[ \t]{0,4}[:=][ \t]{0,4}\\{0,4}["']?(?!\*\*\*HIDDEN|null\b|true\b|false\b)[^\s"'\\&,;{}<>$[\]()|=]`,
  'i',
);
const NAME_SEEDS = ['passw', 'passphr', 'secret', 'token', 'apikey', String.raw`api[_\-]key`];
const URL_PASSWORD =
  /:\/\/[^\s/?#"'<>:@]{0,255}:(?!\*\*\*HIDDEN)[^\s/?#"'<>@]{1,255}@[A-Za-z0-9[_]/;

const TELLING: readonly Telling[] = [
  { seeds: SHAPE_SEEDS, holds: (text) => findShape(text) !== undefined },
  {
    seeds: NAME_SEEDS.map((seed) => seedOf(seed, { ignoresCase: true })),
    holds: (text) => NAMED_SECRET.test(text),
  },
  { seeds: COMMON_PACKED_SEEDS, holds: (text) => findPacked(text).length > 0 },
  { seeds: [seedOf('://[!-~]')], holds: (text) => URL_PASSWORD.test(text) },
];

interface Run {
  readonly start: number;
  readonly end: number;
}

/** Finds base64 in which what is telling stands, encoded once. */
type FindRuns = (text: string) => readonly Run[];

/** Made when it is first asked for: that takes some milliseconds. */
let made: Shape | undefined;

/** What is encoded once or twice, and what is compressed before that. */
export function base64Shapes(): readonly Shape[] {
  made ??= makeShape();
  return [{ seeds: PACKED_SEEDS, find: findPacked }, made];
}

function makeShape(): Shape {
  const once = TELLING.flatMap(({ seeds }) => seeds).flatMap(base64Seeds);
  const seeds = [...once, ...once.flatMap(base64Seeds)];
  // Most runs have no line for it.
  let findRuns: FindRuns | undefined;
  function find(text: string): readonly Found[] {
    findRuns ??= runsFinder(once, seeds);
    return findRuns(text).map((run) => foundAt(text, run));
  }
  return { seeds, find };
}

function runsFinder(once: readonly Seed[], seeds: readonly Seed[]): FindRuns {
  const findOnce = runFinder(once, TELLING);
  const telling = [...TELLING, { seeds: once, holds: (text: string) => findOnce(text).length > 0 }];
  return runFinder(seeds, telling);
}

function foundAt(text: string, { start, end }: Run): Found {
  return { rule: 'base64-secret', start, end: paddedEnd(text, end) };
}

function runFinder(seeds: readonly Seed[], telling: readonly Telling[]): FindRuns {
  const finder = seedFinder(seeds);
  const present = seededIn(telling);
  return (text) => {
    const runs: Run[] = [];
    let from = 0;
    finder.load(text);
    for (let at = finder.next(0); at !== NOWHERE; at = finder.next(from)) {
      const end = runEnd(text, at, BASE64);
      const runFrom = runStart(text, { from, to: at }, BASE64);
      const start = runFrom + escapeLength(text, runFrom);
      if (end - start >= MIN_LENGTH && isSecret(text.slice(start, end))) {
        runs.push({ start, end });
      }
      from = end;
    }
    return runs;
  };

  function isSecret(run: string): boolean {
    return decodings(run).some((text) => present(text).some(({ holds }) => holds(text)));
  }
}

/** A run may begin with what is no part of the base64, the beginning of a path for one. */
function decodings(run: string): readonly string[] {
  return [0, 1, 2, 3].map((skipped) =>
    Buffer.from(run.slice(skipped), 'base64').toString('latin1'),
  );
}
