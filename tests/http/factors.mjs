// The second step: set up, asked for, taken once; half a session, proof anew, and what is kept meanwhile.
import test from 'node:test';
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { Browser, makeClient, makeOperator, makeTherapist, password, send, sql, tokenOf, unescape, unknot, value } from './lib.mjs';
import { totp } from './totp.mjs';

const bare = (email, port) => new Browser({}, port).signIn(email, undefined, undefined, { factor: false });
const old = (browser) => sql(`update session set proved_at = now() - interval '16 minutes' where token_hash = sha256(convert_to(:'token', 'UTF8'))`, { token: browser.cookies.get('session') });
const mails = (person, kind) => Number(value(`select count(*) from outbox where account_id = :'id' and kind = :'kind'`, { ...person, kind }));
const fresh = (person) => sql(`update factor set last_step = 0 where account_id = :'id'`, person);
const calm = () => sql(`delete from sign_in_throttle`);
const offerOf = (page) => ({ key: page.text.match(/class="key">([^<]+)/)[1].replaceAll(' ', ''), offer: page.text.match(/name="offer" value="([^"]+)"/)[1] });
const codesOf = (page) => [...page.text.matchAll(/<li><code>([^<]+)/g)].map(([, code]) => code);

// Sets up an app as a person does; → {key, codes}, the codes when it is the first.
async function setUp(browser, next) {
  const page = await browser.get('/account/security/app');
  assert.equal(page.status, 200, page.text.slice(0, 300));
  const { key, offer } = offerOf(page);
  const answer = await browser.send('POST', '/account/security/app', { form: { csrf: tokenOf(page.text), offer, name: 'Phone', code: totp(key), next } });
  return { key, codes: codesOf(answer), answer };
}
// The password only.
async function half(email, headers) {
  const browser = new Browser(headers);
  const answer = await browser.post('/sign-in', { email, password, next: '/account/devices' }, { from: '/sign-in' });
  assert.equal(answer.headers.location, '/sign-in/second?next=%2Faccount%2Fdevices');
  return browser;
}
const step = (browser, code) => browser.post('/sign-in/second', { code, next: '/account/devices' });

test('an app is set up with its first code, and asked for from then on', async () => {
  const person = makeClient();
  const other = await bare(person.email);
  const browser = await bare(person.email);
  const page = await browser.get('/account/security/app');
  const { key, offer } = offerOf(page);
  assert.match(page.text, /<svg class="qr" role="img"/);
  assert.equal(new URL(unescape(page.text.match(/href="(otpauth:[^"]+)"/)[1])).searchParams.get('secret'), key);
  const csrf = tokenOf(page.text);
  const send = (form) => browser.send('POST', '/account/security/app', { form: { csrf, offer, name: 'Phone', ...form } });

  const wrong = await send({ code: totp(key, 5) });
  assert.equal(wrong.status, 422);
  assert.equal(offerOf(wrong).key, key, 'after a wrong code the same key is offered');
  assert.equal((await send({ code: totp(key), offer: 'x' })).status, 422, 'a key that was not offered is none');
  const elsewhere = offerOf(await other.get('/account/security/app'));
  assert.equal((await send({ code: totp(elsewhere.key), offer: elsewhere.offer })).status, 422, 'nor is one that was offered to another session');
  assert.equal(value(`select count(*) from factor where account_id = :'id'`, person), '0', 'nothing is kept of a key that no app has');

  const before = browser.cookies.get('session');
  const done = await send({ code: totp(key) });
  assert.equal(codesOf(done).length, 10, done.text.slice(0, 300));
  assert.notEqual(browser.cookies.get('session'), before, 'the session goes on under another token');
  assert.equal((await browser.get('/account')).status, 200);
  assert.equal((await other.get('/account')).status, 303, 'other devices are signed out');
  assert.equal(mails(person, 'account-factor-added'), 1);
  const [kept] = sql(`select sealed, (select string_agg(encode(hash, 'hex'), ' ') from recovery_code c where c.account_id = f.account_id) from factor f where account_id = :'id'`, person);
  assert.ok(!kept[0].includes(key) && kept[0].length > 300, 'the key is sealed');
  for (const code of codesOf(done)) assert.ok(!kept[1].includes(Buffer.from(code.replace('-', '')).toString('hex')), 'and the codes are hashed');
  assert.ok(!(await browser.get('/account/security')).text.includes(codesOf(done)[0]), 'which are shown once');

  const later = await half(person.email);
  assert.equal((await step(later, totp(key))).status, 422, 'the code that proved it is not taken again');
  calm();
  const nearly = await step(later, totp(key, Math.floor(Date.now() / 30000) + 1)); // a clock that is half a minute fast
  assert.equal(nearly.headers.location, '/account/devices', nearly.text.slice(0, 300));
  assert.equal((await later.get('/account')).status, 200);
});

test('half a session reaches the second step and nothing else', async () => {
  const person = makeOperator();
  await setUp(await bare(person.email));
  const visitor = new Browser();
  const browser = await half(person.email);
  const token = browser.cookies.get('session');
  const who = JSON.parse(unknot(['routes']).stdout);
  assert.ok(who.length > 200);
  const home = await browser.get('/');
  assert.ok(!home.text.includes('Olga Checker') && !home.text.includes('Sign out'), 'to a public page it is a visitor');
  for (const route of who.filter((r) => ['signed in', 'therapist', 'operator'].includes(r.who))) {
    const path = route.path.replace(/\{\w+\}/g, () => randomUUID());
    const answer = await browser.send(route.method, path, { form: route.method === 'POST' ? { csrf: 'x' } : undefined });
    if (route.method === 'GET') assert.match(`${answer.status} ${answer.headers.location}`, /^303 \/sign-in\/second\?next=/, path);
    else assert.equal(answer.status, 401, path);
  }
  for (const route of who.filter((r) => r.who === 'half signed in')) {
    const answer = await visitor.send(route.method, route.path, { form: route.method === 'POST' ? { csrf: 'x' } : undefined });
    assert.equal(answer.status, route.method === 'GET' ? 303 : 401, 'and nobody else reaches the second step');
  }
  // a script is told no more
  const asked = await send('POST', '/sign-in', { json: { email: person.email, password }, headers: { accept: 'application/json' } });
  assert.deepEqual(asked.json(), { second: true });
  // from another site, or without its page's token
  const csrf = tokenOf((await browser.get('/sign-in/second')).text);
  for (const path of ['/sign-in/second', '/sign-in/second/leave'])
    for (const [headers, form] of [[{ 'sec-fetch-site': 'cross-site' }, { csrf }], [{}, { csrf: '' }], [{}, { csrf: tokenOf((await visitor.get('/sign-in')).text) }]])
      assert.equal((await browser.send('POST', path, { form: { code: '123456', ...form }, headers })).status, 403);
  assert.equal(browser.cookies.get('session'), token);
  assert.equal((await browser.post('/sign-in/second/leave', {}, { from: '/sign-in/second' })).status, 303);
  const gone = new Browser();
  gone.cookies.set('session', token);
  assert.equal((await gone.get('/sign-in/second')).headers.location, '/sign-in?next=%2Fsign-in%2Fsecond', 'left, it is over');
});

test('a code is taken once, also by two at the same time; a half session turns whole under another token', async () => {
  const person = makeTherapist('Cody Once');
  person.id = person.account;
  const { key } = await setUp(await bare(person.email));
  fresh(person);
  const both = [await half(person.email), await half(person.email)];
  const tokens = both.map((browser) => browser.cookies.get('session'));
  const forms = await Promise.all(both.map(async (browser) => tokenOf((await browser.get('/sign-in/second')).text)));
  const answers = await Promise.all(both.map((browser, i) => browser.send('POST', '/sign-in/second', { form: { csrf: forms[i], code: totp(key) } })));
  assert.deepEqual(answers.map((answer) => answer.status).sort(), [303, 422]);
  const winner = answers.findIndex((answer) => answer.status === 303);
  assert.notEqual(both[winner].cookies.get('session'), tokens[winner]);
  for (const token of tokens) {
    const thief = new Browser();
    thief.cookies.set('session', token);
    assert.equal((await thief.get('/account')).status, 303, 'whoever stole half a session has half a session, or nothing');
  }
  assert.equal((await both[winner].get('/sign-in/second')).headers.location, '/account', 'back in the browser leads on');
  assert.equal((await step(both[1 - winner], totp(key))).status, 422, 'again it is not taken');
});

test('a recovery code works once, and its owner is told; new ones end the old', async () => {
  calm();
  const person = makeClient();
  const browser = await bare(person.email);
  const { codes } = await setUp(browser);
  const first = await half(person.email);
  assert.equal((await step(first, codes[0].toUpperCase().replace('-', ' '))).status, 303, 'typed as people type');
  assert.equal(mails(person, 'account-code-used'), 1);
  const second = await half(person.email);
  assert.equal((await step(second, codes[0])).status, 422);
  const made = codesOf(await first.post('/account/security/codes', {}, { from: '/account/security/codes' }));
  assert.equal(made.length, 10);
  assert.equal((await step(second, codes[1])).status, 422, 'the old ones are over');
  assert.equal((await step(second, made[0])).status, 303);
});

test('wrong codes make strangers wait, and not the owner in their own browser', async () => {
  calm();
  const person = makeClient();
  const owner = await bare(person.email);
  const { key } = await setUp(owner);
  const thief = await half(person.email);
  const csrf = tokenOf((await thief.get('/sign-in/second')).text);
  const guess = (n) => thief.send('POST', '/sign-in/second', { form: { csrf, code: String(n).padStart(6, '0') }, from: `127.0.${n % 200}.2` });
  const said = [];
  for (let n = 0; n < 60; n++) said.push((await guess(n)).status);
  assert.deepEqual(said.slice(0, 5), [422, 422, 422, 422, 422], 'five are free');
  assert.ok(said.filter((status) => status === 422).length <= 8 && said.includes(429), `from sixty networks no more: ${said}`);
  assert.equal(mails(person, 'account-second-refused'), 1, 'the owner is told');
  fresh(person);
  const again = new Browser();
  again.cookies.set('device', owner.cookies.get('device')); // the mark of a browser that signed in before
  await again.post('/sign-in', { email: person.email, password }, { from: '/sign-in' });
  assert.equal((await step(again, totp(key))).status, 303, 'and comes in meanwhile');
  calm();
});

test('a new password by mail does not go past the second step', async () => {
  const person = makeClient();
  await setUp(await bare(person.email));
  const link = randomUUID().replaceAll('-', '').padEnd(43, 'k');
  sql(`insert into mail_link (kind, key, token_hash, browser_hash, live, account_id, email, expires_at)
    values ('reset', gen_random_uuid(), sha256(convert_to(:'link', 'UTF8')), sha256('mine'), true, :'id', :'email', now() + interval '1 hour')`, { link, ...person });
  const browser = new Browser();
  browser.cookies.set('asked', 'mine');
  const done = await browser.post(`/links/${link}`, { password: 'quiet river seven stones' });
  assert.equal(done.headers.location, '/sign-in/second', done.text.slice(0, 300));
  assert.equal((await browser.get('/account')).headers.location, '/sign-in/second?next=%2Faccount');
});

test('an operator without a second step is led to set one up before anything else', async () => {
  const person = makeOperator();
  const browser = await bare(person.email);
  for (const route of JSON.parse(unknot(['routes']).stdout).filter((r) => r.who === 'operator')) {
    const path = route.path.replace(/\{\w+\}/g, () => randomUUID());
    const answer = await browser.send(route.method, path, { form: route.method === 'POST' ? { csrf: tokenOf((await browser.get('/account')).text) } : undefined });
    assert.match(`${answer.status} ${answer.headers.location}`, /^303 \/account\/security\/app\?next=/, `${route.method} ${path}`);
  }
  assert.equal((await browser.json('/operator/therapists')).json().type, 'second-factor-wanted');
  const { answer } = await setUp(browser, '/operator/registers');
  assert.match(answer.text, /href="\/operator\/registers">I have kept them/);
  assert.equal((await browser.get('/operator/registers')).status, 200);
});

test('a therapist without a second step works, but reads no health answers', async () => {
  const person = makeTherapist('Plain Prober');
  const browser = await bare(person.email);
  assert.equal((await browser.get('/practice')).status, 200);
  const health = JSON.parse(unknot(['routes']).stdout).filter((r) => r.who === 'therapist' && r.proved);
  assert.ok(health.length > 8);
  for (const route of health) {
    const answer = await browser.send(route.method, route.path.replace(/\{\w+\}/g, () => randomUUID()), { form: route.method === 'POST' ? { csrf: tokenOf((await browser.get('/account')).text) } : undefined });
    assert.match(`${answer.status} ${answer.headers.location}`, /^303 \/account\/security\/app\?next=/, `${route.method} ${route.path}`);
  }
});

test('after 15 minutes an act asks who it is, and goes on with what was typed', async () => {
  calm();
  const person = makeOperator();
  const browser = await bare(person.email);
  const { key } = await setUp(browser);
  const tab = await browser.get('/operator/registers/new'); // an older tab, whose token stays good
  const count = () => value(`select count(*) from register where body = 'Kept & "Typed" Board'`);
  const typed = { country: 'US', region: 'IL', body: 'Kept & "Typed" Board', regime: 'license', address: 'https://example.org/register', basis: 'law', used: 'yes', key: randomUUID() };
  const acts = JSON.parse(unknot(['routes']).stdout).filter((r) => r.who === 'operator' && r.method === 'POST');
  assert.ok(acts.length > 20);
  old(browser);
  for (const route of acts) {
    const answer = await browser.send('POST', route.path.replace(/\{\w+\}/g, () => randomUUID()), { form: { csrf: tokenOf(tab.text) } });
    assert.match(`${answer.status} ${answer.text}`, /^403[^]*Confirm that it is you/, route.path);
  }
  assert.equal((await browser.get('/operator/registers')).status, 200, 'looking does not');

  const asked = await browser.send('POST', '/operator/registers/new', { form: { ...typed, csrf: tokenOf(tab.text) } });
  assert.equal(asked.status, 403);
  const kept = Object.fromEntries([...asked.text.match(/<form method="post" action="\/account\/prove"[^]*?<\/form>/)[0].matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)].map(([, name, text]) => [name, unescape(text)]));
  for (const [name, text] of Object.entries(typed)) assert.equal(kept[name], text, name);
  assert.equal(count(), '0', 'nothing was done yet');
  const wrong = await browser.send('POST', '/account/prove', { form: { ...kept, prove_password: 'not this one' } });
  assert.equal(wrong.status, 422);
  assert.match(wrong.text, /Kept &amp; &quot;Typed&quot; Board/, 'it is still kept');
  const before = browser.cookies.get('session');
  const done = await browser.send('POST', '/account/prove', { form: { ...kept, prove_password: password } });
  assert.equal(done.status, 303, done.text.slice(0, 600));
  assert.equal(count(), '1', 'and done');
  assert.notEqual(browser.cookies.get('session'), before, 'under another token');
  const thief = new Browser();
  thief.cookies.set('session', before);
  assert.equal((await thief.get('/account')).status, 303, 'the one before is over');
  assert.equal((await browser.send('POST', '/operator/registers/new', { form: { csrf: tokenOf(tab.text), body: '' } })).status, 422, 'the older tab is good again');

  old(browser);
  fresh(person);
  const byCode = await browser.send('POST', '/account/prove', { form: { csrf: tokenOf(tab.text), prove_to: '/operator/registers', prove_code: totp(key) } });
  assert.equal(byCode.headers.location, '/operator/registers', 'a code does as well as the password');
  old(browser);
  assert.equal((await browser.send('POST', '/account/prove', { form: { csrf: tokenOf(tab.text), prove_code: totp(key) } })).status, 422, 'once');
  const to = await browser.send('POST', '/account/prove', { form: { csrf: tokenOf(tab.text), prove_to: '//evil.example/', prove_password: password } });
  assert.equal(to.headers.location, '/account', 'it leads nowhere else');
  const odd = await browser.send('POST', '/account/prove', { form: { csrf: tokenOf(tab.text), prove_to: '/practice/services/new', prove_post: 'yes', prove_password: password } });
  assert.equal(odd.status, 404, 'nor past the row of a route');
  calm();
});

test('health answers and factors ask as well; the link to a page leads back to it', async () => {
  const person = makeTherapist('Stale Prober');
  person.id = person.account;
  const browser = await bare(person.email);
  await setUp(browser);
  old(browser);
  const path = `/practice/bookings/${randomUUID()}/intake`;
  const asked = await browser.get(path);
  assert.equal(asked.headers.location, `/account/prove?next=${encodeURIComponent(path)}`);
  assert.equal((await browser.json(path)).json().type, 'proof-wanted');
  const done = await browser.post('/account/prove', { prove_password: password, prove_to: path }, { from: asked.headers.location });
  assert.equal(done.headers.location, path);
  const factor = value(`select id from factor where account_id = :'id'`, person);
  old(browser);
  assert.equal((await browser.post(`/account/security/factors/${factor}/remove`, {}, { from: '/account/security' })).status, 403);
  assert.equal(value(`select count(*) from factor where account_id = :'id'`, person), '1');
  await browser.post('/account/prove', { prove_password: password }, { from: '/account/prove' });
  assert.equal((await browser.post(`/account/security/factors/${factor}`, { name: 'My <tablet>' })).status, 303);
  assert.match((await browser.get('/account/security')).text, /My &lt;tablet&gt;/);
  assert.equal((await browser.post(`/account/security/factors/${factor}/remove`, {}, { from: '/account/security' })).status, 303);
  assert.equal(mails(person, 'account-factor-removed'), 1);
  assert.equal(value(`select count(*) from recovery_code where account_id = :'id'`, person), '0', 'with the last one its recovery codes go');
  assert.equal((await browser.get(path)).headers.location, `/account/security/app?next=${encodeURIComponent(path)}`, 'without one, health answers want one');
});

test('unknot user reset takes the second step off an account whose owner has lost it', async () => {
  const person = makeOperator();
  const browser = await bare(person.email);
  await setUp(browser);
  const done = unknot(['user', 'reset', person.email.toUpperCase()]);
  assert.deepEqual([done.status, JSON.parse(done.stdout)], [0, { removed: 1 }]);
  assert.equal((await browser.get('/account')).status, 303, 'who was signed in is not any more');
  assert.equal(mails(person, 'account-factors-reset'), 1);
  const next = await bare(person.email);
  assert.match((await next.get('/operator/therapists')).headers.location, /^\/account\/security\/app/);
  assert.equal(unknot(['user', 'reset', person.email]).status, 1, 'there is nothing left to take');
});

test('two operators take the second step off an account; nobody does so for their own', async () => {
  const person = makeTherapist('Lena Lost'), olga = makeOperator(), otto = makeOperator();
  const account = { id: person.account };
  const browser = await bare(person.email);
  await setUp(browser);
  const [first, second] = [await bare(olga.email), await bare(otto.email)];
  await setUp(first);
  await setUp(second);
  const errors = (answer) => [...unescape(answer.text).matchAll(/<li><a href="#(\w+)">([^<]+)<\/a><\/li>/g)].map(([, field, words]) => [field, words]);
  const decide = (who, proposal, form = { decide: 'confirm' }) => who.post(`/operator/acts/${proposal}`, form, { from: '/operator/acts' });

  // found by e-mail, which stands in no address
  for (const [email, words] of [['', 'Enter the e-mail address'], ['nonsense', 'Enter an e-mail address like'], ['nobody-here@example.org', 'Nobody has an account']]) {
    const refused = await first.post('/operator/people', { email });
    assert.equal(refused.status, 422);
    assert.ok(errors(refused)[0][1].startsWith(words), errors(refused)[0][1]);
    assert.ok(refused.text.includes(`value="${email}"`));
  }
  const found = await first.post('/operator/people', { email: person.email.toUpperCase() });
  assert.deepEqual([found.status, found.headers.location], [303, `/operator/people/${account.id}`]);
  const at = found.headers.location;
  const page = await first.get(at);
  assert.match(unescape(page.text), /Lena Lost[^]*Code app<\/dt><dd>Since [^<]*[^]*10 left/);
  for (const secret of sql(`select sealed from factor where account_id = :'id' union all select encode(hash, 'hex') from recovery_code where account_id = :'id'`, account).flat())
    assert.ok(secret.length > 10 && !page.text.includes(secret), 'no secret');
  const doc = await (await first.json(at)).json();
  assert.deepEqual([doc.factors.map((f) => f.kind), doc.codes, Object.keys(doc.factors[0]).sort()], [['app'], 10, ['kind', 'since', 'used', 'word']]);
  for (const path of ['/operator/people/nonsense', '/operator/people/00000000-0000-4000-8000-000000000000']) assert.equal((await first.get(path)).status, 404, path);

  // a reason is asked for; then it waits for another one
  const short = await first.post(at, { reason: 'lost it' });
  assert.deepEqual([short.status, errors(short)[0][0]], [422, 'reason']);
  assert.match(short.text, />lost it<\/textarea>/);
  assert.equal((await first.post(at, { reason: 'Came by with an identity card' })).status, 303);
  const proposal = value(`select id from proposal where account_id = :'id' and outcome is null`, account);
  const again = await first.post(at, { reason: 'Came by with an identity card' }, { from: '/operator/people' });
  assert.deepEqual([again.status, errors(again)[0]], [422, ['reason', 'This was proposed already, and waits for another operator']]);
  assert.equal((await decide(first, proposal)).status, 422);
  assert.equal((await browser.get('/account')).status, 200, 'nothing has happened yet');
  assert.match(unescape((await second.get('/operator/acts')).text), /Take the second step off an account: <a href="[^"]+">Lena Lost[^]*identity card/);
  assert.equal((await decide(second, proposal)).status, 303);
  assert.equal((await browser.get('/account')).status, 303, 'who was signed in is not any more');
  assert.equal(value(`select count(*) from factor where account_id = :'id'`, account), '0');
  assert.equal(mails(account, 'account-factors-reset'), 1);
  assert.deepEqual(sql(`select action, account_id from audit where about = :'id' and (action like 'act.%' or action = 'account.factors-reset') order by id`, account),
    [['act.proposed', olga.id], ['act.confirmed', otto.id], ['account.factors-reset', otto.id]]);
  assert.match(unescape((await first.get(at)).text), /No second step is set up[^]*agreed to on/);
  const none = await first.post(at, { reason: 'There is nothing left to take' }, { from: '/operator/people' });
  assert.deepEqual(errors(none)[0], ['reason', 'This account has no second step']);

  // one's own: neither proposed nor agreed to
  const own = await first.post(`/operator/people/${olga.id}`, { reason: 'I lost my own telephone' }, { from: '/operator/people' });
  assert.deepEqual([own.status, errors(own)[0][1]], [422, 'This is your own account. Other operators do this for you']);
  assert.equal((await second.post(`/operator/people/${olga.id}`, { reason: 'Olga lost her telephone' })).status, 303);
  const hers = value(`select id from proposal where account_id = :'id' and outcome is null`, olga);
  const mine = await decide(first, hers);
  assert.equal(mine.status, 422);
  assert.match(unescape(mine.text), /This is about your own account\. Another operator has to agree/);
  assert.equal((await decide(first, hers, { decide: 'refuse' })).status, 303);
  assert.equal(value(`select count(*) from factor where account_id = :'id'`, olga), '1');

  // where the operators have set that one may act alone, it is done at once
  const other = makeClient();
  await setUp(await bare(other.email));
  sql('update credential_setting set two_operators = false');
  try {
    assert.equal((await first.post(`/operator/people/${other.id}`, { reason: 'She called and answered' })).status, 303);
    assert.equal(value(`select count(*) from factor where account_id = :'id'`, other), '0');
  } finally {
    sql('update credential_setting set two_operators = true');
  }
});
