import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

/** A trade, by what both sides of a comparison know of it. */
export interface KnownTrade {
  readonly coin: string;
  /** Exchange time in ms. */
  readonly time: number;
  /** All of it as one text; two trades of the same text cannot be told apart. */
  readonly text: string;
}

export interface TradeFields {
  readonly coin: string;
  readonly time: number;
  readonly price: string;
  readonly size: string;
  readonly buyer: string;
  readonly seller: string;
}

/** A decimal without superfluous zeros. */
export const plainDecimal = (text: string): string =>
  text.includes('.') ? text.replace(/0+$/, '').replace(/\.$/, '') : text;

export function knownTrade({ coin, time, price, size, buyer, seller }: TradeFields): KnownTrade {
  const text = [coin, time, plainDecimal(price), plainDecimal(size), buyer, seller].join(' ');
  return { coin, time, text };
}

/** All trades that the exchange has made, by the files that its node has written: none of its faults hits these. */
export async function exchangeTrades(folder: string): Promise<KnownTrade[]> {
  const root = path.join(folder, 'node_trades', 'hourly');
  const trades: KnownTrade[] = [];
  for (const file of await readdir(root, { recursive: true, withFileTypes: true })) {
    if (!file.isFile()) continue;
    const text = await readFile(path.join(file.parentPath, file.name), 'utf8');
    for (const line of text.split('\n')) if (line !== '') trades.push(tradeOf(JSON.parse(line)));
  }
  return trades;
}

interface NodeTrade {
  readonly coin: string;
  /** UTC without a zone, with nanoseconds. */
  readonly time: string;
  readonly px: string;
  readonly sz: string;
  readonly side_info: readonly [{ readonly user: string }, { readonly user: string }];
}

function tradeOf({ coin, time, px, sz, side_info: [buyer, seller] }: NodeTrade): KnownTrade {
  return knownTrade({
    coin,
    time: Date.parse(`${time.slice(0, 23)}Z`),
    price: px,
    size: sz,
    buyer: buyer.user,
    seller: seller.user,
  });
}
