/** UPLOAD_HEADERS_FILE: lines of `Name: value` that are sent with every upload. */

import { readFile } from 'node:fs/promises';
import { validateHeaderName, validateHeaderValue } from 'node:http';

import { AgentError, messageOf } from '../errors.ts';

/** These describe the body or the connection, or have a setting of their own. */
const OURS = new Set([
  'connection',
  'content-length',
  'content-type',
  'expect',
  'host',
  'transfer-encoding',
  'user-agent',
]);

/**
 * Headers by lower-case name. Blank lines and lines that begin with `#` are passed over.
 *
 * @throws {AgentError} CONFIG_INVALID: all wrong lines by number, never with what is in them.
 */
export function parseHeaders(text: string): Readonly<Record<string, string>> {
  const headers: Record<string, string> = {};
  const problems: string[] = [];
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === '' || line.startsWith('#')) continue;
    const [, name = '', value = ''] = /^([^:]*):(.*)$/.exec(line) ?? [];
    const key = name.toLowerCase();
    const problem = findProblem(key, value.trim(), headers);
    if (problem === undefined) headers[key] = value.trim();
    else problems.push(`line ${index + 1} ${problem}`);
  }
  if (problems.length > 0) {
    throw new AgentError('CONFIG_INVALID', `UPLOAD_HEADERS_FILE: ${problems.join('; ')}`);
  }
  return headers;
}

/** @throws {AgentError} CONFIG_INVALID: also where the file cannot be read. */
export async function readHeadersFile(file: string): Promise<Readonly<Record<string, string>>> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    throw new AgentError('CONFIG_INVALID', `UPLOAD_HEADERS_FILE: ${messageOf(error)}`, {
      cause: error,
    });
  }
  return parseHeaders(text);
}

function findProblem(
  name: string,
  value: string,
  headers: Readonly<Record<string, string>>,
): string | undefined {
  if (!passes(() => validateHeaderName(name))) return 'is not of the form Name: value';
  const isValue = passes(() => validateHeaderValue(name, value));
  if (!isValue) return 'has a character that no header may have';
  if (OURS.has(name)) return `sets ${name}, which is the agent's to set`;
  return Object.hasOwn(headers, name) ? `sets ${name} a second time` : undefined;
}

function passes(check: () => void): boolean {
  try {
    check();
    return true;
  } catch {
    // Node's message shows the value.
    return false;
  }
}
