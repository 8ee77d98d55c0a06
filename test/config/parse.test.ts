/** Texts of single settings and what they come to. */

import assert from 'node:assert/strict';

import {
  configMapRef,
  duration,
  flag,
  headerValue,
  licenseText,
  list,
  oneOf,
  positiveDuration,
  positiveSize,
  size,
  wholeNumber,
} from '../../agent/config/parse.ts';

describe('config/parse', () => {
  for (const [text, ms] of [
    ['0', 0],
    ['0s', 0],
    ['90s', 90_000],
    ['30m', 1_800_000],
    ['2h', 7_200_000],
    ['7d', 604_800_000],
    ['1h30m', 5_400_000],
  ] as const) {
    it(`reads the duration ${text}`, () => {
      assert.equal(duration(text), ms);
    });
  }

  for (const text of ['90', '1.5h', '-5s', '5 m', 's', '5w', '1e3s']) {
    it(`refuses the duration ${JSON.stringify(text)}`, () => {
      assert.throws(() => duration(text), /must be a duration such as 90s, 30m, 2h or 7d/);
    });
  }

  it('refuses a duration of zero where it would mean never', () => {
    assert.throws(() => positiveDuration('0s'), RangeError);
  });

  for (const [text, bytes] of [
    ['0', 0],
    ['1048576', 1_048_576],
    ['512Mi', 536_870_912],
    ['1.5Gi', 1_610_612_736],
    ['2G', 2_000_000_000],
    ['10k', 10_000],
    ['1.048576e+08', 104_857_600],
  ] as const) {
    it(`reads the size ${text}`, () => {
      assert.equal(size(text), bytes);
    });
  }

  for (const text of ['-1', '512MB', 'Mi', '1 Gi', '1e99', '0x10']) {
    it(`refuses the size ${JSON.stringify(text)}`, () => {
      assert.throws(() => size(text), /must be a size such as 512Mi, 2G or a number of bytes/);
    });
  }

  it('refuses a size of nothing where it would mean never', () => {
    assert.throws(() => positiveSize('0'), RangeError);
  });

  it('reads booleans as Go does', () => {
    assert.deepEqual(['1', 't', 'True', '0', 'FALSE'].map(flag), [true, true, true, false, false]);
    assert.throws(() => flag('yes'), /must be true or false/);
  });

  it('reads comma-separated texts without blanks and empty ones', () => {
    assert.deepEqual(list(' a, b,,c '), ['a', 'b', 'c']);
  });

  it('holds whole numbers to their bounds', () => {
    assert.equal(wholeNumber(1, 10)('10'), 10);
    for (const text of ['0', '11', '1.5', 'ten', '']) {
      assert.throws(() => wholeNumber(1, 10)(text), /must be a whole number from 1 to 10/);
    }
  });

  it('names the choices where none of them is given', () => {
    assert.throws(() => oneOf('run', 'skip')('never'), /must be one of run, skip/);
  });

  for (const text of ['', '  ', '<nil>', '0', 'null']) {
    it(`takes ${JSON.stringify(text)} of a license field as unset`, () => {
      assert.equal(licenseText(text), undefined);
    });
  }

  it('refuses a header value that would start another header', () => {
    assert.equal(headerValue('vendor/1 (x)'), 'vendor/1 (x)');
    assert.throws(() => headerValue('a\r\nX-Injected: 1'), RangeError);
  });

  it('reads the place of the state', () => {
    assert.deepEqual(configMapRef('configmap/apps/csb-state'), {
      namespace: 'apps',
      name: 'csb-state',
    });
    assert.throws(() => configMapRef('secret/a/b'), RangeError);
  });
});
