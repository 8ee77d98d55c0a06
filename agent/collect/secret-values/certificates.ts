/** certificates: what is in the certificates of Secrets and ConfigMaps, and whether they are valid now; never a key. */

import { X509Certificate } from 'node:crypto';

import { apiMessageOf } from '../../kube/api-error.ts';
import { objectAt } from '../../kube/object-fields.ts';
import type { CollectContext, Collector, Fields } from '../collector.ts';
import { entriesOf, textOf, textsOf } from '../fields.ts';
import { goJson } from '../go-json.ts';
import { filePiece, problem } from '../pieces.ts';
import { namesOf } from './certificate-names.ts';

/** A Secret or ConfigMap in one namespace. */
interface Source {
  readonly kind: 'secret' | 'configMap';
  readonly name: string;
  readonly namespace: string;
}

interface Finding {
  readonly source: Source;
  readonly errors: readonly string[];
  readonly chain: readonly object[];
}

/** Source: troubleshoot v0.133.0, pkg/collect/certificates.go. */
export const certificates: Collector = {
  rules: (fields) =>
    sourcesOf(fields).map(({ kind, name, namespace }) => ({
      apiGroups: [''],
      resources: [resourceOf(kind)],
      verbs: ['get'],
      resourceNames: [name],
      namespace,
    })),

  async *collect(fields, context) {
    const findings: Finding[] = [];
    for (const source of sourcesOf(fields)) findings.push(await inspect(source, context));
    yield filePiece('certificates/certificates.json', goJson(findings.map(toCollection), '\t'));
    for (const { source, errors } of findings) {
      const { kind, namespace, name } = source;
      yield* errors.map((error) => problem('partial', `${kind} ${namespace}/${name}: ${error}`));
    }
  },
};

function sourcesOf(fields: Fields): readonly Source[] {
  return (['secret', 'configMap'] as const).flatMap((kind) =>
    entriesOf(fields, `${kind}s`).flatMap((source) =>
      textsOf(source, 'namespaces').map((namespace) => ({
        kind,
        name: textOf(source, 'name'),
        namespace,
      })),
    ),
  );
}

function resourceOf(kind: Source['kind']): string {
  return kind === 'secret' ? 'secrets' : 'configmaps';
}

async function inspect(source: Source, { kube, signal, clock }: CollectContext): Promise<Finding> {
  const { kind, name, namespace } = source;
  const [inNamespace, named] = [namespace, name].map(encodeURIComponent);
  let data: readonly (readonly [string, unknown])[];
  try {
    const path = `/api/v1/namespaces/${inNamespace}/${resourceOf(kind)}/${named}`;
    data = Object.entries(objectAt(await kube.get(path, signal), 'data') ?? {});
  } catch (error) {
    signal.throwIfAborted();
    return { source, errors: [apiMessageOf(error)], chain: [] };
  }
  const errors: string[] = [];
  const chain = data
    .toSorted(([first], [second]) => (first < second ? -1 : 1))
    .flatMap(([key, value]) => {
      const text = Buffer.from(String(value), kind === 'secret' ? 'base64' : 'utf8').toString();
      return parseChain(key, text, { errors, nowMs: clock.now() });
    });
  return { source, errors, chain };
}

const PEM = /-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g;

function parseChain(
  key: string,
  text: string,
  { errors, nowMs }: { readonly errors: string[]; readonly nowMs: number },
): readonly object[] {
  const blocks = text.match(PEM) ?? [];
  if (blocks.length === 0) errors.push(`No certificates found in ${key}`);
  try {
    return blocks.map((block) => describe(key, new X509Certificate(block), nowMs));
  } catch {
    errors.push(`a certificate in ${key} cannot be read`);
    return [];
  }
}

function describe(key: string, certificate: X509Certificate, nowMs: number): object {
  const { subject, issuer } = namesOf(certificate.raw);
  const [notAfter, notBefore] = [certificate.validTo, certificate.validFrom].map((text) =>
    Date.parse(text),
  );
  return {
    certificate: key,
    subject,
    subjectAlternativeNames: dnsNames(certificate.subjectAltName),
    issuer,
    notAfter: toSeconds(notAfter),
    notBefore: toSeconds(notBefore),
    isValid: nowMs < Number(notAfter) && nowMs > Number(notBefore),
    isCA: certificate.ca,
  };
}

function toSeconds(ms: number | undefined): string {
  return new Date(ms ?? 0).toISOString().replace('.000Z', 'Z');
}

/** Node writes `DNS:a.example, IP Address:10.0.0.1, DNS:"b,c"`. */
function dnsNames(alternatives: string | undefined): readonly string[] | null {
  const names = [...(alternatives ?? '').matchAll(/(?:^|, )DNS:("(?:[^"\\]|\\.)*"|[^,]*)/g)].map(
    ([, name = '']) => (name.startsWith('"') ? String(JSON.parse(name)) : name),
  );
  return names.length === 0 ? null : names;
}

/** In Go's order; what is empty is left out. */
function toCollection({ source, errors, chain }: Finding): object {
  const { kind, name, namespace } = source;
  return {
    source: { [kind]: name || undefined, namespace: namespace || undefined },
    errors: errors.length === 0 ? undefined : errors,
    certificateChain: chain.length === 0 ? undefined : chain,
  };
}
