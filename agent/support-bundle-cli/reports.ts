/** What the files of a bundle tell of its collectors: skipped, failed, how long, and what went wrong in parts. */

import { cutText } from '../bundle.ts';
import { isRecord } from '../shape.ts';

/** One thing that a file of the bundle says of a collector. */
export type Finding =
  | {
      readonly kind: 'skipped';
      readonly title: string;
      readonly reason: string;
      readonly errors: readonly string[];
    }
  | { readonly kind: 'failed'; readonly title: string; readonly error: string }
  | {
      readonly kind: 'ran';
      readonly title: string;
      readonly ended: Ended;
      readonly durationMs: number;
    }
  /** Of the collector that the file belongs to. */
  | { readonly kind: 'errors'; readonly path: string; readonly errors: readonly string[] };

type Ended = 'succeeded' | 'excluded' | 'failed';

/** Whether a file tells of collectors, so that it is worth reading. */
export function isReport(path: string): boolean {
  return readerOf(path) !== undefined;
}

/** What the file says; nothing where it says nothing or not in a form that is known. */
export function readReport(path: string, text: string): readonly Finding[] {
  return readerOf(path)?.(text, path) ?? [];
}

type Reader = (text: string, path: string) => readonly Finding[];

const SUMMARY = 'execution-data/summary.txt';

/** `errors.json`, `pods-errors.json`, `api-logs-errors.log`, `error.txt`, `status.json-error`: how collectors name what went wrong. */
const ERROR_FILE = /(^|\/|-)errors?(\.json|\.txt|\.log)?$/;

function readerOf(path: string): Reader | undefined {
  if (path === 'skipped-collectors.json') return readSkipped;
  if (path === SUMMARY) return readSummary;
  if (/^(collector-errors|host-collectors\/errors)\//.test(path)) return readFailure;
  return ERROR_FILE.test(path) || /^(secrets|configmaps)-errors\//.test(path)
    ? readErrors
    : undefined;
}

function readSkipped(text: string): readonly Finding[] {
  const skipped = parseJson(text);
  if (!Array.isArray(skipped)) return [];
  return skipped.filter(isRecord).map((one) => ({
    kind: 'skipped',
    title: textOf(one, 'collector'),
    reason: textOf(one, 'reason'),
    errors: textsIn(one['errors']),
  }));
}

function readFailure(text: string, path: string): readonly Finding[] {
  const failure = parseJson(text);
  if (!isRecord(failure)) return [{ kind: 'errors', path, errors: textsIn(text) }];
  return [
    {
      kind: 'failed',
      title: textOf(failure, 'collector'),
      error: cutText(textOf(failure, 'error')),
    },
  ];
}

function readErrors(text: string, path: string): readonly Finding[] {
  const json = path.endsWith('.json') ? parseJson(text) : undefined;
  const errors = textsIn(json === undefined ? text : json);
  return errors.length === 0 ? [] : [{ kind: 'errors', path, errors }];
}

const ENDED = new Map<string, Ended>([
  ['S', 'succeeded'],
  ['X', 'excluded'],
  ['F', 'failed'],
]);

/**
 * Rows `cluster-resources (S) : 1,234ms` of the first section.
 *
 * **Source:** troubleshoot v0.133.0, internal/traces/exporter.go.
 */
function readSummary(text: string): readonly Finding[] {
  const [section = ''] = text.split('Redactors summary');
  return [...section.matchAll(/^(.+) \(([SXF])\)\s* : ([\d,]+)ms$/gm)].map(
    ([, title = '', letter = '', duration = '']) => ({
      kind: 'ran',
      title,
      ended: ENDED.get(letter) ?? 'succeeded',
      durationMs: Number(duration.replaceAll(',', '')),
    }),
  );
}

/** The texts in a list, or in a map with their keys in front, or a text by itself; each on one line, cut. */
function textsIn(value: unknown, key = ''): readonly string[] {
  if (typeof value === 'string') {
    const line = cutText(key === '' ? value : `${key}: ${value}`);
    return line === '' ? [] : [line];
  }
  if (Array.isArray(value)) return value.flatMap((one) => textsIn(one, key));
  if (!isRecord(value)) return [];
  return Object.entries(value).flatMap(([name, one]) => textsIn(one, name));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not the form that is known; the caller decides what that means.
    return undefined;
  }
}

function textOf(record: Readonly<Record<string, unknown>>, key: string): string {
  const value = record[key];
  return typeof value === 'string' ? value : '';
}
