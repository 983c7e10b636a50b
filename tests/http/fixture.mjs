// What the booking tests share: a therapist of their own, a small client, and SQL on the database under test (TEST_DIR of
// tests/server.sh).
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { Psql } from './psql.mjs';

export const origin = process.env.UNKNOT_URL ?? 'http://127.0.0.1:8080';
const cluster = fileURLToPath(new URL('../cluster.sh', import.meta.url));

// As the superuser, past row-level security: for making and looking, never for what is tested. Several statements are one transaction.
let psql;
export function sql(text) {
  psql ??= new Psql(`${process.env.TEST_DIR}/pg`);
  return psql.ask(text, { atomic: /;\s*\S/.test(text) && !/^\s*(begin|set)\b/i.test(text) }).trim();
}

// The same without waiting, so that several ask at once, each on a connection of its own.
export class Connection {
  #said = '';
  #failed = '';
  #done = null;
  constructor() {
    this.child = spawn(cluster, ['psql', `${process.env.TEST_DIR}/pg`, '-Atq'], { stdio: ['pipe', 'pipe', 'pipe'] });
    this.child.stdout.setEncoding('utf8').on('data', (part) => {
      this.#said += part;
      if (this.#said.endsWith('--done--\n')) this.#settle();
    });
    this.child.stderr.setEncoding('utf8').on('data', (part) => (this.#failed += part));
    this.child.on('exit', () => this.#settle());
    this.child.stdin.write('set search_path = unknot, public;\n');
  }
  #settle() {
    const done = this.#done;
    this.#done = null;
    // what psql says of a failure ends it (ON_ERROR_STOP)
    if (this.#said.endsWith('--done--\n')) done?.resolve(this.#said.slice(0, -'--done--\n'.length).trim());
    else done?.reject(new Error(this.#failed || 'psql ended'));
  }
  ask(text) {
    this.#said = '';
    return new Promise((resolve, reject) => {
      this.#done = { resolve, reject };
      this.child.stdin.write(`${text};\n\\echo --done--\n`);
    });
  }
  end() {
    this.child.stdin.end();
  }
}

// A therapist who works day and night from now on, each visit an hour and a quarter of an hour after it.
export function therapist({ minutes = 60, after = 15 } = {}) {
  const slug = `tested-${randomUUID().slice(0, 8)}`;
  const made = sql(`
    with t as (insert into therapist (slug, name, published) values ('${slug}', 'Ana O''Tester, LMT', true) returning id),
    l as (insert into location (therapist_id, name, street, town, region, postcode, country, lat, lon, zone)
          select id, 'Studio; two', '12 Long Lane, 3rd floor', 'Springfield', 'IL', '62701', 'US', 39.8, -89.6, 'America/Chicago' from t
          returning id, therapist_id),
    k as (insert into credential (therapist_id, kind, title, issuer, register_id, result, checked_on, checked_until, checked_where, checked_by)
          select id, 'state_license', 'License', 'Board', 14, 'register', current_date - 1, current_date + 300, 'Register', 'Olga' from t),
    h as (insert into hours (location_id, weekday, starts, ends) select l.id, d, '00:00', '24:00' from l, generate_series(1, 7) d),
    s as (insert into service (therapist_id, name, minutes, price, currency, buffer_after, notice)
          select id, 'Back massage', ${minutes}, 8500, 'USD', ${after}, 0 from t returning id)
    select l.therapist_id || ' ' || s.id from l, s`).split(' ');
  return { slug, id: Number(made[0]), service: Number(made[1]) };
}

// Starts on the hour, far enough from now and from each other: free(0), free(1) … Every third hour of UTC is never 23:00 in
// Chicago, where a visit would run over midnight and out of the day's hours.
export const free = (n) => new Date((Math.ceil(Date.now() / 10800e3) + 16 + n) * 10800e3).toISOString().replace('.000', '');

export async function call(method, path, { json, form, token, cookie, accept, headers = {} } = {}) {
  const h = { accept: accept ?? (form || (!json && !token) ? 'text/html' : 'application/json'), ...headers };
  let body;
  if (json) {
    body = JSON.stringify(json);
    h['content-type'] = 'application/json';
  } else if (form) {
    body = new URLSearchParams(Object.entries(form).flatMap(([name, value]) => [value].flat().map((each) => [name, each]))).toString();
    h['content-type'] = 'application/x-www-form-urlencoded';
    h.origin ??= origin;
  } else if (method === 'POST') {
    body = '{}';
    h['content-type'] = 'application/json';
  }
  if (token) h.authorization = `Bearer ${token}`;
  if (cookie) h.cookie = cookie;
  const r = await fetch(origin + path, { method, headers: h, body, redirect: 'manual' });
  const text = await r.text();
  let parsed = null;
  if ((r.headers.get('content-type') ?? '').includes('json')) parsed = JSON.parse(text);
  return { status: r.status, headers: r.headers, text, json: parsed, location: r.headers.get('location') };
}

export const hold = (who, start, key = randomUUID(), more = {}) =>
  call('POST', '/bookings', { json: { therapist: who.slug, service: who.service, start, key, ...more } });

export { healthy } from './answers.mjs';

// A browser without a script: cookies by path, the form token of the page it is on.
export class Browser {
  cookies = new Map();
  page = null;

  cookieFor(target) {
    const path = target.split('?')[0];
    return [...this.cookies].filter(([, c]) => path === c.path || path.startsWith(c.path.replace(/\/?$/, '/')))
      .map(([name, c]) => `${name}=${c.value}`).join('; ');
  }

  take(answer) {
    // Node.js 18 before 18.14 has the lines joined only
    const lines = answer.headers.getSetCookie?.() ?? (answer.headers.get('set-cookie') ?? '').split(/, (?=[\w-]+=)/);
    for (const line of lines.filter(Boolean)) {
      const [pair, ...rest] = line.split(/;\s*/);
      const name = pair.slice(0, pair.indexOf('='));
      const path = rest.find((x) => /^path=/i.test(x))?.slice(5) ?? '/';
      if (rest.some((x) => /^max-age=0$/i.test(x))) this.cookies.delete(name);
      else this.cookies.set(name, { value: pair.slice(pair.indexOf('=') + 1), path });
    }
  }

  async go(method, path, form) {
    let answer = await call(method, path, { form, cookie: this.cookieFor(path), accept: 'text/html' });
    this.take(answer);
    this.trail = [[method, path, answer.status]];
    while (answer.status === 303) {
      path = answer.location;
      answer = await call('GET', path, { cookie: this.cookieFor(path), accept: 'text/html' });
      this.take(answer);
      this.trail.push(['GET', path, answer.status]);
    }
    this.page = { ...answer, path };
    return this.page;
  }

  get(path) {
    return this.go('GET', path);
  }

  token() {
    return this.page?.text.match(/name="csrf" value="([^"]+)"/)?.[1] ?? '';
  }

  post(path, form) {
    return this.go('POST', path, { csrf: this.token(), ...form });
  }
}
