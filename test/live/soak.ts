import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { longSoak } from './soak/options.ts';
import { runSoak } from './soak/run.ts';
import { textOf, verdictsOf } from './soak/verdicts.ts';

/*
 * Runs the platform against a local exchange for long, each in a process of its own, and compares what it finds with the targets.
 */

const help = `Usage: node test/live/soak.ts [options]

  --minutes <n>        all of it, but for the start and the comparison at the end (${longSoak.minutes})
  --warm-up <n>        minutes before the burst (${longSoak.warmUpMinutes})
  --rate <n>           trades per second (${longSoak.rate})
  --burst-rate <n>     trades per second during the burst (${longSoak.burstRate})
  --burst-seconds <n>  how long that is (${longSoak.burstSeconds})
  --tracked <n>        traders that are tracked (${longSoak.tracked})
  --wallets <n>        wallets that trade (${longSoak.wallets})
  --leaderboard <n>    rows of the leaderboard (${longSoak.leaderboardRows})
  --settle <n>         minutes that the last word on positions may take (${longSoak.settleMinutes})
  --seed <n>           of the exchange (${longSoak.seed})
  --folder <path>      keeps tape and database there
  --profile <path>     writes a profile of the platform's processor time there
  --out <file>         writes everything that was found there, as JSON
  --help`;

const { values } = parseArgs({
  options: {
    ...{ minutes: { type: 'string' }, 'warm-up': { type: 'string' }, rate: { type: 'string' } },
    ...{ 'burst-rate': { type: 'string' }, 'burst-seconds': { type: 'string' }, tracked: { type: 'string' } },
    ...{ wallets: { type: 'string' }, leaderboard: { type: 'string' }, settle: { type: 'string' } },
    ...{ seed: { type: 'string' }, folder: { type: 'string' }, profile: { type: 'string' } },
    ...{ out: { type: 'string' }, help: { type: 'boolean' } },
  },
});

function numberOf(name: Exclude<keyof typeof values, 'help'>, standard: number): number {
  const text = values[name];
  if (text === undefined) return standard;
  const value = Number(text);
  if (Number.isFinite(value) && value >= 0) return value;
  console.error(`Expected --${name} to be a number from 0, found ${JSON.stringify(text)}.`);
  process.exit(2);
}

if (values.help === true) {
  console.log(help);
  process.exit(0);
}
const began = performance.now();
const result = await runSoak(
  {
    minutes: numberOf('minutes', longSoak.minutes),
    warmUpMinutes: numberOf('warm-up', longSoak.warmUpMinutes),
    rate: numberOf('rate', longSoak.rate),
    burstRate: numberOf('burst-rate', longSoak.burstRate),
    burstSeconds: numberOf('burst-seconds', longSoak.burstSeconds),
    tracked: numberOf('tracked', longSoak.tracked),
    wallets: numberOf('wallets', longSoak.wallets),
    leaderboardRows: numberOf('leaderboard', longSoak.leaderboardRows),
    settleMinutes: numberOf('settle', longSoak.settleMinutes),
    seed: numberOf('seed', longSoak.seed),
    folder: values.folder,
    profile: values.profile,
  },
  text => console.error(`${((performance.now() - began) / 1_000).toFixed(0).padStart(5)} s  ${text}`),
);
if (values.out !== undefined) writeFileSync(values.out, `${JSON.stringify(result, null, 2)}\n`);
const verdicts = verdictsOf(result);
console.log(textOf(verdicts));
process.exit(verdicts.every(({ isMet }) => isMet) ? 0 : 1);
