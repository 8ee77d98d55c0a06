/** What `serve` makes of its settings before it starts: bad ones end it, a vendor's typo only idles it. */

import type { AgentConfig } from '../config/fields.ts';
import { ConfigError } from '../config/load.ts';
import { AgentError, messageOf } from '../errors.ts';
import { compileSchedule, type Schedule } from '../schedule/schedule.ts';
import { findTimeZoneProblem } from '../schedule/time-zone.ts';
import { parseAllowed } from '../spec/allowed.ts';
import { parseRefs } from '../spec/ref.ts';
import { type KeyTemplate, parseKeyTemplate } from '../upload/key.ts';
import { type HttpAddress, parseDestination } from '../upload/parse-destination.ts';

/** Settings whose texts were understood. What the vendor's license gives is absent where it was not. */
export interface Plan {
  readonly key: KeyTemplate;
  readonly schedule: Schedule | undefined;
  readonly address: HttpAddress | undefined;
  /** One line each, for people: why no run is scheduled, why nothing is sent. */
  readonly idleReasons: readonly string[];
  /** SCHEDULE or UPLOAD_URL was refused, and not just unset. */
  readonly isMisconfigured: boolean;
}

/** @throws {ConfigError} CONFIG_INVALID: everything that is wrong, SCHEDULE and UPLOAD_URL excepted. */
export function makePlan(config: AgentConfig): Plan {
  checkSettings(config);
  const refused: string[] = [];
  const schedule = attempt(refused, () =>
    config.schedule === undefined ? undefined : compileSchedule(config.schedule, config.timeZone),
  );
  const address = attempt(refused, () => parseDestination(config.uploadUrl));
  const unset = [
    ...(config.schedule === undefined ? ['SCHEDULE is not set'] : []),
    ...(config.uploadUrl === undefined
      ? ['UPLOAD_URL is not set: bundles are kept in the spool']
      : []),
  ];
  return {
    key: parseKeyTemplate(config.uploadKey),
    schedule,
    address,
    idleReasons: [...refused, ...unset],
    isMisconfigured: refused.length > 0,
  };
}

function checkSettings(config: AgentConfig): void {
  const problems: string[] = [];
  const zoneProblem = findTimeZoneProblem(config.timeZone);
  if (zoneProblem !== undefined) problems.push(zoneProblem);
  attempt(problems, () => parseKeyTemplate(config.uploadKey));
  attempt(problems, () => parseAllowed(config.collectorsAllowed));
  if (config.spec !== undefined) attempt(problems, () => parseRefs(config.spec ?? []));
  if (config.spec === undefined && config.podNamespace === undefined) {
    problems.push('SPEC must be set where POD_NAMESPACE is not');
  }
  if (problems.length > 0) throw new ConfigError(problems);
}

/** What `work` gives; its problem goes to the list. */
function attempt<T>(problems: string[], work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof AgentError)) throw error;
    problems.push(messageOf(error));
    return undefined;
  }
}
