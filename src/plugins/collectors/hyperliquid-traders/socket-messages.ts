import { addressText, isObject, type JsonObject } from '../hyperliquid-messages/values.ts';

/* What the socket says of one trader, taken apart. Each answers undefined for what is not of that form or of another trader. */

function own(data: unknown, user: string): JsonObject | undefined {
  if (!isObject(data)) return undefined;
  return data.user === undefined || addressText(data.user) === user ? data : undefined;
}

/** The pairs of exchange and state in a message of `allDexsClearinghouseState`. */
export function dexStatesIn(
  data: unknown,
  user: string,
): (readonly [dex: string, state: unknown])[] | undefined {
  const message = own(data, user);
  if (!Array.isArray(message?.clearinghouseStates)) return undefined;
  return message.clearinghouseStates.flatMap(pair =>
    Array.isArray(pair) && typeof pair[0] === 'string' ? [[pair[0], pair[1]] as const] : [],
  );
}

/** The spot state in a message of `spotState`. */
export function spotStateIn(data: unknown, user: string): unknown {
  return own(data, user)?.spotState;
}

/** What a message of `webData3` says of the account itself. */
export function userStateIn(
  data: unknown,
): { readonly abstraction: string | undefined; readonly isVault: boolean | undefined } | undefined {
  const state = isObject(data) && isObject(data.userState) ? data.userState : undefined;
  if (state === undefined) return undefined;
  return {
    abstraction: typeof state.abstraction === 'string' ? state.abstraction : undefined,
    isVault: typeof state.isVault === 'boolean' ? state.isVault : undefined,
  };
}

/** A list in a message, and whether it tells what was before. */
export function listIn(
  data: unknown,
  user: string,
  name: 'orders' | 'fills' | 'twapSliceFills' | 'orderHistory',
): { readonly items: readonly unknown[]; readonly isSnapshot: boolean } | undefined {
  const message = own(data, user);
  const items = message?.[name];
  return Array.isArray(items) ? { items, isSnapshot: message?.isSnapshot === true } : undefined;
}
