import {
  block as blockRef,
  type CollectorContext,
  type Draft,
  defineCollector,
  draft,
  transfer,
} from '../../../plugin-api/index.ts';
import type { BlockHeader, LogEntry, WholeBlock } from './chain.ts';
import { type HyperEvmConfig, hyperEvmConfig } from './config.ts';
import { type ChainPlace, readCursor, writeCursor } from './cursor.ts';
import { type ChainClient, createChainClient, mostLogBlocks } from './rpc.ts';
import { createTokens, type Tokens } from './tokens.ts';
import { type BlockContent, logsOf, transfersOf } from './transfers.ts';
import { followWallets, type Wallets } from './wallets.ts';

const emits = [transfer, blockRef] as const;
type Emitted = Draft<(typeof emits)[number]>;
type Context = CollectorContext<HyperEvmConfig>;

/** Blocks that are asked for at the same time. */
const atOnce = 4;

/** Reads what known wallets do on HyperEVM, by polling; off without the address of a server. */
export const hyperEvm = defineCollector({
  id: 'hyper-evm',
  version: '1.0.0',
  api: '^1.0.0',
  doc: 'Reads transfers of tokens and calls of contracts by known wallets on HyperEVM; off without an RPC URL.',
  config: hyperEvmConfig,
  emits,
  collect,
  // What was missed is told by `collect`, which goes on behind the last block that was told; this says that the gap is healed.
  async *backfill() {},
});

interface Reader {
  readonly ctx: Context;
  readonly client: ChainClient;
  readonly wallets: Wallets;
  readonly tokens: Tokens;
}

async function* collect(ctx: Context): AsyncGenerator<readonly Emitted[]> {
  const { config } = ctx;
  const url = config.rpcUrl ?? ctx.secret('hyper-evm-rpc-url');
  if (url === undefined) {
    ctx.log.info(
      'off: no server of HyperEVM is configured (rpcUrl), so wallet features of the chain stay unknown',
    );
    return;
  }
  const client = createChainClient(ctx, { url, requestsPerMinute: config.requestsPerMinute });
  const reader: Reader = { ctx, client, wallets: followWallets(ctx), tokens: createTokens(ctx, client) };
  let place = readCursor(ctx.cursor, config.chainId);

  while (!ctx.signal.aborted) {
    const safe = (await client.head()) - config.confirmations;
    place ??= await placeAt(reader, Math.max(0, safe - 1));
    if (place !== undefined && safe - place.number > config.catchUpBlocks)
      place = await skip(reader, place, safe);
    while (place !== undefined && place.number < safe && !ctx.signal.aborted) {
      const range = await readRange(reader, place, safe);
      if (range === 'not yet') break;
      if (range === 'reorganised') {
        place = await goBack(reader, place);
        continue;
      }
      place = range.place;
      yield range.drafts;
    }
    await ctx.sleep(config.pollSeconds * 1_000);
  }
}

async function placeAt({ ctx, client }: Reader, number: number): Promise<ChainPlace | undefined> {
  const header = await client.header(number);
  if (header === null) return undefined;
  return { chainId: ctx.config.chainId, number, hash: header.hash, time: header.timestamp * 1_000 };
}

/** Leaves out what it is too far behind to read, and says so. */
async function skip(reader: Reader, place: ChainPlace, safe: number): Promise<ChainPlace> {
  const { ctx } = reader;
  const next = await placeAt(reader, safe - ctx.config.catchUpBlocks);
  if (next === undefined) return place;
  const { number: from } = place;
  ctx.gap({
    stream: transfer.id,
    from: place.time,
    to: next.time,
    reason: `blocks ${from + 1} to ${next.number} were skipped: more than ${ctx.config.catchUpBlocks} behind`,
  });
  return next;
}

/** Goes back to before where the chain changed. What is told again is known by its transaction. */
async function goBack(reader: Reader, place: ChainPlace): Promise<ChainPlace> {
  const { ctx } = reader;
  const back = await placeAt(reader, Math.max(0, place.number - ctx.config.reorganisationBlocks));
  if (back === undefined) throw new Error(`Expected block ${place.number} of the chain, found none.`);
  ctx.log.warn('the chain has changed behind what was told; it is read again from before', {
    from: back.number + 1,
    to: place.number,
  });
  ctx.gap({
    stream: transfer.id,
    from: back.time,
    to: place.time,
    reason: `the chain changed: what was told of blocks ${back.number + 1} to ${place.number} may not have happened`,
  });
  return back;
}

type Range = { readonly drafts: readonly Emitted[]; readonly place: ChainPlace };

/** Reads up to 50 blocks behind a place. */
async function readRange(
  reader: Reader,
  place: ChainPlace,
  safe: number,
): Promise<Range | 'not yet' | 'reorganised'> {
  const { ctx, client, wallets, tokens } = reader;
  const { config } = ctx;
  const from = place.number + 1;
  const to = Math.min(safe, place.number + mostLogBlocks);
  const isWhole = config.transactions && safe - place.number <= config.wholeBlocksWithin;
  const logs = logsOf(wallets, await client.transfers(from, to));
  const byBlock = Map.groupBy(logs, ({ blockNumber }) => blockNumber);
  const all = Array.from({ length: to - place.number }, (_, index) => from + index);
  // Note: without transactions the first and the last block tell whether the chain is the same, the others their time.
  const numbers =
    isWhole || config.blocks ? all : all.filter(one => one === from || one === to || byBlock.has(one));
  const blocks = await readBlocks(client, numbers, isWhole);
  if (blocks === undefined) return 'not yet';
  if (blocks[0]!.number === from && blocks[0]!.parentHash !== place.hash) return 'reorganised';
  if (!isOneChain(blocks, byBlock)) return 'not yet';

  await tokens.learn(logs.map(({ address }) => address));
  const drafts: Emitted[] = [];
  for (const block of blocks) {
    drafts.push(...transfersOf(contentOf(block, byBlock, isWhole), { wallets, tokens }));
    if (config.blocks || block.number === to) drafts.push(blockDraft(block, config.chainId));
  }
  const last = blocks.at(-1)!;
  const next = { chainId: config.chainId, number: to, hash: last.hash, time: last.timestamp * 1_000 };
  if (config.transactions && !isWhole) {
    ctx.gap({
      stream: transfer.id,
      from: place.time,
      to: next.time,
      reason: `of blocks ${from} to ${to} only transfers were read: more than ${config.wholeBlocksWithin} behind`,
    });
  }
  drafts.push({ ...drafts.pop()!, cursor: writeCursor(next) });
  return { drafts, place: next };
}

type AnyBlock = WholeBlock | BlockHeader;

async function readBlocks(
  client: ChainClient,
  numbers: readonly number[],
  isWhole: boolean,
): Promise<readonly AnyBlock[] | undefined> {
  const blocks: AnyBlock[] = [];
  for (let start = 0; start < numbers.length; start += atOnce) {
    const read = await Promise.all(
      numbers
        .slice(start, start + atOnce)
        .map(number => (isWhole ? client.block(number) : client.header(number))),
    );
    for (const block of read) {
      if (block === null) return undefined;
      blocks.push(block);
    }
  }
  return blocks;
}

/** Whether blocks follow each other, and logs are of these blocks: several servers may stand behind one address. */
function isOneChain(blocks: readonly AnyBlock[], byBlock: ReadonlyMap<number, readonly LogEntry[]>): boolean {
  return blocks.every((block, index) => {
    const before = blocks[index - 1];
    const follows = before?.number !== block.number - 1 || before.hash === block.parentHash;
    return follows && (byBlock.get(block.number) ?? []).every(({ blockHash }) => blockHash === block.hash);
  });
}

function contentOf(
  block: AnyBlock,
  byBlock: ReadonlyMap<number, readonly LogEntry[]>,
  isWhole: boolean,
): BlockContent {
  return {
    time: block.timestamp * 1_000,
    transactions: isWhole ? (block as WholeBlock).transactions : undefined,
    logs: byBlock.get(block.number) ?? [],
  };
}

function blockDraft(
  { number, hash, timestamp, transactions }: AnyBlock,
  chainId: number,
): Draft<typeof blockRef> {
  return draft(blockRef, {
    key: 'market',
    tsEvent: timestamp * 1_000,
    dedupe: `${chainId}:${number}:${hash}`,
    payload: { chainId, number, hash, transactions: transactions.length },
  });
}
