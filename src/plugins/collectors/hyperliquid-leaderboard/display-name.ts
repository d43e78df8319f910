const longest = 64;

/**
 * Note: names are written by strangers and shown to operators. Control, format and private characters go, among them those that
 * turn the direction of text or have no width.
 */
const unshown = /[\p{C}\p{Zl}\p{Zp}]/gu;
/** More marks upon one letter than any script needs: they would be drawn over the lines around. */
const stacked = /(\p{M}{3})\p{M}+/gu;

/** A name as it may be shown: one line, composed, at most 64 characters; `null` when nothing is left of it. */
export function displayName(value: unknown): string | null {
  if (typeof value !== 'string') return null;
  const name = value
    .slice(0, 4_096)
    .replace(/\s+/gu, ' ')
    .replace(unshown, '')
    .normalize('NFC')
    .replace(stacked, '$1')
    .trim();
  return [...name].slice(0, longest).join('').trim() || null;
}
