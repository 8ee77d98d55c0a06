/** Secrets as Go prints them. */

import assert from 'node:assert/strict';

import { MASK } from '../../../../agent/redact/rules.ts';
import { cuts, redact as redactByAll, redactedBy } from '../context/redacted.ts';

const M = MASK;

/** Each as it is, and as it is to be. Sources: fmt, and the String() that k8s.io/api has for a Secret. */
const PRINTS: Readonly<Record<string, readonly [print: string, redacted: string]>> = {
  '%#v': [
    '&v1.Secret{TypeMeta:v1.TypeMeta{Kind:"", APIVersion:""}, Immutable:(*bool)(nil), Data:map[string][]uint8{"a":[]uint8{0x53, 0x33}, "password":[]uint8{0x63}, "n":[]uint8(nil), "e":[]uint8{}, "z.x":[]uint8{0x1}}, StringData:map[string]string{"b":"S3cr3t", "c":"x \\"S3cr3t\\", \\n]}", "e":""}, Type:"Opaque"}',
    `&v1.Secret{TypeMeta:v1.TypeMeta{Kind:"", APIVersion:""}, Immutable:(*bool)(nil), Data:map[string][]uint8{"a":[]uint8{${M}}, "password":[]uint8{${M}}, "n":[]uint8(nil), "e":[]uint8{}, "z.x":[]uint8{${M}}}, StringData:map[string]string{"b":"${M}", "c":"${M}", "e":""}, Type:"Opaque"}`,
  ],
  '%+v': [
    '{TypeMeta:{Kind: APIVersion:} ObjectMeta:{Name:x Labels:map[a:b]} Immutable:<nil> Data:map[a:[83 51 99] b.c:[] password:[83]] StringData:map[b:S3cr3t c:x] y:S3cr3t] Type:Opaque}',
    `{TypeMeta:{Kind: APIVersion:} ObjectMeta:{Name:x Labels:map[a:b]} Immutable:<nil> Data:map[a:[${M}] b.c:[] password:[${M}]] StringData:map[b:${M}] Type:Opaque}`,
  ],
  '%v of a pointer': [
    '&Secret{ObjectMeta:{x  ns [] [] []},Data:map[string][]byte{a: [83 51 99],b: [],c: [83],},Type:Opaque,StringData:map[string]string{b: S3cr3t,c: {x,},S3cr3t,},Immutable:nil,}',
    `&Secret{ObjectMeta:{x  ns [] [] []},Data:map[string][]byte{a: [${M}],b: [],c: [${M}],},Type:Opaque,StringData:map[string]string{b: ${M},},Immutable:nil,}`,
  ],
  'a part of one': [
    'got StringData:map[b:S3cr3t c:S3cr3t], and Data:map[string][]uint8{"a":[]uint8{0x53}}',
    `got StringData:map[b:${M}], and Data:map[string][]uint8{"a":[]uint8{${M}}}`,
  ],
  'a list': [
    '&SecretList{Items:[]Secret{Secret{Data:map[string][]byte{a: [83],},StringData:map[string]string{},},Secret{Data:map[string][]byte{a: [51],},},},}',
    `&SecretList{Items:[]Secret{Secret{Data:map[string][]byte{a: [${M}],},StringData:map[string]string{},},Secret{Data:map[string][]byte{a: [${M}],},},},}`,
  ],
  'two on a line': [
    '{StringData:map[a:S3cr3t] Type:Opaque} {Data:map[a:[83 51]] StringData:map[a:S3cr3t] Type:x}',
    `{StringData:map[a:${M}] Type:Opaque} {Data:map[a:[${M}]] StringData:map[a:${M}] Type:x}`,
  ],
  'one that was cut': [
    '&v1.Secret{Data:map[string][]uint8{"a":[]uint8{0x53, 0x33',
    `&v1.Secret{Data:map[string][]uint8{"a":[]uint8{${M}`,
  ],
  'a text that was cut': [
    '&v1.Secret{StringData:map[string]string{"a":"S3cr3t", "b":"S3cr',
    `&v1.Secret{StringData:map[string]string{"a":"${M}", "b":"${M}`,
  ],
};

describe('redact/own/secrets/secret-go', () => {
  for (const [name, [print, hidden]] of Object.entries(PRINTS)) {
    it(`hides what Secrets hold in ${name}`, () => {
      for (const wrap of WRAPS) {
        const text = wrap(print);
        const redacted = redact(text);

        assert.equal(redacted, wrap(hidden));
        assert.equal(redact(redacted), redacted);
        for (const pieces of cuts(text)) assert.equal(redact(...pieces), redacted);
        const byAll = redactByAll(text);
        assert.ok(!/S3cr|83|51|0x[1-9]/.test(byAll), byAll);
        assert.equal(redactByAll(byAll), byAll);
      }
    });
  }

  it('keeps JSON valid where a print without quotes was cut', () => {
    for (const print of ['StringData:map[a:S3cr3t x', 'Data:map[string][]uint8{"a":[]uint8{0x5']) {
      const redacted = redact(JSON.stringify({ msg: print }));

      assert.ok(redacted.includes(MASK) && !/S3cr3t|0x5/.test(redacted), redacted);
    }
    JSON.parse(redact(JSON.stringify({ msg: 'StringData:map[a:S3cr3t x', z: 'b' })));
  });

  it('hides it in a text with manifests', () => {
    const text = 'kind: Secret\ndata:\n  a: S\nStringData:map[a:b]\ndata:\n  b: S\n';

    assert.equal(
      redact(text),
      `kind: Secret\ndata:\n  a: '${MASK}'\nStringData:map[a:${MASK}]\ndata:\n  b: '${MASK}'\n`,
    );
  });

  it('leaves what is no Secret', () => {
    for (const text of [
      '&v1.ConfigMap{Data:map[string]string{"a":"b"}, BinaryData:map[string][]uint8{"c":[]uint8{0x53}}}\n',
      '{Data:map[a:b c:[1 2]] BinaryData:map[c:[83 51]]}\n',
      '&ConfigMap{Data:map[string]string{a: b,},BinaryData:map[string][]byte{c: [83],},Immutable:nil,}\n',
      'point: {Data:map[a:[1 2 3]]}\n',
      '&v1.Secret{Data:map[string][]uint8(nil), StringData:map[string]string(nil), Type:"Opaque"}\n',
      '{ObjectMeta:{Name:x} Data:map[] StringData:map[] Type:Opaque}\n',
      'Secret MyData:map[string][]uint8{"a":[]uint8{0x53}} MyStringData:map[a:b]\n',
      'Secret Data:map[string]string{"a":"b"} Data:map[a:b]\n',
    ]) {
      assert.equal(redact(text), text);
    }
  });

  it('is done in time with the longest lines', () => {
    for (const unit of [
      'Data:map[',
      'StringData:map[a:b ',
      'StringData:map[a:b] ',
      'StringData:map[string]string{a: b ',
      'StringData:map[string]string{"a":"b", ',
      'StringData:map[string]string{\\"a\\":\\"b ',
      'Data:map[string][]uint8{"a":[]uint8{0x53',
      'Data:map[a:[83 51 ',
      'Secret Data:map[a:[83] b:[51] ',
      '"a":[]uint8{0x53}, ',
    ]) {
      const long = unit.repeat(2_000_000 / unit.length);
      redact(long);
      redact(`Secret Data:map[string][]uint8{${long}`);
      redact(`StringData:map[string]string{a: ${long}\n`);
      redact(`${unit}\n`.repeat(100_000));
    }
  }).timeout(60_000);
});

const WRAPS: readonly ((print: string) => string)[] = [
  (print) => print,
  (print) => `a\nI1126 10:00:00.000000       1 x.go:12] got ${print}\nb\n`,
  (print) => `${JSON.stringify({ msg: `x\n${print}` })}\n`,
];

function redact(...pieces: readonly string[]): string {
  return redactedBy(['secret-data'], pieces);
}
