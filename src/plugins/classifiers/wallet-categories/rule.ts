import type { ReadingName, WalletReading } from './reading.ts';

/** One row of the table of categories, with its thresholds filled in. */
export interface Rule {
  readonly category: string;
  /** Of the rules of one chain only the first that holds counts. */
  readonly chain: string;
  /** The rule in words, with its thresholds. */
  readonly text: string;
  /** What the condition and the confidence read, in that order; shown with the category. */
  readonly reads: readonly ReadingName[];
  /** Whether scores can raise the confidence: then it reads, besides, what {@link boost} goes by. */
  readonly isBoosted?: true;
  holds(wallet: WalletReading): boolean;
  confidence(wallet: WalletReading): number;
}

/** What decides on whether scores raise a confidence: the mean of the first four is above the last. */
export const boostReads = ['bot', 'risk', 'profitability', 'sophistication', 'boostAbove'] as const;
/** What scores add to a confidence, when they are high enough to add anything. */
export const boost = (wallet: WalletReading, addition: number) => (wallet.boosted ? addition : 0);
/** A term of a sum whose value is not known adds nothing. */
export const orZero = (value: number) => (Number.isNaN(value) ? 0 : value);
