/** Debian's buildah, with image storage of its own: no image of the machine's owner is seen or touched. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

import { temporaryFolder } from './processes.ts';

/** Not in the checkout: there it would be source code to the compiler, and cold in every new one. */
export const IMAGE_FOLDER = join(
  process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'),
  'cron-support-bundle',
  'images',
);
const STORAGE = ['--root', join(IMAGE_FOLDER, 'root'), '--runroot', join(IMAGE_FOLDER, 'run')];
const TOOLS = ['buildah', 'apt-get', 'dpkg-deb', 'unshare', 'setpriv', 'chroot', 'mount'];
const MAX_OUTPUT_BYTES = 16 * 1024 * 1024;
const TAIL_LINES = 60;

/** One mount namespace for all of it. */
const UNPACK_SCRIPT = `
set -e
container=$1 folder=$2; shift 2
cp -a "$(buildah "$@" mount "$container")/." "$folder"
buildah "$@" umount "$container"
`;

/** What a container runtime reads of an image. */
interface ImageConfig {
  readonly User?: string;
  readonly WorkingDir?: string;
  readonly Entrypoint?: readonly string[];
  readonly Cmd?: readonly string[];
  readonly Env?: readonly string[];
  readonly Labels?: Readonly<Record<string, string>>;
}

/** A copy of an image's files, to look at and to run. */
export interface UnpackedImage {
  readonly folder: string;
  readonly config: ImageConfig;
}

/** Why images cannot be built on this machine; undefined where they can. */
export function whyNoImages(): string | undefined {
  if (process.getuid?.() !== 0) return 'only root can build and mount images here';
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const missing = TOOLS.filter((tool) => !folders.some((folder) => existsSync(join(folder, tool))));
  return missing.length === 0 ? undefined : `not installed: ${missing.join(', ')}`;
}

/**
 * Runs buildah; comes back with its stdout. Throws with the end of its output when it fails.
 * What it mounts, also when it is killed, is gone with its mount namespace: the storage can always be removed.
 */
export async function buildah(...args: readonly string[]): Promise<string> {
  return runTool('unshare', ['--mount', 'buildah', ...STORAGE, ...args]);
}

/** Runs a program to its end; comes back with its stdout. Throws with the end of its output when it fails. */
export async function runTool(
  program: string,
  args: readonly string[],
  options: { readonly cwd?: string } = {},
): Promise<string> {
  try {
    const run = promisify(execFile)(program, args, { ...options, maxBuffer: MAX_OUTPUT_BYTES });
    return (await run).stdout;
  } catch (error) {
    if (!(error instanceof Error && 'stdout' in error && 'stderr' in error)) throw error;
    const lines = `${String(error.stdout)}${String(error.stderr)}`.trimEnd().split('\n');
    const tail = lines.slice(-TAIL_LINES).join('\n');
    throw new Error(`${program} failed; its output ends with\n${tail}`, { cause: error });
  }
}

/** Undefined where there is no such image. */
export async function readConfig(image: string): Promise<ImageConfig | undefined> {
  const found = await buildah('images', '--quiet', image).catch(() => '');
  if (found.trim() === '') return undefined;
  const answer: unknown = JSON.parse(await buildah('inspect', '--type', 'image', image));
  if (!isInspection(answer)) throw new Error(`buildah shows no configuration of ${image}`);
  return answer.OCIv1.config;
}

/** Copies the image's files into a new folder, which the caller removes with `removeFolder`. */
export async function unpackImage(image: string): Promise<UnpackedImage> {
  const config = await readConfig(image);
  if (config === undefined) throw new Error(`there is no image named ${image}`);
  const folder = temporaryFolder('image');
  const container = `unpack-${process.pid}-${image.replaceAll(/\W/g, '-')}`;
  await buildah('from', '--pull-never', '--name', container, image);
  try {
    const script = ['--mount', 'sh', '-c', UNPACK_SCRIPT, 'sh', container, folder];
    await runTool('unshare', [...script, ...STORAGE]);
  } finally {
    await buildah('rm', container);
  }
  return { folder, config };
}

/** Looks no deeper: the fields are those of the OCI image specification. */
function isInspection(value: unknown): value is { OCIv1: { config: ImageConfig } } {
  if (typeof value !== 'object' || value === null || !('OCIv1' in value)) return false;
  const { OCIv1: image } = value;
  return typeof image === 'object' && image !== null && 'config' in image;
}
