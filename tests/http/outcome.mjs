// How it goes: the questions after a visit, the look back, the line, and what must be looked into.
import test from 'node:test';
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { bundleFaultsOf } from './fhir.mjs';
import { Browser, bearer, booked, free, healthy, hold, makeTherapist, operatorEmail, send, signedIn, sql, unescape, value } from './lib.mjs';

const mine = makeTherapist('Olive Outcome');
const other = makeTherapist('Paul Other');
const browser = await signedIn(mine.email);
const colleague = await signedIn(other.email);
const operator = await signedIn(operatorEmail);
const marker = () => `marker-${randomUUID()}`;
const errors = (answer) => [...unescape(answer.text).matchAll(/<li><a href="#(\w+)">([^<]+)<\/a><\/li>/g)].map(([, field]) => field);

function client(...visits) {
  const b = new Browser();
  for (const visit of visits) b.cookies.set(`booking_${visit.id}`, visit.token);
  return b;
}
// The visit moves before the clock: it ended so many hours ago, and the worker has not come that far.
const over = (visit, hours) =>
  sql(`begin; set local session_replication_role = replica; delete from visit_walk;
       update booking set starts_at = now() - make_interval(hours => :'hours'::int + 1), ends_at = now() - make_interval(hours => :'hours'::int) where id = :'id'; commit`, { id: visit.id, hours });
// What was answered moves with it.
const backdate = (visit, days) =>
  sql(`update safety_check set checked_at = checked_at - make_interval(days => :'days'::int) where booking_id = :'id';
       update outcome set answered_at = answered_at - make_interval(days => :'days'::int) where booking_id = :'id'; select 1`, { id: visit.id, days });
const due = () => sql('select outcomes_due(500)');
const mails = (visit, kind) => Number(value(`select count(*) from outbox where booking_id = :'id' and kind = :'kind'`, { ...visit, kind }));
const things = { P07: '7', P07b: '9', P09_activity1: 'putting on socks', P09_rating1: '2', P09_activity2: '=1+1 sitting', P09_rating2: '4' };

async function answered(answers, email = `${randomUUID()}@example.org`, visit = undefined) {
  visit ??= await hold(mine);
  for (const [step, json] of [['safety', answers], ['details', { name: 'Carla Client', email }], ['confirm', {}]]) {
    const answer = await send('POST', `/bookings/${visit.id}/${step}`, { headers: bearer(visit), json });
    assert.equal(answer.status, 200, `${step}: ${answer.text.slice(0, 400)}`);
  }
  return { ...visit, email };
}
// Another visit from the page of one: as the client does, by the form there.
async function another(visit, answers) {
  const guest = client(visit);
  const answer = await guest.post(`/bookings/${visit.id}/again`, { start: free(mine), key: randomUUID() });
  assert.equal(answer.status, 303, answer.text);
  const id = answer.headers.location.match(/bookings\/([0-9a-f-]{36})/)[1];
  return answered(answers, visit.email, { id, token: guest.cookies.get(`booking_${id}`) });
}

// --- After a visit

test('a day after a visit the client is asked, once, whoever set what', async () => {
  const fresh = await answered(healthy);
  const unset = await answered(healthy); // nobody said whether it took place
  const came = await answered(healthy);
  const missed = await answered(healthy);
  over(fresh, 23);
  for (const visit of [unset, came, missed]) over(visit, 25);
  sql(`begin; set local session_replication_role = replica; update booking set state = 'attended' where id = :'came'; update booking set state = 'no_show' where id = :'missed'; commit`, { came: came.id, missed: missed.id });
  due();
  due();
  assert.deepEqual([fresh, unset, came, missed].map((v) => mails(v, 'booking-after')), [0, 1, 1, 0]);
  sql(`delete from outbox where booking_id = :'id'`, unset);
  due();
  assert.equal(mails(unset, 'booking-after'), 0, 'also when the mail is gone');
  const old = await answered(healthy);
  over(old, 24 * 5);
  due();
  assert.equal(mails(old, 'booking-after'), 0, 'days that are long gone are not asked about');
});

test('who did not agree that answers are kept gets no mail and no questions', async () => {
  const { K03, K04, ...silent } = healthy;
  const visit = await answered(silent);
  const earlier = await answered(healthy); // agreed to a wording that did not name these questions
  sql(`update consent set text_id = (select id from consent_text where purpose = 'health_data' and place = '' and version = 1) where booking_id = :'id' and purpose = 'health_data'`, earlier);
  for (const v of [visit, earlier]) over(v, 25);
  due();
  for (const v of [visit, earlier]) {
    assert.equal(mails(v, 'booking-after'), 0);
    const page = await client(v).get(`/bookings/${v.id}/after`);
    assert.equal(page.status, 200);
    assert.match(page.text, /did not agree/);
    assert.doesNotMatch(page.text, /<form[^>]*\/after"/);
    const answer = await send('POST', `/bookings/${v.id}/after`, { headers: bearer(v), json: { effects: 'mild', pain: '3' } });
    assert.equal(answer.status, 409);
  }
  assert.equal(value('select count(*) from outcome where booking_id in (:\'a\', :\'b\')', { a: visit.id, b: earlier.id }), '0');
});

test('the questions after a visit keep what was typed, are sealed, and are read by the therapist alone', async () => {
  const visit = await answered(healthy);
  const path = `/bookings/${visit.id}/after`;
  const guest = client(visit);
  assert.match((await guest.get(path)).text, /come after the visit/);
  over(visit, 25);
  const token = visit.token;
  const link = await new Browser().get(`/b/${token}?after=${visit.id}`);
  assert.equal(link.headers.location, path);

  const empty = await guest.post(path, { words: 'kept words' });
  assert.equal(empty.status, 422);
  assert.deepEqual(errors(empty), ['effects', 'pain']);
  assert.match(empty.text, />kept words<\/textarea>/);
  for (const [change, field] of [[{ effects: 'odd' }, 'effects'], [{ pain: '11' }, 'pain'], [{ words: 'x'.repeat(1001) }, 'words']]) {
    const wrong = await guest.post(path, { effects: 'mild', pain: '3', ...change });
    assert.equal(wrong.status, 422);
    assert.deepEqual(errors(wrong), [field]);
    if (field !== 'effects') assert.match(wrong.text, /value="mild" checked/);
    if (field !== 'pain') assert.match(wrong.text, /value="3" checked/);
  }
  assert.equal(value(`select count(*) from outcome where booking_id = :'id'`, visit), '0');

  const words = marker();
  assert.equal((await guest.post(path, { effects: 'mild', pain: '3', words })).status, 303);
  const page = unescape((await guest.get(path)).text);
  for (const word of [words, '3 of 10', 'gone within two days']) assert.ok(page.includes(word), word);
  const stored = sql(`select o::text from outcome o union all select x::text from outbox x union all select e::text from booking_event e union all select a::text from audit a`).join('\n');
  assert.ok(stored.includes(visit.id) && !stored.includes(words) && !/mild/.test(stored));
  const before = unescape((await browser.get(`/practice/bookings/${visit.id}/intake`)).text);
  assert.ok(before.includes(words), 'the therapist reads it before the next visit');
  assert.equal((await colleague.get(`/practice/bookings/${visit.id}/intake`)).status, 404);

  // the newer answer counts; nobody else's link leads here
  assert.match((await guest.get(`${path}?again=1`)).text, /<form/);
  await guest.post(path, { effects: 'lasted', pain: '5' }, { from: `${path}?again=1` });
  assert.match((await guest.get(path)).text, /Lasted more than two days/);
  const stranger = await booked(mine);
  assert.equal((await client(stranger).get(path)).status, 404);
  assert.equal((await send('GET', path, { headers: bearer(stranger) })).status, 404);
  assert.equal((await send('POST', path, { headers: bearer(stranger), json: { effects: 'care', pain: '3' } })).status, 404);
  assert.equal(value(`select count(*) from incident where booking_id = :'id'`, visit), '0');
});

test('needed care: an incident once, told without a detail, seen by the operator without the client, closed with a sealed note', async () => {
  const visit = await answered(healthy);
  over(visit, 25);
  const guest = client(visit);
  const path = `/bookings/${visit.id}/after`;
  const words = marker();
  await guest.post(path, { effects: 'care', pain: '8', words });
  await guest.post(path, { effects: 'care', pain: '9', words }, { from: `${path}?again=1` });
  const page = unescape((await guest.get(path)).text);
  assert.match(page, /call <strong>911<\/strong>/, 'the number of the country of the visit');
  assert.equal(value(`select count(*) from incident where booking_id = :'id'`, visit), '1');
  assert.equal(mails(visit, 'therapist-incident'), 1);

  const own = `/practice/bookings/${visit.id}/incident`;
  assert.match((await browser.get(`/practice/bookings/${visit.id}`)).text, new RegExp(`Care was needed[^]*href="${own}"`));
  const next = await another(visit, healthy);
  assert.match((await browser.get(`/practice/bookings/${next.id}/intake`)).text, new RegExp(`Care was needed[^]*href="${own}"`), 'before the next visit');
  const open = unescape((await browser.get(own)).text);
  assert.ok(open.includes(words) && open.includes('Open since'));
  assert.equal((await colleague.get(own)).status, 404);

  const list = unescape((await operator.get('/operator/incidents')).text);
  assert.ok(list.includes('Olive Outcome') && list.includes('Open since today'));
  for (const word of [words, visit.id, 'Carla', visit.email]) assert.ok(!list.includes(word), word);
  assert.equal((await browser.get('/operator/incidents')).status, 404);

  const incident = value(`select id from incident where booking_id = :'id'`, visit);
  const typed = await browser.post(own, { which: incident, note: 'x'.repeat(2001) });
  assert.deepEqual(errors(typed), ['note']);
  assert.ok(typed.text.includes(`${'x'.repeat(2001)}</textarea>`) && typed.text.includes(`name="which" value="${incident}"`), 'what was typed stays');
  assert.deepEqual(errors(await browser.post(own, { which: incident })), ['note']);
  const note = marker();
  assert.equal((await colleague.post(own, { which: incident, note }, { from: '/practice' })).status, 404);
  const elsewhere = await booked(mine);
  assert.equal((await browser.post(`/practice/bookings/${elsewhere.id}/incident`, { which: incident, note }, { from: own })).status, 404, 'of another visit');
  assert.equal((await browser.post(own, { which: incident, note })).status, 303);
  const closed = unescape((await browser.get(own)).text);
  assert.ok(closed.includes(note) && closed.includes('Closed'));
  assert.doesNotMatch(closed, /<textarea/);
  assert.equal((await browser.post(own, { which: incident, note: 'again' }, { from: `/practice/bookings/${visit.id}` })).status, 409);
  assert.ok(!value(`select i::text from incident i where booking_id = :'id'`, visit).includes(note));
  assert.match((await operator.get('/operator/incidents')).text, /Closed/);
});

// --- The line

test('the line: what was named at the start, over visits that were booked one from another, read with consent and written down', async () => {
  const first = await answered({ ...healthy, ...things });
  over(first, 24 * 40);
  backdate(first, 40);
  const second = await another(first, healthy);
  over(second, 25);
  assert.equal(value(`select course_id from booking where id = :'id'`, second), first.id);
  const guest = client(second);
  const look = `/bookings/${second.id}/look-back`;
  const form = unescape((await guest.get(look)).text);
  assert.ok(form.includes('putting on socks') && form.includes('=1+1 sitting') && !form.includes('name="thing3"'));

  const wrong = await guest.post(look, { worst: '5', thing1: '6', global: '2' });
  assert.equal(wrong.status, 422);
  assert.deepEqual(errors(wrong), ['average']);
  for (const kept of ['name="worst" value="5" checked', 'name="thing1" value="6" checked', 'name="global" value="2" checked']) assert.ok(wrong.text.includes(kept), kept);
  const saved = await guest.post(look, { average: '3', worst: '5', thing1: '6', thing2: '8', global: '2' });
  assert.equal(saved.status, 303);
  assert.match((await guest.get(saved.headers.location)).text, /Your answers are kept/);

  const line = (await guest.json(`/bookings/${second.id}/progress`)).json();
  assert.deepEqual(line.rows.filter((row) => row.what !== 'After a visit').map((row) => [row.what, row.average, row.worst, row.mean, row.global]),
    [['Form at booking', '7', '9', '3', null], ['Form at booking', '4', null, null, null], ['Look back', '3', '5', '7', 'much better']]);
  assert.deepEqual(line.readings.map((r) => [r.measure, r.better, r.worse]), [['pain-average', true, false], ['hard-things', true, false], ['global', true, false]]);
  const page = (await guest.get(`/bookings/${second.id}/progress`)).text;
  assert.match(page, /<svg class="course"[^>]*role="img" aria-labelledby="chart-pain-t chart-pain-d"><title id="chart-pain-t">Pain over time/);
  assert.match(page, /<title id="chart-things-t">/);
  assert.match(page, /Go on as planned/);
  assert.deepEqual([line.go_on, line.try_other, line.stop], [true, false, false]);
  const table = await guest.get(`/bookings/${second.id}/progress.csv`);
  assert.match(table.headers['content-type'], /^text\/csv/);
  assert.match(table.headers['content-disposition'], /attachment/);
  const cells = table.text.split('\r\n').filter(Boolean).map((row) => row.split(','));
  assert.equal(cells.length, line.rows.length + 1);
  assert.equal(new Set(cells.map((row) => row.length)).size, 1, 'as many cells in each line');
  const back = cells.find((row) => row[1] === '"Look back"');
  assert.deepEqual([back[3], back[4], back.at(-2)], ['3', '5', '"much better"']);
  assert.deepEqual(cells[0].slice(5, 7), ['"putting on socks"', `"'=1+1 sitting"`], 'what looks like a formula is text');
  assert.equal((await client(first).get(`/bookings/${first.id}/progress.csv`)).text, table.text);
  assert.deepEqual((await client(first).json(`/bookings/${first.id}/progress`)).json().rows, line.rows, 'the same from the page of each visit');

  // for other programs: an Observation for each value
  const fhir = await guest.get(`/bookings/${second.id}/progress/fhir.json`);
  assert.match(fhir.headers['content-type'], /^application\/fhir\+json/);
  const bundle = fhir.json();
  assert.deepEqual(bundleFaultsOf(bundle), []);
  const told = bundle.entry.map(({ resource: r }) => [r.effectiveDateTime, r.code.coding.map((c) => c.code).join(' '), r.valueQuantity?.value ?? r.valueCodeableConcept?.text]);
  const day = (n) => line.rows[n] && cells[n + 1][0];
  assert.deepEqual(told, [[day(0), '72514-3 pain-average', 7], [day(0), '72514-3 pain-worst', 9], [day(0), 'hard-things', 3], [day(1), '72514-3 pain-average', 4],
    [day(2), '72514-3 pain-average', 3], [day(2), '72514-3 pain-worst', 5], [day(2), 'hard-things', 7], [day(2), 'global-change', 'much better']]);
  assert.deepEqual(bundle.entry[2].resource.component.map((c) => [c.code.text, c.valueQuantity.value]), [['putting on socks', 2], ['=1+1 sitting', 4]]);
  assert.ok(!fhir.text.includes('Carla') && !fhir.text.includes(first.email) && !fhir.text.includes('Olive'), 'nobody is named');
  for (const [what, change] of Object.entries({
    'no status': (r) => { r.status = 'done'; }, 'a Coding without a code': (r) => { delete r.code.coding[0].code; }, 'no dateTime': (r) => { r.effectiveDateTime = '22.11.2026'; },
    'obs-6': (r) => { r.dataAbsentReason = { text: 'none' }; }, 'more than one': (r) => { r.valueInteger = 7; }, 'no member': (r) => { r.patient = {}; }, 'neither a value': (r) => { delete r.valueQuantity; },
  })) {
    const broken = structuredClone(bundle);
    change(broken.entry[0].resource);
    assert.ok(bundleFaultsOf(broken).some((words) => words.includes(what)), what);
  }
  assert.equal((await colleague.get(`/practice/bookings/${second.id}/progress/fhir.json`)).status, 404);
  assert.deepEqual((await browser.get(`/practice/bookings/${second.id}/progress/fhir.json`)).json(), bundle, 'and its therapist has the same');

  // the therapist reads the same, and each reading is written down
  const reads = () => Number(value(`select count(*) from key_use where reader = 'therapist' and booking_id = :'id'`, first));
  const was = reads();
  const seen = (await browser.json(`/practice/bookings/${second.id}/intake`)).json();
  assert.deepEqual(seen.course.rows, line.rows);
  assert.ok(reads() > was);
  const note = (await browser.json(`/practice/bookings/${second.id}/note`)).json();
  assert.deepEqual(note.course.readings, line.readings);
  assert.match((await client(first).get(`/bookings/${first.id}/answers`)).text, /Olive Outcome opened your (safety answers|answers about how it goes)/);
  assert.equal((await colleague.json(`/practice/bookings/${second.id}/intake`)).status, 404);

  // a stranger with the same address is another course
  const same = await answered(healthy, first.email);
  over(same, 25);
  assert.equal((await client(same).json(`/bookings/${same.id}/progress`)).json().rows.length, 1);
  assert.equal((await client(same).get(`/bookings/${second.id}/progress`)).status, 404);

  // taken back: gone for this visit, for both
  assert.equal((await guest.post(`/bookings/${second.id}/answers/withdraw`, {}, { from: `/bookings/${second.id}/answers` })).status, 303);
  assert.equal(value(`select count(*) from outcome where booking_id = :'id'`, second), '0');
  const left = (await client(first).json(`/bookings/${first.id}/progress`)).json();
  assert.deepEqual(left.rows.map((row) => row.what), ['Form at booking']);
  const page2 = (await browser.json(`/practice/bookings/${second.id}/intake`)).json();
  assert.deepEqual(page2.course.rows.map((row) => row.average), ['7']);
  assert.match((await guest.get(look)).text, /took it back/);
  assert.equal((await send('POST', look, { headers: bearer(second), json: { average: '3', worst: '5', global: '2' } })).status, 409);
});

test('worse by the same margin asks for a talk and for the safety check again', async () => {
  const visit = await answered({ ...healthy, ...things, P07: '3' });
  over(visit, 25);
  backdate(visit, 10);
  const guest = client(visit);
  await guest.post(`/bookings/${visit.id}/look-back`, { average: '6', worst: '8', global: '5' });
  const page = unescape((await guest.get(`/bookings/${visit.id}/progress`)).text);
  assert.match(page, /Average pain went from 3 to 6. That is clearly worse/);
  assert.match(page, /Let us look at this[^]*href="\/finder"/);
  assert.match(page, /Stop, and look elsewhere/);
  assert.match(unescape((await browser.get(`/practice/bookings/${visit.id}/intake`)).text), /Worse than at the start: talk about it/);
  // and the next answer counts: with little pain at the start there is little room
  await guest.post(`/bookings/${visit.id}/look-back`, { average: '2', worst: '8', global: '3' });
  const better = unescape((await guest.get(`/bookings/${visit.id}/progress`)).text);
  assert.match(better, /went from 3 to 2. It was low at the start/);
  assert.doesNotMatch(better, /Let us look at this|Stop, and look|Change something|Go on as/);
});

test('the look back is asked for after the fourth visit or in week 5, and again in week 12, each once', async () => {
  const kind = 'booking-look-back';
  const four = [await answered(healthy)];
  for (let i = 1; i < 4; i++) four.push(await answered(healthy, four[0].email));
  four.forEach((visit, i) => over(visit, 24 * 7 * (3 - i) + 73));
  sql(`update booking set client_email = upper(client_email) where id = :'id'`, four[1]);
  const week5 = await answered(healthy);
  over(week5, 24 * 35 + 1);
  const week12 = await answered(healthy);
  over(week12, 24 * 84 + 1);
  const early = await answered(healthy);
  over(early, 24 * 34);
  due();
  due();
  assert.deepEqual(four.map((v) => mails(v, kind)), [0, 0, 0, 1], 'by the link of the newest visit');
  assert.deepEqual([week5, week12, early].map((v) => mails(v, kind)), [1, 1, 0]);
  assert.deepEqual([week5, week12].map((v) => value(`select data ->> 'later' from outbox where booking_id = :'id' and kind = :'kind'`, { ...v, kind })), ['false', 'true']);
  over(four[0], 24 * 35 + 1); // week 5 of one who was asked after the fourth visit
  due();
  assert.deepEqual(four.map((v) => mails(v, kind)), [0, 0, 0, 1]);
});
