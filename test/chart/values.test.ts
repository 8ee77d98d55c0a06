/** The chart's files against one another and against the agent: no helm, no server. */

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { parse } from 'yaml';

import { FIELDS } from '../../agent/config/fields.ts';
import { at, CHART_FOLDER, readChartYaml } from '../support/chart.ts';

const SCHEMA: unknown = JSON.parse(read('values.schema.json'));

describe('chart/values', () => {
  const values: unknown = parse(read('values.yaml'));
  const paths = leafPaths(SCHEMA);

  it('closes every object of the schema that has fields, but for global', () => {
    const open = objectPaths(SCHEMA).filter(
      (path) => at(SCHEMA, ...schemaPath(path), 'additionalProperties') !== false,
    );

    assert.deepEqual(open, ['global']);
  });

  it('describes every value in the schema', () => {
    const bare = [...paths, ...objectPaths(SCHEMA)].filter(
      (path) => path !== '' && typeof at(SCHEMA, ...schemaPath(path), 'description') !== 'string',
    );

    assert.deepEqual(bare, []);
  });

  it('has a default, with a comment, for every value of the schema', () => {
    const documented = documentedPaths(read('values.yaml'));

    // Injected, never set by hand.
    const expected = paths.filter((path) => path !== 'global.replicated');
    assert.deepEqual(documented.toSorted(), expected.toSorted());
  });

  it('has no default that the schema does not know', () => {
    const unknown = valuePaths(values).filter(
      (path) => !paths.some((known) => path === known || path.startsWith(`${known}.`)),
    );

    assert.deepEqual(unknown, []);
  });

  it('uses every value in a template', () => {
    const templates = readdirSync(join(CHART_FOLDER, 'templates'))
      .map((file) => read(`templates/${file}`))
      .join('\n');

    // Some are reached through their parent (`with .Values.upload.headersSecret`): then `.name` alone is found.
    const unused = paths.filter((path) => !templates.includes(`.${path.split('.').at(-1)}`));
    const probes = ['livenessProbe', 'readinessProbe', 'startupProbe'];
    assert.deepEqual(
      unused.filter((path) => !probes.includes(path)),
      [],
    );
  });

  it('sets every setting of the agent, and nothing that the agent does not know', () => {
    const template = read('templates/_container.tpl');
    const environment = template.slice(template.indexOf('define "cron-support-bundle.env"'));
    const names = new Set(environment.match(/\b[A-Z]{2,}(?:_[A-Z]+)*\b/g));

    // Not settings of ours: every program knows these.
    const proxies = ['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY'];
    const settings = Object.values(FIELDS).map(({ env }) => env);
    assert.deepEqual([...names].toSorted(), [...settings, ...proxies].toSorted());
  });

  it('has the version of package.json everywhere', async () => {
    const version = at(await readChartYaml('../package.json'), 'version');
    const chart = await readChartYaml('Chart.yaml');
    const helmChart = await readChartYaml('kots/helmchart.yaml');

    assert.equal(at(chart, 'version'), version);
    assert.equal(at(chart, 'appVersion'), version);
    assert.equal(at(helmChart, 'spec', 'chart', 'chartVersion'), version);
  });
});

describe('chart/kots', () => {
  it('asks for consent with the default no', async () => {
    const config = await readChartYaml('kots/config.yaml');
    const option = at(config, 'spec', 'groups', 0, 'items', 0);

    assert.equal(at(option, 'name'), 'usage_info_enabled');
    assert.equal(at(option, 'default'), '0');
    assert.equal(at(option, 'value'), undefined);
    assert.equal(at(option, 'recommended'), undefined);
  });

  it('lets the User-Agent guard writing, and nobody in without TLS', () => {
    const policy: unknown = JSON.parse(read('kots/bucket-policy.json'));
    const [put, deny] = [at(policy, 'Statement', 0), at(policy, 'Statement', 1)];

    assert.equal(at(put, 'Effect'), 'Allow');
    assert.equal(at(put, 'Action'), 's3:PutObject');
    assert.equal(at(put, 'Condition', 'StringEquals', 'aws:UserAgent'), 'USER_AGENT');
    assert.equal(at(deny, 'Effect'), 'Deny');
    assert.equal(at(deny, 'Condition', 'Bool', 'aws:SecureTransport'), 'false');
    assert.equal(at(policy, 'Statement', 2), undefined);
  });

  it('ends every templated text with quote, outside of quotes', () => {
    const lines = ['helmchart.yaml', 'application.yaml']
      .flatMap((file) => read(`kots/${file}`).split('\n'))
      .filter((line) => line.includes('repl{{'));

    for (const line of lines) {
      assert.match(line, /(?:: |- )repl\{\{ [^}]*(?:\| quote|\| ParseBool\)?) \}\}$/);
    }
    assert.ok(lines.length >= 9);
  });
});

function read(file: string): string {
  return readFileSync(join(CHART_FOLDER, file), 'utf8');
}

/** `a.b` → where its schema is. */
function schemaPath(path: string): readonly string[] {
  return path === '' ? [] : path.split('.').flatMap((name) => ['properties', name]);
}

function propertiesOf(schema: unknown): readonly [string, unknown][] {
  const properties = at(schema, 'properties');
  return typeof properties === 'object' && properties !== null ? Object.entries(properties) : [];
}

/** Paths of the values that have no fields of their own in the schema. */
function leafPaths(schema: unknown, prefix = ''): readonly string[] {
  return propertiesOf(schema).flatMap(([name, inner]) =>
    propertiesOf(inner).length === 0 ? [`${prefix}${name}`] : leafPaths(inner, `${prefix}${name}.`),
  );
}

/** Paths of the objects that have fields; '' is the root. */
function objectPaths(schema: unknown, path = ''): readonly string[] {
  const inner = propertiesOf(schema).flatMap(([name, property]) =>
    propertiesOf(property).length === 0
      ? []
      : objectPaths(property, path === '' ? name : `${path}.${name}`),
  );
  return [path, ...inner];
}

function valuePaths(value: unknown, prefix = ''): readonly string[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return [prefix.slice(0, -1)];
  }
  return Object.entries(value).flatMap(([name, inner]) => valuePaths(inner, `${prefix}${name}.`));
}

/** Paths of the keys whose comment begins with `# --`, from the text of values.yaml. */
function documentedPaths(text: string): readonly string[] {
  const found: string[] = [];
  const parents: string[] = [];
  let isDocumented = false;
  for (const line of text.split('\n')) {
    const [, indent = '', name] = /^( *)([A-Za-z]+):/.exec(line) ?? [];
    const depth = indent.length / 2;
    if (/^ *# --/.test(line)) isDocumented = true;
    else if (name !== undefined) {
      parents.splice(depth, Number.POSITIVE_INFINITY, name);
      if (isDocumented) found.push(parents.join('.'));
      isDocumented = false;
    }
  }
  return found;
}
