// For the tests beside this file: a browser of cookies and forms, SQL as the superuser, the program's own commands.
// Started by tests/server.sh, which says where everything is (UNKNOT_URL, TEST_DIR, TEST_PROGRAM, UNKNOT_CONFIG).
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const base = new URL(process.env.UNKNOT_URL ?? 'http://127.0.0.1:8080');
export const origin = base.origin;
export const dir = process.env.TEST_DIR;
export const password = 'unknot-demo';
export const operatorEmail = 'operator@example.org';
const top = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

// --- Requests

// One request, redirects not followed: {status, headers, raw, text, json()}. `raw` is the list of [name, value] as they came.
// A body is an object (sent as a form; arrays repeat the name), {json: …} in options, or text with a content type of its own.
export function send(method, target, { headers = {}, form, json, body, type } = {}) {
  const own = { ...headers };
  if (form) [body, type] = [encode(form), 'application/x-www-form-urlencoded'];
  if (json !== undefined) [body, type] = [JSON.stringify(json), 'application/json'];
  if (type) own['content-type'] = type;
  if (body !== undefined) own['content-length'] = Buffer.byteLength(body);
  return new Promise((resolve, reject) => {
    const request = http.request({ host: base.hostname, port: base.port, method, path: target, headers: own, agent: false }, (answer) => {
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
  constructor(headers = {}) {
    this.own = headers;
  }
  headers(extra = {}) {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    return { ...(cookie ? { cookie } : {}), 'sec-fetch-site': 'same-origin', ...this.own, ...extra };
  }
  async send(method, target, options = {}) {
    const answer = await send(method, target, { ...options, headers: this.headers(options.headers) });
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
  async signIn(email, secret = password, next) {
    const answer = await this.post('/sign-in', { email, password: secret, next }, { from: '/sign-in' });
    assert.equal(answer.status, 303, `${email} signs in: ${answer.text.slice(0, 200)}`);
    return this;
  }
}
export const signedIn = (email, secret) => new Browser().signIn(email, secret);

// --- The database, as the superuser

// Rows as arrays of text. Values come by :'name' with psql's own quoting.
export function sql(query, values = {}) {
  const named = Object.entries(values).flatMap(([name, value]) => ['-v', `${name}=${value}`]);
  const said = execFileSync(path.join(top, 'tests/cluster.sh'), ['psql', path.join(dir, 'pg'), '-q', '-At', '-F', '\x1f', ...named, '-f', '-'], {
    input: query,
    encoding: 'utf8',
    maxBuffer: 64 << 20,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  return said.split('\n').filter((line) => line !== '').map((line) => line.split('\x1f'));
}
export const value = (query, values) => sql(query, values)[0]?.[0];

// What a request that must change nothing may not change: rows by content, of every table that holds something.
export const digest = (tables = 'account booking safety_check audit outbox therapist therapist_technique therapist_complaint credential location hours service review slot_claim session'.split(' ')) =>
  JSON.stringify(
    sql(tables.map((t) => `select '${t}', count(*), md5(coalesce(string_agg(md5(x::text), '' order by md5(x::text)), '')) from ${t === 'session' ? "(select token_hash, account_id, expires_at from session)" : t} x;`).join('\n')),
  );

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

// Demo therapists with visits: {id, slug, email, name}.
export const therapists = () =>
  sql(`select t.id, t.slug, a.email, t.name from therapist t join account a on a.id = t.account_id
       where t.published and exists (select from booking b where b.therapist_id = t.id and b.state = 'confirmed' and b.starts_at > now() + interval '2 days')
         and exists (select from location l where l.therapist_id = t.id and l.country = 'US')
         and (select count(*) from service s where s.therapist_id = t.id and s.retired_at is null) > 1
         and exists (select from listing x where x.therapist_id = t.id and cardinality(x.next) > 3)
       order by t.id`).map(([id, slug, email, name]) => ({ id, slug, email, name }));
