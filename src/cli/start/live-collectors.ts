import { builtInPlugins, createApp } from '../../core/app.ts';
import { type PluginOptions, pluginOptions } from '../../core/config.ts';
import type { LoadedConfig } from '../../core/load-config.ts';

/** What runs when nobody has said what should. */
export const standardCollectors: readonly string[] = [
  'hyperliquid-market',
  'hyperliquid-traders',
  'hyperliquid-leaderboard',
  'hyperliquid-discovery',
];

/**
 * A configuration that collects: as it is when it names a collector, or else with the standard ones that it does not disable.
 *
 * @param endpoints which exchange they connect to, above what the configuration says; with it the standard ones run in any case
 * @returns undefined when nothing is left to collect
 */
export async function withStandardCollectors(
  loaded: LoadedConfig,
  endpoints: Readonly<Record<string, string>> | undefined,
): Promise<LoadedConfig | undefined> {
  const isNamed = (await createApp({ config: loaded })).plan.collectors.length > 0;
  const { plugins } = loaded.config;
  const chosen: Record<string, PluginOptions> = { ...plugins };
  for (const id of standardCollectors) {
    if (!builtInPlugins.some(plugin => plugin.id === id)) continue;
    const said = plugins[id];
    if (said?.enabled === false) continue;
    const isOn = !isNamed || endpoints !== undefined || said?.enabled === true || said?.config !== undefined;
    if (!isOn) continue;
    const config = { ...(said?.config as object | undefined), ...endpoints };
    chosen[id] = { ...(said ?? pluginOptions.parse({})), enabled: true, config };
  }
  if (!isNamed && !Object.values(chosen).some(({ enabled }) => enabled === true)) return undefined;
  return { ...loaded, config: { ...loaded.config, plugins: chosen } };
}
