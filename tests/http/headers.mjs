// Security headers, cookies and caching on answers of every kind, plain and behind https.
import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import http from 'node:http';
import net from 'node:net';
import { Browser, base, bearer, booked, held, log, makeTherapist, send, tokenOf, until } from './lib.mjs';

const policy = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
};
function check(answer, what) {
  const count = (name) => answer.raw.filter(([header]) => header === name).length;
  for (const [name, expected] of Object.entries(policy)) {
    assert.equal(answer.headers[name], expected, `${what}: ${name}`);
    assert.equal(count(name), 1, `${what}: ${name} once`);
  }
  for (const name of ['content-security-policy', 'permissions-policy', 'x-request-id']) assert.equal(count(name), 1, `${what}: ${name} once`);
  const csp = Object.fromEntries(answer.headers['content-security-policy'].split(';').map((part) => part.trim().split(/ (.*)/)));
  assert.equal(csp['default-src'], "'none'", what);
  for (const name of ['script-src', 'style-src', 'form-action', 'font-src', 'connect-src']) assert.equal(csp[name], "'self'", `${what}: ${name}`);
  assert.equal(csp['frame-ancestors'], "'none'", what);
  assert.equal(csp['base-uri'], "'none'", what);
  assert.doesNotMatch(answer.headers['content-security-policy'], /unsafe|\*|http:/, what);
  for (const name of ['server', 'x-powered-by', 'access-control-allow-origin', 'access-control-allow-credentials']) assert.equal(count(name), 0, `${what}: no ${name}`);
  assert.match(answer.headers['x-request-id'], /^[0-9a-f]{16}$/);
}

const therapist = makeTherapist('Hedda Header');
const cache = (answer) => answer.headers['cache-control'] ?? '';
const secret = (answer, what) => assert.match(cache(answer), /no-store/, `${what}: ${cache(answer)}`);

test('every kind of answer has the whole set, once', async () => {
  const signed = await new Browser().signIn(therapist.email);
  const visit = await booked(therapist);
  const browser = new Browser();
  const csrf = tokenOf((await browser.get('/sign-in')).text);
  const start = (await send('GET', '/')).text.match(/\/static\/[^"]+\.css/)[0];
  for (const [what, status, answer] of [
    ['a page', 200, await send('GET', '/')],
    ['its head', 200, await send('HEAD', '/')],
    ['a static file', 200, await send('GET', start)],
    ['a document', 200, await send('GET', '/therapists', { headers: { accept: 'application/json' } })],
    ['a personal page', 200, await signed.get('/practice')],
    ['a calendar', 200, await send('GET', `/bookings/${visit.id}/calendar.ics`, { headers: bearer(visit) })],
    ['a redirect', 303, await send('GET', '/practice')],
    ['a page that is not there', 404, await send('GET', '/nowhere')],
    ['a document that is not there', 404, await send('GET', '/nowhere', { headers: { accept: 'application/json' } })],
    ['a file that is not there', 404, await send('GET', '/static/none.css')],
    ['a method it lacks', 405, await send('DELETE', '/')],
    ['a path that is none', 400, await send('GET', '/%zz')],
    ['a form without a session', 401, await send('POST', '/sign-out', { form: {} })],
    ['a form from elsewhere', 403, await send('POST', '/sign-in', { form: { csrf }, headers: { 'sec-fetch-site': 'cross-site' } })],
    ['a form that does not fit', 422, await browser.send('POST', '/sign-in', { form: { csrf } })],
    ['a body that is too large', 413, await send('POST', '/sign-in', { body: 'x'.repeat(2 << 20), type: 'application/x-www-form-urlencoded' }).catch(() => null)],
    ['a body of another kind', 415, await send('POST', '/sign-in', { body: '<a/>', type: 'application/xml' })],
    ['JSON that is none', 400, await send('POST', '/sign-in', { body: '{"a":1,"a":2}', type: 'application/json' })],
    ['a host that is not ours', 421, await send('GET', '/', { headers: { host: 'evil.example' } })],
  ]) {
    if (!answer) continue; // the connection was closed while we still sent
    assert.equal(answer.status, status, what);
    check(answer, what);
    if (status >= 400) assert.ok(!/public/.test(cache(answer)), `${what}: ${cache(answer)}`);
  }
});

test('what is personal is stored nowhere; what is public says for how long', async () => {
  const signed = await new Browser().signIn(therapist.email);
  const visit = await held(therapist);
  for (const [what, answer] of [
    ['a practice', await signed.get('/practice')],
    ['the first page of who is signed in', await signed.get('/')],
    ['a booking', await send('GET', `/bookings/${visit.id}`, { headers: bearer(visit) })],
    ['the safety check', await send('GET', `/bookings/${visit.id}/safety/1`, { headers: { cookie: `booking_${visit.id}=${visit.token}` } })],
    ['the secret link', await send('GET', `/b/${visit.token}`)],
    ['sign-in', await send('GET', '/sign-in')],
    ['health', await send('GET', '/healthz')],
  ])
    secret(answer, what);
  for (const path of ['/', '/therapists', `/therapists/${therapist.slug}`]) {
    const answer = await send('GET', path);
    assert.match(cache(answer), /public|max-age/, path);
    assert.equal(answer.headers['set-cookie'], undefined, path);
    assert.ok(!/name="csrf" value="[^"]/.test(answer.text), `${path}: a page for everybody has no token of somebody`);
    assert.match(answer.headers.vary ?? '', /cookie/i, `${path}: a cache keeps who is signed in apart`);
  }
  // a cache that is fooled by a name keeps nothing either
  for (const path of ['/practice/x.css', '/practice/profile/x.css', '/practice%2fx.css', '/practice/..%2fx.css']) {
    const answer = await signed.get(path);
    assert.ok(answer.status >= 400, `${path}: ${answer.status}`);
    assert.ok(!answer.text.includes('Hedda Header') || /no-store/.test(cache(answer)), path);
  }
});

test('cookies are out of reach of scripts and of other sites', async () => {
  const browser = new Browser();
  const form = await browser.get('/sign-in');
  const signed = await browser.send('POST', '/sign-in', { form: { email: therapist.email, password: 'unknot-demo', csrf: tokenOf(form.text) } });
  const visit = await held(therapist);
  const link = await send('GET', `/b/${visit.token}`);
  const theme = await new Browser().post('/theme', { theme: 'dark', back: '/' }, { from: '/sign-in' });
  for (const back of ['//evil.example/', 'https://evil.example/', '/\\evil.example']) {
    const away = await new Browser().post('/theme', { theme: 'dark', back }, { from: '/sign-in' });
    assert.deepEqual([away.status, away.headers.location], [303, '/'], `${back} is not where one was`);
  }
  const set = [form, signed, link, theme].flatMap((a) => a.headers['set-cookie'] ?? []);
  assert.deepEqual(set.map((line) => line.split('=')[0]).sort(), [`booking_${visit.id}`, 'device', 'session', 'theme', 'visitor'].sort());
  for (const line of set) {
    assert.match(line, /; HttpOnly/, line);
    assert.match(line, /; SameSite=(Lax|Strict)/, line);
    assert.doesNotMatch(line, /Domain=/i, line);
    assert.match(line, line.startsWith('booking_') ? new RegExp(`; Path=/bookings/${visit.id}(;|$)`) : /; Path=\/(;|$)/, line);
  }
  assert.doesNotMatch(set.find((l) => l.startsWith('session=')), /Max-Age|Expires/i, 'the session ends with the browser');
});

// --- The same program behind https

let server;
const port = await new Promise((done) => {
  const probe = net.createServer().listen(0, '127.0.0.1', () => {
    const { port: free } = probe.address();
    probe.close(() => done(free));
  });
});
const secure = (method, path, { headers = {}, form } = {}) =>
  new Promise((resolve, reject) => {
    const body = form && new URLSearchParams(form).toString();
    const request = http.request({ host: '127.0.0.1', port, method, path, agent: false,
      headers: { host: 'unknot.example', 'sec-fetch-site': 'same-origin', ...(body ? { 'content-type': 'application/x-www-form-urlencoded', 'content-length': Buffer.byteLength(body) } : {}), ...headers } }, (answer) => {
      const raw = [];
      for (let i = 0; i < answer.rawHeaders.length; i += 2) raw.push([answer.rawHeaders[i].toLowerCase(), answer.rawHeaders[i + 1]]);
      let text = '';
      answer.on('data', (d) => (text += d)).on('end', () => resolve({ status: answer.statusCode, headers: answer.headers, raw, text }));
    });
    request.on('error', reject);
    request.end(body);
  });

before(async () => {
  const env = { ...process.env, UNKNOT_LISTEN: `127.0.0.1:${port}`, UNKNOT_ORIGIN: 'https://unknot.example', UNKNOT_WORKERS: '1' };
  delete env.UNKNOT_URL;
  server = spawn(process.env.TEST_PROGRAM, ['serve'], { env, stdio: 'ignore' });
  for (let i = 0; i < 200; i++) {
    const up = await secure('GET', '/readyz').catch(() => null);
    if (up?.status === 200) return;
    await new Promise((next) => setTimeout(next, 100));
  }
  throw new Error('the second server did not start');
});
after(async () => {
  const ended = new Promise((done) => server.on('exit', done));
  server.kill('SIGTERM');
  assert.equal(await ended, 0, 'the second server ends in order');
});

test('behind https, cookies are Secure and bound to the host, and browsers are told to stay with https', async () => {
  const form = await secure('GET', '/sign-in');
  check(form, 'sign-in');
  assert.match(form.headers['strict-transport-security'] ?? '', /max-age=\d{8,}/);
  assert.equal((await send('GET', '/sign-in')).headers['strict-transport-security'], undefined, 'only there');
  const [visitor] = form.headers['set-cookie'];
  assert.match(visitor, /^__Host-visitor=[^;]+; Path=\/;.*HttpOnly.*; Secure/);
  const signed = await secure('POST', '/sign-in', { headers: { cookie: visitor.split(';')[0] }, form: { email: therapist.email, password: 'unknot-demo', csrf: tokenOf(form.text) } });
  assert.equal(signed.status, 303, signed.text);
  const session = signed.headers['set-cookie'].find((l) => l.startsWith('__Host-session='));
  assert.match(session ?? '', /; Path=\/;.*HttpOnly.*; Secure/);
  for (const line of signed.headers['set-cookie']) assert.match(line, /^__Host-.*; Secure/);
  const visit = await held(therapist);
  const [opened] = (await secure('GET', `/b/${visit.token}`)).headers['set-cookie'];
  assert.match(opened, new RegExp(`^booking_${visit.id}=[^;]+; Path=/bookings/${visit.id};.*HttpOnly.*; Secure`), 'also the one of a single visit');
  const token = session.split(';')[0];
  assert.equal((await secure('GET', '/practice', { headers: { cookie: token } })).status, 200);
  assert.equal((await secure('GET', '/practice', { headers: { cookie: token.replace('__Host-', '') } })).status, 303, 'a cookie that http could have set is not taken');
  assert.equal((await secure('GET', '/practice', { headers: { cookie: token, host: base.host } })).status, 421);
});

test('what the log has of a request is found by the id the answer gave', async () => {
  const answer = await send('GET', '/nowhere-at-all');
  const id = answer.headers['x-request-id'];
  assert.ok(answer.text.includes(id), 'on the page of the failure too');
  await until(() => log().includes(` id=${id} `), 'the line in the log');
});
