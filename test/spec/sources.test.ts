/** spec/sources: the texts a REF leads to. */

import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';

import { AgentError } from '../../agent/errors.ts';
import { parseRefs } from '../../agent/spec/ref.ts';
import { readRef, type Source } from '../../agent/spec/sources.ts';
import { FakeKube } from '../support/kube.ts';
import { never } from '../support/signal.ts';
import { configMap, secret } from '../support/spec.ts';

const SECRET = '/api/v1/namespaces/shop/secrets/spec';

describe('spec/sources', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'spec-sources-'));
  });
  after(() => rm(folder, { recursive: true }));

  it('reads the well-known keys of a Secret, decoded', async () => {
    const texts = { 'support-bundle-spec': 'a: ä', 'redactor-spec': 'b: 2', other: 'x' };
    const kube = new FakeKube({ [SECRET]: secret(texts) });

    const sources = await read('secret/shop/spec', { kube });

    assert.deepEqual(
      sources.map(({ source, text }) => [source, text]),
      [
        ['secret/shop/spec/support-bundle-spec', 'a: ä'],
        ['secret/shop/spec/redactor-spec', 'b: 2'],
      ],
    );
    assert.match(sources[0]?.sha256 ?? '', /^[0-9a-f]{64}$/);
  });

  it('reads one key of a ConfigMap, if the REF names it', async () => {
    const path = '/api/v1/namespaces/shop/configmaps/spec';
    const kube = new FakeKube({ [path]: configMap({ mine: 'a: 1', 'support-bundle-spec': 'b' }) });

    const sources = await read('configmap/shop/spec/mine', { kube });

    assert.deepEqual(
      sources.map(({ text }) => text),
      ['a: 1'],
    );
  });

  it('says that the Secret is missing', async () => {
    await assert.rejects(read('secret/shop/spec'), {
      code: 'SPEC_MISSING',
      message: 'secret/shop/spec: there is no such object',
    });
  });

  it('says which keys are there when the wanted one is not, without their values', async () => {
    const kube = new FakeKube({ [SECRET]: secret({ zebra: 'password', apple: 'x' }) });

    await assert.rejects(read('secret/shop/spec', { kube }), {
      code: 'SPEC_MISSING',
      message:
        'secret/shop/spec has no key support-bundle-spec or redactor-spec: it has the keys apple, zebra',
    });
    await assert.rejects(read('secret/shop/spec/mine', { kube }), { message: /has no key mine/ });
  });

  it('says so of a Secret without any key', async () => {
    const kube = new FakeKube({ [SECRET]: { kind: 'Secret' } });

    await assert.rejects(read('secret/shop/spec', { kube }), { message: /it has no keys$/ });
  });

  it('says which right is missing', async () => {
    const kube = new FakeKube();
    kube.fail(SECRET, 'KUBE_FORBIDDEN');

    await assert.rejects(read('secret/shop/spec', { kube }), {
      code: 'KUBE_FORBIDDEN',
      message:
        "secret/shop/spec: the agent's ServiceAccount lacks the right to get secrets/spec in the namespace shop",
    });
  });

  for (const code of ['KUBE_UNREACHABLE', 'KUBE_TIMEOUT', 'KUBE_UNAUTHORIZED'] as const) {
    it(`passes ${code} on`, async () => {
      const kube = new FakeKube();
      kube.fail(SECRET, code);

      await assert.rejects(read('secret/shop/spec', { kube }), { code });
    });
  }

  it('reads a file and standard input without a cluster', async () => {
    const file = join(folder, 'spec.yaml');
    await writeFile(file, 'a: 1');
    const kube = (): never => assert.fail('the cluster was asked');

    assert.deepEqual((await read(file, { connect: kube }))[0]?.text, 'a: 1');
    assert.deepEqual((await read('-', { connect: kube, stdin: 'b: 2' }))[0]?.text, 'b: 2');
  });

  it('tells a missing file from an unreadable one', async () => {
    await assert.rejects(read(join(folder, 'nothing')), { code: 'SPEC_MISSING' });
    await assert.rejects(read(folder), { code: 'SPEC_UNREADABLE' });
  });

  it('refuses a spec of 5 MB, from wherever it comes', async () => {
    const text = 'x'.repeat(5_000_000);
    const file = join(folder, 'large.yaml');
    await writeFile(file, text);
    const kube = new FakeKube({ [SECRET]: secret({ 'support-bundle-spec': text }) });

    for (const ref of ['secret/shop/spec', file, '-']) {
      await assert.rejects(read(ref, { kube, stdin: text }), {
        code: 'SPEC_TOO_LARGE',
        message: /at most 1024 KiB/,
      });
    }
  });

  it('stops reading what never ends', async () => {
    await assert.rejects(read('/dev/zero'), { code: 'SPEC_TOO_LARGE' });
  });

  it('refuses bytes that are not UTF-8', async () => {
    const file = join(folder, 'latin1');
    await writeFile(file, Buffer.from([0x61, 0xe4, 0x62]));

    await assert.rejects(read(file), { code: 'SPEC_UNREADABLE' });
  });

  it('takes a byte order mark off', async () => {
    assert.equal((await read('-', { stdin: '\ufeffa: 1' }))[0]?.text, 'a: 1');
  });

  it('refuses a URL unless SPEC_REMOTE allows it', async () => {
    await assert.rejects(read('https://user:password@example.com/spec?token=abc'), (error) => {
      assert.ok(error instanceof AgentError);
      assert.equal(error.code, 'SPEC_REMOTE_DENIED');
      assert.ok(!/password|abc/.test(error.message));
      return true;
    });
  });

  it('stops waiting for standard input when the signal aborts', async () => {
    const controller = new AbortController();
    const [ref] = parseRefs(['-']);
    assert.ok(ref !== undefined);
    const stdin = new Readable({ read: () => undefined });
    const reading = readRef(
      ref,
      { kube: () => Promise.resolve(new FakeKube()), stdin, allowRemote: false },
      controller.signal,
    );

    controller.abort(new Error('stop'));

    await assert.rejects(reading);
  });
});

async function read(
  text: string,
  options: { kube?: FakeKube; connect?: () => never; stdin?: string } = {},
): Promise<readonly Source[]> {
  const { kube = new FakeKube(), connect = () => Promise.resolve(kube), stdin = '' } = options;
  const [ref] = parseRefs([text]);
  assert.ok(ref !== undefined);
  const access = { kube: connect, stdin: Readable.from([Buffer.from(stdin)]), allowRemote: false };
  return await readRef(ref, access, never());
}
