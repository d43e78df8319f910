/** One element of a JSON array as text, and the line it begins in, from 1. */
export interface JsonElement {
  readonly line: number;
  readonly text: string;
}

const quote = 34;
const comma = 44;
const openSquare = 91;
const backslash = 92;
const closeSquare = 93;
const openCurly = 123;
const closeCurly = 125;
const newline = 10;

export interface JsonArraySplitter {
  /** Takes the next piece of the document and gives the elements that it completes. */
  push(text: string): JsonElement[];
  /** Whether the array has ended. */
  isDone(): boolean;
  /** The line where an element began that has not ended, if there is one. */
  unfinished(): number | undefined;
}

/**
 * Cuts a JSON array into the texts of its elements without parsing them, so that an array of any length is read with the
 * memory of one element, and an element that is malformed in itself spoils no other.
 */
export function jsonArraySplitter(): JsonArraySplitter {
  let depth = 0;
  let inString = false;
  let escaped = false;
  let line = 1;
  let startLine = 1;
  let carry = '';
  let inElement = false;
  let done = false;
  return {
    push(text) {
      const elements: JsonElement[] = [];
      let start = 0;
      const finish = (end: number) => {
        const element = (carry + text.slice(start, end)).trim();
        carry = '';
        inElement = false;
        if (element !== '') elements.push({ line: startLine, text: element });
      };
      for (let at = 0; at < text.length && !done; at++) {
        const code = text.charCodeAt(at);
        if (code === newline) line += 1;
        if (inString) {
          if (escaped) escaped = false;
          else if (code === backslash) escaped = true;
          else if (code === quote) inString = false;
          continue;
        }
        if (depth === 0) {
          if (code === openSquare) {
            depth = 1;
            start = at + 1;
          }
          continue;
        }
        if (depth === 1 && (code === comma || code === closeSquare)) {
          if (inElement) finish(at);
          start = at + 1;
          if (code === closeSquare) done = true;
          continue;
        }
        if (!inElement && code > 32) {
          inElement = true;
          start = at;
          startLine = line;
        }
        if (code === quote) inString = true;
        else if (code === openCurly || code === openSquare) depth += 1;
        else if (code === closeCurly || code === closeSquare) depth -= 1;
      }
      if (inElement) carry += text.slice(start);
      return elements;
    },
    isDone: () => done,
    unfinished: () => (inElement ? startLine : undefined),
  };
}
