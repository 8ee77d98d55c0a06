/** kube/connect: the identity a client takes, and what it sends with it. */

import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { connectKube } from '../../agent/kube/connect.ts';
import { never } from '../support/signal.ts';

describe('kube/connect', function () {
  // client-node alone takes about a second to import.
  this.timeout(20_000);
  let folder: string;
  let server: Server;
  let url: string;
  const seen: { method?: string | undefined; authorization?: string | undefined; body: string }[] =
    [];

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kube-connect-'));
    server = createServer((incoming, outgoing) => {
      let body = '';
      incoming.setEncoding('utf8');
      incoming.on('data', (chunk: string) => (body += chunk));
      incoming.on('end', () => {
        const { method, headers } = incoming;
        seen.push({ method, authorization: headers.authorization, body });
        outgoing.end('{"kind":"ConfigMap"}');
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  });

  beforeEach(() => seen.splice(0));

  after(async () => {
    server.closeAllConnections();
    server.close();
    await rm(folder, { recursive: true });
  });

  it("sends the kubeconfig's token", async () => {
    const kube = await connectKube({ kubeconfigFile: await kubeconfig({ token: 'token-1' }) });

    const answer = await kube.get('/api/v1/namespaces/a/configmaps/b', never());

    assert.deepEqual(answer, { kind: 'ConfigMap' });
    assert.deepEqual(seen, [{ method: 'GET', authorization: 'Bearer token-1', body: '' }]);
    assert.equal(kube.server.origin, url);
  });

  it('sends a merge patch', async () => {
    const kube = await connectKube({ kubeconfigFile: await kubeconfig({ token: 't' }) });

    await kube.patch('/api/v1/namespaces/a/configmaps/b', { data: { key: 'value' } }, never());

    assert.equal(seen[0]?.method, 'PATCH');
    assert.equal(seen[0]?.body, '{"data":{"key":"value"}}');
  });

  it('reads a token file, its line break left out', async () => {
    const tokenFile = join(folder, 'token');
    await writeFile(tokenFile, 'token-from-file\n');
    const user = { 'auth-provider': { name: 'tokenFile', config: { tokenFile } } };
    const kube = await connectKube({ kubeconfigFile: await kubeconfig(user) });

    await kube.get('/version', never());

    assert.equal(seen[0]?.authorization, 'Bearer token-from-file');
  });

  it('rejects with KUBE_CONFIG when the token file is gone', async () => {
    const tokenFile = join(folder, 'gone');
    const user = { 'auth-provider': { name: 'tokenFile', config: { tokenFile } } };
    const kube = await connectKube({ kubeconfigFile: await kubeconfig(user) });

    await assert.rejects(kube.get('/version', never()), { code: 'KUBE_CONFIG' });
  });

  it('rejects with KUBE_CONFIG for a kubeconfig that is not there', async () => {
    await assert.rejects(connectKube({ kubeconfigFile: join(folder, 'nothing') }), {
      code: 'KUBE_CONFIG',
    });
  });

  it('rejects with KUBE_CONFIG for a kubeconfig without a cluster', async () => {
    const file = join(folder, 'empty');
    await writeFile(file, '{}');

    await assert.rejects(connectKube({ kubeconfigFile: file }), { code: 'KUBE_CONFIG' });
  });

  it('rejects with KUBE_CONFIG for a text that is not a kubeconfig', async () => {
    const file = join(folder, 'text');
    await writeFile(file, 'clusters: [{]');

    await assert.rejects(connectKube({ kubeconfigFile: file }), { code: 'KUBE_CONFIG' });
  });

  async function kubeconfig(user: unknown): Promise<string> {
    const file = join(folder, `kubeconfig-${Math.random()}`);
    const config = {
      clusters: [{ name: 'c', cluster: { server: url, 'insecure-skip-tls-verify': true } }],
      users: [{ name: 'u', user }],
      contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
      'current-context': 'x',
    };
    await writeFile(file, JSON.stringify(config));
    return file;
  }
});
