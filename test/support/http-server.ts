/** Real HTTP servers on loopback for tests of collectors that ask some. */

import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';

import { portOf } from '../bed/ports.ts';

/** Those of one `describe`; `close` belongs in its `afterEach`. */
export class HttpServers {
  readonly #servers: Server[] = [];

  /** Its URL, without a slash at the end. */
  async start(answer: RequestListener): Promise<string> {
    return await this.startServer(createServer(answer));
  }

  async startServer(server: Server): Promise<string> {
    this.#servers.push(server);
    await once(server.listen(0, '127.0.0.1'), 'listening');
    return `http://127.0.0.1:${portOf(server)}`;
  }

  async close(): Promise<void> {
    for (const server of this.#servers.splice(0)) {
      server.closeAllConnections();
      await once(server.close(), 'close');
    }
  }
}
