import { systemClock } from '../../../core/clock.ts';
import { createMemoryLedger } from '../../../core/collectors/request-budget/memory-ledger.ts';
import { createRequestBudgets } from '../../../core/collectors/request-budget.ts';
import type { TapeEvent } from '../../../core/event.ts';
import { createPipeline, type Pipeline } from '../../../core/pipeline.ts';
import { makePlan } from '../../../core/plan.ts';
import {
  type CollectorContext,
  type Draft,
  gap,
  type Logger,
  type RowOf,
  type TrackedTrader,
  walletPosition,
} from '../../../plugin-api/index.ts';
import { type TestCollectorContext, testCollectorContext } from '../../../testing/collector-context.ts';
import { type Exchange, type ExchangeOptions, startExchange } from '../../../testing/exchange/index.ts';
import { walletLedgerFeature } from '../../features/wallet-ledger/index.ts';
import { createSocketPool } from '../hyperliquid-connection/socket-pool.ts';
import { asDrafts, type Collected } from '../hyperliquid-messages/collected.ts';
import { decodeTrade } from '../hyperliquid-messages/trades.ts';
import { type TradersConfig, tradersConfig } from './config.ts';
import { hyperliquidTraders } from './index.ts';

/** One line that the collector logged. */
export interface Logged {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly message: string;
  readonly values: Readonly<Record<string, unknown>> | undefined;
}

/** The collector at work against a local exchange, beside the public tape, with the ledger behind both. */
export interface ExchangeRun {
  readonly exchange: Exchange;
  readonly ctx: TestCollectorContext<TradersConfig>;
  readonly pipeline: Pipeline;
  /** All events so far. */
  readonly events: readonly TapeEvent[];
  readonly logged: readonly Logged[];
  readonly rejected: readonly string[];
  /** Has trades be withheld from the tape, as if they had been lost, while true. */
  deaf: boolean;
  track(users: readonly string[], by?: TrackedTrader['by']): void;
  /** Lets exchange time pass in step with real time. */
  passTime(ms: number): Promise<void>;
  /** Lets time pass until something holds, at most for so long. */
  until(holds: () => boolean, atMostMs: number): Promise<void>;
  /** Positions of a wallet by the ledger, flat ones left out; spot pairs left out. */
  ledgerOf(user: string): Map<string, string>;
  /** All rows of the ledger for a wallet and coin, in order. */
  history(key: string): readonly RowOf<typeof walletPosition>[];
  /** Puts a gap on the tape, as the collector that lost something would. */
  admitGap(payload: RowOf<typeof gap>): void;
  stop(): Promise<void>;
}

const stepMs = 50;

export async function runAgainstExchange(
  options: ExchangeOptions & {
    readonly config?: Partial<TradersConfig>;
    readonly held?: CollectorContext<unknown>['positionsOf'];
  },
): Promise<ExchangeRun> {
  const { config, held, ...exchangeOptions } = options;
  const exchange = await startExchange({ speed: 0, ...exchangeOptions });
  const stop = new AbortController();
  const logged: Logged[] = [];
  const rejected: string[] = [];
  const write =
    (level: Logged['level']) =>
    (message: string, values?: Readonly<Record<string, unknown>>): void =>
      void logged.push({ level, message, values });
  const log: Logger = {
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
  };
  const budgets = createRequestBudgets({
    owner: 'test',
    ledgerOf: () => createMemoryLedger(systemClock),
    clock: systemClock,
    log,
    random: Math.random,
  });
  const ctx = testCollectorContext(
    tradersConfig.parse({ infoUrl: exchange.infoUrl, wsUrl: exchange.wsUrl, ...config }),
    {
      signal: stop.signal,
      log,
      random: Math.random,
      budget: (name, size) => budgets.get(name, size),
      reject: ({ source, reason }) => void rejected.push(`${source}: ${reason}`),
      positionsOf: held ?? (async user => [...run.ledgerOf(user)].map(([coin, size]) => ({ coin, size }))),
    },
  );

  const plan = makePlan({ plugins: [walletLedgerFeature] });
  const pipeline = createPipeline({ plan, strict: true });
  await pipeline.start();
  const events: TapeEvent[] = [];
  const seen = new Set<string>();
  const rows: { readonly key: string; readonly row: RowOf<typeof walletPosition> }[] = [];
  let processing = Promise.resolve();
  const admit = (drafts: readonly Draft[]): void => {
    const fresh: TapeEvent[] = [];
    for (const draft of drafts) {
      const name = `${draft.ref.id} ${draft.dedupe}`;
      if (seen.has(name)) continue;
      seen.add(name);
      const tsIngest = Math.max(Date.now(), events.at(-1)?.tsIngest ?? 0);
      const event = {
        ...{ seq: events.length + 1, ref: draft.ref, type: draft.ref.id, key: draft.key },
        ...{ tsEvent: draft.tsEvent, tsIngest, source: 'test', dedupe: draft.dedupe, payload: draft.payload },
      } as TapeEvent;
      events.push(event);
      fresh.push(event);
    }
    processing = processing.then(async () => {
      const { faults, history: made } = await pipeline.process(fresh);
      for (const { key, row } of made) rows.push({ key, row: row as RowOf<typeof walletPosition> });
      if (faults.length > 0) throw new Error(`a handler failed: ${JSON.stringify(faults[0])}`);
      for (const event of fresh) ctx.emit(event as never);
    });
  };

  const run: ExchangeRun = {
    exchange,
    ctx,
    pipeline,
    events,
    logged,
    rejected,
    deaf: false,
    track: (users, by = 'selection') => ctx.track(users.map(address => ({ address, by, tier: undefined }))),
    async passTime(ms) {
      await run.until(() => false, ms);
    },
    async until(holds, atMostMs) {
      const end = Date.now() + atMostMs;
      let last = Date.now();
      while (Date.now() < end && !holds()) {
        await new Promise(resolve => setTimeout(resolve, stepMs));
        const now = Date.now();
        await exchange.advance(now - last);
        last = now;
      }
      await processing;
    },
    ledgerOf(user) {
      const positions = new Map<string, string>();
      for (const coin of exchange.state.coins) {
        if (coin.startsWith('@') || coin.includes('/')) continue;
        const row = pipeline.row(walletPosition.id, `${user}:${coin}`) as
          | { readonly size: string }
          | undefined;
        if (row !== undefined && row.size !== '0') positions.set(coin, row.size);
      }
      return positions;
    },
    history: key => rows.filter(item => item.key === key).map(({ row }) => row),
    admitGap(payload) {
      const draft = {
        ref: gap,
        key: payload.stream,
        tsEvent: payload.to,
        dedupe: `${payload.from}`,
        payload,
      };
      admit([draft as unknown as Draft]);
    },
    async stop() {
      stop.abort();
      await Promise.allSettled([collecting, tape.close()]);
      await processing;
      await exchange.stop();
      await budgets.close();
    },
  };

  const tape = createSocketPool(ctx, {
    wsUrl: exchange.wsUrl,
    connections: 4,
    limits: {
      ...{ connections: 5, newConnectionsPerMinute: 20, subscriptions: 850, users: 0 },
      framesPerMinute: 1_000,
    },
  });
  const perps = exchange.state.coins.filter(coin => !coin.startsWith('@') && !coin.includes('/'));
  for (const coin of perps) {
    tape.subscribe(
      { type: 'trades', coin },
      {
        data(data) {
          if (run.deaf) return;
          const trades = (data as unknown[]).map(decodeTrade);
          admit(asDrafts(trades.filter(item => typeof item !== 'string') as Collected[]));
        },
      },
    );
  }
  while (tape.status().confirmed < perps.length) await new Promise(resolve => setTimeout(resolve, 20));
  const collecting = (async () => {
    for await (const drafts of hyperliquidTraders.collect(ctx as never)) admit(drafts as Draft[]);
  })();
  collecting.catch(error => logged.push({ level: 'error', message: String(error), values: undefined }));
  return run;
}
