import type { Browser, ConsoleMessage, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser } from '../support/browser.ts';
import { address, alertRow, insert, leaderboardRow, type Platform, startPlatform } from './platform.ts';

describe('the page, in a browser', () => {
  let platform: Platform;
  let browser: Browser;
  let page: Page;
  const problems: string[] = [];

  beforeAll(async () => {
    platform = await startPlatform('pglite-memory://');
    await insert(platform.store, 'alerts', [alertRow(1, { title: 'the first alert' })]);
    await insert(platform.store, 'leaderboard', [leaderboardRow(1), leaderboardRow(2, { window: 'day' })]);
    await platform.leaderboard.fresh();
    browser = await launchBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    await platform?.stop();
  });

  const open = async (path: string, options: Parameters<Browser['newPage']>[0] = {}) => {
    page = await browser.newPage(options);
    page.on('pageerror', error => problems.push(error.message));
    page.on('console', (message: ConsoleMessage) => {
      if (message.type() === 'error') problems.push(message.text());
    });
    await page.goto(`${platform.url}${path}`);
  };

  it('says what runs, marks a simulation, and shows alerts, plugins and the leaderboard', async () => {
    await open('/');
    await page.waitForSelector('#alerts li:not(.empty)');
    expect(await page.textContent('#mode')).toBe('SIMULATED');
    expect(await page.isVisible('#simulated')).toBe(true);
    expect(await page.textContent('#about')).toContain('hypersonar 0.0.0');
    expect(await page.textContent('#alerts')).toContain('the first alert');
    expect(await page.textContent('#leaderboard')).toContain(address(1).slice(0, 6));
    expect(await page.textContent('#plugins')).toContain('degraded');
    await page.waitForSelector('#connection.live');
    await page.waitForFunction(() => document.querySelector('#count-alerts')?.textContent === '1');
    expect(problems).toEqual([]);
  });

  it('shows an alert at once when it is raised, counted', async () => {
    await insert(platform.store, 'alerts', [alertRow(2, { title: '<b>not bold</b>', severity: 'CRITICAL' })]);
    platform.feed.wake();
    await page.waitForSelector('#alerts .CRITICAL');
    expect(await page.textContent('#alerts li:first-child')).toContain('<b>not bold</b>');
    expect(await page.textContent('#count-alerts')).toBe('2');
  });

  it('shows the leaderboard of another window', async () => {
    await page.selectOption('#window', 'DAY');
    await page.waitForFunction(
      text => document.querySelector('#leaderboard code')?.getAttribute('title') === text,
      address(2),
    );
  });

  it.each(['light', 'dark'] as const)('has text that can be read on a %s ground', async colorScheme => {
    await open('/', { colorScheme });
    await page.waitForSelector('#alerts li:not(.empty)');
    // The contrast that WCAG asks of text: 4.5 to 1.
    const weak = await page.evaluate(() => {
      const parse = (text: string) => (text.match(/[\d.]+/g) ?? []).map(Number);
      const light = ([r, g, b]: number[]) => {
        const linear = [r, g, b].map(value => {
          const share = (value ?? 0) / 255;
          return share <= 0.03928 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
        });
        return 0.2126 * linear[0]! + 0.7152 * linear[1]! + 0.0722 * linear[2]!;
      };
      const groundOf = (element: Element | null): number[] => {
        if (element === null) return [255, 255, 255];
        const color = parse(getComputedStyle(element).backgroundColor);
        return color.length === 3 || (color[3] ?? 0) > 0 ? color : groundOf(element.parentElement);
      };
      const found: string[] = [];
      for (const element of document.querySelectorAll(
        'p, h1, h2, dt, dd, th, td, li, span, a, small, time',
      )) {
        if (!element.textContent?.trim() || (element as HTMLElement).offsetParent === null) continue;
        const [a, b] = [light(parse(getComputedStyle(element).color)), light(groundOf(element))];
        const contrast = (Math.max(a!, b!) + 0.05) / (Math.min(a!, b!) + 0.05);
        if (contrast < 4.5) found.push(`${element.outerHTML.slice(0, 80)} ${contrast.toFixed(2)}`);
      }
      return found;
    });
    expect(weak).toEqual([]);
    expect(problems).toEqual([]);
  });

  it('fits a telephone without scrolling sideways', async () => {
    await open('/', { viewport: { width: 375, height: 700 } });
    await page.waitForSelector('#alerts li:not(.empty)');
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    expect(width).toBeLessThanOrEqual(375);
  });

  it('opens GraphiQL with an example that runs, without anything from another host', async () => {
    const foreign: string[] = [];
    await open('/');
    page.on('request', request => {
      if (!request.url().startsWith(platform.url) && /^https?:/.test(request.url()))
        foreign.push(request.url());
    });
    await page.click('#examples a:has-text("Platform")');
    await page.waitForSelector('.graphiql-query-editor .view-line');
    expect(await page.textContent('.graphiql-query-editor')).toContain('Platform');
    await page.click('.graphiql-execute-button');
    await page.waitForFunction(() =>
      document.querySelector('.result-window')?.textContent?.includes('simulated'),
    );
    expect(foreign).toEqual([]);
    expect(problems).toEqual([]);
  });
});
