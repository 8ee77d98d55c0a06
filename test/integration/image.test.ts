/** The image, built by buildah on stand-ins for its base images, and run as a restricted pod runs it. */
import assert from 'node:assert/strict';
import type { Stats } from 'node:fs';
import { lstat, readdir, readFile, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';

import packageJson from '../../package.json' with { type: 'json' };
import { runTool, type UnpackedImage, unpackImage, whyNoImages } from '../bed/buildah.ts';
import { buildImage, makeBaseImages, TARGETS } from '../bed/images.ts';
import { freePorts } from '../bed/ports.ts';
import { removeFolder, startProcess } from '../bed/processes.ts';
import { PROGRAMS, programVersion } from '../bed/programs.ts';
import { asRestrictedPod, entrypointOf } from '../bed/restricted.ts';

const LABEL = 'org.opencontainers.image';
const MAX_ADDED_BYTES = 20_000_000;
const TROUBLESHOOT_VERSION = PROGRAMS.filter(({ name }) => name === 'support-bundle')
  .map(programVersion)
  .join('');

/** Nothing listens on its port. */
const UNREACHABLE_CLUSTER = `
apiVersion: v1
kind: Config
current-context: here
contexts: [{ name: here, context: { cluster: here, user: agent } }]
clusters: [{ name: here, cluster: { server: "http://127.0.0.1:1" } }]
users: [{ name: agent, user: { token: "none" } }]
`;

type Files = ReadonlyMap<string, Stats>;

describe('image', function () {
  // The first build downloads npm's packages.
  this.timeout(600_000);

  const images = new Map<string, UnpackedImage>();
  const files = new Map<string, Files>();

  before(async function () {
    const why = whyNoImages();
    if (why !== undefined) {
      console.log(`    skipped: ${why}`);
      this.skip();
    }
    const names = { base: (await makeBaseImages()).node };
    for (const target of TARGETS) Object.assign(names, { [target]: await buildImage(target) });
    for (const [name, image] of Object.entries(names)) {
      images.set(name, await unpackImage(image));
      files.set(name, await filesOf(imageNamed(name).folder));
    }
  });

  after(async () => {
    for (const { folder } of images.values()) await removeFolder(folder);
  });

  it('takes support-bundle from the version of troubleshoot that the tests run on', async () => {
    const [tag] = await matches(/^ARG TROUBLESHOOT_IMAGE=[^:]+:(.+)$/gm);

    assert.equal(tag, TROUBLESHOOT_VERSION);
  });

  it('is full where no target is named', async () => {
    const stages = await matches(/^FROM .* AS (.+)$/gm);

    assert.equal(stages.at(-1), 'full');
  });

  for (const target of TARGETS) {
    it(`has a numeric user that is not root (${target})`, () => {
      assert.match(imageNamed(target).config.User ?? '', /^[1-9]\d*:[1-9]\d*$/);
    });

    it(`serves unless told otherwise (${target})`, () => {
      assert.deepEqual(entrypointOf(imageNamed(target)), ['cron-support-bundle', 'serve']);
    });

    it(`says in its labels what it is (${target})`, () => {
      const labels = imageNamed(target).config.Labels ?? {};

      assert.equal(labels[`${LABEL}.version`], packageJson.version);
      assert.equal(labels[`${LABEL}.licenses`], packageJson.license);
      assert.equal(labels[`${LABEL}.description`], packageJson.description);
      const empty = ['title', 'revision', 'source', 'base.name'].filter(
        (name) => (labels[`${LABEL}.${name}`] ?? '') === '',
      );
      assert.deepEqual(empty, []);
    });

    it(`has neither a package manager nor node_modules (${target})`, () => {
      const unwanted = [...filesIn(target).keys()].filter((path) =>
        /(^|\/)(node_modules|npm|npx|yarn|corepack)(\/|$)/.test(path),
      );

      assert.deepEqual(unwanted, []);
    });

    it(`runs as its user on a read-only root (${target})`, async () => {
      const image = imageNamed(target);

      const version = await runIn(image, entrypointOf(image, ['--version']));

      assert.equal(version.trim(), packageJson.version);
    });

    it(`lets its user change nothing but the spool (${target})`, () => {
      const changeable = [...added(target, 'base')].filter(
        ([, { uid, mode }]) => uid !== 0 || (mode & 0o022) !== 0,
      );

      const paths = changeable.filter(([, file]) => !file.isSymbolicLink()).map(([path]) => path);
      assert.deepEqual(paths, ['var/spool/cron-support-bundle']);
    });
  }

  it('adds the agent to its base and at most 20 MB (slim)', () => {
    const entries = [...added('slim', 'base')];

    const elsewhere = entries.map(([path]) => path).filter((path) => !/^app(\/|$)/.test(path));
    const bytes = entries.reduce((sum, [, { size }]) => sum + size, 0);

    assert.deepEqual(elsewhere.toSorted(), [
      'usr/local/bin/cron-support-bundle',
      'var/spool/cron-support-bundle',
    ]);
    assert.ok(bytes <= MAX_ADDED_BYTES, `it adds ${bytes} bytes`);
  });

  it('has no support-bundle (slim)', async () => {
    await assert.rejects(runIn(imageNamed('slim'), ['support-bundle', 'version']));
  });

  it('adds support-bundle and the authorities it trusts to slim, and nothing else (full)', () => {
    const paths = [...added('full', 'slim').keys()];

    assert.deepEqual(paths.toSorted(), [
      'etc/ssl/certs/ca-certificates.crt',
      'usr/local/bin/support-bundle',
    ]);
  });

  it('serves as process 1, without a cluster in reach, and leaves with 0 when asked (slim)', async () => {
    const image = imageNamed('slim');
    const [httpPort = 0, adminPort = 0] = await freePorts(2);
    await writeFile(join(image.folder, 'etc', 'kubeconfig'), UNREACHABLE_CLUSTER);
    const settings = { HTTP_PORT: String(httpPort), ADMIN_PORT: String(adminPort) };
    const command = asRestrictedPod(image, entrypointOf(image), {
      KUBECONFIG: '/etc/kubeconfig',
      POD_NAMESPACE: 'apps',
      ...settings,
    });

    const agent = await startProcess({
      name: 'the agent in its image',
      command: command.program,
      arguments: command.arguments,
      logFile: join(image.folder, 'agent.log'),
      isReady: async () => (await fetch(`http://127.0.0.1:${httpPort}/healthz`)).ok,
    });
    await agent.stop();

    assert.equal(await agent.exited, 0);
  });

  it('runs support-bundle as its user on a read-only root (full)', async () => {
    const answer = await runIn(imageNamed('full'), ['support-bundle', 'version']);

    assert.ok(answer.includes(TROUBLESHOOT_VERSION), answer);
  });

  function imageNamed(name: string): UnpackedImage {
    const image = images.get(name);
    assert.ok(image);
    return image;
  }

  function filesIn(name: string): Files {
    return files.get(name) ?? new Map();
  }

  /** What is at a path of `name` where `base` has nothing. */
  function added(name: string, base: string): Files {
    return new Map([...filesIn(name)].filter(([path]) => !filesIn(base).has(path)));
  }
});

/** What the first group of the expression finds in the Dockerfile, in order. */
async function matches(expression: RegExp): Promise<readonly string[]> {
  const dockerfile = await readFile(join(import.meta.dirname, '../../Dockerfile'), 'utf8');
  return [...dockerfile.matchAll(expression)].map(([, found]) => found ?? '');
}

async function runIn(image: UnpackedImage, command: readonly string[]): Promise<string> {
  const { program, arguments: args } = asRestrictedPod(image, command);
  return runTool(program, args);
}

/** Everything below the folder, by path; links are not followed. */
async function filesOf(folder: string): Promise<Files> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.map((entry) => join(entry.parentPath, entry.name));
  const stats = await Promise.all(
    paths.map(async (path) => [relative(folder, path), await lstat(path)] as const),
  );
  return new Map(stats);
}
