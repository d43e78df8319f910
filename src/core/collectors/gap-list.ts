import type { GapReport } from '../ingest/source-item.ts';

/** Gaps that a collector has reported and that are not told yet. */
export interface GapList {
  add(report: GapReport): void;
  /** Returns them all and forgets them. */
  take(): GapReport[];
  /** Resolves to `gap` when there is one, or else when `other` is settled. */
  race(other: Promise<unknown>): Promise<'gap' | 'settled'>;
}

export function createGapList(): GapList {
  let reports: GapReport[] = [];
  // Note: one that waits at a time, and not a promise that lives on, which would keep every race that it was in.
  let onAdded: (() => void) | undefined;
  return {
    add(report) {
      reports.push(report);
      onAdded?.();
    },
    take() {
      const taken = reports;
      reports = [];
      return taken;
    },
    race(other) {
      if (reports.length > 0) return Promise.resolve('gap');
      return new Promise(resolve => {
        onAdded = () => resolve('gap');
        const settled = () => resolve('settled');
        other.then(settled, settled);
      });
    },
  };
}
