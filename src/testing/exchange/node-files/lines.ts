import { plainOrder } from '../sockets/block-frames.ts';
import type { Block } from '../state/exchange-state.ts';
import type { WireFill } from '../state/wire.ts';

/** The files that a node writes, by the name of their folder. */
export const nodeFileKinds = ['node_fills', 'node_trades', 'node_order_statuses', 'misc_events'] as const;
export type NodeFileKind = (typeof nodeFileKinds)[number];

/** The events of a block that a node writes to one kind of file, in its order. */
export function nodeEvents(kind: NodeFileKind, block: Block): readonly unknown[] {
  switch (kind) {
    case 'node_fills':
      return fillsOf(block);
    case 'node_trades':
      return tradesOf(block);
    case 'node_order_statuses':
      return [...block.orders].flatMap(([user, updates]) =>
        updates.map(update => ({
          time: isoTime(block),
          user,
          status: update.status,
          order: plainOrder(update.order),
        })),
      );
    case 'misc_events':
      return miscEventsOf(block);
  }
}

/** Time as a node writes it: UTC without a zone, in nanoseconds. */
export function isoTime({ time, height }: { readonly time: number; readonly height: number }): string {
  // Note: the exchange's blocks have times finer than milliseconds; these digits belong to the height.
  const finer = ((height * 7_919) % 1_000_000).toString().padStart(6, '0');
  return `${new Date(time).toISOString().slice(0, -1)}${finer}`;
}

type UserFill = readonly [user: string, fill: WireFill];

/** Both halves of each trade, the buyer's first, in the order of matching; then what moved positions without a trade. */
function fillsOf(block: Block): readonly UserFill[] {
  const waiting = halvesOf(block);
  const ordered: UserFill[] = [];
  for (const trades of block.trades.values()) {
    for (const { coin, tid, users } of trades) {
      for (const user of users) {
        const fill = take(waiting, user, coin, tid);
        if (fill !== undefined) ordered.push([user, fill]);
      }
    }
  }
  for (const [user, fills] of waiting) for (const fill of fills) ordered.push([user, fill]);
  return ordered;
}

/** All fills of a block by user, with those of TWAPs, which a node writes with the rest. */
function halvesOf(block: Block): Map<string, WireFill[]> {
  const halves = new Map([...block.fills].map(([user, fills]) => [user, [...fills]]));
  for (const [user, slices] of block.twapFills) {
    const fills = slices.map(({ fill, twapId }) => ({ ...fill, twapId }));
    halves.set(user, [...(halves.get(user) ?? []), ...fills]);
  }
  return halves;
}

function take(
  halves: Map<string, WireFill[]>,
  user: string,
  coin: string,
  tid: number,
): WireFill | undefined {
  const fills = halves.get(user);
  const index = fills?.findIndex(fill => fill.tid === tid && fill.coin === coin) ?? -1;
  return index < 0 ? undefined : fills?.splice(index, 1)[0];
}

function tradesOf(block: Block): readonly unknown[] {
  const halves = halvesOf(block);
  return [...block.trades.values()].flat().map(({ coin, side, px, sz, hash, tid, users }) => ({
    coin,
    side,
    time: isoTime(block),
    px,
    sz,
    hash,
    trade_dir_override: 'Na',
    side_info: users.map(user => {
      const fill = take(halves, user, coin, tid);
      return {
        user,
        start_pos: fill?.startPosition ?? '0.0',
        oid: fill?.oid ?? 0,
        twap_id: fill?.twapId ?? null,
        cloid: fill?.cloid ?? null,
      };
    }),
  }));
}

function miscEventsOf(block: Block): readonly unknown[] {
  const time = isoTime(block);
  // Note: the two sides of a transfer have the same entry; a node writes it once, with both users.
  const updates = new Map<string, { hash: string; users: string[]; delta: unknown }>();
  for (const [user, entries] of block.ledger) {
    for (const { hash, delta } of entries) {
      const key = `${hash}/${JSON.stringify(delta)}`;
      const known = updates.get(key);
      if (known === undefined) updates.set(key, { hash, users: [user], delta });
      else known.users.push(user);
    }
  }
  const events: unknown[] = [...updates.values()].map(({ hash, users, delta }) => ({
    time,
    hash,
    inner: { LedgerUpdate: { users, delta } },
  }));
  const deltas = [...block.fundings].flatMap(([user, fundings]) =>
    fundings.map(({ coin, usdc, szi, fundingRate, nSamples }) => ({
      user,
      coin,
      usdc,
      szi,
      fundingRate,
      nSamples,
    })),
  );
  if (deltas.length > 0) events.push({ time, hash: block.hash, inner: { Funding: { deltas } } });
  return events;
}
