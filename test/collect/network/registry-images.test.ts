/** collect/registry-images: what registries say of images, who asks them, and what is said where they cannot be asked. */

import assert from 'node:assert/strict';
import type { IncomingMessage, ServerResponse } from 'node:http';

import type { CollectContext, Fields } from '../../../agent/collect/collector.ts';
import { parseImageName } from '../../../agent/collect/network/image-name.ts';
import { clusterNetwork } from '../../../agent/collect/network/network.ts';
import { parseChallenges } from '../../../agent/collect/network/registry-challenge.ts';
import { registryImages } from '../../../agent/collect/network/registry-images.ts';
import { FakeClock } from '../../support/clock.ts';
import { gather } from '../../support/collect.ts';
import { HttpServers } from '../../support/http-server.ts';
import { FakeKube } from '../../support/kube.ts';

const PASSWORD = 'a-very-secret-word';
const BASIC = `Basic ${Buffer.from(`user:${PASSWORD}`).toString('base64')}`;
const TOKEN = 'a-token-of-the-registry';
const TYPE = 'kubernetes.io/dockerconfigjson';

describe('collect/registry-images', () => {
  const servers = new HttpServers();

  afterEach(() => servers.close());

  it('tells what is there, what is not, and what could not be asked', async () => {
    const host = await startRegistry(answerOpenly);
    const { files, problems } = await gather(registryImages, {
      images: [
        `${host}/shop/api:1`,
        `${host}/shop/api:none`,
        `${host}/none:1`,
        'Wrong',
        '127.0.0.1:1/a/b',
      ],
    });

    assert.deepEqual(JSON.parse(files['registry/images.json'] ?? ''), {
      images: {
        '127.0.0.1:1/a/b': {
          exists: false,
          error:
            'failed to get image manifest: Get "https://127.0.0.1:1/v2/": dial tcp 127.0.0.1:1: connect: connection refused; Get "http://127.0.0.1:1/v2/": dial tcp 127.0.0.1:1: connect: connection refused',
        },
        [`${host}/none:1`]: {
          exists: false,
          error: `failed to get image manifest: GET http://${host}/v2/none/manifests/1: NAME_UNKNOWN: no such repository; map[name:none]`,
        },
        [`${host}/shop/api:1`]: { exists: true },
        [`${host}/shop/api:none`]: { exists: false },
        Wrong: {
          exists: false,
          error: 'failed to parse image name Wrong: could not parse reference: Wrong',
        },
      },
    });
    assert.deepEqual(
      problems.map(({ outcome }) => outcome),
      ['named', 'named', 'named'],
    );
  });

  it('is empty without images, at the name of the spec', async () => {
    const { files } = await gather(registryImages, { collectorName: 'mine' });

    assert.deepEqual(files, { 'registry/mine.json': '{\n  "images": {}\n}' });
  });

  for (const [how, secret] of [
    ['inline', (config: string) => ({ type: TYPE, data: { '.dockerconfigjson': config } })],
    ['in the cluster', () => ({ name: 'pull' })],
  ] as const) {
    it(`trades the password of a pull secret ${how} for a token`, async () => {
      const asked: string[] = [];
      const host = await startRegistry((request, response) => {
        asked.push(`${request.url} ${request.headers.authorization}`);
        answerWithToken(request, response);
      });
      const config = dockerConfig(host);
      const kube = new FakeKube();
      kube.put('/api/v1/namespaces/shop/secrets/pull', {
        type: TYPE,
        data: { '.dockerconfigjson': config },
      });
      const fields = {
        images: [`${host}/shop/api:1`],
        namespace: 'shop',
        imagePullSecret: secret(config),
      };

      assert.deepEqual(await imagesOf(fields, { kube }), {
        [`${host}/shop/api:1`]: { exists: true },
      });
      assert.deepEqual(asked, [
        '/v2/ undefined',
        `/token?scope=repository%3Ashop%2Fapi%3Apull&service=tests ${BASIC}`,
        `/v2/shop/api/manifests/1 Bearer ${TOKEN}`,
      ]);
    });
  }

  it('gives a password itself where the registry wants that', async () => {
    const host = await startRegistry((request, response) => {
      if (request.headers.authorization === BASIC) return answerOpenly(request, response);
      response.writeHead(401, { 'www-authenticate': 'Basic realm="tests"' }).end();
    });
    const imagePullSecret = { type: TYPE, data: { '.dockerconfigjson': dockerConfig(host) } };

    assert.deepEqual(await imagesOf({ images: [`${host}/shop/api:1`], imagePullSecret }), {
      [`${host}/shop/api:1`]: { exists: true },
    });
  });

  for (const realm of ['http://169.254.169.254/token', 'http://10.0.0.1/', 'ftp://shop.example/']) {
    it(`gives no password to ${realm}`, async () => {
      const host = await startRegistry((_, response) =>
        response.writeHead(401, { 'www-authenticate': `Bearer realm="${realm}"` }).end(),
      );
      const imagePullSecret = { type: TYPE, data: { '.dockerconfigjson': dockerConfig(host) } };
      const [image] = Object.values(await imagesOf({ images: [`${host}/a/b`], imagePullSecret }));

      assert.match(image?.error ?? '', /invalid realm in www-authenticate/);
    });
  }

  it('refuses registries on loopback', async () => {
    const host = await startRegistry(answerOpenly);
    const [image] = Object.values(
      await imagesOf({ images: [`${host}/shop/api:1`] }, { network: clusterNetwork() }),
    );

    assert.match(image?.error ?? '', /127\.0\.0\.1 is a loopback/);
  });

  it('asks again where the connection ends without an answer', async () => {
    let count = 0;
    const clock = new FakeClock();
    const host = await startRegistry((request) => {
      count++;
      request.socket.end();
    });
    const [image] = Object.values(await imagesOf({ images: [`${host}/a/b`] }, { clock }));

    assert.match(image?.error ?? '', /^failed to retry: .*: EOF$/);
    assert.ok(count >= 9, `${count} requests`);
  });

  it('names no secret, even if a server repeats it', async () => {
    const host = await startRegistry((request, response) => {
      if (request.url?.startsWith('/token') === true) return answerWithToken(request, response);
      if (request.headers.authorization === undefined) return challenge(request, response);
      response.writeHead(403).end(`no ${request.headers.authorization} ${PASSWORD}`);
    });
    const imagePullSecret = { type: TYPE, data: { '.dockerconfigjson': dockerConfig(host) } };
    const { files, problems } = await gather(registryImages, {
      images: [`${host}/a/b`],
      imagePullSecret,
    });

    const text = JSON.stringify([files, problems]);
    assert.ok(text.includes('403'), text);
    assert.ok(!text.includes(PASSWORD) && !text.includes(TOKEN), text);
  });

  for (const [imagePullSecret, message] of [
    [{}, 'image pull secret spec is not valid'],
    [
      { data: {}, type: 'Opaque' },
      'failed to get auth from data: secret type is not supported: Opaque',
    ],
    [
      { data: { '.dockerconfigjson': '%' }, type: TYPE },
      'failed to get auth from data: failed to decode docker config string: illegal base64 data at input byte 0',
    ],
    [
      { data: {}, type: TYPE },
      'failed to get auth from data: failed to unmarshal config json: unexpected end of JSON input',
    ],
  ] as const) {
    it(`says what is wrong with ${JSON.stringify(imagePullSecret)}`, async () => {
      assert.deepEqual(await imagesOf({ images: ['shop.example/a/b'], imagePullSecret }), {
        'shop.example/a/b': { exists: false, error: `failed to get auth config: ${message}` },
      });
    });
  }

  it('must read a secret that it names, and nothing else', () => {
    assert.deepEqual(registryImages.rules({ imagePullSecret: { name: 'pull' } }), [
      {
        apiGroups: [''],
        resources: ['secrets'],
        verbs: ['get'],
        resourceNames: ['pull'],
        namespace: 'default',
        isRequired: true,
      },
    ]);
    assert.deepEqual(registryImages.rules({ imagePullSecret: { name: 'pull', data: {} } }), []);
    assert.deepEqual(registryImages.rules({}), []);
  });

  for (const [text, registry, repository, identifier] of [
    ['nginx', 'index.docker.io', 'library/nginx', 'latest'],
    ['library/nginx:1', 'index.docker.io', 'library/nginx', '1'],
    ['docker.io/nginx', 'index.docker.io', 'library/nginx', 'latest'],
    ['docker.io/shop/api:1.2', 'index.docker.io', 'shop/api', '1.2'],
    ['shop/api', 'index.docker.io', 'shop/api', 'latest'],
    ['localhost/api', 'localhost', 'api', 'latest'],
    ['registry:5000/api', 'registry:5000', 'api', 'latest'],
    ['shop.example/a/b/c:x', 'shop.example', 'a/b/c', 'x'],
    [`a.b/api:1@sha256:${'0'.repeat(64)}`, 'a.b', 'api', `sha256:${'0'.repeat(64)}`],
  ] as const) {
    it(`takes ${text} for ${repository} of ${registry}`, () => {
      const { isDigest: _, ...name } = parseImageName(text);

      assert.deepEqual(name, { text, registry, repository, identifier });
    });
  }

  for (const text of ['', 'a', 'A/b', 'api:', 'api@sha256:1', 'api@md5:1', 'a b/c']) {
    it(`takes ${text} for no image`, () => {
      assert.throws(() => parseImageName(text), /could not parse reference/);
    });
  }

  it('reads challenges, several in one header too', () => {
    const header = 'Negotiate, Bearer realm="https://a/?b=\\"c\\"",service=d, Basic realm="e, f"';

    assert.deepEqual(
      parseChallenges(header).map(({ scheme, parameters }) => [
        scheme,
        Object.fromEntries(parameters),
      ]),
      [
        ['negotiate', {}],
        ['bearer', { realm: 'https://a/?b="c"', service: 'd' }],
        ['basic', { realm: 'e, f' }],
      ],
    );
  });

  /** Its host and port. */
  async function startRegistry(
    answer: (request: IncomingMessage, response: ServerResponse) => unknown,
  ): Promise<string> {
    const url = await servers.start((request, response) => void answer(request, response));
    return new URL(url).host;
  }
});

interface Presence {
  readonly exists: boolean;
  readonly error?: string;
}

async function imagesOf(
  fields: Fields,
  parts: Partial<CollectContext> = {},
): Promise<Readonly<Record<string, Presence>>> {
  const { files } = await gather(registryImages, fields, parts);
  return JSON.parse(files['registry/images.json'] ?? '').images;
}

function dockerConfig(host: string): string {
  const auth = Buffer.from(`user:${PASSWORD}`).toString('base64');
  return Buffer.from(JSON.stringify({ auths: { [host]: { auth } } })).toString('base64');
}

function answerOpenly({ url = '' }: IncomingMessage, response: ServerResponse): void {
  const [statusCode, body] = MANIFESTS[url] ?? [200, {}];
  response.writeHead(statusCode).end(JSON.stringify(body));
}

const MANIFESTS: Readonly<Record<string, readonly [number, unknown]>> = {
  '/v2/shop/api/manifests/none': [
    404,
    { errors: [{ code: 'MANIFEST_UNKNOWN', message: 'unknown' }] },
  ],
  '/v2/none/manifests/1': [
    404,
    { errors: [{ code: 'NAME_UNKNOWN', message: 'no such repository', detail: { name: 'none' } }] },
  ],
};

function answerWithToken(request: IncomingMessage, response: ServerResponse): void {
  const { authorization } = request.headers;
  if (request.url?.startsWith('/token') === true) {
    response.statusCode = authorization === BASIC ? 200 : 401;
    response.end(JSON.stringify({ token: TOKEN }));
  } else if (authorization === `Bearer ${TOKEN}`) answerOpenly(request, response);
  else challenge(request, response);
}

function challenge({ headers: { host } }: IncomingMessage, response: ServerResponse): void {
  const wanted = `Bearer realm="http://${host}/token",service="tests"`;
  response.writeHead(401, { 'www-authenticate': wanted }).end();
}
