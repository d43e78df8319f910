import { expect, it } from 'vitest';
import { runFeatures } from '../../../../test/support/feature-run.ts';
import { type Event, mark, transfer, walletFeatures } from '../../../plugin-api/index.ts';
import { testCollectorContext } from '../../../testing/collector-context.ts';
import { tapeBuilder } from '../../../testing/tape-builder.ts';
import { walletBehaviourFeature } from '../../features/wallet-behaviour/index.ts';
import { walletLedgerFeature } from '../../features/wallet-ledger/index.ts';
import { type LogEntry, transferTopic } from './chain.ts';
import { hyperEvmConfig } from './config.ts';
import { createTokens } from './tokens.ts';
import { transfersOf } from './transfers.ts';

const ann = `0x${'a1'.repeat(20)}`;
const cleo = `0x${'c3'.repeat(20)}`;
const router = `0x${'99'.repeat(20)}`;
const usdt0 = '0xb8ce59fc3717ada4c02eadf9682a9e934f625ebb';
const whype = `0x${'55'.repeat(20)}`;
const odd = `0x${'77'.repeat(20)}`;
const hash = (digit: string) => `0x${digit.repeat(64)}`;
const word = (text: string) => `0x${text.replace(/^0x/, '').padStart(64, '0')}`;

let logIndex = 0;
const moved = (of: string, token: string, from: string, to: string, amount: bigint): LogEntry => ({
  address: token,
  topics: [transferTopic, word(from), word(to)],
  data: word(amount.toString(16)),
  blockNumber: 1,
  blockHash: hash('b'),
  transactionHash: hash(of),
  logIndex: logIndex++,
});
const sent = (of: string, from: string, to: string, input: string) => ({
  ...{ hash: hash(of), from, to, input, value: 0n },
});

it('gives the wallet features of the chain their values', async () => {
  const context = testCollectorContext(hyperEvmConfig.parse({}));
  const tokens = createTokens(context, { decimals: async () => 4 });
  context.emit({
    ...{ type: mark.id, key: 'HYPE', tsEvent: 0, tsIngest: 0, seq: 1 },
    payload: { coin: 'HYPE', mid: null, mark: '40.5', oracle: null, openInterest: null, dayVolumeUsd: null },
  } as Event<typeof mark>);
  await tokens.learn([odd]);
  const drafts = transfersOf(
    {
      time: Date.UTC(2026, 0, 1),
      transactions: [
        sent('1', ann, router, '0x38ed1739'),
        sent('2', ann, cleo, '0x'),
        sent('3', cleo, odd, '0xa9059cbb'),
        sent('4', ann, usdt0, '0x095ea7b3'),
      ],
      logs: [
        moved('1', usdt0, ann, router, 1_500_000n),
        moved('1', whype, router, ann, 2n * 10n ** 18n),
        moved('3', odd, cleo, ann, 12_345n),
      ],
    },
    { wallets: { has: address => address === ann }, tokens },
  );
  const tape = tapeBuilder();
  for (const { key, tsEvent, payload } of drafts) tape.add(transfer, { key, at: tsEvent, payload });
  const run = await runFeatures([walletLedgerFeature, walletBehaviourFeature], tape.events);

  expect(run.row(walletFeatures, ann)).toMatchObject({
    // The swap, the coins that were sent, the gift that came and the approval.
    txCount: 4,
    // USDT0 out, WHYPE and the odd token in.
    erc20Count: 3,
    uniqueTokens: 3,
    // 1.5 x 1 USD + 2 x 40.5 USD; the odd token has no price.
    erc20Volume: 82.5,
    // The router and USDT0; nothing was called to send coins or to be given some.
    contractInteractionCount: 2,
    // The router, cleo and USDT0.
    uniqueAddresses: 3,
  });
});
