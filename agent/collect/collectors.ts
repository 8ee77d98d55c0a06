/** The collectors of the native engine, by their key in the spec: one row each, loaded when a spec asks for it. */

import type { Collector, Fields } from './collector.ts';

interface Row {
  readonly load: () => Promise<Collector>;
  /** Whether it does with these fields what troubleshoot does; absent: always. */
  readonly serves?: (fields: Fields) => boolean;
}

const ROWS: Readonly<Record<string, Row>> = {
  clusterResources: {
    load: async () => (await import('./cluster-resources.ts')).clusterResources,
  },
  logs: { load: async () => (await import('./logs.ts')).logs },
};

const BY_KEY: ReadonlyMap<string, Row> = new Map(Object.entries(ROWS));

/** Undefined where the native engine does not serve it; the cli engine may. */
export function findCollector(key: string, fields: Fields): (() => Promise<Collector>) | undefined {
  const row = BY_KEY.get(key);
  return row?.serves?.(fields) === false ? undefined : row?.load;
}
