import type { CollectorContext } from '../../../plugin-api/index.ts';

/** What a connection needs of the context of the collector that owns it. */
export type ConnectionContext = Pick<
  CollectorContext<unknown>,
  'now' | 'log' | 'random' | 'signal' | 'sleep' | 'http' | 'budget' | 'reject'
>;
