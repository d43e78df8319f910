import type { Command } from 'commander';
import { UserError } from '../../core/errors.ts';

/** Which exchange the collectors connect to. */
export interface ExchangeFlags {
  readonly exchange?: string;
  readonly network?: string;
  readonly serveInfo?: string;
}

export function addExchangeOptions(command: Command): Command {
  return command
    .option('--network <name>', "`mainnet` or `testnet`, for all of the exchange's collectors")
    .option('--exchange <url>', "another exchange's root, such as http://127.0.0.1:4100")
    .option(
      '--serve-info <url>',
      'an own node for the states of accounts, such as http://localhost:3001/info',
    );
}

/** The part of each collector's configuration that these flags set; undefined when none was given. */
export function endpointsOf({
  exchange,
  network,
  serveInfo,
}: ExchangeFlags): Record<string, string> | undefined {
  const endpoints: Record<string, string> = {};
  if (network !== undefined) {
    if (network !== 'mainnet' && network !== 'testnet') {
      throw invalid('--network', '`mainnet` or `testnet`', network);
    }
    endpoints.network = network;
  }
  if (exchange !== undefined) {
    const root = urlOf('--exchange', exchange).replace(/\/+$/, '');
    const sockets = root.replace(/^http/, 'ws');
    endpoints.infoUrl = `${root}/info`;
    endpoints.wsUrl = `${sockets}/ws`;
    endpoints.statsUrl = `${root}/Mainnet`;
    endpoints.explorerUrl = `${sockets}/explorer-ws`;
  }
  if (serveInfo !== undefined) endpoints.nodeUrl = urlOf('--serve-info', serveInfo);
  return Object.keys(endpoints).length === 0 ? undefined : endpoints;
}

function urlOf(flag: string, text: string): string {
  if (/^https?:\/\//.test(text) && URL.canParse(text)) return text;
  throw invalid(flag, 'a URL that begins with http:// or https://', text);
}

function invalid(flag: string, expected: string, found: string): UserError {
  return new UserError(
    'CONFIG_INVALID',
    `Expected ${flag} to be ${expected}, found ${JSON.stringify(found)}.`,
  );
}
