/** One entry of `spec.redactors`: its removals as stages, and for which files they are. */

import { messageOf } from '../../errors.ts';
import { MASK } from '../rules.ts';
import { compileExpression, type Expression } from './expression.ts';
import { compileGlob } from './glob.ts';
import { PatternError } from './re2-cursor.ts';
import type { Redactor, Stage } from './stages.ts';

/** Something in a redactor that cannot be used. */
export interface Problem {
  readonly redactor: string;
  /** Such as `regex[0].selector`. */
  readonly removal: string;
  /** Undefined for values: they are what is to be hidden, and the message goes to logs and records. */
  readonly pattern: string | undefined;
  /** In the pattern, from 1; undefined where `wrong` says where. */
  readonly position?: number;
  readonly wrong: string;
}

export interface Reading {
  /** In `spec.redactors` of all documents. */
  readonly index: number;
  /** Takes what is found wrong; then the redactor is not to be used. */
  readonly problems: Problem[];
  /** Patterns that are compiled: many redactors may share one. */
  readonly expressions: Map<string, Expression>;
}

type Fields = Readonly<Record<string, unknown>>;

/** Enough to recognise a pattern by. */
const MAX_SHOWN = 60;
/** A spec of hundreds of redactors made by a program has the same fault in each. */
const MAX_PROBLEMS = 20;

/** A whole step of a path. */
const NEGATIVE_INDEX = /(?<=^|\.)-0*[1-9]\d*(?=\.|$)/;

/** @param entry Accepted by `parseRedactor`. */
export function readRedactor(entry: Fields, reading: Reading): Redactor {
  const name =
    typeof entry['name'] === 'string' && entry['name'] !== '' ? entry['name'] : undefined;
  const reader = { ...reading, name: name ?? `unnamed-${reading.index}` };
  const removals = fieldsOf(entry['removals']);
  return {
    isFor: readSelector(fieldsOf(entry['fileSelector']), reader),
    stages: [
      ...textsOf(removals['values']).flatMap((value, index) => readValue(value, index, reader)),
      ...listOf(removals['regex']).flatMap((regex, index) =>
        readRegex(fieldsOf(regex), index, reader),
      ),
      ...textsOf(removals['yamlPath']).flatMap((path, index) => readYamlPath(path, index, reader)),
    ],
  };
}

/** One line that names every problem; of very many the first ones, and how many more there are. */
export function problemsMessage(problems: readonly Problem[]): string {
  const named = problems
    .slice(0, MAX_PROBLEMS)
    .map(({ redactor, removal, pattern, position, wrong }) => {
      const shownPattern = pattern === undefined ? '' : ` ${shown(pattern)}`;
      const place = position === undefined ? '' : `at ${position}: `;
      return `redactor ${redactor}: ${removal}${shownPattern}: ${place}${wrong}`;
    });
  const more = problems.length - named.length;
  return [...named, ...(more > 0 ? [`and ${more} more`] : [])].join('; ');
}

interface Reader extends Reading {
  readonly name: string;
}

function readValue(value: string, index: number, { name, problems }: Reader): readonly Stage[] {
  const wrong = wrongWithValue(value);
  if (wrong !== undefined) {
    problems.push({ redactor: name, removal: `values[${index}]`, pattern: undefined, wrong });
    return [];
  }
  // It would be replaced by itself.
  if (value === MASK) return [];
  const bytes = Buffer.from(value).toString('latin1');
  return [{ kind: 'literal', name: `${name}.literal.${index}`, value: bytes }];
}

function wrongWithValue(value: string): string | undefined {
  if (value === '') return 'an empty value would put a mask between all bytes';
  const lineFeed = value.indexOf('\n');
  if (lineFeed === -1) return undefined;
  // Of a block that YAML writes behind `|`; behind `|-` it would have none.
  const where = lineFeed === value.length - 1 ? 'ends with' : 'holds';
  return `values are looked for line by line, and this one ${where} a line feed`;
}

function readRegex(regex: Fields, index: number, reader: Reader): readonly Stage[] {
  const redactor = readPattern(regex['redactor'], `regex[${index}].redactor`, reader);
  const isPair = typeof regex['selector'] === 'string' && regex['selector'] !== '';
  const selector = isPair
    ? readPattern(regex['selector'], `regex[${index}].selector`, reader)
    : undefined;
  if (redactor === undefined) return [];
  if (!isPair) {
    return [{ kind: 'regex', name: `${reader.name}.regex.${index}`, expression: redactor }];
  }
  if (selector === undefined) return [];
  return [{ kind: 'pair', name: `${reader.name}.multiLine.${index}`, selector, redactor }];
}

/** Undefined where it is broken; then the problem is noted. */
function readPattern(
  pattern: unknown,
  removal: string,
  { name, problems, expressions }: Reader,
): Expression | undefined {
  if (typeof pattern !== 'string') return undefined;
  try {
    const expression = expressions.get(pattern) ?? compileExpression(pattern);
    expressions.set(pattern, expression);
    return expression;
  } catch (error) {
    if (!(error instanceof PatternError)) throw error;
    const { position, message } = error;
    problems.push({ redactor: name, removal, pattern, position, wrong: message });
    return undefined;
  }
}

function readYamlPath(path: string, index: number, { name, problems }: Reader): readonly Stage[] {
  const negative = NEGATIVE_INDEX.exec(path);
  if (negative === null) {
    return [{ kind: 'yaml', name: `${name}.yaml.${index}`, redactor: name, path }];
  }
  problems.push({
    redactor: name,
    removal: `yamlPath[${index}]`,
    pattern: path,
    position: negative.index + 1,
    wrong: `a list has no index ${negative[0]}`,
  });
  return [];
}

function readSelector(selector: Fields, reader: Reader): (path: string) => boolean {
  const { file, files } = selector;
  const single = typeof file === 'string' && file !== '' ? [file] : [];
  const several = textsOf(files);
  if (single.length + several.length === 0) return () => true;
  const globs = [
    ...single.flatMap((glob) => readGlob(glob, 'fileSelector.file', reader)),
    ...several.flatMap((glob, index) => readGlob(glob, `fileSelector.files[${index}]`, reader)),
  ];
  return (path) => globs.some((isMatch) => isMatch(path));
}

function readGlob(
  pattern: string,
  removal: string,
  { name, problems }: Reader,
): readonly ((path: string) => boolean)[] {
  try {
    return [compileGlob(pattern)];
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    problems.push({ redactor: name, removal, pattern, wrong: messageOf(error) });
    return [];
  }
}

/** On one line, cut. */
function shown(pattern: string): string {
  const isLong = pattern.length > MAX_SHOWN;
  return JSON.stringify(isLong ? `${pattern.slice(0, MAX_SHOWN)}…` : pattern);
}

function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function textsOf(value: unknown): readonly string[] {
  return listOf(value).filter((text) => typeof text === 'string');
}
