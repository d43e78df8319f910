/** Pearson's correlation of pairs. */
export function pearson(pairs: readonly (readonly [number, number])[]): number {
  const count = pairs.length;
  const meanX = pairs.reduce((sum, [x]) => sum + x, 0) / count;
  const meanY = pairs.reduce((sum, [, y]) => sum + y, 0) / count;
  let together = 0;
  let spreadX = 0;
  let spreadY = 0;
  for (const [x, y] of pairs) {
    together += (x - meanX) * (y - meanY);
    spreadX += (x - meanX) ** 2;
    spreadY += (y - meanY) ** 2;
  }
  return together / Math.sqrt(spreadX * spreadY);
}

function ranks(values: readonly number[]): number[] {
  const order = values.map((_, place) => place).sort((a, b) => values[a]! - values[b]!);
  const result: number[] = new Array(values.length).fill(0);
  for (let start = 0; start < order.length; ) {
    let end = start;
    while (end + 1 < order.length && values[order[end + 1]!] === values[order[start]!]) end++;
    for (let place = start; place <= end; place++) result[order[place]!] = (start + end) / 2;
    start = end + 1;
  }
  return result;
}

/** Spearman's rank correlation of pairs; equal values share their mean rank. */
export function spearman(pairs: readonly (readonly [number, number])[]): number {
  const x = ranks(pairs.map(pair => pair[0]));
  const y = ranks(pairs.map(pair => pair[1]));
  return pearson(x.map((value, place) => [value, y[place]!]));
}

/** Share of pairs with the same sign. */
export function sameSign(pairs: readonly (readonly [number, number])[]): number {
  return pairs.filter(([x, y]) => Math.sign(x) === Math.sign(y)).length / pairs.length;
}
