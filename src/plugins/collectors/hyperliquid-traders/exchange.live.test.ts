import { afterEach, describe, expect, it } from 'vitest';
import type { ExchangeOptions } from '../../../testing/exchange/index.ts';
import type { TradersConfig } from './config.ts';
import { type ExchangeRun, runAgainstExchange } from './exchange-run.fixture.ts';

const small: ExchangeOptions = {
  seed: 5,
  markets: 'load',
  wallets: 60,
  tradesPerSecond: 40,
  coins: { perps: 12, builder: 20, spot: 6 },
};

let run: ExchangeRun;

async function begin(
  config: Partial<TradersConfig> = {},
  options: Parameters<typeof runAgainstExchange>[0] = {},
) {
  // Messages take no time here, so that less of it needs to be waited for them than out there.
  const quick = { settleMs: 400, quietMs: 400, visitMs: 300, ...config };
  run = await runAgainstExchange({ ...small, config: quick, ...options });
  // Everybody is flat in the beginning.
  await run.passTime(3_000);
  return run;
}

afterEach(() => run.stop());

const isPerp = (coin: string): boolean => !coin.startsWith('@') && !coin.includes('/');
/** What the exchange answers, asked beside the wire so that it counts for no limit. */
const ask = (body: Readonly<Record<string, unknown>>): unknown => run.exchange.state.info(body).body;
const eventsOf = (type: string) => run.events.filter(event => event.type === type);
const positionEvents = (user: string) => eventsOf('position').filter(event => event.key === user);

/** What the exchange says that a wallet holds, as the ledger writes it. */
function truthOf(user: string): Map<string, string> {
  const plain = (text: string): string => text.replace(/(\.\d*?)0+$/, '$1').replace(/\.$/, '');
  const held = [...run.exchange.state.positionsOf(user)].filter(([coin]) => isPerp(coin));
  return new Map(held.map(([coin, size]) => [coin, plain(size)]));
}

const sorted = (positions: ReadonlyMap<string, string>) =>
  [...positions].sort(([a], [b]) => (a < b ? -1 : 1));

function differences(users: readonly string[]): unknown[] {
  return users.flatMap(user => {
    const [truth, own] = [sorted(truthOf(user)), sorted(run.ledgerOf(user))];
    return JSON.stringify(truth) === JSON.stringify(own) ? [] : [{ user, truth, own }];
  });
}

/** Lets what is on its way arrive, without exchange time passing. */
const arrive = () => new Promise(resolve => setTimeout(resolve, 300));

describe('tracked traders of a local exchange', () => {
  it('are held as the exchange holds them, to the last digit, without a drift and within its limits', async () => {
    await begin({ pinnedUsers: 3, rotatingUsers: 3 });
    const users = run.exchange.state.users.slice(0, 50);
    run.track(users);
    await run.passTime(1_000);
    run.exchange.state.provoke({ kind: 'twap', user: users[0]!, coin: coinOf(0), size: '3', minutes: 5 });
    run.exchange.state.provoke({ kind: 'burst', user: users[1]!, coin: coinOf(1), fills: 40 });
    const stated = () => new Set(eventsOf('account').map(event => event.key)).size;
    await run.passTime(12_000);
    await run.until(() => stated() === users.length, 30_000);
    await arrive();

    expect(differences(users)).toEqual([]);
    expect(users.filter(user => truthOf(user).size > 0).length).toBeGreaterThan(20);
    expect(drifts()).toEqual([]);
    expect(run.rejected).toEqual([]);
    const described = run.exchange.describe();
    expect(described.counts.refusedForWeight).toBe(0);
    for (const [name, use] of Object.entries(run.exchange.limits())) {
      expect({ name, refused: use.refused }).toEqual({ name, refused: 0 });
    }
    expect(stated()).toBe(users.length);
  });

  it('are corrected where something moved their position that no trade tells, which is reconciled', async () => {
    // A pinned trader's own fills would tell.
    await begin({ pinnedUsers: 0, staleAfterMs: 5_000, orders: false, relations: false });
    const user = run.exchange.state.users.find(address => truthOf(address).size > 0) ?? '';
    const users = [...new Set([...run.exchange.state.users.slice(0, 5), user])];
    run.track(users);
    await run.until(() => differences(users).length === 0, 20_000);
    await run.passTime(2_000);
    await arrive();
    const before = differences(users);
    const [coin] = [...truthOf(user)].find(([name]) => isPerp(name)) ?? [''];
    run.exchange.state.provoke({ kind: 'adl', user, coin });
    await run.until(() => drifts().length > 0, 20_000);
    await run.passTime(3_000);
    await arrive();

    expect(before).toEqual([]);
    expect(drifts().length).toBeGreaterThan(0);
    expect(differences([user])).toEqual([]);
    const actions = run.history(`${user}:${coin}`).map(row => row.action);
    expect(actions).toContain('RECONCILED');
  });

  it('are read again after trades were lost, and fills are fetched of those whose positions changed', async () => {
    await begin({ pinnedUsers: 0 });
    const users = run.exchange.state.users.slice(0, 20);
    run.track(users);
    await run.passTime(5_000);
    const from = run.exchange.state.now;
    run.deaf = true;
    await run.passTime(3_000);
    const to = run.exchange.state.now;
    run.deaf = false;
    const fetched = () => eventsOf('fill').filter(({ tsEvent }) => tsEvent >= from && tsEvent <= to);
    run.admitGap({ stream: 'trade', scope: null, from, to, reason: 'the test was deaf', healed: false });
    await run.passTime(15_000);
    await run.until(() => differences(users).length === 0 && fetched().length > 0, 40_000);
    await arrive();

    expect(differences(users)).toEqual([]);
    expect(fetched().length).toBeGreaterThan(0);
    expect(drifts().length).toBeGreaterThan(0);
  });

  it('begin within two seconds of being tracked, and cost nothing once they are not', async () => {
    await begin({ rotatingUsers: 0, pinnedUsers: 0, relations: false, orders: false });
    const users = run.exchange.state.users.filter(address => truthOf(address).size > 0).slice(0, 2);
    const [first, second] = users as [string, string];
    run.track([first]);
    await run.passTime(6_000);
    run.track([first, second], 'hand');
    const startedAt = Date.now();
    const asked = () => run.exchange.describe().counts.requestsByType.clearinghouseState ?? 0;
    const before = asked();
    await run.until(() => asked() > before, 4_000);
    expect(Date.now() - startedAt).toBeLessThan(2_000);
    await run.until(() => positionEvents(second).length > 0, 6_000);
    expect(positionEvents(second).length).toBeGreaterThan(0);
    run.track([]);
    await run.passTime(1_000);
    const last = asked();
    await run.passTime(4_000);
    expect(asked()).toBe(last);
  });

  it('are told to be flat in what they held before a restart and do not hold any more', async () => {
    const flatCoin = () => run.exchange.state.coins.filter(isPerp);
    await begin(
      { pinnedUsers: 0, rotatingUsers: 0 },
      { held: async () => [{ coin: flatCoin().at(-1) ?? '', size: '5' }], tradesPerSecond: 1 },
    );
    const coin = flatCoin().at(-1) ?? '';
    const user = run.exchange.state.users.find(address => !truthOf(address).has(coin)) ?? '';
    run.track([user]);
    await run.until(
      () => positionEvents(user).some(event => (event.payload as { coin: string }).coin === coin),
      8_000,
    );
    const told = positionEvents(user).find(event => (event.payload as { coin: string }).coin === coin);
    expect(told?.payload).toMatchObject({ user, coin, size: '0', entryPrice: null });
  });

  it('that are agents are refused in words, and their masters followed instead', async () => {
    await begin({ pinnedUsers: 0, rotatingUsers: 0 });
    let agent = '';
    let master = '';
    for (const user of run.exchange.state.users) {
      const [first] = ask({ type: 'extraAgents', user }) as { address: string }[];
      if (first === undefined || truthOf(user).size === 0) continue;
      [agent, master] = [first.address, user];
      break;
    }
    run.track([agent], 'hand');
    await run.until(() => positionEvents(master).length > 0, 10_000);
    expect(positionEvents(master).length).toBeGreaterThan(0);
    expect(run.rejected).toEqual([expect.stringContaining(`which only signs for ${master}`)]);
    expect(eventsOf('account-link').map(event => event.payload)).toContainEqual({
      ...{ user: agent, owner: master, relation: 'agent', name: null },
    });
  });

  it('bring their sub-accounts with them, which are said to be theirs', async () => {
    await begin({ pinnedUsers: 0, rotatingUsers: 0, orders: false });
    let master = '';
    let accounts: string[] = [];
    for (const user of run.exchange.state.users) {
      const subs = ask({ type: 'subAccounts2', user }) as { subAccountUser: string }[] | null;
      if (subs === null) continue;
      master = user;
      accounts = subs.map(({ subAccountUser }) => subAccountUser);
      if (accounts.some(account => truthOf(account).size > 0)) break;
    }
    run.track([master]);
    await run.until(() => eventsOf('account-link').length >= accounts.length, 10_000);
    await run.passTime(6_000);
    await arrive();
    const links = eventsOf('account-link').map(event => event.payload as { user: string; owner: string });
    expect(links.map(({ user }) => user).sort()).toEqual(accounts.toSorted());
    expect(links.every(({ owner }) => owner === master)).toBe(true);
    expect(differences(accounts)).toEqual([]);
  });

  it('are worth what their spot balances and open positions are worth where their account is unified', async () => {
    await begin({ pinnedUsers: 0, relations: false });
    const isUnified = (user: string): boolean =>
      ask({ type: 'userAbstraction', user }) === 'unifiedAccount' && truthOf(user).size > 0;
    const unified = run.exchange.state.users.find(isUnified) ?? '';
    run.track([unified]);
    await run.until(() => eventsOf('account').some(event => event.key === unified), 15_000);
    const [stated] = eventsOf('account').filter(event => event.key === unified);
    const spot = ask({ type: 'spotClearinghouseState', user: unified }) as {
      balances: { coin: string; total: string }[];
    };
    const usdc = Number(spot.balances.find(({ coin }) => coin === 'USDC')?.total);
    const equity = Number((stated?.payload as { accountValue: string } | undefined)?.accountValue);
    expect(usdc).toBeGreaterThan(0);
    // Its other tokens and what is unrealised are a small part; its main exchange says next to nothing.
    expect(equity / usdc).toBeGreaterThan(0.8);
  });
});

const coinOf = (index: number): string => run.exchange.state.coins.filter(isPerp)[index] ?? '';
const drifts = () => run.logged.filter(({ message }) => message.startsWith('a position was not what'));
