import type { CollectorContext } from '../../../plugin-api/index.ts';
import type { InfoClient } from '../hyperliquid-connection/info-types.ts';
import { abstractionOf, spotValueOf } from './account-value.ts';
import { type Need, priorityOf } from './needs.ts';
import type { OrderKeeper } from './orders.ts';
import { childVaultsOf, roleOf, subAccountsOf } from './relations.ts';
import type { StateReader } from './state-reader.ts';
import type { SteadyClock } from './steady-clock.ts';
import type { DexState, TraderState } from './trader-state.ts';
import type { WatchList } from './watch-list.ts';

export interface QuestionsOptions {
  readonly ctx: Pick<CollectorContext<unknown>, 'now' | 'log' | 'reject' | 'signal' | 'random'>;
  readonly clock: SteadyClock;
  readonly client: Pick<InfoClient, 'request'>;
  readonly reader: StateReader;
  readonly orders: OrderKeeper;
  readonly watchList: WatchList;
  readonly prices: { priceOf(token: string): number | undefined };
  /** Told when a part of a trader's equity has come. */
  readonly valued: (trader: TraderState) => void;
}

const firstWaitMs = 1_000;
const longestWaitMs = 60_000;

/** Asks the exchange what is needed, and hands the answers to those who take them. */
export function createQuestions(options: QuestionsOptions): { ask(need: Need): Promise<void> } {
  const { ctx, clock, client, reader, orders, watchList } = options;

  async function askPositions(need: Need, state: DexState): Promise<void> {
    const { trader } = need;
    const { dex } = state;
    state.isReading = true;
    // Note: the answer may be as old as the question.
    const askedAt = clock.now;
    try {
      const raw = await client.request(
        { type: 'clearinghouseState', user: trader.address, ...(dex === '' ? {} : { dex }) },
        { priority: priorityOf(need) },
      );
      if (reader.receive(trader, dex, raw, { askedAt, receivedAt: ctx.now })) {
        state.failures = 0;
        return;
      }
      postpone(state);
    } catch (error) {
      if (ctx.signal.aborted) return;
      postpone(state);
      if (state.failures === 1) {
        ctx.log.warn('the state of a trader could not be read; it is tried again', {
          trader: trader.address,
          dex,
          error,
        });
      }
    }
    state.isReading = false;
  }

  function postpone(state: DexState): void {
    state.failures += 1;
    const waitMs = Math.min(firstWaitMs * 2 ** (state.failures - 1), longestWaitMs);
    state.notBefore = clock.now + waitMs * (0.75 + 0.5 * ctx.random());
  }

  async function askAbout(need: Need): Promise<void> {
    const { trader, about } = need;
    const user = trader.address;
    const priority = priorityOf(need);
    switch (about) {
      case 'spot': {
        const value = spotValueOf(
          await client.request({ type: 'spotClearinghouseState', user }, { priority }),
          options.prices,
        );
        if (value !== undefined) trader.spotValue = value;
        trader.spotReadAt = clock.now;
        options.valued(trader);
        break;
      }
      case 'abstraction': {
        const raw: unknown = await client.request({ type: 'userAbstraction', user }, { priority });
        trader.abstraction = abstractionOf(raw) ?? trader.abstraction;
        trader.abstractionReadAt = clock.now;
        options.valued(trader);
        break;
      }
      case 'orders':
        await askOrders(trader, priority);
        break;
      case 'relations':
        await askRelations(trader, priority);
        break;
      case 'role':
        await askRole(trader, priority);
        break;
    }
  }

  async function askOrders(trader: TraderState, priority: ReturnType<typeof priorityOf>): Promise<void> {
    const user = trader.address;
    for (const { dex, isUsed } of [...trader.dexes.values()]) {
      if (!isUsed) continue;
      const raw: unknown = await client.request(
        { type: 'frontendOpenOrders', user, ...(dex === '' ? {} : { dex }) },
        { priority },
      );
      if (Array.isArray(raw)) orders.takeOpen(user, dex, raw, ctx.now);
    }
    trader.ordersReadAt = clock.now;
  }

  async function askRelations(trader: TraderState, priority: ReturnType<typeof priorityOf>): Promise<void> {
    const user = trader.address;
    const accounts = subAccountsOf(await client.request({ type: 'subAccounts2', user }, { priority }));
    if (trader.isVault !== false) {
      const details: unknown = await client.request(
        { type: 'vaultDetails', vaultAddress: user },
        { priority },
      );
      trader.isVault = details !== null;
      accounts.push(...childVaultsOf(details));
    }
    trader.relationsReadAt = clock.now;
    if (accounts.length > 0) watchList.relate(trader, accounts);
  }

  async function askRole(trader: TraderState, priority: ReturnType<typeof priorityOf>): Promise<void> {
    const user = trader.address;
    const role = roleOf(await client.request({ type: 'userRole', user }, { priority }));
    trader.roleReadAt = clock.now;
    if (role === undefined) return;
    if (role.kind === 'vault') trader.isVault = true;
    if (role.kind === 'agent') {
      ctx.reject({
        source: `tracked trader ${user}`,
        reason:
          `expected a wallet that trades, found an agent (API wallet), which only signs for ${role.owner}; ` +
          'that wallet is followed instead. Track it, and untrack this one.',
      });
      watchList.replaceAgent(trader, role.owner);
    } else if (role.kind === 'missing') {
      ctx.reject({
        source: `tracked trader ${user}`,
        reason:
          'expected a wallet that the exchange knows, found one that has never used it. Check the address.',
      });
    } else if (role.kind === 'sub-account') {
      watchList.linkToMaster(trader, role.owner);
    }
  }

  return {
    async ask(need) {
      if (need.state !== undefined) return askPositions(need, need.state);
      const { trader, about } = need;
      trader.asking.add(about);
      try {
        await askAbout(need);
      } catch (error) {
        if (ctx.signal.aborted) return;
        ctx.log.warn('a question about a trader failed; it is asked again later', {
          trader: trader.address,
          about,
          error,
        });
        trader.retryAt.set(about, clock.now + longestWaitMs);
      } finally {
        trader.asking.delete(about);
      }
    },
  };
}
