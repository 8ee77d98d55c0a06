/** A real image registry on loopback, without TLS, and what tests put into it. */
import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { type Answer, sendRequest } from './http.ts';
import { freePort } from './ports.ts';
import { removeFolder, startProcess, temporaryFolder } from './processes.ts';
import { programPath } from './programs.ts';

export interface ImageRegistry {
  /** As in images' names: `127.0.0.1:5000`. */
  readonly host: string;
  /** An image without layers. Gives the digest of its manifest. */
  push(repository: string, tag: string): Promise<string>;
  stop(): Promise<void>;
}

export async function startImageRegistry(): Promise<ImageRegistry> {
  const folder = temporaryFolder('registry');
  const host = `127.0.0.1:${await freePort()}`;
  const url = `http://${host}`;
  const config = {
    version: 0.1,
    log: { level: 'warn' },
    storage: { filesystem: { rootdirectory: join(folder, 'images') } },
    http: { addr: host },
  };
  const configFile = join(folder, 'config.yaml');
  await writeFile(configFile, JSON.stringify(config));
  const registry = await startProcess({
    name: 'registry',
    command: programPath('registry'),
    arguments: ['serve', configFile],
    logFile: join(folder, 'registry.log'),
    isReady: async () => (await fetch(`${url}/v2/`)).ok,
  });
  return {
    host,
    push: (repository, tag) => push(`${url}/v2/${repository}`, tag),
    stop: async () => {
      await registry.stop();
      await removeFolder(folder);
    },
  };
}

async function push(url: string, tag: string): Promise<string> {
  const config = '{}';
  const started = await sendRequest(new URL(`${url}/blobs/uploads/`), { method: 'POST' });
  const location = new URL(started.headers.location ?? '', url);
  location.searchParams.set('digest', digestOf(config));
  const headers = { 'content-type': 'application/octet-stream' };
  check(await sendRequest(location, { method: 'PUT', headers, body: config }));
  const mediaType = 'application/vnd.oci.image.manifest.v1+json';
  const manifest = JSON.stringify({
    schemaVersion: 2,
    mediaType,
    config: {
      mediaType: 'application/vnd.oci.image.config.v1+json',
      digest: digestOf(config),
      size: config.length,
    },
    layers: [],
  });
  const put = { method: 'PUT', headers: { 'content-type': mediaType }, body: manifest };
  check(await sendRequest(new URL(`${url}/manifests/${tag}`), put));
  return digestOf(manifest);
}

function check({ statusCode, body }: Answer): void {
  if (statusCode === 201) return;
  throw new Error(`the registry answered ${statusCode}: ${body.toString()}`);
}

function digestOf(text: string): string {
  return `sha256:${createHash('sha256').update(text).digest('hex')}`;
}
