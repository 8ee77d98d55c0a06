import assert from 'node:assert/strict';

import { AgentError } from '../../agent/errors.ts';
import { findExpressionProblems, parseExpression } from '../../agent/schedule/expression.ts';

describe('schedule/expression', () => {
  it('gives the values of each field, ascending and once', () => {
    const fields = parseExpression('50-59/3,5,5 22,1-3 ? JAN,mar-MAY Sun,5-7');

    assert.deepEqual(fields, {
      minutes: [5, 50, 53, 56, 59],
      hours: [1, 2, 3, 22],
      daysOfMonth: upTo(1, 31),
      months: [1, 3, 4, 5],
      daysOfWeek: [0, 5, 6],
      isEitherDay: false,
    });
  });

  it('lets a step go on to the end of its field', () => {
    const fields = parseExpression('5/15 20/2 10/10 MAR/4 WED/2');

    assert.deepEqual(fields.minutes, [5, 20, 35, 50]);
    assert.deepEqual(fields.hours, [20, 22]);
    assert.deepEqual(fields.daysOfMonth, [10, 20, 30]);
    assert.deepEqual(fields.months, [3, 7, 11]);
    assert.deepEqual(fields.daysOfWeek, [3, 5]);
  });

  for (const [macro, meaning] of [
    ['@hourly', '0 * * * *'],
    ['@daily', '0 0 * * *'],
    ['@midnight', '0 0 * * *'],
    ['@weekly', '0 0 * * 0'],
    ['@monthly', '0 0 1 * *'],
    ['@yearly', '0 0 1 1 *'],
    ['@annually', '0 0 1 1 *'],
  ] as const) {
    it(`reads ${macro} as ${meaning}`, () => {
      assert.deepEqual(parseExpression(macro), parseExpression(meaning));
    });
  }

  it('takes any white space between and around the fields', () => {
    assert.deepEqual(parseExpression('\t0  2\t* * *\n'), parseExpression('0 2 * * *'));
  });

  it('takes 7 for Sunday', () => {
    assert.deepEqual(parseExpression('0 2 * * 7').daysOfWeek, [0]);
    assert.deepEqual(parseExpression('0 2 * * 0-7').daysOfWeek, upTo(0, 6));
  });

  for (const [days, isEitherDay] of [
    ['13 * 5', true],
    ['*/2 * 5', true],
    ['1-31 * 5', true],
    ['13 * *', false],
    ['13 * ?', false],
    ['*/1 * 5', false],
    ['13,* * 5', false],
    ['?/1 * 5', false],
  ] as const) {
    it(`combines the days of ${days} with ${isEitherDay ? 'OR' : 'AND'}, as Kubernetes does`, () => {
      assert.equal(parseExpression(`0 2 ${days}`).isEitherDay, isEitherDay);
    });
  }

  for (const [expression, hint] of [
    ['', 'it is empty; write minute, hour, day of month, month and day of week, e.g. 0 2 * * *'],
    [' \n', 'it is empty'],
    ['0 2 * *', 'it has 4 fields; write minute, hour'],
    ['daily', 'it has 1 field;'],
    ['0 30 2 * * *', 'seconds are not supported, write 30 2 * * *'],
    ['0 0 1 1 * 2027', 'a year is not supported, write 0 0 1 1 *'],
    ['"0 2 * * *"', 'leave them out'],
    ['@every 5m', 'write a step, e.g. */30 * * * *'],
    ['@reboot', 'set RUN_ON_START to true'],
    ['@dayly', '"@dayly" is not one of @hourly @daily'],
    ['TZ=Europe/Berlin 0 2 * * *', 'set TIME_ZONE to Europe/Berlin'],
    ['CRON_TZ=UTC 0 2 * * *', 'set TIME_ZONE to UTC'],
    ['70-10 2 * * *', 'minute "70-10": 70 is not within 0-59'],
    ['0 24 * * *', 'hour "24": 24 is not within 0-23; write 0 for midnight'],
    ['0 2 0 * *', 'day of month "0": 0 is not within 1-31'],
    ['0 2 * 13 *', 'month "13": 13 is not within 1-12'],
    ['0 2 * * 8', 'day of week "8": 8 is not within 0-7'],
    ['0 22-2 * * *', '22-2 runs backwards; write 22-23,0-2'],
    ['0 2 * * FRI-SUN', '5-0 runs backwards; write 5-7'],
    ['0 2 * * SAT-MON', '6-1 runs backwards; write 6,0-1'],
    ['0 2 * * 7-2', 'write 0-2'],
    ['5* 2 * * *', 'minute "5*" is not a number; write 5, or */5 for a step'],
    ['*5 2 * * *', 'write 5, or */5'],
    ['0 2 * JANFEB *', 'month "JANFEB" is not a name; write JAN,FEB'],
    ['0 2 * * SUNMON', 'write SUN,MON'],
    ['0 2 * January *', 'write JAN'],
    ['0 2 * * Monday', 'write MON'],
    ['0 2 JAN * *', 'day of month "JAN" is not a number'],
    ['0 2 * * XYZ', 'is not a number or one of SUN MON TUE WED THU FRI SAT'],
    ['0 2 L * *', 'uses L, W or #, which CronJobs do not know'],
    ['0 2 15W * *', 'uses L, W or #'],
    ['0 2 * * 1#5', 'uses L, W or #'],
    ['0 2 * * 5L', 'uses L, W or #'],
    ['*/0 2 * * *', 'a step must be at least 1'],
    ['*/x 2 * * *', 'the step "x" is not a number'],
    ['*/ 2 * * *', '"*/" is not a range and a step'],
    ['1/2/3 2 * * *', 'is not a range and a step'],
    ['1-2-3 2 * * *', 'is not a range such as 0-59'],
    ['-5 2 * * *', 'is not a range such as 0-59'],
    ['+5 2 * * *', 'minute "+5" is not a number'],
    ['1,,2 2 * * *', 'minute "1,,2": there is a comma too many'],
    ['0 2 * * 7/2', 'a step cannot start at 7; write 0/2'],
    ['1.5 2 * * *', 'minute "1.5" is not a number'],
    ['٣ 2 * * *', 'minute "٣" is not a number'],
  ] as const) {
    it(`refuses ${JSON.stringify(expression)} and says what to write instead`, () => {
      assert.throws(
        () => parseExpression(expression),
        (error) =>
          error instanceof AgentError &&
          error.code === 'SCHEDULE_INVALID' &&
          error.message.startsWith('SCHEDULE "') &&
          error.message.includes(hint),
        `no ${hint} in ${findExpressionProblems(expression).join('; ')}`,
      );
    });
  }

  it('names all problems at once', () => {
    const problems = findExpressionProblems('TZ=UTC 61,x 25 * * MONDAY');

    assert.equal(problems.length, 5);
  });

  it('cuts and quotes what it shows of a long or strange text', () => {
    for (const expression of [
      '9'.repeat(900),
      `${'\u0007'.repeat(200)} 2 * * *`,
      'a'.repeat(99_999),
    ]) {
      assert.throws(
        () => parseExpression(expression),
        (error) => error instanceof AgentError && /^[ -~…]{10,500}$/.test(error.message),
      );
    }
  });

  for (const [expression, reason] of [
    ['0 0 30 2 *', 'day of month 30 does not occur in month 2'],
    ['0 0 31 2,4,JUN,9,11 *', 'day of month 31 does not occur in month 2,4,6,9,11'],
  ] as const) {
    it(`refuses ${expression}, which is never due`, () => {
      assert.throws(
        () => parseExpression(expression),
        (error) =>
          error instanceof AgentError &&
          error.code === 'SCHEDULE_NEVER' &&
          error.message.includes(reason),
      );
    });
  }

  it('takes a day that never comes beside a day of week, which is then due alone', () => {
    assert.equal(parseExpression('0 0 30 2 MON').isEitherDay, true);
  });
});

function upTo(first: number, last: number): readonly number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}
