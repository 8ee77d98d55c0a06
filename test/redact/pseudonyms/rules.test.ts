/** Pseudonyms: what gets one, what stays, and that they are the same for the same. */

import assert from 'node:assert/strict';

import { RULES_OFF } from '../../../agent/redact/names.ts';
import { pseudonymRules } from '../../../agent/redact/pseudonyms/rules.ts';
import { seededRandom } from '../../support/random.ts';

const KEY = new Uint8Array(32).fill(7);
const IP = 'ip-[0-9a-f]{10}';
const HOST = 'host-[0-9a-f]{10}';
const PATTERNS = new Map([
  ['I', IP],
  ['H', HOST],
  ['U', 'user-[0-9a-f]{10}'],
]);

/** In the second text: I an address, H a host, U a user. */
const REPLACED: readonly (readonly [rule: string, text: string, form: string])[] = [
  ['ip-address', '"podIP": "10.1.2.3",', '"podIP": "I",'],
  ['ip-address', 'dial tcp 10.1.2.3:8443: refused', 'dial tcp I:8443: refused'],
  ['ip-address', '"podCIDR": "10.1.2.0/24"', '"podCIDR": "I/24"'],
  ['ip-address', String.raw`"a\n10.1.2.3\n"`, String.raw`"a\nI\n"`],
  ['ip-address', 'It is 10.1.2.3. 10.1.2.3, (10.1.2.3)', 'It is I. I, (I)'],
  ['ip-address', 'release 1.2.3.4', 'release I'],
  ['ip-address', 'srv10.1.2.3 _10.1.2.3_ x-10.1.2.3-y', 'srvI _I_ x-I-y'],
  ['ip-address', 'http://10.1.2.3/x?y=10.1.2.3', 'http://I/x?y=I'],
  ['ip-address', 'ip-10-1-2-3.ec2.internal', 'I.ec2.internal'],
  ['ip-address', '10-1-2-3.shop.pod.cluster.local', 'I.shop.pod.cluster.local'],
  ['ip-address', '"fe80::1%eth0" [2001:db8::1]:443 fd00::/8', '"I%eth0" [I]:443 I/8'],
  ['ip-address', '2001:db8:0:1:1:1:1:1: refused', 'I: refused'],
  ['ip-address', String.raw`\nfe80::12 addr:fe80::12.`, String.raw`\nI addr:I.`],
  ['ip-address', '::ffff:10.1.2.3 ::ffff:127.0.0.1', 'I ::ffff:127.0.0.1'],
  ['host-name', 'https://api.acme.example/x', 'https://H/x'],
  ['host-name', 'https://intern.acme-firma:8443/', 'https://H:8443/'],
  ['host-name', 'api.acme.com:8443, db.acme.de.', 'H:8443, H.'],
  ['host-name', '"*.acme.com" .acme.com -api.acme.com', '"*.H" .H -H'],
  ['host-name', String.raw`"a\nnode1.acme.corp\tx"`, String.raw`"a\nH\tx"`],
  ['host-name', 'ip-10-1-2-3.ec2.internal', 'H'],
  ['host-name', '"nodeName": "node-1",', '"nodeName": "H",'],
  ['host-name', String.raw`{\"nodeName\":\"node-1\"}`, String.raw`{\"nodeName\":\"H\"}`],
  ['host-name', '"kubernetes.io/hostname": "node-1"', '"kubernetes.io/hostname": "H"'],
  ['host-name', 'nodeName: node-1\nhostname=node-1', 'nodeName: H\nhostname=H'],
  ['host-name', '"host": "node-1"\n"address": "node-1:10250"', '"host": "H"\n"address": "H:10250"'],
  ['host-name', 'curl api.acme.com/healthz: timeout', 'curl H/healthz: timeout'],
  ['email', 'To: jo.doe+x@mail.acme.com, <a@b.io>.', 'To: U@H, <U@H>.'],
  ['email', String.raw`"a\njo@acme.com"`, String.raw`"a\nU@H"`],
];

const KEPT: readonly (readonly [rule: string, text: string])[] = [
  ['ip-address', '127.0.0.1:8080 127.1.2.3 0.0.0.0:80 255.255.255.0 255.255.0.0 255.255.255.255'],
  ['ip-address', ':: ::1 [::]:8080 ::/0 :::8080 [::1]:443'],
  ['ip-address', '"gitVersion": "v1.2.3.4" V1.2.3.4 1.2.3 1.2.3.4.5 256.1.1.1 1.2.3.1000'],
  ['ip-address', '1.3.6.1.4.1.311.20.2.3'],
  ['ip-address', '2026-11-25T10:20:30Z 10:20:30:40 aa:bb:cc:dd:ee:ff'],
  ['ip-address', `${'AB:'.repeat(19)}CD ${'AB:'.repeat(31)}CD`],
  ['ip-address', 'std::cafe Foo::Bar a::b ab::cd x::1234'],
  ['ip-address', '2026-11-25-10 1-2-3-4'],
  ['host-name', 'config.yaml x.json main.go:12 app.log install.sh main.rs libc.so a.py'],
  ['host-name', 'fieldPath: metadata.name status.podIP spec.nodeName user.id e.g. i.e. v1.2.3'],
  [
    'host-name',
    'apps.k8s.io kubernetes.io/os node.kubernetes.io/x troubleshoot.sh/v1beta2 snapshot.storage.k8s.io',
  ],
  ['host-name', '"image": "registry.acme.example/orders/api", image: registry.acme.example'],
  [
    'host-name',
    'pulled registry.acme.example:5000/orders/api:3.8.2 registry.acme.example/a@sha256:5',
  ],
  ['host-name', '"imageID": "docker-pullable://registry.acme.example/orders"'],
  ['host-name', '"acme.example.com/part-of": "x", {\\"acme.example.com/part-of\\":\\"x\\"}'],
  ['host-name', 'labels:\n  acme.example.com/part-of: x\nacme.example.com/role=db'],
  ['host-name', '"apiVersion": "acme.example.com/v1beta1", "group": "acme.example.com"'],
  ['host-name', 'orders.shop.svc orders.shop.svc.cluster.local kubernetes.default.svc:443'],
  [
    'host-name',
    '10.1.2.3 https://10.1.2.3/x "host": "10.1.2.3" "host": "" host: true, "address": "http://x"',
  ],
  ['host-name', '"hostIP": "10.1.2.3" "hostNetwork": true "hostname": "localhost" ghost: x'],
  ['host-name', 'java.net.SocketException foo.com.Bar'],
  [
    'email',
    'pkg@1.2.3 img@sha256:5 getty@tty1.service @acme.com a@b ***HIDDEN***@acme.com git@host:x',
  ],
];

describe('redact/pseudonyms/rules', () => {
  for (const [rule, text, form] of REPLACED) {
    it(`${rule} replaces ${JSON.stringify(text)}`, () => {
      const pattern = form
        .replaceAll(/[.*+?()[\]{}|\\^$]/g, String.raw`\$&`)
        .replaceAll(
          /(?<![A-Za-z])[IHU](?![A-Za-z])|(?<=srv)I|(?<=\\n)[IHU]/g,
          (letter) => PATTERNS.get(letter) ?? letter,
        );

      assert.match(redact(text, [rule]), new RegExp(`^${pattern}$`));
    });
  }

  for (const [rule, text] of KEPT) {
    it(`${rule} leaves ${JSON.stringify(text)}`, () => {
      assert.equal(redact(text, [rule]), text);
    });
  }

  it('gives the same name always the same pseudonym, however it is spelled', () => {
    const words = redact(
      '10.1.2.3 10.1.2.3 10.1.2.4 ::ffff:10.1.2.3 fe80::1 FE80:0:0::0001 ip-10-1-2-3 x.acme.com X.Acme.Com jo@x.acme.com "host": "x.acme.com"',
    ).split(/[ @]/);
    const [first, second, other, mapped, six, long, dashed, host, upper, , domain, , field] = words;

    assert.deepEqual([second, mapped, dashed], [first, first, first]);
    assert.notEqual(other, first);
    assert.equal(six, long);
    assert.deepEqual([upper, domain, field], [host, host, `"${host}"`]);
  });

  it('gives other pseudonyms with another key', () => {
    const text = '10.1.2.3 jo@acme.com "nodeName": "a"';
    const other = pseudonymRules(new Set(RULES_OFF), new Uint8Array(32).fill(8)).open(
      'x',
      () => {},
    );

    assert.notEqual(other?.redact(text), redact(text));
    assert.equal(redact(text), redact(text));
  });

  it('changes nothing in a second pass', () => {
    const text = REPLACED.map(([, one]) => one).join('\n');
    const once = redact(text);

    assert.notEqual(once, text);
    assert.equal(redact(once), once);
    assert.equal(redact(once, RULES_OFF, 'cluster-resources/nodes.json'), once);
  });

  it('hides the names of nodes in the file of nodes alone', () => {
    const text = '"name": "node-1"';

    assert.match(
      redact(text, ['host-name'], 'cluster-resources/nodes.json'),
      new RegExp(`^"name": "${HOST}"$`),
    );
    assert.equal(redact(text, ['host-name'], 'cluster-resources/pods/a.json'), text);
  });

  it('tells of each place with the rule', () => {
    const told: string[] = [];
    const set = pseudonymRules(new Set(RULES_OFF), KEY);
    set
      .open('x', (rule) => told.push(rule))
      ?.redact('a@b.com 10.1.2.3 10.1.2.3 x.acme.com "host": "n"');

    assert.deepEqual(told.toSorted(), [
      'email',
      'host-name',
      'host-name',
      'ip-address',
      'ip-address',
    ]);
  });

  it('does only what is chosen, and opens nothing where none is', () => {
    const text = 'a@b.com 10.1.2.3 x.acme.com';

    assert.match(redact(text, ['ip-address']), new RegExp(`^a@b.com ${IP} x.acme.com$`));
    assert.match(redact(text, ['host-name']), new RegExp(`^a@${HOST} 10.1.2.3 ${HOST}$`));
    assert.equal(
      pseudonymRules(new Set(['jwt']), KEY).open('x', () => {}),
      undefined,
    );
  });

  it('leaves bytes that are no text as they are, and is the same for pieces of lines', () => {
    const random = seededRandom(1);
    const bytes = Array.from({ length: 200_000 }, () =>
      String.fromCharCode(128 + Math.floor(random() * 128)),
    );
    assert.equal(redact(bytes.join('')), bytes.join(''));

    const lines = Array.from(
      { length: 500 },
      (_, index) => REPLACED[index % REPLACED.length]?.[1] ?? '',
    );
    const pieces = lines.map((line) => redact(`${line}\n`));
    assert.equal(redact(lines.map((line) => `${line}\n`).join('')), pieces.join(''));
  });

  for (const text of [
    '1.',
    '1.1.1.1.',
    '::',
    'a:',
    'a.a@',
    'a.com.',
    'a.com-',
    '..com',
    '://a.',
    '"host": "',
    'nodeName=a-',
    'fe80::',
    'a.io/a',
    '10.0.0.1 ',
  ]) {
    it(`takes linear time for a line of ${JSON.stringify(text)}`, () => {
      const line = text.repeat(1_000_000 / text.length);

      assert.ok(redact(line).length > 0);
    }).timeout(60_000);
  }
});

function redact(text: string, rules: readonly string[] = RULES_OFF, path = 'x.log'): string {
  const redactor = pseudonymRules(new Set(rules), KEY).open(path, () => {});
  assert.ok(redactor !== undefined);
  return redactor.redact(text);
}
