// For the tests beside this file: a browser of cookies and forms, SQL as the superuser, the program's own commands.
// Started by tests/server.sh, which says where everything is (UNKNOT_URL, TEST_DIR, TEST_PROGRAM, UNKNOT_CONFIG).
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import path from 'node:path';
import { healthy } from './answers.mjs';
import { Psql } from './psql.mjs';
import { demoKey, totp } from './totp.mjs';

export const base = new URL(process.env.UNKNOT_URL ?? 'http://127.0.0.1:8080');
export const origin = base.origin;
export const dir = process.env.TEST_DIR;
export const password = 'unknot-demo';
export const operatorEmail = 'operator@example.org';

// --- Requests

// One request, redirects not followed: {status, headers, raw, text, json()}. `raw` is the list of [name, value] as they came.
// It goes to the server under test, or to the one at `port`. Its body is `form` (an object; arrays repeat the name), `json`, or `body` with a `type`. `from` is an address of ours: 127.0.0.2.
export function send(method, target, { headers = {}, form, json, body, type, from, port = base.port } = {}) {
  const own = { ...headers };
  if (form) [body, type] = [encode(form), 'application/x-www-form-urlencoded'];
  if (json !== undefined) [body, type] = [JSON.stringify(json), 'application/json'];
  if (type) own['content-type'] = type;
  if (body !== undefined) own['content-length'] = Buffer.byteLength(body);
  return new Promise((resolve, reject) => {
    const request = http.request({ host: base.hostname, port, method, path: target, headers: own, localAddress: from, agent: false }, (answer) => {
      const parts = [];
      answer.on('data', (part) => parts.push(part));
      answer.on('error', reject);
      answer.on('end', () => {
        const text = Buffer.concat(parts).toString();
        const raw = [];
        for (let i = 0; i < answer.rawHeaders.length; i += 2) raw.push([answer.rawHeaders[i].toLowerCase(), answer.rawHeaders[i + 1]]);
        resolve({ status: answer.statusCode, headers: answer.headers, raw, text, json: () => JSON.parse(text) });
      });
    });
    request.setTimeout(20000, () => request.destroy(new Error(`no answer to ${method} ${target}`)));
    request.on('error', reject);
    request.end(body);
  });
}

export function encode(form) {
  const fields = new URLSearchParams();
  for (const [name, value] of Object.entries(form))
    for (const each of Array.isArray(value) ? value : [value]) if (each !== undefined) fields.append(name, each);
  return fields.toString();
}

// The token of the first form of a page.
export const tokenOf = (page) => page.match(/name="csrf" value="([^"]+)"/)?.[1] ?? '';

// What every answer says anew: request ids, masked tokens. Pages that differ in nothing else are the same page.
export const unmasked = (answer) =>
  answer.text
    .replaceAll(answer.headers['x-request-id'] || '\0', 'ID')
    .replace(/name="csrf" value="[^"]*"/g, 'name="csrf" value="TOKEN"')
    .replace(/"request_id":"[^"]*"/g, '"request_id":"ID"');

const entities = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'", '#x27': "'" };
export const unescape = (html) => html.replace(/&(amp|lt|gt|quot|#39|#x27);/g, (_, name) => entities[name]);

// A browser: keeps cookies, sends Sec-Fetch-Site as one does, fills in the token of the page a form stands on.
export class Browser {
  cookies = new Map();
  constructor(headers = {}, port = base.port) {
    this.own = headers;
    this.port = port;
  }
  headers(extra = {}) {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    return { ...(cookie ? { cookie } : {}), 'sec-fetch-site': 'same-origin', ...this.own, ...extra };
  }
  async send(method, target, options = {}) {
    const answer = await send(method, target, { port: this.port, ...options, headers: this.headers(options.headers) });
    for (const line of answer.headers['set-cookie'] ?? []) {
      const [, name, value] = line.match(/^([^=]+)=([^;]*)/);
      if (value === '' || /max-age=0(;|$)/i.test(line)) this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
    return answer;
  }
  get(target, options) {
    return this.send('GET', target, options);
  }
  json(target) {
    return this.get(target, { headers: { accept: 'application/json' } });
  }
  // A form that stands on page `from` (its own address when not given), sent to `target`.
  async post(target, form, { from = target, headers } = {}) {
    const csrf = form.csrf ?? tokenOf((await this.get(from)).text);
    return this.send('POST', target, { form: { ...form, csrf }, headers });
  }
  // The demo's accounts take the second step with the code of their app. Those that a test makes have none: their session is taken for one that
  // has shown a second factor, unless `factor` is false. How one is set up and asked for: tests/http/factors.mjs.
  async signIn(email, secret = password, next, { factor = true } = {}) {
    const answer = await this.post('/sign-in', { email, password: secret, next }, { from: '/sign-in' });
    assert.equal(answer.status, 303, `${email} signs in: ${answer.text.slice(0, 200)}`);
    if (answer.headers.location.startsWith('/sign-in/second')) await this.secondStep(email, demoKey(dir));
    else if (factor) showFactor(this);
    return this;
  }
  // A code is taken once: where another test of this account was first, it is made new again.
  async secondStep(email, key) {
    for (let left = 5; ; left--) {
      sql(`update factor set last_step = 0 where account_id = (select id from account where email = :'email')`, { email });
      const answer = await this.post('/sign-in/second', { code: totp(key) });
      if (answer.status === 303 || left === 0) return assert.equal(answer.status, 303, `${email} takes the second step: ${answer.text.slice(0, 200)}`);
    }
  }
}
export const showFactor = (browser) =>
  sql(`update session s set factored = true from account a where a.id = s.account_id and a.role <> 'client' and s.token_hash = sha256(convert_to(:'token', 'UTF8'))`, { token: browser.cookies.get('session') });
export const signedIn = (email, secret) => new Browser().signIn(email, secret);

// --- The database, as the superuser

// Rows as arrays of text. Values come by :'name' with psql's own quoting.
let psql;
export function sql(query, values = {}) {
  psql ??= new Psql(path.join(dir, 'pg'), '-F', '\x1f');
  return psql.ask(query, { values }).split('\n').filter((line) => line !== '').map((line) => line.split('\x1f'));
}
export const value = (query, values) => sql(query, values)[0]?.[0];

// --- Somebody of the test's own

// A therapist who signs in with `password`: open day and night, one place, two services, one unchecked credential.
export function makeTherapist(name = 'Ana Prober') {
  const slug = `probe-${randomUUID().slice(0, 8)}`;
  const email = `${slug}@example.org`;
  const [id, account, location, credential] = sql(`
    with a as (insert into account (role, name, email, password_hash)
               select 'therapist', :'name', :'email', password_hash from account where email = 'operator@example.org' returning id),
    t as (insert into therapist (account_id, slug, name, headline, published) select id, :'slug', :'name', 'As it was', true from a returning id),
    l as (insert into location (therapist_id, name, street, town, region, postcode, country, lat, lon, zone)
          select id, 'Upstairs', '1 Probe St', 'Springfield', 'IL', '62701', 'US', 39.8, -89.6, 'America/Chicago' from t returning id),
    h as (insert into hours (location_id, weekday, starts, ends) select l.id, d, '00:00', '24:00' from l, generate_series(1, 7) d),
    s as (insert into service (therapist_id, name, minutes, price, currency, notice, position)
          select id, x.name, x.minutes, x.price, 'USD', 0, x.o from t, (values ('One hour', 60, 8000, 1), ('Half an hour', 30, 4500, 2)) x (name, minutes, price, o)),
    c as (insert into credential (therapist_id, kind, title, issuer, number, valid_until)
          select id, 'state_license', 'Licensed massage therapist', 'IL board', 'PR 1', current_date + 900 from t returning id),
    -- another one that was checked: the law wants it in Illinois
    k as (insert into credential (therapist_id, kind, title, issuer, number, register_id, result, checked_on, checked_until, checked_where, checked_by)
          select id, 'state_license', 'Permit that was checked', 'IL board', 'PR 2', 14, 'register', current_date - 1, current_date + 300, 'Register', 'Olga' from t)
    select t.id, a.id, l.id, c.id from t, a, l, c`, { name, email, slug })[0];
  const [service, second] = sql(`select id from service where therapist_id = :'id' order by position`, { id }).map(([x]) => x);
  return { id, account, slug, email, name, location, credential, service, second };
}

export function makeOperator() {
  const email = `check-${randomUUID().slice(0, 8)}@example.org`;
  const id = value(`insert into account (role, name, email, password_hash)
    select 'operator', 'Olga Checker', :'email', password_hash from account where email = 'operator@example.org' returning id`, { email });
  return { id, email, name: 'Olga Checker' };
}

export function makeClient(name = 'Cora Account') {
  const email = `client-${randomUUID().slice(0, 8)}@example.org`;
  const id = value(`insert into account (role, name, email, password_hash, email_verified_at)
    select 'client', :'name', :'email', password_hash, now() from account where email = 'operator@example.org' returning id`, { name, email });
  return { id, email, name };
}

// What belongs to these therapists, by the transactions that wrote it last: what a request that must change nothing leaves as it is.
export function digest(...therapists) {
  const ids = therapists.map((t) => Number(t.id)).join(',');
  const rows = (tables, which) => tables.split(' ').map((t) => `select '${t}', count(*), sum(x.xmin::text::numeric) from ${t} x where ${which}`);
  const parts = [
    ...rows('therapist_tag therapist_not credential location service service_location service_tag review review_reply review_case recommendation booking slot_claim block client client_block time_off time_off_note holiday_closed travel incident',
      `therapist_id in (${ids})`),
    ...rows('therapist', `id in (${ids})`),
    ...rows('account', `id in (select account_id from therapist where id in (${ids}))`),
    ...rows('hours season special_day', `location_id in (select id from location where therapist_id in (${ids}))`),
    ...rows('safety_check clearance session_note home_plan visit_message day_check reopening consent outcome', `booking_id in (select id from booking where therapist_id in (${ids}))`),
    `select 'mail', count(*) from outbox where data -> 'booking' -> 'therapist' ->> 'slug' in (select slug from therapist where id in (${ids}))`,
    // when one was last seen is no change
    `select 'session', count(*), sum(hashtext(token_hash::text || expires_at)) from session where account_id in (select account_id from therapist where id in (${ids}))`,
    `select 'audit', count(*) from audit where account_id in (select account_id from therapist where id in (${ids})) and action <> 'account.signed-in'`,
  ];
  return JSON.stringify(sql(parts.join(';\n')));
}

// --- A guest's booking

export { healthy } from './answers.mjs';

// Starts that do not meet: free(therapist) gives another one each time; none from which a visit, or the way to it, would run over midnight
// in Chicago and out of the day's hours.
const handed = new Map();
const chicago = new Intl.DateTimeFormat('en-US', { timeZone: 'America/Chicago', hour: 'numeric', hourCycle: 'h23' });
export function free(therapist) {
  let n = handed.get(therapist.slug) ?? 0, start;
  do {
    n += 1;
    start = new Date((Math.ceil(Date.now() / 10800e3) + 16 + n) * 10800e3);
  } while (['23', '00'].includes(chicago.format(start).padStart(2, '0')));
  handed.set(therapist.slug, n);
  return start.toISOString().replace('.000', '');
}

// {id, token}, as a script makes it: no cookies.
export async function hold(therapist, start = free(therapist)) {
  const answer = await send('POST', '/bookings', {
    headers: { accept: 'application/json' },
    json: { therapist: therapist.slug, service: Number(therapist.service), start, key: randomUUID() },
  });
  assert.equal(answer.status, 201, answer.text);
  return answer.json();
}
export const bearer = (booking) => ({ authorization: `Bearer ${booking.token}`, accept: 'application/json' });
async function step(booking, path, json) {
  const answer = await send('POST', `/bookings/${booking.id}/${path}`, { headers: bearer(booking), json });
  assert.equal(answer.status, 200, `${path}: ${answer.text}`);
  return answer.json();
}
export async function held(therapist, upto = 'held') {
  const booking = await hold(therapist);
  if (upto === 'held') return booking;
  await step(booking, 'safety', healthy);
  if (upto === 'passed') return booking;
  await step(booking, 'details', { name: 'Carla Client', email: 'carla@example.org' });
  if (upto === 'named') return booking;
  return { ...booking, ...(await step(booking, 'confirm', {})), token: booking.token };
}
export const booked = (therapist) => held(therapist, 'booked');

// The clock moves past the start of a visit: the visit moves before the clock.
export const begin = (booking) =>
  sql(`begin; set local session_replication_role = replica;
       update booking set starts_at = now() - interval '10 minutes', ends_at = now() + interval '50 minutes' where id = :'id'; commit`, { id: booking.id });

// --- The program's own commands

const environment = Object.fromEntries(Object.entries(process.env).filter(([name]) => name !== 'UNKNOT_URL'));
export const unknot = (args, { input } = {}) => spawnSync(process.env.TEST_PROGRAM, args, { env: environment, input, encoding: 'utf8' });
export const log = () => fs.readFileSync(path.join(dir, 'server.log'), 'utf8');

export async function until(what, said, patience = 15000) {
  const end = Date.now() + patience;
  for (;;) {
    const got = await what();
    if (got) return got;
    if (Date.now() > end) throw new Error(`not within ${patience} ms: ${said}`);
    await new Promise((next) => setTimeout(next, 100));
  }
}

const freePort = () =>
  new Promise((done) => {
    const probe = net.createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => done(port));
    });
  });

// Another server on the same database; stop() gives what it said. program: of another build.
export async function serve(settings = {}, host = '127.0.0.1', program = process.env.TEST_PROGRAM) {
  const port = await freePort();
  const env = { ...process.env, UNKNOT_LISTEN: `127.0.0.1:${port}`, UNKNOT_ORIGIN: `http://${host}:${port}`, UNKNOT_WORKERS: '2', ...settings };
  delete env.UNKNOT_URL;
  const child = spawn(program, ['serve'], { env, stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.on('data', (part) => (said += part));
  const ended = new Promise((done) => child.on('exit', done));
  await until(() => send('GET', '/readyz', { port, headers: { host: `${host}:${port}` } }).then((a) => a.status === 200, () => false), 'another server starts');
  return {
    port,
    async stop() {
      child.kill('SIGTERM');
      assert.equal(await ended, 0, said);
      return said;
    },
  };
}

// A form with files, as a browser sends it: fields by name, files [{ name, filename, type, data }].
export async function sendFiles(browser, target, fields, files = [], { from = target, headers } = {}) {
  const boundary = `x${randomUUID()}`;
  const csrf = tokenOf((await browser.get(from)).text);
  const parts = Object.entries({ ...fields, csrf }).map(([name, said]) => Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${said}\r\n`));
  for (const f of files)
    parts.push(Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; name="${f.name}"; filename="${f.filename}"\r\nContent-Type: ${f.type}\r\n\r\n`), Buffer.from(f.data), Buffer.from('\r\n'));
  parts.push(Buffer.from(`--${boundary}--\r\n`));
  return browser.send('POST', target, { body: Buffer.concat(parts), type: `multipart/form-data; boundary=${boundary}`, headers });
}
