/** SECRET_SCAN=values: finds the values of the cluster's Secrets in what a bundle would hold. Off by default. */

import { isUtf8 } from 'node:buffer';

import { HashedTexts, MAX_TEXT_BYTES } from './hashed-texts.ts';
import type { Look } from './look.ts';

/** Shorter values stand in any bundle by chance: a port, a flag, a name. */
const MIN_VALUE_BYTES = 8;
const MIN_LINE_BYTES = 16;
const WINDOW_BYTES = 32 * MAX_TEXT_BYTES;

/** The default values of charts and images that are long enough. Lower case. */
const COMMON_WORDS: ReadonlySet<string> = new Set([
  'administrator',
  'changeit',
  'changeme',
  'clickhouse',
  'cluster.local',
  'database',
  'development',
  'disabled',
  'elasticsearch',
  'internal',
  'kubernetes',
  'localhost',
  'minioadmin',
  'password',
  'postgres',
  'postgresql',
  'production',
  'rabbitmq',
  'username',
]);

/** What is told of a text that holds one of the values. */
const SECRET_VALUE = 'secret-value';

/** What anyone may see: certificates stand in webhooks' `caBundle` too. */
const PUBLIC_BLOCKS =
  /-----BEGIN ((?:TRUSTED )?CERTIFICATE(?: REQUEST)?|(?:RSA )?PUBLIC KEY|X509 CRL)-----[^-]*-----END \1-----/g;

/**
 * The values of Secrets, of which only hashes are kept: no error, JSON or inspection of the object can show one.
 *
 * A value is found as it is; in base64, standard and for URLs, wherever in the encoded text it begins; and inside of a JSON
 * string, which may be inside of another. Of several lines each of 16 bytes or more is found alone, but for those of certificates
 * and public keys. White space around a value or line is no part of it. Of more than 4 KiB the middle is enough.
 *
 * Not looked for, since they are found where no secret is: values of less than 8 bytes, of one repeated character, or that are
 * one of some common words (`password`, `localhost`). Not found: a value that is cut, wrapped into lines, in UTF-16, or
 * compressed. A line of a configuration file that is kept in a Secret is found in any other file that has the same line.
 */
export class SecretValues {
  readonly #texts: HashedTexts;
  readonly #count: number;

  constructor(values: Iterable<Uint8Array>) {
    let count = 0;
    function* forms(): Generator<Uint8Array> {
      for (const value of values) {
        const texts = formsOf(value);
        if (texts.size > 0) count++;
        for (const text of texts) yield Buffer.from(text, 'latin1');
      }
    }
    this.#texts = new HashedTexts(forms());
    this.#count = count;
  }

  /** How many values are looked for. */
  get count(): number {
    return this.#count;
  }

  /** At one text. */
  look(): Look {
    return new ValueLook(this.#texts);
  }
}

class ValueLook implements Look {
  readonly #texts: HashedTexts;
  readonly #window = Buffer.allocUnsafeSlow(WINDOW_BYTES);
  #bytes = 0;
  #isFound = false;

  constructor(texts: HashedTexts) {
    this.#texts = texts;
  }

  get finding(): string | undefined {
    return this.#isFound ? SECRET_VALUE : undefined;
  }

  push(chunk: Uint8Array): void {
    for (let offset = 0; offset < chunk.length && !this.#isFound; ) {
      const part = chunk.subarray(offset, offset + WINDOW_BYTES - this.#bytes);
      this.#window.set(part, this.#bytes);
      this.#bytes += part.length;
      offset += part.length;
      if (this.#bytes === WINDOW_BYTES) this.#pass();
    }
  }

  finish(): void {
    this.#isFound ||= this.#texts.isIn(this.#window.subarray(0, this.#bytes));
  }

  #pass(): void {
    this.finish();
    // A text that ends in what comes next may have begun so long before.
    this.#window.copyWithin(0, WINDOW_BYTES - MAX_TEXT_BYTES);
    this.#bytes = MAX_TEXT_BYTES;
  }
}

/** What is looked for of a value: bytes, one character each. */
function formsOf(value: Uint8Array): ReadonlySet<string> {
  const whole = trimmed(Buffer.from(value).toString('latin1'));
  const text = trimmed(whole.replaceAll(PUBLIC_BLOCKS, ''));
  if (!isTelling(text)) return new Set();
  const lines = tellingLines(text);
  const plain = lines.length === 0 ? [text] : lines;
  return new Set([...plain.flatMap(withJsonForms), ...base64Forms(whole)]);
}

function isTelling(text: string): boolean {
  const isUniform = text.replaceAll(text.charAt(0), '') === '';
  return text.length >= MIN_VALUE_BYTES && !isUniform && !COMMON_WORDS.has(text.toLowerCase());
}

/** Every key begins so, and every object: a spec is kept in a Secret, and `version.yaml` of each bundle begins as it does. */
const COMMON_LINE = /^-----|^"?(?:apiVersion|kind)"?: *"?[\w./-]+"?,?$/;

/** Of a text with several lines those that tell it from others. */
function tellingLines(text: string): readonly string[] {
  if (!text.includes('\n') || !isUtf8(Buffer.from(text, 'latin1'))) return [];
  const lines = text.split('\n').map(trimmed);
  return lines.filter(
    (line) => line.length >= MIN_LINE_BYTES && !COMMON_LINE.test(line) && isTelling(line),
  );
}

/** Without blanks at both ends. Not as JavaScript does it, for which the last byte of an `à` is a blank. */
export function trimmed(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && ' \t\r\n'.includes(text.charAt(start))) start++;
  while (start < end && ' \t\r\n'.includes(text.charAt(end - 1))) end--;
  return text.slice(start, end);
}

/** As it is, and inside of a JSON string, once and twice: kubectl keeps an object as JSON in an annotation. */
function withJsonForms(text: string): readonly string[] {
  const bytes = Buffer.from(text, 'latin1');
  if (!isUtf8(bytes)) return [text];
  const once = jsonForms(bytes.toString());
  const forms = [...once, ...once.flatMap(jsonForms)];
  return [text, ...forms.map((form) => Buffer.from(form).toString('latin1'))];
}

/** As JavaScript escapes, and as Go's encoding/json does: `<`, `>` and `&` too. */
function jsonForms(text: string): readonly string[] {
  const form = JSON.stringify(text).slice(1, -1);
  return [form, form.replaceAll(/[<>&\u2028\u2029]/g, escaped)];
}

function escaped(character: string): string {
  return String.raw`\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** What does not depend on the bytes around, for the three places where a value can begin in a group of three. */
function base64Forms(text: string): readonly string[] {
  return [0, 1, 2].flatMap((before) => {
    const bytes = Buffer.from('\0'.repeat(before) + text, 'latin1');
    const start = Math.ceil((before * 8) / 6);
    const end = Math.floor((bytes.length * 8) / 6);
    return (['base64', 'base64url'] as const).map((alphabet) =>
      bytes.toString(alphabet).slice(start, end),
    );
  });
}
