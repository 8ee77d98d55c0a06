/** collect/copy: from which pods, to which paths, and how failures are told. */

import assert from 'node:assert/strict';

import type { Fields } from '../../../agent/collect/collector.ts';
import { Paths, toEntries } from '../../../agent/collect/entries.ts';
import { copy } from '../../../agent/collect/workload/copy.ts';
import { AgentError } from '../../../agent/errors.ts';
import { type Member, tarOf } from '../../support/bundles.ts';
import { collectContext, gather } from '../../support/collect.ts';
import { drain } from '../../support/generators.ts';
import type { FakeExecution, FakeKube } from '../../support/kube.ts';
import { shop } from '../../support/workload-kube.ts';

const FIELDS = {
  name: 'facts',
  namespace: 'shop',
  selector: ['app=web'],
  containerPath: '/var/data',
};
const FAILED = { kind: 'failed', message: 'command terminated with exit code 2' } as const;

async function shopWith(execution: FakeExecution | readonly Member[]): Promise<FakeKube> {
  const kube = shop();
  const done = 'at' in execution ? { stdout: await tarOf(execution) } : execution;
  kube.onExec = ({ pod }) => (pod === 'web-2' ? {} : done);
  return kube;
}

async function copyWith(execution: FakeExecution | readonly Member[], fields: Fields = {}) {
  const kube = await shopWith(execution);
  return { kube, ...(await gather(copy, { ...FIELDS, ...fields }, { kube })) };
}

describe('collect/copy', () => {
  it('copies out of the first container of each selected pod', async () => {
    const { kube, files, problems } = await copyWith([
      { name: 'data/a.txt', body: 'text' },
      { name: 'data/link', type: 'symlink', linkname: 'a.txt' },
    ]);

    assert.deepEqual(
      kube.executed.map(({ pod, container }) => `${pod}/${container}`),
      ['web-1/app', 'web-2/app'],
    );
    assert.deepEqual(files, { 'facts/shop/web-1/var/data/a.txt': 'text' });
    assert.equal(problems.filter(({ message }) => message.includes('web-1')).length, 0);
  });

  it('copies out of the container that is named, and has it in the path', async () => {
    const { kube, files } = await copyWith([{ name: 'data', body: 'x' }], {
      containerName: 'sidecar',
    });

    assert.equal(kube.executed[0]?.container, 'sidecar');
    assert.deepEqual(Object.keys(files).slice(0, 1), ['facts/shop/web-1/sidecar/var/data']);
  });

  it('leaves a path that leads out of the bundle to the engine, which leaves it out', async () => {
    const kube = await shopWith([{ name: '../../../../../etc/passwd', body: 'x' }]);
    const pieces = await drain(copy.collect(FIELDS, collectContext({ kube })));
    const [piece] = pieces.filter(({ kind }) => kind === 'file');
    assert.ok(piece?.kind === 'file');

    const [entry] = await drain(toEntries(piece, 'copy', new Paths()));

    assert.equal(piece.path, 'facts/shop/web-1/var/../../../../../etc/passwd');
    assert.equal(entry?.kind, 'left-out');
  });

  it('writes how the command failed, and what it said', async () => {
    const stderr = 'tar: data: No such file or directory\n';
    const { files, problems } = await copyWith({ stderr, ending: FAILED });

    const path = 'facts/shop/web-1/var/data-errors.json';
    const errors: unknown = JSON.parse(files[path] ?? '');
    const message = `failed to stream command output: ${FAILED.message}`;
    assert.deepEqual(errors, { '/var/data/error': message, '/var/data/stderr': stderr });
    const told = problems.filter((one) => one.message.startsWith(path));
    assert.deepEqual(
      told.map(({ outcome }) => outcome),
      ['partial', 'partial'],
    );
    assert.equal(told[0]?.message, `${path}: ${message}`);
  });

  it('writes nothing of stderr where that is empty', async () => {
    const { files } = await copyWith({ ending: FAILED });

    const errors: unknown = JSON.parse(files['facts/shop/web-1/var/data-errors.json'] ?? '');
    assert.deepEqual(Object.keys(Object(errors)), ['/var/data/error']);
  });

  it('keeps the files before a cut, and names the cut', async () => {
    const tar = await tarOf([
      { name: 'data/a', body: 'first' },
      { name: 'data/b', body: 'second' },
    ]);
    const { files } = await copyWith({ stdout: tar.subarray(0, 3 * 512 + 3) });

    assert.equal(files['facts/shop/web-1/var/data/a'], 'first');
    assert.match(files['facts/shop/web-1/var/data-errors.json'] ?? '', /what tar wrote/);
    assert.ok(!('facts/shop/web-1/var/data/b' in files));
  });

  it('counts as forbidden where commands are', async () => {
    const kube = await shopWith([]);
    kube.fail('/shop/web-1/app', new AgentError('KUBE_FORBIDDEN', 'no exec'));

    const { problems } = await gather(copy, FIELDS, { kube });

    const path = 'facts/shop/web-1/var/data-errors.json';
    const message = `${path}: failed to stream command output: no exec`;
    assert.deepEqual(
      problems.find((one) => one.message.startsWith(path)),
      { outcome: 'forbidden', message },
    );
  });

  it('gives nothing where no pod is found, and says so', async () => {
    const { files, problems } = await copyWith([], { selector: ['app=nobody'] });

    assert.deepEqual(files, {});
    assert.deepEqual(problems, [
      { outcome: 'named', message: 'there is no pod with app=nobody in the namespace shop' },
    ]);
  });

  it('writes why pods cannot be listed', async () => {
    const kube = await shopWith([]);
    kube.fail('/api/v1/namespaces/shop/pods', new AgentError('KUBE_FORBIDDEN', 'no pods'));

    const { files, problems } = await gather(copy, FIELDS, { kube });

    assert.deepEqual(files, { 'facts-errors.json': '[\n  "no pods"\n]' });
    assert.equal(problems[0]?.outcome, 'forbidden');
  });

  it('ends with the reason of its signal', async () => {
    const controller = new AbortController();
    const kube = await shopWith([]);
    kube.onExec = () => {
      controller.abort(new AgentError('RUN_ABORTED', 'over'));
      return {};
    };
    const parts = { kube, signal: controller.signal };

    await assert.rejects(gather(copy, FIELDS, parts), { code: 'RUN_ABORTED' });
  });
});
