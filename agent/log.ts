/** The logger: pino, as JSON lines or as text for people. */

import { type DestinationStream, pino } from 'pino';

export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal';
export type LogFormat = 'json' | 'text';

/** The part of pino's logger that the agent uses. */
export interface Logger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** Where each line goes; `process.stdout` and `process.stderr` are such. */
export interface LogStream {
  write(line: string): unknown;
}

/** `json`: one object a line with `level` as a word and `time` in RFC 3339. `text`: `time LEVEL message key=value …`. */
export function createLogger(options: {
  readonly level: LogLevel;
  readonly format: LogFormat;
  readonly stream: LogStream;
}): Logger {
  const { level, format, stream } = options;
  const destination: DestinationStream = {
    write: (line) => void stream.write(format === 'json' ? line : toText(line)),
  };
  return pino(
    {
      level,
      base: null,
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
      serializers: {},
    },
    destination,
  );
}

/** For callers that must have a logger and tests that want none of it. */
export const silentLogger: Logger = {
  debug: ignore,
  info: ignore,
  warn: ignore,
  error: ignore,
};

function ignore(): void {
  // Nothing is written.
}

function toText(line: string): string {
  const fields: Record<string, unknown> = JSON.parse(line);
  const { level, time, msg, ...rest } = fields;
  const pairs = Object.entries(rest).map(([name, value]) => `${name}=${inWords(value)}`);
  return `${[time, String(level).toUpperCase().padEnd(5), msg, ...pairs].join(' ')}\n`;
}

function inWords(value: unknown): string {
  return typeof value === 'string' && /^[^\s"=]+$/.test(value) ? value : JSON.stringify(value);
}
