/** Tar files: member by member redacted, and written again. */

import type { Input } from './input.ts';
import { BLOCK_BYTES, damage, paddedBytes } from './tar-block.ts';
import { type TarMember, TarMembers } from './tar-members.ts';
import {
  type ContentPlace,
  deeper,
  isHostileName,
  leaveOut,
  memberPlace,
  type StoredMember,
  storeMember,
  type Work,
} from './work.ts';

const END = Buffer.alloc(2 * BLOCK_BYTES);

/**
 * The tar file with the same members in the same order, also where two have one name. Names, modes, times and numbers of
 * owners stay, sizes are those of the redacted bodies; names of owners, extended attributes and comments go.
 *
 * Links stay, other than in troubleshoot, as do directories: they hold no text. Left out are members and links with a
 * secret in a name, hard links to what is left out, devices, pipes, sparse files, and names that lead out of the folder
 * in which the file is unpacked.
 *
 * @yields Chunks of the new file.
 * @throws {ContentError} The file is damaged, or too much comes out of it.
 */
export async function* redactTar(
  input: Input,
  place: ContentPlace,
  work: Work,
): AsyncGenerator<Uint8Array> {
  const inside = place.isUnpacked === true ? work : deeper(work);
  const archive = new Archive(input, place, inside);
  const members = new TarMembers(input);
  for (;;) {
    const member = await members.next();
    if (member === undefined) break;
    inside.budget.countMember();
    if (member.globals.length > 0) yield member.globals;
    yield* archive.redact(member);
  }
  yield END;
}

class Archive {
  readonly #input: Input;
  readonly #place: ContentPlace;
  readonly #work: Work;
  /** Paths of members that are left out: hard links may lead there. */
  readonly #leftOut = new Set<string>();

  constructor(input: Input, place: ContentPlace, work: Work) {
    this.#input = input;
    this.#place = place;
    this.#work = work;
  }

  async *redact(member: TarMember): AsyncGenerator<Uint8Array> {
    const end = this.#input.position + paddedBytes(member.bytes);
    const reason = this.#refusal(member);
    if (reason !== undefined || member.kind !== 'file') {
      await this.#skipTo(end);
      if (reason === undefined) yield member.header(0);
      else this.#leaveOut(member, reason);
      return;
    }
    const stored = await this.#store(member);
    try {
      // An archive that is cut off is known as such before a word is said of this member.
      await this.#skipTo(end);
      if (stored.kind === 'left-out') this.#leaveOut(member, stored.reason);
      else yield* write(member, stored);
    } finally {
      if (stored.kind === 'stored') await stored.body.remove();
    }
  }

  async #skipTo(position: number): Promise<void> {
    await this.#input.skipTo(position);
    if (this.#input.position < position) throw damage();
  }

  async #store({ name, bytes }: TarMember): Promise<StoredMember> {
    const place = memberPlace(name, this.#place);
    const redacted = this.#work.redact(this.#input.chunks(bytes), place, this.#work);
    return await storeMember(redacted, this.#work);
  }

  #refusal({ kind, name, target, names }: TarMember): string | undefined {
    if (isHostileName(name)) return 'its name leads out of the archive';
    if (kind === 'special') return 'neither a file, a folder nor a link';
    if (kind === 'sparse-file') return 'a sparse file';
    const reason = this.#reasonAgainst(names);
    if (reason !== undefined || kind !== 'hard-link') return reason;
    if (isHostileName(target)) return 'a link that leads out of the archive';
    return this.#leftOut.has(this.#pathOf(target)) ? 'a link to what is left out' : undefined;
  }

  #reasonAgainst(names: readonly string[]): string | undefined {
    for (const name of new Set(names)) {
      const reason = this.#work.parts.reasonAgainst(name);
      if (reason !== undefined) return reason;
    }
    return undefined;
  }

  #leaveOut({ name }: TarMember, reason: string): void {
    this.#leftOut.add(this.#pathOf(name));
    leaveOut(memberPlace(name, this.#place).label, reason, this.#work);
  }

  #pathOf(name: string): string {
    return memberPlace(name, this.#place).path;
  }
}

async function* write(
  member: TarMember,
  { body }: Extract<StoredMember, { kind: 'stored' }>,
): AsyncGenerator<Uint8Array> {
  yield member.header(body.bytes);
  yield* body.read();
  const paddingBytes = paddedBytes(body.bytes) - body.bytes;
  if (paddingBytes > 0) yield Buffer.alloc(paddingBytes);
}
