import {
  category,
  defineClassifier,
  defineFeature,
  feature,
  integer,
  number,
  string,
  trade,
  tradersOf,
} from 'hypersonar/plugin';
import { strictObject, number as zodNumber } from 'zod';

const DAY_MS = 86_400_000;

export const weekendShare = feature({
  id: 'example.weekend-share',
  version: 1,
  entity: 'trader',
  doc: 'How much of its trading a wallet does at weekends.',
  fields: {
    trades: integer({ unit: 'count', doc: 'Trades so far.', min: 0 }),
    weekendShare: number({
      unit: 'ratio',
      doc: 'Share of them on a Saturday or Sunday, UTC.',
      min: 0,
      max: 1,
    }),
  },
});

export const weekendTrader = category({
  id: 'example.weekend-trader',
  version: 1,
  entity: 'trader',
  doc: 'Whether a wallet trades mostly at weekends.',
  fields: {
    verdict: string({ doc: 'The category.' }),
    because: string({ doc: 'The rule that fired.' }),
  },
});

const share = defineFeature({
  id: 'weekend-share',
  version: '1.0.0',
  api: '^1.0.0',
  doc: 'Counts trades at weekends.',
  on: [trade],
  output: weekendShare,
  key: event => tradersOf(event.payload),
  initial: () => ({ trades: 0, weekend: 0 }),
  update(state, event) {
    state.trades++;
    // 1970-01-01 was a Thursday, so days 2 and 3 of each week since then are Saturday and Sunday.
    const day = Math.floor(event.tsEvent / DAY_MS) % 7;
    if (day === 2 || day === 3) state.weekend++;
  },
  value: ({ trades, weekend }) => ({ trades, weekendShare: weekend / trades }),
});

const classifier = defineClassifier({
  id: 'weekend-trader',
  version: '1.0.0',
  api: '^1.0.0',
  doc: 'Finds wallets that trade mostly at weekends.',
  config: strictObject({
    /** Fewer trades than this say nothing. */
    minTrades: zodNumber().int().min(1).default(10),
    enterAbove: zodNumber().min(0).max(1).default(0.6),
    /** Lower than `enterAbove`, so that a wallet near the border does not flicker. */
    leaveBelow: zodNumber().min(0).max(1).default(0.5),
  }),
  inputs: { weekend: weekendShare },
  output: weekendTrader,
  classify({ weekend }, previous, { config }) {
    const border = previous === undefined ? config.enterAbove : config.leaveBelow;
    if (weekend.trades < config.minTrades || weekend.weekendShare <= border) return undefined;
    return {
      verdict: 'Weekend Trader',
      because: `weekendShare > ${border} and trades >= ${config.minTrades}`,
    };
  },
});

export default [share, classifier];
