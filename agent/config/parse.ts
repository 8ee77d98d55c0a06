/** Parsers of single settings: text to value. Each throws a RangeError that completes the sentence `NAME must be …`. */

/** Settings come as text; a parser that refuses says what it wants, for a message that begins with the name. */
export type Parse<T> = (text: string) => T;

const UNIT_MS = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** Duration in ms: `90s`, `30m`, `2h`, `7d`, or a sum such as `1h30m`. A bare `0` is zero. */
export function duration(text: string): number {
  if (text === '0') return 0;
  const isDuration = /^(?:\d{1,9}[smhd])+$/.test(text);
  if (!isDuration) throw new RangeError('must be a duration such as 90s, 30m, 2h or 7d');
  return [...text.matchAll(/(\d+)([smhd])/g)].reduce(
    (sum, [, digits, unit]) => sum + Number(digits) * (isUnit(unit) ? UNIT_MS[unit] : 0),
    0,
  );
}

function isUnit(text: string | undefined): text is keyof typeof UNIT_MS {
  return text !== undefined && text in UNIT_MS;
}

/** Like `duration`, but zero would mean never or always: it is refused. */
export function positiveDuration(text: string): number {
  const ms = duration(text);
  if (ms === 0) throw new RangeError('must be longer than 0s');
  return ms;
}

const SUFFIX_BYTES: Readonly<Record<string, number>> = {
  '': 1,
  k: 1e3,
  K: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
};

/**
 * Size in bytes: a Kubernetes quantity such as `512Mi` or `2G`, or a number of bytes, which may come in
 * exponent notation (KOTS prints integers from 1,000,000 on as `1.048576e+08`).
 */
export function size(text: string): number {
  const match = /^(\d+(?:\.\d+)?(?:e[+]?\d{1,2})?)([A-Za-z]{0,2})$/.exec(text);
  const suffixBytes = SUFFIX_BYTES[match?.[2] ?? ''];
  const bytes = Math.round(Number(match?.[1]) * (suffixBytes ?? Number.NaN));
  if (!Number.isSafeInteger(bytes)) {
    throw new RangeError('must be a size such as 512Mi, 2G or a number of bytes');
  }
  return bytes;
}

export function positiveSize(text: string): number {
  const bytes = size(text);
  if (bytes === 0) throw new RangeError('must be more than 0 bytes');
  return bytes;
}

/** As Go's ParseBool, which charts and KOTS follow. */
export function flag(text: string): boolean {
  if (['1', 't', 'T', 'true', 'TRUE', 'True'].includes(text)) return true;
  if (['0', 'f', 'F', 'false', 'FALSE', 'False'].includes(text)) return false;
  throw new RangeError('must be true or false');
}

/** Any text at all. */
export function anyText(value: string): string {
  return value;
}

/** Comma-separated texts, without blanks and empty ones. */
export function list(value: string): readonly string[] {
  return value
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

/** `image=other` pairs, comma-separated, as a map. What replaces the beginning of a name ends with `/`, as that does. */
export function imageMap(value: string): ReadonlyMap<string, string> {
  const pairs = list(value).map((pair) => pair.split('=').map((part) => part.trim()));
  for (const [from = '', to = '', ...more] of pairs) {
    const isPair = from !== '' && to !== '' && more.length === 0;
    if (!isPair || from.endsWith('/') !== to.endsWith('/')) {
      throw new RangeError(
        'must be pairs such as busybox:1=registry.example/busybox:1 or docker.io/=registry.example/mirror/',
      );
    }
  }
  return new Map(pairs.map(([from = '', to = '']) => [from, to]));
}

export function wholeNumber(min: number, max: number): Parse<number> {
  return (value) => {
    const number = /^\d+$/.test(value) ? Number(value) : Number.NaN;
    if (!(number >= min && number <= max)) {
      throw new RangeError(`must be a whole number from ${min} to ${max}`);
    }
    return number;
  };
}

export function oneOf<const Choice extends string>(...choices: readonly Choice[]): Parse<Choice> {
  return (value) => {
    const choice = choices.find((candidate) => candidate === value);
    if (choice === undefined) throw new RangeError(`must be one of ${choices.join(', ')}`);
    return choice;
  };
}

/** Comma-separated texts out of these. */
export function someOf<const Choice extends string>(
  ...choices: readonly Choice[]
): Parse<readonly Choice[]> {
  const one = oneOf(...choices);
  return (value) => {
    const names = list(value);
    const unknown = names.filter((name) => !choices.some((choice) => choice === name));
    if (unknown.length > 0) {
      throw new RangeError(
        `has no ${unknown.join(', ')}: it must be some of ${choices.join(', ')}`,
      );
    }
    return names.map((name) => one(name));
  };
}

/** A vendor's license field that is not set reaches us as `""`, `<nil>` or `0` (KOTS, two versions of licenses). */
export function licenseText(value: string): string | undefined {
  const trimmed = value.trim();
  return ['', '<nil>', '0', 'null'].includes(trimmed) ? undefined : trimmed;
}

/** A header's value goes onto the wire as it is, so it may not end the line. */
export function headerValue(value: string): string {
  if (!/^[\t\u0020-\u007e\u0080-\u00ff]*$/.test(value)) {
    throw new RangeError('must be a single line of Latin characters');
  }
  return value;
}

/** `configmap/<namespace>/<name>`. */
export function configMapRef(value: string): { readonly namespace: string; readonly name: string } {
  const [, namespace, name] = /^configmap\/([a-z0-9-]+)\/([a-z0-9.-]+)$/.exec(value) ?? [];
  if (namespace === undefined || name === undefined) {
    throw new RangeError('must be configmap/<namespace>/<name>');
  }
  return { namespace, name };
}
