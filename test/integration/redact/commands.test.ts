/** The commands `redact` and `preview`, as a user runs them. */

import assert from 'node:assert/strict';
import { createReadStream, existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';

import { writeArchive } from '../../../agent/archive/archive.ts';
import { verifyBundle } from '../../../agent/archive/verify.ts';
import { preview } from '../../../agent/commands/preview.ts';
import { type ControlPlane, startControlPlane } from '../../bed/control-plane.ts';
import { removeFolder, temporaryFolder } from '../../bed/processes.ts';
import { smallWorkload, WORKLOAD_SECRETS } from '../../bed/workload.ts';
import { fileEntry, from, manifestFacts } from '../../support/bundles.ts';
import { never } from '../../support/signal.ts';
import { readFiles, redactOurs, redactorDocument, writeBundle } from './both.ts';

const TOKEN = `ghp_${'a1B2c3D4e5F6'.repeat(3)}`;

describe('the command redact', () => {
  let folder: string;
  let bundle: string;
  let output: string;

  beforeEach(() => {
    folder = temporaryFolder('redact-command');
    bundle = join(folder, 'bundle.tar.gz');
    output = join(folder, 'redacted.tar.gz');
  });

  afterEach(async () => {
    assert.deepEqual(existsSync(join(folder, 'work')) ? readdirSync(join(folder, 'work')) : [], []);
    await removeFolder(folder);
  });

  it("hides what troubleshoot's rules and ours know, and counts it", async () => {
    await writeBundle(
      bundle,
      new Map([['a.log', Buffer.from(`using ${TOKEN}\npassword=x; end\n`)]]),
    );

    const { exitCode, stdout } = await run();

    assert.equal(exitCode, 0);
    assert.match(stdout, /1 +1 +github-token/);
    const text = String((await readFiles(output)).get('a.log'));
    assert.equal(text, 'using ***HIDDEN***\npassword=***HIDDEN***\n');
  });

  it('makes a bundle that verify finds intact, and a second time changes nothing', async () => {
    await writeBundle(bundle, new Map([['a.log', Buffer.from(`using ${TOKEN}\n`)]]));
    await run();
    const first = await readFiles(output);
    const again = join(folder, 'again.tar.gz');
    await redactOurs({ bundle: output, output: again, redactors: [], isUpstream: false, folder });

    const { isIntact, problems } = await verifyBundle(createReadStream(again), never());
    assert.deepEqual([isIntact, problems], [true, []]);
    assert.deepEqual(await readFiles(again), first);
  });

  it('goes on with what the manifest of one of our bundles says', async () => {
    await writeArchive(
      from(fileEntry('a', TOKEN), { kind: 'left-out', path: 'b', reason: 'too large' }),
      {
        topFolder: 'support-bundle-2026-11-22T02_00_00',
        file: bundle,
        maxUncompressedBytes: 1000,
        facts: manifestFacts(),
      },
      never(),
    );

    const { exitCode, stdout } = await run();

    assert.equal(exitCode, 0, 'nothing more was left out');
    assert.match(stdout, /left out: b: too large/);
    const { manifest } = await verifyBundle(createReadStream(output), never());
    assert.equal(manifest?.runId, manifestFacts().runId);
    assert.deepEqual(
      manifest.leftOut.map(({ path }) => path),
      ['b'],
    );
  });

  it('exits with 3 and names what it leaves out', async () => {
    const opaque = Buffer.concat([Buffer.from('fd377a585a00', 'hex'), Buffer.alloc(99)]);
    await writeBundle(
      bundle,
      new Map([
        ['core.xz', opaque],
        ['a', Buffer.from('fine')],
      ]),
    );

    const { exitCode, stdout } = await run();

    assert.equal(exitCode, 3);
    assert.match(stdout, /left out: core\.xz: .*cannot be looked into/);
    assert.deepEqual([...(await readFiles(output)).keys()].toSorted(), ['a', 'version.yaml']);
  });

  it('applies the redactors that are given', async () => {
    await writeBundle(bundle, new Map([['a', Buffer.from('the word zebra, and a lion')]]));
    const rules = join(folder, 'rules.yaml');
    writeFileSync(rules, redactorDocument([{ name: 'animals', removals: { values: ['zebra'] } }]));

    const { stdout } = await run({ redactors: [rules] });

    assert.equal(String((await readFiles(output)).get('a')), 'the word ***HIDDEN***, and a lion');
    assert.match(stdout, /animals\.literal\.0/);
  });

  it('lets pass what a rule that is switched off would hide', async () => {
    await writeBundle(bundle, new Map([['a.log', Buffer.from(`using ${TOKEN}\n`)]]));

    const { exitCode } = await run({ environment: { REDACT_DISABLE: 'github-token' } });

    assert.equal(exitCode, 0);
    assert.equal(String((await readFiles(output)).get('a.log')), `using ${TOKEN}\n`);
  });

  it('says that it has no Secrets to look for, where SECRET_SCAN asks for them', async () => {
    await writeBundle(bundle, new Map([['a', Buffer.from('fine')]]));

    const without = await run();
    const { exitCode, stderr } = await run({ environment: { SECRET_SCAN: 'values' } });

    assert.equal(exitCode, 0);
    assert.match(stderr, /^SECRET_SCAN=values is ignored: /);
    assert.doesNotMatch(without.stderr, /SECRET_SCAN/);
  });

  it('makes nothing where a redactor is broken, and says where', async () => {
    await writeBundle(bundle, new Map([['a', Buffer.from('x')]]));
    const rules = join(folder, 'rules.yaml');
    writeFileSync(
      rules,
      redactorDocument([
        { name: 'one', removals: { regex: [{ redactor: 'a(b' }] } },
        { name: 'two', removals: { values: [''] } },
      ]),
    );

    await assert.rejects(run({ redactors: [rules] }), {
      code: 'REDACTOR_INVALID',
      message: /one.*regex.*two.*values/s,
    });
    assert.equal(existsSync(output), false);
  });

  it('says that a file is no bundle', async () => {
    writeFileSync(bundle, 'not a bundle');

    await assert.rejects(run(), { code: 'ARCHIVE_INVALID', message: /bundle\.tar\.gz/ });
    assert.equal(existsSync(output), false);
  });

  it('says that there is no such file', async () => {
    await assert.rejects(run(), { code: 'ARCHIVE_INVALID', message: /no such file/ });
  });

  function run({
    redactors = [],
    environment = {},
  }: {
    readonly redactors?: readonly string[];
    readonly environment?: Readonly<Record<string, string>>;
  } = {}): ReturnType<typeof redactOurs> {
    return redactOurs({ bundle, output, redactors, isUpstream: false, folder, environment });
  }
});

describe('the command preview', function () {
  this.timeout(120_000);
  let plane: ControlPlane;

  before(async () => {
    plane = await startControlPlane();
    await plane.kube.apply(smallWorkload());
  });

  after(() => plane.stop());

  it('shows collectors, files, and what is hidden in them, and leaves nothing behind', async () => {
    const { exitCode, stdout, workDir } = await run({});

    assert.equal(exitCode, 0);
    assert.match(stdout, /cluster-resources +(?:ok|partial)/);
    assert.match(stdout, /cluster-resources\/pods\/acme-orders\.json +Redact/);
    assert.match(stdout, /nothing was sent/);
    for (const secret of Object.values(WORKLOAD_SECRETS)) assert.ok(!stdout.includes(secret));
    assert.deepEqual(readdirSync(workDir), []);
  });

  it("leaves out what holds a value of the cluster's Secrets, with SECRET_SCAN", async () => {
    const value = 'plum-vessel-9-harbour';
    await plane.kube.apply([
      {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: 'scanned', namespace: 'acme-orders' },
        data: { word: Buffer.from(value).toString('base64') },
      },
      {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'copied', namespace: 'acme-orders' },
        data: { note: `nobody can tell that ${value} is one` },
      },
    ]);

    const without = await run({});
    const scanned = await run({ environment: { SECRET_SCAN: 'values' } });

    const path = 'cluster-resources/configmaps/acme-orders.json';
    assert.match(without.stdout, new RegExp(`^ *\\d+ +${path}`, 'm'));
    assert.doesNotMatch(scanned.stdout, new RegExp(`^ *\\d+ +${path}`, 'm'));
    assert.match(scanned.stdout, new RegExp(`left out: ${path}: .*secret-value`));
    assert.ok(!scanned.stdout.includes(value));
  });

  it('says why there would be no bundle', async () => {
    const { exitCode, stderr } = await run({ spec: [join(plane.folder, 'no-such.yaml')] });

    assert.equal(exitCode, 1);
    assert.match(stderr, /^SPEC_MISSING: /m);
  });

  async function run({
    spec,
    environment = {},
  }: {
    readonly spec?: readonly string[];
    readonly environment?: Readonly<Record<string, string>>;
  }): Promise<{
    readonly exitCode: number;
    readonly stdout: string;
    readonly stderr: string;
    readonly workDir: string;
  }> {
    const workDir = join(plane.folder, 'preview-work');
    const specFile = join(plane.folder, 'spec.yaml');
    writeFileSync(
      specFile,
      JSON.stringify({
        apiVersion: 'troubleshoot.sh/v1beta2',
        kind: 'SupportBundle',
        metadata: { name: 'test' },
        spec: { collectors: [{ clusterInfo: {} }, { clusterResources: {} }] },
      }),
    );
    const [stdout, stderr] = [new Capture(), new Capture()];
    process.env['KUBECONFIG'] = plane.kubeconfigFile;
    const exitCode = await preview(
      {
        environment: { WORK_DIR: workDir, ...environment },
        stdin: new PassThrough(),
        stdout,
        stderr,
        self: [],
        signal: never(),
      },
      { spec: spec ?? [specFile], engine: 'native' },
    );
    return { exitCode, stdout: stdout.text, stderr: stderr.text, workDir };
  }
});

class Capture extends PassThrough {
  text = '';

  constructor() {
    super();
    this.on('data', (chunk: Buffer) => {
      this.text += chunk.toString();
    });
  }
}
