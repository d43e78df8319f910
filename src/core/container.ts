import { Container } from 'inversify';
import type { AppLogger } from './log.ts';

/** A typed name for a service. */
export interface ServiceId<T> {
  readonly symbol: symbol;
  /** Carries the type only; never present. */
  readonly '~service'?: T;
}

export function serviceId<T>(name: string): ServiceId<T> {
  return { symbol: Symbol(name) };
}

type Resolved<Ids extends readonly ServiceId<unknown>[]> = {
  [Index in keyof Ids]: Ids[Index] extends ServiceId<infer T> ? T : never;
};

/** How one service is made and closed. */
export interface Binding<T = unknown> {
  readonly id: ServiceId<T>;
  readonly needs: readonly ServiceId<unknown>[];
  readonly make: (...needs: never[]) => T | Promise<T>;
  readonly close?: ((service: T) => Promise<unknown> | undefined) | undefined;
  /** How long closing may take. Default 10 s. */
  readonly closeWithinMs?: number | undefined;
}

/** Describes a service by what it needs; the types of the factory's arguments follow from `needs`. */
export function bind<T, const Ids extends readonly ServiceId<unknown>[]>(
  id: ServiceId<T>,
  needs: Ids,
  make: (...services: Resolved<Ids>) => T | Promise<T>,
  options: Pick<Binding<T>, 'close' | 'closeWithinMs'> = {},
): Binding {
  return { id, needs, make: make as Binding['make'], ...options } as Binding;
}

/** Services made when first asked for, each once. */
export interface Services {
  get<T>(id: ServiceId<T>): Promise<T>;
  /** Services that see these and have some of their own. */
  child(bindings: readonly Binding[]): Services;
  /** Closes what was made, newest first, one at a time, each with a deadline. Says what did not close. */
  close(): Promise<readonly CloseFailure[]>;
}

export interface CloseFailure {
  readonly service: string;
  readonly error: unknown;
}

/**
 * Makes the services of one application. A later binding of the same id replaces an earlier one.
 *
 * Note: inversify deactivates services all at once, so they are closed here.
 */
export function createServices(bindings: readonly Binding[], log?: () => AppLogger): Services {
  return wrap(new Container({ defaultScope: 'Singleton' }), bindings, log);
}

function wrap(container: Container, bindings: readonly Binding[], log?: () => AppLogger): Services {
  const made: { readonly name: string; readonly ms: number; readonly close: () => Promise<unknown> }[] = [];
  const last = new Map(bindings.map(binding => [binding.id.symbol, binding]));
  for (const { id, needs, make, close, closeWithinMs = 10_000 } of last.values()) {
    const factory = async (...services: unknown[]): Promise<unknown> => {
      const service = await make(...(services as never[]));
      if (close !== undefined) {
        made.push({
          name: id.symbol.description ?? '',
          ms: closeWithinMs,
          close: async () => close(service),
        });
      }
      return service;
    };
    container
      .bind(id.symbol)
      .toResolvedValue(factory as never, needs.map(need => need.symbol) as never)
      .inSingletonScope();
  }
  return {
    get: <T>(id: ServiceId<T>) => container.getAsync<T>(id.symbol),
    child: inner => wrap(new Container({ parent: container, defaultScope: 'Singleton' }), inner, log),
    async close() {
      const failures: CloseFailure[] = [];
      for (const { name, ms, close } of made.splice(0).reverse()) {
        try {
          await withDeadline(close(), ms, name);
        } catch (error) {
          failures.push({ service: name, error });
          log?.().error('a service did not close', { service: name, error });
        }
      }
      return failures;
    },
  };
}

async function withDeadline(work: Promise<unknown>, ms: number, name: string): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`Expected ${name} to close within ${ms} ms, found it still open.`)),
      ms,
    );
  });
  try {
    await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
