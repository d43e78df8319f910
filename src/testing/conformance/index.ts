import type { Check } from './check.ts';
import { collectorChecks } from './collector-checks.ts';
import { determinismChecks } from './determinism-checks.ts';
import { headerChecks } from './header-checks.ts';
import { purityChecks } from './purity-checks.ts';
import { type ConformanceOptions, flatten, type PluginUnderTest } from './subject.ts';
import { toleranceChecks } from './tolerance-checks.ts';

export type { ConformanceOptions, PluginUnderTest } from './subject.ts';

/** A check of the conformance kit, ready to run on one plugin. */
export interface ConformanceCheck {
  /** `C01` to `C16`. */
  readonly id: string;
  /** The id and a sentence, such as `C04 gives the same outputs in two runs over the same tape`. */
  readonly name: string;
  /** Rejects with what was expected and what was found. */
  run(): Promise<void>;
}

const checks: readonly Check[] = [
  ...headerChecks,
  ...determinismChecks,
  ...purityChecks,
  ...toleranceChecks,
  ...collectorChecks,
].sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));

/**
 * The checks that every plugin of a kind must pass. What a plugin reads is provided by `options.with`, or else by stand-ins.
 *
 * @example
 * describe('holding-time', () => {
 *   for (const check of conformance(holdingTime)) it(check.name, check.run);
 * });
 */
export function conformance(
  under: PluginUnderTest,
  options: ConformanceOptions = {},
): readonly ConformanceCheck[] {
  const { kind } = typeof under === 'function' ? under(options.tape ?? []) : under;
  return checks
    .filter(check => check.kinds.includes(kind))
    .map(check => ({
      id: check.id,
      name: `${check.id} ${check.title}`,
      run: () => check.run(under, options),
    }));
}

/** What became of one check. */
export interface ConformanceResult {
  readonly id: string;
  readonly name: string;
  readonly passed: boolean;
  /** What was expected and what was found, when it failed. */
  readonly detail?: string;
}

/** Runs all checks on a plugin and reports each. */
export async function runConformance(
  under: PluginUnderTest,
  options: ConformanceOptions = {},
  onResult: (result: ConformanceResult) => void = () => {},
): Promise<readonly ConformanceResult[]> {
  const results: ConformanceResult[] = [];
  for (const { id, name, run } of conformance(under, options)) {
    const failure = await run().then(
      () => undefined,
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    );
    const result = {
      id,
      name,
      passed: failure === undefined,
      ...(failure === undefined ? {} : { detail: failure }),
    };
    results.push(result);
    onResult(result);
  }
  return results;
}

export { flatten as flattenPlugins };
