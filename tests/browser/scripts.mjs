// What anybody writes is text and nothing else: sixty scripts in every field that people fill in, by the real forms, and every page, mail, calendar and
// export where that shows read by Chromium. None may run, none may become an element.
//
// A field takes as many of them as fit; what is on public pages stands there for ten therapists, each time with others, what comes with a visit for
// four, and what only two people read for two of them. Each page is read twice: as the site sends it, with its policy, for one therapist, and without any
// policy for all of them, which finds what the policy would only have stopped. The database's catalog says which fields there are: a column that holds text and has none of it here fails,
// unless written.mjs says why.
import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { browser, close, url, visitor } from './browser.mjs';
import { Browser, bearer, begin, free, healthy, makeOperator, makeTherapist, password, send, sendFiles, sql, tokenOf, until, value } from '../http/lib.mjs';
import { fields, note, scripts, shown, stuff, text, unwritten } from './written.mjs';

after(close);

// --- People, signed in without the cost of a password

const therapists = Array.from({ length: 10 }, (_, nth) => ({ ...makeTherapist(`Zelda ${text('name of a therapist', nth, 110)}`), nth }));
const gone = makeTherapist('Zora Gone'); // who is suspended
const visited = therapists.filter((t) => t.nth % 3 === 0), deep = therapists.filter((t) => t.nth % 9 === 0); // with a visit; those of whom all is written
const operator = makeOperator(), second = makeOperator();
function browserOf(account) {
  const b = new Browser(), token = randomUUID() + randomUUID();
  sql(`insert into session (token_hash, account_id, expires_at, factored) values (sha256(convert_to(:'token', 'UTF8')), :'account', now() + interval '1 hour', true)`, { token, account });
  b.cookies.set('session', token);
  return b;
}
// few times, which are reckoned anew with each change
sql(`delete from service where id = any (:'second'::int[]); update service set horizon = 5, step = 60 where id = any (:'service'::int[])`, { second: `{${therapists.map((t) => t.second)}}`, service: `{${therapists.map((t) => t.service)}}` });
for (const t of therapists) t.browser = browserOf(t.account);
const boss = browserOf(operator.id), other = browserOf(second.id);
const photo = fs.readFileSync(new URL('../../docs/results.png', import.meta.url));
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'unknot-scripts-'));

// --- Planting, each by the form that people use

async function plant(t) {
  const { nth } = t, fill = (field, max) => text(field, nth, max);
  const csrf = tokenOf((await t.browser.get('/practice/profile/about')).text);
  const save = async (b, to, form) => {
    const answer = await b.send('POST', to, { form: { csrf, ...form, key: randomUUID() } });
    assert.equal(answer.status, 303, `${to}: ${answer.text.match(/<main[^]*?<\/form>/)?.[0].replace(/<[^>]+>/g, ' ').slice(0, 600)}`);
    return answer.headers.location;
  };
  await save(t.browser, '/practice/profile/about', { headline: fill('headline', 160), profession: fill('profession', 80), pronouns: fill('pronouns', 40), about: fill('about', 4000) });
  await save(t.browser, '/practice/profile/not', { not_for: fill('not for', 600) });
  await save(t.browser, '/practice/profile/visits', { new_clients: 'yes', first_visit: fill('first visit', 1500) });
  await save(t.browser, `/practice/places/${t.location}`, { name: fill('place', 120), street: fill('street', 200), access: fill('access', 400), postcode: fill('postcode', 20), town: `${fill('town', 95).replaceAll(',', ' ')}`, position: '39.8, -89.6', zone: 'America/Chicago' });
  await save(t.browser, `/practice/services/${t.service}`, { name: fill('service', 120), about: fill('about a service', 600), minutes: '60', price: '80', technique: 'swedish', notice: '0', step: '60', horizon: '5' });
  await save(t.browser, '/practice/questions/new', { ask: fill('question', 160), hint: fill('why it is asked', 200), kind: 'choice', options: `${fill('an answer', 80)}\nNo` });
  await save(t.browser, '/practice/time-off', { from_day: '2099-01-01', note: fill('time off', 200) });
  [[t.question]] = sql(`select id from own_question where therapist_id = :'id'`, t);
  const day = new Date(Date.now() + 3 * 86400e3).toISOString().slice(0, 10);
  await save(t.browser, '/practice/blocks/new', { day, from: '10:00', to: '11:00', note: fill('block', 200) });
  [[t.block]] = sql(`select id from block where therapist_id = :'id'`, t);
  await save(t.browser, `/practice/hours/${t.location}/seasons/new`, { season_name: fill('season', 60), valid_from: '2099-01-01', d1_1_from: '09:00', d1_1_to: '10:00' });
  const body = Object.entries({ csrf, key: randomUUID(), kind: 'association_membership', issuer: fill('issuer', 160), title: fill('credential', 160), number: fill('number', 60) })
    .map(([name, said]) => `--x\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${said}\r\n`).join('') + '--x--\r\n';
  assert.equal((await t.browser.send('POST', '/practice/credentials/new', { body, type: 'multipart/form-data; boundary=x' })).status, 303, 'a credential');
  if (visited.includes(t)) await visit(t, fill, save);
}

// A guest's visit: booked, kept, noted, asked about and reviewed.
async function visit(t, fill, save) {
  const json = async (to, what, headers) => {
    const answer = await send('POST', to, { headers: { accept: 'application/json', ...headers }, json: what });
    assert.ok(answer.status < 300, `${to}: ${answer.text.slice(0, 300)}`);
    return answer.json();
  };
  const b = await json('/bookings', { therapist: t.slug, service: Number(t.service), start: free(t), key: randomUUID() });
  const told = (question, max) => (deep.includes(t) ? { [question]: fill(`answer ${question}`, max) } : {});
  await json(`/bookings/${b.id}/safety`, { ...healthy, ...told('H21', 500), ...told('H22', 500), ...told('P12', 500), ...told('P09_activity1', 60) }, bearer(b));
  await json(`/bookings/${b.id}/details`, { name: fill('client', 120), email: `z-${t.nth}@example.org` }, bearer(b));
  await json(`/bookings/${b.id}/confirm`, {}, bearer(b));
  t.visit = b;
  t.guest = new Browser();
  t.guest.cookies.set(`booking_${b.id}`, b.token);
  await save(t.browser, `/practice/bookings/${b.id}/questions`, { question: fill('question to a client', 500) });
  begin(b);
  await save(t.browser, `/practice/bookings/${b.id}`, { state: 'attended' });
  const page = `/bookings/${b.id}/review`;
  const csrf = tokenOf((await t.guest.get(page)).text);
  await save(t.guest, page, { csrf, expertise: '4', professionalism: '4', satisfaction: '4', sign: 'name', edition: '0', body: fill('review', 2000) });
  [[t.review]] = sql(`update review set shown = true, shown_at = now(), held = false where booking_id = :'id' returning id`, b);
  sql(`delete from review_case where review_id = :'review'`, t); // what looks like a link is looked at by itself
  await save(t.browser, `/practice/reviews/${t.review}/reply`, { reply: fill('answer to a review', 1000), edition: '0' });
  await save(t.browser, `/practice/reviews/${t.review}/report`, { reason: 'abuse', note: fill('report', 500) });
  [[t.case]] = sql(`select id from review_case where review_id = :'review'`, t);
}

// What a visit leaves behind on both sides, the practice, the account, and what operators write about a therapist.
async function plantDeep(t) {
  const { nth, browser: mine } = t, at = `/practice/bookings/${t.visit.id}`, day = (n) => new Date(Date.now() + n * 86400e3).toISOString().slice(0, 10);
  await stuff(mine, `${at}/note`, nth, { minutes: '55', technique: 'swedish', consent: 'agreed', update: 'changed', pressure: '3' });
  await stuff(mine, `${at}/plan`, nth, { item: ['heat', 'walk'], weeks: '2', visits: '' }, { most: 1200, leave: /_(?!heat$|walk$)/ });
  await stuff(t.guest, `/bookings/${t.visit.id}`, nth, {}, { action: `/bookings/${t.visit.id}/messages` });
  sql(`update consent set therapist_name = :'name', therapist_signed_at = now() where booking_id = :'id'`, { ...t.visit, name: text('name that signs', nth, 120) });
  await stuff(mine, '/account/name', nth);
  await stuff(mine, '/practice/calendars', nth, { url: 'https://calendar.invalid/of.ics' });
  [[t.factor]] = sql(`insert into factor (id, account_id, kind, name, credential, public_key, algorithm, sign_count) values (gen_random_uuid(), :'account', 'passkey', 'x', sha256(:'slug'), 'x', -7, 0) returning id`, t);
  await stuff(mine, `/account/security/factors/${t.factor}`, nth);

  // harm after a visit, looked into; a client who is not to come again
  sql(`begin; set local session_replication_role = replica; update booking set starts_at = now() - interval '26 hours', ends_at = now() - interval '25 hours' where id = :'id'; commit`, t.visit);
  await stuff(t.guest, `/bookings/${t.visit.id}/after`, nth, { effects: 'care', pain: '3' });
  await stuff(mine, `${at}/incident`, nth);
  [[t.client]] = sql(`select client_id from booking where id = :'id'`, t.visit);
  await stuff(mine, `/practice/clients/${t.client}/block`, nth);

  // a request that is declined, a visit at home, one that a clinician clears
  sql(`update service set mode = 'request' where id = :'service'`, t);
  const asked = await guestOf(t, healthy), json = (b, step, what) => send('POST', `/bookings/${b.id}/${step}`, { headers: bearer(b), json: what });
  for (const [step, what] of [['details', { name: 'Dee Clined', email: `d-${t.slug}@example.org` }], ['confirm', {}]]) assert.equal((await json(asked, step, what)).status, 200);
  await stuff(mine, `/practice/bookings/${asked.id}`, nth, { state: 'declined' }, { having: 'why' });
  t.declined = asked;
  sql(`update service set mode = 'instant', clearance_hours = 48 where id = :'service'`, t);
  assert.equal((await mine.post(`/practice/places/${t.location}/home`, { home: '10' })).status, 303);
  assert.equal((await mine.post('/practice/services/new', { name: 'At home', about: '', technique: 'swedish', minutes: '60', price: '120', step: '60', notice: '0', at_home: 'yes', road: '40' })).status, 303);
  t.atHome = await guestOf({ ...t, service: value(`select id from service where therapist_id = :'id' and at_home`, t) }, healthy);
  await stuff(t.atHome.browser, `/bookings/${t.atHome.id}/details`, nth, { email: `h-${t.slug}@example.org`, home_place: 'Springfield, IL 62704', name: 'Hal Home', phone: text('telephone', nth, 40) });
  assert.equal((await json(t.atHome, 'confirm', {})).status, 200);
  t.lump = await guestOf(t, { ...healthy, RF14: 'yes', RF15: 'no' });
  assert.equal((await t.lump.browser.post(`/bookings/${t.lump.id}/clearance/keep`, {}, { from: `/bookings/${t.lump.id}/clearance` })).status, 303);
  await stuff(mine, `/practice/bookings/${t.lump.id}/clearance`, nth, { dated: day(-1) });
  await stuff(mine, '/practice/questions/new', nth, { kind: 'text' }, { leave: /options|hint/ });
  t.own = await guestOf(t, healthy);
  await stuff(t.own.browser, `/bookings/${t.own.id}/own`, nth);
  for (const [step, what] of [['details', { name: 'Owen Own', email: `o-${t.slug}@example.org` }], ['confirm', {}]]) assert.equal((await json(t.own, step, what)).status, 200);

  // a practice with a shared place and its rooms
  await stuff(mine, '/practice/team', nth);
  assert.equal((await mine.post('/practice/team/invitations', { email: `i-${t.slug}@example.org`, role: 'desk' }, { from: '/practice/team' })).status, 303);
  assert.equal((await mine.post('/practice/team/places', { location: t.location }, { from: '/practice/team' })).status, 303);
  [[t.premises]] = sql(`select premises_id from location where id = :'location'`, t);
  const shared = `/practice/team/places/${t.premises}`;
  if (nth > 0) await stuff(mine, shared, nth, { town: 'Springfield, IL', postcode: '62701' });
  await stuff(mine, shared, nth, {}, { action: `${shared}/rooms` });
  await stuff(mine, '/desk/rooms', nth, { room: value(`select id from room where premises_id = :'premises'`, t), from_day: day(90), until_day: '', from_time: '', until_time: '' });

  // an operator's words
  if (nth === 0) await plantPhoto(t);
  await stuff(boss, `/operator/credentials/${t.credential}`, nth, { on: day(0), ...(nth > 0 ? { result: 'not_found', until: '' } : { result: 'register', until: day(90), note: '' }) });
  for (const [who, to, more] of [[mine, `/practice/reviews/${t.review}/reply`, { reply: text('answer that was changed', nth, 1000) }], [t.guest, `/bookings/${t.visit.id}/review`, { expertise: '5', professionalism: '4', satisfaction: '4', sign: 'name', body: text('review that was changed', nth, 2000) }]])
    assert.equal((await who.post(to, { ...more, edition: '1', key: randomUUID() }, { from: to.replace('/reply', '') })).status, 303, to);
  sql(`update review set shown = true, held = false where id = :'review'`, t); // changed, it is looked at anew
  const acts = `/operator/therapists/${t.slug}/acts`;
  await stuff(boss, `${acts}/note`, nth, { dated: day(-30), link: `https://e.org/${text('link of a decision', nth, 5)}"onclick=ran(25)'><svg/pwn/onload=ran(5)>` });
  [[t.proposal]] = sql(`select id from proposal where therapist_id = :'id' and outcome is null`, t);
  assert.equal((await other.post(`/operator/acts/${t.proposal}`, { decide: 'confirm' }, { from: '/operator/acts' })).status, 303);
  [[t.discipline]] = sql(`select id from discipline where therapist_id = :'id'`, t);
  await stuff(mine, '/practice/credentials', nth, {}, { action: `/practice/discipline/${t.discipline}` });
  await stuff(boss, '/operator/clinicians/new', nth, { email: `k-${t.slug}@example.org`, on: day(0), until: day(90) });
  const token = randomUUID().replaceAll('-', '').padEnd(43, 'c');
  sql(`update clinician set token_hash = sha256(convert_to(:'token', 'UTF8')) where email = :'email'`, { token, email: `k-${t.slug}@example.org` });
  await stuff(new Browser(), `/recommend/${token}`, nth, { therapist: t.slug, complaint: 'low-back' });
  t.recommend = `/recommend/${token}`;
}
// A photo, whose file is named by a script, and why it was taken down.
async function plantPhoto(t) {
  const file = await sendFiles(t.browser, '/practice/photo', { key: randomUUID() }, [{ name: 'photo', filename: `${scripts[1]}.png`.replaceAll('"', '%22'), type: 'image/png', data: photo }]);
  assert.equal(file.status, 303, 'a photo');
  const [[picture]] = sql(`select photo from therapist where id = :'id'`, t);
  await stuff(boss, '/operator/photos', 0, {}, { action: `/operator/photos/${picture}/remove`, as: '/operator/photos/N/remove', most: 300 });
}
async function guestOf(t, answers) {
  const b = (await send('POST', '/bookings', { headers: { accept: 'application/json' }, json: { therapist: t.slug, service: Number(t.service), start: free(t), key: randomUUID() } })).json();
  assert.ok(b.id, JSON.stringify(b));
  const judged = await send('POST', `/bookings/${b.id}/safety`, { headers: bearer(b), json: answers });
  assert.ok(judged.status < 300, judged.text.slice(0, 300));
  const browser = new Browser();
  browser.cookies.set(`booking_${b.id}`, b.token);
  return { ...b, browser };
}

// What operators write for all, in `nth`'s words; → undo(), which sends the forms as they were, or throws the draft away.
async function plantShared(nth) {
  const undo = [];
  for (const [at, extra, options] of [['/operator/taxonomies/ambience/settings'], ['/operator/taxonomies/ambience/warm_room'], ['/operator/taxonomies/complaint/low-back/guidance'],
    ['/operator/evidence/acp-2017', {}, { leave: /about/ }], ['/operator/credential-kinds/state_license'], ['/operator/registers/14'], ['/operator/taxonomies/self_care/keep-moving'], ['/operator/emergency-numbers/US']]) undo.push((await stuff(boss, at, nth, extra, options)).undo);
  await boss.post('/operator/credential-settings', { license: 'yes', two: 'yes', confirm_days: '7', proof_days: '90' });
  undo.push(async () => sql(`update credential_setting set changed_by = null, changed_at = null`) && { status: 200 });
  return async () => { for (const back of undo) assert.ok((await back()).status < 400); };
}
let versionOfStatements, first;
async function plantDraft(nth) {
  [first] = sql(`select note, made_by, published_by, signed_name, signed_profession, signed_on from questionnaire where version = 1`);
  const draft = (await boss.post('/operator/questionnaires', {}, { from: '/operator/questionnaires' })).headers.location;
  for (const [at, extra, options] of [['questions/RF08', {}, { leave: /options|harmless|unit|low|high/, most: 1000 }], ['rules/HE-05a', {}, { leave: /fires|raised_text|exclude|avoid|positions|products|require/, most: 1000 }], ['words', { slug: 'zq', kind: 'avoid' }]])
    await stuff(boss, `${draft}/${at}`, nth, extra, { as: `draft ${at}`, ...options });
  await stuff(boss, '/operator/cases/new', nth, { answers: '{"H05": "no"}', today: '2026-11-22', outcome: 'MODIFY', urgency: 'none', rules: 'HE-05a', must_hold: 'yes' });
  // what has a form of its own kind: lists, lines of a text, what comes with publishing
  const say = (field, max) => text(`questionnaire ${field}`, nth, max), version = draft.match(/\d+$/)[0];
  sql(`begin; set local session_replication_role = replica;
    update question_option set label = :'label' where version = :'version' and question = 'RF08';
    update question set unit = :'unit' where version = :'version' and kind = 'number';
    update safety_rule set raised_text = :'raised' where version = :'version' and raised_fires is not null;
    update questionnaire set note = :'note', made_by = :'by', published_by = :'by', signed_name = :'signed', signed_profession = :'profession', signed_on = current_date where version = 1; commit`,
  { version, label: say('option', 200), unit: say('unit', 40), raised: say('raised', 1000), note: say('note', 2000), by: say('author', 200), signed: say('signer', 200), profession: say('profession', 200) });
  const lines = Array.from({ length: 24 }, (_, n) => `${n} ${text('statement', n, 290)}`), head = ['Source', 'Attribution', 'Instruction'].map((name) => `${name}: ${text(`statements ${name}`, nth, 290)}`);
  assert.equal((await sendFiles(boss, '/operator/statement-files', {}, [{ name: 'file', filename: 'x.txt', type: 'text/plain', data: ['Language: en', ...head, '', ...lines, ''].join('\n') }], { from: '/operator/statements' })).status, 303);
  [[versionOfStatements]] = sql(`select max(version) from statement_form`);
  assert.equal((await boss.post(`/operator/statements/${versionOfStatements}`, { act: 'use', compared: 'yes' }, { from: '/operator/statements' })).status, 303);
  return draft;
}

// --- Reading
// --- Reading

// Where it shows: for the public, for the therapist, for the guest, for an operator.
const publicOf = (t) => ['', '/reviews', '/book', '/share'].map((end) => [null, `/therapists/${t.slug}${end}`]);
const pagesOf = (t) => [
  ...['', '/start', '/profile', '/profile/about', '/profile/help', '/profile/visits', '/versions', '/preview', '/photo', '/services', `/services/${t.service}`, '/questions', `/questions/${t.question}`, `/blocks/${t.block}`, '/hours', `/hours/${t.location}`, '/time-off', `/places/${t.location}`,
    '/credentials', '/reviews', `/reviews/${t.review}`, `/bookings/${t.visit.id}`, '/bookings/new', '/clients', '/why', '/numbers'].map((end) => [t.browser, `/practice${end}`]),
  ...['', '/review', '/answers'].map((end) => [t.guest, `/bookings/${t.visit.id}${end}`]),
];

const deepPagesOf = (t) => [
  ...['', '/answers/all', '/progress'].map((end) => [t.guest, `/bookings/${t.visit.id}${end}`]),
  [t.declined.browser, `/bookings/${t.declined.id}`], [t.atHome.browser, `/bookings/${t.atHome.id}`], [t.lump.browser, `/bookings/${t.lump.id}/clearance`], [t.own.browser, `/bookings/${t.own.id}/answers/all`],
  [null, t.recommend], [null, `/therapists/${t.slug}`],
  ...['/intake', '/note', '/plan', '/incident', ''].map((end) => [t.browser, `/practice/bookings/${t.visit.id}${end}`]),
  ...[`/bookings/${t.declined.id}`, `/bookings/${t.atHome.id}`, `/bookings/${t.lump.id}/clearance`, `/bookings/${t.own.id}/intake`, `/clients/${t.client}`, `/clients/${t.client}/record`, '/blocked', '/calendars', '/team', `/team/places/${t.premises}`, '/credentials', '/photo', '/day', '/share', '/share/card', '/questions',
    `/services/${t.service}`].map((end) => [t.browser, `/practice${end}`]),
  ...['', '/settings', '/name', '/security', `/security/factors/${t.factor}`, '/activity'].map((end) => [t.browser, `/account${end}`]),
  ...['/desk', '/desk/week', '/desk/rooms', `/desk/bookings/${t.atHome.id}`, '/desk/bookings/new'].map((at) => [t.browser, at]),
  ...[`/therapists/${t.slug}`, `/credentials/${t.credential}`].map((end) => [boss, `/operator${end}`]),
];
const forAll = ['/operator/acts', '/operator/clinicians', '/operator/photos', '/operator/incidents', '/operator/audit', '/operator/messages', '/operator/credentials'];

const marks = () => {
  window.count = [];
  window.ran = (n) => window.count.push(n);
  window.alert = window.ran;
};
const became = () => [...document.querySelectorAll('*')].filter((e) => e.hasAttribute('pwn')
  || [...e.attributes].some(({ name, value }) => name.startsWith('on') || (/^(href|src|action|formaction|data|srcdoc)$/.test(name) && /^\s*(javascript|data:text)/i.test(value))))
  .map((e) => e.outerHTML.slice(0, 120));

let bare; // a page without a policy
async function faultsOf(html) {
  await bare.goto('about:blank');
  await bare.evaluate(marks);
  await bare.setContent(html, { waitUntil: 'commit' });
  await bare.evaluate(() => new Promise((next) => setTimeout(next, 30)));
  return [...await bare.evaluate(() => window.count.splice(0)), ...await bare.evaluate(became)];
}

// The pages of a list of [who, address], one after another, without our scripts and styles.
async function readAll(pages) {
  const all = await Promise.all(pages.map(async ([who, at]) => {
    const answer = await (who ?? new Browser()).get(at);
    assert.equal(answer.status, 200, at);
    note(answer.text);
    return answer.text.replace(/<script src[^>]*><\/script>|<link rel="(stylesheet|preload)[^>]*>/g, '');
  }));
  return all.join('\n');
}

before(async () => {
  for (let i = 0; i < therapists.length; i += 5) await Promise.all(therapists.slice(i, i + 5).map(plant));
  for (const who of [boss, other]) await stuff(who, '/account/name', 0);
  await Promise.all(deep.map(plantDeep));
  await stuff(boss, `/operator/therapists/${gone.slug}/acts/suspend`, 0);
  assert.equal((await other.post(`/operator/acts/${value(`select id from proposal where therapist_id = :'id'`, gone)}`, { decide: 'confirm' }, { from: '/operator/acts' })).status, 303);
  assert.equal((await new Browser().post('/sign-up/therapist', { name: text('name of a therapist', 0, 120), email: `z-99@${gone.slug}.example.org`, password: 'four green chairs' })).status, 303);
  bare = await (await browser()).newPage();
});
after(() => fs.rmSync(folder, { recursive: true }));

test('control: as HTML most of them run, and what they become is seen', async () => {
  const found = await faultsOf(`<!doctype html><title>x</title>${scripts.map((script) => `<div>${script}</iframe></style></div>`).join('')}`);
  assert.ok(found.filter((one) => typeof one === 'number').length >= 5 && found.filter((one) => typeof one === 'string').length >= 15, found.join('\n'));
});

test('no page has one of them as more than text, policy or not', async () => {
  for (const pages of [therapists.map(publicOf), visited.map(pagesOf)])
    for (let n = 0; n < pages[0].length; n++) assert.deepEqual(await faultsOf(await readAll(pages.map((of) => of[n]))), [], pages[0][n][1]);
});

test('what a visit leaves behind, the practice, the account, and what operators write about somebody', async () => {
  const pages = deep.map(deepPagesOf);
  for (let n = 0; n < pages[0].length; n++) assert.deepEqual(await faultsOf(await readAll(pages.map((of) => of[n]))), [], pages[0][n][1]);
  gone.browser = browserOf(gone.account);
  assert.deepEqual(await faultsOf(await readAll([...[...forAll, `/operator/therapists/${gone.slug}`].map((at) => [boss, at]), [gone.browser, '/practice/start']])), [], 'operators');
  for (const t of deep) {
    for (const [who, at] of [[t.guest, `/bookings/${t.visit.id}/answers/fhir.json`], [t.browser, `/practice/bookings/${t.visit.id}/fhir.json`], [t.browser, `/practice/bookings/${t.visit.id}/progress/fhir.json`]]) {
      const answer = await who.get(at);
      assert.deepEqual([answer.status, answer.headers['x-content-type-options'], /json/.test(answer.headers['content-type'])], [200, 'nosniff', true], at);
      JSON.parse(answer.text);
    }
  }
  const mine = deep[0].browser;
  const csrf = tokenOf((await mine.get('/account/export')).text);
  const [json, page] = await Promise.all(['json', 'html'].map((form) => mine.send('POST', '/account/export', { form: { csrf, form, current: password } })));
  assert.deepEqual([json.status, page.status, json.headers['content-disposition'].slice(0, 10), page.headers['content-disposition'].slice(0, 10)], [200, 200, 'attachment', 'attachment']);
  note(json.text);
  note(page.text);
  assert.deepEqual(await faultsOf(page.text), [], 'the export as a page');
});

test('what operators write for all', async () => {
  const t = therapists[0], places = `/practice/places/${t.location}`, htmls = [];
  let undo, draft;
  try {
    for (const nth of [0]) {
      const back = await plantShared(nth);
      undo ??= back;
      htmls.push(await readAll([...['/', '/finder', '/filters', '/therapists?near=39.8,-89.6&radius_km=5', `/therapists/${t.slug}`, '/complaints', '/complaints/low-back', '/techniques', '/techniques/swedish', '/massage', '/massage/il', '/safety-rules', '/guides/how-we-check-credentials'].map((at) => [null, at]),
        ...[`${places}/room`, '/practice/profile/help', '/practice/credentials/new', '/practice/credentials'].map((at) => [t.browser, at]),
        ...['taxonomies', 'taxonomies/ambience', 'taxonomies/ambience/settings', 'taxonomies/ambience/warm_room', 'taxonomies/complaint/low-back', 'taxonomies/complaint/low-back/guidance', 'evidence', 'evidence/acp-2017', 'credential-kinds', 'credential-kinds/state_license', 'registers?country=US', 'registers/14',
          'emergency-numbers', 'emergency-numbers/US', 'credential-settings'].map((at) => [boss, `/operator/${at}`])]));
    }
    draft = await plantDraft(0);
    htmls.push(await readAll([...['', '/questions/RF08', '/questions/P07', '/rules/HE-05a', '/rules/RF-07', '/words', '/trial'].map((end) => [boss, `${draft}${end}`]), ...['/operator/questionnaires', '/operator/questionnaires/1', '/operator/cases', '/operator/statements'].map((at) => [boss, at]),
      [deep[0].guest, `/bookings/${deep[0].visit.id}/statements`], [null, '/safety-rules']]));
    keep();
    for (const html of htmls) assert.deepEqual(await faultsOf(html), []);
  } finally {
    await undo?.();
    if (draft) await boss.post(`${draft}/discard`, {}, { from: draft });
    const [note, by, published, name, profession, on] = first;
    sql(`begin; set local session_replication_role = replica; delete from statement_form; delete from questionnaire_case where name ~ '^Zq[0-9]{3}';
      update questionnaire set note = :'note', made_by = :'by', published_by = :'published', signed_name = nullif(:'name', ''), signed_profession = nullif(:'profession', ''), signed_on = nullif(:'on', '')::date where version = 1; commit`, { note, by, published, name, profession, on });
  }
});

test('lists, exports and calendars', async () => {
  const near = '/therapists?near=39.8,-89.6&radius_km=5';
  const pages = [[null, near], [null, `/compare?${therapists.slice(0, 4).map((t) => `t=${t.slug}`).join('&')}`], ...['/operator/credentials', '/operator/therapists?q=Zelda', '/operator/reviews', '/operator/photos', '/operator/audit'].map((at) => [boss, at]),
    ...visited.map((t) => [boss, `/operator/reviews/${t.case}`])];
  assert.deepEqual(await faultsOf(await readAll(pages)), []);
  for (const t of visited) {
    const calendar = await t.guest.get(`/bookings/${t.visit.id}/calendar.ics`);
    assert.match(calendar.headers['content-type'], /^text\/calendar/);
    assert.ok(calendar.text.split('\r\n').every((line) => /^([A-Z-]+[;:]| |$)/.test(line)), 'a line of a calendar is a property of ours or goes on');
    assert.ok(!/\r\n(ATTACH|URL:(?!http))/.test(calendar.text));
    note(calendar.text.replace(/\r\n /g, ''));
    for (const at of [`/therapists/${t.slug}`, `/therapists/${t.slug}/slots`]) {
      const answer = await send('GET', at, { headers: { accept: 'application/json' } });
      assert.deepEqual([answer.headers['content-type'].split(';')[0], answer.headers['x-content-type-options']], ['application/json', 'nosniff']);
      note(JSON.stringify(answer.json()));
    }
  }
});

test('mails', async () => {
  const env = { ...process.env, UNKNOT_MAIL_FROM: 'desk@unknot.example', UNKNOT_MAIL_DIR: folder, UNKNOT_WORK_PAUSE_MS: '50' };
  delete env.UNKNOT_URL;
  const worker = spawn(process.env.TEST_PROGRAM, ['work'], { env, stdio: 'ignore' });
  const ended = new Promise((done) => worker.on('exit', done));
  const mine = () => fs.readdirSync(folder).filter((f) => f.endsWith('.eml')).map((f) => fs.readFileSync(path.join(folder, f), 'utf8')).filter((mail) => /^To: <(z-\d+|probe-)/m.test(mail));
  await until(() => mine().length >= 2 * visited.length, 'the mails', 30000);
  worker.kill('SIGTERM');
  await ended;
  const parts = (mail, type) => [...mail.matchAll(new RegExp(`${type}[^]*?\\r?\\n\\r?\\n([A-Za-z0-9+/=\\r\\n]+)`, 'g'))].map(([, body]) => Buffer.from(body, 'base64').toString());
  const mails = mine();
  for (const mail of mails) {
    assert.ok(mail.split(/\r?\n\r?\n/)[0].split(/\r?\n/).every((line) => /^([A-Za-z-]+: |\s)/.test(line)) && !/^Bcc:/m.test(mail), 'a head of ours alone');
    for (const body of [...parts(mail, 'text/plain'), ...parts(mail, 'text/html')]) note(body);
  }
  const html = mails.flatMap((mail) => parts(mail, 'text/html'));
  assert.ok(html.length >= visited.length && html.join('').includes('ran('), 'they have it');
  assert.deepEqual(await faultsOf(html.join('\n')), []);
});

test('each page as it is sent, with its policy', async () => {
  const t = visited[2];
  const { context, page, faults } = await visitor();
  await page.addInitScript(marks);
  page.on('dialog', (dialog) => faults.push(dialog.message()));
  const cookies = (b) => [...b.cookies].map(([name, value]) => ({ name, value, url: name.startsWith('booking_') ? `${url}/bookings/${t.visit.id}` : url }));
  for (const [who, at] of [...publicOf(t), ...pagesOf(t)]) {
    await context.clearCookies();
    if (who) await context.addCookies(cookies(who));
    await page.goto(at, { waitUntil: 'load' });
    assert.deepEqual([...await page.evaluate(() => window.count), ...await page.evaluate(became), ...faults], [], at);
  }
  await context.close();
});

// --- What there is in the database

// Columns of text of all tables that hold a mark somewhere.
const found = new Set();
const columns = () => sql(`select c.relname, a.attname, coalesce((select regexp_replace(string_agg(pg_get_constraintdef(k.oid), ' '), '\\s+', ' ', 'g') from pg_constraint k where k.conrelid = c.oid and a.attnum = any(k.conkey)), '')
  from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_type t on t.oid = a.atttypid
  where c.relnamespace = 'unknot'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition and a.attnum > 0 and not a.attisdropped and a.attgenerated = '' and t.typname in ('text', '_text', 'varchar', 'json', 'jsonb')
  order by 1, 2`);
function keep() {
  const tables = new Map();
  for (const [table, column] of columns()) tables.set(table, [...(tables.get(table) ?? []), column]);
  const all = [...tables].map(([table, names]) => `select unnest(array[${names.map((name) => `case when bool_or(${name}::text ~ 'Zq[0-9]{3}[ "]') then '${table}.${name}' end`)}]) from ${table}`);
  for (const [name] of sql(`select x from (${all.join(' union all ')}) y (x) where x is not null`)) found.add(name);
}

test('every column of text was written to, or cannot be, or is not', () => {
  keep();
  const all = columns(), names = all.map(([table, column]) => `${table}.${column}`);
  const left = all.filter(([table, column]) => !found.has(`${table}.${column}`));
  // one of a few words, or of a form that has no room for a script; a column that names a row of another table
  const narrow = ([, column, checks]) => new RegExp(`\\(\\(*${column} (= ANY|~ '\\^|=)`).test(checks) || new RegExp(`FOREIGN KEY \\([^)]*\\b${column}\\b`).test(checks);
  assert.equal(left.filter((one) => !narrow(one)).map(([table, column]) => `${table}.${column}`).filter((name) => !(name in unwritten) && !(name.split('.')[0] in unwritten)).join(' '), '');
  assert.deepEqual(Object.keys(unwritten).filter((name) => found.has(name) || !(names.includes(name) || names.some((one) => one.startsWith(`${name}.`)))), [], 'reasons that have gone');
});

test('control: what was written into each field was seen', () => {
  assert.deepEqual([...fields].filter(([, mark]) => !shown.has(mark)).map(([field]) => field), []);
  assert.equal(scripts.length, 60);
  assert.ok(fields.size >= 25, `${fields.size} fields`);
});
