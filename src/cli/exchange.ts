import { Command } from 'commander';
import { UserError } from '../core/errors.ts';
import {
  type Exchange,
  type ExchangeOptions,
  exchangeLimits,
  type Fault,
  faultKinds,
  faultPlan,
  scaledLimits,
  startExchange,
} from '../testing/exchange/index.ts';
import { duration, grouped } from './numbers.ts';
import { portProblem } from './port-problem.ts';
import { listenForStop } from './stop-signals.ts';
import type { Terminal } from './terminal.ts';

interface ExchangeFlags {
  readonly host: string;
  readonly port: string;
  readonly seed: string;
  readonly wallets: string;
  readonly rate: string;
  readonly markets: string;
  readonly coins?: string;
  readonly leaderboard?: string;
  readonly days: string;
  readonly speed: string;
  readonly limits: string;
  readonly rotateAfter: string;
  readonly faults?: string;
  readonly faultSeed: string;
  readonly nodeFiles?: string;
}

/** `hypersonar exchange`: a local exchange, alone. */
export function exchangeCommand(terminal: Terminal): Command {
  return new Command('exchange')
    .option('--host <address>', 'address to listen on; there is no authentication', '127.0.0.1')
    .option('-p, --port <number>', 'port to listen on; 0 for a free one', '4100')
    .option('--seed <number>', 'another seed is another market', '7')
    .option('--wallets <number>', 'accounts that trade', '500')
    .option('--rate <number>', 'trades per second', '60')
    .option('--markets <kind>', 'agents (those of the demo), load (all coins, cheap) or both', 'both')
    .option('--coins <perps,builder,spot>', 'how many markets of each kind; 178,280,330 by default')
    .option('--leaderboard <rows>', 'rows of the leaderboard; as many as accounts by default')
    .option('--days <number>', 'days of thin history before now', '0')
    .option('--speed <number>', 'exchange time per time', '1')
    .option('--limits <which>', 'exchange, off, or a factor such as 0.5', 'exchange')
    .option('--rotate-after <minutes>', 'age at which sockets are closed', '180')
    .option('--faults <kinds>', 'let things go wrong: all, or kinds separated by commas')
    .option('--fault-seed <number>', 'another seed is another plan of faults', '1')
    .option('--node-files <folder>', "write a node's files there")
    .addHelpText(
      'after',
      `\nKinds of faults:\n  ${faultKinds.join(' ')}\n\nPoint a collector at it with infoUrl, wsUrl, statsUrl and explorerUrl as it prints them.\n` +
        'docs/local-exchange.md says what it speaks and what it leaves out.',
    )
    .action((flags: ExchangeFlags) => serve(flags, terminal));
}

async function serve(flags: ExchangeFlags, terminal: Terminal): Promise<void> {
  const options = optionsOf(flags);
  const signals = listenForStop(terminal);
  try {
    const exchange = await startExchange(options).catch((error: unknown) => {
      // The market says so when it cannot be made of these numbers.
      if (error instanceof RangeError)
        throw new UserError('CONFIG_INVALID', marketProblem(error), { cause: error });
      throw portProblem(error, flags.host, Number(flags.port));
    });
    terminal.note(banner(exchange, flags));
    const line = setInterval(() => show(exchange, terminal), terminal.interactive ? 1_000 : 60_000);
    await signals.stopped;
    clearInterval(line);
    await exchange.stop();
    terminal.note(`Stopped. ${statusText(exchange)}`);
  } finally {
    signals.release();
  }
}

function marketProblem({ message }: RangeError): string {
  return `The market cannot be made: ${message}. Take more --coins or --wallets, or --markets load.`;
}

function optionsOf(flags: ExchangeFlags): ExchangeOptions {
  const number = (flag: string, text: string, least = 0): number => {
    const value = Number(text);
    if (text.trim() !== '' && Number.isFinite(value) && value >= least) return value;
    throw new UserError('CONFIG_INVALID', `Expected ${flag} as a number from ${least}, found ${text}.`);
  };
  const { markets, coins, leaderboard, nodeFiles } = flags;
  if (markets !== 'agents' && markets !== 'load' && markets !== 'both') {
    throw new UserError('CONFIG_INVALID', `Expected --markets as agents, load or both, found ${markets}.`);
  }
  const days = number('--days', flags.days);
  return {
    host: flags.host,
    port: number('--port', flags.port),
    seed: number('--seed', flags.seed),
    wallets: number('--wallets', flags.wallets, 2),
    tradesPerSecond: number('--rate', flags.rate),
    markets,
    historyDays: days,
    speed: number('--speed', flags.speed),
    limits: limitsOf(flags.limits),
    rotateAfterMs: number('--rotate-after', flags.rotateAfter) * 60_000,
    faults: faultsOf(flags.faults, number('--fault-seed', flags.faultSeed)),
    ...(leaderboard === undefined ? {} : { leaderboardRows: number('--leaderboard', leaderboard) }),
    ...(coins === undefined ? {} : { coins: coinsOf(coins) }),
    ...(nodeFiles === undefined ? {} : { nodeFiles }),
  };
}

function limitsOf(text: string): NonNullable<ExchangeOptions['limits']> {
  if (text === 'exchange' || text === 'off') return text;
  const factor = Number(text);
  if (Number.isFinite(factor) && factor > 0) return scaledLimits(factor);
  throw new UserError('CONFIG_INVALID', `Expected --limits as exchange, off or a factor, found ${text}.`);
}

function coinsOf(text: string): NonNullable<ExchangeOptions['coins']> {
  const [perps, builder, spot, ...more] = text.split(',').map(Number);
  if (
    more.length > 0 ||
    [perps, builder, spot].some(count => !Number.isInteger(count) || (count ?? -1) < 0)
  ) {
    throw new UserError(
      'CONFIG_INVALID',
      `Expected --coins as three counts such as 40,20,10, found ${text}.`,
    );
  }
  return { perps: perps as number, builder: builder as number, spot: spot as number };
}

/** A day of faults. */
function faultsOf(text: string | undefined, seed: number): NonNullable<ExchangeOptions['faults']> {
  if (text === undefined) return [];
  const kinds = text === 'all' ? faultKinds : (text.split(',') as Fault['kind'][]);
  const unknown = kinds.find(kind => !faultKinds.includes(kind));
  if (unknown !== undefined) {
    throw new UserError(
      'CONFIG_INVALID',
      `Expected --faults as all or some of ${faultKinds.join(', ')}; found ${unknown}.`,
    );
  }
  return faultPlan({ seed, durationMs: 86_400_000, kinds, everyMs: 60_000, longestMs: 60_000 });
}

function banner(exchange: Exchange, flags: ExchangeFlags): string {
  const { weightPerMinute, subscriptions } = exchangeLimits;
  return [
    '',
    'A LOCAL exchange with made-up wallets and prices; it speaks the protocol of Hyperliquid.',
    '',
    `  infoUrl      ${exchange.infoUrl}`,
    `  wsUrl        ${exchange.wsUrl}`,
    `  statsUrl     ${exchange.statsUrl}`,
    `  explorerUrl  ${exchange.explorerUrl}   (requests: ${exchange.explorerHttpUrl})`,
    `  rpcUrl       ${exchange.evmUrl}   (HyperEVM)`,
    `  admin        ${exchange.adminUrl}`,
    '',
    `  ${grouped(exchange.state.coins.length)} coins, ${grouped(exchange.state.users.length)} accounts, limits: ` +
      `${flags.limits}${flags.limits === 'exchange' ? ` (${grouped(weightPerMinute)} weight/min, ${grouped(subscriptions)} subscriptions, …)` : ''}. Ctrl+C stops it.`,
    '',
  ].join('\n');
}

function show(exchange: Exchange, terminal: Terminal): void {
  const text = statusText(exchange);
  if (terminal.interactive) terminal.line(text);
  else terminal.note(text);
}

/** Such as `block 1,070,000,037  66 trades  3 sockets  790 subscriptions  12 requests  weight 40 of 1,200  nothing refused`. */
function statusText(exchange: Exchange): string {
  const { height, counts, sockets, subscriptions, faults, now } = exchange.describe();
  const limits = exchange.limits();
  const { weightPerMinute, connections } = limits;
  const subscribed = Object.values(subscriptions).reduce((sum, count) => sum + count, 0);
  const refused = Object.values(limits).reduce((sum, limit) => sum + limit.refused, 0);
  const behind = Date.now() - now;
  return [
    `block ${grouped(height)}`,
    `${grouped(counts.trades)} trades`,
    `${connections.used} sockets`,
    `${grouped(subscribed)} subscriptions`,
    `${grouped(sockets.framesSent)} frames`,
    `${grouped(counts.requests)} requests`,
    `weight ${grouped(weightPerMinute.used)}`,
    refused === 0 ? 'nothing refused' : `${grouped(refused)} refused`,
    ...(faults.length > 0 ? [`FAULTS ${faults.map(({ fault }) => fault.kind).join(' ')}`] : []),
    ...(behind > 2_000 && behind < 86_400_000 ? [`${duration(behind)} behind`] : []),
  ].join('  ');
}
