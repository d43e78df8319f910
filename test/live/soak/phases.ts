import type { LimitName, LimitUse } from '../../../src/testing/index.ts';
import { type Quantiles, quantilesOf } from './figures.ts';
import type { SoakedPlatform } from './platform.ts';
import type { ProbeReport } from './probe.ts';
import type { Subscribers } from './subscriptions.ts';

/** What was measured during one phase of a soak. */
export interface Phase {
  readonly name: string;
  readonly seconds: number;
  readonly tradesPerSecond: number;
  readonly eventsPerSecond: number;
  /** Processor time of all of the platform's threads, in cores; the same by kind of thread. */
  readonly cores: number;
  readonly coresByThread: Readonly<Record<string, number>>;
  /** Share of time in which the main thread was busy. */
  readonly busy: number;
  readonly lagMs: ProbeReport['lag'];
  readonly collections: ProbeReport['collections'];
  /** How late subscribers got what they follow, in ms. */
  readonly delivered: Readonly<Record<string, Quantiles | undefined>>;
  readonly rssMb: number;
  readonly heapMb: number;
  /** Heap and other memory of the main thread and of others, in MB. */
  readonly memoryMb: Readonly<Record<string, readonly [heapUsed: number, heap: number, external: number]>>;
}

export type Limits = Readonly<Record<LimitName, LimitUse>>;

/** Measures one phase after another. */
export interface PhaseMeter {
  /** Ends a phase and begins the next one. */
  end(name: string): Promise<Phase>;
  /** The heap after each major collection so far. */
  readonly floors: ProbeReport['floors'];
}

export async function createPhaseMeter(
  platform: SoakedPlatform,
  subscribers: Subscribers,
): Promise<PhaseMeter> {
  const look = async () => ({
    at: performance.now(),
    threads: platform.threads(),
    metrics: await platform.metrics(),
  });
  let before = await look();
  const floors = [...(await platform.report()).floors];
  subscribers.take();
  return {
    floors,
    async end(name) {
      const report = await platform.report();
      const now = await look();
      const seconds = (now.at - before.at) / 1_000;
      const rate = (metric: string, labels?: Readonly<Record<string, string>>) => {
        const sum = ({ metrics }: typeof now) =>
          metrics.all(metric, labels).reduce((total, { value }) => total + value, 0);
        return (sum(now) - sum(before)) / seconds;
      };
      const delivered = Object.fromEntries(
        Object.entries(subscribers.take()).map(([what, late]) => [what, quantilesOf(late)]),
      );
      const phase: Phase = {
        ...{ name, seconds, delivered },
        tradesPerSecond: rate('hypersonar_events_total', { type: 'trade' }),
        eventsPerSecond: rate('hypersonar_events_total'),
        cores: report.processorMs / 1_000 / seconds,
        coresByThread: Object.fromEntries(
          [...now.threads].map(([thread, time]) => [
            thread,
            Math.round(((time - (before.threads.get(thread) ?? 0)) / seconds) * 1_000) / 1_000,
          ]),
        ),
        busy: report.busy,
        lagMs: report.lag,
        collections: report.collections,
        rssMb: report.rss / 2 ** 20,
        heapMb: report.heapUsed / 2 ** 20,
        memoryMb: Object.fromEntries(
          Object.entries({ main: report, ...report.threads }).map(
            ([thread, { heapUsed, heapTotal, external }]) => [
              thread,
              [heapUsed, heapTotal, external].map(bytes => Math.round(bytes / 2 ** 20)),
            ],
          ),
        ) as unknown as Phase['memoryMb'],
      };
      floors.push(...report.floors);
      before = now;
      return phase;
    },
  };
}
