// Visits at the client's address: what a therapist says, what a client is asked, how far it goes, and who reads the address. Beside a server of its
// own: tests/server.sh with node --test tests/http/home.mjs
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import test from 'node:test';
import { Browser, bearer, free, healthy, hold, log, makeTherapist, send, signedIn, sql, unescape, value } from './lib.mjs';

const mine = makeTherapist('Hanna Home');
const other = makeTherapist('Olaf Other');
const desk = await signedIn(mine.email);
const json = { accept: 'application/json' };
const street = '17 Hidden Hollow Rd';
const address = { phone: '555 0142', home_street: street, home_place: 'Springfield, IL 62704', home_access: 'Green gate, second bell' };
const guest = { name: 'Carla Client', email: 'carla@example.org' };
const errors = (answer) => [...unescape(answer.text).matchAll(/<li><a href="#(\w+)">([^<]+)<\/a><\/li>/g)].map(([, field, words]) => [field, words]);
const act = async (booking, path, body, status = 200) => {
  const answer = await send('POST', `/bookings/${booking.id}/${path}`, { headers: bearer(booking), json: body });
  assert.equal(answer.status, status, `${path}: ${answer.text.slice(0, 500)}`);
  return answer.json();
};
const shown = async (booking, path = '') => {
  const browser = new Browser();
  browser.cookies.set(`booking_${booking.id}`, booking.token);
  return browser.get(`/bookings/${booking.id}${path}`);
};
// The way is kept free within the hours of a day, so that no visit begins soon after midnight.
function start() {
  for (;;) {
    const at = free(mine);
    if (Number(new Intl.DateTimeFormat('sv-SE', { timeZone: 'America/Chicago', hour: '2-digit' }).format(new Date(at))) >= 2) return at;
  }
}
async function passed() {
  const b = await hold(home, start());
  await act(b, 'safety', healthy);
  return b;
}
const service = { name: 'Back pain at home', about: '', technique: 'swedish', minutes: '60', price: '120', step: '30', notice: '0', at_home: 'yes', road: '40' };
let home; // the therapist with that service

test('a service comes home once it is said how far, and everybody reads so', async () => {
  const bad = await desk.post('/practice/services/new', service);
  assert.equal(bad.status, 422);
  assert.deepEqual(errors(bad), [['at_home', 'Say first how far you travel, under “Home visits” of your place']]);
  assert.match(bad.text, new RegExp(`href="/practice/places/${mine.location}/home"`));
  assert.equal((await desk.post(`/practice/places/${mine.location}/home`, { home: '10' })).status, 303);
  assert.equal((await desk.post('/practice/services/new', service)).status, 303);
  home = { ...mine, service: value(`select id from service where therapist_id = :'id' and at_home`, mine) };
  assert.match(unescape((await desk.get('/practice/services')).text), /At the client's address, 40 minutes there and 40 back/);
  assert.match((await desk.get(`/practice/services/${home.service}`)).text, /name="at_home" value="yes" checked[^]*name="road" value="40"/);
  const says = 'At your address, up to 10 miles from Springfield';
  for (const path of [`/therapists/${mine.slug}`, `/therapists/${mine.slug}/book?service=${home.service}`]) assert.ok(unescape((await send('GET', path)).text).includes(says), path);
  const near = (q) => send('GET', `/therapists?near=62701&booking=home_visit&q=Hanna+Home${q}`, { headers: json });
  assert.equal((await near('')).json().results[0].home_services, 'Back pain at home');
  assert.match(unescape((await send('GET', '/therapists?near=62701&booking=home_visit&q=Hanna+Home')).text), /Home visits: Back pain at home/);
});

test('an address is asked for, whole and within reach; what was typed stays', async () => {
  const b = await passed();
  assert.equal(b.at_home, true);
  assert.equal((await act(b, 'confirm', {}, 422)).type, 'details-missing');
  assert.deepEqual((await act(b, 'details', guest, 422)).errors.map((e) => e.field), ['phone', 'home_street', 'home_place']);
  await act(b, 'confirm', guest, 422);
  const far = await act(b, 'details', { ...guest, ...address, home_place: 'Chicago, IL' }, 422);
  assert.deepEqual(far.errors, [{ field: 'home_place', message: 'This is too far: home visits go up to 10 miles from Springfield' }]);
  const browser = new Browser();
  browser.cookies.set(`booking_${b.id}`, b.token);
  const page = await browser.post(`/bookings/${b.id}/details`, { ...guest, ...address, home_place: 'Chicago, IL' });
  assert.equal(page.status, 422);
  assert.deepEqual(errors(page), [['home_place', 'This is too far: home visits go up to 10 miles from Springfield']]);
  for (const typed of [street, 'Chicago, IL', '555 0142', 'Green gate, second bell', 'Carla Client']) assert.ok(page.text.includes(`value="${typed}"`), typed);
  assert.match(page.text, /<title>Error: Your details/);
  for (const [field, text] of [['home_place', 'Nowherebury, IL'], ['home_place', '39.8 -89.6'], ['home_street', 'x'], ['phone', '12']])
    assert.deepEqual((await act(b, 'details', { ...guest, ...address, [field]: text }, 422)).errors.map((e) => e.field), [field], text);
  assert.equal(value(`select home_street is null and client_name is null from booking where id = :'id'`, b), 't', 'nothing of it was kept');
  const sent = await browser.post(`/bookings/${b.id}/details`, { ...guest, ...address });
  assert.equal(sent.headers.location, `/bookings/${b.id}/check`);
  const check = unescape((await browser.get(sent.headers.location)).text);
  assert.ok(check.includes(`At your address<br>${street}<br>Springfield, IL 62704`) && !check.includes('1 Probe St'));
  assert.equal((await act(b, 'confirm', {})).state, 'confirmed');
  assert.equal(value(`select lower(blocked) = starts_at - interval '40 minutes' and upper(blocked) = starts_at + interval '100 minutes' from slot_claim where booking_id = :'id'`, b), 't', 'the way is kept free');
});

test('one call confirms with the address; it moves along, and only two people read it', async () => {
  const b = await passed();
  const done = await act(b, 'confirm', { ...guest, ...address });
  assert.equal(done.state, 'confirmed');
  assert.deepEqual(done.home, address);
  assert.equal((await act(b, 'move', { start: start() })).home.home_street, street);
  for (const path of ['', '/cancel', '/move']) assert.ok((await shown(b, path)).text.includes(street), path);
  const visit = unescape((await desk.get(`/practice/bookings/${b.id}`)).text);
  assert.ok(visit.includes(street) && visit.includes('Green gate, second bell') && visit.includes('tel:555 0142'));
  const stranger = await signedIn(other.email);
  assert.equal((await stranger.get(`/practice/bookings/${b.id}`)).status, 404);
  assert.equal((await new Browser().get(`/bookings/${b.id}`)).status, 404);
  const calendar = (await shown(b, '/calendar.ics')).text;
  assert.match(calendar, /LOCATION:At your address/);
  const feed = await desk.post('/practice/calendar-feed', { act: 'on' }, { from: '/practice/calendars' });
  const link = unescape((await desk.get('/practice/calendars')).text).match(/\/calendars\/[\w-]+\.ics/)?.[0];
  assert.ok(feed.status === 303 && link, 'a feed');
  const subscribed = (await send('GET', link)).text;
  assert.match(subscribed.replace(/\r\n /g, ''), /LOCATION:At the client's address/);
  for (const text of [calendar, subscribed, log()]) assert.doesNotMatch(text, /Hidden Hollow|Green gate|555 0142/);
  assert.equal(value(`select count(*) from outbox where data::text ~ 'Hidden|Green gate|555.{0,3}0142'`), '0');
  assert.equal(value(`select count(*) from audit where detail::text ~ 'Hidden' or object ~ 'Hidden'`), '0');
  assert.equal(value(`select count(*) from booking_event e where e::text ~ 'Hidden'`), '0');
  assert.doesNotMatch((await shown(b)).text.match(/<title>[^<]*/)[0], /Hidden|Springfield/);
});

test('a series has one address', async () => {
  const first = start();
  const next = new Date(Date.parse(first) + 14 * 86400e3).toISOString().replace('.000', '');
  const made = await send('POST', '/series', { headers: json, json: { therapist: mine.slug, service: Number(home.service), starts: [first, next], key: randomUUID() } });
  assert.equal(made.status, 201, made.text);
  const b = made.json();
  await act(b, 'safety', healthy);
  await act(b, 'confirm', { ...guest, ...address });
  assert.deepEqual(sql(`select home_street, client_phone from booking where series_id = :'id'`, b), [[street, '555 0142'], [street, '555 0142']]);
});

test('a therapist books one for a client on the telephone', async () => {
  const form = { service: home.service, place: mine.location, day: '2000-01-01', time: '10:00', name: 'Tom Tel', email: 'tom@example.org', how: 'send', key: randomUUID(), outside: 'yes' };
  form.day = new Date(Date.now() + 40 * 86400e3).toISOString().slice(0, 10);
  const page = (await desk.get('/practice/bookings/new')).text;
  assert.match(page, /id="home_street"/);
  const bad = await desk.post('/practice/bookings/new', form);
  assert.equal(bad.status, 422);
  assert.deepEqual(errors(bad).map(([f]) => f), ['phone']);
  const far = await desk.post('/practice/bookings/new', { ...form, ...address, home_place: 'Chicago, IL' });
  assert.deepEqual(errors(far).map(([f]) => f), ['home_place']);
  assert.ok(far.text.includes(`value="${street}"`) && far.text.includes('value="Chicago, IL"'));
  assert.equal((await desk.post('/practice/bookings/new', { ...form, ...address })).status, 303);
  assert.deepEqual(sql(`select home_street, home_place, client_phone from booking where key = :'key'`, form), [[street, 'Springfield, IL 62704', '555 0142']]);
  const plain = await desk.post('/practice/bookings/new', { ...form, service: mine.service, time: '15:00', key: randomUUID() });
  assert.equal(plain.status, 303, 'no address for a visit at the practice');
});
