// What happens at the end of a hold. Beside a server of its own: tests/server.sh with node --test tests/http/late.mjs
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import test from 'node:test';
import { Browser, call, free, healthy, hold, sql, therapist } from './fixture.mjs';

const who = therapist();
let n = 0;
const next = () => free(n++);
const runOut = (id) => sql(`update booking set hold_expires = now() - interval '1 second' where id = '${id}'`);
const kept = (id) => sql(`select count(*) from booking where id = '${id}'`);

test('an emergency is told what to do although the hold ran out meanwhile, and nothing is kept', async () => {
  const { json: b } = await hold(who, next());
  runOut(b.id);
  const late = await call('POST', `/bookings/${b.id}/safety`, { json: { ...healthy, RF01: 'yes' }, token: b.token });
  assert.equal(late.status, 200);
  assert.equal(late.json.outcome, 'STOP');
  assert.equal(kept(b.id), '0');
});

test('the same on the pages, also when the hold was swept away', async () => {
  const guest = new Browser(), start = next();
  await guest.get(`/therapists/${who.slug}/book?service=${who.service}&start=${encodeURIComponent(start)}`);
  await guest.post('/bookings', { therapist: who.slug, service: who.service, start, key: randomUUID() });
  const base = guest.page.path.match(/^\/bookings\/([0-9a-f-]{36})/);
  sql(`update booking set state = 'expired' where id = '${base[1]}'`);
  const page = await guest.post(`${base[0]}/safety/1`, { RF12: 'yes' });
  assert.equal(page.status, 200);
  assert.match(page.text, /Get help now/);
  assert.equal(kept(base[1]), '0');
});

test('any other answer then leads to another time', async () => {
  const { json: b } = await hold(who, next());
  runOut(b.id);
  const late = await call('POST', `/bookings/${b.id}/safety`, { json: { ...healthy, RF14: 'not_sure' }, token: b.token });
  assert.equal(late.status, 409);
  assert.equal(late.json.type, 'hold-expired');
});

test('a therapist who is signed in opens no hold of a guest', async () => {
  const { json: b } = await hold(who, next());
  const account = sql(`insert into account (role, name, email) values ('therapist', 'Ana', '${who.slug}@example.org') returning id`);
  sql(`update therapist set account_id = '${account}' where id = ${who.id}`);
  const session = randomUUID();
  sql(`insert into session (token_hash, account_id, expires_at) values (sha256('${session}'), '${account}', now() + interval '1 hour')`);
  const headers = { cookie: `session=${session}` };
  assert.equal((await call('GET', '/practice', { headers, accept: 'text/html' })).status, 200, 'she is signed in');
  for (const path of ['', '/safety/1', '/details', '/check'])
    assert.equal((await call('GET', `/bookings/${b.id}${path}`, { headers, token: 'wrong' })).status, 404, path);
  assert.equal((await call('GET', `/practice/bookings/${b.id}`, { headers })).status, 404);
});

test('many who want times beside holds that ran out: nobody waits in a ring', async () => {
  const deadlocks = () => Number(sql(`select deadlocks from pg_stat_database where datname = 'unknot'`));
  const before = deadlocks();
  for (let round = 0; round < 4; round++) {
    const first = Date.parse(next());
    next();
    const at = (minutes) => new Date(first + minutes * 60e3).toISOString().replace('.000', '');
    const { json: old } = await hold(who, at(0));
    runOut(old.id);
    await Promise.all(Array.from({ length: 24 }, (_, i) => hold(who, at(30 * (i % 6)))));
    sql(`delete from booking where therapist_id = ${who.id}`);
  }
  await new Promise((done) => setTimeout(done, 1500)); // the counters are written with a delay
  assert.equal(deadlocks(), before);
});
