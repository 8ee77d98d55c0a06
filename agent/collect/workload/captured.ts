/** Runs a command in a container and keeps what it writes. */

import { type Body, BodyWriter, type WorkFolder } from '../../body/body.ts';
import type { ExecTarget, KubeApi } from '../../kube/client.ts';

export interface Captured {
  readonly stdout: Body;
  readonly stderr: Body;
  /** Why it did not end well; what it wrote before is there all the same. */
  readonly failure: unknown;
}

/** Never rejects for the command or the API, only where what it writes cannot be kept. Both bodies are to be removed. */
export async function capture(
  target: ExecTarget,
  { kube, workDir }: { readonly kube: KubeApi; readonly workDir: WorkFolder },
  signal: AbortSignal,
): Promise<Captured> {
  const writers = { stdout: new BodyWriter(workDir), stderr: new BodyWriter(workDir) };
  let failure: unknown;
  try {
    const execution = await kube.exec(target, signal);
    for await (const { stream, chunk } of execution.output) await writers[stream].write(chunk);
    const ending = await execution.ending;
    if (ending.kind === 'failed') failure = new Error(ending.message);
  } catch (error) {
    failure = error;
  }
  const stdout = await writers.stdout.finish().catch(async (error: unknown) => {
    await writers.stderr.discard();
    throw error;
  });
  try {
    return { stdout, stderr: await writers.stderr.finish(), failure };
  } catch (error) {
    await stdout.remove();
    throw error;
  }
}
