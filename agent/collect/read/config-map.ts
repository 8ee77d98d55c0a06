/** configMap: whether a ConfigMap and a key of it are there, and what is in it. Source: troubleshoot v0.133.0, pkg/collect/configmap.go. */

import type { Collector } from '../collector.ts';
import { flagOf, textOf } from '../fields.ts';
import { collectObjects, filledText, type ObjectForm, objectRules } from './found-objects.ts';

const FORM: ObjectForm = {
  resource: 'configmaps',
  namespace: (fields, { kube }) => textOf(fields, 'namespace') || kube.namespace,
  namesKey: (fields) => textOf(fields, 'key') !== '',
  describe: ({ name, exists, data }, fields) => {
    const key = textOf(fields, 'key');
    const value = key === '' ? undefined : data?.get(key);
    return {
      namespace: textOf(fields, 'namespace'),
      name,
      key,
      configMapExists: exists,
      keyExists: value !== undefined,
      value: flagOf(fields, 'includeValue') ? filledText(value) : undefined,
      data: (flagOf(fields, 'includeAllData') ? data : undefined) ?? null,
    };
  },
};

export const configMap: Collector = {
  rules: (fields) => objectRules(FORM, fields),
  collect: (fields, context) => collectObjects(FORM, fields, context),
};
