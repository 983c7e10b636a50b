// The saved list (a cookie without an account, rows with one) and therapists side by side.
import assert from 'node:assert/strict';
import test from 'node:test';
import { Browser, makeTherapist, send, signedIn, sql, until, value } from './lib.mjs';

const get = (target) => send('GET', target, { headers: { accept: 'text/html' } });
const json = async (target, status = 200) => {
  const answer = await send('GET', target, { headers: { accept: 'application/json' } });
  assert.equal(answer.status, status, `${target}: ${answer.text.slice(0, 300)}`);
  return answer.json();
};
const [a, b, c] = ['Saba Onewell', 'Sabb Twofold', 'Sabc Three'].map((name) => makeTherapist(name));
const slugs = (page) => [...page.text.matchAll(/<h2><a href="\/therapists\/([a-z0-9-]+)"/g)].map((m) => m[1]);

test('saved without an account: a cookie, newest first, once each, taken off again', async () => {
  const stored = value('select count(*) from saved_therapist');
  const guest = new Browser();
  assert.match((await guest.get('/saved')).text, /Nothing saved yet/);
  for (const t of [a, b, a]) assert.equal((await guest.post('/saved', { therapist: t.slug, act: 'save' })).status, 303);
  assert.deepEqual(slugs(await guest.get('/saved')), [a.slug, b.slug]);
  assert.match(guest.cookies.get('saved'), /^\d+\.\d+$/, 'numbers and nothing else');
  assert.equal(value('select count(*) from saved_therapist'), stored, 'nothing is stored here');
  sql(`update therapist set published = false where slug = :'s'`, { s: a.slug });
  const page = await guest.get('/saved');
  assert.deepEqual(slugs(page), [b.slug]);
  assert.match(page.text, /1 you saved is not listed at present/);
  sql(`update therapist set published = true where slug = :'s'`, { s: a.slug });
  await guest.post('/saved', { therapist: b.slug, act: 'remove' });
  assert.deepEqual(slugs(await guest.get('/saved')), [a.slug]);
  await guest.post('/saved', { act: 'clear' });
  assert.match((await guest.get('/saved')).text, /Nothing saved yet/);
});

test('saved: what is wrong changes nothing', async () => {
  const guest = new Browser();
  await guest.post('/saved', { therapist: a.slug, act: 'save' });
  const before = guest.cookies.get('saved');
  assert.equal((await guest.post('/saved', { therapist: 'nobody-at-all', act: 'save' })).status, 404);
  assert.equal((await guest.post('/saved', { therapist: a.slug, act: 'eat' })).status, 422);
  assert.equal((await guest.post('/saved', { therapist: a.slug })).status, 422);
  assert.equal(guest.cookies.get('saved'), before);
  for (const made of ['x', '1..2', '.1', '1.', '99999999999', '1,2', '{1}', "1');drop", '1.2.'.repeat(200)]) {
    const odd = new Browser();
    odd.cookies.set('saved', made);
    assert.match((await odd.get('/saved')).text, /Nothing saved yet/, made);
  }
});

test('saved with an account: it stays, and what the cookie held comes along', async () => {
  const other = await signedIn(c.email);
  const first = new Browser();
  await first.post('/saved', { therapist: a.slug, act: 'save' });
  other.cookies.set('saved', first.cookies.get('saved'));
  assert.deepEqual(slugs(await other.get('/saved')), [a.slug], 'seen before it is moved');
  await other.post('/saved', { therapist: b.slug, act: 'save' });
  assert.ok(!other.cookies.get('saved'), 'the cookie is gone');
  assert.deepEqual(slugs(await other.get('/saved')).sort(), [a.slug, b.slug].sort());
  const again = await signedIn(c.email);
  assert.deepEqual(slugs(await again.get('/saved')).sort(), [a.slug, b.slug].sort(), 'from anywhere');
  assert.match((await new Browser().get('/saved')).text, /Nothing saved yet/, 'and nobody else');
  await again.post('/saved', { therapist: a.slug, act: 'remove' });
  assert.deepEqual(slugs(await other.get('/saved')), [b.slug]);
});

test('side by side: what is stated, what differs, who is left out', async () => {
  sql(`update therapist set since = 1999, not_for = 'Children' where slug = :'s'`, { s: a.slug });
  const both = await json(`/compare?t=${a.slug}&t=${b.slug}`);
  assert.deepEqual(both.therapists.map((t) => t.slug), [a.slug, b.slug], 'in the order asked');
  const rows = both.groups.flatMap((g) => g.rows);
  const row = (label) => rows.find((r) => r.label === label);
  assert.deepEqual(row('In practice since').cells.map((x) => x.said), ['1999', null]);
  assert.equal(row('In practice since').differs, true);
  assert.ok(row('Price').cells[0].said);
  assert.ok(rows.every((r) => r.cells.length === 2 && r.cells.some((x) => x.said !== null)), 'no row says nothing');
  const page = await get(`/compare?t=${a.slug}&t=${b.slug}`);
  assert.match(page.text, /<span class="muted">Not stated<\/span>/);
  assert.match(page.text, /1999/);
  const only = await json(both.other_view);
  assert.ok(only.diff);
  const left = only.groups.flatMap((g) => g.rows);
  assert.ok(left.length > 0 && left.length < rows.length && left.every((r) => r.differs));
  assert.equal(left.length + only.same, rows.length);
  const away = await json(`/compare?t=${a.slug}&t=${b.slug}&t=nobody-at-all`);
  assert.equal(away.gone, 1);
  assert.equal((await json(both.therapists[0].without)).count, 1);
  const from = await json(`/compare?t=${a.slug}&t=${b.slug}&near=${encodeURIComponent('39.8,-89.6')}`);
  assert.match(from.groups.flatMap((g) => g.rows).find((r) => r.label === 'Distance').cells[0].said, /^[\d.]+ mi$/);
  assert.match((await get('/compare')).text, /No therapist is chosen/);
  assert.match((await get(`/compare?t=${a.slug}`)).text, /One is not enough/);
  assert.equal((await get(`/compare?t=a&t=b&t=c&t=d&t=e`)).status, 422);
});

test('who takes no new clients is offered to nobody as if they did: side by side and among those saved, as in lists', async () => {
  const guest = new Browser();
  for (const t of [a, b]) await guest.post('/saved', { therapist: t.slug, act: 'save' });
  const compared = `/compare?t=${a.slug}&t=${b.slug}`;
  const free = async () => (await json(compared)).groups.flatMap((g) => g.rows).find((r) => r.label === 'Next free').cells.map((x) => [x.said, x.href?.split('?')[0] ?? null]);
  const ways = async (path) => [...(await guest.get(path)).text.matchAll(/<a [^>]*href="\/therapists\/([a-z0-9-]+)\/book/g)].map((m) => m[1]);
  assert.deepEqual((await free()).map(([, href]) => href), [`/therapists/${a.slug}/book`, `/therapists/${b.slug}/book`]);
  assert.deepEqual(new Set(await ways(compared)), new Set([a.slug, b.slug]));
  sql(`update therapist set new_clients = false where slug = :'s'`, { s: a.slug });
  assert.deepEqual((await free())[0], ['For people who have been there before', null]);
  assert.deepEqual(new Set(await ways(compared)), new Set([b.slug]));
  assert.deepEqual(await ways('/saved'), [b.slug]);
  assert.match((await guest.get('/saved')).text, new RegExp(`Takes no new clients now[^]*href="/therapists/${a.slug}">See the profile`));
  sql(`insert into time_off (therapist_id, starts, ends) select id, '2000-01-01', '2100-01-01' from therapist where slug = :'s'`, { s: b.slug });
  await until(async () => (await free())[1].join() === 'None in the next 60 days,', 'who has no free time states so: it is no lack of a statement');
});
