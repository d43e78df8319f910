import type { RequestBudgetView } from '../context.ts';
import type { Types } from './types.ts';

/** What may be asked of servers, and what was. */
export function addRequestBudget({ builder }: Types): void {
  const waiting = builder.objectRef<RequestBudgetView['waiting'][number]>('WaitingRequests').implement({
    description: 'Requests of one priority that wait for their turn.',
    fields: t => ({
      priority: t.exposeString('priority', { description: '`urgent`, `high`, `normal` or `low`.' }),
      count: t.exposeInt('count', { description: 'How many wait in this process.' }),
    }),
  });
  const budget = builder.objectRef<RequestBudgetView>('RequestBudget').implement({
    description:
      'Weight that may be spent on requests to one server within any minute, by all processes together.',
    fields: t => ({
      name: t.exposeString('name', { description: 'The name that collectors share it by.' }),
      perMinute: t.exposeFloat('perMinute', { description: 'Weight that may be spent within any minute.' }),
      used: t.exposeFloat('used', {
        description: 'Weight that was spent within the last minute, or that a process has set aside.',
      }),
      left: t.exposeFloat('left', { description: 'Weight that may be spent at once.' }),
      refusals: t.exposeInt('refusals', {
        description: 'How often the server refused for too many requests. More than 0 is worth a look.',
      }),
      blockedMs: t.exposeFloat('blockedMs', {
        description: 'For how long nothing is asked because of the last refusal. Unit: ms.',
      }),
      waiting: t.field({
        type: [waiting],
        description: 'Requests that wait for their turn, by priority, the most urgent first.',
        resolve: it => [...it.waiting],
      }),
    }),
  });
  builder.queryField('requestBudgets', t =>
    t.field({
      type: [budget],
      description: 'The request budgets that collectors have used since the start, by name.',
      resolve: async (_root, _args, context) => [...(await context.requestBudgets())],
    }),
  );
}
