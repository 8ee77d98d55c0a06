/** How an entry of `spec.redactors` is read: its files, its names, and what is wrong with it. */

import assert from 'node:assert/strict';

import { AgentError } from '../../../agent/errors.ts';
import { compileRedactors } from '../../../agent/redact/custom/compile.ts';
import { MASK } from '../../../agent/redact/rules.ts';
import { names, redact, regex } from './redacted.ts';

describe('redact/custom/redactor', () => {
  describe('fileSelector', () => {
    const redactors = [
      { fileSelector: { file: 'logs/*.log' }, removals: { values: ['one'] } },
      { fileSelector: { files: ['a/**', '*.txt'], file: '' }, removals: { values: ['two'] } },
      { fileSelector: { files: [] }, removals: { yamlPath: ['three'] } },
    ];

    it('applies a redactor to the files of any of its globs', () => {
      assert.equal(redact(redactors, 'one two\n', 'logs/x.log'), `${MASK} two\n`);
      assert.equal(redact(redactors, 'one two\n', 'a/b/c'), `one ${MASK}\n`);
      assert.equal(redact(redactors, 'one two\n', 'x.txt'), `one ${MASK}\n`);
      assert.equal(redact(redactors, 'one two\n', 'b/x.txt'), 'one two\n');
    });

    it('opens no file for which there is no rule', () => {
      const rules = compileRedactors(redactors.slice(0, 2));

      assert.equal(
        rules.open('other', () => undefined),
        undefined,
      );
      assert.notEqual(
        rules.open('x.txt', () => undefined),
        undefined,
      );
    });

    it('asks for the whole file only where a yamlPath is for it', () => {
      const rules = compileRedactors([
        { fileSelector: { file: '*.yaml' }, removals: { yamlPath: ['a'] } },
      ]);

      assert.deepEqual(
        ['x.yaml', 'x.log'].map((path) => rules.reasonForWhole?.(path)),
        ['redactor unnamed-0 has a yamlPath for it', undefined],
      );
    });
  });

  describe('names', () => {
    it('count redactors and removals as upstream does', () => {
      const redactors = [
        { name: 'a', removals: { values: ['q', 'one'] } },
        { name: '', removals: { regex: [{ redactor: '(?P<mask>two)' }] } },
        { removals: { regex: [{ redactor: 'q' }, { redactor: '(?P<mask>three)' }] } },
      ];

      assert.deepEqual(names(redactors, 'one\ntwo\nthree\n'), [
        'a.literal.1',
        'unnamed-1.regex.0',
        'unnamed-2.regex.1',
      ]);
    });
  });

  describe('problems', () => {
    it('are told all at once, each with its place', () => {
      const redactors = [
        {
          name: 'ips',
          removals: {
            values: ['ok', '', 'a\nb', 'block\n'],
            regex: [{ redactor: 'a(b', selector: 'x**' }],
          },
        },
        { removals: { yamlPath: ['a.-1.b', 'a.-b.1'] } },
        { name: 'globs', fileSelector: { files: ['ok', '[z'] }, removals: { values: ['a'] } },
      ];

      assert.throws(
        () => compileRedactors(redactors),
        (error) => {
          assert.ok(error instanceof AgentError);
          assert.equal(error.code, 'REDACTOR_INVALID');
          const parts = error.message.split('; ');
          assert.deepEqual(parts.slice(0, 6), [
            'redactor ips: values[1]: an empty value would put a mask between all bytes',
            String.raw`redactor ips: values[2]: values are looked for line by line, and this one holds a line feed`,
            String.raw`redactor ips: values[3]: values are looked for line by line, and this one ends with a line feed`,
            'redactor ips: regex[0].redactor "a(b": at 2: missing closing )',
            'redactor ips: regex[0].selector "x**": at 2: invalid nested repetition operator **',
            'redactor unnamed-1: yamlPath[0] "a.-1.b": at 3: a list has no index -1',
          ]);
          assert.equal(parts.length, 7);
          assert.match(parts[6] ?? '', /^redactor globs: fileSelector\.files\[1\] "\[z": /);
          return true;
        },
      );
    });

    it('are the first ones where there are very many', () => {
      const redactors = Array.from({ length: 50 }, () => ({ removals: { values: [''] } }));

      assert.throws(
        () => compileRedactors(redactors),
        (error) =>
          error instanceof AgentError && /unnamed-19: .*; and 30 more$/.test(error.message),
      );
    });

    it('are on one line, and long patterns are cut', () => {
      const pattern = `(${'a\n'.repeat(500)}`;

      assert.throws(
        () => compileRedactors(regex(pattern)),
        (error) =>
          error instanceof AgentError &&
          !error.message.includes('\n') &&
          error.message.length < 300,
      );
    });

    it('are none in the index -0 and in keys that begin with a hyphen', () => {
      assert.doesNotThrow(() => compileRedactors([{ removals: { yamlPath: ['a.-0', '-x.y'] } }]));
    });
  });
});
