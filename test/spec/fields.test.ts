/** spec/fields: values against the fields Go would decode. */

import assert from 'node:assert/strict';

import { canonicalJson, checkFields } from '../../agent/spec/fields.ts';

describe('spec/fields', () => {
  it('keeps known fields and names unknown ones, nested ones too', () => {
    const checked = checkFields(
      { name: 'a', Name: 'b', limits: { maxLines: 1, lines: 2 }, list: [{ name: 'c', x: 1 }] },
      {
        name: 'text',
        limits: { fields: { maxLines: 'integer' } },
        list: { listOf: { name: 'text' } },
      },
    );

    assert.deepEqual(checked.value, { name: 'a', limits: { maxLines: 1 }, list: [{ name: 'c' }] });
    assert.deepEqual(checked.unknown, [['Name'], ['limits', 'lines'], ['list', 0, 'x']]);
    assert.deepEqual(checked.mismatches, []);
  });

  it('takes null for absent', () => {
    assert.deepEqual(checkFields({ name: null }, { name: 'text' }).value, {});
  });

  for (const [shape, value] of [
    ['text', 1],
    ['flag', 'true'],
    ['integer', 1.5],
    ['texts', 'one'],
    ['texts', ['one', 2]],
    ['textMap', { key: 1 }],
    ['instant', 'yesterday'],
    [{ fields: {} }, []],
    [{ listOf: {} }, {}],
    [{ listOf: {} }, ['text']],
  ] as const) {
    it(`refuses ${JSON.stringify(value)} where ${JSON.stringify(shape)} is wanted`, () => {
      assert.equal(checkFields({ field: value }, { field: shape }).mismatches.length, 1);
    });
  }

  it('is not led astray by names of Object', () => {
    const value = Object.fromEntries([
      ['__proto__', { a: 1 }],
      ['constructor', 1],
    ]);

    const checked = checkFields(value, {});

    assert.deepEqual(checked.unknown, [['__proto__'], ['constructor']]);
  });

  it('writes equal values alike, whatever the order of their keys', () => {
    const isZeroAbsent = true;

    assert.equal(
      canonicalJson({ b: 1, a: { d: '', c: [1] } }, { isZeroAbsent }),
      canonicalJson({ a: { c: [1], e: null, f: false, g: [] }, b: 1 }, { isZeroAbsent }),
    );
    assert.notEqual(
      canonicalJson({ a: '' }, { isZeroAbsent: false }),
      canonicalJson({}, { isZeroAbsent: false }),
    );
  });
});
