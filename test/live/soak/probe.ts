import { constants, monitorEventLoopDelay, PerformanceObserver, performance } from 'node:perf_hooks';
import { BroadcastChannel, isMainThread, threadName } from 'node:worker_threads';

/*
 * Loaded into the platform's process before anything else: measures its event loop and its heap, and tells its parent when asked.
 */

/** What happened in the process since it was asked last. */
export interface ProbeReport {
  /** Lag of the event loop in ms, above the timer's own 10 ms. */
  readonly lag: { readonly p50: number; readonly p99: number; readonly max: number };
  /** Share of time in which the main thread was busy. */
  readonly busy: number;
  /** Processor time of all threads in ms. */
  readonly processorMs: number;
  /** The heap after each major collection, which is when it holds no garbage; bytes. */
  readonly floors: readonly { readonly at: number; readonly heap: number }[];
  readonly collections: { readonly count: number; readonly totalMs: number; readonly longestMs: number };
  readonly rss: number;
  readonly heapUsed: number;
  readonly heapTotal: number;
  readonly external: number;
  /** Memory of the other threads, by name; bytes. */
  readonly threads: Readonly<Record<string, ThreadMemory>>;
}

interface ThreadMemory {
  readonly heapUsed: number;
  readonly heapTotal: number;
  readonly external: number;
}

const resolutionMs = 10;
const channel = new BroadcastChannel('hypersonar-soak-probe');
channel.unref();
const threads: Record<string, ThreadMemory> = {};

if (!isMainThread) {
  const tell = setInterval(() => {
    const { heapUsed, heapTotal, external } = process.memoryUsage();
    channel.postMessage([threadName, { heapUsed, heapTotal, external }]);
  }, 5_000);
  tell.unref();
}

if (isMainThread && process.send !== undefined) {
  channel.onmessage = event => {
    const [name, memory] = (event as { readonly data: readonly [string, ThreadMemory] }).data;
    threads[name] = memory;
  };
  const lag = monitorEventLoopDelay({ resolution: resolutionMs });
  lag.enable();
  let floors: { at: number; heap: number }[] = [];
  let collections = { count: 0, totalMs: 0, longestMs: 0 };
  new PerformanceObserver(list => {
    for (const entry of list.getEntries()) {
      const { duration } = entry;
      collections.count++;
      collections.totalMs += duration;
      collections.longestMs = Math.max(collections.longestMs, duration);
      const { kind } = (entry as unknown as { readonly detail: { readonly kind: number } }).detail;
      if (kind === constants.NODE_PERFORMANCE_GC_MAJOR) {
        floors.push({ at: Date.now(), heap: process.memoryUsage().heapUsed });
      }
    }
  }).observe({ entryTypes: ['gc'] });
  let processor = process.cpuUsage();
  let utilization = performance.eventLoopUtilization();

  process.on('message', question => {
    if (question !== 'report') return;
    const used = process.cpuUsage(processor);
    const present = performance.eventLoopUtilization();
    const { rss, heapUsed, heapTotal, external } = process.memoryUsage();
    const above = (nanoseconds: number) => Math.max(0, nanoseconds / 1e6 - resolutionMs);
    const report: ProbeReport = {
      lag: { p50: above(lag.percentile(50)), p99: above(lag.percentile(99)), max: above(lag.max) },
      busy: performance.eventLoopUtilization(present, utilization).utilization,
      processorMs: (used.user + used.system) / 1_000,
      ...{ floors, collections, rss, heapUsed, heapTotal, external, threads },
    };
    lag.reset();
    floors = [];
    collections = { count: 0, totalMs: 0, longestMs: 0 };
    processor = process.cpuUsage();
    utilization = present;
    process.send?.(report);
  });
  process.channel?.unref();
}
