import {
  type Ref,
  traderScore,
  traderTier,
  walletCategories,
  walletPerformance,
} from '../../plugin-api/index.ts';

const ofRef = (alias: string, { id, version }: Ref) =>
  `${alias}.ref = '${id}' and ${alias}.version = ${version}`;

const joined = (alias: string, ref: Ref) =>
  `left join "rows" ${alias} on ${alias}.key = p.key and ${ofRef(alias, ref)}`;

/** Column of the table, and what computes it. */
const columns: readonly (readonly [column: string, expression: string])[] = [
  ['"window"', 'w."window"'],
  ['address', 'p.key'],
  [
    'rank',
    `row_number() over (partition by w."window" order by (s."row"->>'score')::float8 desc nulls last, w.pnl desc, p.key)`,
  ],
  ['age_days', `greatest($1::float8 - (p."row"->>'firstSeen')::float8, 0) / 86400000`],
  ['account_value', `coalesce((p."row"->>'accountValue')::float8, t.account_value::float8)`],
  ['pnl', 'w.pnl'],
  ['roi', 'w.roi'],
  ['volume', 'w.volume'],
  ['trades', 'w.trades'],
  ['win_rate', 'w."winRate"'],
  ['avg_risk_ratio', 'w."avgRiskRatio"'],
  ['max_drawdown', 'w."maxDrawdown"'],
  ['max_profit', 'w."maxProfit"'],
  ['max_loss', 'w."maxLoss"'],
  ['sharpe', 'w.sharpe'],
  ['sortino', 'w.sortino'],
  ['profit_factor', 'w."profitFactor"'],
  ['consistency', `(p."row"->>'consistency')::float8`],
  ['maker_share', 'w."makerShare"'],
  ['score', `(s."row"->>'score')::float8`],
  ['tier', `coalesce(tier."row"->>'tier', 'none')`],
  ['tags', `array(select tag->>'tag' from jsonb_array_elements(coalesce(tier."row"->'tags', '[]')) tag)`],
  [
    'categories',
    `array(select one->>'category' from jsonb_array_elements(coalesce(c."row"->'categories', '[]')) one)`,
  ],
  ['coins', `coalesce(o.coins, '{}')`],
  ['first_seen', `(p."row"->>'firstSeen')::bigint`],
  ['last_seen', `(p."row"->>'lastSeen')::bigint`],
  ['truncated', `(p."row"->>'truncated')::boolean`],
  ['as_of', '$1::bigint'],
];

const windowColumns = [
  '"window" text',
  'pnl float8',
  'roi float8',
  'volume float8',
  'trades bigint',
  '"winRate" float8',
  '"avgRiskRatio" float8',
  '"maxDrawdown" float8',
  '"maxProfit" float8',
  '"maxLoss" float8',
  'sharpe float8',
  'sortino float8',
  '"profitFactor" float8',
  '"makerShare" float8',
].join(', ');

const names = columns.map(([column]) => column);
const updated = names.slice(2).map(column => `${column} = excluded.${column}`);

/**
 * Computes all windows from the stored rows and replaces the table's content, in one statement and so at once for all readers.
 * `$1` is the tape time. Answers the number of rows.
 */
export const computeLeaderboard = `
with fresh as materialized (
  select ${columns.map(([column, expression]) => `${expression} as ${column}`).join(',\n    ')}
  from "rows" p
  cross join lateral jsonb_to_recordset(p."row"->'windows') as w(${windowColumns})
  ${joined('s', traderScore)}
  ${joined('tier', traderTier)}
  ${joined('c', walletCategories)}
  left join "traders" t on t.address = p.key
  left join (
    select address, array_agg(coin::text order by coin) as coins from "positions" where size <> 0 group by address
  ) o on o.address = p.key
  where ${ofRef('p', walletPerformance)}
), kept as (
  insert into "leaderboard" (${names.join(', ')}) select ${names.join(', ')} from fresh
  on conflict ("window", address) do update set ${updated.join(', ')}
  returning 1
), gone as (
  delete from "leaderboard" l
  where not exists (select 1 from fresh f where f."window" = l."window" and f.address = l.address)
  returning 1
)
select count(*)::float8 as rows from fresh`;
