/** What the demo tells of the delivered bundle, and what it checks. */
import { execFile } from 'node:child_process';
import { inspect } from 'node:util';

import { MANIFEST_PATH } from '../../agent/archive/layout.ts';
import type { RunRecord } from '../../agent/run/record.ts';
import { BUILT_AGENT } from './agent-process.ts';
import {
  type BundleFile,
  excerptOf,
  hiddenBy,
  readTexts,
  shortText,
  size,
  treeOf,
} from './demo-bundle.ts';
import type { DeliveredObject } from './demo-destination.ts';
import { heading, lines } from './demo-output.ts';
import type { PlantedSecret } from './demo-secrets.ts';

export interface Delivery {
  /** The destination, for people. */
  readonly to: string;
  readonly record: RunRecord;
  readonly object: DeliveredObject;
  readonly files: readonly BundleFile[];
}

export async function showContents(
  { record, object, files }: Delivery,
  planted: readonly PlantedSecret[],
): Promise<void> {
  const texts = await readTexts(object.file, [MANIFEST_PATH, ...planted.map(({ path }) => path)]);

  heading(`What was collected, by the engine ${record.engine}`);
  lines(treeOf(files));
  heading('What was hidden, by which rule');
  lines(hiddenBy(texts.get(MANIFEST_PATH) ?? '', files));
  heading('Some of it, in the cluster and in what the vendor has');
  lines(
    planted.flatMap(({ where, text, path, anchor }) => [
      where,
      `  - ${shortText(text)}`,
      `  + ${excerptOf(texts.get(path) ?? '', anchor)}`,
    ]),
  );
}

export function showDelivery({ to, record, object }: Delivery): void {
  const { delivery, partial: isPartial } = record;
  heading('Where it went');
  lines([
    to,
    `PUT ${delivery?.destination}, key ${delivery?.key}`,
    `answered ${delivery?.statusCode}, receipt ${delivery?.receipt}, attempts: ${delivery?.attempts}`,
  ]);
  heading('The object as the destination has it');
  lines([
    `${object.key}, ${size(object.bytes)} (${object.bytes} bytes)`,
    `sha256 ${object.sha256}`,
    ...object.facts,
  ]);
  heading(
    `The run record${isPartial ? ' (partial: there is no kubelet here to ask for logs)' : ''}`,
  );
  lines(inspect(record, { depth: 4, breakLength: 120 }).split('\n'));
}

/**
 * Whether all is as it should be; each check is shown.
 *
 * @param arrivedBefore How many objects the destination had while the owner was looking.
 */
export async function check(
  { record, object, files }: Delivery,
  arrivedBefore: number,
): Promise<boolean> {
  const leaks = files.filter((file) => file.leaks.length > 0).map(({ path }) => path);
  const checks = [
    {
      isPassed: arrivedBefore === 0,
      text: `${arrivedBefore} objects had left when the owner had looked`,
    },
    {
      isPassed: record.bundle?.sha256 === object.sha256,
      text: `SHA-256 of the record: ${record.bundle?.sha256}, of the object: ${object.sha256}`,
    },
    await verifyCheck(object.file),
    {
      isPassed: leaks.length === 0,
      text: `the workload's secrets, the User-Agent and the URL are ${leaks.length === 0 ? 'nowhere in it' : `in ${leaks.join(', ')}`}`,
    },
  ];
  heading('Checks');
  lines(checks.map(({ isPassed, text }) => `${isPassed ? 'passed' : 'FAILED'}  ${text}`));
  return checks.every(({ isPassed }) => isPassed);
}

async function verifyCheck(
  file: string,
): Promise<{ readonly isPassed: boolean; readonly text: string }> {
  const { promise, resolve } = Promise.withResolvers<{ isPassed: boolean; text: string }>();
  execFile(process.execPath, [BUILT_AGENT, 'verify', file], (error, stdout, stderr) => {
    resolve({ isPassed: error === null, text: `verify: ${`${stdout}${stderr}`.trim()}` });
  });
  return await promise;
}
