/** Values that are no secrets, whatever their names say. */

const KEPT = new RegExp(
  [
    'true|false|null|undefined|nil|<nil>',
    // Numbers of ports, counts and the like.
    '[+-]?[0-9]{1,5}',
    // References: Kubernetes, shells, templates, documentation.
    String.raw`\$\([\w.:/-]*\)|\$\{[\w.]*\}|\$[A-Za-z_]\w*|\{\{[^]*\}\}|<[^>]*>`,
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
const MAY_BE_KEPT = /^[tfnuTFNU0-9+$<{*-]/;
