import type { PositionAction, RowOf, whaleAlert } from '../../../plugin-api/index.ts';

const verbs: Readonly<Record<PositionAction, string>> = {
  OPEN: 'opened',
  CLOSE: 'closed',
  INCREASE: 'increased',
  DECREASE: 'decreased',
  FLIP: 'flipped',
  LIQUIDATED: 'was liquidated in',
  RECONCILED: 'was corrected in',
};

/** One line that says what happened. */
export function titleOf(row: RowOf<typeof whaleAlert>, coin: string): string {
  const who = row.trader === null ? 'a wallet' : `${row.trader.slice(0, 6)}…${row.trader.slice(-4)}`;
  switch (row.kind) {
    case 'alpha-whale-change':
      return `Alpha whale ${who} ${changeText(row, coin)}`;
    case 'whale-change':
      return `Whale ${who} ${changeText(row, coin)}`;
    case 'whales-together':
      return `${row.traders.length} whales went ${row.direction} in ${coin}, the last: ${who} ${changeText(row, coin)}`;
    case 'bias-reversal':
      return `Whales turned ${row.direction} in ${coin}: net bias ${percent(row.before)} to ${percent(row.after)}`;
    case 'consensus-shift':
      return `Elite traders turned ${row.direction} in ${coin}: ${percent(row.before)} to ${percent(row.after)} are long`;
  }
}

function changeText(row: RowOf<typeof whaleAlert>, coin: string): string {
  const verb = row.action === null ? 'changed' : verbs[row.action];
  const sizes = `${shown(row.sizeBefore)} to ${shown(row.sizeAfter)} ${coin}`;
  return row.notionalUsd === null ? `${verb} ${sizes}` : `${verb} ${sizes} (${dollars(row.notionalUsd)})`;
}

function shown(size: number | null): string {
  return size === null ? '?' : `${Number(size.toPrecision(6))}`;
}

function percent(share: number | null): string {
  return share === null ? '?' : `${Math.round(share * 100)} %`;
}

function dollars(amount: number): string {
  if (amount >= 1e9) return `${(amount / 1e9).toFixed(2)} B USD`;
  if (amount >= 1e6) return `${(amount / 1e6).toFixed(2)} M USD`;
  return amount >= 1e3 ? `${(amount / 1e3).toFixed(1)} k USD` : `${amount.toFixed(0)} USD`;
}
