import { describe, expect, it } from 'vitest';
import { conformance, type PluginUnderTest, runConformance } from '../src/testing/index.ts';
import { goesOn, ignoresTheSignal, repeatsOnRestart } from './fixtures/plugins/collectors.ts';
import { convergesLate } from './fixtures/plugins/converges-late.ts';
import { countsOutside } from './fixtures/plugins/counts-outside.ts';
import { dependsOnBatchSize } from './fixtures/plugins/depends-on-batch-size.ts';
import { forgetsItsState } from './fixtures/plugins/forgets-its-state.ts';
import { leaksAcrossKeys } from './fixtures/plugins/leaks-across-keys.ts';
import { mutatesItsInput } from './fixtures/plugins/mutates-its-input.ts';
import { needsAnUnknownVersion } from './fixtures/plugins/needs-an-unknown-version.ts';
import { needsItsOptional } from './fixtures/plugins/needs-its-optional.ts';
import { peeksAhead } from './fixtures/plugins/peeks-ahead.ts';
import { readsTheClock } from './fixtures/plugins/reads-the-clock.ts';
import { returnsNan } from './fixtures/plugins/returns-nan.ts';
import { takesAnyConfiguration } from './fixtures/plugins/takes-any-configuration.ts';
import { trustsTheOrder } from './fixtures/plugins/trusts-the-order.ts';
import { undocumented } from './fixtures/plugins/undocumented.ts';
import { wellBehaved } from './fixtures/plugins/well-behaved.ts';

/** Each check, and a plugin that does just what the check forbids. */
const wrong: readonly (readonly [check: string, fault: string, plugin: PluginUnderTest])[] = [
  ['C01', 'leaves a field undocumented', undocumented],
  ['C02', 'accepts unknown configuration keys', takesAnyConfiguration],
  ['C03', 'keeps a function in its state', forgetsItsState],
  ['C04', 'remembers earlier runs', countsOutside],
  ['C05', 'peeks ahead', peeksAhead],
  ['C06', 'depends on the batch size', dependsOnBatchSize],
  ['C07', 'keeps part of its state where no snapshot finds it', forgetsItsState],
  ['C08', 'mutates its input', mutatesItsInput],
  ['C09', 'returns NaN', returnsNan],
  ['C10', 'reads the clock', readsTheClock],
  ['C11', 'repeats a draft on restart', repeatsOnRestart],
  ['C11', 'ignores the abort signal', ignoresTheSignal],
  ['C12', 'throws on a late event', trustsTheOrder],
  ['C13', 'needs its optional input', needsItsOptional],
  ['C14', 'leaks across keys', leaksAcrossKeys],
  ['C15', 'claims too short a warm-up', convergesLate],
  ['C16', 'needs an API version that never was', needsAnUnknownVersion],
];

describe('the conformance kit', () => {
  it.each(wrong)('catches with %s a plugin that %s', async (id, _fault, plugin) => {
    const check = conformance(plugin).find(each => each.id === id);
    await expect(check?.run()).rejects.toThrow();
  });

  it('reports every failure of a plugin with what was expected', async () => {
    const results = await runConformance(returnsNan);
    const failed = results.filter(result => !result.passed);
    expect(failed.map(result => result.id)).toContain('C09');
    expect(failed.find(result => result.id === 'C09')?.detail).toMatch(/expected/);
  });
});

describe('a well-behaved feature', () => {
  for (const check of conformance(wellBehaved)) it(check.name, check.run);
});

describe('a collector that goes on where it was', () => {
  for (const check of conformance(goesOn)) it(check.name, check.run);
});
