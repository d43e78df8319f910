import { existsSync } from 'node:fs';
import path from 'node:path';
import type { ConfigInput } from '../../src/core/config.ts';

/** A made-up history that is always there. */
export function simulatedSource(options: { readonly seed: number; readonly hours?: number }): ConfigInput {
  return {
    plugins: {
      'simulated-history': {
        config: {
          seed: options.seed,
          wallets: 60,
          tradesPerSecond: 0.5,
          historyDays: (options.hours ?? 4) / 24,
          present: Date.UTC(2025, 5, 1),
        },
      },
    },
  };
}

const dataFolder = process.env.HYPERSONAR_DATA ?? path.join(import.meta.dirname, '../../../shared/data');
const crashFile = path.join(dataFolder, 'vault-fills/crash-2025-10.node_fills.jsonl.gz');

/** A recording of the crash of October 2025, where it is present. */
export const crashSource: ConfigInput | undefined = existsSync(crashFile)
  ? { plugins: { 'node-fills': { config: { path: crashFile } } } }
  : undefined;

/** Says why tests with recorded data are skipped. */
export const crashSourceName = `the crash recording (${crashSource ? 'present' : `absent: no ${crashFile}`})`;
