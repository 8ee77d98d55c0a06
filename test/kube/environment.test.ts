/** kube/environment: what a child needs to reach the same cluster. */

import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

import { kubeEnvironment } from '../../agent/kube/environment.ts';

describe('kube/environment', () => {
  let home: string;
  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'kube-environment-'));
  });
  afterEach(() => rm(home, { recursive: true }));

  it("passes on the pod's API server and nothing else", async () => {
    const environment = {
      HOME: home,
      KUBERNETES_SERVICE_HOST: '10.96.0.1',
      KUBERNETES_SERVICE_PORT: '443',
      UPLOAD_URL: 'https://bucket.example.com',
    };

    assert.deepEqual(await kubeEnvironment(environment), {
      KUBERNETES_SERVICE_HOST: '10.96.0.1',
      KUBERNETES_SERVICE_PORT: '443',
    });
  });

  it('makes the files of KUBECONFIG absolute: the child works in another folder', async () => {
    const environment = { KUBECONFIG: ['/etc/kube', 'mine'].join(delimiter) };

    assert.deepEqual(await kubeEnvironment(environment), {
      KUBECONFIG: ['/etc/kube', join(process.cwd(), 'mine')].join(delimiter),
    });
  });

  it('names ~/.kube/config where it exists: the child has another HOME', async () => {
    const file = join(home, '.kube', 'config');
    await mkdir(join(home, '.kube'));
    await writeFile(file, '');

    assert.deepEqual(await kubeEnvironment({ HOME: home }), { KUBECONFIG: file });
  });
});
