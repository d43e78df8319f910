import { writeFile } from 'node:fs/promises';
import { Command } from 'commander';
import { UserError } from '../core/errors.ts';
import { normaliseAddress } from '../core/ingest.ts';
import { hideCredentials } from '../core/log.ts';
import type { Store } from '../core/store/store.ts';
import type { RowOf, walletCategories, walletFeatures, walletScores } from '../plugin-api/index.ts';
import { addConfigOptions, type ConfigFlags, loadConfigOf } from './config-options.ts';
import { withDatabase } from './open-database.ts';
import { renderReportHtml, renderReportText, type WalletProfile, type WalletReport } from './report/index.ts';
import type { Terminal } from './terminal.ts';

interface ReportFlags extends ConfigFlags {
  readonly html?: string;
  readonly minTx?: string;
  readonly uncategorised?: true;
  readonly fullInfluence?: string;
}

/** `hypersonar report`: what kinds of trader the wallets are. */
export function reportCommand(terminal: Terminal): Command {
  const command = new Command('report')
    .argument('[address...]', 'wallets; by default all')
    .option('--html <file>', 'also write the report as a page that needs nothing else')
    .option('--min-tx <number>', 'leave out wallets with fewer transactions')
    .option('--uncategorised', 'also list wallets in no category')
    .option('--full-influence <number>', 'the influence whose bar is full in the page (default 6)')
    .action((addresses: readonly string[], flags: ReportFlags) => report(addresses, flags, terminal));
  return addConfigOptions(command, ['config', 'database']);
}

async function report(named: readonly string[], flags: ReportFlags, terminal: Terminal): Promise<void> {
  const addresses = named.map(normaliseAddress);
  const { config } = await loadConfigOf(flags);
  const rules = config.plugins['wallet-categories']?.config as
    | { readonly minTxCount?: number; readonly showUncategorised?: boolean }
    | undefined;
  // A wallet that is asked for by name is shown whatever it did.
  const options = {
    minTxCount:
      flags.minTx === undefined ? (rules?.minTxCount ?? (named.length > 0 ? 0 : 1)) : countOf(flags.minTx),
    showUncategorised: flags.uncategorised ?? rules?.showUncategorised ?? named.length > 0,
    ...(flags.fullInfluence === undefined ? {} : { fullInfluence: influenceOf(flags.fullInfluence) }),
  };
  const content = await withDatabase(flags, store =>
    readReport(store, { addresses, source: hideCredentials(config.database.url) }),
  );
  terminal.out(renderReportText(content, options));
  if (flags.html === undefined) return;
  await writeFile(flags.html, renderReportHtml(content, options));
  terminal.note(`Written to ${flags.html}.`);
}

interface ReportRow {
  readonly wallet: string;
  readonly displayName: string | null;
  readonly features: RowOf<typeof walletFeatures>;
  readonly categories: RowOf<typeof walletCategories> | null;
  readonly scores: RowOf<typeof walletScores> | null;
}

async function readReport(
  store: Store,
  { addresses, source }: { readonly addresses: readonly string[]; readonly source: string },
): Promise<WalletReport> {
  const rows = await store.query<ReportRow>(
    `select f.key as wallet, t.display_name as "displayName", f.row as features, c.row as categories, s.row as scores
     from rows f
       left join rows c on c.key = f.key and c.ref = 'wallet.categories'
       left join rows s on s.key = f.key and s.ref = 'wallet.scores'
       left join traders t on t.address = f.key
     where f.ref = 'wallet.features' and ($1::text[] is null or f.key = any($1::text[]))
     order by f.key`,
    [addresses.length === 0 ? null : addresses],
  );
  const missing = addresses.filter(address => rows.every(row => row.wallet !== address));
  if (missing.length > 0) {
    throw new UserError(
      'SOURCE_NOT_FOUND',
      `Expected wallets that are in the database, found none of ${missing.join(', ')} there. Check the addresses, or replay a source that ` +
        'they are in.',
    );
  }
  const [facts] = await store.query<{ until: number | null; mode: string | null }>(
    `select (select max(last_seen)::float8 from traders) as until,
            (select mode from runs order by started_at desc limit 1) as mode`,
  );
  return {
    generatedAt: Date.now(),
    dataUntil: facts?.until ?? null,
    source,
    simulated: facts?.mode === 'simulated',
    profiles: rows.map(profileOf),
  };
}

function profileOf({ wallet, displayName, features, categories, scores }: ReportRow): WalletProfile {
  return {
    wallet,
    displayName,
    categories: categories?.categories ?? [],
    style: scores?.style ?? null,
    scores,
    txCount: features.txCount,
    ageDays: features.ageDays,
  };
}

function countOf(text: string): number {
  const count = Number(text);
  if (Number.isSafeInteger(count) && count >= 0) return count;
  throw new UserError('CONFIG_INVALID', `Expected --min-tx as a whole number from 0, found ${text}.`);
}

function influenceOf(text: string): number {
  const influence = Number(text);
  if (Number.isFinite(influence) && influence > 0) return influence;
  throw new UserError('CONFIG_INVALID', `Expected --full-influence as a number above 0, found ${text}.`);
}
