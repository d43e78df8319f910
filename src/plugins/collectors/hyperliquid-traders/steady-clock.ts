/** A clock that never goes back, whatever becomes of the host's: for schedules and ages. */
export interface SteadyClock {
  /** In ms since some moment. */
  readonly now: number;
}

export const steadyClock: SteadyClock = {
  get now() {
    return performance.now();
  },
};
