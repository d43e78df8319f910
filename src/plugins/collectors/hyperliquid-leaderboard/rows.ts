import type { leaderboard, RowOf, vault } from '../../../plugin-api/index.ts';
import {
  addressText,
  decimalText,
  isObject,
  type JsonObject,
  shown,
  wholeNumber,
} from '../hyperliquid-messages/values.ts';
import { displayName } from './display-name.ts';

export type LeaderboardPayload = RowOf<typeof leaderboard>;
export type VaultPayload = RowOf<typeof vault>;

/** A row of the published leaderboard, or the reason why it is none. Decimals stay as they are written. */
export function readLeaderboardRow(row: unknown): LeaderboardPayload | string {
  if (!isObject(row)) return `a row must be an object; found ${shown(row)}`;
  const user = addressText(row.ethAddress);
  if (user === undefined) return `\`ethAddress\` must be an address; found ${shown(row.ethAddress)}`;
  const accountValue = decimalText(row.accountValue);
  if (accountValue === undefined) {
    return `\`accountValue\` of ${user} must be a decimal; found ${shown(row.accountValue)}`;
  }
  const windows = readWindows(row);
  if (typeof windows === 'string') return `${windows}, of ${user}`;
  const { day, week, month, allTime } = windows;
  return {
    user,
    displayName: displayName(row.displayName),
    accountValue,
    dayPnl: day.pnl,
    dayRoi: day.roi,
    dayVolume: day.volume,
    weekPnl: week.pnl,
    weekRoi: week.roi,
    weekVolume: week.volume,
    monthPnl: month.pnl,
    monthRoi: month.roi,
    monthVolume: month.volume,
    allPnl: allTime.pnl,
    allRoi: allTime.roi,
    allVolume: allTime.volume,
  };
}

interface WindowFigures {
  readonly pnl: string;
  readonly roi: string;
  readonly volume: string;
}

const windowNames = ['day', 'week', 'month', 'allTime'] as const;
type Windows = Record<(typeof windowNames)[number], WindowFigures>;

function readWindows({ windowPerformances }: JsonObject): Windows | string {
  if (!Array.isArray(windowPerformances)) {
    return `\`windowPerformances\` must be a list; found ${shown(windowPerformances)}`;
  }
  const found: Partial<Windows> = {};
  for (const name of windowNames) {
    const pair = windowPerformances.find(item => Array.isArray(item) && item[0] === name);
    const figures = isObject(pair?.[1]) ? pair[1] : {};
    const pnl = decimalText(figures.pnl);
    const roi = decimalText(figures.roi);
    const volume = decimalText(figures.vlm);
    if (pnl === undefined || roi === undefined || volume === undefined || volume.startsWith('-')) {
      return `\`windowPerformances\` must have pnl, roi and vlm of "${name}" as decimals; found ${shown(pair)}`;
    }
    found[name] = { pnl, roi, volume };
  }
  return found as Windows;
}

/** A row of the published list of vaults, or the reason why it is none. */
export function readVaultRow(row: unknown): VaultPayload | string {
  const summary = isObject(row) ? row.summary : undefined;
  if (!isObject(summary)) return `a vault must have a \`summary\`; found ${shown(row)}`;
  const user = addressText(summary.vaultAddress);
  const leader = addressText(summary.leader);
  if (user === undefined || leader === undefined) {
    return `a vault must have the addresses \`vaultAddress\` and \`leader\`; found ${shown(summary)}`;
  }
  const relationship = isObject(summary.relationship) ? summary.relationship.type : undefined;
  return {
    user,
    name: displayName(summary.name),
    leader,
    valueUsd: decimalText(summary.tvl) ?? null,
    isClosed: summary.isClosed === true,
    relationship: relationship === 'parent' || relationship === 'child' ? relationship : 'normal',
    createdAt: wholeNumber(summary.createTimeMillis) ?? null,
  };
}
