/** The identity for the Kubernetes API in the form in which a child process takes it over. */

import { access } from 'node:fs/promises';
import { delimiter, join, resolve } from 'node:path';

/** Programs built on client-go find the pod's ServiceAccount by these. */
const IN_CLUSTER = ['KUBERNETES_SERVICE_HOST', 'KUBERNETES_SERVICE_PORT'] as const;

/**
 * The variables a child needs to reach the cluster as the agent does, though its HOME and working
 * folder are others: KUBECONFIG with absolute paths (from KUBECONFIG, else `~/.kube/config` if it
 * exists), and the in-cluster address.
 *
 * @param environment The agent's own.
 */
export async function kubeEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
): Promise<Readonly<Record<string, string>>> {
  const variables: Record<string, string> = {};
  const files = await kubeconfigFiles(environment);
  if (files.length > 0) variables['KUBECONFIG'] = files.join(delimiter);
  for (const name of IN_CLUSTER) {
    const value = environment[name];
    if (value !== undefined && value !== '') variables[name] = value;
  }
  return variables;
}

async function kubeconfigFiles(
  environment: Readonly<Record<string, string | undefined>>,
): Promise<readonly string[]> {
  const named = (environment['KUBECONFIG'] ?? '').split(delimiter).filter((file) => file !== '');
  if (named.length > 0) return named.map((file) => resolve(file));
  const home = environment['HOME'] ?? '';
  if (home === '') return [];
  const file = join(home, '.kube', 'config');
  try {
    await access(file);
    return [resolve(file)];
  } catch {
    // There is none: the child looks for the pod's ServiceAccount, as client-node does.
    return [];
  }
}
