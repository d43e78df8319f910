import { afterAll, beforeAll, describe, it } from 'vitest';
import { conformance } from '../../testing/conformance/index.ts';
import { type Exchange, startExchange } from '../../testing/exchange/index.ts';
import { hyperEvm } from './hyper-evm/index.ts';
import { hyperliquidDiscovery } from './hyperliquid-discovery/index.ts';
import { hyperliquidLeaderboard } from './hyperliquid-leaderboard/index.ts';

/*
 * The conformance kit runs collectors on their own, against the local exchange at a standstill.
 */

const rows = 150;
let exchange: Exchange;
beforeAll(async () => {
  exchange = await startExchange({ seed: 2, wallets: 60, speed: 0, limits: 'off', leaderboardRows: rows });
  await exchange.advance(5_000);
});
afterAll(() => exchange.stop());

describe('the leaderboard', () => {
  for (const check of conformance(hyperliquidLeaderboard)) {
    it(check.name, () =>
      conformance(hyperliquidLeaderboard, {
        config: { statsUrl: exchange.statsUrl, vaults: false },
        drafts: rows,
      })
        .find(({ id }) => id === check.id)!
        .run(),
    );
  }
});

describe('HyperEVM', () => {
  for (const check of conformance(hyperEvm)) {
    it(check.name, () =>
      conformance(hyperEvm, { config: { rpcUrl: exchange.evmUrl }, drafts: 1 })
        .find(({ id }) => id === check.id)!
        .run(),
    );
  }
});

describe('discovery', () => {
  // Note: the kit tells a collector of no events of the tape, and without them there is nobody to discover.
  const withoutDrafts = conformance(hyperliquidDiscovery).filter(({ id }) => /^C(01|02|16)$/.test(id));
  for (const check of withoutDrafts) it(check.name, check.run);
});
