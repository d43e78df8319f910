import { describe, expect, it } from 'vitest';
import { budgetName, resolveEndpoints } from './endpoints.ts';

describe('the name of a budget', () => {
  it('is the plain one on the main network', () => {
    const { infoUrl, wsUrl } = resolveEndpoints({ network: 'mainnet' });
    expect(budgetName('info', infoUrl)).toBe('hyperliquid-info');
    expect(budgetName('frames', wsUrl)).toBe('hyperliquid-frames');
  });

  it('tells any other address, which counts by itself', () => {
    const { infoUrl } = resolveEndpoints({ network: 'testnet' });
    expect(budgetName('info', infoUrl)).toBe('hyperliquid-info@api.hyperliquid-testnet.xyz');
    expect(budgetName('connections', 'ws://127.0.0.1:4100/ws')).toBe(
      'hyperliquid-connections@127.0.0.1:4100',
    );
  });
});
