// A change is made once, however often its request comes and whatever becomes of the connection to the database meanwhile.
// tests/server.sh with node --test tests/http/once.mjs
import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { Browser, free, healthy, makeTherapist, send, serve, signedIn, sql, tokenOf, until, unescape, value } from './lib.mjs';
import { proxy } from './proxy.mjs';

const who = makeTherapist('Oda Once');
const me = await signedIn(who.email);
const json = { accept: 'application/json' };
const count = (key) => Number(value(`select count(*) from booking where key = :'key'`, { key }));
const wanted = (key = randomUUID()) => ({ therapist: who.slug, service: Number(who.service), start: free(who), key });
const service = (name) => ({ name, minutes: '60', price: '80', technique: 'swedish' });
// What a page offers to send again.
const typed = (page) => Object.fromEntries([...page.text.match(/<form class="mt" method="post"[^]*?<\/form>/)[0]
  .matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)">/g)].map(([, name, text]) => [name, unescape(text)]));
const named = (name) => Number(value(`select count(*) from service where therapist_id = :'id' and name = :'name'`, { id: who.id, name }));

test('every form that changes something carries a key of its own, anew on each page', async () => {
  const page = async () => (await me.get('/practice/services/new')).text.match(/name="key" value="([0-9a-f-]{36})"/)?.[1];
  const [first, second] = [await page(), await page()];
  assert.match(first, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-/);
  assert.notEqual(first, second);
});

test('the same form sent twice is carried out once and answered the same', async () => {
  const key = randomUUID();
  const first = await me.post('/practice/services/new', { ...service('Twice'), key });
  const again = await me.post('/practice/services/new', { ...service('Twice'), key });
  assert.equal(first.status, 303, first.text);
  assert.deepEqual([again.status, again.headers.location], [303, first.headers.location]);
  assert.equal(named('Twice'), 1);
  assert.equal((await me.post('/practice/services/new', service('Twice'))).status, 303, 'and without a key it is another one');
  assert.equal(named('Twice'), 2);
});

test('with other content it is refused, nothing is changed, and what was typed can be sent as well', async () => {
  const key = randomUUID();
  await me.post('/practice/services/new', { ...service('First'), key });
  const other = await me.post('/practice/services/new', { ...service('"Second" <b>'), key });
  assert.equal(other.status, 422);
  assert.match(other.text, /What was sent then stands/);
  assert.equal(named('"Second" <b>'), 0);
  const fields = typed(other);
  assert.equal(fields.name, '"Second" <b>');
  assert.notEqual(fields.key, key);
  const sent = await me.send('POST', other.text.match(/action="([^"]*services[^"]*)"/)[1], { form: fields });
  assert.equal(sent.status, 303, sent.text);
  assert.equal(named('"Second" <b>'), 1);
  const program = await me.send('POST', '/practice/services/new', { json: service('Third'), headers: { 'idempotency-key': key } });
  assert.equal(program.status, 422);
  assert.equal(program.json().status, 422);
});

test('an API call carries its key in a header; what shows something personal is kept sealed, and for an hour', async () => {
  const key = randomUUID(), call = (body) => send('POST', '/bookings', { json: body, headers: { 'idempotency-key': key.toUpperCase() } });
  const { key: _, ...body } = wanted();
  const [first, again] = [await call(body), await call(body)];
  assert.equal(first.status, 201, first.text);
  assert.deepEqual([again.status, again.headers.location, again.json().token], [201, first.headers.location, first.json().token]);
  assert.equal((await call({ ...body, start: free(who) })).status, 422);
  const stored = value(`select string_agg(answer, ' ') from change_key where answer is not null`);
  assert.ok(stored.length > 300);
  for (const secret of [first.json().token, key, who.slug]) assert.ok(!stored.includes(secret));
  sql(`update change_key set answer_until = now() - interval '1 second' where key = (select key from change_key where actor = '' order by made_at desc limit 1); select change_sweep()`);
  const late = await call(body);
  assert.equal(late.status, 409);
  assert.match(late.json().detail, /was carried out/);
  assert.equal(count(key), 1);
  assert.equal((await send('POST', '/bookings', { json: body, headers: { 'idempotency-key': 'mine' } })).status, 400, 'a key is a UUID');
});

test('a refused request leaves its key free', async () => {
  const key = randomUUID();
  assert.equal((await me.post('/practice/services/new', { ...service(''), key })).status, 422);
  assert.equal((await me.post('/practice/services/new', { ...service('Mended'), key })).status, 303);
  assert.equal(named('Mended'), 1);
});

test('one person\'s key is nothing to another', async () => {
  const colleague = makeTherapist('Otto Other'), key = randomUUID();
  await me.post('/practice/services/new', { ...service('Shared'), key });
  const theirs = await (await signedIn(colleague.email)).post('/practice/services/new', { ...service('Shared'), key });
  assert.equal(theirs.status, 303);
  assert.equal(Number(value(`select count(*) from service where therapist_id = :'id' and name = 'Shared'`, colleague)), 1);
  assert.equal((await send('GET', `/changes/${key}`)).status, 404, 'nor to a stranger who looks');
});

test('while the first is being carried out the second is told so', async () => {
  const key = randomUUID();
  sql(`create function slow() returns trigger language plpgsql as $$ begin perform pg_sleep(1.7); return new; end $$;
       create trigger slow before insert on service for each row when (new.name = 'Slow') execute function slow()`);
  try {
    const csrf = tokenOf((await me.get('/practice/services/new')).text);
    const one = () => me.send('POST', '/practice/services/new', { form: { ...service('Slow'), key, csrf } });
    const both = await Promise.all([one(), one()]);
    const [told, made] = both.sort((a, b) => b.status - a.status);
    assert.deepEqual([told.status, made.status], [409, 303]);
    assert.equal(told.headers['retry-after'], '2');
    assert.match(told.text, /never carried out twice/);
    assert.equal((await me.send('POST', '/practice/services/new', { form: { ...typed(told) } })).status, 303, 'its button finds the answer');
    assert.equal(named('Slow'), 1);
  } finally {
    sql(`drop trigger slow on service; drop function slow()`);
  }
});

// --- The connection to the database is lost at COMMIT

let between, server;
before(async () => {
  between = await proxy('once-');
  server = await serve({ UNKNOT_DATABASE: `host=${between.where} dbname=unknot user=unknot_web`, UNKNOT_WORKERS: '1', UNKNOT_RESOLVE_SECONDS: '2' });
});
after(async () => {
  await server.stop();
  between.stop();
});
const there = (method, path, options) => send(method, path, { ...options, port: server.port });
const once = (how) => {
  let left = 1;
  between.atCommit = () => (left-- > 0 ? how : null);
};

for (const how of ['before', 'after'])
  test(`COMMIT lost ${how} it reached the database: booked once, and the answer is that it was`, async () => {
    const w = wanted();
    const lost = between.lost;
    once(how);
    const answer = await there('POST', '/bookings', { json: w });
    assert.equal(between.lost, lost + 1, 'it was lost');
    assert.equal(answer.status, 201, answer.text);
    assert.equal(count(w.key), 1);
    const again = await there('POST', '/bookings', { json: w });
    assert.equal(again.json().id, answer.json().id);
  });

test('and when the database stays away: checking, never "failed"; the key tells afterwards', async () => {
  for (const [i, how] of ['before', 'after'].entries()) {
    const w = wanted();
    between.atCommit = () => {
      between.away = true;
      setTimeout(() => (between.away = false), 4500);
      between.atCommit = null;
      return how;
    };
    const answer = await there('POST', '/bookings', { json: w });
    assert.equal(answer.status, 202, answer.text);
    assert.match(answer.text, /do not know yet/);
    assert.equal(answer.headers.location, `/changes/${w.key}`);
    const look = await until(async () => {
      const seen = await there('GET', answer.headers.location, { headers: json });
      return seen.status !== 503 && seen;
    }, 'the database is back');
    assert.equal(look.status, how === 'after' ? 201 : 404, look.text);
    assert.equal(count(w.key), how === 'after' ? 1 : 0);
    const again = await there('POST', '/bookings', { json: w });
    assert.equal(again.status, 201);
    assert.equal(count(w.key), 1);
  }
});

test('the page for that keeps what was typed and looks again with the same key', async () => {
  const guest = new Browser({ origin: `http://127.0.0.1:${server.port}` }, server.port), w = wanted();
  between.atCommit = () => {
    between.away = true;
    between.atCommit = null;
    return 'after';
  };
  const csrf = tokenOf((await guest.get(`/therapists/${who.slug}/book?service=${who.service}`)).text);
  const page = await guest.send('POST', '/bookings', { form: { ...w, csrf } });
  between.away = false;
  assert.equal(page.status, 202);
  assert.match(page.text, /Do not book again/);
  const fields = typed(page);
  assert.deepEqual({ ...fields, csrf: 0 }, { ...w, service: String(w.service), csrf: 0 });
  const looked = await until(async () => {
    const answer = await guest.send('POST', '/bookings', { form: fields });
    return answer.status === 303 && answer;
  }, 'it is found');
  assert.match(looked.headers.location, /^\/bookings\/[0-9a-f-]{36}\/safety\/1$/);
  assert.ok(looked.headers['set-cookie'].some((c) => c.startsWith('booking_')));
  assert.equal(count(w.key), 1);
});

test('a database that is gone before anything was saved: nothing typed is lost, and it goes on without a restart', async () => {
  const guest = new Browser({ origin: `http://127.0.0.1:${server.port}` }, server.port), w = wanted();
  const csrf = tokenOf((await guest.get(`/therapists/${who.slug}/book?service=${who.service}`)).text);
  between.away = true;
  between.cut();
  const page = await guest.send('POST', '/bookings', { form: { ...w, csrf } });
  assert.equal(page.status, 503);
  assert.match(page.text, /Nothing was changed/);
  const fields = typed(page);
  assert.equal(fields.key, w.key);
  between.away = false;
  const sent = await until(async () => {
    const answer = await guest.send('POST', '/bookings', { form: fields });
    return answer.status === 303 && answer;
  }, 'it is back');
  assert.match(sent.headers.location, /safety\/1$/);
  assert.equal(count(w.key), 1);
});

test('an emergency is answered by its page whatever the database does', async () => {
  const w = wanted();
  const { id, token } = (await there('POST', '/bookings', { json: w })).json();
  const answers = { json: { ...healthy, RF01: 'yes' }, headers: { authorization: `Bearer ${token}`, 'idempotency-key': randomUUID() } };
  between.atCommit = () => {
    between.away = true;
    between.atCommit = null;
    return 'before';
  };
  const told = await there('POST', `/bookings/${id}/safety`, answers);
  between.away = false;
  assert.equal(told.status, 200, told.text);
  assert.equal(told.json().outcome, 'STOP');
});
