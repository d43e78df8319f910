import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createWindowLimit } from './window-limit.ts';

test('never more than the limit is allowed within any minute, and as much as it is', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 20 }),
      fc.array(fc.record({ wait: fc.integer({ min: 0, max: 20_000 }), reserve: fc.nat(5) }), {
        maxLength: 200,
      }),
      (perMinute, acts) => {
        const limit = createWindowLimit(perMinute);
        const taken: number[] = [];
        let now = 0;
        for (const { wait, reserve } of acts) {
          now += wait;
          const within = taken.filter(time => now - time < 60_000).length;
          const allowed = limit.take(now, reserve);
          expect(allowed).toBe(within < perMinute - reserve);
          if (allowed) taken.push(now);
        }
      },
    ),
  );
});
