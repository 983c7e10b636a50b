// Pages kept in memory: for whom, how long, and that a time on the screen can be booked, whichever of two servers shows it.
// tests/server.sh with node --test tests/http/cache.mjs
import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import http from 'node:http';
import { Browser, base, bearer, dir, free, held, hold, makeTherapist, send, serve, signedIn, sql, unknot, until, value } from './lib.mjs';

const first = Number(base.port);
const agent = new http.Agent({ keepAlive: true });

// One GET from one of the servers; `kept` says that it came from memory.
const get = (port, path, headers = {}, method = 'GET') =>
  new Promise((resolve, reject) => {
    const request = http.request({ host: '127.0.0.1', port, path, method, headers, agent }, (answer) => {
      const parts = [];
      answer.on('data', (part) => parts.push(part)).on('end', () => {
        const text = Buffer.concat(parts).toString();
        resolve({ status: answer.statusCode, headers: answer.headers, text, kept: answer.headers.age !== undefined, json: () => JSON.parse(text) });
      });
    });
    request.on('error', reject).end();
  });
const figures = async (port) => (await get(port, '/readyz')).json().pages;

// The answer once it comes from memory. Other things may change the lists meanwhile, so it is asked again.
const kept = (port, path, headers) =>
  until(async () => {
    const answer = await get(port, path, headers);
    assert.equal(answer.status, 200, path);
    return answer.kept && answer;
  }, `${path} is kept`);

let second;
const who = makeTherapist('Cora Cached');
const profile = `/therapists/${who.slug}`;
const slots = `${profile}/slots?service=${who.service}&days=10`;
const [lat, lon] = [40 + Math.random() * 8, -120 + Math.random() * 20].map((x) => x.toFixed(5)); // where nobody else works
sql(`update location set lat = :'lat', lon = :'lon' where id = :'location'`, { ...who, lat, lon });
const list = `/therapists?near=${lat},${lon}&radius_km=1`;
before(async () => (second = await serve()));
after(async () => {
  const said = await second.stop();
  assert.match(said, / info pages hits=[1-9]\d* misses=[1-9]\d*/, 'figures at the end');
  agent.destroy();
});

// --- Whose

const pages = {
  '/': '/', '/guides': '/guides', '/guides/{slug}': '/guides/privacy', '/therapists': list, '/therapists/{slug}': profile,
  '/therapists/{slug}/slots': slots, '/places': '/places?q=portl', '/filters': '/filters?near=39.8,-89.6&radius_km=5', '/compare': `/compare?t=${who.slug}`,
  '/massage': '/massage', '/massage/{area}': '/massage/or', '/massage/{area}/{town}': '/massage/or/portland', '/techniques': '/techniques',
  '/techniques/{slug}': '/techniques/swedish', '/complaints': '/complaints', '/complaints/{slug}': '/complaints/low-back', '/finder': '/finder',
  '/how-ranking-works': '/how-ranking-works', '/safety-rules': '/safety-rules', '/safety-rules/fhir.json': '/safety-rules/fhir.json', '/sitemap.xml': '/sitemap.xml', '/sitemap/{part}': '/sitemap/pages.xml',
  '/therapists/{slug}/reviews': `${profile}/reviews`, '/therapists/{slug}/share': `${profile}/share`, '/review-rules': '/review-rules',
};

test('every page for everybody is kept, and nothing of a request is in it', async () => {
  const inline = ['/static/{file}', '/favicon.ico', '/robots.txt', '/map/{z}/{x}/{y}']; // no pages; tiles are kept on disk
  const routes = JSON.parse(unknot(['routes']).stdout).filter((r) => r.cache === 'public').map((r) => r.path);
  assert.ok(routes.length > 5);
  assert.deepEqual(routes.filter((r) => !inline.includes(r)).sort(), Object.keys(pages).sort(),
    'a public route needs a row in `pages`, and triggers on what it rests on (sql/functions/35_pages.sql)');
  for (const path of Object.values(pages)) {
    const own = (answer) => Object.fromEntries(Object.entries(answer.headers).filter(([name]) => !['age', 'date', 'x-request-id', 'connection', 'keep-alive'].includes(name)));
    let made = await get(first, path, { 'x-fragment': randomUUID() }); // nobody asked for this one before
    assert.equal(made.kept, false, path);
    const again = await kept(first, path);
    assert.match(again.headers.age, /^\d\d?$/);
    assert.deepEqual(own(again), own(made), `${path}: the same headers`);
    assert.equal(again.text, made.text, `${path}: the same page`);
    assert.notEqual(again.headers['x-request-id'], made.headers['x-request-id']);
    assert.ok(!again.text.includes(again.headers['x-request-id']) && !made.text.includes(made.headers['x-request-id']), path);
    const head = await until(async () => {
      const answer = await get(first, path, {}, 'HEAD');
      return answer.kept && answer;
    }, `${path}: HEAD`);
    assert.equal(head.text, '');
    assert.equal(head.headers['content-length'], again.headers['content-length']);
    const same = await until(async () => {
      const answer = await get(first, path, { 'if-none-match': again.headers.etag });
      return answer.kept && answer;
    }, `${path}: 304`);
    assert.equal(same.status, 304);
  }
});

test('each form of a page is kept by itself', async () => {
  const forms = {
    page: {}, document: { accept: 'application/json' }, packed: { 'accept-encoding': 'gzip' }, part: { 'x-fragment': 'times' },
    dark: { cookie: 'theme=dark' }, light: { cookie: 'theme=light' }, visitor: { cookie: 'visitor=abc' },
  };
  const said = {};
  for (let round = 0; round < 2; round++)
    for (const [form, headers] of Object.entries(forms)) said[form] = await kept(first, '/', headers);
  assert.match(said.document.headers['content-type'], /^application\/json/);
  assert.equal(said.packed.headers['content-encoding'], 'gzip');
  for (const form of ['page', 'document', 'part', 'dark', 'light', 'visitor']) assert.equal(said[form].headers['content-encoding'], undefined, form);
  assert.match(said.dark.text, /data-theme="dark"/);
  assert.match(said.light.text, /data-theme="light"/);
  assert.match(said.page.text, /data-theme=""/);
  const but = (page) => page.text.replace(/Listed now: .*/, ''); // the numbers follow when the worker comes by
  assert.equal(but(said.visitor), but(said.page));
  for (const form of ['dark', 'light', 'visitor']) assert.match(said[form].headers['cache-control'], /private/, form);
});

test('who is somebody gets a page of their own', async () => {
  const signed = await signedIn(who.email);
  const visit = await held(who);
  await kept(first, profile);
  const cookie = [...signed.cookies].map(([name, text]) => `${name}=${text}`).join('; ');
  for (const headers of [{ cookie }, { cookie: 'session=none' }, { cookie: `booking_${visit.id}=${visit.token}` }, { cookie: `theme=dark; booking_${visit.id}=x` },
                         { authorization: `Bearer ${visit.token}` }])
    for (let i = 0; i < 2; i++) {
      const answer = await get(first, profile, headers);
      assert.equal(answer.status, 200);
      assert.equal(answer.kept, false, JSON.stringify(headers));
    }
  assert.match((await get(first, profile, { cookie })).text, /Sign out/);
  assert.doesNotMatch((await kept(first, profile)).text, /Sign out/);
  const before = (await figures(first)).kept;
  for (let i = 0; i < 2; i++) {
    for (const path of [`/bookings/${visit.id}`, `/bookings/${visit.id}/safety/1`]) assert.equal((await get(first, path, bearer(visit))).kept, false, path);
    for (const path of ['/sign-in', `${profile}/book`, `${profile}/waiting`, '/waiting', '/nowhere', '/therapists/nobody', '/therapists?radius_km=x', '/practice', '/healthz']) assert.equal((await get(first, path)).kept, false, path);
  }
  assert.equal((await figures(first)).kept, before, 'none of these is kept');
});

// --- How long

// All kept now, and then made anew because of what `act` does.
async function drops(what, paths, act) {
  for (const path of paths) await kept(first, path);
  await act();
  for (const path of paths) await until(async () => !(await get(first, path)).kept, `${what} drops ${path}`, 8000);
}

test('whatever a page rests on drops it', async () => {
  const t = makeTherapist('Dora Dropped');
  const page = `/therapists/${t.slug}`, all = '/therapists';
  sql(`insert into therapist_tag select :'id', min(id) from technique; insert into location_tag select :'location', min(id) from tag where kind = 'access'`, t);
  for (const [table, change] of Object.entries({
    therapist: `update therapist set headline = 'Another' where id = :'id'`,
    location: `update location set street = '2 Probe St' where id = :'location'`,
    hours: `delete from hours where location_id = :'location' and weekday = 7`,
    service: `update service set price = price + 100 where id = :'service'`,
    credential: `update credential set title = 'Another' where id = :'credential'`,
    'no credential': `delete from credential where id = :'credential'`,
    tag: `update tag set label = label where id = (select min(id) from technique)`,
    therapist_tag: `delete from therapist_tag where therapist_id = :'id'`,
    location_tag: `delete from location_tag where location_id = :'location'`,
  }))
    await drops(table, [page, all], () => sql(change, t));
  const [reviewed, review] = sql(`select t.slug, r.id from review r join therapist t on t.id = r.therapist_id where t.published and removed_at is null limit 1`)[0];
  await drops('review', [`/therapists/${reviewed}`, all], () => sql(`update review set body = body || '.' where id = :'review'`, { review }));
  await drops('the listing', [all], () => sql(`update listing set due = due where therapist_id = :'id'`, t));
  await drops('a word', [all], () => sql(`update term set word = word where word = (select min(word) from term)`));
  await drops('a place', ['/places?q=portl'], () => sql(`update place set population = population where id = (select min(id) from place)`));
  // the program's own ways: taken, expired, cancelled, swept by the worker
  let visit;
  await drops('a hold', [page, all], async () => (visit = await hold(t)));
  await drops('a sweep', [page, all], () => sql(`update booking set hold_expires = now() - interval '1 second' where id = :'id'`, { id: visit.id }));
  await until(() => value(`select state from booking where id = :'id'`, { id: visit.id }) === 'expired', 'the worker swept');
});

test('what belongs to one therapist drops no other\'s page', async () => {
  const other = makeTherapist('Odo Other');
  const page = `/therapists/${other.slug}`;
  await kept(first, page);
  for (let i = 0; i < 3; i++) await drops('a hold', [list], () => hold(who));
  const before = await figures(first);
  assert.ok((await get(first, page)).kept, 'still the one from before');
  assert.equal((await figures(first)).hits, before.hits + 1);
});

// --- A time on the screen can be booked

const startsOf = async (port) => {
  const [times, cards, page] = [await get(port, slots), await get(port, list, { accept: 'application/json' }), await get(port, profile)];
  return {
    kept: times.kept && cards.kept && page.kept,
    times: times.json().days.flatMap((d) => d.slots.map((s) => s.start)),
    cards: cards.json().results.flatMap((r) => r.next.map((n) => n.start)),
    page: [...page.text.matchAll(/start=(\d{4}-[0-9T:-]+Z)/g)].map((m) => m[1]),
  };
};

test('a time that is taken through one server goes from the pages of both', async () => {
  sql(`delete from booking where therapist_id = :'id'`, who);
  for (const through of [first, second.port]) {
    const at = async (port) => until(async () => {
      const seen = await startsOf(port);
      return seen.kept && seen;
    }, 'kept');
    const [one, two] = [await at(first), await at(second.port)];
    const start = one.cards[0];
    for (const seen of [one, two]) for (const where of ['times', 'cards', 'page']) assert.ok(seen[where].includes(start), `${where} shows ${start}`);
    const taken = await post(through, '/bookings', { therapist: who.slug, service: Number(who.service), start, key: randomUUID() });
    assert.equal(taken.status, 201, taken.text);
    for (const port of [first, second.port])
      await until(async () => {
        const seen = await startsOf(port);
        return !['times', 'cards', 'page'].some((where) => seen[where].includes(start));
      }, `${start} is gone from the pages of ${port}`, 5000);
    // and back again
    const { id, token } = JSON.parse(taken.text);
    await at(first);
    assert.equal((await send('POST', `/bookings/${id}/cancel`, { headers: { authorization: `Bearer ${token}`, accept: 'application/json' }, json: {} })).status, 200);
    for (const port of [first, second.port]) await until(async () => (await startsOf(port)).times.includes(start), `${start} is free again at ${port}`, 5000);
  }
});

const post = (port, path, json) =>
  new Promise((resolve, reject) => {
    const body = JSON.stringify(json);
    const request = http.request({ host: '127.0.0.1', port, path, method: 'POST', agent,
      headers: { accept: 'application/json', 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) } }, (answer) => {
      let text = '';
      answer.on('data', (part) => (text += part)).on('end', () => resolve({ status: answer.statusCode, text }));
    });
    request.on('error', reject).end(body);
  });

// The servers' connections that hear of changes: stopped, notifications do not arrive, and nobody says so.
const listeners = () => sql(`select pid from pg_stat_activity where query like '%listen% unknot_pages'`).map(([pid]) => Number(pid));
async function deafened(act) {
  const pids = listeners();
  assert.equal(pids.length, 2, 'one of each server');
  for (const pid of pids) process.kill(pid, 'SIGSTOP');
  try {
    await act();
  } finally {
    for (const pid of pids) process.kill(pid, 'SIGCONT');
  }
}

test('who takes a time never sees it again from the same server, not even at once', async () => {
  const take = async (i) => {
    const { start } = (await kept(first, slots)).json().days.flatMap((d) => d.slots)[40 + i];
    return async () => {
      const taken = await post(first, '/bookings', { therapist: who.slug, service: Number(who.service), start, key: randomUUID() });
      assert.ok(taken.status === 201 || taken.status === 409, taken.text);
      const now = (await get(first, slots)).json().days.flatMap((d) => d.slots.map((s) => s.start));
      assert.ok(!now.includes(start), `round ${i}: ${start}`);
    };
  };
  for (let i = 0; i < 10; i++) await (await take(i))();
  await deafened(await take(10)); // not even before it is heard of
});

// What a results page reads is locked, so that its making lasts until this is over.
const waiting = () => Number(value(`select count(*) from pg_locks where relation = 'unknot.listing_card'::regclass and not granted`));
async function delayed(act, table = 'listing_card') {
  const psql = spawn('tests/cluster.sh', ['psql', `${dir}/pg`, '-q'], { stdio: ['pipe', 'ignore', 'inherit'] });
  const ended = new Promise((resolve) => psql.on('close', resolve));
  try {
    psql.stdin.write(`begin; lock table unknot.${table} in access exclusive mode;\n`);
    await until(() => value(`select 1 from pg_locks where relation = 'unknot.${table}'::regclass and granted and mode = 'AccessExclusiveLock'`), 'the lock');
    return await act();
  } finally {
    psql.stdin.end();
    await ended;
  }
}
// Asks for it n times at once, and waits until each has been looked for in vain.
async function askedAtOnce(path, n) {
  const { misses } = await figures(first);
  const answers = Array.from({ length: n }, () => get(first, path));
  await until(async () => (await figures(first)).misses >= misses + n, `${n} ask for ${path}`);
  await until(waiting, 'one of them is being made');
  return answers;
}

test('what the form of a search offers is kept, and follows each change', async () => {
  const one = await serve({ UNKNOT_WORKERS: '1' });
  const anew = () => get(one.port, `${list}&x=${randomUUID()}`);
  const label = value(`select label from tag where kind = 'complaint' and slug = 'low-back'`);
  try {
    await kept(one.port, list);
    assert.equal((await anew()).status, 200);
    // of all that a page is made of the lists alone read this
    await delayed(async () => assert.equal((await anew()).status, 200), 'map_shape');
    sql(`update tag set label = 'Pain low down' where kind = 'complaint' and slug = 'low-back'`);
    await until(async () => (await anew()).text.includes('<option value="low-back">Pain low down</option>'), 'the new label');
  } finally {
    sql(`update tag set label = :'label' where kind = 'complaint' and slug = 'low-back'`, { label });
    await one.stop();
  }
});

test('what many want at once is made once, and for who comes after a change once more', async () => {
  const path = `${list}&x=${randomUUID()}`;
  let answers = await Promise.all(await delayed(async () => {
    const asked = await askedAtOnce(path, 12);
    assert.equal(waiting(), 1);
    return asked;
  }));
  assert.deepEqual(answers.map((a) => a.status), Array(12).fill(200));
  assert.equal(answers.filter((a) => !a.kept).length, 1);
  assert.equal(new Set(answers.map((a) => a.text)).size, 1);

  const other = `${list}&x=${randomUUID()}`;
  await kept(first, '/guides/privacy');
  answers = await Promise.all(await delayed(async () => {
    const asked = await askedAtOnce(other, 5);
    sql(`select pg_notify('unknot_pages', '')`);
    await until(async () => !(await get(first, '/guides/privacy')).kept, 'the change is heard of');
    const later = await askedAtOnce(other, 5);
    await until(() => waiting() === 2, 'one more is being made');
    return [...asked, ...later];
  }));
  assert.deepEqual(answers.map((a) => a.status), Array(10).fill(200));

  // what is not kept is nobody else's: each gets their own
  const nowhere = await Promise.all(Array.from({ length: 8 }, () => get(first, '/therapists/nobody-of-this-name')));
  assert.deepEqual(nowhere.map((a) => [a.status, a.kept]), Array(8).fill([404, false]));
});

test('a color that is chosen changes no page: what is kept stays so', async () => {
  await kept(first, slots);
  await deafened(async () => {
    assert.equal((await new Browser().post('/theme', { theme: 'dark', back: '/' }, { from: '/sign-in' })).status, 303);
    assert.ok((await get(first, slots)).kept);
  });
});

test('while the database cannot say what changes, nothing is kept', async () => {
  await kept(first, profile);
  await kept(second.port, profile);
  await deafened(async () => {
    // each in its own time, and soon it listens anew
    await Promise.all([first, second.port].map((port) => until(async () => !(await get(port, profile)).kept, `silence is noticed at ${port}`)));
    sql(`update service set price = 12300 where id = :'service'`, who);
    for (const port of [first, second.port]) {
      const answer = await get(port, profile, { accept: 'application/json' });
      assert.equal(answer.json().services[0].price.amount, 123);
      assert.equal(answer.kept, false);
    }
  });
  for (const port of [first, second.port]) assert.equal((await kept(port, profile, { accept: 'application/json' })).json().services[0].price.amount, 123);
  // and when it hangs up
  sql(`select pg_terminate_backend(pid) from pg_stat_activity where query like '%listen% unknot_pages'`);
  sql(`update service set price = 12400 where id = :'service'`, who);
  for (const port of [first, second.port])
    await until(async () => (await get(port, profile, { accept: 'application/json' })).json().services[0].price.amount === 124, 'the new price');
  await kept(first, profile);
});

test('it can be switched off', async () => {
  const plain = await serve({ UNKNOT_PAGE_CACHE_MB: '0' });
  for (let i = 0; i < 3; i++) assert.equal((await get(plain.port, profile)).kept, false);
  assert.deepEqual(await figures(plain.port), { hits: 0, misses: 0, kept: 0, bytes: 0 });
  assert.doesNotMatch(await plain.stop(), / pages /);
});
