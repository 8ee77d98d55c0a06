/** spec/render: the spec as troubleshoot's own program reads it. */

import assert from 'node:assert/strict';

import { parseSpec } from '../../agent/spec/parse.ts';
import { renderSpec } from '../../agent/spec/render.ts';
import { readYamlDocuments } from '../../agent/spec/yaml-documents.ts';
import { collector, mergedSpec, specText } from '../support/spec.ts';

describe('spec/render', () => {
  it('gives back what it was made from', async () => {
    const [original] = parse(await specText('all-collectors.yaml'));

    const rendered = parse(renderSpec(mergedSpec({ collectors: original?.collectors ?? [] })));

    const collectors = rendered.flatMap((document) => document.collectors);
    assert.equal(collectors.length, 35);
    for (const expected of original?.collectors ?? []) {
      assert.ok(
        collectors.some((found) => JSON.stringify(found) === JSON.stringify(expected)),
        expected.title,
      );
    }
  });

  it('excludes a default that is not among the collectors, so that troubleshoot does not add it', () => {
    const [first] = valuesOf(renderSpec(mergedSpec({ collectors: [collector('clusterInfo')] })));

    assert.deepEqual(first?.['spec'], {
      collectors: [{ clusterInfo: {} }, { clusterResources: { exclude: true } }],
    });
  });

  it('keeps what the spec itself excludes', () => {
    const collectors = [collector('clusterResources', { ignoreRBAC: true }, { exclude: true })];
    const [first] = valuesOf(renderSpec(mergedSpec({ collectors })));

    assert.deepEqual(first?.['spec'], {
      collectors: [
        { clusterResources: { ignoreRBAC: true, exclude: true } },
        { clusterInfo: { exclude: true } },
      ],
    });
  });

  it('puts what Go may refuse into documents of their own', () => {
    const documents = valuesOf(
      renderSpec(
        mergedSpec({
          collectors: [collector('runPod', { podSpec: { containers: 'wrong' } })],
          hostCollectors: [{ cpu: {} }],
          analyzers: [{ a: {} }, { b: {} }],
          hostAnalyzers: [{ c: {} }],
          redactors: [{ name: 'r' }],
          runHostCollectorsInPod: true,
        }),
      ),
    );

    assert.deepEqual(
      documents.map(({ kind, spec: content }) => [kind, content]),
      [
        [
          'SupportBundle',
          {
            collectors: [
              { clusterInfo: { exclude: true } },
              { clusterResources: { exclude: true } },
            ],
          },
        ],
        ['SupportBundle', { collectors: [{ runPod: { podSpec: { containers: 'wrong' } } }] }],
        ['SupportBundle', { hostCollectors: [{ cpu: {} }], runHostCollectorsInPod: true }],
        ['SupportBundle', { analyzers: [{ a: {} }] }],
        ['SupportBundle', { analyzers: [{ b: {} }] }],
        ['SupportBundle', { hostAnalyzers: [{ c: {} }] }],
      ],
    );
  });

  it('keeps any text exactly, and never holds the line at which troubleshoot splits', () => {
    const data = 'one\n---\ntwo\t"{{ x }}" yes 0755 \u007f\u0085\u2028\ufeff😀';
    const text = renderSpec(mergedSpec({ collectors: [collector('data', { data })] }));
    const [first] = parse(text);

    assert.equal(first?.collectors[0]?.fields['data'], data);
    assert.equal(text.split('\n---\n').length, 1);
    assert.ok(!/[\u007f-\u009f\u2028\ufeff]/.test(text));
  });
});

function parse(text: string): ReturnType<typeof parseSpec>['documents'] {
  const { documents, notices } = parseSpec({ source: 'test', text, isDiscovered: false });
  assert.deepEqual(notices, []);
  return documents;
}

function valuesOf(text: string): Record<string, unknown>[] {
  return [...readYamlDocuments(text)].map((document) => {
    assert.equal(document.kind, 'document');
    assert.ok(typeof document.value === 'object' && document.value !== null);
    return { ...document.value };
  });
}
