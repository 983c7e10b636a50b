// Care: what a therapist sees before a visit and writes after it, and what the client gets of it.
import test from 'node:test';
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { begin, booked, makeTherapist, signedIn, sql, unescape, value } from './lib.mjs';

const mine = makeTherapist('Cora Carer');
const other = makeTherapist('Dora Other');
const browser = await signedIn(mine.email);
const colleague = await signedIn(other.email);
const marker = () => `marker-${randomUUID()}`;
const errors = (answer) => [...unescape(answer.text).matchAll(/<li><a href="#(\w+)">([^<]+)<\/a><\/li>/g)].map(([, field]) => field);
// Not a word of `words` in any table that the program writes about visits.
function hidden(words) {
  const rows = sql(`select 'note', sealed from session_note union all select 'event', e::text from booking_event e union all select 'mail', data::text from outbox
    union all select 'audit', a::text from audit a union all select 'booking', b::text from booking b`).map((row) => row.join(' ')).join('\n');
  for (const word of words) assert.ok(!rows.includes(word), `${word} is readable in the database`);
}

// --- The session note

const noted = { after: '0', minutes: '55', technique: ['swedish', 'trigger-point'], area: ['low_back_l', 'sacrum'], consent: 'agreed', update: 'none', pressure: '3' };

test('a note is written once the visit has begun, says what the law wants, and is read by its therapist alone', async () => {
  const visit = await booked(mine);
  const path = `/practice/bookings/${visit.id}/note`;
  assert.match((await browser.get(path)).text, /once the visit has begun/);
  assert.equal((await browser.post(path, noted)).status, 409);
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
