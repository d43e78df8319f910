import { mostUrgent, type Need, type NeedsOptions, rankOf, reasons } from './needs.ts';
import type { TraderState } from './trader-state.ts';

export interface AskingOptions {
  readonly requestsAtOnce: number;
  readonly traders: () => Iterable<TraderState>;
  readonly needs: () => NeedsOptions;
  /** Asks; marks what it asks as being asked before it first waits. Does not reject. */
  readonly ask: (need: Need) => Promise<void>;
  readonly sleep: (ms: number) => Promise<void>;
  readonly signal: AbortSignal;
}

/** How often is looked for something to ask when there was nothing. */
const lookEveryMs = 50;
/** One in so many questions of the ordinary lanes goes to what else would come last. */
const backgroundShare = 4;

/**
 * Asks what is needed most, a few questions at a time. Half of the lanes are kept for what is urgent, so that it never waits
 * behind requests that wait for weight themselves.
 */
export async function keepAsking(options: AskingOptions): Promise<void> {
  const urgentLanes = Math.ceil(options.requestsAtOnce / 2);
  const lanes = Array.from({ length: options.requestsAtOnce }, (_, lane) =>
    runLane(options, lane < urgentLanes ? rankOf('a holder may have changed') : reasons.length),
  );
  await Promise.all(lanes);
}

async function runLane(
  { traders, needs, ask, sleep, signal }: AskingOptions,
  leastRank: number,
): Promise<void> {
  let asked = 0;
  while (!signal.aborted) {
    const backgroundFirst = leastRank === reasons.length && asked % backgroundShare === backgroundShare - 1;
    const need = mostUrgent(traders(), needs(), { leastRank, backgroundFirst });
    if (need === undefined) {
      await sleep(lookEveryMs);
      continue;
    }
    asked += 1;
    await ask(need);
  }
}
