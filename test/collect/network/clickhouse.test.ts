/** collect/clickhouse: its URIs, and servers that speak its protocols badly. */

import assert from 'node:assert/strict';

import { clickhouse } from '../../../agent/collect/network/clickhouse.ts';
import {
  type ClickhouseSettings,
  parseClickhouseUri,
} from '../../../agent/collect/network/clickhouse-settings.ts';
import { clusterNetwork } from '../../../agent/collect/network/network.ts';
import { gather } from '../../support/collect.ts';
import { HttpServers } from '../../support/http-server.ts';
import { TcpServers } from '../../support/tcp-server.ts';

const FILE = 'clickhouse/clickhouse.json';

const PLAIN: ClickhouseSettings = {
  protocol: 'native',
  addresses: ['db:9000'],
  user: 'default',
  password: '',
  database: '',
  tls: 'none',
  serverName: '',
  dialTimeoutMs: 30_000,
  httpPath: '',
};

const READ: readonly (readonly [string, Partial<ClickhouseSettings>])[] = [
  ['clickhouse://db:9000', {}],
  [
    'tcp://app:p%40ss@a:1,b:2/shop?dial_timeout=5s&max_execution_time=60',
    {
      addresses: ['a:1', 'b:2'],
      user: 'app',
      password: 'p@ss',
      database: 'shop',
      dialTimeoutMs: 5000,
    },
  ],
  [
    'native://x:y@db:9000/z?username=app&password=pass&database=shop',
    { user: 'app', password: 'pass', database: 'shop' },
  ],
  ['clickhouse://db:9000?secure=true', { tls: 'verified' }],
  ['clickhouse://db:9000?secure&skip_verify=1', { tls: 'unverified' }],
  ['clickhouse://db:9000?skip_verify=true', {}],
  [
    'clickhouse://db:9000?secure=t&tls_server_name=%20db.test',
    { tls: 'verified', serverName: 'db.test' },
  ],
  ['http://db:9000?http_path=behind', { protocol: 'http', httpPath: '/behind' }],
  ['https://db:9000?secure=true', { protocol: 'https', tls: 'verified' }],
];

const REFUSED: readonly (readonly [string, RegExp])[] = [
  ['app:s3cret', /parse dsn address failed/],
  ['clickhouse://app:s3cret%zz@db', /invalid URL escape/],
  ['clickhouse://app:s3 cret@db', /invalid userinfo/],
  ['https://app:s3cret@db', /https without TLS/],
  ['http://app:s3cret@db?secure=1', /http with TLS specify/],
  ['clickhouse://app:s3cret@db?secure=maybe', /:secure: strconv.ParseBool: parsing "maybe"/],
  ['clickhouse://app:s3cret@db?dial_timeout=1', /dial timeout: time: missing unit/],
  ['clickhouse://app:s3cret@db?tls_server_name=x', /tls_server_name requires secure=true/],
];

/** The server's hello: name, version 23.8, revision. */
const HELLO = [0, 1, 0x78, 23, 8, 0];

/** A block of one column `v`, its type and its texts. */
function block(type: string, ...texts: readonly string[]): number[] {
  const info = [1, 0, 2, 0xff, 0xff, 0xff, 0xff, 0];
  return [1, 0, ...info, 1, texts.length, ...text('v'), ...text(type), ...texts.flatMap(text)];
}

function text(value: string): number[] {
  return [value.length, ...Buffer.from(value)];
}

const [PROGRESS, PROFILE, END] = [[3, 1, 0x80, 0x01, 0], [6, 1, 1, 10, 0, 0, 0], [5]];

const ANSWER = [
  ...block('String'),
  ...PROGRESS,
  ...block('String', '23.8.1'),
  ...PROFILE,
  ...block('String'),
  ...END,
];

const EXCEPTION = [
  2,
  60,
  0,
  0,
  0,
  ...text('DB::Exception'),
  ...text('DB::Exception: no s3cret'),
  0,
  0,
];

describe('collect/clickhouse', () => {
  const servers = new TcpServers();
  const httpServers = new HttpServers();

  afterEach(async () => {
    await servers.close();
    await httpServers.close();
  });

  /** Sends the first part at once, the second when the query has come; each byte in a packet of its own. */
  async function askNative(...parts: readonly (readonly number[])[]): Promise<string> {
    const port = await servers.start((socket) => {
      let index = 0;
      socket.on('data', () => {
        const part = parts[index++];
        if (part === undefined) return;
        for (const byte of part) socket.write(Buffer.from([byte]));
        if (index === parts.length) socket.end();
      });
    });
    const uri = `clickhouse://app:s3cret@127.0.0.1:${port}`;
    return (await gather(clickhouse, { uri })).files[FILE] ?? '';
  }

  for (const [uri, settings] of READ) {
    it(`reads ${uri}`, () => {
      assert.deepEqual(parseClickhouseUri(uri), { ...PLAIN, ...settings });
    });
  }

  for (const [uri, reason] of REFUSED) {
    it(`writes why ${uri} cannot be read, without its password`, async () => {
      const given = await gather(clickhouse, { uri });

      assert.match((given.files[FILE] ?? '').replaceAll('\\"', '"'), reason);
      assert.ok(!JSON.stringify(given).includes('s3'));
    });
  }

  it('reads an answer that comes in pieces', async () => {
    assert.equal(await askNative(HELLO, ANSWER), '{"isConnected":true,"version":"23.8.1"}');
  });

  for (const [what, parts, reason] of [
    ['refuses the login', [EXCEPTION], 'code: 60, message: no ***HIDDEN***'],
    ['refuses the query', [HELLO, EXCEPTION], 'code: 60, message: no ***HIDDEN***'],
    ['closes the connection', [[]], 'EOF'],
    ['breaks off', [HELLO, ANSWER.slice(0, 20)], 'EOF'],
    ['is another one', [[72, 84]], '[handshake] unexpected packet [72] from server'],
    ['sends an unknown packet', [HELLO, [99]], 'unexpected packet 99'],
    ['has no rows', [HELLO, [...block('String'), ...END]], 'sql: no rows in result set'],
    [
      'answers with another type',
      [HELLO, block('UInt8', 'a')],
      'the answer is no single text: 1 columns, 1 rows of UInt8',
    ],
    ['has an unknown field', [HELLO, [1, 0, 7]], 'a block has an unknown field 7'],
    [
      'announces a long text',
      [[0, 0xff, 0xff, 0xff, 0xff, 0x0f]],
      'the server announces a text of 4294967295 bytes',
    ],
    [
      'sends a number without an end',
      [[0, ...Array.from({ length: 12 }, () => 0xff)]],
      'the server sends a number of more than 64 bits',
    ],
  ] as const) {
    it(`says so where the server ${what}`, async () => {
      assert.deepEqual(JSON.parse(await askNative(...parts)), {
        isConnected: false,
        error: reason,
      });
    });
  }

  it('gives up on a server that never ends', async () => {
    const port = await servers.start((socket) => {
      socket.write(Buffer.from(HELLO));
      const chunk = Buffer.concat(Array.from({ length: 4000 }, () => Buffer.from(PROGRESS)));
      const timer = setInterval(() => socket.write(chunk), 1);
      socket.on('close', () => clearInterval(timer));
    });
    const { files } = await gather(clickhouse, { uri: `clickhouse://127.0.0.1:${port}` });

    assert.match(files[FILE] ?? '', /the server sends more than 262144 bytes/);
  });

  it('tries the addresses in their order, and keeps the last failure', async () => {
    const port = await servers.start((socket) => socket.end(Buffer.from([99])));
    const { files } = await gather(clickhouse, { uri: `tcp://127.0.0.1:1,127.0.0.1:${port}` });

    assert.match(files[FILE] ?? '', /unexpected packet \[99\]/);
  });

  it('asks over HTTP', async () => {
    const requests: unknown[] = [];
    const url = await httpServers.start((request, response) => {
      const { pathname, searchParams } = new URL(request.url ?? '', 'http://db');
      requests.push([pathname, searchParams.get('database'), request.headers.authorization]);
      response.end('23.8.1\n');
    });
    const uri = url.replace('//', '//app:s3cret@');
    const { files } = await gather(clickhouse, { uri: `${uri}/shop?http_path=/behind` });

    assert.deepEqual(files, { [FILE]: '{"isConnected":true,"version":"23.8.1"}' });
    const authorization = `Basic ${Buffer.from('app:s3cret').toString('base64')}`;
    assert.deepEqual(requests, [['/behind', 'shop', authorization]]);
  });

  for (const [body, code, reason] of [
    [
      'Code: 60. DB::Exception: No s3cret. (X) (version 1)',
      '',
      'code: 60, message: No ***HIDDEN***. (X) (version 1)',
    ],
    ['Code: 60. plain', '61', 'code: 61, message: plain'],
    ['<html>', '', 'response body: "<html>"'],
  ] as const) {
    it(`has the words of the driver for ${body}`, async () => {
      const url = await httpServers.start((_, response) => {
        response.writeHead(404, code === '' ? {} : { 'x-clickhouse-exception-code': code });
        response.end(body);
      });
      const { files } = await gather(clickhouse, { uri: url.replace('//', '//app:s3cret@') });
      const named = 'failed to query server hello: failed to query server hello info: sendQuery';

      assert.deepEqual(JSON.parse(files[FILE] ?? ''), {
        isConnected: false,
        error: `${named}: [HTTP 404] ${reason}`,
      });
    });
  }

  for (const status of [200, 500]) {
    it(`gives up on an HTTP answer ${status} that never ends`, async () => {
      const url = await httpServers.start((_, response) => {
        response.writeHead(status);
        const timer = setInterval(() => response.write('x'.repeat(20_000)), 1);
        response.on('close', () => clearInterval(timer));
      });
      const { files } = await gather(clickhouse, { uri: url });

      assert.match(files[FILE] ?? '', /the server sends more than 65536 bytes/);
    });
  }

  for (const uri of ['clickhouse://127.0.0.1:1', 'http://127.0.0.1:1', 'http://localhost:1']) {
    it(`does not connect to ${uri}`, async () => {
      const { files } = await gather(clickhouse, { uri }, { network: clusterNetwork() });

      assert.match(files[FILE] ?? '', /loopback, link-local or metadata address/);
    });
  }
});
