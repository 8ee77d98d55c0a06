/** How a command ended, from the Status that the kubelet sends last. */

import type { ExecEnding } from './client.ts';

/**
 * In the words of client-go's remotecommand, which stand in troubleshoot's files.
 *
 * Source: client-go v0.34, tools/remotecommand/v4.go.
 */
export function endingOf(status: Uint8Array): ExecEnding {
  const parsed = parse(new TextDecoder().decode(status));
  const kind = fieldOf(parsed, 'status');
  if (kind === 'Success') return { kind: 'succeeded' };
  if (kind !== 'Failure') return failed('error stream protocol error: unknown error');
  if (fieldOf(parsed, 'reason') !== 'NonZeroExitCode') {
    const message = fieldOf(parsed, 'message');
    return failed(typeof message === 'string' ? message : '');
  }
  const exitCode = exitCodeIn(fieldOf(fieldOf(parsed, 'details'), 'causes'));
  if (exitCode === undefined) return failed('error stream protocol error: no ExitCode cause given');
  return { ...failed(`command terminated with exit code ${exitCode}`), exitCode };
}

function failed(message: string): ExecEnding & { readonly kind: 'failed' } {
  return { kind: 'failed', message };
}

function exitCodeIn(causes: unknown): number | undefined {
  if (!Array.isArray(causes)) return undefined;
  const cause: unknown = causes.find((candidate) => fieldOf(candidate, 'reason') === 'ExitCode');
  const exitCode = Number.parseInt(String(fieldOf(cause, 'message')), 10);
  return Number.isNaN(exitCode) ? undefined : exitCode;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not a Status; the caller says so.
    return undefined;
  }
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
