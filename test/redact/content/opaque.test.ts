/** Formats that cannot be looked into: each of their beginnings and endings, and what only looks like one. */

import assert from 'node:assert/strict';

import { opaqueByMagic, opaqueByName } from '../../../agent/redact/content/opaque.ts';
import { NO_PRIVATE_KEYS, PRIVATE_KEYS } from '../own/shapes/keys.ts';

/** One character a byte; `·` is one that may be any. */
type Row = readonly [what: string, beginnings: readonly string[], endings?: string];

const SKIPPABLE = Array.from('PQRSTUVWXYZ[\\]^_', (first) => `${first}*M\x18`);
const BZIP2 = Array.from('123456789', (level) => `BZh${level}`);
const LITTLE_ELF = `\x7fELF\x02\x01\x01${'\0'.repeat(9)}`;
const BIG_ELF = `\x7fELF\x02\x02\x01${'\0'.repeat(9)}`;

const FORMATS: readonly Row[] = [
  [
    'a bzip2 file',
    BZIP2.flatMap((level) => [`${level}1AY&SY`, `${level}\x17rE8P\x90`]),
    '.bz2 .tbz2 .tbz',
  ],
  ['an xz file', ['\xfd7zXZ\0'], '.xz .txz'],
  ['an lzma file', [']\0\0'], '.lzma'],
  ['an lzip file', ['LZIP\x01'], '.lz'],
  ['an lrzip file', ['LRZI\0'], '.lrz'],
  ['a zstd file', ['(\xb5/\xfd', ...SKIPPABLE], '.zst .zstd .tzst'],
  ['an lz4 file', ['\x04"M\x18', '\x02!L\x18'], '.lz4'],
  ['an lzop file', ['\x89LZO\0\r\n\x1a\n'], '.lzo'],
  ['a snappy file', ['\xff\x06\0\0sNaPpY'], '.sz .snappy'],
  ['a brotli file', [], '.br'],
  ['a zlib file', ['x\x01', 'x\x9c', 'x\xda'], '.zz .zlib'],
  ['a compress file', ['\x1f\x9d', '\x1f\xa0', '\x1f\x1e'], '.Z'],
  ['a 7z archive', ['7z\xbc\xaf\x27\x1c'], '.7z'],
  ['a rar archive', ['Rar!\x1a\x07'], '.rar'],
  ['a cabinet archive', ['MSCF\0\0\0\0']],
  ['a Debian package', ['!<arch>\ndebian'], '.deb'],
  ['an RPM package', ['\xed\xab\xee\xdb'], '.rpm'],
  ['a Git pack', ['PACK\0\0\0']],
  ['a Git bundle', ['# v2 git bundle\n', '# v3 git bundle\n']],
  ['an lzfse file', ['bvx-\0', 'bvx1\0', 'bvx2\0', 'bvxn\0'], '.lzfse'],
  ['an lha archive', Array.from('14567', (method) => `··-lh${method}-\0`), '.lha .lzh'],
  ['a zpaq archive', ['7kSt', 'zPQ\x02'], '.zpaq'],
  ['a xar archive', ['xar!\0'], '.xar'],
  ['a Windows image', ['MSWIM\0\0\0'], '.wim'],
  ['a squashfs image', ['hsqs\0', 'sqsh\0', 'shsq\0', 'qshs\0'], '.squashfs .sqsh .sqfs'],
  ['a qcow disk image', ['QFI\xfb'], '.qcow2'],
  ['a VMware disk image', ['KDMV\x01', 'COWD\x01'], '.vmdk'],
  ['a Parquet file', ['PAR1\x15', 'PARE\x15'], '.parquet'],
  ['an Avro file', ['Obj\x01'], '.avro'],
  ['an ORC file', ['ORC\n\x1e', 'ORC·\0'], '.orc'],
  ['an Arrow file', ['ARROW1\0\0', 'FEA1\x01'], '.feather'],
  ['an HDF5 file', ['\x89HDF\r\n\x1a\n'], '.h5 .hdf5'],
  ['a Lucene index', ['?\xd7l\x17']],
  ['a systemd journal', ['LPKSHHRH']],
  ['a PostgreSQL dump', ['PGDMP']],
  ['a Redis dump', ['REDIS00']],
  ['a PDF', ['%PDF-'], '.pdf'],
  ['an Office document', ['\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1']],
  ['a PNG image', ['\x89PNG\r\n\x1a\n']],
  ['a JPEG image', ['\xff\xd8\xff']],
  ['a GIF image', ['GIF87a', 'GIF89a']],
  ['a WebP image', ['RIFF····WEBP']],
  ['a TIFF image', ['II*\0', 'MM\0*']],
  ['an age file', ['age-encryption.org/', '-----BEGIN AGE ENCRYPTED FILE-----'], '.age'],
  ['an OpenPGP message', ['-----BEGIN PGP MESSAGE'], '.gpg .pgp'],
  ['a file that OpenSSL has encrypted', ['Salted__', 'U2FsdGVkX1']],
  ['an Ansible vault', ['$ANSIBLE_VAULT;']],
  [
    'a Java keystore',
    ['\xfe\xed\xfe\xed', '\xce\xce\xce\xce'],
    '.jks .jceks .bks .keystore .truststore',
  ],
  [
    'a PKCS#12 keystore',
    ['0\x81·\x02\x01\x03', '0\x82··\x02\x01\x03', '0\x83···\x02\x01\x03', '0\x80\x02\x01\x03'],
    '.p12 .pfx',
  ],
  ['a KeePass database', ['\x03\xd9\xa2\x9a'], '.kdbx .kdb'],
  ['an encrypted volume', ['LUKS\xba\xbe', 'SKUL\xba\xbe']],
  ['a core dump', [`${LITTLE_ELF}\x04\0`, `${BIG_ELF}\0\x04`, 'MDMP\x93\xa7']],
  ['a Java heap dump', ['JAVA PROFILE 1.', '\0\x15portable heap dump'], '.hprof .phd'],
  ['an SQLite database', ['SQLite format 3\0']],
  ['a bbolt database', [`${'·'.repeat(16)}\xed\xda\x0c\xed`, `${'·'.repeat(16)}\xed\x0c\xda\xed`]],
];

const NOT_OPAQUE: readonly (readonly [what: string, beginning: string])[] = [
  ['words that begin like a magic', 'BZhang wrote: PKware, GIF, LUKS, 7zip, Rar!'],
  ['an armored public key', '-----BEGIN PGP PUBLIC KEY BLOCK-----\n'],
  ['a PEM', '-----BEGIN CERTIFICATE-----\n'],
  ['a program', `${LITTLE_ELF}\x02\0`],
  ['a program whose numbers begin with the greatest byte', `${BIG_ELF}\0\x02`],
  ['a program whose type has the wrong byte order', `${LITTLE_ELF}\0\x04`],
  ['another such program', `${BIG_ELF}\x04\0`],
  ['the fields of a core dump alone', `····\0\x01${'\0'.repeat(10)}\x04\0`],
  ['the fields of a core dump in the other order alone', `····\0\x02${'\0'.repeat(10)}\0\x04`],
  ['sound', 'RIFF····WAVEfmt '],
  ['a text about WebP', 'what is WEBP?'],
  ['a certificate of DER', '0\x82\x05\x10\x30\x82\x04\x0c'],
  ['short DER', '0\x81\x81\x30\x7f'],
  ['long DER', '0\x83\x01\x02\x03\x30\x83'],
  ['a version without its sequence', '··\x81\x02\x01\x03'],
  ['a version at another place without its sequence', '···\x82\x02\x01\x03'],
  ['a version behind them without its sequence', '····\x83\x02\x01\x03'],
  ['a word that begins like a Parquet file', 'PAR1 is a word\tand so is PARE\r\n'],
  ['a word that begins like an ORC file', 'ORCHESTRATOR \x1b[32mstarted\x1b[0m naïve\n\f'],
  ['words that begin like a squashfs image', 'hsqs, sqsh'],
  ['a magic that is not at the beginning', ' SQLite format 3\0'],
];

describe('redact/content/opaque', () => {
  for (const [what, beginnings, endings = ''] of FORMATS) {
    for (const beginning of beginnings) {
      it(`knows ${what} by ${JSON.stringify(beginning)}`, () => {
        assert.equal(opaqueByMagic(bytesOf(`${beginning}·rest`)), what);
        assert.equal(opaqueByMagic(bytesOf(beginning.slice(0, -1))), undefined);
      });
    }

    for (const ending of endings === '' ? [] : endings.split(' ')) {
      it(`knows ${what} by ${ending}`, () => {
        assert.equal(opaqueByName(`in/a${ending}`), what);
        assert.equal(opaqueByName(`a${ending}.log`), undefined);
        // Of `.Z` the small letter is another program's.
        if (ending !== '.Z') assert.equal(opaqueByName(`A${ending.toUpperCase()}`), what);
      });
    }
  }

  for (const [what, beginning] of NOT_OPAQUE) {
    it(`does not know ${what}`, () => {
      assert.equal(opaqueByMagic(bytesOf(beginning)), undefined);
    });
  }

  for (const { name, der } of PRIVATE_KEYS) {
    it(`knows ${name} in DER`, () => {
      assert.equal(opaqueByMagic(der), 'a private key');
      assert.equal(opaqueByMagic(bytesOf(der.toString('base64'))), undefined);
    });
  }

  for (const { name, der } of NO_PRIVATE_KEYS) {
    it(`does not know ${name} in DER`, () => {
      assert.equal(opaqueByMagic(der), undefined);
    });
  }

  it('does not take .z for .Z', () => {
    assert.equal(opaqueByName('a.z'), undefined);
  });
});

function bytesOf(text: string): Buffer {
  return Buffer.from(text, 'latin1');
}
