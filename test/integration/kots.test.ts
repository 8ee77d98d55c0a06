/** The KOTS manifests as the Admin Console renders them, and what helm makes of the values that come out. */

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

import { parse, stringify } from 'yaml';

import { type ControlPlane, startControlPlane } from '../bed/control-plane.ts';
import { type KubeObject, parseYaml } from '../bed/kube.ts';
import { removeFolder, temporaryFolder } from '../bed/processes.ts';
import { programPath } from '../bed/programs.ts';
import {
  at,
  CHART_FOLDER,
  HELMS,
  HelmRunner,
  listAt,
  objectOf,
  readChartYaml,
  secretText,
  settingsOf,
  type Values,
} from '../support/chart.ts';

const KOTS_FOLDER = join(CHART_FOLDER, 'kots');

/** A license field's entry, and the text that it means; undefined = unset. */
const FIELDS: Readonly<Record<string, { readonly entry?: unknown; readonly means?: string }>> = {
  'no field': {},
  empty: { entry: { value: '' } },
  'no value': { entry: { title: 'Schedule' } },
  blanks: { entry: { value: '   ' } },
  steps: { entry: { value: '*/5 * * * *' }, means: '*/5 * * * *' },
  name: { entry: { value: ' @daily ' }, means: '@daily' },
  quotes: { entry: { value: `it's "x" \\d: #a` }, means: `it's "x" \\d: #a` },
  lines: { entry: { value: 'a\nb: c' }, means: 'a\nb: c' },
  number: { entry: { value: 5 }, means: '5' },
  'second pass': {
    entry: { value: 'repl{{ LicenseFieldValue "licenseID" }}' },
    means: 'repl{{ LicenseFieldValue "licenseID" }}',
  },
  'first pass': {
    entry: { value: '{{repl LicenseFieldValue "licenseID" }}' },
    means: '{{repl LicenseFieldValue "licenseID" }}',
  },
};

const OPTIONS: Readonly<Record<string, { readonly value?: unknown; readonly isConsent: boolean }>> =
  {
    missing: { isConsent: false },
    empty: { value: '', isConsent: false },
    '0': { value: '0', isConsent: false },
    '1': { value: '1', isConsent: true },
    true: { value: 'true', isConsent: true },
    false: { value: 'false', isConsent: false },
  };

const LOCAL_REGISTRY = { host: '10.0.0.1:5000', namespace: 'apps' };

interface Case {
  readonly name: string;
  readonly context: Values;
  readonly means: string | undefined;
  readonly isConsent: boolean;
  readonly hasRegistry: boolean;
}

const CASES: readonly Case[] = ['v1beta1', 'v1beta2'].flatMap((version) =>
  Object.entries(FIELDS).flatMap(([field, { entry, means }]) =>
    Object.entries(OPTIONS).flatMap(([option, { value, isConsent }]) =>
      [true, false].map((hasRegistry) => ({
        name: `${version}, field ${field}, option ${option}, registry ${hasRegistry}`,
        context: {
          license: license(version, entry),
          configValues: value === undefined ? {} : { usage_info_enabled: value },
          ...(hasRegistry ? { localRegistry: LOCAL_REGISTRY } : {}),
        },
        means,
        isConsent,
        hasRegistry,
      })),
    ),
  ),
);

const folder = temporaryFolder('kots');
const helm = new HelmRunner();

describe('chart/kots', () => {
  const outputs = new Map<Case, unknown>();

  after(async () => {
    await helm.remove();
    await removeFolder(folder);
  });

  before(async () => {
    for (const each of CASES) outputs.set(each, await helmValues(each.context));
  });

  it('installs with a clear yes alone', () => {
    for (const [{ name, isConsent }, output] of outputs) {
      assert.equal(at(output, 'exclude'), !isConsent, name);
      assert.equal(at(output, 'values', 'enabled'), isConsent, name);
    }
  });

  it('has texts where the chart wants texts', () => {
    for (const [{ name }, output] of outputs) {
      for (const path of [['schedule'], ['upload', 'url'], ['upload', 'userAgent']]) {
        assert.equal(typeof at(output, 'values', ...path), 'string', `${name}: ${path.join('.')}`);
      }
    }
  });

  it('gives the same values when the manifest was parsed and printed again before', async () => {
    const original = await readFile(join(KOTS_FOLDER, 'helmchart.yaml'), 'utf8');
    const printed = join(folder, 'printed.yaml');
    await writeFile(printed, stringify(parse(original), { lineWidth: 0 }));

    for (const each of CASES.filter(({ isConsent }) => isConsent)) {
      assert.deepEqual(await helmValues(each.context, printed), outputs.get(each), each.name);
    }
  });

  it("prefers the customer's schedule to the license's", async () => {
    const configValues = { usage_info_enabled: '1', usage_info_schedule: ' 0 3 * * 0 ' };

    const output = await helmValues({
      license: license('v1beta1', { value: '@daily' }),
      configValues,
    });

    assert.equal(at(output, 'values', 'schedule'), '0 3 * * 0');
  });

  it("hands on the Admin Console's proxies", async () => {
    const output = await helmValues({
      httpsProxy: 'http://proxy:3128',
      noProxy: '10.0.0.0/8,.svc',
    });

    assert.deepEqual(at(output, 'values', 'proxy'), {
      http: '',
      https: 'http://proxy:3128',
      noProxy: '10.0.0.0/8,.svc',
    });
  });

  it('has a status informer with consent alone', async () => {
    for (const [option, expected] of Object.entries({
      '1': 'deployment/cron-support-bundle',
      '0': '',
    })) {
      const text = await render('application.yaml', {
        configValues: { usage_info_enabled: option },
      });

      assert.deepEqual(at(parse(text), 'spec', 'statusInformers'), [expected]);
    }
  });

  it('names its Deployment as the status informer says', async () => {
    const output = await helmValues({ configValues: { usage_info_enabled: '1' } });

    const objects = await preview(output);
    assert.equal(objectOf(objects, 'Deployment').metadata.name, 'cron-support-bundle');
  });

  it('shows every image to the builder of air gap bundles', async () => {
    const builder = at(await readChartYaml('kots/helmchart.yaml'), 'spec', 'builder');

    const objects = await preview({ releaseName: 'builder', values: builder });
    const images = JSON.stringify(objects).match(/"image":"[^"]+"/g);
    assert.deepEqual(images, ['"image":"registry.example.com/vendor/cron-support-bundle:0.1.0"']);
  });

  for (const program of HELMS) {
    it(`renders what was meant by ${program}, whatever the license, option and registry`, async () => {
      const rendered = await helm.renderCases(
        program,
        new Map(CASES.map((each) => [each.name, asValues(at(outputs.get(each), 'values'))])),
      );

      for (const each of CASES) {
        const objects = rendered.get(each.name) ?? [];
        if (each.isConsent) assertMeant(each, objects);
        else assert.deepEqual(objects, [], each.name);
      }
    });
  }

  describe('deployed', () => {
    let plane: ControlPlane;

    before(async () => {
      plane = await startControlPlane();
    });

    after(async () => {
      await plane?.stop();
    });

    it('installs, upgrades and goes away through what the Admin Console runs', async () => {
      await helm.run('helm3', 'package', CHART_FOLDER, '--destination', folder);
      const version = String(at(await readChartYaml('Chart.yaml'), 'version'));
      const archive = join(folder, `cron-support-bundle-${version}.tgz`);
      const name = 'cron-support-bundle';
      const where = ['--namespace', 'default', '--kubeconfig', plane.kubeconfigFile];
      const deployment = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name } };

      for (const schedule of ['@daily', '@weekly']) {
        const output = await helmValues({
          license: license('v1beta1', { value: schedule }),
          configValues: { usage_info_enabled: '1' },
        });
        const values = await helm.valuesFile(asValues(at(output, 'values')));
        const flags = ['-f', values, '--timeout', '3600s', ...where];
        await helm.run('helm3', 'upgrade', '-i', name, archive, ...flags);

        const installed = await plane.kube.get(deployment);
        assert.equal(
          settingsOf(installed === undefined ? [] : [installed]).get('SCHEDULE'),
          schedule,
        );
      }
      await helm.run('helm3', 'uninstall', name, ...where);

      assert.equal(await plane.kube.get(deployment), undefined);
    });

    it('has an archive without the files of the KOTS release and of the tests', async () => {
      await mkdir(join(folder, 'archive'), { recursive: true });
      await helm.run('helm3', 'package', CHART_FOLDER, '--destination', join(folder, 'archive'));

      const { stdout } = await promisify(execFile)('sh', ['-c', `tar tzf ${folder}/archive/*.tgz`]);
      const names = stdout.split('\n').map((line) => line.replace('cron-support-bundle/', ''));
      assert.ok(names.includes('values.schema.json'));
      assert.ok(!names.some((line) => line.startsWith('kots/') || line.startsWith('ci/')));
    });
  });
});

function assertMeant({ name, means, hasRegistry }: Case, objects: readonly KubeObject[]): void {
  const secret = objects.find((object) => object.metadata.name.endsWith('-upload'));
  const podSpec = at(objectOf(objects, 'Deployment'), 'spec', 'template', 'spec');
  const image = hasRegistry
    ? '10.0.0.1:5000/apps/cron-support-bundle:0.1.0'
    : 'registry.example.com/vendor/cron-support-bundle:0.1.0';

  assert.equal(settingsOf(objects).get('SCHEDULE'), means, name);
  assert.equal(secret === undefined ? undefined : secretText(secret, 'url'), means, name);
  assert.equal(secret === undefined ? undefined : secretText(secret, 'userAgent'), means, name);
  assert.equal(at(podSpec, 'containers', 0, 'image'), image, name);
  assert.deepEqual(listAt(podSpec, 'imagePullSecrets'), [{ name: 'shop-registry' }], name);
}

/** A license with the same entry for all three fields. */
function license(version: string, entry: unknown): unknown {
  const names = ['schedule', 'url', 'user_agent'].map((name) => `cron_support_bundle_${name}`);
  return {
    apiVersion: `kots.io/${version}`,
    kind: 'License',
    spec: {
      appSlug: 'shop',
      licenseID: 'id-of-the-license',
      entitlements:
        entry === undefined ? {} : Object.fromEntries(names.map((name) => [name, entry])),
    },
  };
}

async function render(manifest: string, context: Values, ...flags: string[]): Promise<string> {
  const contextFile = join(folder, 'context.yaml');
  await writeFile(contextFile, JSON.stringify(context));
  const inputs = ['--context', contextFile, '--config', join(KOTS_FOLDER, 'config.yaml')];
  const { stdout } = await promisify(execFile)(programPath('kots-render'), [
    ...inputs,
    ...flags,
    resolve(KOTS_FOLDER, manifest),
  ]);
  return stdout;
}

async function helmValues(context: Values, manifest = 'helmchart.yaml'): Promise<unknown> {
  return parse(await render(manifest, context, '--values'));
}

/**
 * The chart's objects for what `kots-render --values` printed, as the Admin Console previews them: there is
 * no cluster, and its version is Helm 3's default (KOTS: pkg/apparchive/helm-v1beta2.go).
 */
async function preview(output: unknown): Promise<readonly KubeObject[]> {
  const file = await helm.valuesFile(asValues(at(output, 'values')));
  const release = String(at(output, 'releaseName'));
  const flags = ['--kube-version', '1.20.0', '--values', file];
  return parseYaml(await helm.run('helm3', 'template', release, CHART_FOLDER, ...flags));
}

function asValues(value: unknown): Values {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
