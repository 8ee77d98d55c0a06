/** AgentError: the failures an operator can act on, each with a code that `errors.md` explains. */

/** One row each in `agent/errors.md`. A code never changes its meaning. */
export type AgentErrorCode =
  // settings
  | 'CONFIG_INVALID'
  // schedule
  | 'SCHEDULE_INVALID'
  | 'SCHEDULE_NEVER'
  // spec
  | 'SPEC_REF_INVALID'
  | 'SPEC_UNREADABLE'
  | 'SPEC_MISSING'
  | 'SPEC_INVALID'
  | 'SPEC_TOO_LARGE'
  | 'SPEC_EMPTY'
  | 'SPEC_REMOTE_DENIED'
  // Kubernetes API
  | 'KUBE_CONFIG'
  | 'KUBE_UNREACHABLE'
  | 'KUBE_TIMEOUT'
  | 'KUBE_UNAUTHORIZED'
  | 'KUBE_FORBIDDEN'
  | 'KUBE_NOT_FOUND'
  | 'KUBE_CONFLICT'
  | 'KUBE_FAILED'
  // collecting
  | 'CLI_MISSING'
  | 'CLI_FAILED'
  | 'CLI_OUTPUT_INVALID'
  | 'WORK_DIR_UNUSABLE'
  | 'RUN_TIMEOUT'
  | 'RUN_TOO_LARGE'
  | 'RUN_INTERRUPTED'
  | 'RUN_ABORTED'
  | 'RUN_OUT_OF_MEMORY'
  | 'RUN_CRASHED'
  // redaction
  | 'REDACTOR_INVALID'
  // archive
  | 'ARCHIVE_WRITE'
  | 'ARCHIVE_INVALID'
  // spool
  | 'SPOOL_UNUSABLE'
  | 'SPOOL_FULL'
  | 'SPOOL_DISK_FULL'
  | 'SPOOL_VERSION'
  | 'SPOOL_DAMAGED'
  | 'SPOOL_LOST'
  | 'SPOOL_EXPIRED'
  // delivery
  | 'UPLOAD_DESTINATION_INVALID'
  | 'UPLOAD_RETRYABLE'
  | 'UPLOAD_BLOCKED'
  | 'UPLOAD_REJECTED'
  // state
  | 'STATE_UNREADABLE'
  | 'STATE_UNWRITABLE'
  // HTTP
  | 'REPORT_LISTEN'
  | 'REPORT_UNREACHABLE';

/** Base class: one code, one message, the cause kept. */
export class AgentError extends Error {
  readonly code: AgentErrorCode;

  constructor(code: AgentErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
    this.code = code;
  }
}

/** The message of anything thrown, on one line. */
export function messageOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.replaceAll(/\s+/g, ' ').trim();
}

/** Whether a thrown value carries this code: an AgentError's, or a system error's such as `ENOENT`. */
export function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
