/** yamlPath in JSON, in lines of JSON, and in logs that hold such lines. */

import assert from 'node:assert/strict';

import { mask, rows } from './yaml-rows.ts';

describe('redact/custom/yaml-json', () => {
  rows('masks', [
    ['masks with JSON', 'a.b', '{"a": {"b": 1}, "c":2}', '{"a": {"b": J}, "c":2}'],
    ['masks lists and maps whole', 'a.*', '{"a":[{"b":[1,"]"]},[],"}"]}\n', '{"a":[J,J,J]}\n'],
    ['masks one item', 'a.1', '{"a":[[0],[1,2],[3]]}', '{"a":[[0],J,[3]]}'],
    [
      'masks an item of each list',
      '*.1.x',
      '[[1,{"x":1}],[1,{"x":[2]},{"x":3}]]',
      '[[1,{"x":J}],[1,{"x":J},{"x":3}]]',
    ],
    ['takes +1 and 01 for numbers, as Go does', '+1.01', '[0,[1,2]]', '[0,[1,J]]'],
    [
      'keeps blanks and tabs',
      'a',
      '\t{\r\n\t"a" :\t"x" ,\n"b":1}\n',
      '\t{\r\n\t"a" :\tJ ,\n"b":1}\n',
    ],
    ['masks each of two equal keys', 'a', '{"a":1,"a":{"a":2}}', '{"a":J,"a":J}'],
    ['reads keys as texts', 'é"', '{"\\u00e9\\"":1,"é\\"":2}', '{"\\u00e9\\"":J,"é\\"":J}'],
    [
      'masks all that is true, false, null or a number',
      '*',
      '[true,false,null,-0.5e+3]',
      '[J,J,J,J]',
    ],
    [
      'does not find keys in texts or deeper down',
      'a',
      '{"b":"\\",\\"a\\":1","c":{"a":1}}',
      '{"b":"\\",\\"a\\":1","c":{"a":1}}',
    ],
    ['masks each of many texts', 'a', '{"a":1}\n{"b":1}\n{"a":[2]}', '{"a":J}\n{"b":1}\n{"a":J}'],
    [
      'masks the lines of JSON in a log',
      'a',
      'I start: now: here\n{"a":1}\n{"a":\n{"a":2}\n',
      'I start: now: here\n{"a":J}\n{"a":\n{"a":J}\n',
    ],
    ['masks as YAML what is not quite JSON', 'a', '{"a":1, "b": [2,],}', '{"a":J, "b": [2,],}'],
    ['masks behind a byte order mark', 'a', '\uFEFF{"a":1}', '\uFEFF{"a":J}'],
  ]);

  it('bears JSON that is nested as deeply as it is long', () => {
    const depth = 2_000_000;
    const deep = `${'['.repeat(depth)}${']'.repeat(depth)}`;

    assert.equal(
      mask(`{"a":{"b":${deep}},"c":${deep}}`, 'a.b').text,
      `{"a":{"b":"***HIDDEN***"},"c":${deep}}`,
    );
  });

  it('takes time as JSON is long', function () {
    this.timeout(20_000);
    const items = '{"name":"x\\n","value":[1,{"value":"}"}]},'.repeat(250_000);

    const masked = mask(`[${items}{}]`, '*.value.1');

    assert.equal(masked.hidden, 250_000);
    assert.equal(
      masked.text.length,
      items.length + 4 + 250_000 * ('"***HIDDEN***"'.length - '{"value":"}"}'.length),
    );
  });

  it('gives up early on a long log', function () {
    this.timeout(20_000);
    const log = '2024-01-01 INFO "data": {"secret"} is: [here]\n'.repeat(200_000);

    assert.equal(
      mask(`${log}{"data":{"secret":1}}\n`, 'data.secret').text,
      `${log}{"data":{"secret":"***HIDDEN***"}}\n`,
    );
  });
});
