import type { Thresholds } from './config.ts';
import type { Rule } from './rule.ts';

const { min } = Math;

/** Rules that read nothing but the scores of a wallet model. */
export const scoreRules = (all: Thresholds): readonly Rule[] => [
  profitableTrader(all.profitableTrader),
  possiblyProfitableTrader(all.possiblyProfitableTrader),
  highRiskTrader(all.highRiskTrader),
  moderateRiskTrader(all.moderateRiskTrader),
  sophisticatedTrader(all.sophisticatedTrader),
  possiblySophisticatedTrader(all.possiblySophisticatedTrader),
  influentialTrader(all.influentialTrader),
  possiblyInfluentialTrader(all.possiblyInfluentialTrader),
];

const profitableTrader = (t: Thresholds['profitableTrader']): Rule => ({
  category: 'Profitable Trader',
  chain: 'profit',
  text: `profitability > ${t.profitability}, txCount >= ${t.txCount}`,
  reads: ['profitability', 'txCount', 'sophistication'],
  holds: w => w.profitability > t.profitability && w.txCount >= t.txCount,
  confidence: w =>
    min(t.most, t.profitabilityShare * w.profitability + t.sophisticationShare * w.sophistication),
});

const possiblyProfitableTrader = (t: Thresholds['possiblyProfitableTrader']): Rule => ({
  category: 'Possibly Profitable Trader',
  chain: 'profit',
  text: `else profitability > ${t.profitability}, txCount >= ${t.txCount}`,
  reads: ['profitability', 'txCount', 'sophistication'],
  holds: w => w.profitability > t.profitability && w.txCount >= t.txCount,
  confidence: w =>
    min(t.most, t.profitabilityShare * w.profitability + t.sophisticationShare * w.sophistication),
});

const highRiskTrader = (t: Thresholds['highRiskTrader']): Rule => ({
  category: 'High Risk Trader',
  chain: 'risk',
  text: `risk > ${t.risk}, txCount >= ${t.txCount}`,
  reads: ['risk', 'txCount', 'sophistication'],
  holds: w => w.risk > t.risk && w.txCount >= t.txCount,
  confidence: w => min(t.most, t.riskShare * w.risk + t.sophisticationShare * w.sophistication),
});

const moderateRiskTrader = (t: Thresholds['moderateRiskTrader']): Rule => ({
  category: 'Moderate Risk Trader',
  chain: 'risk',
  text: `else risk > ${t.risk}, txCount >= ${t.txCount}`,
  reads: ['risk', 'txCount'],
  holds: w => w.risk > t.risk && w.txCount >= t.txCount,
  confidence: w => min(t.most, t.riskShare * w.risk),
});

const sophisticatedTrader = (t: Thresholds['sophisticatedTrader']): Rule => ({
  category: 'Sophisticated Trader',
  chain: 'sophistication',
  text: `sophistication > ${t.sophistication}, txCount >= ${t.txCount}`,
  reads: ['sophistication', 'txCount', 'profitability', 'risk'],
  holds: w => w.sophistication > t.sophistication && w.txCount >= t.txCount,
  confidence: w =>
    min(
      t.most,
      t.sophisticationShare * w.sophistication +
        t.profitabilityShare * w.profitability +
        t.riskShare * w.risk,
    ),
});

const possiblySophisticatedTrader = (t: Thresholds['possiblySophisticatedTrader']): Rule => ({
  category: 'Possibly Sophisticated Trader',
  chain: 'sophistication',
  text: `else sophistication > ${t.sophistication}, txCount >= ${t.txCount}`,
  reads: ['sophistication', 'txCount'],
  holds: w => w.sophistication > t.sophistication && w.txCount >= t.txCount,
  confidence: w => min(t.most, t.sophisticationShare * w.sophistication),
});

const influentialTrader = (t: Thresholds['influentialTrader']): Rule => ({
  category: 'Influential Trader',
  chain: 'influence',
  text: `influence > ${t.influence}, txCount >= ${t.txCount}`,
  reads: ['influence', 'txCount', 'sophistication'],
  holds: w => w.influence > t.influence && w.txCount >= t.txCount,
  confidence: w =>
    min(
      t.most,
      t.influenceShare * min(1, w.influence / t.influenceFull) + t.sophisticationShare * w.sophistication,
    ),
});

const possiblyInfluentialTrader = (t: Thresholds['possiblyInfluentialTrader']): Rule => ({
  category: 'Possibly Influential Trader',
  chain: 'influence',
  text: `else influence > ${t.influence}, txCount >= ${t.txCount}`,
  reads: ['influence', 'txCount'],
  holds: w => w.influence > t.influence && w.txCount >= t.txCount,
  confidence: w => min(t.most, t.influenceShare * min(1, w.influence / t.influenceFull)),
});
