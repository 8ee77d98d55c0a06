/** spec/uri: the newer form of a SupportBundle. */

import assert from 'node:assert/strict';

import { AgentError } from '../../agent/errors.ts';
import { parseSpec } from '../../agent/spec/parse.ts';
import { type Refreshed, refreshFromUri } from '../../agent/spec/uri.ts';
import { never } from '../support/signal.ts';
import { bundleWith } from '../support/spec.ts';

describe('spec/uri', () => {
  it('puts the SupportBundles it leads to in the place of the original', async () => {
    const fetched = [bundleWith({ helm: {} }), bundleWith({ logs: {} })].join('\n---\n');

    const { documents, notices, sources } = await refresh(() => fetched);

    assert.deepEqual(
      documents.map(({ collectors }) => collectors[0]?.type),
      ['helm', 'logs'],
    );
    assert.deepEqual(notices, []);
    assert.deepEqual(
      sources.map(({ source }) => source),
      ['https://vendor.example.com/spec'],
    );
  });

  it('takes nothing else from there, and follows no further uri', async () => {
    const collectorDocument = bundleWith({ exec: {} }).replace('SupportBundle', 'Collector');
    const fetched = [withUri('https://vendor.example.com/next'), collectorDocument].join('\n---\n');

    const { documents, notices } = await refresh(() => fetched);

    assert.equal(documents.length, 1);
    assert.deepEqual(
      notices.map(({ kind, source, message }) => [kind, source, message]),
      [
        [
          'unused',
          'https://vendor.example.com/spec',
          'a Collector is not taken from a uri, only SupportBundles are',
        ],
        [
          'removed',
          'https://vendor.example.com/spec',
          'uri is taken out: one that was fetched is not followed further',
        ],
      ],
    );
  });

  for (const [what, fetched] of [
    ['is an error page', '<html>gone</html>'],
    ['holds no SupportBundle', bundleWith().replace('SupportBundle', 'Collector')],
    ['cannot be fetched', new AgentError('SPEC_UNREADABLE', 'answered with 500')],
    ['is too large', new AgentError('SPEC_TOO_LARGE', 'at most 1024 KiB')],
  ] as const) {
    it(`keeps the original, and says so, when what is there ${what}`, async () => {
      const { documents, notices, sources } = await refresh(() => fetched);

      assert.equal(documents[0]?.uri?.text, 'https://vendor.example.com/spec?token=abc');
      assert.match(notices[0]?.message ?? '', /the spec stays as it is/);
      assert.deepEqual(sources, []);
      assert.ok(!JSON.stringify(notices).includes('abc'));
    });
  }

  it('does not hide a bug behind the original', async () => {
    await assert.rejects(
      refresh(() => new TypeError('bug')),
      TypeError,
    );
  });
});

async function refresh(fetched: () => string | Error): Promise<Refreshed> {
  const text = withUri('https://vendor.example.com/spec?token=abc');
  const [document] = parseSpec({ source: 'test', text, isDiscovered: false }).documents;
  assert.ok(document !== undefined);
  const download = (): Promise<Uint8Array> => {
    const answer = fetched();
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(Buffer.from(answer));
  };
  return await refreshFromUri(document, { allowRemote: true, download }, never());
}

function withUri(uri: string): string {
  return `apiVersion: troubleshoot.sh/v1beta2\nkind: SupportBundle\nspec: {uri: "${uri}"}`;
}
