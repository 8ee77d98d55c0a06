/** spec/parse: texts to documents, and notices for all that is not used. */

import assert from 'node:assert/strict';

import type { ParsedSpec } from '../../agent/spec/draft.ts';
import { parseSpec } from '../../agent/spec/parse.ts';
import { specText } from '../support/spec.ts';

describe('spec/parse', () => {
  it('reads every collector with every field without a notice', async () => {
    const { documents, notices } = parse(await specText('all-collectors.yaml'));

    assert.deepEqual(notices, []);
    assert.equal(documents[0]?.collectors.length, 35);
    assert.equal(new Set(documents[0].collectors.map(({ type }) => type)).size, 33);
  });

  it('names, with document and line, everything that troubleshoot drops without a word', async () => {
    const { documents, notices } = parse(await specText('faults.yaml'));

    assert.deepEqual(
      notices.map(
        ({ kind, documentNumber, lineNumber, message }) =>
          `${kind} ${documentNumber}:${lineNumber} ${message}`,
      ),
      [
        'unused 1:7 spec.collector is not used',
        'removed 1:19 afterCollection is taken out: where bundles go is a setting of the agent',
        'unused 1:10 there is no collector clusterResource',
        'unused 1:12 logs has no field selectors',
        'unused 1:14 logs is not used: selector must be a list of texts',
        'unused 1:15 configMap has no value, so troubleshoot ignores it: write configMap: {}',
        'unused 1:17 configMap shares its list entry with secret: only that one is used',
        'unused 1:18 data runs: exclude must be true or false, not any other text',
        'unused 1:22 an entry of analyzers must be a map',
        'unused 2:25 kind Preflight has no use in a support bundle',
        'unused 3:28 not a spec: apiVersion must be troubleshoot.sh/v1beta2',
        'unused 4:35 not YAML: Missing closing "quote',
        'unused 5:37 a SupportBundle of v1beta3 is not understood: use v1beta2',
      ],
    );
    assert.deepEqual(
      documents.map(({ kind, collectors }) => [kind, collectors.map(({ type }) => type)]),
      [
        ['SupportBundle', ['clusterInfo', 'logs', 'secret', 'data']],
        ['Collector', ['data']],
      ],
    );
  });

  it('never repeats where bundles were to go', async () => {
    const { notices } = parse(await specText('faults.yaml'));

    assert.ok(!JSON.stringify(notices).includes('vendor.example.com'));
  });

  it('reads the specs inside Secrets and ConfigMaps, v1beta1 too', async () => {
    const { documents, notices } = parse(await specText('in-objects.yaml'));

    assert.deepEqual(
      documents.map(({ source }) => source),
      [
        'test (Secret from-string-data, support-bundle-spec)',
        'test (Secret from-data, redactor-spec)',
        'test (ConfigMap from-config-map, support-bundle-spec)',
      ],
    );
    assert.deepEqual(
      notices.map(({ message }) => message),
      ['the Secret unrelated has neither of the keys support-bundle-spec, redactor-spec'],
    );
  });

  it('does not look for specs in an object within an object', () => {
    const inner = JSON.stringify({ apiVersion: 'v1', kind: 'Secret', stringData: {} });
    const outer = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'outer' },
      data: { 'support-bundle-spec': inner },
    };

    const { documents, notices } = parse(JSON.stringify(outer));

    assert.deepEqual(documents, []);
    assert.match(notices[0]?.message ?? '', /a v1 object within the ConfigMap outer/);
  });

  it('keeps template text that is quoted', async () => {
    const { documents } = parse(await specText('verbatim.yaml'));

    assert.match(JSON.stringify(documents[0]?.analyzers), /\{\{ \.Name \}\} has no replicas/);
  });

  it('reads host collectors of both kinds and names unknown ones', () => {
    const { documents, notices } = parse(
      [
        document('SupportBundle', { hostCollectors: [{ cpu: {} }, { cpus: {} }, 'cpu'] }),
        document('HostCollector', { collectors: [{ memory: {} }], analyzers: [] }),
      ].join('\n---\n'),
    );

    assert.deepEqual(
      documents.flatMap(({ hostCollectors }) => hostCollectors),
      [{ cpu: {} }, { memory: {} }],
    );
    assert.deepEqual(
      notices.map(({ message }) => message),
      [
        'there is no host collector cpus',
        'there is no host collector ',
        'spec.analyzers is not used',
      ],
    );
  });

  it('says where runHostCollectorsInPod has no effect', () => {
    const { documents, notices } = parse(
      'apiVersion: troubleshoot.sh/v1beta2\nkind: SupportBundle\nspec:\n  runHostCollectorsInPod: true',
    );

    assert.equal(documents[0]?.runHostCollectorsInPod, false);
    assert.equal(notices[0]?.lineNumber, 4);
  });

  for (const [what, text] of [
    ['a redactor without rules', document('Redactor', { redactors: [{ name: 'x' }] })],
    ['a Redactor without a list', document('Redactor', {})],
    ['a Redactor whose spec is a text', document('Redactor', 'x')],
    ['a Redactor that is not YAML', 'kind: Redactor\nspec: {{ .Values.redactor }}'],
  ] as const) {
    it(`reports ${what} apart: it must end the run`, () => {
      const parsed = parse(text);

      assert.equal(parsed.notices.length + parsed.documents.length, what.includes('rules') ? 1 : 0);
      assert.equal(parsed.brokenRedactors.length, 1);
    });
  }

  for (const [what, text] of [
    ['a list', '- a'],
    ['a number', '1'],
    ['a Pod', 'apiVersion: v1\nkind: Pod'],
    ['a spec that is a list', 'apiVersion: troubleshoot.sh/v1beta2\nkind: SupportBundle\nspec: []'],
    ['no apiVersion', 'kind: SupportBundle\nspec: {}'],
  ] as const) {
    it(`notes ${what} and takes nothing from it`, () => {
      const { documents, notices } = parse(text);

      assert.deepEqual(documents, []);
      assert.equal(notices.length, 1);
    });
  }
});

function parse(text: string): ParsedSpec {
  return parseSpec({ source: 'test', text, isDiscovered: false });
}

function document(kind: string, spec: unknown): string {
  return JSON.stringify({
    apiVersion: 'troubleshoot.sh/v1beta2',
    kind,
    metadata: { name: 'x' },
    spec,
  });
}
