/** customMetrics: values of metrics from the API of custom metrics. */

import { rawMessageOf } from '../../kube/api-error.ts';
import { type ApiObject, objectAt, objectsAt, textAt } from '../../kube/object-fields.ts';
import type { Collector, Fields } from '../collector.ts';
import { entriesOf, textOf } from '../fields.ts';
import { errorPieces, jsonPiece } from '../pieces.ts';

const ROOT = '/apis/custom.metrics.k8s.io/v1beta1';

/**
 * The fields have the names of Go's internal types, which say nothing of JSON. So the API's `metricName` and `window` are
 * not among them, as with troubleshoot.
 *
 * Source: troubleshoot v0.133.0, pkg/collect/k8s_metrics.go; k8s.io/metrics v0.36.3, pkg/apis/custom_metrics/types.go.
 */
export const customMetrics: Collector = {
  rules: (fields) =>
    entriesOf(fields, 'metricRequests').flatMap((request) => {
      const [resource = '', metric = ''] = textOf(request, 'resourceMetricName').split('/');
      const namespace = textOf(request, 'namespace');
      const rule = {
        apiGroups: ['custom.metrics.k8s.io'],
        resources: [`${singular(resource)}/${metric}`],
        verbs: ['get', 'list'],
      };
      return [namespace === '' ? rule : { ...rule, namespace }];
    }),

  async *collect(fields, { kube, signal }) {
    const lists = new Map<string, object[]>();
    const errors: string[] = [];
    for (const request of entriesOf(fields, 'metricRequests')) {
      const name = textOf(request, 'resourceMetricName');
      const endpoint = endpointOf(request);
      if (endpoint === undefined) {
        errors.push(`could not construct endpoint for ${name}: wrong metric name format %s`);
        continue;
      }
      try {
        const list = await kube.get(endpoint, signal);
        for (const item of objectsAt(list, 'items')) {
          const path = pathOf(item, name.split('/')[1] ?? '');
          lists.set(path, [...(lists.get(path) ?? []), toMetricValue(item)]);
        }
      } catch (error) {
        signal.throwIfAborted();
        errors.push(`could not query endpoint ${endpoint}: ${rawMessageOf(error)}`);
      }
    }
    for (const [path, values] of lists) yield jsonPiece(path, values);
    yield* errorPieces('metrics/errors.json', errors);
  },
};

/** Undefined where the metric's name is not `<resource>/<metric>`. */
function endpointOf(request: Fields): string | undefined {
  const parts = textOf(request, 'resourceMetricName').split('/');
  const [resource, metric] = parts;
  if (resource === undefined || metric === undefined || parts.length > 2) return undefined;
  const namespace = textOf(request, 'namespace');
  const names = [
    ...(namespace === '' ? [] : ['namespaces', namespace]),
    singular(resource),
    textOf(request, 'objectName') || '*',
    metric,
  ];
  return `${ROOT}/${names.map((name) => (name === '*' ? name : encodeURIComponent(name))).join('/')}`;
}

/** The API has metrics of namespaces under the singular, unlike those of all else. */
function singular(resource: string): string {
  return resource === 'namespaces' ? 'namespace' : resource;
}

function pathOf(item: ApiObject, metric: string): string {
  const described = objectAt(item, 'describedObject');
  const place = textAt(described, 'namespace') || textAt(described, 'name');
  return `metrics/${textAt(described, 'kind')}/${metric}/${place}.json`;
}

function toMetricValue(item: ApiObject): object {
  const described = objectAt(item, 'describedObject');
  const metric = objectAt(item, 'metric');
  return {
    kind: item['kind'],
    apiVersion: item['apiVersion'],
    DescribedObject: {
      Kind: textAt(described, 'kind'),
      Namespace: textAt(described, 'namespace'),
      Name: textAt(described, 'name'),
      UID: textAt(described, 'uid'),
      APIVersion: textAt(described, 'apiVersion'),
      ResourceVersion: textAt(described, 'resourceVersion'),
      FieldPath: textAt(described, 'fieldPath'),
    },
    Metric: { Name: textAt(metric, 'name'), Selector: metric?.['selector'] ?? null },
    Timestamp: item['timestamp'] ?? null,
    WindowSeconds: item['windowSeconds'] ?? null,
    Value: item['value'] ?? '0',
  };
}
