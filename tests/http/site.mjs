// Pages by place, by technique, by complaint; the map of the site; what is said in schema.org's words. What is hidden is gone from all at once.
import assert from 'node:assert/strict';
import test from 'node:test';
import { makeTherapist, origin, send, sql, value } from './lib.mjs';

const get = (target) => send('GET', target, { headers: { accept: 'text/html' } });
const json = async (target, status = 200) => {
  const answer = await send('GET', target, { headers: { accept: 'application/json' } });
  assert.equal(answer.status, status, `${target}: ${answer.text.slice(0, 300)}`);
  return answer.json();
};
const h1 = (page) => page.text.match(/<h1[^>]*>([^<]*)<\/h1>/)?.[1];
const entries = (xml) => [...xml.matchAll(/<loc>([^<]*)<\/loc>/g)].map((m) => m[1]);
// of the demo's towns: the tests' own people, who state little, work in Springfield
const busiest = JSON.parse(value(`select json_build_object('slug', slug, 'region', region, 'name', name, 'therapists', therapists) from town where country = 'US' and name <> 'Springfield' order by therapists desc, slug limit 1`));
const townPath = `/massage/${busiest.region.toLowerCase()}/${busiest.slug}`;

test('places: all, one area, one town, with counts that are true', async () => {
  const all = await json('/massage');
  const area = all.areas.find((a) => a.href === `/massage/${busiest.region.toLowerCase()}`);
  assert.ok(area, 'the area is in the list');
  assert.equal(area.therapists, Number(value(`select sum(therapists) from town where country = 'US' and region = :'r'`, { r: busiest.region })));
  const one = await json(area.href);
  const link = one.towns.find((t) => t.href === townPath);
  assert.equal(link.therapists, busiest.therapists);
  const town = await json(townPath);
  assert.equal(town.therapists, Number(value(`select count(distinct therapist_id) from location where town = :'t' and region = :'r' and therapist_id in (select therapist_id from listing)`,
    { t: busiest.name, r: busiest.region })));
  assert.ok(town.first.length > 0 && town.first.length === Math.min(20, town.therapists));
  assert.ok(town.techniques.length > 3 && town.complaints.length > 3);
  const page = await get(townPath);
  assert.equal(h1(page), `${town.text} for back pain in ${town.label}`);
  for (const t of town.first) assert.ok(page.text.includes(`href="/therapists/${t.slug}"`), t.slug);
  assert.ok(page.text.includes(`${origin}${townPath}`) || town.canonical === townPath);
  // every link leads somewhere, and a technique's number is that of the search at that town
  for (const target of [town.search, town.soonest, town.techniques[0].href, ...town.nearby.slice(0, 2).map((n) => n.href)]) {
    assert.equal((await get(target)).status, 200, target);
  }
});

test('places that nobody is in are not found', async () => {
  for (const target of ['/massage/zz', '/massage/or/nowhere-at-all', '/massage/us-or/portland', "/massage/o'r/x", '/massage/%F0%9F%92%A9/x', '/techniques/nonsense', '/complaints/nonsense',
    '/sitemap/nonsense.xml', '/sitemap/therapists-999999.xml', '/sitemap/therapists-01.xml', '/sitemap/therapists--1.xml']) {
    assert.equal((await get(target)).status, 404, target);
  }
});

test('techniques and complaints: label, how sure anybody is, counts, links', async () => {
  for (const kind of ['technique', 'complaint']) {
    const all = await json(`/${kind}s`);
    assert.ok(all.topics.length > 10);
    for (const t of all.topics.slice(0, 6)) {
      const one = await json(t.href);
      assert.equal(one.topic.therapists, t.therapists);
      assert.equal(t.therapists, Number(value(`select count(distinct x.therapist_id) from therapist_tag x join tag g on g.id = x.tag_id join listing l on l.therapist_id = x.therapist_id
        where g.kind = :'k' and g.slug = :'s'`, { k: kind, s: t.slug })));
      assert.equal(h1(await get(t.href)), t.label.replaceAll('&', '&amp;'));
    }
  }
  const low = await json('/complaints/low-back');
  assert.ok(low.guidance.evidence.length > 5, 'says how sure anybody is');
  assert.ok(low.guidance.suggest.length > 0);
  assert.ok(low.studies.length > 3);
  const swedish = await get('/techniques/swedish');
  assert.match(swedish.text, /No technique has been shown to be clearly better/);
});

test('the map of the site: parts, every page once, whoever is hidden is gone at once', async () => {
  const t = makeTherapist('Sita Mapper');
  const find = async () => {
    const index = await get('/sitemap.xml');
    assert.equal(index.status, 200);
    assert.match(index.headers['content-type'], /^application\/xml/);
    const parts = entries(index.text);
    assert.ok(parts.length >= 3);
    const all = [];
    for (const part of parts) {
      assert.ok(part.startsWith(`${origin}/sitemap/`), part);
      const answer = await get(part.slice(origin.length) + `?fresh=${Math.random()}`);
      assert.equal(answer.status, 200, part);
      all.push(...entries(answer.text));
    }
    assert.equal(new Set(all).size, all.length, 'nothing twice');
    return all;
  };
  const before = await find();
  for (const path of ['/', '/massage', townPath, '/techniques/swedish', '/complaints/low-back', `/therapists/${t.slug}`]) assert.ok(before.includes(origin + path), path);
  for (const path of ['/massage', townPath, '/techniques/swedish', `/therapists/${t.slug}`]) assert.equal((await get(path)).status, 200, path);
  sql(`update therapist set published = false where slug = :'s'`, { s: t.slug });
  const after = await find();
  assert.ok(!after.includes(`${origin}/therapists/${t.slug}`), 'not published: not there');
  assert.equal((await get(`/therapists/${t.slug}?fresh=1`)).status, 404);
  sql(`update therapist set published = true where slug = :'s'`, { s: t.slug });
  sql(`delete from credential where number = 'PR 2' and therapist_id = :'id'`, t);
  sql(`insert into credential (therapist_id, kind, title, issuer, checked_on, checked_until, checked_where, checked_by)
       select id, 'state_license', 'Licensed', 'Board', current_date - 9, current_date - 1, 'Register', 'Olga' from therapist where slug = :'s'`, { s: t.slug });
  assert.ok(!(await find()).includes(`${origin}/therapists/${t.slug}`), 'a permission that ran out: not there either');
});

test('how ranking works: the numbers are those of the query, and each result adds up to them', async () => {
  const said = await json('/how-ranking-works');
  assert.equal(said.total, 100);
  assert.equal(said.fit + said.distance + said.credentials + said.training + said.reviews + said.free, 100);
  const page = await get('/how-ranking-works');
  for (const n of [said.named, said.distance, said.credentials, said.training, said.reviews, said.free, said.imagined, said.unrated]) assert.match(page.text, new RegExp(`\\b${n}\\b`));
  const { results } = await json(`/therapists?${new URLSearchParams({ near: `${busiest.name}, ${busiest.region}`, complaint: 'low-back' })}`);
  assert.ok(results.length > 1);
  const most = { 'What you asked for': said.fit, Distance: said.distance, 'Permission to practice': said.credentials, 'Back pain training': said.training, Reviews: said.reviews, 'Free time': said.free };
  let before = 101;
  for (const { explain } of results) {
    assert.equal(explain.parts.reduce((sum, part) => sum + part.points, 0), explain.total);
    assert.ok(explain.total <= before, 'best first');
    before = explain.total;
    for (const part of explain.parts) assert.equal(part.of, most[part.label], part.label);
  }
});

test('robots.txt names the map', async () => {
  const robots = await get('/robots.txt');
  assert.match(robots.text, new RegExp(`^Sitemap: ${origin.replaceAll('.', '\\.')}/sitemap\\.xml$`, 'm'));
});

test('schema.org: what the page shows and no more', async () => {
  const t = makeTherapist('Ldia </script><b>Jason');
  sql(`delete from credential where number = 'PR 2' and therapist_id = :'id'`, t);
  const said = async () => {
    const page = await get(`/therapists/${t.slug}?fresh=${Math.random()}`);
    const found = page.text.match(/<script type="application\/ld\+json">(.*?)<\/script>/s);
    assert.ok(found, 'there is one');
    return JSON.parse(found[1]);
  };
  const plain = await said();
  assert.equal(plain['@type'], 'HealthAndBeautyBusiness');
  assert.equal(plain.name, 'Ldia </script><b>Jason');
  assert.equal(plain.url, `${origin}/therapists/${t.slug}`);
  assert.ok(plain.makesOffer.length > 0);
  assert.ok(!('aggregateRating' in plain), 'no reviews, no rating');
  assert.ok(!('hasCredential' in plain), 'nothing checked, no credential');
  sql(`insert into credential (therapist_id, kind, title, issuer, checked_on, checked_until, checked_where, checked_by)
       select id, 'state_license', 'Licensed', 'Board', current_date - 1, current_date, 'Register', 'Olga' from therapist where slug = :'s'`, { s: t.slug });
  assert.equal((await said()).hasCredential[0].name, 'Licensed');
  sql(`update credential set checked_on = current_date - 5, checked_until = current_date - 1 where checked_on is not null and therapist_id = (select id from therapist where slug = :'s')`,
    { s: t.slug });
  assert.ok(!('hasCredential' in (await said())), 'run out: gone');
  const reviewed = value(`select t.slug from therapist t join review r on r.therapist_id = t.id where t.published and r.removed_at is null limit 1`);
  const page = await get(`/therapists/${reviewed}`);
  const rated = JSON.parse(page.text.match(/<script type="application\/ld\+json">(.*?)<\/script>/s)[1]);
  assert.equal(rated.aggregateRating.reviewCount, Number(value(`select count(*) from review r join therapist t on t.id = r.therapist_id where t.slug = :'s' and r.removed_at is null`, { s: reviewed })));
});
