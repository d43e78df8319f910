import { type CollectorContext, defineCollector } from '../../../plugin-api/index.ts';
import { type MarketConfig, marketConfig } from './config.ts';
import { emits, toDraft } from './drafts.ts';
import {
  phasesAcross,
  phasesBefore,
  readTimeline,
  startSimulation,
  type Timeline,
  timelineText,
} from './timeline.ts';

export { simulatedHistory } from './history.ts';

/** How often what happened is told, ms. */
const tickMs = 100;
/** A shorter pause is caught up with as if it had not been. */
const shortPauseMs = 30_000;
const chunkMs = 6 * 3_600_000;

/** Lets a simulated market go on in real time. */
export const simulatedMarket = defineCollector({
  id: 'simulated-market',
  version: '1.0.0',
  api: '^1.0.0',
  doc: 'Simulated: a market that does not exist, traded by made-up wallets in real time.',
  config: marketConfig,
  emits,
  collect,
  // What was missed is told by `collect`, which goes on at its cursor; this says that the gap is healed.
  async *backfill() {},
});

async function* collect(ctx: CollectorContext<MarketConfig>) {
  const timeline = ctx.cursor === undefined ? begin(ctx) : readTimeline(ctx.cursor, ctx.config);
  const simulation = startSimulation(ctx.config, timeline);
  const { present } = timeline;
  // What came before the present is history, which is not told here.
  while (simulation.now < present - 1) {
    simulation.runUntil(Math.min(present - 1, simulation.now + chunkMs));
    await ctx.sleep(0);
    if (ctx.signal.aborted) return;
  }
  let { phases } = timeline;
  let told = 0;
  let until = present - 1;
  while (!ctx.signal.aborted) {
    if (told >= timeline.told) {
      // All that is on the tape has been repeated: this is where the market stopped.
      if (ctx.now - until > shortPauseMs && until > phases.at(-1)!.from) {
        const added = phasesAcross(until + 1, ctx.now);
        phases = [...phases, ...added];
        for (const phase of added) simulation.add(phase);
      }
      if (until + tickMs > ctx.now) await ctx.sleep(tickMs);
      if (ctx.signal.aborted) return;
    }
    until += tickMs;
    const events = simulation.runUntil(until);
    if (events.length === 0) continue;
    const prefix = timelineText(ctx.config, { present, phases, told: 0 });
    const drafts = [];
    for (const event of events) {
      told++;
      if (told > timeline.told) drafts.push(toDraft(event, { cursor: prefix + told }));
    }
    if (drafts.length > 0) yield drafts;
  }
}

function begin(ctx: CollectorContext<MarketConfig>): Timeline {
  const now = Math.floor(ctx.now / 1_000) * 1_000;
  const present = ctx.config.present ?? now;
  const phases = phasesBefore(ctx.config, present);
  // While history was read in, real time went on: that part is as thin as recent history.
  return { present, phases: [...phases, { kind: 'live', from: Math.max(present, now) }], told: 0 };
}
