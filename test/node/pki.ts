/** Certificates, tokens and kubeconfigs of the node's control plane. */

import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { NODE_ADDRESS } from './network.ts';

const openssl = (...given: readonly string[]) => promisify(execFile)('openssl', [...given]);

const USERS = {
  admin: 'system:masters',
  'system:kube-controller-manager': '',
  'system:kube-scheduler': '',
  'system:node:n1': 'system:nodes',
} as const;

export type NodeUser = keyof typeof USERS;

export interface Pki {
  readonly caFile: string;
  /** Path of a file by its name: `apiserver.crt`, `sa.key`, … */
  file(name: string): string;
  kubeconfigOf(user: NodeUser): string;
  readonly adminToken: string;
}

export const API_SERVER = `https://${NODE_ADDRESS}:6443`;

export async function makePki(folder: string): Promise<Pki> {
  const file = (name: string): string => join(folder, name);
  await mkdir(folder, { recursive: true });
  await openssl(
    ...'req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=node-ca'.split(' '),
    '-keyout',
    file('ca.key'),
    '-out',
    file('ca.crt'),
  );
  await makeLeaf(
    file,
    'apiserver',
    '/CN=kube-apiserver',
    `subjectAltName=IP:${NODE_ADDRESS},IP:10.96.0.1,DNS:kubernetes.default.svc`,
  );
  await makeLeaf(
    file,
    'kubelet-client',
    '/O=system:masters/CN=apiserver-kubelet-client',
    'extendedKeyUsage=clientAuth',
  );
  await makeLeaf(
    file,
    'kubelet',
    '/O=system:nodes/CN=system:node:n1',
    `subjectAltName=IP:${NODE_ADDRESS},DNS:n1`,
  );
  await openssl('genrsa', '-out', file('sa.key'), '2048');
  await openssl('rsa', '-in', file('sa.key'), '-pubout', '-out', file('sa.pub'));
  const tokens = new Map(Object.keys(USERS).map((user) => [user, randomBytes(16).toString('hex')]));
  const rows = Object.entries(USERS).map(
    ([user, group]) => `${tokens.get(user)},${user},${user},"${group}"`,
  );
  await writeFile(file('tokens.csv'), `${rows.join('\n')}\n`);
  for (const [user, token] of tokens) {
    await writeFile(file(`${user}.kubeconfig`), kubeconfig(file('ca.crt'), token));
  }
  return {
    caFile: file('ca.crt'),
    file,
    kubeconfigOf: (user) => file(`${user}.kubeconfig`),
    adminToken: tokens.get('admin') ?? '',
  };
}

async function makeLeaf(
  file: (name: string) => string,
  ...of: readonly [string, string, string]
): Promise<void> {
  const [name, subject, extension] = of;
  await writeFile(file(`${name}.ext`), `${extension}\n`);
  await openssl(
    'req',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-keyout',
    file(`${name}.key`),
    '-out',
    file(`${name}.csr`),
    '-subj',
    subject,
  );
  const signer = ['-CA', file('ca.crt'), '-CAkey', file('ca.key'), '-CAcreateserial'];
  await openssl(
    'x509',
    '-req',
    '-days',
    '2',
    '-in',
    file(`${name}.csr`),
    ...signer,
    '-extfile',
    file(`${name}.ext`),
    '-out',
    file(`${name}.crt`),
  );
}

function kubeconfig(caFile: string, token: string): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'node', cluster: { server: API_SERVER, 'certificate-authority': caFile } }],
    users: [{ name: 'node', user: { token } }],
    contexts: [{ name: 'node', context: { cluster: 'node', user: 'node' } }],
    'current-context': 'node',
  });
}
