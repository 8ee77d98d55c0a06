/**
 * Stretches of UTF-16 and UTF-32 inside of other bytes: what a program for Windows has added to a log, or strings in binary
 * data. Only the first bytes of a file tell its encoding, so these would pass as they are. Inside of UTF-16 too: behind an
 * odd number of other bytes its characters begin at other places than those of the file.
 *
 * A stretch is of eight characters or more, all of Latin-1 and none of control but blanks and line ends, with one or three
 * NULs between each two. A character beyond Latin-1 ends it: a secret with one in it is looked at in two parts.
 */

import { Input } from './input.ts';

const MIN_CHARACTERS = 8;
/** As many bytes as such a stretch has at most. */
const LOOK_BYTES = MIN_CHARACTERS * 4;

interface Stretch {
  readonly at: number;
  /** NULs between two characters. */
  readonly gapBytes: number;
}

/**
 * @param redact From one character a byte to the same.
 * @yields The bytes, with the stretches redacted.
 */
export async function* redactSparseText(
  source: AsyncIterable<Uint8Array>,
  redact: (text: AsyncIterable<Uint8Array>) => AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const input = new Input(source, signal);
  try {
    for (;;) {
      const head = await input.ahead(LOOK_BYTES);
      if (head.length === 0) return;
      const stretch = findStretch(head);
      // At the end of the chunk one may begin.
      const rest = head.length < LOOK_BYTES ? 0 : LOOK_BYTES - 1;
      const plainBytes = stretch?.at ?? head.length - rest;
      if (plainBytes > 0) yield await input.take(plainBytes);
      if (stretch !== undefined) {
        const text = narrowed(input, stretch.gapBytes);
        yield* widened(redactTwice(text, redact, signal), stretch.gapBytes);
      }
    }
  } finally {
    await input.close();
  }
}

/** The first one, if it begins before the last bytes, in which none has room. */
function findStretch(bytes: Uint8Array): Stretch | undefined {
  for (let zero = bytes.indexOf(0); zero !== -1; zero = bytes.indexOf(0, zero)) {
    const at = zero - 1;
    while (bytes[zero] === 0) zero++;
    const gapBytes = zero - at - 1;
    if ((gapBytes === 1 || gapBytes === 3) && isStretch(bytes, { at, gapBytes })) {
      return { at, gapBytes };
    }
  }
  return undefined;
}

function isStretch(bytes: Uint8Array, { at, gapBytes }: Stretch): boolean {
  if (!isText(bytes[at])) return false;
  for (let count = 1; count < MIN_CHARACTERS; count++) {
    if (!goesOn(bytes, at + 1 + (count - 1) * (gapBytes + 1), gapBytes)) return false;
  }
  return true;
}

/** Whether the NULs and one more character are there. */
function goesOn(bytes: Uint8Array, at: number, gapBytes: number): boolean {
  for (let index = at; index < at + gapBytes; index++) {
    if (bytes[index] !== 0) return false;
  }
  return isText(bytes[at + gapBytes]);
}

function isText(byte: number | undefined): boolean {
  if (byte === undefined) return false;
  if (byte < 0x20) return byte === 0x09 || byte === 0x0a || byte === 0x0d;
  return byte < 0x7f || byte >= 0xa0;
}

/** @yields The stretch that begins there without its NULs, as the source has it. */
async function* narrowed(input: Input, gapBytes: number): AsyncGenerator<Uint8Array> {
  yield Buffer.from(await input.take(1));
  const unitBytes = gapBytes + 1;
  for (;;) {
    const head = await input.ahead(unitBytes);
    let units = 0;
    while (goesOn(head, units * unitBytes, gapBytes)) units++;
    if (units === 0) return;
    const wide = await input.take(units * unitBytes);
    yield Uint8Array.from(
      { length: units },
      (_none, unit) => wide[unit * unitBytes + gapBytes] ?? 0,
    );
  }
}

/**
 * In big endian, what looks like the first character may be the last byte of what lies before: with that in front of it a
 * secret is no word of its own. So what follows is redacted once more for itself.
 *
 * @yields The text, redacted.
 */
async function* redactTwice(
  text: AsyncIterable<Uint8Array>,
  redact: (text: AsyncIterable<Uint8Array>) => AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const once = new Input(redact(text), signal);
  try {
    const first = Buffer.from(await once.take(1));
    yield first;
    yield* isWord(first[0]) ? redact(once.chunks()) : once.chunks();
  } finally {
    await once.close();
  }
}

/** Neither a blank nor a line end. */
function isWord(byte: number | undefined): boolean {
  return byte !== undefined && byte > 0x20;
}

/** @yields The text with NULs between its characters again. */
async function* widened(
  text: AsyncIterable<Uint8Array>,
  gapBytes: number,
): AsyncGenerator<Uint8Array> {
  let isFirst = true;
  for await (const chunk of text) {
    if (chunk.length === 0) continue;
    const wide = Buffer.alloc(chunk.length * (gapBytes + 1));
    for (const [index, byte] of chunk.entries()) wide[index * (gapBytes + 1) + gapBytes] = byte;
    yield isFirst ? wide.subarray(gapBytes) : wide;
    isFirst = false;
  }
}
