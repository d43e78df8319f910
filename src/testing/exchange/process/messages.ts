import type { ExchangeOptions } from '../options.ts';
import type { ExchangeAddresses } from '../serve-exchange.ts';

/** What the parent tells the process of an exchange, once. */
export interface ParentMessage {
  readonly options: ExchangeOptions;
}

/** What the process answers, once. */
export type ChildMessage = { readonly started: ExchangeAddresses } | { readonly failed: string };
