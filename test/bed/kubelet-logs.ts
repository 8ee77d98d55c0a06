/** Answers for a node's kubelet when the API server asks it for logs: as many bytes as a test wants. */

import { once } from 'node:events';
import { createServer } from 'node:https';
import { pipeline } from 'node:stream/promises';

import { makeCertificate } from './certificate.ts';
import type { KubeObject } from './kube.ts';
import { portOf } from './ports.ts';
import { removeFolder, temporaryFolder } from './processes.ts';

export interface KubeletLogs {
  /** The node whose pods' logs come from here. */
  readonly node: KubeObject;
  stop(): Promise<void>;
}

const LINE = '2026-11-25T10:00:00.000Z INFO handled request path=/orders/17 status=200 ms=12\n';
const CHUNK = Buffer.from(LINE.repeat(400));

/** @param bytes Of each container's log. */
export async function startKubeletLogs(nodeName: string, bytes: number): Promise<KubeletLogs> {
  const folder = temporaryFolder('kubelet-logs');
  const { certificate, key } = await makeCertificate(folder);
  const server = createServer({ cert: certificate, key }, (request, response) => {
    const isPrevious = request.url?.includes('previous=true') === true;
    response.writeHead(isPrevious ? 400 : 200, { 'content-type': 'text/plain' });
    // A reader that leaves early is not our trouble.
    pipeline(isPrevious ? [] : logOf(bytes), response).catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    node: {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name: nodeName },
      status: {
        addresses: [{ type: 'InternalIP', address: '127.0.0.1' }],
        daemonEndpoints: { kubeletEndpoint: { Port: portOf(server) } },
      },
    },
    stop: async () => {
      server.closeAllConnections();
      await once(server.close(), 'close');
      await removeFolder(folder);
    },
  };
}

function* logOf(bytes: number): Generator<Buffer> {
  for (let left = bytes; left > 0; left -= CHUNK.length) yield CHUNK.subarray(0, left);
}
