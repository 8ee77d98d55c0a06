/** What the collectors of databases share: one connection, what it said, and a file that tells. */

import { deadlineSignal } from '../../clock.ts';
import { hasCode, messageOf } from '../../errors.ts';
import type { CollectContext, Collector, Fields, Piece } from '../collector.ts';
import { textOf } from '../fields.ts';
import { goJson } from '../go-json.ts';
import { filePiece, problem } from '../pieces.ts';
import { tlsRules } from './client-tls.ts';
import { goNetError, wholeMessageOf } from './go-net-error.ts';
import { hideSecrets } from './hide-secrets.ts';

/** For the connection, the login and the queries together. */
const TIMEOUT_MS = 30_000;

/** What a server said. */
export interface DatabaseAnswer {
  readonly version: string;
  readonly variables?: ReadonlyMap<string, string>;
  /** It is there, but a part of what it was asked for is not. */
  readonly error?: string;
}

export interface DatabaseForm {
  /** Of folder and file. */
  readonly type: 'postgres' | 'mysql' | 'redis' | 'clickhouse';
  /**
   * Connects and asks.
   *
   * @throws {Error} Whatever went wrong; its message goes into the file.
   */
  readonly ask: (fields: Fields, context: CollectContext) => Promise<DatabaseAnswer>;
  /** What must not be in a message: the passwords in the URI, as written and decoded. */
  readonly secrets: (uri: string) => readonly string[];
}

/** That nothing can be reached is what such a collector is there to find: it does not fail for it. */
export function databaseCollector(form: DatabaseForm, timeoutMs = TIMEOUT_MS): Collector {
  return {
    rules: tlsRules,
    async *collect(fields, context): AsyncGenerator<Piece> {
      const path = `${form.type}/${textOf(fields, 'collectorName') || form.type}.json`;
      const { error, version, variables } = await ask(form, fields, { context, timeoutMs });
      yield filePiece(
        path,
        goJson({
          isConnected: version !== undefined,
          error: orAbsent(error),
          version: orAbsent(version),
          variables: variables !== undefined && variables.size > 0 ? variables : undefined,
        }),
      );
      if (error !== undefined) yield problem('named', messageOf(`${path}: ${error}`));
    },
  };
}

/** As Go's `omitempty`. */
function orAbsent(text = ''): string | undefined {
  return text === '' ? undefined : text;
}

async function ask(
  form: DatabaseForm,
  fields: Fields,
  { context, timeoutMs }: { readonly context: CollectContext; readonly timeoutMs: number },
): Promise<Partial<DatabaseAnswer>> {
  const timeout = deadlineSignal(timeoutMs);
  const signal = AbortSignal.any([context.signal, timeout]);
  try {
    return await form.ask(fields, { ...context, signal });
  } catch (error) {
    context.signal.throwIfAborted();
    if (timeout.aborted) return { error: `no answer within ${timeoutMs / 1000} s` };
    return { error: hideSecrets(failureText(error), form.secrets(textOf(fields, 'uri'))) };
  }
}

const NO_TLS_CODES = ['ERR_SSL_WRONG_VERSION_NUMBER', 'ERR_SSL_PACKET_LENGTH_TOO_LONG'];

/** Of a connection in Go's words; what has a cause is in words of ours already. */
export function failureText(error: unknown): string {
  if (error instanceof Error && error.cause !== undefined) return wholeMessageOf(error);
  if (NO_TLS_CODES.some((code) => hasCode(error, code))) {
    return 'tls: first record does not look like a TLS handshake';
  }
  return goNetError(error);
}
