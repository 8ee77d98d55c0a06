/** With --upstream our redaction gives what `support-bundle redact` v0.133.0 gives, byte for byte. */

import assert from 'node:assert/strict';
import { join } from 'node:path';

import { type ControlPlane, startControlPlane } from '../../bed/control-plane.ts';
import { largeWorkload } from '../../bed/large-workload.ts';
import { removeFolder, temporaryFolder } from '../../bed/processes.ts';
import { smallWorkload } from '../../bed/workload.ts';
import { randomText } from '../../redact/troubleshoot/random-text.ts';
import { bundleWith } from '../../support/spec.ts';
import { makeUpstreamArchive } from '../parity/run-both.ts';
import { type Files, findDifference, redactBoth, redactorDocument, writeBundle } from './both.ts';

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

  it('agrees on a bundle of a cluster', async () => {
    const plane: ControlPlane = await startControlPlane();
    try {
      await plane.kube.apply(smallWorkload());
      await plane.kube.apply(largeWorkload({ pods: 60, namespaces: 3 }));
      const spec = bundleWith({ clusterInfo: {} }, { clusterResources: {} });
      const bundle = await makeUpstreamArchive(plane.kubeconfigFile, spec, folder);
      const { upstream, ours } = await redactBoth(bundle, folder);

      assert.ok(upstream.size > 50);
      assert.equal(
        findDifference(withoutLinkTargets(upstream), withoutLinkTargets(ours)),
        undefined,
      );
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

/** What links lead to is redacted by the program once for each link, and a second time changes it. */
function withoutLinkTargets(files: Files): Files {
  return new Map(
    [...files].filter(([path]) => !path.startsWith('cluster-resources/custom-resources/')),
  );
}
