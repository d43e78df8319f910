import { z } from 'zod';
import { account, defineCollector } from '../../../plugin-api/index.ts';
import { accountOf } from '../hyperliquid-messages/accounts.ts';
import { collectCsv } from '../source-files/csv-source.ts';
import { sortingSettings } from '../source-files/source-config.ts';

const config = z.strictObject({
  ...sortingSettings,
  /** How long after its time a statement can be known. */
  availabilityMs: z.number().int().min(0).default(2_000),
  /** Which column holds what. The defaults are a shipped mapping, for `address,t,account_value,pnl`. */
  columns: z
    .strictObject({
      user: z.string().default('address'),
      time: z.string().default('t'),
      accountValue: z.string().default('account_value'),
      /** PnL since the account's beginning; may be absent. */
      totalPnl: z.string().default('pnl'),
    })
    .prefault({}),
});

/** Brings statements of wallets' equity from CSV files. */
export const accountsCsv = defineCollector({
  id: 'accounts-csv',
  version: '1.0.0',
  api: '^1.0.0',
  doc: "Reads wallets' equity over time from CSV files in the order of time.",
  config,
  emits: [account],
  availability: 'declared',
  collect(ctx) {
    const { columns, availabilityMs } = ctx.config;
    return collectCsv<typeof account>(ctx, {
      columns: [columns.user, columns.time, columns.accountValue],
      decoder(_file, header) {
        const at = (name: string) => header.position(name) ?? -1;
        const [userAt, timeAt] = [at(columns.user), at(columns.time)];
        const [valueAt, pnlAt] = [at(columns.accountValue), at(columns.totalPnl)];
        return row =>
          accountOf({
            user: row[userAt],
            time: row[timeAt],
            accountValue: row[valueAt],
            totalPnl: row[pnlAt],
          });
      },
      availableAt: draft => draft.tsEvent + availabilityMs,
    });
  },
});
