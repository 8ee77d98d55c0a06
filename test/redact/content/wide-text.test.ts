/** UTF-16 and UTF-32: a secret is found in both byte orders, and all that is no secret comes back as it was. */

import assert from 'node:assert/strict';

import { contentBench, HIDDEN, removeContentBenches, SECRET } from '../../support/content.ts';

const TEXT = `Größe 😀 €\r\npassword is ${SECRET}\r\n語彙`;
const REDACTED = TEXT.replace(SECRET, HIDDEN);

const ENCODINGS: Record<string, (text: string) => Buffer> = {
  'UTF-16LE': (text) => Buffer.from(text, 'utf16le'),
  'UTF-16BE': (text) => Buffer.from(text, 'utf16le').swap16(),
  'UTF-32LE': utf32,
  'UTF-32BE': (text) => utf32(text).swap32(),
};

describe('redact/content/wide-text', () => {
  afterEach(() => {
    assert.deepEqual(removeContentBenches(), [], 'files stay in WORK_DIR');
  });

  for (const [name, encode] of Object.entries(ENCODINGS)) {
    for (const chunkBytes of [1, 2, 3, 5, 4096]) {
      it(`hides a secret in ${name} with its mark, in chunks of ${chunkBytes} bytes`, async () => {
        const bytes = encode(`\ufeff${TEXT}`);

        const redacted = await contentBench().redact('a.log', bytes, chunkBytes);

        assert.deepEqual(redacted, encode(`\ufeff${REDACTED}`));
      });
    }
  }

  for (const name of ['UTF-16LE', 'UTF-16BE']) {
    const encode = ENCODINGS[name] ?? utf32;

    it(`hides a secret in ${name} without a mark`, async () => {
      for (const text of [TEXT, SECRET, `ab${SECRET}`]) {
        const redacted = await contentBench().redact('a.log', encode(text));

        assert.deepEqual(redacted, encode(text.replace(SECRET, HIDDEN)));
      }
    });

    it(`keeps single surrogates and the odd byte at the end of ${name}`, async () => {
      const text = `\ud800a\udc00b\udbff\udbff\udc00\udfff ${SECRET} \udc00\ud800 plain text \ud83d`;
      const bytes = Buffer.concat([encode(`\ufeff${text}`), Buffer.from([0x41])]);
      const expected = Buffer.concat([
        encode(`\ufeff${text.replace(SECRET, HIDDEN)}`),
        Buffer.from([0x41]),
      ]);

      for (const chunkBytes of [1, 2, 3, 1000]) {
        assert.deepEqual(await contentBench().redact('a.log', bytes, chunkBytes), expected);
      }
    });

    it(`brings back any bytes that look like ${name}`, async () => {
      const head = encode(`\ufeffplain`);
      const noise = Buffer.from(
        Array.from({ length: 40_001 }, (_, index) => ((index * 2654435761) >>> 13) & 0xff),
      );
      const bytes = Buffer.concat([head, noise]);

      for (const chunkBytes of [777, 100_000]) {
        assert.deepEqual(await contentBench().redact('a.bin', bytes, chunkBytes), bytes);
      }
    });
  }

  it('finds what a program has added in bytes to a file in UTF-16', async () => {
    const wide = Buffer.from(`\ufeff${TEXT}`, 'utf16le');
    for (const added of [`\n${SECRET}\n`, `${SECRET}\n`]) {
      const redacted = await contentBench().redact('a', Buffer.concat([wide, Buffer.from(added)]));

      assert.deepEqual(
        redacted,
        Buffer.concat([
          Buffer.from(`\ufeff${REDACTED}`, 'utf16le'),
          Buffer.from(added.replace(SECRET, HIDDEN)),
        ]),
      );
    }
  });

  it('finds a secret in bytes behind what looks like UTF-16', async () => {
    const numbers = Buffer.from(new Uint16Array(4000).map((_, index) => index % 200).buffer);
    const bytes = Buffer.concat([numbers, Buffer.from(SECRET), numbers]);

    const redacted = await contentBench().redact('a.bin', bytes);

    assert.deepEqual(redacted, Buffer.concat([numbers, Buffer.from(HIDDEN), numbers]));
  });

  it('takes UTF-16 that begins with a NUL for that, not for UTF-32', async () => {
    const bytes = Buffer.from(`\ufeff\0${TEXT}`, 'utf16le');

    assert.deepEqual(
      await contentBench().redact('a', bytes),
      Buffer.from(`\ufeff\0${REDACTED}`, 'utf16le'),
    );
  });

  it('keeps a mark alone, and bytes at the end that are no whole unit of UTF-32', async () => {
    const bench = contentBench();
    const cut = Buffer.concat([utf32('\ufeffab'), Buffer.from([1, 2, 3])]);

    assert.deepEqual(await bench.redact('a', Buffer.from([0xff, 0xfe])), Buffer.from([0xff, 0xfe]));
    assert.deepEqual(await bench.redact('a', cut), cut);
  });

  it('leaves out UTF-32 with what is no character', async () => {
    const bytes = Buffer.concat([utf32('\ufeff').swap32(), Buffer.from([0, 0x11, 0, 0])]);

    await assert.rejects(contentBench().redact('a', bytes), { message: 'a damaged UTF-32 text' });
  });

  it('writes U+FFFD where a rule has cut a character in two', async () => {
    const bench = contentBench({
      redactText: async function* cut(_path, source) {
        for await (const chunk of source) yield chunk.filter((byte) => byte !== 0xbf);
      },
    });

    const redacted = await bench.redact('a', Buffer.from('\ufeffone \u00ff two \u00bf', 'utf16le'));

    assert.equal(redacted.toString('utf16le'), '\ufeffone \ufffd two \ufffd');
  });
});

function utf32(text: string): Buffer {
  const codePoints = Array.from(text, (character) => character.codePointAt(0) ?? 0);
  const bytes = Buffer.alloc(codePoints.length * 4);
  for (const [index, codePoint] of codePoints.entries()) bytes.writeUInt32LE(codePoint, index * 4);
  return bytes;
}
