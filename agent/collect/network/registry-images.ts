/** registryImages: whether images are in their registries. Source: troubleshoot v0.133.0, pkg/collect/registry.go. */

import { deadlineSignal } from '../../clock.ts';
import type { ApiRule, CollectContext, Collector, Fields, Piece } from '../collector.ts';
import { entryOf, textOf, textsOf } from '../fields.ts';
import { jsonPiece, problem } from '../pieces.ts';
import { wholeMessageOf } from './go-net-error.ts';
import { hideSecrets } from './hide-secrets.ts';
import { type ImageName, parseImageName } from './image-name.ts';
import { proxyFor } from './proxy.ts';
import { assertManifest } from './registry.ts';
import {
  credentialsFor,
  loadRegistries,
  type Registries,
  secretNamespace,
} from './registry-credentials.ts';
import { RegistryError } from './registry-error.ts';

/** For all that one look takes. */
const TIMEOUT_MS = 10_000;
/** Where the connection ends without an answer. */
const ATTEMPTS = 3;
const PAUSE_MS = 1_000;
const LATE = 'context deadline exceeded';
/** Images at once: a registry that does not answer takes its whole time for each. */
const MOST_AT_ONCE = 4;

interface Presence {
  readonly exists: boolean;
  readonly error?: string;
}

/** TLS is not verified, as with troubleshoot: what is asked for is whether the image is there. */
export const registryImages: Collector = {
  rules: secretRules,
  async *collect(fields, context): AsyncGenerator<Piece> {
    const path = `registry/${textOf(fields, 'collectorName') || 'images'}.json`;
    const search = new Search(fields, context);
    const images = await search.findAll();
    yield jsonPiece(path, { images });
    for (const [image, { error }] of images) {
      if (error === undefined) continue;
      yield problem('named', `${path}: ${image}: ${withoutQueries(error)}`);
    }
  },
};

function secretRules(fields: Fields): readonly ApiRule[] {
  const secret = entryOf(fields, 'imagePullSecret');
  if (secret === undefined || entryOf(secret, 'data') !== undefined) return [];
  const name = textOf(secret, 'name');
  return [
    {
      apiGroups: [''],
      resources: ['secrets'],
      verbs: ['get'],
      ...(name === '' ? {} : { resourceNames: [name] }),
      namespace: secretNamespace(fields),
      isRequired: true,
    },
  ];
}

class Search {
  readonly #images: readonly string[];
  readonly #context: CollectContext;
  readonly #registries: Promise<Registries | undefined>;
  readonly #secrets = new Set<string>();

  constructor(fields: Fields, context: CollectContext) {
    this.#images = [...new Set(textsOf(fields, 'images'))];
    this.#context = context;
    this.#registries = loadRegistries(fields, context);
    // Each image says so; without images nobody does.
    this.#registries.catch(() => undefined);
  }

  /** When the collector is to end, what was not asked for until then says so. */
  async findAll(): Promise<ReadonlyMap<string, Presence>> {
    const found = new Map<string, Presence>();
    const waiting = this.#images.values();
    const lanes = Array.from({ length: MOST_AT_ONCE }, async () => {
      for (const image of waiting) found.set(image, await this.#find(image));
    });
    await Promise.all(lanes);
    return new Map(this.#images.map((image) => [image, found.get(image) ?? { exists: false }]));
  }

  async #find(image: string): Promise<Presence> {
    try {
      return { exists: await this.#exists(parseImageName(image)) };
    } catch (error) {
      const { signal } = this.#context;
      const reason = signal.aborted
        ? 'the time was over before it answered'
        : wholeMessageOf(error);
      // A server may repeat what it was sent.
      return { exists: false, error: hideSecrets(reason, this.#secrets) };
    }
  }

  async #exists(image: ImageName): Promise<boolean> {
    const credentials = await this.#credentialsFor(image);
    for (let attemptNumber = 1; ; attemptNumber++) {
      this.#context.signal.throwIfAborted();
      const error = await this.#ask(image, credentials);
      if (error === undefined) return true;
      if (isMissing(error)) return false;
      const message = wholeMessageOf(error);
      const isBroken = message.includes('EOF');
      if (!isBroken) throw new Error(`failed to get image manifest: ${message}`, { cause: error });
      if (attemptNumber === ATTEMPTS) {
        throw new Error(`failed to retry: ${message}`, { cause: error });
      }
      await this.#context.clock.sleep(PAUSE_MS, this.#context.signal);
    }
  }

  async #credentialsFor({ registry }: ImageName) {
    try {
      const registries = await this.#registries;
      return registries === undefined ? undefined : credentialsFor(registry, registries);
    } catch (error) {
      throw new Error(`failed to get auth config: ${wholeMessageOf(error)}`, { cause: error });
    }
  }

  /** What went wrong, or undefined. */
  async #ask(image: ImageName, credentials: ReturnType<typeof credentialsFor>): Promise<unknown> {
    const { network, signal, clock } = this.#context;
    const timeout = deadlineSignal(TIMEOUT_MS);
    const way = {
      network,
      signal: AbortSignal.any([signal, timeout]),
      tls: { rejectUnauthorized: false },
      findProxy: (url: URL) => {
        const proxy = proxyFor(url, network.proxyEnvironment);
        return proxy === undefined ? undefined : { url: proxy, isFromSpec: false };
      },
    };
    const addSecret = (secret: string): void => void this.#secrets.add(secret);
    const registry = { way, clock, addSecret };
    try {
      await assertManifest(
        image,
        credentials === undefined ? registry : { ...registry, credentials },
      );
      return undefined;
    } catch (error) {
      const isLate = timeout.aborted && !wholeMessageOf(error).includes(LATE);
      return isLate ? new Error(LATE) : error;
    }
  }
}

function isMissing(error: unknown): boolean {
  const said = error instanceof RegistryError ? error : undefined;
  return said?.isMissingManifest === true;
}

/** A redirect's query may be a signature. */
function withoutQueries(text: string): string {
  return text.replaceAll(/\?[^\s"]+/g, '');
}
