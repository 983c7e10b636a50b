// The one search box over HTTP: what was meant stands first in spite of slips, by name, by town, and with a day and hours in the words.
// tests/server.sh with node --test tests/http/words.mjs
import assert from 'node:assert/strict';
import fs from 'node:fs';
import test, { after } from 'node:test';
import { base, makeTherapist, send, sql, value } from './lib.mjs';

const find = (query) => '/therapists?' + new URLSearchParams(query);
const json = async (query) => {
  const answer = await send('GET', typeof query === 'string' ? query : find(query), { headers: { accept: 'application/json' } });
  assert.equal(answer.status, 200, answer.text.slice(0, 300));
  return answer.json();
};
const places = value(`select count(*) from place where label = 'Portland, OR'`) === '1';
const skip = places ? false : 'no gazetteer';

// kind, typed, meant: what the tests of the database know too
const slips = [...fs.readFileSync(new URL('../sql/slips.psql', import.meta.url), 'utf8').matchAll(/\('(value|name|town)', '((?:[^']|'')*)', '((?:[^']|'')*)'\)/g)]
  .map(([, kind, typed, meant]) => ({ kind, typed: typed.replaceAll("''", "'"), meant: meant.replaceAll("''", "'") }));
const people = new Map([...new Set(slips.filter((s) => s.kind === 'name').map((s) => s.meant))].map((name) => [name, makeTherapist(name)]));
after(() => people.forEach(({ id }) => sql(`update therapist set published = false where id = :'id'`, { id })));

test('a warning sign is answered with where to turn', async () => {
  const page = async (q) => (await send('GET', find({ q }))).text;
  const warned = /can be a sign that needs a doctor first[^]*call \d+[^]*href="\/guides\/warning-signs"/;
  const said = await page('numb between the legs');
  assert.match(said.split('id="results"')[1], warned);
  assert.ok(!said.includes('Nothing here matches'));
  assert.doesNotMatch((await page('leg pain')).split('id="results"')[1].split('<footer')[0], warned);
});

test('what is not wanted, what nothing is asked by, and a price are said on the page', async () => {
  const shown = async (q) => (await send('GET', find({ q }), { headers: { accept: 'text/html' } })).text.split('id="results"')[1];
  const text = await shown('low back, no cupping, knee, under $150');
  assert.match(text, /for low back pain/);
  assert.match(text, /<p>This search takes no notice of “knee”\. A search cannot rule anything out: this one takes no notice of “no cupping”\. Tell the therapist when you book\.</);
  assert.match(text, /href="\/therapists\?complaint=low-back">up to \$150</);
  assert.match(await shown('🙂'), /Nothing here matches “🙂”, so this is everybody\./);
});

test('what counts near a place alone leads to one; a place in the words stands in its own field', async () => {
  const asked = async (q) => (await send('GET', find({ q }), { headers: { accept: 'text/html' } })).text;
  const here = await asked('thai near me');
  assert.match(here.split('id="results"')[1], /To go by “near me” we need a place: <a href="#near">type a town or ZIP code<\/a>/);
  assert.match(here, /<details class="fold asked[^>]* open>/);
  const there = await asked('Thai near me in Portland, OR');
  assert.ok(!there.includes('we need a place'));
  assert.match(there, /name="q" value="Thai near me"[^]*name="near" value="portland, OR"/);
  assert.match(there, /<b>Thai near me<\/b>, near Portland, OR/);
  assert.match(await asked('2020-01-01 in Portland, OR'), /name="q" value="2020-01-01 in Portland, OR"/);
});

test('many slips are tried', () => {
  assert.ok(slips.length >= 90, slips.length);
  for (const kind of ['value', 'name', 'town']) assert.ok(slips.filter((s) => s.kind === kind).length >= 15, kind);
});

for (const { typed, meant } of slips.filter((s) => s.kind === 'value')) {
  test(`${typed} is ${meant}`, async () => {
    const [kind, slug] = meant.split(':');
    const said = await json({ q: typed }), chosen = await json({ [kind]: slug });
    assert.ok(said.results.length > 0 && chosen.results.length > 0);
    assert.deepEqual(said.results.slice(0, 3).map((r) => r.slug), chosen.results.slice(0, 3).map((r) => r.slug));
  });
}

// A surname alone is also that of others of the demo.
const surname = (name) => name.split(/[\s-]/).at(-1);
for (const { typed, meant } of slips.filter((s) => s.kind === 'name')) {
  test(`${typed} is ${meant}`, async () => {
    const first = (await json({ q: typed })).results.slice(0, 3);
    const right = /\S\s/.test(typed) ? (r) => r.slug === people.get(meant).slug : (r) => surname(r.name) === surname(meant);
    assert.ok(first.some(right), first.map((r) => r.name).join(', '));
  });
}

for (const { typed, meant } of slips.filter((s) => s.kind === 'town')) {
  test(`${typed} is ${meant}`, { skip }, async () => {
    for (const query of [{ near: typed }, { q: `massage near ${typed}` }]) {
      const { place, places } = await json(query);
      const first = place ? [place.name] : places.slice(0, 3).map((p) => p.name);
      assert.ok(first.includes(meant), `${new URLSearchParams(query)}: ${first}`);
    }
  });
}

const page = async (query) => (await send('GET', find(query), { headers: { accept: 'text/html' } })).text;
const title = (text) => text.match(/<title>([^<]*)<\/title>/)[1];

test('by name: heading, title and what was corrected are written as names are', async () => {
  const name = 'Catherine Fry';
  const exact = await page({ q: 'catherine fry' }), slip = await page({ q: 'catherin fry' });
  assert.match(exact, /<h1[^>]*>1 therapist named like “Catherine Fry”</);
  assert.match(title(exact), /^1 therapist named like “Catherine Fry”/);
  assert.match(slip, /We took “catherin fry” to mean Catherine Fry\./);
  assert.match(slip, new RegExp(`/therapists/${people.get(name).slug}"`));
  const schema = JSON.parse((await send('GET', `/therapists/${people.get(name).slug}`, { headers: { accept: 'text/html' } })).text.match(/<script type="application\/ld\+json">(.*?)<\/script>/)[1]);
  assert.deepEqual([schema.name, schema.url], [name, `${base.origin}/therapists/${people.get(name).slug}`]);
});

test('by name where nobody of that name works: told who works elsewhere, and who else is here', { skip }, async () => {
  const said = await json({ q: 'Catherin Fry', near: 'Portland, OR' });
  assert.deepEqual([said.total, said.results, said.note], [0, [], null]);
  assert.equal(said.title, '“Catherine Fry” near Portland, OR');
  const [elsewhere, here] = said.offers;
  assert.equal(elsewhere.text, '1 therapist named like “Catherine Fry” elsewhere');
  assert.deepEqual((await json(elsewhere.href)).results.map((r) => r.slug), [people.get('Catherine Fry').slug]);
  assert.match(here.text, /of any name near Portland, OR$/);
  assert.equal((await json(here.href)).total, here.total);
  assert.ok(here.total > 10);
});

test('nothing found: each next step undoes what the words say', { skip }, async () => {
  const all = await json({ complaint: 'low-back', near: 'Portland, OR' });
  const none = await json({ q: 'low back portland spanish', length: 30, price_max: 1 });
  assert.equal(none.total, 0);
  for (const offer of none.offers) {
    assert.doesNotMatch(offer.href, /q=/);
    assert.equal((await json(offer.href)).total, offer.total, offer.text);
  }
  const night = await json({ q: 'low back portland sunday before 3am' });
  assert.equal(night.total, 0);
  const other = night.offers.find((o) => / at another time$/.test(o.text));
  assert.equal(other.total, all.total);
  assert.equal((await json(other.href)).total, all.total);
});

test('a day in the words', { skip }, async () => {
  const near = 'Portland, OR';
  const typed = await json({ q: 'massage friday morning', near });
  assert.ok(typed.heading.includes('on Friday') && typed.heading.endsWith('in the morning'), typed.heading);
  assert.equal((await json({ q: 'massage friday morning', near, when: 'any' })).heading, (await json({ near })).heading, 'any day, chosen, is any day');
  const form = await page({ q: 'massage friday morning', near });
  assert.match(form, /<option value="">As typed: on Friday, \w+ \d+ in the morning<\/option>\s*<option value="any">Any day</);
  assert.match(await page({ near }), /<option value="">Any day<\/option>\s*<option value="today">/);
  // a part of today's day that is over is that of next week
  const [today, over, next] = sql(`select to_char(n.t, 'FMDay'), extract(hour from n.t)::int >= 12, to_char(n.t + interval '7 days', 'FMMonth FMDD')
    from (select now() at time zone 'America/Los_Angeles' as t) n`)[0];
  const morning = await json({ q: `${today} morning`, near });
  if (over === true || over === 't' || over === 'true') assert.ok(morning.heading.includes(`on ${today}, ${next}`), morning.heading);
  else assert.ok(!morning.heading.includes(next), morning.heading);
});

test('what else the words say can be taken off', { skip }, async () => {
  const said = await json({ q: 'female therapist for sciatica', near: 'Portland, OR' });
  const chip = said.filters.find((f) => f.label === 'Woman');
  const without = await json(chip.href);
  assert.ok(without.total > said.total);
  assert.equal(without.total, (await json({ complaint: 'sciatica', near: 'Portland, OR' })).total);
});

test('a place in the words: sorted pages go on, and hours are carried along', { skip }, async () => {
  const first = await json({ q: 'massage portland', sort: 'nearest', radius_km: 40 });
  const second = await json(first.next_page);
  assert.equal(second.results[0].number, 21);
  assert.ok(second.results[0].distance_m >= first.results[19].distance_m);
  assert.match(await page({ near: 'Portland, OR', from: 9, to: 12 }), /<input type="hidden" name="from" value="9">\s*<input type="hidden" name="to" value="12">/);
});
