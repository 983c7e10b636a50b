// What surrounds the mail: reminders a client chooses, the operator's page, the webhook, and the page for reading mails in development.
import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import fs from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { dir, folder, start, stop, workLog, working } from './mailing.mjs';

let lib, therapist;
before(async () => {
  lib = await start({ UNKNOT_DEMO: 'true', UNKNOT_MAIL_DIR: path.join(dir, 'mail'), UNKNOT_MAIL_FROM: 'desk@unknot.example' });
  therapist = lib.makeTherapist('Mia Mailer');
});
after(stop);
const owed = (kind, booking, channel = 'mail') => lib.value(`select id from outbox where kind = :'kind' and booking_id = :'id' and channel = :'channel'`, { kind, id: booking.id, channel });
const guest = (booking) => {
  const b = new lib.Browser();
  b.cookies.set(`booking_${booking.id}`, booking.token);
  return b;
};

// --- Reminders

test('a client chooses two reminders at most', async () => {
  const visit = await lib.booked(therapist);
  const b = guest(visit);
  const at = `/bookings/${visit.id}/reminders`;
  const chosen = (text) => [...text.matchAll(/name="when" value="(\d+)" checked/g)].map(([, m]) => m);
  assert.deepEqual(chosen((await b.get(at)).text), ['1440'], 'a day before, unless one says otherwise');
  assert.ok((await b.get(`/bookings/${visit.id}`)).text.includes(`href="${at}"`), 'the booking leads there');
  assert.equal((await b.post(at, { when: ['120', '10080'] })).headers.location, `${at}?saved=1`);
  assert.deepEqual(chosen((await b.get(at)).text), ['120', '10080']);
  const many = await b.post(at, { when: ['120', '1440', '2880'] });
  assert.equal(many.status, 422);
  assert.match(many.text, /Choose two reminders at most/);
  assert.deepEqual(chosen(many.text), ['120', '1440', '2880'], 'what was ticked is kept');
  assert.equal((await b.post(at, { when: '60' })).status, 422);
  assert.deepEqual(chosen((await b.get(at)).text), ['120', '10080'], 'nothing was changed');
  assert.equal((await b.post(at, {})).status, 303);
  assert.deepEqual(chosen((await b.get(at)).text), [], 'or none');
  assert.equal((await guest(await lib.held(therapist, 'named')).get(at)).status, 404);
});

test('a reminder that is due goes out by itself, once, and not of a visit that is cancelled', async () => {
  const visit = await lib.booked(therapist);
  const other = await lib.booked(therapist);
  // the clock moves on: the visits come near, and were booked long ago; the worker has not come that far
  const near = (b) => lib.sql(`begin; set local session_replication_role = replica; delete from visit_walk; update booking set starts_at = now() + interval '20 hours', ends_at = now() + interval '21 hours',
    confirmed_at = now() - interval '9 days' where id = :'id'; commit`, b);
  await lib.send('POST', `/bookings/${other.id}/cancel`, { json: {}, headers: lib.bearer(other) });
  near(visit);
  near(other);
  const id = await lib.until(() => owed('booking-day-before', visit), 'the reminder');
  await lib.until(() => folder().includes(`${id}.eml`), 'its mail');
  await new Promise((wait) => setTimeout(wait, 5000)); // two rounds of the worker
  assert.equal(lib.value(`select count(*) from outbox where kind = 'booking-day-before'`), '1');
});

// --- The operator's page

test('the operator sees what was given up, without addresses, and sends it again or drops it', async () => {
  const visit = await lib.booked(therapist);
  const id = owed('booking-confirmed', visit);
  await lib.until(() => folder().includes(`${id}.eml`), 'its mail');
  lib.sql(`update outbox set state = 'dead', reason = 'refused', data = (select data from outbox where kind = 'booking-cancelled' limit 1) where id = :'id'; update outbox_attempt set result = 'refused' where outbox_id = :'id'`, { id });
  const operator = await lib.signedIn(lib.operatorEmail);
  const page = await operator.get('/operator/messages?state=dead');
  assert.ok(page.text.includes(`/operator/messages/${id}`) && page.text.includes('Visit booked') && page.text.includes('last: refused'));
  assert.ok(page.text.includes('c…@example.org') && !page.text.includes('carla') && !page.text.includes('Carla'), 'the address is not shown in full');
  fs.rmSync(path.join(dir, 'mail', `${id}.eml`));
  const again = await operator.post(`/operator/messages/${id}`, { act: 'again' }, { from: '/operator/messages?state=dead' });
  assert.equal(again.status, 303, again.text);
  await lib.until(() => folder().includes(`${id}.eml`), 'the mail, again');
  assert.equal((await operator.post(`/operator/messages/${id}`, { act: 'again' }, { from: '/operator' + '/messages' })).status, 404, 'what is sent is not sent again');
  lib.sql(`update outbox set state = 'dead' where id = :'id'`, { id });
  assert.equal((await operator.post(`/operator/messages/${id}`, { act: 'burn' }, { from: '/sign-in' })).status, 422);
  assert.equal((await operator.post(`/operator/messages/${id}`, { act: 'drop' }, { from: '/sign-in' })).status, 303);
  assert.equal(lib.value(`select state || ' ' || reason from outbox where id = :'id'`, { id }), 'dropped operator');
  assert.equal(lib.value(`select string_agg(action, ' ' order by audit.id) from audit where object = :'id'`, { id }), 'message.again message.drop');
});

test('each message has words of its own for the operator, and each way it can fail', () => {
  const kinds = fs.readdirSync(new URL('../../templates/mail/', import.meta.url)).flatMap((name) => name.match(/^([a-z-]+)\.txt$/)?.[1] ?? []);
  const words = lib.sql(`select kind, message_words(kind) from unnest(string_to_array(:'kinds', ',')) kind`, { kinds: kinds.join() });
  assert.ok(kinds.length > 50 && words.length === kinds.length);
  assert.deepEqual(words.filter(([kind, said]) => kind === said), []);
  assert.equal(new Set(words.map(([, said]) => said)).size, kinds.length, 'no two are alike');
  const lines = ['smtp', 'hook', 'outbox'].flatMap((name) => fs.readFileSync(new URL(`../../src/notify/${name}.c`, import.meta.url), 'utf8').split('\n'));
  const results = lines.filter((line) => /\breturn\b|failure = "/.test(line)).flatMap((line) => [...line.matchAll(/"([a-z-]+)"/g)].map(([, result]) => result));
  assert.ok(results.includes('unwritable') && results.includes('sign-in'), results.join());
  for (const result of new Set(results)) if (result !== 'refused') assert.match(lib.value(`select message_result(:'result')`, { result }), / /, result);
});

// --- The webhook

function receiver(answer) {
  const calls = [];
  const listener = http.createServer((request, response) => {
    const parts = [];
    request.on('data', (part) => parts.push(part));
    request.on('end', () => {
      calls.push({ method: request.method, url: request.url, headers: request.headers, body: Buffer.concat(parts).toString() });
      const [status, headers] = answer(calls.length);
      response.writeHead(status, headers).end('{}');
    });
  });
  return new Promise((done) => listener.listen(0, '127.0.0.1', () => done({ calls, url: `http://127.0.0.1:${listener.address().port}/hook`, close: () => listener.close() })));
}

test('the webhook is told, signed, and again when it had no time', async () => {
  const secret = path.join(dir, 'hook-secret');
  fs.writeFileSync(secret, 'a secret of the hook\n');
  const elsewhere = await receiver(() => [200]);
  const hook = await receiver((n) => (n === 1 ? [503] : n === 3 ? [307, { location: elsewhere.url }] : [204]));
  const settings = { UNKNOT_HOOK_URL: hook.url, UNKNOT_HOOK_SECRET_FILE: secret, UNKNOT_MAIL_FROM: '' };
  await working(settings, async () => {
    await lib.until(() => lib.value(`select used from outbox_channel where channel = 'hook'`) === 't', 'the worker says that there is a hook');
    const visit = await lib.booked(therapist);
    const id = owed('booking-confirmed', visit, 'hook');
    assert.ok(id);
    await lib.until(() => lib.value(`select result from outbox_attempt where outbox_id = :'id' and n = 1`, { id }) === 'later', 'no time');
    lib.sql(`update outbox set due_at = now() where id = :'id'`, { id });
    await lib.until(() => lib.value(`select state from outbox where id = :'id'`, { id }) === 'sent', 'and told');
    assert.equal(hook.calls.length, 2);
    for (const call of hook.calls) {
      const stamp = call.headers['unknot-timestamp'];
      assert.ok(Math.abs(Date.now() / 1000 - Number(stamp)) < 300);
      assert.equal(call.headers['unknot-signature'], `v1=${createHmac('sha256', 'a secret of the hook').update(`${stamp}.${call.body}`).digest('hex')}`);
      assert.equal(call.headers['idempotency-key'], id);
      const said = JSON.parse(call.body);
      assert.deepEqual([said.id, said.event, said.recipient.email, said.link], [id, 'booking-confirmed', 'carla@example.org', `${process.env.UNKNOT_URL}/b/${visit.token}`]);
      assert.equal(said.data.booking.reference, visit.reference);
      assert.ok(!/RF\d\d|safety_draft|sealed/.test(call.body), 'nothing of the safety check');
    }
    // a redirect is not followed: what is signed for one is not for another
    const next = await lib.booked(therapist);
    const moved = owed('booking-confirmed', next, 'hook');
    await lib.until(() => lib.value(`select state from outbox where id = :'id'`, { id: moved }) === 'dead', 'given up');
    assert.equal(lib.value(`select reason from outbox where id = :'id'`, { id: moved }), 'refused');
    assert.equal(elsewhere.calls.length, 0);
  });
  hook.close();
  elsewhere.close();
  assert.ok(!/carla|secret of|\/b\//.test(workLog()));
});

test('a webhook in the clear off this machine, or without a secret, is not used', async () => {
  for (const settings of [{ UNKNOT_HOOK_URL: 'http://hook.example/', UNKNOT_HOOK_SECRET_FILE: path.join(dir, 'hook-secret') }, { UNKNOT_HOOK_URL: 'http://127.0.0.1.example/' , UNKNOT_HOOK_SECRET_FILE: path.join(dir, 'hook-secret') },
    { UNKNOT_HOOK_URL: 'https://hook.example/' }]) {
    const before = workLog().length;
    await working({ ...settings, UNKNOT_MAIL_DIR: path.join(dir, 'mail') }, async () => {
      await lib.until(() => workLog().slice(before).includes('hook-off'), 'it says so');
      await lib.until(() => lib.value(`select used from outbox_channel where channel = 'hook'`) === 'f', 'nothing is owed that way');
    }, 1);
  }
});

// --- Reading mails in development

test('mails can be read on /dev/mail, their HTML caged', async () => {
  const visit = await lib.booked(therapist);
  const id = owed('booking-confirmed', visit);
  await lib.until(() => folder().includes(`${id}.eml`), 'its mail');
  const list = await lib.send('GET', '/dev/mail');
  assert.equal(list.status, 200);
  assert.match(list.headers['cache-control'], /no-store/);
  assert.match(list.text, new RegExp(`<a href="/dev/mail/${id}">Your appointment on `));
  const one = await lib.send('GET', `/dev/mail/${id}`, { headers: { accept: 'application/json' } });
  assert.ok(one.json().text.includes('Carla Client') && one.json().to === '<carla@example.org>');
  const html = await lib.send('GET', `/dev/mail/${id}/html`);
  assert.match(html.headers['content-security-policy'], /^sandbox; default-src 'none'/);
  assert.ok(html.text.startsWith('<!doctype html>') && html.text.includes(visit.reference));
  const calendar = await lib.send('GET', `/dev/mail/${id}/calendar`);
  assert.match(calendar.headers['content-disposition'], /^attachment/);
  assert.match(calendar.text, /^METHOD:REQUEST\r$/m);
  const nobody = '00000000-0000-4000-8000-000000000000';
  fs.writeFileSync(path.join(dir, 'mail', 'x.eml'), 'Subject: x\r\n\r\nx');
  fs.writeFileSync(path.join(dir, 'mail', `${nobody.replace('8000', '9000')}.eml`), 'no mail of ours');
  for (const odd of [nobody, nobody.replace('8000', '9000'), 'x', '..', `${id}.eml`, '%2e%2e%2fkey'])
    assert.ok([400, 404].includes((await lib.send('GET', `/dev/mail/${odd}`)).status), odd);
  assert.equal((await lib.send('GET', `/dev/mail/${id}/eml`)).status, 404);
  assert.equal((await lib.send('GET', '/dev/mail')).status, 200, 'and what is no mail does not break the list');
});

const freePort = () => new Promise((done) => { const s = net.createServer().listen(0, '0.0.0.0', () => { const { port } = s.address(); s.close(() => done(port)); }); });
async function serving(settings, port, what) {
  const log = fs.openSync(path.join(dir, 'other.log'), 'w');
  const server = spawn(process.env.TEST_PROGRAM, ['serve'], { env: { ...process.env, UNKNOT_URL: undefined, UNKNOT_MAIL_DIR: path.join(dir, 'mail'), ...settings }, stdio: ['ignore', log, log] });
  const get = (target, host, headers) => new Promise((done, fail) => http.get({ host, port, path: target, headers, agent: false }, (r) => { r.resume(); done(r.statusCode); }).on('error', fail));
  try {
    await lib.until(() => get('/healthz', '127.0.0.1', { host: settings.UNKNOT_ORIGIN.replace(/^.*\/\//, '') }).then((s) => s === 200, () => false), 'the other server');
    await what(get);
  } finally {
    const ended = new Promise((done) => server.on('exit', done));
    server.kill('SIGTERM');
    await ended;
    fs.closeSync(log);
  }
}

test('/dev/mail is not there for others, on a site of another name, or without demo', async (t) => {
  const address = Object.values(os.networkInterfaces()).flat().find((x) => x.family === 'IPv4' && !x.internal)?.address;
  const port = await freePort();
  const own = `127.0.0.1:${port}`;
  await serving({ UNKNOT_DEMO: 'true', UNKNOT_LISTEN: `0.0.0.0:${port}`, UNKNOT_ORIGIN: `http://${own}` }, port, async (get) => {
    assert.equal(await get('/dev/mail', '127.0.0.1', { host: own }), 200, 'the control');
    if (address) assert.equal(await get('/dev/mail', address, { host: own }), 404, 'from another address');
    else t.diagnostic('this machine has no other address');
  });
  const site = 'https://unknot.example';
  await serving({ UNKNOT_DEMO: 'true', UNKNOT_LISTEN: own, UNKNOT_ORIGIN: site }, port, async (get) => assert.equal(await get('/dev/mail', '127.0.0.1', { host: 'unknot.example' }), 404, 'behind a proxy all callers are near'));
  await serving({ UNKNOT_DEMO: 'false', UNKNOT_LISTEN: own, UNKNOT_ORIGIN: `http://${own}` }, port, async (get) => assert.equal(await get('/dev/mail', '127.0.0.1', { host: own }), 404, 'without demo'));
});

// --- The rules of zones in calendar entries

test('the zones of calendar entries are those that JavaScript knows, hour by hour', () => {
  const seconds = (text) => (text[0] === '-' ? -1 : 1) * (Number(text.slice(1, 3)) * 3600 + Number(text.slice(3, 5)) * 60 + Number(text.slice(5, 7) || 0));
  const instant = (wall, offset) => Date.UTC(wall.slice(0, 4), wall.slice(4, 6) - 1, wall.slice(6, 8), wall.slice(9, 11), wall.slice(11, 13), wall.slice(13, 15)) - seconds(offset) * 1000;
  for (const zone of ['America/Chicago', 'America/Phoenix', 'Europe/Dublin', 'Europe/Berlin', 'Australia/Lord_Howe', 'America/Havana', 'Asia/Kolkata', 'Pacific/Apia', 'UTC']) {
    const from = Date.UTC(2026, 0, 10), to = Date.UTC(2027, 6, 1);
    const turns = JSON.parse(lib.value(`select zone_turns(:'zone', to_timestamp(:from), to_timestamp(:to))`, { zone, from: from / 1000, to: to / 1000 }));
    const at = turns.map((t) => instant(t.at, t.from));
    assert.ok(turns.length >= 1 && at.every((x, i) => i === 0 || x > at[i - 1]), zone);
    const clock = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium' });
    for (let t = from; t < to; t += 1800e3) {
      const now = turns.findLast?.((_, i) => at[i] <= t) ?? [...turns].reverse()[at.filter((x) => x > t).length];
      const wall = new Date(t + seconds(now.to) * 1000).toISOString().slice(0, 19).replace('T', ' ');
      if (wall !== clock.format(t)) assert.fail(`${zone} at ${new Date(t).toISOString()}: ${wall}, not ${clock.format(t)}`);
    }
  }
});
