import type { ReportOptions, WalletProfile, WalletReport } from './report-data.ts';

/** What is left of a report's wallets by its options, and how often each category holds among them. */
export interface Selection {
  /** Most confident first, then by address; wallets in no category last. */
  readonly profiles: readonly WalletProfile[];
  /** Wallets with enough transactions, whether they are listed or not. */
  readonly wallets: number;
  /** Those among them that are in no category. */
  readonly uncategorised: number;
  /** Wallets that were left out for too few transactions. */
  readonly tooFewTransactions: number;
  /** Most frequent first. */
  readonly categories: readonly CategoryCount[];
}

export interface CategoryCount {
  readonly category: string;
  readonly wallets: number;
  /** Of the wallets with enough transactions. */
  readonly share: number;
  readonly meanConfidence: number;
}

/** Applies a report's options and counts. */
export function selectProfiles(report: WalletReport, options: ReportOptions = {}): Selection {
  const { minTxCount = 1, showUncategorised = false } = options;
  const enough = report.profiles.filter(profile => profile.txCount >= minTxCount);
  const listed = showUncategorised ? enough : enough.filter(profile => profile.categories.length > 0);
  return {
    profiles: listed.toSorted(byConfidence),
    wallets: enough.length,
    uncategorised: enough.filter(profile => profile.categories.length === 0).length,
    tooFewTransactions: report.profiles.length - enough.length,
    categories: countCategories(enough),
  };
}

function byConfidence(one: WalletProfile, other: WalletProfile): number {
  const difference = (other.categories[0]?.confidence ?? -1) - (one.categories[0]?.confidence ?? -1);
  return difference !== 0 ? difference : one.wallet < other.wallet ? -1 : 1;
}

function countCategories(profiles: readonly WalletProfile[]): readonly CategoryCount[] {
  const counts = new Map<string, { wallets: number; confidence: number }>();
  for (const { categories } of profiles) {
    for (const { category, confidence } of categories) {
      const count = counts.get(category) ?? { wallets: 0, confidence: 0 };
      count.wallets++;
      count.confidence += confidence;
      counts.set(category, count);
    }
  }
  return Array.from(counts, ([category, { wallets, confidence }]) => ({
    category,
    wallets,
    share: wallets / profiles.length,
    meanConfidence: confidence / wallets,
  })).sort((one, other) => other.wallets - one.wallets || (one.category < other.category ? -1 : 1));
}
