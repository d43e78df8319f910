import type { Address, CollectorContext, TrackedTrader } from '../../../plugin-api/index.ts';
import { exactOf } from './exact-decimal.ts';
import { dexOf } from './markets.ts';
import { type LinkDraft, linkDraft, type RelatedAccount } from './relations.ts';
import type { Roster } from './roster.ts';
import { dexStateOf, holdingOf, type TraderState } from './trader-state.ts';

export interface WatchListOptions {
  readonly ctx: Pick<CollectorContext<unknown>, 'now' | 'log' | 'tracked' | 'positionsOf'>;
  readonly roster: Roster;
  readonly dexes: () => readonly string[];
  readonly maxRelated: number;
  readonly tell: (drafts: readonly LinkDraft[]) => void;
  /** Told of each trader that is followed no more. */
  readonly removed: (trader: TraderState) => void;
}

/** Who is followed: the tracked traders, and the accounts that belong to them. */
export interface WatchList {
  /** Follows those who are tracked, and each change of that from then on. */
  start(): void;
  /** Follows accounts of a trader for as long as the trader is tracked. */
  relate(source: TraderState, accounts: readonly RelatedAccount[]): void;
  /** Says that a trader is a sub-account of another. */
  linkToMaster(trader: TraderState, master: Address): void;
  /** Follows the wallet that an agent signs for, instead of the agent. */
  replaceAgent(agent: TraderState, master: Address): void;
}

export function createWatchList({
  ctx,
  roster,
  dexes,
  maxRelated,
  tell,
  removed,
}: WatchListOptions): WatchList {
  /** By related account, those on whose account it is followed. */
  const sources = new Map<Address, Set<Address>>();

  function follow(
    trader: Pick<TrackedTrader, 'address' | 'tier'> & { readonly by: TraderState['by'] },
  ): TraderState {
    const state = roster.add(trader);
    for (const dex of dexes()) dexStateOf(state, dex);
    if (!state.isReady && !state.isAgent) void prepare(state);
    return state;
  }

  /** Learns what the platform thinks that a trader holds: what is flat now is not in any answer. */
  async function prepare(trader: TraderState): Promise<void> {
    try {
      const held = await ctx.positionsOf(trader.address);
      trader.heldBefore = new Map(held.map(({ coin, size }) => [coin, exactOf(size)]));
      for (const { coin } of held) {
        const dex = dexOf(coin);
        if (dex === undefined) continue;
        const state = dexStateOf(trader, dex);
        state.isUsed = true;
        holdingOf(state, coin);
      }
    } catch (error) {
      ctx.log.warn(
        'what a trader was thought to hold could not be read; what is flat since stays unnoticed',
        {
          trader: trader.address,
          error,
        },
      );
    }
    trader.isReady = !trader.isAgent;
  }

  /** Follows no more who was followed on this account only. */
  function releaseRelated(address: Address): void {
    for (const [related, of] of sources) {
      if (!of.delete(address) || of.size > 0) continue;
      sources.delete(related);
      if (!ctx.tracked.has(related)) unfollow(related);
    }
  }

  function unfollow(address: Address): void {
    const trader = roster.get(address);
    releaseRelated(address);
    if (trader === undefined) return;
    roster.remove(address);
    removed(trader);
  }

  function attach(source: TraderState, address: Address): Set<Address> | undefined {
    const known = sources.get(address);
    if (known === undefined && sources.size >= maxRelated) return undefined;
    const of = known ?? new Set();
    of.add(source.address);
    sources.set(address, of);
    return of;
  }

  return {
    start() {
      ctx.tracked.onChange((added, gone) => {
        for (const trader of added) follow(trader).isAwaited = trader.by === 'hand';
        for (const address of gone) {
          if (!sources.has(address)) unfollow(address);
          else {
            follow({ address, tier: undefined, by: 'relation' }).by = 'relation';
            // Note: accounts of an account are not followed.
            releaseRelated(address);
          }
        }
      });
      for (const trader of ctx.tracked.list()) follow(trader);
    },
    relate(source, accounts) {
      tell(accounts.map(account => linkDraft(source.address, account, ctx.now)));
      for (const { address } of accounts) {
        if (attach(source, address) === undefined) {
          ctx.log.warn('an account of a tracked trader is not followed: there are too many (maxRelated)', {
            trader: source.address,
            account: address,
          });
          continue;
        }
        if (roster.get(address) === undefined) follow({ address, tier: source.tier, by: 'relation' });
      }
    },
    linkToMaster(trader, master) {
      tell([linkDraft(master, { address: trader.address, relation: 'sub-account', name: null }, ctx.now)]);
    },
    replaceAgent(agent, master) {
      agent.isAgent = true;
      agent.isReady = false;
      tell([linkDraft(master, { address: agent.address, relation: 'agent', name: null }, ctx.now)]);
      if (attach(agent, master) !== undefined) follow({ address: master, tier: agent.tier, by: 'hand' });
    },
  };
}
