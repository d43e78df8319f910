import { escapeHtml } from './escape.ts';
import { count, days, decimals, moment, percent, readings } from './numbers.ts';
import {
  type ProfileCategory,
  type ReportOptions,
  scoreNames,
  styleNames,
  type WalletProfile,
  type WalletReport,
} from './report-data.ts';
import { type Selection, selectProfiles } from './selection.ts';
import { styleSheet } from './style.ts';
import { walletsText } from './text.ts';

/**
 * Renders the wallet profiling report as one HTML file that needs nothing else: no script, no font, no network. All texts are
 * escaped.
 *
 * @example
 * await writeFile('wallets.html', renderReportHtml(report, { showUncategorised: true }));
 */
export function renderReportHtml(report: WalletReport, options: ReportOptions = {}): string {
  const selection = selectProfiles(report, options);
  const { fullInfluence = defaultFullInfluence } = options;
  const wallets = selection.profiles.map(profile => profileHtml(profile, fullInfluence)).join('\n');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Wallet profiles</title>
<style>
${styleSheet}
</style>
</head>
<body>
<h1>Wallet profiles</h1>
${report.simulated ? '<p class="simulated">Simulated: no wallet and no trade in this report is real.</p>\n' : ''}<dl class="facts">
<dt>Source</dt><dd>${escapeHtml(report.source)}</dd>
<dt>Data until</dt><dd>${moment(report.dataUntil)}</dd>
<dt>Made</dt><dd>${moment(report.generatedAt)}</dd>
<dt>Wallets</dt><dd>${walletsText(selection)}</dd>
</dl>
<h2>Categories</h2>
${summaryHtml(selection)}
<h2>Wallets</h2>
${wallets === '' ? '<p class="none">No wallet to show.</p>' : wallets}
</body>
</html>
`;
}

function summaryHtml({ categories }: Selection): string {
  if (categories.length === 0) return '<p class="none">No category holds for any wallet.</p>';
  const rows = categories.map(
    ({ category, wallets, share, meanConfidence }) =>
      `<tr><td>${escapeHtml(category)}</td><td class="number">${count(wallets)}</td><td class="number">${percent(share)}</td><td class="number">${decimals(meanConfidence)}</td></tr>`,
  );
  return `<table>
<thead><tr><th scope="col">Category</th><th scope="col" class="number">Wallets</th><th scope="col" class="number">Share</th><th scope="col" class="number">Mean confidence</th></tr></thead>
<tbody>
${rows.join('\n')}
</tbody>
</table>`;
}

function profileHtml(profile: WalletProfile, fullInfluence: number): string {
  const { wallet, displayName, categories, txCount, ageDays } = profile;
  const name = displayName === null ? '' : ` <span>${escapeHtml(displayName)}</span>`;
  return `<article class="wallet">
<header><h3>${escapeHtml(wallet)}${name}</h3><p>${count(txCount)} transactions in ${days(ageDays)}</p></header>
${categories.length === 0 ? '<p class="none">No category holds.</p>' : categoriesHtml(categories)}
<div class="columns">
<section><h4>Scores</h4>${scoresHtml(profile, fullInfluence)}</section>
<section><h4>Style</h4>${styleHtml(profile)}</section>
</div>
</article>`;
}

function categoriesHtml(categories: readonly ProfileCategory[]): string {
  const rows = categories.map(
    ({ category, confidence, rule, values }) =>
      `<tr><td>${escapeHtml(category)}</td><td class="number">${decimals(confidence)}</td><td class="rule">${escapeHtml(rule)}${values.length === 0 ? '' : `<br>read: ${escapeHtml(readings(values))}`}</td></tr>`,
  );
  return `<table>
<thead><tr><th scope="col">Category</th><th scope="col" class="number">Confidence</th><th scope="col">Rule</th></tr></thead>
<tbody>
${rows.join('\n')}
</tbody>
</table>`;
}

const notScored = '<p class="none">No model has scored this wallet.</p>';

/** Wallets are called influential from about half of this. */
const defaultFullInfluence = 6;

function scoresHtml({ scores }: WalletProfile, fullInfluence: number): string {
  if (scores === null) return notScored;
  return barsHtml(
    scoreNames.map(name => ({
      name,
      value: scores[name],
      from: 0,
      to: name === 'influence' ? fullInfluence : 1,
    })),
  );
}

function styleHtml({ style }: WalletProfile): string {
  if (style === null) return notScored;
  return barsHtml(styleNames.map((name, index) => ({ name, value: style[index] ?? 0, from: -1, to: 1 })));
}

/** Bars from zero, which is at the left end of scores and in the middle of style values. */
function barsHtml(
  bars: readonly {
    readonly name: string;
    readonly value: number;
    readonly from: number;
    readonly to: number;
  }[],
): string {
  const items = bars.map(({ name, value, from, to }) => {
    const at = (number: number) => ((Math.min(Math.max(number, from), to) - from) / (to - from)) * 100;
    const left = Math.min(at(0), at(value));
    const width = Math.abs(at(value) - at(0));
    const sign = value < 0 ? ' class="minus"' : '';
    return `<li><span>${name}</span><span class="bar"><i${sign} style="left:${left.toFixed(1)}%;width:${width.toFixed(1)}%"></i></span><span class="number">${decimals(value)}</span></li>`;
  });
  return `<ul>${items.join('')}</ul>`;
}
