/**
 * Errors by what to do about them. Every code is declared here once and explained in `docs/errors.md`; a test compares both.
 *
 * - retryable: the same act may succeed later; whoever waits may try again.
 * - user: something outside must be changed first; the message says what was expected, what was found and what to do.
 * - invariant: what must never be false is false; the writer stops, since wrong data is worse than none.
 * - fault: a plugin failed; it is recorded and the others go on.
 */
export type ErrorKind = 'retryable' | 'user' | 'invariant' | 'fault';

/** Every code. Add a line here and a section in `docs/errors.md`. */
export const errorCodes = {
  // The plan of plugins.
  PLAN_INVALID: 'user',
  PLAN_ID_INVALID: 'user',
  PLAN_ID_DUPLICATE: 'user',
  PLAN_KIND_UNKNOWN: 'user',
  PLAN_VERSION_INVALID: 'user',
  PLAN_API_RANGE: 'user',
  PLAN_DOC_MISSING: 'user',
  PLAN_HANDLER_MISSING: 'user',
  PLAN_CONFIG_UNKNOWN_PLUGIN: 'user',
  PLAN_CONFIG_INVALID: 'user',
  PLAN_CONFIG_NOT_STRICT: 'user',
  PLAN_CONFIG_ASYNC: 'user',
  PLAN_REF_INVALID: 'user',
  PLAN_FIELD_INVALID: 'user',
  PLAN_REF_MISMATCH: 'user',
  PLAN_REF_RESERVED: 'user',
  PLAN_VERSION_CONFLICT: 'user',
  PLAN_INPUT_KIND: 'user',
  PLAN_OUTPUT_KIND: 'user',
  PLAN_PROVIDER_MISSING: 'user',
  PLAN_PROVIDER_DUPLICATE: 'user',
  PLAN_ENTITY_MISMATCH: 'user',
  PLAN_CYCLE: 'user',
  PLAN_NAME_CONFLICT: 'user',
  PLAN_DURATION_INVALID: 'user',
  // Configuration.
  DURATION_INVALID: 'user',
  // What plugins do wrong while they run.
  PLUGIN_THREW: 'fault',
  PLUGIN_OUTPUT_INVALID: 'fault',
  PLUGIN_KEY_INVALID: 'fault',
  PLUGIN_DEGRADED: 'fault',
  // Events and the pipeline.
  PIPELINE_ORDER: 'invariant',
  PIPELINE_BUSY: 'invariant',
  PIPELINE_ARTIFACT: 'invariant',
  SNAPSHOT_MISMATCH: 'user',
  // The tape.
  TAPE_LOCKED: 'user',
  TAPE_SEGMENT_CORRUPT: 'user',
  TAPE_WRITE_FAILED: 'user',
  TAPE_OUT_OF_SEQUENCE: 'invariant',
  TAPE_READ_ONLY: 'invariant',
  TAPE_BEHIND_STORE: 'invariant',
  TAPE_OF_ANOTHER_STORE: 'user',
  TAPE_INCOMPLETE: 'user',
  // The store.
  STORE_URL_INVALID: 'user',
  STORE_LOCKED: 'user',
  STORE_ACCESS: 'user',
  STORE_DISK_FULL: 'user',
  STORE_SCHEMA_NEWER: 'user',
  STORE_UNAVAILABLE: 'retryable',
  STORE_LOST: 'user',
  STORE_BATCH_MISSING: 'invariant',
  STORE_CHECKPOINT_MOVED: 'invariant',
  ARCHIVE_DAMAGED: 'user',
  // Collectors, jobs and the running application.
  CONFIG_INVALID: 'user',
  SIMULATION_CHANGED: 'user',
  CONFIG_UNREADABLE: 'user',
  REQUEST_WEIGHT_INVALID: 'user',
  COLLECTOR_REQUIRED_FAILED: 'user',
  JOB_UNKNOWN: 'user',
  JOB_RUNNING: 'user',
  JOB_SCHEDULE_INVALID: 'user',
  PLUGIN_UNKNOWN: 'user',
  PLUGIN_REQUIRED_FAILED: 'user',
  PLUGIN_ISOLATION_UNSUPPORTED: 'user',
  ADDRESS_INVALID: 'user',
  APP_NOT_RUNNING: 'user',
  // The command line.
  SOURCE_NOT_FOUND: 'user',
  SOURCE_UNKNOWN: 'user',
  RECORDING_EXISTS: 'user',
  EXPORT_UNKNOWN: 'user',
  NOTHING_TO_COLLECT: 'user',
  PLUGIN_NOT_FOUND: 'user',
  PORT_UNAVAILABLE: 'user',
  REPLAY_DIVERGED: 'invariant',
} as const satisfies Record<string, ErrorKind>;

export type ErrorCode = keyof typeof errorCodes;

interface ErrorOptionsWithDetails extends ErrorOptions {
  /** Values for logs and typed query errors, such as the file and line. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/** An error with a code of {@link errorCodes}. */
export class HypersonarError extends Error {
  readonly code: ErrorCode;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: ErrorCode, message: string, options: ErrorOptionsWithDetails = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.code = code;
    this.details = options.details ?? {};
  }

  get kind(): ErrorKind {
    return errorCodes[this.code];
  }
}

/** The same act may succeed later. */
export class RetryableError extends HypersonarError {}

/** Something outside must be changed first; the message says what was expected, what was found and what to do. */
export class UserError extends HypersonarError {}

/** What must never be false is false: the writer stops. */
export class InvariantError extends HypersonarError {}

/** One thing that is wrong with a set of plugins. */
export interface PlanProblem {
  readonly code: ErrorCode;
  readonly message: string;
  /** The ids of the plugins concerned, sorted. */
  readonly plugins: readonly string[];
}

/** A set of plugins cannot run together; all reasons are given at once. */
export class PlanError extends UserError {
  readonly problems: readonly PlanProblem[];

  constructor(problems: readonly PlanProblem[]) {
    const lines = problems.map(problem => `  ${problem.code}: ${problem.message}`);
    super(
      'PLAN_INVALID',
      `The plugins cannot run together: ${problems.length} ${problems.length === 1 ? 'problem' : 'problems'}.\n${lines.join('\n')}`,
      { details: { problems } },
    );
    this.problems = problems;
  }
}

/** The code of any thrown value, if it is one of ours. */
export function codeOf(error: unknown): ErrorCode | undefined {
  return error instanceof HypersonarError ? error.code : undefined;
}
