/** What is needed of a CustomResourceDefinition to list its objects. */

import { objectsAt, textAt } from '../../kube/object-fields.ts';
import { highestVersion } from './kube-version.ts';

export interface CustomResourceDefinition {
  /** `<plural>.<group>` */
  readonly name: string;
  /** Of its collection in the whole cluster, in the highest version, which need not be served. */
  readonly path: string;
  readonly isNamespaced: boolean;
}

/** @param json The definition, of `apiextensions.k8s.io/v1` or `v1beta1`. */
export function parseDefinition(json: Uint8Array): CustomResourceDefinition {
  const definition: unknown = JSON.parse(Buffer.from(json).toString());
  const versions = objectsAt(definition, 'spec', 'versions').map((one) => textAt(one, 'name'));
  const version = highestVersion(versions) || textAt(definition, 'spec', 'version');
  const parts = [
    textAt(definition, 'spec', 'group'),
    version,
    textAt(definition, 'spec', 'names', 'plural'),
  ];
  return {
    name: textAt(definition, 'metadata', 'name'),
    path: `/apis/${parts.map(encodeURIComponent).join('/')}`,
    isNamespaced: textAt(definition, 'spec', 'scope') === 'Namespaced',
  };
}
