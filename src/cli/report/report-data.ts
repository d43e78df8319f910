/** One wallet as the wallet profiling report shows it. */
export interface WalletProfile {
  /** Lower-case address. */
  readonly wallet: string;
  /** The name that the wallet shows on the exchange. */
  readonly displayName: string | null;
  /** Most confident first. */
  readonly categories: readonly ProfileCategory[];
  /** Momentum, mean reversion, volatility trading, market making, trend following, contrarian; each in [-1, 1]. */
  readonly style: readonly number[] | null;
  readonly scores: ProfileScores | null;
  readonly txCount: number;
  readonly ageDays: number;
}

export interface ProfileCategory {
  readonly category: string;
  /** In [0, 1]. */
  readonly confidence: number;
  /** The rule that fired. */
  readonly rule: string;
  /** What the rule read. */
  readonly values: readonly { readonly name: string; readonly value: number }[];
}

/** What a wallet model says; each in [0, 1] but `influence`, which is at least 0. */
export interface ProfileScores {
  readonly bot: number;
  readonly risk: number;
  readonly profitability: number;
  readonly sophistication: number;
  readonly influence: number;
}

/** Everything that a report is rendered from. */
export interface WalletReport {
  /** When the report was made, ms since 1970. */
  readonly generatedAt: number;
  /** Up to when events were taken in, ms since 1970; `null` before the first. */
  readonly dataUntil: number | null;
  /** Where the events came from, such as a recording's path. */
  readonly source: string;
  /** True when the events are simulated; the report says so at its top. */
  readonly simulated: boolean;
  readonly profiles: readonly WalletProfile[];
}

/** The settings of section and filter; the same words as in the classifier's configuration. */
export interface ReportOptions {
  /** Wallets with fewer transactions are left out. Default 1. */
  readonly minTxCount?: number;
  /** Whether wallets in no category are listed. Default false. */
  readonly showUncategorised?: boolean;
  /** The influence whose bar is full in the HTML report; influence has no upper end. Default 6. */
  readonly fullInfluence?: number;
}

/** The names of the six values of a style vector, in their order. */
export const styleNames = [
  'momentum',
  'mean reversion',
  'volatility trading',
  'market making',
  'trend following',
  'contrarian',
] as const;

/** The five scores, in the order in which they are shown. */
export const scoreNames = ['bot', 'risk', 'profitability', 'sophistication', 'influence'] as const;
