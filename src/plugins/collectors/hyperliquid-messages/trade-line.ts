import { trade } from '../../../plugin-api/index.ts';
import { type Collected, collected, type Decoded } from './collected.ts';
import { decodeTrade } from './trades.ts';

/*
 * Trades as the exchange writes them, read without a JSON parser: always the same keys in the same order, without spaces. There are
 * thousands of them a second, and a parser makes a dozen objects and texts for each that nobody needs.
 */

/** What `decodeTrade` answers for the JSON text of a trade. Text that is no JSON answers a reason, too. */
export function decodeTradeLine(text: string): Decoded<typeof trade> {
  return scanTradeLine(text) ?? decodeTrade(parsed(text));
}

/** What `decodeTrade` answers for the JSON text of a trade, or `undefined` when it is written in any other way than the usual one. */
export function scanTradeLine(text: string): Collected<typeof trade> | undefined {
  if (!readBytes(text)) return undefined;
  const found = scanTrade(text, 0);
  return end === text.length ? found : undefined;
}

const frameStart = '{"channel":"trades","data":[';

/** The trades in a message of the `trades` channel, or `undefined` when it is another message, or written in any other way. */
export function scanTradeFrame(text: string): Collected<typeof trade>[] | undefined {
  if (!text.startsWith(frameStart) || !readBytes(text)) return undefined;
  const found: Collected<typeof trade>[] = [];
  for (let from = frameStart.length; ; from = end + 1) {
    const one = scanTrade(text, from);
    if (one === undefined) return undefined;
    found.push(one);
    if (bytes[end] !== comma) break;
  }
  return text.endsWith(']}') && end === text.length - 2 ? found : undefined;
}

const encoder = new TextEncoder();
/** The text at hand, a byte for each character: a byte is read in a third of the time that a character of a text takes. */
let bytes = Buffer.alloc(4096);
/** Where the trade that was scanned last ends. */
let end = 0;
/** Trades of one transaction follow each other; they share this text. */
let lastHash = '-';
let lastCoin = '"';

/** Lays the text out as bytes; false when it is not all ASCII. */
function readBytes(text: string): boolean {
  if (text.length > bytes.length) bytes = Buffer.alloc(text.length * 2);
  const { read, written } = encoder.encodeInto(text, bytes);
  return read === text.length && written === text.length;
}

const quote = 34;
const comma = 44;
const point = 46;
const backslash = 92;
const addressLength = 42;
const hashLength = 66;

// Note: one function with its place in a local variable takes half of the time that one for each key takes.
function scanTrade(line: string, start: number): Collected<typeof trade> | undefined {
  const text = bytes;
  if (!line.startsWith('{"coin":"', start)) return undefined;
  let at = start + 9;
  const coinEnd = textEnd(text, at);
  if (coinEnd < 0 || !line.startsWith(',"side":"', coinEnd + 1)) return undefined;
  if (coinEnd - at !== lastCoin.length || !line.startsWith(lastCoin, at))
    lastCoin = copied(text, at, coinEnd);
  const coin = lastCoin;
  at = coinEnd + 10;
  const side = text[at];
  if ((side !== 65 && side !== 66) || !line.startsWith('","px":"', at + 1)) return undefined;
  at += 9;
  const priceEnd = decimalEnd(text, at);
  if (priceEnd < 0 || !line.startsWith(',"sz":"', priceEnd + 1)) return undefined;
  const price = line.slice(at, priceEnd);
  at = priceEnd + 8;
  const sizeEnd = decimalEnd(text, at);
  if (sizeEnd < 0 || !line.startsWith(',"time":', sizeEnd + 1)) return undefined;
  const size = line.slice(at, sizeEnd);
  const timeStart = sizeEnd + 9;
  const timeEnd = digitsEnd(text, timeStart);
  if (timeEnd < 0 || !line.startsWith(',"hash":"', timeEnd)) return undefined;
  at = timeEnd + 9;
  if (!line.startsWith(lastHash, at)) {
    if (!isHexadecimal(text, at, hashLength)) return undefined;
    lastHash = copied(text, at, at + hashLength);
  }
  if (!line.startsWith('","tid":', at + hashLength)) return undefined;
  const idStart = at + hashLength + 8;
  const idEnd = digitsEnd(text, idStart);
  if (idEnd < 0 || !line.startsWith(',"users":["', idEnd)) return undefined;
  const buyerStart = idEnd + 11;
  const sellerStart = buyerStart + addressLength + 3;
  if (!isHexadecimal(text, buyerStart, addressLength) || !isHexadecimal(text, sellerStart, addressLength))
    return undefined;
  if (!line.startsWith('","', sellerStart - 3) || !line.startsWith('"]}', sellerStart + addressLength)) {
    return undefined;
  }
  const time = numberOf(text, timeStart, timeEnd);
  const tradeId = numberOf(text, idStart, idEnd);
  if (time > Number.MAX_SAFE_INTEGER || tradeId > Number.MAX_SAFE_INTEGER) return undefined;
  end = sellerStart + addressLength + 3;
  const dedupe = `${coin}:${line.slice(timeStart, timeEnd)}:${line.slice(idStart, idEnd)}`;
  return collected(trade, coin, time, dedupe, {
    coin,
    price,
    size,
    takerSide: side === 66 ? 'buy' : 'sell',
    buyer: copied(text, buyerStart, buyerStart + addressLength),
    seller: copied(text, sellerStart, sellerStart + addressLength),
    tradeId,
    hash: lastHash,
  });
}

// Note: a part of a long text keeps all of it in memory for as long as the part is kept, and names are kept for ever; so they are
// copied. Short parts, and those that are joined, are no such parts.
/** What `toString('latin1')` calls, without its checks; a part of Node's buffers that its types leave out. */
type LatinBuffer = Buffer & { latin1Slice(from: number, to: number): string };

function copied(text: Buffer, from: number, to: number): string {
  return (text as LatinBuffer).latin1Slice(from, to);
}

/** Where a text without escapes ends that is neither empty nor too long for a field; -1 when it is none. */
function textEnd(text: Buffer, start: number): number {
  let at = start;
  for (; text[at] !== quote; at++) {
    if (!((text[at] as number) >= 32) || text[at] === backslash) return -1;
  }
  return at > start && at - start <= 4096 ? at : -1;
}

/** Where a decimal ends that is not negative, written as `decimalText` leaves it; -1 when it is none. */
function decimalEnd(text: Buffer, start: number): number {
  let at = start;
  let code = text[at] as number;
  const first = code;
  while (code >= 48 && code <= 57) code = text[++at] as number;
  if (at === start || (first === 48 && at > start + 1)) return -1;
  if (code === point) {
    const fraction = at + 1;
    do code = text[++at] as number;
    while (code >= 48 && code <= 57);
    if (at === fraction) return -1;
  }
  return code === quote ? at : -1;
}

/** Where a whole number ends; -1 when it is none. */
function digitsEnd(text: Buffer, start: number): number {
  let at = start;
  let code = text[at] as number;
  const first = code;
  while (code >= 48 && code <= 57) code = text[++at] as number;
  return at === start + 1 || (at > start && first !== 48) ? at : -1;
}

// Note: beyond 2^53 it is not exact, but it is not less than that, either.
function numberOf(text: Buffer, start: number, to: number): number {
  let number = 0;
  for (let at = start; at < to; at++) number = number * 10 + ((text[at] as number) - 48);
  return number;
}

/** 0 for the lower-case hexadecimal digits, 1 for all else. */
const strange = Uint8Array.from({ length: 256 }, (_, code) =>
  (code >= 48 && code <= 57) || (code >= 97 && code <= 102) ? 0 : 1,
);

/** Whether `0x` and lower-case hexadecimal digits stand there. */
function isHexadecimal(text: Buffer, start: number, length: number): boolean {
  if (text[start] !== 48 || text[start + 1] !== 120) return false;
  let found = 0;
  for (let at = start + 2; at < start + length; at++) found |= strange[text[at] as number] as number;
  return found === 0;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
