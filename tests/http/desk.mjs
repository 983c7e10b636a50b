// A practice and its front desk, as people use it: an invitation by mail, a visit booked by telephone with the questions read aloud, what a front desk
// can do afterwards, and what it never gets to see.
import test from 'node:test';
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { Browser, booked, free, healthy, makeTherapist, send, signedIn, sql, tokenOf, value } from './lib.mjs';

const ana = makeTherapist('Ana Owner');
const ben = makeTherapist('Ben Member');
const owner = await signedIn(ana.email);
const email = `front-${randomUUID().slice(0, 8)}@example.org`;
const desk = new Browser();
const link = randomUUID().replaceAll('-', '').padEnd(43, 'k'); // the secret of the mail, which the test cannot read, in place of the program's
const wall = (start, options) => new Intl.DateTimeFormat('sv-SE', { timeZone: 'America/Chicago', ...options }).format(new Date(start));
const day = (start) => wall(start, { year: 'numeric', month: '2-digit', day: '2-digit' });
const hour = (start) => wall(start, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });

test('a therapist founds a practice and invites others, who join by themselves', async () => {
  assert.match((await owner.get('/practice/team')).text, /Start a practice/);
  assert.equal((await owner.post('/practice/team', { name: 'Test Practice' })).status, 303);
  for (const [to, role] of [[email, 'desk'], [ben.email, 'therapist']]) assert.equal((await owner.post('/practice/team/invitations', { email: to, role }, { from: '/practice/team' })).status, 303);
  assert.match((await owner.get('/practice/team')).text, new RegExp(email));
  assert.equal((await owner.post('/practice/team/invitations', { email: 'no address', role: 'desk' }, { from: '/practice/team' })).text.includes('value="no address"'), true, 'what was typed is kept');
  for (const to of [email, ben.email]) sql(`update practice_invitation set token_hash = sha256(convert_to(:'link' || :'to', 'UTF8')) where email = :'to'`, { link, to });

  const page = await desk.get(`/invitations/${link}${email}`);
  assert.equal(page.status, 200);
  assert.match(page.text, /Join Test Practice\?/);
  assert.equal(value(`select count(*) from account where email_key = :'email'`, { email }), '0', 'looking makes nothing');
  const weak = await desk.post(`/invitations/${link}${email}`, { answer: 'yes', name: 'Dora Desk', password: 'short' });
  assert.equal(weak.status, 422);
  assert.match(weak.text, /value="Dora Desk"/);
  const joined = await desk.post(`/invitations/${link}${email}`, { answer: 'yes', name: 'Dora Desk', password: 'seven green lamps' });
  assert.equal(joined.headers.location, '/desk', joined.text.slice(0, 300));
  assert.equal((await new Browser().post(`/invitations/${link}${email}`, { answer: 'yes', name: 'Eve', password: 'seven green lamps' })).status, 409, 'it works once');
  const member = await signedIn(ben.email);
  assert.equal((await member.post(`/invitations/${link}${ben.email}`, { answer: 'yes' })).headers.location, '/practice/team?saved=joined');
  assert.equal((await member.get('/desk')).status, 404, 'who only belongs to it is not at the desk');
  assert.deepEqual(sql(`select m.role from practice_member m join practice p on p.id = m.practice_id where p.name = 'Test Practice' order by 1`).flat(), ['desk', 'owner', 'therapist']);
});

let visit;
test('the desk books for any of them, reading the questions aloud', async () => {
  const start = free(ben);
  const typed = { therapist: ben.slug, service: ben.service, place: ben.location, day: day(start), time: hour(start), name: 'Pat Phone', phone: '555-0100', how: 'ask', key: randomUUID() };
  const form = await desk.get(`/desk/bookings/new?therapist=${ben.slug}`);
  assert.match(form.text, /Book for a client with Ben Member/);
  assert.match(form.text, /id="name" name="name"[^>]*value=""/, 'nobody is named yet');
  const wrong = await desk.post('/desk/bookings/new', { ...typed, time: '99' });
  assert.equal(wrong.status, 422);
  assert.match(wrong.text, /value="Pat Phone"/);
  const kept = await desk.post('/desk/bookings/new', typed);
  assert.match(kept.headers.location, /^\/bookings\/[^/]+\/safety$/, kept.text.slice(0, 300));
  visit = kept.headers.location.split('/')[2];
  const taken = await desk.post('/desk/bookings/new', { ...typed, key: randomUUID() });
  assert.match(taken.text, /Another visit or a blocked time is in the way/);
  assert.match((await desk.get(`/desk/bookings/${visit}`)).text, /Waits for the safety check/);
  for (const n of [1, 2, 3, 4]) {
    const page = await desk.get(`/bookings/${visit}/safety/${n}`);
    if (page.status !== 200) break;
    assert.match(page.text, /Read each question aloud/);
    const answer = await desk.send('POST', `/bookings/${visit}/safety/${n}`, { form: { ...healthy, csrf: tokenOf(page.text), key: randomUUID() } });
    assert.ok([303, 422].includes(answer.status), `${n}: ${answer.status}`);
  }
});

test('once a visit is booked, no answer is read again, with the link of its client or without', async () => {
  const b = await booked(ben);
  desk.cookies.set(`booking_${b.id}`, b.token);
  for (const path of ['answers', 'answers/all', 'answers/fhir.json', 'update', 'today', 'clearance', 'after', 'progress', 'move', 'cancel', 'again', 'reminders'])
    assert.equal((await desk.get(`/bookings/${b.id}/${path}`)).status, 404, path);
  for (const path of ['', '/note', '/plan', '/intake', '/today', '/fhir.json', '/clearance']) assert.equal((await desk.get(`/practice/bookings/${b.id}${path}`)).status, 404, path);
  for (const path of ['safety', 'safety/1', 'own', 'details', 'check']) {
    const answer = await desk.get(`/bookings/${b.id}/${path}`);
    assert.ok(answer.status !== 200 || !/checked/.test(answer.text), `${path}: ${answer.status}`);
  }
  const page = await desk.get(`/desk/bookings/${b.id}`);
  assert.equal(page.status, 200);
  assert.match(page.text, /Carla Client/);
  assert.match(page.text, /Booked/);
  assert.equal(desk.cookies.has(`booking_${b.id}`), false, 'and the page of the desk takes the link out of the browser');
  assert.match((await desk.get(`/desk?day=${day(b.start ?? value(`select rfc3339(starts_at) from booking where id = :'id'`, b))}`)).text, /Carla Client/);
  assert.match((await desk.get(`/desk/week?day=${day(value(`select rfc3339(starts_at) from booking where id = :'id'`, b))}`)).text, /Carla Client/);

  const times = await desk.json(`/desk/bookings/${b.id}/move`);
  const other = times.json().days.flatMap((d) => d.slots)[0].start;
  assert.equal((await desk.post(`/desk/bookings/${b.id}/move`, { start: other })).headers.location, `/desk/bookings/${b.id}?saved=moved`);
  assert.equal(value(`select rfc3339(starts_at) from booking where id = :'id'`, b), other);
  assert.equal((await desk.post(`/desk/bookings/${b.id}`, { state: 'attended' })).status, 409, 'nobody came yet');
  assert.equal((await desk.post(`/desk/bookings/${b.id}`, { state: 'cancelled' }, { from: `/desk/bookings/${b.id}` })).status, 303);
  assert.deepEqual(sql(`select kind from outbox where booking_id = :'id' and kind like 'therapist-%' order by kind`, b).flat().filter((k) => k !== 'therapist-booked'), ['therapist-cancelled', 'therapist-moved'], 'the therapist hears of both');
  assert.equal(value(`select string_agg(who, ',' order by id) from booking_event where booking_id = :'id' and what in ('moved', 'cancelled')`, b), 'desk,desk');
});

test('places and rooms are shared, and a service that needs a room says so', async () => {
  assert.equal((await owner.post('/practice/team/places', { location: ana.location }, { from: '/practice/team' })).status, 303);
  const place = value(`select premises_id from location where id = :'location'`, ana);
  assert.equal((await owner.post(`/practice/team/places/${place}/rooms`, { room: 'Blue room' }, { from: `/practice/team/places/${place}` })).status, 303);
  assert.match((await owner.post(`/practice/team/places/${place}/rooms`, { room: 'blue ROOM' }, { from: `/practice/team/places/${place}` })).text, /There is a room of this name already/);
  const member = await signedIn(ben.email);
  assert.equal((await member.post(`/practice/team/places/${place}/use`, {}, { from: '/practice/team' })).status, 303);
  assert.equal((await member.get(`/practice/team/places/${place}`)).status, 404, 'its address is the owner\'s to change');
  assert.equal((await owner.post(`/practice/team/places/${place}`, { street: '77 New Road', town: 'Springfield, IL', postcode: '62701' })).status, 303);
  assert.deepEqual(sql(`select street from location where premises_id = :'place'`, { place }).flat(), ['77 New Road', '77 New Road'], 'a change reaches all');
  const form = await owner.get(`/practice/services/${ana.service}`);
  const room = form.text.match(/name="room" value="(\d+)"/)[1];
  const save = { name: 'One hour', minutes: '60', price: '80', technique: 'swedish', notice: '0', room };
  assert.equal((await owner.post(`/practice/services/${ana.service}`, { ...save, room: '1' === room ? '2' : '1' })).status, 422, 'a room of somebody else\'s is refused');
  assert.equal((await owner.post(`/practice/services/${ana.service}`, save)).status, 303);
  assert.match((await owner.get('/practice/services')).text, /In Blue room\./);
  const b = await booked(ana);
  assert.match((await desk.get(`/desk/bookings/${b.id}`)).text, /Blue room/);
});

test('the desk closes a room for a time, not over a visit, and opens it again', async () => {
  const [room, start] = sql(`select c.room_id, rfc3339(b.starts_at) from booking b join slot_claim c on c.booking_id = b.id where b.therapist_id = :'id' and c.room_id is not null order by b.starts_at limit 1`, ana)[0];
  const close = (form, who = desk) => who.post('/desk/rooms', { room, reason: 'New <floor>', ...form });
  const said = (answer) => [...answer.text.matchAll(/<li><a href="#(\w+)">([^<]+)<\/a><\/li>/g)].map(([, field]) => field);
  for (const [form, field] of [
    [{ room: '', from_day: day(start) }, 'room'], [{ room: '2000000000', from_day: day(start) }, 'room'], [{ from_day: '' }, 'from_day'], [{ from_day: 'soon' }, 'from_day'], [{ from_day: day(start), until_day: '2020-01-01' }, 'until_day'],
    [{ from_day: '2020-01-01' }, 'until_day'], [{ from_day: day(start), from_time: '99' }, 'from_time'], [{ from_day: day(start), from_time: '10:00', until_time: '09:00' }, 'until_time'],
    [{ from_day: day(start), until_day: '2099-01-01' }, 'until_day'], [{ from_day: day(start), reason: 'x'.repeat(201) }, 'reason'],
  ]) {
    const bad = await close(form);
    assert.deepEqual([bad.status, said(bad)[0]], [422, field], JSON.stringify(form));
    if (form.room === undefined) assert.match(bad.text, new RegExp(`name="room" value="${room}" checked`), 'what was chosen stays');
  }
  const over = await close({ from_day: day(start) });
  assert.equal(over.status, 422);
  assert.match(over.text, /In this room then:[^]*Carla Client/);
  assert.match(over.text, /value="New &lt;floor&gt;"/);
  assert.equal(value(`select count(*) from room_closing where room_id = :'room'`, { room }), '0');

  const later = day(Date.parse(start) + 5 * 86400e3);
  const offered = async () => (await send('GET', `/therapists/${ana.slug}/slots?service=${ana.service}&from=${later}&days=1`, { headers: { accept: 'application/json' } })).json().days.flatMap((d) => d.slots);
  const free = await offered();
  assert.ok(free.length > 0);
  assert.equal((await close({ from_day: later })).headers.location, '/desk/rooms?saved=1');
  assert.deepEqual(await offered(), [], 'gone at once');
  const taken = await send('POST', '/bookings', { json: { therapist: ana.slug, service: Number(ana.service), start: free[0].start, key: randomUUID() }, headers: { accept: 'application/json' } });
  assert.equal(taken.status, 409);
  assert.match((await desk.get('/desk/rooms')).text, /Blue room<\/b>[^]*New &lt;floor&gt;/);
  const team = (await owner.get('/practice/team')).text;
  assert.ok(/Blue room \(closed: /.test(team) && !team.includes('floor'), 'the others see when, not why');
  const id = value(`select id from room_closing where room_id = :'room'`, { room });
  assert.equal((await (await signedIn(ben.email)).post(`/desk/rooms/closings/${id}/remove`, {}, { from: '/practice/team' })).status, 404);
  assert.equal((await desk.post(`/desk/rooms/closings/${id}/remove`, {}, { from: '/desk/rooms' })).headers.location, '/desk/rooms?saved=open');
  assert.equal((await offered()).length, free.length, 'and back at once');
});

test('a therapist lets the desk answer requests, and has the last word', async () => {
  const member = await signedIn(ben.email);
  sql(`update service set mode = 'request' where id = :'service'`, ben);
  const asked = [await booked(ben), await booked(ben), await booked(ben)];
  const at = (n) => `/desk/bookings/${asked[n].id}`;
  const today = day(Date.now());
  const closed = await desk.get(at(0));
  assert.ok(closed.text.includes('Asked for: the therapist answers') && !closed.text.includes('name="state" value="confirmed"'));
  for (const form of [{ state: 'confirmed' }, { state: 'declined', why: 'No' }]) assert.equal((await desk.post(at(0), form, { from: '/desk/bookings/new' })).status, 409, form.state);
  assert.ok(!/name="answers" value="yes" checked/.test((await member.get('/practice/team')).text), 'off by itself');
  assert.equal((await member.post('/practice/team/answers', { answers: 'maybe' }, { from: '/practice/team' })).status, 422);
  assert.equal((await member.post('/practice/team/answers', { answers: 'yes' }, { from: '/practice/team' })).headers.location, '/practice/team?saved=1');
  assert.ok(/name="answers" value="yes" checked/.test((await member.get('/practice/team')).text));

  assert.match((await desk.get(`/desk?day=${today}`)).text, /Answer: Carla Client asks for/);
  const bare = await desk.post(at(0), { state: 'declined' });
  assert.equal(bare.status, 422);
  assert.match(bare.text, /<a href="#why">Say why, in a few words: the client reads it<\/a>/);
  assert.match((await desk.post(at(0), { state: 'declined', why: 'x'.repeat(501) })).text, /x{501}<\/textarea>/, 'what was typed stays');
  assert.equal((await desk.post(at(0), { state: 'confirmed' })).headers.location, `${at(0)}?saved=1`);
  assert.match((await desk.get(at(0))).text, /You accepted/);
  assert.equal((await desk.post(at(1), { state: 'declined', why: 'At a course' })).status, 303);
  assert.match((await desk.get(`${at(1)}?saved=1`)).text, /Declined\. The client gets a mail[^]*At a course/);
  const late = await desk.post(at(0), { state: 'declined', why: 'Too late' }, { from: at(0) });
  assert.equal(late.status, 409);
  assert.match(late.text, /This appointment is booked\. Nothing was changed\.[^]*Your reason was not sent[^]*Too late/);
  const times = await desk.get(`${at(2)}/move`);
  assert.match(times.text, /Suggest another time/);
  const start = (await desk.json(`${at(2)}/move`)).json().days.flatMap((d) => d.slots)[0].start;
  assert.equal((await desk.post(`${at(2)}/move`, { start })).headers.location, `${at(2)}?saved=moved`);
  assert.match((await desk.get(`${at(2)}?saved=moved`)).text, /Suggested\. The client gets a mail/);
  assert.deepEqual(asked.map((b) => value(`select state from booking where id = :'id'`, b)), ['confirmed', 'declined', 'suggested']);
  assert.deepEqual(asked.map((b) => value(`select who from booking_event where booking_id = :'id' order by id desc limit 1`, b)), ['desk', 'desk', 'desk']);

  // the therapist sees who did it, and takes the suggestion back
  const own = (n) => `/practice/bookings/${asked[n].id}`;
  assert.match((await member.get(own(0))).text, /The front desk accepted/);
  assert.equal((await member.post(own(2), { state: 'declined', why: 'Not then' })).status, 303);
  assert.equal((await member.post(own(0), { state: 'cancelled' })).status, 303);
  assert.equal((await member.post('/practice/team/answers', {}, { from: '/practice/team' })).status, 303);
  assert.ok(!(await desk.get('/desk')).text.includes('Answer: '));
  sql(`update service set mode = 'instant' where id = :'service'`, ben);
});

test('who leaves sees nothing from then on', async () => {
  assert.equal((await desk.post('/practice/team/leave', {}, { from: '/desk' })).headers.location, '/desk?left=1');
  assert.match((await desk.get('/desk?left=1')).text, /You belong to no practice/);
  assert.equal((await desk.get(`/desk/bookings/${visit}`)).status, 404);
  assert.equal((await send('GET', '/desk')).status, 303);
});
