import { lastSeenGranularityMs } from '../../schema/tables/columns.ts';
import * as tables from '../../schema/tables/index.ts';
import type { TapeEvent } from '../event.ts';
import { copyTable } from './copy-table.ts';

/** What a batch tells of one wallet. */
export interface SeenTrader {
  readonly address: string;
  firstSeen: number;
  lastSeen: number;
  /** Type and place of the first event of the batch that named it. */
  readonly source: string;
  readonly seq: number;
  readonly tracked: boolean;
  displayName: string | null;
  isVault: boolean;
  /** The market in which discovery met it. */
  discoveredIn: string | null;
  accountValue: string | null;
}

const toHour = (time: number) => Math.floor(time / lastSeenGranularityMs) * lastSeenGranularityMs;

export const traderRows = copyTable<typeof tables.traders, SeenTrader>(
  tables.traders,
  {
    set:
      'first_seen = least(t.first_seen, excluded.first_seen), last_seen = greatest(t.last_seen, excluded.last_seen), ' +
      'display_name = coalesce(excluded.display_name, t.display_name), ' +
      'is_vault = t.is_vault or excluded.is_vault, ' +
      'discovered_in = coalesce(t.discovered_in, excluded.discovered_in), ' +
      'account_value = coalesce(excluded.account_value, t.account_value)',
  },
  {
    address: (out, item) => out.text(item.address),
    firstSeen: (out, item) => out.integer64(item.firstSeen),
    lastSeen: (out, item) => out.integer64(toHour(item.lastSeen)),
    source: (out, item) => out.text(item.source),
    tracked: (out, item) => out.boolean(item.tracked),
    trackedBy: (out, item) => out.text(item.tracked ? 'tape' : null),
    // Note: set by the acts of the batch, after its wallets are there.
    trackedTier: out => out.text(null),
    trackedSince: out => out.integer64(null),
    displayName: (out, item) => out.text(item.displayName),
    isVault: (out, item) => out.boolean(item.isVault),
    discoveredIn: (out, item) => out.text(item.discoveredIn),
    accountValue: (out, item) => out.decimal(item.accountValue),
    seq: (out, item) => out.integer64(item.seq),
  },
);

/** How many wallets are remembered, so that one seen again within the hour need not be written again. */
const remembered = 500_000;

/** Collects the wallets that a batch names. */
export interface TradersSeen {
  /** Takes an event in. */
  see(event: TapeEvent): void;
  /** The wallets whose rows must change, and forgets them. */
  take(): SeenTrader[];
}

export function createTradersSeen(trackAll: boolean): TradersSeen {
  let seen = new Map<string, SeenTrader>();
  const stored = new Map<string, { first: number; lastHour: number }>();

  /** What the batch tells of a wallet; undefined when that is nothing new and `always` is not set. */
  function wallet(address: string, event: TapeEvent, always: boolean): SeenTrader | undefined {
    const { tsEvent: time, type, seq } = event;
    const before = seen.get(address);
    if (before === undefined) {
      const known = stored.get(address);
      if (!always && known !== undefined && known.first <= time && known.lastHour >= toHour(time))
        return undefined;
      const trader: SeenTrader = {
        address,
        firstSeen: time,
        lastSeen: time,
        source: type,
        seq,
        tracked: trackAll,
        displayName: null,
        isVault: false,
        discoveredIn: null,
        accountValue: null,
      };
      seen.set(address, trader);
      return trader;
    }
    if (time > before.lastSeen) before.lastSeen = time;
    else if (time < before.firstSeen) before.firstSeen = time;
    return before;
  }

  return {
    see(event) {
      const { type, payload } = event;
      switch (type) {
        case 'trade':
          if (payload.buyer !== null) wallet(payload.buyer as string, event, false);
          if (payload.seller !== null) wallet(payload.seller as string, event, false);
          return;
        case 'account':
        case 'leaderboard': {
          const trader = wallet(payload.user as string, event, true)!;
          trader.accountValue = payload.accountValue as string;
          if (type === 'leaderboard') {
            trader.displayName = (payload.displayName as string | null) ?? trader.displayName;
          }
          return;
        }
        case 'candidate': {
          // Note: the first of a batch, since the row keeps the first of all.
          const trader = wallet(payload.user as string, event, true)!;
          trader.discoveredIn ??= payload.coin as string;
          return;
        }
        case 'vault': {
          const trader = wallet(payload.user as string, event, true)!;
          trader.isVault = true;
          trader.displayName = (payload.name as string | null) ?? trader.displayName;
          return;
        }
        case 'core.command':
          if (payload.name === 'track-trader' || payload.name === 'untrack-trader') {
            wallet(payload.target as string, event, true);
          }
          return;
        default:
          if (event.ref.entity === 'trader') wallet(event.key, event, false);
      }
    },
    take() {
      const traders = [...seen.values()];
      seen = new Map();
      if (stored.size > remembered) stored.clear();
      for (const { address, firstSeen, lastSeen } of traders) {
        const known = stored.get(address);
        stored.set(address, {
          first: Math.min(firstSeen, known?.first ?? firstSeen),
          lastHour: Math.max(toHour(lastSeen), known?.lastHour ?? 0),
        });
      }
      return traders;
    },
  };
}
