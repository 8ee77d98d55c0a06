/** Both engines with collectors of one type alone: the same files. */

import assert from 'node:assert/strict';

import type { ControlPlane } from '../../bed/control-plane.ts';
import { type Bundle, compareBundles } from './compare.ts';
import { readDifferences } from './differences.ts';
import { runBoth, unguardedSpec } from './run-both.ts';

export type Fields = Readonly<Record<string, unknown>>;

/**
 * Asserts that both engines write the same file for each of these collectors.
 *
 * @returns What is in the files, in order.
 */
export async function assertTypeParity(
  plane: ControlPlane,
  type: string,
  cases: readonly Fields[],
): Promise<readonly string[]> {
  const collectors = [
    ...cases.map((fields, index) => ({ [type]: { collectorName: `case-${index}`, ...fields } })),
    { clusterInfo: { exclude: true } },
    { clusterResources: { exclude: true } },
  ];
  const both = await runBoth(plane.kubeconfigFile, collectors, unguardedSpec(collectors));
  const { differences } = compareBundles(
    withoutRequestIds(both.upstream),
    withoutRequestIds(both.ours),
    readDifferences('Everywhere'),
  );
  assert.deepEqual(differences, []);
  return cases.map((_, index) => textOf(both.ours, `${type}/case-${index}.json`));
}

/** S3 gives each request an id of its own. */
function withoutRequestIds(bundle: Bundle): Bundle {
  return new Map(
    [...bundle].map(([path, file]) => [
      path,
      'text' in file ? { text: file.text.replaceAll(/RequestID: \w+/g, 'RequestID: …') } : file,
    ]),
  );
}

function textOf(bundle: Bundle, path: string): string {
  const file = bundle.get(path);
  assert.ok(file !== undefined && 'text' in file, `${path} is missing`);
  return file.text;
}
