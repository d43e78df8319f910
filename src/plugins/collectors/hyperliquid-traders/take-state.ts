import { type account, position } from '../../../plugin-api/index.ts';
import { decodeClearinghouse } from '../hyperliquid-messages/accounts.ts';
import { type Collected, collected } from '../hyperliquid-messages/collected.ts';
import { finiteNumber, isObject, wholeNumber } from '../hyperliquid-messages/values.ts';
import { exactOf } from './exact-decimal.ts';
import { type Holding, restate } from './holding.ts';
import { judgeSizes, type Verdict } from './judge.ts';
import { type DexState, holdingOf, type TraderState } from './trader-state.ts';

type PositionDraft = Collected<typeof position>;

/** A `clearinghouseState` that has been decoded. */
export interface DexAnswer {
  /** Exchange time that it names. */
  readonly time: number;
  readonly positions: readonly PositionDraft[];
  /** USD. */
  readonly accountValue: number;
  readonly unrealisedPnl: number;
  /** When, by our clock, it was asked for or sent. */
  readonly askedAt: number;
}

export interface TakeStateOptions {
  readonly quietMs: number;
  readonly statementEveryMs: number;
  /** How far the time that an answer names may be from that of the last block in it. */
  readonly toleranceMs: number;
}

/** What came of an answer. */
export interface TakenState {
  readonly drafts: readonly PositionDraft[];
  /** Coins whose position differs from what was expected, which is to be asked again before it is believed. */
  readonly disputed: readonly string[];
  /** Differences that have been confirmed and are told. */
  readonly drifts: readonly { readonly coin: string; readonly size: bigint; readonly time: number }[];
}

/** Differences that are never the same twice are believed after this many answers. */
const mostDisagreements = 6;
/** A flat position is forgotten when it has not been traded for so long. */
const forgetAfterMs = 60_000;

/** Decodes a `clearinghouseState`, or says why it cannot be. */
export function decodeDexState(
  user: string,
  raw: unknown,
  at: { readonly askedAt: number; readonly receivedAt: number },
): DexAnswer | string {
  const positions: PositionDraft[] = [];
  let unrealisedPnl = 0;
  for (const decoded of decodeClearinghouse(user, raw, { receivedAt: at.receivedAt })) {
    // Note: a state of which a part cannot be read is of no use: what is not in it would count as flat.
    if (typeof decoded === 'string') return decoded;
    positions.push(decoded as Collected<typeof account | typeof position> as PositionDraft);
    unrealisedPnl += finiteNumber((decoded as PositionDraft).payload.unrealisedPnl) ?? 0;
  }
  const time = isObject(raw) ? wholeNumber(raw.time) : undefined;
  if (time === undefined) return 'an account state must have `time`';
  const summary = isObject(raw) && isObject(raw.marginSummary) ? raw.marginSummary : {};
  const accountValue = finiteNumber(summary.accountValue) ?? 0;
  return { time, positions, accountValue, unrealisedPnl, askedAt: at.askedAt };
}

/** Whether an answer can tell anything that is not known: only then must it wait for trades that are on their way. */
export function needsSettling(state: DexState, answer: DexAnswer): boolean {
  return answer.positions.length > 0 || state.holdings.size > 0;
}

/**
 * Takes over what an answer says of a trader on one exchange.
 *
 * What fits the trades that are known is taken at once. What differs is asked again, after a quiet moment, and taken when it
 * differs by the same amount again: then something moved the position that the tape did not tell.
 */
export function takeState(
  trader: TraderState,
  state: DexState,
  answer: DexAnswer,
  options: TakeStateOptions,
): TakenState | undefined {
  const { time } = answer;
  const byCoin = new Map(answer.positions.map(draft => [draft.payload.coin, draft]));
  const stated = answer.positions.map(({ payload }) => ({ coin: payload.coin, size: exactOf(payload.size) }));
  const verdicts = judgeSizes(state, stated, { time, toleranceMs: options.toleranceMs });
  if (verdicts === undefined) return undefined;

  const drafts: PositionDraft[] = [];
  const disputed: string[] = [];
  const drifts: { coin: string; size: bigint; time: number }[] = [];
  const tell = (holding: Holding, coin: string, moment: number): void => {
    holding.toldAt = moment;
    drafts.push(statement(trader.address, { coin, moment, time }, byCoin.get(coin)));
  };
  for (const verdict of verdicts) {
    const { coin, size } = verdict;
    const holding = holdingOf(state, coin);
    if (verdict.fits) {
      const isNews = verdict.isFirst || holding.tradedAt > holding.toldAt || holding.drift !== undefined;
      restate(holding, size, verdict.moment);
      const isDue = size !== 0n && time - holding.toldAt >= options.statementEveryMs;
      if (isNews || isDue) tell(holding, coin, verdict.moment);
    } else if (isBelieved(holding, verdict, { time, quietMs: options.quietMs })) {
      drifts.push({ coin, size: verdict.drift, time });
      restate(holding, size, time);
      tell(holding, coin, time);
    } else {
      holding.drift = { size: verdict.drift, seenAt: time };
      holding.disagreements += 1;
      disputed.push(coin);
    }
  }

  let isQuiet = true;
  for (const [coin, holding] of state.holdings) {
    if (holding.tradedAt + options.quietMs > time) isQuiet = false;
    const isFlat = holding.stated === 0n && holding.deltas.length === 0 && holding.drift === undefined;
    if (isFlat && time - Math.max(holding.tradedAt, holding.toldAt) > forgetAfterMs)
      state.holdings.delete(coin);
  }
  state.readAt = time;
  state.askedAt = Math.max(state.askedAt, answer.askedAt);
  state.accountValue = answer.accountValue;
  state.unrealisedPnl = answer.unrealisedPnl;
  state.isDisputed = disputed.length > 0;
  if (answer.askedAt >= state.suspectSince) state.isSuspectHolder = false;
  if (isQuiet) state.changedSince = undefined;
  else if (state.changedSince !== undefined)
    state.changedSince = Math.max(state.changedSince, answer.askedAt);
  if (answer.positions.length > 0 || answer.accountValue !== 0) state.isUsed = true;
  return { drafts, disputed, drifts };
}

function isBelieved(
  holding: Holding,
  { drift }: Extract<Verdict, { fits: false }>,
  { time, quietMs }: { readonly time: number; readonly quietMs: number },
): boolean {
  const before = holding.drift;
  if (before === undefined) return false;
  if (holding.disagreements >= mostDisagreements) return true;
  if (before.size !== drift || time - before.seenAt < quietMs) return false;
  return time - holding.tradedAt >= quietMs || holding.disagreements >= 2;
}

/** A statement of a position, as it was at a moment; flat where the answer does not name it. */
function statement(
  user: string,
  { coin, moment, time }: { readonly coin: string; readonly moment: number; readonly time: number },
  open: PositionDraft | undefined,
): PositionDraft {
  const dedupe = moment === time ? `${user}:${coin}:${time}` : `${user}:${coin}:${moment}:${time}`;
  if (open !== undefined) return collected(position, user, moment, dedupe, open.payload);
  return collected(position, user, moment, dedupe, {
    user,
    coin,
    size: '0',
    entryPrice: null,
    leverage: null,
    leverageType: null,
    marginUsed: null,
    liquidationPrice: null,
    unrealisedPnl: null,
    positionValue: null,
  });
}
