import type { Thresholds } from './config.ts';
import { boost, type Rule } from './rule.ts';

const { max, min } = Math;

/** Rules about how often a wallet trades, and how evenly. */
export const habitRules = (all: Thresholds): readonly Rule[] => [
  bot(all.bot),
  possibleBot(all.possibleBot),
  scalper(all.scalper),
  possibleScalper(all.possibleScalper),
  activeTrader(all.activeTrader),
  moderateTrader(all.moderateTrader),
  hodler(all.hodler),
  possibleHodler(all.possibleHodler),
  dormant(all.dormant),
];

const bot = (t: Thresholds['bot']): Rule => ({
  category: 'Bot',
  chain: 'bot',
  text: `bot > ${t.bot}, txCount >= ${t.txCount}`,
  reads: ['bot', 'txCount', 'sophistication'],
  holds: w => w.bot > t.bot && w.txCount >= t.txCount,
  confidence: w => min(t.most, t.botShare * w.bot + t.sophisticationShare * w.sophistication),
});

const possibleBot = (t: Thresholds['possibleBot']): Rule => ({
  category: 'Possible Bot',
  chain: 'bot',
  text: `else bot > ${t.bot}, txCount >= ${t.txCount}`,
  reads: ['bot', 'txCount', 'sophistication'],
  holds: w => w.bot > t.bot && w.txCount >= t.txCount,
  confidence: w => min(t.most, t.botShare * w.bot + t.sophisticationShare * w.sophistication),
});

const scalper = (t: Thresholds['scalper']): Rule => ({
  category: 'Scalper',
  chain: 'scalper',
  text: `txPerDay > ${t.txPerDay}, sizeEntropy < ${t.sizeEntropy}, txCount >= ${t.txCount}`,
  reads: ['txPerDay', 'sizeEntropy', 'txCount', 'sophistication', 'risk'],
  isBoosted: true,
  holds: w => w.txPerDay > t.txPerDay && w.sizeEntropy < t.sizeEntropy && w.txCount >= t.txCount,
  confidence: w =>
    min(
      t.most,
      t.behaviourShare * min(1, (w.txPerDay / t.txPerDayFull) * (1 - w.sizeEntropy)) +
        boost(w, t.sophisticationShare * w.sophistication + t.riskShare * w.risk),
    ),
});

const possibleScalper = (t: Thresholds['possibleScalper']): Rule => ({
  category: 'Possible Scalper',
  chain: 'scalper',
  text: `else txPerDay > ${t.txPerDay}, sizeEntropy < ${t.sizeEntropy}, txCount >= ${t.txCount}`,
  reads: ['txPerDay', 'sizeEntropy', 'txCount', 'sophistication'],
  isBoosted: true,
  holds: w => w.txPerDay > t.txPerDay && w.sizeEntropy < t.sizeEntropy && w.txCount >= t.txCount,
  confidence: w => min(t.most, t.base + boost(w, t.sophisticationShare * w.sophistication)),
});

const activeTrader = (t: Thresholds['activeTrader']): Rule => ({
  category: 'Active Trader',
  chain: 'activity',
  text: `${t.txPerDayFrom} <= txPerDay <= ${t.txPerDayTo}, burstiness > ${t.burstiness}, txCount >= ${t.txCount}`,
  reads: ['txPerDay', 'burstiness', 'txCount', 'profitability', 'sophistication'],
  isBoosted: true,
  holds: w =>
    w.txPerDay >= t.txPerDayFrom &&
    w.txPerDay <= t.txPerDayTo &&
    w.burstiness > t.burstiness &&
    w.txCount >= t.txCount,
  confidence: w =>
    min(
      t.most,
      t.behaviourShare * min(1, w.txPerDay / t.txPerDayFull) +
        boost(w, t.profitabilityShare * w.profitability + t.sophisticationShare * w.sophistication),
    ),
});

const moderateTrader = (t: Thresholds['moderateTrader']): Rule => ({
  category: 'Moderate Trader',
  chain: 'activity',
  text: `else ${t.txPerDayFrom} <= txPerDay <= ${t.txPerDayTo}, txCount >= ${t.txCount}`,
  reads: ['txPerDay', 'txCount', 'profitability'],
  isBoosted: true,
  holds: w => w.txPerDay >= t.txPerDayFrom && w.txPerDay <= t.txPerDayTo && w.txCount >= t.txCount,
  confidence: w => min(t.most, t.base + boost(w, t.profitabilityShare * w.profitability)),
});

const hodler = (t: Thresholds['hodler']): Rule => ({
  category: 'HODLer',
  chain: 'hodler',
  text: `txPerDay < ${t.txPerDay}, ageDays > ${t.ageDays}`,
  reads: ['txPerDay', 'ageDays'],
  holds: w => w.txPerDay < t.txPerDay && w.ageDays > t.ageDays,
  confidence: w =>
    min(
      t.most,
      (t.ageDays / max(w.ageDays, t.leastAgeDays)) * (t.txPerDay / max(w.txPerDay, t.leastTxPerDay)),
    ),
});

const possibleHodler = (t: Thresholds['possibleHodler']): Rule => ({
  category: 'Possible HODLer',
  chain: 'hodler',
  text: `else txPerDay < ${t.txPerDay}, ageDays > ${t.ageDays}`,
  reads: ['txPerDay', 'ageDays'],
  holds: w => w.txPerDay < t.txPerDay && w.ageDays > t.ageDays,
  confidence: () => t.confidence,
});

const dormant = (t: Thresholds['dormant']): Rule => ({
  category: 'Dormant',
  chain: 'dormant',
  text: `txCount < ${t.txCount}, ageDays > ${t.ageDays}, idle`,
  reads: ['txCount', 'ageDays', 'idle'],
  holds: w => w.txCount < t.txCount && w.ageDays > t.ageDays && w.idle === 1,
  confidence: w => min(t.most, w.ageDays / t.ageDaysFull),
});
