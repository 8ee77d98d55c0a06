/** Finds an object's namespace in its JSON. */

import { textAt } from '../kube/object-fields.ts';

/** How the API server begins a built-in object; neither name needs escapes. */
const BEGINNING =
  /^\{"metadata":\{"name":"[^"\\]*",(?:"generateName":"[^"\\]*",)?"namespace":"([^"\\]*)"/;

/** A name has at most 253 characters, a namespace 63. */
const BEGINNING_BYTES = 700;

/** `metadata.namespace`; empty where there is none. Built-in objects say it at their beginning; only others are parsed. */
export function findNamespace(json: Uint8Array): string {
  const bytes = Buffer.from(json.buffer, json.byteOffset, json.byteLength);
  const found = BEGINNING.exec(bytes.toString('latin1', 0, BEGINNING_BYTES))?.[1];
  return found ?? textAt(JSON.parse(bytes.toString()), 'metadata', 'namespace');
}
