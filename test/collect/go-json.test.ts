import assert from 'node:assert/strict';

import { goJson, goText } from '../../agent/collect/go-json.ts';

describe('collect/go-json', () => {
  it('escapes what Go escapes', () => {
    assert.equal(
      goJson('<a href="x">&\u2028\u2029\b\f\n\r\t\u0001\u007f\\é'),
      String.raw`"\u003ca href=\"x\"\u003e\u0026\u2028\u2029\b\f\n\r\t\u0001` +
        '\u007f' +
        String.raw`\\é"`,
    );
  });

  it('keeps the order of an object and sorts a Map by bytes', () => {
    assert.equal(goJson({ b: 1, a: [true, null] }), '{"b":1,"a":[true,null]}');
    const keys = ['\u{1F600}', '\uFFFD', '2', '10', 'a'];
    assert.equal(
      goJson(new Map(keys.map((key) => [key, 0]))),
      '{"10":0,"2":0,"a":0,"\uFFFD":0,"\u{1F600}":0}',
    );
  });

  it('indents, and leaves empty lists and objects on one line', () => {
    assert.equal(
      goJson({ list: [{ a: 1 }], none: [], nothing: {}, left: undefined }, '  '),
      '{\n  "list": [\n    {\n      "a": 1\n    }\n  ],\n  "none": [],\n  "nothing": {}\n}',
    );
  });

  it('writes bytes that are no UTF-8 as Go does', () => {
    const bytes = Buffer.from([0xe2, 0x82, 0x28, 0x84, 0x41]);

    assert.equal(goJson(goText(bytes)), String.raw`"\ufffd\ufffd(\ufffdA"`);
    assert.equal(goJson(goText(Buffer.from('\ufffd'))), '"\ufffd"');
  });
});
