/** Servers on loopback that answer what a test tells them, for what real ones never say. */

import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';

import { portOf } from '../bed/ports.ts';

/** Those of one `describe`; `close` belongs in its `afterEach`. */
export class TcpServers {
  readonly #servers: Server[] = [];
  readonly #sockets: Socket[] = [];

  /** @returns Its port. */
  async start(onConnection: (socket: Socket) => void): Promise<number> {
    const server = createServer((socket) => {
      this.#sockets.push(socket);
      // A client that has heard enough breaks the connection off.
      socket.on('error', () => undefined);
      onConnection(socket);
    });
    this.#servers.push(server);
    await once(server.listen(0, '127.0.0.1'), 'listening');
    return portOf(server);
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets.splice(0)) socket.destroy();
    for (const server of this.#servers.splice(0)) await once(server.close(), 'close');
  }
}
