/** Names of a table's columns, and which of them say that their cells are secrets. */

import { SECRET_WORDS, saysSecret } from '../secret-names.ts';

export function isColumn(column: string): boolean {
  return /^[A-Za-z_][\w.-]{0,63}(?: [\w.-]{1,63}){0,3}$/.test(column);
}

const ENDS_IN_SECRET = new RegExp(`(?:${SECRET_WORDS})$`, 'i');

export function isSecretColumn(column: string): boolean {
  const name = column.replaceAll(' ', '_');
  return ENDS_IN_SECRET.test(name) && saysSecret(name);
}

export function secretColumns(columns: readonly string[]): readonly number[] {
  return columns.flatMap((column, index) => (isSecretColumn(column) ? [index] : []));
}
