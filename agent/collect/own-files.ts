/** What a bundle holds beside the collectors' files, as troubleshoot writes it. */

import type { CollectorOutcome } from '../bundle.ts';
import { goJson } from './go-json.ts';

/** Name and content of files whose readers take them for granted. */
export function versionFile(version: string): string {
  return `apiVersion: troubleshoot.sh/v1beta2\nkind: SupportBundle\nspec:\n  versionNumber: ${version}\n`;
}

/** A collector that was not started. */
export interface Skipped {
  readonly collector: string;
  readonly reason: 'excluded' | 'insufficient RBAC permissions';
  readonly errors: readonly string[] | null;
  readonly timestamp: string;
}

/** In the order in which troubleshoot would have come to them. Source: WriteSkippedCollectors in troubleshoot v0.133.0, pkg/collect/collector.go. */
export function skippedFile(skipped: readonly Skipped[]): string {
  return goJson(
    skipped.map(({ collector, reason, errors, timestamp }) => ({
      collector,
      reason,
      errors,
      timestamp,
    })),
  );
}

/** Source: runCollectors in troubleshoot v0.133.0, pkg/supportbundle/collect.go. */
export function collectorErrorFile(collector: string, error: string, timestamp: string): string {
  return goJson({ collector, error, timestamp });
}

interface Timing {
  readonly name: string;
  readonly outcome: CollectorOutcome;
  readonly durationMs: number;
}

const RULE = '=============================================';
const LEGEND = 'Succeeded (S), eXcluded (X), Failed (F)';

/**
 * `execution-data/summary.txt`: how long each collector took, the longest first.
 * Source: troubleshoot v0.133.0, internal/traces/exporter.go.
 */
export function summaryFile(timings: readonly Timing[], durationMs: number): string {
  const rows = timings
    .toSorted((first, second) => second.durationMs - first.durationMs)
    .map((timing) => ({ name: `${timing.name} (${letterOf(timing)})`, ms: timing.durationMs }));
  const width = Math.max(...rows.map(({ name }) => name.length));
  return [
    '============ Collectors summary =============',
    LEGEND,
    RULE,
    ...(rows.length === 0 ? ['No collectors executed'] : []),
    ...rows.map(({ name, ms }) => `${name.padEnd(width)} : ${inEnglish(ms)}ms`),
    '',
    '============ Redactors summary =============',
    'No redactors executed',
    '',
    '============= Analyzers summary =============',
    LEGEND,
    RULE,
    'No analyzers executed',
    '',
    `Duration: ${inEnglish(durationMs)}ms`,
    '',
  ].join('\n');
}

function letterOf({ outcome }: Timing): 'S' | 'X' | 'F' {
  if (outcome === 'excluded') return 'X';
  return outcome === 'ok' || outcome === 'partial' ? 'S' : 'F';
}

/** With thousands separated; `toLocaleString` would load all of ICU for it. */
function inEnglish(ms: number): string {
  return String(Math.round(ms)).replaceAll(/\B(?=(\d{3})+$)/g, ',');
}
