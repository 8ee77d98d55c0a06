/** spec/yaml-documents: YAML as Go reads it, document by document. */

import assert from 'node:assert/strict';

import { readYamlDocuments } from '../../agent/spec/yaml-documents.ts';
import { specText } from '../support/spec.ts';

describe('spec/yaml-documents', () => {
  it('reads scalars as YAML 1.1 does, but leaves times and instants as texts', () => {
    assert.deepEqual(valuesOf('a: yes\nb: off\nc: 0755\nd: 2026-01-02\ne: 12:30\nf: "yes"'), [
      { a: true, b: false, c: 493, d: '2026-01-02', e: '12:30', f: 'yes' },
    ]);
  });

  it('splits at every --- line, and counts only documents with content', () => {
    const text = '# comment\n---\na: 1\n--- # more\n\n---   \r\nb: 2\r\n---\n';

    assert.deepEqual(valuesOf(text), [{ a: 1 }, { b: 2 }]);
    assert.deepEqual(
      [...readYamlDocuments(text)].map(({ documentNumber }) => documentNumber),
      [1, 2],
    );
  });

  it('passes over a %YAML directive', () => {
    assert.deepEqual(valuesOf('%YAML 1.2\n---\na: 1'), [{ a: 1 }]);
  });

  it('keeps --- inside a document where it is indented', () => {
    assert.deepEqual(valuesOf('a: |\n  one\n  ---\n  two'), [{ a: 'one\n---\ntwo\n' }]);
  });

  it('lets a broken document cost only itself', () => {
    const documents = [...readYamlDocuments('a: "open\n---\nb: 2')];

    assert.deepEqual(
      documents.map(({ kind }) => kind),
      ['broken', 'document'],
    );
  });

  it('finds the line of what a path leads to, in the source', () => {
    const text = 'x: 1\n---\nspec:\n  list:\n    - one\n    - name: two\n      other: 3\n';
    const [, second] = [...readYamlDocuments(text)];
    assert.equal(second?.kind, 'document');

    const lineOf = (...path: (string | number)[]): number => second.lineOf(path);

    assert.equal(lineOf('spec', 'list'), 4);
    assert.equal(lineOf('spec', 'list', 1), 6);
    assert.equal(lineOf('spec', 'list', 1, 'other'), 7);
    assert.equal(lineOf('spec', 'nothing', 'here'), 3);
  });

  it('resolves anchors and merge keys', async () => {
    const [value] = valuesOf(await specText('verbatim.yaml'));

    assert.match(JSON.stringify(value), /"namespace":"shop","selector":\["app=api","tier=web"\]/);
  });

  it('names the lines of keys that appear twice, and takes the last', () => {
    const [document] = [...readYamlDocuments('a: 1\nb: 2\na: 3')];

    assert.equal(document?.kind, 'document');
    assert.deepEqual(document.value, { a: 3, b: 2 });
    assert.deepEqual(document.repeatedKeyLines, [3]);
  });

  it('says to render the template where a {{ }} is not quoted', async () => {
    const [document] = [...readYamlDocuments(await specText('template.yaml'))];

    assert.equal(document?.kind, 'broken');
    assert.equal(document.lineNumber, 9);
    assert.match(document.message, /render the template first/);
  });

  it('says so also for a line that is a template action', () => {
    const [document] = [...readYamlDocuments('a: 1\n{{- if .Values.x }}\nb: 2\n{{- end }}')];

    assert.equal(document?.kind, 'broken');
    assert.equal(document.lineNumber, 2);
    assert.match(document.message, /render the template first/);
  });

  it('refuses aliases that grow without bound', async () => {
    const [document] = [...readYamlDocuments(await specText('bomb.yaml'))];

    assert.equal(document?.kind, 'broken');
    assert.match(document.message, /alias/i);
  });

  it('refuses few aliases of a text that is large', () => {
    const text = `a: &a "${'x'.repeat(500_000)}"\nb: [${'*a, '.repeat(20)}]`;
    const [document] = [...readYamlDocuments(text)];

    assert.equal(document?.kind, 'broken');
    assert.match(document.message, /grows to more than/);
  });

  for (const [name, text] of [
    ['an alias of what holds it', 'a: &a [1, *a]'],
    ['an alias without an anchor', 'a: *nothing'],
    ['lists in lists without end', `a: ${'['.repeat(2000)}`],
    ['65 levels', `a: ${'['.repeat(66)}${']'.repeat(66)}`],
    ['65 levels on one line', '- '.repeat(20_000)],
    ['1001 aliases', `a: &a x\nb: [${'*a, '.repeat(1001)}]`],
    ['tabs as indentation', 'a:\n\tb: 1'],
  ] as const) {
    it(`refuses ${name}`, () => {
      assert.deepEqual(
        [...readYamlDocuments(text)].map(({ kind }) => kind),
        ['broken'],
      );
    });
  }

  it('never quotes the document in a message', () => {
    const [document] = [...readYamlDocuments('uri: a\n"postgres://user:password@host": x: y')];

    assert.equal(document?.kind, 'broken');
    assert.ok(!document.message.includes('password'));
  });
});

function valuesOf(text: string): unknown[] {
  return [...readYamlDocuments(text)].map((document) =>
    document.kind === 'document' ? document.value : document.message,
  );
}
