import type { Thresholds } from './config.ts';
import { boost, orZero, type Rule } from './rule.ts';

const { max, min } = Math;

/** Rules about how much a wallet trades, and in how many tokens. */
export const sizeRules = (all: Thresholds): readonly Rule[] => [
  whaleRule('Whale', '', all.whale),
  whaleRule('Possible Whale', 'else ', all.possibleWhale),
  tokenCollector(all.tokenCollector),
  possibleTokenCollector(all.possibleTokenCollector),
  arbitrageur(all.arbitrageur),
  possibleArbitrageur(all.possibleArbitrageur),
];

const tokenCollector = (t: Thresholds['tokenCollector']): Rule => ({
  category: 'Token Collector',
  chain: 'collector',
  text: `uniqueTokens > ${t.uniqueTokens}, erc20Count > ${t.erc20PerTx} txCount, txCount >= ${t.txCount}`,
  reads: ['uniqueTokens', 'erc20Count', 'txCount'],
  holds: w =>
    w.uniqueTokens > t.uniqueTokens && w.erc20Count > t.erc20PerTx * w.txCount && w.txCount >= t.txCount,
  confidence: w =>
    min(
      t.most,
      (w.uniqueTokens / t.uniqueTokensFull) * (w.erc20Count / max(t.erc20PerTxFull * w.txCount, 1)),
    ),
});

const possibleTokenCollector = (t: Thresholds['possibleTokenCollector']): Rule => ({
  category: 'Possible Token Collector',
  chain: 'collector',
  text: `else uniqueTokens > ${t.uniqueTokens}, erc20Count > ${t.erc20PerTx} txCount, txCount >= ${t.txCount}`,
  reads: ['uniqueTokens', 'erc20Count', 'txCount'],
  holds: w =>
    w.uniqueTokens > t.uniqueTokens && w.erc20Count > t.erc20PerTx * w.txCount && w.txCount >= t.txCount,
  confidence: () => t.confidence,
});

const arbitrageur = (t: Thresholds['arbitrageur']): Rule => ({
  category: 'Arbitrageur',
  chain: 'arbitrageur',
  text: `uniqueTokens > ${t.uniqueTokens}, flipRate > ${t.flipRate}, txCount >= ${t.txCount}`,
  reads: ['uniqueTokens', 'flipRate', 'txCount', 'profitability', 'sophistication'],
  isBoosted: true,
  holds: w => w.uniqueTokens > t.uniqueTokens && w.flipRate > t.flipRate && w.txCount >= t.txCount,
  confidence: w =>
    min(
      t.most,
      t.behaviourShare * min(1, (w.uniqueTokens / t.uniqueTokensFull) * w.flipRate) +
        boost(w, t.profitabilityShare * w.profitability + t.sophisticationShare * w.sophistication),
    ),
});

const possibleArbitrageur = (t: Thresholds['possibleArbitrageur']): Rule => ({
  category: 'Possible Arbitrageur',
  chain: 'arbitrageur',
  text: `else uniqueTokens > ${t.uniqueTokens}, flipRate > ${t.flipRate}, txCount >= ${t.txCount}`,
  reads: ['uniqueTokens', 'flipRate', 'txCount', 'profitability', 'sophistication'],
  isBoosted: true,
  holds: w => w.uniqueTokens > t.uniqueTokens && w.flipRate > t.flipRate && w.txCount >= t.txCount,
  confidence: w =>
    min(
      t.most,
      t.base + boost(w, t.profitabilityShare * w.profitability + t.sophisticationShare * w.sophistication),
    ),
});

function whaleRule(category: string, otherwise: string, t: Thresholds['whale']): Rule {
  return {
    category,
    chain: 'whale',
    text: `${otherwise}txCount >= ${t.txCount} and ((maxValue > ${t.maxValue} and totalValue > ${t.totalValue}) or totalValue > ${t.totalValueAlone})`,
    reads: ['txCount', 'maxValue', 'totalValue'],
    holds: w =>
      w.txCount >= t.txCount &&
      ((w.maxValue > t.maxValue && w.totalValue > t.totalValue) || w.totalValue > t.totalValueAlone),
    confidence: w =>
      min(
        t.most,
        t.maxValueShare * (orZero(w.maxValue) / t.maxValueFull) +
          t.totalValueShare * (w.totalValue / t.totalValueFull),
      ),
  };
}
