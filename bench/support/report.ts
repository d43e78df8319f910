import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** A benchmark's figures: one line for people, and one of JSON for programs. */
export function report(name: string, line: string, figures: Readonly<Record<string, unknown>>): void {
  console.log(`${name}: ${line}`);
  console.log(JSON.stringify({ name, ...figures }));
}

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** Bytes in use after all garbage is gone. */
export function bytesInUse(): number {
  collect();
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

export const isQuick = process.env.BENCH_QUICK === '1';
