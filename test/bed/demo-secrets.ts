/** Secrets in places where they should not be, as every cluster has some, and where in the bundle to look for them. */
import { createHmac, generateKeyPairSync, randomBytes } from 'node:crypto';

import type { KubeObject } from './kube.ts';
import { WORKLOAD_SECRETS } from './workload.ts';
import { event, namespaced } from './workload-objects.ts';

const SPACE = 'acme-orders';
const FOLDER = 'cluster-resources';

export interface PlantedSecret {
  /** For people: the object, and what it holds. */
  readonly where: string;
  /** What the object says, on one line. */
  readonly text: string;
  /** How that text begins; no secret. */
  readonly anchor: string;
  /** Of the bundle's file that the object is in. */
  readonly path: string;
  /** No bundle may hold one of these. */
  readonly secrets: readonly string[];
}

/** Beside those of `smallWorkload`, made anew for each object of this class: no rule can know them. */
export class PlantedSecrets {
  readonly #githubToken = `ghp_${randomBytes(18).toString('hex')}`;
  readonly #webToken = makeWebToken();
  readonly #keyLines = makeKeyLines();

  /** Some of `smallWorkload`'s, and all that are planted beside them. */
  get all(): readonly PlantedSecret[] {
    const { databasePassword, billingPassword } = WORKLOAD_SECRETS;
    return [
      {
        where: 'ConfigMap orders-settings, a password in a URL',
        text: `postgres://orders:${databasePassword}@orders-db:5432/orders`,
        anchor: 'postgres://',
        path: `${FOLDER}/configmaps/${SPACE}.json`,
        secrets: [databasePassword],
      },
      {
        where: 'ConfigMap billing-settings, a connection string',
        text: `Server=billing-db;Database=billing;User ID=billing;Password=${billingPassword};`,
        anchor: 'Server=',
        path: `${FOLDER}/configmaps/acme-billing.json`,
        secrets: [billingPassword],
      },
      {
        where: 'ConfigMap orders-runbook, a token of GitHub in prose',
        text: this.#runbook,
        anchor: 'Run git with ',
        path: `${FOLDER}/configmaps/${SPACE}.json`,
        secrets: [this.#githubToken],
      },
      {
        where: 'ConfigMap orders-webhook, a private key',
        text: this.#keyFile,
        anchor: 'signs our webhooks',
        path: `${FOLDER}/configmaps/${SPACE}.json`,
        secrets: this.#keyLines.slice(1, -1),
      },
      {
        where: 'an Event, a bearer token',
        text: this.#message,
        anchor: 'Webhook answered ',
        path: `${FOLDER}/events/${SPACE}.json`,
        secrets: [this.#webToken, ...this.#webToken.split('.').slice(1)],
      },
    ];
  }

  /** No bundle may hold one of these. */
  get texts(): readonly string[] {
    const texts = this.all.flatMap(({ secrets }) => secrets);
    return [...new Set([...Object.values(WORKLOAD_SECRETS), ...texts])];
  }

  /** To apply with `smallWorkload`. */
  objects(): readonly KubeObject[] {
    const configMap = { apiVersion: 'v1', kind: 'ConfigMap' };
    const pod = { kind: 'Pod', namespace: SPACE, name: 'orders-api-6c8f9d7b54-x0k2v' };
    return [
      namespaced(SPACE, {
        ...configMap,
        name: 'orders-runbook',
        data: { 'runbook.md': `${this.#runbook}\n` },
      }),
      namespaced(SPACE, {
        ...configMap,
        name: 'orders-webhook',
        data: { 'key.pem': `${this.#keyFile.replaceAll(' | ', '\n')}\n` },
      }),
      event(pod, 'WebhookFailed', this.#message),
    ];
  }

  get #runbook(): string {
    return `Run git with ${this.#githubToken} as its password, and restart the pods.`;
  }

  get #keyFile(): string {
    return ['signs our webhooks', ...this.#keyLines].join(' | ');
  }

  get #message(): string {
    return `Webhook answered 401 to "Authorization: Bearer ${this.#webToken}"`;
  }
}

function makeWebToken(): string {
  const [header, payload] = [
    { alg: 'HS256', typ: 'JWT' },
    { iss: 'acme', sub: 'orders', jti: randomBytes(8).toString('hex') },
  ].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'));
  const signed = `${header}.${payload}`;
  return `${signed}.${createHmac('sha256', randomBytes(32)).update(signed).digest('base64url')}`;
}

function makeKeyLines(): readonly string[] {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString().trimEnd().split('\n');
}
