import { z } from 'zod';
import { defineCollector, funding } from '../../../plugin-api/index.ts';
import { fundingOf } from '../hyperliquid-messages/markets.ts';
import { collectCsv } from '../source-files/csv-source.ts';
import { sortingSettings } from '../source-files/source-config.ts';

const config = z.strictObject({
  ...sortingSettings,
  /** The coin, for files without a column for it. */
  coin: z.string().min(1).optional(),
  /** How long after its time a rate can be known. */
  availabilityMs: z.number().int().min(0).default(2_000),
  /** Which column holds what. */
  columns: z
    .strictObject({
      coin: z.string().default('coin'),
      time: z.string().default('t'),
      rate: z.string().default('funding'),
      /** The premium over the oracle; may be absent. */
      premium: z.string().default('premium'),
    })
    .prefault({}),
});

/** Brings hourly funding rates from CSV files. */
export const fundingCsv = defineCollector({
  id: 'funding-csv',
  version: '1.0.0',
  api: '^1.0.0',
  doc: 'Reads funding rates from CSV files in the order of time.',
  config,
  emits: [funding],
  availability: 'declared',
  collect(ctx) {
    const { columns, coin, availabilityMs } = ctx.config;
    const needed = [columns.time, columns.rate];
    return collectCsv<typeof funding>(ctx, {
      columns: coin === undefined ? [columns.coin, ...needed] : needed,
      decoder(_file, header) {
        const at = (name: string) => header.position(name) ?? -1;
        const [coinAt, timeAt] = [at(columns.coin), at(columns.time)];
        const [rateAt, premiumAt] = [at(columns.rate), at(columns.premium)];
        return row =>
          fundingOf({
            coin: coin ?? row[coinAt],
            time: row[timeAt],
            rate: row[rateAt],
            premium: row[premiumAt],
          });
      },
      availableAt: draft => draft.tsEvent + availabilityMs,
    });
  },
});
