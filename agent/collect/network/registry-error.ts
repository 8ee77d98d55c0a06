/** What a registry says when it does not give what it is asked for. Source: go-containerregistry v0.21.9, pkg/v1/remote/transport/error.go. */

import { STATUS_CODES } from 'node:http';

import { isObject, objectsAt, textAt } from '../../kube/object-fields.ts';
import type { HttpAnswer } from './http-receive.ts';

/** What is longer is no message of a registry. */
const MAX_ERROR_BYTES = 64 * 1024;

/** Of queries only these are shown: others may be signatures or tokens. */
const SHOWN = ['scope', 'service', 'mount', 'from', 'digest', 'n', 'last'];

/** Its message is upstream's: `GET https://host/v2/…: NAME_UNKNOWN: repository name not known to registry`. */
export class RegistryError extends Error {
  readonly statusCode: number;
  readonly codes: readonly string[];

  constructor({ url, statusCode, body }: HttpAnswer) {
    const errors = errorsIn(body);
    super(`GET ${shownUrl(url)}: ${describe(statusCode, errors, body)}`);
    this.statusCode = statusCode;
    this.codes = errors.map((error) => textAt(error, 'code'));
  }

  /** The repository is there, the tag or digest is not. */
  get isMissingManifest(): boolean {
    const { statusCode, codes } = this;
    const isKnown = !codes.includes('NAME_UNKNOWN');
    return statusCode === 404 && isKnown && codes.includes('MANIFEST_UNKNOWN');
  }
}

/** @throws {RegistryError} The answer has another status. */
export function assertAnswer(answer: HttpAnswer, statusCodes: readonly number[]): void {
  if (statusCodes.includes(answer.statusCode)) return;
  if (answer.body.length > MAX_ERROR_BYTES) {
    throw new Error(`body exceeds ${MAX_ERROR_BYTES} byte limit`);
  }
  throw new RegistryError(answer);
}

function errorsIn(body: Buffer): readonly object[] {
  try {
    return objectsAt(JSON.parse(body.toString()), 'errors');
  } catch {
    // A proxy's page, perhaps: it is shown as it is.
    return [];
  }
}

function describe(statusCode: number, errors: readonly object[], body: Buffer): string {
  const texts = errors.map(diagnose);
  if (texts.length === 1) return texts.join('');
  if (texts.length > 1) return `multiple errors returned: ${texts.join('; ')}`;
  const status = `unexpected status code ${statusCode} ${STATUS_CODES[statusCode] ?? ''}`;
  return body.length === 0 ? status : `${status}: ${body.toString()}`;
}

function diagnose(error: object): string {
  const detail: unknown = 'detail' in error ? error.detail : undefined;
  const text = `${textAt(error, 'code')}: ${textAt(error, 'message')}`;
  return (detail ?? null) === null ? text : `${text}; ${goValue(detail)}`;
}

/** As Go prints a decoded value: `map[Name:shop/api]`. */
function goValue(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(goValue).join(' ')}]`;
  if (isObject(value)) {
    const fields = Object.keys(value)
      .toSorted()
      .map((name) => `${name}:${goValue(value[name])}`);
    return `map[${fields.join(' ')}]`;
  }
  if (value === null) return '<nil>';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function shownUrl(url: URL): string {
  const shown = new URL(url);
  for (const name of new Set(shown.searchParams.keys())) {
    if (SHOWN.includes(name)) continue;
    const values = shown.searchParams.getAll(name);
    shown.searchParams.delete(name);
    for (const _ of values) shown.searchParams.append(name, 'REDACTED');
  }
  shown.searchParams.sort();
  if (shown.password !== '') shown.password = 'xxxxx';
  return shown.href;
}
