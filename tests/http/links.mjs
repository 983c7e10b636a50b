// Accounts that people make themselves, and forgotten passwords: what the mail proves, in which browser, how often, and that nobody who only
// types an address learns whether it has an account.
import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import path from 'node:path';
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
  const browser = new Browser();
  const asked = await signUp(browser, email);
  assert.equal(asked.status, 303);
  assert.equal(asked.headers.location, '/links');
  const page = await browser.get('/links');
  assert.ok(page.text.includes(email) && page.text.includes('name="code"'), 'the browser that asked is told where to look');
  assert.ok(!(await new Browser().get('/links')).text.includes(email), 'no other is');
  const mail = await mailTo(email);
  assert.match(mail.link, /^\/links\/[\w-]{43}$/);
  assert.ok(mail.html.includes(mail.link) && mail.html.includes(mail.code));
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
  await another.stop();
  assert.deepEqual(race.map((a) => a.status).sort(), [303, 409, 409, 409, 409, 409]);
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
  const [slug, published] = sql(`select slug, published from therapist where account_id = :'id'`, { id: accountOf(email)[0] })[0];
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
  for (const [page, extra, said] of [['/sign-up', { name: 'X', password: secret }, ['account-exists', 'account-verify']], ['/sign-up/therapist', { name: 'X', password: secret }, ['account-exists', 'account-verify']],
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
