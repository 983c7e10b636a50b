// The form before a visit: every way through the safety check ends where it should, and the rest page by page, in person, and in one call.
// tests/server.sh with node --test tests/http/form.mjs
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import test from 'node:test';
import { answerPages, check, fill, healthy, optional, rest } from './answers.mjs';
import { Browser, call, free, hold, sql, therapist } from './fixture.mjs';

const who = therapist();
let n = 0;
const held = async () => {
  const { json, status } = await hold(who, free(n++));
  assert.equal(status, 201);
  return json;
};
const safety = ({ id, token }, json) => call('POST', `/bookings/${id}/safety`, { json, token });
const act = ({ id, token }, path, json = {}) => call('POST', `/bookings/${id}/${path}`, { json, token });
const rules = ({ json }) => json.rules.map((rule) => rule.id).join(' ');
const heading = (b) => b.page.text.match(/<h1>([^]*?)<\/h1>/)?.[1];
async function visitor() {
  const b = new Browser();
  await b.get(`/therapists/${who.slug}/book?service=${who.service}`);
  await b.post('/bookings', { therapist: who.slug, service: who.service, start: free(n++), key: randomUUID() });
  b.base = b.page.path.replace('/safety/1', '');
  return b;
}
const through = (b, answers, until) => answerPages(() => b.page, (path, form) => (form ? b.post(path, form) : b.get(path)), answers, until);

// What each answer of the safety check comes to, the others being those of somebody whom massage cannot harm.
const ends = [
  ['RF01=yes', 'RF-01', 'emergency'], ['RF01=not_sure', 'RF-01', 'emergency'], ['RF02=yes', 'RF-02', 'emergency'], ['RF02=not_sure', 'RF-02', 'emergency'],
  ['RF03=both_legs', 'RF-03a', 'emergency'], ['RF03=one_leg_weak RF03b=yes', 'RF-03b', 'same_day'], ['RF03=one_leg_weak RF03b=not_sure', 'RF-03b', 'same_day'],
  ['RF03=not_sure', 'RF-03b', 'same_day'], ['RF03=one_leg_weak RF03b=no', 'RF-03c', 'clearance'], ['RF04=yes', 'RF-04', 'emergency'], ['RF04=not_sure', 'RF-04', 'emergency'],
  ['RF04=prefer_not', 'RF-04x', 'go on'], ['RF05=yes RF05a=no', 'RF-05a', 'same_day'], ['RF05=yes RF05a=cleared', 'RF-05b', 'go on'], ['RF05=yes RF05a=fracture', 'RF-05c', 'clearance'],
  ['RF06=yes', 'RF-06', 'clearance'], ['RF06=not_sure', 'RF-06', 'clearance'], ['RF07=yes', 'RF-07', 'same_day'], ['RF07=yes RF11=yes', 'RF-07 RF-11b', 'emergency'],
  ['RF08=yes', 'RF-08', 'clearance'], ['RF08=not_sure', 'RF-08u', 'go on'], ['RF09=yes', 'RF-09', 'clearance'], ['RF09=not_sure', 'RF-09u', 'go on'],
  ['RF10=yes RF10a=yes', 'RF-10 HE-11e', 'soon'], ['RF10=yes RF10a=not_sure', 'RF-10 HE-11e', 'soon'], ['RF10=yes RF10a=no', 'HE-11e', 'go on'], ['RF10=prefer_not', 'HE-11e', 'go on'],
  ['RF11=yes', 'RF-11b', 'go on'], ['RF11=prefer_not', '', 'go on'], ['RF11=yes RF08=yes', 'RF-08 RF-11a X-COMBO', 'soon'], ['RF11=yes RF14=yes', 'RF-11b RF-14 X-COMBO', 'soon'],
  ['RF12=yes', 'RF-12', 'emergency'], ['RF13=yes', 'RF-13', 'same_day'], ['RF13=not_sure', 'RF-13', 'same_day'], ['RF13=yes RF12=yes', 'RF-12 RF-13', 'emergency'],
  ['RF14=yes', 'RF-14', 'clearance'], ['RF14=not_sure', 'RF-14', 'clearance'], ['RF16=yes', 'RF-16', 'emergency'], ['RF08=yes RF09=yes', 'RF-08 RF-09 X-COMBO', 'soon'],
  ['RF03=fine RF03b=yes', '', 'go on'], ['RF05=no RF05a=fracture', '', 'go on'], ['RF12=no', '', 'go on'],
];
const changed = (changes) => Object.fromEntries(changes.split(' ').map((change) => change.split('=')));
const pages = { emergency: 'Get help now', same_day: 'Get medical help today', soon: 'See a doctor first', clearance: 'Ask before you book', 'go on': 'Before your visit' };

test('each answer of the safety check is among these ways', async () => {
  const b = await visitor();
  const said = new Set(ends.flatMap(([changes]) => changes.split(' ')));
  for (let page = 1; page <= 15; page++) {
    const options = [...b.page.text.matchAll(/<input type="radio"[^>]* name="(RF\w+)" value="(\w+)"/g)].map(([, id, value]) => `${id}=${value}`);
    assert.ok(options.length >= 2, `page ${page}`);
    for (const option of options) assert.ok(said.has(option) || check[option.split('=')[0]] === option.split('=')[1], option);
    const id = options[0].split('=')[0];
    await b.post(b.page.path, { [id]: check[id] });
  }
  assert.equal(heading(b), 'Before your visit');
});

test('every way through the safety check ends in the right page, and the call says the same', async () => {
  for (const [changes, fired, end] of ends) {
    const answers = { ...check, ...changed(changes) };
    const b = await visitor();
    await b.post(`${b.base}/safety`, { ...answers, RF15: end === 'clearance' || end === 'soon' ? 'no' : '' });
    assert.equal(heading(b), pages[end], changes);
    const kept = sql(`select count(*) from booking where id = '${b.base.split('/')[2]}'`);
    assert.equal(kept, end === 'go on' ? '1' : '0', `${changes}: what stops keeps nothing`);
    const at = await held();
    const said = await safety(at, { ...rest, ...answers });
    assert.equal(rules(said), fired || 'OK-00', changes);
    assert.equal(said.json.outcome === 'CLEARANCE' ? 'clearance' : (said.json.urgency ?? 'go on'), end, changes);
    if (end === 'go on') await act(at, 'cancel');
  }
});

test('one call says what is missing, and takes no page of another day', async () => {
  const b = await held();
  const first = await safety(b, check);
  assert.equal(first.json.outcome, 'INCOMPLETE');
  assert.deepEqual(first.json.missing.filter((id) => !(id in rest)), []);
  assert.deepEqual(Object.keys(rest).filter((id) => !first.json.missing.includes(id) && !optional.includes(id)), []);
  assert.deepEqual((await safety(b, { ...healthy, P02: ['radiating'], H05: 'other_op', H17: ['latex'] })).json.missing.sort(), ['H05a_ok', 'H05a_weeks', 'H17a', 'P03', 'P03a']);
  for (const [wrong, says] of [[{ H06: ['none', 'bruise'] }, /either what fits, or “None of these”/], [{ P07: 11 }, /from 0 to 10/], [{ P07: 4.5 }, /whole number/], [{ A01: '1980-02-31' }, /like 2026/],
    [{ K07: 'x'.repeat(121) }, /120 characters/], [{ K07: 'a\u0000b' }, /./], [{ H01: ['no', 'past'] }, /no such answer/], [{ P01: ['moon'] }, /P01 has no such answer/]]) {
    const said = await safety(b, { ...healthy, ...wrong });
    assert.equal(said.status, said.status === 400 ? 400 : 422, JSON.stringify(wrong));
    if (said.status === 422) assert.match(said.json.detail, says);
  }
  assert.equal((await act(b, 'confirm', { name: 'Kim', email: 'kim@example.org' })).json.type, 'safety-check-missing');
  assert.equal((await safety(b, { ...healthy, A01: '2012-01-01' })).json.outcome, 'INCOMPLETE', 'who is under age needs a guardian');
  assert.equal((await safety(b, { ...healthy, A01: '2012-01-01', A03_name: 'Ann', A03_relationship: 'mother', A03_consent_signed: 'no', A03_stay_in_room: 'yes' })).json.outcome, 'CLEARANCE');
  assert.equal((await call('GET', `/bookings/${b.id}`, { token: b.token })).status, 404);
});

test('back and forth without loss: each page keeps what was said, hidden ones are skipped', async () => {
  const b = await visitor();
  await through(b, healthy, 'P02');
  const at = b.page.path;
  assert.match(b.page.text, /What is the pain like\?/);
  const send = (changes) => b.post(at, fill(b.page.text, { ...healthy, P02: ['ache', 'radiating'], ...changes }));
  await send({});
  assert.equal(b.page.status, 422);
  assert.match(b.page.text, /value="radiating" checked[^]*id="P03-err"/);
  await send({ P03: ['thigh'], P03a: 'steady' });
  const next = b.page.path;
  assert.notEqual(next, at);
  await b.get(b.page.text.match(/class="back" href="([^"]+)"/)[1]);
  assert.equal(b.page.path, at);
  assert.match(b.page.text, /value="thigh" checked/);
  await b.get(next.replace(/\d+$/, (n) => Number(n) + 5));
  assert.equal(b.page.path, next, 'no page is skipped by its address');
  await b.get(`${b.base}/safety`);
  assert.equal(b.page.path, next);
  const asked = await through(b);
  await b.get(`${b.base}/safety/done`);
  assert.equal(heading(b), 'You can book');
  assert.ok(!asked.some((number) => asked.indexOf(number) !== asked.lastIndexOf(number)));
});

test('what may be an emergency ends the form in its middle, and keeps nothing', async () => {
  const b = await visitor();
  await through(b, { ...healthy, H06: ['hot_spreading'], H06a: ['calf_l'] }).catch(() => {});
  assert.equal(heading(b), 'Get medical help today');
  assert.equal((await b.get(b.base)).status, 404);
});

test('told in person: who, age and consent are asked, and the therapist calls', async () => {
  const b = await visitor();
  await b.post(`${b.base}/safety`, check);
  assert.match(b.page.path, /\/safety\/start$/);
  await b.post(`${b.base}/safety/start`, { how: 'in_person' });
  const asked = await through(b, { ...check, A02: 'me', A01: '1980-04-27', K01: 'yes', K02: 'yes', K03: 'yes', K04: 'yes', K07: 'Kim' });
  assert.equal(asked.length, 2);
  assert.equal(heading(b), 'You can book');
  assert.match(b.page.text, /calls you first/);
  await b.get(`${b.base}/details`);
  await b.post(`${b.base}/details`, { name: 'Kim', email: 'kim@example.org' });
  assert.equal(b.page.status, 422);
  assert.match(b.page.text, /id="phone-err"/);
  await b.post(`${b.base}/details`, { name: 'Kim', email: 'kim@example.org', phone: '217 555 0100' });
  await b.post(`${b.base}/confirm`, {});
  assert.equal(heading(b), 'Booked');

  const at = await held();
  const said = await safety(at, { ...check, in_person: 'yes', A02: 'me', A01: '1980-04-27', K01: 'yes', K02: 'yes', K03: 'yes', K04: 'yes', K07: 'Kim' });
  assert.deepEqual([said.json.outcome, rules(said), said.json.limits.precall], ['MODIFY', 'HE-00', true]);
  assert.equal((await act(at, 'confirm', { name: 'Kim', email: 'kim@example.org' })).status, 422, 'not without a number to call');
  assert.equal((await act(at, 'confirm', { name: 'Kim', email: 'kim@example.org', phone: '217 555 0100' })).json.state, 'confirmed');
});

test('at the end a clinician is asked about what came up since', async () => {
  const b = await visitor();
  await through(b, { ...healthy, RF08: 'yes', RF15: 'ok', RF15_date: day(2), RF15_clinician: 'Dr Oja', H19: 'kidney' }, 'K07');
  await b.post(b.page.path, fill(b.page.text));
  assert.match(b.page.path, /\/safety\/16$/, 'the word was about something else');
  await b.post(b.page.path, { RF15: 'no' });
  assert.equal(heading(b), 'Ask before you book');
  assert.match(b.page.text, /Kidney or liver disease/);
});
const day = (ago) => new Date(Date.now() - ago * 864e5).toISOString().slice(0, 10);

test('what follows shapes the booking: asked for, lighter, another training', async () => {
  const at = await held();
  const said = await safety(at, { ...healthy, H17: ['latex'], H17a: 'severe' });
  assert.equal(said.json.limits.confirm_required, true);
  assert.equal((await act(at, 'confirm', { name: 'Kim', email: 'kim@example.org' })).json.state, 'requested', 'the therapist says yes first');

  const b = await visitor();
  await b.post(`${b.base}/safety`, { ...healthy, H15: 'yes', H08: ['lymphoedema_nodes'] });
  assert.equal(heading(b), 'You can book');
  assert.match(b.page.text, /At most 2 of 5/);
  assert.match(b.page.text, new RegExp(`Somebody with this training[^]*href="${b.base}/therapists"`));
  assert.match(b.page.text, /will be told[^]*Fragile skin and bone/);
});

test('no confirmed booking without a passed check, whatever is tried', async () => {
  const at = await held();
  await act(at, 'details', { name: 'Kim', email: 'kim@example.org' });
  const tries = await Promise.all([
    act(at, 'confirm', { name: 'Kim', email: 'kim@example.org' }), safety(at, check), act(at, 'confirm'), safety(at, { ...healthy, RF01: undefined }), act(at, 'confirm'),
    call('POST', `/bookings/${at.id}/safety/16`, { form: { RF15: 'ok' }, token: at.token }), act(at, 'move', { start: free(n++) }), act(at, 'answer', { answer: 'yes' }), act(at, 'confirm'),
  ]);
  assert.ok(tries.every(({ json }) => json?.state !== 'confirmed' && json?.state !== 'requested'));
  assert.equal(sql(`select state from booking where id = '${at.id}'`), 'held');
  // a STOP and a booking at the same moment: one of them wins, and never both
  for (let round = 0; round < 6; round++) {
    const b = await held();
    await safety(b, healthy);
    await Promise.all([act(b, 'confirm', { name: 'Kim', email: 'kim@example.org' }), safety(b, { ...healthy, RF12: 'yes' }), safety(b, healthy)]);
    assert.equal(sql(`select count(*) from booking b where b.id = '${b.id}' and b.state = 'confirmed' and not exists (select from safety_check s where s.id = b.safety_id and s.booking_id = b.id and s.outcome in ('PROCEED', 'MODIFY'))`), '0');
  }
  // as the web role, with the guest's own token
  const hash = sql(`select encode(token_hash, 'hex') from booking where id = '${at.id}'`);
  for (const attempt of [
    `update booking set state = 'confirmed', reference = 'AAAA-AAAA', confirmed_at = now(), client_name = 'Kim', client_email = 'kim@example.org' where id = '${at.id}'`,
    `with c as (insert into safety_check (booking_id, outcome, rules, sealed) values ('${at.id}', 'STOP', '1', 'x') returning id)
     update booking set safety_id = c.id, state = 'confirmed', reference = 'AAAA-AAAA', confirmed_at = now() from c where booking.id = '${at.id}'`,
    `update booking set safety_id = (select id from safety_check limit 1), state = 'confirmed', reference = 'AAAA-AAAA', confirmed_at = now() where id = '${at.id}'`,
  ])
    assert.throws(() => sql(`begin; set local role unknot_web; select set_config('app.booking', '${at.token}', true); ${attempt}; set constraints all immediate; commit`), undefined, attempt);
  assert.equal(sql(`select state || ' ' || encode(token_hash, 'hex') from booking where id = '${at.id}'`), `held ${hash}`);
});

test('another visit from the page of one that was booked: the answers stand there with their day, the safety check is asked afresh', async () => {
  const b = await visitor();
  await b.post(`${b.base}/safety`, { ...healthy, H02: ['antiplatelet'], P12: 'Sitting <long>' });
  await b.post(`${b.base}/details`, { name: 'Kim Example', email: 'kim@example.org' });
  await b.post(`${b.base}/confirm`, {});
  assert.match(b.page.text, /Book another visit/);
  const before = sql(`select md5(string_agg(b::text, ',')) from booking b where id = '${b.base.split('/')[2]}'`);
  const again = async (more) => {
    await b.get(`${b.base}/again`);
    const form = { start: free(n++), key: b.page.text.match(/name="key" value="([^"]+)"/)[1], ...more };
    await b.post(`${b.base}/again`, form);
    assert.match(b.page.path, /\/safety\/1$/);
    assert.ok(!b.page.path.startsWith(b.base), 'another booking');
    assert.ok(!/value="\w+" checked/.test(b.page.text), 'the safety check is asked afresh');
    await through(b, healthy, 'H02');
  };
  await again({});
  assert.match(b.page.text, /value="antiplatelet" checked/);
  assert.match(b.page.text, new RegExp(`${new Date().getUTCFullYear()}|${new Date().getUTCFullYear() - 1}`), 'with the day it was given');
  const at = b.page.path.replace(/safety.*/, 'safety');
  await through(b, { ...healthy, H02: ['antiplatelet'] });
  await b.get(`${at}/done`);
  assert.match(b.page.text, /At most 3 of 5/);
  assert.equal(sql(`select client_name from booking where id = '${at.split('/')[2]}'`), 'Kim Example');
  assert.equal(sql(`select md5(string_agg(b::text, ',')) from booking b where id = '${b.base.split('/')[2]}'`), before, 'the visit before is as it was');
  await again({ fresh: 'yes' });
  assert.ok(!/value="\w+" checked/.test(b.page.text), 'something new: everything afresh');
  // a stranger gets nothing of it
  const stranger = new Browser();
  assert.ok([401, 404].includes((await stranger.get(`${b.base}/again`)).status));
});
