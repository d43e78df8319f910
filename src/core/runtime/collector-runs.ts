import type { Progress } from '../../plugin-api/index.ts';
import type { Clock } from '../clock.ts';
import type { CollectorServices } from '../collectors/collector-context.ts';
import { type CollectorRun, createCollectorRun } from '../collectors/collector-run.ts';
import type { Config, PluginOptions } from '../config.ts';
import { UserError } from '../errors.ts';
import type { AppLogger } from '../log.ts';
import type { Pipeline } from '../pipeline.ts';
import type { Plan } from '../plan.ts';
import type { Outages } from './outages.ts';

/** What one plugin has of its own. */
export interface PluginScope {
  readonly options: PluginOptions;
  readonly log: AppLogger;
  readonly secret: (name: string) => string | undefined;
}

export interface CollectorRunsOptions extends CollectorServices {
  readonly plan: Plan;
  readonly scopes: ReadonlyMap<string, PluginScope>;
  /** Where each collector goes on. */
  readonly cursors: ReadonlyMap<string, string>;
  readonly outages: Outages;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly config: Pick<Config, 'seed'>;
  readonly onProgress?: (progress: Progress & { readonly plugin: string }) => void;
}

/** The collectors of a plan, ready to be run. */
export function collectorRuns(options: CollectorRunsOptions): CollectorRun[] {
  const { plan, scopes, cursors, outages, clock, signal, onProgress } = options;
  return plan.collectors.map(({ plugin, config }) => {
    const { log, secret, options: own } = scopes.get(plugin.id)!;
    return createCollectorRun({
      ...{ plugin, config, clock, log, signal, secret },
      required: own.required,
      timeoutMs: own.timeoutMs,
      requestsPerMinute: own.requestsPerMinute,
      cursor: cursors.get(plugin.id),
      seed: options.config.seed,
      outageSince: outages.since(plugin),
      budgets: options.budgets,
      works: options.works,
      tracked: options.tracked,
      followers: options.followers,
      positionsOf: options.positionsOf,
      ...(onProgress && {
        onProgress: (progress: Progress) => onProgress({ ...progress, plugin: plugin.id }),
      }),
    });
  });
}

/** Throws when a plugin that the operator requires could not be loaded. */
export function checkRequired(pipeline: Pipeline, scopes: ReadonlyMap<string, PluginScope>): void {
  const lost = pipeline.health().find(({ plugin, state }) => {
    return state === 'failed' && scopes.get(plugin)!.options.required;
  });
  if (lost === undefined) return;
  throw new UserError(
    'PLUGIN_REQUIRED_FAILED',
    `Expected the required plugin ${lost.plugin} to load, found that it failed; the log says why. ` +
      'Remove the cause, or make it optional (plugins.<id>.required: false).',
  );
}
