/** Redaction as the settings put it together: with the cluster's Secrets, without them, and as upstream. */

import assert from 'node:assert/strict';

import type { Collected } from '../../agent/bundle.ts';
import { makeRedaction, redactOptions } from '../../agent/commands/redaction.ts';
import { loadConfig } from '../../agent/config/load.ts';
import { redactCollected } from '../../agent/redact/redact.ts';
import { fileEntry, from, temporaryFolder } from '../support/bundles.ts';
import { drain } from '../support/generators.ts';
import { FakeKube } from '../support/kube.ts';
import { RecordingLog } from '../support/log.ts';
import { never } from '../support/signal.ts';
import { mergedSpec } from '../support/spec.ts';

const VALUE = 'plum-vessel-9-harbour';
const TOKEN = `ghp_${'a1B2c3D4e5F6'.repeat(3)}`;

describe('commands/redaction', () => {
  const folder = temporaryFolder();

  it("leaves out what holds a value of the cluster's Secrets, and logs how many are looked for", async () => {
    const { files, findings, log } = await redact({ SECRET_SCAN: 'values' });

    assert.deepEqual(files, ['fine']);
    assert.deepEqual(findings, ['secret-value']);
    assert.deepEqual(
      log.lines.map(({ message, fields }) => [message, fields]),
      [['values of Secrets are looked for', { values: 1 }]],
    );
  });

  it('asks the cluster for nothing where no setting says so', async () => {
    const { files, kube, log } = await redact({});

    assert.deepEqual(files, ['fine', 'copied']);
    assert.deepEqual(kube.requests, []);
    assert.deepEqual(log.lines, []);
  });

  it('names the right that is missing', async () => {
    await assert.rejects(
      redact({ SECRET_SCAN: 'values' }, (kube) => kube.fail('/api/v1/secrets', 'KUBE_FORBIDDEN')),
      { code: 'KUBE_FORBIDDEN' },
    );
  });

  for (const [isUpstream, left] of [
    [false, '***HIDDEN***'],
    [true, TOKEN],
  ] as const) {
    it(`${isUpstream ? 'has nothing of ours' : 'has our rules'} where upstream is ${isUpstream}`, async () => {
      const input = { redactors: [], folder: folder(), isUpstream };
      const options = await redactOptions(loadConfig({}), input);

      assert.equal(
        await textOf(redactCollected(from(fileEntry('a', TOKEN)), options, never())),
        left,
      );
    });
  }

  async function redact(
    environment: Readonly<Record<string, string>>,
    prepare: (kube: FakeKube) => void = () => undefined,
  ): Promise<{
    readonly files: readonly string[];
    readonly findings: readonly (string | undefined)[];
    readonly kube: FakeKube;
    readonly log: RecordingLog;
  }> {
    const [kube, log] = [new FakeKube(), new RecordingLog()];
    kube.put('/api/v1/namespaces/shop/secrets/a', {
      data: { word: Buffer.from(VALUE).toString('base64') },
    });
    prepare(kube);
    const parts = {
      config: loadConfig(environment),
      log,
      connect: async () => kube,
      workFolder: async () => folder(),
    };
    const redaction = await makeRedaction(mergedSpec(), parts, never());
    const source = from(fileEntry('fine', 'x'), fileEntry('copied', `nobody knows ${VALUE}`));
    const all = await drain(redaction.redact(source, never()));
    return {
      files: all.flatMap((one) => (one.kind === 'file' ? [one.path] : [])),
      findings: all.flatMap((one) => (one.kind === 'left-out' ? [one.finding] : [])),
      kube,
      log,
    };
  }
});

async function textOf(redacted: AsyncIterable<Collected>): Promise<string> {
  let text = '';
  for await (const one of redacted) {
    if (one.kind !== 'file') continue;
    for await (const chunk of one.read()) text += Buffer.from(chunk).toString();
  }
  return text;
}
