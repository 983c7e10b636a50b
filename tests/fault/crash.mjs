// People book while PostgreSQL, a backend of it, the server and the workers are killed with -9 at random moments. Everything that was
// acknowledged is there once, everything refused is not, what was unknown can be found out with its key, and every mail owed is sent to whom
// it is for. KILLS (3) says how many; SEED repeats a run's choices.
import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { house, sleep } from './house.mjs';

const kills = Number(process.env.KILLS ?? 3);
let seed = Number(process.env.SEED ?? Date.now() % 1e6);
const random = () => ((seed = (seed * 1103515245 + 12345) & 0x7fffffff), seed / 0x80000000);

let here, lib;
before(async () => {
  here = await house();
  lib = here.lib;
});
after(() => here.stop());

let felt = 0; // requests that a kill was in the way of
// One request, told apart by what is known of it afterwards.
async function ask(method, target, options) {
  try {
    const answer = await lib.send(method, target, options);
    if (answer.status === 202 || answer.status >= 500) felt++;
    if (answer.status === 202) return { known: 'unknown', answer };
    if (answer.status >= 500) return { known: 'refused', answer };
    return { known: answer.status < 400 ? 'ok' : 'refused', answer };
  } catch {
    felt++;
    return { known: 'unknown' }; // the server was killed under it
  }
}
// The same with the same key until it is known.
async function insist(method, target, options) {
  for (let tries = 0; tries < 100; tries++) {
    const said = await ask(method, target, options);
    if (said.known === 'ok' || (said.known === 'refused' && said.answer.status < 500 && said.answer.status !== 409)) return said;
    if (said.known === 'refused' && said.answer.status === 409 && !/in-progress/.test(said.answer.text)) return said;
    await sleep(100 + random() * 200);
  }
  throw new Error(`${method} ${target} stays unknown`);
}

const history = [];
async function visit(who, start, n) {
  const entry = { key: randomUUID(), email: `client${n}@example.org`, start };
  const wanted = { therapist: who.slug, service: Number(who.service), start, key: entry.key };
  const first = await ask('POST', '/bookings', { json: wanted });
  entry.first = entry.hold = first.known;
  entry.wanted = wanted;
  history.push(entry);
  if (first.known !== 'ok' && random() < 0.5) return; // leaves it at that
  const held = await insist('POST', '/bookings', { json: wanted });
  entry.hold = held.known;
  if (held.known !== 'ok') return;
  const { id, token } = held.answer.json();
  entry.id = id;
  const as = () => ({ authorization: `Bearer ${token}`, accept: 'application/json', 'idempotency-key': randomUUID() });
  const passed = await insist('POST', `/bookings/${id}/safety`, { json: lib.healthy, headers: as() });
  if (passed.known !== 'ok') return;
  const booked = await insist('POST', `/bookings/${id}/confirm`, { json: { name: `Client ${n}`, email: entry.email }, headers: as() });
  entry.confirm = booked.known;
}

test(`${kills} kills (SEED=${seed})`, async () => {
  const therapists = Array.from({ length: 4 }, (_, i) => lib.makeTherapist(`Kay Killed ${i}`));
  let n = 0, stop = false, killed = 0;
  const clients = Array.from({ length: 6 }, async () => {
    while (!stop) {
      const who = therapists[Math.floor(random() * therapists.length)];
      await visit(who, new Date((Math.ceil(Date.now() / 3600e3) + 24 + (n % 900)) * 3600e3).toISOString().replace('.000', ''), n++);
      await sleep(random() * 30);
    }
  });
  const victims = ['postgresql', 'serve', 'backend', 'work1', 'work2'];
  for (; killed < kills; killed++) {
    await sleep(700 + random() * 1500);
    const victim = victims[killed % victims.length];
    if (victim === 'postgresql') {
      here.cluster('kill', 'pg');
      await sleep(random() * 400);
      here.cluster('start', 'pg');
    } else if (victim === 'backend') {
      const pid = lib.value(`select pid from pg_stat_activity where usename = 'unknot_web' order by random() limit 1`);
      if (pid) execFileSync('kill', ['-9', pid]);
      await lib.until(() => { try { return lib.value('select 1'); } catch { return false; } }, 'PostgreSQL recovers');
    } else {
      here.kill(victim);
    }
  }
  await sleep(1500);
  stop = true;
  await Promise.all(clients);
  await lib.until(() => lib.send('GET', '/readyz').then((a) => a.status === 200, () => false), 'the server is there');

  const acknowledged = history.filter((e) => e.hold === 'ok'), refused = history.filter((e) => e.hold === 'refused' && e.first !== 'unknown');
  const unknown = history.filter((e) => e.hold === 'unknown');
  console.log(`# ${history.length} bookings: ${acknowledged.length} acknowledged, ${refused.length} refused, ${unknown.length} left unknown, ${killed} kills, felt by ${felt} requests`);
  assert.ok(acknowledged.length > 20 && felt > 0, 'people booked, and the kills were felt');
  for (const e of unknown) e.resolved = (await insist('POST', '/bookings', { json: e.wanted })).known;

  const stored = new Map(lib.sql(`select key, count(*), min(state::text) from booking group by key`).map(([key, count, state]) => [key, { count: Number(count), state }]));
  for (const e of acknowledged) assert.equal(stored.get(e.key)?.count, 1, `acknowledged: ${JSON.stringify(e)}`);
  for (const e of unknown) assert.equal(stored.get(e.key)?.count ?? 0, e.resolved === 'ok' ? 1 : 0, `unknown: ${JSON.stringify(e)}`);
  for (const e of refused) assert.equal(stored.get(e.key), undefined, `refused: ${JSON.stringify(e)}`);
  const confirmed = history.filter((e) => e.confirm === 'ok');
  assert.ok(confirmed.length > 5, 'visits were booked');
  for (const e of confirmed) assert.equal(stored.get(e.key).state, 'confirmed', JSON.stringify(e));
  assert.equal(lib.value(`select count(*) from slot_claim a join slot_claim b on a.therapist_id = b.therapist_id and a.ctid < b.ctid and a.blocked && b.blocked`), '0', 'no overlap');
  assert.equal(lib.value(`select count(*) from booking b where state in ('held', 'confirmed') and not exists (select from slot_claim c where c.booking_id = b.id)`), '0', 'every visit has its time');

  // mail: what a worker had in hand when it was killed is another's two minutes later, which pass at once here
  lib.sql(`update outbox set due_at = now() where state = 'waiting' and due_at < now() + interval '3 minutes'`);
  await lib.until(() => lib.value(`select count(*) from outbox where state = 'waiting' and due_at < now() + interval '3 minutes'`) === '0', 'all mail is sent', 60000);
  const folder = path.join(here.dir, 'mail');
  const mails = fs.readdirSync(folder).filter((f) => f.endsWith('.eml')).map((f) => fs.readFileSync(path.join(folder, f), 'utf8'));
  const receivers = mails.map((m) => m.match(/^To: <([^>]*)>/m)[1]);
  const owed = lib.sql(`select client_email from booking where state = 'confirmed'`).map(([e]) => e);
  for (const email of owed) assert.ok(receivers.includes(email), `${email} was told`);
  const known = new Set([...owed, ...therapists.map((t) => t.email)]);
  for (const email of receivers) assert.ok(known.has(email), `${email} is owed a mail`);
  const deadlocks = fs.readFileSync(path.join(here.dir, 'pg', 'log'), 'utf8').match(/deadlock detected/g) ?? [];
  assert.equal(deadlocks.length, 0);
});
