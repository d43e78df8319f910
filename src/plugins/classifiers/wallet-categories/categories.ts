import type {
  RowOf,
  walletCategories,
  walletFeatures,
  walletPerformance,
  walletScores,
} from '../../../plugin-api/index.ts';
import type { WalletCategoriesConfig } from './config.ts';
import { emptyReading, fillReading, type WalletReading } from './reading.ts';
import type { Rule } from './rule.ts';
import { occasionalRule, rulesOf } from './rules.ts';

type CategoryItem = RowOf<typeof walletCategories>['categories'][number];

interface RuleTable {
  readonly rules: readonly Rule[];
  readonly occasional: Rule;
}

// Note: configurations are frozen, so a table made from one stays right for as long as it lives.
const tables = new WeakMap<WalletCategoriesConfig['rules'], RuleTable>();
// Note: filled anew for each wallet; classification runs for every changed wallet in every beat.
const reading = emptyReading();

/** All categories of a wallet, most confident first; equal confidences stay in the order of the table. */
export function categoriesOf(
  rows: {
    readonly features: RowOf<typeof walletFeatures>;
    readonly performance: RowOf<typeof walletPerformance> | undefined;
    readonly scores: RowOf<typeof walletScores> | undefined;
  },
  config: Readonly<WalletCategoriesConfig>,
): RowOf<typeof walletCategories> {
  fillReading(reading, rows.features, rows.performance, rows.scores, config.boostAbove);
  if (reading.txCount < config.fewestTransactions || reading.txCount < config.minTxCount) return none;
  const table = tableOf(config.rules);
  const categories: CategoryItem[] = [];
  let chain = '';
  for (const rule of table.rules) {
    if (rule.chain === chain || !rule.holds(reading)) continue;
    chain = rule.chain;
    categories.push(itemOf(rule, reading));
  }
  if (categories.length === 0 && table.occasional.holds(reading)) {
    categories.push(itemOf(table.occasional, reading));
  }
  if (categories.length === 0) return none;
  if (categories.length > 1) categories.sort((one, other) => other.confidence - one.confidence);
  return { primary: categories[0]!.category, categories };
}

const none: RowOf<typeof walletCategories> = Object.freeze({ primary: null, categories: Object.freeze([]) });

function tableOf(rules: WalletCategoriesConfig['rules']): RuleTable {
  let table = tables.get(rules);
  if (table === undefined) {
    table = { rules: rulesOf(rules), occasional: occasionalRule(rules) };
    tables.set(rules, table);
  }
  return table;
}

function itemOf(rule: Rule, wallet: WalletReading): CategoryItem {
  const values: CategoryItem['values'][number][] = [];
  for (const name of rule.reads) {
    const value = wallet[name];
    if (!Number.isNaN(value)) values.push({ name, value });
  }
  const confidence = Math.min(Math.max(rule.confidence(wallet), 0), 1);
  return { category: rule.category, confidence, rule: rule.text, values };
}
