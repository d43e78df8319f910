import { positionActions, tags, trackingTiers, windows } from '../../../plugin-api/index.ts';
import type { Builder } from '../builder.ts';
import { enumValueName } from '../names.ts';

const intervals = ['1m', '3m', '5m', '15m', '30m', '1h', '2h', '4h', '8h', '12h', '1d', '3d', '1w'] as const;

/** The columns that a leaderboard may be sorted by, with the table's property of each. */
export const leaderboardSorts = {
  RANK: 'rank',
  SCORE: 'score',
  ACCOUNT_AGE: 'ageDays',
  ACCOUNT_VALUE: 'accountValue',
  VOLUME: 'volume',
  WIN_RATE: 'winRate',
  AVERAGE_RISK_RATIO: 'avgRiskRatio',
  MAX_DRAWDOWN: 'maxDrawdown',
  MAX_PROFIT: 'maxProfit',
  MAX_LOSS: 'maxLoss',
  ROI: 'roi',
  PNL: 'pnl',
  SHARPE: 'sharpe',
  SORTINO: 'sortino',
  PROFIT_FACTOR: 'profitFactor',
  CONSISTENCY: 'consistency',
  TRADES: 'trades',
  MAKER_SHARE: 'makerShare',
} as const;

export const traderSorts = {
  ADDRESS: 'address',
  FIRST_SEEN: 'firstSeen',
  LAST_SEEN: 'lastSeen',
  ACCOUNT_VALUE: 'accountValue',
} as const;

export type Direction = 'ascending' | 'descending';

/** The enums of one schema. */
export function createEnums(builder: Builder) {
  const words = <const Words extends readonly string[]>(name: string, description: string, values: Words) =>
    builder.enumType(name, {
      description,
      values: Object.fromEntries(values.map(value => [enumValueName(value), { value }])) as Record<
        string,
        { value: Words[number] }
      >,
    });
  const mapped = <Map extends Readonly<Record<string, string>>>(
    name: string,
    description: string,
    values: Map,
  ) =>
    builder.enumType(name, {
      description,
      values: Object.fromEntries(Object.entries(values).map(([key, value]) => [key, { value }])) as Record<
        string,
        { value: Map[keyof Map] }
      >,
    });
  return {
    action: words('PositionAction', 'What a change of a signed size means.', positionActions),
    severity: words('Severity', 'How urgent an alert is.', ['CRITICAL', 'HIGH', 'MEDIUM', 'LOW']),
    tier: words('TrackingTier', 'How closely a trader is followed.', trackingTiers),
    trackedBy: words('TrackedBy', 'Who decided that a trader is tracked.', ['hand', 'selection']),
    tag: words('TraderTag', 'What stands out of a trader.', tags),
    window: words('Window', 'The time that a leaderboard looks back.', windows),
    interval: mapped(
      'CandleInterval',
      'The length of a candle: `M1` is one minute, `H4` four hours, `D1` a day, `W1` a week.',
      Object.fromEntries(
        intervals.map(interval => [`${interval.slice(-1).toUpperCase()}${interval.slice(0, -1)}`, interval]),
      ) as Record<string, (typeof intervals)[number]>,
    ),
    side: words('Side', 'A side of a trade.', ['buy', 'sell']),
    positionSide: words('PositionSide', 'A side of the market.', ['long', 'short']),
    leverageType: words('LeverageType', 'How a position is margined.', ['cross', 'isolated']),
    pluginKind: words('PluginKind', 'The stage that a plugin belongs to.', [
      'collector',
      'feature',
      'model',
      'classifier',
      'signal',
    ]),
    direction: mapped('SortDirection', 'Rows without a value come last in both.', {
      ASCENDING: 'ascending',
      DESCENDING: 'descending',
    } as const),
    leaderboardSort: mapped(
      'LeaderboardSort',
      'A column of the leaderboard. `RANK` is by trader score, then PnL; traders without a score come after all that have one.',
      leaderboardSorts,
    ),
    traderSort: mapped('TraderSort', 'What traders are sorted by.', traderSorts),
    positionSort: mapped('PositionSort', 'What positions are sorted by.', {
      TRADER: 'trader',
      UPDATED: 'updated',
    } as const),
  };
}

export type Enums = ReturnType<typeof createEnums>;
