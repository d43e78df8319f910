import { positionActions, type RowOf, type walletPosition } from '../../../plugin-api/index.ts';
import { sizeText } from './exact-size.ts';
import * as at from './slots.ts';
import { hasFlag, isKnown, type LedgerState } from './state.ts';

const known = (value: number): number | null => (isKnown(value) ? value : null);

export function ledgerRow(state: LedgerState): RowOf<typeof walletPosition> | undefined {
  const n = state.n;
  if (!hasFlag(n, at.started)) return undefined;
  const action = n[at.action]!;
  const taker = n[at.taker]!;
  return {
    size: state.size,
    sizeBefore: state.sizeBefore,
    action: positionActions[action] ?? null,
    price: known(n[at.price]!),
    notionalUsd: known(n[at.notionalUsd]!),
    entryPrice: known(n[at.entry]!),
    realisedPnl: known(n[at.realised]!),
    fee: known(n[at.fee]!),
    taker: isKnown(taker) ? taker === 1 : null,
    source: at.sources[n[at.source]!] ?? 'snapshot',
    eventTime: n[at.eventTime]!,
    openedAt: known(n[at.openedAt]!),
    episodePnl: known(n[at.endedPnl]!),
    episodeHoldingMs: known(n[at.endedHoldingMs]!),
    netPnl: n[at.net]!,
    fundingReceived: n[at.funding]!,
    cumulativePnl: n[at.cumulativePnl]!,
    cumulativeFees: known(n[at.cumulativeFees]!),
    cumulativeFunding: n[at.cumulativeFunding]!,
    episodes: n[at.episodes]!,
    wins: n[at.wins]!,
    gaps: n[at.gaps]!,
    lastGapSize: isKnown(n[at.lastGap]!) ? sizeText(n[at.lastGap]!) : null,
    truncated: hasFlag(n, at.truncated),
    confirmedAt: n[at.snapshotTime]! > Number.NEGATIVE_INFINITY ? n[at.snapshotTime]! : null,
  };
}
