/** collect/exec: in which pod a command runs, and what is kept of what it writes. */

import assert from 'node:assert/strict';

import { exec } from '../../../agent/collect/workload/exec.ts';
import { AgentError } from '../../../agent/errors.ts';
import { KubeAnswerError } from '../../../agent/kube/api-error.ts';
import type { ExecTarget, Execution } from '../../../agent/kube/client.ts';
import { collectContext, gather } from '../../support/collect.ts';
import { FakeKube } from '../../support/kube.ts';
import { shop } from '../../support/workload-kube.ts';

const FIELDS = {
  name: 'facts',
  namespace: 'shop',
  selector: ['app=web'],
  command: ['cat'],
  args: ['/etc/facts'],
};

/** A command that writes something and then nothing more, until it is ended. */
class SilentKube extends FakeKube {
  override async exec(_target: ExecTarget, signal: AbortSignal): Promise<Execution> {
    async function* output() {
      yield { stream: 'stdout' as const, chunk: Buffer.from('begun\n') };
      await new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason));
      });
    }
    return { output: output(), ending: Promise.resolve({ kind: 'succeeded' }) };
  }
}

describe('collect/exec', () => {
  it('runs in the first container of the first pod', async () => {
    const kube = shop();
    kube.onExec = () => ({ stdout: 'one fact\n', stderr: 'a warning\n' });
    const { files, problems } = await gather(exec, FIELDS, { kube });

    assert.deepEqual(kube.executed, [
      { namespace: 'shop', pod: 'web-1', container: 'app', command: ['cat', '/etc/facts'] },
    ]);
    assert.deepEqual(files, {
      'facts/shop/web-1/app-stdout.txt': 'one fact\n',
      'facts/shop/web-1/app-stderr.txt': 'a warning\n',
    });
    assert.deepEqual(problems, []);
  });

  it('takes the container that is named, and names files after the collector', async () => {
    const kube = shop();
    kube.onExec = () => ({ stdout: 'x' });
    const named = { ...FIELDS, containerName: 'sidecar', collectorName: 'mine' };
    const { files } = await gather(exec, named, { kube });

    assert.equal(kube.executed[0]?.container, 'sidecar');
    assert.deepEqual(Object.keys(files), ['facts/shop/web-1/mine-stdout.txt']);
  });

  it('names how a command failed beside what it wrote', async () => {
    const kube = shop();
    const ending = { kind: 'failed', message: 'command terminated with exit code 3' } as const;
    kube.onExec = () => ({ stdout: 'half', ending });
    const { files, problems } = await gather(exec, FIELDS, { kube });

    assert.deepEqual(files, {
      'facts/shop/web-1/app-stdout.txt': 'half',
      'facts/shop/web-1/app-errors.json': '[\n  "command terminated with exit code 3"\n]',
    });
    assert.equal(problems[0]?.outcome, 'partial');
  });

  it('names a command that may not be started', async () => {
    const kube = shop();
    const answer = { statusCode: 403, apiMessage: 'pods/exec is forbidden' };
    kube.fail('/shop/web-1/app', new KubeAnswerError('KUBE_FORBIDDEN', 'no', answer));
    const { files, problems } = await gather(exec, FIELDS, { kube });

    assert.deepEqual(Object.values(files), ['[\n  "pods/exec is forbidden"\n]']);
    assert.equal(problems[0]?.outcome, 'forbidden');
  });

  it('gives nothing where no pod is found, and says so', async () => {
    const { files, problems } = await gather(exec, FIELDS);

    assert.deepEqual(files, {});
    assert.deepEqual(problems, [
      { outcome: 'named', message: 'there is no pod with app=web in the namespace shop' },
    ]);
  });

  for (const [fields, path] of [
    [{ name: 'facts' }, 'facts-errors.json'],
    [{ collectorName: 'mine' }, 'mine-errors.json'],
    [{}, 'errors.json'],
  ] as const) {
    it(`writes ${path} where pods cannot be listed`, async () => {
      const kube = new FakeKube();
      kube.fail('/api/v1/pods', new AgentError('KUBE_FAILED', 'it broke'));
      const { files, problems } = await gather(exec, fields, { kube });

      assert.deepEqual(files, { [path]: '[\n  "it broke"\n]' });
      assert.equal(problems[0]?.outcome, 'failed');
    });
  }

  it('ends the command at its timeout and keeps what came', async () => {
    const kube = new SilentKube({
      '/api/v1/namespaces/shop/pods/web-1': {
        metadata: { labels: { app: 'web' } },
        spec: { containers: [{ name: 'app' }] },
      },
    });
    const pieces = exec.collect({ ...FIELDS, timeout: '1ms' }, collectContext({ kube }));
    const paths: string[] = [];
    await assert.rejects(async () => {
      for await (const piece of pieces) if (piece.kind === 'file') paths.push(piece.path);
    }, /^Error: timeout$/);

    assert.deepEqual(paths, ['facts/shop/web-1/app-stdout.txt']);
  });

  it('refuses a timeout that Go would refuse, in its words', async () => {
    await assert.rejects(gather(exec, { ...FIELDS, timeout: '5' }), {
      message: 'time: missing unit in duration "5"',
    });
  });

  it('asks for the rights that troubleshoot asks for, in its namespace', () => {
    const required = exec.rules(FIELDS).filter(({ isRequired }) => isRequired === true);

    assert.deepEqual(
      required.map(({ resources, verbs, namespace }) => [resources, verbs, namespace]),
      [
        [['pods'], ['list'], 'shop'],
        [['pods/exec'], ['create'], 'shop'],
      ],
    );
  });
});
