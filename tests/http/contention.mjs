// Many clients at once on the same time: one gets it, the others hear so, and nothing overlaps. Beside a server of its own:
// tests/server.sh with node --test tests/http/contention.mjs
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import test from 'node:test';
import { call, free, hold, sql, therapist } from './fixture.mjs';

const clients = 64;
const rounds = 5;

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
  select count(*) from slot_claim a join slot_claim b on a.therapist_id = b.therapist_id and a.booking_id < b.booking_id and a.blocked && b.blocked
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
