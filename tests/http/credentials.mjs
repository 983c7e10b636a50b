// Credentials as therapists enter them and operators decide: the proof, what blocks bookings, two operators, disciplinary notes.
import test from 'node:test';
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { free, makeOperator, makeTherapist, send, sendFiles, signedIn, sql, unescape, unknot, value } from './lib.mjs';

const mine = makeTherapist('Cora Credible');
sql(`delete from credential where therapist_id = :'id'`, mine);
const olga = makeOperator();
const otto = makeOperator();
const therapist = await signedIn(mine.email);
const first = await signedIn(olga.email);
const second = await signedIn(otto.email);
const day = (n) => new Date(Date.now() + n * 86400e3).toISOString().slice(0, 10);
const pdf = { name: 'file', filename: 'license.pdf', type: 'application/pdf', data: '%PDF-1.4\nsecret words of a license\n%%EOF\n' };
const profile = async () => (await send('GET', `/therapists/${mine.slug}`, { headers: { accept: 'application/json' } })).json();
const page = async (path = `/therapists/${mine.slug}`) => unescape((await send('GET', path)).text);
const hold = async () => send('POST', '/bookings', { json: { therapist: mine.slug, service: Number(mine.service), start: free(mine), key: randomUUID() }, headers: { accept: 'application/json' } });
const slots = async () => (await send('GET', `/therapists/${mine.slug}/slots?service=${mine.service}&days=3`, { headers: { accept: 'application/json' } })).json().days.flatMap((d) => d.slots).length;
const next = async () => (await send('GET', '/therapists?near=39.8,-89.6&radius_km=5&q=Cora+Credible', { headers: { accept: 'application/json' } })).json().results.find((r) => r.slug === mine.slug);
const errors = (answer) => [...unescape(answer.text).matchAll(/<li><a href="#(\w+)">([^<]+)<\/a><\/li>/g)].map(([, field, words]) => [field, words]);
const mails = (kind) => Number(value(`select count(*) from outbox where kind = :'kind' and recipient = :'email'`, { kind, email: mine.email }));
let id;

test('without a license that was checked nothing can be booked where the law wants one, and every page says so', async () => {
  assert.equal(await slots(), 0);
  assert.match(await page(), /Cora Credible cannot be booked until the license has been checked/);
  assert.match(await page(`/therapists/${mine.slug}/book?service=${mine.service}`), /cannot be booked until the license has been checked/);
  const found = await next();
  assert.deepEqual([found.has_next ?? false, found.credential.closed], [false, true]);
  const answer = await hold();
  assert.deepEqual([answer.status, answer.json().type.split('/').at(-1)], [409, 'not-bookable']);
  const by = await therapist.post('/practice/bookings/new', { service: mine.service, place: mine.location, day: day(3), time: '12:00', name: 'C', email: 'c@example.org', how: 'send', key: randomUUID() });
  assert.match(unescape(by.text), /until a license has been checked/);
});

test('a therapist hands in a license with a proof; what is wrong is said and nothing typed is lost', async () => {
  const form = { kind: 'state_license', register: '14', number: 'XX 77', issued_on: day(-400), valid_until: day(400), title: 'Licensed massage therapist' };
  for (const [change, field] of [[{ kind: 'nonsense' }, 'kind'], [{ register: '9999999' }, 'register'], [{ register: '', issuer: '' }, 'issuer'], [{ issued_on: day(3) }, 'issued_on'], [{ valid_until: day(-1) }, 'valid_until']]) {
    const answer = await sendFiles(therapist, '/practice/credentials/new', { ...form, ...change, key: randomUUID() }, [pdf]);
    assert.equal(answer.status, 422, field);
    assert.equal(errors(answer)[0][0], field);
    assert.match(answer.text, /value="XX 77"/);
  }
  const bad = await sendFiles(therapist, '/practice/credentials/new', { ...form, key: randomUUID() }, [{ ...pdf, data: 'no such file' }]);
  assert.deepEqual([bad.status, errors(bad)[0][0]], [422, 'file']);
  assert.equal(value(`select count(*) from credential where therapist_id = :'id'`, mine), '0', 'nothing is kept of a form that is refused');
  const answer = await sendFiles(therapist, '/practice/credentials/new', { ...form, key: randomUUID() }, [pdf]);
  assert.equal(answer.status, 303, answer.text.slice(0, 600));
  id = value(`select id from credential where therapist_id = :'id'`, mine);
  const shown = unescape((await therapist.get('/practice/credentials')).text);
  assert.match(shown, /Waits for a check/);
  assert.match(shown, /look different: 227\. and digits\. If yours is right, leave it/, 'a number is warned of, not refused');
  assert.match(shown, /Proof sent on .* Only operators can open it/);
  const kept = sql(`select p.sealed || string_agg(x.sealed, '') from credential_proof p join credential_proof_piece x on x.proof_id = p.id where credential_id = :'id' group by p.id`, { id })[0][0];
  assert.ok(kept.length > 80 && !Buffer.from(kept, 'base64').includes('secret words') && !kept.includes('secret'), 'sealed');
  assert.match(await page(), /Not checked yet/);
});

test('an operator opens the proof, and that is on record; nobody else does', async () => {
  const doc = (await first.json(`/operator/credentials/${id}`)).json();
  assert.equal(doc.credential.register.body.includes('IDFPR'), true);
  assert.match(doc.credential.register.lookup, /^https:/);
  assert.deepEqual(doc.opened, []);
  const file = await first.get(`/operator/credentials/${id}/proof`);
  assert.equal(file.status, 200);
  assert.match(file.headers['content-disposition'], /^attachment; filename="proof-\d{4}-\d\d-\d\d\.pdf"$/);
  assert.ok(file.text.includes('secret words of a license'));
  assert.equal((await therapist.get(`/operator/credentials/${id}/proof`)).status, 404);
  assert.equal((await send('GET', `/operator/credentials/${id}/proof`)).text.includes('secret words'), false);
  assert.deepEqual((await second.json(`/operator/credentials/${id}`)).json().opened.map((o) => o.who), ['Olga Checker']);
  assert.equal(value(`select count(*) from key_use where reader = 'operator' and account_id = :'id'`, olga), '1');
});

test('what could not be confirmed is told, with what to do; handed in again it waits again', async () => {
  const where = 'Illinois register, idfpr.example';
  const silent = await first.post(`/operator/credentials/${id}`, { where, on: day(0), until: '', result: 'not_found' });
  assert.deepEqual([silent.status, errors(silent)[0][0]], [422, 'note']);
  assert.equal((await first.post(`/operator/credentials/${id}`, { where, on: day(0), until: '', result: 'not_found', note: 'The number is not there. Send the one on your card.' })).status, 303);
  assert.match(await page(), /Could not be confirmed/);
  assert.equal((await first.json('/operator/credentials?state=refused')).json().credentials.some((c) => c.credential.id === id), true);
  assert.match(unescape((await therapist.get('/practice/credentials')).text), /Not found on the register[\s\S]*The number is not there/);
  assert.equal(mails('therapist-credential'), 1);
  assert.notEqual(value(`select erase_after from credential_proof where credential_id = :'id'`, { id }), '', 'the proof goes some time after the decision');
  assert.equal((await sendFiles(therapist, `/practice/credentials/${id}`, { kind: 'state_license', register: '14', number: '227.123', valid_until: day(400), key: randomUUID() }, [])).status, 303);
  const waits = (await first.json('/operator/credentials?state=unchecked')).json();
  assert.equal(waits.more > 50 || waits.credentials.some((c) => c.credential.id === id), true);
});

test('once it is checked everything can be booked at once; a renewal leaves the check as it is', async () => {
  assert.equal((await first.post(`/operator/credentials/${id}`, { where: 'Illinois register', on: day(0), until: day(200), result: 'register' })).status, 303);
  assert.ok((await slots()) > 0);
  assert.equal((await next()).credential.closed, false);
  assert.equal((await hold()).status, 201);
  const html = await page();
  assert.doesNotMatch(html, /cannot be booked until/);
  assert.match(html, /Found on the register, in force\. Illinois register, on/);
  assert.match(html, /<a href="https:[^"]+" rel="nofollow noreferrer">/, 'with a link to the register');
  assert.equal((await sendFiles(therapist, `/practice/credentials/${id}`, { valid_until: day(800), key: randomUUID() }, [pdf])).status, 303);
  assert.deepEqual([(await profile()).credentials[0].state, (await first.json(`/operator/credentials/${id}`)).json().credential.is_unchecked], ['checked', true], 'it counts, and the renewal waits');
  const no = await first.post(`/operator/credentials/${id}`, { where: 'Register', on: day(0), until: '', result: 'differs', note: 'It says another year' });
  assert.equal(no.status, 303);
  assert.equal((await profile()).credentials[0].state, 'checked', 'a renewal that is refused takes nothing away');
  const taken = await first.post(`/operator/credentials/${id}`, { where: 'Register', on: day(0), until: '', result: 'inactive', note: 'Not in force any more' });
  assert.deepEqual([taken.status, errors(taken)[0][0]], [422, 'result'], 'a check is not taken back by one');
});

test('two operators withdraw a check; who proposed it cannot agree', async () => {
  const at = `/operator/therapists/${mine.slug}/acts/withdraw`;
  assert.deepEqual(errors(await first.post(at, { credential: id, reason: 'short' }))[0][0], 'reason');
  assert.equal((await first.post(at, { credential: id, reason: 'The board revoked it last week' })).status, 303);
  assert.ok((await slots()) > 0, 'nothing has happened yet');
  const proposal = value(`select id from proposal where credential_id = :'id' and outcome is null`, { id });
  const own = await first.post(`/operator/acts/${proposal}`, { decide: 'confirm' }, { from: '/operator/acts' });
  assert.equal(own.status, 422);
  assert.match(unescape(own.text), /You proposed this\. Another operator has to agree/);
  assert.ok((await slots()) > 0);
  assert.equal((await second.post(`/operator/acts/${proposal}`, { decide: 'confirm' }, { from: '/operator/acts' })).status, 303);
  assert.equal(await slots(), 0);
  assert.equal((await hold()).status, 409);
  assert.match(unescape((await therapist.get('/practice/credentials')).text), /Our check was withdrawn[\s\S]*The board revoked it last week/);
  assert.deepEqual(sql(`select action, account_id from audit where object = :'proposal' order by id`, { proposal }), [['act.proposed', olga.id], ['act.confirmed', otto.id]]);
  assert.equal((await second.post(`/operator/acts/${proposal}`, { decide: 'confirm' }, { from: '/operator/acts' })).status, 422, 'and not twice');
});

const agreed = async (act, form) => {
  assert.equal((await first.post(`/operator/therapists/${mine.slug}/acts/${act}`, { reason: 'As the register says', ...form })).status, 303);
  const proposal = value(`select id from proposal where therapist_id = :'id' and outcome is null order by proposed_at desc limit 1`, mine);
  assert.equal((await second.post(`/operator/acts/${proposal}`, { decide: 'confirm' }, { from: '/operator/acts' })).status, 303);
};

test('a disciplinary note stands on the profile with source and date; the therapist answers once', async () => {
  await agreed('note', { source: 'Illinois <board>', dated: day(-30), link: 'https://board.example/case/7', words: 'Fined for working without a permit' });
  assert.match(await page(), /Illinois <board>: Fined for working without a permit <a href="https:\/\/board\.example\/case\/7"/);
  assert.ok(!(await send('GET', `/therapists/${mine.slug}`)).text.includes('<board>'), 'escaped');
  assert.equal(mails('therapist-standing'), 2);
  const note = value(`select id from discipline where therapist_id = :'id'`, mine);
  const answer = (words) => therapist.post(`/practice/discipline/${note}`, { answer: words }, { from: '/practice/credentials' });
  assert.equal((await answer('')).status, 422);
  assert.equal((await answer('It was paid.')).status, 303);
  assert.equal((await answer('And more.')).status, 422, 'once');
  assert.match(await page(), /Cora Credible answers, .*It was paid\./);
  await agreed('remove-note', { discipline: note });
  assert.doesNotMatch(await page(), /Fined for working/);
});

test('a suspended therapist is found nowhere, cannot publish, and comes back as before', async () => {
  await agreed('suspend', {});
  assert.equal((await send('GET', `/therapists/${mine.slug}`)).status, 404);
  sql(`update therapist set published = true where id = :'id'`, mine);
  assert.equal(value(`select published from therapist where id = :'id'`, mine), 'f');
  await agreed('restore', {});
  assert.equal((await send('GET', `/therapists/${mine.slug}`)).status, 200);
});

test('the settings: one operator acts alone only when another agreed, and a license need not block', async () => {
  const set = (form) => first.post('/operator/credential-settings', { license: 'yes', two: 'yes', confirm_days: '7', proof_days: '90', ...form });
  assert.deepEqual(errors(await set({ confirm_days: '0' }))[0][0], 'confirm_days');
  assert.equal((await set({ two: 'no' })).headers.location, '/operator/acts?saved=1');
  assert.equal(value('select two_operators from credential_setting'), 't', 'not yet');
  assert.match((await first.get('/operator/audit')).text, /need two operators/);
  const proposal = value(`select id from proposal where act = 'operators.alone' and outcome is null`);
  assert.equal((await second.post(`/operator/acts/${proposal}`, { decide: 'confirm' }, { from: '/operator/acts' })).status, 303);
  try {
    assert.equal(value('select two_operators from credential_setting'), 'f');
    assert.match((await first.get('/operator/audit')).text, /done by one operator alone here/);
    assert.equal((await first.post(`/operator/therapists/${mine.slug}/acts/suspend`, { reason: 'One alone decides now' })).status, 303);
    assert.equal((await send('GET', `/therapists/${mine.slug}`)).status, 404);
    assert.equal((await first.post(`/operator/therapists/${mine.slug}/acts/restore`, { reason: 'And takes it back' })).status, 303);
  } finally {
    sql('update credential_setting set two_operators = true');
  }
});

test('a file that a register publishes is imported by its mapping, and the queue says how it compares; nothing decides by itself', async () => {
  const register = value(`insert into register (country, region, body, regime, basis) values ('US', 'ZZ', 'Board ' || gen_random_uuid(), 'license', 'a test') returning id`);
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'register-'));
  const write = (name, text) => (fs.writeFileSync(path.join(folder, name), text), path.join(folder, name));
  const load = (dated, text, ...more) => unknot(['register', 'import', '--register', register, '--dated', dated, ...more, write('list.csv', text)]);
  const mapping = write('mapping.json', JSON.stringify({ columns: { number: 'License No.', name: ['First', 'Last'], status: 'status' }, active: ['Active'] }));
  const credential = value(`insert into credential (therapist_id, kind, title, issuer, number, register_id) values (:'id', 'state_license', 'Filed', 'Board', 'ZZ-100', :'register') returning id`, { ...mine, register });
  const says = async () => (await first.json(`/operator/credentials/${credential}`)).json().credential.says;
  try {
    assert.match(load(day(-3), 'x,y\n').stderr, /has no mapping/);
    const done = load(day(-3), 'License No.,First,Last,Status\r\nZZ 100,"Cora",Credible,Active\r\n,no,number,Active\r\n', '--mapping', mapping);
    assert.equal(done.status, 0, done.stderr);
    assert.match(done.stdout, /"entries" : 1, "left_out" : 1/);
    assert.equal((await says()).match, true);
    assert.match(unescape((await first.get(`/operator/credentials/${credential}`)).text), /Matches the file of/);
    const damaged = load(day(-2), 'License No.,First,Last,Status\nZZ 100,Cora,Credible,Active\nZZ 1,"never closed\n');
    assert.equal(damaged.status, 1);
    assert.match(damaged.stderr, /line 3: a quote that is never closed; nothing was imported/);
    assert.equal((await says()).match, true, 'what was there stays');
    assert.equal(load(day(-1), 'License No.,First,Last,Status\nZZ 100,Cora,Credible,Revoked\n').status, 0, 'the mapping is kept');
    assert.deepEqual((await says()).differs, ['The status there is Revoked']);
    assert.equal(value(`select checked_on is null from credential where id = :'credential'`, { credential }), 't', 'nothing is decided');
    assert.equal((await first.get(`/operator/registers/${register}`)).text.includes('list.csv'), true);
    assert.deepEqual([unknot(['register']).status, unknot(['register', 'import', '--register', 'x']).status], [2, 2]);
  } finally {
    fs.rmSync(folder, { recursive: true });
    sql(`delete from credential where id = :'credential'`, { credential });
  }
});
