import { readAddress } from './arguments.ts';
import type { GraphqlContext, JobView, PluginView } from './context.ts';
import { entities } from './entities.ts';
import { checkPlugin } from './existence.ts';
import { Failure, InputError, NotFoundError, RefusedError, refusedBy, shown } from './failure.ts';
import { queryOne } from './sql/query-one.ts';
import type { Rows, Types } from './types/types.ts';

const errors = { types: [InputError, NotFoundError, RefusedError] };

/** What an operator may do. */
export function addMutations(types: Types): void {
  const { builder } = types;
  const tracking = builder.objectRef<{
    address: string;
    tracked: boolean;
    trader: Rows['traders'] | undefined;
  }>('Tracking');
  builder.objectType(tracking, {
    description: 'Whether a wallet is followed from now on.',
    fields: t => ({
      address: t.field({ type: 'Address', description: 'The wallet.', resolve: it => it.address }),
      tracked: t.exposeBoolean('tracked', { description: 'Whether it is followed.' }),
      trader: t.field({
        type: types.trader,
        nullable: true,
        description: 'The wallet as it is stored. Null until its first row is committed.',
        resolve: it => it.trader ?? null,
      }),
    }),
  });
  const cleared = builder.objectRef<{ clearedAt: number }>('LeaderboardCacheCleared').implement({
    description: 'The leaderboard is computed anew at the next query.',
    fields: t => ({
      clearedAt: t.field({ type: 'Timestamp', description: 'When.', resolve: it => it.clearedAt }),
    }),
  });
  const addressArg = '`0x` and 40 hexadecimal digits, in any letter case.';
  builder.mutationFields(t => ({
    trackTrader: t.field({
      type: tracking,
      description: 'Follows a wallet until it is removed by hand. Following it twice is the same as once.',
      args: { address: t.arg.string({ required: true, description: addressArg }) },
      errors,
      resolve: async (_root, args, context, info) => {
        const address = readAddress(args.address, 'address');
        await refuseAgent(address, context);
        await act(context, () => context.commands.trackTrader(address));
        return {
          address,
          tracked: true,
          trader: await queryOne<Rows['traders']>(
            entities.traders,
            { address },
            { context, info, inside: 'trader' },
          ),
        };
      },
    }),
    untrackTrader: t.field({
      type: tracking,
      description: 'Stops following a wallet; what is stored of it stays.',
      args: { address: t.arg.string({ required: true, description: addressArg }) },
      errors,
      resolve: async (_root, args, context, info) => {
        const address = readAddress(args.address, 'address');
        await act(context, () => context.commands.untrackTrader(address));
        return {
          address,
          tracked: false,
          trader: await queryOne<Rows['traders']>(
            entities.traders,
            { address },
            { context, info, inside: 'trader' },
          ),
        };
      },
    }),
    runJob: t.field({
      type: types.job,
      description: 'Runs a job now and answers when it has ended.',
      args: { id: t.arg.string({ required: true, description: "The job's id." }) },
      errors,
      resolve: async (_root, { id }, context) => {
        allow(context);
        await jobOf(id, context);
        await act(context, () => context.commands.runJob(id));
        return jobOf(id, context);
      },
    }),
    pausePlugin: t.field({
      type: types.plugin,
      description: 'Stops giving events to a plugin; its last rows stay and are marked stale.',
      args: { id: t.arg.string({ required: true, description: "The plugin's id." }) },
      errors,
      resolve: async (_root, { id }, context) => {
        allow(context);
        checkPlugin(id, context, 'id');
        await act(context, () => context.commands.pausePlugin(id));
        return pluginOf(id, context);
      },
    }),
    resumePlugin: t.field({
      type: types.plugin,
      description: 'Gives events to a paused or degraded plugin again.',
      args: { id: t.arg.string({ required: true, description: "The plugin's id." }) },
      errors,
      resolve: async (_root, { id }, context) => {
        allow(context);
        checkPlugin(id, context, 'id');
        await act(context, () => context.commands.resumePlugin(id));
        return pluginOf(id, context);
      },
    }),
    clearLeaderboardCache: t.field({
      type: cleared,
      description: 'Forgets the computed leaderboard; the next query computes it anew.',
      errors,
      resolve: async (_root, _args, context) => {
        await act(context, () => context.commands.clearLeaderboardCache());
        return { clearedAt: context.clock.now() };
      },
    }),
  }));
}

/** An agent only signs for another wallet and has no positions of its own; which wallets are agents the collectors have found out. */
async function refuseAgent(address: string, { database }: GraphqlContext): Promise<void> {
  const [agent] = await database.query<{ owner: string }>(
    `select "row"->>'owner' as owner from "rows" where key = $1 and ref = 'wallet.owner' and "row"->>'relation' = 'agent'`,
    [address],
  );
  if (agent === undefined) return;
  throw new InputError({
    code: 'ADDRESS_OF_AGENT',
    argument: 'address',
    expected: 'a wallet that trades',
    found: `an agent (API wallet), which only signs for ${agent.owner}`,
    whatToDo: `Follow ${agent.owner}.`,
  });
}

function allow(context: GraphqlContext): void {
  const refused = context.permissions.mutationsRefused;
  if (refused === undefined) return;
  throw new RefusedError({
    code: 'MUTATION_REFUSED',
    expected: 'a request that may change things',
    found: refused,
    whatToDo: 'Send the operator token as `Authorization: Bearer <token>`, or ask from this machine.',
  });
}

async function act(context: GraphqlContext, run: () => Promise<void>): Promise<void> {
  allow(context);
  try {
    await run();
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw refusedBy(error);
  }
}

async function jobOf(id: string, context: GraphqlContext): Promise<JobView> {
  const jobs = await context.jobs();
  const job = jobs.find(candidate => candidate.id === id);
  if (job !== undefined) return job;
  throw new NotFoundError({
    code: 'JOB_UNKNOWN',
    argument: 'id',
    expected: `one of ${jobs.map(candidate => candidate.id).join(', ') || 'no job: none is scheduled'}`,
    found: shown(id),
    whatToDo: 'Use an id that the field `jobs` lists.',
  });
}

function pluginOf(id: string, context: GraphqlContext): PluginView {
  return context.plugins().find(plugin => plugin.id === id)!;
}
