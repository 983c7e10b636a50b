// 200 texts that are found nowhere else go into health answers and notes, through the forms that people use, and are read again. None of them is
// readable afterwards in a dump of the database, its files and write-ahead log, the program's logs, mails, temporary files, or the memory of a process.
// What may be read (a client's name, the site's) is looked for beside them: a search that found nothing of that would prove nothing.
import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { answerPages } from '../http/answers.mjs';
import { house } from './house.mjs';

const sign = `mk${randomBytes(6).toString('hex')}`; // all markers begin with it
const open = `op${randomBytes(6).toString('hex')}`; // … and what may be read with that
const markers = [];
const marker = () => (markers.push(`${sign}x${String(markers.length).padStart(3, '0')}`), markers.at(-1));

let here, lib;
before(async () => {
  // what belongs to another user than root may not look into its own processes, unless they are under development
  here = await house({ workers: 1, conf: `site_name = Place ${open}\n${process.getuid() ? 'dev = true\n' : ''}` });
  lib = here.lib;
});
after(() => here.stop());

// Which of them `data` holds: the whole marker, or enough of it to be known for one.
const found = (data) => {
  const at = new Set();
  for (let i = data.indexOf(sign); i >= 0; i = data.indexOf(sign, i + 1)) at.add(data.subarray(i, i + sign.length + 4).toString('latin1'));
  return [...at];
};
function files(folder) {
  return fs.readdirSync(folder, { withFileTypes: true }).flatMap((f) => {
    const name = path.join(folder, f.name);
    return f.isDirectory() ? files(name) : f.isFile() ? [name] : [];
  });
}
function inFiles(folder) {
  let control = 0;
  const hits = [];
  for (const name of files(folder)) {
    const data = fs.readFileSync(name);
    control += data.includes(open);
    hits.push(...found(data).map((m) => `${m} in ${name}`));
  }
  return { hits, control };
}
// What a core file of the process would hold.
function inMemory(pid) {
  const fd = fs.openSync(`/proc/${pid}/mem`, 'r'), hits = [];
  let control = false;
  for (const line of fs.readFileSync(`/proc/${pid}/maps`, 'utf8').split('\n')) {
    const [, from, to, name] = line.match(/^(\w+)-(\w+) rw\S+ \S+ \S+ \S+ *(.*)$/) ?? [];
    if (!from) continue;
    const size = parseInt(to, 16) - parseInt(from, 16), data = Buffer.alloc(size);
    try {
      fs.readSync(fd, data, 0, size, parseInt(from, 16));
    } catch {
      continue; // guard pages, and what only the kernel reads
    }
    control ||= data.includes(open);
    hits.push(...found(data).map((m) => `${m} in ${name || 'memory'}`));
  }
  fs.closeSync(fd);
  return { hits, control };
}

test('200 markers in answers and notes are found nowhere', async () => {
  const who = lib.makeTherapist('Mara Marked'), therapist = await lib.signedIn(who.email);
  const as = (b) => ({ ...lib.bearer(b), 'idempotency-key': randomUUID() });
  const day = new Date(Date.now() - 3 * 864e5).toISOString().slice(0, 10);
  const note = { minutes: '55', technique: ['swedish', 'trigger-point'], area: ['sacrum'], consent: 'agreed', update: 'changed', pressure: '3' };
  const words = () => ({ area_other: marker(), update_what: marker(), reaction: marker(), next: marker(), note: marker() });
  const answers = () => ({
    ...lib.healthy, RF14: 'yes', RF15: 'ok', RF15_date: day, RF15_clinician: marker(), A05_name: marker(), A06: ['other'], A06_other: marker(), P06: ['other'], P06_other: marker(),
    P09_activity1: marker(), P09_rating1: '3', P09_activity2: marker(), P09_rating2: '4', P12: marker(), H17: ['other'], H17_other: marker(), H17a: 'mild', H20: 'yes', H20_which: marker(), H21: marker(), H22: marker(),
  });
  for (let i = 0; i < 9; i++) {
    const b = await lib.hold(who);
    const passed = await lib.send('POST', `/bookings/${b.id}/safety`, { headers: as(b), json: answers() });
    assert.ok(passed.status === 200 && /PROCEED|MODIFY/.test(passed.json().outcome), passed.text);
    const done = await lib.send('POST', `/bookings/${b.id}/confirm`, { headers: as(b), json: { name: `Client ${open}`, email: 'carla@example.org' } });
    assert.equal(done.status, 200, done.text);
    lib.begin(b);
    const visit = `/practice/bookings/${b.id}`, first = words(), second = words();
    delete second.area_other;
    assert.equal((await therapist.post(`${visit}/note`, { ...note, after: '0', ...first })).status, 303);
    const unfinished = await therapist.post(`${visit}/note`, { ...note, after: '1', ...second, minutes: '' });
    assert.equal(unfinished.status, 422);
    assert.ok(unfinished.text.includes(second.note), 'a form that comes back holds what was typed');
    assert.equal((await therapist.post(`${visit}/note`, { ...note, after: '1', ...second })).status, 303);
    const read = lib.unescape((await therapist.get(`${visit}/note`)).text);
    for (const word of [...Object.values(first), ...Object.values(second)]) assert.ok(read.includes(word), 'its therapist reads it');
    assert.equal((await therapist.get(visit)).status, 200);
    const guest = { cookie: `booking_${b.id}=${b.token}` };
    lib.sql(`begin; set local session_replication_role = replica; update booking set starts_at = now() - interval '26 hours', ends_at = now() - interval '25 hours' where id = :'id'; commit`, b);
    const felt = marker(), found_out = marker();
    assert.equal((await lib.send('POST', `/bookings/${b.id}/after`, { headers: as(b), json: { effects: 'care', pain: '3', words: felt } })).status, 200);
    assert.equal((await lib.send('POST', `/bookings/${b.id}/look-back`, { headers: as(b), json: { average: '3', worst: '4', thing1: '5', global: '2' } })).status, 200);
    const incident = lib.value(`select id from incident where booking_id = :'id'`, b);
    assert.ok((await therapist.get(`${visit}/incident`)).text.includes(felt), 'its therapist reads what was felt');
    assert.equal((await therapist.post(`${visit}/incident`, { which: incident, note: found_out })).status, 303);
    assert.ok((await therapist.get(`${visit}/incident`)).text.includes(found_out), 'and what was found out');
    const line = await lib.send('GET', `/bookings/${b.id}/progress`, { headers: guest });
    assert.ok(line.status === 200 && markers.some((m) => line.text.includes(m)), 'the line names what was hard');
    assert.equal((await lib.send('GET', `/bookings/${b.id}/safety/1`, { headers: guest })).status, 303);
    assert.match((await lib.send('GET', `/bookings/${b.id}/answers`, { headers: guest })).text, /Who opened what is kept about you[\s\S]*Mara Marked opened your (?!safety)/, 'the client reads who opened what');
  }
  // … and page by page, with a look back at what was answered
  const b = await lib.hold(who), guest = new lib.Browser(), given = answers();
  guest.cookies.set(`booking_${b.id}`, b.token);
  let page = { path: `/bookings/${b.id}/safety` };
  const open_ = async (answer) => {
    for (; answer.status === 303; answer = await guest.get(page.path)) page = { path: answer.headers.location };
    page.text = answer.text;
  };
  await open_(await guest.get(page.path));
  const asked = await answerPages(() => page, async (at, form) => (form ? open_(await guest.post(at, form)) : ((page = { path: at }), open_(await guest.get(at)))), given);
  assert.ok(asked.length > 30, `${asked.length} pages`);
  assert.match(page.path, /safety\/done$/);
  assert.ok(markers.length >= 200, `${markers.length} markers`);
  await lib.until(() => fs.readdirSync(path.join(here.dir, 'mail')).length > 5, 'mails are sent');

  // the disk: a dump, then everything that the installation has written, PostgreSQL's files and log of changes among it
  lib.sql('checkpoint');
  const dump = execFileSync(path.join(fs.readdirSync('/usr/lib/postgresql').map((v) => `/usr/lib/postgresql/${v}/bin/pg_dump`).at(-1)), ['-h', path.join(here.dir, 'pg'), '-U', 'postgres', 'unknot'], { maxBuffer: 1 << 30 });
  assert.ok(dump.includes(open), 'control: names are in the dump');
  assert.deepEqual(found(dump), [], 'the dump');
  const disk = inFiles(here.dir);
  assert.ok(disk.control > 2, 'control: names are in files, the log of changes and mails');
  assert.deepEqual(disk.hits, [], 'files');
  for (const folder of [os.tmpdir(), '/dev/shm'])
    for (const name of fs.existsSync(folder) ? fs.readdirSync(folder) : [])
      if (/unknot|^core/.test(name) && fs.statSync(path.join(folder, name), { throwIfNoEntry: false })?.isFile()) assert.deepEqual(found(fs.readFileSync(path.join(folder, name))), [], name);

  // memory, of every process that had to do with it
  for (const name of ['serve', 'work1', 'keyd']) {
    const memory = inMemory(here.pid(name));
    if (name !== 'keyd') assert.ok(memory.control, `control: ${name} knows the site's name`);
    assert.deepEqual(memory.hits, [], `memory of ${name}`);
  }
});

test('a process leaves no core file', () => {
  for (const name of ['serve', 'work1', 'keyd']) assert.match(fs.readFileSync(`/proc/${here.pid(name)}/limits`, 'utf8'), /^Max core file size +0 /m);
});
