/** Each end of names that the rule for hosts' names knows, and each name that is known to everybody. */

import assert from 'node:assert/strict';

import { isHostDomain } from '../../../agent/redact/pseudonyms/domains.ts';
import { pseudonymRules } from '../../../agent/redact/pseudonyms/rules.ts';

/** Of names with two parts too. */
const STRONG = words(`
  com net org edu gov mil io ai co tv eu example arpa local localdomain lan corp intranet
  ae ar bg br ca ch cl cn cz de dk ee es fi fr gr hk hr hu ie il jp ke kr lt lu lv ma mx ng nl nz pe ph pt ro ru sa
  se sg si sk th tr tw ua uk ve vn za
`);

/** Of names with three parts alone. */
const WEAK = words(`
  agency app biz cloud company dev global group home info internal invalid name online private shop site space store tech test
  zone
  am as at au be by cc cd cf ci do gg id im in is it la li md me mk ml ms my no pa pk pl pm ps pw py re rs sc sh so sr st su sy
  tc tk tm to us ws
`);

const OTHERS = words('yaml json go log conf txt key pem crt rb js ts md5 java php tar gz');

const PUBLIC = words(`
  k8s.io kubernetes.io x-k8s.io cluster.local localhost.localdomain
  docker.io docker.com quay.io gcr.io ghcr.io pkg.dev mcr.microsoft.com public.ecr.aws
  github.com githubusercontent.com golang.org go.dev go.uber.org gopkg.in
  troubleshoot.sh helm.sh replicated.com kots.io kurl.sh
  argoproj.io cattle.io cert-manager.io cilium.io cncf.io coreos.com crossplane.io fluxcd.io grafana.com istio.io knative.dev
  longhorn.io openshift.io projectcalico.org rook.io traefik.io velero.io w3.org
`);

describe('redact/pseudonyms/domains', () => {
  for (const domain of STRONG) {
    it(`takes what ends with .${domain} for a host`, () => {
      assertHidden(`acme.${domain}`);
      assertHidden(`Db.ACME.${domain.toUpperCase()}`);
    });
  }

  for (const domain of WEAK) {
    it(`takes what ends with .${domain} for a host, if it has three parts`, () => {
      assertHidden(`db.acme.${domain}`);
      assertKept(`acme.${domain}`);
    });
  }

  for (const ending of OTHERS) {
    it(`does not take what ends with .${ending} for a host`, () => {
      assert.equal(isHostDomain(`db.acme.${ending}`), false);
      assertKept(`db.acme.${ending}`);
    });
  }

  for (const name of PUBLIC) {
    it(`leaves ${name}, in which there may be others`, () => {
      assertKept(`${name} a.${name} https://a.b.${name}`);
      // Behind other letters it is another name.
      assertHidden(`https://my${name}`);
    });
  }

  for (const kind of ['svc', 'pod']) {
    it(`leaves names of the cluster that end with .${kind}`, () => {
      assertKept(`https://orders.shop.${kind}`);
    });
  }
});

function assertHidden(name: string): void {
  const [before, after] = name.startsWith('https://') ? ['https://', ''] : ['x ', ' y'];
  const host = name.replace('https://', '');
  assert.match(
    redact(`${before}${host}${after}`),
    new RegExp(`^${before}host-[0-9a-f]{10}${after}$`),
  );
}

function assertKept(text: string): void {
  assert.equal(redact(text), text);
}

function redact(text: string): string {
  const rules = pseudonymRules(new Set(['host-name']), new Uint8Array(32));
  return rules.open('x.log', () => undefined)?.redact(text) ?? '';
}

function words(text: string): readonly string[] {
  return text.trim().split(/\s+/);
}
