// A therapist's clients: the list, looking for one, the page of one, the next visit, and what a block does to who tries all the same. Then the numbers, the
// link and the card, the list of a day.
import test from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Browser, bearer, booked, digest, free, healthy, hold, log, makeTherapist, origin, send, signedIn, sql, unescape, value } from './lib.mjs';

const mine = makeTherapist('Clara Keeper');
const browser = await signedIn(mine.email);
const page = async (target) => {
  const answer = await browser.get(target);
  assert.equal(answer.status, 200, `${target}: ${answer.text.slice(0, 300)}`);
  return unescape(answer.text);
};
const document = async (target) => (await browser.json(target)).json();
const clientOf = (email) => value(`select id from client where therapist_id = :'id' and email_key = :'email'`, { id: mine.id, email });
// A guest who gets as far as a name: the answer to it.
async function names(email, more = {}, therapist = mine) {
  const held = await hold(therapist, free(therapist));
  assert.equal((await send('POST', `/bookings/${held.id}/safety`, { headers: bearer(held), json: healthy })).status, 200);
  return { held, answer: await send('POST', `/bookings/${held.id}/details`, { headers: bearer(held), json: { name: 'Nia Guest', email, ...more } }) };
}
const stateOf = (id) => value(`select state from booking where id = :'id'`, { id });

test('who books is in the list, is found with a slip in the name, and has a page that leads to the next visit', async () => {
  assert.match(await page('/practice/clients'), /Nobody has booked with you yet/);
  const first = await booked(mine);
  const second = await booked(mine);
  const { clients } = await document('/practice/clients');
  assert.deepEqual(clients.map((c) => [c.name, c.contact, c.visits, c.next.id]), [['Carla Client', 'carla@example.org', 0, first.id]]);
  const id = clients[0].id;
  const found = await browser.post('/practice/clients', { q: 'crala cleint' });
  assert.equal(found.status, 200);
  assert.ok(found.text.includes(`/practice/clients/${id}`), 'two slips');
  assert.match((await browser.post('/practice/clients', { q: 'Zacharias' })).text, /Nobody fits “Zacharias”/);
  const empty = await browser.post('/practice/clients', { q: '' });
  assert.equal(empty.status, 422);
  assert.match(empty.text, /Enter a name, an e-mail address or a telephone number/);
  assert.ok(!log().includes('cleint'), 'what was looked for stands in no log');

  const one = await document(`/practice/clients/${id}`);
  assert.deepEqual(one.history.map((v) => [v.id, v.text]), [[second.id, 'Booked'], [first.id, 'Booked']]);
  const shown = await page(`/practice/clients/${id}`);
  assert.match(shown, /<title>Client – /, 'no name in the title');
  assert.match(shown, /carla@example\.org/);
  assert.match(await page(`/practice/bookings/${first.id}`), new RegExp(`/practice/clients/${id}`), 'a visit leads to who comes');
  const next = await page(`/practice/bookings/new?client=${id}`);
  for (const typed of ['value="Carla Client"', 'value="carla@example.org"', `name="service" value="${mine.service}" checked`]) assert.ok(next.includes(typed), typed);
  assert.equal((await browser.get(`/practice/bookings/new?client=${randomUUID()}`)).status, 404);
  for (const bad of ['/practice/clients?by=mood', '/practice/clients?after=5', `/practice/clients/${id}?before=x`]) assert.equal((await browser.get(bad)).status, 400, bad);
});

test('what is written about a client is opened on a page of its own, and that is on record', async () => {
  const [visit] = sql(`select id from booking where therapist_id = :'id' and state = 'confirmed' order by starts_at limit 1`, mine)[0];
  sql(`begin; set local session_replication_role = replica; update booking set starts_at = now() - interval '10 minutes', ends_at = now() + interval '50 minutes' where id = :'visit'; commit`, { visit });
  const note = { after: '0', minutes: '50', technique: 'swedish', area: 'low-back', area_other: 'Left hip', consent: 'agreed', update: 'none', pressure: '3', note: 'Tight on the <left>.' };
  const saved = await browser.post(`/practice/bookings/${visit}/note`, note);
  assert.ok([303, 422].includes(saved.status));
  if (saved.status === 422) assert.equal((await browser.post(`/practice/bookings/${visit}/note`, { ...note, area: undefined })).status, 303);
  const id = clientOf('carla@example.org');
  const uses = () => Number(value(`select count(*) from key_use`));
  const before = uses();
  assert.ok(!(await page(`/practice/clients/${id}`)).includes('Tight on the'), 'the first page opens nothing');
  assert.equal(uses(), before);
  const record = await browser.get(`/practice/clients/${id}/record`);
  assert.ok(record.text.includes('Tight on the &lt;left&gt;.') && record.text.includes('Left hip'), 'the note');
  assert.ok(uses() > before, 'and that it was read is written down');
  assert.match(record.text, /No plan is written/);
  assert.match(record.text, /<title>Notes and plan – /);
});

test('a block: told plainly, the time is free again, the reason is nobody else’s', async () => {
  const id = clientOf('carla@example.org');
  const coming = (await document(`/practice/clients/${id}`)).coming.map((v) => v.id);
  assert.equal(coming.length, 1);
  const long = await browser.post(`/practice/clients/${id}/block`, { reason: 'x'.repeat(501) });
  assert.equal(long.status, 422);
  assert.ok(long.text.includes('Shorten the reason') && long.text.includes('x'.repeat(501)), 'what was typed stays');
  const reason = `Came drunk ${randomUUID()}`;
  const answer = await browser.post(`/practice/clients/${id}/block`, { reason });
  assert.equal(answer.status, 303);
  const shown = await page(answer.headers.location);
  assert.ok(shown.includes(reason), 'the therapist reads the reason');
  assert.ok(shown.includes('Cancel without a fee') && shown.includes(coming[0]), 'what is booked can be cancelled');
  assert.equal(stateOf(coming[0]), 'confirmed');
  assert.equal(value(`select count(*) from client_block where sealed like :'reason' or client_block::text like :'reason'`, { reason: `%${reason}%` }), '0', 'the database keeps it sealed');

  const { held, answer: told } = await names('Carla+new@Example.org');
  assert.equal(told.status, 409);
  assert.equal(told.json().title, 'This therapist cannot be booked with this e-mail address.');
  assert.ok(!told.text.includes(reason));
  assert.equal(stateOf(held.id), 'cancelled');
  assert.equal((await hold(mine, held.start)).state, 'held', 'another takes the time at once');

  // the same in a browser, by its pages
  const guest = new Browser();
  const start = free(mine);
  const choice = await guest.post('/bookings', { therapist: mine.slug, service: mine.service, start, key: randomUUID() }, { from: `/therapists/${mine.slug}/book?service=${mine.service}` });
  assert.equal(choice.status, 303, choice.text.slice(0, 300));
  const at = choice.headers.location.match(/^\/bookings\/[^/]+/)[0];
  assert.equal((await send('POST', `${at}/safety`, { headers: { authorization: `Bearer ${guest.cookies.get(`booking_${at.split('/')[2]}`)}`, accept: 'application/json' }, json: healthy })).status, 200);
  const refused = await guest.post(`${at}/details`, { name: 'Carla', email: 'carla@example.org' });
  assert.equal(refused.status, 409);
  assert.match(refused.text, /<h1>This therapist cannot be booked with this e-mail address\.<\/h1>[\s\S]*no time is kept for you/);

  const phoned = await browser.post('/practice/bookings/new', { service: mine.service, place: mine.location, day: '2026-11-24', time: '10:00', name: 'Carla', email: 'carla@example.org', how: 'ask', key: randomUUID() });
  assert.equal(phoned.status, 422);
  assert.match(phoned.text, /You have blocked this person/);

  const list = await page('/practice/blocked');
  const block = list.match(/\/practice\/blocked\/([0-9a-f-]{36})\/remove/)[1];
  assert.ok(!list.includes(reason));
  assert.equal((await browser.post(`/practice/blocked/${block}/remove`, {}, { from: '/practice/blocked' })).status, 303);
  assert.equal((await names('carla@example.org')).answer.status, 200, 'unblocked');
});

test('numbers: three spans, a table that says the same, and nothing else is asked for', async () => {
  for (const weeks of [4, 12, 52]) {
    const shown = await browser.get(`/practice/numbers?weeks=${weeks}`);
    const { weeks: rows, total } = await document(`/practice/numbers?weeks=${weeks}`);
    const drawn = 2 + (total.no_shows > 0) + (total.late > 0);
    assert.equal((shown.text.match(/<svg class="course"/g) ?? []).length, drawn, 'a drawing each, but for what nobody did');
    assert.equal((shown.text.match(/<th scope="row">/g) ?? []).length, weeks);
    const table = await browser.get(`/practice/numbers.csv?weeks=${weeks}`);
    assert.match(table.headers['content-type'], /^text\/csv/);
    assert.match(table.headers['content-disposition'], /numbers\.csv/);
    const lines = table.text.split('\r\n').slice(1, -1);
    assert.deepEqual(lines, rows.map((w) => [w.from, w.offered, w.booked, w.filled, w.kept, w.no_shows, w.late, w.new, w.returning].join(',')));
    assert.ok(rows.at(-1).offered > 9000, 'open day and night');
  }
  assert.equal((await browser.get('/practice/numbers?weeks=13')).status, 400);
  assert.equal((await browser.get('/practice/numbers.csv?weeks=0')).status, 400);
});

test('the code of the card leads to the page, in the eyes of another reader; the button is one plain link', async () => {
  const share = await browser.get('/practice/share');
  const { link, book, button } = await document('/practice/share');
  assert.equal(link, `${origin}/therapists/${mine.slug}`);
  assert.ok(unescape(share.text).includes(button), 'the button can be copied');
  assert.ok(button.startsWith(`<a href="${book}" style="`) && !/<(script|iframe|img)/.test(button));
  assert.ok([200, 303].includes((await send('GET', new URL(book).pathname)).status), 'it leads somewhere');
  const cards = await browser.get('/practice/share/card?paper=letter');
  assert.equal((cards.text.match(/class="visit-card"/g) ?? []).length, 8);
  assert.equal(((await browser.get('/practice/share/card')).text.match(/class="visit-card"/g) ?? []).length, 10);
  assert.equal((await browser.get('/practice/share/card?paper=a5')).status, 400);
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'card-'));
  try {
    const svg = cards.text.match(/<svg class="qr"[\s\S]*?<\/svg>/)[0];
    fs.writeFileSync(path.join(folder, 'qr.svg'), svg.replace('<svg ', '<svg xmlns="http://www.w3.org/2000/svg" '));
    execFileSync('rsvg-convert', ['--width=400', '-o', path.join(folder, 'qr.png'), path.join(folder, 'qr.svg')]);
    assert.equal(execFileSync('zbarimg', ['--quiet', '--raw', path.join(folder, 'qr.png')], { encoding: 'utf8' }).trim(), link);
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
});

test('the list of a day has its visits with a telephone number, and no answers', async () => {
  const visit = await booked(mine);
  sql(`update booking set client_phone = '+1 217 555 0142' where id = :'id'`, visit);
  const day = value(`select local_day(starts_at, zone) from booking where id = :'id'`, visit);
  const list = await page(`/practice/day?day=${day}`);
  for (const said of ['Carla Client', '+1 217 555 0142', 'One hour, 60 minutes']) assert.ok(list.includes(said), said);
  assert.equal((await browser.get('/practice/day?day=soon')).status, 400);
});

test('two who are one person are joined by their therapist, who reads before what will happen', async () => {
  const t = makeTherapist('Jo Joiner'), b = await signedIn(t.email), stranger = await signedIn(makeTherapist('Una Unrelated').email);
  const first = await booked(t), second = await booked(t);
  sql(`update booking set client_email = 'carla.two@example.org', client_id = null where id = :'id'; update booking set client_name = 'Carla Clientele' where id = :'id'`, second);
  const [one, two] = [first, second].map((v) => value(`select client_id from booking where id = :'id'`, v));
  assert.notEqual(one, two);
  const at = `/practice/clients/${one}`;
  assert.match((await b.get('/practice/clients')).text, /Listed twice\?/);
  const asks = await b.get(`${at}/join`);
  assert.match(asks.text, new RegExp(`Carla Clientele[^]*href="${at}/join\\?with=${two}"`), 'who has a name like it');
  const looked = await b.post(`${at}/join`, { q: 'carla.two' });
  assert.ok(looked.status === 200 && /value="carla\.two"/.test(looked.text));
  assert.match((await b.post(`${at}/join`, { q: 'carla.two@example.org' })).text, /Carla Clientele/);
  for (const [form, words] of [[{}, 'Enter a name'], [{ q: 'x' }, 'from 2 to 120'], [{ with: 'nobody' }, 'Choose another client'], [{ with: one }, 'Choose another client'], [{ with: randomUUID() }, 'Choose another client']]) {
    const bad = await b.post(`${at}/join`, form);
    assert.equal(bad.status, 422, JSON.stringify(form));
    assert.ok(bad.text.includes(words), JSON.stringify(form));
  }
  assert.equal((await b.get(`${at}/join?with=${randomUUID()}`)).status, 404);
  assert.equal((await b.get(`${at}/join?with=x`)).status, 400);
  assert.equal((await stranger.get(`${at}/join`)).status, 404);
  assert.equal((await stranger.post(`${at}/join`, { with: two }, { from: '/practice/clients' })).status, 404);

  const before = digest(t);
  const says = await b.get(`${at}/join?with=${two}`);
  for (const words of ['Are these the same person?', 'Carla Client', 'Carla Clientele', 'This cannot be undone.', 'Nothing is deleted']) assert.ok(says.text.includes(words), words);
  assert.equal(digest(t), before, 'reading changes nothing');
  assert.equal((await b.json(`${at}/join?with=${two}`)).json().two.length, 2);
  const done = await b.post(`${at}/join`, { with: two }, { from: `${at}/join?with=${two}` });
  assert.equal(done.headers.location, `${at}?saved=joined`, done.text.slice(0, 300));
  const page = await b.get(done.headers.location);
  assert.match(page.text, /Joined on [^<]* with “Carla Clientele” and 1 visit, as you said\./);
  assert.deepEqual([first, second].map((v) => page.text.includes(v.id)), [true, true], 'both visits stand there');
  assert.equal((await b.get(`/practice/clients/${two}`)).status, 404);
  assert.equal((await b.json('/practice/clients')).json().clients.length, 1);
  assert.equal((await b.post(`${at}/join`, { with: two }, { from: `${at}/join` })).status, 422, 'not twice');
});
