import { type ExecutionResult, GraphQLError } from 'graphql';
import type { Logger } from '../../plugin-api/index.ts';
import { Failure } from '../../schema/graphql/index.ts';

/** Turns what went wrong into what a client may see: a code always, the inner workings never. */
export type Mask = (error: unknown) => GraphQLError;

export function createMask(log: Logger | undefined): Mask {
  return error => {
    const original = originalOf(error);
    const place = (error ?? {}) as Partial<Pick<GraphQLError, 'locations' | 'path'>>;
    const extended = (message: string, extensions: Record<string, unknown>) => {
      const masked = new GraphQLError(message, { path: place.path ?? null, extensions });
      // Note: positions are kept by hand, since the constructor wants the nodes, which another copy of graphql may have made.
      if (place.locations)
        Object.defineProperty(masked, 'locations', { value: place.locations, enumerable: true });
      return masked;
    };
    if (original instanceof Failure) {
      const { code, argument, expected, found, whatToDo } = original;
      return extended(original.message, { code, argument, expected, found, whatToDo });
    }
    if (original instanceof GraphQLError || original === undefined) {
      const known = (original ?? error) as GraphQLError;
      return extended(known.message, { code: 'REQUEST_INVALID', ...known.extensions });
    }
    const coded = original as { code?: unknown; kind?: unknown; message?: unknown };
    if (typeof coded.code === 'string' && (coded.kind === 'user' || coded.kind === 'retryable')) {
      return extended(String(coded.message), { code: coded.code, retryable: coded.kind === 'retryable' });
    }
    log?.error('a request failed', { error: original });
    return extended('Something failed here. The reason is in the log of the server.', { code: 'INTERNAL' });
  };
}

/** The error that a resolver threw, or undefined when graphql itself made the error. */
function originalOf(error: unknown): unknown {
  let inner: unknown = error;
  while (isGraphqlError(inner)) {
    if (inner.originalError == null) return inner instanceof GraphQLError ? inner : undefined;
    inner = inner.originalError;
  }
  return inner;
}

// Note: graphql-jit has an error class of its own, with the same properties.
function isGraphqlError(error: unknown): error is { originalError?: unknown } {
  return error instanceof Error && (error.name === 'GraphQLError' || error instanceof GraphQLError);
}

/** A result as it is sent, its errors masked. */
export function formatResult(result: ExecutionResult, mask: Mask): ExecutionResult {
  if (result.errors === undefined || result.errors.length === 0) return result;
  return { ...result, errors: result.errors.map(mask) };
}
