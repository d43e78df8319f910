import { UserError } from '../core/errors.ts';

const reasons: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another process listens there',
  EACCES: 'this process may not listen there',
  EADDRNOTAVAIL: 'this machine has no such address',
  ENOTFOUND: 'no such address is known',
};

/** Why a server could not listen, as an error that says what to do; any other error as it is. */
export function portProblem(cause: unknown, host: string, port: number): unknown {
  const reason = reasons[(cause as NodeJS.ErrnoException).code ?? ''];
  if (reason === undefined) return cause;
  return new UserError(
    'PORT_UNAVAILABLE',
    `Expected to listen on ${host}:${port}, found that ${reason}. Stop it, or take another port with --port (0 for any free one).`,
    { cause },
  );
}
