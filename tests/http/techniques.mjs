// What a safety check rules out: by the techniques of the service, page by page, in one call, and against an edit of the service at the same moment.
// tests/server.sh with node --test tests/http/techniques.mjs
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import test from 'node:test';
import { Browser, call, free, healthy, hold, sql, therapist } from './fixture.mjs';
import { unknot } from './lib.mjs';

// far out in the ocean, so that nobody but this test's own are near
const who = therapist();
const [lat, lon] = [-50 + 20 * Math.random(), -130 + 30 * Math.random()];
sql(`update location set lat = ${lat}, lon = ${lon} where therapist_id = ${who.id}`);
let n = 0;
// A service of `who`, which is made of these techniques.
const service = (name, minutes, ...slugs) => {
  const id = Number(sql(`insert into service (therapist_id, name, minutes, price, currency, notice, buffer_after) values (${who.id}, '${name}', ${minutes}, 7000, 'USD', 0, 0) returning id`));
  consists(id, ...slugs);
  return { ...who, service: id, name };
};
const consists = (id, ...slugs) => sql(`begin; delete from service_tag where service_id = ${id}; insert into service_tag (service_id, therapist_id, tag_id)
  select ${id}, therapist_id, g.id from service, tag g where service.id = ${id} and g.kind = 'technique' and g.slug = any ('{${slugs}}'); commit`);
const deep = service('Soft as a name can be', 60, 'deep-tissue', 'ashiatsu');
const mixed = service('Deep tissue in its name', 60, 'swedish', 'deep-tissue');
const long = service('Long and light', 90, 'swedish');
const short = service('Short and light', 30, 'swedish', 'craniosacral');

const safety = ({ id, token }, json) => call('POST', `/bookings/${id}/safety`, { json, token });
const act = ({ id, token }, path, json = {}) => call('POST', `/bookings/${id}/${path}`, { json, token });
const held = async (what) => {
  const { json, status } = await hold(what, free(n++));
  assert.equal(status, 201);
  return json;
};
const heading = (b) => b.page.text.match(/<h1>([^]*?)<\/h1>/)?.[1];
async function visitor(what) {
  const b = new Browser();
  await b.get(`/therapists/${what.slug}/book?service=${what.service}`);
  await b.post('/bookings', { therapist: what.slug, service: what.service, start: free(n++), key: randomUUID() });
  b.base = b.page.path.replace('/safety/1', '');
  b.id = b.base.split('/')[2];
  return b;
}
const osteoporosis = { ...healthy, H09: 'osteoporosis' }; // HE-09b: pressure at most 2, without deep tissue, ashiatsu, thai, percussion, trigger point
const recent = { ...healthy, RF05: 'yes', RF05a: 'cleared' }; // RF-05b: at most 45 minutes
const pregnant = { ...healthy, H12: 'yes', H12a: '20', H12b: ['none'], H12c: 'yes' };
const lymph = { ...healthy, H08: ['lymphoedema_nodes'] }; // HE-08a: training in oncology or lymph
const state = (id) => sql(`select state || ' ' || (safety_id is not null) from booking where id = '${id}'`);

test('a service that consists of nothing else is refused by call, and nothing gets it booked', async () => {
  const at = await held(deep);
  const said = await safety(at, osteoporosis);
  assert.equal(said.status, 409);
  assert.equal(said.json.type, 'service-not-for-you');
  assert.deepEqual(said.json.shape.left_out.map((t) => t.slug).sort(), ['ashiatsu', 'deep-tissue']);
  const left = said.json.shape.services;
  assert.deepEqual(left.map((s) => s.id).sort(), [mixed.service, long.service, short.service, who.service].sort());
  assert.deepEqual(left.find((s) => s.id === mixed.service).without.map((t) => t.slug), ['deep-tissue']);
  for (const answer of [await act(at, 'details', { name: 'Kim', email: 'kim@example.org' }), await act(at, 'confirm', { name: 'Kim', email: 'kim@example.org' }), await safety(at, osteoporosis)])
    assert.notEqual(answer.json?.state, 'confirmed');
  assert.equal(state(at.id), 'held false');
});

test('on its page: why, what is left with this therapist, and one of it at the same time', async () => {
  const b = await visitor(deep);
  const start = sql(`select starts_at from booking where id = '${b.id}'`);
  await b.post(`${b.base}/safety`, osteoporosis);
  assert.equal(b.page.path, `${b.base}/safety/done`);
  assert.equal(heading(b), 'This service is not for you now');
  assert.match(b.page.text, /consists of <strong>Deep tissue massage and Ashiatsu[^<]*<\/strong>, and your answers leave that out/);
  assert.match(b.page.text, /At most 2 of 5/);
  await b.get(`${b.base}/safety`);
  assert.equal(b.page.path, `${b.base}/safety/done`, 'one comes back to it');
  await b.get(`${b.base}/details`);
  await b.post(`${b.base}/confirm`, {});
  assert.equal(state(b.id), 'held false');
  await b.get(`${b.base}/safety/done`);
  assert.match(b.page.text, new RegExp(`Deep tissue in its name[^]*For you without: <span class="list">Deep tissue massage</span>[^]*name="service" value="${mixed.service}"`));
  await b.post(`${b.base}/service`, { service: mixed.service });
  assert.equal(heading(b), 'You can book', 'the answers were not asked again');
  assert.match(b.page.text, /“Deep tissue in its name” goes on without<\/dt><dd><span class="list">Deep tissue massage</);
  assert.deepEqual(sql(`select service_name || '|' || array_to_string(techniques, ' ') || '|' || (starts_at = '${start}') || '|' || (select count(*) from slot_claim c where c.booking_id = b.id) from booking b where id = '${b.id}'`),
    'Deep tissue in its name|swedish deep-tissue|true|1');
  await b.post(`${b.base}/details`, { name: 'Kim', email: 'kim@example.org' });
  await b.post(`${b.base}/confirm`, {});
  assert.equal(heading(b), 'Booked');
  await b.post(`${b.base}/service`, { service: short.service });
  assert.equal(sql(`select service_name from booking where id = '${b.id}'`), 'Deep tissue in its name', 'what is booked keeps its service');
});

test('the name of a service says nothing', async () => {
  const at = await held(service('Deep tissue and ashiatsu', 60, 'craniosacral'));
  assert.equal((await safety(at, osteoporosis)).json.outcome, 'MODIFY');
});

test('a technique that is always firmer than what is good for somebody is left out with the excluded ones', async () => {
  const at = await held(service('Points', 60, 'neuromuscular')); // from 3 of 5
  const said = await safety(at, { ...healthy, H15: 'yes' }); // HE-15: at most 2, and this technique is not excluded by name
  assert.equal(said.status, 409);
  assert.deepEqual(said.json.shape.left_out.map((t) => t.slug), ['neuromuscular']);
  assert.equal((await safety(await held(short), { ...healthy, H15: 'yes' })).status, 200);
});

test('a visit that is too long is refused, the limit is said, and shorter ones are offered', async () => {
  const b = await visitor(long);
  await b.post(`${b.base}/safety`, recent);
  assert.equal(heading(b), 'This service is not for you now');
  assert.match(b.page.text, /takes 90 minutes[^]*at most <strong>45 minutes</);
  assert.ok(b.page.text.includes(`value="${short.service}"`) && !b.page.text.includes(`name="service" value="${mixed.service}"`));
  const at = await held(long);
  const said = await safety(at, recent);
  assert.deepEqual([said.status, said.json.shape.longest], [409, 45]);
  assert.match(said.json.title, /at most 45 minutes/);
  // another service by call, and the answers once more
  assert.equal((await act(at, 'service', { service: 99999999 })).status, 404);
  assert.equal((await act(at, 'service', { service: deep.service })).json.service.id, deep.service);
  assert.equal((await safety(at, recent)).status, 409);
  assert.equal((await act(at, 'service', { service: short.service })).json.service.minutes, 30);
  assert.equal((await safety(at, recent)).json.outcome, 'MODIFY');
  assert.equal((await act(at, 'service', { service: long.service })).status, 409, 'not after the check was passed');
  assert.equal((await act(at, 'confirm', { name: 'Kim', email: 'kim@example.org' })).json.state, 'confirmed');
});

test('another service is not taken over a time that is not free for it', async () => {
  const start = free(n++);
  const at = (await hold(short, start)).json;
  const next = (await hold(short, start.replace(':00:00Z', ':30:00Z'))).json;
  assert.ok(next.id);
  const refused = await act(at, 'service', { service: long.service });
  assert.deepEqual([refused.status, refused.json.type], [409, 'time-taken']);
  assert.equal(sql(`select service_id || ' ' || minutes from booking where id = '${at.id}'`), `${short.service} 30`);
  assert.equal((await call('POST', `/bookings/${at.id}/service`, { json: { service: long.service } })).status >= 400, true, 'a stranger changes nothing');
});

test('a booking keeps the techniques that it was made with', async () => {
  const own = service('Changing', 60, 'swedish');
  const before = await held(own);
  consists(own.service, 'deep-tissue');
  assert.equal((await safety(before, osteoporosis)).json.outcome, 'MODIFY', 'held as Swedish');
  const after = await held(own);
  assert.equal((await safety(after, osteoporosis)).status, 409, 'held as deep tissue');
  assert.equal((await act(before, 'confirm', { name: 'Kim', email: 'kim@example.org' })).json.state, 'confirmed');
  assert.deepEqual(sql(`select array_to_string(techniques, ' ') from booking where id = '${before.id}'`), 'swedish');
});

test('an edit of the service at the same moment: each booking has the whole of what was offered before it or after it', async () => {
  const own = service('Racing', 30, 'swedish', 'craniosacral');
  const sets = [['swedish', 'craniosacral'], ['deep-tissue', 'ashiatsu']];
  for (let round = 0; round < 6; round++) {
    const [bookings] = await Promise.all([
      Promise.all([0, 1, 2].map(async () => {
        const at = await held(own);
        await safety(at, osteoporosis);
        return { at, end: await act(at, 'confirm', { name: 'Kim', email: 'kim@example.org' }) };
      })),
      (async () => consists(own.service, ...sets[(round + 1) % 2]))(),
    ]);
    for (const { at, end } of bookings) {
      const kept = sql(`select array_to_string(techniques, ' ') from booking where id = '${at.id}'`);
      assert.ok(sets.some((set) => set.every((slug) => kept.includes(slug)) && kept.split(' ').length === 2), kept);
      assert.equal(end.json.state === 'confirmed', kept.includes('swedish'), kept);
    }
  }
  assert.equal(sql(`select count(*) from booking where state = 'confirmed' and techniques <@ '{deep-tissue,ashiatsu}' and techniques <> '{}' and therapist_id = ${who.id}`), '0');
});

test('a visit that is booked stays so when its form is answered again, and both are told', async () => {
  const b = await visitor(deep);
  await b.post(`${b.base}/safety`, healthy);
  await b.post(`${b.base}/details`, { name: 'Kim', email: 'kim@example.org' });
  await b.post(`${b.base}/confirm`, {});
  await b.get(`${b.base}/update`);
  await b.post(`${b.base}/update`, { act: 'begin' });
  await b.post(`${b.base}/service`, { service: short.service });
  assert.equal(sql(`select service_id from booking where id = '${b.id}'`), String(deep.service), 'its service is not changed by that');
  await b.post(`${b.base}/safety`, osteoporosis);
  assert.equal(heading(b), 'Your visit stays booked');
  assert.match(b.page.text, /This service is not for you now[^]*consists of <strong>Deep tissue massage and Ashiatsu[^]*reads this too/);
  assert.equal(sql(`select b.state || ' ' || c.outcome from booking b join safety_check c on c.id = b.safety_id where b.id = '${b.id}'`), 'confirmed MODIFY');
});

test('the therapist reads what of the service is left out', async () => {
  const at = await held(mixed);
  await safety(at, osteoporosis);
  await act(at, 'confirm', { name: 'Kim', email: 'kim@example.org' });
  const limits = `'{"exclude": ["deep-tissue", "thai"], "pressure_max": 2}'`;
  assert.equal(sql(`select booking_without('${at.id}', ${limits})`), JSON.stringify([{ slug: 'deep-tissue', label: 'Deep tissue massage' }]).replaceAll('":', '" : ').replaceAll(',"', ', "'));
});

// --- Who else

const others = [];
function neighbor(km, { specialism, checked = true, services }) {
  const made = sql(`
    with t as (insert into therapist (slug, name, published) values ('near-${randomUUID().slice(0, 8)}', 'Near ${km}', true) returning id, slug),
    l as (insert into location (therapist_id, name, street, town, region, postcode, country, lat, lon, zone)
          select id, '', '1 Near St', 'Springfield', 'IL', '62701', 'US', ${lat} + ${km} / 111.2, ${lon}, 'America/Chicago' from t returning id),
    k as (insert into credential (therapist_id, kind, title, issuer, register_id, result, checked_on, checked_until, checked_where, checked_by)
          select id, 'state_license', 'License', 'Board', 14, 'register', current_date - 1, current_date + 300, 'Register', 'Olga' from t),
    h as (insert into hours (location_id, weekday, starts, ends) select l.id, d, '08:00', '20:00' from l, generate_series(1, 7) d)
    select t.id || ' ' || t.slug from t, l`).split(' ');
  if (specialism)
    sql(`insert into credential (therapist_id, kind, title, issuer, number, specialism_id, valid_until, checked_on, checked_until, checked_where, checked_by)
         select ${made[0]}, 'ce_course', 'Course', 'School', 'C 1', id, current_date + 900, ${checked ? `current_date - 9, current_date + 300, 'seen', 'Olga'` : 'null, null, null, null'} from tag where kind = 'specialism' and slug = '${specialism}'`);
  for (const [minutes, ...slugs] of services)
    consists(Number(sql(`insert into service (therapist_id, name, minutes, price, currency, notice) values (${made[0]}, 'S ${minutes}', ${minutes}, 7000, 'USD', 0) returning id`)), ...slugs);
  const one = { id: Number(made[0]), slug: made[1] };
  others.push(one);
  return one;
}

test('the search behind the link knows the limits, its address does not, and its count is true', async () => {
  const trained = neighbor(1, { specialism: 'prenatal', services: [[60, 'swedish', 'prenatal']] });
  neighbor(2, { services: [[60, 'swedish', 'prenatal']] }); // no training
  neighbor(3, { specialism: 'prenatal', checked: false, services: [[60, 'swedish']] }); // training not checked
  neighbor(4, { specialism: 'prenatal', services: [[60, 'deep-tissue']] }); // nothing left
  const both = neighbor(5, { specialism: 'prenatal', services: [[60, 'deep-tissue'], [90, 'swedish', 'thai']] });
  const listed = (b) => [...b.page.text.matchAll(/<h2><a href="\/therapists\/([^"]+)"/g)].map(([, slug]) => slug);

  const b = await visitor(mixed);
  await b.get(`${b.base}/therapists`);
  assert.equal(b.page.path, `${b.base}/safety/1`, 'not before the answers are there');
  await b.post(`${b.base}/safety`, pregnant);
  assert.equal(heading(b), 'You can book');
  assert.match(b.page.text, new RegExp(`ask for training in <strong>[^<]*</strong>[^]*href="${b.base}/therapists"`));
  assert.doesNotMatch(b.page.text, /specialism=/);
  await b.get(`${b.base}/therapists`);
  assert.deepEqual(listed(b).sort(), [trained.slug, both.slug].sort());
  assert.match(heading(b), /^2 therapists near Springfield, IL who fit your answers$/);
  assert.match(b.page.text, /S 90<\/a>, 90 min, \$70; for you without <span class="list">Thai massage</);
  assert.doesNotMatch(b.page.text, />S 60<\/a>, 60 min, \$70; for you without/, 'a service with nothing left is not among theirs');
  for (const [, href] of b.page.text.matchAll(/href="([^"]+)"/g)) assert.doesNotMatch(href, /prenatal|pregnan|specialism|deep-tissue/, href);
  assert.match(b.page.headers?.get?.('cache-control') ?? 'no-store', /no-store/);

  // lists of which one is enough; and length alone
  const nodes = neighbor(6, { specialism: 'lymph', services: [[30, 'lymphatic-drainage']] });
  const c = await visitor(long);
  await c.post(`${c.base}/safety`, { ...lymph, RF05: 'yes', RF05a: 'cleared' });
  assert.equal(heading(c), 'This service is not for you now');
  await c.get(`${c.base}/therapists`);
  assert.deepEqual(listed(c), [nodes.slug]);
  assert.match(heading(c), /^1 therapist near/);
  // what a call answers is the same
  const at = await held(deep);
  await safety(at, pregnant);
  const said = await call('GET', `/bookings/${at.id}/therapists`, { token: at.token });
  assert.deepEqual([said.json.total, said.json.items.map((i) => i.slug).sort()], [2, [trained.slug, both.slug].sort()]);
});

test('with many of them there are pages, and nobody stands on two', async () => {
  for (let km = 7; km < 19; km++) neighbor(km / 2, { specialism: 'oncology', services: [[60, 'oncology']] });
  const at = await held(deep);
  await safety(at, lymph);
  const page = async (number) => (await call('GET', `/bookings/${at.id}/therapists?page=${number}`, { token: at.token })).json;
  const all = [...(await page(1)).items, ...(await page(2)).items].map((i) => i.slug);
  assert.equal((await page(1)).total, all.length);
  assert.ok(all.length >= 13 && new Set(all).size === all.length);
  assert.deepEqual([(await page(1)).previous_page, (await page(2)).next_page, (await page(99)).shown_from], [null, null, 11]);
});

test('doctor says which services were guessed, and which search does not find', () => {
  const said = () => unknot(['doctor']).stdout.match(/^(ok|MEND)\s+techniques: (.*)$/m);
  const [, verdict, words] = said();
  assert.equal(verdict, 'MEND', 'the services of this test were made behind the form');
  assert.match(words, /\d+ services have a technique that their therapists do not state/);
  sql(`insert into therapist_tag select distinct therapist_id, tag_id from service_tag on conflict do nothing`);
  assert.match(said()[0], /^ok\s+techniques: of \d+ services \d+ say nothing of theirs, [1-9]\d* wait/);
});
