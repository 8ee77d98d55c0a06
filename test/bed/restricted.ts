/**
 * Runs an image's command as a restricted pod does: the image's user, a read-only root, no capabilities, no new
 * ones, process id 1, and writable folders only where the chart mounts volumes. The network is this machine's.
 */
import type { UnpackedImage } from './buildah.ts';

/** Where the chart mounts an emptyDir. */
const VOLUMES = ['/tmp', '/var/spool/cron-support-bundle'];

/**
 * Bound read-only before anything is mounted inside: those mounts stay writable. With the change of the user
 * all capabilities go, and nothing in the image can bring one back.
 */
const SCRIPT = `
set -e
root=$1 user=$2 volumes=$3 directory=$4; shift 4
mount --bind "$root" "$root"
mount -o remount,bind,ro "$root"
mount -t proc proc "$root/proc"
mount --bind /dev "$root/dev"
for volume in $volumes; do
  mount -t tmpfs -o "uid=\${user%:*},gid=\${user#*:},mode=0770" tmpfs "$root$volume"
done
exec setpriv --no-new-privs chroot --userspec="$user" --groups= "$root" env -i -C "$directory" "$@"
`;

export interface Command {
  readonly program: string;
  readonly arguments: readonly string[];
}

/** The image's entrypoint with these arguments; no arguments for its default ones. */
export function entrypointOf(image: UnpackedImage, args?: readonly string[]): readonly string[] {
  const { Entrypoint: entrypoint = [], Cmd: defaults = [] } = image.config;
  return [...entrypoint, ...(args ?? defaults)];
}

/**
 * A command of this machine that runs `command` in the image.
 *
 * @param environment Added to the image's own, which is all that the command sees of it.
 */
export function asRestrictedPod(
  image: UnpackedImage,
  command: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Command {
  const { User: user = '0:0', WorkingDir: directory = '/', Env: env = [] } = image.config;
  const added = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
  const namespaces = ['--mount', '--pid', '--ipc', '--fork', '--kill-child=KILL'];
  const place = [image.folder, user, VOLUMES.join(' '), directory || '/'];
  return {
    program: 'unshare',
    arguments: [...namespaces, 'sh', '-c', SCRIPT, 'sh', ...place, ...env, ...added, ...command],
  };
}
