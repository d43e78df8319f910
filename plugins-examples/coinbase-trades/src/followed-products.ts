import type { CollectorContext } from 'hypersonar/plugin';
import type { CoinbaseConfig } from './config.ts';
import type { Cursor } from './cursor.ts';
import type { History } from './history.ts';
import { coinOf, type Frame, type Match } from './messages.ts';
import { createSequence, type Hole, type Sequence } from './sequence.ts';

export interface FollowedProductsOptions {
  readonly cursor: Cursor;
  readonly history: History;
  readonly signal: AbortSignal;
  /** Given the matches of each product in order. */
  readonly push: (matches: readonly Match[]) => void;
}

/** Passes on the matches of each product in order and without holes: what did not come is fetched. */
export interface FollowedProducts {
  take(frame: Extract<Frame, { type: 'match' | 'heartbeat' }>): void;
}

const firstRetryMs = 250;

export function createFollowedProducts(
  ctx: CollectorContext<CoinbaseConfig>,
  { cursor, history, signal, push }: FollowedProductsOptions,
): FollowedProducts {
  const { products, healWithinMs } = ctx.config;
  const sequences = new Map<string, Sequence>(
    products.map(product => [product, createSequence(...(cursor[product] ?? []))]),
  );
  const healing = new Set<string>();

  const report = (
    product: string,
    { from, to }: Pick<Hole, 'from' | 'to'>,
    reason: string,
    healed: boolean,
  ): void => ctx.gap({ stream: 'trade', key: coinOf(product), from, to, reason, healed });

  /** Puts in what was found of a hole and goes on behind it; says from when on nothing is missing any more. */
  function fill(sequence: Sequence, hole: Hole, found: readonly Match[]): number | undefined {
    // Note: of very many the venue tells the newest, and it may lack one. Behind the last that is lacking all is there.
    const known = new Set(found.map(match => match.id));
    let lacking = hole.last;
    while (lacking >= hole.first && known.has(lacking)) lacking--;
    for (const match of found) sequence.add(match);
    push(sequence.take());
    for (let rest = sequence.hole(); rest !== undefined && rest.first <= hole.last; rest = sequence.hole()) {
      sequence.skip(Math.min(rest.last, hole.last));
      push(sequence.take());
    }
    return lacking < hole.first ? hole.from : found.find(match => match.id > lacking)?.time;
  }

  async function heal(product: string, sequence: Sequence, hole: Hole): Promise<void> {
    const { first, last, to } = hole;
    const reason = first === last ? `trade ${first} did not come` : `trades ${first} to ${last} did not come`;
    report(product, hole, reason, false);
    const until = performance.now() + healWithinMs;
    for (let wait = firstRetryMs; !signal.aborted; wait *= 2) {
      const left = until - performance.now();
      try {
        const found = await history.between(product, first, last);
        if (left > 0 && found.at(-1)?.id !== last)
          throw new Error(`the venue does not tell trade ${last} yet`);
        const from = fill(sequence, hole, found);
        if (from !== undefined && from < to) report(product, { from, to }, reason, true);
        return;
      } catch (error) {
        if (signal.aborted) return;
        ctx.log.warn('missing trades could not be fetched', { product, first, last, error });
        if (left <= 0) break;
        await ctx.sleep(Math.min(wait, left));
      }
    }
    sequence.skip(last);
    push(sequence.take());
  }

  /** Heals one hole after the other. */
  async function healAll(product: string, sequence: Sequence): Promise<void> {
    for (let hole = sequence.hole(); hole !== undefined && !signal.aborted; hole = sequence.hole()) {
      await heal(product, sequence, hole);
    }
  }

  return {
    take(frame) {
      const product = frame.type === 'match' ? frame.match.product : frame.product;
      const sequence = sequences.get(product);
      if (sequence === undefined) return;
      if (frame.type === 'match') sequence.add(frame.match);
      else sequence.heartbeat(frame.lastId, frame.time);
      push(sequence.take());
      if (healing.has(product) || sequence.hole() === undefined) return;
      healing.add(product);
      void healAll(product, sequence).finally(() => healing.delete(product));
    },
  };
}
