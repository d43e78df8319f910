import type { PositionAction } from '../../../plugin-api/index.ts';

export type Direction = 'long' | 'short';

/** One change of a watched wallet's position. Sizes are signed, in coins. */
export interface Change {
  readonly trader: string;
  readonly owner: string;
  /** Whether the owner has other accounts, as far as known, whose changes may cancel this one. */
  readonly hasOtherAccounts: boolean;
  readonly action: PositionAction;
  readonly sizeBefore: number;
  readonly sizeAfter: number;
  readonly notionalUsd: number | null;
  readonly price: number | null;
  /** Of the owner, over all of its accounts that are known. */
  readonly accountValue: number | null;
  readonly isWhale: boolean;
  readonly isElite: boolean;
  readonly eventTime: number;
  readonly knownAt: number;
}

export function deltaOf(change: Change): number {
  return change.sizeAfter - change.sizeBefore;
}

export function directionOf(delta: number): Direction {
  return delta > 0 ? 'long' : 'short';
}

/** Adds a change to those that wait; changes of one account become one, from the first size to the last. */
export function mergeChange(pending: Change[], change: Change): void {
  const index = pending.findIndex(other => other.trader === change.trader);
  const first = pending[index];
  if (first === undefined) {
    pending.push(change);
    return;
  }
  pending[index] = {
    ...change,
    action: first.action === 'OPEN' && change.sizeAfter !== 0 ? 'OPEN' : change.action,
    sizeBefore: first.sizeBefore,
    notionalUsd:
      first.notionalUsd === null || change.notionalUsd === null
        ? null
        : first.notionalUsd + change.notionalUsd,
    knownAt: first.knownAt,
  };
}

/**
 * Takes into a change that waits what the account holds meanwhile; answers whether one waits. A correction of the record says
 * that the account held as much more or less before the change, too: what it traded stays the same.
 */
export function moveWaiting(
  pending: Change[],
  trader: string,
  sizeAfter: number,
  isCorrection: boolean,
): boolean {
  const index = pending.findIndex(change => change.trader === trader);
  const change = pending[index];
  if (change === undefined) return false;
  const correction = isCorrection ? sizeAfter - change.sizeAfter : 0;
  pending[index] = { ...change, sizeBefore: change.sizeBefore + correction, sizeAfter };
  return true;
}

/** Whether changes of one owner's accounts cancel each other. */
export function netsOut(changes: readonly Change[], tolerance: number): boolean {
  let sum = 0;
  let absolute = 0;
  for (const change of changes) {
    const delta = deltaOf(change);
    sum += delta;
    absolute += Math.abs(delta);
  }
  return absolute === 0 || (changes.length > 1 && Math.abs(sum) <= tolerance * absolute);
}

/** The largest change in the direction of their sum: the one that an alert is about. */
export function leadingChange(changes: readonly Change[]): Change {
  let sum = 0;
  for (const change of changes) sum += deltaOf(change);
  let leading = changes[0]!;
  let largest = -1;
  for (const change of changes) {
    const delta = deltaOf(change);
    if (delta * sum > 0 && Math.abs(delta) > largest) {
      leading = change;
      largest = Math.abs(delta);
    }
  }
  return leading;
}
