import { positionActions, type RowOf, type walletPosition } from '../../../plugin-api/index.ts';
import { sizeText, unitsText } from './exact-size.ts';
import * as at from './slots.ts';
import { hasFlag, isKnown, type LedgerState } from './state.ts';

const known = (value: number): number | null => (isKnown(value) ? value : null);

export function ledgerRow(state: LedgerState): RowOf<typeof walletPosition> | undefined {
  const { numbers: n, first: o } = state;
  if (!hasFlag(n, o, at.started)) return undefined;
  const scale = n[o + at.scale]!;
  const action = n[o + at.action]!;
  const taker = n[o + at.taker]!;
  return {
    size: unitsText(n[o + at.units]!, scale),
    sizeBefore: unitsText(n[o + at.unitsBefore]!, scale),
    action: positionActions[action] ?? null,
    price: known(n[o + at.price]!),
    notionalUsd: known(n[o + at.notionalUsd]!),
    entryPrice: known(n[o + at.entry]!),
    realisedPnl: known(n[o + at.realised]!),
    fee: known(n[o + at.fee]!),
    taker: isKnown(taker) ? taker === 1 : null,
    source: at.sources[n[o + at.source]!] ?? 'snapshot',
    eventTime: n[o + at.eventTime]!,
    openedAt: known(n[o + at.openedAt]!),
    episodePnl: known(n[o + at.endedPnl]!),
    episodeHoldingMs: known(n[o + at.endedHoldingMs]!),
    netPnl: n[o + at.net]!,
    fundingReceived: n[o + at.funding]!,
    cumulativePnl: n[o + at.cumulativePnl]!,
    cumulativeFees: known(n[o + at.cumulativeFees]!),
    cumulativeFunding: n[o + at.cumulativeFunding]!,
    episodes: n[o + at.episodes]!,
    wins: n[o + at.wins]!,
    gaps: n[o + at.gaps]!,
    lastGapSize: isKnown(n[o + at.lastGap]!) ? sizeText(n[o + at.lastGap]!) : null,
    truncated: hasFlag(n, o, at.truncated),
    confirmedAt: n[o + at.snapshotTime]! > Number.NEGATIVE_INFINITY ? n[o + at.snapshotTime]! : null,
  };
}
