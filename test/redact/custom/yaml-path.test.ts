/** yamlPath in place; what upstream masks was compared with gopkg.in/yaml.v2 v2.4.0 and support-bundle v0.133.0. */

import assert from 'node:assert/strict';

import { maskYamlPath } from '../../../agent/redact/custom/yaml-path.ts';
import { mask, type Row, rows } from './yaml-rows.ts';

describe('redact/custom/yaml-path', () => {
  rows('masks in YAML', [
    ['a text', 'a', 'a: x\nb: y\n', 'a: M\nb: y\n'],
    [
      'and leaves blanks, comments and order alone',
      'b',
      '# c\na:   1 # x\n\nb:   2 # y\n',
      '# c\na:   1 # x\n\nb:   M # y\n',
    ],
    ['a number', 'a', 'a: 1.5', 'a: M'],
    ['a value of another line', 'a', 'a:\n  x\n  y\nb: 1\n', 'a: M\nb: 1\n'],
    ['a value in quotes over several lines', 'a', 'a: "x\n  y"\nb: 1\n', 'a: M\nb: 1\n'],
    ['nothing', 'a', 'a:\nb: 1\n', 'a: M\nb: 1\n'],
    ['nothing, before a comment', 'a', 'a: # c\nb: 1\n', 'a: M # c\nb: 1\n'],
    ['nothing, at the end', 'a', 'a:', 'a: M'],
    [
      'a literal block, whatever looks like a comment in it',
      'a',
      'a: |\n  x\n  # y\n\nb: >-\n  z\n',
      'a: M\n\nb: >-\n  z\n',
    ],
    [
      'a map with the comments in it',
      'a',
      'a: # c\n  b: 1 # d\n  # e\n# f\ng: 1\n',
      'a: M\n# f\ng: 1\n',
    ],
    ['a list in its key’s column', 'a', 'a:\n- 1\n- 2\n# c\nb: 1\n', 'a: M\n# c\nb: 1\n'],
    [
      'a value in a map in a list',
      'a.1.b',
      'a:\n  - b: 1\n  - b: 2\n    c: 3\n',
      'a:\n  - b: 1\n  - b: M\n    c: 3\n',
    ],
    ['an item that is a map', '0', '- a: 1\n  b: 2 # c\n- x\n', '- M\n- x\n'],
    ['an item that is a list', '0', '- - a\n  - b\n-\n', '- M\n-\n'],
    ['an item that is nothing', '1', '- a\n-\n- b\n', '- a\n- M\n- b\n'],
    ['all items', '*', '- a\n- {b: c}\n', '- M\n- M\n'],
    [
      'all values, those of keys that are no texts too',
      '*',
      '1: a\ntrue: b\n[x]: c\n~: d\n',
      '1: M\ntrue: M\n[x]: M\n~: M\n',
    ],
    ['in brackets', 'a.b', 'a: {b: [1, 2], c: 3}\n', 'a: {b: M, c: 3}\n'],
    [
      'in brackets over several lines',
      'a.1',
      'a: [\n  x,\n  y # c\n]\n',
      'a: [\n  x,\n  M # c\n]\n',
    ],
    [
      'a key in brackets without a value',
      '*',
      '{a, ? b, c: , &x : 1}',
      '{a: M, ? b: M, c: M , &x : M}',
    ],
    ['a pair in a list', '0', '[a: b, c]', '[M, c]'],
    ['what a pair in a list holds', '0.a', '[a: b, c]', '[a: M, c]'],
    ['behind a ? and a :', 'a', '? a\n: - x\n  - y\n? b\n', '? a\n: M\n? b\n'],
    [
      'behind a ? that has no :',
      'x.b',
      'x:\n  ? a\n  ? b\ny: 1\n',
      'x:\n  ? a\n  ? b\n  : M\ny: 1\n',
    ],
    ['and takes the tag away', 'a', 'a: !!binary aGk=\nb: !!int 1\n', 'a: M\nb: !!int 1\n'],
    ['and takes the tag of a block away', 'a', 'a: !!map # c\n  b: 1\n', 'a: M\n'],
    ['each of two equal keys', 'a', 'a: 1\nb: 2\na: 3\n', 'a: M\nb: 2\na: M\n'],
    [
      'in every document',
      'a',
      '--- # 1\na: 1\n---\nb: 1\n...\n---\na: 2\n',
      '--- # 1\na: M\n---\nb: 1\n...\n---\na: M\n',
    ],
    [
      'in the documents around a broken one',
      'a',
      'a: 1\n---\na: [1\n---\na: 2\n',
      'a: M\n---\na: [1\n---\na: M\n',
    ],
    ['with \\r\\n', 'a', 'a:\r\n  b: 1\r\nc: |\r\n  d\r\n', 'a: M\r\nc: |\r\n  d\r\n'],
    ['with \\r alone', 'b', 'a: 1\rb:\r  - 2\rc: 3\r', 'a: 1\rb: M\rc: 3\r'],
    ['behind a byte order mark', 'a', '\uFEFFa: 1\n', '\uFEFFa: M\n'],
    ['beside other letters', 'é.ß', 'à: ☃\né: {ß: ☃, ☃: ☃}\n', 'à: ☃\né: {ß: M, ☃: ☃}\n'],
    ['a key that is escaped', 'é', '"\\u00e9": 1\n', '"\\u00e9": M\n'],
    ['a key of plain letters that are escaped', 'abc', '"a\\x62c": 1\n', '"a\\x62c": M\n'],
    ['a key that is base64', 'hi', '!!binary aGk=: 1\n', '!!binary aGk=: M\n'],
    ['a key with blanks', 'a b', 'a b: 1\n? "a\n  b"\n: 2\n', 'a b: M\n? "a\n  b"\n: M\n'],
    ['a key in quotes that would be a number', '1', '1: a\n"1": b\n', '1: a\n"1": M\n'],
    ['a key with the tag of a text', '1', '!!str 1: a\n', '!!str 1: M\n'],
    ['a key that is a date', '2001-01-01', '2001-01-01: a\n', '2001-01-01: M\n'],
    [
      'brackets and quotes that are indented too little',
      '*',
      'a: {\nb: 1 # c\n}\nc: "x\ny"\nd: [\n\t1 ]\n',
      'a: M\nc: M\nd: M\n',
    ],
    ['in brackets that are indented too little', 'a.b', 'x:\n  a: {\n b: "1\n2", # ]\n}\n', ''],
    [
      'what comes before something else',
      'a',
      '{a: 1}\nand so on: x: y\n',
      '{a: M}\nand so on: x: y\n',
    ],
    [
      'beside unquoted masks',
      'a',
      'p: ***HIDDEN*** x\nq: ***HIDDEN***\na: 1\n',
      'p: ***HIDDEN*** x\nq: ***HIDDEN***\na: M\n',
    ],
  ]);

  rows('with anchors', [
    ['replaces an alias at the path’s end', 'b', 'a: &x 1\nb: *x\n', 'a: &x 1\nb: M\n'],
    [
      'masks what an alias on the path means',
      'b.c',
      'a: &x {c: 1}\nb: *x\n',
      'a: &x {c: M}\nb: *x\n',
    ],
    ['keeps the anchor of what it masks', 'a', 'a: &x {c: 1}\nb: *x\n', 'a: &x M\nb: *x\n'],
    [
      'masks aliases of what is gone',
      'a',
      'a: {c: &x 1}\nb: [*x , 2]\n*x : 3\n',
      'a: M\nb: [M , 2]\nM : 3\n',
    ],
    [
      'masks an alias of the nearest anchor only',
      'b',
      'a: &x 1\nb: [&y 2, *x ]\nc: *x\n&x d: *x\n',
      'a: &x 1\nb: M\nc: *x\n&x d: *x\n',
    ],
    [
      'masks in a merged map',
      'b.c',
      'a: &x {c: 1}\nb:\n  <<: *x\n',
      'a: &x {c: M}\nb:\n  <<: *x\n',
    ],
    [
      'masks in each of several merged maps',
      'b.c',
      'a: &x {c: 1}\nb:\n  <<: [*x , {c: 2, d: 3}]\n  c: 4\n',
      'a: &x {c: M}\nb:\n  <<: [*x , {c: M, d: 3}]\n  c: M\n',
    ],
    [
      'merges nothing where the merged map is masked',
      'a',
      'a: &x {c: 1}\nb: {<<: *x, d: 1}\n',
      'a: &x M\nb: {<<: {}, d: 1}\n',
    ],
    ['takes << in quotes for a key', '<<', '<<: {a: 1}\n"<<": 2\n', '<<: {a: 1}\n"<<": M\n'],
    [
      'bears a map in itself',
      'a.b.b.c',
      'a: &x\n  b: *x\n  <<: *x\n  c: 1\n',
      'a: &x\n  b: *x\n  <<: *x\n  c: M\n',
    ],
  ]);

  rows('changes nothing', [
    ...['b', 'a.c', 'a.b.c', 'a.0', 'a.*.*', '', 'a.', 'a b'].map(
      (path): Row => [`where nothing is at ${JSON.stringify(path)}`, path, 'a:\n  b: 1\n', ''],
    ),
    ['where a list has no such item', 'a.2', 'a: [1, 2]\n', ''],
    ['where a step on a list is no number', 'a.x', 'a: [1, x]\n', ''],
    ['where an index is negative', 'a.-1', 'a: [1, 2]\n', ''],
    ['in an empty list or map', '*.*', 'a: []\nb: {}\n', ''],
    ['for a key that is a number', '12', '12: a\n', ''],
    ['for a key that is a boolean', 'y', 'y: a\n', ''],
    ['for a key that is null', '', ': a\n', ''],
    ['in broken YAML', 'a', 'a: b: c\nd: [\n', ''],
    ['in a text of prose', 'a', 'a text: of prose: and a: colon\n"a": {\n', ''],
    ['in JSON that is cut off', 'a', '{"a": 1, "b": [1, 2', ''],
    ['in an empty text', '*', '', ''],
    ['in bytes', '*', '[\0, 1]\n', ''],
    [
      'where the masks are already',
      '*',
      `a: '***HIDDEN***'\nb: "***HIDDEN***"\nc: ***HIDDEN***\nd: &x '***HIDDEN***'\n`,
      '',
    ],
    ['where the JSON is masked already', '*', '["***HIDDEN***"]', ''],
  ]);

  it('tells of each value once, and of none that is masked already', () => {
    assert.equal(mask('a: 1\n---\na: {a: 2}\n', 'a').hidden, 2);
    assert.equal(mask('[1,"***HIDDEN***",{"a":2}]', '*').hidden, 2);
  });

  it('masks in UTF-16 that says it is', () => {
    const bytes = Buffer.from('\uFEFFa: é\nb: 1\n', 'utf16le');
    const expected = Buffer.from("\uFEFFa: '***HIDDEN***'\nb: 1\n", 'utf16le');

    for (const turn of [
      (buffer: Buffer) => buffer,
      (buffer: Buffer) => Buffer.from(buffer).swap16(),
    ]) {
      const masked = maskYamlPath(turn(bytes).toString('latin1'), 'a', () => undefined);
      assert.equal(masked, turn(expected).toString('latin1'));
    }
  });

  it('masks beside bytes that are no UTF-8, and keeps them', () => {
    assert.equal(
      maskYamlPath('a: \xe9\nb: \xff\n', 'a', () => undefined),
      "a: '***HIDDEN***'\nb: \xff\n",
    );
  });

  it('does not expand aliases of aliases', () => {
    const levels = Array.from(
      { length: 40 },
      (_, level) => `a${level + 1}: &a${level + 1} [${`*a${level} , `.repeat(9)}]\n`,
    );
    const bomb = `a0: &a0 [x]\n${levels.join('')}`;

    const masked = mask(bomb, `a40${'.*'.repeat(41)}`);

    assert.equal(masked.text, bomb.replace('[x]', "['***HIDDEN***']"));
    assert.equal(masked.hidden, 1);
  });

  it('changes nothing in brackets that never close', () => {
    const open = `a: ${'['.repeat(5000)}`;

    assert.deepEqual(mask(open, 'a'), { text: open, hidden: 0 });
  });

  it('throws at YAML that is nested too deeply to be looked into', () => {
    assert.throws(() => mask(`a: ${'['.repeat(20_000)}${']'.repeat(20_000)}`, 'a'), RangeError);
    assert.throws(() => mask(`a:\n  ${'- '.repeat(20_000)}x`, 'a'), RangeError);
  });

  it('throws at a document of more than 524288 characters, whatever stands before it', () => {
    const long = `a: |\n${'  text\n'.repeat(80_000)}`;

    assert.throws(() => mask(`b: 1\n---\n${long}`, 'a'), {
      name: 'RangeError',
      message: 'a document of more than 524288 characters',
    });
  });

  it('reads a long text to its end if it is YAML', function () {
    this.timeout(30_000);
    const head = 'k: |\n  x\n'.replace('x\n', 'x\n  '.repeat(60_000));

    assert.equal(mask(`${head}\na: 1\n`, 'a').text, `${head}\na: '***HIDDEN***'\n`);
  });
});
