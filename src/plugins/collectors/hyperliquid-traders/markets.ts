/** The name of the main perpetual exchange. */
export const mainDex = '';

/** The perpetual exchange that a coin trades on; `undefined` for spot pairs and outcome shares, which are no positions. */
export function dexOf(coin: string): string | undefined {
  const first = coin.charCodeAt(0);
  if (first === 0x40 /* @ */ || first === 0x23 /* # */ || first === 0x2b /* + */) return undefined;
  const colon = coin.indexOf(':');
  if (colon >= 0) return coin.slice(0, colon);
  return coin.includes('/') ? undefined : mainDex;
}
