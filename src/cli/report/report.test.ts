import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addressOf } from '../../../test/fixtures/wallet-rows.ts';
import { escapeHtml } from './escape.ts';
import { renderReportHtml, renderReportText, type WalletProfile, type WalletReport } from './index.ts';
import { selectProfiles } from './selection.ts';

const profile = (given: Partial<WalletProfile> = {}): WalletProfile => ({
  wallet: addressOf(1),
  displayName: null,
  categories: [],
  style: null,
  scores: null,
  txCount: 10,
  ageDays: 2,
  ...given,
});
const whale = {
  category: 'Whale',
  confidence: 0.4,
  rule: 'txCount >= 5 and totalValue > 497000',
  values: [
    { name: 'txCount', value: 1_234 },
    { name: 'totalValue', value: 1_250_000.5 },
  ],
};
const active = {
  category: 'Active Trader',
  confidence: 0.12,
  rule: '0.995 <= txPerDay <= 50',
  values: [{ name: 'txPerDay', value: 10.123_456 }],
};

const report: WalletReport = {
  generatedAt: Date.UTC(2026, 1, 3, 4, 5, 6),
  dataUntil: Date.UTC(2025, 9, 14),
  source: 'crash.jsonl.gz',
  simulated: false,
  profiles: [
    profile({ wallet: addressOf(1), categories: [active] }),
    profile({
      wallet: addressOf(2),
      displayName: '<b>Ada & Co</b>',
      categories: [whale, active],
      txCount: 1_234,
      ageDays: 12.34,
      style: [0.5, -0.25, 0, 0, 0.1, -1],
      scores: { bot: 0.11, risk: 0.22, profitability: 0.33, sophistication: 0.44, influence: 7.5 },
    }),
    profile({ wallet: addressOf(3) }),
    profile({ wallet: addressOf(4), txCount: 1 }),
  ],
};

describe('the selection of a report', () => {
  it('lists categorised wallets, the most confident first, and counts all with enough transactions', () => {
    const selection = selectProfiles(report, { minTxCount: 2 });
    expect(selection.profiles.map(each => each.wallet)).toEqual([addressOf(2), addressOf(1)]);
    expect(selection).toMatchObject({ wallets: 3, uncategorised: 1, tooFewTransactions: 1 });
    expect(selection.categories).toEqual([
      { category: 'Active Trader', wallets: 2, share: 2 / 3, meanConfidence: 0.12 },
      { category: 'Whale', wallets: 1, share: 1 / 3, meanConfidence: 0.4 },
    ]);
  });

  it('lists wallets in no category last, when asked to', () => {
    const { profiles } = selectProfiles(report, { showUncategorised: true });
    expect(profiles.map(each => each.wallet)).toEqual([2, 1, 3, 4].map(addressOf));
  });
});

describe('the text report', () => {
  const text = renderReportText(report);

  it('shows for each wallet categories with confidence, rule and what the rule read, scores, style, count and age', () => {
    expect(text).toContain(`
${addressOf(2)}  <b>Ada & Co</b>
1,234 transactions in 12.3 days
Categories  Whale                          0.40  txCount >= 5 and totalValue > 497000
              read txCount 1,234, totalValue 1,250,001
            Active Trader                  0.12  0.995 <= txPerDay <= 50
              read txPerDay 10.12
Scores      bot 0.11, risk 0.22, profitability 0.33, sophistication 0.44, influence 7.50
Style       momentum 0.50, mean reversion -0.25, volatility trading 0.00, market making 0.00, trend following 0.10, contrarian -1.00
`);
  });

  it('says what it was made from, and how often each category holds', () => {
    expect(text).toContain('Data until 2025-10-14 00:00:00 UTC');
    expect(text).toContain('Made       2026-02-03 04:05:06 UTC');
    expect(text).toContain('Wallets    4 (2 in no category)');
    expect(text).toMatch(/Active Trader +2 +50 % +0\.12/);
  });

  it('says when no model has scored a wallet, and when there is nothing to show', () => {
    expect(text).toContain('Scores      none, no model has scored this wallet');
    expect(renderReportText({ ...report, profiles: [], dataUntil: null })).toContain('No wallet to show.');
  });

  it('lets no display name move the cursor', () => {
    const profiles = [profile({ displayName: '\u001b[2Jx\n\u202ey', categories: [whale] })];
    expect(renderReportText({ ...report, profiles })).toContain('?[2Jx??y');
  });

  it('says at its top that simulated wallets are not real', () => {
    expect(renderReportText({ ...report, simulated: true }).split('\n')[1]).toMatch(/^SIMULATED/);
    expect(text).not.toContain('SIMULATED');
  });
});

describe('the HTML report', () => {
  const html = renderReportHtml(report);

  it('shows the same as the text', () => {
    const values = 'read: txCount 1,234, totalValue 1,250,001';
    for (const shown of [
      addressOf(2),
      '1,234 transactions in 12.3 days',
      'Whale',
      '0.40',
      values,
      '7.50',
      '-1.00',
    ]) {
      expect(html).toContain(shown);
    }
    expect(html).toContain('<td>Active Trader</td><td class="number">2</td><td class="number">50 %</td>');
    expect(renderReportHtml({ ...report, simulated: true })).toContain('class="simulated"');
  });

  it('escapes every text', () => {
    expect(html).toContain('&lt;b&gt;Ada &amp; Co&lt;/b&gt;');
    expect(html).not.toContain('<b>');
    const wicked = '"><script>alert(1)</script>';
    const everywhere = renderReportHtml({
      ...report,
      source: wicked,
      profiles: [
        profile({
          wallet: wicked,
          displayName: wicked,
          categories: [
            { category: wicked, confidence: 1, rule: wicked, values: [{ name: wicked, value: 1 }] },
          ],
        }),
      ],
    });
    expect(everywhere).not.toContain('<script');
  });

  it('needs nothing but itself', () => {
    expect(html).not.toMatch(/<script|<link|src=|url\(|https?:/);
  });

  it('draws bars from zero to the value, within their frame', () => {
    // Style -.25 reaches from 37.5 % to the middle; influence 7.5 is more than its bar shows.
    expect(html).toContain('<i class="minus" style="left:37.5%;width:12.5%">');
    expect(html).toContain('<span>influence</span><span class="bar"><i style="left:0.0%;width:100.0%">');
  });

  it('fills the bar of influence at the configured influence', () => {
    const wide = renderReportHtml(report, { fullInfluence: 10 });
    expect(wide).toContain('<span>influence</span><span class="bar"><i style="left:0.0%;width:75.0%">');
  });

  it('leaves no character that ends a text or an attribute', () => {
    fc.assert(fc.property(fc.string(), text => !/[<>"']/.test(escapeHtml(text))));
    expect(escapeHtml(`&<>"'`)).toBe('&amp;&lt;&gt;&quot;&#39;');
  });
});
