import type { RowOf, transfer } from '../../../plugin-api/index.ts';
import { hexNumber, nameNumber } from '../names.ts';
import { firstPlaces, isFull, setAdd, setHas } from './number-set.ts';
import { type BehaviourState, type EvmState, moreOf } from './state.ts';
import { addToken } from './tokens.ts';

/** Said where the wallet called no contract: it was sent tokens, or sent coins to another wallet. */
const noContract = `0x${'0'.repeat(40)}`;

/** Takes in an ERC-20 transfer or a contract call on HyperEVM. Transfers of one transaction follow each other. */
export function takeTransfer(state: BehaviourState, payload: RowOf<typeof transfer>): void {
  const more = moreOf(state);
  more.evm ??= {
    transactions: 0,
    erc20Count: 0,
    erc20Volume: 0,
    pricedCount: 0,
    tokenCount: 0,
    contractCount: 0,
    lastHash: '',
    contracts: [],
  };
  const evm: EvmState = more.evm;
  if (payload.hash !== evm.lastHash) {
    evm.transactions += 1;
    evm.lastHash = payload.hash;
  }
  if (payload.token !== null) {
    evm.erc20Count += 1;
    if (payload.valueUsd !== null) {
      evm.erc20Volume += Math.abs(payload.valueUsd);
      evm.pricedCount += 1;
    }
    const token = nameNumber(`token ${payload.token}`);
    if (addToken(state, token)) evm.tokenCount += 1;
  }
  if (payload.contract === noContract) return;
  const contract = hexNumber(payload.contract);
  if (setHas(evm.contracts, 0, evm.contracts.length, contract)) return;
  if (isFull(evm.contractCount, evm.contracts.length)) evm.contracts = widened(evm.contracts);
  setAdd(evm.contracts, 0, evm.contracts.length, contract);
  evm.contractCount += 1;
}

function widened(set: readonly number[]): number[] {
  const wider: number[] = new Array(Math.max(firstPlaces, 2 * set.length)).fill(0);
  for (const member of set) if (member !== 0) setAdd(wider, 0, wider.length, member);
  return wider;
}
