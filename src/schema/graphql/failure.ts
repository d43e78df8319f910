/** What every expected failure of a query or mutation tells. */
export interface FailureDetails {
  /** Stable, such as `ADDRESS_INVALID`; documented in `docs/errors.md`. */
  readonly code: string;
  /** The argument that is at fault, with its path below the field, such as `positions.first`. */
  readonly argument?: string | undefined;
  readonly expected: string;
  readonly found: string;
  readonly whatToDo: string;
}

/** Base of the errors that become members of a field's result union. */
export abstract class Failure extends Error {
  readonly code: string;
  readonly argument: string | undefined;
  readonly expected: string;
  readonly found: string;
  readonly whatToDo: string;

  constructor({ code, argument, expected, found, whatToDo }: FailureDetails) {
    const where = argument === undefined ? '' : `${argument}: `;
    super(`${where}expected ${expected}, found ${found}. ${whatToDo}`);
    this.code = code;
    this.argument = argument;
    this.expected = expected;
    this.found = found;
    this.whatToDo = whatToDo;
  }
}

/** An argument that cannot be what was meant. */
export class InputError extends Failure {
  override readonly name = 'InputError';
}

/** A thing that was asked for by its name and is not there. */
export class NotFoundError extends Failure {
  override readonly name = 'NotFoundError';
}

/** An act that this request may not do, or that failed for a known reason. */
export class RefusedError extends Failure {
  override readonly name = 'RefusedError';
}

/** The typed form of an error that carries a code and a message for people; any other is thrown on. */
export function refusedBy(error: unknown): RefusedError {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') throw error;
  const kind = 'kind' in error ? error.kind : undefined;
  if (kind !== 'user' && kind !== 'retryable') throw error;
  return new RefusedError({
    code: error.code,
    expected: 'that it can be done now',
    found: error.message,
    whatToDo: kind === 'retryable' ? 'Try again.' : 'Change what the message names, then try again.',
  });
}

/** A value as a message shows it: quoted, and cut where it is long. */
export function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length <= 80 ? text : `${text.slice(0, 77)}...`;
}
