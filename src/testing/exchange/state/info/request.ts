import type { Account } from '../accounts.ts';
import type { InfoAnswer } from '../exchange-state.ts';
import type { Dex } from '../universe.ts';
import type { World } from '../world.ts';

/** A request of `POST /info`, whose fields are whatever a client sent. */
export type InfoRequest = Readonly<Record<string, unknown>>;

/** Answers one type of request; `undefined` when a field is missing or malformed. */
export type Responder = (request: InfoRequest, world: World) => InfoAnswer | undefined;

/** An answer without the charge for rows. */
export const answer = (body: unknown): InfoAnswer => ({ status: 200, body });

/** An answer that is charged by its rows. */
export const rows = (body: readonly unknown[]): InfoAnswer => ({ status: 200, body, rows: body.length });

export const brokenAnswer: InfoAnswer = { status: 500, body: null };

/** The exchange's text for a body that is none of its requests. */
export const notARequest: InfoAnswer = {
  status: 422,
  body: 'Failed to deserialize the JSON body into the target type',
};

export function addressIn(value: unknown): string | undefined {
  return typeof value === 'string' && /^0x[0-9a-fA-F]{40}$/.test(value) ? value.toLowerCase() : undefined;
}

/** The dex that a request names, or the main one; `undefined` for a name that there is not. */
export function dexIn({ dex }: InfoRequest, world: World): Dex | undefined {
  if (dex === undefined || dex === null) return world.venue.universe.dexes[0];
  return typeof dex === 'string' ? world.venue.universe.dexNamed(dex) : undefined;
}

/** A time or another whole number; `fallback` when it is absent or null. */
export function integerIn(value: unknown, fallback: number): number | undefined {
  if (value === undefined || value === null) return fallback;
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

/** Answers a request about a user. One who is unknown, and an API wallet, is given as `undefined`. */
export function ofUser(
  respond: (
    user: Account | undefined,
    request: InfoRequest,
    world: World,
    address: string,
  ) => InfoAnswer | undefined,
): Responder {
  return (request, world) => {
    const address = addressIn(request.user);
    return address === undefined ? undefined : respond(world.venue.book.of(address), request, world, address);
  };
}
