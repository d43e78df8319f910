import { expect, it } from 'vitest';
import { launchBrowser } from './browser.ts';

it('runs a page and clicks a button in it', async () => {
  const browser = await launchBrowser();
  try {
    const page = await browser.newPage();
    await page.setContent(`<button onclick="this.textContent = 'clicked'">click</button>`);
    await page.click('button');
    expect(await page.textContent('button')).toBe('clicked');
  } finally {
    await browser.close();
  }
});
