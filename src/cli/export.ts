import { rename, rm } from 'node:fs/promises';
import { Command, Option } from 'commander';
import { addConfigOptions, type ConfigFlags } from './config-options.ts';
import { connectionOf, connections } from './export/connections.ts';
import { openCsvFile } from './export/csv-file.ts';
import { openParquetFile } from './export/parquet-file.ts';
import { openPages } from './export/read-pages.ts';
import { CommandEnd, exitCodes } from './failure.ts';
import { grouped } from './numbers.ts';
import { withDatabase } from './open-database.ts';
import { createProgressLine } from './progress-line.ts';
import { listenForStop } from './stop-signals.ts';
import type { Terminal } from './terminal.ts';
import { textTable } from './text-table.ts';

interface ExportFlags extends ConfigFlags {
  readonly out: string;
  readonly format?: 'csv' | 'parquet';
}

/** `hypersonar export`: any connection as a file. */
export function exportCommand(terminal: Terminal): Command {
  const command = new Command('export')
    .argument(
      '<connection>',
      'what to write, such as trades, positions, leaderboard, features or the id of a ref',
    )
    .requiredOption('-o, --out <file>', 'file to write')
    .addOption(
      new Option('-f, --format <format>', 'default: by the ending of the file').choices(['csv', 'parquet']),
    )
    .addHelpText('after', () => `\nConnections:\n${connectionTable()}`)
    .action((name: string, flags: ExportFlags) => exportTo(name, flags, terminal));
  return addConfigOptions(command, ['config', 'database']);
}

async function exportTo(name: string, flags: ExportFlags, terminal: Terminal): Promise<void> {
  const connection = connectionOf(name);
  const format = flags.format ?? (flags.out.endsWith('.parquet') ? 'parquet' : 'csv');
  const signals = listenForStop(terminal);
  // Whoever looks at the file sees the whole of it or none.
  const unfinished = `${flags.out}.unfinished`;
  try {
    const rows = await withDatabase(flags, async store => {
      const pages = await openPages(store, connection);
      const file = (format === 'csv' ? openCsvFile : openParquetFile)(unfinished, pages.columns);
      const progress = createProgressLine(terminal);
      let done = 0;
      for await (const page of pages.read()) {
        if (signals.signal.aborted) break;
        await file.write(page);
        done += page.length;
        progress.show({ label: connection.name, rows: done, done, total: pages.total, unit: 'rows' });
      }
      progress.clear();
      await file.close();
      return done;
    });
    if (signals.signal.aborted) throw new CommandEnd(exitCodes.interrupted);
    await rename(unfinished, flags.out);
    terminal.note(`${grouped(rows)} rows of ${connection.name} written to ${flags.out} (${format}).`);
  } finally {
    signals.release();
    await rm(unfinished, { force: true });
  }
}

function connectionTable(): string {
  return textTable(
    [
      { title: 'name', text: connection => connection.name },
      { title: 'what', text: connection => connection.doc },
    ],
    connections,
  );
}
