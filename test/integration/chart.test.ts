/** The chart rendered by helm 3 and 4, against the schemas of a real API server. */

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { stringify } from 'yaml';

import { FIELDS } from '../../agent/config/fields.ts';
import { type ControlPlane, startControlPlane } from '../bed/control-plane.ts';
import type { KubeObject } from '../bed/kube.ts';
import { programPath } from '../bed/programs.ts';
import { writeSchemas } from '../bed/schemas.ts';
import {
  at,
  CHART_FOLDER,
  HELMS,
  HelmRunner,
  listAt,
  objectOf,
  secretText,
  settingsOf,
  type Values,
} from '../support/chart.ts';

const DESTINATION = 'https://user:pass@bundles.example.com/in?sig=abc';
const USER_AGENT = 'agent/secret-of-the-bucket';

/** Texts that a template engine or a YAML printer could harm. */
const SPECS = {
  'with templates of its own': 'message: "{{ .Namespace }}/{{ .Name }} {{repl x }} $(HOME)"\n',
  'without an end of line': 'kind: SupportBundle',
  'with several ends of line': 'a: |+\n  b\n\n\n',
  'with blanks at both ends': '  a: b  \n\tc \n',
  'with carriage returns and other scripts': 'a: b\r\nc: "äöü – 日本"\r\n',
  'with anchors and documents': '---\na: &x [1]\nb: *x\n---\n# end\n',
};

const CASES: Readonly<Record<string, Values>> = {
  default: {},
  explicit: {
    schedule: ' */5 * * * * ',
    upload: { url: DESTINATION, userAgent: USER_AGENT },
    license: { enabled: true },
    ...licensed('@daily', 'https://license.example.com/'),
  },
  license: { license: { enabled: true }, ...licensed('@daily', 'https://license.example.com/') },
  'license without consent': licensed('@daily', 'https://license.example.com/'),
  'license with unset fields': { license: { enabled: true }, ...licensed('<nil>', 0) },
  'license with null': { license: { enabled: true }, ...licensed(null, '') },
  'license with a list': {
    license: { enabled: true },
    global: { replicated: { licenseFields: [{ name: 'cron_support_bundle_url' }] } },
  },
  'license with bad values': {
    license: { enabled: true },
    ...licensed('every day: "at" 5', 'ht!tp://%zz\\ {{ .Values }}'),
  },
  'existing secret': {
    upload: { existingSecret: { name: 'vendor', urlKey: 'endpoint', userAgentKey: '' } },
    license: { enabled: true },
    ...licensed('@daily', 'https://license.example.com/', USER_AGENT),
  },
  pvc: { spool: { type: 'pvc', maxSize: '1.5Gi' }, maxBundleSize: 1_048_576 },
  claim: { spool: { type: 'pvc', existingClaim: 'mine' } },
  'exponent sizes': { spool: { maxSize: '1e+09' }, maxBundleSize: '24M' },
  discover: { supportBundle: { discover: { selector: 'a=b', namespaces: ['one', 'two'] } } },
  'no roles': { rbac: { create: false }, serviceAccount: { create: false, name: 'theirs' } },
  disabled: { enabled: false, upload: { url: DESTINATION }, spool: { type: 'pvc' } },
  ...Object.fromEntries(
    Object.entries(SPECS).map(([name, spec]) => [`spec ${name}`, { supportBundle: { spec } }]),
  ),
  'spec as a map': {
    supportBundle: { spec: { kind: 'SupportBundle', message: '{{ .Name }}', maxLines: 1_000_000 } },
  },
};

describe('chart', () => {
  const helm = new HelmRunner();
  let plane: ControlPlane;

  before(async () => {
    plane = await startControlPlane();
  });

  after(async () => {
    await plane?.stop();
    await helm.remove();
  });

  for (const program of HELMS) {
    describe(`rendered by ${program}`, () => {
      let rendered: ReadonlyMap<string, readonly KubeObject[]>;
      const objects = (name: string): readonly KubeObject[] => rendered.get(name) ?? [];
      const upload = (name: string, key: string): string | undefined => {
        const secret = objects(name).find((object) => object.metadata.name.endsWith('-upload'));
        return secret === undefined ? undefined : secretText(secret, key);
      };

      before(async () => {
        rendered = await helm.renderCases(program, new Map(Object.entries(CASES)));
      });

      it('passes lint --strict with every file of chart/ci', async () => {
        for (const file of ciFiles()) {
          await helm.run(program, 'lint', '--strict', CHART_FOLDER, '--values', file);
        }
      });

      it('matches the schemas of the API server', async () => {
        const documents = [...rendered.values()].flat();

        const summary = await kubeconform(documents);

        assert.match(summary, new RegExp(`Valid: ${documents.length}, Invalid: 0, Errors: 0`));
      });

      it('would not match them with a field that the API server does not know', async () => {
        const service = objectOf(objects('default'), 'Service');

        await assert.rejects(kubeconform([{ ...service, spec: { port: 8080 } }]));
      });

      it('renders no object when disabled', () => {
        assert.deepEqual(objects('disabled'), []);
      });

      it("sets the agent's own defaults", () => {
        const settings = settingsOf(objects('default'));

        for (const { env, fallback } of Object.values(FIELDS)) {
          if (fallback === undefined || ['WORK_DIR', 'SPEC'].includes(env)) continue;
          // What is empty is left out, and means the same.
          assert.equal(settings.get(env) ?? '', fallback, env);
        }
      });

      it('selects pods by name and instance alone', () => {
        const labels = ['app.kubernetes.io/instance', 'app.kubernetes.io/name'];
        const deployment = objectOf(objects('default'), 'Deployment');
        const service = objectOf(objects('default'), 'Service');

        const selector = at(deployment, 'spec', 'selector', 'matchLabels') ?? {};
        assert.deepEqual(Object.keys(selector).toSorted(), labels);
        assert.deepEqual(at(service, 'spec', 'selector'), selector);
      });

      for (const [name, expected] of Object.entries({
        default: { schedule: undefined, url: undefined },
        explicit: { schedule: '*/5 * * * *', url: DESTINATION, userAgent: USER_AGENT },
        license: { schedule: '@daily', url: 'https://license.example.com/' },
        'license without consent': { schedule: undefined, url: undefined },
        'license with unset fields': { schedule: undefined, url: undefined },
        'license with null': { schedule: undefined, url: undefined },
        'license with a list': { schedule: undefined, url: undefined },
        'license with bad values': {
          schedule: 'every day: "at" 5',
          url: 'ht!tp://%zz\\ {{ .Values }}',
        },
        'existing secret': { schedule: '@daily', url: undefined, userAgent: USER_AGENT },
      })) {
        it(`takes schedule, URL and User-Agent in their order: ${name}`, () => {
          assert.equal(settingsOf(objects(name)).get('SCHEDULE'), expected.schedule);
          assert.equal(upload(name, 'url'), expected.url);
          assert.equal(upload(name, 'userAgent'), at(expected, 'userAgent'));
        });
      }

      it('reads what an existing Secret holds by its key, and may start without it', () => {
        const container = containerOf(objects('existing secret'));
        const variable = listAt(container, 'env').find((its) => at(its, 'name') === 'UPLOAD_URL');

        assert.deepEqual(at(variable, 'valueFrom', 'secretKeyRef'), {
          name: 'vendor',
          key: 'endpoint',
          optional: true,
        });
      });

      it('shows neither URL nor User-Agent outside of the Secret', () => {
        const others = objects('explicit').filter((object) => object.kind !== 'Secret');

        const text = JSON.stringify(others);
        assert.ok(!text.includes('bundles.example.com'));
        assert.ok(!text.includes(USER_AGENT));
      });

      for (const [name, spec] of Object.entries(SPECS)) {
        it(`keeps a spec ${name} as it is, to the byte`, () => {
          const secret = objectOf(objects(`spec ${name}`), 'Secret', '-spec');

          assert.equal(secretText(secret, 'support-bundle-spec'), spec);
        });
      }

      it('prints a spec that is a map, whole numbers as such', () => {
        const secret = objectOf(objects('spec as a map'), 'Secret', '-spec');

        const text = secretText(secret, 'support-bundle-spec') ?? '';
        assert.equal(text, "kind: SupportBundle\nmaxLines: 1000000\nmessage: '{{ .Name }}'\n");
      });

      it('has a default spec that troubleshoot finds by its label', async () => {
        const secret = objectOf(objects('default'), 'Secret', '-spec');

        assert.equal(at(secret, 'metadata', 'labels', 'troubleshoot.sh/kind'), 'support-bundle');
        const text = await readFile(join(CHART_FOLDER, 'files/default-spec.yaml'), 'utf8');
        assert.equal(secretText(secret, 'support-bundle-spec'), text);
      });

      for (const [name, limit] of Object.entries({
        default: '5120Mi',
        'exponent sizes': '977Mi',
      })) {
        it(`bounds the spool by its size and one bundle: ${name}`, () => {
          const volumes = podSpecOf(objects(name), 'volumes');

          const spool = volumes.find((volume) => at(volume, 'name') === 'spool');
          assert.deepEqual(at(spool, 'emptyDir'), { sizeLimit: limit });
        });
      }

      it('claims a volume of that size for a spool that survives the pod', () => {
        const claim = objectOf(objects('pvc'), 'PersistentVolumeClaim', '-spool');
        const spool = podSpecOf(objects('pvc'), 'volumes')[1];

        assert.equal(at(claim, 'spec', 'resources', 'requests', 'storage'), '1537Mi');
        assert.equal(at(spool, 'persistentVolumeClaim', 'claimName'), claim.metadata.name);
      });

      it('uses an existing claim and makes none', () => {
        const spool = podSpecOf(objects('claim'), 'volumes')[1];

        assert.equal(at(spool, 'persistentVolumeClaim', 'claimName'), 'mine');
        assert.ok(!objects('claim').some(({ kind }) => kind === 'PersistentVolumeClaim'));
      });

      it('lets discovery list Secrets in the namespaces that are named, and only there', () => {
        const roles = objects('discover').filter(({ kind }) => kind === 'Role');
        const listing = roles.filter((role) => JSON.stringify(role['rules']).includes('"list"'));

        assert.deepEqual(
          listing.map((role) => role.metadata.namespace),
          ['one', 'two'],
        );
      });

      it('makes neither roles nor an identity when they exist', () => {
        const kinds = objects('no roles').map(({ kind }) => kind);

        assert.ok(!kinds.some((kind) => /Role|ServiceAccount/.test(kind)));
      });

      for (const [name, values] of Object.entries({
        'a value it does not know': { shedule: '@daily' },
        'a nested value it does not know': { upload: { link: 'x' } },
        'a size without meaning': { maxBundleSize: '1Gb' },
        'a duration without a unit': { runTimeout: '30' },
        'a flag that is text': { enabled: 'false' },
      })) {
        it(`refuses ${name}`, async () => {
          const file = await helm.valuesFile(values);

          await assert.rejects(helm.run(program, 'template', 'csb', CHART_FOLDER, '-f', file), {
            message: /values don't meet the specifications of the schema/,
          });
        });
      }
    });
  }

  /** kubeconform's summary. Throws when an object is not valid. */
  async function kubeconform(objects: readonly KubeObject[]): Promise<string> {
    const file = join(plane.folder, 'objects.yaml');
    await writeFile(file, objects.map((object) => `---\n${stringify(object)}`).join(''));
    const schemas = await writeSchemas(plane.kube, objects, join(plane.folder, 'schemas'));
    const flags = ['-strict', '-summary', '-schema-location', schemas];
    const { stdout } = await promisify(execFile)(programPath('kubeconform'), [...flags, file]);
    return stdout;
  }
});

function ciFiles(): readonly string[] {
  const folder = join(CHART_FOLDER, 'ci');
  return readdirSync(folder).map((file) => join(folder, file));
}

function licensed(schedule: unknown, url: unknown, userAgent?: string): Values {
  return {
    global: {
      replicated: {
        licenseFields: {
          cron_support_bundle_schedule: { value: schedule, valueType: 'String' },
          cron_support_bundle_url: { value: url, signature: { v1: 'x' } },
          ...(userAgent === undefined
            ? {}
            : { cron_support_bundle_user_agent: { value: userAgent } }),
        },
      },
    },
  };
}

function podSpecOf(objects: readonly KubeObject[], field: string): readonly unknown[] {
  return listAt(objectOf(objects, 'Deployment'), 'spec', 'template', 'spec', field);
}

function containerOf(objects: readonly KubeObject[]): unknown {
  return podSpecOf(objects, 'containers')[0];
}
