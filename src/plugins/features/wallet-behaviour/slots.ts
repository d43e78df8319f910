/* Where each number of a wallet's state stands. NaN means not known. */
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
export const impactCount = 13;
export const impactSum = 14;
export const impactMax = 15;
export const slippageCount = 16;
export const slippageMean = 17;
export const slippageSquares = 18;
export const moveCount = 19;
export const momentumSum = 20;
export const reversionSum = 21;
export const volatilityCount = 22;
export const volatilitySum = 23;
export const makerNotional = 24;
/** Notional of which maker or taker is known. */
export const knownNotional = 25;
export const bought = 26;
export const sold = 27;
export const candleCount = 28;
export const rangeMean = 29;
export const rangeSquares = 30;
export const rangeMax = 31;
export const bodyMean = 32;
export const bodySquares = 33;
export const bodyPositive = 34;
export const trendCount = 35;
export const trendSum = 36;
export const volumeMean = 37;
export const volumeSquares = 38;
export const volumeMax = 39;
export const coinCount = 40;
/** Counterparties that are counted exactly; -1 once they are estimated. */
export const otherCount = 41;
export const sketchSum = 42;
export const sketchZeros = 43;
/** When the next wake is due. */
export const nextWake = 44;
/* The present execution. */
export const id = 45;
export const time = 46;
export const notional = 47;
export const size = 48;
/** The mid before it where the wallet took liquidity; NaN for a maker or where no mid is known. */
export const mid = 49;
/** The side of the position before it: 1 long, 0 flat, -1 short. */
export const sideBefore = 50;
/** What it has been counted as: 1 opening, 0 not. */
export const counted = 51;
/** 24 counts of hours, two in a number. */
export const hours = 52;
/** 10 counts of notionals, two in a number. */
export const sizes = 64;
export const slots = 69;

/** The slots that make up the present execution. */
export const executionStart = id;
export const executionLength = 7;
