/** collect/pod-files: files out of a tar that a container writes, and why some are missing. */

import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';

import type { FilePiece } from '../../../agent/collect/collector.ts';
import {
  type CopyFailure,
  readPodFiles,
  readPodTar,
} from '../../../agent/collect/workload/pod-files.ts';
import { AgentError } from '../../../agent/errors.ts';
import type { ExecTarget, Execution } from '../../../agent/kube/client.ts';
import { type Member, tarOf } from '../../support/bundles.ts';
import { collectContext } from '../../support/collect.ts';
import { drain } from '../../support/generators.ts';
import { type FakeExecution, FakeKube } from '../../support/kube.ts';

const FILES = { namespace: 'shop', pod: 'web', container: 'app', containerPath: '/data' };
const MEMBERS: readonly Member[] = [
  { name: 'data/', type: 'directory' },
  { name: 'data/a.txt', body: 'text' },
  { name: 'data/link', type: 'symlink', linkname: 'a.txt' },
  { name: 'data/again', type: 'link', linkname: 'data/a.txt' },
  { name: 'data/null', type: 'character-device' },
  { name: 'data/pipe', type: 'fifo' },
  { name: 'data/empty', body: '' },
  { name: 'data/sub/b.txt', body: 'deep' },
];
const FAILED = { kind: 'failed', message: 'command terminated with exit code 2' } as const;

interface Read {
  readonly files: Readonly<Record<string, string>>;
  readonly failure: CopyFailure | undefined;
}

async function readAll(pieces: AsyncGenerator<FilePiece, CopyFailure | undefined>): Promise<Read> {
  const files: Record<string, string> = {};
  for (;;) {
    const next = await pieces.next();
    if (next.done === true) return { files, failure: next.value };
    files[next.value.path] = Buffer.concat(await drain(next.value.body.read())).toString('latin1');
  }
}

function kubeWith(execution: FakeExecution): FakeKube {
  const kube = new FakeKube();
  kube.onExec = () => execution;
  return kube;
}

async function extract(execution: FakeExecution, kube = kubeWith(execution)): Promise<Read> {
  return await readAll(readPodFiles(FILES, collectContext({ kube })));
}

/** Writes this and then breaks off, or does what the signal wants. */
class BreakingKube extends FakeKube {
  readonly #stdout: Buffer;
  readonly #failure: Error | undefined;

  constructor(stdout: Buffer, failure?: Error) {
    super();
    this.#stdout = stdout;
    this.#failure = failure;
  }

  override async exec(_target: ExecTarget, signal: AbortSignal): Promise<Execution> {
    const [chunk, failure] = [this.#stdout, this.#failure];
    async function* output() {
      yield { stream: 'stdout' as const, chunk };
      // What had come by then has been read.
      await turn();
      if (failure !== undefined) throw failure;
      await new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason), { once: true });
      });
    }
    return { output: output(), ending: new Promise(() => {}) };
  }
}

class BrokenKube extends BreakingKube {
  override async exec(target: ExecTarget, signal: AbortSignal): Promise<Execution> {
    const { output } = await super.exec(target, signal);
    const ending = Promise.reject(new Error('closed'));
    ending.catch(() => undefined);
    return { output, ending };
  }
}

describe('collect/pod-files', () => {
  it('asks tar for the last part of the path, from where it lies', async () => {
    const kube = kubeWith({ stdout: await tarOf([]) });

    for (const containerPath of ['/var/log/app', '/data', 'relative']) {
      await readAll(readPodFiles({ ...FILES, containerPath }, collectContext({ kube })));
    }

    const rest = { namespace: 'shop', pod: 'web', container: 'app' };
    assert.deepEqual(kube.executed, [
      { ...rest, command: ['tar', '-C', '/var/log', '-cf', '-', 'app'] },
      { ...rest, command: ['tar', '-C', '/', '-cf', '-', 'data'] },
      { ...rest, command: ['tar', '-C', '.', '-cf', '-', 'relative'] },
    ]);
  });

  it('gives regular files and nothing else', async () => {
    const { files, failure } = await extract({ stdout: await tarOf(MEMBERS) });

    assert.deepEqual(files, { 'data/a.txt': 'text', 'data/empty': '', 'data/sub/b.txt': 'deep' });
    assert.equal(failure, undefined);
  });

  it('gives paths as they are, also those that lead upwards', async () => {
    const names = ['../../up', '/etc/passwd', 'data/../../x'];
    const stdout = await tarOf(names.map((name) => ({ name, body: 'x' })));

    const { files } = await extract({ stdout });

    assert.deepEqual(Object.keys(files), names);
  });

  it('gives a file that is larger than what is kept in memory', async () => {
    const body = Buffer.alloc(3 * 1024 * 1024, 'large ');

    const { files } = await extract({ stdout: await tarOf([{ name: 'a', body }]) });

    assert.ok(Buffer.from(files['a'] ?? '', 'latin1').equals(body));
  });

  it('says how the command failed, with what it said', async () => {
    const stderr = 'tar: data: No such file or directory\n';

    const { files, failure } = await extract({ stderr, ending: FAILED });

    assert.deepEqual(files, {});
    assert.equal(failure?.message, `failed to stream command output: ${FAILED.message}`);
    assert.equal(failure.stderr, stderr);
  });

  it('keeps no more than the beginning of what it said', async () => {
    const { failure } = await extract({ stderr: 'x'.repeat(100_000), ending: FAILED });

    assert.equal(failure?.stderr.length, 65_536);
  });

  it('keeps files that came before the command failed', async () => {
    const { files, failure } = await extract({ stdout: await tarOf(MEMBERS), ending: FAILED });

    assert.equal(files['data/a.txt'], 'text');
    assert.match(failure?.message ?? '', /exit code 2$/);
  });

  for (const [what, from] of [
    ['in a body', 512 + 512 + 2],
    ['in a header', 512 + 1024 + 100],
  ] as const) {
    it(`names a tar that is cut off ${what}`, async () => {
      const stdout = (await tarOf(MEMBERS)).subarray(0, from);

      const { files, failure } = await extract({ stdout });

      assert.deepEqual(Object.keys(files), what === 'in a body' ? [] : ['data/a.txt']);
      assert.match(
        failure?.message ?? '',
        /^failed to stream command output: what tar wrote cannot be read: /,
      );
    });
  }

  it('names what is no tar', async () => {
    const { failure } = await extract({ stdout: Buffer.alloc(2048, 'x') });

    assert.match(failure?.message ?? '', /what tar wrote cannot be read/);
  });

  it('says that the connection broke, and takes that for no fault of tar', async () => {
    const half = (await tarOf(MEMBERS)).subarray(0, 2048);
    const kube = new BrokenKube(half, new AgentError('KUBE_UNREACHABLE', 'connection reset'));

    const { files, failure } = await extract({}, kube);

    assert.equal(files['data/a.txt'], 'text');
    assert.equal(failure?.message, 'failed to stream command output: connection reset');
  });

  it('says that the command may not be started', async () => {
    const kube = new FakeKube();
    kube.fail('/shop/web/app', new AgentError('KUBE_FORBIDDEN', 'no exec'));

    const { failure } = await extract({}, kube);

    assert.equal(failure?.message, 'failed to stream command output: no exec');
    assert.ok(failure.cause instanceof AgentError && failure.cause.code === 'KUBE_FORBIDDEN');
  });

  it('rejects with the reason of the signal', async () => {
    const controller = new AbortController();
    const kube = new BreakingKube((await tarOf(MEMBERS)).subarray(0, 2048));
    const context = collectContext({ kube, signal: controller.signal });
    const pieces = readPodFiles(FILES, context);
    await pieces.next();
    const reason = new Error('over');
    setImmediate(() => controller.abort(reason));

    await assert.rejects(pieces.next(), (error) => error === reason);
  });
});

describe('collect/pod-files: the tar itself', () => {
  async function whole(execution: FakeExecution, kube = kubeWith(execution)): Promise<Read> {
    return await readAll(readPodTar(FILES, 'archive.tar', collectContext({ kube })));
  }

  it('is one file, byte by byte', async () => {
    const stdout = await tarOf(MEMBERS);

    const { files, failure } = await whole({ stdout });

    assert.deepEqual(files, { 'archive.tar': stdout.toString('latin1') });
    assert.equal(failure, undefined);
  });

  it('is kept as far as it came', async () => {
    const failed = await whole({ stdout: 'half', stderr: 'oh', ending: FAILED });
    const broken = new AgentError('KUBE_UNREACHABLE', 'connection reset');
    const cut = await whole({}, new BrokenKube(Buffer.from('half'), broken));

    for (const { files } of [failed, cut]) assert.deepEqual(files, { 'archive.tar': 'half' });
    assert.equal(failed.failure?.stderr, 'oh');
    assert.match(failed.failure.message, /exit code 2$/);
    assert.match(cut.failure?.message ?? '', /connection reset$/);
  });
});
