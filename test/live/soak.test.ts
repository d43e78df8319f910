import { describe, expect, test } from 'vitest';
import { shortSoak } from './soak/options.ts';
import { runSoak } from './soak/run.ts';
import { textOf, verdictsOf } from './soak/verdicts.ts';

/*
 * Half a minute of what `soak.ts` does for long. How fast it was depends on who else uses the machine, and is not looked at.
 */

describe('the platform on a local exchange', () => {
  test('keeps within all limits, loses no trade of a burst, and knows the positions of all it tracks', async () => {
    const said: string[] = [];
    const result = await runSoak(shortSoak, text => said.push(text));
    const missed = verdictsOf(result).filter(({ isMet, isFunctional }) => isFunctional && !isMet);
    expect(missed, `${textOf(missed)}\n${said.join('\n')}\n${result.failures.join('\n')}`).toEqual([]);
    expect(result.exitCode).toBe(0);
    expect(result.phases.every(({ eventsPerSecond }) => eventsPerSecond > 0)).toBe(true);
  });
});
