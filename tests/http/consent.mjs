// What is agreed to before a visit, taken back, signed by the therapist as well; and questions of a therapist's own.
import test from 'node:test';
import assert from 'node:assert/strict';
import { healthy } from './answers.mjs';
import { Browser, booked, hold, log, makeTherapist, signedIn, sql, unescape, value } from './lib.mjs';

const mine = makeTherapist('Tara Texan');
sql(`update location set region = 'TX' where therapist_id = :'id'; update credential set register_id = 44 where therapist_id = :'id'`, mine);
const therapist = await signedIn(mine.email);
const colleague = await signedIn(makeTherapist('Uma Other').email);

function guestOf(booking) {
  const guest = new Browser();
  guest.cookies.set(`booking_${booking.id}`, booking.token);
  return guest;
}
// Answers all that is asked before, and leaves out what may be left out. → the path of the page with what is agreed to.
async function toAgreement(guest, base) {
  const rest = Object.fromEntries(Object.entries(healthy).filter(([name]) => !/^K/.test(name)));
  let at = (await guest.post(`${base}/safety`, rest, { from: `${base}/safety/1` })).headers.location;
  for (let n = 0; n < 30; n++) {
    const page = await guest.get(at);
    if (page.status === 303 || /<h1>What you agree to/.test(page.text)) return at;
    at = (await guest.post(at, {})).headers.location;
  }
  throw new Error('nothing is agreed to');
}
// Agreed to as the form does it once its page is sent, then booked.
async function agreed() {
  const visit = await booked(mine);
  sql(`insert into consent (booking_id, purpose, text_id, shown, for_whom, agreed_at, therapist_signs)
    select b.id, t.purpose, t.id, consent_shown(t, b), 'self', clock(), t.therapist_signs
    from booking b, unnest('{treatment,health_data}'::text[]) p, consent_text_for(p, 'US', 'TX') t where b.id = :'id' on conflict do nothing`, visit);
  return visit;
}

test('the client reads what was agreed to, and takes back that answers are kept: they are gone, and the visit stays', async () => {
  const visit = await agreed();
  const guest = guestOf(visit);
  const sealed = value(`select sealed from safety_check where booking_id = :'id'`, visit);
  assert.ok(sealed.length > 40);
  assert.match((await guest.get(`/bookings/${visit.id}`)).text, new RegExp(`href="/bookings/${visit.id}/answers"`));
  let page = await guest.get(`/bookings/${visit.id}/answers`);
  assert.equal(page.status, 200);
  for (const words of ['Consultation document', 'Texas, version 1', 'On any sexual contact', 'Tara Texan', 'Erase my answers']) assert.ok(unescape(page.text).includes(words), words);
  assert.equal((await new Browser().get(`/bookings/${visit.id}/answers`)).status, 404);
  assert.equal(value(`select sealed from safety_check where booking_id = :'id'`, visit), sealed, 'looking at it erases nothing');

  const answer = await guest.post(`/bookings/${visit.id}/answers/withdraw`, {}, { from: `/bookings/${visit.id}/answers` });
  assert.equal(answer.status, 303);
  page = await guest.get(answer.headers.location);
  assert.match(page.text, /Your answers are erased/);
  assert.doesNotMatch(page.text, /Erase my answers/);
  assert.deepEqual(sql(`select sealed, passed from safety_check where booking_id = :'id'`, visit), [['', 't']]);
  assert.equal(value(`select state from booking where id = :'id'`, visit), 'confirmed');
  const seen = unescape((await therapist.get(`/practice/bookings/${visit.id}`)).text);
  assert.match(seen, /Ask in person before you begin/);
  assert.doesNotMatch(seen, /cannot be opened|no flags/);
  assert.ok(!log().includes(sealed), 'the log has nothing of it');
});

test('where the law wants both, the therapist signs too, once, under the own name', async () => {
  const visit = await agreed();
  const path = `/practice/bookings/${visit.id}`;
  assert.match((await therapist.get(path)).text, /Type your full name to sign/);
  assert.equal((await therapist.post(`${path}/consent`, { name: '' }, { from: path })).status, 422);
  assert.equal((await colleague.post(`${path}/consent`, { name: 'Uma Other' }, { from: '/practice' })).status, 404);
  assert.equal((await therapist.post(`${path}/consent`, { name: 'Tara <T> Texan' }, { from: path })).status, 303);
  const seen = await therapist.get(path);
  assert.match(unescape(seen.text), /signed by you \(Tara <T> Texan\)/);
  assert.doesNotMatch(seen.text, /Type your full name to sign|<T>/);
  assert.match(unescape((await guestOf(visit).get(`/bookings/${visit.id}/answers`)).text), /Signed by Tara <T> Texan/);
});

test('questions of one’s own: what is missing is said, and nothing typed is lost; what is saved is asked of that therapist’s clients', async () => {
  const before = await therapist.get('/practice/questions');
  assert.match(before.text, /You have no questions of your own/);
  const refused = await therapist.post('/practice/questions/new', { ask: 'Which oil do you “like”?', kind: 'choice', options: 'Almond', hint: 'For your skin' }, { from: '/practice/questions/new' });
  assert.equal(refused.status, 422);
  assert.match(unescape(refused.text), /<a href="#options">Write from 2 to 12 answers/);
  for (const kept of ['value="Which oil do you “like”?"', '>Almond</textarea>', 'value="For your skin"', 'value="choice" checked']) assert.ok(unescape(refused.text).includes(kept), kept);
  const saved = await therapist.post('/practice/questions/new', { ask: 'Which oil do you “like”?', kind: 'choice', options: 'Almond\r\nNone, please', required: 'yes' }, { from: '/practice/questions/new' });
  assert.equal(saved.status, 303);
  await therapist.post('/practice/questions/new', { ask: 'Any stairs?', kind: 'yes_no' }, { from: '/practice/questions/new' });
  const list = unescape((await therapist.get('/practice/questions')).text);
  assert.ok(list.indexOf('Which oil') > 0 && list.indexOf('Which oil') < list.indexOf('Any stairs?'), 'in the order in which they were added');
  const id = list.match(/questions\/(\d+)\/move/)[1];
  assert.equal((await colleague.get(`/practice/questions/${id}`)).status, 404);
  assert.equal((await therapist.post(`/practice/questions/${id}/move`, { move: 'down' }, { from: '/practice/questions' })).status, 303);
  const turned = unescape((await therapist.get('/practice/questions')).text);
  assert.ok(turned.indexOf('Which oil') > turned.indexOf('Any stairs?'), 'moved down');
  assert.equal((await therapist.post(`/practice/questions/${id}/move`, { move: 'sideways' }, { from: '/practice/questions' })).status, 422);
  const edit = unescape((await therapist.get(`/practice/questions/${id}`)).text);
  assert.match(edit, /name="required" value="yes" checked/);
  assert.doesNotMatch(edit, /name="kind"/, 'how it is answered stays');
});

test('they are asked before what is agreed to; the answers are sealed, read by that therapist alone, and gone when they are taken back', async () => {
  const visit = await hold(mine);
  const guest = guestOf(visit);
  const base = `/bookings/${visit.id}`;
  const agree = await toAgreement(guest, base);
  assert.equal((await guest.get(agree)).headers.location, `${base}/own`, 'first the own questions');
  const page = unescape((await guest.get(`${base}/own`)).text);
  const oil = page.match(/name="(T\d+)" value="2"[^>]*> <span>None, please</)[1];
  const stairs = page.match(/<legend[^>]*>Any stairs\?[\s\S]*?name="(T\d+)"/)[1];
  assert.match(page, /Any stairs\? <span class="muted">\(optional\)/);
  sql(`insert into own_question (therapist_id, position, kind, ask) values (:'id', 9, 'text', 'Anything else?')`, mine);
  const words = unescape((await guest.get(`${base}/own`)).text).match(/<textarea[^>]* name="(T\d+)"/)[1];

  const said = 'A marker <b>4711</b> in words';
  const refused = await guest.post(`${base}/own`, { [words]: said, [stairs]: '7' });
  assert.equal(refused.status, 422);
  assert.match(unescape(refused.text), new RegExp(`href="#${stairs}">Choose one of the answers[\\s\\S]*href="#${oil}">Choose one of the answers`));
  assert.ok(unescape(refused.text).includes(`>${said}</textarea>`), 'what was typed stands');
  const taken = await guest.post(`${base}/own`, { [words]: said, [oil]: '2' });
  assert.equal(taken.status, 303, taken.text);
  assert.equal((await guest.get(agree)).status, 200, 'then what is agreed to');
  assert.match(unescape((await guest.get(`${base}/own`)).text), /value="2" checked[\s\S]*4711/, 'and back: the answers are there');
  assert.ok(!/4711/.test(sql(`select sealed from own_answer where booking_id = :'id'`, visit)[0][0]), 'sealed');

  const consents = Object.fromEntries([...(await guest.get(agree)).text.matchAll(/name="(consent_\w+)" value="([^"]*)"/g)].map(([, name, value]) => [name, value]));
  const done = await guest.post(agree, { K01: 'yes', K02: 'yes', K03: 'yes', K04: 'yes', K07: 'Carla Client', ...consents });
  assert.equal(done.headers.location, `${base}/safety/done`, done.text);
  assert.deepEqual(sql(`select purpose, encode(shown, 'hex') from consent where booking_id = :'id' order by purpose`, visit), [['health_data', consents.consent_health_data], ['treatment', consents.consent_treatment]]);
  await guest.post(`${base}/details`, { name: 'Carla Client', email: 'carla@example.org' });
  await guest.post(`${base}/confirm`, {}, { from: `${base}/check` });
  const seen = unescape((await therapist.get(`/practice/bookings/${visit.id}`)).text);
  assert.match(seen, /Answers to your own questions[\s\S]*Which oil[\s\S]*None, please[\s\S]*A marker &lt;b|Answers to your own questions[\s\S]*None, please[\s\S]*A marker/);
  const [kept] = sql(`select sealed from own_answer where booking_id = :'id'`, visit)[0];
  sql(`update own_answer set sealed = overlay(sealed placing 'AAAA' from 40) where booking_id = :'id'`, visit);
  const lost = (await therapist.get(`/practice/bookings/${visit.id}`)).text;
  assert.match(lost, /Answers to your own questions cannot be opened/);
  assert.doesNotMatch(lost, /id="own-title"/);
  sql(`update own_answer set sealed = :'kept' where booking_id = :'id'`, { ...visit, kept });
  assert.equal((await colleague.get(`/practice/bookings/${visit.id}`)).status, 404);
  await guest.post(`${base}/answers/withdraw`, {}, { from: `${base}/answers` });
  assert.deepEqual(sql(`select count(*) from own_answer where booking_id = :'id'`, visit), [['0']]);
  assert.doesNotMatch((await therapist.get(`/practice/bookings/${visit.id}`)).text, /4711/);
});

test('what is agreed to is what was on the page: another text has to be read again', async () => {
  const other = makeTherapist('Vera Other');
  const visit = await hold(other);
  const guest = guestOf(visit);
  const base = `/bookings/${visit.id}`;
  const agree = await toAgreement(guest, base);
  assert.match((await guest.get(agree)).text, /ersion 1 of [A-Z]\w+ \d+, \d{4}\b/, 'a date as on all other pages');
  const boxes = { K01: 'yes', K02: 'yes', K03: 'yes', K04: 'yes', K07: 'Carla Client' };
  const again = await guest.post(agree, { ...boxes, consent_treatment: '0'.repeat(64) });
  assert.equal(again.status, 422);
  assert.match(unescape(again.text), /text has changed/i);
  assert.deepEqual(sql(`select count(*) from consent where booking_id = :'id'`, visit), [['0']]);
  assert.equal(value(`select safety_id is null from booking where id = :'id'`, visit), 't');
});

test('who does not agree that answers are kept books all the same: nothing of them is there, and the therapist asks in person', async () => {
  for (const [left, boxes] of [['keeping', { K04: 'yes' }], ['sharing', { K03: 'yes' }]]) {
    const visit = await hold(mine);
    const guest = guestOf(visit);
    const base = `/bookings/${visit.id}`;
    const agree = await toAgreement(guest, base);
    const own = unescape((await guest.get(`${base}/own`)).text).match(/name="(T\d+)" value="2"[^>]*> <span>None, please</)[1];
    assert.equal((await guest.post(`${base}/own`, { [own]: '2' })).status, 303);
    const done = await guest.post(agree, { K01: 'yes', K02: 'yes', K07: 'Carla Client', ...boxes });
    assert.equal(done.headers.location, `${base}/safety/done`, done.text);
    assert.equal((await guest.get(`${base}/safety/done`)).status, 200);
    assert.deepEqual(sql(`select c.sealed is null, c.passed, b.safety_draft is null, (select count(*) from own_answer o where o.booking_id = b.id)
      from booking b join safety_check c on c.id = b.safety_id where b.id = :'id'`, visit), [['t', 't', 't', '0']], `without ${left}`);
    assert.deepEqual(sql(`select purpose from consent where booking_id = :'id'`, visit), [['treatment']]);
    await guest.post(`${base}/details`, { name: 'Carla Client', email: 'carla@example.org', phone: '+1 512 555 0100' });
    await guest.post(`${base}/confirm`, {}, { from: `${base}/check` });
    assert.equal(value(`select state from booking where id = :'id'`, visit), 'confirmed');
    assert.equal((await guest.get(`${base}/answers`)).status, 200);
    assert.match(unescape((await therapist.get(`/practice/bookings/${visit.id}`)).text), /Ask in person before you begin/);
  }
});
