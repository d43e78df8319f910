/** A local exchange that speaks Hyperliquid's protocol, for tests of collectors and for trying things out. */
export type { ActiveFault, Fault, FaultKind, PlannedFault } from './faults/fault.ts';
export { faultKinds } from './faults/fault.ts';
export { type FaultPlanOptions, faultPlan } from './faults/fault-plan.ts';
export type { Faults } from './faults/faults.ts';
export { type ExchangeLimits, exchangeLimits, type LimitName, type LimitUse } from './limits.ts';
export { createNodeFileWriter, type NodeFileOptions, type NodeFileWriter } from './node-files/writer.ts';
export { type Cadences, type ExchangeOptions, scaledLimits } from './options.ts';
export { type ExchangeProcess, startExchangeProcess } from './process/start-exchange-process.ts';
export type { Exchange, ExchangeAddresses } from './serve-exchange.ts';
export { startExchange } from './start-exchange.ts';
export type { Block, ExchangeState, Provocation } from './state/exchange-state.ts';
