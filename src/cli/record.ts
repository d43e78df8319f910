import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Command } from 'commander';
import { durationMs } from '../core/duration.ts';
import { UserError } from '../core/errors.ts';
import { normaliseAddress } from '../core/ingest.ts';
import { createLog } from '../core/log.ts';
import { packageVersion } from '../core/run-manifest.ts';
import { resolveEndpoints } from '../plugins/collectors/hyperliquid-connection/endpoints.ts';
import { createInfoClient } from '../plugins/collectors/hyperliquid-connection/info-client.ts';
import { createSocketPool } from '../plugins/collectors/hyperliquid-connection/socket-pool.ts';
import type { SocketPool } from '../plugins/collectors/hyperliquid-connection/socket-types.ts';
import { addConfigOptions, type ConfigFlags, loadConfigOf } from './config-options.ts';
import { collectionReport, reportText } from './record/collection-report.ts';
import { recordedMarkets } from './record/markets.ts';
import { createRecorder, type Recorder } from './record/recorder.ts';
import { openRecordingFolder, writeReport } from './record/recording-folder.ts';
import { standaloneContext } from './record/standalone-context.ts';
import { statusLine } from './record/status-line.ts';
import { listOf, recordedStreams, streamsOf, subscriptionsOf } from './record/streams.ts';
import { announce } from './running-app.ts';
import { listenForStop } from './stop-signals.ts';
import type { Terminal } from './terminal.ts';

interface RecordFlags extends ConfigFlags {
  readonly streams: string;
  readonly out: string;
  readonly coins: string;
  readonly users?: string;
  readonly interval: string;
  readonly duration?: string;
  readonly exchange?: string;
  readonly testnet?: true;
  readonly gzip?: true;
  readonly append?: true;
  readonly partSize: string;
  readonly json?: true;
}

/** `hypersonar record`: what the exchange's sockets bring, as it comes, into a folder that can be replayed. */
export function recordCommand(terminal: Terminal): Command {
  const command = new Command('record')
    .requiredOption('--out <folder>', 'where to; nothing in it is written over')
    .option('--streams <names>', 'what, with commas between', 'trades,bbo')
    .option(
      '--coins <names>',
      'markets, with commas between; or `perps`, or `all` with builder perpetuals and spot',
      'perps',
    )
    .option('--users <addresses>', "wallets, with commas between, of the streams that are a wallet's own")
    .option('--interval <length>', 'length of candles', '1m')
    .option('--duration <time>', 'such as 90s, 15m or 1h; without it, until it is stopped')
    .option('--exchange <url>', "another exchange's root, such as http://127.0.0.1:4100")
    .option('--testnet', "the exchange's test network")
    .option('--gzip', 'compress the files')
    .option('--append', 'continue the recording in the folder, in new files')
    .option('--part-size <megabytes>', 'size at which a file is followed by another', '256')
    .option('--json', 'print the report as JSON')
    .addHelpText(
      'after',
      `\nStreams:\n${recordedStreams.map(({ name, doc }) => `  ${name.padEnd(20)} ${doc}`).join('\n')}`,
    )
    .action((flags: RecordFlags) => record(flags, terminal));
  return addConfigOptions(command, ['config', 'logLevel']);
}

/** The most bytes of one stream that wait for the disk. */
const mostWaiting = 64 * 1024 * 1024;
const flushEveryMs = 1_000;
const connections = 5;

async function record(flags: RecordFlags, terminal: Terminal): Promise<void> {
  const streams = streamsOf(flags.streams);
  const users = listOf(flags.users ?? '').map(normaliseAddress);
  if (users.length === 0 && streams.some(({ per }) => per === 'user')) {
    throw new UserError(
      'CONFIG_INVALID',
      "Expected --users for streams that are a wallet's own, found none.",
    );
  }
  const lengthMs = flags.duration === undefined ? undefined : durationMs(flags.duration);
  const partBytes = megabytes(flags.partSize);
  const { config } = await loadConfigOf(flags, { log: { level: 'warn' } });
  const endpoints = resolveEndpoints({
    network: flags.testnet ? 'testnet' : 'mainnet',
    ...(flags.exchange === undefined ? {} : addressesOf(flags.exchange)),
  });
  const folder = await openRecordingFolder(flags.out, { append: flags.append === true });

  const signals = listenForStop(terminal);
  const ended = new AbortController();
  const signal = AbortSignal.any([signals.signal, ended.signal]);
  const context = standaloneContext({
    signal,
    log: createLog({ level: config.log.level }),
    budgetFile: config.requests.file ?? besideTape(config.tape.folder),
    reject: () => {},
  });
  try {
    const info = createInfoClient(context, endpoints);
    const needsMarkets = streams.some(({ per }) => per === 'coin');
    const coins = needsMarkets ? await recordedMarkets(info, flags.coins) : [];
    const subscriptions = subscriptionsOf(streams, { coins, users, interval: flags.interval });
    const pool = createSocketPool(context, {
      wsUrl: endpoints.wsUrl,
      connections,
      limits: {
        connections: connections + 1,
        newConnectionsPerMinute: 20,
        subscriptions: 1_000,
        users: 10,
        framesPerMinute: 1_500,
      },
    });
    const startedAt = context.now;
    const recorder = createRecorder({
      pool,
      subscriptions,
      folder: folder.path,
      compressed: flags.gzip === true,
      partBytes,
      mostWaiting,
      now: () => context.now,
    });
    if (folder.endedAt !== undefined) {
      for (const stream of new Set(streams.map(({ event }) => event))) {
        const { endedAt: from } = folder;
        recorder.hole({ stream, scope: null, from, to: startedAt, reason: 'not recorded', healed: false });
      }
    }
    announce(
      terminal,
      `recording ${streams.map(({ name }) => name).join(', ')} of ${coins.length} markets from ${endpoints.wsUrl} to ${flags.out}`,
    );
    try {
      await untilStopped({
        terminal,
        recorder,
        pool,
        signal,
        stopAt: lengthMs && startedAt + lengthMs,
        now: () => context.now,
      });
    } finally {
      const status = pool.status();
      await pool.close();
      await recorder.close();
      const report = collectionReport({
        version: packageVersion,
        exchange: endpoints.wsUrl,
        startedAt,
        endedAt: context.now,
        coins: coins.length,
        streams: recorder.counts(),
        status,
        holes: recorder.holes,
      });
      const name = await writeReport(folder.path, report);
      terminal.out(flags.json ? JSON.stringify(report, null, 2) : reportText(report, flags.out));
      terminal.note(
        `The report is kept in ${path.join(flags.out, name)}. Replay it with:\n  hypersonar replay ${flags.out}`,
      );
    }
  } finally {
    ended.abort();
    await context.close();
    signals.release();
  }
}

/** Writes what comes and shows how it stands, until the time is over or the operator stops it. */
async function untilStopped(options: {
  readonly terminal: Terminal;
  readonly recorder: Recorder;
  readonly pool: SocketPool;
  readonly signal: AbortSignal;
  readonly stopAt: number | undefined;
  readonly now: () => number;
}): Promise<void> {
  const { recorder, pool, signal, stopAt, now } = options;
  const line = statusLine(options.terminal, now());
  try {
    while (!signal.aborted && (stopAt === undefined || now() < stopAt)) {
      const wait = Math.min(flushEveryMs, (stopAt ?? Number.POSITIVE_INFINITY) - now());
      await sleep(Math.max(1, wait), undefined, { signal }).catch(() => undefined);
      await recorder.flush();
      line.show({
        counts: recorder.counts(),
        status: pool.status(),
        holes: recorder.holes.length,
        now: now(),
      });
    }
  } finally {
    line.clear();
  }
}

function addressesOf(text: string): { readonly infoUrl: string; readonly wsUrl: string } {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw new UserError(
      'CONFIG_INVALID',
      `Expected --exchange as a URL such as http://127.0.0.1:4100, found ${text}.`,
    );
  }
  const root = `${url.host}${url.pathname.replace(/\/+$/, '')}`;
  return {
    infoUrl: `${url.protocol}//${root}/info`,
    wsUrl: `${url.protocol === 'https:' ? 'wss' : 'ws'}://${root}/ws`,
  };
}

function megabytes(text: string): number {
  const size = Number(text);
  if (Number.isFinite(size) && size > 0) return size * 1_000_000;
  throw new UserError('CONFIG_INVALID', `Expected --part-size as megabytes above 0, found ${text}.`);
}

/** Where a running platform of this folder keeps what it shares. */
const besideTape = (folder: string | null): string | undefined =>
  folder === null ? undefined : path.resolve(path.dirname(folder), 'requests.sqlite');
