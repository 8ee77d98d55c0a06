/** What the agent's rights withhold on purpose. */

import { hasCode } from '../../errors.ts';
import { apiMessageOf } from '../../kube/api-error.ts';
import type { Piece } from '../collector.ts';
import { problem } from '../pieces.ts';

export function isWithheld(error: unknown): boolean {
  return hasCode(error, 'KUBE_FORBIDDEN');
}

/**
 * Names those of the failures that rights withhold: the same in every namespace, so once is enough.
 *
 * @yields At most one problem.
 */
export function* withheldPieces(path: string, failures: Iterable<unknown>): Generator<Piece> {
  const withheld = [...failures].filter(isWithheld);
  if (withheld.length === 0) return;
  const more = withheld.length > 1 ? ` (and ${withheld.length - 1} more)` : '';
  yield problem('named', `${path}${more}: ${apiMessageOf(withheld[0])}`);
}
