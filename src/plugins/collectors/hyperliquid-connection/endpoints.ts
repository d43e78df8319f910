import * as z from 'zod';

/** Where the exchange answers, each as a complete URL. */
export interface Endpoints {
  /** `POST` of information requests. */
  readonly infoUrl: string;
  /** The socket of the exchange. */
  readonly wsUrl: string;
  /** The folder that holds `leaderboard` and `vaults`. */
  readonly statsUrl: string;
  /** The socket of the explorer: blocks and transactions of the exchange's chain. */
  readonly explorerUrl: string;
  /** `POST` of those requests that an own node answers. */
  readonly nodeUrl: string | undefined;
}

const http = z.url({ protocol: /^https?$/ });
const socket = z.url({ protocol: /^wss?$/ });

/** The part of a collector's configuration that says which exchange it connects to; spread it into the collector's own. */
export const endpointsSchema = {
  network: z
    .enum(['mainnet', 'testnet'])
    .default('mainnet')
    .describe('Which of the public networks to connect to.'),
  infoUrl: http.optional().describe('Another address for information requests; it must answer all of them.'),
  nodeUrl: http
    .optional()
    .describe(
      'An own node (`--serve-info`), such as `http://localhost:3001/info`: it is asked for the states of accounts while it is up to date.',
    ),
  wsUrl: socket.optional().describe('Another address for the socket.'),
  statsUrl: http.optional().describe('Another folder that holds the `leaderboard` and `vaults` files.'),
  explorerUrl: socket.optional().describe("Another address for the explorer's socket."),
};

export interface EndpointsConfig {
  readonly network: 'mainnet' | 'testnet';
  readonly infoUrl?: string | undefined;
  readonly wsUrl?: string | undefined;
  readonly statsUrl?: string | undefined;
  readonly explorerUrl?: string | undefined;
  readonly nodeUrl?: string | undefined;
}

const networks: Readonly<Record<EndpointsConfig['network'], Omit<Endpoints, 'nodeUrl'>>> = {
  mainnet: {
    infoUrl: 'https://api.hyperliquid.xyz/info',
    wsUrl: 'wss://api.hyperliquid.xyz/ws',
    statsUrl: 'https://stats-data.hyperliquid.xyz/Mainnet',
    explorerUrl: 'wss://rpc.hyperliquid.xyz/ws',
  },
  testnet: {
    infoUrl: 'https://api.hyperliquid-testnet.xyz/info',
    wsUrl: 'wss://api.hyperliquid-testnet.xyz/ws',
    statsUrl: 'https://stats-data.hyperliquid.xyz/Testnet',
    explorerUrl: 'wss://rpc.hyperliquid-testnet.xyz/ws',
  },
};

/** The addresses of the network that a configuration names, with those that it replaces. */
export function resolveEndpoints(config: EndpointsConfig): Endpoints {
  const { infoUrl, wsUrl, statsUrl, explorerUrl } = networks[config.network];
  return {
    infoUrl: config.infoUrl ?? infoUrl,
    wsUrl: config.wsUrl ?? wsUrl,
    statsUrl: (config.statsUrl ?? statsUrl).replace(/\/+$/, ''),
    explorerUrl: config.explorerUrl ?? explorerUrl,
    nodeUrl: config.nodeUrl,
  };
}

/**
 * The name of a budget. What is not the public main network allows and counts by itself, so that it has budgets of its own.
 *
 * @param what `info`, `frames` or `connections`
 * @param url where that is spent
 */
export function budgetName(what: string, url: string): string {
  const { host } = new URL(url);
  const isPublic = [networks.mainnet.infoUrl, networks.mainnet.wsUrl].some(
    known => new URL(known).host === host,
  );
  return isPublic ? `hyperliquid-${what}` : `hyperliquid-${what}@${host}`;
}
