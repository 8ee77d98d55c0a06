/** run: a command in a pod of its own. Source: troubleshoot v0.133.0, pkg/collect/run.go. */

import type { Collector } from '../collector.ts';
import { entryOf, textOf, textsOf } from '../fields.ts';
import { readTimeoutMs } from '../time-limit.ts';
import { wrapped } from '../wrapped.ts';
import { runRules, runToEnd } from './run-pod.ts';

export const run: Collector = {
  rules(fields) {
    const namespace = textOf(fields, 'namespace') || 'default';
    return [
      ...runRules(namespace, fields),
      { apiGroups: [''], resources: ['serviceaccounts'], verbs: ['get'], namespace },
    ];
  },

  async *collect(fields, context) {
    const namespace = textOf(fields, 'namespace') || 'default';
    const serviceAccountName = textOf(fields, 'serviceAccountName') || 'default';
    const [inNamespace, account] = [namespace, serviceAccountName].map(encodeURIComponent);
    try {
      const path = `/api/v1/namespaces/${inNamespace}/serviceaccounts/${account}`;
      await context.kube.get(path, context.signal);
    } catch (error) {
      throw wrapped(error, `Failed to get service account ${serviceAccountName}`);
    }
    const container = {
      name: 'collector',
      image: context.image(textOf(fields, 'image')),
      imagePullPolicy: textOf(fields, 'imagePullPolicy') || 'IfNotPresent',
      command: textsOf(fields, 'command'),
      args: textsOf(fields, 'args'),
    };
    const pod = {
      name: textOf(fields, 'name'),
      collectorName: textOf(fields, 'collectorName'),
      namespace,
      podSpec: { restartPolicy: 'Never', serviceAccountName, containers: [container] },
      annotations: undefined,
      pullSecret: entryOf(fields, 'imagePullSecret'),
      retriesPulls: false,
    };
    yield* runToEnd(pod, readTimeoutMs(fields, 'failed to parse timeout: '), context);
  },
};
