import { conformance } from 'hypersonar/testing';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { startVenue, type Venue } from '../test/venue.ts';
import coinbaseTrades from './index.ts';

describe('coinbase-trades', () => {
  const config = { products: ['BTC-USD'], feedUrl: '', restUrl: '' };
  let venue: Venue;

  beforeAll(async () => {
    venue = await startVenue({ products: ['BTC-USD'], play: { count: 60, lost: [7, 8, 15, 59] } });
    Object.assign(config, { feedUrl: venue.feedUrl, restUrl: venue.restUrl });
  });
  afterAll(() => venue.stop());

  for (const check of conformance(coinbaseTrades, { config, drafts: 60 })) it(check.name, check.run);
});
