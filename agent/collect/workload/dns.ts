/** dns: what the cluster's DNS answers to a pod, and how it is set up. */

import { apiMessageOf } from '../../kube/api-error.ts';
import { textAt } from '../../kube/object-fields.ts';
import type { Collector, Fields, Piece } from '../collector.ts';
import { textOf } from '../fields.ts';
import { goJson } from '../go-json.ts';
import { filePiece, problem } from '../pieces.ts';
import { TimeLimit } from '../time-limit.ts';
import { wrapped } from '../wrapped.ts';
import { DNS_NAMESPACE, type DnsSetup, readClusterIp, readDnsSetup } from './dns-setup.ts';
import { type Made, uniqueName, withMade } from './made.ts';
import { type Bounds, podPath, readLog, waitForEnd } from './made-pods.ts';

const TIMEOUT_MS = 60_000;
const IMAGE = 'registry.k8s.io/e2e-test-images/agnhost:2.39';
const NAMESPACE = 'default';
const CONTAINER = 'troubleshoot-dns';

/** Its log is short, whatever the pod's image writes. */
const MAX_LOG_BYTES = 1024 * 1024;

/** Never fails: what does not work is what it is there to tell. Source: troubleshoot v0.133.0, pkg/collect/dns.go. */
export const dns: Collector = {
  rules: () => [
    { apiGroups: [''], resources: ['services'], verbs: ['get'], namespace: NAMESPACE },
    {
      apiGroups: [''],
      resources: ['pods'],
      verbs: ['create', 'get', 'delete'],
      namespace: NAMESPACE,
    },
    { apiGroups: [''], resources: ['pods/log'], verbs: ['get'], namespace: NAMESPACE },
    { apiGroups: [''], resources: ['pods'], verbs: ['list'], namespace: DNS_NAMESPACE },
    {
      apiGroups: [''],
      resources: ['services', 'endpoints'],
      verbs: ['get'],
      resourceNames: ['kube-dns'],
      namespace: DNS_NAMESPACE,
    },
    {
      apiGroups: [''],
      resources: ['configmaps'],
      verbs: ['get'],
      resourceNames: ['coredns', 'kube-dns'],
      namespace: DNS_NAMESPACE,
    },
  ],

  async *collect(fields, context) {
    const limit = new TimeLimit(context, TIMEOUT_MS);
    yield* withMade(context, (made) => tell(fields, made, { context, limit }));
  },
};

async function* tell(fields: Fields, made: Made, bounds: Bounds): AsyncGenerator<Piece> {
  const cluster = await attempt(() => readClusterIp('default', 'kubernetes', bounds), bounds);
  const queries = {
    image: textOf(fields, 'image') || IMAGE,
    nonResolvable: textOf(fields, 'nonResolvable') || '*',
  };
  const log = await attempt(() => runQueries(queries, made, bounds), bounds);
  const setup = await readDnsSetup(bounds);
  yield filePiece(
    'dns/debug.txt',
    [...podText(queries, cluster, log), ...setupText(setup)].join(''),
  );
  const answers = parseLog(log.value ?? '');
  yield filePiece(
    'dns/debug.json',
    goJson({
      kubernetesClusterIP: cluster.value ?? '',
      podResolvConf: answers.resolvConf,
      query: {
        kubernetes: answers.kubernetes,
        nonResolvableDomain: { name: queries.nonResolvable, address: answers.nonResolvable },
      },
      // Go splits what it joined: of none an empty text is left.
      kubeDNSPods: setup.pods.length === 0 ? [''] : setup.pods,
      kubeDNSService: setup.service,
      kubeDNSEndpoints: setup.endpoints,
    }),
  );
  for (const { error } of [cluster, log]) {
    if (error !== undefined) yield problem('partial', `dns/debug.txt: ${error}`);
  }
}

function podText({ image }: Queries, cluster: Attempt, log: Attempt): readonly string[] {
  return [
    cluster.value === undefined
      ? `=== Failed to detect Kubernetes Cluster IP: ${cluster.error}\n`
      : `=== Kubernetes Cluster IP from API Server: ${cluster.value}\n`,
    log.value === undefined
      ? `=== Failed to run commands from pod: ${log.error}\n`
      : `=== Test DNS resolution in pod ${image}: \n${log.value}`,
  ];
}

function setupText({ pods, service, endpoints, coreDns, kubeDns }: DnsSetup): readonly string[] {
  return [
    `=== Running kube-dns pods: ${pods.join(', ')}\n`,
    `=== Running kube-dns service: ${service}\n`,
    `=== kube-dns endpoints: ${endpoints}\n`,
    coreDns === undefined ? '' : `=== CoreDNS config: \n${coreDns}`,
    kubeDns === undefined ? '' : `=== KubeDNS config: \n${kubeDns}`,
  ];
}

interface Queries {
  readonly image: string;
  readonly nonResolvable: string;
}

interface Attempt {
  readonly value?: string;
  readonly error?: string;
}

async function attempt(work: () => Promise<string>, { context }: Bounds): Promise<Attempt> {
  try {
    return { value: await work() };
  } catch (error) {
    context.signal.throwIfAborted();
    return { error: apiMessageOf(error) };
  }
}

/** The log of a pod that asks. */
async function runQueries(
  { image, nonResolvable }: Queries,
  made: Made,
  bounds: Bounds,
): Promise<string> {
  const { context } = bounds;
  const podName = uniqueName('troubleshoot-dns-');
  try {
    await made.create(`/api/v1/namespaces/${NAMESPACE}/pods`, {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: podName, labels: { 'troubleshoot-role': 'dns-collector' } },
      spec: {
        containers: [
          {
            name: CONTAINER,
            image: context.image(image),
            command: ['/bin/sh', '-c', script(nonResolvable)],
          },
        ],
        restartPolicy: 'Never',
      },
    });
  } catch (error) {
    throw wrapped(error, 'failed to run troubleshoot DNS pod');
  }
  const path = podPath(NAMESPACE, podName);
  const pod = await waitForEnd(path, bounds);
  if (textAt(pod, 'status', 'phase') === 'Failed') throw new Error('troubleshoot DNS pod failed');
  return await readText(path, bounds);
}

async function readText(path: string, bounds: Bounds): Promise<string> {
  let body: Awaited<ReturnType<typeof readLog>>;
  try {
    body = await readLog(path, CONTAINER, bounds);
  } catch (error) {
    throw wrapped(error, 'failed to get pod logs');
  }
  try {
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    for await (const chunk of body.read()) {
      bytes += chunk.length;
      if (bytes > MAX_LOG_BYTES) throw new Error('the log of the pod is longer than 1 MiB');
      chunks.push(chunk);
    }
    return Buffer.concat(chunks).toString();
  } finally {
    await body.remove();
  }
}

/** The name is the vendor's, and goes to a shell of the pod: quoted, so that it is one word. */
function script(nonResolvable: string): string {
  return [
    'echo "=== /etc/resolv.conf ==="',
    'cat /etc/resolv.conf',
    'echo "=== dig kubernetes ==="',
    'dig +search +short kubernetes',
    'echo "=== dig non-existent-domain ==="',
    `dig +search +short '${nonResolvable.replaceAll("'", `'\\''`)}'`,
    'exit 0',
  ].join('\n');
}

interface Answers {
  resolvConf: string;
  kubernetes: { name: string; address: string };
  nonResolvable: string;
}

const SECTIONS = new Map<string, keyof Answers>([
  ['=== /etc/resolv.conf ===', 'resolvConf'],
  ['=== dig kubernetes ===', 'kubernetes'],
  ['=== dig non-existent-domain ===', 'nonResolvable'],
]);

/** Of several addresses the last one counts, as with troubleshoot. */
function parseLog(log: string): Answers {
  const answers: Answers = {
    resolvConf: '',
    kubernetes: { name: '', address: '' },
    nonResolvable: '',
  };
  let section: keyof Answers | undefined;
  for (const line of linesOf(log)) {
    const heading = [...SECTIONS].find(([text]) => line.includes(text));
    if (heading !== undefined) [, section] = heading;
    else if (section === 'resolvConf') answers.resolvConf += `${line}\n`;
    else if (section === 'kubernetes') answers.kubernetes = { name: 'kubernetes', address: line };
    else if (section === 'nonResolvable') answers.nonResolvable = line;
  }
  return answers;
}

function linesOf(text: string): readonly string[] {
  const lines = text.split(/\r?\n/);
  if (lines.at(-1) === '') lines.pop();
  return lines;
}
