// The life of a booking after it was made: asked for, answered, moved, cancelled, marked; booked for a client; blocked times. Beside a server of its
// own: tests/server.sh with node --test tests/http/life.mjs
import assert from 'node:assert/strict';
import { answerPages } from './answers.mjs';
import { randomUUID } from 'node:crypto';
import test from 'node:test';
import { Browser, bearer, begin, booked, free, healthy, held, hold, makeTherapist, send, signedIn, sql, unescape, value } from './lib.mjs';

const mine = makeTherapist('Lia Life');
const desk = await signedIn(mine.email);
const asked = sql(`insert into service (therapist_id, name, minutes, price, currency, notice, position, mode, answer_hours, buffer_after, cancel_notice, cancel_fee, move_notice, move_fee)
  values (:'id', 'On request', 60, 9000, 'USD', 0, 3, 'request', 24, 15, 1440, 2400, 2880, 1000) returning id`, { id: mine.id })[0][0];
const onRequest = { ...mine, service: asked };
const json = { accept: 'application/json' };
const later = (start, minutes) => new Date(Date.parse(start) + minutes * 60e3).toISOString().replace('.000', '');
const act = async (booking, path, body, status = 200) => {
  const answer = await send('POST', `/bookings/${booking.id}/${path}`, { headers: bearer(booking), json: body });
  assert.equal(answer.status, status, `${path}: ${answer.text.slice(0, 500)}`);
  return answer.json();
};
const show = async (booking) => (await send('GET', `/bookings/${booking.id}`, { headers: bearer(booking) })).json();
const page = async (booking, path = '') => {
  const guest = new Browser();
  guest.cookies.set(`booking_${booking.id}`, booking.token);
  return unescape((await guest.get(`/bookings/${booking.id}${path}`)).text);
};
const answer = async (booking, form, status = 303, path = '') => {
  const said = await desk.post(`/practice/bookings/${booking.id}${path}`, form, { from: '/practice' });
  assert.equal(said.status, status, unescape(said.text).slice(0, 900));
  return said;
};
const told = (booking) => sql(`select string_agg(kind, ' ' order by created_at, kind) from outbox where data -> 'booking' ->> 'id' = :'id' and audience = 'client'`, booking)[0]?.[0] ?? '';
const events = (booking) => value(`select string_agg(concat_ws(' ', what, who, via, nullif(fee, 0)), ', ' order by id) from booking_event where booking_id = :'id'`, booking);
const claims = (booking) => Number(value(`select count(*) from slot_claim where booking_id = :'id'`, booking));
const request = async (start) => {
  const booking = await hold(onRequest, start ?? free(mine));
  await act(booking, 'safety', healthy);
  await act(booking, 'details', { name: 'Carla Client', email: 'carla@example.org' });
  return { ...booking, ...(await act(booking, 'confirm', {})), token: booking.token };
};

test('a service on request: asked for, not booked, until the therapist accepts', async () => {
  const b = await request();
  assert.equal(b.state, 'requested');
  assert.equal(b.confirmed, false);
  assert.match(b.reference, /^\w{4}-\w{4}$/);
  assert.ok(Math.abs(Date.parse(b.expires) - Date.now() - 86400e3) < 60e3, 'the therapist has a day');
  assert.equal(value(`select hold_expires = (select hold_expires from slot_claim where booking_id = :'id') from booking where id = :'id'`, b), 't', 'and the time is kept as long');
  const shown = await page(b);
  assert.ok(shown.includes('Asked for, not booked yet') && !shown.includes('<h1>Booked') && !shown.includes('Move to another time'));
  assert.equal((await act(b, 'confirm', {})).state, 'requested', 'asking again changes nothing');
  const week = (await desk.json('/practice')).json();
  assert.ok(week.waiting.some((v) => v.id === b.id && v.is_requested));
  const count = (await desk.json(`/practice?week=${b.date}`)).json().week.count;
  assert.equal(told(b), 'booking-requested');
  await answer(b, { state: 'confirmed' });
  assert.equal((await show(b)).state, 'confirmed');
  assert.equal((await desk.json(`/practice?week=${b.date}`)).json().week.count, count + 1, 'only now it counts as booked');
  assert.equal(told(b), 'booking-requested booking-accepted');
  assert.equal(events(b), 'held client api, requested client api, accepted therapist web');
  assert.ok((await page(b)).includes('Lia Life accepted'), 'its client reads what happened');
  assert.ok(unescape((await desk.get(`/practice/bookings/${b.id}`)).text).includes('You accepted'), 'and the therapist');
});

test('no request without a passed safety check', async () => {
  const b = await hold(onRequest, free(mine));
  await send('POST', `/bookings/${b.id}/details`, { headers: bearer(b), json: { name: 'Carla', email: 'carla@example.org' } });
  assert.equal((await act(b, 'confirm', { name: 'Carla', email: 'carla@example.org' }, 409)).title, 'Answer the safety check first.');
  assert.equal((await show(b)).state, 'held');
});

test('declined with a reason that the client reads; without one it is not', async () => {
  const b = await request();
  const silent = await answer(b, { state: 'declined' }, 422);
  assert.match(unescape(silent.text), /Say why, in a few words/);
  assert.equal((await show(b)).state, 'requested');
  await answer(b, { state: 'declined', why: 'I am away <that> week.' });
  assert.ok((await page(b)).includes('I am away <that> week.'));
  assert.equal((await show(b)).declined_why, 'I am away <that> week.');
  assert.equal(claims(b), 0, 'the time is free');
  assert.equal(told(b), 'booking-requested booking-declined');
  await answer(b, { state: 'confirmed' }, 409);
});

test('what was typed for a visit that has changed meanwhile stays on its page', async () => {
  const b = await request();
  await answer(b, { state: 'confirmed' });
  const late = await answer(b, { state: 'declined', why: 'My <own> reason' }, 409);
  const said = unescape(late.text);
  assert.match(said, /There is a problem[^]*This appointment is booked\. Nothing was changed\./);
  assert.match(said, /Your reason was not sent<\/h2><p class="lines">My <own> reason</);
  assert.ok(said.includes('Cancel this appointment'), 'and what can be done now is there');
  const c = await request();
  await answer(c, { state: 'declined', why: 'The first one' });
  assert.match((await answer(c, { state: 'declined', why: 'Another one' }, 409)).text, /This appointment is declined\.[^]*Another one[^]*The first one/);
  await answer(c, { state: 'declined', why: 'The first one' });
  const d = await request(), start = (await desk.json(`/practice/bookings/${d.id}/move`)).json().days.flatMap((x) => x.slots)[0].start;
  assert.equal((await desk.post(`/practice/bookings/${d.id}/move`, { start })).status, 303);
  const open = await answer(d, { state: 'attended', why: 'Still here' }, 409);
  assert.match(open.text, /<details class="mt no-print" open><summary>Decline with a reason[^]*>Still here<\/textarea>/, 'where there is a form for it, it stands in it');
});

for (const yes of [true, false])
  test(`another time is suggested, half an hour later, and the client says ${yes ? 'yes' : 'no'}`, async () => {
    const b = await request(), start = later(b.start, 30);
    const times = (await desk.json(`/practice/bookings/${b.id}/move`)).json();
    assert.ok(times.can_suggest && times.days.flatMap((d) => d.slots).some((s) => s.start === start), 'its own time is not in the way');
    await answer(b, { start }, 303, '/move');
    const s = await show(b);
    assert.equal(s.state, 'suggested');
    assert.equal(s.suggestion.start, start);
    assert.equal(s.start, b.start);
    assert.equal(value(`select range_agg(blocked) = tstzmultirange(tstzrange(:'low', :'high')) from slot_claim where booking_id = :'id'`, { id: b.id, low: b.start, high: later(b.start, 105) }), 't', 'both times are kept');
    const other = await send('POST', '/bookings', { json: { therapist: mine.slug, service: mine.second, start: later(b.start, 90), key: randomUUID() } });
    assert.equal(other.status, 409, 'against everybody else');
    assert.ok((await page(b)).includes('Lia Life suggests another time'));
    const after = await act(b, 'answer', { answer: yes ? 'yes' : 'no' });
    assert.equal(after.state, yes ? 'confirmed' : 'cancelled');
    assert.equal(after.start, yes ? start : b.start);
    assert.equal(claims(b), yes ? 1 : 0);
    if (yes) assert.equal(value(`select blocked = tstzrange(:'low', :'high') from slot_claim where booking_id = :'id'`, { id: b.id, low: start, high: later(start, 75) }), 't');
    assert.equal(told(b), `booking-requested booking-suggested ${yes ? 'booking-accepted' : 'booking-cancelled'}`);
    await act(b, 'answer', { answer: yes ? 'no' : 'yes' }, 409);
  });

test('a request without an answer ends with the clock, and the client is told', async () => {
  const b = await request();
  sql(`update booking set hold_expires = now() - interval '1 second' where id = :'id'`, b);
  await answer(b, { state: 'confirmed' }, 409);
  assert.ok((await page(b)).includes('There was no answer in time'));
  for (let tries = 0; (await show(b)).state !== 'expired'; tries++) {
    assert.ok(tries < 100, 'the worker comes by');
    await new Promise((next) => setTimeout(next, 100));
  }
  assert.equal(told(b), 'booking-requested booking-expired');
  assert.equal(claims(b), 0);
  assert.match(events(b), /, expired worker worker$/);
});

test('terms are moments and amounts, those of the time of booking', async () => {
  const b = await request();
  sql(`update service set cancel_fee = 9999, cancel_notice = 0 where id = :'asked'`, { asked });
  const { terms } = await show(b);
  sql(`update service set cancel_fee = 2400, cancel_notice = 1440 where id = :'asked'`, { asked });
  assert.equal(terms.cancel.free_until, later(b.start, -1440));
  assert.match(terms.cancel.text, /^Free until \w{3}, \w{3} \d+(, \d+)?, \d+:00 [ap]m; after that \$24$/);
  assert.match(terms.move.text, /; after that \$10$|^\$10 \(it was free until /);
  for (const path of ['', '/cancel']) if (path) assert.ok((await page(b, path)).includes(terms.cancel.text), `shown on ${path}`);
  const waiting = await hold(onRequest, free(mine));
  await act(waiting, 'safety', healthy);
  assert.ok((await page(waiting, '/details')).includes((await show(waiting)).terms.cancel.text), 'before a name is asked');
});

test('a client moves a visit by the link, by half an hour, and the mail says from where', async () => {
  const b = await booked(mine), start = later(b.start, 30);
  const guest = new Browser();
  const link = await guest.get(`/b/${b.token}`);
  assert.equal(link.status, 303);
  const shown = unescape((await guest.get(`/bookings/${b.id}`)).text);
  assert.ok(shown.indexOf('Move to another time') > 0 && shown.indexOf('Move to another time') < shown.indexOf('Cancel this appointment'), 'move comes before cancel');
  const times = unescape((await guest.get(`/bookings/${b.id}/move`)).text);
  assert.ok(times.includes(`value="${start}"`) && !times.includes(`value="${b.start}"`));
  const moved = await guest.post(`/bookings/${b.id}/move`, { start });
  assert.equal(moved.status, 303, moved.text);
  assert.ok(unescape((await guest.get(moved.headers.location)).text).includes('Moved. Your appointment is now'));
  const now = await show(b);
  assert.equal(now.start, start);
  assert.equal(now.end, later(start, 60));
  assert.equal(now.owed, null);
  assert.equal(claims(b), 1);
  assert.equal(value(`select blocked = tstzrange(:'low', :'high') and starts_at = :'low' from slot_claim where booking_id = :'id'`, { id: b.id, low: start, high: later(start, 60) }), 't');
  assert.match(events(b), /moved client link$/);
  assert.equal(told(b), 'booking-confirmed booking-moved');
  assert.ok(value(`select data #>> '{from,text}' from outbox where data -> 'booking' ->> 'id' = :'id' and kind = 'booking-moved'`, b).length > 10);
  assert.equal((await act(b, 'move', { start })).start, start, 'the same again is no change');
  assert.equal(told(b), 'booking-confirmed booking-moved');
});

test('a move to a time that is gone: the old one stays, the nearest are offered, and one press takes one', async () => {
  const b = await booked(mine), rival = await held(mine);
  const lost = await act(b, 'move', { start: rival.start }, 409);
  assert.equal(lost.type, 'time-taken');
  assert.equal(lost.nearest.length, 3);
  assert.equal((await show(b)).start, b.start);
  assert.equal(claims(b), 1);
  const guest = new Browser();
  guest.cookies.set(`booking_${b.id}`, b.token);
  const said = await guest.post(`/bookings/${b.id}/move`, { start: rival.start });
  assert.equal(said.status, 409);
  assert.ok(unescape(said.text).includes('your appointment keeps its time'));
  const [, start] = said.text.match(/name="start" value="([^"]+)"/);
  assert.ok(said.text.includes(`action="/bookings/${b.id}/move"`));
  assert.equal((await guest.post(`/bookings/${b.id}/move`, { start })).status, 303);
  assert.equal((await show(b)).start, start);
  const from = new Date(Date.now() + 9 * 86400e3).toISOString().slice(0, 10);
  for (const bad of [{}, { start: 'noon' }, { start: '2026-13-45T99:00:00Z' }]) {
    const wrong = await guest.post(`/bookings/${b.id}/move`, { ...bad, from });
    assert.equal(wrong.status, 422);
    assert.ok(wrong.text.includes('Choose a time'));
    assert.ok(wrong.text.includes(`name="from" value="${from}"`), 'on the days that were shown');
  }
});

test('late changes cost the client what was said, and the therapist nothing', async () => {
  // five free times of the next 22 hours, with room between them
  const offered = (await send('GET', `/therapists/${mine.slug}/slots?service=${asked}&days=2`, { headers: json })).json().days.flatMap((d) => d.slots.map((x) => x.start));
  const near = offered.filter((start) => Date.parse(start) > Date.now() + 3600e3 && Date.parse(start) < Date.now() + 22 * 3600e3)
    .reduce((kept, start) => (kept.length && Date.parse(start) - Date.parse(kept.at(-1)) < 90 * 60e3 ? kept : [...kept, start]), []);
  assert.ok(near.length >= 5, `${near.length} times are near`);
  const b = await request(near[0]);
  await answer(b, { state: 'confirmed' });
  const form = await page(b, '/move');
  assert.ok(form.includes('Moving it now costs $10') && form.includes('and owe $10'));
  assert.match(form, /You keep \w+day[^<]*\d, \d+:\d\d [ap]m, until the new one is yours/);
  const moved = await act(b, 'move', { start: near[1] });
  assert.equal(moved.owed.text, '$10');
  assert.match(events(b), /moved client api 1000$/);
  const cancel = await page(b, '/cancel');
  assert.ok(cancel.includes('Canceling now costs $24') && cancel.includes('and owe $24'));
  const gone = await act(b, 'cancel', {});
  assert.equal(gone.owed.text, '$34');
  assert.match(events(b), /cancelled client api 2400$/);
  const other = await request(near[2]);
  await answer(other, { state: 'confirmed' });
  await answer(other, { start: near[3] }, 303, '/move');
  assert.equal((await show(other)).start, near[3]);
  await answer(other, { state: 'cancelled' });
  assert.equal((await show(other)).owed, null);
  assert.equal(events(other).match(/\d+/), null, 'no fee stands anywhere');
  assert.equal((await act(await request(near[4]), 'cancel', {})).owed, null, 'a request is taken back for nothing');
});

test('after a visit has begun it is neither moved nor cancelled; what was marked by mistake is taken back within a day', async () => {
  const b = await booked(mine), start = free(mine);
  begin(b);
  assert.equal((await act(b, 'move', { start }, 409)).type, 'visit-past');
  assert.equal((await act(b, 'cancel', {}, 409)).type, 'visit-past');
  await answer(b, { start }, 409, '/move');
  await answer(b, { state: 'cancelled' }, 409);
  await answer(b, { state: 'no_show' });
  assert.ok(unescape((await desk.get(`/practice/bookings/${b.id}`)).text).includes('Take it back'));
  await answer(b, { state: 'confirmed' });
  await answer(b, { state: 'attended' });
  assert.match(events(b), /no_show therapist web, undone therapist web, attended therapist web$/);
  sql(`update booking set ended_at = now() - interval '25 hours' where id = :'id'`, b);
  await answer(b, { state: 'confirmed' }, 409);
  assert.equal((await show(b)).state, 'attended');
});

// --- The therapist's own acts

const local = (start, options) => new Intl.DateTimeFormat('sv-SE', { timeZone: 'America/Chicago', hourCycle: 'h23', ...options }).format(new Date(start));
const dayOf = (start) => local(start, { year: 'numeric', month: '2-digit', day: '2-digit' });
const hourOf = (start) => local(start, { hour: '2-digit', minute: '2-digit' });
const form = (start, more = {}) => ({ service: mine.service, place: mine.location, day: dayOf(start), time: hourOf(start), name: 'Paul Phone', email: 'paul@example.org', how: 'send', key: randomUUID(), ...more });
const book = (fields) => desk.post('/practice/bookings/new', fields);
const idOf = (said) => said.headers.location.match(/bookings\/([0-9a-f-]{36})/)[1];

test('booked for a client who answers by the link: kept, booked only after the check', async () => {
  const start = free(mine);
  const said = await book(form(start));
  assert.equal(said.status, 303, said.text);
  const id = idOf(said);
  assert.equal(told({ id }), 'booking-answers');
  assert.equal(value(`select state || ' ' || made_by from booking where id = :'id'`, { id }), 'held therapist');
  assert.ok(unescape((await desk.get(`/practice/bookings/${id}`)).text).includes('Not booked yet: kept until'));
  await answer({ id }, { state: 'confirmed' }, 409);
  await answer({ id }, { state: 'attended' }, 409);
  assert.equal(value(`select state from booking where id = :'id'`, { id }), 'held', 'the therapist cannot skip the check');
  assert.equal((await book({ ...form(start), key: value(`select key from booking where id = :'id'`, { id }) })).headers.location, said.headers.location, 'the same page sent twice keeps one time');
});

test('booked for a client whom the therapist asks, by telephone number alone', async () => {
  const start = free(mine);
  const said = await book(form(start, { email: '', phone: '217 555 0100', how: 'ask' }));
  assert.equal(said.status, 303, said.text);
  const id = idOf(said);
  assert.equal(said.headers.location, `/bookings/${id}/safety`);
  const first = await desk.get(`/bookings/${id}/safety/1`);
  assert.ok(unescape(first.text).includes('Read each question aloud'));
  let shown = { path: `/bookings/${id}/safety/1`, text: first.text };
  const go = async (answer) => {
    const path = answer.headers.location ?? shown.path;
    shown = { path, text: (await desk.get(path)).text };
  };
  await answerPages(() => shown, async (path, form) => go(form ? await desk.post(path, form) : { headers: { location: path } }));
  assert.equal(shown.path, `/bookings/${id}/safety/done`);
  const done = await desk.post(`/bookings/${id}/confirm`, {}, { from: `/bookings/${id}/check` });
  assert.equal(done.headers.location, `/practice/bookings/${id}?saved=1`);
  assert.ok(!desk.cookies.has(`booking_${id}`), 'and stops acting as the client');
  assert.equal(value(`select state from booking where id = :'id'`, { id }), 'confirmed');
  assert.equal(events({ id }), 'held therapist web, confirmed therapist web');
  assert.ok(unescape((await desk.get(`/practice/bookings/${id}`)).text).includes('217 555 0100'));
});

test('a STOP cannot be overridden by a therapist either', async () => {
  const id = idOf(await book(form(free(mine), { how: 'ask' })));
  const said = await desk.post(`/bookings/${id}/safety/1`, { RF12: 'yes' });
  assert.equal(said.status, 200);
  assert.equal(value(`select count(*) from booking where id = :'id'`, { id }), '0');
});

test('outside the hours only with a tick, over a claim never', async () => {
  const start = later(free(mine), 24 * 60 * 7);
  sql(`delete from hours where location_id = :'location'`, mine);
  const plain = await book(form(start));
  assert.equal(plain.status, 422);
  assert.ok(unescape(plain.text).includes('This is outside your hours. Tick the box'));
  assert.ok(unescape(plain.text).includes('value="Paul Phone"'), 'nothing typed is lost');
  assert.equal((await book(form(start, { outside: 'yes' }))).status, 303);
  const over = await book(form(later(start, 30), { outside: 'yes' }));
  assert.equal(over.status, 422);
  assert.ok(unescape(over.text).includes('is in the way'));
  sql(`insert into hours (location_id, weekday, starts, ends) select :'location', d, '00:00', '24:00' from generate_series(1, 7) d`, mine);
  for (const [more, words] of [[{ name: '' }, "Enter the client's name"], [{ email: '', phone: '' }, 'Enter an e-mail address or a telephone number'], [{ email: '', phone: '12345' }, 'that the questions go to'],
    [{ day: '2020-01-01' }, 'a day and time to come'], [{ service: '2000000000' }, 'Choose from the list'], [{ how: '' }, 'Choose how the client answers'], [{ time: '25:00' }, 'Enter a time such as 9:30 am or 17:30']]) {
    const bad = await book(form(free(mine), more));
    assert.equal(bad.status, 422, JSON.stringify(more));
    assert.ok(unescape(bad.text).includes(words), `${JSON.stringify(more)}: ${words}`);
  }
});

test('a blocked time is offered to nobody, lies on no visit, and can be changed and removed', async () => {
  const start = free(mine), path = `/therapists/${mine.slug}/slots?service=${mine.second}&days=31`; // visits of half an hour
  const free30 = async () => (await send('GET', path, { headers: json })).json().days.flatMap((d) => d.slots.map((s) => s.start));
  const block = (body, target = '/practice/blocks/new') => desk.send('POST', target, { json: body, headers: json });
  assert.ok((await free30()).includes(start));
  const made = await block({ day: dayOf(start), from: hourOf(start), to: hourOf(later(start, 60)), note: 'dentist' });
  assert.equal(made.status, 200, made.text);
  assert.ok(!(await free30()).includes(start));
  assert.equal((await send('POST', '/bookings', { json: { therapist: mine.slug, service: mine.second, start, key: randomUUID() } })).status, 409);
  assert.ok(unescape((await desk.get(`/practice?week=${dayOf(start)}`)).text).includes('Blocked: dentist'));
  const b = await booked(mine);
  const over = await block({ day: dayOf(b.start), from: hourOf(b.start), to: hourOf(later(b.start, 30)) });
  assert.equal(over.status, 422);
  assert.match(over.text, /A visit or another blocked time lies in it/);
  const target = `/practice/blocks/${made.json().id}`;
  assert.equal((await block({ day: dayOf(b.start), from: hourOf(b.start), to: hourOf(later(b.start, 30)) }, target)).status, 422, 'nor is it moved onto one');
  assert.ok(!(await free30()).includes(start));
  assert.equal((await block({ day: dayOf(start), from: hourOf(later(start, 30)), to: hourOf(later(start, 90)), note: '' }, target)).status, 200, 'half an hour later, over itself');
  const now = await free30();
  assert.ok(now.includes(start) && !now.includes(later(start, 30)));
  assert.equal((await desk.post(`${target}/remove`, {}, { from: target })).status, 303);
  assert.ok((await free30()).includes(start));
  assert.equal(value(`select count(*) from slot_claim c where therapist_id = :'id' and use = 'block'`, mine), '0');
});

test('services for people who were here before, and for those who were not', async () => {
  const [[returning], [fresh]] = sql(`insert into service (therapist_id, name, minutes, price, currency, notice, clients, position)
    select :'id', 'For ' || c, 60, 8000, 'USD', 0, c, 9 from unnest(array['returning', 'new']) c returning id`, { id: mine.id });
  const email = `${randomUUID().slice(0, 8)}@example.org`;
  const attempt = async (service, status) => {
    const b = await hold({ ...mine, service }, free(mine));
    await act(b, 'safety', healthy);
    return [b, await act(b, 'details', { name: 'Vera Visitor', email: email.toUpperCase() }, status)];
  };
  const [first, refused] = await attempt(returning, 409);
  assert.equal(refused.type, 'returning-clients-only');
  assert.equal(value(`select client_email from booking where id = :'id'`, first) ?? '', '');
  const guest = new Browser();
  guest.cookies.set(`booking_${first.id}`, first.token);
  const said = await guest.post(`/bookings/${first.id}/details`, { name: 'Vera', email });
  assert.equal(said.status, 409);
  assert.ok(unescape(said.text).includes('for people who have been here before') && said.text.includes('Use another e-mail address'));
  const [visit] = await attempt(fresh, 200);
  await act(visit, 'confirm', {});
  begin(visit);
  await answer(visit, { state: 'attended' });
  await attempt(returning, 200);
  assert.equal((await attempt(fresh, 409))[1].type, 'new-clients-only');
});

test('who takes no new clients is booked by who came before, and the pages say so', async (t) => {
  const them = makeTherapist('Nell Full');
  t.after(() => sql(`update therapist set published = false where id = :'id'`, them));
  const before = `${randomUUID().slice(0, 8)}@example.org`;
  const details = async (email, status) => {
    const b = await hold(them, free(them));
    await act(b, 'safety', healthy);
    return [b, await act(b, 'details', { name: 'Vera Visitor', email }, status)];
  };
  const [visit] = await details(before, 200);
  await act(visit, 'confirm', {});
  begin(visit);
  sql(`update booking set state = 'attended' where id = :'id'`, visit);
  assert.ok(!(await send('GET', `/therapists/${them.slug}/book`)).text.includes('no new clients'));
  sql(`update therapist set new_clients = false where id = :'id'`, them);
  assert.equal((await details('stranger@example.org', 409))[1].type, 'returning-clients-only');
  await details(before, 200);
  const guest = new Browser({ 'cache-control': 'no-cache' });
  for (const path of ['', '/book']) assert.ok((await guest.get(`/therapists/${them.slug}${path}?fresh`)).text.includes('Nell Full takes no new clients now.'), path);
  const list = (await guest.get('/therapists?q=Nell+Full')).text;
  assert.ok(list.includes('Takes no new clients now') && !list.includes(`/therapists/${them.slug}/book`), 'a stranger is shown no time to choose');
});

test('only so many times are held from one browser, and the page says what to do', async () => {
  const b = new Browser();
  const ids = [];
  const press = () => b.post('/bookings', { therapist: mine.slug, service: mine.service, start: free(mine), key: randomUUID() }, { from: `/therapists/${mine.slug}/book` });
  for (let n = 0; n < 5; n++) {
    const said = await press();
    assert.equal(said.status, 303, said.text.slice(0, 300));
    ids.push(said.headers.location.split('/')[2]);
  }
  const sixth = await press();
  assert.equal(sixth.status, 429);
  assert.ok(Number(sixth.headers['retry-after']) > 0 && Number(sixth.headers['retry-after']) <= 600);
  assert.ok(unescape(sixth.text).includes('You hold several times already') && sixth.text.includes('let it go'));
  const elsewhere = await new Browser().post('/bookings', { therapist: mine.slug, service: mine.service, start: free(mine), key: randomUUID() }, { from: `/therapists/${mine.slug}/book` });
  assert.equal(elsewhere.status, 303, 'another browser is not meant');
  assert.equal((await b.post(`/bookings/${ids[0]}/cancel`, {})).status, 303);
  assert.equal((await press()).status, 303, 'one let go makes room for one');
  const kept = sql(`select encode(address, 'hex') from hold_origin where booking_id = any (string_to_array(:'ids', ',')::uuid[])`, { ids: ids.join(',') }).flat();
  assert.equal(new Set(kept).size, 1, 'one address');
  assert.ok(!kept[0].includes(Buffer.from('127.0.0.1').toString('hex')), 'which is not kept itself');
});
