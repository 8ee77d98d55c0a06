/** Names that take the place of others: always the same for the same, within one bundle. */

import { createHmac } from 'node:crypto';

export type PseudonymKind = 'ip' | 'host' | 'user';

/** 40 bits: among 10,000 names two are alike in one of 20,000 bundles. */
const HEX_DIGITS = 10;
/** More are begun anew: they take some 12 MB. */
const MAX_REMEMBERED = 100_000;

/** What a rule must leave, so that a second pass changes nothing. */
export const PSEUDONYM = new RegExp(`^(?:ip|host|user)-[0-9a-f]{${HEX_DIGITS}}$`);

/** Without the key nobody can tell whose a pseudonym is, though there are few IPv4 addresses: HMAC-SHA256, shortened. */
export class Pseudonyms {
  readonly #key: Uint8Array;
  readonly #remembered = new Map<string, string>();

  /** @param key Random bytes of the bundle, and of no other. */
  constructor(key: Uint8Array) {
    this.#key = key;
  }

  /**
   * E.g. `ip-3f9a2c04d1`.
   *
   * @param name In the form that all spellings of it share.
   */
  of(kind: PseudonymKind, name: string): string {
    const place = `${kind}-${name}`;
    const remembered = this.#remembered.get(place);
    if (remembered !== undefined) return remembered;
    const digest = createHmac('sha256', this.#key).update(place, 'latin1').digest('hex');
    const pseudonym = `${kind}-${digest.slice(0, HEX_DIGITS)}`;
    if (this.#remembered.size >= MAX_REMEMBERED) this.#remembered.clear();
    this.#remembered.set(place, pseudonym);
    return pseudonym;
  }
}
