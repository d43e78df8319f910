import {
  type CollectorContext,
  type Draft,
  defineCollector,
  draft,
  leaderboard,
  vault,
} from '../../../plugin-api/index.ts';
import { resolveEndpoints } from '../hyperliquid-connection/endpoints.ts';
import { createInfoClient } from '../hyperliquid-connection/info-client.ts';
import type { InfoClient } from '../hyperliquid-connection/info-types.ts';
import { type Changes, createChanges } from './changes.ts';
import { type LeaderboardConfig, leaderboardConfig } from './config.ts';
import { type Progress, readCursor, writeCursor } from './cursor.ts';
import { type FileVersion, readFileVersion } from './file-version.ts';
import { createHandOver } from './hand-over.ts';
import { type LeaderboardPayload, readLeaderboardRow, readVaultRow } from './rows.ts';
import { selectRows } from './select-rows.ts';

const emits = [leaderboard, vault] as const;
type Emitted = Draft<(typeof emits)[number]>;
type Context = CollectorContext<LeaderboardConfig>;

const dayMs = 86_400_000;
/** How long it waits after a failure, unless the next look is due before. */
const retryMs = 60_000;
/** Rows that are brought in at once. */
const chunkRows = 200;

/** Follows the exchange's published leaderboard, and its list of vaults. */
export const hyperliquidLeaderboard = defineCollector({
  id: 'hyperliquid-leaderboard',
  version: '1.0.0',
  api: '^1.0.0',
  doc: "Reads the exchange's leaderboard each five minutes and tells the rows that changed; and its vaults each day.",
  config: leaderboardConfig,
  emits,
  staleAfter: '1h',
  collect,
});

async function* collect(ctx: Context): AsyncGenerator<readonly Emitted[]> {
  const { config } = ctx;
  if (!config.leaderboard && !config.vaults) return;
  const { infoUrl, statsUrl } = resolveEndpoints(config);
  const client = createInfoClient(ctx, { infoUrl, statsUrl });
  const everyMs = config.everyMinutes * 60_000;
  const progress = readCursor(ctx.cursor);
  const changes = createChanges();
  const vaultChanges = createChanges();
  /** When the last look succeeded. */
  let readAt: number | undefined;
  let failedSince: number | undefined;

  const handOver = createHandOver<readonly Emitted[]>();

  async function look(): Promise<void> {
    const startedAt = ctx.now;
    try {
      if (config.leaderboard) {
        for await (const chunk of leaderboardPass({ ctx, client, statsUrl, progress, changes }))
          await handOver.give(chunk);
      }
      if (config.vaults && startedAt - (progress.vaultsAt ?? -dayMs) >= dayMs) {
        for await (const chunk of vaultsPass({ ctx, client, progress, changes: vaultChanges }))
          await handOver.give(chunk);
      }
      if (failedSince !== undefined) {
        // Note: one view replaces all before it, so nothing is missing any more.
        const { from, to } = { from: failedSince, to: startedAt };
        ctx.gap({ stream: leaderboard.id, from, to, reason: 'the leaderboard is read again', healed: true });
        failedSince = undefined;
      }
      readAt = startedAt;
    } catch (error) {
      // Note: at first it is the platform that says what cannot be reached, and begins again.
      if (readAt === undefined) handOver.end(error);
      else if (failedSince === undefined && !ctx.signal.aborted) {
        failedSince = readAt;
        ctx.gap({ stream: leaderboard.id, from: readAt, to: ctx.now, reason: reasonOf(error) });
      }
      throw error;
    }
  }

  ctx.signal.addEventListener('abort', () => handOver.end(), { once: true });
  if (ctx.signal.aborted) return;
  ctx.every(
    { id: 'look', doc: 'Reads the published leaderboard, and each day the vaults.', everyMs, retryMs },
    look,
  );
  yield* handOver.values();
}

/** Looks at the leaderboard once and tells the rows that changed: all of them once in a UTC day. */
async function* leaderboardPass({
  ctx,
  client,
  statsUrl,
  progress,
  changes,
}: {
  readonly ctx: Context;
  readonly client: InfoClient;
  readonly statsUrl: string;
  readonly progress: Progress;
  readonly changes: Changes;
}): AsyncGenerator<readonly Emitted[]> {
  const { config } = ctx;
  const today = Math.floor(ctx.now / dayMs);
  const isWhole = progress.wholeDay !== today;
  const answer = await readFileVersion(ctx.http, `${statsUrl}/leaderboard`, progress.version);
  if (answer === 'unchanged' && !isWhole) return;
  const version: FileVersion | undefined = answer === 'unchanged' ? progress.version : answer;
  const asOf = Math.min(version?.modifiedAt ?? ctx.now, ctx.now);

  const rows = new Map<string, LeaderboardPayload>();
  let place = 0;
  for await (const batch of client.leaderboard({ signal: ctx.signal })) {
    for (const raw of batch) {
      place++;
      const row = readLeaderboardRow(raw);
      if (typeof row === 'string') ctx.reject({ source: 'leaderboard', line: place, reason: row });
      else if (rows.has(row.user)) {
        ctx.reject({ source: 'leaderboard', line: place, reason: `${row.user} stands there already` });
      } else rows.set(row.user, row);
    }
  }
  if (rows.size === 0)
    throw new Error(`Expected rows in ${statsUrl}/leaderboard, found none that can be used.`);
  if (isWhole) changes.clear();
  changes.retain(new Set(rows.keys()));
  const changed = selectRows(rows.values(), config).filter(row => changes.differs(row.user, row));
  ctx.log.debug('leaderboard read', { rows: rows.size, changed: changed.length, asOf });
  const drafts = changed.map(payload => {
    const { user } = payload;
    return draft(leaderboard, {
      key: user,
      tsEvent: asOf,
      dedupe: `${user}:${asOf}${isWhole ? ':whole' : ''}`,
      payload,
    });
  });
  const told = { ...progress, version, wholeDay: today };
  for (const chunk of paced(drafts, writeCursor(told))) {
    yield chunk;
    for (const { payload } of chunk) changes.keep(payload.user, payload);
    await ctx.sleep((chunk.length / config.rowsPerSecond) * 1_000);
    if (ctx.signal.aborted) return;
  }
  Object.assign(progress, told);
}

/** Tells the vaults that changed since they were told last. */
async function* vaultsPass({
  ctx,
  client,
  progress,
  changes,
}: {
  readonly ctx: Context;
  readonly client: InfoClient;
  readonly progress: Progress;
  readonly changes: Changes;
}): AsyncGenerator<readonly Emitted[]> {
  const asOf = ctx.now;
  const drafts: Draft<typeof vault>[] = [];
  const users = new Set<string>();
  let place = 0;
  for await (const batch of client.vaults({ signal: ctx.signal })) {
    for (const raw of batch) {
      place++;
      const payload = readVaultRow(raw);
      if (typeof payload === 'string') {
        ctx.reject({ source: 'vaults', line: place, reason: payload });
        continue;
      }
      const { user } = payload;
      if (users.has(user)) continue;
      users.add(user);
      if (changes.differs(user, payload)) {
        drafts.push(draft(vault, { key: user, tsEvent: asOf, dedupe: `${user}:${asOf}`, payload }));
      }
    }
  }
  changes.retain(users);
  const told = { ...progress, vaultsAt: asOf };
  for (const chunk of paced(drafts, writeCursor(told))) {
    yield chunk;
    for (const { payload } of chunk) changes.keep(payload.user, payload);
    await ctx.sleep((chunk.length / ctx.config.rowsPerSecond) * 1_000);
    if (ctx.signal.aborted) return;
  }
  Object.assign(progress, told);
}

/** Cuts drafts into chunks; the last draft of all carries the cursor, so that what was told in part is told again. */
function* paced<D extends Emitted>(drafts: readonly D[], cursor: string): Generator<readonly D[]> {
  for (let from = 0; from < drafts.length; from += chunkRows) {
    const chunk = drafts.slice(from, from + chunkRows);
    if (from + chunkRows >= drafts.length) chunk.push({ ...chunk.pop()!, cursor });
    yield chunk;
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
