/** Names inside the bundle, and the bundle's own. */

/** The manifest's path below the top folder; nothing else may have it. */
export const MANIFEST_PATH = 'collection-manifest.json';

/**
 * The bundle's name, which is also its one top folder, in UTC: `support-bundle-2026-11-22T02_00_00`.
 *
 * **Source:** troubleshoot v0.133.0, pkg/supportbundle/parse.go: readers strip a top folder of this form only.
 */
export function bundleName(instantMs: number): string {
  return `support-bundle-${new Date(instantMs).toISOString().slice(0, 19).replaceAll(':', '_')}`;
}
