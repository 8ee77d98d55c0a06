/** The agent's parts, wired: state, spool, runs, delivery, schedule and HTTP. */

import { join } from 'node:path';

import { systemClock } from '../clock.ts';
import type { CommandContext } from '../commands/context.ts';
import { podName } from '../commands/identity.ts';
import type { AgentConfig } from '../config/fields.ts';
import { messageOf } from '../errors.ts';
import type { KubeApi } from '../kube/client.ts';
import { connectKube } from '../kube/connect.ts';
import type { Logger } from '../log.ts';
import { createMetrics, type Metrics } from '../report/metrics.ts';
import { startReport } from '../report/server.ts';
import { CHILD_NODE_FLAGS, type ChildResult, makeCodeCache, runChild } from '../run/child.ts';
import { readMemoryLimit } from '../run/memory.ts';
import type { RunRecord } from '../run/record.ts';
import { Runner } from '../run/runner.ts';
import type { Scheduler } from '../schedule/scheduler.ts';
import { partialPaths } from '../spool/layout.ts';
import type { Spool } from '../spool/spool.ts';
import { putRecord } from '../state/history.ts';
import { openState } from '../state/open.ts';
import type { RememberedState } from '../state/remembered.ts';
import { LEAVING_WRITE_MS } from '../state/state.ts';
import { createDelivery, type Delivery } from '../upload/deliver.ts';
import { createHttpPut } from '../upload/http-put.ts';
import { VERSION } from '../version.ts';
import { removeClusterLeftovers } from './cluster-leftovers.ts';
import { identify } from './identify.ts';
import { planRuns } from './planning.ts';
import { gaugeFacts, reportSource } from './reporting.ts';
import type { Plan } from './settings.ts';
import { openOwnSpool, removeWorkFolders, runSpool, UNKNOWN } from './spooling.ts';

/** Before an interrupted run is repeated: what stopped it may still be going on. */
const REPEAT_DELAY_MS = 10_000;

/** How often another pod's claim is looked at again while it stands. */
const CLAIM_POLL_MS = 30_000;

export interface AgentParts {
  readonly context: CommandContext;
  readonly config: AgentConfig;
  readonly plan: Plan;
  readonly log: Logger;
}

export class Agent {
  readonly #given: AgentParts;
  readonly #state: RememberedState;
  readonly #spool: Spool;
  readonly #installationId: string | undefined;
  readonly #kube: () => Promise<KubeApi>;
  readonly #delivery: Delivery;
  readonly #runner: Runner;
  readonly #metrics: Metrics;
  #scheduler: Scheduler | undefined;

  private constructor(
    given: AgentParts,
    opened: {
      readonly state: RememberedState;
      readonly spool: Spool;
      readonly installationId: string | undefined;
      readonly kube: () => Promise<KubeApi>;
    },
    signal: AbortSignal,
  ) {
    this.#given = given;
    this.#state = opened.state;
    this.#spool = opened.spool;
    this.#installationId = opened.installationId;
    this.#kube = opened.kube;
    this.#metrics = createMetrics({
      version: VERSION,
      clock: systemClock,
      read: () =>
        gaugeFacts({
          plan: given.plan,
          state: this.#state,
          spool: this.#spool,
          scheduler: this.#scheduler,
        }),
    });
    this.#delivery = this.#createDelivery();
    this.#runner = this.#createRunner(signal);
  }

  static async open(given: AgentParts, signal: AbortSignal): Promise<Agent> {
    const { config, plan, log } = given;
    let connection: Promise<KubeApi> | undefined;
    function kube(): Promise<KubeApi> {
      connection ??= connectKube({});
      return connection;
    }
    await removeWorkFolders(config.workDir, log);
    const [state, installationId] = await Promise.all([
      openState(
        {
          ...(config.state === undefined ? {} : { ref: config.state }),
          kube,
          file: join(config.spoolDir, 'state.json'),
          history: config.history,
          clock: systemClock,
          log,
        },
        signal,
      ),
      identify(config, kube, signal),
    ]);
    function saveRecords(records: readonly RunRecord[]): Promise<void> {
      return save(state, records, config.history);
    }
    const spool = await openOwnSpool(
      { config, plan, installationId, state, saveRecords, log },
      signal,
    );
    return new Agent(given, { state, spool, installationId, kube }, signal);
  }

  /** Opens the ports. */
  async report(signal: AbortSignal): Promise<{ httpPort: number; adminPort: number }> {
    const { config, plan, log } = this.#given;
    this.#scheduler = await this.#plan(signal);
    const source = reportSource({
      config,
      plan,
      state: this.#state,
      spool: this.#spool,
      runner: this.#runner,
      delivery: this.#delivery,
      scheduler: this.#scheduler,
      saveRecord: (record) => this.#save(record),
    });
    const { httpPort, adminPort } = await startReport(
      {
        httpPort: config.httpPort,
        adminPort: config.adminPort,
        ...(config.httpTokenFile === undefined ? {} : { httpTokenFile: config.httpTokenFile }),
        source,
        metrics: this.#metrics,
        log,
      },
      signal,
    );
    return { httpPort, adminPort };
  }

  /** What goes on until the signal aborts. */
  parts(signal: AbortSignal): readonly Promise<unknown>[] {
    return [
      this.#delivery.run(signal),
      this.#settle(signal).then(() => this.#scheduler?.run(signal)),
    ];
  }

  /** What is under way has been told to end; this waits for it. */
  async close(): Promise<void> {
    await this.#runner.settled();
  }

  async #plan(signal: AbortSignal): Promise<Scheduler | undefined> {
    const { config, plan, log } = this.#given;
    if (plan.schedule === undefined) return undefined;
    return planRuns(
      {
        schedule: plan.schedule,
        config,
        runner: this.#runner,
        state: this.#state,
        installationId: this.#installationId ?? UNKNOWN,
        clock: systemClock,
        log,
      },
      signal,
    );
  }

  /** Before the schedule: what the last process left under way, then RUN_ON_START. */
  async #settle(signal: AbortSignal): Promise<void> {
    const { config } = this.#given;
    const repeat = await this.#runner.settleInterrupted();
    await this.#removeClusterLeftovers(signal);
    if (this.#state.last.claim !== undefined) void this.#watchClaim(signal);
    if (repeat !== undefined) {
      void this.#repeat(repeat, signal).catch((error: unknown) => this.#sayNotRepeated(error));
    } else if (config.runOnStart && config.suspend) {
      await this.#runner.skip({ trigger: 'start' }, 'suspended');
    } else if (config.runOnStart) await this.#runner.start({ trigger: 'start' });
  }

  /** Another pod's run: settled here once nobody renews its claim any more. */
  async #watchClaim(signal: AbortSignal): Promise<void> {
    while (!signal.aborted && this.#state.last.claim !== undefined) {
      await systemClock.sleep(CLAIM_POLL_MS, signal).catch(() => undefined);
      if (signal.aborted) return;
      await this.#settleClaim(signal).catch((error: unknown) => this.#sayNotRepeated(error));
    }
  }

  async #settleClaim(signal: AbortSignal): Promise<void> {
    const repeat = await this.#runner.settleInterrupted();
    // Looked at every half minute while the other pod is at it; its objects are left over only then.
    if (this.#state.last.claim === undefined) await this.#removeClusterLeftovers(signal);
    if (repeat !== undefined) await this.#repeat(repeat, signal);
  }

  async #removeClusterLeftovers(signal: AbortSignal): Promise<void> {
    const { config, log } = this.#given;
    await removeClusterLeftovers(
      {
        config,
        kube: this.#kube,
        installationId: this.#installationId,
        claimedRunId: this.#state.last.claim?.runId,
        knownRunIds: new Set(this.#state.last.records.map(({ id }) => id)),
        clock: systemClock,
        log,
      },
      signal,
    );
  }

  async #repeat(request: Parameters<Runner['start']>[0], signal: AbortSignal): Promise<void> {
    if (this.#given.config.suspend) return;
    await systemClock.sleep(REPEAT_DELAY_MS, signal).catch(() => undefined);
    if (!signal.aborted) await this.#runner.start(request);
  }

  #sayNotRepeated(error: unknown): void {
    this.#given.log.error({ reason: messageOf(error) }, 'interrupted run not repeated');
  }

  #createRunner(signal: AbortSignal): Runner {
    const { config, log } = this.#given;
    return new Runner(
      {
        state: this.#state,
        spool: runSpool(this.#spool, {
          maxBundleBytes: config.maxBundleBytes,
          onLost: (record) => this.#onLost(record),
        }),
        collectInChild: (runId, childSignal) => this.#collectInChild(runId, childSignal),
        onRecord: (record) => {
          this.#metrics.runFinished(record);
          this.#delivery.wake();
        },
        clock: systemClock,
        log,
        pod: podName(config),
        history: config.history,
      },
      signal,
    );
  }

  #createDelivery(): Delivery {
    const { config, plan, log, context } = this.#given;
    const { address } = plan;
    return createDelivery({
      spool: this.#spool,
      destination:
        address === undefined
          ? undefined
          : createHttpPut({
              address,
              method: config.uploadMethod,
              userAgent: config.uploadUserAgent ?? `cron-support-bundle/${VERSION}`,
              ...(config.uploadHeadersFile === undefined
                ? {}
                : { headersFile: config.uploadHeadersFile }),
              ...(config.uploadCaFile === undefined ? {} : { caFile: config.uploadCaFile }),
              timeoutMs: config.uploadTimeoutMs,
              idleTimeoutMs: config.uploadIdleTimeoutMs,
              proxyEnvironment: context.environment,
              clock: systemClock,
            }),
      isSuspended: config.suspend,
      policy: { initialMs: config.retryInitialMs, maxMs: config.retryMaxMs },
      clock: systemClock,
      log,
      onChange: (record) => this.#onDelivery(record),
      onAttempt: ({ kind }) => this.#metrics.attempted(kind),
    });
  }

  /** Made way for a new one, or expired. */
  async #onLost(record: RunRecord): Promise<void> {
    const { code, message: reason } = record.error ?? {};
    this.#given.log.error({ runId: record.id, code, reason }, 'bundle lost');
    await this.#onDelivery(record);
  }

  async #onDelivery(record: RunRecord): Promise<void> {
    await this.#save(record);
    if (record.outcome === 'lost') this.#metrics.runFinished(record);
  }

  async #collectInChild(runId: string, signal: AbortSignal): Promise<ChildResult> {
    const { config, context } = this.#given;
    const [program = process.execPath, ...args] = context.self;
    const files = partialPaths(config.spoolDir, runId);
    const options = ['--run-id', runId, '--output', files.bundle, '--manifest', files.manifest];
    const codeCache = await makeCodeCache(config.workDir);
    return await runChild(
      {
        command: [program, ...CHILD_NODE_FLAGS, ...args, 'collect', ...options],
        environment: { ...context.environment, NODE_COMPILE_CACHE: codeCache },
        runTimeoutMs: config.runTimeoutMs,
        memoryLimitBytes: readMemoryLimit(),
        clock: systemClock,
      },
      signal,
    );
  }

  #save(record: RunRecord): Promise<void> {
    return save(this.#state, [record], this.#given.config.history);
  }
}

/** What happened is written down also while the process is leaving. */
async function save(
  state: RememberedState,
  records: readonly RunRecord[],
  history: number,
): Promise<void> {
  if (records.length === 0) return;
  await state.update(
    (current) => records.reduce((changed, record) => putRecord(changed, record, history), current),
    AbortSignal.timeout(LEAVING_WRITE_MS),
  );
}
