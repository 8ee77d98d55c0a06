/** Puts objects with unusual values, of every kind that clusterResources lists, into a control plane. */

import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import type { ControlPlane } from './control-plane.ts';

const OBJECTS = join(import.meta.dirname, '../fixtures/objects');

/** By kubectl, which keeps integers that JavaScript would round. */
export async function applyOddWorkload(plane: ControlPlane): Promise<void> {
  await plane.kubectl('create', '--validate=false', '-f', join(OBJECTS, 'odd.yaml'));
  await createWhenServed(plane);
  for (const [namespace, object, status] of STATUSES) {
    const patch = JSON.stringify({ status });
    const flags = ['--subresource=status', '--type=merge', `--namespace=${namespace}`];
    await plane.kubectl('patch', object, ...flags, '-p', patch);
  }
}

const MESSAGE = 'The node was low on resource: memory.';
const READY = [{ type: 'Ready', status: 'True', lastTransitionTime: '2026-11-25T10:00:00Z' }];
const STATUSES = [
  ['odd', 'pod/evicted', { phase: 'Failed', reason: 'Evicted', message: MESSAGE }],
  ['odd-a', 'pod/well', { phase: 'Running', conditions: READY }],
  ['odd', 'job/failing', { failed: 1 }],
] as const;

/** The server takes a moment until it serves what a definition defines. */
async function createWhenServed(plane: ControlPlane): Promise<void> {
  const file = join(OBJECTS, 'odd-custom.yaml');
  for (let attemptNumber = 1; ; attemptNumber++) {
    try {
      await plane.kubectl('apply', '--validate=false', '-f', file);
      return;
    } catch (error) {
      if (attemptNumber === 50) throw error;
      await sleep(200);
    }
  }
}
