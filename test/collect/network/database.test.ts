/** collect/database: the file of a database collector, however its server answers. */

import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';

import {
  type DatabaseForm,
  databaseCollector,
  failureText,
} from '../../../agent/collect/network/database.ts';
import { mysql } from '../../../agent/collect/network/mysql.ts';
import { clusterNetwork } from '../../../agent/collect/network/network.ts';
import { postgres } from '../../../agent/collect/network/postgres.ts';
import { gather } from '../../support/collect.ts';

const FIELDS = { uri: 'postgres://app:s3cret@db' };

function form(ask: DatabaseForm['ask']): DatabaseForm {
  return { type: 'postgres', ask, secrets: () => ['s3cret', ''] };
}

describe('collect/database', () => {
  it('writes the version, and variables in the order of their names', async () => {
    const variables = new Map([
      ['b', '2'],
      ['a', '<1>'],
    ]);
    const collector = databaseCollector(form(async () => ({ version: '1.2', variables })));

    assert.deepEqual(await gather(collector, { ...FIELDS, collectorName: 'shop' }), {
      files: {
        'postgres/shop.json':
          '{"isConnected":true,"version":"1.2","variables":{"a":"\\u003c1\\u003e","b":"2"}}',
      },
      links: {},
      problems: [],
    });
  });

  it('is connected where only a part is missing', async () => {
    const collector = databaseCollector(
      form(async () => ({ version: '', error: 'no variables', variables: new Map() })),
    );
    const { files, problems } = await gather(collector, FIELDS);

    assert.deepEqual(files, {
      'postgres/postgres.json': '{"isConnected":true,"error":"no variables"}',
    });
    assert.deepEqual(problems, [
      { outcome: 'named', message: 'postgres/postgres.json: no variables' },
    ]);
  });

  it('does not fail where the server cannot be reached, and hides the password', async () => {
    const collector = databaseCollector(
      form(async () => {
        throw new Error('s3cret is wrong:\n\tsecond line');
      }),
    );
    const { files, problems } = await gather(collector, FIELDS);

    assert.deepEqual(files, {
      'postgres/postgres.json':
        '{"isConnected":false,"error":"***HIDDEN*** is wrong:\\n\\tsecond line"}',
    });
    assert.deepEqual(problems, [
      { outcome: 'named', message: 'postgres/postgres.json: ***HIDDEN*** is wrong: second line' },
    ]);
  });

  it('does not wait for ever', async () => {
    const collector = databaseCollector(
      form(async (_fields, { signal }) => await sleep(60_000, { version: '1' }, { signal })),
      20,
    );
    const { files } = await gather(collector, FIELDS);

    assert.deepEqual(files, {
      'postgres/postgres.json': '{"isConnected":false,"error":"no answer within 0.02 s"}',
    });
  });

  it('rejects with the reason of a signal that aborts', async () => {
    const reason = new Error('enough');
    const collector = databaseCollector(
      form(async (_fields, { signal }) => await sleep(60_000, { version: '1' }, { signal })),
    );

    await assert.rejects(gather(collector, FIELDS, { signal: AbortSignal.abort(reason) }), reason);
  });

  it('has the words of Go for what the network says, and leaves ours', () => {
    const refused = { code: 'ECONNREFUSED', syscall: 'connect', address: '::1', port: 5432 };
    const notTls = Object.assign(new Error('x'), { code: 'ERR_SSL_WRONG_VERSION_NUMBER' });

    assert.deepEqual(
      [
        failureText(Object.assign(new Error('x'), refused)),
        failureText(notTls),
        failureText(new Error('ours', { cause: notTls })),
      ],
      [
        'dial tcp [::1]:5432: connect: connection refused',
        'tls: first record does not look like a TLS handshake',
        'ours',
      ],
    );
  });

  for (const [collector, uri] of [
    [postgres, 'postgres://127.0.0.1:1/x'],
    [postgres, 'host=localhost port=1 sslmode=disable'],
    [mysql, 'tcp(127.0.0.1:1)/'],
    [mysql, 'tcp([::1]:1)/?tls=preferred'],
  ] as const) {
    it(`does not connect to ${uri}`, async () => {
      const { files } = await gather(collector, { uri }, { network: clusterNetwork() });

      assert.match(Object.values(files).join(), /loopback, link-local or metadata address/);
    });
  }
});
