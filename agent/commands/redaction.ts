/** Puts redaction together from the settings: for a run with either engine, and for a bundle that is there already. */

import { WorkFolder } from '../body/body.ts';
import type { AgentConfig } from '../config/fields.ts';
import type { KubeApi } from '../kube/client.ts';
import type { Logger } from '../log.ts';
import { bothLooks, type Look } from '../redact/look.ts';
import { type RedactOptions, redactCollected, redactWords } from '../redact/redact.ts';
import { ruleSets, troubleshootSets } from '../redact/rule-sets.ts';
import { SecondLook } from '../redact/second-look.ts';
import { SecretValues } from '../redact/secret-values.ts';
import type { Redact } from '../run/run.ts';
import type { BundleSpec } from '../spec/types.ts';
import { readSecretValues } from './read-secrets.ts';

export interface RedactionParts {
  readonly config: AgentConfig;
  readonly log: Logger;
  readonly connect: () => Promise<KubeApi>;
  readonly workFolder: () => Promise<string>;
}

export interface Redaction {
  readonly redact: Redact;
  /** For what is told of the bundle beside its files. */
  readonly words: (text: string) => string;
}

/**
 * Ready before anything is collected: a rule that cannot be used must not be noticed only then.
 *
 * @throws {AgentError} REDACTOR_INVALID; with SECRET_SCAN=values KUBE_…: Secrets cannot be read.
 */
export async function makeRedaction(
  { redactors }: BundleSpec,
  { config, log, connect, workFolder }: RedactionParts,
  signal: AbortSignal,
): Promise<Redaction> {
  const values =
    config.secretScan === 'values'
      ? await readValues(await connect(), { config, log }, signal)
      : undefined;
  const folder = await workFolder();
  const options = await redactOptions(config, { redactors, folder, ...(values && { values }) });
  return {
    redact: (collected, redactSignal) => redactCollected(collected, options, redactSignal),
    words: (text) => redactWords(options.sets, text),
  };
}

export interface RedactionInput {
  /** Of the specs. */
  readonly redactors: BundleSpec['redactors'];
  /** In WORK_DIR, for this run alone. */
  readonly folder: string;
  /** What the second look looks for beside shapes. */
  readonly values?: SecretValues;
  /** Exactly what `support-bundle redact` does: nothing of ours. */
  readonly isUpstream?: boolean;
}

/**
 * What the settings say of how a bundle is redacted.
 *
 * @throws {AgentError} REDACTOR_INVALID.
 */
export async function redactOptions(
  config: AgentConfig,
  { redactors, folder, values, isUpstream = false }: RedactionInput,
): Promise<RedactOptions> {
  const { redactDisable: disabled, redactEnable: enabled, redactOpaque, maxBundleBytes } = config;
  const sets = isUpstream
    ? await troubleshootSets(redactors)
    : await ruleSets({ redactors, disabled, enabled });
  function lookAgain(): Look {
    const shapes = new SecondLook(disabled);
    return values === undefined ? shapes : bothLooks(shapes, values.look());
  }
  return {
    ...sets,
    isUpstream,
    lookAgain: isUpstream ? undefined : lookAgain,
    opaque: redactOpaque,
    maxContentBytes: maxBundleBytes,
    // Beside what collecting takes: of the largest file there are two, as it was and as it leaves.
    workDir: new WorkFolder(folder, maxBundleBytes),
  };
}

async function readValues(
  kube: KubeApi,
  { config, log }: Pick<RedactionParts, 'config' | 'log'>,
  signal: AbortSignal,
): Promise<SecretValues> {
  const read: Uint8Array[] = [];
  for await (const value of readSecretValues(kube, config.namespaces, signal)) read.push(value);
  const values = new SecretValues(read);
  // A bundle in which none is found is told from a cluster of which none could be looked for.
  log.info({ values: values.count }, 'values of Secrets are looked for');
  return values;
}
