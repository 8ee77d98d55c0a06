/** spec/load: from REFs to what a run collects by. */

import assert from 'node:assert/strict';

import { AgentError } from '../../agent/errors.ts';
import { loadSpec } from '../../agent/spec/load.ts';
import { FakeKube, type FakeObject } from '../support/kube.ts';
import { never } from '../support/signal.ts';
import { bundleWith, loadOptions, secret, specFile, specText } from '../support/spec.ts';

const PATH = '/api/v1/namespaces/agent/secrets/support-bundle-secret';
const REF = 'secret/agent/support-bundle-secret';

describe('spec/load', () => {
  it('reads the spec from its Secret and says where it came from', async () => {
    const kube = cluster({
      [PATH]: secret({ 'support-bundle-spec': await specText('default.yaml') }),
    });

    const spec = await loadSpec(loadOptions('', { refs: [REF], kube }), never());

    assert.deepEqual(
      spec.collectors.map(({ title }) => title),
      ['cluster-info', 'cluster-resources'],
    );
    assert.deepEqual(
      spec.sources.map(({ ref }) => ref),
      [`${REF}/support-bundle-spec`],
    );
    assert.deepEqual([spec.notices, spec.withheld], [[], []]);
  });

  it('merges several REFs', async () => {
    const refs = [specFile('default.yaml'), '-', specFile('in-objects.yaml')];
    const text = bundleWith({ data: { name: 'x', data: 'x' } }, { clusterInfo: {} });

    const spec = await loadSpec(loadOptions(text, { refs }), never());

    assert.deepEqual(
      spec.collectors.map(({ type }) => type),
      ['clusterInfo', 'clusterResources', 'data', 'data', 'data'],
    );
    assert.equal(spec.redactors.length, 1);
    assert.equal(spec.sources.length, 3);
  });

  it('names every REF that cannot be read', async () => {
    const refs = [REF, specFile('nothing.yaml')];

    await assert.rejects(loadSpec(loadOptions('', { refs, kube: cluster({}) }), never()), {
      code: 'SPEC_MISSING',
      message: /support-bundle-secret: there is no such object; .*nothing\.yaml: no such file/,
    });
  });

  it('asks for no cluster when no REF needs it', async () => {
    const kube = (): never => assert.fail('the cluster was asked');

    await loadSpec(loadOptions(bundleWith(), { kube }), never());
  });

  it('lists all notices when nothing can be used', async () => {
    const text = await specText('template.yaml');

    await assert.rejects(loadSpec(loadOptions(text), never()), {
      code: 'SPEC_INVALID',
      message:
        'there is no SupportBundle, Collector or HostCollector; -, document 1, line 9: a {{ }} outside quotes is not YAML: render the template first, or quote the value',
    });
  });

  it('refuses aliases that grow without bound', async () => {
    const text = await specText('bomb.yaml');

    await assert.rejects(loadSpec(loadOptions(text), never()), { code: 'SPEC_INVALID' });
  });

  it('goes on with what is left of a broken spec, and notes the rest', async () => {
    const spec = await loadSpec(loadOptions(await specText('faults.yaml')), never());

    assert.equal(spec.collectors.filter(({ type }) => type === 'data').length, 2);
    assert.equal(spec.notices.length, 13);
  });

  for (const text of ['', '# nothing\n---\n']) {
    it(`takes ${JSON.stringify(text)} for empty`, async () => {
      await assert.rejects(loadSpec(loadOptions(text), never()), { code: 'SPEC_EMPTY' });
    });
  }

  it('takes redactors alone for empty', async () => {
    const text =
      'apiVersion: troubleshoot.sh/v1beta2\nkind: Redactor\nspec: {redactors: [{removals: {values: [a]}}]}';

    await assert.rejects(loadSpec(loadOptions(text), never()), { code: 'SPEC_EMPTY' });
  });

  it('ends the run for a redactor that cannot be read, and says where it is', async () => {
    const redactor =
      'apiVersion: troubleshoot.sh/v1beta2\nkind: Redactor\nspec:\n  redactors:\n    - removal: {values: [a]}';
    const text = `${await specText('default.yaml')}\n---\n${redactor}`;

    await assert.rejects(loadSpec(loadOptions(text), never()), {
      code: 'SPEC_INVALID',
      message: /-, document 2, line 16: a redactor must have removals/,
    });
  });

  it('withholds what COLLECTORS_ALLOWED does not hold', async () => {
    const text = bundleWith(
      { exec: { collectorName: 'ls', command: ['ls'] } },
      { helm: { exclude: true } },
      { logs: { selector: ['app=api'] } },
    );

    const spec = await loadSpec(loadOptions(text, { collectorsAllowed: ['read'] }), never());

    assert.deepEqual(
      spec.collectors.map(({ type }) => type),
      ['helm', 'logs', 'clusterInfo', 'clusterResources'],
    );
    assert.deepEqual(
      spec.withheld.map(({ title, outcome }) => [title, outcome]),
      [['exec/ls', 'denied']],
    );
  });

  it('withholds the defaults too when not even reading is allowed', async () => {
    const text = bundleWith({ http: { get: { url: 'https://example.com' } } });

    const spec = await loadSpec(loadOptions(text, { collectorsAllowed: ['network'] }), never());

    assert.deepEqual(
      spec.withheld.map(({ title }) => title),
      ['cluster-info', 'cluster-resources'],
    );
  });

  it('restricts to NAMESPACES and names what cannot be narrowed', async () => {
    const text = bundleWith({ logs: { selector: ['app=api'] } }, { nodeMetrics: {} });
    const restrictToNamespaces = ['shop', 'web'];

    const spec = await loadSpec(loadOptions(text, { restrictToNamespaces }), never());

    assert.deepEqual(
      spec.collectors.map(({ type, fields }) => [
        type,
        fields['namespace'] ?? fields['namespaces'],
      ]),
      [
        ['logs', 'shop'],
        ['logs', 'web'],
        ['clusterInfo', undefined],
        ['clusterResources', ['shop', 'web']],
      ],
    );
    assert.deepEqual(
      spec.withheld.map(({ title, outcome }) => [title, outcome]),
      [['node-metrics', 'excluded']],
    );
  });

  it('allows host collectors only by name, and never within NAMESPACES', async () => {
    const text = await specText('host.yaml');

    const spec = await loadSpec(loadOptions(text), never());
    assert.deepEqual(spec.collectors, []);
    assert.equal(spec.hostCollectors.length, 2);
    assert.equal(spec.runHostCollectorsInPod, true);

    await assert.rejects(loadSpec(loadOptions(text, { collectorsAllowed: ['read'] }), never()), {
      code: 'SPEC_EMPTY',
      message: /host\/cpu: .*; host\/run\/uptime: COLLECTORS_ALLOWED/,
    });
    const options = loadOptions(text, { restrictToNamespaces: ['shop'] });
    await assert.rejects(loadSpec(options, never()), { code: 'SPEC_EMPTY' });
  });

  it('refuses a spec that leaves nothing to collect', async () => {
    const text = bundleWith(
      { clusterInfo: { exclude: true } },
      { clusterResources: { exclude: 'true' } },
    );

    await assert.rejects(loadSpec(loadOptions(text), never()), { code: 'SPEC_EMPTY' });
  });

  describe('discovery', () => {
    const selector = 'troubleshoot.sh/kind=support-bundle';

    it('adds what the selector finds, without what it must not do', async () => {
      const text = bundleWith({ logs: { selector: ['app=shop'] } }, { exec: { command: ['ls'] } });
      const found = '/api/v1/namespaces/agent/secrets/found';
      const kube = cluster({ [found]: labelled({ 'support-bundle-spec': text }) });

      const spec = await loadSpec(loadOptions(bundleWith(), { selector, kube }), never());

      assert.deepEqual(
        spec.collectors.map(({ title }) => title),
        ['logs/app=shop', 'cluster-info', 'cluster-resources'],
      );
      assert.deepEqual(
        spec.withheld.map(({ title, outcome }) => [title, outcome]),
        [['exec', 'denied']],
      );
      assert.deepEqual(
        spec.sources.map(({ ref }) => ref),
        ['-', 'secret/agent/found/support-bundle-spec'],
      );
    });

    it("keeps the rights of a REF's own Secret that the selector finds too", async () => {
      const text = bundleWith({ exec: { command: ['ls'] } });
      const kube = cluster({ [PATH]: labelled({ 'support-bundle-spec': text }) });

      const spec = await loadSpec(loadOptions('', { refs: [REF], selector, kube }), never());

      assert.equal(spec.sources.length, 1);
      assert.equal(spec.collectors[0]?.type, 'exec');
    });

    it('goes on without it when the right to list is missing', async () => {
      const kube = new FakeKube();
      kube.fail('/api/v1/namespaces/agent/secrets', 'KUBE_FORBIDDEN');
      const options = loadOptions(bundleWith(), { selector, kube: () => Promise.resolve(kube) });

      const spec = await loadSpec(options, never());

      assert.match(spec.notices[0]?.message ?? '', /lacks the right to list secrets/);
    });

    it('ends with the name of a discovered Redactor that is broken or passed over', async () => {
      const broken =
        'apiVersion: troubleshoot.sh/v1beta2\nkind: Redactor\nspec: {redactors: [{name: x}]}';
      const large = `# ${'x'.repeat(1_000_000)}\n${broken}`;
      const kube = cluster({
        '/api/v1/namespaces/agent/secrets/one': labelled({ 'redactor-spec': broken }),
        ...Object.fromEntries(
          [1, 2, 3, 4, 5].map((number) => [
            `/api/v1/namespaces/agent/secrets/s${number}`,
            labelled({ 'support-bundle-spec': large }),
          ]),
        ),
      });

      await assert.rejects(loadSpec(loadOptions(bundleWith(), { selector, kube }), never()), {
        code: 'SPEC_INVALID',
        message: /would be sent: .*secret\/agent\/s5.* passed over.*secret\/agent\/one/,
      });
    });

    it('says so when nothing tells where to look', async () => {
      const options = loadOptions(bundleWith(), { selector, ownNamespace: undefined });

      const { notices } = await loadSpec(options, never());

      assert.match(notices[0]?.message ?? '', /neither SPEC_NAMESPACES nor POD_NAMESPACE/);
    });

    it('passes over texts past the limit on all of them', async () => {
      const text = `# ${'x'.repeat(1_000_000)}\n${bundleWith()}`;
      const kube = cluster(
        Object.fromEntries(
          [1, 2, 3, 4, 5, 6].map((number) => [
            `/api/v1/namespaces/agent/secrets/s${number}`,
            labelled({ 'support-bundle-spec': text }),
          ]),
        ),
      );

      const spec = await loadSpec(loadOptions(bundleWith(), { selector, kube }), never());

      assert.equal(spec.sources.length, 5);
      assert.equal(spec.notices.filter(({ message }) => /passed over/.test(message)).length, 2);
    });
  });

  describe('uri', () => {
    it('is taken out and named unless SPEC_REMOTE allows it', async () => {
      const text = withUri('https://vendor.example.com/spec?token=abc');

      const spec = await loadSpec(loadOptions(text), never());

      assert.deepEqual(
        spec.notices.map(({ kind, lineNumber, message }) => [kind, lineNumber, message]),
        [['removed', 6, 'uri is taken out: specs from URLs must be allowed by SPEC_REMOTE']],
      );
    });

    for (const [uri, reason] of [
      ['http://vendor.example.com/', 'it must be an https: URL'],
      ['oci://vendor.example.com/', 'it must be an https: URL'],
      ['vendor', 'it must be an https: URL'],
      ['https://127.0.0.1:1/', '127.0.0.1 is a loopback, link-local or metadata address'],
    ] as const) {
      it(`never follows ${uri}`, async () => {
        const options = loadOptions(withUri(uri), { allowRemote: true });

        const { notices, collectors } = await loadSpec(options, never());

        assert.deepEqual(
          notices.map(({ message }) => message),
          [`uri is taken out: ${reason}`],
        );
        assert.equal(collectors.length, 2);
      });
    }

    it('is never followed for a discovered spec', async () => {
      const object = labelled({ 'support-bundle-spec': withUri('https://vendor.example.com/') });
      const kube = cluster({ '/api/v1/namespaces/agent/secrets/found': object });
      const selector = 'troubleshoot.sh/kind=support-bundle';
      const options = loadOptions(bundleWith(), { selector, kube, allowRemote: true });

      const { notices } = await loadSpec(options, never());

      assert.deepEqual(
        notices.map(({ message }) => message),
        ['uri is taken out: discovered specs may only read the cluster'],
      );
    });
  });

  it('never repeats what a spec holds in an error', async () => {
    const text = 'kind: SupportBundle\nuri: "postgres://user:password@host": x';

    await assert.rejects(
      loadSpec(loadOptions(text), never()),
      (error) => error instanceof AgentError && !error.message.includes('password'),
    );
  });
});

function cluster(objects: Readonly<Record<string, FakeObject>>): () => Promise<FakeKube> {
  return () => Promise.resolve(new FakeKube(objects));
}

function labelled(texts: Readonly<Record<string, string>>): FakeObject {
  return { ...secret(texts), metadata: { labels: { 'troubleshoot.sh/kind': 'support-bundle' } } };
}

function withUri(uri: string): string {
  return [
    'apiVersion: troubleshoot.sh/v1beta2',
    'kind: SupportBundle',
    'metadata:',
    '  name: uri',
    'spec:',
    `  uri: ${uri}`,
  ].join('\n');
}
