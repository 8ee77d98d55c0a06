/** TLS of a client, as the `tls` of a spec describes it: from a Secret, or inline. */

import { X509Certificate } from 'node:crypto';
import { createSecureContext, getCACertificates } from 'node:tls';

import { apiMessageOf } from '../../kube/api-error.ts';
import { objectAt } from '../../kube/object-fields.ts';
import type { ApiRule, CollectContext, Fields } from '../collector.ts';
import { entryOf, flagOf, textOf } from '../fields.ts';

/** In the form that Node's TLS takes. */
export interface ClientTls {
  readonly rejectUnauthorized: boolean;
  readonly ca?: string[];
  readonly cert?: string;
  readonly key?: string;
}

/** Texts in PEM; empty where there is none. */
export interface TlsTexts {
  readonly caCert: string;
  readonly clientCert: string;
  readonly clientKey: string;
}

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;

/**
 * The CA is trusted beside the system's.
 *
 * @throws {Error} In troubleshoot's words: no CA, a Secret without its keys, a certificate that does not fit its key.
 * Source: createTLSConfig in troubleshoot v0.133.0, pkg/collect/util.go.
 */
export async function loadClientTls(tls: Fields, context: CollectContext): Promise<ClientTls> {
  if (flagOf(tls, 'skipVerify')) return { rejectUnauthorized: false };
  const { caCert, clientCert, clientKey } = await loadTlsTexts(tls, context);
  const certificates = certificatesIn(caCert);
  if (certificates.length === 0) throw new Error('failed to append CA cert to root CA bundle');
  return {
    rejectUnauthorized: true,
    ca: [...getCACertificates('default'), ...certificates],
    ...clientPair({ clientCert, clientKey }),
  };
}

/** @throws {Error} They do not fit each other, or one is missing. */
export function clientPair({
  clientCert,
  clientKey,
}: Omit<TlsTexts, 'caCert'>): Pick<ClientTls, 'cert' | 'key'> {
  if (clientCert === '' && clientKey === '') return {};
  for (const [name, pem] of Object.entries({ certificate: clientCert, key: clientKey })) {
    if (!pem.includes('-----BEGIN')) {
      throw new Error(`tls: failed to find any PEM data in ${name} input`);
    }
  }
  const pair = { cert: clientCert, key: clientKey };
  try {
    createSecureContext(pair);
  } catch (error) {
    throw new Error('the client certificate and its key cannot be used', { cause: error });
  }
  return pair;
}

/** The certificates of a PEM text that can be read. */
export function certificatesIn(text: string): string[] {
  return (text.match(CERTIFICATE) ?? []).filter((certificate) => {
    try {
      return new X509Certificate(certificate).serialNumber !== '';
    } catch {
      // Go, too, passes over what is no certificate.
      return false;
    }
  });
}

export async function loadTlsTexts(tls: Fields, context: CollectContext): Promise<TlsTexts> {
  const secret = entryOf(tls, 'secret');
  if (secret !== undefined) return await readSecret(secret, context);
  return {
    caCert: textOf(tls, 'cacert'),
    clientCert: textOf(tls, 'clientCert'),
    clientKey: textOf(tls, 'clientKey'),
  };
}

/** What reading the Secret takes; empty where the spec names none. */
export function tlsRules(fields: Fields): readonly ApiRule[] {
  const secret = entryOf(entryOf(fields, 'tls') ?? {}, 'secret');
  if (secret === undefined) return [];
  const namespace = textOf(secret, 'namespace');
  return [
    {
      apiGroups: [''],
      resources: ['secrets'],
      verbs: ['get'],
      resourceNames: [textOf(secret, 'name')],
      ...(namespace === '' ? {} : { namespace }),
    },
  ];
}

async function readSecret(reference: Fields, context: CollectContext): Promise<TlsTexts> {
  const texts = await readSecretData(reference, context);
  const [caCert, clientCert, clientKey] = ['cacert', 'clientCert', 'clientKey'].map((key) =>
    key in texts ? Buffer.from(textOf(texts, key), 'base64').toString() : undefined,
  );
  if (caCert === undefined) {
    throw new Error("failed to find 'cacert' key for CA cert data in secret");
  }
  if (clientCert !== undefined && clientKey !== undefined) {
    return { caCert, clientCert, clientKey };
  }
  if (clientCert !== undefined) {
    throw new Error("failed to find 'clientKey' for client key data in secret");
  }
  if (clientKey !== undefined) {
    throw new Error("failed to find 'clientCert' for client cert data in secret");
  }
  return { caCert, clientCert: '', clientKey: '' };
}

async function readSecretData(
  reference: Fields,
  { kube, signal }: CollectContext,
): Promise<Fields> {
  const [namespace, name] = [textOf(reference, 'namespace'), textOf(reference, 'name')];
  if (name === '') throw new Error('failed to get secret: resource name may not be empty');
  if (namespace === '') {
    throw new Error('failed to get secret: the server could not find the requested resource');
  }
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/secrets/${encodeURIComponent(name)}`;
  try {
    return objectAt(await kube.get(path, signal), 'data') ?? {};
  } catch (error) {
    signal.throwIfAborted();
    throw new Error(`failed to get secret: ${apiMessageOf(error)}`, { cause: error });
  }
}
