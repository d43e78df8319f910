/*
 * What it costs to take trades through decoding, ledger, market state and the 36 wallet features, against only parsing the
 * same lines. Both are measured in turns in one process, in processor time, so that a busy machine changes little.
 *
 * BENCH_QUICK=1 takes fewer trades and at most 100 k wallets.
 */
import type { OutputBatch, TapeEvent } from '../src/core/event.ts';
import { createPipeline, type Pipeline } from '../src/core/pipeline.ts';
import { makePlan } from '../src/core/plan.ts';
import { decodeTradeLine } from '../src/plugins/collectors/hyperliquid-messages/trade-line.ts';
import { marketStateFeature } from '../src/plugins/features/market-state/index.ts';
import { walletBehaviourFeature } from '../src/plugins/features/wallet-behaviour/index.ts';
import { walletLedgerFeature } from '../src/plugins/features/wallet-ledger/index.ts';
import { bytesInUse, isQuick, report } from './support/report.ts';
import { type TradeLines, tradeLines } from './support/trades.ts';

const coins = 200;
const rate = 250;
/** Events in a batch; parsing alone and the pipeline take the same lines in turns of so many. */
const batchSize = 500;
const timed = isQuick ? 60_000 : 300_000;
const many = isQuick ? 100_000 : 1_000_000;
const begin = Date.UTC(2025, 9, 10);

interface Feeder {
  readonly pipeline: Pipeline;
  seq: number;
  rows: number;
}

const newFeeder = (): Feeder => ({
  pipeline: createPipeline({
    plan: makePlan({ plugins: [walletLedgerFeature, walletBehaviourFeature, marketStateFeature] }),
  }),
  seq: 0,
  rows: 0,
});

function decode(line: string, seq: number): TapeEvent {
  const draft = decodeTradeLine(line);
  if (typeof draft === 'string') throw new Error(draft);
  const { ref, key, tsEvent, dedupe, payload } = draft;
  return { seq, ref, type: ref.id, key, tsEvent, tsIngest: tsEvent + 200, source: 'bench', dedupe, payload };
}

function feed(feeder: Feeder, lines: readonly string[]): void {
  const events: TapeEvent[] = [];
  for (let i = 0; i < lines.length; i++) events.push(decode(lines[i] as string, ++feeder.seq));
  const outputs = feeder.pipeline.process(events) as OutputBatch;
  feeder.rows += outputs.latest.length + outputs.history.length;
  if (outputs.faults[0] !== undefined) throw new Error(JSON.stringify(outputs.faults[0]));
}

let parsed = 0;
function parseOnly(lines: readonly string[]): void {
  for (let i = 0; i < lines.length; i++) parsed += JSON.parse(lines[i] as string).tid;
}

/** Makes lines as they would come from a source, a batch at a time: held in no list, so that they are nobody's memory. */
function* batches(options: TradeLines): Generator<string[]> {
  let batch: string[] = [];
  for (const line of tradeLines(options)) {
    batch.push(line);
    if (batch.length < batchSize) continue;
    yield batch;
    batch = [];
  }
}

/** Runs trades of `wallets` wallets, each of which has traded before. */
function measure(wallets: number, choice: 'uniform' | 'zipf') {
  const before = bytesInUse();
  const feeder = newFeeder();
  const warm = Math.max(wallets, 50_000);
  const shared = { wallets, coins, rate };
  for (const batch of batches({ ...shared, count: warm, choice: 'each', seed: 1, from: begin, firstId: 1 })) {
    feed(feeder, batch);
  }
  const from = begin + Math.ceil((warm * 1000) / rate);
  let parseMs = 0;
  let fullMs = 0;
  feeder.rows = 0;
  for (const batch of batches({ ...shared, count: timed, choice, seed: 2, from, firstId: warm + 1 })) {
    const start = cpuMs();
    parseOnly(batch);
    const middle = cpuMs();
    feed(feeder, batch);
    fullMs += cpuMs() - middle;
    parseMs += middle - start;
  }
  const rowsPerTrade = feeder.rows / timed;
  const bytesPerWallet = (bytesInUse() - before) / wallets;
  return {
    wallets,
    choice,
    ratio: round(parseMs / fullMs, 3),
    parseMicroseconds: round((parseMs / timed) * 1000, 3),
    fullMicroseconds: round((fullMs / timed) * 1000, 3),
    rowsPerTrade: round(rowsPerTrade, 2),
    bytesPerWallet: Math.round(bytesPerWallet),
    // Keeps the pipeline alive until its memory has been measured.
    seq: feeder.pipeline.seq,
  };
}

/** Processor time of all threads of this process, those of the garbage collector included: what else runs does not count. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

const round = (value: number, digits: number) => Number(value.toFixed(digits));

measure(1000, 'zipf');
const results = [
  measure(10_000, 'uniform'),
  measure(10_000, 'zipf'),
  measure(many, 'uniform'),
  measure(many, 'zipf'),
];
const [fewUniform, fewZipf, manyUniform, manyZipf] = results as [
  ReturnType<typeof measure>,
  ReturnType<typeof measure>,
  ReturnType<typeof measure>,
  ReturnType<typeof measure>,
];
const slowerUniform = round(fewUniform.ratio / manyUniform.ratio, 2);
const slowerZipf = round(fewZipf.ratio / manyZipf.ratio, 2);
report(
  'pipeline',
  `${fewUniform.ratio} of the speed of JSON.parse alone at 10 k wallets (zipf ${fewZipf.ratio}; limit 0.25, aim 0.5), ` +
    `${slowerUniform}x slower at ${many.toLocaleString('en')} (zipf ${slowerZipf}x; limit 1.5x), ` +
    `${manyUniform.bytesPerWallet} bytes a wallet there (limit 2048)`,
  { ratio: fewUniform.ratio, slowerUniform, slowerZipf, results, lines: parsed > 0 },
);
