/*
 * The line `["0xuser",{fill}]` as nodes write it, read without a JSON parser: a node writes tens of millions of them a day,
 * always with the same keys in the same order and without spaces.
 */

// Note: the scanner keeps where it is outside of its calls, so that a line needs no object for it.
let line = '';
let at = 0;
let failed = false;

/**
 * What `JSON.parse` answers for such a line, without keys that no fill needs, or `undefined` when the line is written in any
 * other way: then it is for `JSON.parse` to read.
 */
export function scanFillLine(text: string): readonly [string, Readonly<Record<string, unknown>>] | undefined {
  // Note: an escape could hide the end of a text.
  if (text.includes('\\')) return undefined;
  line = text;
  at = 0;
  failed = false;
  const user = quoted('["', true);
  const coin = quoted(',{"coin":"', true);
  const px = quoted(',"px":"');
  const sz = quoted(',"sz":"');
  const side = quoted(',"side":"');
  const time = digits(',"time":');
  const startPosition = quoted(',"startPosition":"');
  const dir = quoted(',"dir":"', true);
  const closedPnl = quoted(',"closedPnl":"');
  const hash = quoted(',"hash":"');
  const oid = digits(',"oid":');
  const crossed = has(',"crossed":true');
  if (!crossed) expect(',"crossed":false');
  const fee = quoted(',"fee":"');
  const tid = digits(',"tid":');
  if (failed) return undefined;
  if (begins(',"cloid":"')) quoted(',"cloid":"');
  const feeToken = begins(',"feeToken":"') ? quoted(',"feeToken":"', true) : undefined;
  const twapId = has(',"twapId":null') || !begins(',"twapId":') ? null : digits(',"twapId":');
  let liquidation: { liquidatedUser: string; markPx: string; method: string } | undefined;
  if (begins(',"liquidation":{')) {
    const liquidatedUser = quoted(',"liquidation":{"liquidatedUser":"', true);
    const markPx = quoted(',"markPx":"');
    const method = quoted(',"method":"', true);
    expect('}');
    liquidation = { liquidatedUser, markPx, method };
  }
  expect('}]');
  if (failed || at !== text.length) return undefined;
  return [
    user,
    {
      coin,
      px,
      sz,
      side,
      time,
      startPosition,
      dir,
      closedPnl,
      hash,
      oid,
      crossed,
      fee,
      tid,
      feeToken,
      twapId,
      liquidation,
    },
  ];
}

function begins(text: string): boolean {
  return line.startsWith(text, at);
}

function has(text: string): boolean {
  if (!line.startsWith(text, at)) return false;
  at += text.length;
  return true;
}

function expect(text: string): void {
  if (!has(text)) failed = true;
}

/** The text up to the next quote, after what must stand before it. */
function quoted(before: string, keep = false): string {
  if (failed || !line.startsWith(before, at)) {
    failed = true;
    return '';
  }
  const start = at + before.length;
  const end = line.indexOf('"', start);
  if (end === -1) {
    failed = true;
    return '';
  }
  at = end + 1;
  const text = line.slice(start, end);
  return keep ? kept(text) : text;
}

/** The whole number after what must stand before it; larger ones than are exact are left to the parser. */
function digits(before: string): number {
  if (failed || !line.startsWith(before, at)) {
    failed = true;
    return 0;
  }
  const start = at + before.length;
  let end = start;
  let number = 0;
  for (; ; end++) {
    const code = line.charCodeAt(end) - 48;
    if (!(code >= 0 && code <= 9)) break;
    number = number * 10 + code;
  }
  const isPlain = end > start && (end === start + 1 || line.charCodeAt(start) !== 48);
  if (!isPlain || number > Number.MAX_SAFE_INTEGER) failed = true;
  at = end;
  return number;
}

const known = new Map<string, string>();
const mostKnown = 100_000;

// Note: a part of a long text keeps all of it in memory for as long as the part is kept, and addresses and names are kept in
// states for ever. So each of them is copied once, and the copy is used from then on.
function kept(text: string): string {
  const copy = known.get(text);
  if (copy !== undefined) return copy;
  if (known.size >= mostKnown) known.clear();
  const fresh = Buffer.from(text).toString();
  known.set(fresh, fresh);
  return fresh;
}
