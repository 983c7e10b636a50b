// The form of a booked visit, answered again: what stands there, what becomes of the visit, and that nothing changes until it is complete.
import test from 'node:test';
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { answerPages } from './answers.mjs';
import { Browser, bearer, booked, free, healthy, hold, makeTherapist, send, signedIn, sql, unescape, until, value } from './lib.mjs';

const mine = makeTherapist('Rita Reopen');
const other = makeTherapist('Saul Other');
const browser = await signedIn(mine.email);
const colleague = await signedIn(other.email);

// The client's browser, which goes where it is sent.
class Client extends Browser {
  constructor(visit) {
    super();
    this.cookies.set(`booking_${visit.id}`, visit.token);
    this.base = `/bookings/${visit.id}`;
  }
  async go(path, form) {
    let answer = form ? await this.post(path, form, { from: this.page?.path === path ? path : `${this.base}/update` }) : await this.get(path);
    while (answer.status === 303) answer = await this.get((path = answer.headers.location));
    this.page = { path, status: answer.status, text: answer.text };
    return this.page;
  }
  begin(act = 'begin') {
    return this.go(`${this.base}/update`, { act });
  }
  through(answers, last) {
    return answerPages(() => this.page, async (path, form) => this.go(path, form), answers, last);
  }
}
const heading = (page) => page.text.match(/<h1>([^]*?)<\/h1>/)?.[1];
const mails = (visit, kind) => Number(value(`select count(*) from outbox where booking_id = :'id' and kind = :'kind'`, { id: visit.id, kind }));
const row = (visit) => value(`select md5(b::text || coalesce((select string_agg(c::text, ',' order by c.id) from safety_check c where c.booking_id = b.id), '')) from booking b where id = :'id'`, { id: visit.id });
const state = (visit) => value(`select state from booking where id = :'id'`, { id: visit.id });
const checks = (visit) => Number(value(`select count(*) from safety_check where booking_id = :'id'`, { id: visit.id }));
const act = async (visit, path, json = {}) => {
  const answer = await send('POST', `/bookings/${visit.id}/${path}`, { headers: bearer(visit), json });
  return { status: answer.status, json: answer.json() };
};
const again = async (visit, answers) => {
  assert.equal((await act(visit, 'update', { act: 'begin' })).status, 200);
  return act(visit, 'safety', answers);
};
const before = async (visit, who = browser) => (await who.json(`/practice/bookings/${visit.id}/intake`)).json();
const soon = (visit, hours) => sql(`begin; set local session_replication_role = replica;
  with b as (update booking set starts_at = now() + interval '${hours} hours', ends_at = now() + interval '${hours + 1} hours' where id = :'id' returning id, starts_at, ends_at)
  update slot_claim c set blocked = tstzrange(b.starts_at, b.ends_at) from b where c.booking_id = b.id; commit`, { id: visit.id });

test('the answers of last time stand there with their day, the safety check and consent are asked afresh, and nothing changes until the end', async () => {
  const visit = await booked(mine);
  sql(`update safety_check set checked_at = now() - interval '3 days' where booking_id = :'id'`, { id: visit.id });
  const was = row(visit), b = new Client(visit);
  assert.match((await b.go(b.base)).text, /Something has changed in your health\?[^<]*<a href="[^"]*\/update"/);
  await b.go(`${b.base}/safety/3`);
  assert.equal(b.page.path, b.base, 'not before it is begun');
  await b.begin();
  assert.match(b.page.path, /\/safety\/1$/);
  assert.match(b.page.text, /stays as it is until you have finished/);
  assert.ok(!/value="\w+" checked/.test(b.page.text), 'the safety check is asked afresh');
  await b.through(healthy, 'H02');
  assert.match(b.page.text, /name="H02" value="no" checked/);
  assert.match(unescape(b.page.text), /Your answer of \d{4}-\d\d-\d\d\. Change it/);
  await b.through({ ...healthy, H02: ['antiplatelet'] }, 'K02');
  assert.ok(!/value="\w+" checked/.test(b.page.text), 'what is agreed to as well');
  assert.equal(row(visit), was, 'in its middle all is as it was');
  assert.equal((await before(visit)).health.outcome, 'PROCEED');

  await b.go(`${b.base}/update`);
  assert.match(b.page.text, /You have begun/);
  await b.begin('leave');
  assert.match(b.page.text, /Nothing has changed/);
  assert.equal(row(visit), was);
  assert.equal(value(`select count(*) from reopening where booking_id = :'id'`, { id: visit.id }), '0');

  await b.begin();
  await b.through({ ...healthy, H02: ['antiplatelet'], P07: '7' });
  assert.match(b.page.path, /\/safety\/done$/);
  assert.equal(heading(b.page), 'Your visit stays booked');
  assert.match(b.page.text, /At most 3 of 5/);
  assert.equal(state(visit), 'confirmed');
  assert.equal(checks(visit), 2, 'the old record stays');
  assert.equal(value(`select count(*) || ' ' || count(*) filter (where replaced_at is null) from consent where booking_id = :'id'`, { id: visit.id }), '4 2', 'and what was agreed to before');

  const seen = await before(visit);
  assert.equal(seen.health.outcome, 'MODIFY');
  assert.equal(seen.health.changes.new.length, 1);
  assert.deepEqual(seen.health.changes.gone, []);
  const fresh = Object.fromEntries(seen.health.told.map(({ id, fresh, given_on }) => [id, [fresh, Boolean(given_on)]]));
  assert.deepEqual([fresh.H02, fresh.P07, fresh.P04], [[true, false], [true, false], [false, true]], 'what changed is marked as new');
  const page = unescape((await browser.get(`/practice/bookings/${visit.id}/intake`)).text);
  assert.match(page, /The client went through the form again[^]*New since then:/);
  assert.equal(mails(visit, 'therapist-updated'), 1);
  assert.ok(!/antiplatelet|health|thinn/i.test(value(`select string_agg(data::text, '') from outbox where booking_id = :'id'`, { id: visit.id })));
  assert.match((await b.go(b.base)).text, /answered the form again/);
});

test('something else now: every page is empty', async () => {
  const visit = await booked(mine), b = new Client(visit);
  await b.begin('afresh');
  await b.through(healthy, 'P04');
  assert.ok(!/value="\w+" checked|Your answer of/.test(b.page.text));
  await b.through(healthy);
  assert.equal(heading(b.page), 'Your visit stays booked');
});

test('after a STOP the visit is cancelled without a fee, the page says where to go, and the therapist is told', async () => {
  const visit = await booked(mine), b = new Client(visit);
  sql(`update booking set cancel_notice = 100000, cancel_fee = 5000 where id = :'id'`, { id: visit.id });
  assert.equal((await b.json(b.base)).json().terms.cancel.costs, true);
  await b.begin();
  await b.through({ ...healthy, RF12: 'yes' }).catch(() => {});
  assert.equal(heading(b.page), 'Get help now');
  assert.match(b.page.text, /href="tel:911"/);
  assert.match(b.page.text, /is canceled, and nothing is owed/);
  assert.equal(value(`select state || ' ' || owed from booking where id = :'id'`, { id: visit.id }), 'cancelled 0');
  assert.equal(value(`select count(*) from slot_claim where booking_id = :'id'`, { id: visit.id }), '0', 'the time is free');
  assert.equal(value(`select count(*) from safety_check where booking_id = :'id' and outcome = 'STOP'`, { id: visit.id }), '0', 'what was answered now is not kept');
  assert.deepEqual([mails(visit, 'therapist-cancelled'), mails(visit, 'booking-cancelled')], [1, 1]);
  assert.equal((await b.go(b.base)).status, 200, 'the client still has the page');
  assert.match(b.page.text, /the visit cannot take place, and nothing is owed/);
  assert.equal((await act(visit, 'update', { act: 'begin' })).status, 409, 'there is nothing left to answer for');
});

const yesterday = new Date(Date.now() - 864e5).toISOString().slice(0, 10);
const lump = { RF14: 'yes', RF15: 'no' };

test('after a CLEARANCE the visit waits, and is booked again with what a clinician says', async () => {
  const visit = await booked(mine), b = new Client(visit);
  await b.begin();
  await b.through({ ...healthy, ...lump }).catch(() => {});
  assert.equal(heading(b.page), 'Ask before you come');
  assert.match(b.page.text, /The time is kept for you until <strong>[^<]+<\/strong>[^]*the visit is canceled, and nothing is owed/);
  assert.match(b.page.text, /class="only-print reply"/, 'a sheet to print');
  const minutes = Number(value(`select extract(epoch from hold_expires - now()) / 60 from booking where id = :'id' and state = 'held'`, { id: visit.id }));
  assert.ok(minutes > 1430 && minutes <= 1440, `${minutes} minutes`);
  assert.equal((await act(visit, 'confirm')).status, 409, 'nothing books it');
  assert.deepEqual([mails(visit, 'therapist-paused'), mails(visit, 'booking-paused')], [1, 1]);
  assert.match((await browser.get(`/practice/bookings/${visit.id}`)).text, /A clinician is being asked/);
  assert.match((await b.go(b.base)).text, /Your visit waits/);

  assert.equal((await browser.post(`/practice/bookings/${visit.id}/clearance`, { who: 'Dr Oja', dated: yesterday, said: 'Fine' })).status, 303);
  assert.equal(mails(visit, 'booking-call'), 1, 'the client is told');
  await b.go(`${b.base}/clearance`);
  assert.match(b.page.text, /You can go on/);
  await b.go(`${b.base}/safety`);
  await b.through({ ...healthy, ...lump });
  assert.match(b.page.path, /\/safety\/done$/);
  assert.equal(heading(b.page), 'Your visit stays booked');
  assert.equal(state(visit), 'confirmed');
  assert.equal(value(`select hold_expires is null from slot_claim where booking_id = :'id'`, { id: visit.id }), 't');
  assert.equal((await before(visit)).health.changes.before.length, 10, 'the therapist sees what is new since the form before');
});

test('a visit that waits for nothing in the end is cancelled by the clock, without a fee', async () => {
  const visit = await booked(mine);
  assert.equal((await again(visit, { ...healthy, ...lump })).json.outcome, 'CLEARANCE');
  assert.equal(state(visit), 'held');
  sql(`begin; set local session_replication_role = replica; update booking set hold_expires = now() - interval '1 second' where id = :'id'; update slot_claim set hold_expires = now() - interval '1 second' where booking_id = :'id'; commit`, { id: visit.id });
  await until(() => state(visit) === 'cancelled', 'the worker cancels it');
  assert.equal(value(`select owed from booking where id = :'id'`, { id: visit.id }), '0');
  assert.deepEqual([mails(visit, 'booking-cancelled'), mails(visit, 'therapist-cancelled')], [1, 1]);
  assert.equal(value(`select who || ' ' || what from booking_event where booking_id = :'id' order by id desc limit 1`, { id: visit.id }), 'worker expired');

  const late = await booked(mine);
  assert.equal((await act(late, 'update', { act: 'begin' })).status, 200);
  soon(late, 0.5);
  assert.equal((await act(late, 'safety', { ...healthy, ...lump })).json.outcome, 'CLEARANCE');
  assert.equal(state(late), 'cancelled', 'an hour before there is no time to ask');
});

test('a request stays asked for, and waits like a visit', async () => {
  sql(`update service set mode = 'request' where id = :'second'`, mine);
  const visit = await hold({ ...mine, service: mine.second });
  await act(visit, 'safety', healthy);
  assert.equal((await act(visit, 'confirm', { name: 'Kim', email: 'kim@example.org' })).json.state, 'requested');
  assert.equal((await again(visit, { ...healthy, H02: ['antiplatelet'] })).json.outcome, 'MODIFY');
  assert.equal(state(visit), 'requested');
  assert.equal((await again(visit, { ...healthy, ...lump })).json.outcome, 'CLEARANCE');
  assert.equal(state(visit), 'held');
  assert.equal((await act(visit, 'safety', { ...healthy, RF14: 'yes', RF15: 'ok', RF15_date: yesterday, RF15_clinician: 'Dr Oja' })).json.outcome, 'MODIFY');
  assert.equal(state(visit), 'requested');
});

test('the visits of a plan have one form', async () => {
  const starts = [free(mine), free(mine), free(mine)];
  const made = await send('POST', '/series', { headers: { accept: 'application/json' }, json: { therapist: mine.slug, service: Number(mine.service), starts, key: randomUUID() } });
  assert.equal(made.status, 201, made.text);
  const lead = made.json();
  await act(lead, 'safety', healthy);
  assert.equal((await act(lead, 'confirm', { name: 'Kim', email: 'kim@example.org' })).json.state, 'confirmed');
  const all = sql(`select id from booking where series_id = :'id' order by series_n`, { id: lead.id }).map(([id]) => ({ id, token: lead.token }));
  const states = () => all.map(state).join(' ');
  assert.equal((await again(all[1], { ...healthy, H02: ['antiplatelet'] })).json.outcome, 'MODIFY');
  for (const visit of all) assert.equal((await before(visit)).health.outcome, 'MODIFY', 'of the form that was answered for another visit of the plan');
  assert.equal((await again(all[2], { ...healthy, ...lump })).json.outcome, 'CLEARANCE');
  assert.equal(states(), 'held held held');
  assert.equal((await act(all[2], 'safety', { ...healthy, RF14: 'yes', RF15: 'ok', RF15_date: yesterday, RF15_clinician: 'Dr Oja' })).json.outcome, 'MODIFY');
  assert.equal(states(), 'confirmed confirmed confirmed');
  await act(all[0], 'cancel');
  assert.equal(states(), 'cancelled confirmed confirmed');
  assert.equal((await again(all[2], { ...healthy, RF12: 'yes' })).json.outcome, 'STOP');
  assert.equal(states(), 'cancelled cancelled cancelled');
});

test('the therapist asks for it, once a day', async () => {
  const visit = await booked(mine), b = new Client(visit), path = `/practice/bookings/${visit.id}/update`;
  assert.equal((await colleague.post(path, {}, { from: '/practice' })).status, 404);
  assert.equal((await browser.post(path, {}, { from: `/practice/bookings/${visit.id}/intake` })).status, 303);
  assert.equal(mails(visit, 'booking-reopen'), 1);
  assert.equal((await browser.post(path, {}, { from: `/practice/bookings/${visit.id}/intake` })).status, 409);
  assert.match((await browser.get(`/practice/bookings/${visit.id}/intake`)).text, /You asked for it/);
  assert.match((await b.go(b.base)).text, /asks you to go through your answers again/);
  await b.begin();
  await b.begin('leave');
  assert.match((await b.go(b.base)).text, /asks you to go through your answers again/, 'leaving it does not take that back');
  await again(visit, healthy);
  assert.doesNotMatch((await b.go(b.base)).text, /asks you to go through/);
});

test('answers of more than a year are asked for again, and not filled in', async () => {
  const visit = await booked(mine), b = new Client(visit);
  assert.doesNotMatch((await b.go(b.base)).text, /more than a year old/);
  sql(`update safety_check set checked_at = now() - interval '12 months' where booking_id = :'id'`, { id: visit.id });
  assert.match((await b.go(b.base)).text, /more than a year old/);
  assert.match((await browser.get(`/practice/bookings/${visit.id}/intake`)).text, /Over a year old/);
});

test('who does not agree any more that answers are kept has them erased', async () => {
  const visit = await booked(mine);
  assert.equal((await again(visit, { ...healthy, K03: undefined, K04: undefined })).json.outcome, 'PROCEED');
  assert.equal(state(visit), 'confirmed');
  assert.equal(value(`select count(*) from safety_check where booking_id = :'id' and sealed is not null`, { id: visit.id }), '0');
  assert.equal((await before(visit)).safety.absent, true);
});

test('a STOP counts also where the form was finished or left in another window', async () => {
  const visit = await booked(mine), b = new Client(visit);
  await b.begin();
  const { path } = b.page, csrf = b.page.text.match(/name="csrf" value="([^"]+)"/)[1];
  await act(visit, 'safety', healthy);
  assert.equal(state(visit), 'confirmed');
  await b.go(path, { RF12: 'no', csrf });
  assert.equal(b.page.path, b.base, 'all else changes nothing any more');
  const late = await b.post(path, { RF12: 'yes', csrf });
  assert.equal(heading(late), 'Get help now');
  assert.equal(state(visit), 'cancelled');
});

test('nobody but its client answers it', async () => {
  const visit = await booked(mine), stranger = await booked(other);
  for (const path of ['update', 'safety']) {
    const answer = await send('POST', `/bookings/${visit.id}/${path}`, { headers: bearer(stranger), json: { act: 'begin', ...healthy } });
    assert.equal(answer.status, 404);
  }
  assert.equal((await act(visit, 'update', { act: 'jump' })).status, 422);
  assert.equal(checks(visit), 1);
});

test('never a booked visit without a passed check, whatever meets', async () => {
  const unsafe = `select count(*) from booking b where b.therapist_id = :'id' and b.state in ('confirmed', 'requested')
    and not exists (select from safety_check s where s.id = b.safety_id and s.booking_id = b.id and s.outcome in ('PROCEED', 'MODIFY'))`;
  for (let round = 0; round < 5; round++) {
    const visit = await booked(mine);
    await act(visit, 'update', { act: 'begin' });
    await Promise.all([act(visit, 'safety', { ...healthy, RF12: 'yes' }), act(visit, 'safety', healthy), act(visit, 'safety', { ...healthy, ...lump }), act(visit, 'confirm'), act(visit, 'move', { start: free(mine) })]);
    assert.equal(value(unsafe, mine), '0');
    assert.equal(state(visit), 'cancelled', 'a STOP counts, also where the form was finished meanwhile');
  }
  for (let round = 0; round < 5; round++) {
    const visit = await booked(mine);
    await again(visit, { ...healthy, ...lump });
    await Promise.all([act(visit, 'confirm'), act(visit, 'cancel'), act(visit, 'safety', { ...healthy, RF14: 'yes', RF15: 'ok', RF15_date: yesterday, RF15_clinician: 'Dr Oja' }), act(visit, 'safety', { ...healthy, ...lump })]);
    assert.equal(value(unsafe, mine), '0');
  }
  // as the web role, with the guest's own token: the old check gone, the visit still booked
  const visit = await booked(mine);
  for (const attempt of [
    `update booking set safety_id = null where id = '${visit.id}'`,
    `with c as (insert into safety_check (booking_id, outcome, rules, sealed) values ('${visit.id}', 'CLEARANCE', '1', 'x') returning id) update booking set safety_id = c.id from c where booking.id = '${visit.id}'`,
  ])
    assert.throws(() => sql(`begin; set local role unknot_web; select set_config('app.booking', '${visit.token}', true); ${attempt}; set constraints all immediate; commit`), undefined, attempt);
});

test('what was answered can be taken along: as a page, and as FHIR', async () => {
  const visit = await booked(mine), b = new Client(visit);
  await again(visit, { ...healthy, H02: ['antiplatelet'], P12: 'Sitting <long>' });
  const page = unescape((await b.get(`${b.base}/answers/all`)).text);
  assert.match(page, /Apr 27, 1980[^]*Sitting <long>/);
  assert.match(page, /<span class="tag warn">New<\/span>/);
  assert.match(page, /as on [A-Z][a-z]{2} \d+, \d{4}/);
  const mineAnswer = await b.get(`${b.base}/answers/fhir.json`);
  assert.equal(mineAnswer.headers['content-type'], 'application/fhir+json; charset=utf-8');
  assert.match(mineAnswer.headers['content-disposition'], /^attachment; filename="/);
  assert.match(mineAnswer.headers['cache-control'], /no-store/);
  const ids = (answer) => [...answer.text.matchAll(/"linkId":"(\w+)","text":"[^"]*","answer"|"linkId":"([A-Z]\w*)"/g)].map((m) => m[1] ?? m[2]);
  const resource = JSON.parse(mineAnswer.text);
  assert.deepEqual([resource.resourceType, resource.status], ['QuestionnaireResponse', 'amended']);
  for (const id of ['RF01', 'A01', 'H02', 'K07']) assert.ok(ids(mineAnswer).includes(id), id);

  const reads = () => Number(value(`select count(*) from key_use where booking_id = :'id' and reader = 'therapist'`, { id: visit.id }));
  const path = `/practice/bookings/${visit.id}/fhir.json`, was = reads();
  const theirs = await browser.get(path);
  assert.equal(theirs.status, 200, theirs.text);
  assert.match(theirs.headers['content-disposition'], /^attachment; filename="/);
  assert.match(theirs.headers['cache-control'], /no-store/);
  assert.ok(ids(theirs).includes('H02'));
  for (const id of ['RF01', 'RF04', 'K07']) assert.ok(!ids(theirs).includes(id), `${id} is not for the therapist`);
  assert.equal(reads(), was + 1, 'counted as a reading');
  assert.match((await b.get(`${b.base}/answers`)).text, /Rita Reopen opened your/);
  assert.equal((await colleague.get(path)).status, 404);
  assert.match((await browser.get(`/practice/bookings/${visit.id}/intake`)).text, /fhir\.json/);

  // sharing is taken back, also while the answers are there still
  sql(`update consent set withdrawn_at = now() where booking_id = :'id' and purpose = 'health_data'`, { id: visit.id });
  assert.equal((await browser.get(path)).status, 409);
  assert.doesNotMatch((await browser.get(`/practice/bookings/${visit.id}/intake`)).text, /fhir\.json/);
  assert.equal(reads(), was + 3, 'the page before the visit twice, and nothing else');
  await b.post(`${b.base}/answers/withdraw`, {}, { from: `${b.base}/answers` });
  assert.equal(mails(visit, 'therapist-erased'), 1, 'the therapist is told');
  assert.equal((await b.get(`${b.base}/answers/fhir.json`)).status, 404);
});

test('a program is told what the therapist asks besides, and where that is answered', async () => {
  const asker = makeTherapist('Olaf Own');
  sql(`insert into own_question (therapist_id, position, kind, ask, options, required) values (:'id', 1, 'choice', 'Which oil?', '{Almond,None}', true)`, asker);
  const visit = await hold(asker);
  for (const answers of [{ RF12: 'no' }, healthy]) {
    const { own } = (await act(visit, 'safety', answers)).json;
    assert.deepEqual([own.path, own.answered, own.questions.length], [`/bookings/${visit.id}/own`, false, 1]);
    assert.deepEqual([own.questions[0].ask, own.questions[0].options, own.questions[0].required], ['Which oil?', ['Almond', 'None'], true]);
  }
  const { own } = (await act(visit, 'safety', healthy)).json;
  assert.equal((await send('POST', own.path, { headers: bearer(visit), json: { [own.questions[0].id]: '2' } })).status, 200);
  assert.equal((await act(visit, 'confirm', { name: 'Kim', email: 'kim@example.org' })).json.state, 'confirmed');
  assert.match(unescape((await (await signedIn(asker.email)).get(`/practice/bookings/${visit.id}`)).text), /Which oil\?[^]*None/);
  assert.equal((await act(await hold(mine), 'safety', healthy)).json.own, undefined, 'where nothing is asked nothing is said');
});

test('the therapist\'s own questions: what is new or asked each time comes again, the rest stays, and nothing counts before the end', async () => {
  const asker = makeTherapist('Odo Own');
  const add = (ask, each = false) => value(`insert into own_question (therapist_id, position, kind, ask, each_time) values (:'id', 1, 'text', :'ask', :'each') returning 'T' || id`, { id: asker.id, ask, each });
  const once = add('Which oil?'), open = add('Which music?'), always = add('How was last week?', true);
  const visit = await hold(asker);
  await act(visit, 'safety', healthy);
  assert.equal((await act(visit, 'own', { [once]: 'almond 4711', [always]: 'quiet' })).status, 200);
  assert.equal((await act(visit, 'confirm', { name: 'Kim', email: 'kim@example.org' })).json.state, 'confirmed');
  const therapist = await signedIn(asker.email), b = new Client(visit);
  const told = async () => (await therapist.json(`/practice/bookings/${visit.id}`)).json().own?.map?.(({ id, answer }) => [id, answer]) ?? [];
  const read = async () => unescape((await therapist.get(`/practice/bookings/${visit.id}`)).text);
  assert.match(await read(), /almond 4711[^]*quiet/);
  assert.doesNotMatch(await read(), /Which music/, 'what was left open is not shown');
  const fresh = add('New since then?');

  await b.begin();
  await b.through(healthy);
  assert.equal(b.page.path, `${b.base}/own`);
  assert.match(b.page.text, /stays as it is until you have finished/);
  const asked = () => [...b.page.text.matchAll(/<textarea[^>]* name="(T\d+)"[^>]*>([^<]*)/g)].map(([, id, text]) => [id, text]).sort();
  assert.deepEqual(asked(), [[always, ''], [fresh, '']].sort(), 'not what was left open then');
  await b.go(`${b.base}/own`, { [always]: 'loud', [fresh]: 'yes' });
  assert.match(b.page.path, /\/safety\/\d+$/);
  await b.go(`${b.base}/own`);
  assert.deepEqual(asked(), [[always, 'loud'], [fresh, 'yes']].sort(), 'and back: the answers are there');
  assert.doesNotMatch(await read(), /loud/, 'not before the end');
  await b.begin('leave');
  assert.doesNotMatch(await read(), /loud/, 'left, all is as it was');

  await b.begin();
  await b.through(healthy);
  await b.go(`${b.base}/own`, { [always]: 'loud', [fresh]: 'yes' });
  await b.through(healthy);
  assert.equal(heading(b.page), 'Your visit stays booked');
  assert.match(await read(), /almond 4711/, 'what was not asked again stays');
  assert.match(await read(), /loud/);
  assert.doesNotMatch(await read(), /quiet/);

  await b.begin('afresh');
  await b.through(healthy);
  assert.deepEqual(asked(), [[once, ''], [open, ''], [always, ''], [fresh, '']].sort(), 'something else now: all of them, empty');
  await b.go(`${b.base}/own`, { [once]: 'none' });
  const { K03, K04, ...silent } = healthy;
  await b.through(silent);
  assert.equal(value(`select count(*) from own_answer where booking_id = :'id'`, { id: visit.id }), '0', 'keeping was not agreed to');
});

const calls = { P11: 'worse_after' };
test('a call that new answers want asks for a number where none is known', async () => {
  const visit = await booked(mine), b = new Client(visit);
  assert.doesNotMatch((await b.go(b.base)).text, /name="phone"/);
  assert.equal((await act(visit, 'phone', { phone: '12' })).status, 422);
  await b.begin();
  await b.through({ ...healthy, ...calls });
  assert.match(b.page.path, /\/safety\/done$/);
  assert.match(b.page.text, new RegExp(`action="${b.base}/phone"[^]*name="phone"`));
  const wrong = await b.go(`${b.base}/phone`, { phone: '1<2' });
  assert.equal(wrong.status, 422);
  assert.match(wrong.text, /<a href="#phone">[^]*value="1&lt;2"/);
  await b.go(b.base);
  await b.go(`${b.base}/phone`, { phone: '217 555 0100' });
  assert.equal(b.page.path, b.base);
  assert.doesNotMatch(b.page.text, /name="phone"/);
  assert.match(unescape((await browser.get(`/practice/bookings/${visit.id}`)).text), /217 555 0100/);
  sql(`update booking set state = 'cancelled' where id = :'id'`, { id: visit.id });
  assert.equal((await act(visit, 'phone', { phone: '217 555 0101' })).status, 409);
});

test('an impossible date of birth: which of its three fields is wrong, and why', async () => {
  const visit = await booked(mine), b = new Client(visit);
  await b.begin('afresh');
  await b.through(healthy, 'A01_month');
  const at = b.page.path, year = new Date().getUTCFullYear();
  for (const [month, day, born, part, says] of [
    ['13', '1', '1980', 'month', /month of birth as a number from 1 to 12/], ['', '1', '1980', 'month', /month of birth/], ['2', '32', '1980', 'day', /day of birth as a number from 1 to 31/],
    ['2', '30', '1980', 'day', /That month has no such day/], ['2', '3', '80', 'year', /four digits/], ['2', '3', String(year + 1), 'year', /not in the future/], ['2', '3', '', 'year', /year of birth/],
  ]) {
    const page = await b.go(at, { A02: 'me', A01_month: month, A01_day: day, A01_year: born });
    assert.equal(page.status, 422, `${month} ${day} ${born}`);
    assert.match(unescape(page.text), new RegExp(`<a href="#A01_${part}">${says.source}|<a href="#A01_${part}">[^<]*${says.source}`));
    for (const field of ['month', 'day', 'year']) assert.equal(new RegExp(`id="A01_${field}"[^>]* aria-invalid="true"`).test(page.text), field === part, field);
    assert.ok(!/like 20\d\d-/.test(page.text));
    if (born) assert.ok(page.text.includes(`name="A01_year" value="${born}"`), 'what was typed stands');
  }
  // in the order of the country, and the first field is that which nothing was typed into
  for (const [country, order] of [['DE', ['day', 'month', 'year']], ['US', ['month', 'day', 'year']]]) {
    sql(`update location l set country = '${country}' from booking b where b.location_id = l.id and b.id = :'id'`, visit);
    const page = await b.go(at, { A02: 'me' });
    assert.deepEqual([...page.text.matchAll(/id="A01_(month|day|year)"/g)].map(([, field]) => field), order, country);
    assert.match(page.text, new RegExp(`<a href="#A01_${order[0]}">`));
  }
});
