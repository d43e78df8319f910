import type { Plugin } from '../../plugin-api/index.ts';
import type { Graph } from './graph.ts';
import { listed, type Problems } from './problems.ts';

const stages = ['collector', 'feature', 'model', 'classifier', 'signal'] as const;

/** Plugins in the order in which they run: by stage, providers before readers, and by id where nothing else decides. */
export function runOrder(plugins: readonly Plugin[], graph: Graph, problems: Problems): Plugin[] {
  return stages.flatMap(stage =>
    sortStage(
      plugins.filter(plugin => plugin.kind === stage),
      graph,
      problems,
    ),
  );
}

function sortStage(plugins: readonly Plugin[], graph: Graph, problems: Problems): Plugin[] {
  const needs = new Map(plugins.map(plugin => [plugin, providersOf(plugin, plugins, graph)]));
  const waiting = plugins.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const sorted: Plugin[] = [];
  while (waiting.length > 0) {
    const next = waiting.findIndex(plugin =>
      [...(needs.get(plugin) ?? [])].every(need => sorted.includes(need)),
    );
    if (next === -1) {
      const circle = findCircle(waiting, needs);
      const ids = circle.map(plugin => plugin.id);
      problems.add(
        'PLAN_CYCLE',
        ids,
        `${listed(ids)} read each other in a circle (${[...ids, ids[0]].join(' -> ')}). Remove one of these inputs; ` +
          'what must come back comes back as an event.',
      );
      return [...sorted, ...waiting];
    }
    sorted.push(...waiting.splice(next, 1));
  }
  return sorted;
}

/** The plugins of the same stage whose output a plugin reads. */
function providersOf(plugin: Plugin, stage: readonly Plugin[], graph: Graph): Set<Plugin> {
  const needs = new Set<Plugin>();
  for (const use of graph.uses) {
    if (use.plugin !== plugin || use.role !== 'reads') continue;
    for (const provider of graph.providers.get(use.ref.id) ?? [])
      if (stage.includes(provider)) needs.add(provider);
  }
  return needs;
}

function findCircle(waiting: readonly Plugin[], needs: ReadonlyMap<Plugin, Set<Plugin>>): Plugin[] {
  const path: Plugin[] = [];
  let next = waiting[0];
  while (next !== undefined && !path.includes(next)) {
    path.push(next);
    next = [...(needs.get(next) ?? [])]
      .filter(need => waiting.includes(need))
      .sort((a, b) => (a.id < b.id ? -1 : 1))[0];
  }
  const circle = next === undefined ? path : path.slice(path.indexOf(next));
  // Note: the path follows needs, readers first; told from provider to reader, and from the smallest id, it reads the same always.
  circle.reverse();
  const smallest = circle.reduce(
    (least, plugin, index) => (plugin.id < (circle[least] as Plugin).id ? index : least),
    0,
  );
  return [...circle.slice(smallest), ...circle.slice(0, smallest)];
}
