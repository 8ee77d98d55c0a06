/**
 * The agent's image on stand-ins for its base images, which cannot be pulled here: `node test/bed/images.ts
 * [full|slim]...`, no target for both. The stand-ins are made from Debian packages, npm's `node` and `npm`,
 * and the bed's support-bundle. `make image` is for the real base images.
 */
import { createHash } from 'node:crypto';
import { appendFile, copyFile, glob, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import packageJson from '../../package.json' with { type: 'json' };
import { buildah, IMAGE_FOLDER, readConfig, runTool, whyNoImages } from './buildah.ts';
import { withLock } from './lock.ts';
import { removeFolder, temporaryFolder } from './processes.ts';
import { programPath } from './programs.ts';

const REPOSITORY = join(import.meta.dirname, '..', '..');
const STAND_INS = join(import.meta.dirname, 'images', 'Dockerfile');
const NAME = 'localhost/cron-support-bundle';
/** Says in a stand-in what it was made from; set in its Dockerfile. */
const INPUTS_LABEL = 'cron-support-bundle.inputs';

/** What node needs to run, a shell, and the tools that the RUN lines of the Dockerfile call. */
const DEBIAN_PACKAGES = [
  'base-files',
  'ca-certificates',
  'coreutils',
  'dash',
  'libacl1',
  'libattr1',
  'libc6',
  'libgcc-s1',
  'libpcre2-8-0',
  'libselinux1',
  'libstdc++6',
];
const NPM_VERSION = '11.19.1';

export const TARGETS = ['slim', 'full'] as const;
export type ImageTarget = (typeof TARGETS)[number];

export interface BaseImages {
  readonly node: string;
  readonly troubleshoot: string;
}

/** The stand-ins' names. They are made again when what they are made from has changed. */
export async function makeBaseImages(): Promise<BaseImages> {
  const bases = { node: `${NAME}-node`, troubleshoot: `${NAME}-troubleshoot` };
  const inputs = await hashOfInputs();
  await withImageLock(async () => {
    const made = await Promise.all(Object.values(bases).map(inputsOf));
    if (made.every((hash) => hash === inputs)) return;
    const context = temporaryFolder('images');
    try {
      await fillContext(context);
      const options = ['--build-arg', `INPUTS=${inputs}`, '--file', STAND_INS];
      await build(bases.node, 'node', [...options, context]);
      await build(bases.troubleshoot, 'troubleshoot', [...options, context]);
    } finally {
      await removeFolder(context);
    }
  });
  return bases;
}

/** Builds the image as it is in the work tree, by way of `npm ci`; comes back with its name. */
export async function buildImage(target: ImageTarget): Promise<string> {
  const bases = await makeBaseImages();
  const secrets = temporaryFolder('image-secrets');
  try {
    const values = Object.entries({
      NODE_IMAGE: bases.node,
      TROUBLESHOOT_IMAGE: bases.troubleshoot,
      VERSION: packageJson.version,
    });
    const options = values.flatMap(([name, value]) => ['--build-arg', `${name}=${value}`]);
    options.push(...(await registrySecrets(secrets)), REPOSITORY);
    await withImageLock(async () => {
      // With a name, the layers of this stage outlive the pruning: the next build finds them.
      await build(`${NAME}:build`, 'build', options);
      await build(`${NAME}:${target}`, target, options);
      // What these names stood for before. What a test still has mounted stays, and goes the next time.
      await buildah('rmi', '--prune').catch(() => undefined);
    });
  } finally {
    await removeFolder(secrets);
  }
  return `${NAME}:${target}`;
}

async function build(image: string, target: string, options: readonly string[]): Promise<void> {
  const how = ['--isolation', 'chroot', '--layers', '--force-rm', '--pull-never'];
  await buildah('build', ...how, '--target', target, '--tag', image, ...options);
}

async function inputsOf(image: string): Promise<string | undefined> {
  const config = await readConfig(image);
  return config?.Labels?.[INPUTS_LABEL];
}

/** buildah is safe to run twice at once, but would then build the same layers twice. */
async function withImageLock(work: () => Promise<void>): Promise<void> {
  await mkdir(IMAGE_FOLDER, { recursive: true });
  await withLock(join(IMAGE_FOLDER, 'lock'), () => undefined, work);
}

async function hashOfInputs(): Promise<string> {
  const nodePackage = join(REPOSITORY, 'node_modules', 'node', 'package.json');
  const files = [STAND_INS, nodePackage, `${programPath('support-bundle')}.stamp`];
  const hash = createHash('sha256').update(JSON.stringify([DEBIAN_PACKAGES, NPM_VERSION]));
  for (const file of files) hash.update(await readFile(file));
  return hash.digest('hex');
}

async function fillContext(context: string): Promise<void> {
  const downloads = join(context, 'downloads');
  await mkdir(downloads);
  await Promise.all([
    unpackDebian(downloads, context),
    unpackNpm(downloads, join(context, 'npm')),
    copyFile(join(REPOSITORY, 'node_modules', 'node', 'bin', 'node'), join(context, 'node')),
    copyFile(programPath('support-bundle'), join(context, 'support-bundle')),
  ]);
}

/** A root folder that is just enough: packages unpacked, not installed. */
async function unpackDebian(downloads: string, context: string): Promise<void> {
  const root = join(context, 'debian');
  await downloadDebian(downloads);
  for await (const file of glob('*.deb', { cwd: downloads })) {
    await runTool('dpkg-deb', ['--extract', join(downloads, file), root]);
  }
  await moveAuthorities(join(root, 'usr', 'share', 'ca-certificates'), context);
  for (const folder of ['doc', 'info', 'locale', 'man']) {
    await rm(join(root, 'usr', 'share', folder), { recursive: true, force: true });
  }
  // What an install script would do.
  await writeFile(join(root, 'etc', 'passwd'), 'root:x:0:0:root:/root:/bin/sh\n');
  await writeFile(join(root, 'etc', 'group'), 'root:x:0:\n');
}

/** In one file and out of the root: as upstream, only troubleshoot's image has certificate authorities. */
async function moveAuthorities(source: string, context: string): Promise<void> {
  for await (const file of glob('**/*.crt', { cwd: source })) {
    await appendFile(join(context, 'ca-certificates.crt'), await readFile(join(source, file)));
  }
  await rm(source, { recursive: true });
}

async function downloadDebian(folder: string): Promise<void> {
  // As root, apt-get would else complain that its own user cannot write here.
  const args = ['-o', 'APT::Sandbox::User=root', 'download', ...DEBIAN_PACKAGES];
  try {
    await runTool('apt-get', args, { cwd: folder });
  } catch {
    // Its lists are missing, or name versions that are gone.
    await runTool('apt-get', ['update']);
    await runTool('apt-get', args, { cwd: folder });
  }
}

async function unpackNpm(downloads: string, folder: string): Promise<void> {
  await runTool('npm', ['pack', '--pack-destination', downloads, `npm@${NPM_VERSION}`]);
  await mkdir(folder);
  const archive = join(downloads, `npm-${NPM_VERSION}.tgz`);
  await runTool('tar', ['-xzf', archive, '--strip-components=1', '-C', folder]);
}

/** The registry of this machine and the certificates it wants trusted, for the `npm ci` of the build alone. */
async function registrySecrets(folder: string): Promise<readonly string[]> {
  const file = join(folder, 'npmrc');
  const registry = await npmSetting('registry');
  await writeFile(file, `registry=${registry ?? ''}\n`, { mode: 0o600 });
  const secrets = [`id=npmrc,src=${file}`];
  const caFile = (await npmSetting('cafile')) ?? process.env['NODE_EXTRA_CA_CERTS'];
  if (caFile !== undefined) secrets.push(`id=ca,src=${caFile}`);
  return secrets.flatMap((secret) => ['--secret', secret]);
}

async function npmSetting(name: string): Promise<string | undefined> {
  const value = (await runTool('npm', ['config', 'get', name])).trim();
  return ['', 'null', 'undefined'].includes(value) ? undefined : value;
}

if (import.meta.main) {
  const wanted = process.argv.slice(2);
  const targets = TARGETS.filter((target) => wanted.length === 0 || wanted.includes(target));
  const why = whyNoImages();
  if (why !== undefined || targets.length === 0) {
    console.error(why ?? `no target named ${wanted.join(', ')}; there are: ${TARGETS.join(', ')}`);
    process.exitCode = 1;
  } else {
    for (const target of targets) console.log(await buildImage(target));
  }
}
