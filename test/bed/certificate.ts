/** A self-signed certificate for servers of the test bed; its file is also the CA to trust. */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

export interface Certificate {
  readonly certificateFile: string;
  readonly keyFile: string;
  /** PEM. */
  readonly certificate: string;
  readonly key: string;
}

const LOOPBACK = ['DNS:localhost', 'IP:127.0.0.1'];

/** @param names As in subjectAltName; one without the server's address makes a certificate for another host. */
export async function makeCertificate(
  folder: string,
  names: readonly string[] = LOOPBACK,
): Promise<Certificate> {
  // The names that minio wants to find in its folder of certificates.
  const certificateFile = join(folder, 'public.crt');
  const keyFile = join(folder, 'private.key');
  const settings =
    `req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 ` +
    `-addext subjectAltName=${names.join(',')}`;
  await promisify(execFile)('openssl', [
    ...settings.split(' '),
    '-subj',
    '/CN=test bed',
    '-keyout',
    keyFile,
    '-out',
    certificateFile,
  ]);
  return {
    certificateFile,
    keyFile,
    certificate: await readFile(certificateFile, 'utf8'),
    key: await readFile(keyFile, 'utf8'),
  };
}
