/*
 * Where each number of a wallet's state stands, counted from its first. NaN means not known. What each execution touches stands
 * together in front, so that it takes few cache lines.
 */
export const executions = 0;
export const firstSeen = 1;
export const lastSeen = 2;
export const lastExecution = 3;
/** Times between executions: mean and sum of squared deviations; there is one less than executions. */
export const intervalMean = 4;
export const intervalSquares = 5;
export const valueSum = 6;
export const valueMean = 7;
export const valueSquares = 8;
export const valueMax = 9;
export const openings = 10;
export const longs = 11;
export const flips = 12;
export const makerNotional = 13;
/** Notional of which maker or taker is known. */
export const knownNotional = 14;
export const bought = 15;
export const sold = 16;
/* The present execution. */
export const id = 17;
export const time = 18;
export const notional = 19;
export const size = 20;
/** The mid before it where the wallet took liquidity; NaN for a maker or where no mid is known. */
export const mid = 21;
/** The side of the position before it: 1 long, 0 flat, -1 short. */
export const sideBefore = 22;
/** What it has been counted as: 1 opening, 0 not. */
export const counted = 23;
/** Sums over the bins of the histograms of count times its logarithm. */
export const hourSum = 24;
export const sizeSum = 25;
export const coinCount = 26;
/** The hash set of coins and tokens: its length, and the list that it stands in, or 0 while it stands in `firstTokens`. */
export const tokenPlaces = 27;
export const tokens = 28;
export const firstTokens = 29;
export const firstTokenPlaces = 4;
/** Counterparties that are counted exactly; -1 once they are estimated. */
export const otherCount = 33;
/** The hash set of counterparties, or the registers of the sketch once there are many: its length and its list. */
export const otherPlaces = 34;
export const others = 35;
export const impactCount = 36;
export const slippageCount = 37;
export const moveCount = 38;
export const volatilityCount = 39;
export const candleCount = 40;
export const trendCount = 41;
/** 10 counts of notionals, two in a number. */
export const sizes = 42;
/** 24 counts of hours, two in a number. */
export const hours = 47;
export const impactSum = 59;
export const impactMax = 60;
export const slippageMean = 61;
export const slippageSquares = 62;
export const momentumSum = 63;
export const reversionSum = 64;
export const volatilitySum = 65;
export const rangeMean = 66;
export const rangeSquares = 67;
export const rangeMax = 68;
export const bodyMean = 69;
export const bodySquares = 70;
export const bodyPositive = 71;
export const trendSum = 72;
export const volumeMean = 73;
export const volumeSquares = 74;
export const volumeMax = 75;
export const sketchSum = 76;
export const sketchZeros = 77;
/** When the next wake is due. */
export const nextWake = 78;
export const slots = 79;

/** The slots that make up the present execution. */
export const executionStart = id;
export const executionLength = 7;
