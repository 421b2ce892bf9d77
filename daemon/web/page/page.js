// The page of a lakeferry daemon: shows what /v1 says, and changes nothing. Texts of others are only ever set as text.
'use strict';

const kRefreshMs = 5000;
const kRowsFirst = 100;
const page = { status: null, group: null, rows: kRowsFirst, failed: false };

const $ = (id) => document.getElementById(id);

function make(name, options = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(options)) {
    if (key === 'text') element.textContent = value;
    else if (key === 'class') element.className = value;
    else element.setAttribute(key, value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

function draw(name, attributes, ...children) {
  const element = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

// Numbers and times for people.
function bytesText(bytes) {
  const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];
  let unit = 0;
  while (bytes >= 1000 && unit < units.length - 1) { bytes /= 1000; unit += 1; }
  return `${unit === 0 || bytes >= 100 ? Math.round(bytes) : bytes.toFixed(1)} ${units[unit]}`;
}

function secondsText(seconds) {
  if (seconds === null || seconds === undefined) return 'unknown';
  const whole = Math.max(0, Math.round(seconds));
  if (seconds > 0 && seconds < 1) return `${Math.round(seconds * 1000)} ms`;
  const parts = [['d', Math.floor(whole / 86400)], ['h', Math.floor(whole / 3600) % 24], ['m', Math.floor(whole / 60) % 60], ['s', whole % 60]];
  const first = parts.findIndex(([, count]) => count > 0);
  if (first < 0) return '0s';
  return parts.slice(first, first + 2).filter(([, count]) => count > 0).map(([unit, count]) => `${count}${unit}`).join(' ');
}

const timeText = (ms) => ms === null || ms === undefined ? 'never' : new Date(ms).toISOString().replace('T', ' ').slice(0, 19) + 'Z';

// What /v1 says; a 401 asks for the token.
async function ask(path) {
  const headers = {};
  const token = sessionStorage.getItem('token');
  if (token) headers.Authorization = `Bearer ${token}`;
  const reply = await fetch(path, { headers, credentials: 'omit', cache: 'no-cache' });
  if (reply.status === 401) {
    $('login').hidden = false;
    $('overview').hidden = true;
    $('detail').hidden = true;
    if (token) { sessionStorage.removeItem('token'); throw new Error('that is not the token of this server'); }
    throw null;
  }
  const document = await reply.json();
  if (!reply.ok) throw new Error([document.error.message, document.error.remedy].filter(Boolean).join(': '));
  $('login').hidden = true;
  return document;
}

function trouble(text) {
  const place = $('trouble');
  if (place.textContent !== text) place.textContent = text;
  place.hidden = text === '';
}

// How a group stands.
const atWork = (group) => group.progress !== null;
const warns = (group) => group.warning !== null || group.risk !== null || group.files_may_vanish_ms !== null ||
  group.live_sets.some((check) => check.result !== 'same');
const waited = (group) => group.waiting_since_ms === null ? 0 : Math.max(0, page.status.time_ms - group.waiting_since_ms) / 1000;

function kindOf(group) {
  if (group.alarm !== null) return 'bad';
  if (warns(group)) return 'warn';
  return atWork(group) ? 'work' : '';
}

const stateText = (group) => make('span', { class: `state ${kindOf(group)}`, text: group.state });

// A bar of how much of the time that work may wait is used up.
function meter(part, label) {
  const shown = Math.min(1, Math.max(0, part));
  return draw('svg', { class: 'meter', viewBox: '0 0 100 6', preserveAspectRatio: 'none', role: 'img', 'aria-label': label },
    draw('rect', { class: 'back', width: 100, height: 6, rx: 2 }),
    draw('rect', { class: part >= 1 ? 'part bad' : 'part', width: shown * 100, height: 6, rx: 2 }));
}

function lagCell(group) {
  const wait = waited(group);
  const target = secondsText(group.rpo_seconds);
  const text = group.lag_seconds === null ? 'nothing applied yet' : `${secondsText(group.lag_seconds)} behind`;
  const waiting = wait > 0 ? `work waits ${secondsText(wait)} of ${target}` : `nothing waits; target ${target}`;
  return make('td', { role: 'cell' }, make('div', { text }), meter(group.rpo_seconds > 0 ? wait / group.rpo_seconds : 0, waiting),
    make('div', { class: 'quiet', text: waiting }));
}

function progressOf(group) {
  const work = group.progress;
  if (work === null) return null;
  const done = work.bytes_total > 0 ? work.bytes / work.bytes_total : work.files / Math.max(1, work.files_total);
  const text = `${group.phase || 'copying'}: ${Math.floor(done * 100)} %, ${work.files} of ${work.files_total} files, ${bytesText(work.bytes)} of ${bytesText(work.bytes_total)}${againText(group)}${leftText(group)}`;
  return make('div', {}, make('progress', { max: 1, value: done, 'aria-label': `Progress of ${group.group}` }), make('div', { text }));
}

// What a copy that broke off had sent.
const againText = (group) => group.resumed_bytes > 0 ? `, ${bytesText(group.resumed_bytes)} not sent again` : '';

// Time left, from how far it came since the page saw it first.
const seen = new Map();
function leftText(group) {
  const work = group.progress;
  const before = seen.get(group.group);
  if (!before || before.total !== work.bytes_total || before.bytes > work.bytes) {
    seen.set(group.group, { bytes: work.bytes, total: work.bytes_total, at: page.status.time_ms });
    return '';
  }
  const rate = (work.bytes - before.bytes) / Math.max(1, page.status.time_ms - before.at) * 1000;
  return rate > 0 ? `, ${bytesText(rate)}/s, ${secondsText((work.bytes_total - work.bytes) / rate)} left` : '';
}

function going(group) {
  if (group.alarm !== null) return make('td', { role: 'cell' }, make('div', { text: group.alarm }), remedyOf(group));
  const work = progressOf(group);
  return make('td', { role: 'cell' }, work || make('div', { text: group.warning || group.reason || '' }));
}

const remedyOf = (group) => group.last_error_remedy ? make('div', { class: 'quiet', text: `What to do: ${group.last_error_remedy}` }) : null;

function matches(group) {
  const only = $('only').value;
  if (only === 'alarm' && group.alarm === null) return false;
  if (only === 'warning' && group.alarm === null && !warns(group)) return false;
  if (only === 'work' && !atWork(group)) return false;
  const words = $('search').value.toLowerCase().split(/\s+/).filter(Boolean);
  const text = [group.group, group.state, ...group.tables, ...group.workflows].join(' ').toLowerCase();
  return words.every((word) => text.includes(word));
}

function rowOf(group) {
  const link = make('a', { href: `#/${encodeURIComponent(group.group)}`, text: group.group });
  // As cards on a telephone the parts are no table any more, but for those who hear it.
  return make('tr', { role: 'row' }, make('th', { scope: 'row', role: 'rowheader' }, link), make('td', { role: 'cell' }, stateText(group)),
    make('td', { role: 'cell', class: 'number', text: group.epoch }), lagCell(group), going(group));
}

function tile(name, value) { return make('div', {}, make('dt', { text: name }), make('dd', { text: value })); }

function showOverview() {
  const groups = page.status.groups;
  const order = (group) => group.alarm !== null ? 0 : warns(group) ? 1 : atWork(group) ? 2 : 3;
  const lags = groups.map((group) => group.lag_seconds).filter((lag) => lag !== null);
  $('tiles').replaceChildren(tile('groups', groups.length), tile('alarms', groups.filter((group) => group.alarm !== null).length),
    tile('warnings', groups.filter((group) => group.alarm === null && warns(group)).length),
    tile('copies under way', groups.filter(atWork).length), tile('largest lag', lags.length ? secondsText(Math.max(...lags)) : 'none'));
  const found = groups.filter(matches).sort((a, b) => order(a) - order(b));
  const focused = document.activeElement && document.activeElement.closest('#groups') ? document.activeElement.getAttribute('href') : null;
  $('groups').tBodies[0].replaceChildren(...found.slice(0, page.rows).map(rowOf));
  if (focused) document.querySelector(`#groups a[href="${CSS.escape(focused)}"]`)?.focus();
  const said = `${found.length} of ${groups.length} groups`;
  if ($('found').textContent !== said) $('found').textContent = said;
  $('more').hidden = found.length <= page.rows;
}

// One group.
function fact(name, value) { return value === null || value === '' ? [] : [make('div', {}, make('dt', { text: name }), make('dd', { text: value }))]; }

function noticesOf(group) {
  const notices = [];
  if (group.alarm !== null) notices.push(make('div', { class: 'notice bad' }, make('p', { text: `Alarm: ${group.alarm}` }), remedyOf(group)));
  if (group.last_error !== null && group.alarm === null) {
    notices.push(make('div', { class: 'notice' }, make('p', { text: `Last error: ${group.last_error}` }), remedyOf(group)));
  }
  if (group.warning !== null) notices.push(make('div', { class: 'notice' }, make('p', { text: `Warning: ${group.warning}` })));
  if (group.risk !== null) notices.push(make('div', { class: 'notice' }, make('p', { text: `Risk: ${group.risk_reason}` }), make('p', { text: `What to do: ${group.risk_remedy}` })));
  if (group.mail_trouble !== null) notices.push(make('div', { class: 'notice' }, make('p', { text: `Mails: ${group.mail_trouble}` })));
  return notices;
}

function showNow(group) {
  const facts = make('dl', { class: 'facts' }, ...fact('lag', group.lag_seconds === null ? 'nothing applied yet' : secondsText(group.lag_seconds)),
    ...fact('finished work may wait', secondsText(group.rpo_seconds)),
    ...fact('waits now', waited(group) > 0 ? secondsText(waited(group)) : 'nothing'),
    ...fact('worst loss', group.worst_loss_seconds === null ? null : secondsText(group.worst_loss_seconds)),
    ...fact('applied epoch', `${group.epoch}, cut ${timeText(group.cut_time_ms)}`),
    ...fact('not sent again of the last copy', group.resumed_bytes > 0 && !atWork(group) ? bytesText(group.resumed_bytes) : null),
    ...fact('staged epoch', `${group.staged_epoch}, cut ${timeText(group.staged_cut_time_ms)}`),
    ...fact('workflows', group.workflows.join(', ') || 'none: by schedule'), ...fact('workspace', group.workspace),
    ...fact('failed attempts in a row', group.attempts || null), ...fact('last sign of life', timeText(group.alive_ms)));
  const state = make('p', {}, stateText(group), ` ${group.reason || ''}`);
  $('detail-now').replaceChildren(state, ...[progressOf(group)].filter(Boolean), ...noticesOf(group), facts);
}

// Bars of one number of each epoch, oldest first.
function chart(epochs, title, value, text) {
  const numbers = epochs.map(value);
  const top = Math.max(...numbers, 0) || 1;
  const width = 300 / Math.max(epochs.length, 1);
  const bars = epochs.map((epoch, index) => {
    const height = Math.max(numbers[index] / top * 80, numbers[index] > 0 ? 1 : 0);
    return draw('rect', { class: epoch.state === 'refused' ? 'bar bad' : 'bar', x: index * width, y: 85 - height, width: Math.max(width * 0.8, 0.5), height },
      Object.assign(draw('title', {}), { textContent: `epoch ${epoch.epoch}: ${text(numbers[index])}` }));
  });
  const label = epochs.length ? `${title} of ${epochs.length} epochs, at most ${text(Math.max(...numbers))}, last ${text(numbers[numbers.length - 1])}` : `${title}: no epochs yet`;
  return make('figure', {}, make('figcaption', { text: label }),
    draw('svg', { viewBox: '0 0 300 90', role: 'img', 'aria-label': label }, ...bars, draw('line', { class: 'axis', x1: 0, x2: 300, y1: 85.5, y2: 85.5 })));
}

// Each epoch where its cut lies in time, as long as work on it took.
function timeline(epochs) {
  if (epochs.length === 0) return make('p', { class: 'quiet', text: 'No epochs yet.' });
  const first = epochs[0].cut_time_ms;
  const span = Math.max(1, page.status.time_ms - first);
  const marks = epochs.map((epoch) => draw('rect', { class: epoch.state === 'refused' ? 'bar bad' : 'bar', x: (epoch.cut_time_ms - first) / span * 590,
    y: 4, width: Math.max(2, epoch.seconds * 1000 / span * 590), height: 16 },
  Object.assign(draw('title', {}), { textContent: `epoch ${epoch.epoch}, cut ${timeText(epoch.cut_time_ms)}, ${epoch.state}` })));
  const label = `Cuts of ${epochs.length} epochs from ${timeText(first)} until now, the last one ${timeText(epochs[epochs.length - 1].cut_time_ms)}`;
  return make('figure', {}, make('figcaption', { text: label }),
    draw('svg', { viewBox: '0 0 600 24', role: 'img', 'aria-label': label }, draw('line', { class: 'axis', x1: 0, x2: 600, y1: 12, y2: 12 }), ...marks));
}

function showHistory(history) {
  const newest = history.epochs;
  const oldest = [...newest].reverse();
  const lag = (epoch) => epoch.ended_ms === null ? 0 : Math.max(0, epoch.ended_ms - epoch.cut_time_ms) / 1000;
  $('timeline').replaceChildren(timeline(oldest));
  $('charts').replaceChildren(chart(oldest, 'Bytes', (epoch) => epoch.bytes, bytesText), chart(oldest, 'Files', (epoch) => epoch.files, String),
    chart(oldest, 'Time from cut to end', lag, secondsText), chart(oldest, 'Work', (epoch) => epoch.seconds, secondsText));
  $('epochs').tBodies[0].replaceChildren(...newest.map((epoch) => make('tr', {}, make('th', { scope: 'row', class: 'number', text: epoch.epoch }),
    make('td', { text: timeText(epoch.cut_time_ms) }), make('td', { text: epoch.atomic ? epoch.state : `${epoch.state}, not atomic` }),
    make('td', { class: 'number', text: epoch.files }), make('td', { class: 'number', text: bytesText(epoch.bytes) }),
    make('td', { class: 'number', text: secondsText(epoch.seconds) }), make('td', { text: epoch.error || epoch.run_ids.join(', ') }))));
}

const known = new Map();  // versions of groups that were asked for
function showVersions(group) {
  const versions = known.get(group.group);
  const say = (number) => number === null || number === undefined ? '–' : String(number);
  const managed = versions ? versions.some((one) => one.managed_version !== null) : false;
  $('managed').hidden = !managed;
  $('versions').tBodies[0].replaceChildren(...group.tables.map((table) => {
    const at = versions ? versions.find((one) => one.table === table) || {} : {};
    const check = group.live_sets.find((one) => one.table === table);
    const compared = check ? `${check.result.replace('_', ' ')}, ${secondsText(check.age_seconds)} ago` : 'never';
    return make('tr', {}, make('th', { scope: 'row', text: table }), make('td', { class: 'number', text: say(at.source_version) }),
      make('td', { class: 'number', text: say(at.staged_version) }), make('td', { class: 'number', text: say(at.applied_version) }),
      make('td', { class: 'number', text: say(at.replica_version) }),
      managed ? make('td', { class: 'number', text: say(at.managed_version) }) : null, make('td', { text: compared }));
  }));
}

async function askVersions() {
  const name = page.group;
  $('versions-note').textContent = 'asking…';
  try {
    const document = await ask(`/v1/versions/${encodeURIComponent(name)}`);
    const answer = document.groups[0];
    if (answer.error) throw new Error(answer.error.message);
    known.set(name, answer.tables);
    const silent = [...new Set(answer.tables.flatMap((table) => table.unreachable))];
    $('versions-note').textContent = silent.length ? `could not be asked: ${silent.join('; ')}` : 'asked just now';
    show();
  } catch (error) {
    if (error) $('versions-note').textContent = error.message;
  }
}

async function showDetail() {
  const group = page.status.groups.find((one) => one.group === page.group);
  $('detail-title').textContent = page.group;
  if (!group) { $('detail-now').replaceChildren(make('p', { text: 'No group has this name.' })); return; }
  showNow(group);
  showVersions(group);
  const name = page.group;
  const history = await ask(`/v1/history/${encodeURIComponent(name)}?limit=60`);
  if (page.group === name) showHistory(history);
}

async function show() {
  if (!page.status) return;
  $('overview').hidden = page.group !== null;
  $('detail').hidden = page.group === null;
  document.title = page.group === null ? 'lakeferry' : `${page.group} – lakeferry`;
  const verdict = page.status.verdict;
  $('who').replaceChildren(make('span', { class: `state ${verdict === 'alarm' ? 'bad' : verdict === 'warning' ? 'warn' : ''}`, text: verdict }), ` ${page.status.role}`);
  if (page.group === null) showOverview();
  else await showDetail();
}

async function refresh() {
  try {
    page.status = await ask('/v1/status');
    $('fresh').textContent = `as of ${timeText(page.status.time_ms)}`;
    await show();
    trouble('');
  } catch (error) {
    if (error) trouble(`The status cannot be read: ${error.message}`);
    else trouble('');
  }
}

function follow(byPerson) {
  page.group = location.hash.startsWith('#/') ? decodeURIComponent(location.hash.slice(2)) : null;
  $('versions-note').textContent = '';
  show().then(() => { if (byPerson) (page.group === null ? $('main') : $('detail-title')).focus(); }).catch((error) => error && trouble(error.message));
}

window.addEventListener('hashchange', () => follow(true));
$('search').addEventListener('input', () => { page.rows = kRowsFirst; show(); });
$('only').addEventListener('change', () => { page.rows = kRowsFirst; show(); });
$('more').addEventListener('click', () => { page.rows += kRowsFirst; show(); });
$('ask-versions').addEventListener('click', askVersions);
$('login-form').addEventListener('submit', (event) => {
  event.preventDefault();
  sessionStorage.setItem('token', $('token').value);
  $('token').value = '';
  refresh();
});
setInterval(() => { if (!document.hidden) refresh(); }, kRefreshMs);
document.addEventListener('visibilitychange', () => { if (!document.hidden) refresh(); });
follow(false);
refresh();
