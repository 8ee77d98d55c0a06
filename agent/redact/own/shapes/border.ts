/** Where a word begins. */

import { ESCAPE_END } from './token-rows.ts';

const WORD_BORDER = new RegExp(`(?:^|[^A-Za-z0-9]|${ESCAPE_END})$`);
const LONGEST_ESCAPE = 12;

export function isWordBorder(text: string, at: number): boolean {
  return WORD_BORDER.test(text.slice(Math.max(0, at - LONGEST_ESCAPE), at));
}
