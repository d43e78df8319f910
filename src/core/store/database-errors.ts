import { codeOf, RetryableError, UserError } from '../errors.ts';

/** The SQLSTATE of a driver's error, or of an error that it was wrapped in. */
export function sqlState(error: unknown): string | undefined {
  for (let at = error; at instanceof Error; at = at.cause) {
    const { code } = at as Error & { code?: unknown };
    if (typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code)) return code;
  }
  return undefined;
}

function systemCode(error: unknown): string | undefined {
  for (let at = error; at instanceof Error; at = at.cause) {
    const { code } = at as Error & { code?: unknown };
    if (typeof code === 'string' && /^E[A-Z0-9]+$/.test(code) && code.length !== 5) return code;
    if (at instanceof AggregateError && at.errors.length > 0) return systemCode(at.errors[0]);
  }
  return undefined;
}

const lostConnection =
  /terminat|connection.*(closed|ended|lost)|CONNECTION_(CLOSED|ENDED|DESTROYED)|not queryable|worker.*ended/i;

/** Says what an error of a driver or of the operating system means for whoever called the store. */
export function explainDatabaseError(error: unknown, doing: string): unknown {
  if (codeOf(error) !== undefined) return error;
  const state = sqlState(error);
  const system = systemCode(error);
  const text = error instanceof Error ? error.message : String(error);

  if (state === '53100' || system === 'ENOSPC' || /no space left on device/i.test(text)) {
    return new UserError(
      'STORE_DISK_FULL',
      `Expected room on the database's disk while ${doing}, found none (${text}). Nothing of the batch was stored. ` +
        'Free some space, or shorten retention or raise the trade filter; then go on from the last checkpoint.',
      { cause: error },
    );
  }
  if (state === '28P01' || state === '28000') {
    return new UserError(
      'STORE_ACCESS',
      `Expected the database to accept the user and password of its URL while ${doing}; it answered: ${text}. ` +
        'Correct DATABASE_URL.',
      { cause: error },
    );
  }
  if (state === '3D000') {
    return new UserError(
      'STORE_ACCESS',
      `Expected the database of the URL to exist while ${doing}; it answered: ${text}. ` +
        'Create it (`createdb`) or correct DATABASE_URL.',
      { cause: error },
    );
  }
  if (state === '42501') {
    return new UserError(
      'STORE_ACCESS',
      `Expected the right to create and write tables while ${doing}; the database answered: ${text}. ` +
        'Grant it to the user of DATABASE_URL.',
      { cause: error },
    );
  }
  const retryable =
    state === undefined
      ? system !== undefined ||
        lostConnection.test(text) ||
        lostConnection.test(String(Reflect.get(Object(error), 'code')))
      : /^(08|40|53|55P03|57P|58)/.test(state);
  if (retryable) {
    return new RetryableError(
      'STORE_UNAVAILABLE',
      `Expected the database to answer while ${doing}, found it gone (${text}). Nothing of it was stored; ` +
        'it may be tried again once the database is back.',
      { cause: error },
    );
  }
  return error;
}
