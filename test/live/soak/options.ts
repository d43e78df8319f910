/** How a soak is run. */
export interface SoakOptions {
  readonly seed: number;
  /** Trades per second of the exchange, and of its burst. */
  readonly rate: number;
  readonly burstRate: number;
  readonly burstSeconds: number;
  /** All of it, but for the start and the comparison at the end. */
  readonly minutes: number;
  /** Before the burst. */
  readonly warmUpMinutes: number;
  readonly tracked: number;
  readonly wallets: number;
  readonly coins?: { readonly perps: number; readonly builder: number; readonly spot: number } | undefined;
  readonly leaderboardRows: number;
  /** How long the exchange's last word on positions may take after trading has ended. */
  readonly settleMinutes: number;
  /** Configuration of the collector of tracked traders. */
  readonly traders?: Readonly<Record<string, number>> | undefined;
  /** A folder for a profile of the platform's processor time. */
  readonly profile?: string | undefined;
  /** Where its tape and database are kept; by default in a folder that is deleted. */
  readonly folder?: string | undefined;
}

export const longSoak: SoakOptions = {
  seed: 7,
  rate: 300,
  burstRate: 3_000,
  burstSeconds: 60,
  minutes: 30,
  warmUpMinutes: 6,
  tracked: 500,
  wallets: 2_000,
  leaderboardRows: 50_000,
  settleMinutes: 15,
};

/** What tests have time for: few coins and traders; its figures say nothing of memory. */
export const shortSoak: SoakOptions = {
  seed: 7,
  rate: 100,
  burstRate: 600,
  burstSeconds: 8,
  minutes: 0.5,
  warmUpMinutes: 0.2,
  tracked: 30,
  wallets: 150,
  coins: { perps: 60, builder: 40, spot: 20 },
  leaderboardRows: 1_000,
  settleMinutes: 1.5,
  // Thirty traders on eleven exchanges cost 660 of 960 in a minute: what no trade shows is found within one.
  traders: { staleAfterMs: 30_000, unusedStaleAfterMs: 30_000 },
};
