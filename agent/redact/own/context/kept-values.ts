/** Values that are no secrets, whatever their names say. */

/** Of a placeholder, and of a variable's name. */
const WORDS = [
  'pass(?:word|wd|phrase)?|secret|token|key|your|value|user|string|bytes|mechanism',
  'none|nil|null|empty|unset|set|undefined|unknown|default|redacted|hidden|masked|removed|omitted|sensitive',
].join('|');

const KEPT = new RegExp(
  [
    'true|false|null|undefined|nil|<nil>',
    // Numbers of ports, counts and the like.
    '[+-]?[0-9]{1,5}',
    // References: Kubernetes, shells, templates, documentation. A password may begin with the same characters.
    String.raw`\$\([^()]*\)|\$\{[^{}]*\}`,
    `\\$(?-i:[A-Z_][A-Z0-9_]*|[a-z]+(?:_[a-z0-9]+)+|[a-z]*(?:${WORDS}))`,
    String.raw`\{\{(?=[^]*[.\s:])[^]*\}\}`,
    `<(?=[^>]* |[^>0-9]*[_-][^>0-9]*>|[^>]*(?:${WORDS}))[^>]*>`,
    // Of managers of secrets.
    String.raw`vault:[\w./-]+#[\w.-]+|(?:ref\+[a-z0-9]+|op|vault)://[^\s"']+|!(?:secret|ref|env|getatt) [\w.:/-]+`,
    // Masks of ours, and of others.
    String.raw`\*{3,}(?:HIDDEN\*{3,})?`,
  ].join('|'),
);
const IS_KEPT = new RegExp(`^(?:${KEPT.source})$`, 'i');

/** @param value Without its quotes. */
export function isKept(value: string): boolean {
  return value === '' || (MAY_BE_KEPT.test(value) && IS_KEPT.test(value));
}

/** Tells most secrets apart at their first character. */
const MAY_BE_KEPT = /^[tfnuvorTFNUVOR0-9+$<{*!-]/;
