import { conformance } from 'hypersonar/testing';
import { describe, it } from 'vitest';
import plugins from './index.ts';

const [share, classifier] = plugins;

describe('weekend-share', () => {
  for (const check of conformance(share!)) it(check.name, check.run);
});

describe('weekend-trader', () => {
  for (const check of conformance(classifier!, { with: share! })) it(check.name, check.run);
});
