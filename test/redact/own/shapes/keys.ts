/** Private keys of every kind and size, and what begins like one: DER as it is, in base64, and in PEM. */

import { seededRandom } from '../../../support/random.ts';

export interface NamedDer {
  readonly name: string;
  readonly der: Buffer;
}

const SEQUENCE = 0x30;
const INTEGER = 0x02;
const BITS = 0x03;
const OCTETS = 0x04;

const RSA = algorithm('2a864886f70d010101', Buffer.from([5, 0]));
const CURVES = [
  { name: 'P-256', id: '2a8648ce3d030107', bytes: 32 },
  { name: 'P-384', id: '2b81040022', bytes: 48 },
  { name: 'P-521', id: '2b81040023', bytes: 66 },
  { name: 'secp256k1', id: '2b8104000a', bytes: 32 },
];
const EDWARDS = [
  { name: 'Ed25519', id: '2b6570', bytes: 32 },
  { name: 'X25519', id: '2b656e', bytes: 32 },
  { name: 'Ed448', id: '2b6571', bytes: 57 },
  { name: 'X448', id: '2b656f', bytes: 56 },
];

/** The two keys that most tests need. */
export const RSA_KEY = pkcs8(RSA, rsaKey(2048));
export const EC_KEY = pkcs8(curve('2a8648ce3d030107'), sec1(32));

export const PRIVATE_KEYS: readonly NamedDer[] = [
  ...[512, 1024, 2048, 3072, 4096, 8192].flatMap((bits) => [
    { name: `RSA of ${bits} bits in PKCS#1`, der: rsaKey(bits) },
    { name: `RSA of ${bits} bits in PKCS#8`, der: pkcs8(RSA, rsaKey(bits)) },
  ]),
  ...CURVES.flatMap(({ name, id, bytes }) => [
    { name: `${name} in SEC 1`, der: sec1(bytes) },
    { name: `${name} in SEC 1 without its public key`, der: sequence(...sec1Parts(bytes)) },
    { name: `${name} in PKCS#8`, der: pkcs8(curve(id), sec1(bytes)) },
  ]),
  ...EDWARDS.map(({ name, id, bytes }) => ({
    name,
    der: pkcs8(algorithm(id), element(OCTETS, noise(bytes))),
  })),
  {
    name: 'Ed25519 with its public key',
    der: sequence(
      integer(Buffer.from([1])),
      algorithm('2b6570'),
      element(OCTETS, element(OCTETS, noise(32))),
      element(0x81, noise(33)),
    ),
  },
  { name: 'DSA', der: sequence(version(), ...[256, 32, 256, 256, 32].map(large)) },
];

export const NO_PRIVATE_KEYS: readonly NamedDer[] = [
  { name: 'an RSA public key', der: publicKey(RSA, rsaPublic(2048)) },
  { name: 'an RSA public key in PKCS#1', der: rsaPublic(2048) },
  { name: 'a P-256 public key', der: publicKey(curve('2a8648ce3d030107'), noise(65)) },
  { name: 'an Ed25519 public key', der: publicKey(algorithm('2b6570'), noise(32)) },
  {
    name: 'a certificate',
    der: signed(
      sequence(
        element(0xa0, integer(Buffer.from([2]))),
        large(16),
        RSA,
        subject(),
        noiseOctets(300),
      ),
    ),
  },
  {
    name: 'a request',
    der: signed(sequence(version(), subject(), publicKey(RSA, rsaPublic(2048)))),
  },
  { name: 'a signature', der: sequence(large(32), large(32)) },
  {
    name: 'an SNMP message',
    der: sequence(
      integer(Buffer.from([1])),
      element(OCTETS, Buffer.from('public')),
      noiseOctets(60),
    ),
  },
  {
    name: 'a request for a time stamp',
    der: sequence(integer(Buffer.from([1])), sequence(RSA, noiseOctets(32)), large(8)),
  },
  { name: 'a sequence of small numbers', der: sequence(version(), large(8), large(8), large(20)) },
  {
    name: 'what has another version',
    der: sequence(integer(Buffer.from([2])), RSA, noiseOctets(99)),
  },
  { name: 'an algorithm without a key', der: sequence(version(), RSA, large(99)) },
];

/** @param label For example `RSA PRIVATE KEY`. */
export function pemOf(der: Buffer, label = 'PRIVATE KEY'): string {
  return `-----BEGIN ${label}-----\n${wrapped(der.toString('base64'), 64)}\n-----END ${label}-----\n`;
}

/** In lines of so many characters, without a line end behind the last one. */
export function wrapped(text: string, width: number): string {
  return text.match(new RegExp(`.{1,${width}}`, 'g'))?.join('\n') ?? '';
}

function rsaKey(bits: number): Buffer {
  const [whole, half] = [bits / 8, bits / 16];
  const numbers = [large(whole), integer(Buffer.from([1, 0, 1])), large(whole)];
  return sequence(version(), ...numbers, ...Array.from({ length: 5 }, () => large(half)));
}

function rsaPublic(bits: number): Buffer {
  return sequence(large(bits / 8), integer(Buffer.from([1, 0, 1])));
}

function sec1Parts(bytes: number): readonly Buffer[] {
  return [integer(Buffer.from([1])), noiseOctets(bytes)];
}

function sec1(bytes: number): Buffer {
  const publicPart = element(0xa1, element(BITS, noise(2 * bytes + 2)));
  return sequence(...sec1Parts(bytes), publicPart);
}

function pkcs8(kind: Buffer, key: Buffer): Buffer {
  return sequence(version(), kind, element(OCTETS, key));
}

function publicKey(kind: Buffer, key: Buffer): Buffer {
  return sequence(kind, element(BITS, Buffer.concat([Buffer.from([0]), key])));
}

function signed(content: Buffer): Buffer {
  return sequence(content, RSA, element(BITS, noise(257)));
}

function subject(): Buffer {
  return sequence(
    element(
      0x31,
      sequence(element(6, Buffer.from('550403', 'hex')), element(12, Buffer.from('example'))),
    ),
  );
}

function curve(id: string): Buffer {
  return algorithm('2a8648ce3d0201', element(6, Buffer.from(id, 'hex')));
}

function algorithm(id: string, parameters: Buffer = Buffer.alloc(0)): Buffer {
  return sequence(element(6, Buffer.from(id, 'hex')), parameters);
}

function version(): Buffer {
  return integer(Buffer.from([0]));
}

/** With a zero before it: its first bit is set. */
function large(bytes: number): Buffer {
  return integer(Buffer.concat([Buffer.from([0, 0x80]), noise(bytes - 1)]));
}

function integer(content: Buffer): Buffer {
  return element(INTEGER, content);
}

function noiseOctets(bytes: number): Buffer {
  return element(OCTETS, noise(bytes));
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return element(SEQUENCE, Buffer.concat(parts));
}

function element(tag: number, content: Buffer): Buffer {
  const { length } = content;
  const bytes = [length >> 8, length & 0xff].slice(length < 0x100 ? 1 : 0);
  const head = length < 0x80 ? [length] : [0x80 + bytes.length, ...bytes];
  return Buffer.concat([Buffer.from([tag, ...head]), content]);
}

function noise(bytes: number): Buffer {
  const random = seededRandom(bytes);
  return Buffer.from(Array.from({ length: bytes }, () => Math.floor(random() * 256)));
}
