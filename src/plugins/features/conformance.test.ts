import { describe, it } from 'vitest';
import { conformance } from '../../testing/index.ts';
import { marketStateFeature } from './market-state/index.ts';
import { walletBehaviourFeature } from './wallet-behaviour/index.ts';
import { walletLedgerFeature } from './wallet-ledger/index.ts';
import { walletPerformanceFeature } from './wallet-performance/index.ts';

describe('market-state', () => {
  for (const check of conformance(marketStateFeature)) it(check.name, check.run);
});

describe('wallet-ledger', () => {
  const options = { with: [marketStateFeature] };
  for (const check of conformance(walletLedgerFeature, options)) it(check.name, check.run);
});

describe('wallet-behaviour', () => {
  const options = { with: [marketStateFeature, walletLedgerFeature] };
  for (const check of conformance(walletBehaviourFeature, options)) it(check.name, check.run);
});

describe('wallet-performance', () => {
  const options = { with: [marketStateFeature, walletLedgerFeature] };
  for (const check of conformance(walletPerformanceFeature, options)) it(check.name, check.run);
});
