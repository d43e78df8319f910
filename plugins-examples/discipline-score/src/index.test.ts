import { conformance } from 'hypersonar/testing';
import { describe, it } from 'vitest';
import disciplineScore from './index.ts';

describe('discipline-score', () => {
  for (const check of conformance(disciplineScore)) it(check.name, check.run);
});
