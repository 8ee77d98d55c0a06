/** What is handed down from an archive to what lies in it: where it is, what is left to do, and how much may still come. */

import type { Body } from '../../body/body.ts';
import { ContentError } from '../content-error.ts';

export interface ContentParts {
  /**
   * Redacts the text of one file: bytes in, redacted bytes out, any chunks. It is called more than once for a file with UTF-16 or UTF-32.
   *
   * @param path Of a member of an archive: from the archive's root, as troubleshoot has it.
   */
  redactText(path: string, source: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array>;
  /** Why a member of an archive, or a link, may not have this name: a name tells as much as a text. */
  reasonAgainst(name: string): string | undefined;
  /** Stores a stream of unknown length, in memory or in WORK_DIR. */
  store(chunks: AsyncIterable<Uint8Array>): Promise<Body>;
  /** Whether the name says that a file is text, whatever its bytes say. Left out: no name does. */
  isText?(name: string): boolean;
  /** What cannot be looked into is left out, or kept as it is. */
  readonly opaque: 'leave-out' | 'keep';
  /** MAX_BUNDLE_SIZE: what comes out of all that is compressed in one file, at all depths, may be this large together. */
  readonly maxBytes: number;
  /**
   * Told of a member of an archive that is left out, while the rest is kept.
   *
   * @param path Inside the bundle, as `outer.tar/inner`.
   */
  onLeftOut(path: string, reason: string): void;
}

export interface ContentPlace {
  /** What rules are told. */
  readonly path: string;
  /** What people are told: inside the bundle, through all archives. */
  readonly label: string;
  /** By which its kind may be told: the path, without `.gz` once that has been taken off. */
  readonly name: string;
  /** Came out of a gzip file: a tar file in it counts as one archive with that. */
  readonly isUnpacked?: boolean;
}

export interface Work {
  readonly parts: ContentParts;
  readonly signal: AbortSignal;
  readonly budget: Budget;
  /** In how many archives this lies. */
  readonly depth: number;
  /** Content of any kind: what each kind calls for what lies in it. */
  redact(
    source: AsyncIterable<Uint8Array>,
    place: ContentPlace,
    work: Work,
  ): AsyncGenerator<Uint8Array>;
}

/** Files of the field have two or three: an installer with a chart with a chart. */
const MAX_DEPTH = 4;

/**
 * The work on what lies in an archive.
 *
 * @throws {ContentError} That would be too deep.
 */
export function deeper(work: Work): Work {
  if (work.depth === MAX_DEPTH) {
    throw new ContentError(`it lies in ${MAX_DEPTH} archives and is one itself`);
  }
  return { ...work, depth: work.depth + 1 };
}

/** Of one file of the bundle, with those of all archives in it. */
export interface MemberLimits {
  readonly members: number;
  /** Each is named in the bundle. */
  readonly leftOut: number;
  /** Of the names of those, in characters. */
  readonly leftOutNames: number;
}

/** Empty members take hardly a byte where they are compressed, and some hundred in the manifest. */
const MEMBER_LIMITS: MemberLimits = {
  members: 100_000,
  leftOut: 1000,
  leftOutNames: 1024 * 1024,
};

/** A bomb ends here: a few KiB can unpack to any size, and to any number of members. */
export class Budget {
  readonly #maxBytes: number;
  readonly #limits: MemberLimits;
  #bytes = 0;
  #members = 0;
  #leftOut = 0;
  #leftOutNames = 0;

  constructor(maxBytes: number, limits: MemberLimits = MEMBER_LIMITS) {
    this.#maxBytes = maxBytes;
    this.#limits = limits;
  }

  /** There is nothing left for any other member either. */
  get isSpent(): boolean {
    return (
      this.#bytes > this.#maxBytes ||
      this.#members > this.#limits.members ||
      this.#leftOut > this.#limits.leftOut ||
      this.#leftOutNames > this.#limits.leftOutNames
    );
  }

  /** @throws {ContentError} With those of others they are too many. */
  countMember(): void {
    this.#members += 1;
    const { members } = this.#limits;
    if (this.#members > members) throw new ContentError(`it holds more than ${members} members`);
  }

  /** @throws {ContentError} With those of others they are too many, or their names too long. */
  countLeftOut(name: string): void {
    this.#leftOut += 1;
    this.#leftOutNames += name.length;
    const { leftOut, leftOutNames } = this.#limits;
    if (this.#leftOut > leftOut) {
      throw new ContentError(`more than ${leftOut} of its members cannot be sent`);
    }
    if (this.#leftOutNames > leftOutNames) {
      const most = `${leftOutNames} characters`;
      throw new ContentError(`names of its members that cannot be sent have more than ${most}`);
    }
  }

  /**
   * @yields The chunks.
   * @throws {ContentError} With those of others they are too many.
   */
  async *count(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of chunks) {
      this.#bytes += chunk.length;
      if (this.isSpent) {
        const most = `MAX_BUNDLE_SIZE of ${this.#maxBytes} bytes`;
        throw new ContentError(`it unpacks to more than ${most}`);
      }
      yield chunk;
    }
  }
}

export type StoredMember =
  | { readonly kind: 'stored'; readonly body: Body }
  | { readonly kind: 'left-out'; readonly reason: string };

/**
 * Stores a member that has been redacted. What it cannot be sent for (`ContentError`) costs this member alone. What the second
 * look finds in it costs the whole archive, on purpose: where a rule has failed once, nothing of the file is trusted.
 *
 * @returns A body, to be removed; or why the member cannot be sent.
 * @throws What is no matter of this member alone.
 */
export async function storeMember(
  redacted: AsyncIterable<Uint8Array>,
  { parts, budget }: Work,
): Promise<StoredMember> {
  try {
    return { kind: 'stored', body: await parts.store(redacted) };
  } catch (error) {
    if (!(error instanceof ContentError) || budget.isSpent) throw error;
    return { kind: 'left-out', reason: error.message };
  }
}

/**
 * @param label As in `memberPlace`.
 * @throws {ContentError} There are too many of them: what is named of one archive is no list without end.
 */
export function leaveOut(label: string, reason: string, { parts, budget }: Work): void {
  budget.countLeftOut(label);
  parts.onLeftOut(label, reason);
}

/** @param name As the archive has it. */
export function memberPlace(name: string, archive: ContentPlace): ContentPlace {
  const path = name.replace(/^(?:\.?\/)+/, '');
  return { path, label: `${archive.label}/${path}`, name: path };
}

/** Whether a name leads out of the folder into which an archive is unpacked, or is none. */
export function isHostileName(name: string): boolean {
  return name === '' || name.includes('\0') || name.split(/[/\\]/).includes('..');
}
