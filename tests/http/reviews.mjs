// Reviews over HTTP: written behind the visit's own link, read by everybody, answered and reported by the therapist, decided by an operator; recommendations.
import test from 'node:test';
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { Browser, bearer, booked, makeOperator, makeTherapist, send, signedIn, sql, unescape, until, value } from './lib.mjs';

const mine = makeTherapist('Rita Reviewed');
const browser = await signedIn(mine.email);
const checker = makeOperator();
const operator = await signedIn(checker.email);
const names = ['Carla Client', 'Dan Other', 'Eva Third'];
let visits = 0;

// A visit that was kept `days` ago, its client's browser with the cookie of the link.
async function attended(therapist = mine, days = 1) {
  const visit = await booked(therapist);
  sql(`begin; set local session_replication_role = replica; update booking set starts_at = now() - :'days'::int * interval '1 day' - interval '1 hour', ends_at = now() - :'days'::int * interval '1 day',
    state = 'attended', client_name = :'name' where id = :'id'; delete from slot_claim where booking_id = :'id'; commit`, { ...visit, days, name: names[visits++ % 3] });
  const b = new Browser();
  b.cookies.set(`booking_${visit.id}`, visit.token);
  return { ...visit, b, at: `/bookings/${visit.id}/review` };
}
const form = (body = '', more = {}) => ({ expertise: '5', professionalism: '4', satisfaction: '3', body, sign: 'client', edition: '0', ...more });
const write = (visit, body, more) => visit.b.post(visit.at, form(body, more));
const profile = async (therapist = mine) => unescape((await new Browser().get(`/therapists/${therapist.slug}`)).text);
const rows = (visit) => Number(value(`select count(*) from review where booking_id = :'id'`, visit));
const errors = (answer) => [...unescape(answer.text).matchAll(/<li><a href="#(\w+)">/g)].map(([, field]) => field);
const payload = `<script>alert(1)</script><img src=x onerror=alert(2)> "'&`;

test('the form says what is missing, keeps what was typed, and shows the review before it is published', async () => {
  const visit = await attended();
  const page = await visit.b.get(visit.at);
  assert.equal(page.status, 200);
  for (const word of ['Everybody can read it', 'not the day', 'How well did they treat your back pain?', '5 Excellent', 'Carla C.']) assert.ok(unescape(page.text).includes(word), word);
  assert.ok((await visit.b.get(`/bookings/${visit.id}`)).text.includes(`href="${visit.at}"`), 'the page of the visit leads there');
  const bare = await visit.b.post(visit.at, { body: `Typed ${payload}`, expertise: '2' });
  assert.equal(bare.status, 422);
  assert.deepEqual(errors(bare), ['professionalism', 'satisfaction', 'sign']);
  assert.ok(unescape(bare.text).includes(`Typed ${payload}`) && /name="expertise" value="2" checked/.test(bare.text), 'what was typed is kept');
  for (const [wrong, field] of [[{ expertise: '6' }, 'expertise'], [{ body: 'x'.repeat(2001) }, 'body'], [{ body: 'a\u0007b' }, 'body'], [{ sign: 'Dr. Who' }, 'sign']]) {
    const answer = await write(visit, 'Fine', wrong);
    assert.equal(answer.status, 422, JSON.stringify(wrong).slice(0, 60));
    assert.deepEqual(errors(answer), [field]);
  }
  const look = await visit.b.post(`${visit.at}/preview`, form(payload, { sign: 'name' }), { from: visit.at });
  assert.equal(look.status, 200);
  assert.match(look.text, /So it will look[\s\S]*5<span class="vh"> of 5<\/span>, Excellent[\s\S]*&lt;script&gt;[\s\S]*Carla C\.[\s\S]*formaction/);
  assert.ok(!look.text.includes('<script>alert'));
  assert.equal(rows(visit), 0, 'a look publishes nothing');
  assert.equal((await write(visit, payload, { sign: 'name' })).headers.location, `${visit.at}?saved=1`);
  assert.match((await visit.b.get(visit.at)).text, /It is not shown yet/);
});

test('three show together; one that is read, changed and counted is the same everywhere', async () => {
  const who = makeTherapist('Thea Three');
  const [a, b, c] = [await attended(who), await attended(who), await attended(who)];
  await write(a, 'The first of three.');
  await write(b, 'The second.');
  assert.ok(!(await profile(who)).includes('The first of three') && (await profile(who)).includes('No reviews yet'), 'two are not shown');
  assert.ok(!(await profile(who)).includes('aggregateRating'));
  assert.equal(value(`select count(*) from outbox where kind = 'therapist-reviews' and recipient = :'email'`, who), '0');
  await write(c, payload);
  const page = await profile(who);
  for (const word of ['The first of three', 'The second', payload, 'the average of 3 reviews', '"reviewCount":3', 'A client']) assert.ok(page.includes(word), word);
  assert.ok(!(await new Browser().get(`/therapists/${who.slug}`)).text.includes('<script>alert'));
  assert.equal(value(`select count(*) from outbox where kind = 'therapist-reviews' and recipient = :'email'`, who), '1', 'the therapist is told once');
  const card = (await (await new Browser().json('/therapists?near=62701&radius_km=5&sort=rating')).json()).results.find((r) => r.slug === who.slug);
  assert.deepEqual([card.rating.count, card.rating.text], [3, '4.0']);
  assert.equal((await write(a, 'Changed by its author.', { expertise: '1', edition: '1' })).status, 303);
  assert.ok((await profile(who)).includes('Changed by its author') && (await profile(who)).includes('changed in'), 'the kept page is made anew');
  assert.match((await a.b.get(a.at)).text, /What it said before[\s\S]*The first of three/);
  const compared = unescape((await new Browser().get(`/compare?t=${who.slug}&t=${mine.slug}`)).text);
  assert.match(compared, /3\.6 of 5 from 3 reviews/);
  assert.equal((await a.b.post(`${a.at}/withdraw`, {}, { from: a.at })).status, 422, 'not without the box');
  assert.equal((await a.b.post(`${a.at}/withdraw`, { sure: 'yes' }, { from: a.at })).headers.location, `${a.at}?saved=back`);
  assert.ok(!(await profile(who)).includes('Changed by its author') && (await profile(who)).includes('the average of 2 reviews'));
  assert.match((await write(a, 'Another.', { edition: '1' })).text, /There can be no other/);
});

test('no review without an attended visit, by another link, twice, or of a visit of long ago', async () => {
  const early = await booked(mine);
  const json = form('x');
  assert.equal((await send('POST', `/bookings/${early.id}/review`, { json, headers: bearer(early) })).status, 409);
  const visit = await attended();
  assert.equal((await send('GET', visit.at, { headers: bearer({ token: early.token }) })).status, 404);
  assert.equal((await send('POST', visit.at, { json, headers: bearer({ token: early.token }) })).status, 404);
  assert.equal(rows(early) + rows(visit), 0);
  assert.equal((await send('POST', visit.at, { json, headers: bearer(visit) })).status, 200);
  const second = await send('POST', visit.at, { json: form('Second'), headers: bearer(visit) });
  assert.equal(second.status, 409);
  assert.equal(second.json().type, 'reviewed-already');
  const old = await attended(mine, 91);
  assert.match((await old.b.get(old.at)).text, /within 90 days/);
  assert.doesNotMatch((await old.b.get(old.at)).text, /name="expertise"/);
  assert.equal((await send('POST', old.at, { json, headers: bearer(old) })).status, 409);
  assert.equal(rows(old), 0);
});

test('of posts that come at once one is the review', async () => {
  const visit = await attended();
  const answers = await Promise.all(Array.from({ length: 8 }, (_, n) => send('POST', visit.at, { json: form(`Number ${n}`), headers: { ...bearer(visit), 'idempotency-key': randomUUID() } })));
  assert.deepEqual(answers.map((a) => a.status).sort(), [200, ...Array(7).fill(409)]);
  assert.equal(rows(visit), 1);
  assert.equal(value(`select count(*) from review_version v join review r on r.id = v.review_id where r.booking_id = :'id'`, visit), '0');
});

test('the therapist answers once, with a warning, and reports; the operator decides, the second of two is told', async () => {
  const who = makeTherapist('Vera Answers');
  const own = await signedIn(who.email);
  const written = [];
  for (const body of ['Calm and clear.', 'Too hard for me.', 'Rude words here.']) {
    const visit = await attended(who);
    await write(visit, body);
    written.push(visit);
  }
  const list = await own.get('/practice/reviews');
  for (const word of ['Calm and clear', 'Too hard for me', 'Rude words here']) assert.ok(list.text.includes(word), word);
  const id = value(`select id from review where booking_id = :'id'`, written[2]);
  const at = `/practice/reviews/${id}`;
  assert.match((await own.get(at)).text, /An answer can reveal that somebody is your client/);
  assert.equal((await browser.get(at)).status, 404, 'not another therapist');
  const empty = await own.post(`${at}/reply`, { reply: ' ', edition: '0', act: 'save' }, { from: at });
  assert.deepEqual([empty.status, errors(empty)], [422, ['reply']]);
  const long = await own.post(`${at}/reply`, { reply: 'y'.repeat(1001), edition: '0', act: 'save' }, { from: at });
  assert.ok(long.status === 422 && long.text.includes('y'.repeat(1001)), 'what was typed is kept');
  assert.equal((await own.post(`${at}/reply`, { reply: `Thank you. ${payload}`, edition: '0', act: 'save' }, { from: at })).status, 303);
  assert.ok((await profile(who)).includes(`Thank you. ${payload}`));
  assert.equal((await own.post(`${at}/reply`, { reply: 'A second answer', edition: '0', act: 'save' }, { from: at })).status, 422, 'once; from then on it is changed');
  assert.equal((await own.post(`${at}/reply`, { reply: 'Thank you for coming.', edition: '1', act: 'save' }, { from: at })).status, 303);
  assert.match((await own.get(at)).text, /What it said before[\s\S]*Thank you\. &lt;script/);
  assert.ok((await profile(who)).includes('Thank you for coming.'));

  assert.deepEqual(errors(await own.post(`${at}/report`, { reason: 'unfair' }, { from: at })), ['reason']);
  assert.equal((await own.post(`${at}/report`, { reason: 'abuse', note: payload }, { from: at })).status, 303);
  assert.ok((await profile(who)).includes('Rude words here'), 'it stays until an operator decides');
  assert.match((await own.get(at)).text, /An operator looks at it/);
  const queue = (await (await operator.json('/operator/reviews')).json()).cases;
  const found = queue.find((c) => c.therapist.slug === who.slug);
  const case_ = `/operator/reviews/${found.id}`;
  assert.ok(unescape((await operator.get(case_)).text).includes(payload));
  assert.deepEqual(errors(await operator.post(case_, { decision: 'remove', edition: '1' })), ['reason']);
  const both = await Promise.all([operator, await signedIn(checker.email)].map((o, n) => o.post(case_, n ? { decision: 'keep', edition: '1' } : { decision: 'remove', reason: 'abuse', edition: '1' })));
  assert.deepEqual(both.map((a) => a.status).sort(), [303, 422], 'one decides');
  assert.match(both.find((a) => a.status === 422).text, /This was decided already/);
  const decision = value(`select decision from review_case where id = :'id'`, found);
  assert.equal(value(`select count(*) from audit where action like 'review.%' and object = :'id'`, found), '1');
  assert.equal((await profile(who)).includes('Rude words here'), decision === 'keep');

  // and a removal as its author and everybody see it
  const second = value(`select id from review where booking_id = :'id'`, written[1]);
  await own.post(`/practice/reviews/${second}/report`, { reason: 'elsewhere' }, { from: `/practice/reviews/${second}` });
  const next = (await (await operator.json('/operator/reviews')).json()).cases.find((c) => c.therapist.slug === who.slug);
  assert.equal((await operator.post(`/operator/reviews/${next.id}`, { decision: 'remove', reason: 'elsewhere', edition: '1' })).status, 303);
  assert.match((await profile(who)), /Removed by us:[\s\S]*Not about this visit \(1\)/);
  assert.match((await written[1].b.get(written[1].at)).text, /Removed: Not about this visit/);
  assert.equal(value(`select count(*) from outbox where kind = 'booking-review-removed' and booking_id = :'id'`, written[1]), '1');
  assert.match(unescape((await new Browser().get('/review-rules')).text), /Not about this visit: \d/);
});

test('pain before and after is kept sealed, apart from the review, and shown as the mean of ten', async () => {
  const who = makeTherapist('Mina Mean');
  const visits = [];
  for (let n = 0; n < 12; n++) { // four times three, so that all are shown
    const visit = await attended(who);
    assert.equal((await send('POST', visit.at, { json: form(''), headers: bearer(visit) })).status, 200);
    visits.push(visit);
  }
  const [first, ...rest] = visits;
  const path = `${first.at}/pain`;
  const bare = await first.b.post(path, { pain_before: '8', pain_after: '11' }, { from: first.at });
  assert.deepEqual([bare.status, errors(bare)], [422, ['pain_after', 'agree']]);
  assert.match(bare.text, /name="pain_before" inputmode="numeric" value="8"/);
  const keep = (visit, before, after) => send('POST', `${visit.at}/pain`, { json: { pain_before: before, pain_after: after, agree: 'yes' }, headers: bearer(visit) });
  assert.equal((await keep({ ...first, token: rest[0].token }, '8', '3')).status, 404, 'not by another link');
  for (const visit of rest.slice(0, 9)) assert.equal((await keep(visit, '6', '4')).status, 200);
  assert.ok(!(await profile(who)).includes('who chose to say so'), 'nine are not shown');
  assert.equal((await first.b.post(path, { pain_before: '8', pain_after: '3', agree: 'yes' }, { from: first.at })).status, 303);
  assert.match((await first.b.get(first.at)).text, /You gave two numbers/);
  const own = value(`select p.sealed from review_pain p join review r on r.id = p.review_id where r.booking_id = :'id'`, first);
  assert.ok(own.length > 60 && !/8 3/.test(Buffer.from(own, 'base64url').toString('latin1')), 'sealed');
  await until(async () => (await profile(who)).includes('10 clients who chose to say so: pain of 6.2 of 10 before the visit and 3.9 after it'), 'the mean');
  assert.equal((await first.b.post(path, { act: 'delete' }, { from: first.at })).status, 303);
  await until(async () => !(await profile(who)).includes('who chose to say so'), 'the mean of nine is not shown');
});

test('the mail about a review leads to the page of its visit', async () => {
  const visit = await attended();
  const fresh = new Browser();
  const answer = await fresh.get(`/b/${visit.token}?review=${visit.id}`);
  assert.deepEqual([answer.status, answer.headers.location], [303, visit.at]);
  assert.equal((await fresh.get(visit.at)).status, 200);
  assert.equal(rows(visit), 0);
});

test('more than a page of reviews: each once, the newest month first', async () => {
  const who = makeTherapist('Paula Pages');
  sql(`begin; set local session_replication_role = replica; insert into review (therapist_id, booking_id, expertise, professionalism, satisfaction, body, service_name, visited_on, shown, shown_at)
    select :'id'::int, gen_random_uuid(), 4, 4, 4, 'Said ' || n || '.', 'x', (date '2025-01-01' + make_interval(months => n / 4))::date, true, now() from generate_series(1, 23) n; commit`, who);
  const seen = [];
  let next = `/therapists/${who.slug}/reviews`;
  for (let pages = 0; next && pages < 9; pages++) {
    const page = (await (await new Browser().json(next)).json());
    seen.push(...page.reviews);
    next = page.about_reviews.next;
  }
  assert.equal(new Set(seen.map((r) => r.body)).size, 23);
  assert.equal(seen.length, 23);
  const months = seen.map((r) => Date.parse(`1 ${r.month}`));
  assert.deepEqual(months, [...months].sort((a, b) => b - a));
  assert.ok((await profile(who)).includes('More reviews'));
  for (const after of ['x', '2025-01', '2025-13~' + randomUUID(), '2025-01~' + 'x'.repeat(36)]) assert.equal((await new Browser().get(`/therapists/${who.slug}/reviews?after=${after}`)).status, 400, after);
});

test('an operator records a clinician, whose link recommends and withdraws; a plain link passes a therapist on', async () => {
  const who = makeTherapist('Rosa Recommended');
  const day = (n) => new Date(Date.now() + n * 86400e3).toISOString().slice(0, 10);
  const record = { name: 'Dr. Cleo <b>', profession: 'Physician', register: 'Medical board', number: 'M 1', email: `cleo-${randomUUID().slice(0, 8)}@example.org`, on: day(0), until: day(90) };
  const wrong = await operator.post('/operator/clinicians/new', { ...record, number: '', until: day(900) });
  assert.deepEqual([wrong.status, errors(wrong)], [422, ['number']]);
  assert.deepEqual(errors(await operator.post('/operator/clinicians/new', { ...record, until: day(900) })), ['until']);
  assert.equal((await operator.post('/operator/clinicians/new', record)).status, 303);
  assert.equal(value(`select count(*) from outbox where kind = 'clinician-link' and recipient = :'email'`, record), '1');
  // the link itself is only ever in the mail: here by a token of the test's own
  const token = randomUUID().replaceAll('-', '').padEnd(43, 'c');
  sql(`update clinician set token_hash = sha256(convert_to(:'token', 'UTF8')) where email = :'email'`, { token, ...record });
  const guest = new Browser();
  assert.equal((await guest.get(`/b/${token}`)).headers.location, `/recommend/${token}`);
  const at = `/recommend/${token}`;
  assert.deepEqual(errors(await guest.post(at, { therapist: 'http://x.example/therapists/nobody-here', complaint: 'low-back' })), ['therapist']);
  assert.deepEqual(errors(await guest.post(at, { therapist: who.slug })), ['complaint']);
  assert.equal((await guest.post(at, { therapist: `http://x.example/therapists/${who.slug}`, complaint: ['low-back', 'sciatica'], tie: payload })).status, 303);
  const page = await profile(who);
  for (const word of ['Recommended by clinicians', 'Dr. Cleo <b>, Physician', payload, 'Medical board, number M 1', 'No reviews yet']) assert.ok(page.includes(word), word);
  assert.ok(!page.includes(record.email) && !(await new Browser().get(`/therapists/${who.slug}`)).text.includes('<script>alert'));
  assert.equal((await guest.post(`${at}/withdraw`, { therapist: who.slug }, { from: at })).status, 303);
  assert.ok(!(await profile(who)).includes('Recommended by clinicians'));
  assert.equal((await new Browser().get(`/recommend/${'x'.repeat(43)}`)).status, 404);

  const share = unescape((await new Browser().get(`/therapists/${who.slug}/share`)).text);
  assert.match(share, new RegExp(`value="http[^"]*/therapists/${who.slug}"`));
  assert.match(share, /href="mailto:\?subject=A%20massage%20therapist%3A%20Rosa%20Recommended&body=http/);
});
