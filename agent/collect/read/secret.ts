/** secret: whether a Secret and a key of it are there, and if the spec asks for it, what is in it. Source: troubleshoot v0.133.0, pkg/collect/secret.go. */

import type { Collector } from '../collector.ts';
import { flagOf, textOf } from '../fields.ts';
import {
  collectObjects,
  type FoundObject,
  filledText,
  type ObjectForm,
  objectRules,
} from './found-objects.ts';

const FORM: ObjectForm = {
  resource: 'secrets',
  namespace: (fields) => textOf(fields, 'namespace'),
  namesKey: (fields) => textOf(fields, 'key') !== '' && !flagOf(fields, 'includeAllData'),
  describe: ({ name, exists, data }, fields) => {
    const isWhole = flagOf(fields, 'includeAllData');
    const value = isWhole ? undefined : data?.get(textOf(fields, 'key'));
    return {
      namespace: textOf(fields, 'namespace'),
      name,
      key: textOf(fields, 'key'),
      secretExists: exists,
      keyExists: value !== undefined,
      value: flagOf(fields, 'includeValue') ? filledText(value) : undefined,
      data: isWhole ? filled(data) : undefined,
    };
  },
};

export const secret: Collector = {
  rules: (fields) => objectRules(FORM, fields),
  collect: (fields, context) => collectObjects(FORM, fields, context),
};

function filled(data: FoundObject['data']): FoundObject['data'] {
  return data === undefined || data.size === 0 ? undefined : data;
}
