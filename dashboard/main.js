import { follow, query } from './graphql.js';

const element = id => document.getElementById(id);
const whole = new Intl.NumberFormat(undefined, { maximumFractionDigits: 0 });
const compact = new Intl.NumberFormat(undefined, { notation: 'compact', maximumFractionDigits: 1 });
const percent = new Intl.NumberFormat(undefined, { style: 'percent', maximumFractionDigits: 1 });
const moment = new Intl.DateTimeFormat(undefined, { dateStyle: 'short', timeStyle: 'medium' });
const shown = 12;

/** An element with text or children; text is never read as HTML. */
function make(tag, { className = '', title, href, datetime } = {}, ...children) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (title) made.title = title;
  if (href) made.href = href;
  if (datetime) made.dateTime = new Date(datetime).toISOString();
  made.append(...children.map(child => child ?? '–'));
  return made;
}

const time = ms => make('time', { className: 'time', datetime: ms }, moment.format(ms));
const short = address => make('code', { title: address }, `${address.slice(0, 6)}…${address.slice(-4)}`);
const number = (value, format, signed = false) =>
  make(
    'td',
    { className: `number${signed && value != null ? (value < 0 ? ' down' : ' up') : ''}` },
    value == null ? '–' : format.format(value),
  );

function fill(id, rows, nothing) {
  const list = element(id);
  list.replaceChildren(...(rows.length > 0 ? rows : [make('li', { className: 'empty' }, nothing)]));
}

// ---------------------------------------------------------------------------------------------------------------- counts

const counted = [
  ['checkpoint', 'Events'],
  ['traders', 'Traders seen'],
  ['positions', 'Open positions'],
  ['positionEvents', 'Position changes'],
  ['signals', 'Signals'],
  ['alerts', 'Alerts'],
];
const values = new Map();

function showCount(name, value) {
  if (values.get(name) === value) return;
  const moved = values.has(name);
  values.set(name, value);
  const cell = element(`count-${name}`);
  cell.textContent = whole.format(value);
  cell.classList.toggle('moved', moved);
}

element('counts').append(
  ...counted.map(([name, title]) => {
    const value = make('dd', {}, '–');
    value.id = `count-${name}`;
    return make('div', {}, make('dt', {}, title), value);
  }),
);

// ------------------------------------------------------------------------------------------------------------ the queries

const platform = `query Platform {
  about { name version mode simulated startedAt checkpoint }
  plugins { id kind state reason faults }
}`;

// Counting takes as long as there is much to count, so it is done less often then.
const counting = `query Counts {
  positions(first: 1) { ... on PositionConnection { totalCount } }
  traders(first: 1) { ... on TraderConnection { totalCount } }
  positionEvents(first: 1) { ... on PositionEventConnection { totalCount } }
  signals(first: 1) { ... on SignalConnection { totalCount } }
  alerts(first: 1) { ... on AlertConnection { totalCount } }
}`;

const alertFields = 'seq index severity title eventTime coin';
const signalFields = 'seq index ref key eventTime values';
const recent = `query Recent {
  alerts(first: ${shown}) { ... on AlertConnection { nodes { ${alertFields} } } }
  signals(first: ${shown}) { ... on SignalConnection { nodes { ${signalFields} } } }
}`;

const leaderboard = `query Leaderboard($window: Window!) {
  leaderboard(window: $window, first: 10) {
    ... on LeaderboardRowConnection {
      nodes { rank address score pnl roi winRate volume categories tier }
    }
    ... on Failure { message }
  }
}`;

async function showPlatform() {
  const { about, plugins } = await query(platform);
  element('about').textContent =
    `${about.name} ${about.version}, running since ${moment.format(about.startedAt)}`;
  const mode = element('mode');
  mode.textContent = about.mode.toUpperCase();
  mode.classList.toggle('simulated', about.simulated);
  mode.hidden = false;
  element('simulated').hidden = !about.simulated;
  if (about.simulated) document.title = 'Hypersonar (simulated)';
  showCount('checkpoint', about.checkpoint);
  fill(
    'plugins',
    plugins.map(({ id, kind, state, reason, faults }) =>
      make(
        'li',
        {},
        make('span', { className: `tag ${state}`, title: reason ?? state }, state),
        make('span', {}, make('code', {}, id), ' ', make('small', {}, kind)),
        make('small', {}, faults === 0 ? '' : `${faults} faults`),
      ),
    ),
    'No plugin is planned.',
  );
}

async function showCounts() {
  for (const [name, { totalCount }] of Object.entries(await query(counting))) showCount(name, totalCount);
}

async function showLeaderboard() {
  const { leaderboard: board } = await query(leaderboard, { window: element('window').value });
  const rows = (board.nodes ?? []).map(row =>
    make(
      'tr',
      {},
      number(row.rank, whole),
      make('td', {}, short(row.address)),
      number(row.score, whole),
      number(row.pnl, compact, true),
      number(row.roi, percent, true),
      number(row.winRate, percent),
      number(row.volume, compact),
      make('td', {}, row.categories.join(', ')),
    ),
  );
  const nothing = make('td', { className: 'empty' }, board.message ?? 'No trader has been seen yet.');
  nothing.colSpan = 8;
  element('leaderboard').replaceChildren(...(rows.length > 0 ? rows : [make('tr', {}, nothing)]));
}

// -------------------------------------------------------------------------------------------------------- the live lists

const lists = { alerts: [], signals: [] };

function showList(name) {
  if (name === 'alerts') {
    fill(
      'alerts',
      lists.alerts.map(({ severity, title, eventTime }) =>
        make('li', {}, make('span', { className: `tag ${severity}` }, severity), title, time(eventTime)),
      ),
      'No alert has been raised yet.',
    );
    return;
  }
  fill(
    'signals',
    lists.signals.map(({ ref, key, eventTime, values: row }) =>
      make(
        'li',
        {},
        make('span', { className: `tag ${row.action ?? ''}` }, row.action ?? row.severity ?? 'signal'),
        make('span', {}, key, ' ', make('small', {}, ref)),
        time(eventTime),
      ),
    ),
    'No signal has been emitted yet.',
  );
}

function add(name, row) {
  const known = lists[name].some(other => other.seq === row.seq && other.index === row.index);
  if (known) return;
  lists[name] = [row, ...lists[name]].slice(0, shown);
  showList(name);
  showCount(name, (values.get(name) ?? 0) + 1);
}

async function showRecent() {
  const { alerts, signals } = await query(recent);
  lists.alerts = alerts.nodes;
  lists.signals = signals.nodes;
  showList('alerts');
  showList('signals');
}

// ---------------------------------------------------------------------------------------------------------------- start

const pollMs = 2_000;

/** Runs what asks the server, and says when that fails instead of showing what is old as if it were new. */
async function tell(work) {
  try {
    await work();
    element('problem').hidden = true;
  } catch (error) {
    element('problem').textContent = `The server does not answer: ${error.message}`;
    element('problem').hidden = false;
  }
}

async function showExamples() {
  const examples = await (await fetch('dashboard/examples.json')).json();
  fill(
    'examples',
    examples.map(({ id, title }) => make('li', {}, make('a', { href: `graphql?example=${id}` }, title))),
    'None.',
  );
}

element('window').addEventListener('change', () => tell(showLeaderboard));
await tell(() => Promise.all([showPlatform(), showRecent(), showLeaderboard(), showExamples()]));
follow(
  {
    alerts: `subscription ($after: String) { alertRaised(after: $after) { cursor item { ${alertFields} } } }`,
    signals: `subscription ($after: String) { signalEmitted(after: $after) { cursor item { ${signalFields} } } }`,
    leaderboard: 'subscription ($after: String) { leaderboardUpdated(after: $after) { cursor } }',
  },
  {
    onItem(name, { item }) {
      if (name === 'leaderboard') tell(showLeaderboard);
      else if (item) add(name, item);
    },
    onState(live) {
      element('connection').textContent = live ? 'live' : 'reconnecting';
      element('connection').classList.toggle('live', live);
    },
  },
);
async function poll() {
  if (!document.hidden) await tell(showPlatform);
  setTimeout(poll, pollMs);
}
async function count() {
  const begin = performance.now();
  if (!document.hidden) await tell(showCounts);
  setTimeout(count, Math.max(pollMs, 20 * (performance.now() - begin)));
}
setTimeout(poll, pollMs);
await count();
