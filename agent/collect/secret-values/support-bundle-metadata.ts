/** supportBundleMetadata: what an application says of its installation, in a Secret of a fixed name. */

import { objectAt } from '../../kube/object-fields.ts';
import type { Collector } from '../collector.ts';
import { textOf } from '../fields.ts';
import { goText } from '../go-json.ts';
import { jsonPiece } from '../pieces.ts';
import { wrapped } from '../wrapped.ts';

const SECRET = 'replicated-support-metadata';

/** Source: troubleshoot v0.133.0, pkg/collect/support_bundle_metadata.go. */
export const supportBundleMetadata: Collector = {
  rules: (fields) => [
    {
      apiGroups: [''],
      resources: ['secrets'],
      verbs: ['get'],
      resourceNames: [SECRET],
      namespace: textOf(fields, 'namespace') || 'default',
      isRequired: true,
    },
  ],

  async *collect(fields, { kube, signal }) {
    const namespace = textOf(fields, 'namespace');
    // Without a namespace there is no such path, and the API says so.
    const within = namespace === '' ? '' : `/namespaces/${encodeURIComponent(namespace)}`;
    let secret: unknown;
    try {
      secret = await kube.get(`/api/v1${within}/secrets/${SECRET}`, signal);
    } catch (error) {
      throw wrapped(error, `failed to get secret ${namespace}/${SECRET}`);
    }
    const data = Object.entries(objectAt(secret, 'data') ?? {});
    const decoded = data.map(
      ([key, value]) => [key, goText(Buffer.from(String(value), 'base64'))] as const,
    );
    yield jsonPiece('metadata/cluster.json', new Map(decoded));
  },
};
