/** Puts redaction together from the settings, the same for both engines. */

import { WorkFolder } from '../body/body.ts';
import type { AgentConfig } from '../config/fields.ts';
import type { KubeApi } from '../kube/client.ts';
import { readSecretValues } from '../redact/read-secrets.ts';
import { type Look, redactCollected } from '../redact/redact.ts';
import { ruleSets } from '../redact/rule-sets.ts';
import { SecondLook } from '../redact/second-look.ts';
import { SecretValues } from '../redact/secret-values.ts';
import type { Redact } from '../run/run.ts';
import type { BundleSpec } from '../spec/types.ts';

export interface RedactionParts {
  readonly config: AgentConfig;
  readonly connect: () => Promise<KubeApi>;
  readonly workFolder: () => Promise<string>;
}

/** What the second look calls a value of a Secret. */
const SECRET_VALUE = 'secret-value';

/**
 * Ready before anything is collected: a rule that cannot be used must not be noticed only then.
 *
 * @throws {AgentError} REDACTOR_INVALID; with SECRET_SCAN=values KUBE_…: Secrets cannot be read.
 */
export async function makeRedaction(
  spec: BundleSpec,
  { config, connect, workFolder }: RedactionParts,
  signal: AbortSignal,
): Promise<Redact> {
  const { redactDisable, redactEnable, redactOpaque, secretScan, maxBundleBytes } = config;
  const rules = await ruleSets({
    redactors: spec.redactors,
    disabled: redactDisable,
    enabled: redactEnable,
  });
  const values =
    secretScan === 'values' ? await readValues(await connect(), config, signal) : undefined;
  // Beside what collecting takes: of the largest file there are two, as it was and as it leaves.
  const workDir = new WorkFolder(await workFolder(), maxBundleBytes);
  const options = {
    ...rules,
    lookAgain: () => lookFor(values, redactDisable),
    opaque: redactOpaque,
    maxContentBytes: maxBundleBytes,
    workDir,
  };
  return (collected, redactSignal) => redactCollected(collected, options, redactSignal);
}

async function readValues(
  kube: KubeApi,
  { namespaces }: AgentConfig,
  signal: AbortSignal,
): Promise<SecretValues> {
  const values: Uint8Array[] = [];
  for await (const value of readSecretValues(kube, namespaces, signal)) values.push(value);
  return new SecretValues(values);
}

function lookFor(values: SecretValues | undefined, disabled: readonly string[]): Look {
  const shapes = new SecondLook(disabled);
  const matcher = values?.matcher();
  return {
    push(chunk) {
      shapes.push(chunk);
      matcher?.push(chunk);
    },
    finish: () => shapes.finish(),
    get finding() {
      return shapes.finding ?? (matcher?.isFound === true ? SECRET_VALUE : undefined);
    },
  };
}
