/** What the ends of names say: which are hosts', and which of those are known to everybody. */

/** Top-level domains that hardly are anything else, and those that companies use inside. */
const STRONG = words(`
  com net org edu gov mil io ai co tv eu example arpa local localdomain lan corp intranet
  ae ar bg br ca ch cl cn cz de dk ee es fi fr gr hk hr hu ie il jp ke kr lt lu lv ma mx ng nl nz pe ph pt ro ru sa
  se sg si sk th tr tw ua uk ve vn za
`);

/** Those that are words, units or ends of files' names too: only of names with three parts or more. */
const WEAK = words(`
  agency app biz cloud company dev global group home info internal invalid name online private shop site space store tech test
  zone
  am as at au be by cc cd cf ci do gg id im in is it la li md me mk ml ms my no pa pk pl pm ps pw py re rs sc sh so sr st su sy
  tc tk tm to us ws
`);

/** For patterns, as alternatives. */
export const TOP_LEVEL_DOMAINS = [...STRONG, ...WEAK].join('|');

/** API groups, code and registries of the Kubernetes world: whoever reads a bundle needs them, and they are nobody's. */
const PUBLIC = words(`
  k8s.io kubernetes.io x-k8s.io cluster.local localhost.localdomain
  docker.io docker.com quay.io gcr.io ghcr.io pkg.dev mcr.microsoft.com public.ecr.aws
  github.com githubusercontent.com golang.org go.dev go.uber.org gopkg.in
  troubleshoot.sh helm.sh replicated.com kots.io kurl.sh
  argoproj.io cattle.io cert-manager.io cilium.io cncf.io coreos.com crossplane.io fluxcd.io grafana.com istio.io knative.dev
  longhorn.io openshift.io projectcalico.org rook.io traefik.io velero.io w3.org
`);

/** Of the cluster: the names of its services and namespaces stand everywhere else in a bundle. */
const IN_CLUSTER = /\.(?:svc|pod)$/;

/** Whether a name with a dot is a host's. Lower case. */
export function isHostDomain(name: string): boolean {
  const labels = name.split('.');
  const last = labels.at(-1) ?? '';
  return STRONG.has(last) || (WEAK.has(last) && labels.length > 2);
}

/** Whether the name does not tell whose cluster it is. Lower case. */
export function isPublicName(name: string): boolean {
  if (IN_CLUSTER.test(name)) return true;
  const labels = name.split('.');
  return labels.some((_, index) => PUBLIC.has(labels.slice(index).join('.')));
}

function words(text: string): ReadonlySet<string> {
  return new Set(text.trim().split(/\s+/));
}
