import { z } from 'zod';
import { candle, defineCollector, PluginError } from '../../../plugin-api/index.ts';
import {
  type CandleDraft,
  type CandleInterval,
  candleLengths,
  candleOf,
  isCandleInterval,
} from '../hyperliquid-messages/candles.ts';
import { collectCsv } from '../source-files/csv-source.ts';
import { stem } from '../source-files/list-files.ts';
import { sortingSettings } from '../source-files/source-config.ts';

const intervals = Object.keys(candleLengths) as [CandleInterval, ...CandleInterval[]];

const config = z.strictObject({
  ...sortingSettings,
  /** The length of the candles; default: what the file's name says, such as `candles_1h_top30.csv.gz`. */
  interval: z.enum(intervals).optional(),
  /** The coin, for files without a column for it. */
  coin: z.string().min(1).optional(),
  /** How long after its end a candle can be known. */
  availabilityMs: z.number().int().min(0).default(2_000),
  /** Which column holds what. */
  columns: z
    .strictObject({
      coin: z.string().default('coin'),
      openTime: z.string().default('t'),
      open: z.string().default('o'),
      high: z.string().default('h'),
      low: z.string().default('l'),
      close: z.string().default('c'),
      volume: z.string().default('v'),
      /** The number of trades; may be absent. */
      trades: z.string().default('n'),
    })
    .prefault({}),
});

/** Brings candles from CSV files, each when it could first have been known: after its end. */
export const candlesCsv = defineCollector({
  id: 'candles-csv',
  version: '1.0.0',
  api: '^1.0.0',
  doc: 'Reads candles from CSV files in the order in which they could be known.',
  config,
  emits: [candle],
  availability: 'declared',
  collect(ctx) {
    const { columns, coin, interval, availabilityMs } = ctx.config;
    const needed = [columns.openTime, columns.open, columns.high, columns.low, columns.close, columns.volume];
    return collectCsv<typeof candle>(ctx, {
      columns: coin === undefined ? [columns.coin, ...needed] : needed,
      decoder(file, header) {
        const length = interval ?? intervalOf(file.name);
        const at = (name: string) => header.position(name) ?? -1;
        const [coinAt, timeAt, openAt] = [at(columns.coin), at(columns.openTime), at(columns.open)];
        const [highAt, lowAt, closeAt] = [at(columns.high), at(columns.low), at(columns.close)];
        const [volumeAt, tradesAt] = [at(columns.volume), at(columns.trades)];
        return row =>
          candleOf({
            coin: coin ?? row[coinAt],
            interval: length,
            openTime: row[timeAt],
            open: row[openAt],
            high: row[highAt],
            low: row[lowAt],
            close: row[closeAt],
            volume: row[volumeAt],
            trades: row[tradesAt],
          });
      },
      availableAt: draft => (draft as unknown as CandleDraft).payload.closeTime + availabilityMs,
    });
  },
});

/** The length of candles that a file's name tells, such as `1h` in `candles_1h_top30.csv.gz`. */
export function intervalOf(name: string): CandleInterval {
  const found = stem(name)
    .split(/[^0-9A-Za-z]+/)
    .find(isCandleInterval);
  if (found !== undefined) return found;
  throw new PluginError('INPUT_INTERVAL', `The length of the candles in ${name} is not known.`, {
    expected: `one of ${intervals.join(' ')} in the file's name, or \`interval\` in the configuration`,
    found: name,
    hint: 'Set `interval`.',
  });
}
