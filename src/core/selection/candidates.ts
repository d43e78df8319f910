import { traderScore, walletLeaderboard, walletPerformance } from '../../plugin-api/index.ts';
import type { SelectionConfig } from './config.ts';
import type { Candidate, Standing } from './select.ts';

/** The part of the store that the selection needs. */
export interface SelectionStore {
  query<T>(sql: string, parameters?: readonly unknown[]): Promise<T[]>;
}

const ofRef = (alias: string, { id, version }: { readonly id: string; readonly version: number }) =>
  `${alias}.ref = '${id}' and ${alias}.version = ${version}`;

/** The row of a wallet, by the table's key. */
const rowOf = (alias: string, ref: { readonly id: string; readonly version: number }) =>
  `left join lateral (select r."row" from "rows" r where ${ofRef('r', ref)} and r.key = t.address) ${alias} on true`;

const number = (row: string, name: string) => `(${row}->>'${name}')::float8`;
/** A figure of the exchange's own line where it is fresh, else of the tape's reconstruction. */
const figure = (column: string, name: string, [window, property]: readonly [number, string]) =>
  `case when fresh then ${number('l."row"', name)} else ${number(`p."row"->'windows'->${window}`, property)} end as "${column}"`;

/**
 * Whoever may be selected, and whoever somebody decided about: what is known of it. `$1` is the oldest time at which a line of the
 * leaderboard is used, `$2` the lowest score, `$3` the account value of the largest, of which it is said why they are left out.
 *
 * Note: the few that are considered are found first, and only their rows are read; joining those of all wallets took twice as
 * long, in which nothing else could be written.
 */
const statement = `
with considered as materialized (
  select s.key as address from "rows" s where ${ofRef('s', traderScore)} and ${number('s."row"', 'score')} >= $2::float8
  union
  select t.address from "traders" t where t.tracked_by <> 'tape' or t.account_value >= $3::numeric
)
select t.address, t.tracked, t.tracked_by as "trackedBy", t.tracked_tier as tier,
  ${number('s."row"', 'score')} as score,
  coalesce(case when fresh then ${number('l."row"', 'accountValue')} end, ${number('p."row"', 'accountValue')},
    t.account_value::float8) as "accountValue",
  ${figure('dayRoi', 'dayRoi', [0, 'roi'])},
  ${figure('weekRoi', 'weekRoi', [1, 'roi'])},
  ${figure('monthRoi', 'monthRoi', [2, 'roi'])},
  ${figure('dayPnl', 'dayPnl', [0, 'pnl'])},
  ${figure('dayVolume', 'dayVolume', [0, 'volume'])}
from considered c
join "traders" t on t.address = c.address
${rowOf('s', traderScore)}
${rowOf('l', walletLeaderboard)}
${rowOf('p', walletPerformance)}
cross join lateral (select coalesce(${number('l."row"', 'asOf')} >= $1::float8, false) as fresh) f`;

interface Row extends Candidate {
  readonly tracked: boolean;
  readonly trackedBy: string | null;
  readonly tier: Standing['tier'];
}

export interface Considered {
  readonly candidates: readonly Candidate[];
  readonly standing: readonly Standing[];
  /** Wallets that have a score, those below the lowest one that is considered among them. */
  readonly scored: number;
}

/** Reads what is known at a tape time, in ms. */
export async function readCandidates(
  store: SelectionStore,
  config: Pick<SelectionConfig, 'leaderboardMaxAgeHours' | 'minScore' | 'alert'>,
  now: number,
): Promise<Considered> {
  const oldest = now - config.leaderboardMaxAgeHours * 3_600_000;
  const rows = await store.query<Row>(statement, [oldest, config.minScore, config.alert.accountValue]);
  const [counted] = await store.query<{ scored: number }>(
    `select count(*)::float8 as scored from "rows" s where ${ofRef('s', traderScore)}`,
  );
  return {
    candidates: rows.map(({ tracked: _, trackedBy: __, tier: ___, ...candidate }) => candidate),
    standing: rows.flatMap(({ address, tracked, trackedBy, tier }) =>
      trackedBy === 'hand' || trackedBy === 'selection' ? [{ address, by: trackedBy, tracked, tier }] : [],
    ),
    scored: Number(counted?.scored ?? 0),
  };
}
