/** What Secrets hold, in JSON and YAML. */

import assert from 'node:assert/strict';

import { MASK } from '../../../../agent/redact/rules.ts';
import { cuts, redactedBy } from '../context/redacted.ts';

const VALUE = Buffer.from('hunter2').toString('base64');
const SECRETS = [
  { apiVersion: 'v1', data: { a: VALUE, 'b.c': VALUE }, kind: 'Secret', metadata: { name: 'x' } },
  { kind: 'Secret', apiVersion: 'v1', metadata: { name: 'x' }, data: { a: VALUE } },
  {
    kind: 'Secret',
    metadata: { labels: { a: 'b' } },
    stringData: { a: VALUE, b: `{"c": "${VALUE}"}` },
  },
  { stringData: { a: `${VALUE}\n "${VALUE}"` } },
  { kind: 'SecretList', items: [{ metadata: { name: 'a' }, data: { a: VALUE }, type: 'Opaque' }] },
  {
    kind: 'List',
    items: [
      { kind: 'ConfigMap', data: { a: 'b c' } },
      { data: { a: VALUE }, kind: 'Secret' },
    ],
  },
];
const OTHERS = [
  { apiVersion: 'v1', data: { a: VALUE, b: VALUE }, kind: 'ConfigMap' },
  { kind: 'ConfigMap', metadata: { annotations: { a: 'b' } }, data: { a: VALUE } },
  { kind: 'Deployment', spec: { data: { a: { b: VALUE } }, type: 'x' } },
  { data: { a: 'some words', b: VALUE } },
  { kind: 'Pod', involvedObject: { kind: 'Secret' }, data: { level: 'info' } },
];

const YAML = [
  'apiVersion: v1\ndata:\n  a: S\n  b: "S"\nkind: Secret\nmetadata:\n  name: x\n',
  'kind: Secret\nmetadata:\n  name: x\nstringData:\n  a: |\n    S\n    # S\n\n    S\n  b: S\n    S\ntype: Opaque\n',
  'items:\n- apiVersion: v1\n  data:\n    a: S\n  kind: Secret\n- data:\n    b: aGVsbG8=\n  kind: ConfigMap\n',
  'kind: ConfigMap\ndata:\n  a: aGVsbG8=\n---\nkind: Secret\ndata:\n  a: S\n---\ndata:\n  b: aGVsbG8=\nkind: ConfigMap\n',
];

describe('redact/own/secrets/secret-objects', () => {
  for (const [form, write] of Object.entries(forms())) {
    it(`hides what Secrets hold in ${form}`, () => {
      for (const secret of SECRETS) {
        const redacted = redact(write(secret));

        assert.ok(!redacted.includes(VALUE), redacted);
        assert.ok(redacted.includes(MASK));
        assert.equal(redact(redacted), redacted);
      }
    });

    it(`leaves what is no Secret in ${form}`, () => {
      for (const other of OTHERS) {
        assert.equal(redact(write(other)), write(other));
      }
    });
  }

  it('keeps JSON valid, and all but the values', () => {
    for (const secret of SECRETS) {
      const redacted: unknown = JSON.parse(redact(JSON.stringify(secret, null, 2)));

      assert.deepEqual(withoutData(redacted), withoutData(secret));
    }
  });

  it('hides the values of Secrets in YAML, and only those', () => {
    for (const text of YAML) {
      const redacted = redact(text.replaceAll(/\bS\b/g, VALUE));

      assert.ok(!redacted.includes(VALUE), redacted);
      assert.equal(redacted.split('aGVsbG8=').length, text.split('aGVsbG8=').length);
      assert.equal(redact(redacted), redacted);
    }
  });

  it('hides the values of Secrets in manifests that are texts of a ConfigMap', () => {
    for (const secret of YAML.map((text) => text.replaceAll(/\bS\b/g, VALUE))) {
      const map = { kind: 'ConfigMap', data: { 'a.yaml': secret, b: 'c d' } };
      const inBlock = `data:\n  b: c d\n  a: |\n    ${secret.trimEnd().replaceAll('\n', '\n    ')}\nkind: ConfigMap\n`;
      for (const text of [
        JSON.stringify(map),
        JSON.stringify(map, null, 2),
        JSON.stringify({ a: JSON.stringify(map) }),
        inBlock,
      ]) {
        const redacted = redact(text);

        assert.ok(!redacted.includes(VALUE), redacted);
        assert.ok(redacted.includes('c d'));
        assert.equal(redact(redacted), redacted);
        if (text !== inBlock) JSON.parse(redacted);
      }
    }
  });

  it('leaves other manifests that are texts of a ConfigMap', () => {
    const other = 'kind: ConfigMap\ndata:\n  a: aGVsbG8=\n---\nkind: Secret\n';
    for (const indent of [0, 2]) {
      const text = JSON.stringify(
        { kind: 'ConfigMap', data: { a: other, b: 'c d' } },
        null,
        indent,
      );

      assert.equal(redact(text), text);
    }
  });

  it('gives blocks of YAML one mask', () => {
    assert.equal(
      redact('stringData:\n  a: |\n    S\n    S\n  b: S\n    S\nkind: Secret\n'),
      `stringData:\n  a: |\n    ${MASK}\n  b: '${MASK}'\nkind: Secret\n`,
    );
  });

  it('never leaves a value of a Secret, wherever the pieces are cut', () => {
    const texts = [...SECRETS.map((secret) => JSON.stringify(secret, null, 2)), ...YAML];
    for (const text of texts.map((one) => one.replaceAll(/\bS\b/g, VALUE))) {
      for (const pieces of cuts(text)) {
        const redacted = redact(...pieces);

        assert.ok(!redacted.includes(VALUE), redacted);
      }
    }
  });

  it('leaves a ConfigMap wherever the pieces are cut, if one of its values is no base64', () => {
    const text = JSON.stringify(
      { data: { a: 'no base64', b: 'word' }, kind: 'ConfigMap' },
      null,
      2,
    );
    for (const pieces of cuts(text)) assert.equal(redact(...pieces), text);
  });

  it('hides base64 alone where a piece ends before a kind', () => {
    const [first, second] = [`data:\n  a: ${VALUE}\n`, 'kind: ConfigMap\n'];

    assert.equal(redact(first, second), `data:\n  a: '${MASK}'\n${second}`);
    assert.equal(redact(first + second), first + second);
  });

  it('hides what a line that was cut still has', () => {
    assert.equal(redact(`{"data":{"a":"${VALUE}","b":"${VALUE}`).includes(VALUE), true);
    assert.equal(
      redact(`{"kind":"Secret","data":{"a":"${VALUE}","b":"${VALUE}`).includes(VALUE),
      false,
    );
  });

  it('changes nothing more at a second look, also where texts are broken', () => {
    for (const text of [
      'kind: Secret\nstringData:\n "kind":"Secret""kind":\n',
      'kind: Secret\ndata:\n "a":"S\n "b":[S\n',
      'data:\n "":":\nkind: Secret\n',
      "type: Opaque\nstringData:\n 'a':{S\n  S\n",
      '{kind:Secret{"stringData":{""S" ',
      '{kind:Secret{"stringData"{]{stringData:""S"}',
      '{kind:Secret{"stringData":{""S":"',
      '{"","stringData"{"{stringData:{"":""',
      '{stringData:{""Data:map[StringData:map[a:S',
      'StringData:map[b:"{stringData:{-{]S',
      '"data":{"StringData:map[a:"a""UzNjcmV0',
      'data:{g:"StringData:map[a:-\n "a":UzNjcmV0',
    ]) {
      const redacted = redact(text);

      assert.ok(redacted.includes(MASK) && !/\bS\b/.test(redacted), redacted);
      assert.equal(redact(redacted), redacted);
    }
  });

  it('keeps the keys of a block in which no blank stands before a value', () => {
    assert.equal(
      redact('kind: Secret\ndata:\n  "a":"S"\n  \'b\':\'S\'\n  "c":{S}\n'),
      `kind: Secret\ndata:\n  "a":'${MASK}'\n  'b':'${MASK}'\n  "c":'${MASK}'\n`,
    );
  });

  it('is done in time with objects in objects', () => {
    for (const unit of [
      '{"kind":"Secret","data":{"a":"',
      '{"data":{"Secret":',
      'kind: Secret\\nstringData:\\n  x: S\\n',
      '"stringData:\\n x: \\"',
      '\\"Secret\\":{',
      '{"',
    ]) {
      redact(unit.repeat(1_000_000 / unit.length));
    }
    redact('data:\n a: b\n'.repeat(400_000));
    redact(' "data": {\n'.repeat(400_000));
    redact(Array.from({ length: 2_000 }, (_, depth) => `${' '.repeat(depth)}data:\n`).join(''));
  }).timeout(60_000);
});

type Write = (object: object) => string;

function forms(): Record<string, Write> {
  const annotation = 'kubectl.kubernetes.io/last-applied-configuration';
  const applied: Write = (object) =>
    JSON.stringify(
      { metadata: { annotations: { [annotation]: `${JSON.stringify(object)}\n` } } },
      null,
      2,
    );
  return {
    'JSON on one line': (object) => JSON.stringify(object),
    'JSON over several lines': (object) => JSON.stringify(object, null, 2),
    'JSON with tabs': (object) => JSON.stringify(object, null, '\t'),
    'a list': (object) => JSON.stringify({ items: [object] }, null, 4),
    'an annotation': applied,
    'an annotation on one line': (object) => JSON.stringify(JSON.parse(applied(object))),
    'an annotation in YAML': (object) => `    ${annotation}: |\n      ${JSON.stringify(object)}\n`,
    'JSON in JSON in JSON': (object) =>
      JSON.stringify({ a: JSON.stringify({ b: JSON.stringify(object) }) }),
    'a log': (object) => `I1126 10:00:00 "request" body=${JSON.stringify(object)}\n`,
  };
}

function withoutData(object: unknown): unknown {
  return JSON.parse(
    JSON.stringify(object, (key, value: unknown) =>
      key === 'data' || key === 'stringData' ? Object.keys(Object(value)) : value,
    ),
  );
}

function redact(...pieces: readonly string[]): string {
  return redactedBy(['secret-data'], pieces);
}
