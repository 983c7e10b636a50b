// What a practice says of its times shows at once in its free times, and in the list: hours for a part of the year, days that differ, time off, public
// holidays, the way between two places.
import test from 'node:test';
import assert from 'node:assert/strict';
import { booked, digest, makeTherapist, send, signedIn, sql, unescape, value } from './lib.mjs';

const mine = makeTherapist('Tara Times');
const other = makeTherapist('Otto Other');
const browser = await signedIn(mine.email);
const zone = value(`select zone from location where id = :'location'`, mine);
const day = (n) => value(`select local_day(now(), :'zone') + :'n'::int`, { zone, n });
const slots = async (from, service = mine.service) => {
  const answer = await send('GET', `/therapists/${mine.slug}/slots?service=${service}&from=${from}&days=1`, { headers: { accept: 'application/json' } });
  assert.equal(answer.status, 200, answer.text.slice(0, 300));
  return answer.json().days[0].slots;
};
const locals = async (from) => (await slots(from)).map((s) => s.local);
const save = async (path, form, from = path) => {
  const answer = await browser.post(path, form, { from });
  assert.equal(answer.status, 303, `${path}: ${unescape(answer.text).slice(0, 1500)}`);
  const shown = await browser.get(answer.headers.location);
  assert.match(shown.text, /Saved\./);
  return unescape(shown.text);
};
const errors = (answer) => [...unescape(answer.text).matchAll(/<li><a href="#(\w+)">([^<]+)<\/a><\/li>/g)].map(([, field, words]) => [field, words]);
const refused = async (path, form, field, words) => {
  const before = digest(mine, other);
  const answer = await browser.post(path, form, { from: path });
  assert.equal(answer.status, 422, JSON.stringify(form));
  assert.ok(errors(answer).some(([f, w]) => f === field && w.includes(words)), `${JSON.stringify(form)}: ${JSON.stringify(errors(answer))}`);
  assert.equal(digest(mine, other), before, 'nothing was changed');
  return unescape(answer.text);
};
const hours = `/practice/hours/${mine.location}`;

test('a day is closed, opened longer or at other hours, and as the week says again', async () => {
  const on = day(5);
  assert.equal((await locals(on)).length, 47, 'open around the clock');
  const page = await save(`${hours}/days`, { day: on, kind: 'closed' });
  assert.match(page, /Closed/);
  assert.deepEqual(await slots(on), []);
  await save(`${hours}/days`, { day: on, kind: 'instead', from_1: '09:00', to_1: '10:00', from_2: '13:00', to_2: '14:30' });
  assert.deepEqual(await locals(on), ['09:00', '13:00', '13:30']);
  assert.match((await browser.get(`${hours}/days?day=${on}`)).text, /name="to_1" value="10:00 am"[^]*name="from_2" value="1:00 pm"/);
  sql(`delete from hours where location_id = :'location' and weekday = extract(isodow from :'on'::date)`, { ...mine, on });
  await save(`${hours}/days`, { day: on, kind: 'extra', from_1: '20:00', to_1: '21:00' });
  assert.deepEqual(await locals(on), ['20:00']);
  const change = (await browser.get(`${hours}/days?day=${on}`)).text;
  assert.ok(change.includes('value="8:00 pm"') && change.includes(`value="${on}"`), 'what is stored stands in the form');
  await save(`${hours}/days/${on}/remove`, {}, `${hours}/days`);
  assert.deepEqual(await slots(on), []);
  sql(`insert into hours values (:'location', extract(isodow from :'on'::date), '00:00', '24:00')`, { ...mine, on });
  assert.equal((await browser.post(`${hours}/days/${on}/remove`, {}, { from: `${hours}/days` })).status, 404, 'it is gone already');
});

test('what is wrong with a day is said beside it, and what was typed stays', async () => {
  const on = day(6);
  for (const [form, field, words] of [
    [{}, 'day', 'Enter the day'],
    [{ day: '2026-02-30', kind: 'closed' }, 'day', 'as a date'],
    [{ day: on }, 'kind', 'what is different'],
    [{ day: on, kind: 'party' }, 'kind', 'what is different'],
    [{ day: on, kind: 'instead' }, 'from_1', 'from when to when'],
    [{ day: on, kind: 'instead', from_1: '9 o’clock', to_1: '10:00' }, 'from_1', '9:00 am'],
    [{ day: on, kind: 'instead', from_1: '09:00' }, 'to_1', 'both times'],
    [{ day: on, kind: 'instead', from_1: '10:00', to_1: '09:00' }, 'to_1', 'end after'],
    [{ day: on, kind: 'extra', from_1: '09:00', to_1: '12:00', from_2: '11:00', to_2: '13:00' }, 'from_2', 'above it ends'],
    [{ day: day(-2), kind: 'closed' }, 'day', 'a day to come'],
  ]) {
    const page = await refused(`${hours}/days`, form, field, words);
    if (form.from_1) assert.ok(page.includes(`value="${form.from_1}"`), 'what was typed stays');
  }
});

test('hours for a part of the year hold in place of the usual ones', async () => {
  const week = Object.fromEntries([1, 2, 3, 4, 5, 6, 7].flatMap((d) => [[`d${d}_1_from`, '08:00'], [`d${d}_1_to`, '09:30']]));
  const page = await save(`${hours}/seasons/new`, { ...week, season_name: 'Short days', valid_from: day(10), valid_until: day(12) });
  assert.match(page, /Short days/);
  assert.equal((await locals(day(9))).length, 47);
  assert.deepEqual(await locals(day(10)), ['08:00', '08:30']);
  assert.deepEqual(await locals(day(12)), ['08:00', '08:30']);
  assert.equal((await locals(day(13))).length, 47);
  const id = value(`select id from season where location_id = :'location'`, mine);
  const path = `${hours}/seasons/${id}`;
  const form = (await browser.get(path)).text;
  assert.ok(form.includes('value="Short days"') && form.includes(`value="${day(12)}"`) && form.includes('value="9:30 am"'));
  await refused(`${hours}/seasons/new`, { ...week, valid_from: day(12) }, 'valid_from', 'Short days');
  await refused(`${hours}/seasons/new`, { ...week, valid_from: day(30), valid_until: day(29) }, 'valid_until', 'before the first');
  await refused(`${hours}/seasons/new`, week, 'valid_from', 'first day');
  await refused(path, { ...week, valid_from: day(10), d3_1_to: '07:00' }, 'd3_1_to', 'Wednesday');
  await save(path, { valid_from: day(11), valid_until: '' });
  assert.equal((await locals(day(10))).length, 47);
  assert.deepEqual(await slots(day(40)), [], 'a season without hours and without an end');
  await save(`${path}/remove`, {}, path);
  assert.equal((await locals(day(40))).length, 47);
  assert.equal((await browser.get(path)).status, 404);
});

test('time off takes the days, or the hours, and says which visits still stand', async () => {
  const visit = await booked(mine);
  const [on, at] = sql(`select (starts_at at time zone zone)::date, to_char(starts_at at time zone zone, 'HH24:MI') from booking where id = :'id'`, visit)[0];
  const page = await save('/practice/time-off', { from_day: on, note: 'Dentist <b>' });
  assert.deepEqual(await slots(on), []);
  assert.ok(page.includes(`/practice/bookings/${visit.id}`) && page.includes('Carla Client') && page.includes('Still booked'), at);
  assert.ok(page.includes('Dentist <b>') && value(`select state from booking where id = :'id'`, visit) === 'confirmed');
  await browser.post('/practice/time-off', { from_day: on, note: 'Dentist <b>' }, { from: '/practice/time-off' });
  assert.equal(value(`select count(*) from time_off where therapist_id = :'id'`, mine), '1', 'the same form once more is the same');
  const id = value(`select id from time_off where therapist_id = :'id'`, mine);
  assert.ok(!(await send('GET', `/therapists/${mine.slug}`)).text.includes('Dentist'), 'the note is hers alone');
  await save(`/practice/time-off/${id}/remove`, {}, '/practice/time-off');
  const free = (await locals(day(20))).length;
  assert.match(await save('/practice/time-off', { from_day: day(20), until_day: day(21), from_time: '12:00', until_time: '09:00' }), /, 12:00 pm to .*, 9:00 am/);
  assert.deepEqual((await locals(day(20))).at(-1), '11:00');
  assert.deepEqual((await locals(day(21)))[0], '09:00');
  assert.equal((await locals(day(22))).length, free);
  for (const [form, field, words] of [
    [{}, 'from_day', 'first day'],
    [{ from_day: 'soon' }, 'from_day', 'as a date'],
    [{ from_day: day(9), until_day: day(8) }, 'until_day', 'before the first'],
    [{ from_day: day(9), from_time: '10:00', until_time: '10:00' }, 'until_time', 'end after'],
    [{ from_day: day(9), until_time: 'noon' }, 'until_time', '9:00 am'],
    [{ from_day: day(9), note: 'x'.repeat(201) }, 'note', '200'],
    [{ from_day: day(-20), until_day: day(-18) }, 'until_day', 'over already'],
  ])
    await refused('/practice/time-off', form, field, words);
  assert.equal((await browser.post('/practice/time-off/999999999/remove', {}, { from: '/practice/time-off' })).status, 404);
});

test('public holidays are closed each year when they are ticked', async () => {
  // the holiday that comes next within the days that are offered; there is always one in the United States within 60 days, but for the weeks after Independence Day
  const [id, on] = sql(`select h.id, d from holiday h, generate_series(0, 1) n, holiday_on(h, extract(year from now())::int + n) d
    where h.country = 'US' and d between local_day(now(), :'zone') + 1 and local_day(now(), :'zone') + 59 order by d limit 1`, { zone })[0];
  assert.equal((await locals(on)).length > 20, true, 'open before');
  const page = await save('/practice/holidays', { holiday: [id, 'us-labor'] });
  assert.ok(page.includes(`value="${id}" checked`) && page.includes('value="us-labor" checked') && !page.includes('value="us-king" checked'));
  assert.deepEqual(await slots(on), []);
  await refused('/practice/holidays', { holiday: 'us-nothing' }, 'holiday', 'from the list');
  await save(`${hours}/days`, { day: on, kind: 'extra', from_1: '10:00', to_1: '11:00' });
  assert.deepEqual(await locals(on), ['10:00'], 'a special day goes before a holiday');
  await save('/practice/holidays', {});
  assert.equal((await locals(on)).length > 20, true);
  await save(`${hours}/days/${on}/remove`, {}, `${hours}/days`);
});

test('no visit is offered nearer to one at another place than the way there', async () => {
  const second = value(`insert into location (therapist_id, street, town, region, country, lat, lon, zone) select therapist_id, '2 Far St', town, region, country, lat, lon, zone from location where id = :'location' returning id`, mine);
  sql(`insert into hours select :'second', d, '00:00', '24:00' from generate_series(1, 7) d`, { second });
  const at = (from, location) => sql(`select to_char(local, 'HH24:MI') from slots(:'service', :'location', :'from', 1)`, { service: mine.service, location, from }).map((r) => r[0]);
  const visit = await booked(mine);
  const [on, hour, where] = sql(`select (starts_at at time zone zone)::date, to_char(starts_at at time zone zone, 'HH24:MI'), location_id from booking where id = :'id'`, visit)[0];
  const elsewhere = where === String(mine.location) ? second : mine.location;
  const before = at(on, elsewhere);
  const here = at(on, where);
  const page = await save('/practice/travel', { a: mine.location, b: second, minutes: '60' });
  assert.ok(page.includes('value="60"'));
  assert.deepEqual(at(on, where), here, 'where the visit is nothing changes');
  const gone = before.filter((t) => !at(on, elsewhere).includes(t));
  assert.ok(gone.length >= 2, `${gone} around ${hour}`);
  for (const minutes of ['481', '-1', 'an hour']) {
    const answer = await browser.post('/practice/travel', { a: mine.location, b: second, minutes }, { from: '/practice/travel' });
    assert.equal(answer.status, 422, minutes);
    assert.ok(unescape(answer.text).includes('Enter minutes from 0 to 480') && answer.text.includes(`value="${minutes}"`), minutes);
  }
  await save('/practice/travel', { a: mine.location, b: second, minutes: '' });
  assert.deepEqual(at(on, elsewhere), before);
  for (const [a, b] of [[second, mine.location], [mine.location, other.location], [other.location, second]])
    assert.equal((await browser.post('/practice/travel', { a, b, minutes: '10' }, { from: '/practice/travel' })).status, 404, `${a} ${b}`);
});

test('nobody changes the times of a colleague', async () => {
  const before = digest(other);
  sql(`insert into special_day values (:'location', current_date + 3, 'closed') on conflict do nothing`, other);
  const off = value(`insert into time_off (therapist_id, starts, ends) values (:'id', current_date + 90, current_date + 91) returning id`, other);
  const season = value(`insert into season (location_id, valid_from) values (:'location', current_date + 90) returning id`, other);
  const theirs = `/practice/hours/${other.location}`;
  for (const [path, form] of [
    [`${theirs}/days`, { day: day(5), kind: 'closed' }],
    [`${theirs}/days/${value('select current_date + 3')}/remove`, {}],
    [`${theirs}/seasons/new`, { valid_from: day(5) }],
    [`${theirs}/seasons/${season}`, { valid_from: day(5) }],
    [`${theirs}/seasons/${season}/remove`, {}],
    [`${hours}/seasons/${season}`, { valid_from: day(5) }],
    [`/practice/time-off/${off}/remove`, {}],
  ])
    assert.equal((await browser.post(path, form, { from: '/practice' })).status, 404, path);
  for (const path of [`${theirs}/days`, `${theirs}/seasons/${season}`, `${theirs}/seasons/new`]) assert.equal((await browser.get(path)).status, 404, path);
  sql(`delete from special_day where location_id = :'location'; delete from time_off where therapist_id = :'id'; delete from season where location_id = :'location'`, other);
  assert.equal(digest(other), before);
});

test('a service has rules of its own, which its times keep', async () => {
  const rules = { name: 'Deep work', technique: 'deep-tissue', minutes: '60', price: '120', step: '60', notice: '1440', horizon: '14', most_a_day: '1', mode: 'request', answer_hours: '12', clients: 'new', place: mine.location,
    cancel_notice: '1440', cancel_fee: '24', move_notice: '2880', move_fee: '10.50' };
  await save('/practice/services/new', rules);
  const id = value(`select id from service where therapist_id = :'id' and name = 'Deep work'`, mine);
  assert.deepEqual(sql(`select step, notice, horizon, most_a_day, mode, answer_hours, clients, cancel_notice, cancel_fee, move_notice, move_fee from service where id = :'id'`, { id })[0],
    ['60', '1440', '14', '1', 'request', '12', 'new', '1440', '2400', '2880', '1050']);
  const list = unescape((await browser.get('/practice/services')).text);
  for (const words of ['On request: an answer within 12 hours', 'For new clients', 'At most one a day', 'Cancel: Free until 24 hours before; after that $24', 'Move: Free until 48 hours before; after that $10.50', 'At Upstairs'])
    assert.ok(list.includes(words), words);
  const form = unescape((await browser.get(`/practice/services/${id}`)).text);
  for (const stored of ['value="60" selected', 'value="1440" selected', 'value="14" selected', 'value="request" checked', 'value="new" checked', 'name="most_a_day" value="1"', 'name="move_fee" value="10.50"', `value="${mine.location}" checked`])
    assert.ok(form.includes(stored), stored);
  const starts = await slots(day(4), id);
  assert.ok(starts.length > 20 && starts.every((s) => s.local.endsWith(':00') && String(s.location) === mine.location), 'on the hour, at the one place');
  assert.deepEqual(await slots(day(15), id), [], 'not past the horizon');
  assert.ok((await slots(day(1), id)).every((s) => Date.parse(s.start) - Date.now() > 86400e3 - 60e3), 'not within the notice');
  const visit = await booked({ ...mine, service: id, slug: mine.slug }).catch((error) => error);
  assert.ok(visit instanceof Error || visit.id, 'asked for or refused, by the rules of booking');
});

test('what is wrong with a rule is said, and the rules stay as they were', async () => {
  const fine = { name: 'Fine', minutes: '60', price: '80', technique: 'swedish' };
  for (const [rule, field, words] of [
    [{ step: '7' }, 'step', 'steps'],
    [{ step: 'x' }, 'step', 'steps'],
    [{ notice: '-1' }, 'notice', 'how long'],
    [{ horizon: '61' }, 'horizon', '1 to 60'],
    [{ most_a_day: '0' }, 'most_a_day', '1 to 50'],
    [{ mode: 'maybe' }, 'mode', 'how it is booked'],
    [{ answer_hours: '169' }, 'answer_hours', '1 to 168'],
    [{ clients: 'friends' }, 'clients', 'who can book'],
    [{ technique: '' }, 'technique', 'at least one'],
    [{ technique: 'telepathy' }, 'technique', 'from the list'],
    [{ place: other.location }, 'place', 'your own places'],
    [{ place: 'x' }, 'place', 'your own places'],
    [{ place: '99999999999999' }, 'place', 'your own places'],
    [{ cancel_fee: '80.01' }, 'cancel_fee', 'more than the price'],
    [{ move_fee: '81' }, 'move_fee', 'more than the price'],
    [{ cancel_fee: 'a lot' }, 'cancel_fee', 'as a number'],
    [{ cancel_notice: '99999' }, 'cancel_notice', 'until when'],
  ])
    await refused(`/practice/services/${mine.service}`, { ...fine, ...rule }, field, words);
  const page = await refused('/practice/services/new', { ...fine, minutes: '5', step: '15', mode: 'request', clients: 'returning', cancel_fee: '7.50', place: mine.location }, 'minutes', '10 to 480');
  for (const typed of ['value="15" selected', 'value="request" checked', 'value="returning" checked', 'value="7.50"', `value="${mine.location}" checked`]) assert.ok(page.includes(typed), `kept: ${typed}`);
});

test('why a time is not offered: each rule in words, with where to change it', async () => {
  const fresh = makeTherapist('Wanda Why');
  const own = await signedIn(fresh.email);
  const why = async (on, time, service = fresh.service, status = 200) => {
    const answer = await own.get(`/practice/why?service=${service}&place=${fresh.location}&day=${on}&time=${time}`);
    assert.equal(answer.status, status, answer.text.slice(0, 300));
    return unescape(answer.text);
  };
  const on = day(5);
  assert.match(unescape((await own.get('/practice/why')).text), /Ask/);
  assert.match(await why(on, '10:00'), /It is offered/);
  assert.match(await why(on, '10:07'), /starts every/);
  assert.match(await why(day(-1), '10:00'), /has passed/);
  assert.match(await why(day(61), '10:00'), /more than 60 days/);
  const visit = await booked(fresh);
  const [then, at] = sql(`select (starts_at at time zone zone)::date, to_char(starts_at at time zone zone, 'HH24:MI') from booking where id = :'id'`, visit)[0];
  const taken = await why(then, at);
  assert.ok(taken.includes('Another visit is then') && taken.includes(`/practice/bookings/${visit.id}`) && !taken.includes('Carla'), 'the visit is linked, nobody is named');
  sql(`insert into special_day values (:'location', :'on', 'closed')`, { ...fresh, on });
  assert.match(await why(on, '10:00'), /You closed this day/);
  sql(`delete from special_day where location_id = :'location'; insert into time_off (therapist_id, starts, ends) values (:'id', :'on', :'on'::date + 1)`, { ...fresh, on });
  assert.match(await why(on, '10:00'), /You have time off/);
  sql(`delete from time_off where therapist_id = :'id'; update service set retired_at = now() where id = :'second'`, fresh);
  assert.match(await why(on, '10:00', fresh.second), /no longer offer/);
  sql(`update location set zone = 'America/New_York' where id = :'location'; update service set notice = 0 where id = :'service'`, fresh);
  assert.match(await why('2027-03-14', '02:30'), /skips this time/);
  for (const typed of ['9:00 am', '9 AM', '09:00', '9:00', '09:00:00']) assert.match(await why(on, encodeURIComponent(typed)), /, 9:00 am<\/h2>[^]*name="time" value="9:00 am"/, typed);
  for (const [q, words] of [['day=soon&time=10:00', 'as a date'], ['day=2026-02-30&time=10:00', 'as a date'], [`day=${on}`, 'Enter the time'], [`day=${on}&time=25:00`, '9:00 am or 17:30'], ['time=10:00', 'Enter the day'], [`service=${fresh.service}`, 'Enter the day']]) {
    const answer = await own.get(`/practice/why?${q}`);
    assert.equal(answer.status, 422, q);
    assert.ok(errors(answer)[0][1].includes(words), `${q}: ${JSON.stringify(errors(answer))}`);
    for (const [name, typed] of new URLSearchParams(q)) if (name !== 'service') assert.match(answer.text, new RegExp(`name="${name}" value="${typed}"`), `${q}: kept`);
  }
  for (const q of [`service=${other.service}&place=${fresh.location}`, `service=${fresh.service}&place=${other.location}`, 'service=x&place=y']) assert.equal((await own.get(`/practice/why?${q}&day=${on}&time=10:00`)).status, 404, q);
});

test('the page of times: parts of the day, earlier and later days', async () => {
  const fresh = makeTherapist('Polly Parts');
  const path = `/therapists/${fresh.slug}/book`;
  const doc = async (q) => {
    const answer = await send('GET', `${path}${q}`, { headers: { accept: 'application/json' } });
    assert.equal(answer.status, 200, q);
    return answer.json();
  };
  const hoursOf = (d) => d.days.flatMap((x) => x.slots.map((s) => Number(s.local.slice(0, 2))));
  for (const [part, low, high] of [['morning', 0, 11], ['afternoon', 12, 16], ['evening', 17, 23]]) {
    const d = await doc(`?service=${fresh.service}&part=${part}`);
    const hours = hoursOf(d);
    assert.ok(hours.length > 20 && hours.every((h) => h >= low && h <= high), part);
    assert.ok(d.later.includes(`part=${part}`) && d.parts.find((p) => p.on).value === part);
    const later = await doc(d.later.slice(path.length));
    assert.ok(later.earlier.includes(`part=${part}`) && hoursOf(later).every((h) => h >= low && h <= high));
  }
  assert.deepEqual([...new Set(hoursOf(await doc('?part=nonsense')))].length > 20, true, 'a part that is none is any');
  let at = await doc('');
  let pages = 1;
  for (; at.later; pages++) at = await doc(at.later.slice(path.length));
  assert.ok(pages >= 6 && pages <= 8, `${pages} pages of ten days up to the horizon`);
  sql(`delete from hours where location_id = :'location'; insert into hours select :'location', d, '08:00', '10:00' from generate_series(1, 7) d`, fresh);
  const none = unescape((await send('GET', `${path}?service=${fresh.service}&part=evening`)).text);
  assert.match(none, /See all parts of the day/);
});

test('the profile says when a place is not open as the week says', async () => {
  const fresh = makeTherapist('Dora Differs');
  const page = async () => unescape((await send('GET', `/therapists/${fresh.slug}`)).text);
  assert.doesNotMatch(await page(), /Away|Closed on|Other hours/);
  const own = await signedIn(fresh.email);
  const post = async (path, form) => assert.equal((await own.post(path, form, { from: path })).status, 303, path);
  const there = `/practice/hours/${fresh.location}`;
  await post(`${there}/days`, { day: day(7), kind: 'closed' });
  await post(`${there}/days`, { day: day(8), kind: 'instead', from_1: '10:00', to_1: '13:00' });
  await post(`${there}/seasons/new`, { season_name: 'Secret name', valid_from: day(20), valid_until: day(25), d1_1_from: '08:00', d1_1_to: '12:00' });
  await post('/practice/time-off', { from_day: day(30), until_day: day(33), note: 'Wedding' });
  const said = await page();
  for (const words of [/Closed on \w+, \w+ \d+</, /Open 10:00 am to 1:00 pm on/, /Other hours \w+ \d+, \d+ to \w+ \d+, \d+: Mon 8:00 am to 12:00 pm/, /Away \w+, \w+ \d+, \d+ to/]) assert.match(said, words);
  assert.ok(!said.includes('Wedding') && !said.includes('Secret name'), 'what is private stays so');
  const usual = said.match(/<dt>Monday<\/dt><dd class="small">([^<]+)</)[1];
  assert.ok(!usual.includes('8:00'), `the usual hours are the usual ones: ${usual}`);
});
