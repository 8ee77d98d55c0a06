/** Settings from the environment: all bad ones named at once, nearly-settings warned about. */

import { distance } from 'fastest-levenshtein';

import { AgentError } from '../errors.ts';
import { type AgentConfig, FIELDS, type Field } from './fields.ts';

/** Carries every problem, one line each, for an exit without a stack trace. */
export class ConfigError extends AgentError {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super('CONFIG_INVALID', problems.join('; '));
    this.problems = problems;
  }
}

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The settings, frozen. SCHEDULE and UPLOAD_URL come as text: what is wrong in
 * them makes the agent idle, not exit (a vendor's typo never breaks the customer).
 *
 * @throws {ConfigError} CONFIG_INVALID: with every bad setting.
 */
export function loadConfig(environment: Environment): AgentConfig {
  const problems: string[] = [];
  const values = Object.entries(FIELDS).map(([name, field]: [string, Field]) => {
    try {
      return [name, parseField(field, environment[field.env])];
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      const shown =
        field.isSecret === true ? '' : `, not ${JSON.stringify(environment[field.env])}`;
      problems.push(`${field.env} ${error.message}${shown}`);
      return [name, undefined];
    }
  });
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the type is derived from the table that made the values
  const config = Object.freeze(Object.fromEntries(values)) as AgentConfig;
  problems.push(...findContradictions(config, problems));
  if (problems.length > 0) throw new ConfigError(problems);
  return config;
}

function parseField(field: Field, given: string | undefined): unknown {
  const isSet = given !== undefined && (given.trim() !== '' || field.emptyIsValue === true);
  // Only the ends of a value that is no secret are trimmed: a User-Agent goes out as it came in.
  const value = isSet && field.isSecret !== true ? given.trim() : given;
  const source = isSet ? value : field.fallback;
  return source === undefined ? undefined : field.parse(source);
}

function findContradictions(config: AgentConfig, problems: readonly string[]): readonly string[] {
  if (problems.length > 0) return [];
  const found: string[] = [];
  if (config.retryInitialMs > config.retryMaxMs) {
    found.push('RETRY_INITIAL must not be longer than RETRY_MAX');
  }
  if (config.httpPort === config.adminPort && config.httpPort !== 0) {
    found.push(`HTTP_PORT and ADMIN_PORT must differ, not both ${config.httpPort}`);
  }
  return found;
}

/** One line for each variable that is unknown but nearly a setting, e.g. `SCHEDUEL`. */
export function findNearSettings(environment: Environment): readonly string[] {
  const known = Object.values(FIELDS).map((field) => field.env);
  return Object.keys(environment).flatMap((name) => {
    if (known.some((candidate) => candidate === name)) return [];
    const near = known.find((candidate) => isNear(name, candidate));
    return near === undefined ? [] : [`${name} is not a setting; did you mean ${near}?`];
  });
}

/** Short names resemble each other by chance: they get one slip, longer ones two. */
function isNear(name: string, candidate: string): boolean {
  if (candidate.length < 6) return false;
  return distance(name, candidate) <= (candidate.length < 8 ? 1 : 2);
}
