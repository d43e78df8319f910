import { Command, Option } from 'commander';
import { builtInPlugins, createApp } from '../core/app.ts';
import type { ConfigInput } from '../core/config.ts';
import { explainMermaid, explainText } from '../core/plan/explain.ts';
import { addConfigOptions, type ConfigFlags, loadConfigOf } from './config-options.ts';
import type { Terminal } from './terminal.ts';

interface ExplainFlags extends ConfigFlags {
  readonly format: 'text' | 'mermaid';
  readonly all?: true;
}

/** `hypersonar explain`: the plan. */
export function explainCommand(terminal: Terminal): Command {
  const command = new Command('explain')
    .addOption(new Option('-f, --format <format>', 'how').choices(['text', 'mermaid']).default('text'))
    .option('--all', 'also the built-in collectors that are not configured')
    .action((flags: ExplainFlags) => explain(flags, terminal));
  return addConfigOptions(command, ['config']);
}

async function explain(flags: ExplainFlags, terminal: Terminal): Promise<void> {
  const { plan } = await createApp({ config: await loadConfigOf(flags, flags.all ? allCollectors() : {}) });
  terminal.out((flags.format === 'mermaid' ? explainMermaid(plan) : explainText(plan)).trimEnd());
}

/** Configures every collector as far as it goes: those that need more stay out. */
function allCollectors(): ConfigInput {
  const present = 1_700_000_000_000;
  return {
    plugins: Object.fromEntries(
      builtInPlugins
        .filter(plugin => plugin.kind === 'collector')
        .map(({ id }) => [id, { config: id.startsWith('simulated-') ? { present } : {} }]),
    ),
  };
}
