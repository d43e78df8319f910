import type { Change } from './change.ts';
import { type Crowd, emptyCrowd } from './crowd.ts';
import type { RecentChange } from './recent.ts';

/** What is kept of one coin. Each part is bounded: by open positions of the watched, by configuration, or by the cool-down. */
export interface WhaleAlertState {
  readonly crowd: Crowd;
  readonly recent: RecentChange[];
  /** When an alert was raised last, by its cool-down key. */
  readonly raised: Map<string, number>;
  /** Changes that wait for others of the same owner. */
  pending: Change[];
  /** The change that the present event made, when it can raise an alert. */
  change: Change | undefined;
  /** Why the present event can raise none. */
  because: string;
}

export function initialState(): WhaleAlertState {
  return {
    crowd: emptyCrowd(),
    recent: [],
    raised: new Map(),
    pending: [],
    change: undefined,
    because: '',
  };
}

/** Takes the changes of the first owner whose time of waiting is over out of the state. */
export function takeSettled(
  state: WhaleAlertState,
  now: number,
  nettingMs: number,
): readonly Change[] | undefined {
  const due = state.pending.find(change => now - change.knownAt >= nettingMs);
  if (due === undefined) return undefined;
  const settled = state.pending.filter(change => change.owner === due.owner);
  state.pending = state.pending.filter(change => change.owner !== due.owner);
  return settled;
}

const mostRaised = 1024;

/** Notes that an alert was raised, and forgets those whose cool-down is long over. */
export function noteRaised(state: WhaleAlertState, cooldownKey: string, now: number, longest: number): void {
  state.raised.delete(cooldownKey);
  state.raised.set(cooldownKey, now);
  for (const [key, at] of state.raised) {
    if (now - at < longest && state.raised.size <= mostRaised) break;
    state.raised.delete(key);
  }
}
