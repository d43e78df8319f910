import type { CollectorContext } from 'hypersonar/plugin';
import type { CoinbaseConfig } from './config.ts';
import { decodeRow, type Match } from './messages.ts';

/** The venue's past trades, which it tells by REST. */
export interface History {
  /** The matches with ids from `first` to `last`, oldest first; the newest of them where there are more than may be fetched. */
  between(product: string, first: number, last: number): Promise<readonly Match[]>;
  /** The matches from a time on, oldest first. */
  since(product: string, time: number): Promise<readonly Match[]>;
}

/** Most rows of a page that the venue answers. */
const pageRows = 1_000;
const mostRefusals = 5;

export function createHistory(ctx: CollectorContext<CoinbaseConfig>): History {
  const { restUrl, requestsPerMinute, mostPages } = ctx.config;
  const budget = ctx.budget('coinbase-exchange', { perMinute: requestsPerMinute });

  /** A page of trades older than `before`, or of the newest; newest first. */
  async function page(product: string, before: number | undefined): Promise<readonly Match[]> {
    // Note: a page "after" an id is the older one, since pages go back in time.
    const older = before === undefined ? '' : `&after=${before}`;
    const address = `${restUrl}/products/${encodeURIComponent(product)}/trades?limit=${pageRows}${older}`;
    for (let refusals = 0; ; refusals++) {
      await budget.take({ weight: 1, priority: 'high', signal: ctx.signal });
      const response = await ctx.http(address, {
        headers: { accept: 'application/json', 'user-agent': 'hypersonar-example-coinbase-trades' },
      });
      if (response.status === 429 && refusals < mostRefusals) {
        const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
        budget.refused(Number.isFinite(seconds) ? seconds * 1_000 : undefined);
        await response.body?.cancel();
        continue;
      }
      if (!response.ok) {
        await response.body?.cancel();
        throw new Error(`expected trades of ${product}, found status ${response.status} from ${address}`);
      }
      budget.accepted();
      const rows: unknown = await response.json();
      if (!Array.isArray(rows))
        throw new Error(`expected a list of trades from ${address}, found something else`);
      return rows.flatMap(row => {
        const match = decodeRow(product, row);
        if (typeof match !== 'string') return [match];
        ctx.reject({ source: address, reason: match });
        return [];
      });
    }
  }

  /** Goes back in time from `before` until a match is no longer wanted. */
  async function walk(
    product: string,
    before: number | undefined,
    isWanted: (match: Match) => boolean,
  ): Promise<readonly Match[]> {
    const found: Match[] = [];
    for (let pages = 0; pages < mostPages; pages++) {
      const matches = await page(product, before);
      found.push(...matches.filter(isWanted));
      const oldest = matches.at(-1);
      if (oldest === undefined || !isWanted(oldest)) break;
      before = oldest.id;
    }
    return found.sort((a, b) => a.id - b.id);
  }

  return {
    between: (product, first, last) => walk(product, last + 1, match => match.id >= first),
    since: (product, time) => walk(product, undefined, match => match.time >= time),
  };
}
