/**
 * Pseudonyms in the place of addresses, hosts' names and e-mail addresses. Who analyses a bundle needs to tell them apart, so the
 * same one always has the same pseudonym; that of another bundle is another.
 */

import type { RuleSet, TextRedactor } from '../rules.ts';
import { addressFinder } from './addresses.ts';
import { emailFinder } from './emails.ts';
import { hostFieldFinder, hostNameFinder } from './host-names.ts';
import { Pseudonyms } from './pseudonyms.ts';
import { type Finder, replaceFound } from './replace.ts';

/** There an object's name is a node's. */
const NODES_FILE = 'cluster-resources/nodes.json';

/**
 * A second pass finds none of the pseudonyms. Names of files are not changed, and a node's name without a dot is hidden only
 * where its field tells what it is.
 *
 * @param names Of the rules that work; what is none of these rules is passed over.
 * @param key Random, of this bundle alone.
 */
export function pseudonymRules(names: ReadonlySet<string>, key: Uint8Array): RuleSet {
  const pseudonyms = new Pseudonyms(key);
  const email = { rule: 'email', finder: emailFinder(pseudonyms) };
  const hosts = { rule: 'host-name', finder: hostNameFinder(pseudonyms) };
  const addresses = { rule: 'ip-address', finder: addressFinder(pseudonyms) };
  const fields = { rule: 'host-name', finder: hostFieldFinder(pseudonyms, []) };
  const nodeFields = { rule: 'host-name', finder: hostFieldFinder(pseudonyms, ['name']) };
  return {
    open(path, onHidden) {
      const ofPath = path === NODES_FILE ? nodeFields : fields;
      // An address may be a part of a name, and a name a part of an e-mail address.
      const chosen = [email, ofPath, hosts, addresses].filter(({ rule }) => names.has(rule));
      return chosen.length === 0 ? undefined : redactorOf(chosen, onHidden);
    },
  };
}

function redactorOf(
  rules: readonly { readonly rule: string; readonly finder: Finder }[],
  onHidden: (rule: string) => void,
): TextRedactor {
  return {
    redact: (lines) =>
      rules.reduce(
        (text, { rule, finder }) => replaceFound(text, finder, () => onHidden(rule)),
        lines,
      ),
  };
}
