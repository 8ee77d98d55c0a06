/** redact/troubleshoot/kurl: the resource of kURL's installer. What upstream makes of each text is recorded from support-bundle v0.133.0. */

import assert from 'node:assert/strict';

import { itRedactsAsUpstream, KURL_PATH, type Row, redactedAsUpstream } from './redacted.ts';

const FIELDS: readonly Row[] = [
  [
    'lets white space be around the colon, of which \\v is none',
    '"certKey" \t:\f"a" "certKey"\v:"b"',
    '"certKey" \t:\f"***HIDDEN***" "certKey"\v:"b"',
  ],
  [
    'masks the other three to the next quote, even an escaped one',
    '"certKey":"a\\"b"',
    '"certKey":"***HIDDEN***"b"',
  ],
  [
    'masks the last one to the next quote that is not escaped',
    '"kubectl.kubernetes.io/last-applied-configuration":"a\\\\" "b" "kubectl.kubernetes.io/last-applied-configuration":"\\',
    '"kubectl.kubernetes.io/last-applied-configuration":"***HIDDEN***" "b" "kubectl.kubernetes.io/last-applied-configuration":"\\',
  ],
  [
    "takes the quote that ends a value for no key's",
    '"certKey":"a"certKey":"b"',
    '"certKey":"***HIDDEN***"certKey":"b"',
  ],
  [
    'hides several on a line',
    '"certKey":"a", "CERTKEY":"", "bootstrapToken":"b"',
    '"certKey":"***HIDDEN***", "CERTKEY":"***HIDDEN***", "bootstrapToken":"***HIDDEN***"',
  ],
  [
    'knows ſ and the Kelvin sign in a key',
    '"boot\xc5\xbftrapTo\xe2\x84\xaaen":"x"',
    '"boot\xc5\xbftrapTo\xe2\x84\xaaen":"***HIDDEN***"',
  ],
  ['leaves a string without a closing quote', '"kubeadmToken":"x'],
];

const PATHS: readonly (readonly [title: string, path: string, text: string])[] = [
  [
    'knows the files of a namespace',
    'cluster-resources/custom-resources/installers.cluster.kurl.sh/default.json',
    '"certKey":"***HIDDEN***"',
  ],
  [
    'leaves the files of other resources',
    'cluster-resources/custom-resources/installers.cluster.kurl.sh/a/b.json',
    '"certKey":"a"',
  ],
  [
    'leaves files of another name',
    'cluster-resources/custom-resources/installers.cluster.kurl.sh.yaml',
    '"certKey":"a"',
  ],
];

describe('redact/troubleshoot/kurl', () => {
  itRedactsAsUpstream(FIELDS, KURL_PATH);

  for (const [title, path, text] of PATHS) {
    it(title, () => {
      assert.equal(redactedAsUpstream('"certKey":"a"', path), text);
    });
  }
});
