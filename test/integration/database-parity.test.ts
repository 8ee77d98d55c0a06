/** Collectors of databases, with both engines: the same servers, the same files. */

import assert from 'node:assert/strict';

import { type ControlPlane, startControlPlane } from '../bed/control-plane.ts';
import {
  type ClickhouseServer,
  type DatabaseServer,
  PASSWORD,
  startClickhouse,
  startMariadb,
  startPostgres,
  startRedis,
  startRedisWithTls,
  type TlsDatabaseServer,
  USER,
} from '../bed/databases.ts';
import { assertTypeParity, type Fields } from './parity/assert-type.ts';

/** Nothing listens there. */
const CLOSED = '127.0.0.1:1';

const LOGIN = `${USER}:${PASSWORD}`;

describe('parity with support-bundle: databases', function () {
  this.timeout(120_000);
  let plane: ControlPlane;
  const started: Pick<DatabaseServer, 'stop'>[] = [];

  before(async () => {
    plane = await startControlPlane();
    started.push(plane);
  });

  after(async () => {
    await Promise.all(started.map((server) => server.stop()));
  });

  async function begin<T extends Pick<DatabaseServer, 'stop'>>(starting: Promise<T>): Promise<T> {
    const server = await starting;
    started.push(server);
    return server;
  }

  async function assertParity(type: string, cases: readonly Fields[]): Promise<readonly string[]> {
    return await assertTypeParity(plane, type, cases);
  }

  describe('postgres', () => {
    let server: TlsDatabaseServer;
    let address: string;

    before(async () => {
      server = await begin(startPostgres());
      address = `127.0.0.1:${server.port}`;
    });

    it('holds for a server that answers, and counts as connected', async () => {
      const [text] = await assertParity('postgres', [
        { uri: `postgres://${LOGIN}@${address}/postgres` },
        { uri: `postgresql://${LOGIN}@${address}/postgres?sslmode=disable` },
        {
          uri: `host=127.0.0.1 port=${server.port} user=${USER} password='${PASSWORD}' dbname=postgres`,
        },
        { uri: `postgres://${LOGIN}@${CLOSED},${address}/postgres` },
      ]);

      assert.match(text ?? '', /^\{"isConnected":true,"version":"15\.\d+"\}$/);
    });

    it('holds for a wrong password, a missing database and a closed port', async () => {
      await assertParity('postgres', [
        { uri: `postgres://${USER}:wrong@${address}/postgres` },
        { uri: `postgres://${USER}:wrong@${address}/postgres?sslmode=disable` },
        { uri: `postgres://${LOGIN}@${address}/no-such` },
        { uri: `postgres://${LOGIN}@${CLOSED}/postgres` },
        { uri: `postgres://${LOGIN}@${CLOSED}/postgres?sslmode=disable` },
        { uri: '' },
      ]);
    });

    it('holds for TLS with and without the authority', async () => {
      const uri = `postgres://${LOGIN}@${address}/postgres?sslmode=verify-full`;
      const [trusted, untrusted] = await assertParity('postgres', [
        { uri, tls: { cacert: server.certificate.certificate } },
        { uri },
      ]);

      assert.match(trusted ?? '', /"isConnected":true/);
      assert.match(untrusted ?? '', /signed by unknown authority/);
    });
  });

  describe('mysql', () => {
    let address: string;

    before(async () => {
      address = `tcp(127.0.0.1:${(await begin(startMariadb())).port})`;
    });

    it('holds for a server that answers, with parameters', async () => {
      const parameters = ['version_comment', 'port', 'character_set_client', 'sql_mode', 'no-such'];
      const [, text] = await assertParity('mysql', [
        { uri: `${LOGIN}@${address}/shop` },
        { uri: `${LOGIN}@${address}/`, parameters },
        { uri: `${LOGIN}@${address}/shop?tls=preferred&timeout=5s`, parameters: ['no-such'] },
      ]);

      assert.match(text ?? '', /"variables":\{"character_set_client":"utf8mb4","port":/);
    });

    it('holds for what the server refuses, and for a closed port', async () => {
      await assertParity('mysql', [
        { uri: `${USER}:wrong@${address}/shop` },
        { uri: `${LOGIN}@${address}/no-such` },
        { uri: `${LOGIN}@${address}/shop?tls=true` },
        { uri: `${LOGIN}@${address}/shop`, tls: { skipVerify: true } },
        { uri: `${LOGIN}@${address}/shop`, tls: {} },
        { uri: `${LOGIN}@tcp(${CLOSED})/shop` },
      ]);
    });

    it('holds for URIs that cannot be read', async () => {
      await assertParity('mysql', [
        { uri: '' },
        { uri: 'nonsense' },
        { uri: `${LOGIN}@tcp(127.0.0.1/shop` },
        { uri: `${LOGIN}@${address}/shop?tls=no-such` },
        { uri: `${LOGIN}@${address}/shop?timeout=soon` },
      ]);
    });
  });

  describe('redis', () => {
    let open: DatabaseServer;
    let locked: DatabaseServer;
    let secure: TlsDatabaseServer;

    before(async () => {
      [open, locked, secure] = await Promise.all([
        begin(startRedis()),
        begin(startRedis({ password: PASSWORD })),
        begin(startRedisWithTls()),
      ]);
    });

    it('holds for servers with and without a password', async () => {
      const texts = await assertParity('redis', [
        { uri: `redis://127.0.0.1:${open.port}` },
        { uri: `redis://127.0.0.1:${open.port}/3` },
        { uri: `redis://:${PASSWORD}@127.0.0.1:${locked.port}` },
        { uri: `redis://default:${PASSWORD}@127.0.0.1:${locked.port}` },
      ]);

      for (const text of texts) {
        assert.match(text, /^\{"isConnected":true,"version":"\d+\.[.\d]+"\}$/);
      }
    });

    it('holds for what the server refuses, and for a closed port', async () => {
      await assertParity('redis', [
        { uri: `redis://127.0.0.1:${locked.port}` },
        { uri: `redis://:wrong@127.0.0.1:${locked.port}` },
        { uri: `redis://:${PASSWORD}@127.0.0.1:${open.port}` },
        { uri: `redis://127.0.0.1:${open.port}/99` },
        { uri: `redis://${CLOSED}` },
      ]);
    });

    it('holds for URIs that cannot be read', async () => {
      const uris = [
        '',
        'nonsense',
        'http://db',
        'redis://db/x',
        'redis://db/1/2',
        'redis://db?a=b',
      ];

      await assertParity(
        'redis',
        uris.map((uri) => ({ uri })),
      );
    });

    it('holds for TLS', async () => {
      const [uri, cacert] = [`rediss://127.0.0.1:${secure.port}`, secure.certificate.certificate];
      await plane.kube.apply([
        {
          apiVersion: 'v1',
          kind: 'Secret',
          metadata: { name: 'redis-tls', namespace: 'default' },
          stringData: { cacert },
        },
      ]);
      const texts = await assertParity('redis', [
        { uri, tls: { cacert } },
        { uri: `redis://127.0.0.1:${secure.port}`, tls: { cacert } },
        { uri, tls: { skipVerify: true } },
        { uri, tls: { secret: { name: 'redis-tls', namespace: 'default' } } },
        { uri },
        { uri, tls: {} },
        { uri, tls: { cacert, clientCert: cacert } },
        { uri, tls: { cacert, clientCert: 'nonsense', clientKey: 'nonsense' } },
        { uri, tls: { secret: { name: 'no-such', namespace: 'default' } } },
        { uri, tls: { secret: { name: 'no-namespace' } } },
        { uri, tls: { secret: { namespace: 'default' } } },
      ]);

      assert.deepEqual(
        texts.map((text) => text.includes('"isConnected":true')),
        texts.map((_, index) => index < 4),
      );
    });
  });

  describe('clickhouse', () => {
    let server: ClickhouseServer;
    let address: string;

    before(async () => {
      server = await begin(startClickhouse());
      address = `127.0.0.1:${server.port}`;
    });

    it('holds for the native protocol', async () => {
      const texts = await assertParity('clickhouse', [
        { uri: `clickhouse://${address}` },
        { uri: `tcp://${LOGIN}@${address}/system` },
        { uri: `native://${address}?username=${USER}&password=${PASSWORD}` },
        { uri: `clickhouse://${CLOSED},${address}?dial_timeout=5s&compress=true` },
      ]);

      for (const text of texts) {
        assert.match(text, /^\{"isConnected":true,"version":"\d+\.[.\d]+"\}$/);
      }
    });

    it('holds for what the server refuses, and for a closed port', async () => {
      await assertParity('clickhouse', [
        { uri: `clickhouse://${USER}:wrong@${address}` },
        { uri: `clickhouse://${LOGIN}@${address}/no-such` },
        { uri: `clickhouse://${address}?secure=true` },
        { uri: `clickhouse://${CLOSED}` },
        { uri: 'clickhouse://127.0.0.1' },
      ]);
    });

    it('holds for TLS', async () => {
      const secure = `127.0.0.1:${server.securePort}`;
      const [trusted, named] = await assertParity('clickhouse', [
        { uri: `clickhouse://${secure}`, tls: { cacert: server.certificate.certificate } },
        {
          uri: `clickhouse://${secure}?secure=true&tls_server_name=localhost`,
          tls: { cacert: server.certificate.certificate },
        },
        { uri: `clickhouse://${secure}?secure=true&skip_verify=true` },
        { uri: `clickhouse://${secure}?secure=true` },
        { uri: `clickhouse://${secure}`, tls: {} },
      ]);

      assert.match(trusted ?? '', /"isConnected":true/);
      assert.match(named ?? '', /"isConnected":true/);
    });

    it('holds for HTTP with a wrong password', async () => {
      // With the right one this old server does not take what the driver of troubleshoot sends.
      await assertParity('clickhouse', [
        { uri: `http://${USER}:wrong@127.0.0.1:${server.httpPort}/default` },
      ]);
    });

    it('holds for URIs that cannot be read', async () => {
      const uris = [
        '',
        'nonsense',
        'https://db',
        'http://db?secure=true',
        'clickhouse://db?secure=perhaps',
        'clickhouse://db?dial_timeout=soon',
        'clickhouse://db?tls_server_name=db',
      ];

      await assertParity(
        'clickhouse',
        uris.map((uri) => ({ uri })),
      );
    });
  });
});
