import { afterEach, describe, expect, it } from 'vitest';
import type { RowOf, transfer } from '../../../plugin-api/index.ts';
import { testCollectorContext } from '../../../testing/collector-context.ts';
import { type Exchange, startExchange } from '../../../testing/exchange/index.ts';
import { hyperEvmConfig } from './config.ts';
import { hyperEvm } from './index.ts';

/** What is read of a block here, apart from the collector's own reader. */
interface Receipt {
  readonly from: string;
  readonly to: string | null;
  readonly transactionHash: string;
  readonly logs: readonly {
    readonly address: string;
    readonly topics: readonly string[];
    readonly data: string;
  }[];
}

describe('HyperEVM of the local exchange', () => {
  let exchange: Exchange | undefined;
  afterEach(() => exchange?.stop());

  it('is read to the last transfer of the wallets that are asked for', async () => {
    exchange = await startExchange({ seed: 11, wallets: 40, speed: 0, limits: 'off' });
    const { evmUrl, state } = exchange;
    await exchange.advance(60_000);
    const wallets = new Set(state.users.slice(0, 8).map(user => user.toLowerCase()));
    const ended = new AbortController();
    let looks = 0;
    const context = testCollectorContext(
      hyperEvmConfig.parse({ rpcUrl: evmUrl, addresses: [...wallets], wallets: 'tracked', confirmations: 0 }),
      {
        signal: ended.signal,
        async sleep() {
          looks++;
          if (looks <= 3) await exchange?.advance(40_000);
          else ended.abort();
        },
      },
    );
    const told: RowOf<typeof transfer>[] = [];
    const blocks: number[] = [];
    for await (const drafts of hyperEvm.collect(context)) {
      for (const { ref, payload } of drafts as unknown as { ref: { id: string }; payload: never }[]) {
        if (ref.id === 'transfer') told.push(payload);
        else blocks.push((payload as { number: number }).number);
      }
    }

    const [first, last] = [Math.min(...blocks), Math.max(...blocks)];
    expect(last - first).toBe(120);
    const expected: string[] = [];
    for (let number = first; number <= last; number++) {
      const answer = await fetch(evmUrl, {
        method: 'POST',
        body: JSON.stringify({
          ...{ jsonrpc: '2.0', id: 1, method: 'eth_getBlockReceipts', params: [`0x${number.toString(16)}`] },
        }),
      });
      const { result } = (await answer.json()) as { result: readonly Receipt[] };
      for (const { from, transactionHash: hash, logs } of result) {
        if (wallets.has(from)) expected.push(`${hash} ${from} call`);
        for (const { topics, data } of logs) {
          if (topics.length !== 3 || data.length !== 66) continue;
          const [sender, receiver] = topics.slice(1).map(topic => `0x${topic.slice(26)}`) as [string, string];
          for (const user of new Set([sender, receiver])) {
            if (wallets.has(user))
              expected.push(`${hash} ${user} ${user === sender ? '-' : ''}${BigInt(data)}`);
          }
        }
      }
    }
    const smallest = ({ amount }: RowOf<typeof transfer>, decimals: number) => {
      const [whole, fraction = ''] = amount!.split('.');
      return BigInt(`${whole}${fraction.padEnd(decimals, '0')}`).toString();
    };
    const decimalsOf = await decimals(evmUrl, new Set(told.flatMap(({ token }) => token ?? [])));
    expect(
      told.map(
        one =>
          `${one.hash} ${one.user} ${one.token === null ? 'call' : smallest(one, decimalsOf.get(one.token)!)}`,
      ),
    ).toEqual(expected);
    expect(expected.length).toBeGreaterThan(40);
  }, 60_000);
});

async function decimals(url: string, tokens: Iterable<string>): Promise<Map<string, number>> {
  const found = new Map<string, number>();
  for (const to of tokens) {
    const call = { method: 'eth_call', params: [{ to, data: '0x313ce567' }, 'latest'] };
    const answer = await fetch(url, {
      method: 'POST',
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, ...call }),
    });
    found.set(to, Number(((await answer.json()) as { result: string }).result));
  }
  return found;
}
