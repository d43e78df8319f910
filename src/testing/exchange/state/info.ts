import type { InfoAnswer } from './exchange-state.ts';
import { accountResponders } from './info/accounts.ts';
import { dexResponders } from './info/dexes.ts';
import { historyResponders } from './info/histories.ts';
import { marketResponders } from './info/markets.ts';
import { type InfoRequest, notARequest, type Responder } from './info/request.ts';
import { settingResponders } from './info/settings.ts';
import { vaultResponders } from './info/vaults.ts';
import type { World } from './world.ts';

const responders: ReadonlyMap<string, Responder> = new Map(
  Object.entries({
    ...marketResponders,
    ...accountResponders,
    ...historyResponders,
    ...dexResponders,
    ...vaultResponders,
    ...settingResponders,
  }),
);

/** Answers a request, or refuses it as the exchange does. */
export function answerInfo(request: InfoRequest, world: World): InfoAnswer {
  const respond = typeof request.type === 'string' ? responders.get(request.type) : undefined;
  return respond?.(request, world) ?? notARequest;
}
