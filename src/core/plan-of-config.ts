import type { Plugin, Plugins } from '../plugin-api/index.ts';
import { UserError } from './errors.ts';
import type { LoadedConfig } from './load-config.ts';
import { makePlan, type Plan } from './plan.ts';

/** Plans what the operator wants: built-in collectors run only when they are configured. */
export function planOf(builtIn: readonly Plugin[], own: Plugins, { config }: LoadedConfig): Plan {
  const named = Object.entries(config.plugins);
  for (const [id, { isolate }] of named) {
    if (!isolate) continue;
    throw new UserError(
      'PLUGIN_ISOLATION_UNSUPPORTED',
      `Expected plugins.${id}.isolate to be false, found true: running a plugin in a thread of its own is not supported yet. ` +
        'Remove the option, or leave the plugin out if you do not trust it.',
    );
  }
  const isOff = (id: string, unlessConfigured: boolean): boolean => {
    const said = config.plugins[id];
    if (said?.enabled !== undefined) return !said.enabled;
    return unlessConfigured && said?.config === undefined;
  };
  const ownIds = named.map(([id]) => id).filter(id => builtIn.every(plugin => plugin.id !== id));
  return makePlan({
    plugins: [...builtIn, own],
    config: Object.fromEntries(named.map(([id, said]) => [id, said.config ?? {}])),
    overrides: {
      apiRange: Object.fromEntries(
        named.flatMap(([id, { apiRange }]) => (apiRange === undefined ? [] : [[id, apiRange]])),
      ),
    },
    disabled: [
      ...builtIn.filter(({ id, kind }) => isOff(id, kind === 'collector')).map(({ id }) => id),
      ...ownIds.filter(id => isOff(id, false)),
    ],
  });
}
