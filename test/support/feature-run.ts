import type { HistoryRow, TapeEvent } from '../../src/core/event.ts';
import { createPipeline, type Pipeline } from '../../src/core/pipeline.ts';
import { makePlan } from '../../src/core/plan.ts';
import {
  type fill,
  type Plugins,
  type position,
  type Ref,
  type RowOf,
  timer,
  type trade,
} from '../../src/plugin-api/index.ts';

export const alice = `0x${'a'.repeat(40)}`;
export const bob = `0x${'b'.repeat(40)}`;
export const carol = `0x${'c'.repeat(40)}`;

/** A trade of 1 BTC at 100 that alice buys from bob as the taker, but for what is given. */
export function tradeOf(parts: Partial<RowOf<typeof trade>> = {}): RowOf<typeof trade> {
  return {
    coin: 'BTC',
    price: '100',
    size: '1',
    takerSide: 'buy',
    buyer: alice,
    seller: bob,
    tradeId: 1,
    hash: `0x${'1'.repeat(64)}`,
    ...parts,
  };
}

/** A fill by which alice buys 1 BTC at 100 from flat, as the taker and without a fee, but for what is given. */
export function fillOf(parts: Partial<RowOf<typeof fill>> = {}): RowOf<typeof fill> {
  return {
    user: alice,
    coin: 'BTC',
    price: '100',
    size: '1',
    side: 'buy',
    startPosition: '0.0',
    direction: null,
    closedPnl: '0.0',
    fee: '0.0',
    feeToken: 'USDC',
    crossed: true,
    hash: `0x${'1'.repeat(64)}`,
    orderId: 1,
    tradeId: 1,
    twapId: null,
    liquidatedUser: null,
    ...parts,
  };
}

/** A statement that alice is long 1 BTC from 100, but for what is given. */
export function positionOf(parts: Partial<RowOf<typeof position>> = {}): RowOf<typeof position> {
  return {
    user: alice,
    coin: 'BTC',
    size: '1.0',
    entryPrice: '100',
    leverage: null,
    leverageType: null,
    marginUsed: null,
    liquidationPrice: null,
    unrealisedPnl: null,
    positionValue: null,
    ...parts,
  };
}

export interface FeatureRun {
  readonly pipeline: Pipeline;
  /** All rows of a ref emitted per event, in order. */
  history<R extends Ref>(ref: R, key?: string): RowOf<R>[];
  row<R extends Ref>(ref: R, key: string): RowOf<R> | undefined;
}

/** Runs features over a tape and closes the last beat. A fault fails the test. */
export async function runFeatures(
  plugins: Plugins,
  events: readonly TapeEvent[],
  options: { readonly config?: Record<string, unknown>; readonly until?: number } = {},
): Promise<FeatureRun> {
  const plan = makePlan({ plugins, config: options.config ?? {} });
  const pipeline = createPipeline({ plan, strict: true });
  await pipeline.start();
  const history: HistoryRow[] = [];
  const take = async (batch: readonly TapeEvent[]) => {
    const output = await pipeline.process(batch);
    if (output.faults.length > 0) throw new Error(`a handler failed: ${JSON.stringify(output.faults[0])}`);
    for (const row of output.history) history.push(row);
  };
  for (let start = 0; start < events.length; start += 2_000) await take(events.slice(start, start + 2_000));
  const last = events.at(-1);
  if (last !== undefined) await take([beatAfter(last, options.until ?? last.tsIngest + 2_000)]);
  return {
    pipeline,
    history: (ref, key) =>
      history
        .filter(item => item.ref.id === ref.id && (key === undefined || item.key === key))
        .map(item => item.row as never),
    row: (ref, key) => pipeline.row(ref.id, key) as never,
  };
}

function beatAfter(last: TapeEvent, time: number): TapeEvent {
  return {
    seq: last.seq + 1,
    ref: timer,
    type: timer.id,
    key: 'market',
    tsEvent: time,
    tsIngest: time,
    source: 'core',
    dedupe: `beat ${time}`,
    payload: { name: 'beat' },
  };
}
