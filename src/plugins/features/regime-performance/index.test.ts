import { describe, expect, it } from 'vitest';
import { fillBetween } from '../../../../test/fixtures/fill-events.ts';
import { marketRow } from '../../../../test/fixtures/market-rows.ts';
import { addressOf } from '../../../../test/fixtures/wallet-rows.ts';
import { createPipeline } from '../../../core/pipeline.ts';
import { makePlan } from '../../../core/plan.ts';
import { defineFeature, fill, mark, marketState, timer, toNumber } from '../../../plugin-api/index.ts';
import { conformance, tapeBuilder } from '../../../testing/index.ts';
import { marketRegimeFeature } from '../market-regime/index.ts';
import { marketStateFeature } from '../market-state/index.ts';
import { walletLedgerFeature } from '../wallet-ledger/index.ts';
import { regimePerformanceFeature } from './index.ts';

const midnight = Date.UTC(2026, 0, 1);
const minute = 60_000;
const wallet = addressOf(1);

/** A market whose 5-minute volatility is what the last mark says, against .001 for the day. */
const toldMarket = defineFeature({
  id: 'told-market',
  version: '1.0.0',
  api: '^1.0.0',
  doc: 'Takes volatility from marks.',
  on: [mark],
  output: marketState,
  key: event => event.key,
  initial: () => ({ sigma5m: 0 }),
  update(state, event) {
    state.sigma5m = toNumber(event.payload.mid ?? '0');
  },
  value: state => marketRow({ sigma5m: state.sigma5m, sigma24h: 0.001, dayReturn: 0, price: 1 }),
});

describe('regime performance', () => {
  const options = { with: [marketStateFeature, walletLedgerFeature, marketRegimeFeature] };
  for (const check of conformance(regimePerformanceFeature, options)) it(check.name, check.run);

  it('sums PnL over closed notional for each regime, by what the market was at the close', async () => {
    const plan = makePlan({
      plugins: [toldMarket, marketRegimeFeature, walletLedgerFeature, regimePerformanceFeature],
    });
    const pipeline = createPipeline({ plan, strict: true });
    const tape = tapeBuilder();
    let at = midnight + minute;
    const volatility = (sigma: string) => {
      at += minute;
      const payload = {
        coin: 'BTC',
        mid: sigma,
        mark: null,
        oracle: null,
        openInterest: null,
        dayVolumeUsd: null,
      };
      tape.add(mark, { key: 'BTC', at, payload });
    };
    const goes = (before: number, after: number, price: number) => {
      at += minute;
      tape.add(fill, { key: wallet, at, payload: fillBetween(wallet, 'ETH', before, after, price) });
    };
    volatility('0.0001');
    goes(0, 10, 100);
    // Ranging: 4 of 10 closed at 110, +40 on 440. Then 6 at 95 and a short of 4: -30 on 570.
    goes(10, 6, 110);
    goes(6, -4, 95);
    volatility('0.01');
    // High volatility: 4 bought back at 90, +20 on 360.
    goes(-4, 0, 90);
    tape.add(timer, { key: 'market', at: at + minute, payload: { name: 'beat' } });
    const { faults } = await pipeline.process(tape.events);
    expect(faults).toEqual([]);
    expect(pipeline.row('wallet.regime', wallet)).toEqual({
      regimes: [
        { regime: 'high-volatility', closes: 1, return: expect.closeTo(20 / 360, 12) },
        { regime: 'trending', closes: 0, return: null },
        { regime: 'ranging', closes: 2, return: expect.closeTo(10 / 1_010, 12) },
      ],
      returnOverall: expect.closeTo(30 / 1_370, 12),
      meanAbsoluteReturn: expect.closeTo(90 / 1_370, 12),
    });
  });
});
