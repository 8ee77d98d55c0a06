/** Subject and issuer of a certificate as Go writes them, which Node's own texts do not allow to be rebuilt. */

/**
 * The attributes that Go keeps, in the order in which it writes them; of the first two the last value, of the others all.
 * Source: Name.ToRDNSequence in Go 1.26, crypto/x509/pkix/pkix.go.
 */
const ATTRIBUTES: readonly (readonly [identifier: string, name: string])[] = [
  ['2.5.4.5', 'SERIALNUMBER'],
  ['2.5.4.3', 'CN'],
  ['2.5.4.11', 'OU'],
  ['2.5.4.10', 'O'],
  ['2.5.4.17', 'POSTALCODE'],
  ['2.5.4.9', 'STREET'],
  ['2.5.4.7', 'L'],
  ['2.5.4.8', 'ST'],
  ['2.5.4.6', 'C'],
];
const SINGLE = ['SERIALNUMBER', 'CN'];

/** A value of ASN.1's distinguished encoding. */
interface Value {
  readonly tag: number;
  readonly content: Buffer;
}

const VERSION_TAG = 0xa0;
const BMP_STRING = 0x1e;

/**
 * With RFC 2253's escapes.
 *
 * @param der The whole certificate, which has been parsed once.
 */
export function namesOf(der: Buffer): { readonly subject: string; readonly issuer: string } {
  const [certificate] = valuesIn(der);
  const [signed] = valuesIn(certificate?.content);
  const fields = valuesIn(signed?.content);
  // version, serial number, algorithm, issuer, validity, subject; the version may be absent
  const first = fields[0]?.tag === VERSION_TAG ? 1 : 0;
  return { issuer: nameText(fields[first + 2]), subject: nameText(fields[first + 4]) };
}

function nameText(name: Value | undefined): string {
  const attributes = valuesIn(name?.content)
    .flatMap(({ content }) => valuesIn(content))
    .map(({ content }) => valuesIn(content));
  return ATTRIBUTES.flatMap(([identifier, short]) => {
    const values = attributes.flatMap(([type, value]) =>
      type !== undefined && value !== undefined && identifierText(type.content) === identifier
        ? [stringText(value)]
        : [],
    );
    const kept = SINGLE.includes(short) ? values.slice(-1).filter((value) => value !== '') : values;
    return kept.length === 0 ? [] : [kept.map((value) => `${short}=${escaped(value)}`).join('+')];
  }).join(',');
}

function stringText({ tag, content }: Value): string {
  return tag === BMP_STRING
    ? Buffer.from(content).swap16().toString('utf16le')
    : content.toString();
}

/** RFC 2253 §2.4. */
function escaped(text: string): string {
  return text.replaceAll(/[,+"\\<>;]|^[# ]| $/g, (character) => `\\${character}`);
}

function identifierText(content: Buffer): string {
  const numbers: number[] = [];
  let number = 0;
  for (const byte of content) {
    number = number * 128 + (byte & 0x7f);
    if (byte >= 0x80) continue;
    numbers.push(number);
    number = 0;
  }
  const [first = 0, ...rest] = numbers;
  const root = Math.min(2, Math.floor(first / 40));
  return [root, first - 40 * root, ...rest].join('.');
}

function valuesIn(bytes: Buffer | undefined): readonly Value[] {
  const values: Value[] = [];
  for (let rest = bytes ?? Buffer.alloc(0); rest.length >= 2; ) {
    const { start, end } = extentOf(rest);
    const [tag = 0] = rest;
    values.push({ tag, content: rest.subarray(start, end) });
    rest = rest.subarray(end);
  }
  return values;
}

/** Where the content of the value at the beginning lies. */
function extentOf(bytes: Buffer): { readonly start: number; readonly end: number } {
  const length = bytes[1] ?? 0;
  if (length < 0x80) return { start: 2, end: 2 + length };
  const digits = length & 0x7f;
  const start = 2 + digits;
  return { start, end: start + bytes.readUIntBE(2, Math.min(digits, 6)) };
}
