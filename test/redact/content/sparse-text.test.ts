/** UTF-16 and UTF-32 in the middle of other bytes. */

import assert from 'node:assert/strict';

import {
  contentBench,
  gathered,
  HIDDEN,
  removeContentBenches,
  SECRET,
} from '../../support/content.ts';

const TEXT = `Größe\r\npassword=${SECRET}\r\nlast`;
const LINES = 'a line of a log in UTF-8\n'.repeat(100);

const WIDE: Record<string, (text: string) => Buffer> = {
  'UTF-16LE': (text) => spread(text, 1, 0),
  'UTF-16BE': (text) => spread(text, 1, 1),
  'UTF-32LE': (text) => spread(text, 3, 0),
  'UTF-32BE': (text) => spread(text, 3, 3),
};

describe('redact/content/sparse-text', () => {
  afterEach(() => {
    assert.deepEqual(removeContentBenches(), [], 'files stay in WORK_DIR');
  });

  for (const [name, encode] of Object.entries(WIDE)) {
    for (const chunkBytes of [1, 2, 3, 31, 100, 100_000]) {
      it(`hides a secret in ${name} behind other text, in chunks of ${chunkBytes} bytes`, async () => {
        for (const [before, behind] of [
          [LINES, LINES],
          [LINES, ''],
          [`${LINES}x`, 'y'],
        ] as const) {
          const around = (text: string): Buffer =>
            Buffer.concat([Buffer.from(before), encode(text), Buffer.from(behind)]);

          const redacted = await contentBench().redact('a.log', around(TEXT), chunkBytes);

          assert.deepEqual(redacted, around(TEXT.replace(SECRET, HIDDEN)));
        }
      });
    }
  }

  it('hides each of many, in both kinds', async () => {
    const text = (word: string): Buffer =>
      Buffer.concat(
        Object.values(WIDE).flatMap((encode) => [
          Buffer.from(`${LINES}\0\0\0${word}\0\x01`),
          encode(`password=${word}`),
          encode(`password=${word}`),
        ]),
      );

    assert.deepEqual(await contentBench().redact('a', text(SECRET)), text(HIDDEN));
  });

  it('hides a secret in UTF-32LE without a mark', async () => {
    const redacted = await contentBench().redact('a', spread(TEXT, 3, 0));

    assert.deepEqual(redacted, spread(TEXT.replace(SECRET, HIDDEN), 3, 0));
  });

  it('brings back any bytes without a secret, however they come', async () => {
    const parts = [
      '\0',
      '\0\0',
      'a\0',
      'b\0\0\0',
      '\0\0\0c',
      'text',
      'a\0b\0c\0d\0e\0f\0g\0h',
      '\x01\0',
      '\xff',
    ];
    const text = Array.from(
      { length: 3000 },
      (_none, index) => parts[((index * 2654435761) >>> 7) % parts.length],
    ).join('');
    const bytes = Buffer.from(`text ${LINES}${text}`, 'latin1');

    for (const chunkBytes of [1, 5, 64, 100_000]) {
      assert.deepEqual(await contentBench().redact('a.bin', bytes, chunkBytes), bytes);
    }
  });

  for (const [what, before] of [
    ['one line', 'plain line\n'],
    ['three lines', 'plain line\n'.repeat(3)],
    ['one letter', 'X'],
    ['one letter that is not of ASCII', '\xff'],
    ['one NUL', '\0'],
    ['UTF-16 and three letters', `${Buffer.from('\ufeffwide\n', 'utf16le').toString('latin1')}odd`],
  ] as const) {
    for (const [name, encode] of Object.entries(WIDE)) {
      it(`hides a word that begins ${name} at an odd place, behind ${what}`, async () => {
        const bench = contentBench({ redactText: (_path, source) => hideWord(source) });
        const around = (text: string): Buffer =>
          Buffer.concat([Buffer.from(before, 'latin1'), encode(text)]);

        for (const chunkBytes of [1, 3, 1000]) {
          assert.deepEqual(
            await bench.redact('a.log', around(`${SECRET} and words\n`), chunkBytes),
            around(`${HIDDEN} and words\n`),
          );
        }
      });
    }
  }

  for (const [name, encode] of Object.entries(WIDE)) {
    it(`is looked at once more only when ${name} has been redacted`, async () => {
      for (const before of ['plain line\n', LINES]) {
        const bench = contentBench();
        const redactText = bench.parts.redactText.bind(bench.parts);
        bench.parts.redactText = (path, source) => lookedAt(redactText(path, source));
        const bytes = Buffer.concat([Buffer.from(before), encode(TEXT)]);

        const redacted = await bench.redact('a.log', bytes);

        assert.ok(!holdsSecret(redacted));
      }
    });
  }

  it('asks the rules once for text without any', async () => {
    const bench = contentBench();

    await bench.redact('a.log', Buffer.from(`${LINES}a\0b\0c\0 a\0\0b\0\0c${'\0'.repeat(100)}`));

    assert.deepEqual(bench.asked, ['a.log']);
  });
});

/** @yields The secret hidden where it is a word of its own. */
async function* hideWord(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const text = (await gathered(source)).toString('latin1');
  yield Buffer.from(
    text.replaceAll(new RegExp(`(?<!\\w|[^\\0-\\x7f])${SECRET}`, 'g'), HIDDEN),
    'latin1',
  );
}

/** @yields The bytes, as the second look does. */
async function* lookedAt(redacted: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const bytes = await gathered(redacted);
  assert.ok(!holdsSecret(bytes), 'the look has found the secret');
  yield bytes;
}

function holdsSecret(bytes: Buffer): boolean {
  return bytes.toString('latin1').replaceAll('\0', '').includes(SECRET);
}

/** Each character of Latin-1 with NULs, of which so many are before it. */
function spread(text: string, zeros: number, before: number): Buffer {
  const bytes = Buffer.alloc(text.length * (zeros + 1));
  for (let index = 0; index < text.length; index++) {
    bytes[index * (zeros + 1) + before] = text.charCodeAt(index);
  }
  return bytes;
}
