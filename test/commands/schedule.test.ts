import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';

import type { CommandContext } from '../../agent/commands/context.ts';
import { printSchedule, schedule } from '../../agent/commands/schedule.ts';

describe('commands/schedule', () => {
  it('prints each run in UTC and on the local clock', () => {
    const { stdout, exitCode } = print('0 3 * * *', 'Europe/Berlin', '2026-11-22T12:00:00Z');

    assert.deepEqual(stdout, [
      '2026-11-23T02:00:00Z  2026-11-23T03:00:00+01:00 Europe/Berlin',
      '2026-11-24T02:00:00Z  2026-11-24T03:00:00+01:00 Europe/Berlin',
    ]);
    assert.equal(exitCode, 0);
  });

  it('includes a run at the very instant it begins with', () => {
    const { stdout } = print('0 3 * * *', 'UTC', '2026-11-22T03:00:00Z');

    assert.match(stdout[0] ?? '', /^2026-11-22T03:00:00Z/);
  });

  it('shows offsets west of Greenwich and of odd minutes', () => {
    const { stdout } = print('0 3 * * *', 'America/St_Johns', '2026-11-22T12:00:00Z');

    assert.match(stdout[0] ?? '', /^2026-11-23T06:30:00Z {2}2026-11-23T03:00:00-03:30 /);
  });

  it('says what is odd about a run in a gap', () => {
    const { stdout } = print('30 2 * * *', 'Europe/Berlin', '2026-03-29T00:00:00Z');

    assert.equal(
      stdout[0],
      '2026-03-29T01:00:00Z  2026-03-29T03:00:00+02:00 Europe/Berlin  (clocks go forward over 02:30: runs right after)',
    );
  });

  it('says what is odd about runs in an overlap', () => {
    const daily = print('30 2 * * *', 'Europe/Berlin', '2026-10-25T00:00:00Z').stdout;
    const hourly = print('30 * * * *', 'Europe/Berlin', '2026-10-25T00:00:00Z').stdout;

    assert.match(daily[0] ?? '', /\+02:00 .*comes twice, runs the first time only\)$/);
    assert.match(hourly[0] ?? '', /\+02:00 .*comes twice, here the first time\)$/);
    assert.match(hourly[1] ?? '', /\+01:00 .*comes twice, here the second time\)$/);
  });

  it('leaves out what MIN_INTERVAL passes over, and says so', () => {
    const { stdout } = print('*/2 * * * *', 'UTC', '2026-11-22T02:00:00Z', 300_000);

    assert.deepEqual(stdout, [
      '2026-11-22T02:00:00Z  2026-11-22T02:00:00+00:00 UTC',
      '2026-11-22T02:06:00Z  2026-11-22T02:06:00+00:00 UTC  (MIN_INTERVAL passes over what is due before)',
    ]);
  });

  for (const [expression, reason] of [
    [undefined, /^SCHEDULE is not set/],
    ['0 0 30 2 *', /^SCHEDULE_NEVER: .*30 does not occur in month 2/],
    ['70-10 2 * * *', /^SCHEDULE_INVALID: .*70 is not within 0-59/],
  ] as const) {
    it(`ends with 1 and the reason for ${expression ?? 'no schedule'}`, () => {
      const { stdout, stderr, exitCode } = print(expression, 'UTC', '2026-11-22T02:00:00Z');

      assert.equal(exitCode, 1);
      assert.deepEqual(stdout, []);
      assert.match(stderr[0] ?? '', reason);
    });
  }

  it('reads settings and options', () => {
    const { context, lines } = createContext({ SCHEDULE: '0 3 * * *', SUSPEND: 'true' });

    const exitCode = schedule(context, { count: '3', from: '2026-11-22T12:00:00+01:00' });

    assert.equal(exitCode, 0);
    assert.equal(lines().stdout.length, 3);
    assert.match(lines().stderr[0] ?? '', /^SUSPEND is set/);
  });

  for (const options of [
    { count: '0' },
    { count: 'five' },
    { count: '10001' },
    { count: '1', from: 'tomorrow' },
    { count: '1', from: '2026-11-22' },
    { count: '1', from: '2026-13-22T00:00:00Z' },
  ]) {
    it(`ends with 2 for ${JSON.stringify(options)}`, () => {
      const { context, lines } = createContext({ SCHEDULE: '0 3 * * *' });

      assert.equal(schedule(context, options), 2);
      assert.equal(lines().stderr.length, 1);
    });
  }
});

function print(
  expression: string | undefined,
  timeZone: string,
  ...[from, minIntervalMs = 0]: readonly [string, number?]
) {
  const { context, lines } = createContext({});
  const fromMs = Date.parse(from);
  const exitCode = printSchedule(
    { expression, timeZone, minIntervalMs, count: 2, fromMs },
    context,
  );
  return { exitCode, ...lines() };
}

function createContext(environment: Readonly<Record<string, string>>) {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const written: { stdout: string; stderr: string } = { stdout: '', stderr: '' };
  stdout.on('data', (chunk: Buffer) => {
    written.stdout += chunk.toString();
  });
  stderr.on('data', (chunk: Buffer) => {
    written.stderr += chunk.toString();
  });
  const context: CommandContext = {
    environment,
    stdin: new PassThrough(),
    stdout,
    stderr,
    self: [],
    signal: AbortSignal.abort(),
  };
  return {
    context,
    lines: () => {
      stdout.read();
      stderr.read();
      return { stdout: toLines(written.stdout), stderr: toLines(written.stderr) };
    },
  };
}

function toLines(text: string): readonly string[] {
  return text.split('\n').filter((line) => line !== '');
}
