// After "ask first": the time kept while a clinician is asked, the answer that is sent, the call that is recorded, and what they lift.
import test from 'node:test';
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { deflateSync } from 'node:zlib';
import { Browser, bearer, booked, healthy, hold, makeTherapist, send, signedIn, sql, tokenOf, unescape, value } from './lib.mjs';

const mine = makeTherapist('Cleo Clearer');
const other = makeTherapist('Dan Other');
sql(`update service set clearance_hours = 48 where therapist_id = :'id'`, mine);
const therapist = await signedIn(mine.email);
const colleague = await signedIn(other.email);
const lump = { ...healthy, RF14: 'yes', RF15: 'no' }; // a CLEARANCE that a clinician's word lifts
const day = (ago) => new Date(Date.now() - ago * 86400e3).toISOString().slice(0, 10);
const pdf = Buffer.from('%PDF-1.4\nMassage is fine.\n%%EOF\n');

function browserOf(b) {
  const browser = new Browser();
  browser.cookies.set(`booking_${b.id}`, b.token);
  return browser;
}
const judge = async (b, answers) => (await send('POST', `/bookings/${b.id}/safety`, { headers: bearer(b), json: answers })).json();
// A booking whose check says "ask first", its time kept.
async function asking(who = mine) {
  const b = await hold(who);
  assert.equal((await judge(b, lump)).outcome, 'CLEARANCE');
  const browser = browserOf(b);
  assert.equal((await browser.post(`/bookings/${b.id}/clearance/keep`, {}, { from: `/bookings/${b.id}/clearance` })).status, 303);
  return { ...b, browser, path: `/bookings/${b.id}/clearance` };
}
// The form with a file, as a browser sends it.
async function sendNote(b, fields, file, name = 'answer.pdf') {
  const boundary = 'x'.repeat(20), csrf = tokenOf((await b.browser.get(b.path)).text);
  const parts = Object.entries({ csrf, key: randomUUID(), ...fields }).map(([n, v]) => Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; name="${n}"\r\n\r\n${v}\r\n`));
  if (file) parts.push(Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="${name}"\r\nContent-Type: application/octet-stream\r\n\r\n`), file, Buffer.from('\r\n'));
  parts.push(Buffer.from(`--${boundary}--\r\n`));
  return b.browser.send('POST', `${b.path}/note`, { body: Buffer.concat(parts), type: `multipart/form-data; boundary=${boundary}` });
}
const items = (b) => sql(`select id, kind from clearance where booking_id = :'id' order by made_at`, { id: b.id }).map(([id, kind]) => ({ id, kind }));
const minutesLeft = (b) => Number(value(`select extract(epoch from hold_expires - now()) / 60 from booking where id = :'id'`, { id: b.id }));

test('a time is kept while a clinician is asked, if the therapist allows it', async () => {
  const b = await hold(mine);
  assert.equal((await judge(b, lump)).outcome, 'CLEARANCE');
  const browser = browserOf(b), path = `/bookings/${b.id}/clearance`;
  assert.ok(minutesLeft(b) < 11, 'not before it is asked for');
  assert.equal((await therapist.get(`/practice/bookings/${b.id}/clearance`)).status, 404, 'nor seen by anybody else');
  const answer = await browser.post(`${path}/keep`, {}, { from: path });
  assert.deepEqual([answer.status, answer.headers.location], [303, path]);
  assert.ok(minutesLeft(b) > 47 * 60 && minutesLeft(b) <= 48 * 60);
  const page = unescape((await browser.get(path)).text);
  assert.match(page, /Your time is kept while you ask/);
  assert.ok(page.includes(`/b/${b.token}`), 'and can be come back to');
  const letter = unescape((await browser.get(`${path}/letter`)).text);
  assert.match(letter, /A note for your doctor or nurse/);
  assert.match(letter, /lump/i);
  assert.match((await therapist.get(`/practice/bookings/${b.id}`)).text, /A clinician is being asked/);
  await browser.post(`${path}/keep`, {}, { from: path });
  assert.ok(minutesLeft(b) <= 48 * 60, 'once');
  const on = await browser.post(path, {});
  assert.deepEqual([on.status, on.headers.location], [303, `${path}?still=1`]);
  assert.match((await browser.get(`${path}?still=1`)).text, /not enough yet/);
});

test('without leave of the therapist, and after a STOP, nothing is kept', async () => {
  let b = await hold(other);
  assert.equal((await judge(b, lump)).outcome, 'CLEARANCE');
  assert.equal(value(`select count(*) from booking where id = :'id'`, { id: b.id }), '0');
  b = await hold(mine);
  assert.equal((await judge(b, { ...healthy, RF01: 'yes' })).outcome, 'STOP');
  assert.equal(value(`select count(*) from booking where id = :'id'`, { id: b.id }), '0');
  b = await asking();
  assert.equal((await judge(b, { ...lump, RF12: 'yes' })).outcome, 'STOP');
  assert.equal(value(`select count(*) from booking where id = :'id'`, { id: b.id }), '0', 'also later');
});

test('the answer that is sent lifts it, and only its therapist reads it', async () => {
  const b = await asking(), who = `Dr ${randomUUID()}`;
  const answer = await sendNote(b, { who, dated: day(1) }, pdf);
  assert.deepEqual([answer.status, answer.headers.location], [303, `/bookings/${b.id}/safety`], answer.text);
  const end = await judge(b, { ...healthy, RF14: 'yes', RF15: 'no' });
  assert.deepEqual([end.outcome, end.rules.map((x) => x.id)], ['MODIFY', ['RF-14', 'X-DOWN']]);
  const [{ id }] = items(b);
  const rows = sql(`select c::text from clearance c union all select p::text from clearance_piece p union all select s::text from safety_check s`).join();
  for (const word of [who, 'Massage is fine', pdf.toString('base64url').slice(4, 30)]) assert.ok(!rows.includes(word), 'sealed');

  for (const [reader, path] of [[b.browser, `/bookings/${b.id}/papers/${id}`], [therapist, `/practice/bookings/${b.id}/papers/${id}`]]) {
    const file = await reader.get(path);
    assert.equal(file.status, 200);
    assert.equal(file.text, pdf.toString());
    assert.equal(file.headers['content-type'], 'application/pdf');
    assert.equal(file.headers['content-disposition'], `attachment; filename="note-${day(1)}.pdf"`);
    assert.match(file.headers['content-security-policy'], /^sandbox/);
    assert.equal(file.headers['x-content-type-options'], 'nosniff');
    assert.match(file.headers['cache-control'], /no-store/);
  }
  assert.equal((await colleague.get(`/practice/bookings/${b.id}/papers/${id}`)).status, 404);
  assert.equal((await colleague.get(`/practice/bookings/${b.id}/clearance`)).status, 404);
  const strange = await asking();
  assert.equal((await strange.browser.get(`/bookings/${strange.id}/papers/${id}`)).status, 404, 'not under another booking');
  assert.ok(unescape((await therapist.get(`/practice/bookings/${b.id}/clearance`)).text).includes(who));
});

test('what is too old does not count, what is no photo and no PDF is not taken, and nothing typed is lost', async () => {
  const b = await asking();
  const old = await sendNote(b, { who: 'Dr Old', dated: day(33) }, pdf);
  assert.equal(old.headers.location, `${b.path}?still=1`, old.text);
  for (const [fields, file, field, says] of [
    [{ who: 'Dr Typed', dated: day(1) }, Buffer.from('<svg onload="alert(1)"/>'), 'file', /not a photo/],
    [{ who: 'Dr Typed', dated: day(1) }, Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 0]), 'file', /could not be read/],
    [{ who: 'Dr Typed', dated: day(1) }, null, 'file', /Choose a photo/],
    [{ who: 'Dr Typed', dated: day(1) }, Buffer.concat([Buffer.from('%PDF-1.4'), Buffer.alloc(10 << 20), Buffer.from('%%EOF')]), 'file', /larger than 10 MB/],
    [{ who: 'Dr Typed', dated: '' }, pdf, 'dated', /Enter the date/],
    [{ who: 'Dr Typed', dated: day(-3) }, pdf, 'dated', /not in the future/],
    [{ who: 'Dr Typed', dated: day(500) }, pdf, 'dated', /past year/],
    [{ who: '', dated: day(1) }, pdf, 'who', /Enter who/],
  ]) {
    const answer = await sendNote(b, fields, file);
    assert.equal(answer.status, 422, says.source);
    const text = unescape(answer.text);
    assert.match(text, new RegExp(`<a href="#${field}">`));
    assert.match(text, says);
    if (fields.who) assert.match(text, /value="Dr Typed"/);
  }
  assert.equal(items(b).length, 1);
  assert.equal((await sendNote({ ...b, path: `/bookings/${randomUUID()}/clearance` }, { who: 'x', dated: day(1) }, pdf)).status, 404);
});

const chunk = (type, data) => {
  const body = Buffer.concat([Buffer.from(type), data]), length = Buffer.alloc(4), sum = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  let crc = 0xffffffff;
  for (const byte of body) {
    crc ^= byte;
    for (let k = 0; k < 8; k++) crc = crc & 1 ? (0xedb88320 ^ (crc >>> 1)) >>> 0 : crc >>> 1;
  }
  sum.writeUInt32BE(~crc >>> 0);
  return Buffer.concat([length, body, sum]);
};
const picture = (comment) => {
  const head = Buffer.from([0, 0, 2, 88, 0, 0, 1, 144, 8, 2, 0, 0, 0]); // 600 by 400
  return Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), chunk('IHDR', head), chunk('tEXt', Buffer.from(`Comment\0${comment}`)),
    chunk('IDAT', deflateSync(Buffer.alloc(400 * 1801))), chunk('IEND', Buffer.alloc(0))]);
};

test('a picture loses what is hidden in it; a large file comes back whole', async () => {
  const b = await asking(), secret = `taken at home ${randomUUID()}`;
  assert.equal((await sendNote(b, { who: 'Dr Old', dated: day(40) }, picture(secret), 'photo.png')).status, 303);
  const large = Buffer.concat([Buffer.from('%PDF-1.4\n'), Buffer.from('abcdefgh'.repeat(120000)), Buffer.from('\n%%EOF')]); // four pieces
  assert.equal((await sendNote(b, { who: 'Dr Old', dated: day(40) }, large)).status, 303);
  const [photo, document] = items(b);
  const file = await b.browser.get(`/bookings/${b.id}/papers/${photo.id}`);
  assert.equal(file.headers['content-type'], 'image/png');
  assert.ok(!file.text.includes('taken at home') && file.text.includes('IHDR'));
  assert.equal((await b.browser.get(`/bookings/${b.id}/papers/${document.id}`)).text, large.toString());
  sql(`update clearance_piece set n = n + 100 where clearance_id = :'id'; update clearance_piece set n = case n when 101 then 2 when 102 then 1 else n - 100 end where clearance_id = :'id'`, document);
  assert.equal((await b.browser.get(`/bookings/${b.id}/papers/${document.id}`)).status, 500, 'pieces that were exchanged do not open');
});

test('a call that the therapist records lifts it too, and is read by the therapist alone', async () => {
  const b = await asking(), said = `fine ${randomUUID()}`, page = `/practice/bookings/${b.id}/clearance`;
  const wrong = await therapist.post(page, { who: '', dated: day(-2), said });
  assert.equal(wrong.status, 422);
  assert.ok(wrong.text.includes(said));
  assert.equal((await colleague.post(page, { who: 'Dr Call', dated: day(0), said }, { from: '/practice' })).status, 404);
  const kept = await therapist.post(page, { who: 'Dr Call', dated: day(1), said });
  assert.deepEqual([kept.status, kept.headers.location], [303, `${page}?saved=1`], kept.text);
  assert.ok((await therapist.get(page)).text.includes(said));
  assert.ok(!sql(`select c::text from clearance c`).join().includes(said));
  const seen = (await b.browser.get(b.path)).text;
  assert.match(seen, /You can go on/);
  assert.ok(!seen.includes(said));
  const [{ id }] = items(b);
  assert.equal((await b.browser.get(`/bookings/${b.id}/papers/${id}`)).status, 404, 'a call has no file');
  const on = await b.browser.post(b.path, {});
  assert.deepEqual([on.status, on.headers.location], [303, `/bookings/${b.id}/safety`]);
  assert.equal((await judge(b, lump)).outcome, 'MODIFY');
  assert.equal(value(`select outcome from safety_check where booking_id = :'id'`, { id: b.id }), 'MODIFY');
});

test('what has to be in writing is lifted by a note and not by a call', async () => {
  const b = await hold(mine), path = `/bookings/${b.id}/clearance`;
  assert.equal((await judge(b, { ...healthy, H01: 'recent', RF15: 'no' })).outcome, 'CLEARANCE');
  const browser = browserOf(b);
  assert.equal((await browser.post(`${path}/keep`, {}, { from: path })).status, 303);
  const practice = `/practice/bookings/${b.id}/clearance`;
  assert.equal((await therapist.post(practice, { who: 'Dr Oja', dated: day(1), said: 'Massage is fine.' })).status, 303);
  assert.doesNotMatch((await browser.get(path)).text, /You can go on/);
  assert.equal((await browser.post(path, {})).headers.location, `${path}?still=1`);
  assert.equal((await sendNote({ ...b, browser, path }, { who: 'Dr Oja', dated: day(1) }, pdf)).status, 303);
  assert.match((await browser.get(path)).text, /You can go on/);
});

test('when the time runs out it is free again, and what was sent is forgotten', async () => {
  const b = await asking();
  await sendNote(b, { who: 'Dr Old', dated: day(40) }, pdf);
  sql(`update booking set hold_expires = now() - interval '1 second' where id = :'id'`, { id: b.id });
  assert.equal((await sendNote(b, { who: 'Dr Late', dated: day(1) }, pdf)).status >= 400, true);
  assert.equal((await b.browser.post(b.path, {}, { from: '/' })).status >= 400, true);
  assert.equal(items(b).length, 1);
  sql(`begin; set local session_replication_role = replica; update booking set state = 'expired', hold_expires = null, ended_at = now() - interval '2 hours' where id = :'id'; commit;
       select unknot.booking_forget()`, { id: b.id });
  assert.equal(items(b).length, 0);
});

test('what a clinician wrote can be added to a booked visit', async () => {
  const b = await booked(mine), guest = { ...b, browser: browserOf(b), path: `/bookings/${b.id}/clearance` };
  const answer = await sendNote(guest, { who: 'Dr After', dated: day(1) }, pdf);
  assert.deepEqual([answer.status, answer.headers.location], [303, `${guest.path}?sent=1`], answer.text);
  assert.match(unescape((await therapist.get(`/practice/bookings/${b.id}/clearance`)).text), /Dr After/);
  for (let n = 0; n < 9; n++) await sendNote(guest, { who: 'Dr Many', dated: day(1) }, pdf);
  assert.match((await sendNote(guest, { who: 'Dr Many', dated: day(1) }, pdf)).text, /Nothing more can be added/);
  assert.equal(items(b).length, 10);
});
