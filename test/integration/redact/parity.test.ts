/** With --upstream our redaction gives what `support-bundle redact` v0.133.0 gives, byte for byte. */

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

import { type ControlPlane, startControlPlane } from '../../bed/control-plane.ts';
import type { KubeObject } from '../../bed/kube.ts';
import { largeWorkload } from '../../bed/large-workload.ts';
import { removeFolder, temporaryFolder } from '../../bed/processes.ts';
import { smallWorkload } from '../../bed/workload.ts';
import { randomText } from '../../redact/troubleshoot/random-text.ts';
import { type Member, tarGzipOf, tarOf } from '../../support/bundles.ts';
import { bundleWith } from '../../support/spec.ts';
import { makeUpstreamArchive } from '../parity/run-both.ts';
import {
  type Files,
  findDifference,
  redactBoth,
  redactOursAgain,
  redactorDocument,
  unpackArchives,
  writeBundle,
} from './both.ts';

const RANDOM_DOCUMENTS = 10_000;

/** Given, a failure is met again. */
const SEED = Number(process.env['SEED'] ?? Date.now() % 1_000_000);

/** Words of the random texts, so that they find something; what they do to one another is a part of it. */
const CUSTOM_REDACTORS = [
  { name: 'literals', removals: { values: ['password', 'HIDDEN', '"value"', 'é'] } },
  {
    name: 'groups',
    fileSelector: { files: ['logs/*', 'data/1*.json'] },
    removals: {
      regex: [
        { redactor: '(?i)(token)(?P<mask>[^"]+)(?P<drop>"?)' },
        { redactor: '(?P<mask>[0-9]{2,})' },
        { redactor: 'user(?P<mask>.)(?P<mask>.)' },
        { redactor: '(a(?P<mask>b*)c)' },
        { redactor: '(?P<mask>x*)' },
      ],
    },
  },
  {
    removals: {
      values: ['database'],
      regex: [{ selector: '(?i)name', redactor: '(value)(?P<mask>.*)' }],
    },
  },
  { name: 'elsewhere', fileSelector: { file: 'nowhere/**' }, removals: { values: ['a'] } },
  {
    name: 'path',
    fileSelector: { file: 'data/colours.yaml' },
    removals: { yamlPath: ['green.id'] },
  },
];

describe('redaction beside support-bundle redact', function () {
  this.timeout(300_000);
  let folder: string;

  beforeEach(() => {
    folder = temporaryFolder('redact-parity');
  });

  afterEach(async () => {
    await removeFolder(folder);
  });

  it(`agrees on ${RANDOM_DOCUMENTS} random documents made of the rules' own words`, async () => {
    const files = new Map<string, Buffer>();
    for (let number = 0; number < RANDOM_DOCUMENTS; number++) {
      files.set(`random/${number}.txt`, Buffer.from(randomText(SEED + number), 'latin1'));
    }

    await assertAgree(files, `SEED=${SEED}`);
  });

  it('agrees with redactors of a spec, of every kind', async () => {
    const files = new Map<string, Buffer>();
    for (let number = 0; number < 2_000; number++) {
      const name = number % 3 === 0 ? `logs/${number}.log` : `data/${number}.json`;
      files.set(name, Buffer.from(randomText(SEED + 500_000 + number), 'latin1'));
    }
    files.set('data/colours.yaml', Buffer.from('red: {id: 1}\nblue: {id: secret}\n'));

    await assertAgree(files, `SEED=${SEED}`, redactorDocument(CUSTOM_REDACTORS));
  });

  for (const redactors of [undefined, redactorDocument(CUSTOM_REDACTORS)]) {
    const rules = redactors === undefined ? 'the default rules' : 'redactors of a spec';
    it(`agrees with ${rules} on each member of archives, and of archives in them`, async () => {
      const files = await archives();
      const bundle = join(folder, 'bundle.tar.gz');
      await writeBundle(bundle, files);
      const { upstream, ours } = await redactBoth(bundle, folder, redactors);
      const [before, theirs, own] = [
        await unpackArchives(files),
        await unpackArchives(upstream),
        await unpackArchives(ours),
      ];

      const changed = [...theirs].filter(
        ([path, body]) => before.get(path)?.equals(body) === false,
      );
      assert.ok(changed.length > before.size / 2, 'too little is redacted to prove anything');
      assert.equal(findDifference(theirs, own), undefined, `SEED=${SEED}`);
    });
  }

  it('agrees on a bundle of a cluster', async () => {
    const plane: ControlPlane = await startControlPlane();
    try {
      await plane.kube.apply([...smallWorkload(), ...customResources()]);
      await plane.kube.apply(largeWorkload({ pods: 60, namespaces: 3 }));
      const spec = bundleWith({ clusterInfo: {} }, { clusterResources: {} });
      const bundle = await makeUpstreamArchive(plane.kubeconfigFile, spec, folder);
      const { upstream, ours } = await redactBoth(bundle, folder);
      const again = await redactOursAgain(folder);

      assert.ok(upstream.size > 50);
      assert.ok(
        CUSTOM_FILES.every((path) => again.get(path)?.equals(ours.get(path) ?? EMPTY) === false),
      );
      assert.equal(findDifference(linkTargetsOnce(upstream, { ours, again }), ours), undefined);
    } finally {
      await plane.stop();
    }
  });

  async function assertAgree(files: Files, name: string, redactors?: string): Promise<void> {
    const bundle = join(folder, 'bundle.tar.gz');
    await writeBundle(bundle, files);
    const { upstream, ours } = await redactBoth(bundle, folder, redactors);
    const changed = [...upstream].filter(([path, body]) => files.get(path)?.equals(body) === false);

    assert.equal(upstream.size, files.size + 1, name);
    assert.ok(changed.length > files.size / 4, 'too little is redacted to prove anything');
    assert.equal(findDifference(upstream, ours), undefined, name);
  }
});

/** A tar in a tgz in a tar among them, each with members that the rules hit, and with some of other kinds. */
async function archives(): Promise<Files> {
  let number = 0;
  const texts = (folder: string, count: number): readonly Member[] =>
    Array.from({ length: count }, () => ({
      name: `${folder}${number++}.json`,
      body: Buffer.from(randomText(SEED + 900_000 + number), 'latin1'),
    }));
  const secret = 'see https://me:s3@host:8080, pwd=hunter2;\n';
  const innermost = await tarOf([
    ...texts('deep/', 20),
    { name: 'data/colours.yaml', body: 'red: {id: 1}\nblue: {id: secret}\n' },
    { name: KURL_FILE, body: '{"certKey": "s3"}\n' },
  ]);
  const middle = await tarGzipOf([
    ...texts('logs/', 20),
    { name: 'in/innermost.tar', body: innermost },
    { name: 'secret.txt', body: secret },
    { name: 'other.tar.gz', body: await tarGzipOf(texts('', 5)) },
  ]);
  const kinds: readonly Member[] = [
    { name: 'a.gz', body: gzipSync(secret) },
    { name: 'not-compressed.gz', body: secret },
    { name: 'no.zip', body: secret },
    { name: 'wide.txt', body: Buffer.from(`\ufeff${secret}`, 'utf16le') },
    { name: 'a.db', body: `SQLite format 3\0${secret}` },
    { name: 'empty.log', body: '' },
  ];
  return new Map([
    ['one.tar', await tarOf([...texts('data/', 20), ...kinds])],
    ['logs/two.tgz', await tarGzipOf([...texts('logs/', 20), ...kinds])],
    ['logs/three.tar.gz', await tarGzipOf([...texts('', 20), ...kinds])],
    ['all.tar', await tarOf([...texts('', 5), { name: 'in/middle.tgz', body: middle }])],
    ['beside.txt', Buffer.from(secret)],
  ]);
}

const KURL_FILE = 'cluster-resources/custom-resources/installers.cluster.kurl.sh/default.json';

const CUSTOM_RESOURCES = 'cluster-resources/custom-resources';
const CUSTOM_FILES = ['gadgets.acme.example', 'installers.cluster.kurl.sh'].map(
  (name) => `${CUSTOM_RESOURCES}/${name}/acme-orders.json`,
);
const EMPTY = Buffer.alloc(0);

/** Each file of these is the target of a link, and kURL's has rules of its own. */
function customResources(): readonly KubeObject[] {
  const metadata = { name: 'a', namespace: 'acme-orders' };
  const url = 'https://me:s3@host:8080/x';
  return [
    definition('acme.example', 'Gadget'),
    definition('cluster.kurl.sh', 'Installer'),
    {
      apiVersion: 'acme.example/v1',
      kind: 'Gadget',
      metadata,
      spec: { url, env: [{ name: 'API_TOKEN', value: 's3' }], dsn: 'server=db;pwd=s3;' },
    },
    {
      apiVersion: 'cluster.kurl.sh/v1',
      kind: 'Installer',
      metadata,
      spec: { url, certKey: 's3', kubeadmToken: 's3' },
    },
  ];
}

function definition(group: string, kind: string): KubeObject {
  const schema = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
  const singular = kind.toLowerCase();
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${singular}s.${group}` },
    spec: {
      group,
      scope: 'Namespaced',
      names: { plural: `${singular}s`, singular, kind },
      versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: schema } }],
    },
  };
}

/**
 * The program redacts what a link leads to once for itself and once for the link, and a second time changes it; at the same
 * time, so that the second may find what the first has not changed. See differences.md.
 *
 * @returns Upstream's files; of these targets our own, where upstream's are as ours redacted once more.
 */
function linkTargetsOnce(
  upstream: Files,
  { ours, again }: { readonly ours: Files; readonly again: Files },
): Files {
  return new Map(
    [...upstream].map(([path, theirs]) => {
      const isTwice =
        path.startsWith(`${CUSTOM_RESOURCES}/`) && again.get(path)?.equals(theirs) === true;
      return [path, isTwice ? (ours.get(path) ?? theirs) : theirs];
    }),
  );
}
