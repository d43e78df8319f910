import { createRandom, type Random } from '../../../simulation/random.ts';
import { type Fault, type FaultKind, faultDefaults, faultKinds, type PlannedFault } from './fault.ts';

export interface FaultPlanOptions {
  /** Another seed is another plan; the same seed is the same plan. */
  readonly seed: number;
  /** The last fault has ended by then. */
  readonly durationMs: number;
  /** All kinds by default. */
  readonly kinds?: readonly FaultKind[];
  /** Mean time between the beginnings of faults; default 3 s. */
  readonly everyMs?: number;
  /** The longest that a fault lasts; default a quarter of the plan. */
  readonly longestMs?: number;
}

/** Makes a plan of faults: each kind once at least when there is time for it, in an order and at times that the seed says. */
export function faultPlan({
  seed,
  durationMs,
  kinds = faultKinds,
  everyMs = 3_000,
  longestMs = durationMs / 4,
}: FaultPlanOptions): PlannedFault[] {
  const random = createRandom(seed, 'fault-plan');
  const plan: PlannedFault[] = [];
  let bag: FaultKind[] = [];
  for (
    let at = everyMs * random.next();
    at < durationMs && kinds.length > 0;
    at += everyMs * random.between(0.4, 1.6)
  ) {
    if (bag.length === 0) bag = [...kinds];
    const kind = bag.splice(random.below(bag.length), 1)[0] as FaultKind;
    const fault = drawFault(kind, random, Math.min(longestMs, durationMs - at));
    if (fault !== undefined) plan.push({ atMs: Math.round(at), fault });
  }
  return plan;
}

/** A fault of a kind, or undefined when the time that is left is too short for it. */
function drawFault(kind: FaultKind, random: Random, longestMs: number): Fault | undefined {
  const defaults = faultDefaults[kind];
  const { durationMs, share, delayMs, leapMs } = defaults;
  if (durationMs > 0 && longestMs < 200) return undefined;
  return {
    kind,
    durationMs: Math.round(Math.min(durationMs * random.between(0.4, 1.4), longestMs)),
    // Note: not every socket and frame each time, so that a client also meets halves of its connections failing.
    share: Math.max(0.05, Math.round(share * random.between(0.3, 1) * 100) / 100),
    ...(delayMs === undefined ? {} : { delayMs: Math.round(delayMs * random.between(0.3, 1.3)) }),
    ...(leapMs === undefined ? {} : { leapMs: Math.round(leapMs * random.between(-1, 1)) }),
    ...(kind === 'http-status' ? { status: random.pick([429, 500, 502, 503]) } : {}),
  };
}
