import type { Pipeline } from '../pipeline.ts';
import type { Plan } from '../plan.ts';
import type { RowsOfStore } from '../recovery.ts';
import type { Store } from './store.ts';

interface MadeBy {
  readonly plan: Plan;
  readonly pipeline: Pick<Pipeline, 'allRows'>;
  readonly run: string;
  /** The hash of the plugins, versions and configurations. */
  readonly analysis: string;
}

/** The latest rows of a database, as recovery brings them to what a pipeline stands at. */
export function rowsOfStore(
  store: Pick<Store, 'analysis' | 'reconcile'>,
  { plan, pipeline, run, analysis }: MadeBy,
): RowsOfStore {
  return {
    analysis: () => store.analysis(),
    reconcile(complete) {
      const makers = [...plan.features, ...plan.models, ...plan.classifiers];
      const refs = makers.map(({ plugin }) => plugin.output);
      return store.reconcile(pipeline.allRows(), { run, analysis, refs, complete });
    },
  };
}
