// `unknot work` and its mail, end to end: a confirmed booking owes one mail, a cancelled one another; each is sent once, by whichever worker,
// and again after the mail server had no time. On a server of its own, so that no other test's mail is in the way.
import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const script = fileURLToPath(new URL('../server.sh', import.meta.url));
const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'unknot-mail-'));
const clean = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('UNKNOT_') && !name.startsWith('TEST_')));
const program = process.env.TEST_PROGRAM;
// files, not pipes: what the server leaves running would keep a pipe open
const shell = (...args) => {
  const out = fs.openSync(path.join(os.tmpdir(), `${path.basename(dir)}.out`), 'w+');
  try {
    execFileSync(script, args, { env: { ...clean, TEST_PROGRAM: program, TEST_EMPTY: '1' }, stdio: ['ignore', out, 'inherit'] });
    return fs.readFileSync(path.join(os.tmpdir(), `${path.basename(dir)}.out`), 'utf8');
  } finally {
    fs.closeSync(out);
  }
};

let lib, therapist;
before(async () => {
  process.env.UNKNOT_URL = shell('start', dir).match(/UNKNOT_URL=(\S+)/)[1];
  process.env.TEST_DIR = dir;
  process.env.UNKNOT_CONFIG = path.join(dir, 'unknot.conf');
  lib = await import('./lib.mjs');
  const made = lib.unknot(['user', 'add', 'operator', 'operator@example.org', 'Olga'], { input: 'unknot-demo\n' });
  assert.equal(made.status, 0, made.stderr);
  therapist = lib.makeTherapist('Mia Mailer');
  fs.mkdirSync(path.join(dir, 'mail'));
});
after(() => {
  shell('stop', dir);
  fs.rmSync(path.join(os.tmpdir(), `${path.basename(dir)}.out`), { force: true });
});

// A worker with this configuration beside the server's own, which has no mail configured and leaves it alone.
async function working(settings, what) {
  const log = fs.openSync(path.join(dir, 'work.log'), 'a');
  const env = { ...clean, UNKNOT_CONFIG: process.env.UNKNOT_CONFIG, UNKNOT_MAIL_FROM: 'desk@unknot.example', ...settings };
  const workers = [1, 2].map(() => spawn(program, ['work'], { env, stdio: ['ignore', log, log] }));
  try {
    return await what();
  } finally {
    const ended = workers.map((w) => (w.exitCode === null ? new Promise((done) => w.on('exit', done)) : w.exitCode));
    for (const w of workers) w.kill('SIGTERM');
    assert.deepEqual(await Promise.all(ended), [0, 0], fs.readFileSync(path.join(dir, 'work.log'), 'utf8').slice(-2000));
    fs.closeSync(log);
  }
}
const folder = () => fs.readdirSync(path.join(dir, 'mail')).filter((f) => f.endsWith('.eml'));
const outbox = (id) => lib.sql(`select id, kind, state, attempts, data::text, due_at > now() from outbox where id = any (string_to_array(:'id', ',')::uuid[]) order by created_at`, { id });
const attempts = (id) => lib.sql(`select n || ' ' || result from outbox_attempt where outbox_id = :'id' order by n`, { id }).map(([x]) => x);
// also when it was sent and its data are gone
const owedOnce = (kind, booking) => lib.value(`select id from outbox where kind = :'kind' and booking_id = :'id'`, { kind, id: booking.id });
const owed = (kind, booking) => lib.value(`select id from outbox where kind = :'kind' and data -> 'booking' ->> 'id' = :'id'`, { kind, id: booking.id });

// {head, subject, from, parts: [{type, disposition, text}], text, html} of a message, read without help of the program.
const words = (line) => line.replace(/=\?utf-8\?B\?([^?]*)\?=\s*/g, (_, word) => Buffer.from(word, 'base64').toString());
function partsOf(head, body) {
  const boundary = head.match(/boundary="([^"]+)"/)?.[1];
  if (!boundary) {
    return [{ type: head.match(/^Content-Type: (.*)$/m)[1].trim(), disposition: head.match(/^Content-Disposition: (.*)$/m)?.[1], text: Buffer.from(body, 'base64').toString() }];
  }
  const inner = `\r\n${body}`.split(`\r\n--${boundary}`);
  assert.equal(inner.at(-1).trim(), '--', 'closed');
  return inner.slice(1, -1).flatMap((part) => {
    const at = part.indexOf('\r\n\r\n');
    return partsOf(part.slice(0, at).replace(/\r\n\s/g, ' '), part.slice(at + 4));
  });
}
function parse(message) {
  const at = message.indexOf('\r\n\r\n');
  const head = message.slice(0, at).replace(/\r\n /g, ' ');
  const parts = partsOf(head, message.slice(at + 4));
  const of = (type) => parts.find((p) => p.type.startsWith(type))?.text;
  return { head, subject: words(head.match(/^Subject: (.*)$/m)[1]).trim(), from: words(head.match(/^From: (.*)$/m)[1]), parts, text: of('text/plain'), html: of('text/html'), calendar: of('text/calendar') };
}
const mailOf = (id) => parse(fs.readFileSync(path.join(dir, 'mail', `${id}.eml`), 'utf8'));

test('a booking that is confirmed becomes one mail, and its cancellation another', async () => {
  const visit = await lib.booked(therapist);
  const id = owed('booking-confirmed', visit);
  assert.ok(id);
  assert.equal(lib.value(`select count(*) from outbox where outbox::text ~ 'arla|/b/|${visit.token}'`), '0', 'no name, address or secret link stands in the outbox');
  assert.deepEqual(folder(), [], 'nothing leaves from a request, and without an address to send from it waits');
  await working({ UNKNOT_MAIL_DIR: path.join(dir, 'mail') }, async () => {
    const theirs = owed('therapist-booked', visit);
    assert.ok(theirs, 'and one to the therapist');
    await lib.until(() => folder().length === 2, 'the mails');
    await new Promise((wait) => setTimeout(wait, 5000)); // two rounds of both workers
    assert.deepEqual(folder().sort(), [`${id}.eml`, `${theirs}.eml`].sort(), 'exactly one each');
    const { head, from, subject, text, html, calendar, parts } = mailOf(id);
    assert.match(head, /^To: <carla@example\.org>\r?$/m);
    assert.match(from, /^unknot ?<desk@unknot\.example>/);
    assert.deepEqual(parts.map((p) => p.type.replace(/;.*/, '')), ['text/plain', 'text/html', 'text/calendar', 'text/calendar']);
    assert.match(calendar, /^METHOD:REQUEST\r$/m);
    assert.match(calendar, /^DTSTART;TZID=America\/Chicago:\d{8}T\d{6}\r$/m);
    assert.ok(html.includes('Carla Client') && html.includes(visit.reference));
    const other1 = mailOf(theirs);
    assert.match(other1.head, new RegExp(`^To: <${therapist.email}>`, 'm'));
    assert.ok(other1.text.includes('Carla') && !/Client|carla@|\/b\//.test(other1.text + other1.html), 'the therapist gets a first name and no secret address');
    assert.match(subject, /^Your appointment on \w+ \d+ \w+ at /);
    assert.ok(text.includes('Carla Client') && text.includes('Mia Mailer') && text.includes(visit.reference), text);
    assert.ok(!/RF\d\d|safety|health/i.test(text), 'nothing of the safety check');
    const link = text.match(/^(http\S+)$/m)[1];
    assert.ok(link.startsWith(`${process.env.UNKNOT_URL}/b/`));
    const opened = await lib.send('GET', new URL(link).pathname);
    assert.equal(opened.status, 303, 'the link in it opens the booking');
    assert.equal(opened.headers.location, `/bookings/${visit.id}`);
    const [[, , state, attempts, data]] = outbox(id);
    assert.deepEqual([state, attempts, data], ['sent', '1', '{}'], 'nothing of it is kept');

    const cancel = await lib.send('POST', `/bookings/${visit.id}/cancel`, { json: {}, headers: lib.bearer(visit) });
    assert.equal(cancel.status, 200, cancel.text);
    await lib.until(() => folder().length === 4, 'the other two mails');
    const second = mailOf(owedOnce('booking-cancelled', visit));
    assert.match(mailOf(owedOnce('therapist-cancelled', visit)).subject, /^Cancelled: /);
    assert.match(second.calendar, /^METHOD:CANCEL\r$/m);
    assert.match(second.calendar, /^SEQUENCE:1\r$/m);
    assert.equal(second.calendar.match(/^UID:.*$/m)[0], calendar.match(/^UID:.*$/m)[0], 'the same entry');
    assert.match(second.subject, /^Cancelled: /);
    assert.ok(!second.text.includes('/b/'), 'no link to what is over');
  });
});

test('a hold that is given up, or refused by the safety check, owes no mail', async () => {
  const before = lib.value('select count(*) from outbox');
  const hold = await lib.held(therapist, 'named');
  assert.equal((await lib.send('POST', `/bookings/${hold.id}/cancel`, { json: {}, headers: lib.bearer(hold) })).status, 200);
  assert.equal(lib.value('select count(*) from outbox'), before);
});

// --- A mail server that says what the test wants

function server(answers) {
  const received = [];
  const listener = net.createServer((socket) => {
    let mail = null, buffer = '';
    const say = (line) => socket.write(`${line}\r\n`);
    say('220 sink');
    socket.on('error', () => {});
    socket.on('data', (data) => {
      buffer += data;
      for (;;) {
        if (mail?.data !== undefined) {
          const end = buffer.indexOf('\r\n.\r\n');
          if (end < 0) return;
          mail.data = buffer.slice(0, end);
          buffer = buffer.slice(end + 5);
          const answer = answers.data?.(mail) ?? '250 taken';
          if (answer.startsWith('2')) received.push({ ...mail });
          mail = null;
          say(answer);
          continue;
        }
        const end = buffer.indexOf('\r\n');
        if (end < 0) return;
        const line = buffer.slice(0, end);
        buffer = buffer.slice(end + 2);
        const verb = line.slice(0, 4).toUpperCase();
        if (verb === 'MAIL') mail = { from: line, to: [] };
        if (verb === 'RCPT') mail.to.push(line);
        if (verb === 'DATA') mail.data = '';
        say(verb === 'DATA' ? '354 go on' : verb === 'RCPT' ? (answers.rcpt?.(line) ?? '250 ok') : verb === 'QUIT' ? '221 bye' : '250 ok');
      }
    });
  });
  return new Promise((done) => listener.listen(0, '127.0.0.1', () => done({ received, url: `smtp://127.0.0.1:${listener.address().port}`, close: () => listener.close() })));
}

test('a mail server gets each mail once, with the envelope of its recipient', async () => {
  const visits = [];
  for (let i = 0; i < 4; i++) visits.push(await lib.booked(therapist));
  const ids = visits.map((v) => owed('booking-confirmed', v));
  const sink = await server({});
  await working({ UNKNOT_SMTP: sink.url }, async () => {
    await lib.until(() => sink.received.length >= 8, 'four mails to the client, four to the therapist');
    await new Promise((wait) => setTimeout(wait, 3000));
  });
  sink.close();
  assert.equal(sink.received.length, 8);
  sink.received = sink.received.filter((m) => m.to[0].includes('carla'));
  assert.deepEqual(sink.received.map((m) => m.data.match(/Message-ID: <([^@]+)@/)[1]).sort(), [...ids].sort());
  for (const m of sink.received) {
    assert.match(m.from, /^MAIL FROM:<desk@unknot\.example>/i);
    assert.deepEqual(m.to, ['RCPT TO:<carla@example.org>']);
  }
  for (const [, , state] of outbox(ids.join(','))) assert.equal(state, 'sent');
});

test('a mail server that has no time gets it again later; a mail that cannot be written does not hold up the others', async () => {
  let refused = 0;
  const sink = await server({ data: () => (refused++ === 0 ? '451 later' : '250 taken') });
  const visit = await lib.booked(therapist);
  const id = owed('booking-confirmed', visit);
  lib.sql(`delete from outbox where kind = 'therapist-booked' and state = 'waiting'`);
  const broken = lib.value(`insert into outbox (kind, recipient, data, due_at) values ('no-such-kind', 'x@example.org', '{}', now() - interval '1 day') returning id`);
  await working({ UNKNOT_SMTP: sink.url }, async () => {
    await lib.until(() => outbox(id)[0][3] === '1', 'the first attempt');
    assert.deepEqual(outbox(id)[0].slice(2, 4), ['waiting', '1']);
    assert.equal(outbox(id)[0][5], 't', 'later, not at once');
    assert.equal(sink.received.length, 0);
    lib.sql(`update outbox set due_at = now() where id = :'id'`, { id });
    await lib.until(() => sink.received.length === 1, 'the second attempt');
    await lib.until(() => outbox(id)[0][2] === 'sent', 'and its mark');
    assert.equal(outbox(id)[0][3], '2');
    assert.deepEqual(outbox(broken)[0].slice(2, 4), ['dead', '1'], 'what cannot be written is given up at once');
    assert.deepEqual(attempts(id), ['1 later', '2 sent']);
    assert.deepEqual(attempts(broken), ['1 unwritable']);
  });
  sink.close();
  const log = fs.readFileSync(path.join(dir, 'work.log'), 'utf8');
  assert.ok(log.includes('mail-unwritable') && log.includes('mail-refused'));
  assert.ok(!/carla|example\.org|\/b\//.test(log), 'no names and no links in the log');
});
