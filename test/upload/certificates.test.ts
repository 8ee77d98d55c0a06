/** Tests of upload/certificates. */

import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getCACertificates } from 'node:tls';

import { readTrustedCertificates } from '../../agent/upload/certificates.ts';
import { makeCertificate } from '../bed/certificate.ts';

describe('upload/certificates', () => {
  let folder: string;
  let file: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'certificates-'));
    file = join(folder, 'ca.pem');
  });

  after(() => rm(folder, { recursive: true }));

  it('appends the certificates of the file to those of the system', async () => {
    const { certificate } = await makeCertificate(folder);
    await writeFile(file, `# ours\n${certificate}\n# and again\n${certificate}`);

    const trusted = await readTrustedCertificates(file);

    const system = getCACertificates('default');
    assert.ok(system.length > 0);
    assert.deepEqual(trusted, [...system, certificate.trim(), certificate.trim()]);
  });

  for (const [name, text, message] of [
    ['is empty', '', /ca\.pem holds no PEM certificate/],
    ['holds a key alone', '-----BEGIN PRIVATE KEY-----\nhunter22\n', /holds no PEM certificate/],
    [
      'holds a certificate that is none',
      '-----BEGIN CERTIFICATE-----\nhunter22\n-----END CERTIFICATE-----',
      /certificate 1 in .*ca\.pem cannot be read/,
    ],
  ] as const) {
    it(`refuses a file that ${name}`, async () => {
      await writeFile(file, text);

      await assert.rejects(readTrustedCertificates(file), { code: 'CONFIG_INVALID', message });
    });
  }

  it('names a file that cannot be read', async () => {
    await assert.rejects(readTrustedCertificates('/nowhere/ca.pem'), {
      code: 'CONFIG_INVALID',
      message: /UPLOAD_CA_FILE: .*\/nowhere\/ca\.pem/,
    });
  });
});
