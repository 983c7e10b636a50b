// Signing in and out: what a stranger learns (nothing), how guessing slows down, how long a session lives.
import test from 'node:test';
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { Browser, log, makeOperator, makeTherapist, password, send, signedIn, sql, tokenOf, unknot, unmasked, value } from './lib.mjs';

const therapist = makeTherapist('Sina Signer');
// Each test of failures comes from an address of its own (all of 127/8 is this machine), so that they do not add up.
const address = () => `127.${[1, 2, 3].map(() => 1 + Math.floor(Math.random() * 250)).join('.')}`;

async function attempt(browser, email, secret, from, extra = {}) {
  const csrf = tokenOf((await browser.get('/sign-in', { from })).text);
  return browser.send('POST', '/sign-in', { form: { email, password: secret, csrf, ...extra }, from });
}
const alive = async (token) => (await send('GET', '/practice', { headers: { cookie: `session=${token}` } })).status === 200;
const age = (token, seen, expires) =>
  sql(`update session set seen_at = now() - :'seen'::interval, expires_at = expires_at - :'expires'::interval where token_hash = sha256(convert_to(:'token', 'UTF8'))`,
    { token, seen, expires });

test('a wrong password and an unknown address get the same page, byte for byte', async () => {
  const from = address();
  const unknown = `nobody-${randomUUID().slice(0, 8)}@example.org`.padEnd(therapist.email.length, 'x').slice(0, therapist.email.length);
  const known = await attempt(new Browser(), therapist.email, 'not the password', from);
  const none = await attempt(new Browser(), unknown, 'not the password', from);
  assert.equal(known.status, 422);
  assert.equal(none.status, 422);
  const plain = (answer, email) => unmasked(answer).replaceAll(email, 'ADDRESS');
  assert.equal(plain(known, therapist.email), plain(none, unknown));
  assert.equal(known.text.length, none.text.length);
  const headers = (answer) => answer.raw.filter(([name]) => !['x-request-id', 'date'].includes(name)).map((h) => h.join(': '));
  assert.deepEqual(headers(known), headers(none));
  assert.match(known.text, /The e-mail address or the password is wrong/);
  assert.ok(known.text.includes(`value="${therapist.email}"`), 'the address is kept');
  assert.ok(!known.text.includes('not the password'), 'the password is not');
});

test('a therapist who has no account yet is led to one, not to a form to sign in', async () => {
  const [, path] = (await send('GET', '/')).text.match(/<a href="([^"]+)"[^>]*>For therapists</);
  const page = await send('GET', path);
  assert.equal(page.status, 200);
  assert.match(page.text, /<h1>Sign up as a therapist[^]*It costs nothing[^]*href="\/sign-in\?next=\/practice"/);
});

test('a disabled account is an unknown one', async () => {
  const from = address();
  const gone = makeTherapist('Gone Gunther');
  const browser = await signedIn(gone.email);
  assert.equal((await browser.get('/practice')).status, 200);
  sql(`update account set disabled_at = now() where id = :'account'`, gone);
  assert.equal((await browser.get('/practice')).headers.location, '/sign-in?next=%2Fpractice', 'signed out at once');
  assert.equal((await browser.post('/practice/profile/about', { headline: 'x' }, { from: '/sign-in' })).status, 401);
  const refused = await attempt(new Browser(), gone.email, password, from);
  assert.equal(refused.status, 422);
  assert.match(refused.text, /The e-mail address or the password is wrong/);
});

test('what is no address or no password is said beside the field, and nothing is asked of the database', async () => {
  const from = address();
  for (const [form, field, words] of [
    [{ email: '', password: 'x' }, 'email', 'Enter your e-mail address'],
    [{ email: 'no address', password: 'x' }, 'email', 'Enter an e-mail address in the form'],
    [{ email: 'a@b.c\r\nX: y', password: 'x' }, 'email', 'Enter an e-mail address in the form'],
    [{ email: therapist.email, password: '' }, 'password', 'Enter your password'],
    [{ email: therapist.email, password: 'x'.repeat(129) }, 'password', 'at most 128'],
    [{ email: [therapist.email, 'b@example.org'], password: 'x' }, 'email', 'Enter an e-mail address in the form'],
  ]) {
    const browser = new Browser();
    const answer = await attempt(browser, form.email, form.password, from);
    assert.equal(answer.status, 422, JSON.stringify(form));
    assert.match(answer.text, new RegExp(`id="${field}-error"[^\\n]*${words}`), JSON.stringify(form));
    assert.match(answer.text, /<title>Error: Sign in/);
    assert.ok(!browser.cookies.has('session'));
  }
});

test('a password is taken as it is: blanks, length and letters count', async () => {
  const from = address();
  const email = `exact-${randomUUID().slice(0, 8)}@example.org`;
  const secret = '  Grüße, 8 Zeichen  ';
  const made = unknot(['user', 'add', 'operator', email, 'Exact Edith'], { input: `${secret}\n` });
  assert.equal(made.status, 0, made.stderr);
  for (const wrong of [secret.trim(), secret.toLowerCase(), `${secret} `, secret.slice(0, -1)])
    assert.equal((await attempt(new Browser(), email, wrong, from)).status, 422, JSON.stringify(wrong));
  const browser = new Browser();
  const answer = await attempt(browser, email.toUpperCase(), secret, from);
  assert.equal(answer.status, 303, 'an address is one whatever its case');
  assert.equal(answer.headers.location, '/operator/therapists');
  for (const bad of ['short', 'x'.repeat(129)]) assert.equal(unknot(['user', 'add', 'operator', `b${email}`, 'N'], { input: `${bad}\n` }).status, 1);
  assert.match(unknot(['user', 'add', 'operator', email, 'N'], { input: 'long enough\n' }).stderr, /already/);
});

test('after failures one waits, told how long; the owner gets in, a browser that was in before at once', async () => {
  const owner = makeTherapist('Oda Owner');
  const device = await signedIn(owner.email); // the owner's own browser
  assert.ok(device.cookies.has('device'));
  device.cookies.delete('session');
  const from = address();
  const statuses = [];
  for (let i = 0; i < 8; i++) statuses.push((await attempt(new Browser(), owner.email, `guess ${i}`, from)).status);
  assert.deepEqual(statuses.slice(0, 5), [422, 422, 422, 422, 422]);
  assert.ok(statuses.slice(5).includes(429), statuses.join(' '));
  const waiting = await attempt(new Browser(), owner.email, password, address());
  assert.equal(waiting.status, 429, 'from another address too: the account is what is guessed at');
  assert.ok(Number(waiting.headers['retry-after']) >= 1 && Number(waiting.headers['retry-after']) <= 900, waiting.headers['retry-after']);
  assert.equal(waiting.raw.filter(([name]) => name === 'retry-after').length, 1);
  assert.match(waiting.text, new RegExp(`Try again in ${waiting.headers['retry-after']} second`));
  assert.equal((await attempt(device, owner.email, password, from)).status, 303, 'strangers do not keep the owner out');
  sql(`update sign_in_throttle set last_at = last_at - interval '16 minutes' where bucket = sha256(convert_to('account ' || :'email', 'UTF8'))`, owner);
  assert.equal((await attempt(new Browser(), owner.email, password, address())).status, 303, 'never a lock');
  assert.equal((await attempt(new Browser(), owner.email, 'guess', address())).status, 422, 'success forgets the failures');
});

// GUESSES=10000 for as many; each from a network of its own.
test('guesses from many networks are nearly all turned away unheard; the owner gets in, from a new browser too', async () => {
  const owner = makeTherapist('Gwen Guessed');
  const device = await signedIn(owner.email);
  device.cookies.delete('session');
  const thief = new Browser();
  const csrf = tokenOf((await thief.get('/sign-in')).text);
  const many = Number(process.env.GUESSES ?? 300), heard = [];
  const began = Date.now();
  for (let n = 0; n < many; n += 20)
    heard.push(...await Promise.all(Array.from({ length: 20 }, (_, i) =>
      thief.send('POST', '/sign-in', { form: { csrf, email: owner.email, password: `guess ${n + i}` }, from: `127.${1 + ((n + i) % 250)}.${1 + (((n + i) / 250) | 0)}.9` }).then((a) => a.status))));
  const minutes = (Date.now() - began) / 60e3;
  const tried = heard.filter((status) => status === 422).length;
  assert.ok(heard.every((status) => [422, 429, 503].includes(status)), [...new Set(heard)].join(' '));
  // five, those that came at once with them, and then one for each wait, which doubles
  assert.ok(tried <= 5 + 20 + 8 + 4 * minutes, `${tried} of ${many} were heard`);
  assert.equal((await attempt(device, owner.email, password, address())).status, 303, 'in the browser that was in before');
  const link = randomUUID().replaceAll('-', '').padEnd(43, 'g');
  assert.equal((await new Browser().post('/forgot', { email: owner.email })).status, 303, 'from another a mail can be asked for');
  sql(`update mail_link set token_hash = sha256(convert_to(:'link', 'UTF8')), browser_hash = sha256('new') where account_id = :'account' and kind = 'reset'`, { link, ...owner });
  const fresh = new Browser();
  fresh.cookies.set('asked', 'new');
  assert.equal((await fresh.post(`/links/${link}`, { password: 'seven quiet chairs' })).status, 303, 'and its link opens');
  assert.equal((await fresh.get('/account')).status, 200);
});

test('the mark of a browser is good for its own account alone, and opens nothing', async () => {
  const one = makeTherapist('Mara Marked');
  const two = makeTherapist('Nils Next');
  const mark = (await signedIn(one.email)).cookies.get('device');
  const withMark = (value) => {
    const b = new Browser();
    b.cookies.set('device', value);
    return b;
  };
  for (let i = 0; i < 6; i++) await attempt(withMark(mark), two.email, 'guess', address());
  assert.equal((await attempt(withMark(mark), two.email, password, address())).status, 429, 'it does not count for another account');
  for (let i = 0; i < 6; i++) await attempt(withMark(mark), one.email, 'guess', address());
  assert.equal((await attempt(withMark(mark), one.email, password, address())).status, 429, 'and has a limit of its own');
  assert.equal((await attempt(new Browser(), one.email, password, address())).status, 303, 'which is not the account’s');
  for (const forged of ['x', mark.slice(0, -1) + (mark.at(-1) === 'A' ? 'B' : 'A'), 'A'.repeat(64)])
    assert.equal((await withMark(forged).get('/practice')).status, 303);
});

test('one address may fail more often than one account, but not without end', async () => {
  const from = address();
  const statuses = [];
  for (let i = 0; i < 22; i++) statuses.push((await attempt(new Browser(), `spray-${i}-${from}@example.org`, 'Spring2026!', from)).status);
  assert.deepEqual(statuses.slice(0, 20), Array(20).fill(422));
  assert.ok(statuses.slice(20).includes(429), statuses.slice(20).join(' '));
});

test('signing in makes a new session, and ends the one of this browser', async () => {
  const browser = new Browser();
  browser.cookies.set('session', 'A'.repeat(43)); // planted
  await browser.signIn(therapist.email);
  const first = browser.cookies.get('session');
  assert.match(first, /^[\w-]{43}$/);
  assert.notEqual(first, 'A'.repeat(43));
  assert.ok(await alive(first));
  await browser.signIn(therapist.email);
  const second = browser.cookies.get('session');
  assert.notEqual(second, first);
  assert.ok(await alive(second));
  assert.ok(!(await alive(first)), 'the old one is dead');
  assert.equal(value(`select count(*) from session where token_hash = convert_to(:'second', 'UTF8') or encode(token_hash, 'escape') like '%' || :'second' || '%'`, { second }), '0', 'stored is a hash');
});

test('signing out ends the session for whoever holds its token', async () => {
  const browser = await signedIn(therapist.email);
  const token = browser.cookies.get('session');
  const answer = await browser.post('/sign-out', {}, { from: '/practice' });
  assert.equal(answer.status, 303);
  assert.equal(answer.headers.location, '/');
  assert.ok(answer.headers['clear-site-data']);
  assert.ok(!browser.cookies.has('session'));
  assert.ok(!(await alive(token)));
  assert.equal(value(`select count(*) from session where token_hash = sha256(convert_to(:'token', 'UTF8'))`, { token }), '0');
});

test('a session ends after the idle limit, and after the absolute one however busy', async () => {
  for (const [who, minutes, path] of [[therapist.email, 30, '/practice'], [makeOperator().email, 10, '/operator/therapists']]) {
    const browser = await signedIn(who);
    const token = browser.cookies.get('session');
    age(token, `${minutes - 1} minutes`, '0');
    assert.equal((await browser.get(path)).status, 200, `${who} within ${minutes} minutes`);
    assert.equal(value(`select seen_at > now() - interval '1 minute' from session where token_hash = sha256(convert_to(:'token', 'UTF8'))`, { token }), 't', 'and that counts as seen');
    age(token, `${minutes} minutes 1 second`, '0');
    assert.equal((await browser.get(path)).status, 303, `${who} after ${minutes} minutes`);
    const busy = await signedIn(who);
    age(busy.cookies.get('session'), '0', '11 hours 59 minutes');
    assert.equal((await busy.get(path)).status, 200, 'within 12 hours');
    age(busy.cookies.get('session'), '0', '1 minute');
    assert.equal((await busy.get(path)).status, 303, 'after 12 hours');
  }
});

test('afterwards one is where one wanted to be, on this site only', async () => {
  const asked = await new Browser().get('/practice/services?x=1');
  assert.equal(asked.headers.location, '/sign-in?next=%2Fpractice%2Fservices%3Fx%3D1');
  for (const [next, there] of [
    ['/practice/services?x=1', '/practice/services?x=1'],
    ['', '/practice'],
    ['https://evil.example/', '/practice'],
    ['//evil.example/', '/practice'],
    ['/\\evil.example/', '/practice'],
    ['\\\\evil.example', '/practice'],
    ['javascript:alert(1)', '/practice'],
    ['/a\r\nX-Evil: 1', '/practice'],
    ['/\tevil', '/practice'],
    ['/%2f/evil.example', '/%2f/evil.example'], // stays a path
    ['/ünïcode', '/practice'],
    ['http:/evil.example', '/practice'],
    ['user@evil.example', '/practice'],
    [`/${'x'.repeat(2000)}`, '/practice'],
  ]) {
    const browser = new Browser();
    const answer = await browser.post('/sign-in', { email: therapist.email, password, next }, { from: '/sign-in' });
    assert.equal(answer.status, 303);
    assert.equal(answer.headers.location, there, JSON.stringify(next));
    const shown = await new Browser().get(`/sign-in?next=${encodeURIComponent(next)}`);
    if (shown.status === 200 && there === '/practice') assert.match(shown.text, /name="next" value=""/, `not in the form: ${next}`);
  }
});

test('neither passwords nor tokens nor addresses are in the log', async () => {
  const secret = `canary-${randomUUID()}`;
  const email = `canary-${randomUUID().slice(0, 8)}@example.org`;
  await attempt(new Browser(), email, secret, address());
  const browser = await signedIn(therapist.email);
  await browser.get(`/practice?week=${secret}`);
  await browser.get('/practice');
  const text = log();
  assert.match(text, /route=\/sign-in/);
  for (const word of [secret, email, therapist.email, password, browser.cookies.get('session'), browser.cookies.get('device')]) assert.ok(!text.includes(word), word);
});
