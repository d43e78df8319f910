import type { CollectorContext, position } from '../../../plugin-api/index.ts';
import type { Collected } from '../hyperliquid-messages/collected.ts';
import { decimalOf } from './exact-decimal.ts';
import { forgetTimes } from './holding.ts';
import type { SteadyClock } from './steady-clock.ts';
import { type DexAnswer, decodeDexState, needsSettling, type TakenState, takeState } from './take-state.ts';
import { type DexState, dexStateOf, type TraderState } from './trader-state.ts';

export interface StateReaderOptions {
  readonly ctx: Pick<CollectorContext<unknown>, 'log' | 'reject' | 'sleep' | 'signal'>;
  readonly clock: SteadyClock;
  readonly settleMs: number;
  readonly quietMs: number;
  readonly statementEveryMs: number;
  readonly tell: (drafts: readonly Collected<typeof position>[]) => void;
  /** Whether a trader is still followed. */
  readonly isFollowed: (trader: TraderState) => boolean;
  /** Told after each state that was taken over. */
  readonly taken: (trader: TraderState, state: DexState) => void;
  /** Told of positions that something moved which the tape did not tell. */
  readonly drifted: (trader: TraderState, coins: readonly string[]) => void;
}

/** What came of all answers so far. */
export interface ReaderStatus {
  readonly answers: number;
  /** Answers of which all sizes were what was expected. */
  readonly agreed: number;
  /** Sizes that differed at first sight. */
  readonly disputed: number;
  /** Sizes that differed for good, and were corrected. */
  readonly drifts: number;
}

export interface StateReader {
  /**
   * Takes an answer or a message: a `clearinghouseState` of one exchange. False when it cannot be read. `askedAt` is by the steady
   * clock, `receivedAt` is wall time.
   */
  receive(
    trader: TraderState,
    dex: string,
    raw: unknown,
    at: { readonly askedAt: number; readonly receivedAt: number },
  ): boolean;
  /** Takes over what has waited long enough, until the collector stops. */
  run(): Promise<void>;
  status(): ReaderStatus;
}

interface Waiting {
  readonly trader: TraderState;
  readonly state: DexState;
  readonly answer: DexAnswer;
  readonly dueAt: number;
}

const lookEveryMs = 50;
/** The server's clock may be as far from its last block. */
const toleranceMs = 3_000;
/** Answers that are older than the last state are believed after so many in a row, over so long a time. */
const mostOlderAnswers = 4;
const olderForMs = 10_000;

/**
 * Takes over states of traders. Each waits until the trades that happened before it have come, which are on another way; only then
 * it is held against them.
 */
export function createStateReader(options: StateReaderOptions): StateReader {
  const { ctx, clock } = options;
  const waiting: Waiting[] = [];
  let answers = 0;
  let agreed = 0;
  let disputes = 0;
  let driftCount = 0;

  function settle(item: Waiting): void {
    const { trader, state, answer } = item;
    state.isReading = false;
    if (!options.isFollowed(trader)) return;
    const isFirst = state.askedAt === Number.NEGATIVE_INFINITY;
    const taken = takeState(trader, state, answer, { ...options, toleranceMs });
    answers += 1;
    if (taken === undefined) {
      takeOlder(item);
      return;
    }
    state.olderAnswers = 0;
    options.tell(taken.drafts);
    if (taken.disputed.length > 0) {
      disputes += taken.disputed.length;
      state.notBefore = clock.now + options.quietMs;
    } else if (taken.drifts.length === 0) {
      agreed += 1;
    }
    noteDrifts(trader, state, taken);
    if (isFirst) noteChangesBefore(trader, state);
    options.taken(trader, state);
  }

  /** An answer that names an older time than the last state is put off; when they go on, the exchange's clock has gone back. */
  function takeOlder(item: Waiting): void {
    const { trader, state, answer } = item;
    // Note: an answer that was overtaken by a later one says nothing of the clock.
    if (answer.askedAt <= state.askedAt) return;
    if (state.olderAnswers === 0) state.olderSince = clock.now;
    state.olderAnswers += 1;
    if (state.olderAnswers < mostOlderAnswers || clock.now - state.olderSince < olderForMs) {
      const waitMs = options.quietMs * 2 ** Math.min(state.olderAnswers, mostOlderAnswers);
      state.notBefore = clock.now + waitMs;
      return;
    }
    ctx.log.warn("the exchange's clock has gone back; its answers are taken as if they were the first", {
      ...{ trader: trader.address, dex: state.dex, from: state.readAt, to: answer.time },
    });
    state.readAt = Number.NEGATIVE_INFINITY;
    for (const holding of state.holdings.values()) forgetTimes(holding);
    settle(item);
  }

  function noteDrifts(trader: TraderState, state: DexState, { drifts }: TakenState): void {
    if (drifts.length === 0) return;
    driftCount += drifts.length;
    for (const { coin, size, time } of drifts) {
      ctx.log.warn("a position was not what the tape had told; the exchange's word is taken", {
        trader: trader.address,
        coin,
        drift: decimalOf(size),
        time,
        isSuspected: state.suspectSince > Number.NEGATIVE_INFINITY,
      });
    }
    options.drifted(
      trader,
      drifts.map(({ coin }) => coin),
    );
  }

  /** What differs from what the platform held before this start has changed while nobody looked. */
  function noteChangesBefore(trader: TraderState, state: DexState): void {
    const changed: string[] = [];
    for (const [coin, holding] of state.holdings) {
      const before = trader.heldBefore.get(coin);
      if (before !== undefined && before !== holding.stated) changed.push(coin);
    }
    if (changed.length > 0) options.drifted(trader, changed);
  }

  return {
    receive(trader, dex, raw, at) {
      const state = dexStateOf(trader, dex);
      const answer = decodeDexState(trader.address, raw, at);
      if (typeof answer === 'string') {
        ctx.reject({ source: `clearinghouseState of ${trader.address}`, reason: answer });
        return false;
      }
      const item = { trader, state, answer, dueAt: clock.now + options.settleMs };
      if (!needsSettling(state, answer)) {
        settle(item);
      } else {
        state.isReading = true;
        waiting.push(item);
      }
      return true;
    },
    async run() {
      while (!ctx.signal.aborted) {
        while (waiting.length > 0 && waiting[0]!.dueAt <= clock.now) settle(waiting.shift()!);
        await ctx.sleep(lookEveryMs);
      }
    },
    status: () => ({ answers, agreed, disputed: disputes, drifts: driftCount }),
  };
}
