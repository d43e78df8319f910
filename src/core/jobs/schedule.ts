import { Cron } from 'croner';
import { durationMs } from '../duration.ts';
import { UserError } from '../errors.ts';

/** When a job is due next after a tape time: at the next multiple of its duration, or as its cron expression says. */
export function scheduleOf({
  id,
  schedule,
}: {
  readonly id: string;
  readonly schedule: string;
}): (after: number) => number | undefined {
  if (schedule === 'off') return () => undefined;
  if (/^\d/.test(schedule) && !schedule.includes(' ')) {
    const every = durationMs(schedule);
    return after => (Math.floor(after / every) + 1) * every;
  }
  let cron: Cron;
  try {
    cron = new Cron(schedule, { timezone: 'UTC', paused: true });
  } catch (error) {
    throw new UserError(
      'JOB_SCHEDULE_INVALID',
      `Expected jobs.${id} to be a duration such as "1h", a cron expression such as "0 * * * *", or "off"; found ` +
        `${JSON.stringify(schedule)}: ${(error as Error).message}.`,
      { cause: error },
    );
  }
  return after => cron.nextRun(new Date(after))?.getTime();
}
