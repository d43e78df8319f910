import type { HistoryRow } from '../event.ts';

/**
 * Whether a classifier says something else than before: another name, another word, more or fewer of them.
 *
 * Numbers are why it says so, and how sure it is. They change with nearly every trade of a wallet, so that a change of them alone
 * replaces the latest row, and is no event.
 */
export function saysSomethingElse({ row, previous }: Pick<HistoryRow, 'row' | 'previous'>): boolean {
  return row === undefined || previous === undefined || !saysTheSame(row, previous);
}

function saysTheSame(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  if (typeof one === 'number' || typeof other === 'number') {
    return (typeof one === 'number' || one === null) && (typeof other === 'number' || other === null);
  }
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return false;
  const names = Object.keys(one);
  if (names.length !== Object.keys(other).length) return false;
  return names.every(
    name => name in other && saysTheSame(one[name as keyof typeof one], other[name as keyof typeof other]),
  );
}
