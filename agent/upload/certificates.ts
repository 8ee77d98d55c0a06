/** UPLOAD_CA_FILE: authorities that are trusted beside those of the system. */

import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { getCACertificates } from 'node:tls';

import { AgentError, messageOf } from '../errors.ts';

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;

/**
 * What Node trusts by default (NODE_EXTRA_CA_CERTS included) and the file's certificates.
 * Read for each attempt: an authority is replaced without a restart.
 *
 * @throws {AgentError} CONFIG_INVALID: unreadable, or without a certificate; an unusable one by number.
 */
export async function readTrustedCertificates(file: string): Promise<string[]> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    throw invalid(messageOf(error), error);
  }
  const certificates = text.match(CERTIFICATE) ?? [];
  if (certificates.length === 0) throw invalid(`${file} holds no PEM certificate`);
  for (const [index, certificate] of certificates.entries()) {
    checkCertificate(certificate, `certificate ${index + 1} in ${file}`);
  }
  return [...getCACertificates('default'), ...certificates];
}

function checkCertificate(pem: string, name: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch (error) {
    throw invalid(`${name} cannot be read`, error);
  }
}

function invalid(message: string, cause?: unknown): AgentError {
  return new AgentError('CONFIG_INVALID', `UPLOAD_CA_FILE: ${message}`, { cause });
}
