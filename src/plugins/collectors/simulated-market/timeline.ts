import { PluginError } from '../../../plugin-api/index.ts';
import type { Phase, PhaseKind } from '../../../simulation/phase.ts';
import { createSimulation, type Simulation } from '../../../simulation/simulation.ts';
import { historyMs, type MarketConfig, recentMs } from './config.ts';

/** Where a market stands: what it went through, and how many of its events were told. */
export interface Timeline {
  readonly present: number;
  readonly phases: readonly Phase[];
  /** Events since `present` that are on the tape. */
  readonly told: number;
}

/** The phases that lead up to the present. */
export function phasesBefore(config: MarketConfig, present: number): Phase[] {
  const from = present - historyMs(config);
  const recent = present - recentMs;
  if (recent <= from) return [{ kind: 'recent', from }];
  return [
    { kind: 'deep', from },
    { kind: 'recent', from: recent },
  ];
}

/** The phases that lead from a pause to now, when the present goes on. */
export function phasesAcross(pause: number, now: number): Phase[] {
  const recent = now - recentMs;
  const phases: Phase[] = [{ kind: 'live', from: now }];
  if (recent <= pause) return [{ kind: 'recent', from: pause }, ...phases];
  return [{ kind: 'deep', from: pause }, { kind: 'recent', from: recent }, ...phases];
}

export function startSimulation(config: MarketConfig, timeline: Timeline): Simulation {
  return createSimulation({
    seed: config.seed,
    wallets: config.wallets,
    tradesPerSecond: config.tradesPerSecond,
    present: timeline.present,
    phases: timeline.phases,
  });
}

const letters: Record<PhaseKind, string> = { deep: 'd', recent: 'r', live: 'l' };

/** A timeline as a cursor's text, less the count of events: `1;<configuration>;<present>;d<from>,r<from>,l<from>;`. */
export function timelineText(config: MarketConfig, { present, phases }: Timeline): string {
  const path = phases.map(({ kind, from }) => letters[kind] + from.toString(36)).join(',');
  return `1;${configText(config)};${present.toString(36)};${path};`;
}

/** Reads a cursor. */
export function readTimeline(cursor: string, config: MarketConfig): Timeline {
  const [version, configuration, presentText, path, told] = cursor.split(';');
  const present = Number.parseInt(presentText ?? '', 36);
  const phases = (path ?? '').split(',').map(text => ({
    kind: Object.entries(letters).find(([, letter]) => letter === text[0])?.[0] as PhaseKind,
    from: Number.parseInt(text.slice(1), 36),
  }));
  const readable =
    version === '1' &&
    Number.isSafeInteger(present) &&
    Number.isSafeInteger(Number(told)) &&
    phases.every(phase => phase.kind !== undefined && Number.isSafeInteger(phase.from));
  if (!readable || configuration !== configText(config)) {
    throw new PluginError('SIMULATION_CHANGED', 'The simulated market cannot go on where it stopped.', {
      expected: `a tape of the configuration ${configText(config)}`,
      found: `one of ${configuration ?? JSON.stringify(cursor)}`,
      hint: 'Configure it as before, or begin with an empty data folder.',
    });
  }
  return { present, phases, told: Number(told) };
}

function configText({ seed, wallets, tradesPerSecond, historyDays }: MarketConfig): string {
  return `seed=${seed} wallets=${wallets} rate=${tradesPerSecond} days=${historyDays}`;
}
