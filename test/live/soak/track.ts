import type { SoakedPlatform } from './platform.ts';

const mutation = `mutation ($address: String!) {
  trackTrader(address: $address) { __typename ... on Tracking { tracked } }
}`;

/** Has traders tracked by hand, a few at a time. */
export async function track(platform: SoakedPlatform, traders: readonly string[]): Promise<void> {
  const waiting = [...traders];
  const some = async () => {
    for (let address = waiting.pop(); address !== undefined; address = waiting.pop()) {
      const { trackTrader } = await platform.ask<{ trackTrader: { readonly tracked?: boolean } }>(mutation, {
        address,
      });
      if (trackTrader.tracked !== true) throw new Error(`${address}: ${JSON.stringify(trackTrader)}`);
    }
  };
  await Promise.all(Array.from({ length: 8 }, some));
}
