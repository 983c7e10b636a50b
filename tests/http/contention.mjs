// Many clients at once on the same time: one gets it, the others hear so, and nothing overlaps. Then whatever else takes or frees a time, against it.
// Beside a server of its own: tests/server.sh with node --test tests/http/contention.mjs; ROUNDS says how often the races are run (`make test-long`: 10,000).
import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import test from 'node:test';
import fs from 'node:fs';
import { Connection, call, free, hold, sql, therapist } from './fixture.mjs';

const clients = 64;
const rounds = 5;
const races = Number(process.env.ROUNDS ?? 300);
const lanes = 4; // races that are run beside each other, each with a therapist of its own

// Busy (503 with Retry-After) is an honest answer of a full queue and says "nothing was changed": asked again with the same key, as a client would.
async function insist(who, start, key) {
  for (let tries = 0; tries < 50; tries++) {
    const answer = await hold(who, start, key);
    if (answer.status !== 503) return answer;
    assert.ok(answer.headers.get('retry-after'), 'a full queue says when to come again');
    await new Promise((done) => setTimeout(done, 20 + Math.random() * 80));
  }
  throw new Error('the queue stayed full');
}

const storm = (who, starts, key = () => randomUUID()) =>
  Promise.all(Array.from({ length: clients }, (_, i) => insist(who, starts[i % starts.length], key())));

const count = (answers, status) => answers.filter((a) => a.status === status).length;

const overlaps = (who) => Number(sql(`
  select count(*) from slot_claim a join slot_claim b on a.therapist_id = b.therapist_id and a.id < b.id and a.blocked && b.blocked
  where a.therapist_id = ${who.id}`));

const claims = (who) => Number(sql(`select count(*) from slot_claim where therapist_id = ${who.id}`));

test(`${clients} clients on one time, ${rounds} rounds: one wins each`, async () => {
  const who = therapist();
  for (let round = 0; round < rounds; round++) {
    const start = free(round);
    const answers = await storm(who, [start]);
    assert.equal(count(answers, 201), 1, 'exactly one holds the time');
    assert.equal(count(answers, 409), clients - 1, 'all others hear that it is taken');
    for (const { json, status } of answers) {
      if (status !== 409) continue;
      assert.equal(json.type, 'time-taken');
      assert.equal(json.nearest.length, 3, 'and see three others');
      assert.ok(json.nearest.every((n) => n.start !== start));
    }
    assert.equal(claims(who), round + 1);
  }
  assert.equal(overlaps(who), 0);
});

test(`${clients} clients on times that overlap, ${rounds} rounds`, async () => {
  const who = therapist();
  for (let round = 0; round < rounds; round++) {
    // an hour and its buffer of a quarter, asked for at each half hour of two: no two of the five fit together but those 90 minutes apart
    const first = Date.parse(free(2 * round));
    const starts = [0, 30, 60, 90, 120].map((m) => new Date(first + m * 60e3).toISOString().replace('.000', ''));
    const answers = await storm(who, starts);
    const won = answers.filter((a) => a.status === 201).map((a) => Date.parse(a.json.start)).sort();
    assert.ok(won.length >= 1 && won.length <= 2, `${won.length} hold a time`);
    assert.ok(won.length === 1 || won[1] - won[0] >= 90 * 60e3, 'buffers included');
    assert.equal(count(answers, 409), clients - won.length);
  }
  assert.equal(overlaps(who), 0);
});

test('one client who presses the button many times holds one time', async () => {
  const who = therapist();
  for (let round = 0; round < rounds; round++) {
    const key = randomUUID();
    const answers = await storm(who, [free(round)], () => key);
    assert.equal(count(answers, 201), clients, 'every answer is the same booking');
    assert.equal(new Set(answers.map((a) => `${a.json.id} ${a.json.token}`)).size, 1);
    assert.equal(claims(who), round + 1);
  }
});

test('the same key for two times at once: one booking, the other is refused', async () => {
  const who = therapist();
  for (let round = 0; round < rounds; round++) {
    const key = randomUUID();
    const answers = await storm(who, [free(2 * round), free(2 * round + 1)], () => key);
    assert.equal(count(answers, 201), clients / 2);
    assert.equal(count(answers, 422), clients / 2);
    assert.equal(claims(who), round + 1);
  }
});

test('many bookings of one therapist at once, cancelled at once, leave a true listing', async () => {
  const who = therapist();
  const held = await Promise.all(Array.from({ length: 24 }, (_, i) => insist(who, free(i), randomUUID())));
  assert.equal(count(held, 201), 24);
  await Promise.all(held.filter((_, i) => i % 2).map(async ({ json }) => {
    for (let tries = 0; tries < 50; tries++) {
      const { status } = await call('POST', `/bookings/${json.id}/cancel`, { token: json.token });
      if (status === 200) return;
      assert.equal(status, 503);
      await new Promise((done) => setTimeout(done, 50));
    }
  }));
  assert.equal(claims(who), 12);
  assert.equal(overlaps(who), 0);
  assert.equal(sql(`select offer_starts(o, null, null, 16777215, now(), 100000) = (select array_agg(s.start order by s.start) from slots(o.service_id, o.location_id, local_day(now(), o.zone), 61) s) from listing l join listing_offer o using (location_id, class) where l.therapist_id = ${who.id}`), 't', 'the listing shows what can be booked');
});

// --- Races: each round a time and one thing of each kind that wants it or lets it go, all at once. What a round begins with is written to the database,
// and what it led to is read there: over HTTP goes what races.

// One request; a full queue is asked again, as above.
async function patient(make) {
  for (let tries = 0; tries < 80; tries++) {
    const answer = await make();
    if (answer.status !== 503) return answer;
    await new Promise((done) => setTimeout(done, 10 + Math.random() * 60));
  }
  throw new Error('the queue stayed full');
}
const act = (booking, path, json = {}) => patient(() => call('POST', `/bookings/${booking.id}/${path}`, { json, token: booking.token }));
const at = (start, minutes) => new Date(Date.parse(start) + minutes * 60e3).toISOString().replace('.000', '');

// A visit that stands, or a hold that ran out a second ago, as statements of one transaction.
function standing(who, start, { over = false } = {}) {
  const b = { id: randomUUID(), token: randomBytes(32).toString('base64url'), start };
  const expires = over ? `now() - interval '1 second'` : 'null';
  b.sql = `insert into slot_claim (booking_id, therapist_id, blocked, hold_expires, location_id, service_id, starts_at)
      select '${b.id}', ${who.id}, tstzrange('${start}', '${at(start, 75)}'), ${expires}, id, ${who.service}, '${start}' from location where therapist_id = ${who.id};
    insert into booking (id, key, token_hash, therapist_id, location_id, service_id, starts_at, ends_at, zone, service_name, minutes, price, currency, state, hold_expires, reference,
        client_name, client_email, safety_id, confirmed_at)
      select '${b.id}', gen_random_uuid(), sha256('${b.token}'), ${who.id}, id, ${who.service}, '${start}', '${at(start, 60)}', zone, 'Back massage', 60, 8500, 'USD',
        ${over ? `'held', ${expires}, null` : `'confirmed', null, booking_reference()`}, 'Rita Racer', 'rita@example.org', ${over ? 'null, null' : `'${b.id}', now()`} from location where therapist_id = ${who.id};
    ${over ? '' : `insert into safety_check (id, booking_id, outcome, rules, sealed) values ('${b.id}', '${b.id}', 'PROCEED', 'raced', '');`}`;
  return b;
}

// A therapist with a session: what POSTs as her. The token of one page of hers serves all forms.
async function signedIn(who) {
  const email = `${randomUUID()}@example.org`, token = randomUUID();
  sql(`with a as (insert into account (role, name, email) values ('therapist', 'Ana', '${email}') returning id),
    s as (insert into session (token_hash, account_id, expires_at) select sha256('${token}'), id, now() + interval '12 hours' from a)
    update therapist set account_id = a.id from a where therapist.id = ${who.id}`);
  const headers = { cookie: `session=${token}`, 'sec-fetch-site': 'same-origin', accept: 'application/json' };
  const page = await patient(() => call('GET', '/practice/blocks/new', { headers: { ...headers, accept: 'text/html' } }));
  const csrf = page.text.match(/name="csrf" value="([^"]+)"/)[1];
  return (path, form) => patient(() => call('POST', path, { form: { ...form, csrf }, headers, accept: 'application/json' }));
}
const wall = (start, options) => new Intl.DateTimeFormat('sv-SE', { timeZone: 'America/Chicago', hourCycle: 'h23', ...options }).format(new Date(start));
const day = (start) => wall(start, { year: 'numeric', month: '2-digit', day: '2-digit' });
const hour = (start) => wall(start, { hour: '2-digit', minute: '2-digit' });

const log = () => fs.readFileSync(`${process.env.TEST_DIR}/pg/log`, 'utf8');
const deadlocks = () => Number(sql(`select coalesce(sum(deadlocks), 0) from pg_stat_database`));

// So many rounds, shared by the lanes; each lane has a therapist and a connection of its own. None waited in a ring.
async function race(rounds, prepare, round) {
  const before = deadlocks();
  let next = 0;
  await Promise.all(Array.from({ length: lanes }, async () => {
    const who = therapist();
    const db = new Connection();
    try {
      const made = await prepare(who, db);
      for (let n = next++; n < rounds; n = next++) await round(n, who, db, made);
    } finally {
      db.end();
    }
  }));
  assert.ok(next >= rounds);
  await new Promise((done) => setTimeout(done, 1200)); // the counters are written with a delay
  assert.equal(deadlocks(), before, 'nobody waited in a ring');
  assert.doesNotMatch(log(), /deadlock detected/);
}
const overlapping = (who) => `(select count(*) from slot_claim a join slot_claim b on a.therapist_id = b.therapist_id and a.id < b.id and a.blocked && b.blocked where a.therapist_id = ${who.id})`;

test(`${races} rounds: moves, new bookings, a block, a cancellation and a hold that ran out, all on one time`, async () => {
  const seen = { move: 0, hold: 0, block: 0 };
  await race(races, signedIn, async (round, who, db, post) => {
    const start = free(round % 120);
    // two visits that want to move to it, one that stands on it and is cancelled, or a hold on it that has run out
    const [a, b, sitting] = [standing(who, at(start, 180)), standing(who, at(start, 360)), standing(who, start, { over: round % 2 === 0 })];
    await db.ask(`begin; ${a.sql} ${b.sql} ${sitting.sql} commit`);
    const jobs = [
      ...[a, b].map((x) => ['move', () => act(x, 'move', { start })]),
      ...Array.from({ length: 6 }, (_, i) => ['hold', () => insist(who, at(start, 30 * (i % 3)), randomUUID())]),
      ['block', () => post('/practice/blocks/new', { day: day(start), from: hour(at(start, 15)), to: hour(at(start, 45)) })],
      ['cancel', () => (round % 2 ? act(sitting, 'cancel') : Promise.resolve({ status: 200 }))],
    ].sort(() => Math.random() - 0.5);
    const answers = await Promise.all(jobs.map(async ([what, job]) => [what, await job()]));
    for (const [what, { status, text }] of answers) assert.ok([200, 201, 409, 422].includes(status), `${what}: ${status} ${text}`);
    // who says that it won holds the time, and nobody else does
    const won = answers.filter(([what, x]) => what !== 'cancel' && x.status < 300);
    for (const [what] of won) seen[what]++;
    const moved = won.filter(([what]) => what === 'move').map(([, x]) => x.json.id);
    const inside = won.filter(([what, x]) => what !== 'hold' || Date.parse(x.json.start) < Date.parse(at(start, 60))).length;
    const found = JSON.parse(await db.ask(`begin;
      select json_build_object('standing', (select count(*) from slot_claim where therapist_id = ${who.id} and (hold_expires > now()) is not false and blocked && tstzrange('${start}', '${at(start, 60)}')),
        'overlaps', ${overlapping(who)}, 'visits', (select json_object_agg(b.id, case when c.starts_at = b.starts_at and c.blocked = tstzrange(b.starts_at, b.ends_at + interval '15 minutes') then rfc3339(b.starts_at) end)
            from booking b left join slot_claim c on c.booking_id = b.id where b.id in ('${a.id}', '${b.id}')));
      delete from block where therapist_id = ${who.id}; delete from booking where therapist_id = ${who.id}; commit`));
    assert.equal(found.standing, inside, `round ${round}: as many claims as winners`);
    assert.equal(found.overlaps, 0);
    for (const x of [a, b]) assert.equal(found.visits[x.id], moved.includes(x.id) ? start : x.start, `round ${round}: a visit has its time, the new when it was told so, else the old`);
  });
  assert.ok(races < 20 || (seen.move && seen.hold && seen.block), `each kind wins now and then: ${JSON.stringify(seen)}`);
});

test(`${races} rounds: visits that change places by half an hour, to and fro, while others book between`, async () => {
  const start = free(3);
  const places = [0, 90, 180, 270];
  let moved = 0;
  await race(races, async (who, db) => {
    const visits = places.map((m) => standing(who, at(start, m)));
    await db.ask(`begin; ${visits.map((x) => x.sql).join(' ')} commit`);
    return visits;
  }, async (round, who, db, visits) => {
    const moves = visits.map((x, i) => act(x, 'move', { start: at(start, 90 * i + 30 * (Math.floor(Math.random() * 5) - 2)) }));
    const holds = Array.from({ length: 4 }, () => insist(who, at(start, 30 * Math.floor(Math.random() * 13)), randomUUID()));
    const answers = await Promise.all([...moves, ...holds]);
    for (const { status, text } of answers) assert.ok([200, 201, 409].includes(status), `${status} ${text}`);
    moved += answers.filter(({ status, json }) => status === 200 && !places.some((m) => at(start, m) === json.start)).length;
    const ids = visits.map((x) => `'${x.id}'`);
    const [overlaps, whole, held] = (await db.ask(`select ${overlapping(who)}, (select count(*) from booking b join slot_claim c on c.booking_id = b.id and c.starts_at = b.starts_at
        and c.blocked = tstzrange(b.starts_at, b.ends_at + interval '15 minutes') where b.id in (${ids}) and b.state = 'confirmed'),
        (select count(*) from slot_claim c join booking b on b.id = c.booking_id where b.therapist_id = ${who.id} and b.state = 'held');
      delete from booking where therapist_id = ${who.id} and id not in (${ids})`)).split('|').map(Number);
    assert.equal(overlaps, 0);
    assert.equal(whole, visits.length, 'each visit has exactly its claim');
    assert.equal(held, answers.filter(({ status }) => status === 201).length, 'and each hold');
  });
  assert.ok(races < 20 || moved > races / 4, `${moved} visits stood elsewhere`);
});

// --- Rooms: therapists of one practice who share them

// So many therapists whose only service needs one of so many rooms.
function practice(n, rooms) {
  const who = Array.from({ length: n }, () => therapist());
  const ids = who.map((w) => w.id);
  sql(`with p as (insert into practice (name) values ('Race') returning id),
    place as (insert into premises (practice_id, street, town, country, lat, lon, zone) select p.id, l.street, l.town, l.country, l.lat, l.lon, l.zone from p, location l where l.therapist_id = ${ids[0]} returning id),
    r as (insert into room (premises_id, name) select place.id, 'Room ' || n from place, generate_series(1, ${rooms}) n returning id)
    update location set premises_id = place.id from place where therapist_id in (${ids})`);
  sql(`select service_needs(s.id, array(select r.id from room r join location l on l.premises_id = r.premises_id where l.therapist_id = s.therapist_id)) from service s where s.therapist_id in (${ids}) order by s.therapist_id`);
  return { who, ids };
}
const inRooms = ({ ids }) => Number(sql(`select count(*) from slot_claim a join slot_claim b on a.room_id = b.room_id and a.id < b.id and a.blocked && b.blocked where a.therapist_id in (${ids})`));
const roomless = ({ ids }) => Number(sql(`select count(*) from slot_claim where therapist_id in (${ids}) and room_id is null`));
const untrue = ({ ids }) => Number(sql(`select count(*) from listing_differences(array[${ids}])`));

test(`${clients} clients on one time of four therapists who share a room, ${rounds} rounds: one wins each`, async () => {
  const before = deadlocks();
  const p = practice(4, 1);
  for (let round = 0; round < rounds; round++) {
    const start = free(round);
    const answers = await Promise.all(Array.from({ length: clients }, (_, i) => insist(p.who[i % 4], start, randomUUID())));
    assert.equal(count(answers, 201), 1, 'exactly one holds the room');
    assert.equal(count(answers, 409), clients - 1, 'all others hear that the time is taken');
    for (const { json, status } of answers) if (status === 409) assert.ok(json.nearest.length === 3 && json.nearest.every((x) => x.start !== start), 'and see others');
    assert.equal(Number(sql(`select count(*) from slot_claim where therapist_id in (${p.ids})`)), round + 1);
    assert.equal(Number(sql(`select count(*) from unnest(array[${p.ids}]) t join listing l on l.therapist_id = t join listing_offer o using (location_id, class) where offer_starts(o, null, null, 16777215, now(), 100000) @> array['${start}'::timestamptz]`)), 0,
      'search offers it with none of them');
  }
  assert.equal(inRooms(p) + roomless(p), 0);
  assert.equal(untrue(p), 0, 'the listing of all is as it ought to be');
  await new Promise((done) => setTimeout(done, 1200));
  assert.equal(deadlocks(), before, 'nobody waited in a ring');
});

test('holds, moves and cancellations of three therapists with two rooms, all at once', async () => {
  const before = deadlocks();
  const p = practice(3, 2);
  const start = free(9);
  let won = 0;
  let let_go = 0;
  for (let round = 0; round < rounds; round++) {
    const holds = await Promise.all(Array.from({ length: 24 }, (_, i) => insist(p.who[i % 3], at(start, 30 * Math.floor(Math.random() * 12)), randomUUID())));
    for (const { status, text } of holds) assert.ok([201, 409].includes(status), text);
    const held = holds.filter((x) => x.status === 201).map((x) => x.json);
    won += held.length;
    // half of them go, while others come for what is left
    const gone = held.filter((_, i) => i % 2);
    let_go += gone.length;
    const answers = await Promise.all([...gone.map((b) => act(b, 'cancel')), ...Array.from({ length: 12 }, (_, i) => insist(p.who[i % 3], at(start, 30 * Math.floor(Math.random() * 12)), randomUUID()))]);
    for (const { status, text } of answers) assert.ok([200, 201, 409].includes(status), text);
    assert.equal(inRooms(p) + roomless(p), 0, `round ${round}`);
    if (round % 2) sql(`delete from booking where therapist_id in (${p.ids})`);
  }
  assert.ok(won > rounds * 2 && let_go > rounds, `${won} held, ${let_go} let go`);
  assert.equal(untrue(p), 0, 'the listing of all is as it ought to be');
  await new Promise((done) => setTimeout(done, 1200));
  assert.equal(deadlocks(), before, 'nobody waited in a ring');
  assert.doesNotMatch(log(), /deadlock detected/);
});

// The worker beside the server sweeps, too: what ran out is for others to see only when it has been swept.
test('the broom waits for nobody who is being changed while others have something to sweep', async () => {
  while (sql('select booking_sweep()') !== '0');
  const all = [therapist(), therapist(), therapist()];
  for (const who of all) assert.equal((await hold(who, free(0))).status, 201);
  const ids = all.map((who) => who.id).join(', ');
  const held = () => sql(`select therapist_id from booking where therapist_id in (${ids}) and state = 'held'`);
  const busy = new Connection();
  try {
    await busy.ask(`begin; select listing_lock(${all[1].id})`);
    const swept = sql(`begin; set local lock_timeout = '2s'; set local session_replication_role = replica;
      update booking set hold_expires = now() - interval '1 second' where therapist_id in (${ids});
      set local session_replication_role = origin; select booking_sweep(); commit`);
    assert.equal(swept, '2', 'those whom nobody changes, at once');
    assert.equal(held(), String(all[1].id));
  } finally {
    await busy.ask('rollback');
    busy.end();
  }
  for (let tries = 0; tries < 50 && held() !== ''; tries++) {
    sql('select booking_sweep()');
    await new Promise((done) => setTimeout(done, 20));
  }
  assert.equal(held(), '', 'and the other in its turn');
});
