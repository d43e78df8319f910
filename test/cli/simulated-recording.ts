import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Draft } from '../../src/plugin-api/index.ts';
import { historyConfig } from '../../src/plugins/collectors/simulated-history/config.ts';
import { simulatedHistory } from '../../src/plugins/collectors/simulated-history/index.ts';
import { testCollectorContext } from '../../src/testing/index.ts';

const present = Date.UTC(2026, 2, 3, 15);

/** Writes the history of a small simulated market as a recording, one file per stream, and returns how many lines it has. */
export async function writeRecording(folder: string, { days = 0.5, wallets = 60 } = {}): Promise<number> {
  const context = testCollectorContext(historyConfig.parse({ present, historyDays: days, wallets }), {
    now: present,
  });
  const streams = new Map<string, string[]>();
  let lines = 0;
  for await (const chunk of simulatedHistory.collect(context)) {
    for (const { ref, key, tsEvent, tsIngest, dedupe, payload } of chunk as readonly Draft[]) {
      const line = {
        ts: tsIngest,
        stream: ref.id,
        data: payload,
        event: tsEvent,
        key,
        dedupe,
        source: 'test',
      };
      const stream = streams.get(ref.id) ?? [];
      stream.push(JSON.stringify(line));
      streams.set(ref.id, stream);
      lines++;
    }
  }
  await mkdir(folder, { recursive: true });
  for (const [stream, text] of streams) {
    await writeFile(path.join(folder, `${stream}.jsonl`), `${text.join('\n')}\n`);
  }
  return lines;
}
