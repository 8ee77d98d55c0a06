/** `serve`: the agent, from its settings to its end. */

import type { CommandContext } from '../commands/context.ts';
import { podName } from '../commands/identity.ts';
import { findNearSettings, loadConfig } from '../config/load.ts';
import { messageOf } from '../errors.ts';
import { createLogger, type Logger } from '../log.ts';
import { VERSION } from '../version.ts';
import { Agent } from './agent.ts';
import { makePlan, type Plan } from './settings.ts';

/** The command. 0 when it was asked to end. */
export async function serve(context: CommandContext): Promise<number> {
  const config = loadConfig(context.environment);
  const plan = makePlan(config);
  const log = createLogger({
    level: config.logLevel,
    format: config.logFormat,
    stream: context.stdout,
  });
  for (const hint of findNearSettings(context.environment)) log.warn({ hint }, 'unknown setting');
  // A part that fails for a reason nobody expected takes the others down with it.
  const failure = new AbortController();
  const signal = AbortSignal.any([context.signal, failure.signal]);
  let agent: Agent | undefined;
  try {
    agent = await Agent.open({ context, config, plan, log }, signal);
    const ports = await agent.report(signal);
    log.info({ version: VERSION, ...ports, pod: podName(config) }, 'agent started');
    sayWhatIsMissing(plan, log);
    await Promise.all(agent.parts(signal));
  } catch (error) {
    // Being asked to end breaks off what waits, the start included.
    if (!context.signal.aborted) throw error;
  } finally {
    failure.abort(new Error('the agent ends'));
    await agent?.close();
  }
  log.info({ reason: messageOf(context.signal.reason) }, 'agent stopped');
  return 0;
}

function sayWhatIsMissing({ idleReasons, isMisconfigured, address }: Plan, log: Logger): void {
  for (const reason of idleReasons) {
    if (isMisconfigured) log.error({ reason }, 'the agent idles');
    else log.warn({ reason }, 'the agent idles');
  }
  if (address?.isPlain === true) {
    log.warn({ destination: address.name }, 'UPLOAD_URL is http: bundles travel unencrypted');
  }
}
