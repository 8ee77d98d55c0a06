/** Durations as Go's time.ParseDuration reads them: `90s`, `1h30m`, `1.5h`, `-5m`, `300ms`. */

const UNIT_MS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  // The micro sign and the Greek letter.
  '\u00b5s': 1e-3,
  '\u03bcs': 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};

/** 2^63 ns: 292 years. */
const LONGEST_MS = 2 ** 63 / 1e6;

const PART = /(\d+\.?\d*|\.\d+)(ns|us|\u00b5s|\u03bcs|ms|s|m|h)/g;

/** In ms; undefined where Go would refuse the text. */
export function parseGoDuration(text: string): number | undefined {
  const amount = text.replace(/^[-+]/, '');
  if (amount === '0') return 0;
  if (amount === '' || amount.replaceAll(PART, '') !== '') return undefined;
  const totalMs = [...amount.matchAll(PART)].reduce((sumMs, part) => sumMs + partMs(part), 0);
  if (totalMs > LONGEST_MS) return undefined;
  return text.startsWith('-') ? -totalMs : totalMs;
}

function partMs([, number, unit = '']: RegExpExecArray): number {
  return Number(number) * (UNIT_MS[unit] ?? 0);
}

/** What Go says of a text that `parseGoDuration` does not read. Source: ParseDuration in Go's time/format.go. */
export function goDurationError(text: string): string {
  const quoted = JSON.stringify(text);
  let rest = text.replace(/^[-+]/, '');
  while (/^\d|^\.\d/.test(rest)) {
    const [, unit = '', after = ''] = /^[\d]*\.?\d*([^.\d]*)(.*)$/s.exec(rest) ?? [];
    if (unit === '') return `time: missing unit in duration ${quoted}`;
    if (UNIT_MS[unit] === undefined) {
      return `time: unknown unit ${JSON.stringify(unit)} in duration ${quoted}`;
    }
    rest = after;
  }
  return `time: invalid duration ${quoted}`;
}
