/** Debian's buildah, with image storage of its own under bin/: no image of the machine's owner is seen or touched. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

import { BIN_FOLDER } from './programs.ts';

const STORAGE = join(BIN_FOLDER, 'images');
const TOOLS = ['buildah', 'apt-get', 'dpkg-deb', 'unshare', 'setpriv', 'chroot', 'mount'];
const MAX_OUTPUT_BYTES = 16 * 1024 * 1024;
const TAIL_LINES = 20;

/** What a container runtime reads of an image. */
export interface ImageConfig {
  readonly User?: string;
  readonly WorkingDir?: string;
  readonly Entrypoint?: readonly string[];
  readonly Cmd?: readonly string[];
  readonly Env?: readonly string[];
  readonly Labels?: Readonly<Record<string, string>>;
}

export interface MountedImage {
  /** The root folder of a container of the image. */
  readonly folder: string;
  readonly config: ImageConfig;
  unmount(): Promise<void>;
}

/** Why images cannot be built on this machine; undefined where they can. */
export function whyNoImages(): string | undefined {
  if (process.getuid?.() !== 0) return 'only root can build and mount images here';
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const missing = TOOLS.filter((tool) => !folders.some((folder) => existsSync(join(folder, tool))));
  return missing.length === 0 ? undefined : `not installed: ${missing.join(', ')}`;
}

/** Runs buildah; comes back with its stdout. Throws with the end of its output when it fails. */
export async function buildah(...args: readonly string[]): Promise<string> {
  const storage = ['--root', join(STORAGE, 'root'), '--runroot', join(STORAGE, 'run')];
  return runTool('buildah', [...storage, ...args]);
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

export async function hasImage(image: string): Promise<boolean> {
  const found = await buildah('images', '--quiet', image).catch(() => '');
  return found.trim() !== '';
}

/** Mounts a container of the image, for reading; at most one at a time for each image. */
export async function mountImage(image: string): Promise<MountedImage> {
  const container = `test-${image.replaceAll(/[^\w.-]/g, '-')}`;
  const unmount = async (): Promise<void> => {
    await buildah('rm', container);
  };
  // One that a test run left when it was killed.
  await unmount().catch(() => undefined);
  await buildah('from', '--pull-never', '--name', container, image);
  const folder = (await buildah('mount', container)).trim();
  return { folder, config: await readConfig(image), unmount };
}

async function readConfig(image: string): Promise<ImageConfig> {
  const answer: unknown = JSON.parse(await buildah('inspect', '--type', 'image', image));
  if (!isInspection(answer)) throw new Error(`buildah shows no configuration of ${image}`);
  return answer.OCIv1.config;
}

/** Looks no deeper: the fields are those of the OCI image specification. */
function isInspection(value: unknown): value is { OCIv1: { config: ImageConfig } } {
  if (typeof value !== 'object' || value === null || !('OCIv1' in value)) return false;
  const { OCIv1: image } = value;
  return typeof image === 'object' && image !== null && 'config' in image;
}
