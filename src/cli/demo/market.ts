import { createServer } from 'node:net';
import { type ExchangeProcess, startExchangeProcess } from '../../testing/exchange/index.ts';
import { agentShare } from '../../testing/exchange/state/shares.ts';
import { endpointsOf } from '../start/exchange-flags.ts';
import { standardCollectors } from '../start/live-collectors.ts';
import type { KeptMarket, MarketOptions } from './kept-market.ts';

/** The demo's market: its history, and the local exchange that goes on with it. */
export interface DemoMarket {
  /** Configuration of the collectors that bring it in, by their ids. */
  readonly collectors: Readonly<Record<string, unknown>>;
  /** Starts the exchange; resolves when it serves, which is when it has made its past. */
  open(): Promise<void>;
  /** Lets trading go on at its full rate. */
  goLive(): Promise<void>;
  stop(): Promise<void>;
}

/** Main perps, builders' perps and spot pairs; agents trade eight of them. */
const coins = { perps: 12, builder: 6, spot: 4 };
const noteEveryMs = 2_000;

/** Prepares the market; its exchange has a process of its own, so that neither it nor the platform holds up the other. */
export async function prepareMarket(options: MarketOptions, kept: KeptMarket): Promise<DemoMarket> {
  const port = await freePort();
  const starting = new AbortController();
  let serving: Promise<ExchangeProcess> | undefined;
  const noting = setInterval(() => void kept.watched().catch(() => undefined), noteEveryMs);
  const endpoints = endpointsOf({ exchange: `http://127.0.0.1:${port}` });
  return {
    collectors: {
      'simulated-history': { ...options, ...agentShare(options), present: kept.present },
      ...Object.fromEntries(standardCollectors.map(id => [id, endpoints])),
    },
    async open() {
      serving ??= startExchangeProcess(
        {
          ...options,
          port,
          markets: 'agents',
          coins,
          loadHasHistory: false,
          start: kept.present,
          startedAt: kept.present,
          phases: kept.phases,
        },
        starting.signal,
      );
      await serving;
    },
    async goLive() {
      if (!kept.isThin) return;
      const exchange = await serving;
      if (exchange === undefined) return;
      // A moment ahead, since the exchange must not have come to it.
      const from = Math.ceil((Date.now() + 1_000) / 1_000) * 1_000;
      await kept.goLive(from);
      await exchange.provoke({ kind: 'phase', pace: 'live', from });
    },
    async stop() {
      clearInterval(noting);
      starting.abort();
      const exchange = await serving?.catch(() => undefined);
      await exchange?.stop();
      await kept.watched();
    },
  };
}

/** A port that nothing listens on, known before the exchange has made its past. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as { port: number };
  await new Promise(resolve => server.close(resolve));
  return port;
}
