/** Writes a spec out again, for troubleshoot's own program. */

import type { Entry } from './fields.ts';
import type { BundleSpec, CollectorSpec } from './types.ts';

/**
 * The spec as YAML documents, in the form of JSON, which is YAML that needs no quoting rules.
 *
 * The first document always names clusterInfo and clusterResources, excluded where they may not run:
 * troubleshoot adds them wherever they are missing. Its fields have been checked, so it can be
 * decoded. Redactors are not in it: what they cut away would hide secrets from our rules, which work
 * first; then the redactors do. What has not been checked to the last field is in documents of its own, because
 * troubleshoot drops a document that it cannot decode, and only that.
 */
export function renderSpec(spec: BundleSpec): string {
  const unchecked = spec.collectors.filter(({ fields }) => fields['podSpec'] !== undefined);
  const checked = spec.collectors.filter((collector) => !unchecked.includes(collector));
  const { hostCollectors, analyzers, hostAnalyzers, runHostCollectorsInPod } = spec;
  const documents = [
    supportBundle({ collectors: [...checked.map(toEntry), ...excludedDefaults(checked)] }),
    ...unchecked.map((collector) => supportBundle({ collectors: [toEntry(collector)] })),
    ...(hostCollectors.length === 0
      ? []
      : [supportBundle({ hostCollectors, runHostCollectorsInPod })]),
    ...analyzers.map((analyzer) => supportBundle({ analyzers: [analyzer] })),
    ...hostAnalyzers.map((analyzer) => supportBundle({ hostAnalyzers: [analyzer] })),
  ];
  return documents.map(toYaml).join('---\n');
}

function supportBundle(spec: Entry): Entry {
  return document('SupportBundle', spec);
}

function document(kind: string, spec: Entry): Entry {
  return {
    apiVersion: 'troubleshoot.sh/v1beta2',
    kind,
    metadata: { name: 'cron-support-bundle' },
    spec,
  };
}

function toEntry({ type, fields, exclude }: CollectorSpec): Entry {
  return { [type]: exclude ? { ...fields, exclude } : fields };
}

function excludedDefaults(collectors: readonly CollectorSpec[]): readonly Entry[] {
  return ['clusterInfo', 'clusterResources']
    .filter((type) => !collectors.some((collector) => collector.type === type))
    .map((type) => ({ [type]: { exclude: true } }));
}

/** JSON leaves characters as they are that YAML forbids or takes for line breaks. */
function toYaml(value: Entry): string {
  const json = JSON.stringify(
    value,
    (_key, part: unknown) => (typeof part === 'string' ? part.toWellFormed() : part),
    2,
  );
  const escaped = json.replaceAll(
    /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return `${escaped}\n`;
}
