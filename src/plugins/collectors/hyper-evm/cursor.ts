import * as z from 'zod';

/** Up to where the chain has been told. */
export interface ChainPlace {
  readonly chainId: number;
  /** The last block that was told. */
  readonly number: number;
  readonly hash: string;
  /** Its time in ms. */
  readonly time: number;
}

const schema = z.object({
  chainId: z.int(),
  number: z.int().min(0),
  hash: z.string(),
  time: z.int(),
});

export const writeCursor = ({ chainId, number, hash, time }: ChainPlace): string =>
  JSON.stringify({ chainId, number, hash, time });

/** A cursor of another chain, or none that can be read, is as good as none. */
export function readCursor(text: string | undefined, chainId: number): ChainPlace | undefined {
  if (text === undefined) return undefined;
  try {
    const place = schema.parse(JSON.parse(text));
    return place.chainId === chainId ? place : undefined;
  } catch {
    return undefined;
  }
}
