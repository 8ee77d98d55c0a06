/** Checks a bundle against the manifest in it, in one pass and in bounded memory. */

import { cutText, parseBundlePath } from '../bundle.ts';
import { messageOf } from '../errors.ts';
import { readTarGzip, type TarMember } from '../tar-reader.ts';
import { MANIFEST_PATH } from './layout.ts';
import { Measure } from './measure.ts';
import { type ManifestList, parseManifest } from './parse-manifest.ts';

/** What a bundle came to. */
export interface Verification {
  readonly isIntact: boolean;
  /** One line each. */
  readonly problems: readonly string[];
  /** The bundle's top folder; undefined when nothing could be read. */
  readonly name: string | undefined;
  /** Files and links found, without the manifest. */
  readonly files: number;
  /** Of the files found, uncompressed. */
  readonly bytes: number;
  /** Of what was read, hex: compares with the record's when it was read to its end. */
  readonly sha256: string;
  readonly manifest: ManifestList | undefined;
}

/** Larger ones are not read: nothing of ours comes near it. */
const MAX_MANIFEST_BYTES = 256 * 1024 * 1024;

const ENCRYPTED = [
  Buffer.from('age-encryption.org/v1'),
  Buffer.from('-----BEGIN AGE ENCRYPTED FILE-----'),
];

const GZIP_MAGIC = Buffer.from([0x1f, 0x8b]);

const HOW_TO_DECRYPT =
  'the bundle is encrypted: decrypt it first, e.g. age --decrypt --identity key.txt FILE | cron-support-bundle verify -';

/**
 * Reads the bundle to its end, or to where it is damaged, and names every difference.
 *
 * Rejects only when the source cannot be read or the signal aborts; whatever is wrong with the bundle is a problem.
 */
export async function verifyBundle(
  source: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): Promise<Verification> {
  const verifier = new Verifier();
  const chunks = source[Symbol.asyncIterator]();
  try {
    const head = await readHead(chunks);
    if (ENCRYPTED.some((magic) => beginsWith(head, magic))) {
      return verifier.result([HOW_TO_DECRYPT]);
    }
    if (!beginsWith(head, GZIP_MAGIC)) {
      return verifier.result(['not a bundle: it does not begin as a gzip file does']);
    }
    const whole = verifier.measured(resume(head, chunks));
    for await (const member of readTarGzip(whole, asDamage, signal)) await verifier.add(member);
    return verifier.result(verifier.compare());
  } catch (error) {
    if (!(error instanceof Damage)) throw error;
    return verifier.result([`the bundle is cut off or damaged: ${error.message}`]);
  } finally {
    await chunks.return?.();
  }
}

class Damage extends Error {}

function asDamage(error: unknown): Error {
  // Errors of the file system are not the bundle's.
  return error instanceof Error && 'syscall' in error ? error : new Damage(messageOf(error));
}

/** What has been found so far. */
class Verifier {
  readonly #whole = new Measure();
  readonly #problems: string[] = [];
  readonly #files = new Map<string, { readonly bytes: number; readonly sha256: string }>();
  readonly #links = new Map<string, string>();
  #name: string | undefined;
  #manifestText: string | undefined;
  #manifest: ManifestList | undefined;

  /** @yields The source, while size and digest are taken. */
  async *measured(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of source) {
      this.#whole.add(chunk);
      yield chunk;
    }
  }

  async add(member: TarMember): Promise<void> {
    const [topFolder = '', ...parts] = member.name.split('/');
    this.#name ??= topFolder;
    const path = topFolder === this.#name ? parseBundlePath(parts.join('/')) : undefined;
    const problem = this.#problemWith(path, member);
    if (path === undefined || problem !== undefined) {
      this.#problems.push(`${shown(member.name)} ${problem}`);
    } else if (path === MANIFEST_PATH) await this.#readManifest(member);
    else if (member.kind === 'symbolic-link') this.#links.set(path, member.target);
    else this.#files.set(path, await measureFile(member));
  }

  /** The differences between what was found and what the manifest says. */
  compare(): readonly string[] {
    if (this.#manifestText === undefined) {
      return [
        `there is no ${MANIFEST_PATH}: not a bundle of cron-support-bundle (those that support-bundle writes have none)`,
      ];
    }
    this.#manifest = parseManifest(this.#manifestText);
    if (this.#manifest === undefined) return [`${MANIFEST_PATH} cannot be understood`];
    return [...this.#compareFiles(this.#manifest), ...this.#compareLinks(this.#manifest)];
  }

  result(problems: readonly string[]): Verification {
    const all = [...this.#problems, ...problems];
    return {
      isIntact: all.length === 0,
      problems: all,
      name: this.#name,
      files: this.#files.size + this.#links.size,
      bytes: [...this.#files.values()].reduce((sum, { bytes }) => sum + bytes, 0),
      sha256: this.#whole.sha256(),
      manifest: this.#manifest,
    };
  }

  *#compareFiles({ bundle, files }: ManifestList): Generator<string> {
    if (bundle !== this.#name) yield `the top folder is ${shown(this.#name)}, not ${shown(bundle)}`;
    const expected = new Map(files.map((file) => [file.path, file]));
    for (const [path, file] of expected) {
      const found = this.#files.get(path);
      if (found === undefined) yield `${shown(path)} is missing`;
      else if (found.bytes !== file.bytes) {
        yield `${shown(path)} has ${found.bytes} bytes, not ${file.bytes}`;
      } else if (found.sha256 !== file.sha256) yield `${shown(path)} has other contents`;
    }
    for (const path of this.#files.keys()) {
      if (!expected.has(path)) yield `${shown(path)} is not in the manifest`;
    }
  }

  *#compareLinks({ links }: ManifestList): Generator<string> {
    const expected = new Map(links.map(({ path, target }) => [path, target]));
    for (const [path, target] of expected) {
      const found = this.#links.get(path);
      if (found === undefined) yield `${shown(path)} is missing`;
      else if (found !== target) {
        yield `${shown(path)} leads to ${shown(found)}, not ${shown(target)}`;
      }
    }
    for (const path of this.#links.keys()) {
      if (!expected.has(path)) yield `${shown(path)} is not in the manifest`;
    }
  }

  async #readManifest(member: TarMember): Promise<void> {
    this.#manifestText = '';
    if (member.bytes > MAX_MANIFEST_BYTES) return;
    const chunks: Uint8Array[] = [];
    for await (const chunk of member.read()) chunks.push(chunk);
    this.#manifestText = Buffer.concat(chunks).toString();
  }

  #problemWith(path: string | undefined, { kind }: TarMember): string | undefined {
    if (path === undefined) return 'is not a path below the one top folder';
    if (this.#manifestText !== undefined) return 'comes after the manifest';
    if (this.#files.has(path) || this.#links.has(path)) return 'occurs twice';
    const isPossible = kind === 'file' || (kind === 'symbolic-link' && path !== MANIFEST_PATH);
    return isPossible ? undefined : 'is of a kind that has no place there';
  }
}

async function measureFile(member: TarMember): Promise<{ bytes: number; sha256: string }> {
  const measure = new Measure();
  for await (const chunk of member.read()) measure.add(chunk);
  return { bytes: measure.bytes, sha256: measure.sha256() };
}

/** As many of the first bytes as it takes to tell what it is. */
async function readHead(chunks: AsyncIterator<Uint8Array>): Promise<Buffer> {
  let head = Buffer.alloc(0);
  while (head.length < MAX_MAGIC_BYTES) {
    const { done, value } = await chunks.next();
    if (done === true) break;
    head = Buffer.concat([head, value]);
  }
  return head;
}

function beginsWith(head: Buffer, magic: Buffer): boolean {
  return head.subarray(0, magic.length).equals(magic);
}

const MAX_MAGIC_BYTES = Math.max(...ENCRYPTED.map(({ length }) => length));

/** @yields What was read already, then the rest. */
async function* resume(
  head: Buffer,
  chunks: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  yield head;
  yield* { [Symbol.asyncIterator]: () => chunks };
}

/** A name from a bundle, without what could play tricks on a terminal. */
function shown(text = ''): string {
  return cutText(text, MAX_SHOWN_BYTES);
}

const MAX_SHOWN_BYTES = 1024;
