import type { OutputBatch, TapeEvent } from '../../src/core/event.ts';
import * as refs from '../../src/plugin-api/index.ts';

/*
 * Events and outputs of every kind, for the store's tests. Times are milliseconds after `start`.
 */

export const start = Date.UTC(2025, 9, 10, 12);
export const alice = `0x${'a'.repeat(40)}`;
export const bob = `0x${'b'.repeat(40)}`;
export const carol = `0x${'c'.repeat(40)}`;
export const hash = `0x${'0f'.repeat(32)}`;

type Payload<R extends refs.EventRef> = refs.RowOf<R>;

/** An event at a place on the tape, one millisecond after the one before. */
export function eventAt<R extends refs.EventRef>(
  seq: number,
  ref: R,
  key: string,
  payload: Payload<R>,
  over: Partial<TapeEvent> = {},
): TapeEvent {
  return {
    seq,
    ref,
    type: ref.id,
    key,
    tsEvent: start + seq,
    tsIngest: start + seq + 50,
    source: 'sample',
    dedupe: `${key}:${seq}`,
    payload: payload as TapeEvent['payload'],
    ...over,
  };
}

export function tradeAt(
  seq: number,
  over: Partial<Payload<typeof refs.trade>> = {},
  event: Partial<TapeEvent> = {},
) {
  const payload = {
    coin: 'BTC',
    price: '117250.50',
    size: '0.01000',
    takerSide: 'buy',
    buyer: alice,
    seller: bob,
    tradeId: 900_719_925_474_000 + seq,
    hash,
    ...over,
  } as const;
  return eventAt(seq, refs.trade, payload.coin, payload, event);
}

export function fillAt(
  seq: number,
  over: Partial<Payload<typeof refs.fill>> = {},
  event: Partial<TapeEvent> = {},
) {
  const payload = {
    user: alice,
    coin: 'ETH',
    price: '4100.10',
    size: '2.5',
    side: 'sell',
    startPosition: '-0.00000001',
    direction: 'Open Short',
    closedPnl: '0.0',
    fee: '-0.123456789012345678',
    feeToken: 'USDC',
    crossed: false,
    hash,
    orderId: 1,
    tradeId: 2,
    twapId: null,
    liquidatedUser: null,
    ...over,
  } as const;
  return eventAt(seq, refs.fill, payload.user, payload, event);
}

export function commandAt(
  seq: number,
  name: 'track-trader' | 'untrack-trader',
  target: string,
  {
    by = 'hand',
    tier = null,
  }: { by?: 'hand' | 'selection'; tier?: 'alert' | 'core' | 'extended' | null } = {},
) {
  return eventAt(seq, refs.command, 'market', { name, target, by, tier }, { source: 'core' });
}

export function bookAt(seq: number, bid: string, ask: string, event: Partial<TapeEvent> = {}) {
  const level = (price: string) => ({ price, size: '1', orders: 3 });
  return eventAt(seq, refs.book, 'BTC', { coin: 'BTC', bids: [level(bid)], asks: [level(ask)] }, event);
}

export function positionAt(seq: number, size: string, over: Partial<TapeEvent> = {}) {
  return eventAt(
    seq,
    refs.position,
    alice,
    {
      user: alice,
      coin: 'BTC',
      size,
      entryPrice: '100.5',
      leverage: 20,
      leverageType: 'cross',
      marginUsed: '12.25',
      liquidationPrice: null,
      unrealisedPnl: '-1.50',
      positionValue: '250',
    },
    over,
  );
}

/** A batch of the given events and outputs; what is not given is empty. */
export function batchOf(events: readonly TapeEvent[], outputs: Partial<OutputBatch> = {}): OutputBatch {
  return {
    fromSeq: events[0]!.seq,
    toSeq: events.at(-1)!.seq,
    now: events.at(-1)!.tsIngest,
    events,
    latest: [],
    history: [],
    signals: [],
    alerts: [],
    decisions: [],
    decisionCounts: [],
    faults: [],
    ...outputs,
  };
}

export const meta = { run: 'run-1', cursors: new Map([['sample', 'line 7']]) };

/** What all outputs of an event have in common. */
export function outputAt<R extends refs.Ref>(seq: number, index: number, ref: R, key: string) {
  return { seq, index, plugin: 'sample-plugin', ref, key, tsEvent: start + seq, tsIngest: start + seq + 50 };
}

/** A row of `wallet.position`. */
export function positionRow(over: Partial<refs.RowOf<typeof refs.walletPosition>> = {}) {
  return {
    size: '1.50',
    sizeBefore: '0',
    action: 'OPEN',
    price: 100.5,
    notionalUsd: 150.75,
    entryPrice: 100.5,
    realisedPnl: null,
    fee: 0.1,
    taker: true,
    source: 'fill',
    eventTime: start,
    openedAt: start,
    episodePnl: null,
    episodeHoldingMs: null,
    netPnl: -0.1,
    fundingReceived: 0,
    cumulativePnl: -0.1,
    cumulativeFees: 0.1,
    cumulativeFunding: 0,
    episodes: 0,
    wins: 0,
    gaps: 0,
    lastGapSize: null,
    truncated: false,
    confirmedAt: null,
    ...over,
  } as const;
}
