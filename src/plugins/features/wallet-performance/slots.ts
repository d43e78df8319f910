import { fields } from './record.ts';

/* Where each number of a wallet's state stands. NaN means not known. The first ones are the record of the whole life. */
export const firstSeen = fields;
export const lastSeen = fields + 1;
/** Equity as last told by the present source, PnL since the account's beginning as told with it, and what has been realised since. */
export const accountValue = fields + 2;
export const totalPnl = fields + 3;
export const realisedSince = fields + 4;
/** The curve of returns, 1 when equity was first told: when it was last told, and now. */
export const curveTold = fields + 5;
export const curve = fields + 6;
/** The hour and day of the first record; all later ones stand in `hours` and `days`. */
export const firstHour = fields + 7;
export const firstDay = fields + 8;
export const fees = fields + 9;
export const funding = fields + 10;
export const holdingMs = fields + 11;
export const gaps = fields + 12;
/** Coins whose history is incomplete. */
export const truncated = fields + 13;
/** Coins traded, and the sum of the squares of their notionals. */
export const coins = fields + 14;
export const squaredVolume = fields + 15;
/** The present execution. */
export const executionId = fields + 16;
export const executionTime = fields + 17;
export const nextWake = fields + 18;
/** The last day that the daily statistics hold. */
export const closedDay = fields + 19;
/** The day on which equity was first told. */
export const equityDay = fields + 20;
/** Who tells the equity: `fromAccount` or `fromLeaderboard`. */
export const source = fields + 21;
/** When each of them told it last. */
export const accountTime = fields + 22;
export const leaderboardTime = fields + 23;
/** How the wallet is known: `seenStated` or `seenActive`; NaN while nothing but the exchange's leaderboard has named it. */
export const seen = fields + 24;
/** The last trade or fill. */
export const lastTraded = fields + 25;
export const slots = fields + 26;

/** By a statement of its equity or of a position. */
export const seenStated = 1;
/** By a trade, a fill or a funding payment: what can bring PnL. */
export const seenActive = 2;

/* Who tells equity. */
export const fromAccount = 0;
export const fromLeaderboard = 1;

/* The daily statistics, an array of its own that exists from the first whole day on. */
export const days = 0;
export const pnlSum = 1;
export const pnlSquares = 2;
export const pnlProducts = 3;
export const pnlFirst = 4;
export const pnlLast = 5;
/** Days with a return: their count, mean, sum of squared deviations, and sum of squared shortfalls. */
export const returns = 6;
export const returnMean = 7;
export const returnSquares = 8;
export const shortfalls = 9;
/** Days with a return of the benchmark. */
export const common = 10;
export const benchmarkSum = 11;
export const benchmarkSquares = 12;
export const benchmarkPnl = 13;
export const commonPnl = 14;
export const commonSquares = 15;
/** A day whose benchmark return is still to be read, and its PnL. */
export const openDay = 16;
export const openPnl = 17;
export const dailySlots = 18;
