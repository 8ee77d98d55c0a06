/** spec/merge: troubleshoot's rules for several documents. */

import assert from 'node:assert/strict';

import type { SpecDocument } from '../../agent/spec/draft.ts';
import { mergeDocuments } from '../../agent/spec/merge.ts';
import { collector } from '../support/spec.ts';

describe('spec/merge', () => {
  it('appends collectors, those of SupportBundles before those of Collectors', () => {
    const merged = mergeDocuments([
      document('Collector', { collectors: [collector('helm')] }),
      document('SupportBundle', { collectors: [collector('logs')] }),
      document('SupportBundle', { collectors: [collector('secret')] }),
    ]);

    assert.deepEqual(types(merged.collectors), [
      'logs',
      'secret',
      'helm',
      'clusterInfo',
      'clusterResources',
    ]);
  });

  it('keeps the first of equal collectors, however they are written', () => {
    const merged = mergeDocuments([
      document('SupportBundle', {
        collectors: [
          collector('logs', { name: 'a', selector: ['x'] }),
          collector('logs', { selector: ['x'], name: 'a', namespace: '', timestamps: false }),
          collector('logs', { name: 'b', selector: ['x'] }),
        ],
      }),
    ]);

    assert.deepEqual(
      merged.collectors.slice(0, 2).map(({ fields }) => fields['name']),
      ['a', 'b'],
    );
    assert.equal(merged.collectors.length, 4);
  });

  it('adds no default that the spec names, not even one it excludes', () => {
    const excluded = collector('clusterResources', {}, { exclude: true });
    const merged = mergeDocuments([document('SupportBundle', { collectors: [excluded] })]);

    assert.deepEqual(types(merged.collectors), ['clusterResources', 'clusterInfo']);
  });

  it('adds the defaults to a spec without collectors', () => {
    const merged = mergeDocuments([document('SupportBundle', {})]);

    assert.deepEqual(types(merged.collectors), ['clusterInfo', 'clusterResources']);
  });

  it('adds no default to a spec with host collectors alone', () => {
    const merged = mergeDocuments([document('SupportBundle', { hostCollectors: [{ cpu: {} }] })]);

    assert.deepEqual(merged.collectors, []);
  });

  it('drops repeated analyzers and host collectors, but no redactors', () => {
    const parts = {
      analyzers: [{ a: { x: 1, y: 2 } }, { a: { y: 2, x: 1 } }],
      hostAnalyzers: [{ b: {} }, { b: {} }],
      hostCollectors: [{ cpu: {} }, { cpu: {} }],
      redactors: [{ name: 'r' }, { name: 'r' }],
    };
    const merged = mergeDocuments([document('SupportBundle', parts)]);

    assert.equal(merged.analyzers.length, 1);
    assert.equal(merged.hostAnalyzers.length, 1);
    assert.equal(merged.hostCollectors.length, 1);
    assert.equal(merged.redactors.length, 2);
  });

  it('counts as discovered only what no REF asks for', () => {
    const merged = mergeDocuments([
      document('SupportBundle', {
        isDiscovered: true,
        collectors: [collector('exec'), collector('helm')],
      }),
      document('Collector', { collectors: [collector('exec')] }),
    ]);

    assert.deepEqual(
      merged.collectors.slice(0, 2).map(({ type, isDiscovered }) => [type, isDiscovered]),
      [
        ['exec', false],
        ['helm', true],
      ],
    );
  });

  it('lets no discovered spec decide where host collectors run', () => {
    const flag = { runHostCollectorsInPod: true };

    assert.equal(mergeDocuments([document('SupportBundle', flag)]).runHostCollectorsInPod, true);
    assert.equal(
      mergeDocuments([document('SupportBundle', { ...flag, isDiscovered: true })])
        .runHostCollectorsInPod,
      false,
    );
  });
});

function types(collectors: readonly { readonly type: string }[]): string[] {
  return collectors.map(({ type }) => type);
}

function document(kind: SpecDocument['kind'], content: Partial<SpecDocument>): SpecDocument {
  return {
    kind,
    source: 'test',
    documentNumber: 1,
    isDiscovered: false,
    collectors: [],
    hostCollectors: [],
    analyzers: [],
    hostAnalyzers: [],
    redactors: [],
    runHostCollectorsInPod: false,
    uri: undefined,
    ...content,
  };
}
