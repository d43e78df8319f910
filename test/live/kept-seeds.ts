/** Seeds of storms that have ever failed; they are run each time. */
export const keptSeeds: readonly number[] = [5, 7, 10];
