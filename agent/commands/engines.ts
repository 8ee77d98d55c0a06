/** Puts the two engines together from the settings. */

import { systemClock } from '../clock.ts';
import { collectNatively } from '../collect/collect.ts';
import { clusterNetwork } from '../collect/network/network.ts';
import { listUnsupported } from '../collect/plan.ts';
import type { AgentConfig } from '../config/fields.ts';
import type { Environment } from '../config/load.ts';
import { hasCode } from '../errors.ts';
import { KubeAnswerError } from '../kube/api-error.ts';
import type { KubeApi } from '../kube/client.ts';
import { kubeEnvironment } from '../kube/environment.ts';
import type { Logger } from '../log.ts';
import type { Collect, Engines, NativeEngine } from '../run/engine.ts';
import { readInstallationId } from '../run/installation.ts';
import { readMemoryLimit, SHARE_OF_LIMIT } from '../run/memory.ts';
import { renderSpec } from '../spec/render.ts';
import { collectWithCli, readCliVersion } from '../support-bundle-cli/support-bundle-cli.ts';
import { VERSION } from '../version.ts';
import type { CommandContext } from './context.ts';
import { releaseOf } from './identity.ts';

export interface EngineParts {
  readonly config: AgentConfig;
  readonly environment: Environment;
  readonly log: Logger;
  readonly runId: string;
  /** False where a parent watches this process's group: what is started stays in it. */
  readonly isOwnGroup: boolean;
  /** One connection for the whole run. */
  readonly connect: () => Promise<KubeApi>;
  readonly workFolder: () => Promise<string>;
}

export function makeEngines(parts: EngineParts): Engines {
  const { config, environment } = parts;
  const probe = { environment };
  return {
    native: makeNative(parts),
    cli: { name: 'cli', collect: makeCli(parts) },
    hasProgram: async () =>
      (await readProgramVersion(config, probe, AbortSignal.timeout(PROBE_MS))) !== undefined,
  };
}

const PROBE_MS = 10_000;

/** The version of troubleshoot's program; undefined when it does not tell. */
export function readProgramVersion(
  { supportBundleCli }: AgentConfig,
  { environment }: Pick<CommandContext, 'environment'>,
  signal: AbortSignal,
): Promise<string | undefined> {
  return readCliVersion({ program: supportBundleCli, environment }, signal);
}

function makeNative(parts: EngineParts): NativeEngine {
  const { config, environment, log, runId, connect, workFolder } = parts;
  return {
    name: 'native',
    lacks: (spec) => listUnsupported(spec).map(({ title }) => title),
    async *collect(spec, { signal, deadline }) {
      const kube = await connect();
      yield* collectNatively(
        spec,
        {
          kube,
          network: clusterNetwork(environment),
          clock: systemClock,
          log,
          workDir: await workFolder(),
          maxWorkBytes: config.maxBundleBytes,
          concurrency: config.kubeConcurrency,
          runTimeoutMs: config.runTimeoutMs,
          collectorTimeoutMs: config.collectorTimeoutMs,
          images: config.collectorImages,
          runId,
          installationId: await readInstallationId(kube, releaseOf(config), signal),
          namespaces: config.namespaces,
          version: VERSION,
        },
        { signal, deadline },
      );
    },
  };
}

/**
 * A run that reaches nothing has failed: it is no bundle of error files.
 *
 * @throws {AgentError} KUBE_UNREACHABLE, KUBE_UNAUTHORIZED, KUBE_CONFIG, KUBE_TIMEOUT.
 */
export async function assertAnswers(
  kube: KubeApi,
  log: Logger,
  signal: AbortSignal,
): Promise<void> {
  const { origin } = kube.server;
  const timer = setTimeout(
    () => log.warn({ server: origin }, 'the API server does not answer yet'),
    SILENCE_MS,
  );
  try {
    await kube.get('/version', signal);
  } catch (error) {
    // It answers, if not this.
    const isAnswer = error instanceof KubeAnswerError && !hasCode(error, 'KUBE_UNAUTHORIZED');
    if (signal.aborted || !isAnswer) throw error;
  } finally {
    clearTimeout(timer);
  }
}

/** A restart of the API server takes longer: whoever waits should know for what. */
const SILENCE_MS = 2_000;

function makeCli({
  config,
  environment,
  log,
  isOwnGroup,
  connect,
  workFolder,
}: EngineParts): Collect {
  return async function* collect(spec, { signal, deadline }) {
    const kube = await connect();
    const gomemlimitBytes = cliMemoryLimit();
    yield* collectWithCli(
      spec,
      {
        program: config.supportBundleCli,
        specText: renderSpec(spec),
        kubeServer: kube.server,
        workDir: await workFolder(),
        environment: { ...environment, ...(await kubeEnvironment(environment)) },
        maxWorkBytes: 2 * config.maxBundleBytes,
        ...(gomemlimitBytes === undefined ? {} : { gomemlimitBytes }),
        ownGroup: isOwnGroup,
        clock: systemClock,
        log,
      },
      AbortSignal.any([signal, deadline]),
    );
  };
}

/** What this process and `serve` need of the container's memory beside the program. */
const OWN_BYTES = 256 * 2 ** 20;
const LEAST_CLI_BYTES = 64 * 2 ** 20;

/** GOMEMLIMIT: makes Go collect its garbage before the watchdog has to act. */
function cliMemoryLimit(): number | undefined {
  const limitBytes = readMemoryLimit();
  if (limitBytes === undefined) return undefined;
  return Math.max(LEAST_CLI_BYTES, Math.floor(limitBytes * SHARE_OF_LIMIT) - OWN_BYTES);
}
