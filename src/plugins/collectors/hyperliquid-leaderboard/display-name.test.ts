import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { displayName } from './display-name.ts';

describe('a name that a stranger chose', () => {
  it.each([
    ['Ann', 'Ann'],
    ['  Ann \n of\tGreen Gables ', 'Ann of Green Gables'],
    ['\u202Egnp.exe', 'gnp.exe'],
    ['a\u200B\u0000\u001b[31mb', 'a[31mb'],
    ['e\u0301', '\u00e9'],
    [`Z${'\u0336'.repeat(50)}`, `Z${'\u0336'.repeat(3)}`],
    ['🐋'.repeat(100), '🐋'.repeat(64)],
    ['\u200B \u2028', null],
    ['', null],
    [null, null],
    [{ name: 'x' }, null],
  ])('%j is shown as %j', (given, expected) => {
    expect(displayName(given)).toBe(expected);
  });

  it('never breaks a line, hides or turns text, however it is written', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), text => {
        const shown = displayName(text) ?? 'x';
        expect(shown).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u);
        expect([...shown].length).toBeLessThanOrEqual(64);
        expect(shown).toBe(shown.trim());
      }),
    );
  });
});
