// `unknot work` and its mail, end to end: a confirmed booking owes one mail, a cancelled one another; each is sent once, by whichever worker,
// and again after the mail server had no time.
import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { dir, folder, mailOf, server, start, stop, workLog, working } from './mailing.mjs';

let lib, therapist;
before(async () => {
  lib = await start();
  therapist = lib.makeTherapist('Mia Mailer');
});
after(stop);

const outbox = (id) => lib.sql(`select id, kind, state, attempts, data::text, due_at > now() from outbox where id = any (string_to_array(:'id', ',')::uuid[]) order by created_at`, { id });
const attempts = (id) => lib.sql(`select n || ' ' || result from outbox_attempt where outbox_id = :'id' order by n`, { id }).map(([x]) => x);
// also when it was sent and its data are gone
const owed = (kind, booking) => lib.value(`select id from outbox where kind = :'kind' and booking_id = :'id'`, { kind, id: booking.id });

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
    assert.match(subject, /^Your appointment on \w+, \w+ \d+ at /);
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
    const second = mailOf(owed('booking-cancelled', visit));
    assert.match(mailOf(owed('therapist-cancelled', visit)).subject, /^Canceled: /);
    assert.match(second.calendar, /^METHOD:CANCEL\r$/m);
    assert.match(second.calendar, /^SEQUENCE:1\r$/m);
    assert.equal(second.calendar.match(/^UID:.*$/m)[0], calendar.match(/^UID:.*$/m)[0], 'the same entry');
    assert.match(second.subject, /^Canceled: /);
    assert.ok(!second.text.includes('/b/'), 'no link to what is over');
  });
});

test('a hold that is given up, or refused by the safety check, owes no mail', async () => {
  const before = lib.value('select count(*) from outbox');
  const hold = await lib.held(therapist, 'named');
  assert.equal((await lib.send('POST', `/bookings/${hold.id}/cancel`, { json: {}, headers: lib.bearer(hold) })).status, 200);
  assert.equal(lib.value('select count(*) from outbox'), before);
});

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
    await lib.until(() => attempts(id)[0] === '1 later', 'the first attempt');
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
  const log = workLog();
  assert.ok(log.includes('mail-unwritable') && log.includes('mail-refused'));
  assert.ok(!/carla|example\.org|\/b\//.test(log), 'no names and no links in the log');
});

// One booking's mail to the client, alone in the outbox.
async function alone() {
  lib.sql(`update outbox set state = 'dropped' where state = 'waiting'`);
  const visit = await lib.booked(therapist);
  lib.sql(`delete from outbox where booking_id = :'id' and audience = 'therapist'`, visit);
  return owed('booking-confirmed', visit);
}
const settled = (id, what) => lib.until(() => attempts(id)[0] && attempts(id)[0] !== '1 begun', what, 40000);

test('what a mail server says decides: refused for good, later, a sign-in that fails', async () => {
  for (const [answers, settings, result, state] of [
    [{ rcpt: () => '550 no such mailbox carla@example.org' }, {}, '1 refused', 'dead'],
    [{ rcpt: () => '452 too many' }, {}, '1 later', 'waiting'],
    [{ data: () => '554 looks like spam' }, {}, '1 refused', 'dead'],
    [{ data: () => '421 closing' }, {}, '1 later', 'waiting'],
    [{ ehlo: '250-sink\r\n250 AUTH PLAIN', auth: '535 who are you' }, { UNKNOT_SMTP_USER: 'desk', UNKNOT_SMTP_PASSWORD_FILE: path.join(dir, 'password') }, '1 sign-in', 'waiting'],
    [{}, { UNKNOT_SMTP_USER: 'desk', UNKNOT_SMTP_PASSWORD_FILE: path.join(dir, 'nowhere') }, '1 setup', 'waiting'],
  ]) {
    fs.writeFileSync(path.join(dir, 'password'), 'secret\n');
    const id = await alone();
    const sink = await server(answers);
    await working({ UNKNOT_SMTP: sink.url, ...settings }, () => settled(id, result), 1);
    sink.close();
    assert.deepEqual(attempts(id), [result]);
    assert.equal(outbox(id)[0][2], state, result);
    assert.equal(sink.received.length, 0);
  }
  assert.ok(!/carla|example\.org|secret/.test(workLog()), 'what the server repeats is not logged');
});

test('a mail server that hangs up, stalls or is not there: the mail waits, and is taken once it answers', async () => {
  for (const [answers, result] of [[{ drop: (verb) => verb === 'DATA' }, '1 network'], [{ stall: (verb) => verb === 'RCPT' }, '1 timeout'], [null, '1 network']]) {
    const id = await alone();
    const sink = await server(answers ?? {});
    if (!answers) sink.close();
    await working({ UNKNOT_SMTP: sink.url }, () => settled(id, result), 1);
    sink.close();
    assert.deepEqual(attempts(id), [result]);
    assert.equal(outbox(id)[0][2], 'waiting');
    const well = await server({});
    lib.sql(`update outbox set due_at = now() where id = :'id'`, { id });
    await working({ UNKNOT_SMTP: well.url }, () => lib.until(() => well.received.length, 'the mail'), 1);
    well.close();
    assert.equal(well.received.length, 1);
    assert.deepEqual(attempts(id), [result, '2 sent']);
  }
});

test('off loopback nothing is said in the clear', async (t) => {
  const host = Object.values(os.networkInterfaces()).flat().find((x) => x.family === 'IPv4' && !x.internal)?.address;
  if (!host) return t.skip('this machine has no other address');
  const id = await alone();
  const sink = await server({}, host);
  await working({ UNKNOT_SMTP: sink.url }, () => settled(id, 'an attempt'), 1);
  sink.close();
  assert.deepEqual(attempts(id), ['1 tls']);
  assert.ok(sink.seen.includes('EHLO') && !sink.seen.includes('MAIL'), sink.seen.join());
});

test('a worker that dies while it sends leaves the mail to the next', async () => {
  const id = await alone();
  let stalled = false;
  const sink = await server({ stall: (verb) => verb === 'DATA' && (stalled = true) });
  await working({ UNKNOT_SMTP: sink.url }, async ([worker]) => {
    await lib.until(() => stalled, 'the mail is under way');
    worker.kill('SIGKILL');
    await lib.until(() => worker.signalCode, 'its end');
  }, 1);
  sink.close();
  assert.deepEqual(attempts(id), ['1 begun']);
  assert.equal(outbox(id)[0][5], 't', 'nobody takes it up at once: it may have been sent');
  lib.sql(`update outbox set due_at = now() where id = :'id'`, { id });
  const well = await server({});
  await working({ UNKNOT_SMTP: well.url }, () => lib.until(() => well.received.length, 'the mail'));
  well.close();
  assert.equal(well.received.length, 1);
  assert.match(well.received[0].data, new RegExp(`Message-ID: <${id}@`), 'the same Message-ID, so that two would be one');
});
