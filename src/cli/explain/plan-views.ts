import type { Plan } from '../../core/plan.ts';
import { providesOf, readsOf } from '../../core/plugin-status.ts';
import { textTable } from '../text-table.ts';

const stages = ['collector', 'feature', 'model', 'classifier', 'signal'] as const;

/** The plan as text: stage by stage, in the order in which plugins run. */
export function planText(plan: Plan): string {
  const sections = stages.map(stage => {
    const planned = plan.plugins.filter(({ plugin }) => plugin.kind === stage);
    const title = `${stage}s (${planned.length})`;
    if (planned.length === 0) return `${title}\n  none`;
    return `${title}\n${textTable(
      [
        { title: 'plugin', text: ({ plugin }) => `${plugin.id} ${plugin.version}` },
        { title: 'reads', text: ({ plugin }) => readsOf(plugin).join(', ') || '-' },
        { title: 'provides', text: ({ plugin }) => providesOf(plugin).join(', ') },
      ],
      planned,
    )}`;
  });
  const unprovided = [...plan.refs.values()].filter(
    ref => (plan.providers.get(ref.id) ?? []).length === 0 && !ref.id.startsWith('core.'),
  );
  if (unprovided.length > 0) {
    sections.push(
      `read by somebody, provided by none (optional)\n  ${unprovided.map(ref => ref.id).join(', ')}`,
    );
  }
  sections.push(`configuration hash ${plan.configHash}`);
  return sections.join('\n\n');
}

/** The plan as a Mermaid flow chart: plugins in their stages, refs on the arrows. */
export function planMermaid(plan: Plan): string {
  const nodeOf = (id: string) => id.replaceAll(/[^a-zA-Z0-9]/g, '_');
  const lines = ['flowchart LR'];
  for (const stage of stages) {
    const planned = plan.plugins.filter(({ plugin }) => plugin.kind === stage);
    if (planned.length === 0) continue;
    lines.push(`  subgraph ${stage}s`);
    for (const { plugin } of planned) lines.push(`    ${nodeOf(plugin.id)}["${plugin.id}"]`);
    lines.push('  end');
  }
  for (const { plugin } of plan.plugins) {
    const arrows = new Map<string, string[]>();
    for (const ref of readsOf(plugin)) {
      for (const provider of plan.providers.get(ref) ?? []) {
        if (provider !== plugin.id) arrows.set(provider, [...(arrows.get(provider) ?? []), ref]);
      }
    }
    for (const [provider, refs] of arrows) {
      lines.push(`  ${nodeOf(provider)} -->|${refs.join(', ')}| ${nodeOf(plugin.id)}`);
    }
  }
  return lines.join('\n');
}
