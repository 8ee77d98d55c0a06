/** Hides in a text what is known to be secret. */

import { MASK } from '../../mask.ts';

/** The longest first: of a secret that holds another nothing may be left. */
export function hideSecrets(text: string, secrets: Iterable<string>): string {
  return [...secrets]
    .filter((secret) => secret !== '')
    .toSorted((first, second) => second.length - first.length)
    .reduce((rest, secret) => rest.replaceAll(secret, MASK), text);
}
