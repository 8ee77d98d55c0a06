/** Secrets in each of the ways in which YAML and JSON can be written, and with something before each of their lines. */

import assert from 'node:assert/strict';

import { MASK } from '../../../../agent/redact/rules.ts';
import { cuts, redact as redactByAll, redactedBy } from '../context/redacted.ts';

/** Each has its secrets as `S`, and says that it is a Secret before it has one. */
const FORMS: Readonly<Record<string, string>> = {
  'a flow mapping': 'kind: Secret\ndata: {foo: S, bar: "S", baz: \'S\'}\n',
  'a flow mapping with blanks': 'kind: Secret\ndata: { foo: S , bar : S }\n',
  'a flow mapping in a list': 'items:\n- kind: Secret\n  data: {foo: S}\n- kind: x\n',
  'a flow mapping over lines': 'kind: Secret\ndata: {\n  foo: S,\n  "bar": S\n}\ntype: Opaque\n',
  'a flow mapping that begins on its line': 'kind: Secret\ndata: {foo: S,\n  bar: S\n}\nz: 1\n',
  'a flow mapping on the next line': 'kind: Secret\ndata:\n  {foo: S,\n  bar: S}\ntype: Opaque\n',
  'a flow mapping with texts over lines':
    'kind: Secret\ndata: {a: "S\n  S\n  S", b: S\n  S, c: S}\nz: 1\n',
  'an object in flow style': '- {kind: Secret, apiVersion: v1, data: {foo: S, bar: "S"}}\n',
  'an object of Python': "got {'kind': 'Secret', 'data': {'a': 'S', 'b': None}} back\n",
  'an object of JavaScript': "{\n  kind: 'Secret',\n  data: { a: 'S' },\n}\n",
  'a log with times':
    '2026-11-26T11:00:00Z kind: Secret\n2026-11-26T11:00:00.123456789Z data:\n2026-11-26T11:00:01Z   a: S\n' +
    '2026-11-26T11:00:00.12Z   b: |\n2026-11-26T11:00:00.12Z     S\n2026-11-26T11:00:00Z     S\n2026-11-26T11:00:01Z type: x\n',
  'JSON in a log with times':
    '2026-11-26T11:00:00Z {\n2026-11-26T11:00:00Z   "kind": "Secret",\n2026-11-26T11:00:00.5Z   "data": {\n' +
    '2026-11-26T11:00:00Z     "a": "S"\n2026-11-26T11:00:00Z   }\n2026-11-26T11:00:00Z }\n',
  'a log of CRI':
    '2026-11-26T11:00:00.1Z stdout F kind: Secret\n2026-11-26T11:00:00.12Z stdout F data:\n2026-11-26T11:00:00.1Z stdout F   a: S\n',
  'a log of klog':
    'I1126 10:00:00.000000       1 x.go:12] kind: Secret\nI1126 10:00:00.000001       1 x.go:9] data:\nI1126 10:00:00.000002      11 x.go:120]   a: S\n',
  'a log of syslog':
    'Nov 26 10:00:00 node-1 kubelet[12]: kind: Secret\nNov 26 10:00:00 node-1 kubelet[12]: data:\nNov  6 10:00:00 node-1 kubelet[123]:   a: S\n',
  'a log with its pod': '[pod/x/c] kind: Secret\n[pod/x/c] data:\n[pod/x/c]   a: S\n[pod/x/c] ok\n',
  'a quotation in a log':
    '2026-11-26T11:00:00Z > kind: Secret\n2026-11-26T11:00:00.5Z > data:\n2026-11-26T11:00:00Z >   a: S\n',
  'a diff of values':
    '  kind: Secret\n  data:\n    c: S\n-   a: S\n+   a: S\n    b: S\n  type: x\n',
  'a diff of two versions':
    '@@ -1,3 +1,3 @@\n kind: Secret\n data:\n-  a: S\n+  a: S\n   b: S\n z: 1\n',
  'a diff with a new Secret': '+apiVersion: v1\n+kind: Secret\n+data:\n+  a: S\n+  b: S\n+z: 1\n',
  'a diff without an old one': '-kind: Secret\n-data:\n-  a: S\n-  b: S\n-z: 1\n',
  'a diff of helm': 'x has been added:\n+ # Source: x\n+ kind: Secret\n+ data:\n+   a: S\n',
  'a removal of helm': 'x has been removed:\n- # Source: x\n- kind: Secret\n- data:\n-   a: S\n',
  'a diff of JSON':
    ' {\n   "kind": "Secret",\n   "data": {\n-    "a": "S"\n+    "a": "S"\n   }\n }\n',
  comments: '  # kind: Secret\n  # data:\n  #   a: S\nz: 1\n',
  'comments of code': '// kind: Secret\n// data:\n//   a: S\nz()\n',
  'a quotation': '> kind: Secret\n> data:\n>   a: S\nz\n',
  'lines with a bar': '    | kind: Secret\n    | data: {\n    |   a: S}\nz\n',
  tabs: 'kind: Secret\ndata:\n\ta: S\n\tb: "S"\n',
  'complex keys': 'kind: Secret\ndata:\n  ? a\n  : S\n  ? b\n  : S\n',
  blocks: 'kind: Secret\ndata:\n  foo: |-\n    S\n    a: S\n  bar: >\n    S\n\n    S\n',
  'blocks with an indentation': 'kind: Secret\ndata:\n  a: |\n   S\n   S\n  b: |2\n    S\n',
  'anchors and tags':
    'kind: Secret\ndata: &d\n  foo: &a S\n  bar: *a\n  baz: !!str S\n  q: !!binary |\n    S\n    S\n  r: &b |\n    S\n',
  'a tag of the data': 'kind: Secret\ndata: !!map\n  a: S\n',
  'a comment of the data': 'kind: Secret # x\ndata: # y\n  # b: S\n  a: S # z\n',
  'quoted keys': 'kind: Secret\ndata:\n  "foo": S\n  \'bar\': S\n  "a b": S\n',
  'values on the next line': 'kind: Secret\ndata:\n  a:\n    S\n  b:\n    "S"\n  c: # d\n    S\n',
  'JSON with values on the next line':
    '{\n  "kind": "Secret",\n  "data": {\n    "a":\n      "S",\n    "b": "S"\n  }\n}\n',
  'JSON with its brace on the next line':
    '{\n  "kind": "Secret",\n  "data":\n  {\n    "a": "S"\n  }\n}\n',
  'JSON with its data on a line': '{\n  "kind": "Secret",\n  "data": { "a": "S", "b": "S" }\n}\n',
  'JSON that begins on its first line': '{"kind": "Secret",\n "data": {"a": "S",\n   "b": "S"}}\n',
  'JSON with what is no text':
    '{\n  "kind": "Secret",\n  "data": {\n    "a": null,\n    "b": 1,\n    "c": "S"\n  }\n}\n',
  CRLF: 'kind: Secret\r\ndata:\r\n  a: S\r\n  b: |\r\n    S\r\n    S\r\nz: 1\r\n',
  'JSON with CRLF': '{\r\n  "kind": "Secret",\r\n  "data": {\r\n    "a": "S"\r\n  }\r\n}\r\n',
  'wrapped values':
    'kind: Secret\ndata:\n  a: |\n    S\n    S\n    S\n  b: >-\n    S\n    S\n  c: S\n    S\n    S\n  d: "S\n    S\n    S"\n',
  'a template': 'kind: Secret\ndata:\n  {{- if x }}\n  a: S\n  {{- end }}\n  b: S\n',
  'wrapped values without an indentation': 'kind: Secret\ndata:\n  a: |\n  S\n  S\n  b: S\n',
  'a release of helm': 'type: helm.sh/release.v1\ndata:\n  release: S\n',
  'a manifest in JSON': `${JSON.stringify({ a: 'kind: Secret\ndata: {a: S, "b": \'S\'}\n' })}\n`,
  'a diff in JSON': `${JSON.stringify({ a: ' kind: Secret\n data:\n-  a: S\n+  a: S\n' })}\n`,
};

/** They say nothing, or say it behind. */
const LATE = [
  'apiVersion: v1\ndata: {foo: S, bar: "S"}\nkind: Secret\n',
  'stringData: {foo: S}\n',
  "stringData: { foo: 'S x, S', bar: S S }\n",
  '-  data:\n-    a: S\n-  kind: Secret\n',
  '{"kind":"List","items":[{"data":{"a":"S"},"kind":"Secret"},{"data":{"b":"S"},"kind":"Secret"}]}\n',
  `${JSON.stringify({ a: JSON.stringify({ b: JSON.stringify({ data: { a: 'S' }, kind: 'Secret' }) }) })}\n`,
  `${JSON.stringify({ a: JSON.stringify({ items: [{ data: { a: 'S' }, kind: 'Secret' }] }, null, 2) })}\n`,
  '{ "kind": "Secret",\n  "data": { "a": "S" },\n  "type": "Opaque" }\n',
  '{\n  "data": { "a": "S", "b": "S" },\n  "kind": "Secret"\n}\n',
  '# stringData:\n#   a: S\n',
];

const NEAR_MISSES = [
  // A schema.
  '{\n  "stringData": {\n    "additionalProperties": {\n      "type": "string"\n    }\n  }\n}\n',
  'kind: SealedSecret\nspec:\n  encryptedData:\n    a: AgBy3i4OJSWK+PiTySYZZA==\n',
  '{"kind":"SealedSecret","spec":{"encryptedData":{"a":"AgBy3i4OJSWK+PiTySYZZA=="}}}\n',
  'kind: ExternalSecret\nspec:\n  data:\n  - secretKey: a\n    remoteRef:\n      key: b\n  target:\n    name: c\n',
  'kind: ExternalSecret\nspec:\n  data:\n    - secretKey: a\n      remoteRef: {key: b}\n',
  '{"kind":"ExternalSecret","spec":{"data":[{"secretKey":"a"}],"target":{"template":{"data":{"a":"{{ .b }}"}}}}}\n',
  // The element before is a Secret's: this is no diff.
  '- kind: Secret\n  name: x\n- data:\n    a: b c\n  kind: ConfigMap\n',
  '- kind: Secret\n  name: x\n- data:\n    a: aGVsbG8=\n  kind: ConfigMap\n- z\n',
  'data: {"id": "chatcmpl-1", "choices": [{"a": "b c"}]}\n\ndata: {"a": "b c"}\n',
  '2026-11-26T11:00:00Z INFO kind: Secret\n2026-11-26T11:00:00Z got data: {"a": "aGVsbG8="}\n',
  '2026-11-26T11:00:00Z data: none\n2026-11-26T11:00:00Z   a: aGVsbG8=\n',
  '# data:\n#   a: the first of all\n#   b: the second\n',
  '| data: | kind |\n|   a: b | c |\n',
  'kind: Secret\nmetadata:\n  data: x\n---\nkind: x\ndata: {{ .Values.data }}\n',
  'kind: Secret\ndata:\n  {{- toYaml .Values.data | nindent 2 }}\n',
  'kind: Secret\ndata: {}\nmetadata: {name: aGVsbG8=}\n',
  '{"kind": "Secret",\n "data": {},\n "metadata": {"name": "aGVsbG8="}}\n',
];

const SECRETS = [
  'hunter2.Xy',
  'UzNjcmV0',
  'TUlJRXZ3SUJBREFOQmdrcWhraUc5dzBCQVFFRkFBU0NCS2t3Z2dTbEFnRUFBb0lC',
];

describe('redact/own/secrets: forms of Secrets', () => {
  for (const [form, text] of Object.entries(FORMS)) {
    it(`hides what Secrets hold in ${form}, wherever the pieces are cut`, () => {
      for (const secret of SECRETS) {
        const filled = text.replaceAll(/\bS(?!\w)/g, secret);
        const redacted = redact(filled);

        assert.ok(!redacted.includes(secret) && redacted.includes(MASK), redacted);
        assert.equal(redact(redacted), redacted);
        for (const pieces of cuts(filled)) assert.equal(redact(...pieces), redacted);
        assert.ok(!redactByAll(filled).includes(secret));
      }
    });

    it(`leaves ConfigMaps in ${form}`, () => {
      const other = text.replaceAll('Secret', 'ConfigMap').replace('helm.sh', 'x.y');
      for (const value of ['b c', 'aGVsbG8']) {
        const filled = other.replaceAll(/\bS(?!\w)/g, value);

        assert.equal(redact(filled), filled);
      }
    });
  }

  it('hides what Secrets hold that say it behind', () => {
    for (const text of LATE) {
      const filled = text.replaceAll(/\bS(?!\w)/g, 'UzNjcmV0');
      const redacted = redact(filled);

      assert.ok(!redacted.includes('UzNjcmV0') && redacted.includes(MASK), redacted);
      assert.equal(redact(redacted), redacted);
      for (const pieces of cuts(filled)) assert.ok(!redact(...pieces).includes('UzNjcmV0'), filled);
    }
  });

  it('leaves what is no Secret', () => {
    for (const text of NEAR_MISSES) assert.equal(redact(text), text);
  });

  it('keeps all but the values', () => {
    assert.equal(
      redact('kind: Secret\ndata: {a: S, "b": "S", \'c\': \'S\'} # d\nmetadata: {e: S}\n'),
      `kind: Secret\ndata: {a: '${MASK}', "b": "${MASK}", 'c': '${MASK}'} # d\nmetadata: {e: S}\n`,
    );
    assert.equal(
      redact(
        '2026-11-26T11:00:00Z kind: Secret\n2026-11-26T11:00:00Z data:\n2026-11-26T11:00:00Z   a: S\n2026-11-26T11:00:00Z ok\n',
      ),
      `2026-11-26T11:00:00Z kind: Secret\n2026-11-26T11:00:00Z data:\n2026-11-26T11:00:00Z   a: '${MASK}'\n2026-11-26T11:00:00Z ok\n`,
    );
    assert.equal(
      redact(' kind: Secret\n data:\n-  a: S\n+  a: S\n   b: S\n z: 1\n'),
      ` kind: Secret\n data:\n-  a: '${MASK}'\n+  a: '${MASK}'\n   b: '${MASK}'\n z: 1\n`,
    );
  });

  it('keeps JSON valid', () => {
    for (const text of [
      '{\n  "kind": "Secret",\n  "data": {\n    "a": 1,\n    "b": [true, "S"],\n    "c": "S"\n  }\n}',
      JSON.stringify({ a: 'kind: Secret\ndata: {a: S, b: "S"}\nstringData:\n  a: S\n' }),
      JSON.stringify({ a: "{'kind': 'Secret', 'data': {'a': 'S', 'b': 1}}" }),
    ]) {
      const redacted = redact(text);

      assert.ok(redacted.includes(MASK) && !/\bS\b/.test(redacted), redacted);
      JSON.parse(redacted);
    }
  });

  it('hides wrapped keys of a kubeconfig', () => {
    const text =
      'users:\n- name: a\n  user:\n    client-key-data: >-\n      S\n      S\n    client-certificate-data: "S\n      S"\n' +
      '    z: |\n      b\n- name: b\n  user:\n    client-key-data: S\n      S\n';
    for (const pieces of [[text], ...cuts(text)]) {
      const redacted = redactByAll(
        ...pieces.map((piece) => piece.replaceAll(/\bS\b/g, SECRETS[2] ?? '')),
      );

      assert.ok(!redacted.includes(SECRETS[2] ?? ''), redacted);
    }
  });

  it('is done in time, and in little memory, with the longest lines', () => {
    for (const unit of [
      '{kind: Secret, data: {a: S',
      "{'kind': 'Secret', 'data': ['",
      ' data: {',
      'stringData: {a: "',
      '{a: ',
      '# data:\\n+data:\\n',
    ]) {
      redact(unit.repeat(2_000_000 / unit.length));
    }
    for (const lines of [
      '# data:\n',
      '+data:\n',
      ' data:\n-  a: b\n',
      'data: {\n',
      '  data:\n  {\n',
      'data: {a: "\n',
    ]) {
      redact(lines.repeat(200_000));
    }
    redact(`stringData: {${'a: "b", '.repeat(300_000)}}`);
    redact(`stringData: {\n  a: "\n${'  b\n'.repeat(300_000)}"}`);
  }).timeout(60_000);
});

function redact(...pieces: readonly string[]): string {
  return redactedBy(['secret-data'], pieces);
}
