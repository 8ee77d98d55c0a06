/** Reads a manifest back, as far as a check of a bundle needs it. */

import { isRecord } from '../shape.ts';
import {
  type ManifestFile,
  type ManifestLeftOut,
  type ManifestLink,
  SCHEMA_VERSION,
} from './manifest.ts';

/** What a check needs of a manifest. */
export interface ManifestList {
  readonly bundle: string;
  readonly runId: string;
  readonly files: readonly Pick<ManifestFile, 'path' | 'bytes' | 'sha256'>[];
  readonly links: readonly Pick<ManifestLink, 'path' | 'target'>[];
  readonly leftOut: readonly ManifestLeftOut[];
}

/**
 * The manifest's lists; undefined when the text is not a manifest of this schema.
 *
 * @param text From outside: nothing of it is trusted.
 */
export function parseManifest(text: string): ManifestList | undefined {
  const manifest = parseJson(text);
  if (!isRecord(manifest) || manifest['schemaVersion'] !== SCHEMA_VERSION) return undefined;
  const { bundle, runId, files, links, leftOut } = manifest;
  const isComplete =
    typeof bundle === 'string' &&
    typeof runId === 'string' &&
    isListOf(files, isFile) &&
    isListOf(links, isLink) &&
    isListOf(leftOut, isLeftOut);
  return isComplete ? { bundle, runId, files, links, leftOut } : undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Whoever asks says that it is no manifest.
    return undefined;
  }
}

function isListOf<T>(value: unknown, isOne: (one: unknown) => one is T): value is T[] {
  return Array.isArray(value) && value.every(isOne);
}

function isFile(value: unknown): value is ManifestFile {
  return (
    isRecord(value) &&
    typeof value['path'] === 'string' &&
    typeof value['bytes'] === 'number' &&
    typeof value['sha256'] === 'string'
  );
}

function isLink(value: unknown): value is ManifestLink {
  return (
    isRecord(value) && typeof value['path'] === 'string' && typeof value['target'] === 'string'
  );
}

function isLeftOut(value: unknown): value is ManifestLeftOut {
  return (
    isRecord(value) && typeof value['path'] === 'string' && typeof value['reason'] === 'string'
  );
}
