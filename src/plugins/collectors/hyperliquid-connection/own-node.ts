import { isObject, wholeNumber } from '../hyperliquid-messages/values.ts';
import type { ConnectionContext } from './connection-context.ts';
import type { InfoBody } from './info-types.ts';
import { attemptRequest, type Outcome } from './request-attempt.ts';

/** A node of one's own (`--serve-info`), which answers a part of the requests, and of which nobody counts the weight. */
export interface OwnNode {
  /** Its answer; undefined where the exchange itself has to be asked. */
  ask(body: InfoBody, signals: readonly AbortSignal[]): Promise<{ readonly value: unknown } | undefined>;
}

export interface OwnNodeOptions {
  readonly url: string;
  readonly timeoutMs: number;
  readonly mostBytes: number;
}

/**
 * The states of accounts, for which nearly all weight is spent. A node tells more, such as which markets there are; but that must
 * be of the same moment as what only the exchange tells of them. It knows no histories, candles and trades.
 */
const answered: ReadonlySet<string> = new Set([
  'clearinghouseState',
  'spotClearinghouseState',
  'openOrders',
  'frontendOpenOrders',
  'userRole',
]);
/** How far behind a node may be, in ms. */
const mostBehindMs = 10_000;
/** How often it is asked how far it is. */
const lookEveryMs = 5_000;

export function createOwnNode(
  ctx: Pick<ConnectionContext, 'http' | 'now' | 'log'>,
  { url, timeoutMs, mostBytes }: OwnNodeOptions,
): OwnNode {
  let lookedAt = Number.NEGATIVE_INFINITY;
  let looking: Promise<boolean> = Promise.resolve(false);
  let wasUsed: boolean | undefined;

  const post = (body: InfoBody, signals: readonly AbortSignal[]): Promise<Outcome> =>
    attemptRequest(ctx, { url, body: JSON.stringify(body), timeoutMs, mostBytes, signals });

  /** Whether it is as far as the exchange is, by the time of its last block. */
  async function look(signals: readonly AbortSignal[]): Promise<boolean> {
    const outcome = await post({ type: 'exchangeStatus' }, signals);
    const value = outcome.kind === 'answer' ? outcome.value : undefined;
    const time = isObject(value) ? wholeNumber(value.time) : undefined;
    const isUsed = time !== undefined && ctx.now - time <= mostBehindMs;
    if (isUsed !== wasUsed) {
      wasUsed = isUsed;
      const behindMs = time === undefined ? undefined : ctx.now - time;
      if (isUsed) ctx.log.info('an own node is asked for the states of accounts', { url, behindMs });
      else ctx.log.warn('the own node cannot be used at present; the exchange is asked', { url, behindMs });
    }
    return isUsed;
  }

  return {
    async ask(body, signals) {
      if (!answered.has(body.type)) return undefined;
      if (ctx.now - lookedAt >= lookEveryMs || ctx.now < lookedAt) {
        lookedAt = ctx.now;
        looking = look(signals);
      }
      if (!(await looking)) return undefined;
      const outcome = await post(body, signals);
      return outcome.kind === 'answer' ? { value: outcome.value } : undefined;
    },
  };
}
