import type { RowOf, transfer } from '../../../plugin-api/index.ts';
import { hexNumber, nameNumber } from '../names.ts';
import { setAdd, setHas } from './number-set.ts';
import * as at from './slots.ts';
import type { BehaviourState, EvmState } from './state.ts';

/** Takes in an ERC-20 transfer or a contract call on HyperEVM. Transfers of one transaction follow each other. */
export function takeTransfer(state: BehaviourState, payload: RowOf<typeof transfer>): void {
  state.evm ??= {
    transactions: 0,
    erc20Count: 0,
    erc20Volume: 0,
    pricedCount: 0,
    tokenCount: 0,
    contractCount: 0,
    lastHash: '',
    contracts: [],
  };
  const evm: EvmState = state.evm;
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
    if (!setHas(state.tokens, token)) {
      state.tokens = setAdd(state.tokens, state.n[at.coinCount]! + evm.tokenCount, token);
      evm.tokenCount += 1;
    }
  }
  const contract = hexNumber(payload.contract);
  if (!setHas(evm.contracts, contract)) {
    evm.contracts = setAdd(evm.contracts, evm.contractCount, contract);
    evm.contractCount += 1;
  }
}
