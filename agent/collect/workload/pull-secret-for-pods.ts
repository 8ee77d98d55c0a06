/** The pull secret that a spec brings along for the pods that a collector makes. */

import { AgentError, messageOf } from '../../errors.ts';
import { type ApiObject, objectAt, textAt } from '../../kube/object-fields.ts';
import type { ApiRule, Fields } from '../collector.ts';
import { entryOf } from '../fields.ts';
import { decodeGoBase64 } from '../go-base64.ts';
import { wrapped } from '../wrapped.ts';
import { type Made, uniqueName } from './made.ts';

const TYPE = 'kubernetes.io/dockerconfigjson';
const KEY = '.dockerconfigjson';

/**
 * The name of the secret to pull with: one that is there, or one that is made from the spec's data.
 * Undefined where the spec asks for none.
 *
 * Source: createSecret in troubleshoot v0.133.0, pkg/collect/run_pod.go.
 *
 * @param secret The field `imagePullSecret`.
 * @throws {AgentError} SPEC_INVALID: its data is something else; KUBE_…: it cannot be made.
 */
export async function preparePullSecret(
  secret: ApiObject | undefined,
  place: PullSecretPlace,
): Promise<string | undefined> {
  if (secret === undefined) return undefined;
  const data = objectAt(secret, 'data');
  const name = textAt(secret, 'name');
  if (data === undefined) return name === '' ? undefined : name;
  try {
    return await create(secret, data, place);
  } catch (error) {
    throw wrapped(error, place.attempted);
  }
}

export interface PullSecretPlace {
  readonly namespace: string;
  readonly made: Made;
  /** What Go says before an error: each collector says it in its own words. */
  readonly attempted: string;
}

async function create(
  secret: ApiObject,
  data: ApiObject,
  { namespace, made }: PullSecretPlace,
): Promise<string> {
  checkData(secret, data);
  const name = textAt(secret, 'name');
  const object = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: name === '' ? uniqueName('troubleshoot') : name },
    type: TYPE,
    data: { [KEY]: decodeData(textAt(data, KEY)).toString('base64') },
  };
  const collection = `/api/v1/namespaces/${encodeURIComponent(namespace)}/secrets`;
  return textAt(await made.create(collection, object), 'metadata', 'name');
}

/** @throws {AgentError} SPEC_INVALID. */
function decodeData(text: string): Buffer {
  try {
    return decodeGoBase64(text);
  } catch (error) {
    throw new AgentError('SPEC_INVALID', `Unable to decode data.: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

/** What `preparePullSecret` needs. */
export function pullSecretRules(fields: Fields, namespace: string): readonly ApiRule[] {
  const secret = entryOf(fields, 'imagePullSecret');
  if (objectAt(secret, 'data') === undefined) return [];
  const where = namespace === '' ? {} : { namespace };
  return [
    { apiGroups: [''], resources: ['secrets'], verbs: ['create', 'get', 'delete'], ...where },
  ];
}

function checkData(secret: ApiObject, data: ApiObject): void {
  if (textAt(secret, 'type') !== TYPE) {
    throw new AgentError('SPEC_INVALID', `ImagePullSecret must be of type: ${TYPE}`);
  }
  if (!(KEY in data)) {
    throw new AgentError('SPEC_INVALID', `Secret type ${TYPE} requires argument "${KEY}"`);
  }
  if (Object.keys(data).length > 1) {
    throw new AgentError('SPEC_INVALID', `Secret type ${TYPE} accepts only one argument "${KEY}"`);
  }
}
