import type { RowOf, Severity, whaleAlert } from '../../../plugin-api/index.ts';
import { type Change, deltaOf, directionOf } from './change.ts';
import type { WhaleAlertConfig } from './config.ts';
import type { CrowdShift } from './crowd.ts';

type WhaleAlertRow = RowOf<typeof whaleAlert>;

/** An alert that could be raised for a change. */
export interface Candidate {
  readonly row: WhaleAlertRow;
  readonly because: string;
}

const mostTraders = 20;

/** Every alert that a change gives reason for, most severe first. */
export function candidatesOf(
  change: Change,
  together: readonly string[],
  shift: CrowdShift,
  context: { readonly now: number; readonly price: number | null },
  config: WhaleAlertConfig,
): Candidate[] {
  const direction = directionOf(deltaOf(change));
  const base = {
    trader: change.trader,
    action: change.action,
    direction,
    sizeBefore: change.sizeBefore,
    sizeAfter: change.sizeAfter,
    notionalUsd: change.notionalUsd,
    accountValue: change.accountValue,
    traders: [{ trader: change.trader }],
    before: null,
    after: null,
    price: context.price ?? change.price,
    eventTime: change.eventTime,
    latencyMs: Math.max(0, context.now - change.eventTime),
  } as const;
  const candidates: Candidate[] = [];
  const isAlpha =
    change.isWhale && change.accountValue !== null && change.accountValue >= config.alphaWhaleAccountValue;

  if (isAlpha) {
    candidates.push({
      row: { ...base, severity: 'CRITICAL', kind: 'alpha-whale-change' },
      because: 'an alpha whale changed its position',
    });
  }
  if (change.isWhale && together.length >= config.togetherWhales) {
    candidates.push({
      row: {
        ...base,
        severity: 'HIGH',
        kind: 'whales-together',
        traders: together.slice(0, mostTraders).map(trader => ({ trader })),
      },
      because: 'several whales changed the same way within the time',
    });
  }
  if (shift.bias !== undefined) {
    candidates.push({
      row: {
        ...base,
        severity: 'MEDIUM',
        kind: 'bias-reversal',
        direction: directionOf(shift.bias.after),
        ...shift.bias,
      },
      because: "the whales' aggregate bias changed its sign",
    });
  }
  if (shift.consensus !== undefined) {
    candidates.push({
      row: {
        ...base,
        severity: 'LOW',
        kind: 'consensus-shift',
        direction: directionOf(shift.consensus.after - shift.consensus.before),
        ...shift.consensus,
      },
      because: 'the consensus of elite traders shifted',
    });
  }
  if (change.isWhale && !isAlpha) {
    candidates.push({
      row: { ...base, severity: 'LOW', kind: 'whale-change' },
      because: 'a whale changed its position',
    });
  }
  return candidates;
}

/** What a second alert of the same happening has in common with the first: the coin, the rule, and whom it is about. */
export function cooldownKeyOf(row: WhaleAlertRow, coin: string): string {
  switch (row.kind) {
    case 'alpha-whale-change':
    case 'whale-change':
      return `${coin}:${row.kind}:${row.trader}`;
    case 'whales-together':
      return `${coin}:${row.kind}:${row.direction}`;
    case 'bias-reversal':
    case 'consensus-shift':
      return `${coin}:${row.kind}`;
  }
}

/** Expiry and cool-down of a severity. */
export function timingOf(severity: Severity, config: WhaleAlertConfig): WhaleAlertConfig['critical'] {
  switch (severity) {
    case 'CRITICAL':
      return config.critical;
    case 'HIGH':
      return config.high;
    case 'MEDIUM':
      return config.medium;
    case 'LOW':
      return config.low;
  }
}
