// Waiting lists: joined by a link in a mail, offered in the order of joining, one open offer a person, no time twice, the next when the deadline passes.
// tests/server.sh with node --test tests/http/waiting.mjs
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { execFile } from 'node:child_process';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Browser, call, free, healthy, hold, sql, therapist } from './fixture.mjs';

// A therapist who is away until a moment of ours frees some of it: nothing is free, and the worker's steps are taken here one by one.
function busy() {
  const who = therapist();
  sql(`insert into time_off (therapist_id, starts, ends) values (${who.id}, '2000-01-01', '2100-01-01')`);
  return who;
}
const open = (who) => sql(`delete from time_off where therapist_id = ${who.id}`);
const worker = (minutes = 120) => sql(`set role unknot_worker; select waiting_step(${minutes}) from generate_series(1, 30); select booking_sweep() from generate_series(1, 30); select waiting_sweep()`);
const mails = (email) => sql(`select coalesce(string_agg(o.kind, ' ' order by o.created_at, o.id), '') from outbox o left join booking b on b.id = o.booking_id left join waiting w on w.id = o.waiting_id
  where coalesce(b.client_email, w.email) = '${email}' and o.kind like '%waiting%'`);
const somebody = () => `wait-${randomUUID().slice(0, 8)}@example.org`;
const day = (n) => new Date(Date.now() + n * 86400e3).toISOString().slice(0, 10);

// The token is known to the mail alone: here it is made as the program makes it, by asking the first step of the worker for the row.
async function join(who, email, more = {}) {
  const key = randomUUID();
  const answer = await call('POST', `/therapists/${who.slug}/waiting`, { json: { key, email, until: day(20), ...more } });
  assert.equal(answer.status, 201, answer.text);
  return { key, email };
}
// puts an entry into the line as its owner would; tokens of the program are not known here, so one of ours takes its place
function confirm(person) {
  person.token = randomUUID().replaceAll('-', '').padEnd(43, 'x');
  assert.equal(sql(`with u as (update waiting set token_hash = sha256('${person.token}') where key = '${person.key}' returning 1) select count(*) from u`), '1');
  sql(`set role unknot_web; select set_config('app.booking', '${person.token}', false); select waiting_confirm()`);
  return person;
}
const waits = async (who, more) => confirm(await join(who, somebody(), more));
const offerOf = (p) => JSON.parse(sql(`select coalesce(json_agg(json_build_object('id', b.id, 'start', rfc3339(b.starts_at), 'until', rfc3339(b.hold_expires)) order by b.created_at), '[]')
  from booking b join waiting w on w.id = b.waiting_id where w.key = '${p.key}' and b.state = 'held'`));
// a gap for one visit only: the rest of the time is blocked
function onlyFree(who, start) {
  const end = new Date(Date.parse(start) + 75 * 60e3).toISOString();
  sql(`insert into time_off (therapist_id, starts, ends) values (${who.id}, '2000-01-01', timestamptz '${start}' at time zone 'America/Chicago'),
       (${who.id}, timestamptz '${end}' at time zone 'America/Chicago', '2100-01-01');
       delete from time_off where therapist_id = ${who.id} and starts = '2000-01-01' and ends = '2100-01-01'`);
}

test('nobody is written to who did not ask: the address is proved by a press, not by looking', async () => {
  const who = busy();
  const b = new Browser();
  const email = somebody();
  await b.get(`/therapists/${who.slug}/book?service=${who.service}`);
  assert.match(b.page.text, /No time suits me/);
  await b.get(`/therapists/${who.slug}/waiting?service=${who.service}`);
  await b.post(`/therapists/${who.slug}/waiting`, { key: randomUUID(), service: who.service, days: '1', email: 'no address' });
  assert.equal(b.page.status, 422);
  assert.match(b.page.text, /value="1" checked/, 'what was ticked stays');
  assert.match(b.page.text, /value="no address"/);
  await b.post(`/therapists/${who.slug}/waiting`, { key: randomUUID(), service: who.service, email });
  assert.match(b.page.text, /Check your mail/);
  assert.equal(mails(email), 'waiting-confirm');
  const token = 'a'.repeat(43 - 8) + randomUUID().slice(0, 8);
  sql(`update waiting set token_hash = sha256('${token}') where email = '${email}'`);
  await b.get(`/b/${token}`);
  assert.equal(b.page.path, `/waiting/${token}`);
  assert.match(b.page.text, /Join the waiting list\?/);
  open(who);
  worker();
  assert.equal(mails(email), 'waiting-confirm', 'looking is not joining');
  await b.post(`/waiting/${token}/confirm`, {});
  assert.match(b.page.text, /You are on the waiting list/);
  worker();
  assert.equal(mails(email), 'waiting-confirm booking-waiting-offer');
  await b.get(`/waiting/${token}`);
  assert.match(b.page.text, /A time is kept for you/);
  await b.post(`/waiting/${token}/leave`, {});
  assert.match(b.page.text, /You have left the waiting list/);
  assert.equal(sql(`select count(*) from slot_claim where therapist_id = ${who.id}`), '0', 'what was offered is given back');
  worker();
  assert.equal(mails(email).split(' ').length, 2, 'and nothing more is written');
});

test('the first who joined is asked first; the deadline passes it on; a worker that stood still does the same later', async () => {
  const who = busy();
  const [one, two, three] = [await waits(who), await waits(who), await waits(who)];
  worker();
  assert.deepEqual([one, two, three].map((p) => offerOf(p).length), [0, 0, 0], 'nothing is free');
  const start = free(3);
  onlyFree(who, start);
  worker();
  assert.deepEqual([one, two, three].map((p) => offerOf(p).map((o) => o.start)), [[start], [], []]);
  assert.equal((await hold(who, start)).status, 409, 'nobody else can book it meanwhile');
  assert.equal((await call('GET', `/therapists/${who.slug}/slots?service=${who.service}&from=${start.slice(0, 10)}`, { accept: 'application/json' })).text.includes(start), false);

  // the deadline passes while no worker runs; when it comes back the next is asked, and the first not again
  sql(`update booking set hold_expires = now() - interval '1 second' where id = '${offerOf(one)[0].id}'`);
  worker(); // the sweep is after the step: the next round offers
  worker();
  assert.deepEqual([one, two, three].map((p) => offerOf(p).map((o) => o.start)), [[], [start], []]);
  // the second says no
  assert.equal((await call('POST', `/bookings/${offerOf(two)[0].id}/cancel`, { token: two.token })).status, 200);
  worker();
  assert.deepEqual([one, two, three].map((p) => offerOf(p).map((o) => o.start)), [[], [], [start]]);
  // the third says yes: the usual way on
  const { id } = offerOf(three)[0];
  assert.equal((await call('POST', `/bookings/${id}/safety`, { json: healthy, token: three.token })).status, 200);
  const done = await call('POST', `/bookings/${id}/confirm`, { json: { name: 'Third', email: three.email }, token: three.token });
  assert.equal(done.json.state, 'confirmed', done.text);
  assert.equal(sql(`select ended_why from waiting where key = '${three.key}'`), 'booked');
  // the visit is cancelled: the time goes to nobody of the three a second time, but to a fourth
  assert.equal((await call('POST', `/bookings/${id}/cancel`, { token: three.token })).status, 200);
  const four = await waits(who);
  worker();
  assert.deepEqual([one, two, three, four].map((p) => offerOf(p).length), [0, 0, 0, 1], 'nobody is offered the same start twice');
  assert.equal(sql(`select count(*) from waiting_offer o join waiting w on w.id = o.waiting_id where w.therapist_id = ${who.id}`), '4');
});

// the worker's step as processes of their own, at the same moment as everything else
const cluster = fileURLToPath(new URL('../cluster.sh', import.meta.url));
const stepNow = () => promisify(execFile)(cluster, ['psql', `${process.env.TEST_DIR}/pg`, '-Atq', '-c', 'set search_path = unknot, public', '-c', 'set role unknot_worker',
  '-c', 'select waiting_step(120) from generate_series(1, 5)']);

test('a time is freed while others book it and two workers offer it: one has it, whoever was first', async () => {
  for (let round = 0; round < 6; round++) {
    const who = busy();
    const people = [await waits(who), await waits(who)];
    const start = free(3);
    onlyFree(who, start);
    const said = await Promise.all([stepNow(), hold(who, start), stepNow(), hold(who, start)].map((p) => p.catch((e) => e)));
    const offers = people.flatMap((p) => offerOf(p));
    const held = said.filter((a) => a.status === 201);
    assert.equal(offers.length + held.length, 1, `${offers.length} offered, ${held.length} held`);
    assert.equal(sql(`select count(*) from slot_claim where therapist_id = ${who.id}`), '1');
    assert.deepEqual(said.filter((a) => a instanceof Error).map(String), [], 'no worker fails over it');
    if (offers.length) assert.equal(offerOf(people[0]).length, 1, 'and of those who wait the first');
  }
});

test('one open offer a person, also on the lists of two therapists', async () => {
  const [a, b] = [busy(), busy()];
  const one = confirm(await join(a, somebody()));
  const same = confirm(await join(b, one.email));
  const next = await waits(b);
  open(a);
  worker();
  assert.equal(offerOf(one).length, 1);
  onlyFree(b, free(4));
  worker();
  assert.equal(offerOf(same).length, 0);
  assert.equal(offerOf(next).length, 1, 'the next is asked instead');
  // no to the first, and the other list may ask: but that time is the next's now
  sql(`insert into time_off (therapist_id, starts, ends) values (${a.id}, '2000-01-01', '2100-01-01')`); // a server's own worker may be at work
  await call('POST', `/bookings/${offerOf(one)[0].id}/cancel`, { token: one.token });
  await call('POST', `/bookings/${offerOf(next)[0].id}/cancel`, { token: next.token });
  worker();
  assert.equal(offerOf(one).length, 0);
  assert.equal(offerOf(same).length, 1);
});

test('only what suits: service, days, parts of the day, dates', async () => {
  const who = busy();
  const other = sql(`insert into service (therapist_id, name, minutes, price, currency, notice) values (${who.id}, 'Long', 90, 9000, 'USD', 0) returning id`);
  const asks = [
    [{ days: ['3'] }, (l) => l.dow === 3],
    [{ parts: ['evening'] }, (l) => l.hour >= 17],
    [{ parts: ['morning'] }, (l) => l.hour < 12], // whatever hour it is now, the first free time is not in both
    [{ parts: ['afternoon'] }, (l) => l.hour >= 12 && l.hour < 17],
    [{ from: day(9), until: day(10) }, (l) => l.date >= day(9) && l.date <= day(10)],
    [{ service: other }, (l) => l.service === other],
  ];
  const people = [];
  for (const [more] of asks) people.push(await waits(who, more));
  open(who);
  worker();
  for (const [i, person] of people.entries()) {
    const [offer] = offerOf(person);
    assert.ok(offer, `entry ${i} is offered something`);
    const [dow, hour, date, service] = sql(`select extract(isodow from l) || ' ' || extract(hour from l) || ' ' || l::date || ' ' || service_id
      from booking, lateral (select starts_at at time zone 'America/Chicago' as l) x where id = '${offer.id}'`).split(' ');
    assert.ok(asks[i][1]({ dow: Number(dow), hour: Number(hour), date, service }), `entry ${i}: ${dow} ${hour} ${date} ${service}`);
  }
});

test('the deadline is never later than the notice before the visit', async () => {
  const who = busy();
  const soon = [3, 4].map((n) => new Date((Math.ceil(Date.now() / 3600e3) + n) * 3600e3));
  const start = soon.find((t) => !/23/.test(t.toLocaleString('en-GB', { timeZone: 'America/Chicago', hour: '2-digit' }))).toISOString().replace('.000', ''); // not over midnight
  sql(`update service set notice = 120 where id = ${who.service}`);
  const one = await waits(who);
  onlyFree(who, start);
  worker(1440);
  const [offer] = offerOf(one);
  assert.equal(offer?.start, start);
  assert.ok(Date.parse(offer.until) <= Date.parse(start) - 7200e3, `${offer.until} for ${start}`);
});

test('near a place: any therapist in reach who takes new clients, none beyond', async (t) => {
  const near = busy();
  const far = busy();
  const full = busy();
  t.after(() => sql(`update therapist set published = false where id in (${near.id}, ${far.id}, ${full.id})`));
  const lon = (Math.random() * 60).toFixed(3); // where nobody else is
  sql(`update therapist set new_clients = false where id = ${full.id}; update location set lat = 72.1, lon = ${lon} where therapist_id in (${near.id}, ${full.id}); update location set lat = 74.1, lon = ${lon} where therapist_id = ${far.id}`);
  const email = somebody();
  const key = randomUUID();
  const wrong = await call('POST', '/waiting', { json: { key, email, near: 'Nowhere at all zzz' } });
  assert.equal(wrong.status, 422);
  const answer = await call('POST', '/waiting', { json: { key, email, near: 'Portland, OR', km: 25, until: day(20) } });
  assert.equal(answer.status, 201, answer.text);
  sql(`update waiting set lat = 72.0, lon = ${lon} where key = '${key}'`);
  const one = confirm({ key, email });
  open(far);
  open(full);
  worker();
  assert.equal(offerOf(one).length, 0, 'nobody in reach takes new clients');
  open(near);
  worker();
  assert.equal(sql(`select therapist_id from booking where id = '${offerOf(one)[0].id}'`), String(near.id));
});

test('an address gets three unproved mails a day at most', async () => {
  const who = busy();
  const email = somebody();
  for (let n = 0; n < 5; n++) await join(who, email);
  assert.equal(mails(email), 'waiting-confirm waiting-confirm waiting-confirm');
});

test('entries end after their last day, and are forgotten 30 days after they ended', async () => {
  const who = busy();
  const [over, left] = [await waits(who), await waits(who)];
  const unproved = await join(who, somebody());
  sql(`update waiting set from_day = current_date - 20, until_day = current_date - 5 where key = '${over.key}';
       update waiting set ended_at = now() - interval '31 days', ended_why = 'left' where key = '${left.key}';
       update waiting set created_at = now() - interval '25 hours' where key = '${unproved.key}'`);
  worker();
  assert.equal(sql(`select coalesce(string_agg(ended_why, ' '), '') from waiting where therapist_id = ${who.id}`), 'over');
});

test('a therapist sees how many, no address, and can close the list', async () => {
  const who = busy();
  const one = await waits(who);
  const asTherapist = (query) => sql(`insert into account (id, role, name, email) values ('${randomUUID()}', 'therapist', 'Ana', '${who.slug}@example.org') on conflict do nothing;
    update therapist set account_id = (select id from account where email = '${who.slug}@example.org') where id = ${who.id};
    insert into session (token_hash, account_id, expires_at) select sha256('${who.slug}'), id, now() + interval '1 hour' from account where email = '${who.slug}@example.org' on conflict do nothing;
    set role unknot_web; select set_config('app.session', '${who.slug}', false); ${query}`).split('\n').at(-1);
  const seen = asTherapist('select practice_waiting_list()');
  assert.equal(JSON.parse(seen).count, 1);
  assert.ok(!seen.includes('@'));
  assert.equal(asTherapist('select count(*) from waiting'), '0', 'the rows themselves are not hers');
  asTherapist('select practice_waiting_set(false)');
  open(who);
  worker();
  assert.equal(offerOf(one).length, 0, 'nothing is offered');
  assert.equal((await call('POST', `/therapists/${who.slug}/waiting`, { json: { key: randomUUID(), email: somebody() } })).status, 404, 'nobody joins');
  asTherapist('select practice_waiting_set(true)');
  worker();
  assert.equal(offerOf(one).length, 1, 'opened again, at once');
});

test('strangers see no entry and end none', async () => {
  const who = busy();
  const one = await waits(who);
  const b = new Browser();
  const not = 'x'.repeat(43);
  assert.equal((await b.get(`/waiting/${not}`)).status, 404);
  await b.get('/sign-in');
  assert.equal((await b.post(`/waiting/${not}/leave`, {})).status, 404);
  assert.equal(sql(`set role unknot_web; select set_config('app.booking', '${not}', false); select count(*) from waiting`).split('\n').at(-1), '0');
  assert.equal(sql(`select ended_at is null from waiting where key = '${one.key}'`), 't');
});
