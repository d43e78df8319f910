import { PluginError } from '../../../plugin-api/index.ts';
import { isObject, type JsonObject, wholeNumber } from '../hyperliquid-messages/values.ts';
import { jsonArraySplitter } from '../source-files/json-array.ts';
import type { SourceFile } from '../source-files/list-files.ts';
import { DamagedFile, openFile } from '../source-files/open-file.ts';

export interface AnswerElement {
  /** The line it begins in, from 1. */
  readonly line: number;
  /** `undefined` when the element is not JSON. */
  readonly value: unknown;
}

export interface AnswerBatch {
  readonly elements: readonly AnswerElement[];
  /** Whether the whole answer runs from the newest fill to the oldest; taken for granted until two times differ. */
  readonly newestFirst: boolean;
  /** The wallet, where the answer names it. */
  readonly user: unknown;
  readonly bytesRead: number;
}

const batchSize = 1_000;
const largestObject = 256 * 1024 * 1024;

/**
 * Reads the elements of a saved answer: a bare list, which may be of any length, or an object that holds one, such as
 * `{"user":"0x…","fills":[…]}` or a whole message of the socket.
 */
export async function* readAnswer(
  file: Pick<SourceFile, 'path'>,
  options: { readonly signal: AbortSignal; readonly onDamage: (line: number, reason: string) => void },
): AsyncGenerator<AnswerBatch> {
  const source = await openFile(file.path);
  const decoder = new TextDecoder();
  const splitter = jsonArraySplitter();
  let direction: boolean | undefined;
  const waiting: AnswerElement[] = [];
  let whole: string | undefined;
  let isFirst = true;
  const batchOf = (elements: readonly AnswerElement[], user?: unknown): AnswerBatch => {
    direction ??= isNewestFirst(elements);
    return { elements, newestFirst: direction ?? true, user, bytesRead: source.bytesRead() };
  };
  let damage: string | undefined;
  try {
    for await (const chunk of source.chunks) {
      if (options.signal.aborted) return;
      const text = decoder.decode(chunk, { stream: true });
      if (isFirst && text.trim() !== '') {
        isFirst = false;
        const start = text.trimStart()[0];
        if (start === '{') whole = '';
        else if (start !== '[') throw notAnAnswer(file.path, text.slice(0, 40));
      }
      if (whole !== undefined) {
        whole += text;
        if (whole.length > largestObject)
          throw notAnAnswer(file.path, `an object of more than ${largestObject} bytes`);
        continue;
      }
      for (const { line, text: element } of splitter.push(text))
        waiting.push({ line, value: parsed(element) });
      // Note: with only one time so far the direction is not known, and without it no order; so these wait.
      direction ??= isNewestFirst(waiting);
      while (direction !== undefined && waiting.length >= batchSize)
        yield batchOf(waiting.splice(0, batchSize));
    }
  } catch (error) {
    if (!(error instanceof DamagedFile)) throw error;
    damage = error.message;
  }
  if (whole !== undefined) {
    yield* wholeAnswer(file.path, whole, batchOf);
    return;
  }
  if (isFirst && damage === undefined) throw notAnAnswer(file.path, 'an empty file');
  if (waiting.length > 0) yield batchOf(waiting);
  const line = splitter.unfinished() ?? 1;
  if (damage !== undefined) options.onDamage(line, `the file cannot be read beyond this line: ${damage}`);
  else if (!splitter.isDone()) options.onDamage(line, 'the list does not end');
}

function* wholeAnswer(
  path: string,
  text: string,
  batchOf: (elements: readonly AnswerElement[], user: unknown) => AnswerBatch,
): Generator<AnswerBatch> {
  let document = parsed(text);
  if (isObject(document) && isObject(document.data)) document = document.data;
  const list = isObject(document) ? listIn(document) : undefined;
  if (list === undefined || !isObject(document)) throw notAnAnswer(path, text.slice(0, 40));
  const elements = list.map(value => ({ line: 1, value }));
  yield batchOf(elements, document.user ?? document.address);
}

function listIn(document: JsonObject): readonly unknown[] | undefined {
  const found = [document.fills, document.userFills, document.twapSliceFills].find(Array.isArray);
  return found as readonly unknown[] | undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isNewestFirst(elements: readonly AnswerElement[]): boolean | undefined {
  const first = timeOf(elements[0]?.value);
  for (const { value } of elements) {
    const time = timeOf(value);
    if (first !== undefined && time !== undefined && time !== first) return time < first;
  }
  return undefined;
}

function timeOf(value: unknown): number | undefined {
  const inner = isObject(value) && isObject(value.fill) ? value.fill : value;
  return isObject(inner) ? wholeNumber(inner.time) : undefined;
}

function notAnAnswer(path: string, found: string): PluginError {
  return new PluginError('INPUT_MALFORMED', `${path} is not a list of fills.`, {
    expected: 'a list such as [{"coin":…,"px":…}], or an object with `fills`',
    found: found.replace(/\s+/g, ' ').trim(),
    hint: 'Check that this is the right file for this collector.',
    details: { path },
  });
}
