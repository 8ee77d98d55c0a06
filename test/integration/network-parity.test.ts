/** Collectors that ask servers of the network, with both engines: the same servers, the same files. */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';

import { type Certificate, makeCertificate } from '../bed/certificate.ts';
import { type ControlPlane, startControlPlane } from '../bed/control-plane.ts';
import { portOf } from '../bed/ports.ts';
import { removeFolder, temporaryFolder } from '../bed/processes.ts';
import { type ImageRegistry, startImageRegistry } from '../bed/registry.ts';
import { compareBundles } from './parity/compare.ts';
import { type Difference, readDifferences } from './parity/differences.ts';
import { answer, CLOSED } from './parity/network-server.ts';
import { type Both, runBoth, unguardedSpec } from './parity/run-both.ts';

describe('parity with support-bundle: network', function () {
  this.timeout(120_000);
  const folder = temporaryFolder('network-parity');
  const servers: Server[] = [];
  let plane: ControlPlane;
  let images: ImageRegistry;
  let certificate: Certificate;
  let url: string;
  let secureUrl: string;

  before(async () => {
    [plane, images, certificate] = await Promise.all([
      startControlPlane(),
      startImageRegistry(),
      makeCertificate(folder),
    ]);
    const plain = createServer(answer);
    const secure = createTlsServer({ cert: certificate.certificate, key: certificate.key }, answer);
    plain.on('connect', (_, socket) => socket.end('HTTP/1.1 403 Not Here\r\n\r\n'));
    servers.push(plain, secure);
    for (const server of servers) await once(server.listen(0, '127.0.0.1'), 'listening');
    url = `http://127.0.0.1:${portOf(plain)}`;
    secureUrl = `https://127.0.0.1:${portOf(secure)}`;
  });

  after(async () => {
    for (const server of servers) {
      server.closeAllConnections();
      server.close();
    }
    await Promise.all([plane.stop(), images.stop()]);
    await removeFolder(folder);
  });

  /** Go's client says that in one of three ways, by chance. */
  const allowed: readonly Difference[] = [
    ...readDifferences('Everywhere'),
    { glob: 'slow*/result.json', allowance: { kind: 'any' }, isSometimes: true, row: '' },
  ];

  /** Asserts equal bundles, but for what differs everywhere. */
  async function assertParity(collectors: readonly unknown[]): Promise<Both> {
    const all = [
      ...collectors,
      { clusterInfo: { exclude: true } },
      { clusterResources: { exclude: true } },
    ];
    const both = await runBoth(plane.kubeconfigFile, all, unguardedSpec(all));
    const { differences } = compareBundles(both.upstream, both.ours, allowed);
    assert.deepEqual(differences, []);
    return both;
  }

  function gets(...paths: readonly string[]): readonly unknown[] {
    return paths.map((path) => get(`at${path}`, { url: `${url}${path}` }));
  }

  it('holds for answers of every form', async () => {
    const { ours } = await assertParity([
      ...gets(
        '/json',
        '/text',
        '/html',
        '/empty',
        '/null',
        '/number',
        '/bytes',
        '/gzip',
        '/chunked',
      ),
      ...gets(
        '/many-headers',
        '/status/404',
        '/status/500',
        '/status/204',
        '/status/304',
        '/broken-gzip',
      ),
      get('', { url: `${url}/json` }),
      { http: { get: { url: `${url}/json` }, collectorName: 'alone' } },
    ]);

    assert.ok(ours.has('at/json/result.json'));
    assert.ok(ours.has('alone.json'));
  });

  it('holds for what is sent', async () => {
    const headers = { 'User-Agent': 'tests', Authorization: 'Bearer abcdefgh', 'X-Two': 'a, b' };
    const target = `${url}/echo`;
    await assertParity([
      get('headers', { url: target, headers }),
      get('user', {
        url: target.replace('//', '//user:p%40ss@'),
        headers: { 'User-Agent': 'tests' },
      }),
      { http: { name: 'post', post: { url: target, headers, body: '{"a":"é"}' } } },
      { http: { name: 'put', put: { url: target, headers, body: '' } } },
      {
        http: {
          name: 'host',
          put: { url: target, headers: { ...headers, Host: 'other.example' } },
        },
      },
    ]);
  });

  it('holds for redirects', async () => {
    const headers = {
      'User-Agent': 'tests',
      'Content-Type': 'text/plain',
      Authorization: 'Basic abc',
    };
    const post = (name: string, path: string) => ({
      http: { name, post: { url: `${url}${path}`, headers, body: 'text' } },
    });
    await assertParity([
      ...gets('/loop', '/redirect/302/nowhere', '/to-closed', '/to-ftp', '/no-location'),
      post('see-other', '/redirect/303/echo'),
      post('found', '/redirect/302/echo'),
      post('kept', '/redirect/307/echo'),
    ]);
  });

  it('holds for failures', async () => {
    await assertParity([
      get('closed', { url: `http://${CLOSED}/path?token=abc` }),
      get('user', { url: `http://user:password@${CLOSED}/` }),
      get('scheme', { url: 'ftp://127.0.0.1/x' }),
      get('no-scheme', { url: 'shop.example' }),
      get('ended', { url: `${url}/end` }),
      get('broken', { url: `${url}/broken` }),
      get('slow', { url: `${url}/slow`, timeout: '200ms' }),
      get('slow-body', { url: `${url}/slow-body`, timeout: '300ms' }),
      get('timeout', { url: `${url}/json`, timeout: 'soon' }),
      get('negative', { url: `${url}/json`, timeout: '-1s' }),
      get('plain', { url: url.replace('http', 'https') }),
      { http: { name: 'nothing' } },
    ]);
  });

  it('holds for TLS', async () => {
    const path = `${secureUrl}/json`;
    await assertParity([
      get('unknown', { url: path }),
      get('skipped', { url: path, insecureSkipVerify: true }),
      get('trusted', { url: path, tls: { cacert: certificate.certificate } }),
      get('no-certificate', { url: path, tls: { cacert: '-----BEGIN CERTIFICATE-----' } }),
    ]);
  });

  it('holds for a proxy', async () => {
    await assertParity([
      get('proxied', {
        url: 'http://shop.example/echo',
        proxy: url,
        headers: { 'User-Agent': 'x' },
      }),
      get('closed', { url: 'http://shop.example/', proxy: `http://${CLOSED}` }),
      get('closed-tls', { url: 'https://shop.example/', proxy: `http://${CLOSED}` }),
      get('refused', { url: 'https://shop.example/', proxy: url }),
      get('ended', { url: 'https://shop.example/', proxy: secureUrl.replace('https', 'http') }),
    ]);
  });

  it('holds for images of a registry', async () => {
    const digest = await images.push('shop/api', 'one');
    const { host } = images;
    const { ours } = await assertParity([
      {
        registryImages: {
          images: [
            `${host}/shop/api:one`,
            `${host}/shop/api@${digest}`,
            `${host}/shop/api:two`,
            `${host}/shop/api`,
            `${host}/shop/none:one`,
            `${host}/shop/api@${digest.replaceAll(/[0-4]/g, '5')}`,
            `${CLOSED}/shop/api`,
            `${host}/Shop/api`,
            'UPPER',
            '',
            'shop/api:',
          ],
        },
      },
      { registryImages: { collectorName: 'none' } },
    ]);

    const file = ours.get('registry/images.json');
    const text = file !== undefined && 'text' in file ? file.text : '';
    assert.match(text, new RegExp(`"${host}/shop/api:one": \\{\n\\s+"exists": true\n`));
    assert.match(text, new RegExp(`"${host}/shop/api:two": \\{\n\\s+"exists": false\n`));
  });

  it('holds for registries that want to know who asks', async () => {
    const host = new URL(url).host;
    const auths = {
      [host]: { auth: Buffer.from('user:password').toString('base64') },
      'other.example': { username: 'a', password: 'b' },
    };
    const encoded = Buffer.from(JSON.stringify({ auths })).toString('base64');
    const type = 'kubernetes.io/dockerconfigjson';
    const data = { '.dockerconfigjson': encoded };
    await plane.kube.apply([
      {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: 'pull', namespace: 'default' },
        type,
        data,
      },
    ]);
    const names = ['one', 'missing', 'denied', 'page', 'many'].map(
      (tag) => `${host}/token/api:${tag}`,
    );
    const asked = (collectorName: string, imagePullSecret: unknown) => ({
      registryImages: { collectorName, images: names, imagePullSecret },
    });
    const { ours } = await assertParity([
      asked('data', { data, type }),
      asked('secret', { name: 'pull' }),
      { registryImages: { images: names } },
      asked('type', { data, type: 'Opaque' }),
      asked('base64', { data: { '.dockerconfigjson': '%' }, type }),
      asked('empty', { data: {}, type }),
      asked('no-such', { name: 'no-such' }),
      asked('nameless', {}),
    ]);

    const file = ours.get('registry/secret.json');
    assert.match(
      file !== undefined && 'text' in file ? file.text : '',
      /one": \{\n\s+"exists": true/,
    );
  });
});

function get(name: string, request: object): unknown {
  return { http: { name, get: request } };
}
