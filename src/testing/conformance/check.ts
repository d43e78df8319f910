import type { Plugin } from '../../plugin-api/index.ts';
import type { ConformanceOptions, PluginUnderTest } from './subject.ts';

export type PluginKind = Plugin['kind'];

/** One thing that every plugin of the given kinds must do. */
export interface Check {
  /** `C01` to `C16`. */
  readonly id: string;
  /** A sentence about behaviour. */
  readonly title: string;
  readonly kinds: readonly PluginKind[];
  /** Throws with what was expected and what was found. */
  run(under: PluginUnderTest, options: ConformanceOptions): Promise<void>;
}

export const everyKind: readonly PluginKind[] = ['collector', 'feature', 'model', 'classifier', 'signal'];
/** The kinds that run in the pipeline. */
export const pureKinds: readonly PluginKind[] = ['feature', 'model', 'classifier', 'signal'];
