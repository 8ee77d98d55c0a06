/** collect/client-tls: certificates of a spec, inline and out of a Secret. */

import assert from 'node:assert/strict';

import {
  certificatesIn,
  clientPair,
  loadClientTls,
  loadTlsTexts,
  tlsRules,
} from '../../../agent/collect/network/client-tls.ts';
import { AgentError } from '../../../agent/errors.ts';
import { type Certificate, makeCertificate } from '../../bed/certificate.ts';
import { removeFolder, temporaryFolder } from '../../bed/processes.ts';
import { collectContext } from '../../support/collect.ts';
import { FakeKube } from '../../support/kube.ts';
import { secret } from '../../support/spec.ts';

const REFERENCE = { secret: { name: 'tls', namespace: 'shop' } };

const SECRET = '/api/v1/namespaces/shop/secrets/tls';

describe('collect/client-tls', () => {
  let own: Certificate;
  let other: Certificate;

  before(async () => {
    const folders = [temporaryFolder('tls'), temporaryFolder('tls')] as const;
    [own, other] = await Promise.all([makeCertificate(folders[0]), makeCertificate(folders[1])]);
    await Promise.all(folders.map(removeFolder));
  });

  it('trusts the authority beside those of the system', async () => {
    const { certificate, key } = own;
    const tls = await loadClientTls(
      { cacert: certificate, clientCert: certificate, clientKey: key },
      collectContext(),
    );

    assert.equal(tls.rejectUnauthorized, true);
    assert.equal(tls.ca?.at(-1), certificate.trim());
    assert.ok((tls.ca ?? []).length > 1);
    assert.deepEqual([tls.cert, tls.key], [certificate, key]);
  });

  it('looks at nothing else where it is not to verify', async () => {
    const tls = await loadClientTls({ skipVerify: true, cacert: 'nonsense' }, collectContext());

    assert.deepEqual(tls, { rejectUnauthorized: false });
  });

  for (const cacert of ['', 'nonsense']) {
    it(`needs an authority, and ${cacert === '' ? 'nothing' : cacert} is none`, async () => {
      await assert.rejects(loadClientTls({ cacert }, collectContext()), {
        message: 'failed to append CA cert to root CA bundle',
      });
    });
  }

  it('takes the certificates of a text that can be read', () => {
    const broken = own.certificate.replace(/\n[A-Za-z0-9+/]{20}/, '\nAAAAAAAAAAAAAAAAAAAA');

    assert.deepEqual(certificatesIn(`# one\n${own.certificate}\n${broken}# end\n`), [
      own.certificate.trim(),
    ]);
  });

  it('needs no certificate of the client', () => {
    assert.deepEqual(clientPair({ clientCert: '', clientKey: '' }), {});
  });

  it('refuses a certificate without a key, and one of another key', () => {
    const { certificate } = own;

    assert.throws(() => clientPair({ clientCert: certificate, clientKey: '' }), {
      message: 'tls: failed to find any PEM data in key input',
    });
    assert.throws(() => clientPair({ clientCert: '', clientKey: own.key }), {
      message: 'tls: failed to find any PEM data in certificate input',
    });
    assert.throws(
      () => clientPair({ clientCert: certificate, clientKey: other.key }),
      ({ message }: Error) => message === 'the client certificate and its key cannot be used',
    );
  });

  it('reads a Secret', async () => {
    const texts = { cacert: 'a', clientCert: 'b', clientKey: 'c' };
    const kube = new FakeKube({ [SECRET]: secret(texts) });

    assert.deepEqual(await loadTlsTexts(REFERENCE, collectContext({ kube })), {
      caCert: 'a',
      clientCert: 'b',
      clientKey: 'c',
    });
  });

  for (const [texts, missing] of [
    [{}, "failed to find 'cacert' key for CA cert data in secret"],
    [{ cacert: 'a', clientCert: 'b' }, "failed to find 'clientKey' for client key data in secret"],
    [{ cacert: 'a', clientKey: 'c' }, "failed to find 'clientCert' for client cert data in secret"],
  ] as const) {
    it(`says what a Secret with [${Object.keys(texts).join(', ')}] is without`, async () => {
      const kube = new FakeKube({ [SECRET]: secret(texts) });

      await assert.rejects(loadTlsTexts(REFERENCE, collectContext({ kube })), { message: missing });
    });
  }

  it('says that the Secret cannot be got', async () => {
    const kube = new FakeKube();
    kube.fail(SECRET, new AgentError('KUBE_FORBIDDEN', 'not yours'));

    await assert.rejects(loadTlsTexts(REFERENCE, collectContext({ kube })), {
      message: 'failed to get secret: not yours',
    });
  });

  it('asks for the right on that Secret alone', () => {
    assert.deepEqual(tlsRules({ tls: REFERENCE }), [
      {
        apiGroups: [''],
        resources: ['secrets'],
        verbs: ['get'],
        resourceNames: ['tls'],
        namespace: 'shop',
      },
    ]);
    assert.deepEqual(tlsRules({ tls: { cacert: 'a' } }), []);
    assert.deepEqual(tlsRules({}), []);
  });
});
