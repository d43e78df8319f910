import { builtInPlugins } from '../core/app.ts';
import { type PluginOptions, pluginOptions } from '../core/config.ts';
import type { LoadedConfig } from '../core/load-config.ts';
import { flattenPlugins } from '../testing/index.ts';

/**
 * A configuration with these collectors and no others, whatever it says of collectors; what it says of other plugins stays.
 *
 * @param collectors configuration by collector id
 */
export function withCollectors(
  loaded: LoadedConfig,
  collectors: Readonly<Record<string, unknown>>,
): LoadedConfig {
  const { plugins } = loaded.config;
  const defaults = pluginOptions.parse({});
  const builtIn = builtInPlugins.filter(plugin => plugin.kind === 'collector').map(({ id }) => id);
  const own = flattenPlugins(loaded.use).filter(plugin => plugin.kind === 'collector');
  const chosen: Record<string, PluginOptions> = { ...plugins };
  for (const id of builtIn) delete chosen[id];
  for (const { id } of own) chosen[id] = { ...(plugins[id] ?? defaults), enabled: false };
  for (const [id, config] of Object.entries(collectors)) {
    chosen[id] = { ...(plugins[id] ?? defaults), enabled: true, required: true, config };
  }
  return { ...loaded, config: { ...loaded.config, plugins: chosen } };
}

/** A configuration in which a plugin is configured so, unless the operator has configured it. */
export function withPreset(loaded: LoadedConfig, id: string, config: unknown): LoadedConfig {
  const { plugins } = loaded.config;
  const said = plugins[id];
  if (said?.config !== undefined) return loaded;
  const options = { ...(said ?? pluginOptions.parse({})), config };
  return { ...loaded, config: { ...loaded.config, plugins: { ...plugins, [id]: options } } };
}
