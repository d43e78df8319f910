import { defineRelations } from 'drizzle-orm';
import * as tables from './index.ts';

/**
 * How tables hang together, for drizzle's relational queries. Nothing enforces them in the database: a row may name a wallet
 * whose own row retention has removed.
 */
export const relations = defineRelations(tables, r => ({
  traders: {
    fills: r.many.fills({ from: r.traders.address, to: r.fills.wallet }),
    purchases: r.many.trades({ from: r.traders.address, to: r.trades.buyer, alias: 'buyer' }),
    sales: r.many.trades({ from: r.traders.address, to: r.trades.seller, alias: 'seller' }),
    orders: r.many.orders({ from: r.traders.address, to: r.orders.wallet }),
    fundingPayments: r.many.fundingPayments({ from: r.traders.address, to: r.fundingPayments.wallet }),
    positionSnapshots: r.many.positionSnapshots({
      from: r.traders.address,
      to: r.positionSnapshots.wallet,
    }),
    account: r.one.accounts({ from: r.traders.address, to: r.accounts.wallet }),
    exchangeLeaderboard: r.many.exchangeLeaderboard({
      from: r.traders.address,
      to: r.exchangeLeaderboard.wallet,
    }),
    positions: r.many.positions({ from: r.traders.address, to: r.positions.address }),
    positionEvents: r.many.positionEvents({ from: r.traders.address, to: r.positionEvents.address }),
    rows: r.many.rows({ from: r.traders.address, to: r.rows.key }),
    categoryEvents: r.many.categoryEvents({ from: r.traders.address, to: r.categoryEvents.key }),
    signals: r.many.signals({ from: r.traders.address, to: r.signals.trader }),
    alerts: r.many.alerts({ from: r.traders.address, to: r.alerts.trader }),
    leaderboard: r.many.leaderboard({ from: r.traders.address, to: r.leaderboard.address }),
  },
  fills: {
    trader: r.one.traders({ from: r.fills.wallet, to: r.traders.address }),
  },
  trades: {
    buyerTrader: r.one.traders({ from: r.trades.buyer, to: r.traders.address, alias: 'buyer' }),
    sellerTrader: r.one.traders({ from: r.trades.seller, to: r.traders.address, alias: 'seller' }),
  },
  orders: {
    trader: r.one.traders({ from: r.orders.wallet, to: r.traders.address }),
  },
  fundingPayments: {
    trader: r.one.traders({ from: r.fundingPayments.wallet, to: r.traders.address }),
  },
  positionSnapshots: {
    trader: r.one.traders({ from: r.positionSnapshots.wallet, to: r.traders.address }),
  },
  positions: {
    trader: r.one.traders({ from: r.positions.address, to: r.traders.address }),
    mark: r.one.marks({ from: r.positions.coin, to: r.marks.coin }),
  },
  positionEvents: {
    trader: r.one.traders({ from: r.positionEvents.address, to: r.traders.address }),
    position: r.one.positions({
      from: [r.positionEvents.address, r.positionEvents.coin],
      to: [r.positions.address, r.positions.coin],
    }),
  },
  rows: {
    trader: r.one.traders({ from: r.rows.key, to: r.traders.address }),
  },
  categoryEvents: {
    trader: r.one.traders({ from: r.categoryEvents.key, to: r.traders.address }),
  },
  signals: {
    traderRow: r.one.traders({ from: r.signals.trader, to: r.traders.address }),
    alerts: r.many.alerts({
      from: [r.signals.seq, r.signals.index],
      to: [r.alerts.signalSeq, r.alerts.signalIndex],
    }),
  },
  alerts: {
    traderRow: r.one.traders({ from: r.alerts.trader, to: r.traders.address }),
    signal: r.one.signals({
      from: [r.alerts.signalSeq, r.alerts.signalIndex],
      to: [r.signals.seq, r.signals.index],
    }),
  },
  leaderboard: {
    trader: r.one.traders({ from: r.leaderboard.address, to: r.traders.address }),
    rows: r.many.rows({ from: r.leaderboard.address, to: r.rows.key }),
    positions: r.many.positions({ from: r.leaderboard.address, to: r.positions.address }),
  },
  faults: {
    pluginRow: r.one.plugins({ from: r.faults.plugin, to: r.plugins.id }),
  },
  plugins: {
    faultRows: r.many.faults({ from: r.plugins.id, to: r.faults.plugin }),
    signals: r.many.signals({ from: r.plugins.id, to: r.signals.plugin }),
    decisions: r.many.decisions({ from: r.plugins.id, to: r.decisions.plugin }),
  },
  decisions: {
    pluginRow: r.one.plugins({ from: r.decisions.plugin, to: r.plugins.id }),
  },
}));
