/** `verify`: checks a bundle against its manifest and names each difference. */

import { createReadStream } from 'node:fs';

import { verifyBundle } from '../archive/verify.ts';
import { AgentError, messageOf } from '../errors.ts';
import type { CommandContext } from './context.ts';

/**
 * 0 when the bundle is intact; 1 when not, each difference on a line of its own.
 *
 * @param file `-` is standard input.
 * @throws {AgentError} ARCHIVE_INVALID: the file cannot be read at all.
 */
export async function verify(context: CommandContext, file: string): Promise<number> {
  const { stdin, stdout, signal } = context;
  const source = file === '-' ? stdin : createReadStream(file);
  const { isIntact, problems, name, files, bytes, sha256, manifest } = await check(
    source,
    file,
    signal,
  );
  if (isIntact) {
    const leftOut = manifest?.leftOut.length ?? 0;
    stdout.write(
      `intact: ${name}, ${files} files, ${bytes} bytes, ${leftOut} left out, run ${manifest?.runId}, sha256 ${sha256}\n`,
    );
    return 0;
  }
  for (const problem of problems) stdout.write(`${problem}\n`);
  return 1;
}

async function check(
  source: AsyncIterable<Uint8Array>,
  file: string,
  signal: AbortSignal,
): ReturnType<typeof verifyBundle> {
  try {
    return await verifyBundle(source, signal);
  } catch (error) {
    signal.throwIfAborted();
    throw new AgentError('ARCHIVE_INVALID', `${file} cannot be read: ${messageOf(error)}`, {
      cause: error,
    });
  }
}
