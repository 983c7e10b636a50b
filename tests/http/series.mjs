// Several visits as one: planned, held whole or not at all, one safety check, one confirmation; afterwards each by itself.
// tests/server.sh with node --test tests/http/series.mjs
import assert from 'node:assert/strict';
import { answerPages } from './answers.mjs';
import { randomUUID } from 'node:crypto';
import test from 'node:test';
import { Browser, call, free, healthy, hold, sql, therapist } from './fixture.mjs';

const week = 7 * 86400e3;
const later = (start, weeks) => new Date(Date.parse(start) + weeks * week).toISOString().replace('.000', '');
// no clock changes for these: the tests of the plan look at wall time by themselves
const weekly = (start, n) => Array.from({ length: n }, (_, k) => later(start, k));
const claims = (who) => Number(sql(`select count(*) from slot_claim where therapist_id = ${who.id}`));
const holdSeries = (who, starts, more = {}) =>
  call('POST', '/series', { json: { therapist: who.slug, service: who.service, key: randomUUID(), starts, review: 'yes', ...more } });

async function step(id, token, path, json) {
  const said = await call('POST', `/bookings/${id}/${path}`, { json, token });
  assert.equal(said.status, 200, `${path}: ${said.text.slice(0, 300)}`);
  return said.json;
}
async function bookedSeries(who, n = 3) {
  const { json } = await holdSeries(who, weekly(free(0), n));
  await step(json.id, json.token, 'safety', healthy);
  return { ...(await step(json.id, json.token, 'confirm', { name: 'Kim Client', email: 'kim@example.org' })), token: json.token };
}

test('a series is held whole, booked with one safety check, and each visit says which it is', async () => {
  const who = therapist();
  const starts = weekly(free(0), 4);
  const answer = await holdSeries(who, starts);
  assert.equal(answer.status, 201, answer.text);
  const { id, token, series } = answer.json;
  assert.deepEqual(series.visits.map((v) => [v.start, v.state, v.label]), starts.map((s, i) => [s, 'held', i < 3 ? `Visit ${i + 1}` : 'Review visit']));
  assert.equal(claims(who), 4);

  const early = await call('POST', `/bookings/${id}/confirm`, { json: { name: 'Kim', email: 'kim@example.org' }, token });
  assert.equal(early.status, 409);
  assert.equal(early.json.type, 'safety-check-missing');
  await step(id, token, 'safety', healthy);
  const done = await step(id, token, 'confirm', { name: 'Kim Client', email: 'kim@example.org' });
  assert.deepEqual(done.series.visits.map((v) => v.state), Array(4).fill('confirmed'));
  assert.equal(new Set(done.series.visits.map((v) => v.reference)).size, 4);
  assert.equal(sql(`select count(distinct s.id) || ' ' || count(distinct s.sealed) from booking b join safety_check s on s.id = b.safety_id and s.booking_id = b.id where b.series_id = '${id}'`), '4 1',
    'a check for each, one set of answers');
  assert.equal(sql(`select string_agg(o.kind, ' ' order by o.kind) from outbox o join booking b on b.id = o.booking_id where b.series_id = '${id}'`), 'booking-series therapist-booked', 'one mail each');

  const second = done.series.visits[1];
  const page = await call('GET', `/bookings/${second.id}`, { token, accept: 'text/html' });
  assert.match(page.text, /Visit 2 of 4/);
  const all = await call('GET', `/bookings/${second.id}/series`, { token });
  assert.equal(all.json.series.visits.length, 4, 'from any of them all are seen');
  const calendar = await call('GET', `/bookings/${second.id}/series/calendar.ics`, { token, accept: '*/*' });
  assert.equal(calendar.text.match(/BEGIN:VEVENT/g).length, 4);
  for (const v of done.series.visits) assert.match(calendar.text, new RegExp(`UID:${v.id}@`));
});

test('strangers, and guests of other bookings, see nothing of a series', async () => {
  const who = therapist();
  const mine = await bookedSeries(who);
  const other = await hold(who, free(5));
  for (const v of mine.series.visits)
    for (const path of ['', '/series', '/series/calendar.ics']) {
      assert.equal((await call('GET', `/bookings/${v.id}${path}`, { token: other.json.token })).status, 404);
      assert.equal((await call('GET', `/bookings/${v.id}${path}`, { accept: 'application/json' })).status, 401);
    }
  assert.equal((await call('GET', `/bookings/${other.json.id}`, { token: mine.token })).status, 404);
  assert.equal((await call('GET', `/bookings/${other.json.id}/series`, { token: other.json.token })).status, 404, 'a visit by itself is no series');
});

test('two series that clash: one wins whole, of the other nothing is held', async () => {
  for (let round = 0; round < 5; round++) {
    const who = therapist();
    const first = weekly(free(0), 6);
    // the other wants the last of these and days before it: whichever is first, they meet at one visit alone
    const second = [...Array(5).keys()].map((k) => new Date(Date.parse(first[5]) - (k + 1) * week + 12 * 3600e3).toISOString().replace('.000', '')).reverse().concat(first[5]);
    const answers = await Promise.all([holdSeries(who, first), holdSeries(who, second), holdSeries(who, first), holdSeries(who, second)]);
    assert.deepEqual(answers.map((a) => a.status).sort(), [201, 409, 409, 409]);
    assert.equal(answers.find((a) => a.status === 409).json.type, 'time-taken');
    assert.equal(claims(who), 6, 'six times are taken, those of the winner');
    const won = answers.find((a) => a.status === 201).json;
    assert.equal(sql(`select count(*) from booking where therapist_id = ${who.id} and series_id <> '${won.id}'`), '0');
    // a last visit that is free for nobody: all before it were taken and given back
    const lost = await holdSeries(who, [...weekly(later(first[0], 0), 5).map((s) => new Date(Date.parse(s) + 6 * 3600e3).toISOString().replace('.000', '')), won.series.visits[5].start]);
    assert.equal(lost.status, 409);
    assert.equal(claims(who), 6);
  }
});

test('the same key holds once; with other times it is refused', async () => {
  const who = therapist();
  const key = randomUUID();
  const starts = weekly(free(0), 3);
  const one = await holdSeries(who, starts, { key });
  const two = await holdSeries(who, starts, { key });
  assert.equal(two.json.id, one.json.id);
  assert.equal(claims(who), 3);
  assert.equal((await holdSeries(who, weekly(free(1), 3), { key })).status, 422);
  assert.equal(claims(who), 3);
});

test('too few, too many and no times are refused in words', async () => {
  const who = therapist();
  assert.equal((await holdSeries(who, [free(0)])).json.type, 'series-too-short');
  assert.equal((await holdSeries(who, [free(0), free(0)])).json.type, 'series-too-short', 'one time twice is one visit');
  assert.equal((await holdSeries(who, weekly(free(0), 14))).status, 422);
  assert.equal((await holdSeries(who, ['soon', free(0)])).status, 422);
  assert.equal((await holdSeries(who, [])).json.type, 'series-too-short');
  assert.equal(claims(who), 0);
});

test('held longer, let go and run out: what happens to one happens to all', async () => {
  const who = therapist();
  const { json } = await holdSeries(who, weekly(free(0), 3));
  const spans = () => sql(`select count(distinct hold_expires) || ' ' || (min(hold_expires) > now() + interval '5 minutes') from booking where series_id = '${json.id}'`);
  sql(`update booking set hold_expires = now() + interval '1 minute' where id = '${json.id}'`);
  assert.equal(spans(), '1 false');
  assert.equal((await call('POST', `/bookings/${json.id}/extend`, { token: json.token })).status, 200);
  assert.equal(spans(), '1 true');
  assert.equal((await call('POST', `/bookings/${json.series.visits[2].id}/cancel`, { token: json.token })).status, 200);
  assert.equal(claims(who), 0, 'a plan that is not booked yet goes as a whole');
  assert.equal(sql(`select string_agg(distinct state::text, ' ') from booking where series_id = '${json.id}'`), 'cancelled');
});

test('answers that stop a visit stop all of them, and keep nothing', async () => {
  const who = therapist();
  const { json } = await holdSeries(who, weekly(free(0), 3));
  await call('POST', `/bookings/${json.id}/safety`, { json: { ...healthy, RF12: 'yes' }, token: json.token });
  assert.equal(sql(`select count(*) from booking where therapist_id = ${who.id}`), '0');
  assert.equal(claims(who), 0);
});

test('after booking each visit is moved and cancelled alone', async () => {
  const who = therapist();
  const mine = await bookedSeries(who, 3);
  const [one, two, three] = mine.series.visits;
  const to = new Date(Date.parse(two.start) + 3 * 3600e3).toISOString().replace('.000', '');
  const moved = await call('POST', `/bookings/${two.id}/move`, { json: { start: to }, token: mine.token });
  assert.equal(moved.status, 200, moved.text);
  assert.equal((await call('POST', `/bookings/${one.id}/cancel`, { token: mine.token })).status, 200);
  const { json } = await call('GET', `/bookings/${three.id}/series`, { token: mine.token });
  assert.deepEqual(json.series.visits.map((v) => [v.state, v.start]), [['cancelled', one.start], ['confirmed', to], ['confirmed', three.start]]);
  assert.equal(claims(who), 2);
  assert.equal((await call('GET', `/bookings/${two.id}/series/calendar.ics`, { token: mine.token, accept: '*/*' })).text.match(/BEGIN:VEVENT/g).length, 2);
});

test('on request the whole series is one question, with one answer', async () => {
  for (const [said, ends] of [['confirmed', 'confirmed'], ['declined', 'declined']]) {
    const who = therapist();
    sql(`update service set mode = 'request' where id = ${who.service}`);
    const mine = await bookedSeries(who, 3);
    assert.deepEqual(mine.series.visits.map((v) => v.state), Array(3).fill('requested'));
    assert.equal(sql(`select string_agg(o.kind, ' ' order by o.kind) from outbox o join booking b on b.id = o.booking_id where b.series_id = '${mine.id}'`), 'booking-requested therapist-requested');
    sql(`insert into account (id, role, name, email) values ('${randomUUID()}', 'therapist', 'Ana', '${who.slug}@example.org');
         update therapist set account_id = (select id from account where email = '${who.slug}@example.org') where id = ${who.id};
         insert into session (token_hash, account_id, expires_at) select sha256('${who.slug}'), id, now() + interval '1 hour' from account where email = '${who.slug}@example.org';
         set role unknot_web; select set_config('app.session', '${who.slug}', false);
         select practice_move('${mine.series.visits[1].id}', '${said}')`);
    assert.equal(sql(`select string_agg(distinct state::text, ' ') || ' ' || count(*) from booking where series_id = '${mine.id}'`), `${ends} 3`);
    assert.equal(claims(who), said === 'confirmed' ? 3 : 0);
  }
});

test('nobody answers: the request ends as one, with one mail', async () => {
  const who = therapist();
  sql(`update service set mode = 'request' where id = ${who.service}`);
  const mine = await bookedSeries(who, 3);
  sql(`update booking set hold_expires = now() - interval '1 second' where series_id = '${mine.id}'; select booking_sweep()`);
  assert.equal(sql(`select string_agg(distinct state::text, ' ') from booking where series_id = '${mine.id}'`), 'expired');
  assert.equal(sql(`select count(*) from outbox o join booking b on b.id = o.booking_id where b.series_id = '${mine.id}' and o.kind = 'booking-expired'`), '1');
});

test('a browser without a script: plan, alternatives, hold, check, book, all visits', async () => {
  const who = therapist();
  const b = new Browser();
  const start = free(0);
  const taken = await hold(who, later(start, 1));
  assert.equal(taken.status, 201);
  await b.get(`/therapists/${who.slug}/book?service=${who.service}`);
  assert.match(b.page.text, new RegExp(`formaction="/therapists/${who.slug}/series"`));
  await b.post(`/therapists/${who.slug}/series`, { therapist: who.slug, service: who.service, start });
  assert.equal(b.page.path, `/therapists/${who.slug}/series?service=${who.service}&start=${start}`, 'no token in the address');
  const inputs = (html) => Object.fromEntries([...html.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)].map(([, n, v]) => [n, v]));
  let form = inputs(b.page.text);
  assert.deepEqual(['v1', 'v2', 'v3', 'v4', 'v5'].map((v) => form[v] !== undefined), [true, false, true, true, true], 'four and a review; the second is taken');
  const near = [...b.page.text.matchAll(/<input type="radio" name="v2" value="([^"]+)"( checked)?/g)].map(([, v, on]) => [v, !!on]);
  assert.equal(near.length, 4);
  assert.deepEqual(near.filter(([, on]) => on).length, 1, 'one is suggested');
  assert.equal(near[3][0], 'none');

  // meanwhile the suggestion goes too: nothing is held, the page says what is free now
  const suggested = near.find(([, on]) => on)[0];
  assert.equal((await hold(who, suggested)).status, 201);
  await b.post('/series', { ...form, v2: suggested });
  assert.equal(b.page.status, 409);
  assert.match(b.page.text, /One of these times has just been taken/);
  assert.equal(claims(who), 2);
  form = inputs(b.page.text);
  const again = [...b.page.text.matchAll(/<input type="radio" name="v2" value="([^"]+)"/g)].map(([, v]) => v);
  assert.ok(!again.includes(suggested));
  await b.post('/series', { ...form, v2: 'none' });
  assert.match(b.page.path, /\/safety\/1$/);
  assert.equal(claims(who), 6);
  const id = b.page.path.split('/')[2];
  await answerPages(() => b.page, (path, form) => (form ? b.post(path, form) : b.get(path)));
  await b.get(`/bookings/${id}/details`);
  await b.post(`/bookings/${id}/details`, { name: 'Kim Client', email: 'kim@example.org' });
  assert.match(b.page.text, /Book these 4 visits/);
  await b.post(`/bookings/${id}/confirm`, {});
  assert.equal(b.page.path, `/bookings/${id}/series?booked=1`);
  assert.match(b.page.text, /Review visit/);
  const visits = [...b.page.text.matchAll(/href="(\/bookings\/[0-9a-f-]+)">See, move/g)].map(([, p]) => p);
  assert.equal(visits.length, 4);
  const link = b.page.text.match(/href="[^"]*(\/b\/[\w-]+)"/)[1];
  for (const path of visits) {
    await b.get(path);
    assert.equal(b.page.status, 200);
    assert.match(b.page.text, /of 4\. <a href/);
  }
  const elsewhere = new Browser();
  await elsewhere.get(link);
  assert.match(elsewhere.page.path, /\/series$/, 'the one link leads to all');
  await elsewhere.get(visits[2]);
  assert.equal(elsewhere.page.status, 200);
});

test('the same time on the wall, also over the night on which the clock changes', () => {
  const said = sql(`select string_agg(to_char(s at time zone 'America/Chicago', 'MM-DD HH24:MI'), ' ')
    from unnest(series_starts('2026-10-20 15:00Z', 3, 1, true, 'America/Chicago')) s`);
  assert.equal(said, '10-20 10:00 10-27 10:00 11-03 10:00 11-10 10:00');
});

test('what lies past the days that can be booked is left out, and said so', async () => {
  const who = therapist();
  const answer = await call('GET', `/therapists/${who.slug}/series?service=${who.service}&start=${free(0)}&visits=12&weeks=1&review=no`, { accept: 'application/json' });
  assert.equal(answer.status, 200);
  assert.equal(answer.json.visits.length, 12);
  assert.ok(answer.json.visits[0].free && !answer.json.visits[0].too_far);
  assert.ok(answer.json.visits[11].too_far && !answer.json.visits[11].free && !answer.json.visits[11].has_alternatives);
  assert.equal((await call('GET', `/therapists/${who.slug}/series?service=${who.service}&start=${free(0)}&visits=99`)).status, 422);
  assert.equal((await call('GET', `/therapists/nobody/series?service=${who.service}&start=${free(0)}`)).status, 404);
});

test('a plan whose hold ran out is planned again from its own page, with the same times', async () => {
  const who = therapist();
  const starts = weekly(free(1), 4).filter((_, k) => k !== 1 && k !== 3); // the first and the third week: a rhythm of two
  const { json } = await holdSeries(who, [...starts, later(starts[0], 4)]);
  sql(`begin; update booking set hold_expires = now() - interval '1 second' where series_id = '${json.id}'; commit`);
  const lapsed = await call('GET', `/bookings/${json.id}/details`, { token: json.token });
  assert.equal(lapsed.json.type, 'hold-expired');
  assert.equal(lapsed.json.plan, `/therapists/${who.slug}/series?service=${who.service}&start=${starts[0]}&visits=2&weeks=2&review=yes`);
  const page = await call('GET', `/bookings/${json.id}`, { token: json.token, accept: 'text/html' });
  const link = page.text.match(/<a class="btn" href="([^"]+)">Plan these visits again/)[1].replaceAll('&amp;', '&');
  const plan = await call('GET', link, { accept: 'application/json' });
  assert.deepEqual([plan.json.all_free, plan.json.number, plan.json.weeks, plan.json.review, plan.json.visits.length], [true, 2, 2, true, 3]);
  const single = (await hold(who, free(20))).json;
  sql(`begin; update booking set hold_expires = now() - interval '1 second' where id = '${single.id}'; commit`);
  assert.equal((await call('GET', `/bookings/${single.id}/details`, { token: single.token })).json.plan, null, 'a visit by itself has none');
});
