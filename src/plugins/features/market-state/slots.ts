/* Where each number of a coin's state stands. NaN means not known. */
export const mid = 0;
export const midTime = 1;
export const mark = 2;
export const markTime = 3;
export const oracle = 4;
export const oracleTime = 5;
export const trade = 6;
export const tradeTime = 7;
/** The last completed candle. */
export const candleOpenTime = 8;
export const candleInterval = 9;
export const candleOpen = 10;
export const candleHigh = 11;
export const candleLow = 12;
export const candleClose = 13;
export const candleVolumeUsd = 14;
export const fundingRate = 15;
/** The hour, counted from 1970, of the last rate that is in the index. */
export const fundingHour = 16;
export const fundingIndex = 17;
/** The UTC day, counted from 1970, that `dayOpen` begins. */
export const day = 18;
export const dayOpen = 19;
export const previousDayOpen = 20;
/** When the state was last touched. */
export const now = 21;
/** The grid of prices: its step in minutes, the step that is open, the log price in it, and how many have closed. */
export const gridMinutes = 22;
export const gridHead = 23;
export const gridLog = 24;
export const gridPoints = 25;
/** Running sums over the window: one-step returns and five-minute returns. */
export const count1 = 26;
export const sum1 = 27;
export const squares1 = 28;
export const count5 = 29;
export const sum5 = 30;
export const squares5 = 31;
export const slots = 32;
