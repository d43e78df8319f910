/** The names that somebody may have meant, nearest first; none that is further away than a slip of the fingers. */
export function nearNames(meant: string, names: readonly string[], most = 3): string[] {
  const wanted = meant.toLowerCase();
  const allowed = meant.length < 4 ? 1 : 2;
  return names
    .map(name => ({ name, distance: distanceOf(wanted, name.toLowerCase(), allowed) }))
    .filter(({ distance }) => distance <= allowed)
    .sort((a, b) => a.distance - b.distance || (a.name < b.name ? -1 : 1))
    .slice(0, most)
    .map(({ name }) => name);
}

/** Half a step when one is a part of the other, else the letters that must be added, removed or changed; more than `most` is not told. */
function distanceOf(a: string, b: string, most: number): number {
  if (a === b) return 0;
  // Note: what people write for a coin is often its name without the market's, or with the quote's: `NVDA`, `BTC-PERP`.
  if (a.length > 1 && b.length > 1 && (b.split(/[:/-]/).includes(a) || a.split(/[:/-]/).includes(b)))
    return 0.5;
  if (Math.abs(a.length - b.length) > most) return Number.POSITIVE_INFINITY;
  let row = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let at = 1; at <= a.length; at++) {
    const next = [at];
    for (let column = 1; column <= b.length; column++) {
      const changed = row[column - 1]! + (a[at - 1] === b[column - 1] ? 0 : 1);
      next.push(Math.min(changed, row[column]! + 1, next[column - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}
