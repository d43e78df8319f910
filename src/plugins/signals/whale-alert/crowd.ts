import type { WhaleAlertConfig } from './config.ts';

/** A whale or elite trader with an open position in the coin. */
interface Member {
  readonly size: number;
  readonly isWhale: boolean;
  readonly isElite: boolean;
}

/** A trader's new size, and what the trader is. */
export interface Move {
  readonly trader: string;
  readonly sizeAfter: number;
  readonly isWhale: boolean;
  readonly isElite: boolean;
}

/** Who of the watched holds a coin, and on which side: as many entries as such traders have open positions in it. */
export interface Crowd {
  readonly members: Map<string, Member>;
  whales: number;
  whaleLong: number;
  whaleShort: number;
  eliteLong: number;
  eliteShort: number;
  /** On which side the whales stood when it could be said last; 0 until then. */
  biasSign: number;
  /** The elite consensus that shifts are measured from. */
  consensus: { value: number; at: number } | undefined;
}

export function emptyCrowd(): Crowd {
  return {
    members: new Map(),
    whales: 0,
    whaleLong: 0,
    whaleShort: 0,
    eliteLong: 0,
    eliteShort: 0,
    biasSign: 0,
    consensus: undefined,
  };
}

/** What a change did to the whole; `undefined` where nothing crossed a threshold. */
export interface CrowdShift {
  readonly bias: { readonly before: number; readonly after: number } | undefined;
  readonly consensus: { readonly before: number; readonly after: number } | undefined;
}

/** Takes members' new sizes into the sums and says what that changed on the whole, in constant time for each. */
export function moveCrowd(
  crowd: Crowd,
  moves: readonly Move[],
  now: number,
  config: WhaleAlertConfig,
): CrowdShift {
  const biasBefore = biasOf(crowd);
  const consensusBefore = consensusOf(crowd, config);
  for (const move of moves) setMember(crowd, move);
  return {
    bias: biasShift(crowd, biasBefore, config),
    consensus: consensusShift(crowd, consensusBefore, now, config),
  };
}

/** The whales' (long - short) / (long + short), by size; 0 when they hold nothing. */
export function biasOf(crowd: Crowd): number {
  const sum = crowd.whaleLong + crowd.whaleShort;
  return sum > 0 ? Math.min(Math.max((crowd.whaleLong - crowd.whaleShort) / sum, -1), 1) : 0;
}

/** The share of elite holders who are long; `undefined` when they are too few to speak of. */
export function consensusOf(crowd: Crowd, config: WhaleAlertConfig): number | undefined {
  const traders = crowd.eliteLong + crowd.eliteShort;
  return traders < config.consensusTraders || traders === 0 ? undefined : crowd.eliteLong / traders;
}

function setMember(crowd: Crowd, { trader, sizeAfter, isWhale, isElite }: Move): void {
  const before = crowd.members.get(trader);
  if (before !== undefined) count(crowd, before, -1);
  if (sizeAfter === 0 || !(isWhale || isElite)) {
    crowd.members.delete(trader);
  } else {
    const member = { size: sizeAfter, isWhale, isElite };
    crowd.members.set(trader, member);
    count(crowd, member, 1);
  }
  if (crowd.whales === 0) {
    // Note: nothing is left to sum, so whatever is there is rounding.
    crowd.whaleLong = 0;
    crowd.whaleShort = 0;
  }
}

function count(crowd: Crowd, { size, isWhale, isElite }: Member, by: 1 | -1): void {
  if (isWhale) {
    crowd.whales += by;
    if (size > 0) crowd.whaleLong = Math.max(crowd.whaleLong + by * size, 0);
    else crowd.whaleShort = Math.max(crowd.whaleShort - by * size, 0);
  }
  if (isElite) {
    if (size > 0) crowd.eliteLong += by;
    else crowd.eliteShort += by;
  }
}

function biasShift(crowd: Crowd, before: number, config: WhaleAlertConfig): CrowdShift['bias'] {
  if (crowd.whales < config.aggregateWhales) return undefined;
  const after = biasOf(crowd);
  const sign = Math.sign(after);
  if (sign === 0) return undefined;
  const reversed = crowd.biasSign !== 0 && sign !== crowd.biasSign;
  crowd.biasSign = sign;
  return reversed ? { before, after } : undefined;
}

function consensusShift(
  crowd: Crowd,
  before: number | undefined,
  now: number,
  config: WhaleAlertConfig,
): CrowdShift['consensus'] {
  const after = consensusOf(crowd, config);
  if (after === undefined) {
    crowd.consensus = undefined;
    return undefined;
  }
  if (crowd.consensus === undefined || now - crowd.consensus.at > config.consensusWithinMs) {
    crowd.consensus = { value: before ?? after, at: now };
  }
  const from = crowd.consensus.value;
  // Note: shares of small numbers, such as 4/5 - 3/5, fall short of .2 by rounding.
  if (Math.abs(after - from) < config.consensusShift - 1e-9) return undefined;
  crowd.consensus = { value: after, at: now };
  return { before: from, after };
}
