/** Entries out of the archive that troubleshoot's program wrote, one at a time, none of them trusted. */

import { createReadStream } from 'node:fs';
import { dirname } from 'node:path/posix';

import {
  type BundleEntry,
  type BundlePath,
  cutText,
  type LeftOut,
  parseBundlePath,
} from '../bundle.ts';
import { AgentError, messageOf } from '../errors.ts';
import { readTarGzip, type TarMember } from '../tar-reader.ts';

export interface ArchiveReading {
  /** What a cut off or damaged archive is reported as. */
  readonly toError: (error: unknown) => Error;
  /** Told before the first entry is given. */
  readonly onTopFolder?: (name: string) => void;
}

/**
 * Opens the archive and closes it at the end or when its reader stops.
 *
 * @yields Files and links with paths below the one top folder, which is that of the first member.
 *   What could lead a reader outside the bundle, or is there twice, comes as left out.
 * @throws What `toError` makes of it: the archive is cut off or damaged.
 */
export async function* readEntries(
  file: string,
  { toError, onTopFolder }: ArchiveReading,
  signal: AbortSignal,
): AsyncGenerator<BundleEntry | LeftOut> {
  const source = createReadStream(file);
  const checker = new Checker(onTopFolder);
  for await (const member of readTarGzip(source, toError, signal)) {
    if (member.kind === 'directory') continue;
    yield checker.check(member);
  }
}

/** @returns CLI_OUTPUT_INVALID */
export function asOutputError(error: unknown): AgentError {
  return new AgentError(
    'CLI_OUTPUT_INVALID',
    `the archive that support-bundle wrote cannot be read: ${messageOf(error)}`,
    { cause: error },
  );
}

const REFUSED = {
  'hard-link': 'a hard link',
  directory: 'a directory',
  special: 'neither a file nor a link',
} as const;

/** Remembers what has passed, so that nothing passes twice or below a file. */
class Checker {
  #topFolder: string | undefined;
  readonly #paths = new Set<string>();
  readonly #folders = new Set<string>();
  readonly #onTopFolder: ((name: string) => void) | undefined;

  constructor(onTopFolder: ((name: string) => void) | undefined) {
    this.#onTopFolder = onTopFolder;
  }

  check(member: TarMember): BundleEntry | LeftOut {
    const path = this.#pathOf(member.name);
    if (path === undefined) return leftOut(member.name, 'not a path below the top folder');
    const reason = this.#reason(path);
    const entry = reason === undefined ? toEntry(path, member) : leftOut(path, reason);
    if (entry.kind !== 'left-out') this.#remember(path);
    return entry;
  }

  #pathOf(name: string): BundlePath | undefined {
    const [topFolder = '', ...parts] = name.split('/');
    if (this.#topFolder === undefined) this.#onTopFolder?.(topFolder);
    this.#topFolder ??= topFolder;
    const isInside = topFolder === this.#topFolder && parseBundlePath(topFolder) !== undefined;
    return isInside ? parseBundlePath(parts.join('/')) : undefined;
  }

  #reason(path: BundlePath): string | undefined {
    if (this.#paths.has(path)) return 'the path occurs twice';
    if (this.#folders.has(path)) return 'the path is also a folder';
    return parentsOf(path).some((folder) => this.#paths.has(folder))
      ? 'its folder is also a file or a link'
      : undefined;
  }

  #remember(path: BundlePath): void {
    this.#paths.add(path);
    for (const folder of parentsOf(path)) this.#folders.add(folder);
  }
}

function parentsOf(path: string): readonly string[] {
  const parts = path.split('/');
  return parts.slice(1).map((_part, index) => parts.slice(0, index + 1).join('/'));
}

function toEntry(path: BundlePath, member: TarMember): BundleEntry | LeftOut {
  const { kind, target, bytes } = member;
  if (kind === 'file') {
    return { kind: 'file', path, collector: undefined, bytes, read: () => member.read() };
  }
  if (kind !== 'symbolic-link') return leftOut(path, REFUSED[kind]);
  return staysInside(path, target)
    ? { kind: 'link', path, collector: undefined, target }
    : leftOut(path, `a link that leads outside the bundle: ${cutText(target)}`);
}

/**
 * Whether a link stays in the bundle, also when other links lie on its way: `..` counts only at the
 * beginning, where the folders are real ones.
 */
function staysInside(path: BundlePath, target: string): boolean {
  const parts = target.split('/');
  const down = parts.slice(parts.findLastIndex((part) => part === '..') + 1);
  const ups = parts.length - down.length;
  const isUpThenDown = parts.slice(0, ups).every((part) => part === '..');
  const folder = dirname(path);
  const depth = folder === '.' ? 0 : folder.split('/').length;
  return isUpThenDown && ups <= depth && parseBundlePath(down.join('/')) !== undefined;
}

function leftOut(path: string, reason: string): LeftOut {
  return { kind: 'left-out', path, reason };
}
