/** What troubleshoot's program gets of the agent's environment: no more than it needs. */

import { join } from 'node:path';

type Environment = Readonly<Record<string, string | undefined>>;

/** Where programs are, where the cluster is, which proxies and authorities to use. Nothing of UPLOAD_…, nothing of TROUBLESHOOT_…. */
const HANDED_ON = [
  'PATH',
  'KUBECONFIG',
  'KUBERNETES_SERVICE_HOST',
  'KUBERNETES_SERVICE_PORT',
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'http_proxy',
  'https_proxy',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
  'TZ',
] as const;

/**
 * The program's environment. HOME and TMPDIR are inside `folder`: its work can be measured and removed.
 *
 * Proxies are not for the Kubernetes API: its host is in NO_PROXY, in both cases, as Go reads the upper one first.
 */
export function cliEnvironment(
  environment: Environment,
  options: {
    readonly folder: string;
    readonly kubeServer: URL | undefined;
    readonly gomemlimitBytes?: number;
  },
): Readonly<Record<string, string>> {
  const { folder, kubeServer, gomemlimitBytes } = options;
  const variables: Record<string, string> = {
    HOME: join(folder, 'home'),
    TMPDIR: join(folder, 'tmp'),
  };
  for (const name of HANDED_ON) {
    const value = environment[name];
    if (value !== undefined && value !== '') variables[name] = value;
  }
  const direct = [environment['NO_PROXY'], environment['no_proxy'], kubeServer?.hostname].flatMap(
    (list) => (list ?? '').split(','),
  );
  // Go knows an IPv6 address without a port only without its brackets.
  const hosts = direct.map((host) => host.trim().replaceAll(/^\[|\]$/g, ''));
  const noProxy = [...new Set(hosts.filter((host) => host !== ''))].join(',');
  if (noProxy !== '') Object.assign(variables, { NO_PROXY: noProxy, no_proxy: noProxy });
  if (gomemlimitBytes !== undefined) variables['GOMEMLIMIT'] = `${Math.floor(gomemlimitBytes)}B`;
  return variables;
}
