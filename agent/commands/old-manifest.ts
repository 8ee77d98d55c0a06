/** The manifest of a bundle that is written anew: what it says goes into the new one. */

import { MANIFEST_PATH } from '../archive/layout.ts';
import { type ManifestFacts, SCHEMA_VERSION } from '../archive/manifest.ts';
import type { Collected } from '../bundle.ts';
import { collectorReport } from '../run/parse-record.ts';
import { count, instant, listOf, oneOf, orMissing, orNull, shaped, text } from '../shape.ts';

/** Nothing of ours comes near it. */
const MAX_BYTES = 64 * 1024 * 1024;

const notice = shaped({
  kind: text,
  source: text,
  documentNumber: count,
  lineNumber: count,
  message: text,
});

const manifestText = shaped({
  schemaVersion: count,
  runId: text,
  installationId: orNull(text),
  createdAt: instant,
  engine: shaped({ kind: oneOf('native', 'cli'), version: orNull(text) }),
  consent: orNull(text),
  specs: listOf(shaped({ ref: text, sha256: text })),
  notices: listOf(notice),
  collectors: listOf(collectorReport),
  leftOut: listOf(shaped({ path: text, reason: text, finding: orMissing(orNull(text), null) })),
});

export class OldManifest {
  #facts: ManifestFacts;
  #leftOut = 0;

  /** @param facts What is said of a bundle that has no manifest. */
  constructor(facts: ManifestFacts) {
    this.#facts = facts;
  }

  /** Whole once the bundle has been read: its manifest comes last. */
  get facts(): ManifestFacts {
    return this.#facts;
  }

  /** @yields All but the manifest, and in its place what it says of collectors and of what was left out. */
  async *takenOutOf(collected: AsyncIterable<Collected>): AsyncGenerator<Collected> {
    for await (const one of collected) {
      if (one.kind !== 'file' || one.path !== MANIFEST_PATH) yield one;
      else yield* this.#take(one.bytes > MAX_BYTES ? '' : await readText(one.read()));
    }
  }

  /** How much was left out before, of what is left out now. */
  get leftOut(): number {
    return this.#leftOut;
  }

  *#take(json: string): Generator<Collected> {
    const old = parse(json);
    if (old === undefined) {
      yield { kind: 'left-out', path: MANIFEST_PATH, reason: 'it is no manifest of this format' };
      return;
    }
    const { runId, installationId, createdAt, engine, consent, specs, notices } = old;
    this.#facts = {
      ...this.#facts,
      runId,
      installationId: installationId ?? undefined,
      createdAt,
      engine: { kind: engine.kind, version: engine.version ?? undefined },
      ...(consent === null ? {} : { consent }),
      specs,
      notices,
    };
    this.#leftOut = old.leftOut.length;
    for (const report of old.collectors) yield { kind: 'collector', ...report };
    for (const { path, reason, finding } of old.leftOut) {
      yield { kind: 'left-out', path, reason, ...(finding === null ? {} : { finding }) };
    }
  }
}

function parse(json: string): ReturnType<typeof manifestText> | undefined {
  try {
    const manifest = manifestText(JSON.parse(json), 'manifest');
    return manifest.schemaVersion === SCHEMA_VERSION ? manifest : undefined;
  } catch {
    // Not JSON, or not of this form: whoever asks says so.
    return undefined;
  }
}

async function readText(source: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of source) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}
