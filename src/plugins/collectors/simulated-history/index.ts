import { defineCollector } from '../../../plugin-api/index.ts';
import type { MarketEvent } from '../../../simulation/market-event.ts';
import { phasesBefore } from '../../../simulation/phase.ts';
import { createSimulation } from '../../../simulation/simulation.ts';
import { historyConfig } from './config.ts';
import { emits, type MarketDraft, toDraft } from './drafts.ts';

/** An event of history is held to be known this long after it happened. */
const latencyMs = 60;
const chunkMs = 6 * 3_600_000;
const chunkEvents = 1_000;

/** Brings in what happened on a simulated market before the present, with which the local exchange goes on. */
export const simulatedHistory = defineCollector({
  id: 'simulated-history',
  version: '1.0.0',
  api: '^1.0.0',
  doc: 'Simulated: weeks of made-up history of a market that does not exist.',
  config: historyConfig,
  availability: 'declared',
  emits,
  async *collect(ctx) {
    const { present } = ctx.config;
    const simulation = createSimulation({
      ...ctx.config,
      phases: phasesBefore(present, ctx.config.historyDays),
    });
    const events: MarketEvent[] = [];
    for (let until = simulation.now; until < present - 1; ) {
      until = Math.min(present - 1, until + chunkMs);
      for (const event of simulation.runUntil(until)) if (isPublic(event)) events.push(event);
      // Others get their turn; the whole takes about a second.
      await ctx.sleep(0);
      if (ctx.signal.aborted) return;
    }
    for (
      let done = Number(ctx.cursor ?? 0);
      done < events.length && !ctx.signal.aborted;
      done += chunkEvents
    ) {
      const drafts: MarketDraft[] = [];
      for (let index = done; index < Math.min(events.length, done + chunkEvents); index++) {
        const event = events[index]!;
        drafts.push(toDraft(event, { cursor: String(index + 1), tsIngest: event.time + latencyMs }));
      }
      yield drafts;
      ctx.progress({
        source: 'simulated history',
        done: done + drafts.length,
        total: events.length,
        unit: 'rows',
      });
    }
  },
});

/** What the exchange's backstop vault takes over is seen in the fills of the other side, and in no trade. */
function isPublic(event: MarketEvent): boolean {
  if (event.type !== 'trade' || event.liquidated === undefined) return true;
  return event.buyer.archetype !== 'backstop' && event.seller.archetype !== 'backstop';
}
