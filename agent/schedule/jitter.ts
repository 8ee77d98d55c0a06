/** SCHEDULE_JITTER: keeps thousands of installations with the same schedule from starting together. */

import { createHash } from 'node:crypto';

/**
 * How much later than its instants this installation starts, in ms: in [0, windowMs), spread evenly over
 * installations, and the same after every restart.
 */
export function jitterMs(installationId: string, windowMs: number): number {
  if (windowMs <= 0) return 0;
  const digest = createHash('sha256').update(installationId).digest();
  // 48 bits: as many as a number holds exactly, and far more than any window has ms.
  return digest.readUIntBE(0, 6) % windowMs;
}
