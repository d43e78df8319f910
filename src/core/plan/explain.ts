import type { Plugin, Ref } from '../../plugin-api/index.ts';
import type { Plan } from '../plan.ts';
import { usesOf } from './plugin-refs.ts';

const stages = ['collector', 'feature', 'model', 'classifier', 'signal'] as const;

/** A plan as text: each plugin in the order in which it runs, what it reads and from whom, and what it provides. */
export function explainText(plan: Plan): string {
  const lines: string[] = [];
  for (const stage of stages) {
    const ofStage = plan.plugins.filter(({ plugin }) => plugin.kind === stage);
    if (ofStage.length === 0) continue;
    if (lines.length > 0) lines.push('');
    lines.push(`${stage}s`);
    for (const { plugin, order, config } of ofStage) {
      lines.push(`  ${order + 1}. ${plugin.id} ${plugin.version}: ${plugin.doc}`);
      for (const { role, place, ref, optional } of usesOf(plugin)) {
        const what = `${ref.id}@${ref.version} (${ref.kind}, by ${ref.entity})`;
        if (role === 'provides') lines.push(`     provides ${what}`);
        else lines.push(`     reads ${what} as ${place}, ${providersText(plan, ref, optional)}`);
      }
      if (plugin.kind === 'signal' && plugin.every !== undefined)
        lines.push(`     evaluated every ${plugin.every}`);
      if (Object.keys(config as object).length > 0)
        lines.push(`     configured by ${JSON.stringify(config)}`);
    }
  }
  return `${lines.join('\n')}\n`;
}

function providersText(plan: Plan, ref: Ref, optional: boolean): string {
  const providers = plan.providers.get(ref.id) ?? [];
  if (providers.length > 0) return `from ${providers.join(', ')}`;
  if (ref.id.startsWith('core.')) return 'from the core';
  if (optional) return 'which nobody provides; it is optional';
  return 'which no collector here emits; a recording may';
}

/** A plan as a Mermaid flow chart: plugins are boxes by stage, and arrows carry the refs between them. */
export function explainMermaid(plan: Plan): string {
  const lines = ['flowchart LR'];
  for (const stage of stages) {
    const ofStage = plan.plugins.filter(({ plugin }) => plugin.kind === stage);
    if (ofStage.length === 0) continue;
    lines.push(`  subgraph ${stage}s`);
    for (const { plugin } of ofStage) lines.push(`    ${nodeId(plugin.id)}["${plugin.id}"]`);
    lines.push('  end');
  }
  for (const { plugin } of plan.plugins) lines.push(...arrows(plan, plugin));
  return `${lines.join('\n')}\n`;
}

function arrows(plan: Plan, plugin: Plugin): string[] {
  const lines: string[] = [];
  for (const { role, ref, optional } of usesOf(plugin)) {
    if (role === 'provides') continue;
    const arrow = optional ? '-.->' : '-->';
    const providers = plan.providers.get(ref.id) ?? [];
    for (const provider of providers) {
      lines.push(`  ${nodeId(provider)} ${arrow}|${ref.id}| ${nodeId(plugin.id)}`);
    }
    if (providers.length === 0 && !optional)
      lines.push(`  ${nodeId(ref.id)}(("${ref.id}")) --> ${nodeId(plugin.id)}`);
  }
  return [...new Set(lines)];
}

// Note: Mermaid takes `end` and some other words for its own; a prefix keeps every id apart from them.
function nodeId(id: string): string {
  return `n_${id.replace(/[^a-z0-9]/g, '_')}`;
}
