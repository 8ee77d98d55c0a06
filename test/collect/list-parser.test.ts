import assert from 'node:assert/strict';

import { type ListFacts, ListParser } from '../../agent/collect/list-parser.ts';

const OBJECTS = [
  { metadata: { name: 'a', namespace: 'n' }, text: 'braces } ] { [ and "quotes" and \\' },
  {},
  { nested: [{ a: [{}, []] }], text: '\\"' },
];
const BUILT_IN = {
  kind: 'PodList',
  apiVersion: 'v1',
  metadata: { resourceVersion: '7', continue: 'token' },
};

describe('collect/list-parser', () => {
  for (const [what, list] of [
    ['of built-in objects', { ...BUILT_IN, items: OBJECTS }],
    [
      'of custom resources',
      { apiVersion: 'a/v1', items: OBJECTS, kind: 'AList', metadata: BUILT_IN.metadata },
    ],
  ] as const) {
    it(`finds the objects of a list ${what}, whatever the chunks`, () => {
      const json = JSON.stringify(list);
      for (let size = 1; size <= json.length; size++) {
        const { objects, facts } = parse(json, size);

        assert.deepEqual(objects, OBJECTS);
        assert.deepEqual(facts, { resourceVersion: '7', continueToken: 'token' });
      }
    });
  }

  it('knows the facts of a built-in list before its objects', () => {
    const parser = new ListParser();
    assert.deepEqual(
      [...parser.push(Buffer.from('{"metadata":{"resourceVersion":"7"},"items":[{'))],
      [],
    );

    assert.deepEqual(parser.facts, { resourceVersion: '7', continueToken: '' });
  });

  it('takes an empty list, also one that is indented', () => {
    for (const json of [
      '{"items":[],"metadata":{}}',
      '{\n "items": [\n ]\n}\n',
      '{"items":null}',
    ]) {
      assert.deepEqual(parse(json, 3).objects, []);
    }
  });

  for (const json of [
    '',
    '<html>',
    '{"kind":"Status"}',
    '{"items":[{"a":1}',
    '{"items":[1]}',
    '[]',
    '{"items":[{}}]',
  ]) {
    it(`refuses ${json}`, () => {
      assert.throws(() => parse(json, 5), SyntaxError);
    });
  }

  it('refuses what is long and no list', () => {
    assert.throws(() => parse(`{"a":"${'x'.repeat(3e6)}`, 65_536), SyntaxError);
  });
});

describe('collect/list-parser: objects over many chunks', () => {
  const LARGE = Array.from({ length: 4 }, (_, index) => ({
    name: `object-${index}`,
    text: `é"\\{[${'x'.repeat([9000, 20, 40_000, 70_000][index] ?? 0)}`,
  }));
  const JSON_OF_LARGE = JSON.stringify({ ...BUILT_IN, items: LARGE });

  for (const size of [7, 1000, 8192, 65_536]) {
    it(`are whole, by chunks of ${size} bytes`, () => {
      assert.deepEqual(parse(JSON_OF_LARGE, size).objects, LARGE);
    });
  }

  it('stay as they are while the next one begins in the same chunk, and then share its memory', () => {
    const parser = new ListParser();
    const given: Uint8Array[] = [];
    for (const chunk of ['{"items":[{"a":', '1},{"a":', '2},{"a":', '3}]}']) {
      const objects = parser.push(Buffer.from(chunk));
      given.push(...objects);
      const number = given.length;
      if (number > 0) assert.equal(Buffer.from(objects[0] ?? []).toString(), `{"a":${number}}`);
    }

    assert.notEqual(given[0]?.buffer, given[1]?.buffer);
    assert.equal(given[0]?.buffer, given[2]?.buffer);
    parser.finish();
  });

  it('do not need the chunks in which they began', () => {
    const parser = new ListParser();
    const json = Buffer.from('{"items":[{"a":"begun and ended"},{"b":1}]}');
    const chunk = Buffer.alloc(10);
    const objects: unknown[] = [];
    for (let start = 0; start < json.length; start += chunk.length) {
      // As a reader that uses one buffer for all it reads.
      const length = json.copy(chunk, 0, start);
      for (const object of parser.push(chunk.subarray(0, length))) {
        objects.push(JSON.parse(Buffer.from(object).toString()));
      }
    }

    assert.deepEqual(objects, [{ a: 'begun and ended' }, { b: 1 }]);
  });
});

function parse(json: string, size: number): { objects: unknown[]; facts: ListFacts } {
  const parser = new ListParser();
  const objects: unknown[] = [];
  const bytes = Buffer.from(json);
  for (let start = 0; start < bytes.length; start += size) {
    for (const object of parser.push(bytes.subarray(start, start + size))) {
      objects.push(JSON.parse(Buffer.from(object).toString()));
    }
  }
  return { objects, facts: parser.finish() };
}
