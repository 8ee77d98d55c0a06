/** Real database servers on loopback, each with its data in a temporary folder: Debian's packages, as `.ci/run` installs them. */
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chown, mkdir, readFile, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { type Certificate, makeCertificate } from './certificate.ts';
import { freePort, freePorts } from './ports.ts';
import { type ProcessOptions, removeFolder, startProcess, temporaryFolder } from './processes.ts';

export interface DatabaseServer {
  /** Of 127.0.0.1. */
  readonly port: number;
  stop(): Promise<void>;
}

export interface TlsDatabaseServer extends DatabaseServer {
  readonly certificate: Certificate;
}

/** User and password of every server that has users. */
export const USER = 'app';
export const PASSWORD = 'p4ss-w0rd';

const POSTGRES_PROGRAMS = '/usr/lib/postgresql/15/bin';

/** With TLS for those who ask for it, and a database `shop`. */
export async function startPostgres(): Promise<TlsDatabaseServer> {
  const program = installed(`${POSTGRES_PROGRAMS}/postgres`, 'postgresql');
  const folder = temporaryFolder('postgres');
  const [data, passwordFile] = [join(folder, 'data'), join(folder, 'password')];
  const certificate = await makeCertificate(folder);
  await writeFile(passwordFile, PASSWORD);
  const owner = await userOf('postgres');
  const files = [folder, passwordFile, certificate.certificateFile, certificate.keyFile];
  if (owner !== undefined) for (const file of files) await chown(file, owner.uid, owner.gid);
  const asOwner = asUser(owner);

  const initdb = asOwner(`${POSTGRES_PROGRAMS}/initdb`, [
    `--pgdata=${data}`,
    `--username=${USER}`,
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--no-sync',
    '--locale=C',
  ]);
  await promisify(execFile)(initdb.command, initdb.arguments, { cwd: folder });
  const port = await freePort();
  const settings = {
    port,
    listen_addresses: '127.0.0.1',
    unix_socket_directories: folder,
    fsync: 'off',
    ssl: 'on',
    ssl_cert_file: certificate.certificateFile,
    ssl_key_file: certificate.keyFile,
  };
  const server = await start(folder, {
    name: 'postgres',
    ...asOwner(program, [
      '-D',
      data,
      ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
    ]),
    cwd: folder,
    isReady: async () => {
      await promisify(execFile)(`${POSTGRES_PROGRAMS}/pg_isready`, [
        '--host=127.0.0.1',
        `--port=${port}`,
      ]);
      return true;
    },
  });
  return { port, certificate, stop: server.stop };
}

/** With a user of that name and password, and a database `shop`. */
export async function startMariadb(): Promise<DatabaseServer> {
  const program = installed('/usr/sbin/mariadbd', 'mariadb-server');
  const folder = temporaryFolder('mariadb');
  const [data, startFile] = [join(folder, 'data'), join(folder, 'start.sql')];
  const statements = [
    `CREATE USER ${USER}@'%' IDENTIFIED BY '${PASSWORD}';`,
    'CREATE DATABASE shop;',
    `GRANT ALL ON shop.* TO ${USER}@'%';`,
  ];
  await writeFile(startFile, `${statements.join('\n')}\n`);
  // It runs as root only when told to.
  const user = process.getuid?.() === 0 ? ['--user=root'] : [];
  await promisify(execFile)('/usr/bin/mariadb-install-db', [
    '--no-defaults',
    `--datadir=${data}`,
    '--auth-root-authentication-method=normal',
    '--skip-test-db',
    ...user,
  ]);
  const port = await freePort();
  const server = await start(folder, {
    name: 'mariadbd',
    command: program,
    arguments: [
      '--no-defaults',
      `--datadir=${data}`,
      `--socket=${join(folder, 'socket')}`,
      `--pid-file=${join(folder, 'pid')}`,
      `--port=${port}`,
      `--init-file=${startFile}`,
      '--bind-address=127.0.0.1',
      '--innodb-buffer-pool-size=8M',
      ...user,
    ],
    isReady: () => canConnect(port),
  });
  return { port, stop: server.stop };
}

export interface RedisOptions {
  readonly password?: string;
}

/** @param options Without a password for who asks for none. */
export async function startRedis({ password }: RedisOptions = {}): Promise<DatabaseServer> {
  const folder = temporaryFolder('redis');
  const port = await freePort();
  const secrets = password === undefined ? {} : { requirepass: password };
  return await startRedisWith(folder, port, { port, ...secrets });
}

/** Takes TLS alone, and wants no certificate of the client. */
export async function startRedisWithTls(): Promise<TlsDatabaseServer> {
  const folder = temporaryFolder('redis');
  const port = await freePort();
  const certificate = await makeCertificate(folder);
  const settings = {
    port: 0,
    'tls-port': port,
    'tls-auth-clients': 'no',
    'tls-cert-file': certificate.certificateFile,
    'tls-key-file': certificate.keyFile,
    'tls-ca-cert-file': certificate.certificateFile,
  };
  const server = await startRedisWith(folder, port, settings);
  return { ...server, certificate };
}

async function startRedisWith(
  folder: string,
  port: number,
  given: Readonly<Record<string, string | number>>,
): Promise<DatabaseServer> {
  const settings: Readonly<Record<string, string | number>> = {
    bind: '127.0.0.1',
    save: '',
    dir: folder,
    ...given,
  };
  const server = await start(folder, {
    name: 'redis-server',
    command: installed('/usr/bin/redis-server', 'redis-server'),
    arguments: Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]),
    isReady: () => canConnect(port),
  });
  return { port, stop: server.stop };
}

export interface ClickhouseServer extends TlsDatabaseServer {
  /** Of the native protocol over TLS; `port` is without. */
  readonly securePort: number;
  readonly httpPort: number;
}

export async function startClickhouse(): Promise<ClickhouseServer> {
  const program = installed('/usr/sbin/clickhouse-server', 'clickhouse-server');
  const folder = temporaryFolder('clickhouse');
  const [port = 0, securePort = 0, httpPort = 0] = await freePorts(3);
  const certificate = await makeCertificate(folder);
  const files = {
    'config.xml': `
      <logger><level>warning</level><console>1</console></logger>
      <listen_host>127.0.0.1</listen_host>
      <tcp_port>${port}</tcp_port>
      <tcp_port_secure>${securePort}</tcp_port_secure>
      <http_port>${httpPort}</http_port>
      <path>${folder}/data/</path>
      <tmp_path>${folder}/data/tmp/</tmp_path>
      <users_config>users.xml</users_config>
      <default_profile>default</default_profile>
      <default_database>default</default_database>
      <mark_cache_size>5368709</mark_cache_size>
      <openSSL><server>
        <certificateFile>${certificate.certificateFile}</certificateFile>
        <privateKeyFile>${certificate.keyFile}</privateKeyFile>
        <verificationMode>none</verificationMode>
      </server></openSSL>`,
    'users.xml': `
      <profiles><default/></profiles>
      <users>
        <default>
          <password></password>
          <networks><ip>127.0.0.1</ip></networks>
          <profile>default</profile><quota>default</quota>
        </default>
        <${USER}>
          <password>${PASSWORD}</password>
          <networks><ip>127.0.0.1</ip></networks>
          <profile>default</profile><quota>default</quota>
        </${USER}>
      </users>
      <quotas><default/></quotas>`,
  };
  for (const [name, text] of Object.entries(files)) {
    await writeFile(join(folder, name), `<yandex>${text}</yandex>\n`);
  }
  await mkdir(join(folder, 'data'));
  const server = await start(folder, {
    name: 'clickhouse-server',
    command: program,
    arguments: [`--config-file=${join(folder, 'config.xml')}`],
    cwd: folder,
    isReady: async () => (await canConnect(httpPort)) && (await canConnect(securePort)),
  });
  return { port, securePort, httpPort, certificate, stop: server.stop };
}

async function start(
  folder: string,
  options: Omit<ProcessOptions, 'logFile'>,
): Promise<Pick<DatabaseServer, 'stop'>> {
  const server = await startProcess({ ...options, logFile: join(folder, 'log') });
  return {
    stop: async () => {
      await server.stop();
      await removeFolder(folder);
    },
  };
}

function installed(file: string, debianPackage: string): string {
  if (existsSync(file)) return file;
  throw new Error(`${file} is missing: apt-get install --no-install-recommends ${debianPackage}`);
}

async function canConnect(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } finally {
    socket.destroy();
  }
}

interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/** Undefined where this process is not root, and runs everything as itself. */
async function userOf(name: string): Promise<Owner | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const line = (await readFile('/etc/passwd', 'utf8'))
    .split('\n')
    .find((one) => one.startsWith(`${name}:`));
  if (line === undefined) throw new Error(`there is no user ${name}`);
  const [, , uid, gid] = line.split(':');
  return { uid: Number(uid), gid: Number(gid) };
}

function asUser(owner: Owner | undefined) {
  return (command: string, given: readonly string[]) =>
    owner === undefined
      ? { command, arguments: given }
      : {
          command: '/usr/bin/setpriv',
          arguments: [
            `--reuid=${owner.uid}`,
            `--regid=${owner.gid}`,
            '--clear-groups',
            '--',
            command,
            ...given,
          ],
        };
}
