/** The chart's files, and what helm makes of them. */

import { execFile } from 'node:child_process';
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { parse, stringify } from 'yaml';

import { type KubeObject, parseYaml } from '../bed/kube.ts';
import { temporaryFolder } from '../bed/processes.ts';
import { programPath } from '../bed/programs.ts';

export const CHART_FOLDER = join(import.meta.dirname, '../../chart');

/** Helm 3 is what the Admin Console runs, Helm 4 what people install today. */
export const HELMS = ['helm3', 'helm'] as const;
export type Helm = (typeof HELMS)[number];

export type Values = Readonly<Record<string, unknown>>;

/** Of what is rendered without an API server. */
const RELEASE = 'csb';
const NAMESPACE = 'apps';

/** A file of the chart, parsed. */
export async function readChartYaml(file: string): Promise<unknown> {
  return parse(await readFile(join(CHART_FOLDER, file), 'utf8'));
}

/** What is at the path; undefined when something on the way is not there. Arrays by index. */
export function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  return path.reduce((inner: unknown, key) => {
    if (typeof inner !== 'object' || inner === null) return undefined;
    return Object.entries(inner).find(([name]) => name === String(key))?.[1];
  }, value);
}

export function listAt(value: unknown, ...path: readonly (string | number)[]): readonly unknown[] {
  const found = at(value, ...path);
  return Array.isArray(found) ? found : [];
}

export function objectOf(objects: readonly KubeObject[], kind: string, suffix = ''): KubeObject {
  const found = objects.find(
    (object) => object.kind === kind && object.metadata.name.endsWith(suffix),
  );
  if (found === undefined) throw new Error(`no ${kind} …${suffix} among ${objects.length} objects`);
  return found;
}

/** The settings of the agent's container that are plain text. */
export function settingsOf(objects: readonly KubeObject[]): ReadonlyMap<string, string> {
  const deployment = objectOf(objects, 'Deployment');
  return new Map(
    listAt(deployment, 'spec', 'template', 'spec', 'containers', 0, 'env')
      .filter((variable) => at(variable, 'value') !== undefined)
      .map((variable) => [String(at(variable, 'name')), String(at(variable, 'value'))]),
  );
}

/** Decoded text of a Secret's key as it is in a manifest; undefined when it is not there. */
export function secretText(secret: KubeObject, key: string): string | undefined {
  const clear = at(secret, 'stringData', key);
  if (typeof clear === 'string') return clear;
  const encoded = at(secret, 'data', key);
  return typeof encoded === 'string' ? Buffer.from(encoded, 'base64').toString() : undefined;
}

/** Runs helm in a folder of its own; nothing of the user's configuration is read or written. */
export class HelmRunner {
  readonly #folder = temporaryFolder('helm');
  #files = 0;

  /** stdout. Throws with stderr when helm fails. */
  async run(helm: Helm, ...helmArguments: readonly string[]): Promise<string> {
    const { stdout } = await promisify(execFile)(programPath(helm), [...helmArguments], {
      maxBuffer: 64 * 2 ** 20,
      env: {
        PATH: process.env['PATH'],
        HOME: this.#folder,
        HELM_CACHE_HOME: join(this.#folder, 'cache'),
        HELM_CONFIG_HOME: join(this.#folder, 'config'),
        HELM_DATA_HOME: join(this.#folder, 'data'),
      },
    });
    return stdout;
  }

  /** A file with the values, for `--values`. */
  async valuesFile(values: Values | string): Promise<string> {
    const file = join(this.#folder, `values-${++this.#files}.yaml`);
    await writeFile(file, typeof values === 'string' ? values : stringify(values));
    return file;
  }

  /** The chart's objects for each case, from one helm process: the cases are subcharts of one chart, by alias. */
  async renderCases(
    helm: Helm,
    cases: ReadonlyMap<string, Values>,
  ): Promise<ReadonlyMap<string, readonly KubeObject[]>> {
    const parent = join(this.#folder, `parent-${++this.#files}`);
    const aliases = new Map([...cases.keys()].map((name, index) => [name, `case${index}`]));
    await this.#writeParent(parent, aliases);
    const values = Object.fromEntries([...cases].map(([name, its]) => [aliases.get(name), its]));

    const file = await this.valuesFile(values);
    const output = await this.run(helm, 'template', RELEASE, parent, '-n', NAMESPACE, '-f', file);
    const byAlias = Map.groupBy(
      output.split(/^---$/m),
      (text) => /charts\/(\w+)\//.exec(text)?.[1],
    );
    return new Map(
      [...aliases].map(([name, alias]) => [name, (byAlias.get(alias) ?? []).flatMap(parseYaml)]),
    );
  }

  async #writeParent(parent: string, aliases: ReadonlyMap<string, string>): Promise<void> {
    const { name, version } = chartIdentity(await readChartYaml('Chart.yaml'));
    await mkdir(join(parent, 'charts'), { recursive: true });
    await cp(CHART_FOLDER, join(parent, 'charts', name), { recursive: true });
    await writeFile(
      join(parent, 'Chart.yaml'),
      stringify({
        apiVersion: 'v2',
        name: 'parent',
        version: '1.0.0',
        dependencies: [...aliases.values()].map((alias) => ({ name, version, alias })),
      }),
    );
  }

  async remove(): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true });
  }
}

function chartIdentity(chart: unknown): { readonly name: string; readonly version: string } {
  return { name: String(at(chart, 'name')), version: String(at(chart, 'version')) };
}
