import {
  defineFeature,
  fill,
  fundingPayment,
  marketState,
  optional,
  position,
  toNumber,
  trade,
  tradersOf,
  walletPosition,
} from '../../../plugin-api/index.ts';
import { beginEvent, bookFunding, startFrom } from './change.ts';
import { walletLedgerConfig } from './config.ts';
import { toUnits } from './exact-size.ts';
import { takeFill, takeTrade } from './matches.ts';
import { ledgerRow } from './row.ts';
import * as at from './slots.ts';
import { takeSnapshot } from './snapshot.ts';
import { hasFlag, initialLedger, type LedgerState, setFlag } from './state.ts';

/**
 * Keeps each wallet's signed position in each coin, from the public tape and from the wallet's own feed, with entry price,
 * realised PnL, fees, funding and episodes. Where feed and reconstruction disagree the feed is taken and a gap counted.
 */
export const walletLedgerFeature = defineFeature({
  id: 'wallet-ledger',
  version: '1.1.0',
  api: '^1.0.0',
  doc: "Keeps each wallet's signed position in each coin, with entry, realised PnL, fees, funding and episodes.",
  config: walletLedgerConfig,
  on: [trade, fill, position, fundingPayment],
  inputs: { market: optional(marketState) },
  output: walletPosition,
  key(event) {
    const payload = event.payload;
    if ('user' in payload) return [payload.user, payload.coin] as const;
    const { buyer, seller, coin } = payload;
    if (buyer === null || seller === null) return tradersOf(payload).map(wallet => [wallet, coin] as const);
    return buyer === seller ? [[buyer, coin] as const] : [[buyer, coin] as const, [seller, coin] as const];
  },
  initial: initialLedger,
  update(state: LedgerState, event, ctx) {
    const { numbers: n, first: o } = state;
    switch (event.type) {
      case 'trade': {
        const { buyer, seller } = event.payload;
        beginEvent(n, o, at.fromTrade, event.tsEvent);
        accrueFunding(n, o, event.payload.coin, ctx);
        if (buyer !== seller) takeTrade(state, event, ctx.key[0] === buyer, ctx.config);
        break;
      }
      case 'fill':
        beginEvent(n, o, at.fromFill, event.tsEvent);
        accrueFunding(n, o, event.payload.coin, ctx);
        takeFill(state, event, ctx.config);
        break;
      case 'position':
        beginEvent(n, o, at.fromSnapshot, event.tsEvent);
        accrueFunding(n, o, event.payload.coin, ctx);
        takeSnapshot(state, event);
        break;
      case 'funding-payment':
        beginEvent(n, o, at.fromSnapshot, event.tsEvent);
        takePayment(n, o, event.payload, event.tsEvent);
        // Note: what has fallen due by the rates since the last event is what the payment tells.
        n[o + at.fundingIndex] = ctx.inputs.market(event.payload.coin)?.fundingIndex ?? 0;
        break;
    }
  },
  value: ledgerRow,
});

/** Books funding that has fallen due on the position since the last event: minus size times the sum of rate times price. */
function accrueFunding(
  n: Float64Array,
  o: number,
  coin: string,
  ctx: {
    readonly config: { readonly fundingFromRates: boolean };
    readonly inputs: { market(key: string): { readonly fundingIndex: number | null } | undefined };
  },
): void {
  if (!ctx.config.fundingFromRates || hasFlag(n, o, at.seenPayment)) return;
  const index = ctx.inputs.market(coin)?.fundingIndex ?? 0;
  const due = index - n[o + at.fundingIndex]!;
  n[o + at.fundingIndex] = index;
  if (due !== 0 && n[o + at.units] !== 0) bookFunding(n, o, -(n[o + at.units]! / n[o + at.scale]!) * due);
}

function takePayment(
  n: Float64Array,
  o: number,
  payment: { readonly amount: string; readonly positionSize: string },
  time: number,
): void {
  if (!hasFlag(n, o, at.started)) startFrom(n, o, toUnits(n, o, toNumber(payment.positionSize)), time);
  setFlag(n, o, at.seenPayment);
  bookFunding(n, o, toNumber(payment.amount));
}
