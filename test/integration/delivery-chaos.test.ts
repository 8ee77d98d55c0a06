/**
 * A destination that fails in all ways and a delivering process that is killed again and again: every
 * bundle arrives, whole, as exactly one object.
 */

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import {
  type RunningProcess,
  removeFolder,
  startProcess,
  temporaryFolder,
} from '../bed/processes.ts';
import { type Receiver, type ReceiverAnswer, startReceiver } from '../bed/receiver.ts';
import { seededRandom } from '../support/random.ts';
import { openTestSpool, writeRun } from '../support/spool-folder.ts';

const BUNDLES = 300;
const KILLS = 20;
const ATTEMPTS = 1_000;
/** Kills are spread over the attempts that there are at the least. */
const ATTEMPTS_BETWEEN_KILLS = 45;
const MAX_BUNDLE_BYTES = 300_000;

describe('delivery under chaos', () => {
  const random = seededRandom(20_261_122);
  let folder: string;
  let spoolFolder: string;
  let receiver: Receiver;
  let delivering: RunningProcess | undefined;

  before(async () => {
    folder = temporaryFolder('chaos');
    spoolFolder = temporaryFolder('chaos-spool');
    receiver = await startReceiver({ keep: 'hash', answer: () => chaoticAnswer(random) });
  });

  after(async () => {
    await delivering?.stop(0);
    await receiver.stop();
    await removeFolder(folder);
    await removeFolder(spoolFolder);
  });

  it('ends with exactly one intact object for every bundle', async () => {
    const expected = await fillSpool();

    for (let kill = 1; kill <= KILLS; kill++) {
      delivering = await startDelivery();
      await attemptsReach(kill * ATTEMPTS_BETWEEN_KILLS);
      // Anywhere in an attempt, its back-off, or the writing of a sidecar.
      await sleep(random() * 20);
      delivering.kill('SIGKILL');
      assert.equal(await delivering.exited, 'SIGKILL');
    }
    delivering = await startDelivery();
    assert.equal(await delivering.exited, 0, await readFile(delivering.logFile, 'utf8'));

    const received = [...receiver.objects.values()].map(({ key, sha256 }) => [key, sha256]);
    assert.deepEqual(new Map(received.map(([key = '', sha256]) => [key, sha256])), expected);
    assert.equal(received.length, BUNDLES);
    assert.ok(
      receiver.requests.length >= ATTEMPTS,
      `${receiver.requests.length} attempts are fewer than ${ATTEMPTS}`,
    );
    assert.deepEqual((await openTestSpool(spoolFolder)).spool.list(), []);
    const lines = await readLines();
    assert.equal(new Set(lines.filter(isDelivered).map(({ id }) => id)).size, BUNDLES);
    assert.deepEqual(
      lines.filter((line) => 'lost' in line || line.outcome === 'lost'),
      [],
    );
  }).timeout(120_000);

  /** Key → SHA-256 of every bundle. */
  async function fillSpool(): Promise<Map<string, string>> {
    const { spool } = await openTestSpool(spoolFolder, { maxBytes: 2 ** 40 });
    const expected = new Map<string, string>();
    for (let index = 0; index < BUNDLES; index++) {
      const id = `20261122T02${twoDigits(Math.floor(index / 60))}${twoDigits(index % 60)}Z-0000`;
      const text = `${id} `.repeat(Math.ceil((random() * MAX_BUNDLE_BYTES) / id.length));
      const { key, record } = await spool.commit(await writeRun(spoolFolder, id, text));
      expected.set(key, record.bundle.sha256);
    }
    return expected;
  }

  async function startDelivery(): Promise<RunningProcess> {
    return startProcess({
      name: 'delivery',
      command: process.execPath,
      arguments: [join(import.meta.dirname, 'delivery-process.ts'), spoolFolder, receiver.url],
      logFile: join(folder, 'delivery.log'),
    });
  }

  async function attemptsReach(count: number): Promise<void> {
    while (receiver.requests.length < count) {
      assert.ok(delivering?.isRunning() === true, 'everything was delivered before the last kill');
      await sleep(5);
    }
  }

  async function readLines(): Promise<{ id?: string; outcome?: string }[]> {
    const text = await readFile(join(folder, 'delivery.log'), 'utf8');
    return text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
  }
});

function isDelivered({ outcome }: { readonly outcome?: string }): boolean {
  return outcome === 'delivered';
}

/** Three of four attempts fail. Undefined = as a server that works. */
function chaoticAnswer(random: () => number): ReceiverAnswer | undefined {
  const afterBytes = Math.floor(random() * MAX_BUNDLE_BYTES);
  const answers: readonly (ReceiverAnswer | undefined)[] = [
    { kind: 'answer', statusCode: 503, body: 'busy' },
    { kind: 'answer', statusCode: 503, isEarly: true },
    { kind: 'answer', statusCode: 429, headers: { 'retry-after': '0' } },
    // In the past, and so no reason to wait.
    { kind: 'answer', statusCode: 429, headers: { 'retry-after': new Date(0).toUTCString() } },
    { kind: 'reset', afterBytes },
    { kind: 'reset', afterBytes: 0 },
    { kind: 'cut', afterBytes },
    { kind: 'lose-answer' },
    { kind: 'answer', delayMs: 5 },
    undefined,
    undefined,
  ];
  return answers[Math.floor(random() * answers.length)];
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}
