import { toNumber } from '../../../plugin-api/index.ts';
import type { LeaderboardConfig } from './config.ts';
import type { LeaderboardPayload } from './rows.ts';

/** The rows that the configuration lets through, in the order of the file where all of them are. */
export function selectRows(
  rows: Iterable<LeaderboardPayload>,
  { top, topBy, minAccountValueUsd }: Pick<LeaderboardConfig, 'top' | 'topBy' | 'minAccountValueUsd'>,
): LeaderboardPayload[] {
  const large = [...rows].filter(row => toNumber(row.accountValue) >= minAccountValueUsd);
  if (top === null || large.length <= top) return large;
  return large
    .map(row => ({ row, value: toNumber(row[topBy]) }))
    .sort((a, b) => b.value - a.value || (a.row.user < b.row.user ? -1 : 1))
    .slice(0, top)
    .map(({ row }) => row);
}
