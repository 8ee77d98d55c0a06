/** MIN_INTERVAL: the owner's bound on how often a vendor's schedule may run. */

/**
 * Whether an instant is closer than `minIntervalMs` to the one that ran last.
 *
 * @param lastRunAtMs What the last run was scheduled for. One later than the instant is from a clock that was wrong,
 *   and holds nothing back.
 */
export function isTooClose(
  instantMs: number,
  lastRunAtMs: number | undefined,
  minIntervalMs: number,
): boolean {
  if (lastRunAtMs === undefined || lastRunAtMs > instantMs) return false;
  return instantMs - lastRunAtMs < minIntervalMs;
}
