/**
 * Files that rules cannot look into: compressed or encrypted ones, whose bytes are not those of their text, keys, dumps
 * and databases, which hold secrets in forms that no rule for text knows.
 *
 * Sources: file(1)'s magic, and the formats' own specifications.
 */

import { derKeyBytes } from '../own/shapes/der-key.ts';
import { hasControls } from './controls.ts';
import { isZlibHead } from './zlib-head.ts';

/** A text at the file's beginning, or texts at their places: those of one alternative are all there. */
type Magic = string | Readonly<Record<number, string>>;

interface OpaqueFormat {
  /** Goes before "cannot be looked into". */
  readonly what: string;
  /** One character a byte. */
  readonly magic?: readonly Magic[];
  /** As `magic`, where a text may begin so too: a byte that no text has must follow. */
  readonly letters?: readonly Magic[];
  /** What no bytes at their places tell. */
  readonly isHead?: (head: Buffer) => boolean;
  /** Endings: what bears one is taken for it, whatever its bytes. */
  readonly names?: readonly string[];
}

/** A block or, in an empty file, the end: π and √π. */
const BZIP2 = ['1', '2', '3', '4', '5', '6', '7', '8', '9'].flatMap((level) => [
  `BZh${level}1AY&SY`,
  `BZh${level}\x17rE8P\x90`,
]);

/** Frames to be skipped, which may come first. Source: RFC 8878, section 3.1.2; LZ4 Frame Format. */
const SKIPPABLE = Array.from(
  { length: 16 },
  (_, index) => `${String.fromCharCode(0x50 + index)}*M\x18`,
);

/** The method is behind a length and a sum. */
const LHA = ['1', '4', '5', '6', '7'].map((method) => ({ 2: `-lh${method}-` }));

const COMPRESSED: readonly OpaqueFormat[] = [
  { what: 'a bzip2 file', magic: BZIP2, names: ['.bz2', '.tbz2', '.tbz'] },
  { what: 'an xz file', magic: ['\xfd7zXZ\0'], names: ['.xz', '.txz'] },
  { what: 'an lzma file', magic: [']\0\0'], names: ['.lzma'] },
  { what: 'an lzip file', magic: ['LZIP\x01'], names: ['.lz'] },
  { what: 'an lrzip file', magic: ['LRZI\0'], names: ['.lrz'] },
  { what: 'a zstd file', magic: ['(\xb5/\xfd', ...SKIPPABLE], names: ['.zst', '.zstd', '.tzst'] },
  { what: 'an lz4 file', magic: ['\x04"M\x18', '\x02!L\x18'], names: ['.lz4'] },
  { what: 'an lzop file', magic: ['\x89LZO\0\r\n\x1a\n'], names: ['.lzo'] },
  { what: 'a snappy file', magic: ['\xff\x06\0\0sNaPpY'], names: ['.sz', '.snappy'] },
  { what: 'a brotli file', names: ['.br'] },
  { what: 'a zlib file', isHead: isZlibHead, names: ['.zz', '.zlib'] },
  { what: 'a compress file', magic: ['\x1f\x9d', '\x1f\xa0', '\x1f\x1e'], names: ['.Z'] },
  { what: 'a 7z archive', magic: ['7z\xbc\xaf\x27\x1c'], names: ['.7z'] },
  { what: 'a rar archive', magic: ['Rar!\x1a\x07'], names: ['.rar'] },
  { what: 'a cabinet archive', magic: ['MSCF\0\0\0\0'] },
  { what: 'a Debian package', magic: ['!<arch>\ndebian'], names: ['.deb'] },
  { what: 'an RPM package', magic: ['\xed\xab\xee\xdb'], names: ['.rpm'] },
  { what: 'a Git pack', magic: ['PACK\0\0\0'] },
  { what: 'a Git bundle', magic: ['# v2 git bundle\n', '# v3 git bundle\n'] },
  { what: 'an lzfse file', letters: ['bvx-', 'bvx1', 'bvx2', 'bvxn'], names: ['.lzfse'] },
  { what: 'an lha archive', letters: LHA, names: ['.lha', '.lzh'] },
  { what: 'a zpaq archive', magic: ['7kSt'], letters: ['zPQ'], names: ['.zpaq'] },
  { what: 'a xar archive', magic: ['xar!\0'], names: ['.xar'] },
  { what: 'a Windows image', magic: ['MSWIM\0\0\0'], names: ['.wim'] },
  {
    what: 'a squashfs image',
    // In both byte orders, the latter two with lzma.
    letters: ['hsqs', 'sqsh', 'shsq', 'qshs'],
    names: ['.squashfs', '.sqsh', '.sqfs'],
  },
  { what: 'a qcow disk image', magic: ['QFI\xfb'], names: ['.qcow2'] },
  { what: 'a VMware disk image', letters: ['KDMV', 'COWD'], names: ['.vmdk'] },
  // The latter with an encrypted footer.
  { what: 'a Parquet file', letters: ['PAR1', 'PARE'], names: ['.parquet'] },
  { what: 'an Avro file', magic: ['Obj\x01'], names: ['.avro'] },
  { what: 'an ORC file', letters: ['ORC'], names: ['.orc'] },
  { what: 'an Arrow file', magic: ['ARROW1\0\0'], letters: ['FEA1'], names: ['.feather'] },
  { what: 'an HDF5 file', magic: ['\x89HDF\r\n\x1a\n'], names: ['.h5', '.hdf5'] },
  { what: 'a Lucene index', magic: ['?\xd7l\x17'] },
  { what: 'a systemd journal', magic: ['LPKSHHRH'] },
  { what: 'a PostgreSQL dump', magic: ['PGDMP'] },
  { what: 'a Redis dump', magic: ['REDIS00'] },
  { what: 'a PDF', magic: ['%PDF-'], names: ['.pdf'] },
  { what: 'an Office document', magic: ['\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1'] },
  { what: 'a PNG image', magic: ['\x89PNG\r\n\x1a\n'] },
  { what: 'a JPEG image', magic: ['\xff\xd8\xff'] },
  { what: 'a GIF image', magic: ['GIF87a', 'GIF89a'] },
  { what: 'a WebP image', magic: [{ 0: 'RIFF', 8: 'WEBP' }] },
  { what: 'a TIFF image', magic: ['II*\0', 'MM\0*'] },
];

const ENCRYPTED: readonly OpaqueFormat[] = [
  {
    what: 'an age file',
    magic: ['age-encryption.org/', '-----BEGIN AGE ENCRYPTED FILE-----'],
    names: ['.age'],
  },
  {
    what: 'an OpenPGP message',
    magic: ['-----BEGIN PGP MESSAGE'],
    names: ['.gpg', '.pgp'],
  },
  { what: 'a file that OpenSSL has encrypted', magic: ['Salted__', 'U2FsdGVkX1'] },
  { what: 'an Ansible vault', magic: ['$ANSIBLE_VAULT;'] },
  {
    what: 'a Java keystore',
    magic: ['\xfe\xed\xfe\xed', '\xce\xce\xce\xce'],
    names: ['.jks', '.jceks', '.bks', '.keystore', '.truststore'],
  },
  {
    what: 'a PKCS#12 keystore',
    // A sequence of the version, which is 3, and more; its length in one, two or three bytes.
    magic: [
      { 0: '0\x81', 3: '\x02\x01\x03' },
      { 0: '0\x82', 4: '\x02\x01\x03' },
      { 0: '0\x83', 5: '\x02\x01\x03' },
      '0\x80\x02\x01\x03',
    ],
    names: ['.p12', '.pfx'],
  },
  {
    // In binary; what is base64 of one is text, and hidden.
    what: 'a private key',
    isHead: (head) => derKeyBytes(head) !== undefined,
  },
  {
    what: 'a KeePass database',
    magic: ['\x03\xd9\xa2\x9a'],
    names: ['.kdbx', '.kdb'],
  },
  { what: 'an encrypted volume', magic: ['LUKS\xba\xbe', 'SKUL\xba\xbe'] },
];

/** Hold what a process held, its keys and passwords among it, as binary values, UTF-16 and single characters. */
const DUMPS: readonly OpaqueFormat[] = [
  {
    what: 'a core dump',
    magic: [
      { 0: '\x7fELF', 5: '\x01', 16: '\x04\0' },
      { 0: '\x7fELF', 5: '\x02', 16: '\0\x04' },
      'MDMP\x93\xa7',
    ],
  },
  {
    what: 'a Java heap dump',
    magic: ['JAVA PROFILE 1.', '\0\x15portable heap dump'],
    names: ['.hprof', '.phd'],
  },
  // Text of theirs is cut by pages, and a page of another length breaks them.
  { what: 'an SQLite database', magic: ['SQLite format 3\0'] },
  // etcd's snapshots among them: all Secrets of a cluster.
  { what: 'a bbolt database', magic: [{ 16: '\xed\xda\x0c\xed' }, { 16: '\xed\x0c\xda\xed' }] },
];

const FORMATS = [...COMPRESSED, ...ENCRYPTED, ...DUMPS];

/** What a file is, for people, if its first bytes are those of a format that cannot be looked into. */
export function opaqueByMagic(head: Buffer): string | undefined {
  const text = head.toString('latin1', 0, 64);
  return FORMATS.find(
    ({ magic = [], letters = [], isHead }) =>
      magic.some((one) => hasMagic(text, one)) ||
      (letters.some((one) => hasMagic(text, one)) && hasControls(head)) ||
      isHead?.(head) === true,
  )?.what;
}

/** As `opaqueByMagic`, by the ending of the file's name, in the case that is written or in small letters. */
export function opaqueByName(name: string): string | undefined {
  const small = name.toLowerCase();
  return FORMATS.find(({ names = [] }) =>
    names.some((ending) => name.endsWith(ending) || small.endsWith(ending)),
  )?.what;
}

function hasMagic(text: string, magic: Magic): boolean {
  if (typeof magic === 'string') return text.startsWith(magic);
  return Object.entries(magic).every(([offset, part]) => text.startsWith(part, Number(offset)));
}
