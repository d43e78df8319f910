import { performance } from 'node:perf_hooks';
import { createRandom, type Random } from '../../../simulation/random.ts';
import { type ActiveFault, type Fault, type FaultKind, faultDefaults, type PlannedFault } from './fault.ts';

/** What goes wrong at present, and what has. */
export interface Faults {
  /** Lets something go wrong now. */
  inject(fault: Fault): ActiveFault;
  /** Lets things go wrong at their times from now. */
  run(plan: readonly PlannedFault[]): void;
  /** Ends all that lasts, and what is planned. */
  clear(): void;
  /** The faults that last at present. */
  active(): readonly ActiveFault[];
  /** Everything that has been injected, oldest first. */
  injected(): readonly ActiveFault[];
  /** The latest fault of a kind that lasts at present, with its defaults. */
  of(kind: FaultKind): (Fault & { readonly share: number }) | undefined;
  /** As {@link of}, when the dice say that this case is hit, too. */
  strikes(kind: FaultKind): (Fault & { readonly share: number }) | undefined;
  /** Whether any frame may be touched at present. */
  readonly touchFrames: boolean;
  readonly random: Random;
}

const frameKinds: ReadonlySet<FaultKind> = new Set([
  'duplicate-frames',
  'drop-frames',
  'reorder-frames',
  'late-frames',
  'unknown-keys',
  'late-candles',
  'partial-candles',
]);

/** @param strike - Does at once what happens once. */
export function createFaults(
  seed: number,
  strike: (fault: Required<Pick<Fault, 'share'>> & Fault) => void,
): Faults {
  const random = createRandom(seed, 'faults');
  const began = performance.now();
  const injected: ActiveFault[] = [];
  let lasting: ActiveFault[] = [];
  let timers: NodeJS.Timeout[] = [];
  let touchFrames = false;

  const sinceStart = () => Math.round(performance.now() - began);
  const prune = (): readonly ActiveFault[] => {
    const now = sinceStart();
    if (lasting.some(({ until }) => until <= now)) {
      lasting = lasting.filter(({ until }) => until > now);
      touchFrames = lasting.some(({ fault }) => frameKinds.has(fault.kind));
    }
    return lasting;
  };

  function inject(fault: Fault): ActiveFault {
    const whole = { ...faultDefaults[fault.kind], ...fault };
    const since = sinceStart();
    const active = { id: injected.length + 1, fault: whole, since, until: since + whole.durationMs };
    injected.push(active);
    if (whole.durationMs > 0) {
      lasting.push(active);
      touchFrames ||= frameKinds.has(whole.kind);
    }
    strike(whole);
    return active;
  }

  const of = (kind: FaultKind) => {
    if (lasting.length === 0) return undefined;
    return prune().findLast(({ fault }) => fault.kind === kind)?.fault as
      | (Fault & { share: number })
      | undefined;
  };

  return {
    inject,
    run(plan) {
      for (const { atMs, fault } of plan) {
        const timer = setTimeout(() => {
          try {
            inject(fault);
          } catch (error) {
            // Note: what has no place in this market is noted, and the plan goes on.
            const last = injected.length - 1;
            const failed = error instanceof Error ? error.message : String(error);
            injected[last] = { ...(injected[last] as ActiveFault), failed };
          }
        }, atMs);
        timer.unref();
        timers.push(timer);
      }
    },
    clear() {
      for (const timer of timers) clearTimeout(timer);
      timers = [];
      lasting = [];
      touchFrames = false;
    },
    active: () => [...prune()],
    injected: () => [...injected],
    of,
    strikes(kind) {
      const fault = of(kind);
      return fault !== undefined && random.chance(fault.share) ? fault : undefined;
    },
    get touchFrames() {
      if (touchFrames) prune();
      return touchFrames;
    },
    random,
  };
}
