/** What tests of the upload share: bundles to send, destinations, and servers that end with the test. */

import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { systemClock } from '../../agent/clock.ts';
import type { Destination, UploadSource } from '../../agent/upload/destination.ts';
import { createHttpPut, type HttpPutOptions } from '../../agent/upload/http-put.ts';
import { parseDestination } from '../../agent/upload/parse-destination.ts';
import type { Certificate } from '../bed/certificate.ts';
import {
  type Answer,
  type LocalServer,
  startRawUploadServer,
  startUploadServer,
  stored,
  type UploadServer,
} from './upload-server.ts';

/** Writes a file that can be sent. */
export async function writeSource(
  folder: string,
  name: string,
  body: Buffer,
): Promise<UploadSource> {
  const file = join(folder, name);
  await writeFile(file, body);
  const sha256 = createHash('sha256').update(body).digest('hex');
  return { file, bytes: body.length, sha256, runId: name, key: `${sha256}.tar.gz` };
}

export function httpDestination(url: string, changed: Partial<HttpPutOptions> = {}): Destination {
  const address = parseDestination(url);
  if (address === undefined) throw new Error(`no destination: ${url}`);
  return createHttpPut({
    address,
    method: 'PUT',
    userAgent: 'agent (secret)',
    timeoutMs: 10_000,
    idleTimeoutMs: 5_000,
    clock: systemClock,
    ...changed,
  });
}

/** Servers that are stopped together. */
export class UploadServers {
  readonly #running: LocalServer[] = [];

  async serve(...answers: [Answer, ...Answer[]]): Promise<UploadServer> {
    return this.#keep(await startUploadServer(answers));
  }

  async serveTls({ certificate: cert, key }: Certificate): Promise<UploadServer> {
    return this.#keep(await startUploadServer([stored], { cert, key }));
  }

  async serveRaw(talk: Parameters<typeof startRawUploadServer>[0]): Promise<LocalServer> {
    return this.#keep(await startRawUploadServer(talk));
  }

  async stop(): Promise<void> {
    for (const server of this.#running.splice(0)) await server.stop();
  }

  #keep<T extends LocalServer>(server: T): T {
    this.#running.push(server);
    return server;
  }
}
