/** The settings of a command that a person runs. */

import type { AgentConfig } from '../config/fields.ts';
import { findNearSettings, loadConfig } from '../config/load.ts';
import type { CommandContext } from './context.ts';

/**
 * Says on stderr which variables are nearly settings: one that is misspelt would hide less than was meant.
 *
 * @throws {AgentError} CONFIG_INVALID
 */
export function readSettings({ environment, stderr }: CommandContext): AgentConfig {
  const config = loadConfig(environment);
  for (const hint of findNearSettings(environment)) stderr.write(`${hint}\n`);
  return config;
}
