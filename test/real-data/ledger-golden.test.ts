import { describe, expect, it } from 'vitest';
import { createPipeline } from '../../src/core/pipeline.ts';
import { makePlan } from '../../src/core/plan.ts';
import { type RowOf, walletPerformance, type walletPosition } from '../../src/plugin-api/index.ts';
import { walletLedgerFeature } from '../../src/plugins/features/wallet-ledger/index.ts';
import { walletPerformanceFeature } from '../../src/plugins/features/wallet-performance/index.ts';
import { goldenMetrics, hasData, merged, walletFills } from './ledger-recordings.ts';

async function performanceOf(address: string) {
  const plan = makePlan({ plugins: [walletLedgerFeature, walletPerformanceFeature] });
  const pipeline = createPipeline({ plan });
  await pipeline.start();
  const source = walletFills(address);
  const last = source.times.at(-1)!;
  const sums = { fills: 0, makers: 0, closed: 0, pnl: 0, fees: 0 };
  for (const { events } of merged([source], { stops: [last + 5_000] })) {
    const output = await pipeline.process(events);
    const directions = new Map(events.map(event => [event.seq, event.payload.direction]));
    for (const { seq, row } of output.history) {
      const position = row as RowOf<typeof walletPosition>;
      // Note: that project leaves out purchases and sales of spot pairs and outcome shares, but not their settlement.
      const direction = directions.get(seq);
      if (position.source !== 'fill' || direction === 'Buy' || direction === 'Sell') continue;
      sums.fills++;
      if (position.taker === false) sums.makers++;
      sums.pnl += position.realisedPnl ?? 0;
      sums.fees += position.fee ?? 0;
    }
  }
  return { row: pipeline.row(walletPerformance.id, address) as RowOf<typeof walletPerformance>, sums };
}

describe.skipIf(!hasData)("the golden metrics of ten wallets, by another project's code", () => {
  for (const [address, golden] of Object.entries(hasData ? goldenMetrics() : {})) {
    it(`${address}`, async () => {
      const { row, sums } = await performanceOf(address);
      const all = row.windows.find(({ window }) => window === 'all')!;
      console.info(
        `${address.slice(0, 8)} maker share: ${golden.maker_share} golden, ${all.makerShare?.toFixed(4)} of notional, ${(sums.makers / sums.fills).toFixed(4)} of fills; ` +
          `PnL: ${golden.realized_pnl} golden, ${row.realisedPnl.toFixed(2)} net, ${sums.pnl.toFixed(2)} before fees of ${sums.fees.toFixed(2)}; gaps ${row.gaps}`,
      );
      // Its definitions: the share of fills, not of notional; the sum of closed PnL before fees and funding; no spot.
      expect((sums.makers / sums.fills).toFixed(4)).toBe(golden.maker_share);
      expect(sums.pnl.toFixed(2)).toBe(golden.realized_pnl);
    });
  }
});
