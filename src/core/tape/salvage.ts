import { copyFile, readFile } from 'node:fs/promises';
import { segmentFile, writeDurably } from './closed-segment.ts';
import { encodeEvent, parseLine, type TapeLine } from './line.ts';
import { skippedSegmentGap } from './skipped-segment.ts';
import type { TapeRepair } from './tape.ts';

/** Rewrites a damaged plain segment with what is whole in it; a gap event stands for each hole. The original is kept. */
export async function salvagePlainSegment(folder: string, firstSeq: number): Promise<TapeRepair> {
  const file = segmentFile(folder, firstSeq, 'plain');
  const content = await readFile(file, 'utf8');
  const kept: string[] = [];
  let next = firstSeq;
  let last: TapeLine | undefined;
  let lost = 0;
  for (const text of content.split('\n')) {
    const line = parseLine(text);
    if (line === undefined || line.seq < next) continue;
    if (line.seq > next) {
      const lastTs = last?.ts ?? line.ts;
      const range = { firstSeq: next, lastSeq: line.seq - 1, firstTs: lastTs, lastTs };
      kept.push(encodeEvent(skippedSegmentGap(range, 'Lines of the open segment were damaged.')));
      lost += line.seq - next;
    }
    kept.push(`${text}\n`);
    last = line;
    next = line.seq + 1;
  }
  const rewritten = kept.join('');
  await copyFile(file, `${file}.damaged`);
  await writeDurably(file, rewritten);
  return {
    kind: 'skipped-segment',
    file,
    bytes: Buffer.byteLength(content) - Buffer.byteLength(rewritten),
    message: `Lost ${lost} events of a damaged open segment. The file as it was is ${file}.damaged.`,
  };
}
