import { UserError } from '../../core/errors.ts';
import type { InfoClient } from '../../plugins/collectors/hyperliquid-connection/info-types.ts';
import { chooseMarkets } from '../../plugins/collectors/hyperliquid-market/choose.ts';
import { marketConfig } from '../../plugins/collectors/hyperliquid-market/config.ts';
import { readUniverse } from '../../plugins/collectors/hyperliquid-market/universe.ts';
import { listOf } from './streams.ts';

/**
 * The markets that an operator names: by name, `perps` or `all`.
 *
 * @throws UserError `CONFIG_INVALID` for a market that the exchange does not have
 */
export async function recordedMarkets(info: InfoClient, named: string): Promise<readonly string[]> {
  const { markets } = await readUniverse(info, () => 0, 'high');
  if (named === 'perps' || named === 'all') {
    const universe = named === 'perps' ? { dexes: [], spot: 0 } : {};
    return chooseMarkets(markets, marketConfig.parse({ universe })).map(({ coin }) => coin);
  }
  const names = [...new Set(listOf(named))];
  const known = new Set(markets.map(({ coin }) => coin));
  const unknown = names.filter(name => !known.has(name));
  if (names.length > 0 && unknown.length === 0) return names;
  throw new UserError(
    'CONFIG_INVALID',
    `Expected --coins as markets of the exchange, \`perps\` or \`all\`, found ${unknown.length > 0 ? unknown.join(', ') : 'none'}. ` +
      'Names are those of the exchange, such as BTC, xyz:NVDA or @107.',
  );
}
