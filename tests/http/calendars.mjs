// Calendars that can be subscribed to, and busy times that are read from calendars elsewhere.
import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import http from 'node:http';
import os from 'node:os';
import { start, stop } from './mailing.mjs';

let lib, therapist, browser;
before(async () => {
  lib = await start({ UNKNOT_CALENDAR_LOOPBACK: 'true' });
  therapist = lib.makeTherapist('Mia Feeder');
  browser = await lib.signedIn(therapist.email);
});
after(stop);

const page = async (b = browser) => (await b.get('/practice/calendars')).text;
const addressOf = (text) => text.match(/<p class="letter">([^<]+)<\/p>/)?.[1];
const act = (what, b = browser) => b.post('/practice/calendar-feed', { act: what }, { from: '/practice/calendars' });
const read = (url, headers) => lib.send('GET', new URL(url).pathname, { headers });
const events = (ics) => ics.replace(/\r\n /g, '').split('BEGIN:VEVENT').slice(1);

// --- Ours, for others to read

test('a therapist gives away a calendar: first names and services, or only that the time is taken', async () => {
  const visit = await lib.booked(therapist);
  const hold = await lib.held(therapist, 'named');
  assert.equal(addressOf(await page()), undefined, 'none before it is wanted');
  assert.equal((await act('on')).status, 303);
  const url = addressOf(await page());
  assert.match(url, /^http:\/\/127\.0\.0\.1:\d+\/calendars\/[\w-]{43}\.ics$/);
  const secret = url.match(/([\w-]{43})\.ics$/)[1];
  assert.equal(lib.value(`select count(*) from calendar_feed f where f::text like '%' || :'secret' || '%'`, { secret }), '0', 'the secret is not stored');
  const got = await read(url);
  assert.equal(got.status, 200);
  assert.equal(got.headers['content-type'], 'text/calendar; charset=utf-8');
  assert.equal(events(got.text).length, 1, 'what is booked, not what is held');
  assert.ok(got.text.includes('SUMMARY:Carla: One hour') && got.text.includes(`UID:${visit.id}@`));
  assert.ok(!/Client|carla@|Reference|RF\d\d/.test(got.text) && !got.text.includes(visit.token) && !got.text.includes(visit.reference) && !got.text.includes(hold.id));
  const again = await read(url, { 'if-none-match': got.headers.etag });
  assert.equal(again.status, 304);
  assert.equal(again.text, '');
  assert.match(got.headers['cache-control'], /^private/);

  await act('busy');
  const busy = await read(url, { 'if-none-match': got.headers.etag });
  assert.equal(busy.status, 200);
  assert.ok(busy.text.includes('SUMMARY:Busy') && !/Carla|One hour|LOCATION/.test(busy.text));
  await act('names');
  assert.ok((await read(url)).text.includes('Carla'));

  await act('renew');
  const renewed = addressOf(await page());
  assert.notEqual(renewed, url);
  assert.equal((await read(url)).status, 404, 'the old address has ended');
  assert.equal((await read(renewed)).status, 200);
  await act('off');
  assert.equal((await read(renewed)).status, 404);
  assert.equal((await act('burn')).status, 422);
  for (const odd of ['x.ics', secret, `${secret}.ics.ics`, `${'A'.repeat(43)}.ics`, `${secret}.txt`]) assert.equal((await lib.send('GET', `/calendars/${odd}`)).status, 404, odd);
});

test('a client subscribes to a visit, and the entry follows it', async () => {
  const visit = await lib.booked(therapist);
  const b = new lib.Browser();
  b.cookies.set(`booking_${visit.id}`, visit.token);
  const at = `/bookings/${visit.id}/reminders`;
  assert.equal((await b.post(`/bookings/${visit.id}/feed`, { act: 'on' }, { from: at })).status, 303);
  const url = addressOf((await b.get(at)).text);
  const before = await read(url);
  assert.equal(events(before.text).length, 1, 'this visit and no other of the same address');
  assert.match(before.text, /SEQUENCE:0\r\n/);
  assert.equal((await lib.send('POST', `/bookings/${visit.id}/cancel`, { json: {}, headers: lib.bearer(visit) })).status, 200);
  const after = await read(url, { 'if-none-match': before.headers.etag });
  assert.equal(after.status, 200);
  assert.match(after.text, /STATUS:CANCELLED\r\nSEQUENCE:1\r\n/);
});

// --- Those of others, read by us

function source(answer) {
  const asked = [];
  const listener = http.createServer((request, response) => {
    asked.push(request.url);
    const [status, headers, body] = answer(request);
    response.writeHead(status, headers).end(body);
  });
  return new Promise((done) => listener.listen(0, '0.0.0.0', () => done({ asked, port: listener.address().port, url: `http://127.0.0.1:${listener.address().port}/cal.ics`, close: () => listener.close() })));
}
const stamp = (date) => date.toISOString().replace(/[-:]|\.\d+/g, '');
const calendar = (...spans) =>
  `BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//EN\r\n${spans.map(([from, to, more = ''], i) => `BEGIN:VEVENT\r\nUID:${i}@x\r\nDTSTAMP:20260101T000000Z\r\nDTSTART:${stamp(from)}\r\nDTEND:${stamp(to)}\r\nSUMMARY:Dentist with Carla\r\n${more}END:VEVENT\r\n`).join('')}END:VCALENDAR\r\n`;
const add = (url, b = browser, name = 'Family') => b.post('/practice/calendars', { name, url }, { from: '/practice/calendars' });
const calendars = (t) => lib.sql(`select id, coalesce(problem, ''), fetched_at is not null, failures from outside_calendar where therapist_id = :'id' order by id`, t);
const starts = async (t, day) => (await lib.send('GET', `/therapists/${t.slug}/slots?service=${t.service}&from=${day}&days=2`, { headers: { accept: 'application/json' } })).text;
const again = (t) => lib.sql(`update outside_calendar set next_at = now() where therapist_id = :'id'`, t);
const hour = (days, h) => { const d = new Date(Date.now() + days * 86400e3); d.setUTCHours(h, 0, 0, 0); return d; };

test('times of a calendar elsewhere are not offered; a failing source keeps what was read; no booking is touched', async () => {
  const who = lib.makeTherapist('Bea Busy');
  const b = await lib.signedIn(who.email);
  const from = hour(10, 15), to = hour(10, 18);
  const inside = from.toISOString().replace('.000', '');
  const visit = await lib.hold(who, inside);
  let answer = () => [200, { 'content-type': 'text/calendar' }, calendar([from, to], [hour(11, 15), hour(11, 18), 'TRANSP:TRANSPARENT\r\n'])];
  const other = await source((r) => answer(r));
  const free = hour(11, 16).toISOString().replace('.000', '');
  const day = new Date(from - 86400e3).toISOString().slice(0, 10);
  const taken = hour(10, 17).toISOString().replace('.000', '');
  assert.ok((await starts(who, day)).includes(`"start" : "${taken}"`) || (await starts(who, day)).includes(taken), 'the control: five is free');
  assert.equal((await add(other.url, b)).status, 303);
  assert.equal(lib.value(`select count(*) from outside_calendar c where c::text like '%cal.ics%'`), '0', 'the address is sealed');
  await lib.until(() => calendars(who)[0][2] === 't', 'it is read');
  assert.ok(!(await starts(who, day)).includes(taken), 'five is busy');
  assert.ok((await starts(who, new Date(hour(11, 0) - 86400e3).toISOString().slice(0, 10))).includes(free), 'what is marked as free is free');
  assert.equal(lib.value(`select state from booking where id = :'id'`, visit), 'held', 'the booking in it stays');
  assert.equal(lib.value(`select count(*) from outside_busy b where b::text ~ 'Dentist|Carla'`), '0');
  const shown = await page(b);
  assert.ok(shown.includes('Last read: just now') && shown.includes('127.0.0.1') && !shown.includes('cal.ics'));

  for (const [said, problem] of [[() => [500, {}, 'x'], 'unavailable'], [() => [404, {}, 'x'], 'not-found'], [() => [200, {}, '<html>'], 'no-calendar'],
    [() => [200, {}, calendar([from, to, 'RRULE:FREQ=SECONDLY\r\n'])], 'too-complex'], [() => [200, {}, calendar() + 'x'.repeat(5 << 20)], 'too-large'], [() => [302, { location: other.url }, ''], 'redirects'],
    [() => [302, { location: 'file:///etc/passwd' }, ''], 'address'], [() => [301, { location: 'http://10.0.0.1/x' }, ''], 'address'], [() => [307, { location: 'http://169.254.169.254/latest/' }, ''], 'address'],
    [() => [302, { location: 'http://[::ffff:10.0.0.1]/' }, ''], 'address'], [() => [302, { location: 'http://user:pw@127.0.0.1/' }, ''], 'address']]) {
    answer = said;
    const failures = Number(calendars(who)[0][3]);
    again(who);
    await lib.until(() => Number(calendars(who)[0][3]) === failures + 1, problem);
    assert.equal(calendars(who)[0][1], problem);
    assert.ok(!(await starts(who, day)).includes(taken), 'five stays busy');
  }
  assert.ok((await page(b)).includes('the address is not one on the open internet'));

  answer = (r) => (r.url === '/cal.ics' ? [302, { location: '/two' }, ''] : r.url === '/two' ? [302, { location: '/three' }, ''] : [200, {}, calendar()]);
  again(who);
  await lib.until(() => calendars(who)[0][1] === '', 'it is read again, by two redirects');
  assert.ok((await starts(who, day)).includes(taken), 'and five is free');
  answer = () => [200, {}, calendar([from, to])];
  again(who);
  await lib.until(async () => !(await starts(who, day)).includes(taken), 'busy again');
  const [[id]] = calendars(who);
  assert.equal((await b.post(`/practice/calendars/${id}`, { act: 'remove' }, { from: '/practice/calendars' })).status, 303);
  assert.ok((await starts(who, day)).includes(taken), 'taken away, its times are free');
  other.close();
});

test('an address near this machine is never called', async (t) => {
  const who = lib.makeTherapist('Nea Near');
  const b = await lib.signedIn(who.email);
  for (const url of ['', 'x', 'file:///etc/passwd', 'ftp://calendar.example/', 'https://u:p@calendar.example/', 'https://calendar.example:25/', 'https://calendar.example/a b']) {
    const refused = await add(url, b);
    assert.equal(refused.status, 422, url);
    assert.match(refused.text, /Enter the address of the calendar/);
  }
  const near = await source(() => [200, {}, calendar()]);
  const address = Object.values(os.networkInterfaces()).flat().find((x) => x.family === 'IPv4' && !x.internal)?.address;
  if (!address) t.diagnostic('this machine has no other address');
  for (const host of [address, '10.0.0.1', '0.0.0.0'].filter(Boolean)) {
    assert.equal((await add(`http://${host}:${near.port}/`, b)).status, 303);
    await lib.until(() => calendars(who).at(-1)?.[1], host);
    assert.equal(calendars(who).at(-1)[1], 'address', host);
    lib.sql(`delete from outside_calendar where therapist_id = :'id'`, who);
  }
  assert.equal(near.asked.length, 0);
  for (let i = 0; i < 3; i++) assert.equal((await add(`http://10.0.0.${i + 1}/`, b)).status, 303);
  assert.match((await add('http://10.0.0.9/', b)).text, /Three calendars can be read at most/);
  near.close();
});

test('what we give away, we read: the visits of one are the busy times of another, to the minute', async () => {
  const giver = lib.makeTherapist('Gia Giver'), taker = lib.makeTherapist('Tea Taker');
  const g = await lib.signedIn(giver.email), t = await lib.signedIn(taker.email);
  const visits = [await lib.booked(giver), await lib.booked(giver)];
  await act('on', g);
  assert.equal((await add(addressOf(await page(g)), t)).status, 303);
  await lib.until(() => calendars(taker)[0][2] === 't', 'it is read');
  const times = lib.sql(`select lower(during) at time zone 'UTC', upper(during) at time zone 'UTC' from outside_busy where therapist_id = :'id' order by 1`, taker).flat();
  const wanted = lib.sql(`select starts_at at time zone 'UTC', ends_at at time zone 'UTC' from booking where id = any (:'ids'::uuid[]) order by 1`, { ids: `{${visits.map((v) => v.id).join()}}` }).flat();
  assert.ok(times.length === 4);
  assert.deepEqual(times, wanted);
});
