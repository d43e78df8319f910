import { count, days, decimals, moment, percent, readings } from './numbers.ts';
import {
  type ReportOptions,
  scoreNames,
  styleNames,
  type WalletProfile,
  type WalletReport,
} from './report-data.ts';
import { type Selection, selectProfiles } from './selection.ts';

const line = '-'.repeat(78);

/**
 * Renders the wallet profiling report as plain text; each category has a line with its rule and one with what the rule read.
 *
 * @example
 * process.stdout.write(renderReportText(report, { minTxCount: 5 }));
 */
export function renderReportText(report: WalletReport, options: ReportOptions = {}): string {
  const selection = selectProfiles(report, options);
  const parts = [headText(report, selection), summaryText(selection)];
  for (const profile of selection.profiles) parts.push(profileText(profile));
  if (selection.profiles.length === 0) parts.push('No wallet to show.');
  return `${parts.join('\n\n')}\n`;
}

function headText(report: WalletReport, selection: Selection): string {
  const head = [
    'WALLET PROFILES',
    `Source     ${printable(report.source)}`,
    `Data until ${moment(report.dataUntil)}`,
    `Made       ${moment(report.generatedAt)}`,
    `Wallets    ${walletsText(selection)}`,
  ];
  if (report.simulated) head.splice(1, 0, 'SIMULATED: no wallet and no trade in this report is real.');
  return head.join('\n');
}

/** How many wallets there are and why some are not listed. */
export function walletsText(selection: Selection): string {
  const { wallets, uncategorised, tooFewTransactions } = selection;
  const notes = [`${count(uncategorised)} in no category`];
  if (tooFewTransactions > 0) {
    notes.push(`${count(tooFewTransactions)} left out for too few transactions`);
  }
  return `${count(wallets)} (${notes.join(', ')})`;
}

function summaryText({ categories }: Selection): string {
  if (categories.length === 0) return 'No category holds for any wallet.';
  const width = Math.max(...categories.map(each => each.category.length));
  const rows = categories.map(
    ({ category, wallets, share, meanConfidence }) =>
      `${category.padEnd(width)}  ${count(wallets).padStart(9)}  ${percent(share).padStart(5)}  ${decimals(meanConfidence).padStart(15)}`,
  );
  const header = `${'Category'.padEnd(width)}  ${'wallets'.padStart(9)}  ${'share'.padStart(5)}  mean confidence`;
  return [header, ...rows].join('\n');
}

function profileText(profile: WalletProfile): string {
  const { wallet, displayName, categories, txCount, ageDays } = profile;
  const name = displayName === null ? '' : `  ${printable(displayName)}`;
  const lines = [line, `${wallet}${name}`, `${count(txCount)} transactions in ${days(ageDays)}`];
  if (categories.length === 0) lines.push('Categories  none');
  for (const [index, { category, confidence, rule, values }] of categories.entries()) {
    const label = index === 0 ? 'Categories' : '';
    lines.push(`${label.padEnd(12)}${category.padEnd(30)} ${decimals(confidence)}  ${printable(rule)}`);
    if (values.length > 0) lines.push(`${''.padEnd(14)}read ${printable(readings(values))}`);
  }
  const scores = scoreNames.map(score => `${score} ${decimals(profile.scores?.[score])}`);
  lines.push(
    `Scores      ${profile.scores === null ? 'none, no model has scored this wallet' : scores.join(', ')}`,
  );
  const style = styleNames.map((style, index) => `${style} ${decimals(profile.style?.[index])}`);
  lines.push(
    `Style       ${profile.style === null ? 'none, no model has scored this wallet' : style.join(', ')}`,
  );
  return lines.join('\n');
}

/** Text without control characters: a display name may hold some that would move a terminal's cursor. */
function printable(text: string): string {
  return text.replace(/\p{C}/gu, '?');
}
