// Care: what a therapist sees before a visit and writes after it, and what the client gets of it.
import test from 'node:test';
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { Browser, bearer, begin, booked, healthy, hold, makeTherapist, send, signedIn, sql, unescape, value } from './lib.mjs';

const mine = makeTherapist('Cora Carer');
const other = makeTherapist('Dora Other');
const browser = await signedIn(mine.email);
const colleague = await signedIn(other.email);
const marker = () => `marker-${randomUUID()}`;
const errors = (answer) => [...unescape(answer.text).matchAll(/<li><a href="#(\w+)">([^<]+)<\/a><\/li>/g)].map(([, field]) => field);
// Not a word of `words` in any table that the program writes about visits.
function hidden(words) {
  const rows = sql(`select 'note', sealed from session_note union all select 'plan', sealed from home_plan union all select 'message', m::text from visit_message m union all select 'day', d::text from day_check d union all select 'event', e::text from booking_event e union all select 'mail', data::text from outbox
    union all select 'audit', a::text from audit a union all select 'booking', b::text from booking b`).map((row) => row.join(' ')).join('\n');
  for (const word of words) assert.ok(!rows.includes(word), `${word} is readable in the database`);
}

// The client's browser: it holds the cookie of the booking.
function client(visit) {
  const b = new Browser();
  b.cookies.set(`booking_${visit.id}`, visit.token);
  return b;
}
const mails = (visit, kind) => Number(value(`select count(*) from outbox where booking_id = :'id' and kind = :'kind'`, { ...visit, kind }));

// A booking whose form was answered like this.
async function answered(therapist, answers) {
  const visit = await hold(therapist);
  for (const [step, json] of [['safety', answers], ['details', { name: 'Carla Client', email: 'carla@example.org' }], ['confirm', {}]]) {
    const answer = await send('POST', `/bookings/${visit.id}/${step}`, { headers: bearer(visit), json });
    assert.equal(answer.status, 200, `${step}: ${answer.text.slice(0, 400)}`);
  }
  return visit;
}

// --- The session note

const noted = { after: '0', minutes: '55', technique: ['swedish', 'trigger-point'], area: ['low_back_l', 'sacrum'], consent: 'agreed', update: 'none', pressure: '3' };

test('a note is written once the visit has begun, says what the law wants, and is read by its therapist alone', async () => {
  const visit = await booked(mine);
  const path = `/practice/bookings/${visit.id}/note`;
  assert.match((await browser.get(path)).text, /once the visit has begun/);
  const early = await browser.post(path, { ...noted, note: 'Left side first' });
  assert.equal(early.status, 409);
  assert.match(early.text, /<input type="hidden" name="note" value="Left side first">/, 'what was typed is not lost');
  assert.doesNotMatch((await browser.get(`/practice/bookings/${visit.id}`)).text, /session note/i);

  begin(visit);
  assert.match((await browser.get(`/practice/bookings/${visit.id}`)).text, new RegExp(`href="${path}">Write the session note`));
  const words = { area_other: marker(), update_what: marker(), reaction: marker(), next: marker(), note: marker() };
  const answer = await browser.post(path, { ...noted, ...words, update: 'changed' });
  assert.equal(answer.status, 303, answer.text);
  const page = unescape((await browser.get(path)).text);
  for (const word of [...Object.values(words), '55 minutes', 'Swedish massage', 'Trigger point', 'Low back, left', 'The client agreed', 'something has changed', '3 of 5', 'Version 1', 'Cora Carer'])
    assert.ok(page.includes(word), word);
  hidden(Object.values(words));
  assert.match((await browser.get(`/practice/bookings/${visit.id}`)).text, new RegExp(`href="${path}">Session note`));
  assert.equal((await colleague.get(path)).status, 404);
  assert.equal((await colleague.post(path, noted, { from: '/practice' })).status, 404);
});

test('a correction is another version, and the one before stays readable', async () => {
  const visit = await booked(mine);
  const path = `/practice/bookings/${visit.id}/note`;
  begin(visit);
  await browser.post(path, { ...noted, note: 'first words', consent: 'partly' });
  const form = unescape((await browser.get(`${path}?correct=1`)).text);
  assert.match(form, /value="swedish" checked/);
  assert.doesNotMatch(form, /value="cupping" checked/);
  assert.match(form, /value="sacrum" checked/);
  assert.match(form, /value="partly" checked/);
  assert.match(form, /value="55"/);
  assert.match(form, />first words<\/textarea>/);
  assert.match(form, /name="after" value="1"/);
  assert.equal((await browser.post(path, { ...noted, after: '1', note: 'better words' })).status, 303);
  const page = unescape((await browser.get(path)).text);
  assert.ok(page.indexOf('better words') > page.indexOf('Version 2') && page.indexOf('Version 1') > page.indexOf('better words') && page.indexOf('first words') > page.indexOf('Version 1'));

  // who did not see the second version does not write over it, and loses nothing that was typed
  const late = await browser.post(path, { ...noted, after: '1', note: 'late words' });
  assert.equal(late.status, 422);
  assert.match(late.text, /changed meanwhile/);
  assert.match(late.text, />late words<\/textarea>/);
  assert.match(late.text, /name="after" value="2"/);
  assert.equal(value(`select count(*) from session_note where booking_id = :'id'`, visit), '2');
  const api = await browser.json(path);
  assert.deepEqual(api.json().versions.map((v) => [v.version, v.note]), [['2', 'better words'], ['1', 'first words']]);
});

test('a note that is not whole names what is missing and keeps the rest', async () => {
  const visit = await booked(mine);
  const path = `/practice/bookings/${visit.id}/note`;
  begin(visit);
  const empty = await browser.post(path, { after: '0', note: 'kept words' });
  assert.equal(empty.status, 422);
  assert.deepEqual(errors(empty), ['minutes', 'technique', 'area', 'consent', 'update', 'pressure']);
  assert.match(empty.text, />kept words<\/textarea>/);
  for (const [change, field] of [
    [{ minutes: '0' }, 'minutes'], [{ minutes: 'long' }, 'minutes'], [{ technique: 'voodoo' }, 'technique'], [{ technique: ['swedish', 'Swedish massage'] }, 'technique'],
    [{ area: 'moon' }, 'area'], [{ area: [] }, 'area'], [{ consent: 'no' }, 'consent'], [{ update: 'changed' }, 'update_what'], [{ update: 'not_asked' }, 'update_what'],
    [{ pressure: '6' }, 'pressure'], [{ note: 'x'.repeat(4001) }, 'note'], [{ next: 'x'.repeat(1001) }, 'next'], [{ area_other: 'x'.repeat(201) }, 'area_other'],
  ]) {
    const answer = await browser.post(path, { ...noted, ...change });
    assert.equal(answer.status, 422, JSON.stringify(change).slice(0, 60));
    assert.deepEqual(errors(answer), [field], JSON.stringify(change).slice(0, 60));
    if (!change.technique) assert.match(answer.text, /value="trigger-point" checked/);
  }
  assert.equal(value(`select count(*) from session_note where booking_id = :'id'`, visit), '0');
  assert.equal((await browser.post(path, { ...noted, area: [], area_other: 'Left elbow' })).status, 303, 'an area that is not on the list');
});

test('a note of another visit put in its place does not open', async () => {
  const [one, two] = [await booked(mine), await booked(mine)];
  for (const visit of [one, two]) {
    begin(visit);
    assert.equal((await browser.post(`/practice/bookings/${visit.id}/note`, { ...noted, note: `words of ${visit.id}` })).status, 303);
  }
  sql(`update session_note set sealed = (select sealed from session_note where booking_id = :'two') where booking_id = :'one'`, { one: one.id, two: two.id });
  const page = await browser.get(`/practice/bookings/${one.id}/note`);
  assert.equal(page.status, 200);
  assert.match(page.text, /cannot be opened/);
  assert.ok(!page.text.includes('words of'));
});

// --- The home plan

test('a plan from the library reaches the client by the link, and nothing of it is in the mail', async () => {
  const visit = await booked(mine);
  const path = `/practice/bookings/${visit.id}/plan`;
  assert.match((await browser.get(path)).text, /once the visit has begun/);
  assert.equal((await browser.post(path, { after: '0', item: 'heat' })).status, 409);
  begin(visit);
  assert.match((await browser.get(`/practice/bookings/${visit.id}`)).text, new RegExp(`href="${path}">Write a home plan`));
  assert.doesNotMatch((await client(visit).get(`/bookings/${visit.id}`)).text, /days between visits/);

  const words = { often_heat: marker(), word_heat: marker(), note: marker() };
  const answer = await browser.post(path, { after: '0', act: 'save', item: ['heat', 'walk'], often_walk: 'twice a day', often_breathing: 'never chosen', weeks: '2', ...words });
  assert.equal(answer.status, 303, answer.text);
  hidden(Object.values(words));
  assert.equal(mails(visit, 'booking-plan'), 1);
  const page = unescape((await client(visit).get(`/bookings/${visit.id}`)).text);
  for (const word of [...Object.values(words), 'Warmth on the sore place', 'Go for a walk', 'twice a day', 'Fair evidence for recent pain', 'American College of Physicians 2017', 'not treatment', 'come again in 2 weeks'])
    assert.ok(page.includes(word), word);
  assert.ok(!page.includes('Slow breathing') && !page.includes('never chosen'));
  const times = page.match(/href="(\/therapists\/[^"]+\/book\?[^"]+)"/)[1];
  const [[start, at]] = sql(`select floor(extract(epoch from starts_at at time zone zone + interval '2 weeks'))::bigint, extract(epoch from :'at'::timestamptz at time zone zone)::bigint from booking where id = :'id'`,
    { ...visit, at: new URLSearchParams(times.split('?')[1]).get('start') });
  assert.equal(start, at, 'the same hour two weeks later');
  assert.equal((await new Browser().get(times)).status, 200);

  // the form holds what is there, and a plan can be changed and taken back
  const form = unescape((await browser.get(path)).text);
  assert.match(form, /value="heat" checked/);
  assert.doesNotMatch(form, /value="breathing" checked/);
  assert.ok(form.includes(`value="${words.word_heat}"`) && form.includes('value="2"') && form.includes(`>${words.note}</textarea>`));
  assert.equal((await browser.post(path, { after: '1', item: 'class', weeks: '1', visits: '4' })).status, 303);
  const second = unescape((await client(visit).get(`/bookings/${visit.id}`)).text);
  assert.ok(second.includes('yoga or tai chi') && !second.includes(words.word_heat) && second.includes('come 4 times, once a week'));
  assert.equal((await new Browser().get(second.match(/href="(\/therapists\/[^"]+\/series\?[^"]+)"/)[1])).status, 200);
  assert.equal((await browser.post(path, { after: '2', act: 'withdraw' })).status, 303);
  assert.doesNotMatch((await client(visit).get(`/bookings/${visit.id}`)).text, /days between visits/);
  assert.equal(mails(visit, 'booking-plan'), 2, 'of a plan that was taken back nobody is told');

  assert.equal((await colleague.get(path)).status, 404);
  assert.equal((await colleague.post(path, { after: '3', item: 'heat' }, { from: '/practice' })).status, 404);
});

test('a plan that does not fit says what is wrong and keeps what was typed', async () => {
  const visit = await booked(mine);
  const path = `/practice/bookings/${visit.id}/plan`;
  begin(visit);
  for (const [form, field] of [
    [{}, 'item'], [{ item: 'potion' }, 'item'], [{ item: 'heat', often_heat: 'x'.repeat(81) }, 'often_heat'], [{ item: 'heat', word_heat: 'x'.repeat(201) }, 'word_heat'],
    [{ item: 'heat', weeks: '0' }, 'weeks'], [{ item: 'heat', weeks: '13' }, 'weeks'], [{ item: 'heat', weeks: '2', visits: 'many' }, 'visits'], [{ item: 'heat', visits: '3' }, 'weeks'],
    [{ item: 'heat', note: 'x'.repeat(1001) }, 'note'],
  ]) {
    const answer = await browser.post(path, { after: '0', word_walk: 'kept words', ...form });
    assert.equal(answer.status, 422, JSON.stringify(form).slice(0, 60));
    assert.deepEqual(errors(answer), [field], JSON.stringify(form).slice(0, 60));
    assert.match(answer.text, /value="kept words"/);
    if (form.item === 'heat') assert.match(answer.text, /value="heat" checked/);
  }
  assert.equal(value(`select count(*) from home_plan where booking_id = :'id'`, visit), '0');
  assert.equal((await browser.post(path, { after: '0', item: 'heat' })).status, 303);
  const late = await browser.post(path, { after: '0', item: 'walk' });
  assert.equal(late.status, 422);
  assert.match(late.text, /changed meanwhile/);
  assert.match(late.text, /value="walk" checked/);
});

test('where plans are not within the scope of practice, none is written', async () => {
  const visit = await booked(other);
  begin(visit);
  const path = `/practice/bookings/${visit.id}/plan`;
  assert.equal((await colleague.post('/practice/plans', { place: '' })).status, 303);
  assert.doesNotMatch((await colleague.get('/practice/plans')).text, / checked>/);
  assert.match((await colleague.get(path)).text, /switched off for this place/);
  assert.equal((await colleague.post(path, { after: '0', item: 'heat' })).status, 409);
  assert.doesNotMatch((await colleague.get(`/practice/bookings/${visit.id}`)).text, /home plan/i);
  assert.equal((await colleague.post('/practice/plans', { place: 'x' })).status, 422);
  assert.equal((await colleague.post('/practice/plans', { place: [other.location, mine.location] })).status, 303);
  assert.equal((await colleague.post(path, { after: '0', item: 'heat' })).status, 303);
});

// --- Before the visit

test('the page before the visit: what was answered, a question, its answer, and what can be done', async () => {
  const visit = await booked(mine);
  const path = `/practice/bookings/${visit.id}/intake`;
  assert.match((await browser.get(`/practice/bookings/${visit.id}`)).text, new RegExp(`href="${path}"`));
  const page = await browser.get(path);
  assert.equal(page.status, 200, page.text);
  assert.match(page.text, /at booking: no flags/);
  assert.equal((await colleague.get(path)).status, 404);

  const guest = client(visit);
  const own = `/bookings/${visit.id}`;
  assert.doesNotMatch((await guest.get(own)).text, /Questions about your visit/);
  const [question, reply] = [marker(), marker()];
  assert.equal((await browser.post(`/practice/bookings/${visit.id}/questions`, { question: `${question}\nSecond line` }, { from: path })).status, 303);
  assert.equal(mails(visit, 'booking-question'), 1);
  const asked = (await guest.get(own)).text;
  assert.ok(asked.includes(question) && asked.includes('Only Cora Carer reads it'));
  const empty = await guest.post(`${own}/messages`, { message: ' ' }, { from: own });
  assert.equal(empty.status, 422);
  assert.deepEqual(errors(empty), ['message']);
  assert.ok(empty.text.includes(question), 'what was asked stands beside it');
  const long = await guest.post(`${own}/messages`, { message: 'y'.repeat(2001) }, { from: own });
  assert.equal(long.status, 422);
  assert.ok(long.text.includes('y'.repeat(2001)));
  assert.equal((await guest.post(`${own}/messages`, { message: reply }, { from: own })).status, 303);
  assert.equal(mails(visit, 'therapist-answer'), 1);
  assert.ok((await browser.get(path)).text.includes(reply));
  assert.match((await browser.get(`/practice/bookings/${visit.id}`)).text, /has answered your question/);
  hidden([question, reply]);

  const none = await browser.post(`/practice/bookings/${visit.id}/questions`, { question: '' }, { from: path });
  assert.equal(none.status, 422);
  assert.deepEqual(errors(none), ['question']);
  assert.equal((await colleague.post(`/practice/bookings/${visit.id}/questions`, { question: 'x' }, { from: '/practice' })).status, 404);
  assert.equal(value(`select count(*) from visit_message where booking_id = :'id'`, visit), '2');
});

test('a request is accepted, moved or declined from there', async () => {
  sql(`update service set mode = 'request' where id = :'service'`, mine);
  const visit = await booked(mine);
  sql(`update service set mode = 'instant' where id = :'service'`, mine);
  const path = `/practice/bookings/${visit.id}/intake`;
  const page = (await browser.get(path)).text;
  for (const part of ['value="confirmed"', `/practice/bookings/${visit.id}/move`, 'value="declined"', 'name="question"']) assert.ok(page.includes(part), part);
  assert.equal((await browser.post(`/practice/bookings/${visit.id}`, { state: 'confirmed' }, { from: path })).status, 303);
  assert.ok(!(await browser.get(path)).text.includes('value="confirmed"'));
});

// --- The day

const well = { D01: 'no', D02: 'no', D03: 'no', D04: 'no', D05: 'no', D06: '4' };
// A visit in twenty hours, for which a late change costs.
async function tomorrow() {
  const visit = await booked(mine);
  sql(`begin; set local session_replication_role = replica;
    update booking set starts_at = now() + interval '20 hours', ends_at = now() + interval '21 hours', cancel_fee = 4000, move_fee = 4000 where id = :'id'; commit`, visit);
  return visit;
}
const answerDay = async (visit, form) => {
  const guest = client(visit);
  const path = `/bookings/${visit.id}/today`;
  const answer = await guest.post(path, form, { from: `${path}?again=1` });
  return { answer, page: answer.status === 303 ? (await guest.get(path)).text : answer.text, guest };
};

test('the questions of the day: asked a day before by the link, and what follows from each answer', async () => {
  const early = await booked(mine);
  assert.match((await client(early).get(`/bookings/${early.id}/today`)).text, /come a day before the visit/);
  const visit = await tomorrow();
  const link = await new Browser().get(`/b/${visit.token}?today=${visit.id}`);
  assert.equal(link.status, 303);
  assert.equal(link.headers.location, `/bookings/${visit.id}/today`);
  assert.match((await browser.get(`/practice/bookings/${visit.id}/intake`)).text, /not answered yet/);

  const { answer: empty } = await answerDay(visit, { D06: '4' });
  assert.equal(empty.status, 422);
  assert.deepEqual(errors(empty).sort(), ['D01', 'D02', 'D03', 'D04', 'D05']);
  assert.match(empty.text, /name="D06" value="4" checked|value="4"[^>]* checked/);
  assert.equal((await answerDay(visit, { ...well, D03: 'perhaps' })).answer.status, 422);
  assert.equal(value(`select count(*) from day_check where booking_id = :'id'`, visit), '0');

  for (const [form, client_reads, therapist_reads, list, free] of [
    [well, /Nothing you told us stands in the way/, /Nothing new today/, /Nothing new/, false],
    [{ ...well, D01: 'yes' }, /update your form/, /Review changed answers/, /Look before the visit/, false],
    [{ ...well, D05: 'yes' }, /check it together/, /Look before you start/, /Look before the visit/, false],
    [{ ...well, D02: 'yes' }, /there is no charge for illness/, /Reschedule/, /Look before the visit/, true],
    [{ ...well, D04: 'yes' }, /move your visit to another day/, /Do not treat while intoxicated/, /Look before the visit/, true],
    [{ ...well, D03: 'yes' }, /Please do not come in[^]*\/update">Answer the safety check again/, /Do not treat today/, /Do not treat: look/, true],
    [{ ...well, D06: '' }, /Nothing you told us/, /Nothing new today/, /Nothing new/, false],
  ]) {
    const { page, guest } = await answerDay(visit, form);
    const what = JSON.stringify(form);
    assert.match(page, client_reads, what);
    assert.equal(/Both are free/.test(page), free, what);
    const before = (await browser.get(`/practice/bookings/${visit.id}/intake`)).text;
    assert.match(before, therapist_reads, what);
    assert.equal(/Pain right now: <b>4 of 10/.test(before), form.D06 === '4', what);
    const day = value(`select local_day(starts_at, zone) from booking where id = :'id'`, visit);
    assert.match((await browser.get(`/practice?week=${day}`)).text, list, what);
    assert.equal(/\$40/.test((await guest.get(`/bookings/${visit.id}/cancel`)).text), !free, `${what}: the fee`);
  }
  assert.equal(mails(visit, 'therapist-day-stop'), 1);
  hidden(['"D03"', '"D06"']);
});

test('a fever the evening before: cancelled without a fee, and the history does not say why', async () => {
  const visit = await tomorrow();
  const { guest } = await answerDay(visit, { ...well, D02: 'yes' });
  assert.equal((await guest.post(`/bookings/${visit.id}/cancel`, {}, { from: `/bookings/${visit.id}/cancel` })).status, 303);
  assert.equal(value(`select state || ' ' || owed from booking where id = :'id'`, visit), 'cancelled 0');
  const history = unescape((await browser.get(`/practice/bookings/${visit.id}`)).text);
  assert.match(history, /moving or canceling it is free/);
  assert.doesNotMatch(history, /fever|contagious|illness/i);
  assert.equal((await answerDay(visit, well)).answer.status, 409);

  const paid = await tomorrow();
  assert.equal((await client(paid).post(`/bookings/${paid.id}/cancel`, {}, { from: `/bookings/${paid.id}/cancel` })).status, 303);
  assert.equal(value(`select owed from booking where id = :'id'`, paid), '4000', 'control: without it the fee is owed');
});

test('at check-in the therapist goes through it with the client, and lifts no stop of theirs', async () => {
  const visit = await tomorrow();
  const path = `/practice/bookings/${visit.id}/today`;
  assert.match((await browser.get(path)).text, /Feels different today\?/);
  assert.equal((await browser.post(path, { D03: 'no' })).status, 422);
  assert.equal((await browser.post(path, { ...well, D05: 'yes' })).status, 303);
  assert.match((await browser.get(path)).text, /Look before you start/);
  await answerDay(visit, { ...well, D03: 'yes' });
  assert.equal((await browser.post(path, well, { from: `${path}?again=1` })).status, 303);
  assert.match((await browser.get(path)).text, /Do not treat today/);
  assert.equal((await colleague.get(path)).status, 404);
  assert.equal((await colleague.post(path, well, { from: '/practice' })).status, 404);
});

// --- What the therapist reads of the answers

test('before the visit: answers in plain words, where it hurts and the limits, and nothing of the safety check itself', async () => {
  const secret = marker();
  const visit = await answered(mine, { ...healthy, RF11: 'yes', P01: ['low_back_l', 'sacrum'], P12: `Better in the morning ${secret}`, H06: ['bruise'], H06a: ['calf_r'], G02: '2' });
  const page = unescape((await browser.get(`/practice/bookings/${visit.id}/intake`)).text);
  for (const words of [secret, 'Low back, left', 'data-part="low_back_l"', 'data-part="sacrum"', 'data-part="calf_r"', 'at most 3 of 5', 'Cupping', 'Right calf', 'tissue-fragility flag']) assert.ok(page.includes(words), words);
  for (const words of ['RF11', 'weak immune']) assert.ok(!page.includes(words), `not: ${words}`);
  hidden([secret]);
});
