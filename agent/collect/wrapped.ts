/** Errors with what was attempted in front of them, as Go's errors.Wrap puts it. */

import { AgentError } from '../errors.ts';
import { apiMessageOf } from '../kube/api-error.ts';

/** An AgentError with the text before its API's message, its code kept; anything else as it is. */
export function wrapped(error: unknown, text: string): unknown {
  if (!(error instanceof AgentError)) return error;
  return new AgentError(error.code, `${text}: ${apiMessageOf(error)}`, { cause: error });
}
