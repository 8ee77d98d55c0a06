/** SCHEDULE: the text of a cron expression to the values of its fields, in the grammar of a Kubernetes CronJob. */

import { parse } from 'node-cron';

import { cutText } from '../bundle.ts';
import { AgentError } from '../errors.ts';
import { type CheckedField, checkField, FIELD_RULES } from './field.ts';

/** The values of each field, ascending, without duplicates, never empty; Sunday is 0. */
export interface ScheduleFields {
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  readonly daysOfMonth: readonly number[];
  readonly months: readonly number[];
  readonly daysOfWeek: readonly number[];
  /** Neither day field is a star: a day is due when either of them matches, else when both do. */
  readonly isEitherDay: boolean;
}

const MACROS: Readonly<Record<string, string>> = {
  '@hourly': '0 * * * *',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@weekly': '0 0 * * 0',
  '@monthly': '0 0 1 * *',
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
};

/** Long lists fit: every value of every field written out is 360 characters. */
const MAX_CHARACTERS = 1000;

/** Days in each month of a leap year. */
const MONTH_DAYS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/**
 * The fields of an expression that is due some day.
 *
 * @throws {AgentError} SCHEDULE_INVALID: with everything that is wrong and what to write instead.
 * @throws {AgentError} SCHEDULE_NEVER: the selected months never have the selected day.
 */
export function parseExpression(expression: string): ScheduleFields {
  const shown = JSON.stringify(cutText(expression, 120));
  const checked = checkExpression(expression);
  if (checked.kind === 'invalid') {
    throw new AgentError('SCHEDULE_INVALID', `SCHEDULE ${shown}: ${checked.problems.join('; ')}`);
  }
  const fields = toFields(checked);
  const never = findNever(fields);
  if (never !== undefined) {
    throw new AgentError('SCHEDULE_NEVER', `SCHEDULE ${shown} is never due: ${never}`);
  }
  return fields;
}

interface ValidExpression {
  readonly kind: 'valid';
  /** The five fields in the words of node-cron. */
  readonly texts: readonly string[];
  readonly isEitherDay: boolean;
}

type CheckedExpression =
  | ValidExpression
  | { readonly kind: 'invalid'; readonly problems: readonly string[] };

/** What is wrong with an expression, one text a problem; none when it can be parsed. */
export function findExpressionProblems(expression: string): readonly string[] {
  const checked = checkExpression(expression);
  return checked.kind === 'invalid' ? checked.problems : [];
}

function checkExpression(expression: string): CheckedExpression {
  if (expression.length > MAX_CHARACTERS) {
    return invalid([`it has ${expression.length} characters; ${MAX_CHARACTERS} are the limit`]);
  }
  if (/^\s*["'`]/.test(expression)) return invalid(['it is in quotes; leave them out']);
  const { rest, problems } = takePrefix(expression.trim());
  const macro = rest.startsWith('@') ? MACROS[rest.toLowerCase()] : rest;
  if (macro === undefined) return invalid([...problems, adviceForMacro(rest)]);
  const raw = macro.split(/\s+/).filter((field) => field !== '');
  if (raw.length !== 5) return invalid([...problems, adviceForCount(raw)]);
  const checks = Object.values(FIELD_RULES).map((rule, index) =>
    checkField(raw[index] ?? '', rule),
  );
  return combine(checks, problems);
}

function combine(checks: readonly CheckedField[], problems: readonly string[]): CheckedExpression {
  const all = [
    ...problems,
    ...checks.flatMap((check) => (check.kind === 'invalid' ? check.problems : [])),
  ];
  if (all.length > 0) return invalid(all);
  const valid = checks.filter((check) => check.kind === 'valid');
  const [, , dayOfMonth, , dayOfWeek] = valid;
  return {
    kind: 'valid',
    texts: valid.map((check) => check.text),
    isEitherDay: dayOfMonth?.isStar === false && dayOfWeek?.isStar === false,
  };
}

/** Go's cron libraries take a time zone before the expression; here it has a setting of its own. */
function takePrefix(expression: string): { rest: string; problems: readonly string[] } {
  const [prefix, timeZone] = /^(?:CRON_)?TZ=(\S*)\s*/i.exec(expression) ?? [];
  if (prefix === undefined) return { rest: expression, problems: [] };
  const shown = JSON.stringify(cutText(prefix, 60));
  const name = timeZone === undefined || timeZone === '' ? 'its time zone' : cutText(timeZone, 60);
  return {
    rest: expression.slice(prefix.length),
    problems: [`${shown} does not belong here; set TIME_ZONE to ${name}`],
  };
}

function adviceForMacro(text: string): string {
  const shown = JSON.stringify(cutText(text, 60));
  if (/^@every\b/i.test(text)) return `${shown} is not supported; write a step, e.g. */30 * * * *`;
  if (/^@reboot\b/i.test(text)) return `${shown} is not supported; set RUN_ON_START to true`;
  return `${shown} is not one of ${Object.keys(MACROS).join(' ')}`;
}

const FIVE_FIELDS = 'write minute, hour, day of month, month and day of week, e.g. 0 2 * * *';

function adviceForCount(raw: readonly string[]): string {
  if (raw.length === 0) return `it is empty; ${FIVE_FIELDS}`;
  if (raw.length !== 6) {
    return `it has ${raw.length} ${raw.length === 1 ? 'field' : 'fields'}; ${FIVE_FIELDS}`;
  }
  const isWithYear = /^\d{4}/.test(raw.at(-1) ?? '');
  const five = cutText((isWithYear ? raw.slice(0, 5) : raw.slice(1)).join(' '), 120);
  return `it has six fields; ${isWithYear ? 'a year is' : 'seconds are'} not supported, write ${five}`;
}

function toFields({ texts, isEitherDay }: ValidExpression): ScheduleFields {
  const [minute, hour, dayOfMonth, month, dayOfWeek] = texts;
  // Day of month apart from month: together node-cron refuses `30 2`, which OR with a day of week makes due.
  const days = parse(`${minute} ${hour} ${dayOfMonth} * *`);
  const months = parse(`0 0 * ${month} ${dayOfWeek}`);
  return {
    minutes: toValues(days.minute),
    hours: toValues(days.hour),
    daysOfMonth: toValues(days.dayOfMonth),
    months: toValues(months.month),
    daysOfWeek: toValues(months.dayOfWeek),
    isEitherDay,
  };
}

function toValues(parsed: readonly (number | string)[]): readonly number[] {
  return [...new Set(parsed.map(Number))].toSorted((a, b) => a - b);
}

/** Why no day is ever due; undefined when some day is, at the latest 8 years from any other (29 February, around 2100). */
function findNever({ daysOfMonth, months, isEitherDay }: ScheduleFields): string | undefined {
  const [first = 1] = daysOfMonth;
  const longest = Math.max(...months.map((month) => MONTH_DAYS[month - 1] ?? 0));
  if (isEitherDay || first <= longest) return undefined;
  return `day of month ${first} does not occur in month ${months.join(',')}`;
}

function invalid(problems: readonly string[]): CheckedExpression {
  return { kind: 'invalid', problems };
}
