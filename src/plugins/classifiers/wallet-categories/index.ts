import {
  defineClassifier,
  optional,
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
    const row = categoriesOf(inputs, ctx.config, previous);
    return row.primary === null && previous === undefined && !ctx.config.showUncategorised ? undefined : row;
  },
});
