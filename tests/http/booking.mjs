// The way of a guest over HTTP: as a script with JSON and a bearer, and as a browser without a script. Beside a server of its
// own: tests/server.sh with node --test tests/http/booking.mjs
import assert from 'node:assert/strict';
import { answerPages, check, optional } from './answers.mjs';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { Browser, call, free, healthy, hold, origin, sql, therapist } from './fixture.mjs';

const who = therapist();
let n = 0;
const next = () => free(n++);

async function held() {
  const { json, status } = await hold(who, next());
  assert.equal(status, 201);
  return json;
}
const safety = ({ id, token }, answers) => call('POST', `/bookings/${id}/safety`, { json: answers, token });
const confirm = ({ id, token }, json = { name: 'Kim Example', email: 'kim@example.org' }) => call('POST', `/bookings/${id}/confirm`, { json, token });
const show = ({ id, token }) => call('GET', `/bookings/${id}`, { token });
const runOut = (id) => sql(`update booking set hold_expires = now() - interval '1 second' where id = '${id}'`);
const isFree = (start) => sql(`select count(*) from slots(${who.service}, null, ('${start}'::timestamptz)::date - 1, 3) s where s.start = '${start}'`) === '1';

test('hold, check, confirm, cancel as JSON', async () => {
  const start = next(), key = randomUUID();
  const first = await hold(who, start, key);
  assert.equal(first.status, 201);
  assert.equal(first.location, `/bookings/${first.json.id}`);
  assert.match(first.json.token, /^[\w-]{43}$/);
  assert.equal(first.json.state, 'held');
  assert.ok(Math.abs(Date.parse(first.json.expires) - Date.now() - 600e3) < 5000, 'for ten minutes');
  assert.match(first.headers.get('cache-control'), /no-store/);

  const again = await hold(who, start, key.toUpperCase());
  assert.equal(again.status, 201);
  assert.deepEqual([again.json.id, again.json.token], [first.json.id, first.json.token], 'the same again for the same key');
  const other = await hold(who, next(), key);
  assert.equal(other.status, 422);
  assert.equal(other.json.type, 'key-reused');

  const taken = await hold(who, start);
  assert.equal(taken.status, 409);
  assert.ok(taken.json.type && taken.json.title);
  assert.equal(taken.json.nearest.length, 3);
  const { start: near, key: nearKey } = taken.json.nearest[0];
  assert.equal((await hold(who, near, nearKey)).status, 201, 'what is offered can be had');

  const passed = await safety(first.json, healthy);
  assert.equal(passed.status, 200);
  assert.equal(passed.json.outcome, 'PROCEED');
  assert.deepEqual(passed.json.rules.map((r) => r.id), ['OK-00']);
  assert.deepEqual(passed.json.missing, []);

  const booked = await confirm(first.json);
  assert.equal(booked.status, 200);
  assert.equal(booked.json.state, 'confirmed');
  assert.match(booked.json.reference, /^[A-Z2-9]{4}-[A-Z2-9]{4}$/);
  assert.equal((await confirm(first.json)).json.reference, booked.json.reference, 'confirming again changes nothing');
  assert.equal(sql(`select count(*) from outbox where kind like 'booking-%' and data -> 'booking' ->> 'id' = '${first.json.id}'`), '1');

  const cancelled = await call('POST', `/bookings/${first.json.id}/cancel`, { token: first.json.token });
  assert.equal(cancelled.json.state, 'cancelled');
  assert.ok(isFree(start));
});

test('what a booking wants is checked before anything is held', async () => {
  const good = { therapist: who.slug, service: who.service, start: next(), key: randomUUID() };
  for (const [field, value] of [
    ['start', 'tomorrow'], ['start', '2026-11-24'], ['start', '2026-11-24T09:00:00'], ['start', 'now()'], ['start', ''],
    ['service', 'x'], ['service', '0'], ['service', '99999999999'], ['key', 'abc'], ['key', ''], ['therapist', ''],
  ]) {
    const { status, json } = await call('POST', '/bookings', { json: { ...good, [field]: value } });
    assert.equal(status, 422, `${field} ${value}`);
    assert.equal(json.errors[0].field, field);
  }
  assert.equal((await call('POST', '/bookings', { json: { ...good, therapist: 'nobody-here' } })).status, 404);
  assert.equal((await call('POST', '/bookings', { json: { ...good, service: 2147483647 } })).status, 404);
  assert.equal((await call('POST', '/bookings', { json: { ...good, start: '2020-01-01T09:00:00Z' } })).status, 409);
  assert.equal((await call('POST', '/bookings', { json: { ...good, start: good.start.replace(':00:00Z', ':07:00Z') } })).status, 409);
  const offset = new Date(Date.parse(good.start) + 2 * 3600e3).toISOString().replace('.000Z', '+02:00');
  assert.equal((await call('POST', '/bookings', { json: { ...good, start: offset } })).json.start, good.start, 'an offset is as good as Z');
});

test('a booking takes its own fields: states, prices and names of columns sent along change nothing', async () => {
  const theirs = await held();
  const foreign = { state: 'confirmed', status: 'confirmed', price: 1, minutes: 600, currency: 'EUR', therapist_id: 1, service_id: 1, location_id: 1, id: theirs.id, token: theirs.token, token_hash: 'x', reference: 'AAAA-AAAA', client_account_id: randomUUID(),
    hold_expires: '2099-01-01', hold_extended: false, confirmed_at: '2026-01-01', attended: true, safety_ok: true, safety_id: randomUUID(), passed: true, outcome: 'PROCEED', role: 'operator', ends_at: '2099-01-01T00:00:00Z', zone: 'UTC', by_therapist: true };
  const other = () => sql(`select md5(b::text) from booking b where id = '${theirs.id}'`);
  const row = (id) => sql(`select state, price, currency, minutes, therapist_id, service_id, hold_expires < now() + interval '11 minutes', coalesce(reference, ''), client_account_id is null, safety_id is null, zone from booking where id = '${id}'`);
  const before = other(), start = next();
  const made = await hold(who, start, randomUUID(), foreign);
  assert.equal(made.status, 201);
  assert.notEqual(made.json.id, theirs.id);
  const plain = `held|8500|USD|60|${who.id}|${who.service}|t||t|t|America/Chicago`;
  assert.equal(row(made.json.id), plain);
  const details = { name: 'Kim Example', email: 'kim@example.org' };
  assert.ok((await call('POST', `/bookings/${made.json.id}/details`, { json: { ...foreign, ...details }, token: made.json.token })).status < 500);
  assert.equal((await confirm(made.json, { ...foreign, ...details })).json.type, 'safety-check-missing', 'no outcome but that of the check');
  const said = await safety(made.json, { ...check, ...foreign });
  assert.equal(said.status === 200 ? said.json.outcome : 'INCOMPLETE', 'INCOMPLETE');
  assert.equal(row(made.json.id), plain);
  assert.equal(other(), before, "another guest's is as it was");
});

test('a booking opens for its token alone', async () => {
  const mine = await held(), theirs = await held();
  const paths = ['', '/safety', '/safety/1', '/safety/done', '/details', '/check', '/cancel', '/calendar.ics'];
  for (const path of paths) {
    assert.equal((await call('GET', `/bookings/${mine.id}${path}`)).status, 404, `nobody ${path}`);
    assert.equal((await call('GET', `/bookings/${mine.id}${path}`, { token: theirs.token })).status, 404, `another guest ${path}`);
    assert.equal((await call('GET', `/bookings/${mine.id}${path}`, { token: 'x'.repeat(43), accept: 'application/json' })).status, 404);
    assert.equal((await call('GET', `/bookings/${mine.id}${path}`, { cookie: `booking_${mine.id}=${theirs.token}` })).status, 404);
  }
  for (const path of ['/safety', '/safety/1', '/details', '/confirm', '/cancel', '/extend', '/again']) {
    assert.equal((await call('POST', `/bookings/${mine.id}${path}`, { token: theirs.token })).status, 404, `another guest ${path}`);
    assert.equal((await call('POST', `/bookings/${mine.id}${path}`)).status, 401, `nobody ${path}`);
  }
  assert.equal((await call('GET', `/bookings/not-an-id`, { token: mine.token })).status, 404);
  assert.equal((await show(mine)).json.state, 'held', 'and all that changed nothing');
});

test('a STOP keeps nothing and frees the time before it answers', async () => {
  for (const [answers, urgency, rule] of [
    [{ ...healthy, RF01: 'yes' }, 'emergency', 'RF-01'], [{ ...healthy, RF13: 'not_sure' }, 'same_day', 'RF-13'],
    [{ ...healthy, RF08: 'yes', RF09: 'yes' }, 'soon', 'X-COMBO'], [{ RF12: 'yes' }, 'emergency', 'RF-12'],
  ]) {
    const b = await held();
    const { status, json } = await safety(b, answers);
    assert.equal(status, 200);
    assert.equal(json.outcome, 'STOP');
    const fired = json.rules.find((r) => r.id === rule);
    assert.deepEqual([fired.outcome, fired.urgency], ['STOP', urgency]);
    assert.ok(!/[{}]/.test(fired.text), 'numbers to call are filled in');
    assert.equal((await show(b)).status, 404);
    assert.equal((await safety(b, healthy)).status, 404, 'and cannot be answered away');
    assert.equal((await confirm(b)).status, 404);
    assert.equal(sql(`select count(*) from booking where id = '${b.id}'`), '0');
    assert.equal(sql(`select count(*) from safety_check where booking_id = '${b.id}'`), '0');
    assert.ok(isFree(b.start));
  }
});

test('CLEARANCE keeps nothing; a clinician\'s recent word makes a MODIFY of it', async () => {
  const day = (ago) => new Date(Date.now() - ago * 864e5).toISOString().slice(0, 10);
  let b = await held();
  assert.equal((await safety(b, { ...healthy, RF14: 'not_sure' })).json.outcome, 'CLEARANCE');
  assert.equal((await show(b)).status, 404);
  b = await held();
  const old = { ...healthy, RF14: 'yes', RF15: 'ok', RF15_date: day(40), RF15_clinician: 'Dr Oja' };
  assert.equal((await safety(b, old)).json.outcome, 'CLEARANCE');
  b = await held();
  const open = await safety(b, { ...healthy, RF14: 'yes', RF15: 'ok' });
  assert.deepEqual(open.json.missing, ['RF15_date', 'RF15_clinician']);
  const ok = await safety(b, { ...old, RF15_date: day(3) });
  assert.equal(ok.json.outcome, 'MODIFY');
  assert.deepEqual(ok.json.rules.map((r) => [r.id, r.outcome]), [['RF-14', 'MODIFY'], ['X-DOWN', 'MODIFY']]);
  assert.equal((await confirm(b)).json.state, 'confirmed');
});

test('nothing passes with answers missing, unknown or twice', async () => {
  const b = await held();
  assert.equal((await confirm(b, {})).status, 409);
  for (const id of Object.keys(healthy)) {
    const { [id]: _, ...rest } = healthy;
    if (optional.includes(id)) continue;
    const { json } = await safety(b, rest);
    assert.equal(json.outcome, 'INCOMPLETE', id);
    assert.deepEqual(json.missing, [id]);
  }
  assert.deepEqual((await safety(b, { ...healthy, RF05: 'yes' })).json.missing, ['RF05a']);
  assert.equal((await safety(b, {})).json.outcome, 'INCOMPLETE');
  assert.equal((await safety(b, { ...healthy, RF99: 'no' })).status, 422);
  assert.equal((await safety(b, { ...healthy, RF01: 'never' })).status, 422);
  assert.equal((await safety(b, { ...healthy, RF01: ['no', 'yes'] })).status, 422);
  assert.equal((await confirm(b, {})).json.type, 'safety-check-missing', 'and without a passed check nothing is booked');
  const { RF04, RF10, RF11, ...least } = healthy;
  assert.equal((await safety(b, least)).json.outcome, 'PROCEED');
  assert.equal((await confirm(b, {})).status, 422, 'nor without a name');
  assert.equal((await confirm(b, { name: 'Kim', email: 'nonsense' })).json.errors[0].field, 'email');
  assert.equal((await confirm(b)).json.state, 'confirmed');
  assert.equal((await safety(b, healthy)).status, 409, 'what is booked is not answered again by this form');
  assert.equal((await safety(b, { ...healthy, RF01: 'yes' })).json.outcome, 'STOP', 'but a STOP counts whenever it is said');
  assert.equal(sql(`select state from booking where id = '${b.id}'`), 'cancelled');
});

test('answers lie sealed, and nowhere else', async () => {
  const b = await held();
  await safety(b, { ...healthy, RF11: 'yes' });
  await confirm(b);
  const row = sql(`select sealed || ' ' || rules || ' ' || outcome from safety_check where booking_id = '${b.id}'`);
  assert.match(row, /^[\w-]{300,} 1 MODIFY$/);
  const whole = sql(`select to_json(b)::text from booking b where id = '${b.id}'`);
  assert.ok(!/RF\d\d/.test(whole));
  const log = readFileSync(`${process.env.TEST_DIR}/server.log`, 'utf8');
  assert.ok(!log.includes(b.token) && !log.includes(b.id) && !/kim@example|Kim Example|RF\d\d/.test(log), 'the log knows patterns only');
});

test('a hold ends: nothing goes on, the nearest times are offered', async () => {
  const b = await held();
  await safety(b, healthy);
  runOut(b.id);
  for (const [path, json] of [['/confirm', { name: 'Kim', email: 'kim@example.org' }], ['/safety', healthy], ['/extend', {}], ['/details', {}]]) {
    const late = await call('POST', `/bookings/${b.id}${path}`, { json, token: b.token });
    assert.equal(late.status, 409, path);
    assert.equal(late.json.type, 'hold-expired');
    assert.equal(late.json.nearest.length, 3);
  }
  assert.equal((await show(b)).json.expired, true);
  assert.equal((await hold(who, b.start)).status, 201, 'somebody else can have the time');
  assert.equal((await show(b)).json.state, 'expired');
});

test('a hold is made longer once', async () => {
  const b = await held();
  sql(`update booking set hold_expires = now() + interval '1 minute' where id = '${b.id}'`);
  const longer = await call('POST', `/bookings/${b.id}/extend`, { token: b.token });
  assert.ok(Date.parse(longer.json.expires) - Date.now() > 590e3);
  assert.equal(longer.json.can_extend, false);
  sql(`update booking set hold_expires = now() + interval '1 minute' where id = '${b.id}'`);
  const more = await call('POST', `/bookings/${b.id}/extend`, { token: b.token });
  assert.ok(Date.parse(more.json.expires) - Date.now() < 61e3, 'once only');
});

test('the calendar file', async () => {
  const b = await held();
  assert.equal((await call('GET', `/bookings/${b.id}/calendar.ics`, { token: b.token })).status, 404, 'not before it is booked');
  await safety(b, healthy);
  const { json } = await confirm(b);
  const ics = await call('GET', `/bookings/${b.id}/calendar.ics`, { token: b.token });
  assert.equal(ics.headers.get('content-type'), 'text/calendar; charset=utf-8');
  const lines = ics.text.replace(/\r\n /g, '').split('\r\n');
  // the wall time of the place, reckoned by JavaScript's own zone data
  const local = (t) => new Intl.DateTimeFormat('sv-SE', { timeZone: b.zone, dateStyle: 'short', timeStyle: 'medium' }).format(new Date(t)).replace(/[-:]/g, '').replace(' ', 'T');
  for (const line of [`DTSTART;TZID=${b.zone}:${local(b.start)}`, `DTEND;TZID=${b.zone}:${local(b.end)}`, 'METHOD:PUBLISH', `TZID:${b.zone}`, 'SUMMARY:Back massage with Ana O\'Tester\\, LMT',
    'LOCATION:Studio\\; two\\, 12 Long Lane\\, 3rd floor\\, Springfield\\, IL 62701', `DESCRIPTION:Reference ${json.reference}`, 'STATUS:CONFIRMED']) {
    assert.ok(lines.includes(line), line);
  }
  assert.ok(!/Kim|kim@|RF\d/.test(ics.text) && !ics.text.includes(b.token));
  assert.ok(ics.text.split('\r\n').every((l) => Buffer.byteLength(l) <= 75));
  await call('POST', `/bookings/${b.id}/cancel`, { token: b.token });
  assert.match((await call('GET', `/bookings/${b.id}/calendar.ics`, { token: b.token })).text, /STATUS:CANCELLED\r\nSEQUENCE:1/);
});

// --- Pages, without a script

const pages = Object.entries({ ...check, RF04: 'prefer_not' });
const heading = (text) => text.match(/<h1>([\s\S]*?)<\/h1>/)?.[1];

async function holding(start = next()) {
  const b = new Browser();
  await b.get(`/therapists/${who.slug}/book?service=${who.service}`);
  await b.post('/bookings', { therapist: who.slug, service: who.service, start, key: randomUUID() });
  assert.match(b.page.path, /^\/bookings\/[0-9a-f-]{36}\/safety\/1$/);
  b.base = b.page.path.replace('/safety/1', '');
  b.start = start;
  return b;
}

async function answer(b, changes = {}, until = 15) {
  for (let i = 0; i < until; i++) {
    const [id, value] = pages[i];
    const form = { [id]: value, ...changes[id] };
    await b.post(`${b.base}/safety/${i + 1}`, form);
    assert.equal(b.page.status, 200, `page ${i + 1}`);
  }
}

const toTheEnd = (b, answers) => answerPages(() => b.page, (path, form) => (form ? b.post(path, form) : b.get(path)), answers);

test('the whole way as pages', async () => {
  const b = await holding();
  assert.deepEqual(b.trail.map((t) => t[2]), [303, 200]);
  assert.match(b.page.text, /<title>Before your visit, page 1 of 15/);
  assert.match(b.page.text, /<h1>Right now, do you have chest pain/);
  assert.match(b.page.text, /Step 2 of 4/);
  assert.match(b.page.text, /We hold \w+day[^<]*\d+, \d+:\d\d [ap]m for you: <hold-timer/, 'the time stands above the question, where a phone shows it');
  assert.match(b.page.text, /<hold-timer until="20[^"]+Z"[^>]*>until \d/, 'the end of the hold stands there as text');
  assert.match(b.page.text, /Your booking[\s\S]*Ana O&#39;Tester, LMT[\s\S]*\$85/);
  assert.match(b.page.headers.get('cache-control'), /no-store/);

  await b.post(`${b.base}/safety/1`, {});
  assert.equal(b.page.status, 422);
  assert.match(b.page.text, /<title>Error: Before your visit[\s\S]*There is a problem[\s\S]*<a href="#RF12">Choose yes or no<\/a>[\s\S]*id="RF12-err"/);
  await b.get(`${b.base}/safety/9`);
  assert.equal(b.page.path, `${b.base}/safety/1`, 'no page is skipped');
  await b.post(`${b.base}/safety/9`, { RF13: 'no' });
  assert.equal(b.page.path, `${b.base}/safety/1`);
  await b.get(`${b.base}/details`);
  assert.equal(b.page.path, `${b.base}/safety/1`, 'nor the check');

  await answer(b, {}, 4);
  await b.post(`${b.base}/safety/5`, { RF03: 'one_leg_weak' });
  assert.match(b.page.text, /class="err" id="RF03b-err"/, 'the second half of a question is asked for');
  assert.match(b.page.text, /value="one_leg_weak" checked/);
  await b.get(`${b.base}/safety/2`);
  assert.match(b.page.text, /name="RF16" value="no" checked/, 'an earlier answer is shown again');
  await b.get(`${b.base}/safety`);
  assert.equal(b.page.path, `${b.base}/safety/5`, 'and one comes back to the first open page');

  await answer(b);
  assert.equal(b.page.path, `${b.base}/safety/start`, 'then what comes is said');
  assert.match(b.page.text, /<h1>Before your visit[\s\S]*Where it hurts[\s\S]*I would rather tell the therapist in person/);
  const asked = await toTheEnd(b);
  assert.equal(b.page.path, `${b.base}/safety/done`);
  assert.ok(asked.length > 15 && new Set(asked).size === asked.length, `each page once: ${asked}`);
  assert.match(b.page.text, /<h1>You can book[\s\S]*If you ever notice numbness/);
  await b.get(`${b.base}/safety/3`);
  assert.equal(b.page.path, `${b.base}/details`);

  await b.post(`${b.base}/details`, { name: '', email: 'kim@' });
  assert.equal(b.page.status, 422);
  assert.match(b.page.text, /Enter your name[\s\S]*value="kim@"/);
  await b.post(`${b.base}/details`, { name: 'Kim <b>Example</b>', email: 'kim@example.org' });
  assert.equal(b.page.path, `${b.base}/check`);
  assert.match(b.page.text, /Kim &lt;b&gt;Example/);
  assert.match(b.page.text, /Change<span class="vh"> time[\s\S]*Change<span class="vh"> e-mail[\s\S]*Book this appointment/);

  await b.post(`${b.base}/confirm`, {});
  assert.equal(heading(b.page.text), 'Booked');
  assert.match(b.page.text, /href="geo:-?[\d.]+,-?[\d.]+" rel="noreferrer">Directions</, 'and how to get there');
  const link = b.page.text.match(/\/b\/[\w-]{43}/)[0];
  assert.match(b.page.text, /Keep this address[\s\S]*calendar\.ics[\s\S]*Cancel this appointment/);
  await b.get(b.base);
  assert.ok(!b.page.text.includes('/b/'), 'the secret address is shown once');

  const before = sql(`select md5(string_agg(b::text, ',')) from booking b`);
  const elsewhere = new Browser();
  await elsewhere.get(link);
  assert.equal(elsewhere.page.path, b.base);
  assert.equal(heading(elsewhere.page.text), 'Booked');
  assert.equal(sql(`select md5(string_agg(b::text, ',')) from booking b`), before, 'following a link changes nothing');
  assert.equal((await new Browser().get(`/b/${'x'.repeat(43)}`)).status, 404);

  await elsewhere.get(`${b.base}/cancel`);
  await elsewhere.post(`${b.base}/cancel`, {});
  assert.match(heading(elsewhere.page.text), /canceled/);
  assert.ok(isFree(b.start));
});

test('an emergency ends the check at once', async () => {
  const b = await holding();
  await answer(b, {}, 2);
  await b.post(`${b.base}/safety/3`, { RF01: 'yes' });
  assert.equal(b.page.status, 200);
  assert.equal(heading(b.page.text), 'Get help now');
  assert.match(b.page.text, /<a href="tel:911">Call&nbsp;911<\/a>/);
  assert.match(b.page.text, /squeezed[\s\S]*A note for your doctor or nurse[\s\S]*Numbness or tingling where a saddle[\s\S]*Yes/);
  assert.ok(!/keep-moving|Until then/.test(b.page.text), 'no advice to keep moving');
  assert.ok(!/<title>[^<]*(numb|RF|saddle)/i.test(b.page.text));
  assert.ok(isFree(b.start));
  assert.equal((await b.get(b.base)).status, 404);
});

test('a clinician is asked for only when it matters', async () => {
  const b = await holding();
  await answer(b, { RF08: { RF08: 'yes' } });
  assert.equal(b.page.path, `${b.base}/safety/16`);
  await b.post(`${b.base}/safety/16`, { RF15: 'ok' });
  assert.equal(b.page.status, 422);
  assert.match(b.page.text, /href="#RF15_date"[\s\S]*href="#RF15_clinician"/);
  await b.post(`${b.base}/safety/16`, { RF15: 'ok', RF15_date: '2199-01-01', RF15_clinician: 'Dr Oja' });
  assert.equal(b.page.status, 422);
  await b.post(`${b.base}/safety/16`, { RF15: 'ok', RF15_date: new Date().toISOString().slice(0, 10), RF15_clinician: 'Dr Oja' });
  assert.ok([200, 422].includes(b.page.status)); // where the visit is, today may still be yesterday
  await b.post(`${b.base}/safety/16`, { RF15: 'ok', RF15_date: new Date(Date.now() - 2 * 864e5).toISOString().slice(0, 10), RF15_clinician: 'Dr Oja' });
  assert.match(b.page.path, /safety\/start$/);

  const c = await holding();
  await answer(c, { RF08: { RF08: 'yes' } });
  await c.post(`${c.base}/safety/16`, { RF15: 'waiting' });
  assert.equal(heading(c.page.text), 'Ask before you book');
  assert.match(c.page.text, /Until then[\s\S]*Come back later/);
  assert.ok(isFree(c.start));
});

test('changing an earlier answer asks again what hangs on it', async () => {
  const b = await holding();
  await answer(b, { RF05: { RF05: 'yes', RF05a: 'cleared' } }, 8);
  await b.post(`${b.base}/safety/7`, { RF05: 'no' });
  assert.equal(b.page.path, `${b.base}/safety/9`);
  await b.post(`${b.base}/safety/7`, { RF05: 'yes', RF05a: 'no' });
  assert.equal(heading(b.page.text), 'Get medical help today');
});

test('holding without a time chosen is said on the page of times, with the days that were shown', async () => {
  const from = new Date(Date.now() + 12 * 86400e3).toISOString().slice(0, 10);
  for (const path of ['/bookings', `/therapists/${who.slug}/series`]) {
    const b = new Browser();
    await b.get(`/therapists/${who.slug}/book?service=${who.service}&part=morning&from=${from}`);
    const form = Object.fromEntries([...b.page.text.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]+)"/g)].map(([, name, value]) => [name, value]));
    assert.deepEqual([form.from, form.part], [from, 'morning']);
    const times = [...b.page.text.matchAll(/name="start" value="([^"]+)"/g)].map(([, start]) => start);
    await b.post(path, form);
    assert.equal(b.page.status, 422);
    assert.match(heading(b.page.text), /^Choose a time with/);
    assert.match(b.page.text, /<title>Error: [^]*<a href="#start">Choose a (first )?time<\/a>[^]*id="start-error"/);
    assert.deepEqual([...b.page.text.matchAll(/name="start" value="([^"]+)"/g)].map(([, start]) => start), times, 'the same times');
    assert.match(b.page.text, /name="part" value="morning" checked/);
    await b.post('/bookings', { ...form, csrf: b.token(), start: times[0] });
    assert.match(b.page.path, /safety\/1$/, 'and from there it goes on');
  }
});

test('a time that is taken shows the nearest as buttons', async () => {
  const { start } = await held();
  const b = new Browser();
  await b.get(`/therapists/${who.slug}/book?service=${who.service}`);
  await b.post('/bookings', { therapist: who.slug, service: who.service, start, key: randomUUID() });
  assert.equal(b.page.status, 409);
  assert.equal(heading(b.page.text), 'This time has just been taken.');
  const forms = [...b.page.text.matchAll(/name="start" value="([^"]+)">\s*<input type="hidden" name="key" value="([^"]+)"/g)];
  assert.equal(forms.length, 3);
  await b.post('/bookings', { therapist: who.slug, service: who.service, start: forms[0][1], key: forms[0][2] });
  assert.match(b.page.path, /safety\/1$/);
});

// The first of the times near by that nobody else takes meanwhile: other tests book as well.
async function takeAnother(b) {
  for (let tries = 0; tries < 5; tries++) {
    assert.equal(b.page.status, 409);
    assert.match(b.page.text, new RegExp(`action="${b.base}/again"`));
    const [, start, key] = b.page.text.match(/name="start" value="([^"]+)">\s*<input type="hidden" name="key" value="([^"]+)"/);
    await b.post(`${b.base}/again`, { start, key });
    if (b.page.status !== 409) return;
  }
}

test('a hold that ran out: answers and names go along to another time', async () => {
  const b = await holding();
  await answer(b, {}, 7);
  const id = b.base.split('/')[2];
  runOut(id);
  await b.post(`${b.base}/safety/8`, { RF07: 'no' });
  await takeAnother(b);
  assert.match(b.page.path, /\/safety\/8$/);
  assert.notEqual(b.page.path, `${b.base}/safety/8`);

  b.base = b.page.path.replace('/safety/8', '');
  await toTheEnd(b);
  await b.post(`${b.base}/details`, { name: 'Kim Example', email: 'kim@example.org' });
  assert.equal(b.page.path, `${b.base}/check`);
  runOut(b.base.split('/')[2]);
  await b.post(`${b.base}/confirm`, {});
  await takeAnother(b);
  assert.match(b.page.path, /\/safety\/\d+$/, 'what is agreed to is read anew');
  assert.ok(!b.page.path.startsWith(b.base));
  assert.equal((await toTheEnd(b)).length, 1, 'and nothing else');
  await b.get(b.page.path.replace(/safety.*/, 'check'));
  assert.match(b.page.text, /Kim Example/, 'the name went along');
  await b.post(b.page.path.replace('/check', '/confirm'), {});
  assert.equal(heading(b.page.text), 'Booked');
});

test('forms from elsewhere and without a token do nothing', async () => {
  const b = await holding();
  const good = { RF12: 'no' };
  const send = (form, headers) => call('POST', `${b.base}/safety/1`, { form, headers, cookie: b.cookieFor(b.base) });
  assert.equal((await send(good, {})).status, 403, 'no token');
  assert.equal((await send({ ...good, csrf: 'x'.repeat(86) }, {})).status, 403, 'a wrong token');
  assert.equal((await send({ ...good, csrf: b.token() }, { 'sec-fetch-site': 'cross-site' })).status, 403, 'another site');
  assert.equal((await send({ ...good, csrf: b.token() }, { origin: 'https://evil.example' })).status, 403);
  assert.equal((await send({ ...good, csrf: b.token() }, {})).status, 303);
});

// A trigger that ends the connection while it commits, the first `times` times.
function doom(times, act) {
  sql(`create sequence doom; create function doom() returns trigger language plpgsql security definer as
    $$ begin if nextval('unknot.doom') <= ${times} then perform pg_terminate_backend(pg_backend_pid()); perform pg_sleep(1); end if; return null; end $$;
    create constraint trigger doom after insert or update on booking deferrable initially deferred
    for each row when (new.therapist_id = ${who.id}) execute function doom()`);
  return act().finally(() => sql('drop trigger doom on booking; drop function doom(); drop sequence doom'));
}

test('an answer lost at COMMIT is looked for, and never called a failure', async () => {
  const start = next(), key = randomUUID();
  const found = await doom(1, () => hold(who, start, key));
  assert.equal(found.status, 201, 'lost once: found out with the same key');
  assert.equal(sql(`select count(*) from booking where key = '${key}'`), '1');
  await safety(found.json, healthy);
  assert.equal((await doom(1, () => confirm(found.json, {}))).status, 422, 'no name yet');
  await call('POST', `/bookings/${found.json.id}/details`, { json: { name: 'Kim', email: 'kim@example.org' }, token: found.json.token });
  assert.equal((await doom(1, () => confirm(found.json, {}))).json.state, 'confirmed');
});
