/** supportBundleMetadata: what an application says of its installation, in a Secret of a fixed name. */

import { AgentError } from '../errors.ts';
import type { Collector } from './collector.ts';
import { textOf } from './fields.ts';
import { objectAt } from './object-fields.ts';
import { jsonPiece } from './pieces.ts';
import { wrapped } from './wrapped.ts';

const SECRET = 'replicated-support-metadata';

/** Source: troubleshoot v0.133.0, pkg/collect/support_bundle_metadata.go. */
export const supportBundleMetadata: Collector = {
  rules: (fields) => [
    {
      apiGroups: [''],
      resources: ['secrets'],
      verbs: ['get'],
      resourceNames: [SECRET],
      namespace: textOf(fields, 'namespace'),
      isRequired: true,
    },
  ],

  async *collect(fields, { kube, signal }) {
    const namespace = textOf(fields, 'namespace');
    const attempt = `failed to get secret ${namespace}/${SECRET}`;
    if (namespace === '') {
      const reason = 'an empty namespace may not be set when a resource name is provided';
      throw new AgentError('SPEC_INVALID', `${attempt}: ${reason}`);
    }
    let secret: unknown;
    try {
      const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/secrets/${SECRET}`;
      secret = await kube.get(path, signal);
    } catch (error) {
      throw wrapped(error, attempt);
    }
    const data = Object.entries(objectAt(secret, 'data') ?? {});
    const decoded = data.map(
      ([key, value]) => [key, Buffer.from(String(value), 'base64').toString()] as const,
    );
    yield jsonPiece('metadata/cluster.json', new Map(decoded));
  },
};
