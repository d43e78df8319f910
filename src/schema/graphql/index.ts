import type { GraphQLSchema } from 'graphql';
import type { Ref } from '../../plugin-api/index.ts';
import { createBuilder } from './builder.ts';
import { addMutations } from './mutations.ts';
import { addSubscriptions } from './subscriptions.ts';
import { addDecision } from './types/decision.ts';
import { addLeaderboard } from './types/leaderboard.ts';
import { addMarket } from './types/market.ts';
import { addCoin, addMarketData } from './types/market-data.ts';
import { addMarketHistory } from './types/market-history.ts';
import { addOperation } from './types/operation.ts';
import { addPosition } from './types/position.ts';
import { addReport } from './types/report.ts';
import { addRequestBudget } from './types/request-budget.ts';
import { addSelection } from './types/selection.ts';
import { addSignal } from './types/signal.ts';
import { addStoredRow } from './types/stored-row.ts';
import { addTrader } from './types/trader.ts';
import { createTypes } from './types/types.ts';

export * from './context.ts';
export * from './failure.ts';

/**
 * Builds the schema: the platform's own types, and one type for every ref that a plugin provides, reachable from the entity that
 * it is about.
 */
export function buildSchema({ refs }: { readonly refs: readonly Ref[] }): GraphQLSchema {
  const builder = createBuilder();
  const types = createTypes(builder, refs);
  addTrader(types);
  addReport(types);
  addPosition(types);
  addMarketData(types);
  addMarketHistory(types);
  addCoin(types);
  addMarket(types);
  addLeaderboard(types);
  addSelection(types);
  addSignal(types);
  addDecision(types);
  addStoredRow(types);
  addOperation(types);
  addRequestBudget(types);
  addMutations(types);
  addSubscriptions(types);
  // Note: fields stay in the order that they are written in; of the wallet features that is the models' order.
  return builder.toSchema({ sortSchema: false });
}
