/** What the parity suite collects, and the objects that only single cases need. */

import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

import type { ControlPlane } from '../../bed/control-plane.ts';
import { programPath } from '../../bed/programs.ts';

/** Entries of a spec's analyzers whose outcomes depend on what is collected. */
const OUTCOMES = [
  { fail: { when: '< 1.0.0', message: 'old' } },
  { pass: { message: 'new enough' } },
];
export const ANALYZERS = [
  { clusterVersion: { outcomes: OUTCOMES } },
  {
    customResourceDefinition: {
      customResourceDefinitionName: 'gadgets.odd.example.com',
      outcomes: [{ fail: { message: 'no' } }, { pass: { message: 'yes' } }],
    },
  },
  {
    deploymentStatus: {
      name: 'orders-api',
      namespace: 'acme-orders',
      outcomes: [{ fail: { when: '< 1', message: 'none' } }, { pass: { message: 'some' } }],
    },
  },
  {
    nodeResources: {
      checkName: 'nodes',
      outcomes: [{ fail: { when: 'count() < 2', message: 'few' } }, { pass: { message: 'many' } }],
    },
  },
  {
    jobStatus: {
      name: 'failing',
      namespace: 'odd',
      outcomes: [{ fail: { when: '> 0', message: 'failed' } }, { pass: { message: 'well' } }],
    },
  },
  {
    ingress: {
      ingressName: 'front',
      namespace: 'odd',
      outcomes: [{ fail: { message: 'no' } }, { pass: { message: 'yes' } }],
    },
  },
  {
    storageClass: {
      checkName: 'storage',
      storageClassName: 'slow',
      outcomes: [{ fail: { message: 'no' } }, { pass: { message: 'yes' } }],
    },
  },
];

export const OBJECTS = [
  { configMap: { name: 'texts', namespace: 'odd', key: 'json', includeValue: true } },
  { configMap: { name: 'texts', namespace: 'odd', includeAllData: true } },
  { configMap: { name: 'texts', namespace: 'odd', key: 'no-such' } },
  { configMap: { name: 'no-such', namespace: 'odd' } },
  { configMap: { name: 'no-namespace' } },
  {
    configMap: {
      namespace: 'odd-a',
      selector: ['app=odd', 'tier in (front,back)'],
      key: 'empty',
      includeValue: true,
    },
  },
  {
    configMap: {
      namespace: 'odd-a',
      selector: ['app=odd'],
      includeAllData: true,
      collectorName: 'all',
    },
  },
  { configMap: { namespace: 'odd', selector: ['*'] } },
  { secret: { name: 'settings', namespace: 'odd', key: 'password', includeValue: true } },
  { secret: { name: 'settings', namespace: 'odd', key: 'user' } },
  {
    secret: {
      name: 'settings',
      namespace: 'odd',
      includeAllData: true,
      collectorName: 'everything',
    },
  },
  { secret: { name: 'no-such', namespace: 'odd', key: 'x' } },
  { secret: { name: 'no-namespace' } },
  { secret: { namespace: 'odd', selector: ['app=odd'] } },
  { secret: { namespace: 'odd' } },
];

export const LOGS = [
  { logs: { name: 'all', namespace: 'acme-orders' } },
  {
    logs: {
      name: 'some/where',
      namespace: 'acme-orders',
      selector: ['app=orders-api'],
      timestamps: true,
    },
  },
  { logs: { name: 'limited', namespace: 'odd', limits: { maxLines: 5, maxBytes: 100 } } },
  { logs: { name: 'since', namespace: 'odd', limits: { maxAge: '24h' }, collectorName: 'recent' } },
  { logs: { namespace: 'odd-a', containerNames: ['web', 'no-such'] } },
];

/** One is on no node, the other on one that is not there. */
export const PODS_WITHOUT_KUBELET = [
  { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'silent' } },
  ...[
    { name: 'unscheduled', place: {} },
    { name: 'lost', place: { nodeName: 'gone' } },
  ].map(({ name, place }) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'silent', labels: { app: name } },
    spec: { ...place, containers: [{ name: 'main', image: 'x' }] },
  })),
];

const SILENT = { namespace: 'silent', selector: ['app=unscheduled'] };
const OTHER_TYPE = { name: 'x', type: 'y', data: { a: 'b' } };
const TWO_KEYS = {
  name: 'x',
  type: 'kubernetes.io/dockerconfigjson',
  data: { '.dockerconfigjson': 'e30=', z: 'y' },
};

export const CANNOT_START = [
  { clusterInfo: { exclude: true } },
  { clusterResources: { exclude: true } },
  { exec: { ...SILENT, name: 'exec', command: ['true'] } },
  { exec: { ...SILENT, name: 'other', containerName: 'nope', command: ['true'] } },
  { exec: { name: 'lost', namespace: 'silent', selector: ['app=lost'], command: ['true'] } },
  { copy: { ...SILENT, name: 'copy', containerPath: '/a/b/' } },
  { runPod: { name: 'pod', namespace: 'silent', imagePullSecret: OTHER_TYPE, podSpec: {} } },
  { runDaemonSet: { name: 'set', namespace: 'silent', imagePullSecret: TWO_KEYS, podSpec: {} } },
  { supportBundleMetadata: {} },
];

/** Rights on everything in these namespaces, for a ServiceAccount in the first one. */
export function namespacedRights(...namespaces: readonly string[]) {
  const [home = ''] = namespaces;
  return [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'narrow', namespace: home } },
    ...namespaces.flatMap((namespace) => [
      {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'Role',
        metadata: { name: 'narrow', namespace },
        rules: [{ apiGroups: ['*'], resources: ['*'], verbs: ['get', 'list'] }],
      },
      {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'RoleBinding',
        metadata: { name: 'narrow', namespace },
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'narrow' },
        subjects: [{ kind: 'ServiceAccount', name: 'narrow', namespace: home }],
      },
    ]),
  ];
}

/** Two releases in two namespaces, one of them with a history. */
export async function installReleases(plane: ControlPlane): Promise<void> {
  const chart = join(plane.folder, 'chart');
  await promisify(execFile)(programPath('helm3'), ['create', chart]);
  const helm = async (...given: readonly string[]): Promise<void> => {
    const flags = [`--kubeconfig=${plane.kubeconfigFile}`, '--disable-openapi-validation'];
    await promisify(execFile)(programPath('helm3'), [...given, ...flags]);
  };
  const values = [
    '--set=replicaCount=3,podAnnotations=null,extra.html=<&>',
    '--set-string=large=1e3',
  ];
  await helm('install', 'one', chart, '-n', 'odd', ...values);
  await helm('upgrade', 'one', chart, '-n', 'odd', '--set=replicaCount=2');
  await helm('install', 'two', chart, '-n', 'odd-a');
}

/** A chain, a certificate with an unusual subject, and a text without any. */
export async function certificateObjects(folder: string) {
  const subjects = [
    '/C=DE/ST=Some State/O=Acme, Inc./OU=A+OU=B/CN=front.example',
    '/CN=#odd name ',
    '/DC=example/emailAddress=a@b.example/serialNumber=7/CN=é',
  ];
  const texts: string[] = [];
  for (const [index, subject] of subjects.entries()) {
    const file = join(folder, `certificate-${index}.pem`);
    const names =
      index === 0 ? ['-addext', 'subjectAltName=DNS:a.example,DNS:*.b.example,IP:10.0.0.1'] : [];
    const request = 'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -utf8 -days 3';
    const files = ['-subj', subject, '-multivalue-rdn', '-keyout', '/dev/null', '-out', file];
    await promisify(execFile)('openssl', [...request.split(' '), ...files, ...names]);
    texts.push(await readFile(file, 'utf8'));
  }
  const data = { 'tls.crt': texts.slice(0, 2).join(''), 'other.pem': texts[2] ?? '', note: 'none' };
  return [
    {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'certificates', namespace: 'odd' },
      stringData: data,
    },
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'certificates', namespace: 'odd' },
      data,
    },
  ];
}
