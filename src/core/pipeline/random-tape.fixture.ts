import fc from 'fast-check';
import { command, timer, trade } from '../../plugin-api/index.ts';
import type { LatestRow, OutputBatch, TapeEvent } from '../event.ts';

const wallets = ['0xa', '0xb', '0xc', '0xd', '0xe'];

export interface TradeParts {
  readonly coin?: string;
  readonly price?: string;
  readonly size?: string;
  readonly buyer?: string;
  readonly seller?: string;
}

/** A trade as the tape holds it; wallets have short names, which the pipeline does not mind. */
export function tradeAt(seq: number, at: number, parts: TradeParts = {}): TapeEvent {
  const { coin = 'BTC', price = '100', size = '1', buyer = '0xa', seller = '0xb' } = parts;
  return {
    seq,
    ref: trade,
    type: 'trade',
    key: coin,
    tsEvent: at - 20,
    tsIngest: at,
    source: 'test',
    dedupe: String(seq),
    payload: { coin, price, size, takerSide: 'buy', buyer, seller, tradeId: seq, hash: '0x' },
  };
}

export function timerAt(seq: number, at: number): TapeEvent {
  return {
    seq,
    ref: timer,
    type: 'core.timer',
    key: 'market',
    tsEvent: at,
    tsIngest: at,
    source: 'core',
    dedupe: String(seq),
    payload: { name: 'beat' },
  };
}

export function commandAt(
  seq: number,
  at: number,
  name: 'pause-plugin' | 'resume-plugin',
  target: string,
): TapeEvent {
  return {
    seq,
    ref: command,
    type: 'core.command',
    key: 'market',
    tsEvent: at,
    tsIngest: at,
    source: 'core',
    dedupe: String(seq),
    payload: { name, target },
  };
}

/** Up to 60 trades among five wallets in two coins, several in one millisecond and others seconds apart; few commands. */
export const randomTape = fc
  .array(
    fc.record({
      gap: fc.constantFrom(0, 0, 1, 40, 300, 999, 1000, 1001, 2500, 6000, 61_000),
      coin: fc.constantFrom('BTC', 'ETH'),
      price: fc.integer({ min: 90, max: 110 }).map(String),
      size: fc.constantFrom('1', '2', '2.5', '3'),
      buyer: fc.constantFrom(...wallets),
      seller: fc.constantFrom(...wallets),
      act: fc.constantFrom(
        ...Array<undefined>(40).fill(undefined),
        ['pause-plugin', 'summary'] as const,
        ['resume-plugin', 'summary'] as const,
        ['pause-plugin', 'points'] as const,
        ['resume-plugin', 'points'] as const,
        ['resume-plugin', 'moody'] as const,
        ['pause-plugin', 'bag'] as const,
        ['resume-plugin', 'bag'] as const,
        ['pause-plugin', 'bag-model'] as const,
      ),
    }),
    { minLength: 1, maxLength: 60 },
  )
  .map(items => {
    let time = Date.UTC(2025, 9, 10) + 137;
    const events = items.map(({ gap, act, ...parts }, index) => {
      time += gap;
      return act === undefined ? tradeAt(index + 1, time, parts) : commandAt(index + 1, time, act[0], act[1]);
    });
    return [...events, timerAt(events.length + 1, time + 3000)];
  });

/** What is stored of batches, in one piece: every kept row in its order, and the last state of the rest. */
export function stored(batches: readonly OutputBatch[]) {
  const last = <T extends { plugin: string; key: string }>(rows: readonly T[]) =>
    [...new Map(rows.map(row => [`${row.plugin} ${row.key}`, row]))].sort(([a], [b]) => (a < b ? -1 : 1));
  // Note: a mark that came without a row is put on the one that stands.
  const standing = new Map<string, LatestRow>();
  for (const item of batches.flatMap(batch => batch.latest)) {
    const key = `${item.plugin} ${item.key}`;
    if (item.row === undefined && !item.stale) standing.delete(key);
    else standing.set(key, { ...item, row: item.row ?? standing.get(key)?.row });
  }
  const counts = new Map<string, number>();
  for (const { plugin, emitted, because, count } of batches.flatMap(batch => batch.decisionCounts)) {
    const reason = `${plugin} ${emitted} ${because}`;
    counts.set(reason, (counts.get(reason) ?? 0) + count);
  }
  return {
    decisionCounts: [...counts].sort(([a], [b]) => (a < b ? -1 : 1)),
    latest: last([...standing.values()]),
    decisions: last(batches.flatMap(batch => batch.decisions)),
    history: batches.flatMap(batch => batch.history),
    signals: batches.flatMap(batch => batch.signals),
    alerts: batches.flatMap(batch => batch.alerts),
    faults: batches.flatMap(batch => batch.faults),
  };
}
