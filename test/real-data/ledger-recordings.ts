import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { TapeEvent } from '../../src/core/event.ts';
import { candle, type EventRef, fill, funding, type RowOf, timer } from '../../src/plugin-api/index.ts';
import { orderByStartPosition } from '../../src/plugins/collectors/source-files/fill-order.ts';
import { candleIntervals } from '../../src/plugins/features/market-state/config.ts';

/* Recordings as events in the order of their arrival, read without the collectors so that these tests stand by themselves. */

/** The optional folder of recordings; not part of the project. */
export const dataFolder = path.resolve(
  process.env.HYPERSONAR_DATA ?? path.join(import.meta.dirname, '../../../shared/data'),
);
export const hasData = existsSync(path.join(dataFolder, 'vault-fills/fills.csv.gz'));

const linesOf = (file: string): string[] =>
  gunzipSync(readFileSync(path.join(dataFolder, file)))
    .toString('latin1')
    .trimEnd()
    .split('\n');

/** Events that are made when their time comes; `times` is sorted. */
export interface Source {
  readonly times: Float64Array;
  event(place: number): Omit<TapeEvent, 'seq' | 'source' | 'type' | 'cursor'>;
}

function sourceOf(
  lines: readonly string[],
  timeOf: (line: string) => number,
  event: (
    line: string,
    time: number,
  ) => { readonly ref: EventRef; readonly key: string; readonly payload: object; readonly tsEvent: number },
): Source {
  const unsorted = Float64Array.from(lines, timeOf);
  const order = Uint32Array.from(lines, (_, place) => place).sort(
    (a, b) => unsorted[a]! - unsorted[b]! || a - b,
  );
  const times = Float64Array.from(order, place => unsorted[place]!);
  return {
    times,
    event(place) {
      const time = times[place]!;
      return {
        ...event(lines[order[place]!]!, time),
        tsIngest: time,
        dedupe: '',
      } as ReturnType<Source['event']>;
    },
  };
}

/** Puts the fills of one millisecond in the order that their start positions tell. */
function inFillOrder(source: Source): Source {
  const { times } = source;
  let first = 0;
  let group: ReturnType<Source['event']>[] = [];
  return {
    times,
    event(place) {
      if (place >= first + group.length || place < first) {
        first = place;
        group = [source.event(place)];
        while (times[first + group.length] === times[first]) group.push(source.event(first + group.length));
        orderByStartPosition(group as never);
      }
      return group[place - first]!;
    },
  };
}

export interface VaultWallet {
  /** How the fills name it. */
  readonly index: number;
  readonly address: string;
  readonly fills: number;
}

export function vaultWallets(): VaultWallet[] {
  return linesOf('vault-fills/wallets.csv.gz')
    .slice(1)
    .map(line => {
      const columns = line.split(',');
      return { index: Number(columns[0]), address: columns[1]!, fills: Number(columns[6]) };
    });
}

export function vaultFills(wallets: readonly VaultWallet[]): Source {
  const lines = linesOf('vault-fills/fills.csv.gz').slice(1);
  const addresses = new Map(wallets.map(({ index, address }) => [index, address]));
  return inFillOrder(
    sourceOf(
      lines,
      line => Number(line.split(',', 7)[6]),
      (line, time) => {
        const [
          w,
          coin,
          side,
          direction,
          price,
          size,
          ,
          startPosition,
          closedPnl,
          fee,
          crossed,
          orderId,
          tradeId,
        ] = line.split(',') as [
          string,
          string,
          string,
          string,
          string,
          string,
          string,
          string,
          string,
          string,
          string,
          string,
          string,
        ];
        const user = addresses.get(Number(w))!;
        const payload: RowOf<typeof fill> = {
          user,
          coin,
          price,
          size,
          side: side === 'B' ? 'buy' : 'sell',
          startPosition,
          direction,
          closedPnl,
          fee,
          feeToken: 'USDC',
          crossed: crossed === '1',
          hash: null,
          orderId: Number(orderId),
          tradeId: Number(tradeId),
          twapId: null,
          liquidatedUser: null,
        };
        return { ref: fill, key: user, payload, tsEvent: time };
      },
    ),
  );
}

/** Candles as they could first have been known: two seconds after their end. */
export function candlesOf(file: string, interval: keyof typeof candleIntervals): Source {
  const length = candleIntervals[interval];
  return sourceOf(
    linesOf(`market/${file}`).slice(1),
    line => Number(line.split(',', 2)[1]) + length + 2_000,
    (line, time) => {
      const [coin, openTime, open, high, low, close, volume] = line.split(',') as [
        string,
        string,
        string,
        string,
        string,
        string,
        string,
      ];
      const payload: RowOf<typeof candle> = {
        coin,
        interval,
        openTime: Number(openTime),
        closeTime: Number(openTime) + length,
        open,
        high,
        low,
        close,
        volume,
        trades: null,
      };
      return { ref: candle, key: coin, payload, tsEvent: time - 2_000 };
    },
  );
}

export function fundingRates(): Source {
  return sourceOf(
    linesOf('market/funding_1h_top30.csv.gz').slice(1),
    line => Number(line.split(',', 2)[1]),
    (line, time) => {
      const [coin, , rate] = line.split(',') as [string, string, string];
      return { ref: funding, key: coin, payload: { coin, rate: Number(rate), premium: null }, tsEvent: time };
    },
  );
}

export interface EquityPoint {
  readonly time: number;
  readonly accountValue: number;
  readonly pnl: number;
}

/** The exchange's own account values and PnL, by address, oldest first. */
export function equityPoints(): Map<string, EquityPoint[]> {
  const points = new Map<string, EquityPoint[]>();
  for (const line of linesOf('vault-fills/equity.csv.gz').slice(1)) {
    const [address, time, value, pnl] = line.split(',') as [string, string, string, string];
    const list = points.get(address) ?? [];
    list.push({ time: Number(time), accountValue: Number(value), pnl: Number(pnl) });
    points.set(address, list);
  }
  return points;
}

interface NodeFill {
  readonly coin: string;
  readonly px: string;
  readonly sz: string;
  readonly side: 'A' | 'B';
  readonly time: number;
  readonly startPosition: string;
  readonly dir: string;
  readonly closedPnl: string;
  readonly hash: string;
  readonly oid: number;
  readonly crossed: boolean;
  readonly fee: string;
  readonly tid: number;
  readonly feeToken: string;
  readonly twapId: number | null;
  readonly liquidation?: { readonly liquidatedUser: string };
}

/** A fill as the exchange's own feeds write it. */
function exchangeFill(user: string, told: NodeFill): RowOf<typeof fill> {
  return {
    user,
    coin: told.coin,
    price: told.px,
    size: told.sz,
    side: told.side === 'B' ? 'buy' : 'sell',
    startPosition: told.startPosition,
    direction: told.dir,
    closedPnl: told.closedPnl,
    fee: told.fee,
    feeToken: told.feeToken,
    crossed: told.crossed,
    hash: told.hash,
    orderId: told.oid,
    tradeId: told.tid,
    twapId: told.twapId,
    liquidatedUser: told.liquidation?.liquidatedUser.toLowerCase() ?? null,
  };
}

/** The fills of the crash of October 2025. */
export function crashFills(): Source {
  const lines = linesOf('vault-fills/crash-2025-10.node_fills.jsonl.gz');
  return inFillOrder(
    sourceOf(
      lines,
      line => (JSON.parse(line) as [string, NodeFill])[1].time,
      (line, time) => {
        const [user, told] = JSON.parse(line) as [string, NodeFill];
        return { ref: fill, key: user, payload: exchangeFill(user, told), tsEvent: time };
      },
    ),
  );
}

/** The fills of one wallet as `userFills` answers them, newest first. */
export function walletFills(address: string): Source {
  const file = path.join(dataFolder, `wallet-fills/${address}.json.gz`);
  const told = (JSON.parse(gunzipSync(readFileSync(file)).toString()) as NodeFill[]).reverse();
  return sourceOf(
    told.map(item => JSON.stringify(item)),
    line => (JSON.parse(line) as NodeFill).time,
    (line, time) => ({
      ref: fill,
      key: address,
      payload: exchangeFill(address, JSON.parse(line) as NodeFill),
      tsEvent: time,
    }),
  );
}

export interface GoldenMetrics {
  readonly maker_share: string;
  readonly realized_pnl: string;
}

export function goldenMetrics(): Record<string, GoldenMetrics> {
  return JSON.parse(
    readFileSync(path.join(dataFolder, 'wallet-fills/golden_metrics.json'), 'utf8'),
  ) as Record<string, GoldenMetrics>;
}

/** Merges sources by time (ties: the earlier source), in batches that end at the given times, with a timer event at each. */
export function* merged(
  sources: readonly Source[],
  { batch = 5_000, stops = [] }: { readonly batch?: number; readonly stops?: readonly number[] } = {},
): Generator<{ readonly events: TapeEvent[]; readonly stop: number | undefined }> {
  const places = sources.map(() => 0);
  let seq = 0;
  let events: TapeEvent[] = [];
  let nextStop = 0;
  for (;;) {
    let source = -1;
    let time = Number.POSITIVE_INFINITY;
    for (let place = 0; place < sources.length; place++) {
      const due = sources[place]!.times[places[place]!] ?? Number.POSITIVE_INFINITY;
      if (due < time) {
        time = due;
        source = place;
      }
    }
    while (nextStop < stops.length && stops[nextStop]! < time) {
      const stop = stops[nextStop++]!;
      events.push(beat(++seq, stop));
      yield { events, stop };
      events = [];
    }
    if (source < 0) break;
    const made = sources[source]!.event(places[source]!);
    places[source]! += 1;
    events.push({ ...made, seq: ++seq, type: made.ref.id, source: `source-${source}` });
    if (events.length >= batch) {
      yield { events, stop: undefined };
      events = [];
    }
  }
  if (events.length > 0) yield { events, stop: undefined };
}

function beat(seq: number, time: number): TapeEvent {
  return {
    seq,
    ref: timer,
    type: timer.id,
    key: 'market',
    tsEvent: time,
    tsIngest: time,
    source: 'core',
    dedupe: `beat ${seq}`,
    payload: { name: 'beat' },
  };
}
