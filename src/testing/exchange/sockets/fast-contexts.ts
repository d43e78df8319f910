import { deflateRawSync } from 'node:zlib';
import type { ExchangeState } from '../state/exchange-state.ts';

interface Prices {
  readonly markPx: string;
  readonly midPx: string | null;
}

/** The `fastAssetCtxs` channel: mark and mid prices of all coins, first whole, then what has changed; deflated, in base64. */
export interface FastContexts {
  whole(): string;
  /** What has changed since this was last called; undefined when nothing has. */
  changed(): string | undefined;
}

export function createFastContexts(state: ExchangeState): FastContexts {
  let names: readonly (readonly string[])[] | undefined;
  let last = new Map<string, Prices>();

  function read(): Map<string, Prices> {
    names ??= perpNames(state);
    const prices = new Map<string, Prices>();
    const all = state.view({ type: 'allDexsAssetCtxs' }) as {
      readonly ctxs: readonly [string, readonly Prices[]][];
    };
    for (const [index, [, contexts]] of all.ctxs.entries()) {
      for (const [asset, { markPx, midPx }] of contexts.entries()) {
        const name = names[index]?.[asset];
        if (name !== undefined) prices.set(name, { markPx, midPx });
      }
    }
    const spot = state.view({ type: 'spotAssetCtxs' }) as readonly (Prices & { readonly coin: string })[];
    for (const { coin, markPx, midPx } of spot) prices.set(coin, { markPx, midPx });
    return prices;
  }

  return {
    whole: () => packed(Object.fromEntries(read())),
    changed() {
      const before = last;
      last = read();
      const changes: Record<string, Partial<Prices>> = {};
      for (const [coin, { markPx, midPx }] of last) {
        const was = before.get(coin);
        const change = {
          ...(was?.markPx === markPx ? {} : { markPx }),
          ...(was?.midPx === midPx ? {} : { midPx }),
        };
        if (Object.keys(change).length > 0) changes[coin] = change;
      }
      return Object.keys(changes).length === 0 ? undefined : packed(changes);
    },
  };
}

function perpNames(state: ExchangeState): readonly (readonly string[])[] {
  const { body } = state.info({ type: 'allPerpMetas' });
  return (body as unknown as { readonly universe: readonly { readonly name: string }[] }[]).map(
    ({ universe }) => universe.map(({ name }) => name),
  );
}

function packed(value: unknown): string {
  return deflateRawSync(JSON.stringify(value)).toString('base64');
}
