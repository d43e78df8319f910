import { createHash } from 'node:crypto';
import type { Connection } from '../sockets/connection.ts';
import type { Block, ExchangeState } from '../state/exchange-state.ts';
import type { WireTransaction } from '../state/wire.ts';

/** A block as the explorer shows it. */
export interface ExplorerBlock {
  readonly blockTime: number;
  readonly hash: string;
  readonly height: number;
  readonly numTxs: number;
  readonly proposer: string;
}

/** The explorer: recent blocks and the actions in them, by request and as they come. */
export interface Explorer {
  publish(block: Block): void;
  /** Follows `explorerBlock` or `explorerTxs`. */
  follow(connection: Connection, type: ExplorerChannel): void;
  unfollow(connection: Connection, type: ExplorerChannel): void;
  /** The answer of `POST /explorer`: 200, or 422 for a request that it does not know. */
  answer(request: unknown): { readonly status: number; readonly body: unknown };
}

export type ExplorerChannel = 'explorerBlock' | 'explorerTxs';

interface KeptBlock extends ExplorerBlock {
  readonly txs: readonly WireTransaction[];
}

/** How many blocks with something in them are remembered. */
const mostBlocks = 20_000;
const validators = 21;

export function createExplorer(state: ExchangeState): Explorer {
  const blocks = new Map<number, KeptBlock>();
  const transactions = new Map<string, WireTransaction>();
  const followers: Record<ExplorerChannel, Set<Connection>> = {
    explorerBlock: new Set(),
    explorerTxs: new Set(),
  };

  function keep(block: KeptBlock): void {
    blocks.set(block.height, block);
    for (const transaction of block.txs) transactions.set(transaction.hash, transaction);
    if (blocks.size <= mostBlocks) return;
    const [height, oldest] = blocks.entries().next().value as [number, KeptBlock];
    blocks.delete(height);
    for (const { hash } of oldest.txs) transactions.delete(hash);
  }

  function send(type: ExplorerChannel, rows: readonly unknown[]): void {
    if (rows.length === 0 || followers[type].size === 0) return;
    // Note: bare arrays, with no channel around them.
    const frame = Buffer.from(JSON.stringify(rows));
    for (const connection of followers[type]) connection.sendData(frame);
  }

  return {
    publish(block) {
      const { height, time, hash, actions } = block;
      const proposer = addressOf(`validator ${height % validators}`);
      const shown = { blockTime: time, hash, height, numTxs: actions.length, proposer };
      keep({ ...shown, txs: actions });
      send('explorerBlock', [shown]);
      send('explorerTxs', actions);
    },
    follow: (connection, type) => void followers[type].add(connection),
    unfollow: (connection, type) => void followers[type].delete(connection),
    answer(request) {
      const { type, height, hash, user } = (request ?? {}) as Readonly<Record<string, unknown>>;
      const failed = (message: string) => ({ status: 200, body: { type: 'error', message } });
      if (type === 'blockDetails' && typeof height === 'number') {
        if (height > state.height) return failed(`Block ${height} does not exist yet`);
        const blockDetails = blocks.get(height);
        return blockDetails === undefined
          ? failed(`Block ${height} is not known`)
          : { status: 200, body: { type, blockDetails } };
      }
      if (type === 'txDetails' && typeof hash === 'string') {
        const tx = transactions.get(hash.toLowerCase());
        return tx === undefined
          ? failed(`Transaction ${hash} is not known`)
          : { status: 200, body: { type, tx } };
      }
      if (type === 'userDetails' && typeof user === 'string' && /^0x[0-9a-fA-F]{40}$/.test(user)) {
        const address = user.toLowerCase();
        const txs = [...transactions.values()]
          .filter(transaction => transaction.user === address)
          .slice(-200);
        return { status: 200, body: { type, txs: txs.reverse() } };
      }
      return { status: 422, body: undefined };
    },
  };
}

function addressOf(name: string): string {
  return `0x${createHash('sha256').update(name).digest('hex').slice(0, 40)}`;
}
