/** One revision of a Helm release, out of the text that Helm stores in a Secret. */

import { gunzipSync } from 'node:zlib';

import { type ApiObject, isObject, objectAt, textAt } from '../../kube/object-fields.ts';
import { goTimeText } from '../go-time.ts';

export interface HelmRelease {
  readonly name: string;
  readonly namespace: string;
  readonly revision: number;
  /** When it was last deployed, as Go prints a time. */
  readonly date: string;
  readonly status: string;
  readonly chart: { readonly name: string; readonly version: string; readonly appVersion: string };
  /** The chart's own with the user's over them; empty where nobody asks for them. */
  readonly values: ReadonlyMap<string, unknown>;
}

/** Far more than a Secret can hold, compressed as Helm does. */
const MAX_BYTES = 64 * 1024 * 1024;
const GZIP_MAGIC = Buffer.from([0x1f, 0x8b, 0x08]);

/**
 * Source: decodeRelease in helm.sh/helm v3.22.0, pkg/storage/driver/util.go.
 *
 * @param encoded Base64 of JSON, gzipped or, by old versions, not.
 * @throws It is something else.
 */
export function parseHelmRelease(
  encoded: string,
  { withValues }: { readonly withValues: boolean },
): HelmRelease {
  const bytes = Buffer.from(encoded, 'base64');
  const isGzipped = bytes.subarray(0, 3).equals(GZIP_MAGIC);
  const json = isGzipped ? gunzipSync(bytes, { maxOutputLength: MAX_BYTES }) : bytes;
  const release: unknown = JSON.parse(json.toString());
  const metadata = objectAt(release, 'chart', 'metadata');
  const revision = isObject(release) ? release['version'] : undefined;
  return {
    name: textAt(release, 'name'),
    namespace: textAt(release, 'namespace'),
    revision: typeof revision === 'number' ? revision : 0,
    date: goTimeText(textAt(release, 'info', 'last_deployed')),
    status: textAt(release, 'info', 'status'),
    chart: {
      name: textAt(metadata, 'name'),
      version: textAt(metadata, 'version'),
      appVersion: textAt(metadata, 'appVersion'),
    },
    values: withValues
      ? coalesce(objectAt(release, 'config') ?? {}, objectAt(release, 'chart', 'values') ?? {})
      : new Map(),
  };
}

/**
 * The user's values over the chart's, deep; null takes a value of the chart away.
 * Source: CoalesceValues in helm.sh/helm v3.22.0, pkg/chartutil/coalesce.go. Subcharts are not stored with a release.
 */
function coalesce(over: ApiObject, under: ApiObject): ReadonlyMap<string, unknown> {
  const merged = new Map<string, unknown>();
  for (const [key, value] of Object.entries(over)) {
    const below = under[key];
    if (value === null && Object.hasOwn(under, key)) continue;
    merged.set(key, isObject(value) && isObject(below) ? coalesce(value, below) : toGo(value));
  }
  for (const [key, value] of Object.entries(under)) {
    if (!Object.hasOwn(over, key)) merged.set(key, toGo(value));
  }
  return merged;
}

/** Objects as Go's maps, whose keys are sorted. */
function toGo(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(toGo);
  if (!isObject(value)) return value;
  return new Map(Object.entries(value).map(([key, field]) => [key, toGo(field)]));
}
