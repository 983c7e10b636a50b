// keyd and PostgreSQL are killed with -9 while epochs change and clients are erased: every key that was not erased is the same afterwards, every
// erased one is gone, and of an epoch that has ended neither file nor use is left. And what people meet while keyd is away. ROTATIONS (5) says how many.
import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { house, sleep } from './house.mjs';

const rotations = Number(process.env.ROTATIONS ?? 5);
let seed = Number(process.env.SEED ?? Date.now() % 1e6);
const random = () => ((seed = (seed * 1103515245 + 12345) & 0x7fffffff), seed / 0x80000000);

let here, lib;
before(async () => {
  here = await house({ workers: 1, conf: 'key_epoch_keep_days = 0\n' });
  lib = here.lib;
});
after(() => here.stop());

// --- keyd's own words (src/keys/message.h)

const OPEN = 1, SEAL = 2, OK = 0, DESTROYED = 4, SILENT = 6;
const question = (operation, ...texts) =>
  Buffer.concat([Buffer.from([3, operation]), ...[129, 129, 37, 81].map((size, i) => Buffer.concat([Buffer.from(texts[i] ?? ''), Buffer.alloc(size)], size))]);
const bytes = (data) =>
  new Promise((done) => {
    const heard = [];
    const socket = net.createConnection(path.join(here.dir, 'key.epochs/socket'), () => socket.write(data));
    socket.on('data', (d) => heard.push(d));
    socket.on('error', () => done(Buffer.alloc(0)));
    socket.on('close', () => done(Buffer.concat(heard)));
  });
const ask = async (operation, client) => {
  const answer = await bytes(question(operation, '', client.token, client.booking, 'a test'));
  return answer.length < 2 ? { status: SILENT } : { status: answer[1], id: answer.subarray(2, 38).toString(), key: answer.subarray(38).toString('hex') };
};
async function insist(operation, client) {
  for (let tries = 0; tries < 100; tries++) {
    const answer = await ask(operation, client);
    if (answer.status !== SILENT) return answer;
    await sleep(50);
  }
  throw new Error('keyd stays silent');
}
const folder = () => fs.readdirSync(path.join(here.dir, 'key.epochs')).filter((f) => f.startsWith('epoch-') || f === 'unfinished');

test(`${rotations} new epochs under kill -9 (SEED=${seed})`, async () => {
  const clients = Array.from({ length: 160 }, () => ({ token: randomBytes(32).toString('base64url'), booking: randomUUID() }));
  for (const c of clients) Object.assign(c, await insist(SEAL, c));
  assert.equal(new Set(clients.map((c) => c.key)).size, clients.length, 'each has a key of its own');
  const first = lib.sql(`select id, encode(wrapped, 'hex'), epoch from client_key`);
  assert.equal(first.length, clients.length);

  let erased = 0, answered = 0;
  for (let i = 0; i < rotations; i++) {
    bytes(question(3, '', '', '', ''));
    await sleep(random() * 25);
    here.kill('keyd');
    const gone = clients[Math.floor(random() * clients.length)];
    if (!gone.erased) lib.sql(`select key_destroy(:'id')`, { id: gone.id });
    erased += !gone.erased;
    gone.erased = true;
    if (i === Math.floor(rotations / 2)) {
      here.cluster('kill', 'pg');
      here.cluster('start', 'pg');
    }
    for (let n = 0; n < 10; n++) {
      const c = clients[Math.floor(random() * clients.length)], answer = await insist(OPEN, c);
      assert.equal(answer.status, c.erased ? DESTROYED : OK);
      if (!c.erased) assert.equal(answer.key, c.key, 'the same key in the midst of it');
      answered++;
    }
  }
  execFileSync(here.program, ['keys', 'rotate'], { env: { ...process.env, UNKNOT_CONFIG: process.env.UNKNOT_CONFIG, UNKNOT_URL: undefined }, stdio: 'ignore' });

  for (const c of clients) {
    const answer = await insist(OPEN, c);
    assert.equal(answer.status, c.erased ? DESTROYED : OK);
    if (!c.erased) assert.equal(answer.key, c.key, 'the same key afterwards');
  }
  const epochs = lib.sql(`select epoch, destroyed_at is not null, (select count(*) from client_key c where c.epoch = e.epoch and c.wrapped is not null) from key_epoch e order by epoch`);
  const last = epochs.at(-1);
  assert.ok(epochs.length > rotations / 2, 'epochs began');
  assert.deepEqual([last[1], Number(last[2])], ['f', clients.length - erased], 'the newest wraps all');
  for (const [epoch, destroyed, keys] of epochs.slice(0, -1)) assert.deepEqual([destroyed, keys], ['t', '0'], `epoch ${epoch} has ended`);
  assert.deepEqual(folder(), [`epoch-${last[0]}`], 'and no file of another is left');
  console.log(`# ${epochs.length} epochs, ${erased} erased, ${answered} opened meanwhile`);

  // a backup of the first day, put back: its keys were wrapped by an epoch that is no more
  const backup = clients.find((c) => c.erased), row = first.find(([id]) => id === backup.id);
  lib.sql(`update client_key set wrapped = decode(:'hex', 'hex'), destroyed_at = null, epoch = :'epoch' where id = :'id'`, { id: row[0], hex: row[1], epoch: row[2] });
  assert.equal((await ask(OPEN, backup)).status, SILENT, 'what was erased is gone from backups too');
});

test('keyd turns away what is no question, and who is silent does not hold up others', async () => {
  const idle = Array.from({ length: 10 }, () => net.createConnection(path.join(here.dir, 'key.epochs/socket')).on('error', () => {}));
  for (const bad of [Buffer.from([3]), question(9), Buffer.alloc(378), question(OPEN, '', 'a b', randomUUID(), 'x'), question(OPEN, '', 'token', 'no-uuid', 'x'), randomBytes(500)])
    assert.equal((await bytes(bad)).length, 0);
  assert.equal((await ask(OPEN, { token: 'nobody', booking: randomUUID() })).status, 1);
  for (const socket of idle) socket.destroy();
});

const answersOf = (page) => Object.fromEntries([...page.matchAll(/name="(RF\d+\w*)"[^>]*value="(no|fine)"/g)].map(([, name, value]) => [name, value]));
test('keyd away, or too slow: a page that says so, with all that was typed', async () => {
  const who = lib.makeTherapist('Kim Keyless'), browser = await lib.signedIn(who.email);
  const visit = await lib.booked(who), target = `/practice/bookings/${visit.id}/note`;
  lib.begin(visit);
  const note = { after: '0', minutes: '55', technique: ['swedish', 'trigger-point'], area: ['sacrum'], consent: 'agreed', update: 'none', pressure: '3', note: `typed-${randomUUID()}` };

  const early = new lib.Browser(), before = await lib.hold(who);
  early.cookies.set(`booking_${before.id}`, before.token);
  const filled = answersOf((await early.get(`/bookings/${before.id}/safety/1`)).text);
  assert.equal((await early.post(`/bookings/${before.id}/safety/1`, filled)).status, 303);

  await here.sendAway('keyd');
  const refused = await browser.post(target, note);
  assert.equal(refused.status, 503);
  assert.match(refused.text, /Health details cannot be saved now[\s\S]*nothing you typed is lost/);
  assert.ok(refused.text.includes(note.note), 'it is in the form that sends it again');
  assert.match(refused.text, /Send it again/);
  assert.equal(lib.value(`select count(*) from session_note`), '0');
  const ready = await lib.send('GET', '/readyz');
  assert.deepEqual([ready.status, ready.json().keyd], [200, 'does not answer'], 'all else is served');
  assert.equal((await browser.get('/practice')).status, 200);

  // a client goes on without: what was answered is told in person
  const client = await lib.hold(who), as = { ...lib.bearer(client) };
  const step = (name, json) => lib.send('POST', `/bookings/${client.id}/${name}`, { headers: { ...as, 'idempotency-key': randomUUID() }, json });
  assert.equal((await step('safety', lib.healthy)).status, 200);
  assert.match((await lib.send('GET', `/bookings/${client.id}/safety/done`, { headers: { cookie: `booking_${client.id}=${client.token}` } })).text, /Your answers could not be kept[\s\S]*Tell your therapist in person/);
  assert.equal((await step('confirm', { name: 'Carla Client', email: 'carla@example.org' })).status, 200);
  assert.equal(lib.value(`select sealed is null from safety_check where booking_id = :'id'`, client), 't');
  assert.match((await browser.get(`/practice/bookings/${client.id}`)).text, /Ask in person before you begin/);
  // … also page by page, and what is answered meanwhile is still there when keyd is back
  const paged = await lib.hold(who), guest = new lib.Browser(), page = `/bookings/${paged.id}/safety/1`;
  guest.cookies.set(`booking_${paged.id}`, paged.token);
  const first = await guest.get(page);
  const fields = answersOf(first.text);
  assert.ok(Object.keys(fields).length > 0, 'a page of questions');
  assert.equal((await guest.post(page, fields)).status, 303);

  // what was saved before waits; it is neither shown empty nor written over
  const waiting = await early.get(`/bookings/${before.id}/safety/2`);
  assert.equal(waiting.status, 503);
  assert.match(waiting.text, /Health details cannot be opened now/);
  assert.equal((await early.post(`/bookings/${before.id}/safety/1`, filled, { from: '/sign-in' })).status, 503);

  here.callBack('keyd');
  await lib.until(() => lib.send('GET', '/readyz').then((a) => a.json().keyd === 'ready'), 'keyd is back');
  const kept = await early.get(`/bookings/${before.id}/safety/1`);
  for (const [name, value] of Object.entries(filled)) assert.match(kept.text, new RegExp(`name="${name}"[^>]*value="${value}"[^>]*checked`));
  const again = await guest.get(page);
  for (const [name, value] of Object.entries(fields)) assert.match(again.text, new RegExp(`name="${name}"[^>]*value="${value}"[^>]*checked`));
  here.signal('keyd', 'SIGSTOP');
  const begun = Date.now(), slow = await browser.post(target, note);
  here.signal('keyd', 'SIGCONT');
  assert.equal(slow.status, 503);
  assert.ok(Date.now() - begun < 5000, 'nobody waits for long');
  assert.equal((await browser.post(target, note)).status, 303);
  assert.ok(lib.unescape((await browser.get(target)).text).includes(note.note));
});
