/** Parsers for JSON from outside: each gives the value in its type, or a TypeError with the path of what is wrong. */

export type Parse<T> = (value: unknown, path: string) => T;

/** A field that a type has and its row here lacks does not compile. */
export type Shape<T> = { readonly [Name in keyof T]-?: Parse<T[Name]> };

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function text(value: unknown, path: string): string {
  if (typeof value === 'string') return value;
  throw wrong(path, 'is no text');
}

export function flag(value: unknown, path: string): boolean {
  if (typeof value === 'boolean') return value;
  throw wrong(path, 'is neither true nor false');
}

export function count(value: unknown, path: string): number {
  if (typeof value === 'number' && value >= 0) return value;
  throw wrong(path, 'is no number from 0');
}

export function instant(value: unknown, path: string): string {
  if (typeof value === 'string' && !Number.isNaN(Date.parse(value))) return value;
  throw wrong(path, 'is no instant');
}

export function oneOf<const Word extends string>(...words: readonly Word[]): Parse<Word> {
  return (value, path) => {
    const found = words.find((word) => word === value);
    if (found === undefined) throw wrong(path, `is none of ${words.join(', ')}`);
    return found;
  };
}

export function orNull<T>(parse: Parse<T>): Parse<T | null> {
  return (value, path) => (value === null ? null : parse(value, path));
}

/** A field that came later: where it is missing, the fallback stands for it. */
export function orMissing<T>(parse: Parse<T>, fallback: T): Parse<T> {
  return (value, path) => (value === undefined ? fallback : parse(value, path));
}

export function listOf<T>(parse: Parse<T>): Parse<readonly T[]> {
  return (value, path) => {
    if (!Array.isArray(value)) throw wrong(path, 'is no list');
    return value.map((element, index) => parse(element, `${path}[${index}]`));
  };
}

/** An object with exactly these fields; others are left behind. */
export function shaped<T extends object>(shape: Shape<T>): Parse<T> {
  return (value, path) => {
    if (typeof value !== 'object' || value === null) throw wrong(path, 'is no object');
    const fields = Object.entries<Parse<unknown>>(shape).map(([name, parse]) => [
      name,
      parse(Reflect.get(value, name), `${path}.${name}`),
    ]);
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- Shape<T> has a parser for every field of T
    return Object.fromEntries(fields) as T;
  };
}

function wrong(path: string, problem: string): TypeError {
  return new TypeError(`${path} ${problem}`);
}
