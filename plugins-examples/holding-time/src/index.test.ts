import { conformance } from 'hypersonar/testing';
import { describe, it } from 'vitest';
import holdingTime from './index.ts';

describe('holding-time', () => {
  for (const check of conformance(holdingTime)) it(check.name, check.run);
});
