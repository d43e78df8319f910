/* Where each number of a position's state stands, counted from its first. NaN means not known. */
/** Signed size in whole units of 1 / scale; the scale is a power of ten. */
export const units = 0;
export const scale = 1;
export const entry = 2;
export const openedAt = 3;
/** PnL of the present episode; NaN when flat or when its beginning is not known. */
export const episodePnl = 4;
export const cumulativePnl = 5;
/** NaN until a feed has told a fee. */
export const cumulativeFees = 6;
export const cumulativeFunding = 7;
export const episodes = 8;
export const wins = 9;
export const gaps = 10;
/** Feed minus reconstruction at the last gap, in coins. */
export const lastGap = 11;
export const flags = 12;
/** Event times of the first and the last change, and of the last snapshot. */
export const firstTime = 13;
export const lastTime = 14;
export const snapshotTime = 15;
/** The coin's funding index up to which funding is booked. */
export const fundingIndex = 16;
/** Where the next remembered trade goes. */
export const recentNext = 17;
/* The last event. */
export const unitsBefore = 18;
/** Place in `positionActions`; -1 when the size did not change. */
export const action = 19;
export const price = 20;
export const notionalUsd = 21;
export const realised = 22;
export const fee = 23;
/** 1 taker, 0 maker. */
export const taker = 24;
/** Place in `sources`. */
export const source = 25;
export const eventTime = 26;
export const endedPnl = 27;
export const endedHoldingMs = 28;
export const net = 29;
export const funding = 30;
/**
 * The last trades, while only one feed has been seen: a ring of pairs of trade id (negative for a sale, 0 for a free place) and the
 * PnL booked for it (NaN: none).
 */
export const recent = 31;
/** Pairs in that ring. */
export const recentPlaces = 4;
export const slots = 39;

/* Flags. */
export const started = 1;
export const seenTrade = 2;
export const seenFill = 4;
export const seenPayment = 8;
export const truncated = 16;

export const sources = ['trade', 'fill', 'snapshot'] as const;
export const fromTrade = 0;
export const fromFill = 1;
export const fromSnapshot = 2;

/* Places in `positionActions`. */
export const noAction = -1;
export const open = 0;
export const close = 1;
export const increase = 2;
export const decrease = 3;
export const flip = 4;
export const liquidated = 5;
export const reconciled = 6;
