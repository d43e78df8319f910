import type {
  RowOf,
  walletCategories,
  walletFeatures,
  walletPerformance,
  walletScores,
} from '../../../plugin-api/index.ts';
import { forCandlesOf } from './candle-length.ts';
import type { WalletCategoriesConfig } from './config.ts';
import { emptyReading, fillReading, type ReadingName } from './reading.ts';
import { boostReads, type Rule } from './rule.ts';
import { occasionalRule, rulesOf } from './rules.ts';

type Categories = RowOf<typeof walletCategories>;
type CategoryItem = Categories['categories'][number];

interface RuleTable {
  readonly rules: readonly Rule[];
  readonly occasional: Rule;
}

// Note: configurations are frozen, so a table made from one stays right for as long as it lives.
const tables = new WeakMap<Readonly<WalletCategoriesConfig>, RuleTable>();
// Note: filled anew for each wallet. Classification runs for every changed wallet in every beat and mostly ends in the row
// that was there before; until then it makes no garbage.
const reading = emptyReading();
const fired: Rule[] = [];
const confidences: number[] = [];

/**
 * All categories of a wallet, most confident first; equal confidences stay in the order of the table. Answers `previous` when
 * the same categories hold in the same order and no confidence is `minConfidenceChange` or more away from it.
 */
export function categoriesOf(
  rows: {
    readonly features: RowOf<typeof walletFeatures>;
    readonly performance: RowOf<typeof walletPerformance> | undefined;
    readonly scores: RowOf<typeof walletScores> | undefined;
  },
  config: Readonly<WalletCategoriesConfig>,
  previous?: Categories,
): Categories {
  fillReading(reading, rows.features, rows.performance, rows.scores, config.boostAbove);
  fired.length = 0;
  confidences.length = 0;
  if (reading.txCount >= config.fewestTransactions && reading.txCount >= config.minTxCount) {
    fireRules(tableOf(config));
  }
  if (previous !== undefined && isNear(previous, config.minConfidenceChange)) return previous;
  if (fired.length === 0) return none;
  const categories = fired.map((rule, index) => itemOf(rule, confidences[index]!));
  return { primary: categories[0]!.category, categories };
}

const none: Categories = Object.freeze({ primary: null, categories: Object.freeze([]) });

function tableOf(config: Readonly<WalletCategoriesConfig>): RuleTable {
  let table = tables.get(config);
  if (table === undefined) {
    const thresholds = forCandlesOf(config.rules, config.candleMinutes);
    table = { rules: rulesOf(thresholds), occasional: occasionalRule(thresholds) };
    tables.set(config, table);
  }
  return table;
}

function fireRules({ rules, occasional }: RuleTable): void {
  let chain = '';
  for (const rule of rules) {
    if (rule.chain === chain || !rule.holds(reading)) continue;
    chain = rule.chain;
    fire(rule);
  }
  if (fired.length === 0 && occasional.holds(reading)) fire(occasional);
}

/** Puts a rule in behind those that are at least as confident. */
function fire(rule: Rule): void {
  const confidence = Math.min(Math.max(rule.confidence(reading), 0), 1);
  let index = fired.length;
  fired.push(rule);
  confidences.push(confidence);
  while (index > 0 && confidences[index - 1]! < confidence) {
    fired[index] = fired[index - 1]!;
    confidences[index] = confidences[index - 1]!;
    index--;
  }
  fired[index] = rule;
  confidences[index] = confidence;
}

function isNear({ categories }: Categories, minChange: number): boolean {
  if (categories.length !== fired.length) return false;
  for (let index = 0; index < categories.length; index++) {
    const before = categories[index]!;
    const rule = fired[index]!;
    if (before.category !== rule.category || before.rule !== rule.text) return false;
    const change = Math.abs(before.confidence - confidences[index]!);
    if (change !== 0 && change >= minChange) return false;
  }
  return true;
}

function itemOf(rule: Rule, confidence: number): CategoryItem {
  const values: CategoryItem['values'][number][] = [];
  const add = (name: ReadingName) => {
    const value = reading[name];
    if (!Number.isNaN(value) && values.every(known => known.name !== name)) values.push({ name, value });
  };
  rule.reads.forEach(add);
  if (rule.isBoosted) boostReads.forEach(add);
  return { category: rule.category, confidence, rule: rule.text, values };
}
