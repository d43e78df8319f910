import {
  defineClassifier,
  optional,
  type RowOf,
  walletCategories,
  walletFeatures,
  walletPerformance,
  walletScores,
} from '../../../plugin-api/index.ts';
import { categoriesOf } from './categories.ts';
import { walletCategoriesConfig } from './config.ts';

/** Names what kinds of trader a wallet is, by rules; scores of a wallet model add categories and raise confidences. */
export const walletCategoriesClassifier = defineClassifier({
  id: 'wallet-categories',
  version: '1.0.0',
  api: '^1.0.0',
  doc: 'Names what kinds of trader a wallet is, by rules that are shown with what they read.',
  config: walletCategoriesConfig,
  inputs: {
    features: walletFeatures,
    performance: optional(walletPerformance),
    scores: optional(walletScores),
  },
  output: walletCategories,
  classify: (inputs, previous, ctx) => {
    const row = categoriesOf(inputs, ctx.config);
    if (row.primary === null && previous === undefined && !ctx.config.showUncategorised) return undefined;
    // Note: each trade moves confidences by a little. What is kept for ever is a change that says something.
    return previous !== undefined && sameCategories(previous, row, ctx.config.minConfidenceChange)
      ? previous
      : row;
  },
});

type Categories = RowOf<typeof walletCategories>;

/** Whether the same categories hold in the same order with nearly the same confidences. */
function sameCategories(one: Categories, other: Categories, minChange: number): boolean {
  const { length } = one.categories;
  if (length !== other.categories.length) return false;
  for (let index = 0; index < length; index++) {
    const before = one.categories[index]!;
    const after = other.categories[index]!;
    if (before.category !== after.category || before.rule !== after.rule) return false;
    const change = Math.abs(before.confidence - after.confidence);
    if (change !== 0 && change >= minChange) return false;
  }
  return true;
}
