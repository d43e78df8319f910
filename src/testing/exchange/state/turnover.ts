const hour = 3_600_000;
const hours = 24;

/** What was traded in about the last day, by market: the present hour and the 23 before it. */
export interface Turnover {
  add(market: number, time: number, lots: number, micro: number): void;
  /** Closes an hour; called at its end. `ticks` are last prices. */
  endHour(time: number, ticks: ArrayLike<number>): void;
  dayLots(market: number): number;
  dayMicro(market: number): number;
  /** The price of a day ago, or the oldest one that is known. */
  previousTick(market: number): number | undefined;
}

export function createTurnover(markets: number): Turnover {
  const lots = Array.from({ length: hours }, () => new Float64Array(markets));
  const micros = Array.from({ length: hours }, () => new Float64Array(markets));
  const ticks: Float64Array[] = [];
  const dayLots = new Float64Array(markets);
  const dayMicros = new Float64Array(markets);
  let slot = 0;
  let slotHour = 0;

  return {
    add(market, time, traded, micro) {
      if (slotHour === 0) slotHour = Math.floor(time / hour);
      lots[slot]![market]! += traded;
      micros[slot]![market]! += micro;
      dayLots[market]! += traded;
      dayMicros[market]! += micro;
    },
    endHour(time, last) {
      const present = Math.floor(time / hour);
      if (slotHour === 0) slotHour = present - 1;
      for (; slotHour < present; slotHour++) {
        slot = (slot + 1) % hours;
        for (let market = 0; market < markets; market++) {
          dayLots[market]! -= lots[slot]![market]!;
          dayMicros[market]! -= micros[slot]![market]!;
        }
        lots[slot]!.fill(0);
        micros[slot]!.fill(0);
        ticks.push(Float64Array.from(last));
        if (ticks.length > hours) ticks.shift();
      }
    },
    dayLots: market => dayLots[market]!,
    dayMicro: market => dayMicros[market]!,
    previousTick: market => ticks[0]?.[market],
  };
}
