/** Checking bundles: an intact one, and every way in which one can differ from its manifest. */

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';

import { writeArchive } from '../../agent/archive/archive.ts';
import { formatManifest } from '../../agent/archive/manifest.ts';
import { verifyBundle } from '../../agent/archive/verify.ts';
import {
  chunksOf,
  fileEntry,
  from,
  linkEntry,
  type Member,
  tarGzipOf,
  tarOf,
  temporaryFolder,
} from '../support/bundles.ts';
import { never } from '../support/signal.ts';

const TOP = 'support-bundle-2026-11-22T02_00_00';
const FACTS = {
  agentVersion: '0.1.0',
  engine: { kind: 'cli', version: 'v0.133.0' },
  runId: '20261122T020000Z-1f3a',
  installationId: 'ab',
  createdAt: '2026-11-22T02:00:00Z',
  specs: [],
  notices: [],
} as const;

const A: Member = { name: `${TOP}/a`, body: 'first' };
const B: Member = { name: `${TOP}/b/c`, body: '' };
const LINK: Member = { name: `${TOP}/d`, type: 'symlink', linkname: 'b/c' };
const MANIFEST: Member = { name: `${TOP}/collection-manifest.json`, body: manifestText() };

describe('archive/verify', () => {
  const folder = temporaryFolder();

  it('finds a bundle intact that was just written', async () => {
    const file = join(folder(), 'bundle.tar.gz');
    const { bundle } = await writeArchive(
      from(fileEntry('a', 'first'), linkEntry('b', 'a'), fileEntry('c', 'x'.repeat(100_000))),
      { topFolder: TOP, file, maxUncompressedBytes: 1e6, facts: FACTS },
      never(),
    );

    const found = await verifyBundle(chunksOf(readFileSync(file), 1000), never());

    assert.deepEqual(found.problems, []);
    assert.equal(found.isIntact, true);
    assert.equal(found.name, TOP);
    assert.equal(found.files, bundle.files);
    assert.equal(found.bytes, bundle.uncompressedBytes);
    assert.equal(found.sha256, bundle.sha256);
    assert.equal(found.manifest?.runId, FACTS.runId);
  });

  it('finds the bundle of the other tests intact', async () => {
    assert.deepEqual(await problemsOf([A, B, LINK, MANIFEST]), []);
  });

  const differences: readonly [string, readonly Member[], readonly string[]][] = [
    ['a missing file', [B, LINK, MANIFEST], ['a is missing']],
    ['a missing link', [A, B, MANIFEST], ['d is missing']],
    ['another length', [{ ...A, body: 'firs' }, B, LINK, MANIFEST], ['a has 4 bytes, not 5']],
    ['other contents', [{ ...A, body: 'worst' }, B, LINK, MANIFEST], ['a has other contents']],
    [
      'a link that leads elsewhere',
      [A, B, { ...LINK, linkname: '/etc/passwd' }, MANIFEST],
      ['d leads to /etc/passwd, not b/c'],
    ],
    [
      'a file that the manifest does not know',
      [A, B, LINK, { name: `${TOP}/e`, body: 'x' }, MANIFEST],
      ['e is not in the manifest'],
    ],
    [
      'a link that the manifest does not know',
      [A, B, LINK, { ...LINK, name: `${TOP}/e` }, MANIFEST],
      ['e is not in the manifest'],
    ],
    [
      'a file in the place of a link',
      [A, B, { name: LINK.name, body: 'x' }, MANIFEST],
      ['d is not in the manifest', 'd is missing'],
    ],
    ['a file that occurs twice', [A, A, B, LINK, MANIFEST], [`${TOP}/a occurs twice`]],
    [
      'a file after the manifest',
      [A, LINK, MANIFEST, B],
      [`${TOP}/b/c comes after the manifest`, 'b/c is missing'],
    ],
    [
      'a second manifest',
      [A, B, LINK, MANIFEST, MANIFEST],
      [`${TOP}/collection-manifest.json comes after the manifest`],
    ],
    [
      'a second top folder',
      [A, B, LINK, { name: 'other/a', body: 'x' }, MANIFEST],
      ['other/a is not a path below the one top folder'],
    ],
    [
      'a path that leads out',
      [A, B, LINK, { name: `${TOP}/../a`, body: 'x' }, MANIFEST],
      [`${TOP}/../a is not a path below the one top folder`],
    ],
    [
      'a hard link',
      [A, B, LINK, { name: `${TOP}/e`, type: 'link', linkname: 'a' }, MANIFEST],
      [`${TOP}/e is of a kind that has no place there`],
    ],
    [
      'a manifest that is a link',
      [A, B, LINK, { name: MANIFEST.name, type: 'symlink', linkname: 'a' }],
      [
        `${MANIFEST.name} is of a kind that has no place there`,
        'there is no collection-manifest.json: not a bundle of cron-support-bundle (those that support-bundle writes have none)',
      ],
    ],
    [
      'a manifest of nothing that is known',
      [A, B, LINK, { ...MANIFEST, body: '{"schemaVersion":2}' }],
      ['collection-manifest.json cannot be understood'],
    ],
    [
      'a manifest that is no JSON',
      [A, { ...MANIFEST, body: 'x' }],
      ['collection-manifest.json cannot be understood'],
    ],
    [
      'another top folder than the manifest says',
      [A, B, LINK, MANIFEST].map((member) => ({
        ...member,
        name: member.name.replace(TOP, 'support-bundle-other'),
      })),
      [`the top folder is support-bundle-other, not ${TOP}`],
    ],
    [
      'a name that would play tricks on a terminal',
      [A, B, LINK, { name: `${TOP}/\u001b[2Je\n`, body: 'x' }, MANIFEST],
      ['[2Je is not in the manifest'],
    ],
  ];
  for (const [what, members, problems] of differences) {
    it(`names ${what}`, async () => {
      assert.deepEqual(await problemsOf(members), problems);
    });
  }

  it('names all differences at once', async () => {
    const problems = await problemsOf([{ ...A, body: 'worst' }, LINK, MANIFEST]);

    assert.deepEqual(problems, ['a has other contents', 'b/c is missing']);
  });

  it('says that a bundle of support-bundle has no manifest', async () => {
    const [problem, ...more] = await problemsOf([{ name: `${TOP}/version.yaml`, body: 'x' }]);

    assert.match(String(problem), /^there is no collection-manifest.json: .*support-bundle/);
    assert.deepEqual(more, []);
  });

  for (const text of [
    'age-encryption.org/v1\n-> X25519 …',
    '-----BEGIN AGE ENCRYPTED FILE-----\n',
  ]) {
    it(`says how to decrypt what begins with ${text.slice(0, 20)}`, async () => {
      const { problems } = await verifyBundle(chunksOf(Buffer.from(text), 3), never());

      assert.match(String(problems[0]), /age --decrypt/);
    });
  }

  for (const [what, bytes] of [
    ['an empty file', Buffer.alloc(0)],
    ['a page of a web server', Buffer.from('<html>')],
  ] as const) {
    it(`says that ${what} is no bundle`, async () => {
      const { problems } = await verifyBundle(chunksOf(bytes), never());

      assert.match(String(problems[0]), /^not a bundle/);
    });
  }

  for (const [what, damage] of [
    ['is cut off', (bundle: Buffer) => bundle.subarray(0, -10)],
    ['has bytes after its end', (bundle: Buffer) => Buffer.concat([bundle, Buffer.from('x')])],
    ['has zeros after its end', (bundle: Buffer) => Buffer.concat([bundle, Buffer.alloc(9)])],
  ] as const) {
    it(`says that a bundle ${what}`, async () => {
      const bundle = await tarGzipOf([A, B, LINK, MANIFEST]);
      const { problems } = await verifyBundle(chunksOf(damage(bundle)), never());

      assert.match(problems.join('\n'), /^the bundle is cut off or damaged: /);
    });
  }

  it('says that a tar file has bytes after its end', async () => {
    const tar = Buffer.concat([await tarOf([A, B, LINK, MANIFEST]), Buffer.alloc(512, 'x')]);
    const { problems } = await verifyBundle(chunksOf(gzipSync(tar)), never());

    assert.match(problems.join('\n'), /^the bundle is cut off or damaged: /);
  });

  it('closes its source whatever it is', async () => {
    const source = Readable.from([Buffer.from('age-encryption.org/v1\n')]);
    await verifyBundle(source, never());

    assert.equal(source.destroyed, true);
  });

  it('rejects when the source cannot be read', async () => {
    const error = Object.assign(new Error('EIO: i/o error, read'), { syscall: 'read' });
    async function* failing() {
      yield gzipSync('x'.repeat(100));
      throw error;
    }

    await assert.rejects(verifyBundle(failing(), never()), (thrown) => thrown === error);
  });

  it('rejects when the signal aborts', async () => {
    const reason = new Error('SIGINT');
    const bundle = await tarGzipOf([A, MANIFEST]);

    await assert.rejects(
      verifyBundle(chunksOf(bundle), AbortSignal.abort(reason)),
      (thrown) => thrown === reason,
    );
  });
});

async function problemsOf(members: readonly Member[]): Promise<readonly string[]> {
  const { problems, isIntact } = await verifyBundle(chunksOf(await tarGzipOf(members)), never());
  assert.equal(isIntact, problems.length === 0);
  return problems;
}

function manifestText(): string {
  const files = [A, B].map(({ name, body = '' }) => ({
    path: name.slice(TOP.length + 1),
    bytes: Buffer.byteLength(String(body)),
    sha256: createHash('sha256').update(body).digest('hex'),
    collector: null,
    redactions: 0,
    rules: {},
  }));
  const links = [{ path: 'd', target: 'b/c', collector: null }];
  return formatManifest(TOP, FACTS, { files, links, leftOut: [], collectors: [] });
}
