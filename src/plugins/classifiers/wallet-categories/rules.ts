import type { Thresholds } from './config.ts';
import { habitRules } from './habit-rules.ts';
import { marketRules } from './market-rules.ts';
import type { Rule } from './rule.ts';
import { scoreRules } from './score-rules.ts';
import { sizeRules } from './size-rules.ts';

/** The table of categories, in its order. Nothing but thresholds can change it. */
export const rulesOf = (all: Thresholds): readonly Rule[] => [
  ...habitRules(all),
  ...sizeRules(all),
  ...marketRules(all),
  ...scoreRules(all),
];

/** The category of wallets that trade now and then and are nothing else. */
export function occasionalRule({ occasionalTrader: t }: Thresholds): Rule {
  return {
    category: 'Occasional Trader',
    chain: 'occasional',
    text: `no other category, txCount >= ${t.txCount}, txPerDay > ${t.txPerDay}`,
    reads: ['txCount', 'txPerDay'],
    holds: w => w.txCount >= t.txCount && w.txPerDay > t.txPerDay,
    confidence: () => t.confidence,
  };
}
