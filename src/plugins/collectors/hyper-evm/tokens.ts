import { type CollectorContext, mark, toNumber } from '../../../plugin-api/index.ts';
import { decimalOf } from './chain.ts';
import type { HyperEvmConfig } from './config.ts';
import type { ChainClient } from './rpc.ts';

/** An amount of a token as it is told. */
export interface TokenAmount {
  /** The configured symbol, or the address: a contract can claim any name. */
  readonly token: string;
  /** Null when the token does not tell its decimals. */
  readonly amount: string | null;
  /** USD; null when the token has no price. */
  readonly valueUsd: number | null;
}

export interface Tokens {
  /** Finds out the decimals of tokens that are not known yet. */
  learn(tokens: Iterable<string>): Promise<void>;
  /** `amount` in the smallest unit, negative when sent. */
  describe(token: string, amount: bigint): TokenAmount;
}

/** Decimals that are remembered of tokens that the configuration does not name. */
const remembered = 10_000;

export function createTokens(
  ctx: Pick<CollectorContext<HyperEvmConfig>, 'config' | 'follow'>,
  client: Pick<ChainClient, 'decimals'>,
): Tokens {
  const configured = ctx.config.tokens;
  const learnt = new Map<string, number | undefined>();
  const markets = new Set(
    Object.values(configured).flatMap(({ price }) => (typeof price === 'string' ? [price] : [])),
  );
  const prices = new Map<string, number>();
  if (markets.size > 0) {
    ctx.follow(mark, ({ payload }) => {
      const told = payload.mid ?? payload.mark;
      if (told !== null && markets.has(payload.coin)) prices.set(payload.coin, toNumber(told));
    });
  }
  return {
    async learn(tokens) {
      for (const token of new Set(tokens)) {
        if (configured[token] !== undefined || learnt.has(token)) continue;
        if (learnt.size >= remembered) learnt.clear();
        learnt.set(token, await client.decimals(token));
      }
    },
    describe(token, amount) {
      const known = configured[token];
      const decimals = known?.decimals ?? learnt.get(token);
      if (decimals === undefined) return { token, amount: null, valueUsd: null };
      const text = decimalOf(amount, decimals);
      const { price = null } = known ?? {};
      const each = typeof price === 'string' ? prices.get(price) : (price ?? undefined);
      const valueUsd = each === undefined ? null : Math.abs(toNumber(text)) * each;
      return { token: known?.symbol ?? token, amount: text, valueUsd };
    },
  };
}
