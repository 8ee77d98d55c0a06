/** What the owner of a cluster sees before anything leaves it: the command `preview`, as in the agent's pod. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

import { type AgentProcess, BUILT_AGENT } from './agent-process.ts';

const FILE_LINES = 8;
const LINE_CHARACTERS = 132;

/** Its tables, in their order. */
export async function readPreview({ environment }: AgentProcess): Promise<readonly string[]> {
  const run = promisify(execFile)(process.execPath, [BUILT_AGENT, 'preview'], {
    env: environment,
    maxBuffer: 16 * 2 ** 20,
  });
  return (await run).stdout.trimEnd().split('\n\n');
}

/** Lines: the tables, of that of files only those in which something is hidden; without the sums by rule. */
export function shortPreview(tables: readonly string[]): readonly string[] {
  return tables
    .filter((table) => !/^ *hidden +files/.test(table))
    .map((table) => table.split('\n'))
    .flatMap((lines) => [
      ...(/^ *bytes +file/.test(lines[0] ?? '') ? shortFiles(lines) : lines),
      '',
    ])
    .map((line) => (line.length > LINE_CHARACTERS ? `${line.slice(0, LINE_CHARACTERS)} …` : line));
}

/** The columns as narrow as the lines that are left allow. */
function shortFiles([head = '', ...files]: readonly string[]): readonly string[] {
  const shown = files.filter((line) => / x\d+$/.test(line)).slice(0, FILE_LINES);
  const rows = [head, ...shown].map((line) => line.trim().split(/ {2,}/));
  const width = (column: number): number =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0));
  const [bytesWidth, pathWidth] = [width(0), width(1)];
  return [
    ...rows.map(([bytes = '', path = '', hidden = '']) =>
      [bytes.padStart(bytesWidth), path.padEnd(pathWidth), hidden].join('  '),
    ),
    `… and ${files.length - shown.length} more`,
  ];
}
