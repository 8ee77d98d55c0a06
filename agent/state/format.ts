/** The state as text: what is stored of it, how much, and what of a stored text can be trusted. */

import { cutText } from '../bundle.ts';
import { AgentError, messageOf } from '../errors.ts';
import { parseRunRecord } from '../run/parse-record.ts';
import { isRunId, type RunRecord } from '../run/record.ts';
import { count, instant, oneOf, orNull, type Parse, type Shape, shaped, text } from '../shape.ts';
import { cutHistory } from './history.ts';
import type { AgentState, Claim, Cursor } from './state.ts';

const STATE_VERSION = 1;

/** Half of what a ConfigMap can hold. */
export const MAX_STATE_BYTES = 512 * 1024;

const CURSOR: Shape<Cursor> = { expression: text, timeZone: text, scheduledAt: instant };

const CLAIM: Shape<Claim> = {
  runId: text,
  pod: text,
  trigger: oneOf('schedule', 'missed', 'start', 'request', 'command', 'event'),
  scheduledAt: orNull(instant),
  claimedAt: instant,
  renewedAt: instant,
  startNumber: count,
};

/** Of a text that is damaged throughout, the rest would say nothing more. */
const MAX_PROBLEMS = 5;

/** A stored state, and the first things in it that were left aside; a problem never shows the value. */
export interface ParsedState {
  readonly state: AgentState;
  readonly problems: readonly string[];
}

/**
 * What is stored of a state: at most `history` records, texts cut, no destination. Where that is more
 * than `maxBytes`, the oldest records lose their collectors, then the oldest records go.
 */
export function fitState(
  state: AgentState,
  { history, maxBytes }: { readonly history: number; readonly maxBytes: number },
): AgentState {
  const records = cutHistory(state.records, history).map(storable);
  let excessBytes = Buffer.byteLength(formatHead(state)) + sumBytes(records) - maxBytes;
  for (let index = records.length - 1; index >= 0 && excessBytes > 0; index--) {
    const record = records[index];
    if (record === undefined || record.collectors.length === 0) continue;
    const lighter = { ...record, collectors: [] };
    excessBytes -= lineBytes(record) - lineBytes(lighter);
    records[index] = lighter;
  }
  while (excessBytes > 0) {
    const oldest = records.pop();
    if (oldest === undefined) break;
    excessBytes -= lineBytes(oldest);
  }
  return { ...state, records };
}

/** Everything but the records, as JSON for people. */
export function formatHead({ cursor, claim }: AgentState): string {
  return `${JSON.stringify({ version: STATE_VERSION, cursor, claim }, null, 2)}\n`;
}

/** One record a line, newest first: each line is JSON. */
export function formatRecords({ records }: AgentState): string {
  return records.map((record) => `${JSON.stringify(record)}\n`).join('');
}

/**
 * The state of two texts as `formatHead` and `formatRecords` write them; an absent text is an empty
 * state's. What is damaged costs only itself.
 *
 * @throws {AgentError} STATE_UNREADABLE: another agent wrote it in a later format.
 */
export function parseState(head: string | undefined, records: string | undefined): ParsedState {
  const problems: string[] = [];
  function report(problem: string): void {
    if (problems.length < MAX_PROBLEMS) problems.push(problem);
  }
  const fields = head === undefined ? {} : parseHead(head, report);
  const ids = new Set<string>();
  const known: RunRecord[] = [];
  for (const [index, line] of (records ?? '').split('\n').entries()) {
    if (line.trim() === '') continue;
    const record = attempt(`record ${index + 1}`, () => parseLine(line), report);
    if (record === undefined || ids.has(record.id)) continue;
    ids.add(record.id);
    known.push(record);
  }
  return { state: { ...fields, records: known }, problems };
}

type Report = (problem: string) => void;

function parseHead(textOfHead: string, report: Report): Omit<AgentState, 'records'> {
  const fields = attempt('state', () => parseFields(textOfHead), report) ?? {};
  checkVersion(fields['version'], report);
  const cursor = parseOptional(fields, { name: 'cursor', parse: shaped(CURSOR) }, report);
  const claim = parseOptional(fields, { name: 'claim', parse: shaped(CLAIM) }, report);
  return { ...(cursor && { cursor }), ...(claim && { claim }) };
}

/** A later format may keep its claims elsewhere: to write over it could start a run twice. */
function checkVersion(version: unknown, report: Report): void {
  if (version === undefined || version === STATE_VERSION) return;
  if (typeof version === 'number' && version > STATE_VERSION) {
    throw new AgentError(
      'STATE_UNREADABLE',
      `the stored state has format ${version} and this agent knows format ${STATE_VERSION}`,
    );
  }
  report(`state: version is not ${STATE_VERSION}`);
}

function parseOptional<T>(
  fields: Readonly<Record<string, unknown>>,
  { name, parse }: { readonly name: string; readonly parse: Parse<T> },
  report: Report,
): T | undefined {
  const value = fields[name];
  if (value === undefined) return undefined;
  return attempt('state', () => parse(value, name), report);
}

function parseFields(json: string): Readonly<Record<string, unknown>> {
  const value: unknown = parseJson(json);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new TypeError('no object');
  }
  return { ...value };
}

function parseLine(line: string): RunRecord {
  const record = parseRunRecord(parseJson(line));
  if (!isRunId(record.id)) throw new TypeError('its id is no run id');
  return record;
}

/** @throws {TypeError} Without the text, which JSON.parse would show. */
function parseJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    throw new TypeError('not JSON');
  }
}

function attempt<T>(what: string, parse: () => T, report: Report): T | undefined {
  try {
    return parse();
  } catch (error) {
    report(`${what}: ${messageOf(error)}`);
    return undefined;
  }
}

/** Whoever may read ConfigMaps sees this, collected bundles included. */
function storable(record: RunRecord): RunRecord {
  const { error, delivery, collectors } = record;
  return {
    ...record,
    error: error && { ...error, message: cutText(error.message) },
    delivery: delivery && {
      ...delivery,
      destination: null,
      key: delivery.key === null ? null : cutText(delivery.key, MAX_KEY_BYTES),
      receipt: delivery.receipt === null ? null : cutText(delivery.receipt),
    },
    collectors: collectors.map((collector) => ({
      ...collector,
      name: cutText(collector.name),
      errors: collector.errors.map((message) => cutText(message)),
    })),
  };
}

/** As long as an object's key in S3 can be. */
const MAX_KEY_BYTES = 1024;

function sumBytes(records: readonly RunRecord[]): number {
  return records.reduce((sum, record) => sum + lineBytes(record), 0);
}

function lineBytes(record: RunRecord): number {
  return Buffer.byteLength(JSON.stringify(record)) + 1;
}
