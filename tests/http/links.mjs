// Accounts that people make themselves, and forgotten passwords: what the mail proves, in which browser, how often, and that nobody who only
// types an address learns whether it has an account.
import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { bundleFaultsOf } from './fhir.mjs';
import { dir, folder, mailOf, start, stop } from './mailing.mjs';

let lib, Browser, sql, value;
before(async () => {
  lib = await start({ TEST_CONFIG: `work_pause_ms = 100\nmail_from = desk@unknot.example\nmail_dir = ${path.join(dir, 'mail')}` });
  ({ Browser, sql, value } = lib);
});
after(stop);

const secret = 'four green chairs';
const fresh = (word = 'nora') => `${word}-${randomUUID().slice(0, 8)}@example.org`;
// requests for mails are counted by network: each test comes from one of its own
const address = () => `127.${[1, 2, 3].map(() => 1 + Math.floor(Math.random() * 250)).join('.')}`;

async function ask(browser, page, form, from = address()) {
  const csrf = lib.tokenOf((await browser.get(page)).text);
  return browser.send('POST', page, { form: { ...form, csrf }, from });
}
const signUp = (browser, email, extra = {}, page = '/sign-up') => ask(browser, page, { name: 'Nora New', email, password: secret, ...extra });
// The last mail to an address: {subject, text, html, link (a path), code}.
async function mailTo(email, count = 1) {
  const ids = () => sql(`select o.id from outbox o left join mail_link l on l.id = o.mail_link_id left join account a on a.id = o.account_id
    where lower(coalesce(l.email, a.email)) = lower(:'email') and o.state = 'sent' order by o.created_at, o.due_at`, { email }).map(([id]) => id);
  await lib.until(() => ids().length >= count, `mail ${count} to ${email}`);
  const mail = mailOf(ids().at(-1));
  return { ...mail, link: mail.text.match(/https?:\/\/[^/\s]+(\/links\/\S+)/)?.[1], code: mail.text.match(/code there: (\d{4} \d{4})/)?.[1] };
}
const use = (browser, link, form = {}) => browser.post(link, form);
const accountOf = (email) => sql(`select id, role, email_verified_at is not null from account where email_key = lower(:'email')`, { email })[0];
const token = (browser) => browser.cookies.get('session');
const wrong = (code) => String((Number(code.replace(' ', '')) + 1) % 1e8).padStart(8, '0');

test('a client signs up: nothing is made until the button behind the link is pressed in the same browser', async () => {
  const email = fresh();
  const browser = new Browser({ 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'ftp', 'x-host': 'evil.example', forwarded: 'host=evil.example' }); // which no address is made from
  const asked = await signUp(browser, email);
  assert.equal(asked.status, 303);
  assert.equal(asked.headers.location, '/links');
  const page = await browser.get('/links');
  assert.ok(page.text.includes(email) && page.text.includes('name="code"'), 'the browser that asked is told where to look');
  assert.ok(!(await new Browser().get('/links')).text.includes(email), 'no other is');
  const mail = await mailTo(email);
  assert.match(mail.link, /^\/links\/[\w-]{43}$/);
  assert.ok(mail.html.includes(`${lib.origin}${mail.link}`) && mail.html.includes(mail.code));
  assert.ok(mail.text.includes(`${lib.origin}${mail.link}`) && !`${mail.head}${mail.text}${mail.html}`.includes('evil'), 'its address is that of the site, whatever host a request names');
  assert.ok(!mail.text.includes('Nora'), 'what a stranger may have typed as a name is in no mail to an address that is not proved');
  for (let i = 0; i < 3; i++) assert.equal((await new Browser().get(mail.link)).status, 200, 'a scanner that follows links');
  const shown = await browser.get(mail.link);
  assert.ok(!shown.text.includes('name="code"') && !shown.text.includes('name="password"'), 'a button is enough here');
  assert.equal(accountOf(email), undefined);
  const done = await use(browser, mail.link);
  assert.equal(done.status, 303, done.text);
  assert.equal(done.headers.location, '/account');
  assert.deepEqual(accountOf(email).slice(1), ['client', 't']);
  assert.match(token(browser), /^[\w-]{43}$/);
  assert.equal((await new Browser().signIn(email, secret)).cookies.has('session'), true);
});

test('the code does in the browser that asked what the link does, and five wrong ones end both', async () => {
  const email = fresh();
  const browser = new Browser();
  await signUp(browser, email);
  const mail = await mailTo(email);
  const mistyped = await use(browser, '/links', { code: wrong(mail.code) });
  assert.equal(mistyped.status, 422);
  assert.match(mistyped.text, /id="code-error"[^\n]*not the code/);
  for (const nonsense of ['', 'abcd efgh', '1234567', '123456789']) {
    const answer = await use(browser, '/links', { code: nonsense });
    assert.equal(answer.status, 422, nonsense);
    assert.match(answer.text, /id="code-error"/);
  }
  assert.equal(value(`select tries from mail_link where email = :'email'`, { email }), '1', 'what is no code is no try');
  for (let i = 2; i <= 5; i++) await use(browser, '/links', { code: wrong(mail.code) });
  const late = await use(browser, '/links', { code: mail.code });
  assert.equal(late.status, 409);
  assert.match(late.text, /run out/);
  assert.equal((await use(browser, mail.link)).status, 409, 'nor does the link work');
  assert.equal(accountOf(email), undefined);

  const again = new Browser();
  await signUp(again, email);
  const second = await mailTo(email, 2);
  assert.equal((await use(again, '/links', { code: ` ${second.code.replace(' ', '-')} ` })).status, 303, 'blanks and hyphens do not matter');
  assert.equal(accountOf(email)[1], 'client');
});

test('in another browser the code is asked for and a password chosen: who typed a stranger’s address gets nothing', async () => {
  const email = fresh('victim');
  const attacker = new Browser();
  await signUp(attacker, email, { password: 'the attacker knows' });
  const mail = await mailTo(email);
  const owner = new Browser();
  const page = await owner.get(mail.link);
  assert.ok(page.text.includes('name="code"') && page.text.includes('name="password"'), page.text);
  assert.ok(!page.text.includes(email));
  assert.equal((await use(owner, mail.link)).status, 422);
  assert.equal((await use(owner, mail.link, { code: wrong(mail.code), password: secret })).status, 422);
  assert.equal((await use(owner, mail.link, { code: mail.code, password: 'password1' })).status, 422, 'the same rules');
  assert.equal(accountOf(email), undefined);
  assert.equal((await use(owner, mail.link, { code: mail.code, password: secret })).status, 303);
  assert.ok(token(owner));
  const guess = await attacker.post('/sign-in', { email, password: 'the attacker knows' }, { from: '/sign-in' });
  assert.equal(guess.status, 422);
  assert.equal((await use(attacker, '/links', { code: mail.code })).status, 409);
  assert.ok(!attacker.cookies.has('session'));
});

test('a link works once: again, and six at the same moment', async () => {
  const email = fresh();
  const browser = new Browser();
  await signUp(browser, email);
  const mail = await mailTo(email);
  const csrf = lib.tokenOf((await browser.get(mail.link)).text);
  const headers = browser.headers();
  const another = await lib.serve(); // one server hashes one password after the other: two are a race
  const ports = [lib.base.port, another.port, lib.base.port, another.port, lib.base.port, another.port];
  const race = await Promise.all(ports.map((port) => lib.send('POST', mail.link, { headers, form: { csrf }, port })));
  // and for a new password, where no address that is taken stands in the way of the second
  const forgetful = new Browser();
  await ask(forgetful, '/forgot', { email });
  const { link } = await mailTo(email, 2), token = lib.tokenOf((await forgetful.get(link)).text);
  const resets = await Promise.all(ports.map((port, n) => lib.send('POST', link, { headers: forgetful.headers(), form: { csrf: token, password: `one good password of ${n}` }, port })));
  await another.stop();
  assert.deepEqual([race, resets].map((all) => all.map((a) => a.status).sort()), [[303, 409, 409, 409, 409, 409], [303, 409, 409, 409, 409, 409]]);
  assert.equal(value(`select count(*) from session where account_id = :'id'`, { id: accountOf(email)[0] }), '1');
  const after = await use(browser, mail.link);
  assert.equal(after.status, 409);
  assert.match(after.text, /done already/);
  assert.equal((await new Browser().get('/links/' + 'A'.repeat(43))).status, 404);
  assert.equal((await new Browser().get('/links/x')).status, 404);
});

test('after ten minutes a link is over', async () => {
  const email = fresh();
  const browser = new Browser();
  await signUp(browser, email);
  const mail = await mailTo(email);
  sql(`update mail_link set expires_at = now() - interval '1 second' where email = :'email'`, { email });
  assert.match((await browser.get(mail.link)).text, /run out/);
  assert.equal((await use(browser, mail.link)).status, 409);
  assert.equal((await use(browser, '/links', { code: mail.code })).status, 409);
  assert.equal(accountOf(email), undefined);
});

test('a therapist signs up: a page nobody finds, and a practice that says so', async () => {
  const email = fresh('thea');
  const browser = new Browser();
  assert.equal((await signUp(browser, email, { name: 'Thea Thérapist, LMT' }, '/sign-up/therapist')).status, 303);
  const done = await use(browser, (await mailTo(email)).link);
  assert.equal(done.headers.location, '/practice');
  const practice = await browser.get('/practice');
  assert.equal(practice.status, 200, practice.text);
  assert.match(practice.text, /not published/);
  for (const words of ['A line about you', 'A place where you work', 'Opening hours', 'A service with its price', 'A credential to be checked']) assert.ok(practice.text.includes(words), words);
  const [slug, published] = sql(`select slug, published from therapist where account_id = :'id'`, { id: accountOf(email)[0] })[0];
  sql(`update therapist set headline = 'Slow hands' where slug = :'slug'`, { slug });
  assert.ok(!(await browser.get('/practice')).text.includes('A line about you'), 'what is there is not missing');
  assert.equal(slug, 'thea-therapist-lmt');
  assert.equal(published, 'f');
  assert.equal((await new Browser().get(`/therapists/${slug}`)).status, 404);
  assert.ok(!(await new Browser().get(`/therapists?near=&q=${slug}`)).text.includes('Thea'));
  for (const page of ['/practice/profile', '/practice/services', '/practice/hours', '/practice/calendars', '/practice/preview']) assert.equal((await browser.get(page)).status, 200, page);
});

test('an address that has an account gets a mail that says so; who asks sees the same, byte for byte', async () => {
  const known = fresh('known'), unknown = fresh('empty');
  sql(`insert into account (role, name, email, password_hash) select 'client', 'Ken Known', :'known', password_hash from account where email = 'operator@example.org'`, { known });
  const plain = (answer, email) => lib.unmasked(answer).replaceAll(email, 'ADDRESS').replace(/name="key" value="[^"]*"/g, 'KEY');
  const headers = (answer) => answer.raw.filter(([name]) => !['x-request-id', 'date', 'set-cookie'].includes(name)).map((h) => h.join(': '));
  const cookie = (answer) => (answer.headers['set-cookie'] ?? []).map((line) => line.replace(/=[\w-]{43}/, '=X'));
  for (const [page, extra, said] of [['/sign-up', { name: 'X', password: secret }, ['account-exists', 'account-verify']], 
    ['/forgot', {}, ['account-reset', 'account-none']]]) {
    const seen = [];
    for (const email of [known, unknown]) {
      const browser = new Browser();
      const asked = await ask(browser, page, { email, ...extra });
      const then = await browser.get('/links');
      const form = { code: '0000 0000', ...(page === '/forgot' ? { password: secret } : {}) };
      const tries = [];
      for (let i = 0; i < 6; i++) tries.push(await use(browser, '/links', form));
      seen.push([asked, then, ...tries].map((a) => [a.status, plain(a, email), headers(a), cookie(a)]));
    }
    assert.deepEqual(seen[0], seen[1], page);
    assert.deepEqual(seen[0].map(([status]) => status), [303, 200, 422, 422, 422, 422, 409, 409], page);
    const kinds = (email) => sql(`select o.kind from outbox o join mail_link l on l.id = o.mail_link_id where l.email = :'email' order by o.created_at desc limit 1`, { email })[0][0];
    assert.deepEqual([kinds(known), kinds(unknown)], said, 'the mail says how things stand');
  }
  const mail = await mailTo(known, 2);
  assert.ok(!/\/links\//.test((await mailTo(known, 1)).text) || mail.subject, 'read');
  assert.equal(accountOf(unknown), undefined);
});

test('a forgotten password: by link and new password; every session ends, the owner is told, and the old one is dead', async () => {
  const owner = lib.makeTherapist('Frida Forgetful');
  const old = await new Browser().signIn(owner.email);
  const browser = new Browser();
  assert.equal((await ask(browser, '/forgot', { email: owner.email.toUpperCase() })).status, 303);
  const mail = await mailTo(owner.email);
  assert.match(mail.subject, /new password/);
  const page = await browser.get(mail.link);
  assert.ok(page.text.includes('name="password"') && !page.text.includes('name="code"'));
  for (const [bad, words] of [['short', '8 to 128'], ['x'.repeat(129), '8 to 128'], ['', 'Choose a password'], ['password1', 'Many people'], ['99999999', 'Many people'], ['unknot12', 'close to']]) {
    const answer = await use(browser, mail.link, { password: bad });
    assert.equal(answer.status, 422, bad);
    assert.match(answer.text, new RegExp(`id="password-error"[^\\n]*${words}`), bad);
    assert.ok(bad === '' || !answer.text.includes(`value="${bad}"`));
  }
  const done = await use(browser, mail.link, { password: '  spaces count  ' });
  assert.equal(done.status, 303, done.text);
  assert.equal(done.headers.location, '/practice');
  assert.equal((await old.get('/practice')).status, 303, 'all other sessions are over');
  assert.equal((await browser.get('/practice')).status, 200);
  assert.equal((await new Browser().post('/sign-in', { email: owner.email, password: lib.password }, { from: '/sign-in' })).status, 422);
  await new Browser().signIn(owner.email, '  spaces count  ');
  const told = await mailTo(owner.email, 2);
  assert.match(told.subject, /password was changed/);
  assert.equal(value(`select count(*) from audit where about = :'account' and action = 'account.password-reset'`, owner), '1');
});

test('an older link for a new password is over once one was used', async () => {
  const owner = lib.makeTherapist('Ruth Reset');
  const [first, second] = [new Browser(), new Browser()];
  await ask(first, '/forgot', { email: owner.email });
  const one = await mailTo(owner.email, 1);
  await ask(second, '/forgot', { email: owner.email });
  const two = await mailTo(owner.email, 2);
  assert.equal((await use(second, two.link, { password: secret })).status, 303);
  assert.equal((await first.get(one.link)).status, 404);
  assert.ok((await use(first, '/links', { code: one.code, password: 'another good one' })).status >= 409);
  await new Browser().signIn(owner.email, secret);
});

test('a disabled account gets no link', async () => {
  const gone = lib.makeTherapist('Gone Gunther');
  sql(`update account set disabled_at = now() where id = :'account'`, gone);
  await ask(new Browser(), '/forgot', { email: gone.email });
  assert.match((await mailTo(gone.email)).subject, /no account/);
  const browser = new Browser();
  await signUp(browser, gone.email);
  assert.match((await mailTo(gone.email, 2)).subject, /account at unknot already/);
});

test('asking is slowed down for strangers, and not for the owner’s own browser', async () => {
  const owner = lib.makeTherapist('Tessa Throttled');
  const device = await new Browser().signIn(owner.email);
  device.cookies.delete('session');
  const from = address();
  const statuses = [];
  for (let i = 0; i < 7; i++) statuses.push((await ask(new Browser(), '/forgot', { email: owner.email }, from)).status);
  assert.deepEqual(statuses.slice(0, 4), [303, 303, 303, 303]);
  assert.ok(statuses.slice(4).includes(429), statuses.join(' '));
  const waiting = await ask(new Browser(), '/forgot', { email: owner.email }, from);
  assert.equal(waiting.status, 429);
  assert.ok(Number(waiting.headers['retry-after']) >= 1);
  assert.equal((await ask(new Browser(), '/forgot', { email: owner.email })).status, 303, 'from elsewhere it goes on');
  for (let i = 0; i < 12; i++) await ask(new Browser(), '/forgot', { email: owner.email });
  assert.equal((await ask(new Browser(), '/forgot', { email: owner.email })).status, 429, 'but not without end');
  assert.equal((await ask(device, '/forgot', { email: owner.email }, from)).status, 303, 'the owner is not kept out');
  const nobody = fresh();
  const same = [];
  const other = address();
  for (let i = 0; i < 7; i++) same.push((await ask(new Browser(), '/forgot', { email: nobody }, other)).status);
  assert.deepEqual(same, statuses, 'an unknown address is counted alike');
});

test('what was booked as a guest is in the account once the address is proved, and not before', async () => {
  const therapist = lib.makeTherapist('Gita Guest');
  const email = fresh('carla');
  const visit = await lib.booked(therapist);
  sql(`update booking set client_email = :'mail' where id = :'id'`, { mail: email.toUpperCase(), id: visit.id });
  const owner = () => value(`select coalesce(client_account_id::text, 'nobody') from booking where id = :'id'`, { id: visit.id });
  const browser = new Browser();
  await signUp(browser, email);
  assert.equal(owner(), 'nobody');
  await use(browser, (await mailTo(email)).link);
  assert.equal(owner(), accountOf(email)[0]);
});

test('nothing of it is in the log, in an address, or in the outbox', async () => {
  const email = fresh('canary');
  const browser = new Browser();
  await signUp(browser, email, { name: 'Canary Name', password: 'canary password 7' });
  const mail = await mailTo(email);
  await use(browser, mail.link);
  const log = lib.log();
  for (const word of [email, 'Canary Name', 'canary password', mail.link.slice(7), mail.code.replace(' ', ''), token(browser)]) assert.ok(!log.includes(word), word);
  const stored = sql(`select l::text from mail_link l`).join('\n') + sql(`select o::text from outbox o`).join('\n');
  for (const word of [mail.link.slice(7), mail.code.replace(' ', ''), token(browser), 'canary password']) assert.ok(!stored.includes(word), `${word} is stored`);
  assert.equal(value(`select password_hash is null from mail_link where email = :'email'`, { email }), 't', 'the hash has gone to the account');
});

// --- Who is signed in

// A client of the test's own, signed in with `lib.password`.
async function client(name) {
  const who = lib.makeClient(name);
  return { ...who, browser: await new Browser().signIn(who.email) };
}
const windows = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 Firefox/128.0';
const alive = async (browser) => (await browser.get('/account')).status === 200;
// a booked visit of this client
async function visitOf(who, therapist) {
  const visit = await lib.booked(therapist);
  sql(`update booking set client_email = :'email', client_account_id = :'account' where id = :'id'`, { email: who.email, account: who.id, id: visit.id });
  return visit;
}

test('the form of a booking has the name and address of who is signed in, and what is typed counts', async () => {
  const therapist = lib.makeTherapist(), who = await client('Fay <Filled>'), earlier = await visitOf(who, therapist);
  sql(`update booking set client_phone = '217 555 0177' where id = :'id'`, earlier);
  const visit = await lib.held(therapist, 'passed');
  const page = async (browser) => {
    browser.cookies.set(`booking_${visit.id}`, visit.token);
    return lib.unescape((await browser.get(`/bookings/${visit.id}/details`)).text);
  };
  const mine = await page(who.browser);
  assert.ok(mine.includes('value="Fay <Filled>"') && mine.includes(`value="${who.email}"`), 'filled in');
  for (const other of [new Browser(), await new Browser().signIn(therapist.email)]) assert.ok(!/Fay <Filled>|name="name"[^>]* value="[^"]/.test(await page(other)), 'for nobody else');
  sql(`update safety_check set precall = true where booking_id = :'id'`, visit);
  assert.match(await page(who.browser), /name="phone"[^>]* value="217 555 0177"/, 'and the number of the last visit where one is wanted');
  const wrong = await who.browser.post(`/bookings/${visit.id}/details`, { name: '', email: 'other@example.org', phone: '217 555 0178' });
  assert.equal(wrong.status, 422);
  assert.ok(!wrong.text.includes('value="Fay') && wrong.text.includes('value="other@example.org"'), 'what was typed stays, also what was taken out');
  assert.equal((await who.browser.post(`/bookings/${visit.id}/details`, { name: 'Somebody Else', email: 'other@example.org', phone: '217 555 0178' })).status, 303);
  assert.match(await page(who.browser), /value="Somebody Else"[^]*value="other@example.org"/);
});

test('devices: listed in words, ended one by one and all at once, and by nobody else', async () => {
  const who = await client('Dora Devices');
  const there = await new Browser({ 'user-agent': windows }).signIn(who.email);
  const third = await new Browser().signIn(who.email);
  const page = await who.browser.get('/account/devices');
  assert.match(page.text, /Firefox on Windows/);
  assert.equal(page.text.match(/This device/g).length, 1);
  assert.ok(!/\d+\.\d+\.\d+\.\d+/.test(page.text.split('<main')[1]), 'no address is shown');
  const [id] = sql(`select id from session where account_id = :'id' and device = 'Firefox on Windows'`, who)[0];
  const stranger = await client('Stan Stranger');
  assert.equal((await stranger.browser.json('/account/devices')).json().sessions.length, 1, 'nobody else’s are listed');
  assert.equal((await stranger.browser.post(`/account/devices/${id}/end`, {}, { from: '/account/devices' })).status, 404);
  assert.ok(await alive(there));
  assert.equal((await who.browser.post(`/account/devices/${id}/end`, {}, { from: '/account/devices' })).status, 303);
  assert.ok(!(await alive(there)), 'signed out at once');
  assert.ok(await alive(third));
  assert.equal((await who.browser.post('/account/devices/end', {}, { from: '/account/devices' })).status, 303);
  assert.ok(!(await alive(third)));
  assert.ok(await alive(who.browser), 'this one stays');
  assert.ok(await alive(stranger.browser));
});

test('a client may stay signed in for 30 days; nobody else', async () => {
  for (const [email, days] of [[lib.makeClient().email, 30], [lib.makeTherapist().email, null], [lib.makeOperator().email, null]]) {
    const browser = new Browser();
    const answer = await browser.post('/sign-in', { email, password: lib.password, keep: 'yes' }, { from: '/sign-in' });
    const cookie = answer.headers['set-cookie'].find((line) => line.startsWith('session='));
    assert.equal(/max-age=(\d+)/i.exec(cookie)?.[1], days ? String(days * 86400) : undefined, email);
    assert.equal(value(`select kept and expires_at > now() + interval '29 days' from session where token_hash = sha256(convert_to(:'token', 'UTF8'))`, { token: token(browser) }), days ? 't' : 'f');
  }
});

test('the password is changed by who knows it: others are signed out, the owner is told', async () => {
  const who = await client('Paula Password');
  const other = await new Browser().signIn(who.email);
  const before = token(who.browser);
  const change = (current, password) => who.browser.post('/account/password', { current, password });
  const refused = await change('not it', secret);
  assert.equal(refused.status, 422);
  assert.match(refused.text, /id="current-error"[^\n]*not your password/);
  assert.match((await change(lib.password, 'password123')).text, /id="password-error"[^\n]*Many people/);
  assert.match((await change(lib.password, 'paula password')).text, /id="password-error"[^\n]*close to/);
  assert.ok(await alive(other));
  const done = await change(lib.password, secret);
  assert.equal(done.status, 303, done.text);
  assert.ok(!(await alive(other)));
  assert.notEqual(token(who.browser), before, 'a new token after it');
  assert.ok(await alive(who.browser));
  assert.equal((await lib.send('GET', '/account', { headers: { cookie: `session=${before}` } })).status, 303, 'the old one is dead');
  assert.match((await mailTo(who.email)).subject, /password was changed/);
  await new Browser().signIn(who.email, secret);
  for (let i = 0; i < 6; i++) await change('guess', 'another good one');
  assert.equal((await change('guess', 'another good one')).status, 429, 'guessing from an open session is slowed down too');
});

test('another e-mail address: confirmed there, told to the old one, and undone from there', async () => {
  const who = await client('Emma Email');
  const next = fresh('emma');
  const ask = (email, current = lib.password) => who.browser.post('/account/email', { email, current });
  assert.match((await ask(next, 'wrong')).text, /id="current-error"/);
  assert.match((await ask(who.email)).text, /id="email-error"[^\n]*you have/);
  assert.equal((await ask(next)).status, 303);
  assert.equal(value(`select email from account where id = :'id'`, who), who.email, 'nothing changes before it is confirmed');
  const mail = await mailTo(next);
  assert.equal((await use(new Browser(), mail.link)).status, 422, 'elsewhere the code is asked for');
  const done = await use(who.browser, mail.link);
  assert.equal(done.headers.location, '/account/email?saved=1', done.text);
  assert.equal(value(`select email from account where id = :'id'`, who), next);
  const told = await mailTo(who.email);
  assert.match(told.subject, /another address/);
  assert.ok(!told.text.includes(next), 'the new one is not told');
  const owner = new Browser();
  assert.equal((await owner.get(told.link)).status, 200);
  assert.equal(value(`select email from account where id = :'id'`, who), next, 'a look changes nothing');
  assert.equal((await use(owner, told.link)).headers.location, '/forgot?kept=1');
  assert.equal(value(`select email from account where id = :'id'`, who), who.email);
  assert.ok(!(await alive(who.browser)), 'whoever changed it is out');
  assert.equal((await new Browser().post('/sign-in', { email: who.email, password: lib.password }, { from: '/sign-in' })).status, 422, 'and the password they know is worth nothing');
  assert.equal((await use(owner, told.link)).status, 409);
});

test('an address that has an account is not told to who asks to move there', async () => {
  const who = await client('Eve Email'), taken = lib.makeClient('Tom Taken');
  const answers = [];
  for (const email of [taken.email, fresh('client')]) {
    const asked = await who.browser.post('/account/email', { email, current: lib.password });
    const then = await who.browser.get('/links');
    answers.push([asked.status, asked.headers.location, then.status, lib.unmasked(then).replaceAll(email, 'ADDRESS').replace(/name="key" value="[^"]*"/g, 'KEY')]);
  }
  assert.deepEqual(answers[0], answers[1]);
  assert.match((await mailTo(taken.email)).subject, /has an account already/);
  assert.equal(value(`select email from account where id = :'id'`, who), who.email);
});

test('visits and waiting lists of one’s own, on to their pages; nobody else’s', async () => {
  const therapist = lib.makeTherapist('Vera Visits');
  const [who, stranger] = [await client('Vik Visits'), await client('Sam Stranger')];
  const visit = await visitOf(who, therapist);
  const page = await who.browser.get('/account');
  assert.ok(page.text.includes(`/account/visits/${visit.id}`) && page.text.includes('Vera Visits'));
  assert.ok(!(await stranger.browser.get('/account')).text.includes(visit.id));
  assert.equal((await stranger.browser.get(`/account/visits/${visit.id}`)).status, 404);
  assert.equal((await stranger.browser.get(`/bookings/${visit.id}`)).status, 404);
  const on = await who.browser.get(`/account/visits/${visit.id}?page=answers`);
  assert.equal(on.headers.location, `/bookings/${visit.id}/answers`);
  assert.equal((await who.browser.get(on.headers.location)).status, 200);
  assert.equal((await who.browser.get(`/bookings/${visit.id}`)).status, 200);
});

test('activity: every act is there for its person and for nobody else; operators search the record', async () => {
  const who = await client('Ada Active');
  await who.browser.post('/account/name', { name: 'Ada Renamed' });
  await who.browser.post('/sign-out', {}, { from: '/account' });
  await who.browser.signIn(who.email);
  const page = await who.browser.get('/account/activity');
  for (const words of ['Signed in', 'Signed out', 'Name changed']) assert.ok(page.text.includes(words), words);
  assert.ok(!(await (await client()).browser.get('/account/activity')).text.includes('Name changed'));
  sql(`insert into audit (account_id, about, action, object) select :'id', :'id', 'account.renamed', n::text from generate_series(1, 120) n`, who);
  const seen = [];
  for (let at = '/account/activity'; at; ) {
    const answer = (await who.browser.json(at)).json();
    seen.push(...answer.rows);
    at = answer.next && `/account/activity?before=${answer.next}`;
  }
  assert.equal(seen.length, Number(value(`select count(*) from audit where account_id = :'id'`, who)), 'each row once over all pages');
  assert.equal((await who.browser.get('/account/activity?before=x')).status, 404);

  const operator = await new Browser().signIn(lib.makeOperator().email);
  const searched = await operator.post('/operator/audit', { email: who.email, kind: 'account' });
  assert.equal(searched.status, 303);
  assert.equal(searched.headers.location, `/operator/audit?person=${who.id}&kind=account`, 'no address of a person stands in one of a page');
  const found = (await operator.json(searched.headers.location)).json();
  assert.equal(found.rows.length, 50);
  assert.ok(found.rows.every((r) => r.who_id === who.id && r.action.startsWith('account.')));
  const older = (await operator.json(`${searched.headers.location}&before=${found.next}`)).json();
  assert.ok(older.rows.length === 50 && older.rows.every((r) => !found.rows.some((f) => f.object === r.object && f.object !== who.id)), 'pages do not meet');
  const day = new Date().toISOString().slice(0, 10);
  const count = async (query) => (await operator.json(`/operator/audit?person=${who.id}&${query}`)).json().rows.length;
  assert.deepEqual([await count(`from=${day}`) > 0, await count('until=2020-01-01'), await count('kind=booking')], [true, 0, 0]);
  sql(`insert into audit (account_id, action, object, detail) values (:'id', 'account.signed-in', 'x', '{"device":"A phone","last_step":2}')`, who);
  assert.match((await operator.get(searched.headers.location)).text, /<br>device: A phone; last step: 2</, 'in words, not as JSON');
  const none = await operator.post('/operator/audit', { email: 'nobody-at-all@example.org' });
  assert.match(none.text, /id="email-error"[^\n]*Nobody has/);
  assert.match((await operator.get('/operator/audit?from=yesterday')).text, /id="from-error"/);
  sql(`insert into audit (action, object) values ('review.removed', 'a review'), ('incident.closed', 'an incident'), ('novelty.made', 'something else')`);
  const all = (await operator.json('/operator/audit')).json();
  for (const kind of ['review', 'incident', 'clinician', 'statements', 'novelty']) assert.ok(all.kinds.some((k) => k.kind === kind), `${kind} can be chosen, and what is new as well`);
  assert.equal(new Set(all.kinds.map((k) => k.kind)).size, all.kinds.length);
  const closed = (await operator.json('/operator/audit?kind=incident')).json().rows;
  assert.ok(closed.length > 0 && closed.every((row) => row.what === 'Incident closed'));
});

test('the export has all of one’s own, health answers opened, and nothing of anybody else', async () => {
  const therapist = lib.makeTherapist('Xena Export');
  const [who, other] = [await client('Xia Export'), await client('Otto Other')];
  const visits = [];
  for (let i = 0; i < 19; i++) visits.push(await visitOf(who, therapist)); // more clients' keys than a request keeps at hand
  sql(`insert into own_question (therapist_id, position, kind, ask, options) values (:'id', 1, 'choice', 'Which oil?', '{Almond,None}')`, therapist);
  const asked = await lib.held(therapist, 'passed');
  const step = async (path, json) => assert.equal((await lib.send('POST', `/bookings/${asked.id}/${path}`, { headers: lib.bearer(asked), json })).status, 200, path);
  await step('own', { [value(`select 'T' || id from own_question where therapist_id = :'id'`, therapist)]: '1' });
  await step('details', { name: 'Xia', email: who.email });
  await step('confirm', {});
  sql(`update booking set client_account_id = :'account' where id = :'id'`, { account: who.id, id: asked.id });
  sql(`begin; set local session_replication_role = replica; update booking set starts_at = now() - interval '26 hours', ends_at = now() - interval '25 hours' where id = :'id'; commit`, asked);
  await step('look-back', { average: '3', worst: '6', global: '2' });
  visits.push(asked);
  const foreign = await visitOf(other, therapist);
  const take = (form, current = lib.password) => who.browser.post('/account/export', { form, current });
  assert.equal((await take('json', 'wrong')).status, 422);
  const answer = await take('json');
  assert.equal(answer.status, 200, answer.text.slice(0, 400));
  assert.match(answer.headers['content-disposition'], /^attachment; filename="my-data\.json"$/);
  const data = JSON.parse(answer.text);
  assert.equal(data.account.email, who.email);
  assert.deepEqual(data.visits.map((v) => v.id).sort(), visits.map((v) => v.id).sort());
  assert.equal(data.said.length, 20);
  for (const said of data.said) {
    assert.equal(said.could_not_be_opened, false);
    assert.ok(said.answers.find((a) => a.id === 'RF12' && a.question.length > 10 && a.answer === 'No' && a.value === 'no'), JSON.stringify(said.answers.slice(0, 3)));
  }
  const one = data.said.find((s) => s.visit === asked.id);
  assert.deepEqual(one.own.map((o) => [o.ask, o.answer]), [['Which oil?', 'Almond']]);
  assert.deepEqual(one.answers.filter((a) => ['P01', 'P07'].includes(a.id)).map((a) => [a.value, a.answer]), [[['low_back_centre'], 'Low back, middle'], [4, '4']]);
  assert.deepEqual(one.course.rows.map((row) => [row.what, row.average, row.worst, row.global]).at(-1), ['Look back', '3', '6', 'much better']);
  assert.deepEqual(bundleFaultsOf(one.course.observations), []);
  assert.equal(one.course.observations.entry.length, 4);
  for (const word of [foreign.id, other.email, '"key"', '"sealed"', 'password_hash', 'token_hash']) assert.ok(!answer.text.includes(word), word);
  const page = await take('html');
  assert.match(page.headers['content-disposition'], /my-data\.html/);
  assert.ok(page.text.includes(who.email) && page.text.includes('Xena Export') && page.text.includes(data.said[0].answers[0].question.replaceAll("'", '&#39;').slice(0, 20)));
  for (const word of ['<b>Low back, middle</b>', 'Which oil? <b>Almond</b>', 'Average pain 3 of 10. Worst pain 6 of 10. Overall: much better.']) assert.ok(page.text.includes(word), word);
  assert.ok(!page.text.includes('low_back_centre'), 'words, not what is stored');
  const read = page.text.replace(/<(?:input|meta)[^>]*>/g, '');
  assert.doesNotMatch(read, /\d{4}-\d\d-\d\d|\b\d{1,2} (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)/, 'dates as people of the country write them');
  const [[visited, born]] = sql(`select say_date_full(local_day(starts_at, zone), 'US') || ', ' || say_time(starts_at, zone, 'US'), say_date(:'born', 'US') from booking where id = :'id'`, { ...asked, born: one.answers.find((a) => /^\d{4}-\d\d-\d\d$/.test(a.value)).value });
  assert.ok(read.includes(`<h3>${visited}:`) && read.includes(`<b>${born}</b>`), 'a visit with its year, an answer that is a date');
  assert.equal(value(`select count(*) from audit where account_id = :'id' and action = 'account.exported'`, who), '2');
  // more than any page may have
  sql(`insert into audit (account_id, action, object, detail) select :'id', 'account.signed-in', n::text, jsonb_build_object('device', repeat('long', 250)) from generate_series(1, 4900) n`, who);
  const large = await take('json');
  assert.equal(large.status, 200, large.text.slice(0, 300));
  assert.ok(large.text.length > 4.5e6, `${large.text.length}`);
  const all = JSON.parse(large.text);
  assert.deepEqual([all.visits.length, all.said.length], [20, 20]);
  const readable = await take('html');
  assert.equal(readable.status, 200);
  assert.ok(readable.text.includes('Overall: much better') && readable.text.trimEnd().endsWith('</html>'));
  const owner = await new Browser().signIn(therapist.email);
  const practice = JSON.parse((await owner.post('/account/export', { form: 'json', current: lib.password })).text);
  assert.equal(practice.practice.profile.slug, therapist.slug);
  assert.ok(!JSON.stringify(practice).includes(who.email), 'clients’ data are the clients’');
});

test('an account is closed, comes back within a week, and is erased after it', async () => {
  const therapist = lib.makeTherapist('Cleo Closer');
  const who = await client('Cliff Closer');
  const visit = await visitOf(who, therapist);
  const close = (visits, current = lib.password) => who.browser.post('/account/close', { visits, current });
  assert.match((await who.browser.get('/account/close')).text, /Cleo Closer: until/, 'what the law makes the therapist keep, and until when');
  assert.match((await close(undefined)).text, /id="visits-error"/);
  assert.match((await close('keep', 'wrong')).text, /id="current-error"/);
  assert.ok(await alive(who.browser));
  assert.equal((await close('keep')).headers.location, '/sign-in?closed=1');
  assert.equal(value(`select state from booking where id = :'id'`, { id: visit.id }), 'confirmed');
  assert.ok(!(await alive(who.browser)));
  assert.equal((await new Browser().post('/sign-in', { email: who.email, password: lib.password }, { from: '/sign-in' })).status, 422);
  const mail = await mailTo(who.email);
  assert.match(mail.subject, /closed/);
  assert.equal((await use(new Browser(), mail.link)).headers.location, '/sign-in?kept=1');
  await who.browser.signIn(who.email);
  assert.equal((await close('cancel')).status, 303);
  assert.equal(value(`select state from booking where id = :'id'`, { id: visit.id }), 'cancelled');
  assert.equal(value(`select what || ' ' || who from booking_event where booking_id = :'id' order by id desc limit 1`, { id: visit.id }), 'cancelled client', 'as its client');
  assert.equal(value(`select count(*) from account where id = :'id'`, who), '1', 'not erased yet');
  sql(`update account set closes_at = now() - interval '1 second' where id = :'id'`, who);
  await lib.until(() => value(`select count(*) from account where id = :'id'`, who) === '0', 'the account is erased');
  assert.equal(value(`select coalesce(client_account_id::text, 'nobody') from booking where id = :'id'`, { id: visit.id }), 'nobody');
  assert.equal(value(`select count(*) from safety_check where booking_id = :'id' and sealed is not null`, { id: visit.id }), '0', 'the answers are gone');
  assert.equal(value(`select count(*) from mail_link where email = :'email'`, who), '0');
});

test('a therapist leaves after the last visit, the only operator not at all', async () => {
  const therapist = lib.makeTherapist('Lea Leaver');
  const visit = await lib.booked(therapist);
  const browser = await new Browser().signIn(therapist.email);
  assert.match((await browser.get('/account/close')).text, /1 visits with you are still to come/);
  assert.equal((await browser.post('/account/close', { current: lib.password })).status, 422);
  sql(`update booking set state = 'cancelled' where id = :'id'`, { id: visit.id });
  assert.equal((await browser.post('/account/close', { current: lib.password })).status, 303);
  assert.equal((await new Browser().get(`/therapists/${therapist.slug}`)).status, 404);
  sql(`update account set closes_at = now() - interval '1 second' where id = :'account'`, therapist);
  await lib.until(() => value(`select name from account where id = :'account'`, therapist) === 'Account deleted', 'erased');
  assert.equal(value(`select password_hash is null and email not like '%example%' from account where id = :'account'`, therapist), 't');
  const last = await new Browser().signIn('operator@example.org');
  sql(`update account set disabled_at = now() where role = 'operator' and email <> 'operator@example.org'`);
  assert.match((await last.post('/account/close', { current: lib.password })).text, /only operator/);
});

test('no form takes more than its own fields: every column name sent along changes nothing else', async () => {
  const who = await client('Mia Mass');
  const columns = sql(`select distinct column_name from information_schema.columns where table_schema = 'unknot' and table_name in ('account', 'session', 'mail_link', 'therapist', 'booking', 'audit', 'outbox')`).map(([name]) => name);
  assert.ok(columns.length > 80, String(columns.length));
  const values = { role: 'operator', account_id: lib.makeOperator().id, id: randomUUID(), email_verified_at: 'now', disabled_at: '', kind: 'reset', live: 'true', kept: 'true', second_factor_due: 'false', published: 'true', expires_at: 'infinity', browser_hash: '', tries: '-100', client_account_id: who.id };
  const extra = (own) => Object.fromEntries(columns.filter((c) => !(c in own)).map((c) => [c, values[c] ?? '1']));
  const row = () => sql(`select role, email, name, email_verified_at, disabled_at, closes_at, created_at, password_hash from account where id = :'id'`, who)[0];
  const everything = () => sql(`select count(*), count(*) filter (where role = 'operator') from account`)[0].join(' ');
  const [was, all] = [row(), everything()];
  for (const [path, own] of [['/account/name', { name: 'Mia Mass' }], ['/account/password', { current: 'wrong', password: secret }], ['/account/email', { email: fresh(), current: lib.password }], ['/account/export', { form: 'json', current: lib.password }], ['/account/close', { current: 'wrong' }]])
    assert.ok((await who.browser.post(path, { ...extra(own), ...own })).status < 500, path);
  assert.equal((await who.browser.post('/account/devices/end', extra({}), { from: '/account/devices' })).status, 303);
  assert.deepEqual(row(), was);
  assert.equal(everything(), all);
  // as who is not signed in: a client is made where all of it says operator
  const email = fresh('mass');
  const browser = new Browser();
  const own = { name: 'Nora New', email, password: secret };
  assert.equal((await ask(browser, '/sign-up', { ...extra(own), ...own })).status, 303);
  const mail = await mailTo(email);
  assert.equal((await use(browser, mail.link, extra({ code: 1, password: 1 }))).status, 303);
  assert.equal(accountOf(email)[1], 'client');
  const again = new Browser();
  const csrf = lib.tokenOf((await again.get('/sign-in')).text);
  const sent = { email, password: secret };
  assert.equal((await again.send('POST', '/sign-in', { form: { ...extra(sent), ...sent, csrf } })).headers.location, '/account');
});
