/** spec/ref: REFs as SPEC and --spec have them. */

import assert from 'node:assert/strict';

import { AgentError } from '../../agent/errors.ts';
import { parseRefs, urlLabel } from '../../agent/spec/ref.ts';

describe('spec/ref', () => {
  it('reads Secrets and ConfigMaps with and without a key', () => {
    assert.deepEqual(parseRefs(['secret/shop/spec', 'configmap/shop/spec.v2/my_key.yaml']), [
      {
        kind: 'secret',
        namespace: 'shop',
        name: 'spec',
        key: undefined,
        label: 'secret/shop/spec',
      },
      {
        kind: 'configmap',
        namespace: 'shop',
        name: 'spec.v2',
        key: 'my_key.yaml',
        label: 'configmap/shop/spec.v2/my_key.yaml',
      },
    ]);
  });

  it('takes - for standard input and what has no scheme for a file', () => {
    assert.deepEqual(parseRefs(['-', './spec.yaml', '/etc/secret/spec']), [
      { kind: 'stdin', label: '-' },
      { kind: 'file', path: './spec.yaml', label: './spec.yaml' },
      { kind: 'file', path: '/etc/secret/spec', label: '/etc/secret/spec' },
    ]);
  });

  it('shows of a URL origin and path alone', () => {
    const [ref] = parseRefs(['https://user:password@example.com:8443/spec.yaml?token=abc#x']);

    assert.equal(ref?.kind, 'url');
    assert.equal(ref?.label, 'https://example.com:8443/spec.yaml');
    assert.equal(urlLabel(new URL('https://a/b?c')), 'https://a/b');
  });

  for (const [text, hint] of [
    ['', /is empty/],
    ['secret/shop', /must be secret\/<namespace>\/<name>/],
    ['secret/Shop/spec', /must be secret/],
    ['secret/shop/spec/key/more', /must be secret/],
    ['configmap/shop/', /must be configmap/],
    ['http://example.com/spec', /write https:/],
    ['oci://example.com/spec', /pull it/],
    ['file:///etc/spec', /write the path alone/],
    ['s3://bucket/spec', /must be secret/],
    ['https://', /not a URL/],
  ] as const) {
    it(`refuses ${JSON.stringify(text)} with a hint`, () => {
      assert.throws(() => parseRefs([text]), { code: 'SPEC_REF_INVALID', message: hint });
    });
  }

  it('names all bad ones at once', () => {
    assert.throws(
      () => parseRefs(['secret/shop', 'fine.yaml', 'http://example.com/', '-', '-']),
      (error) =>
        error instanceof AgentError &&
        ['secret/shop', 'http://example.com/', 'twice'].every((part) =>
          error.message.includes(part),
        ),
    );
  });

  it('never repeats credentials and query of a URL it refuses', () => {
    assert.throws(
      () => parseRefs(['http://user:password@example.com/a?token=abc']),
      (error) => error instanceof AgentError && !/password|abc/.test(error.message),
    );
  });
});
