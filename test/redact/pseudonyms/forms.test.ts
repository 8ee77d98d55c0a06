/** Each form and each word that the rules for pseudonyms know. */

import assert from 'node:assert/strict';

import { pseudonymRules } from '../../../agent/redact/pseudonyms/rules.ts';

const UNITS = words('service socket timer slice mount target scope swap path device');
const OTHER_NAMES = words('image imageID imageName repository registry group apiGroup');
const HOST_FIELDS = words('nodeName hostname host address');

/** What gets a pseudonym stands in `«»`. */
const FORMS: Readonly<Record<string, readonly string[]>> = {
  'ip-address': [
    ...words('«10.1.2.3» «255.1.2.3» «254.255.255.0» «255.255.0.255» «1.127.0.0» «192.0.0.0»'),
    '..«10.1.2.3».. .«10.1.2.3».',
    ...words('xv«1.2.3.4» Xv«1.2.3.4» 0v«1.2.3.4»'),
    'v1.2.3.4 V1.2.3.4 -v1.2.3.4',
    '\nv1.2.3.4',
    '«ip-10-1-2-3» «ip-10-1-2-3»-4 ip-10-1-2-1000 ip-10-1-2-300',
    '«10-1-2-3».a.pod «10-1-2-3».a-0.pod 10-1-2-3.a.b.pod 10-1-2-3.a.pods',
    ...words('«ab:cd:ef:1:2:3:4:5» «AB:CD:EF:1:2:3:4:5» «a:b:c:d:e:f:0:1» «1::2» «fe80::»'),
    ...words('«CAFE::BABE» «cafe::babe» «abcd::» «::ffff:1» «::1234:10.1.2.3»'),
    '«fe80::1».. «fe80::1»: «fe80::1».',
    ...words('xfe80::1 _fe80::1 fe80::1x fe80::1_'),
    ...words('::1 :: ::ffff:127.0.0.1 ::FFFF:127.0.0.1 ::ffff:0.0.0.0 std::cab a::b'),
    ...words('127.0.0.1 0.0.0.0 255.255.255.255 255.255.128.0 1.2.3 1.2.3.4.5 1.2.3.256'),
  ],
  'host-name': [
    'at «db.acme.com», «db.acme.com». db.acme.com-x db.acme.comx db.acme.com.x',
    ...words(
      String.raw`http://«a.b» HTTPS://«a0.b9» http:\/\/«a.b»/x http://«a-0.b-9» http://«a.b»:80`,
    ),
    'http://a.b_c http://a.b.c_d http://10.1.2.3 http://«x.10.1.2.c»',
    '..«db.acme.com» a..«db.acme.com» -«db.acme.com» .«db.acme.com» --.-«db.acme.com»',
    'com .com ..com 10.20.com.30',
    ...OTHER_NAMES.flatMap((name) => [
      `"${name}": "db.acme.com"`,
      String.raw`{\"${name}\":\"db.acme.com\"}`,
      `${name}=db.acme.com`,
      `${name}:\tdb.acme.com`,
      `${name.toUpperCase()} : db.acme.com`,
      `${name}\t=\tdb.acme.com`,
      `x${name}: «db.acme.com»`,
    ]),
    ...words('docker docker-pullable containerd oci OCI').map((one) => `${one}://db.acme.com/a`),
    ...words('/a:1 /a/b.c-d_e:v1 /a@sha256:5 :5000/a:1 /a= /v1 /v1alpha1 /v2beta10').map(
      (behind) => `db.acme.com${behind}`,
    ),
    '"db.acme.com/a": x "db.acme.com/a" : x "db.acme.com/a"\t: x',
    String.raw`{\"db.acme.com/a\":1} {\"db.acme.com/a\" : 1}`,
    ...words('/a /v /v100 /v1x /v1-2 /v1.2 /v1gamma1 /V1 :123456/a:1').map(
      (behind) => `«db.acme.com»${behind}`,
    ),
    'http://«db.acme.com»/v1 http://«db.acme.com»/a:1 http://«db.acme.com»/a=b',
    'db.acme.com/a: x',
    ' \t db.acme.com/a-b.c_d:\tx',
    'x:\n  db.acme.com/a:\n    y',
    '- «db.acme.com»/a: x',
    '  «db.acme.com»/a;x',
    ...HOST_FIELDS.flatMap((name) => [
      `"${name}": "«node-1»"`,
      String.raw`{\"${name}\":\"«node-1»\"}`,
      `${name}: '«node-1»'`,
      `${name}=«node-1» x`,
      `${name} \t : \t «node-1»`,
      `x${name}: node-1`,
      `${name}s: node-1`,
    ]),
    ...words('localhost true false null none nil unknown Localhost TRUE').map(
      (value) => `host: ${value}`,
    ),
    ...words('«a» «A» «Ab» «0a» «a0» «aB9» «a-b» «a.b.c» «A.b-C» «a-B»').map(
      (value) => `host: ${value}`,
    ),
    ...words('10 1-2 a_b a/b a- a. -a .a "" a:b k8s.io orders.shop.svc').map(
      (value) => `host: ${value}`,
    ),
    'host: «a»:80 address="«B»"',
    'host: host-0123456789 host: «host-01234567890»',
  ],
  email: [
    ...words('«jo@acme.com» «JO@ACME.COM» «j0@a1-b.c2.Com» «_%+-.@a.io» «jo@1a.com»'),
    'to «jo@acme.com». «jo@acme.com»- «jo@acme.com»..',
    String.raw`\n«jo@acme.com» \t«jo@acme.com»`,
    ...UNITS.flatMap((unit) => [`getty@tty1.${unit}`, `«jo@acme.${unit}s»`]),
    'jo@ @acme.com jo@acme jo@-.com jo@.acme.com jo@acme.c jo@acme.c0m pkg@1.2.3 a@b..com',
  ],
};

describe('redact/pseudonyms, form by form', () => {
  for (const [rule, texts] of Object.entries(FORMS)) {
    for (const text of texts) {
      it(`${rule} in ${JSON.stringify(text)}`, () => {
        const expected = text
          .replaceAll(/[.*+?()[\]{}|\\^$]/g, String.raw`\$&`)
          .replaceAll(/«[^»]*»/g, `${PSEUDONYM}(?:@${PSEUDONYM})?`);

        assert.match(redact(text.replaceAll(/[«»]/g, ''), rule), new RegExp(`^${expected}$`));
      });
    }
  }

  it('gives two users of one host two pseudonyms, whose host is one', () => {
    const [jo, mo, upper] = redact('jo@acme.com mo@acme.com jo@ACME.com', 'email').split(' ');

    assert.notEqual(jo, mo);
    assert.equal(jo?.split('@')[1], mo?.split('@')[1]);
    assert.equal(jo, upper);
  });

  it('gives what IPv6 says of an IPv4 address the pseudonym of that, and other addresses their own', () => {
    const [four, mapped, upper, other] = redact(
      '10.1.2.3 ::ffff:10.1.2.3 ::FFFF:10.1.2.3 ::1234:10.1.2.3',
      'ip-address',
    ).split(' ');

    assert.deepEqual([mapped, upper], [four, four]);
    assert.notEqual(other, four);
  });
});

const PSEUDONYM = '(?:ip|host|user)-[0-9a-f]{10}';

function redact(text: string, rule: string): string {
  const rules = pseudonymRules(new Set([rule]), new Uint8Array(32));
  return rules.open('x.log', () => undefined)?.redact(text) ?? '';
}

function words(text: string): readonly string[] {
  return text.trim().split(/\s+/);
}
