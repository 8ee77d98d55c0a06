import assert from 'node:assert/strict';

import { goJson } from '../../agent/collect/go-json.ts';
import { Indenter } from '../../agent/collect/indent.ts';

const ODD: unknown = {
  text: 'a "quoted" \\ {brace} [bracket], colon: \n\t\u0001 é \u{1F600} <&>\u2028',
  'key with {": ,': [[], {}, [[]], [{}], { a: {} }],
  numbers: [0, -1.5e300, true, false, null],
  nested: { a: { b: [{ c: 'd' }, 'e', ['f']] } },
  empty: '',
};

describe('collect/indent', () => {
  it('indents as Go does', () => {
    for (const value of [ODD, [], {}, [1], 'text', 7, null, [ODD, ODD]]) {
      assert.equal(indent(goJson(value)), goJson(value, '  '));
    }
  });

  it('indents for the place in which the value stands', () => {
    assert.equal(
      indent('{"a":[1],"b":{}}', 2),
      '{\n      "a": [\n        1\n      ],\n      "b": {}\n    }',
    );
  });

  it('puts fields first, into an empty object too', () => {
    const first = Buffer.from('"kind":"Pod"');
    const indenter = new Indenter();

    assert.equal(
      text(indenter.indent(Buffer.from('{"a":1}'), 0, first)),
      '{\n  "kind": "Pod",\n  "a": 1\n}',
    );
    assert.equal(text(indenter.indent(Buffer.from('{}'), 0, first)), '{\n  "kind": "Pod"\n}');
  });

  it('keeps numbers, the order of keys and escapes as they are', () => {
    const json = '{"2":9007199254740993,"10":1.0,"__proto__":{},"a":"\\u003c\\u00e9"}';

    assert.equal(
      indent(json),
      '{\n  "2": 9007199254740993,\n  "10": 1.0,\n  "__proto__": {},\n  "a": "\\u003c\\u00e9"\n}',
    );
  });

  it('takes JSON that is indented already', () => {
    assert.equal(indent(JSON.stringify(ODD, null, '\t\r')), JSON.stringify(ODD, null, 2));
  });

  it('takes values that are far larger than its memory, and far deeper', () => {
    const large = { list: Array.from({ length: 20_000 }, () => ODD) };
    const deep = `${'['.repeat(3000)}1${']'.repeat(3000)}`;

    assert.equal(indent(JSON.stringify(large)), JSON.stringify(large, null, 2));
    assert.equal(indent(deep).replaceAll(/\s/g, ''), deep);
  });
});

function indent(json: string, depth = 0): string {
  return text(new Indenter().indent(Buffer.from(json), depth));
}

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString();
}
