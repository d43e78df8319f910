/**
 * How busy the simulation is. `deep` is weeks of thin history, `recent` the hours before the present at a small part of
 * its density, `live` the present.
 */
export type PhaseKind = 'deep' | 'recent' | 'live';

export interface Phase {
  readonly kind: PhaseKind;
  /** When it begins; it lasts until the next one. */
  readonly from: number;
}

export interface Pace {
  /** How often prices move. */
  readonly stepMs: number;
  /** How often each coin's mid is shown. */
  readonly markMs: number;
  /** How often each coin's book is shown; 0 for never. */
  readonly bookMs: number;
  readonly leaderboardMs: number;
  /** How often one of the large accounts' state is shown; 0 for never. */
  readonly stateMs: number;
  /** The unit in which traders hold positions and look back. */
  readonly tempoMs: number;
  /** Whether a market order is announced with the mid that it meets, because marks are too rare. */
  readonly marksBeforeOrders: boolean;
}

const hour = 3_600_000;

export const paces: Record<PhaseKind, Pace> = {
  deep: {
    stepMs: 300_000,
    markMs: 3 * hour,
    bookMs: 0,
    leaderboardMs: 24 * hour,
    stateMs: 0,
    tempoMs: hour,
    marksBeforeOrders: true,
  },
  recent: {
    stepMs: 2_000,
    markMs: 30_000,
    bookMs: 0,
    leaderboardMs: hour,
    stateMs: 0,
    tempoMs: 600_000,
    marksBeforeOrders: true,
  },
  live: {
    stepMs: 100,
    markMs: 1_000,
    bookMs: 10_000,
    leaderboardMs: 300_000,
    stateMs: 5_000,
    tempoMs: 60_000,
    marksBeforeOrders: false,
  },
};

const day = 24 * hour;

/** The last part of history is denser than the rest, so that minutes and hours mean something at once. */
export const recentMs = 3 * hour;

/** The phases of a history of so many days that leads up to `present`; none when it has no days. */
export function phasesBefore(present: number, historyDays: number): Phase[] {
  const from = present - Math.round(historyDays * day);
  if (from >= present) return [];
  const recent = present - recentMs;
  if (recent <= from) return [{ kind: 'recent', from }];
  return [
    { kind: 'deep', from },
    { kind: 'recent', from: recent },
  ];
}

/** The phases of a time that nobody watched, up to `now`. */
export function phasesAcross(from: number, now: number): Phase[] {
  const recent = now - recentMs;
  if (recent <= from) return [{ kind: 'recent', from }];
  return [
    { kind: 'deep', from },
    { kind: 'recent', from: recent },
  ];
}
