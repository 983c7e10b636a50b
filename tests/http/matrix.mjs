// Every route, as every kind of caller, with ids of one's own, of others and of nobody. The table below is all that is said about who may
// do what; a route without a row fails, and so does a row without a route.
import test, { after } from 'node:test';
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { randomUUID } from 'node:crypto';
import { Browser, bearer, booked, dir, free, held, makeClient, makeOperator, makeTherapist, origin, send, sendFiles, serve, signedIn, sql, tokenOf, unknot, unmasked } from './lib.mjs';
import { each, wallsOff } from './walls.mjs';
import { unwatch, watch, written } from './witness.mjs';

const routes = JSON.parse(unknot(['routes']).stdout);
const nameOf = (route) => `${route.method} ${route.path}`;

// --- Who calls. A guest's browser holds the cookie of a booking; here under the name of whatever booking the path names, as somebody
// would who tries a token on another booking.

const mine = makeTherapist('Ana Prober');
const other = makeTherapist('Bea Other');
const checker = makeOperator();
const therapist = await signedIn(mine.email);
const colleague = await signedIn(other.email);
const operator = await signedIn(checker.email);
const expired = await signedIn(mine.email);
const unproved = await new Browser().signIn(checker.email, undefined, undefined, { factor: false }); // an operator without a second factor
const customer = makeClient();
const client = await signedIn(customer.email);
sql(`update session set seen_at = now() - interval '31 minutes' where token_hash = sha256(convert_to(:'token', 'UTF8'))`, { token: expired.cookies.get('session') });
const away = sql(`insert into location (therapist_id, street, town, country, lat, lon, zone) values (:'id', '2 Way', 'Springfield', 'US', 39.8, -89.6, 'America/Chicago') returning id`, mine)[0][0];
const strange = await held(other, 'passed'); // a booking of another guest, with another therapist
Object.assign(strange, (await send('POST', `/bookings/${strange.id}/details`, { headers: bearer(strange), json: { name: 'Stella Stranger', email: 'stella@example.org' } })).json(), { token: strange.token });
const strangers = tokenOf((await new Browser().get('/sign-in')).text);
watch();
after(unwatch);

const waits = randomUUID().replaceAll('-', '').padEnd(43, 'w'); // somebody on a waiting list
sql(`insert into waiting (key, token_hash, therapist_id, days, parts, from_day, until_day, email)
  values (gen_random_uuid(), sha256(convert_to(:'waits', 'UTF8')), :'id', '{1}', '{morning}', current_date, current_date, 'wants@example.org')`, { waits, id: other.id });

const reset = randomUUID().replaceAll('-', '').padEnd(43, 'r'); // a link for a new password that went to somebody
sql(`insert into mail_link (kind, key, token_hash, browser_hash, live, account_id, email, expires_at)
  values ('reset', gen_random_uuid(), sha256(convert_to(:'reset', 'UTF8')), sha256('another browser'), true, :'account', :'email', now() + interval '1 hour')`, { reset, ...other });

// the front desk of the first therapist's practice; she owns it, and nobody else belongs to it
const practice = sql(`insert into practice (name) values ('Probe practice') returning id`)[0][0];
const front = { email: `desk-${randomUUID().slice(0, 8)}@example.org`, practice };
sql(`insert into practice_member (account_id, practice_id, role) values (:'account', :'practice', 'owner')`, { ...mine, practice });
front.account = sql(`insert into account (role, name, email, password_hash, email_verified_at) select 'desk', 'Dora Desk', :'email', password_hash, now() from account where email = 'operator@example.org' returning id`, front)[0][0];
const employed = () => sql(`insert into practice_member (account_id, practice_id, role) values (:'account', :'practice', 'desk') on conflict do nothing`, front);
employed();
const desk = await signedIn(front.email);
const premises = sql(`insert into premises (practice_id, street, town, region, country, lat, lon, zone) values (:'practice', '5 Way', 'Springfield', 'IL', 'US', 39.8, -89.6, 'America/Chicago') returning id`, front)[0][0];
const invites = randomUUID().replaceAll('-', '').padEnd(43, 'i');
const invitationOf = (token = randomUUID()) => sql(`insert into practice_invitation (practice_id, email, role, key, token_hash, expires_at)
  values (:'practice', :'token' || '@example.org', 'desk', gen_random_uuid(), sha256(convert_to(:'token', 'UTF8')), now() + interval '1 hour') returning id`, { ...front, token })[0][0];
invitationOf(invites);

const callers = ['visitor', 'guest', 'stranger', 'client', 'therapist', 'colleague', 'operator', 'expired', 'desk'];
const anybody = new Browser();
await anybody.get('/sign-in');
const copy = (from) => {
  const b = new Browser();
  for (const [name, cookie] of from.cookies) b.cookies.set(name, cookie);
  return b;
};
async function caller(who, ids) {
  switch (who) {
    case 'client':
      return copy(client);
    case 'therapist':
      return copy(therapist);
    case 'colleague':
      return copy(colleague);
    case 'operator':
      return copy(operator);
    case 'unproved':
      return copy(unproved);
    case 'expired':
      return copy(expired);
    case 'desk': { // with the link of its client in the browser
      const b = copy(desk);
      b.cookies.set(`booking_${ids.booking}`, ids.token);
      return b;
    }
  }
  const b = copy(anybody);
  if (who === 'guest') b.cookies.set(`booking_${ids.booking}`, ids.token);
  if (who === 'stranger') b.cookies.set(`booking_${ids.booking}`, strange.token);
  return b;
}

// --- The table: [expected by caller, what stands in the path, form]. SIGN_IN: 303 to the page that asks who it is.

const SIGN_IN = 'sign in';
const isRefusal = (expected) => [SIGN_IN, 401, 404].includes(expected);

const WHO = Symbol('what `unknot routes` calls them'); // the program's own row, before the database has its say
const anyone = (status) => ({ [WHO]: 'anyone', ...Object.fromEntries(callers.map((who) => [who, status])) });
const only = (name, who, status, others) => ({ ...others, [WHO]: name, ...Object.fromEntries(who.map((w) => [w, status])) });
const guests = (status) => only('booking', ['guest'], status, anyone(404));
const read = (status) => only('booking', ['guest', 'desk'], status, anyone(404)); // what a front desk reads aloud to a client
// A page to look at sends who is not signed in to the sign-in; a form says 401; who is signed in as somebody else finds nothing.
const page = { visitor: SIGN_IN, guest: SIGN_IN, stranger: SIGN_IN, expired: SIGN_IN, client: 404, therapist: 404, colleague: 404, operator: 404, desk: 404 };
const form = { ...page, visitor: 401, guest: 401, stranger: 401, expired: 401 };
const therapists = (status, of = page) => only('therapist', ['therapist', 'colleague'], status, of);
const owner = (status, of = page) => only('therapist', ['therapist'], status, of);
const accounts = ['client', 'therapist', 'colleague', 'operator', 'desk'];
const desks = (status, of = page) => only('desk', ['therapist', 'desk'], status, of);
const signedInAll = (status, of = page) => only('signed in', accounts, status, of);
const signedIn303 = Object.fromEntries(accounts.map((who) => [who, 303])); // has an account: goes where it begins
const halves = (of) => ({ ...of, ...Object.fromEntries(accounts.map((who) => [who, 303])), [WHO]: 'half signed in' }); // who is whole is past it
const operators = (status, of = page) => only('operator', ['operator'], status, of);

const service = { name: 'Changed', minutes: '50', price: '70', technique: 'swedish' };
const allDay = Object.fromEntries([['zone', 'America/Chicago'], ...[1, 2, 3, 4, 5, 6, 7].flatMap((d) => [[`d${d}_1_from`, '00:00'], [`d${d}_1_to`, '24:00']])]);
const details = { name: 'Carla Client', email: 'carla@example.org' };
const on = new Date().toISOString().slice(0, 10);
const until = new Date(Date.now() + 200 * 86400e3).toISOString().slice(0, 10);
const start = new Date(Math.ceil(Date.now() / 3600e3 + 800) * 3600e3).toISOString().replace('.000', '');

const reviewed = { expertise: '5', professionalism: '4', satisfaction: '5', sign: 'client', body: 'Calm.', edition: '0' };
const recommends = randomUUID().replaceAll('-', '').padEnd(43, 'r'); // a clinician's link
sql(`insert into clinician (key, token_hash, name, profession, register, number, email, checked_on, checked_until, checked_by)
  values (gen_random_uuid(), sha256(convert_to(:'recommends', 'UTF8')), 'Dr Probe', 'Physician', 'Board', '1', 'probe@example.org', current_date, current_date + 90, 'Olga')`, { recommends });
const checks = { name: 'Dr Probe', profession: 'Physician', register: 'Board', number: '2', email: 'probe@example.org', on, until };

const rows = {
  'GET /': [anyone(200)],
  'GET /guides': [anyone(200)],
  'GET /guides/{slug}': [anyone(200), { slug: 'privacy' }],
  'POST /theme': [anyone(303), {}, { theme: 'dark', back: '/' }],
  'GET /static/{file}': [anyone(200), { file: 'ASSET' }],
  'GET /favicon.ico': [anyone(200)],
  'GET /safety-rules': [anyone(200)],
  'GET /safety-rules/fhir.json': [anyone(200)],
  'GET /robots.txt': [anyone(200)],
  'GET /healthz': [anyone(200)],
  'GET /readyz': [anyone(200)],
  'GET /changes/{key}': [anyone(404), { key: randomUUID() }], // nothing was made with it: tests/http/once.mjs
  'GET /styleguide': [anyone(404)], // in development only
  'GET /dev/codes': [anyone(404)], // in development only
  'GET /dev/mail': [anyone(404)], // the same
  'GET /dev/mail/{id}': [anyone(404), { id: 'message' }],
  'GET /dev/mail/{id}/{part}': [anyone(404), { id: 'message', part: 'html' }],

  'GET /therapists': [anyone(200)],
  'GET /photos/{file}': [anyone(404), { file: '0123456789abcdef01234567-96.webp' }], // of one that there is: tests/http/profile.mjs
  'GET /therapists/{slug}': [anyone(200), { slug: mine.slug }],
  'GET /therapists/{slug}/slots': [anyone(200), { slug: mine.slug }],
  'GET /therapists/{slug}/book': [anyone(200), { slug: mine.slug }],
  'GET /filters': [anyone(200)],
  'GET /therapists/{slug}/waiting': [anyone(200), { slug: mine.slug }],
  'POST /therapists/{slug}/waiting': [anyone(303), { slug: mine.slug }, { email: 'wants@example.org', get key() { return randomUUID(); } }],
  'GET /waiting': [anyone(200)],
  'POST /waiting': [anyone(422), {}, { email: 'wants@example.org', near: 'Nowhere at all zzz', get key() { return randomUUID(); } }],
  'GET /waiting/{token}': [anyone(200), { token: waits }], // whoever holds the token; without it: tests/http/waiting.mjs
  'POST /waiting/{token}/confirm': [anyone(303), { token: waits }],
  'POST /waiting/{token}/leave': [anyone(303), { token: waits }],
  'GET /therapists/{slug}/series': [anyone(422), { slug: mine.slug }], // without a first time; with one: tests/http/series.mjs
  'POST /therapists/{slug}/series': [anyone(303), { slug: mine.slug }, { service: mine.service, start }],
  'GET /places': [anyone(200)],
  'GET /massage': [anyone(200)],
  'GET /massage/{area}': [anyone(404), { area: 'nowhere' }],
  'GET /massage/{area}/{town}': [anyone(404), { area: 'nowhere', town: 'nothing' }],
  'GET /techniques': [anyone(200)],
  'GET /techniques/{slug}': [anyone(200), { slug: 'swedish' }],
  'GET /complaints': [anyone(200)],
  'GET /complaints/{slug}': [anyone(200), { slug: 'low-back' }],
  'GET /how-ranking-works': [anyone(200)],
  'GET /sitemap.xml': [anyone(200)],
  'GET /sitemap/{part}': [anyone(200), { part: 'pages.xml' }],
  'GET /compare': [anyone(200)],
  'GET /saved': [anyone(200)],
  'POST /saved': [anyone(303), {}, { therapist: mine.slug, act: 'save' }],
  'GET /map/{z}/{x}/{y}': [anyone(404), { z: '12', x: '650', y: '1465' }], // no tiles are configured

  'GET /finder': [anyone(200)],
  'POST /finder': [anyone(200), {}, { at: 'signs', sign: 'none' }],

  'POST /bookings': [anyone(409), {}, { therapist: mine.slug, service: mine.service, start: '2020-01-01T10:00:00Z', key: randomUUID() }],
  'GET /b/{token}': [anyone(303), { token: 'TOKEN' }],
  'POST /series': [anyone(409), {}, { therapist: mine.slug, service: mine.service, v1: '2020-01-01T10:00:00Z', v2: '2020-01-08T10:00:00Z', key: randomUUID() }],
  'GET /bookings/{id}/series': [guests(404), { id: 'booked' }], // a visit by itself is none; of a series: tests/http/series.mjs
  'GET /bookings/{id}/series/calendar.ics': [guests(404), { id: 'booked' }],
  'GET /bookings/{id}': [{ ...guests(200), desk: 303 }, { id: 'booked' }], // to its own page of it
  'GET /bookings/{id}/reminders': [guests(200), { id: 'booked' }],
  'POST /bookings/{id}/reminders': [guests(303), { id: 'booked' }, { when: ['120', '4320'] }],
  'POST /bookings/{id}/feed': [guests(303), { id: 'booked' }, { act: 'on' }],
  'GET /calendars/{file}': [anyone(404), { file: 'nobodys.ics' }],
  'GET /bookings/{id}/calendar.ics': [guests(200), { id: 'booked' }],
  'POST /bookings/{id}/extend': [read(303), { id: 'held' }],
  'GET /bookings/{id}/details': [read(200), { id: 'passed' }],
  'POST /bookings/{id}/details': [read(303), { id: 'passed' }, details],
  'GET /bookings/{id}/check': [read(200), { id: 'named' }],
  'POST /bookings/{id}/confirm': [read(303), { id: 'named' }],
  'GET /bookings/{id}/cancel': [guests(200), { id: 'booked' }],
  'POST /bookings/{id}/cancel': [guests(303), { id: 'booked' }],
  'GET /bookings/{id}/email': [guests(303), { id: 'booked' }],
  'POST /bookings/{id}/email': [guests(409), { id: 'named' }, { code: 'wrong' }],
  'GET /bookings/{id}/move': [guests(200), { id: 'booked' }],
  'POST /bookings/{id}/move': [guests(422), { id: 'booked' }, { start: 'noon' }],
  'POST /bookings/{id}/answer': [guests(409), { id: 'booked' }, { answer: 'no' }],
  'GET /bookings/{id}/review': [guests(200), { id: 'booked' }],
  'POST /bookings/{id}/review': [guests(422), { id: 'booked' }, reviewed], // not before the visit; after it: tests/http/reviews.mjs
  'POST /bookings/{id}/review/preview': [guests(200), { id: 'booked' }, reviewed],
  'POST /bookings/{id}/review/withdraw': [guests(422), { id: 'booked' }],
  'POST /bookings/{id}/review/pain': [guests(422), { id: 'booked' }], // with a review: tests/http/reviews.mjs
  'GET /recommend/{token}': [anyone(200), { token: recommends }],
  'POST /recommend/{token}': [anyone(303), { token: recommends }, { therapist: mine.slug, complaint: 'low-back' }],
  'POST /recommend/{token}/withdraw': [anyone(303), { token: recommends }, { therapist: mine.slug }],
  'GET /therapists/{slug}/reviews': [anyone(200), { slug: mine.slug }],
  'GET /therapists/{slug}/share': [anyone(200), { slug: mine.slug }],
  'GET /review-rules': [anyone(200)],
  'GET /bookings/{id}/safety': [read(303), { id: 'held' }],
  'POST /bookings/{id}/safety': [read(422), { id: 'held' }, { RF12: 'nonsense' }],
  'GET /bookings/{id}/safety/{n}': [read(200), { id: 'held', n: '1' }],
  'GET /bookings/{id}/therapists': [guests(303), { id: 'held' }],
  'POST /bookings/{id}/service': [read(303), { id: 'held' }, { service: mine.second }],
  'POST /bookings/{id}/safety/{n}': [read(303), { id: 'held', n: '1' }, { RF12: 'no' }],
  'GET /bookings/{id}/own': [read(200), { id: 'held' }],
  'POST /bookings/{id}/own': [read(303), { id: 'held' }],
  'GET /bookings/{id}/update': [guests(200), { id: 'booked' }],
  'POST /bookings/{id}/update': [guests(303), { id: 'booked' }, { act: 'leave' }],
  'GET /bookings/{id}/answers': [guests(200), { id: 'booked' }],
  'GET /bookings/{id}/answers/all': [guests(200), { id: 'booked' }],
  'GET /bookings/{id}/answers/fhir.json': [guests(200), { id: 'booked' }],
  'POST /bookings/{id}/answers/withdraw': [guests(303), { id: 'booked' }],
  'GET /bookings/{id}/clearance': [guests(200), { id: 'booked' }],
  'POST /bookings/{id}/clearance': [guests(303), { id: 'held' }],
  'POST /bookings/{id}/clearance/keep': [guests(303), { id: 'held' }], // there is nothing to wait for: tests/http/clearance.mjs
  'POST /bookings/{id}/clearance/note': [guests(422), { id: 'booked' }],
  'GET /bookings/{id}/clearance/letter': [guests(303), { id: 'booked' }], // nothing is to be asked; while it is: tests/http/clearance.mjs
  'GET /bookings/{id}/papers/{item}': [guests(200), { id: 'papered', item: 'item' }],
  'GET /bookings/{id}/again': [guests(200), { id: 'booked' }],
  'POST /bookings/{id}/again': [guests(303), { id: 'held' }, { therapist: mine.slug, service: mine.service, start, get key() { return randomUUID(); } }],

  'GET /sign-in': [anyone(200)],
  'POST /sign-in': [anyone(422), {}, { email: 'not an address' }],
  'GET /sign-in/second': [halves(page)], // with half a session: tests/http/factors.mjs
  'POST /sign-in/second': [halves(form), {}, { code: '123456' }],
  'POST /sign-in/second/passkey': [halves(form)],
  'POST /sign-in/second/leave': [halves(form)],
  'GET /sign-up': [{ ...anyone(200), ...signedIn303 }],
  'POST /sign-up': [{ ...anyone(422), ...signedIn303 }, {}, { email: 'no address' }],
  'GET /sign-up/therapist': [{ ...anyone(200), ...signedIn303 }],
  'POST /sign-up/therapist': [{ ...anyone(422), ...signedIn303 }, {}, { email: 'no address' }],
  'GET /forgot': [anyone(200)],
  'POST /forgot': [anyone(422), {}, { email: 'no address' }],
  'GET /links': [anyone(200)], // nothing was asked for; with a link: tests/http/links.mjs
  'POST /links': [anyone(409)],
  'GET /links/{token}': [anyone(200), { token: reset }], // whoever has the mail
  'POST /links/{token}': [anyone(422), { token: reset }], // what it asks for then: tests/http/links.mjs
  'POST /sign-out': [only('signed in', accounts, 303, form), {}, {}],
  'GET /account': [signedInAll(200)],
  'GET /account/visits/{id}': [only('signed in', ['client'], 303, page), { id: 'visit' }],
  'GET /account/waiting/{id}': [only('signed in', ['client'], 303, page), { id: 'entry' }],
  'GET /account/settings': [signedInAll(200)],
  'GET /account/name': [signedInAll(200)],
  'POST /account/name': [signedInAll(422, form), {}, { name: '' }],
  'GET /account/password': [signedInAll(200)],
  'POST /account/password': [signedInAll(422, form), {}, { current: '' }],
  'GET /account/email': [signedInAll(200)],
  'POST /account/email': [signedInAll(422, form), {}, { email: 'no address' }],
  'GET /account/prove': [signedInAll(200)],
  'POST /account/prove': [signedInAll(422, form), {}, { prove_to: '/account' }],
  'GET /account/security': [signedInAll(200)],
  'GET /account/security/app': [signedInAll(200)],
  'POST /account/security/app': [signedInAll(422, form), {}, { code: '123456', name: 'Phone' }],
  'GET /account/security/passkey': [signedInAll(200)],
  'POST /account/security/passkey': [signedInAll(422, form), {}, { name: 'Key' }],
  'GET /account/security/codes': [signedInAll(303), { without: 'factor' }], // without a second step there are none
  'POST /account/security/codes': [only('signed in', ['client'], 200, form), { with: 'factor' }],
  'GET /account/security/factors/{id}': [only('signed in', ['client'], 200, page), { id: 'factor' }],
  'POST /account/security/factors/{id}': [only('signed in', ['client'], 303, form), { id: 'factor' }, { name: 'Changed' }],
  'POST /account/security/factors/{id}/remove': [only('signed in', ['client'], 303, form), { id: 'factor' }],
  'GET /account/devices': [signedInAll(200)],
  'POST /account/devices/end': [signedInAll(303, form)],
  'POST /account/devices/{id}/end': [only('signed in', ['client'], 303, form), { id: 'device' }],
  'GET /account/activity': [signedInAll(200)],
  'GET /account/export': [signedInAll(200)],
  'POST /account/export': [signedInAll(422, form), {}, { form: 'paper' }],
  'GET /account/close': [signedInAll(200)],
  'POST /account/close': [signedInAll(422, form), {}, { current: '' }],

  'GET /practice': [therapists(200)],
  'GET /practice/bookings/{id}': [owner(200), { id: 'booked' }],
  'POST /practice/bookings/{id}': [owner(303, form), { id: 'booked' }, { state: 'cancelled' }],
  'GET /practice/bookings/{id}/move': [owner(200), { id: 'booked' }],
  'POST /practice/bookings/{id}/move': [owner(422, form), { id: 'booked' }, { start: 'noon' }],
  'POST /practice/bookings/{id}/answers': [owner(303, form), { id: 'kept' }, { how: 'send' }],
  'GET /practice/bookings/{id}/intake': [owner(200), { id: 'booked' }],
  'POST /practice/bookings/{id}/questions': [owner(303, form), { id: 'booked' }, { question: 'How is your back?' }],
  'POST /bookings/{id}/messages': [guests(409), { id: 'booked' }, { message: 'Better.' }], // nothing was asked; an answer: tests/http/care.mjs
  'GET /practice/bookings/{id}/progress/fhir.json': [owner(200), { id: 'booked' }],
  'GET /practice/bookings/{id}/fhir.json': [owner(200), { id: 'booked' }], // once consent is taken back: tests/http/reopen.mjs
  'POST /practice/bookings/{id}/update': [owner(303, form), { id: 'booked' }],
  'GET /practice/bookings/{id}/today': [owner(200), { id: 'booked' }],
  'POST /practice/bookings/{id}/today': [owner(409, form), { id: 'booked' }, { D03: 'no' }], // too early; in time: tests/http/care.mjs
  'GET /bookings/{id}/today': [guests(200), { id: 'booked' }],
  'POST /bookings/{id}/today': [guests(409), { id: 'booked' }, { D03: 'no' }], // the same
  'GET /bookings/{id}/after': [guests(200), { id: 'booked' }],
  'POST /bookings/{id}/after': [guests(409), { id: 'booked' }, { effects: 'none', pain: '3' }], // before the visit; after it: tests/http/outcome.mjs
  'GET /bookings/{id}/progress/fhir.json': [guests(200), { id: 'booked' }],
  'GET /bookings/{id}/statements': [guests(200), { id: 'booked' }],
  'POST /bookings/{id}/statements': [guests(409), { id: 'booked' }, { none: 'yes' }], // the same
  'POST /bookings/{id}/phone': [guests(303), { id: 'booked' }, { phone: '217 555 0100' }],
  'GET /bookings/{id}/look-back': [guests(200), { id: 'booked' }],
  'POST /bookings/{id}/look-back': [guests(409), { id: 'booked' }, { average: '3', worst: '4', global: '3' }], // the same
  'GET /bookings/{id}/progress': [guests(200), { id: 'booked' }],
  'GET /bookings/{id}/progress.csv': [guests(200), { id: 'booked' }],
  'GET /practice/bookings/{id}/incident': [owner(200), { id: 'hurt' }],
  'POST /practice/bookings/{id}/incident': [owner(422, form), { id: 'hurt' }, { note: 'Called.' }],
  'GET /practice/bookings/{id}/note': [owner(200), { id: 'booked' }],
  'POST /practice/bookings/{id}/note': [owner(409, form), { id: 'booked' }], // of a visit to come; of one that began: tests/http/care.mjs
  'POST /practice/bookings/{id}/consent': [owner(303, form), { id: 'booked' }, { name: 'Ana Prober' }],
  'GET /practice/bookings/{id}/plan': [owner(200), { id: 'booked' }],
  'POST /practice/bookings/{id}/plan': [owner(409, form), { id: 'booked' }], // the same
  'GET /practice/plans': [therapists(200)],
  'POST /practice/plans': [therapists(303, form), {}, { place: '' }],
  'GET /practice/bookings/{id}/clearance': [owner(200), { id: 'booked' }],
  'POST /practice/bookings/{id}/clearance': [owner(422, form), { id: 'booked' }],
  'GET /practice/bookings/{id}/papers/{item}': [owner(200), { id: 'papered', item: 'item' }],
  'GET /practice/bookings/new': [therapists(200)],
  'POST /practice/bookings/new': [therapists(422, form), {}, { name: 'Carla Client' }],
  'GET /practice/clients': [therapists(200)],
  'POST /practice/clients': [therapists(200, form), {}, { q: 'Carla' }],
  'GET /practice/clients/{id}': [owner(200), { id: 'person' }],
  'GET /practice/clients/{id}/record': [owner(200), { id: 'person' }],
  'GET /practice/clients/{id}/join': [owner(200), { id: 'person' }],
  'POST /practice/clients/{id}/join': [owner(422, form), { id: 'person' }, { with: '00000000-0000-4000-8000-000000000000' }],
  'GET /practice/clients/{id}/block': [owner(200), { id: 'person' }],
  'POST /practice/clients/{id}/block': [owner(303, form), { id: 'person' }, { reason: 'Was rude' }],
  'GET /practice/blocked': [therapists(200)],
  'POST /practice/blocked/{id}/remove': [owner(303, form), { id: 'unwanted' }],
  'GET /practice/day': [therapists(200)],
  'GET /practice/numbers': [therapists(200)],
  'GET /practice/numbers.csv': [therapists(200)],
  'GET /practice/share': [therapists(200)],
  'GET /practice/share/card': [therapists(200)],
  'GET /practice/blocks/new': [therapists(200)],
  'POST /practice/blocks/new': [therapists(422, form), {}, { day: '2020-01-01', from: '10:00', to: '11:00' }],
  'GET /practice/blocks/{id}': [owner(200), { id: 'block' }],
  'POST /practice/blocks/{id}': [owner(422, form), { id: 'block' }, { day: '2020-01-01', from: '10:00', to: '11:00' }],
  'POST /practice/blocks/{id}/remove': [owner(303, form), { id: 'block' }],
  'GET /practice/waiting': [therapists(200)],
  'POST /practice/waiting': [therapists(303, form), {}, { list: 'on' }],
  'GET /practice/credentials': [therapists(200)],
  'GET /practice/credentials/new': [therapists(200)],
  'POST /practice/credentials/new': [therapists(303, form), {}, { kind: 'insurance', issuer: 'An insurer' }],
  'GET /practice/credentials/{id}': [owner(200), { id: 'credential' }],
  'POST /practice/credentials/{id}': [owner(303, form), { id: 'entered' }, { kind: 'state_license', issuer: 'IL board', number: 'PR 9' }],
  'POST /practice/credentials/{id}/remove': [owner(303, form), { id: 'course' }],
  'POST /practice/discipline/{id}': [owner(303, form), { id: 'decision' }, { answer: 'It was settled.' }],
  'GET /practice/profile': [therapists(200)],
  'GET /practice/profile/{topic}': [therapists(200), { topic: 'about' }],
  'POST /practice/profile/{topic}': [therapists(303, form), { topic: 'about' }, { headline: 'Changed' }],
  'POST /practice/profile/{topic}/preview': [therapists(200, form), { topic: 'about' }, { about: '**So**' }],
  'GET /practice/photo': [therapists(200)],
  'POST /practice/photo': [therapists(422, form), {}, { across: 'left' }], // of a picture: tests/http/profile.mjs
  'POST /practice/photo/part': [therapists(422, form), {}, { side: 'nowhere' }],
  'POST /practice/photo/remove': [therapists(303, form)],
  'GET /practice/start': [therapists(200)],
  'POST /practice/publish': [therapists(422, form), {}, { publish: 'on' }], // of a page that says enough: tests/http/profile.mjs
  'GET /practice/versions': [therapists(200)],
  'POST /practice/versions/{version}/undo': [owner(303, form), { version: 'change' }],
  'GET /practice/places/new': [therapists(200)],
  'POST /practice/places/new': [therapists(422, form), {}, { street: '1 Way' }],
  'GET /practice/places/{location}': [owner(200), { location: 'location' }],
  'POST /practice/places/{location}': [owner(303, form), { location: 'location' }, { street: '3 Way', town: 'Springfield, IL' }],
  'POST /practice/places/{location}/address/remove': [owner(303, form), { location: 'place' }],
  'GET /practice/places/{location}/{topic}': [owner(200), { location: 'location', topic: 'access' }],
  'POST /practice/places/{location}/{topic}': [owner(303, form), { location: 'location', topic: 'access' }, { access: 'parking' }],
  'GET /practice/preview': [therapists(200)],
  'GET /practice/services': [therapists(200)],
  'GET /practice/services/new': [therapists(200)],
  'POST /practice/services/new': [therapists(303, form), {}, service],
  'GET /practice/services/{id}': [owner(200), { id: 'service' }],
  'POST /practice/services/{id}': [owner(303, form), { id: 'service' }, service],
  'POST /practice/services/{id}/retire': [owner(303, form), { id: 'spare' }],
  'GET /practice/questions': [therapists(200)],
  'GET /practice/questions/new': [therapists(200)],
  'POST /practice/questions/new': [therapists(303, form), {}, { ask: 'Any stairs?', kind: 'yes_no' }],
  'GET /practice/questions/{id}': [owner(200), { id: 'question' }],
  'POST /practice/questions/{id}': [owner(303, form), { id: 'question' }, { ask: 'Many stairs?' }],
  'POST /practice/questions/{id}/move': [owner(303, form), { id: 'question' }, { move: 'stop' }],
  'GET /practice/reviews': [therapists(200)],
  'GET /practice/reviews/{id}': [owner(200), { id: 'review' }],
  'POST /practice/reviews/{id}/reply': [owner(303, form), { id: 'review' }, { reply: 'Thank you.', edition: '0' }],
  'POST /practice/reviews/{id}/report': [owner(303, form), { id: 'review' }, { reason: 'abuse' }],
  'GET /practice/team': [therapists(200)],
  'POST /practice/team': [therapists(422, form), {}, { name: '' }],
  'POST /practice/team/invitations': [therapists(422, form), {}, { email: 'no address' }],
  'POST /practice/team/invitations/{id}/withdraw': [owner(303, form), { id: 'invited' }],
  'POST /practice/team/members/{id}': [owner(422, form), { id: 'self' }, { act: 'unown' }], // the last owner; others: tests/http/desk.mjs
  'POST /practice/team/answers': [owner(303, form), {}, { answers: 'yes' }],
  'POST /practice/team/leave': [{ ...desks(303, form), therapist: 422 }], // she is the last owner
  'POST /practice/team/places': [therapists(422, form), {}, { location: 'here' }],
  'GET /practice/team/places/{id}': [owner(200), { id: 'premises' }],
  'POST /practice/team/places/{id}': [owner(303, form), { id: 'premises' }, { street: '6 Way', town: 'Springfield, IL' }],
  'POST /practice/team/places/{id}/use': [owner(303, form), { id: 'premises' }],
  'POST /practice/team/places/{id}/rooms': [owner(303, form), { id: 'premises' }, { get room() { return randomUUID(); } }],
  'POST /practice/team/rooms/{id}/remove': [owner(303, form), { id: 'room' }],
  'GET /invitations/{token}': [anyone(200), { token: invites }], // whoever has the mail
  'POST /invitations/{token}': [anyone(422), { token: invites }], // without an answer; with one: tests/http/desk.mjs
  'GET /desk': [desks(200)],
  'GET /desk/week': [desks(200)],
  'GET /desk/rooms': [desks(200)],
  'POST /desk/rooms': [desks(422, form), {}, { room: '999999', from_day: '2099-01-01' }],
  'POST /desk/rooms/closings/{id}/remove': [desks(303, form), { id: 'closing' }],
  'GET /desk/bookings/new': [desks(200)],
  'POST /desk/bookings/new': [desks(422, form), {}, { therapist: mine.slug, name: 'Carla Client' }],
  'GET /desk/bookings/{id}': [desks(200), { id: 'booked' }],
  'POST /desk/bookings/{id}': [desks(303, form), { id: 'booked' }, { state: 'cancelled' }],
  'POST /desk/bookings/{id}/answers': [desks(303, form), { id: 'desked' }, { how: 'send' }],
  'GET /desk/bookings/{id}/move': [desks(200), { id: 'booked' }],
  'POST /desk/bookings/{id}/move': [desks(422, form), { id: 'booked' }, { start: 'noon' }],
  'GET /practice/calendars': [therapists(200)],
  'POST /practice/calendars': [therapists(422, form), {}, { name: 'Home', url: 'http://10.0.0.1:22/x' }],
  'POST /practice/calendars/{id}': [owner(303, form), { id: 'calendar' }, { act: 'now' }],
  'POST /practice/calendar-feed': [therapists(303, form), {}, { act: 'renew' }],
  'GET /practice/hours': [therapists(200)],
  'GET /practice/hours/{location}': [owner(200), { location: 'location' }],
  'POST /practice/hours/{location}': [owner(303, form), { location: 'location' }, allDay],
  'GET /practice/hours/{location}/seasons/{season}': [owner(200), { location: 'location', season: 'new' }],
  'POST /practice/hours/{location}/seasons/{season}': [owner(303, form), { location: 'location', season: 'season' }, { ...allDay, valid_from: until }],
  'POST /practice/hours/{location}/seasons/{season}/remove': [owner(303, form), { location: 'location', season: 'season' }],
  'GET /practice/hours/{location}/days': [owner(200), { location: 'location' }],
  'POST /practice/hours/{location}/days': [owner(303, form), { location: 'location' }, { day: until, kind: 'closed' }],
  'POST /practice/hours/{location}/days/{day}/remove': [owner(303, form), { location: 'location', day: 'day' }],
  'GET /practice/time-off': [therapists(200)],
  'POST /practice/time-off': [therapists(303, form), {}, { from_day: until }],
  'POST /practice/time-off/{id}/remove': [owner(303, form), { id: 'off' }],
  'GET /practice/holidays': [therapists(200)],
  'POST /practice/holidays': [therapists(303, form), {}, { holiday: 'us-labor' }],
  'GET /practice/travel': [therapists(200)],
  'GET /practice/why': [therapists(200)],
  'POST /practice/travel': [owner(303, form), {}, { a: mine.location, b: away, minutes: '20' }],

  'GET /operator': [operators(303)],
  'GET /operator/therapists': [operators(200)],
  'GET /operator/credentials': [operators(200)],
  'GET /operator/credentials/{id}': [operators(200), { id: 'credential' }],
  'POST /operator/credentials/{id}': [operators(303, form), { id: 'credential' }, { result: 'register', where: 'IL register', on, until }],
  'GET /operator/statements': [operators(200)],
  'POST /operator/statements/{version}': [operators(409, form), { version: '999999' }, { act: 'discard' }],
  'POST /operator/statement-files': [operators(422, form)],
  'GET /operator/credentials/{id}/proof': [operators(200), { id: 'proofed' }],
  'GET /operator/credential-settings': [operators(200)],
  'POST /operator/credential-settings': [operators(303, form), {}, { license: 'yes', two: 'yes', confirm_days: '7', proof_days: '90' }],
  'GET /operator/acts': [operators(200)],
  'POST /operator/acts/{id}': [operators(303, form), { id: 'proposal' }, { decide: 'refuse' }],
  'GET /operator/therapists/{slug}': [operators(200), { slug: mine.slug }],
  'GET /operator/therapists/{slug}/acts/{act}': [operators(200), { slug: mine.slug, act: 'note' }],
  'POST /operator/therapists/{slug}/acts/{act}': [operators(303, form), { slug: mine.slug, act: 'note' }, { source: 'A board', dated: on, words: 'A decision was made', reason: 'It stands in the register' }],
  'GET /operator/people': [operators(200)],
  'POST /operator/people': [operators(422, form), {}, { email: 'nobody-at-all@example.org' }],
  'GET /operator/people/{id}': [operators(200), { id: 'self' }],
  'POST /operator/people/{id}': [operators(422, form), { id: 'self' }, { reason: 'short' }],
  'GET /operator/incidents': [operators(200)],
  'GET /operator/audit': [operators(200)],
  'POST /operator/audit': [operators(303, form), {}, { kind: 'account' }],
  'GET /operator/messages': [operators(200)],
  'POST /operator/messages/{id}': [operators(303, form), { id: 'message' }, { act: 'again' }],
  'GET /operator/reviews': [operators(200)],
  'GET /operator/reviews/{id}': [operators(200), { id: 'case' }],
  'POST /operator/reviews/{id}': [operators(303, form), { id: 'case' }, { decision: 'keep', edition: '1' }],
  'GET /operator/clinicians': [operators(200)],
  'GET /operator/clinicians/new': [operators(200)],
  'POST /operator/clinicians/new': [operators(422, form), {}, { name: '' }],
  'GET /operator/clinicians/{id}': [operators(200), { id: 'clinician' }],
  'POST /operator/clinicians/{id}': [operators(303, form), { id: 'clinician' }, checks],
  'POST /operator/clinicians/{id}/act': [operators(303, form), { id: 'clinician' }, { act: 'link' }],
  'GET /operator/taxonomies': [operators(200)],
  'GET /operator/taxonomies/new': [operators(200)],
  'POST /operator/taxonomies/new': [operators(422, form), {}, { short: 'sort', label: 'Sort', one: 'no', in_filters: 'no', nth: '1' }],
  'GET /operator/taxonomies/{kind}': [operators(200), { kind: 'ambience' }],
  'GET /operator/taxonomies/{kind}/settings': [operators(200), { kind: 'ambience' }],
  'POST /operator/taxonomies/{kind}/settings': [operators(303, form), { kind: 'ambience' }, { label: 'The room', ask: 'What is the room like?', one: 'no', in_filters: 'yes', nth: '160' }],
  'GET /operator/taxonomies/{kind}/new': [operators(200), { kind: 'ambience' }],
  'POST /operator/taxonomies/{kind}/new': [operators(422, form), { kind: 'ambience' }, { label: '' }],
  'GET /operator/taxonomies/{kind}/{slug}': [operators(200), { kind: 'ambience', slug: 'cozy' }],
  'POST /operator/taxonomies/{kind}/{slug}': [operators(303, form), { kind: 'ambience', slug: 'cozy' }, { label: 'Cozy', nth: '5' }],
  'POST /operator/taxonomies/{kind}/{slug}/offer': [operators(303, form), { kind: 'ambience', slug: 'cozy' }, { offer: 'yes' }],
  'GET /operator/taxonomies/{kind}/{slug}/guidance': [operators(200), { kind: 'goal', slug: 'relax' }],
  'POST /operator/taxonomies/{kind}/{slug}/guidance': [operators(303, form), { kind: 'goal', slug: 'relax' }, { evidence: 'Not reviewed here', suggest: 'swedish' }],
  'GET /operator/photos': [operators(200)],
  'POST /operator/photos/{photo}/remove': [operators(422, form), { photo: '0123456789abcdef01234567' }, { why: '' }],
  'GET /operator/evidence': [operators(200)],
  'GET /operator/evidence/new': [operators(200)],
  'POST /operator/evidence/new': [operators(422, form), {}, { source: '' }],
  'GET /operator/evidence/{key}': [operators(200), { key: 'harm' }],
  'POST /operator/evidence/{key}': [operators(303, form), { key: 'harm' }, { source: 'Serious harm', finding: 'Few cases.', label: 'Rare', basis: 'Yin 2014', shown: 'yes', nth: '14' }],
  'GET /operator/credential-kinds': [operators(200)],
  'GET /operator/credential-kinds/new': [operators(200)],
  'POST /operator/credential-kinds/new': [operators(422, form), {}, { short: 'state_license', label: 'X', profession: 'no', offered: 'no' }],
  'GET /operator/credential-kinds/{kind}': [operators(200), { kind: 'npi' }],
  'POST /operator/credential-kinds/{kind}': [operators(303, form), { kind: 'npi' }, { label: 'National Provider Identifier', profession: 'no', offered: 'yes', nth: '15' }],
  'GET /operator/registers': [operators(200)],
  'GET /operator/registers/new': [operators(200)],
  'POST /operator/registers/new': [operators(422, form), {}, { country: 'USA' }],
  'GET /operator/registers/{id}': [operators(200), { id: 'register' }],
  'POST /operator/registers/{id}': [operators(303, form), { id: 'register' }, { body: 'Elsewhere', regime: 'unknown', basis: 'our judgment', used: 'yes' }],
  'GET /operator/questionnaires': [operators(200)],
  'POST /operator/questionnaires': [operators(303, form), {}, {}],
  'POST /operator/questionnaire-files': [operators(422, form)],
  'GET /operator/questionnaires/{version}': [operators(200), { version: '1' }],
  'GET /operator/questionnaires/{version}/trial': [operators(200), { version: '1' }],
  'POST /operator/questionnaires/{version}/publish': [operators(422, form), { version: 'version' }, { note: 'x'.repeat(2001) }],
  'POST /operator/questionnaires/{version}/discard': [operators(303, form), { version: 'version' }],
  'GET /operator/questionnaires/{version}/fhir.json': [operators(200), { version: '1' }],
  'GET /operator/questionnaires/{version}/sign': [operators(200), { version: '1' }],
  'POST /operator/questionnaires/{version}/sign': [operators(422, form), { version: '1' }, { name: '' }],
  'GET /operator/questionnaires/{version}/questions/{question}': [operators(200), { version: '1', question: 'RF01' }],
  'POST /operator/questionnaires/{version}/questions/{question}': [operators(422, form), { version: '1', question: 'RF01' }, { ask: '' }],
  'POST /operator/questionnaires/{version}/questions/{question}/remove': [operators(422, form), { version: 'version', question: 'RF01' }], // of a draft that compiles: tests/http/questionnaire.mjs
  'GET /operator/questionnaires/{version}/rules/{rule}': [operators(200), { version: '1', rule: 'RF-01' }],
  'POST /operator/questionnaires/{version}/rules/{rule}': [operators(422, form), { version: '1', rule: 'RF-01' }, { reason: '' }],
  'POST /operator/questionnaires/{version}/rules/{rule}/remove': [operators(422, form), { version: 'version', rule: 'OK-00' }],
  'GET /operator/questionnaires/{version}/words': [operators(200), { version: '1' }],
  'POST /operator/questionnaires/{version}/words/change': [operators(422, form), { version: '1' }, { word: '', act: 'change' }],
  'POST /operator/questionnaires/{version}/words': [operators(422, form), { version: '1' }, { kind: 'avoid', slug: '' }],
  'GET /operator/emergency-numbers': [operators(200)],
  'GET /operator/emergency-numbers/new': [operators(200)],
  'POST /operator/emergency-numbers/new': [operators(422, form), {}, { country: 'US', emergency: '911', basis: 'general knowledge' }],
  'GET /operator/emergency-numbers/{country}': [operators(200), { country: 'NZ' }],
  'POST /operator/emergency-numbers/{country}': [operators(303, form), { country: 'NZ' }, { emergency: '111', urgent_line: '0800 611 116', basis: 'general knowledge' }],
  'GET /operator/cases': [operators(200)],
  'GET /operator/cases/{key}': [operators(200), { key: 'new' }],
  'POST /operator/cases/{key}/remove': [operators(303, form), { key: 'key' }],
  'POST /operator/cases/{key}': [operators(422, form), { key: 'new' }, { name: '' }],
};

// --- Paths. What an id names is made anew for each row that changes it.

const asset = (await send('GET', '/')).text.match(/\/static\/([^"]+\.css)/)[1];
const kept = {};
const spare = () =>
  sql(`insert into service (therapist_id, name, minutes, price, currency, notice) values (:'id', 'Spare', 40, 1000, 'USD', 0) returning id`, { id: mine.id })[0][0];
// a mail that was given up, of nobody's in particular
const dead = () => sql(`insert into outbox (kind, recipient, data, state) values ('booking-confirmed', 'x@example.org', '{}', 'dead') returning id`)[0][0];
const message = (fresh) => (fresh || !kept.message ? (kept.message = dead()) : kept.message);
// What stands in the way of a row's path beside the id, made anew: a season, a day that differs, time off.
const seasonOf = (therapist) =>
  sql(`delete from season where location_id = :'location'; insert into season (location_id, valid_from) values (:'location', current_date + 300) returning id`, therapist).at(-1)[0];
const dayOf = (therapist) =>
  sql(`insert into special_day values (:'location', current_date + 100, 'closed') on conflict (location_id, day) do update set kind = 'closed' returning day`, therapist)[0][0];
const offOf = (therapist) => sql(`with o as (insert into time_off (therapist_id, starts, ends) values (:'id', current_date + 90, current_date + 91) returning id)
  insert into time_off_note select id, :'id', 'At a wedding' from o returning time_off_id`, therapist)[0][0];
// 24 statements are in use, which other files do without
sql(`insert into statement_form (language, source, attribution, statements, loaded_at, loaded_by, state, used_at, used_by) select 'en', 'made up', 'nobody', array_agg('made up ' || n), now(), 'test', 'used', now(), 'test' from generate_series(1, 24) n`);
after(() => sql(`begin; set local session_replication_role = replica; delete from statement_form; commit; select 1`));
// a review that is shown, and one that an operator looks at; of visits that are nobody's in particular
const reviewOf = (therapist) => sql(`begin; set local session_replication_role = replica; insert into review (therapist_id, booking_id, expertise, professionalism, satisfaction, service_name, visited_on, shown, shown_at)
  values (:'id', gen_random_uuid(), 5, 5, 5, 'x', date_trunc('month', current_date)::date, true, now()) returning id; commit`, therapist)[0][0];
const caseOf = (therapist) => sql(`insert into review_case (review_id, therapist_id, why, edition, opened_at) values (:'review', :'id', 'words', 1, now()) returning id`, { ...therapist, review: reviewOf(therapist) })[0][0];
const clinicianOf = () => sql(`select id from clinician where token_hash = sha256(convert_to(:'recommends', 'UTF8'))`, { recommends })[0][0];
// somebody who came, and somebody who cannot come again; of no visits in particular
const personOf = (therapist) => sql(`insert into client (therapist_id, name, name_key, latest_at) values (:'id', 'Pat Person', 'pat person', now()) returning id`, therapist)[0][0];
const unwantedOf = (therapist) => sql(`insert into client_block (therapist_id) values (:'id') returning id`, therapist)[0][0];
const courseOf = (therapist) => sql(`insert into credential (therapist_id, kind, title, issuer) values (:'id', 'ce_course', 'Course', 'School') returning id`, therapist)[0][0];
const decisionOf = (therapist) => sql(`insert into discipline (therapist_id, source, dated, words, made_at, made_by) values (:'id', 'A board', current_date, 'A decision', now(), 'Olga') returning id`, therapist)[0][0];
const proposalOf = (therapist) => sql(`insert into proposal (act, therapist_id, reason, proposed_by, proposed_name, proposed_at, expires_at)
  values ('therapist.suspend', :'id', 'Because of it', :'by', 'Olga', now(), now() + interval '1 day') returning id`, { ...therapist, by: checker.id })[0][0];
const questionOf = (therapist) => sql(`insert into own_question (therapist_id, position, kind, ask) values (:'id', 1, 'text', 'Stairs?') returning id`, therapist)[0][0];
// what belongs to the client: a visit, a place in a line, another device
const visitOf = () => sql(`update booking set client_account_id = :'account' where id = :'id' returning id`, { account: customer.id, id: strange.id })[0][0];
const entryOf = () => sql(`insert into waiting (key, token_hash, therapist_id, days, parts, from_day, until_day, email, confirmed_at)
  values (gen_random_uuid(), sha256(gen_random_uuid()::text::bytea), :'id', '{1}', '{morning}', current_date, current_date, :'email', now()) returning id`, { id: other.id, email: customer.email })[0][0];
const deviceOf = () => sql(`insert into session (token_hash, account_id, expires_at) values (sha256(gen_random_uuid()::text::bytea), :'id', now() + interval '1 hour') returning id`, customer)[0][0];
const placeOf = (therapist) => sql(`insert into location (therapist_id, street, town, country, lat, lon, zone) values (:'id', '9 Way', 'Springfield', 'US', 39.8, -89.6, 'America/Chicago') returning id`, therapist)[0][0];
const changeOf = (therapist) => sql(`delete from profile_version where therapist_id = :'id'; update therapist set headline = 'Changed' where id = :'id';
  insert into profile_version (therapist_id, account_id, before, after) values (:'id', :'account', '{"headline": "As it was"}', '{"headline": "Changed"}') returning id`, therapist).at(-1)[0];
const factorOf = () => sql(`insert into factor (id, account_id, kind, name, sealed, last_step) values (gen_random_uuid(), :'id', 'app', 'Phone', 'sealed', 0) returning id`, customer)[0][0];
const roomOf = () => sql(`insert into room (premises_id, name) values (:'premises', gen_random_uuid()) returning id`, { premises })[0][0];
const closingOf = () => sql(`insert into room_closing (room_id, starts_at, ends_at) values (:'room', now(), now() + interval '1 day') returning id`, { room: roomOf() })[0][0];
const madeOnce = {};
const made = (kind, fresh, make) => (fresh || !madeOnce[kind] ? (madeOnce[kind] = make(mine)) : madeOnce[kind]);
const hourAt = (start) => new Intl.DateTimeFormat('en-GB', { timeZone: 'America/Chicago', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(start);
const dayAt = (start) => new Intl.DateTimeFormat('sv-SE', { timeZone: 'America/Chicago', year: 'numeric', month: '2-digit', day: '2-digit' }).format(start);
// a visit that the therapist keeps for a client, and a time that she blocks
async function phoned(side = 'practice') {
  const start = new Date(free(mine));
  const answer = await therapist.post(`/${side}/bookings/new`, { therapist: mine.slug, service: mine.service, place: mine.location, day: dayAt(start), time: hourAt(start), name: 'Carla Client', email: 'carla@example.org', how: 'send', key: randomUUID() }, { from: '/practice/blocks/new' });
  assert.equal(answer.status, 303, answer.text);
  return answer.headers.location.match(/bookings\/([^?]+)/)[1];
}
async function blocked() {
  const start = new Date(free(mine));
  const answer = await therapist.send('POST', '/practice/blocks/new', { json: { day: dayAt(start), from: hourAt(start), to: hourAt(new Date(+start + 1800e3)), note: 'dentist' }, headers: { accept: 'application/json' } });
  assert.equal(answer.status, 200, answer.text);
  return answer.json().id;
}
// a draft of the questionnaire, of one question and one rule unless somebody has made one
const draft = () =>
  sql(`insert into questionnaire (version, made_by) select max(version) + 1, 'a test' from questionnaire having not bool_or(state = 'draft');
    insert into questionnaire_page (version, section, page, title) select version, 'S1', 1, 'One' from questionnaire where state = 'draft' on conflict do nothing;
    insert into question (version, id, section, page, position, kind, ask, missing, high) select version, 'RF01', 'S1', 1, 1, 'text', 'What?', 'Say it', 9 from questionnaire where state = 'draft' on conflict do nothing;
    insert into safety_rule (version, id, position, outcome, is_default, reason, client_text, basis) select version, 'OK-00', 1, 'PROCEED', true, 'None', 'Fine', 'none' from questionnaire where state = 'draft' on conflict do nothing;
    select version from questionnaire where state = 'draft'`).at(-1)[0];
// a stored case, made again where it was removed
const storedCase = () =>
  sql(`insert into questionnaire_case (name, position, answers, today, outcome, rules, must_hold) values ('matrix', 9999, '{}', '2026-11-22', 'PROCEED', '{OK-00}', false) on conflict do nothing;
    select case_key('matrix')`).at(-1)[0];
after(() => sql(`delete from questionnaire where state = 'draft'; delete from questionnaire_case where name = 'matrix'`));
const calendar = () => (kept.calendar ??= sql(`insert into outside_calendar (therapist_id, name, sealed, host, next_at) values (:'id', 'Home', 'x', 'calendar.example', 'infinity') returning id`, { id: mine.id })[0][0]);
// A booked visit to which a clinician's answer was added.
async function papered() {
  const b = await booked(mine);
  const fields = { key: randomUUID(), who: 'Dr Example', dated: new Date(Date.now() - 2 * 86400e3).toISOString().slice(0, 10) };
  const body = Object.entries(fields).map(([name, said]) => `--x\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${said}\r\n`).join('')
    + '--x\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\nContent-Type: application/pdf\r\n\r\n%PDF-1.4\n%%EOF\r\n--x--\r\n';
  const answer = await send('POST', `/bookings/${b.id}/clearance/note`, { headers: bearer(b), body, type: 'multipart/form-data; boundary=x' });
  assert.equal(answer.status, 200, answer.text);
  return { booking: b.id, token: b.token, id: b.id, item: answer.json().clearance.items[0].id };
}

// A credential of which a proof was sent.
async function proofed() {
  const id = courseOf(mine);
  const answer = await sendFiles(therapist, `/practice/credentials/${id}`, { kind: 'ce_course', issuer: 'School', key: randomUUID() }, [{ name: 'file', filename: 'a.pdf', type: 'application/pdf', data: '%PDF-1.4\n%%EOF\n' }]);
  assert.equal(answer.status, 303, answer.text);
  return { booking: randomUUID(), token: randomUUID(), id };
}

// A visit after which medical care was needed.
async function hurt() {
  const { id, token } = await held(mine, 'booked');
  sql(`insert into incident (booking_id, therapist_id, opened_at) values (:'id', :'therapist', now())`, { id, therapist: mine.id });
  return { booking: id, token, id };
}
async function idsOf(row, fresh) {
  const kind = row[1]?.id ?? (row[1]?.token && 'booked');
  if (kind === 'hurt') return (kept.hurt ??= await hurt());
  if (kind === 'proofed') return (kept.proofed ??= await proofed());
  if (kind === 'papered') return (kept.papered ??= await papered());
  if (['held', 'passed', 'named', 'booked'].includes(kind)) {
    if (fresh || !kept[kind]) kept[kind] = await held(mine, kind);
    return { booking: kept[kind].id, token: kept[kind].token, id: kept[kind].id };
  }
  if (['kept', 'desked', 'block'].includes(kind)) {
    if (fresh || !kept[kind]) kept[kind] = await (kind === 'block' ? blocked() : phoned(kind === 'kept' ? 'practice' : 'desk'));
    return { booking: randomUUID(), token: randomUUID(), id: kept[kind] };
  }
  const id = { premises, self: mine.account, invited: kind === 'invited' && made('invited', fresh, () => invitationOf()), room: kind === 'room' && made('room', fresh, roomOf), closing: kind === 'closing' && made('closing', fresh, closingOf), service: mine.service, spare: kind === 'spare' && (fresh ? spare() : mine.second), credential: mine.credential, register: '90', message: kind === 'message' && message(fresh), calendar: kind === 'calendar' && calendar(), off: kind === 'off' && made('off', fresh, offOf), course: kind === 'course' && made('course', fresh, courseOf), entered: kind === 'entered' && made('entered', fresh, courseOf),
    decision: kind === 'decision' && made('decision', fresh, decisionOf), proposal: kind === 'proposal' && made('proposal', fresh, proposalOf), person: kind === 'person' && made('person', fresh, personOf), unwanted: kind === 'unwanted' && made('unwanted', fresh, unwantedOf), question: kind === 'question' && made('question', fresh, questionOf),
    review: kind === 'review' && made('review', fresh, reviewOf), case: kind === 'case' && made('case', fresh, caseOf), clinician: kind === 'clinician' && clinicianOf(),
    visit: kind === 'visit' && made('visit', fresh, visitOf), entry: kind === 'entry' && made('entry', fresh, entryOf), device: kind === 'device' && made('device', fresh, deviceOf), factor: kind === 'factor' && made('factor', fresh, factorOf) }[kind];
  if (row[1]?.with === 'factor') factorOf();
  if (row[1]?.without === 'factor') sql(`delete from factor where account_id = :'id'`, customer);
  const season = row[1]?.season === 'season' && made('season', fresh, seasonOf);
  const day = row[1]?.day === 'day' && made('day', fresh, dayOf);
  const version = row[1]?.version === 'version' && draft();
  const change = row[1]?.version === 'change' && changeOf(mine);
  const place = row[1]?.location === 'place' && made('place', fresh, placeOf);
  const key = row[1]?.key === 'key' && storedCase();
  return { booking: randomUUID(), token: randomUUID(), id, location: place || mine.location, season, day, version: version || change, key };
}
function pathOf(route, row, ids) {
  return route.path.replace(/\{(\w+)\}/g, (_, name) => {
    const said = row[1][name];
    return said === 'ASSET' ? asset : said === 'TOKEN' ? ids.token : name === 'id' || name === 'location' || name === said || said === 'change' ? ids[name] : said;
  });
}
// A form's token is good for as long as the session it was made for.
const tokens = new Map();
async function csrfOf(browser) {
  const session = browser.cookies.get('session') ?? browser.cookies.get('visitor');
  if (!tokens.has(session)) tokens.set(session, tokenOf((await browser.get('/sign-in')).text));
  return tokens.get(session);
}
async function call(route, row, who, ids, options = {}) {
  const browser = await caller(who, ids);
  const path = pathOf(route, row, ids);
  if (route.method === 'GET') return browser.get(path, options);
  return browser.send('POST', path, { form: { ...row[2], csrf: await csrfOf(browser) }, ...options });
}

// What stands in the path for what is one person's.
const namedIn = (row) => ['id', 'location'].find((name) => row[1]?.[name]);

// --- What every answer carries

const once = ['content-security-policy', 'x-content-type-options', 'referrer-policy', 'permissions-policy', 'cross-origin-opener-policy',
  'cross-origin-resource-policy', 'x-frame-options', 'x-request-id', 'content-length'];
function checkAnswer(answer, what, cache) {
  const count = (name) => answer.raw.filter(([header]) => header === name).length;
  for (const name of once) if (!(name === 'content-length' && answer.status === 304)) assert.equal(count(name), 1, `${what}: ${name} once`);
  for (const [name] of answer.raw) assert.ok(name === 'set-cookie' || count(name) === 1, `${what}: ${name} once`);
  assert.equal(count('server'), 0, `${what}: says nothing about its software`);
  if (cache === 'never') assert.match(answer.headers['cache-control'] ?? '', /no-store/, `${what}: no-store`);
}

// The page without what says which address was asked for.
let cells = 0;
const faceless = (answer, path) => unmasked(answer).replaceAll(path, 'PATH').replaceAll(encodeURIComponent(path), 'PATH');

// --- Tests

test('the table and the program have the same routes', () => {
  assert.deepEqual(Object.keys(rows).sort(), routes.map(nameOf).sort());
});

test('each row of the program names who may call it, and what shared caches may keep', () => {
  for (const route of routes) assert.equal(route.who, rows[nameOf(route)]?.[0][WHO], nameOf(route));
  const kept = ['/', '/guides', '/guides/{slug}', '/static/{file}', '/favicon.ico', '/robots.txt', '/therapists', '/therapists/{slug}', '/therapists/{slug}/slots', '/filters', '/compare', '/places',
    '/massage', '/massage/{area}', '/massage/{area}/{town}', '/techniques', '/techniques/{slug}', '/complaints', '/complaints/{slug}', '/how-ranking-works', '/therapists/{slug}/reviews', '/therapists/{slug}/share', '/photos/{file}', '/review-rules', '/sitemap.xml', '/sitemap/{part}',
    '/map/{z}/{x}/{y}', '/finder', '/safety-rules', '/safety-rules/fhir.json'];
  assert.deepEqual(routes.filter((r) => r.cache !== 'never').map(nameOf).sort(), kept.map((path) => `GET ${path}`).sort());
  assert.deepEqual(routes.filter((r) => r.method === 'POST' && !r.token).map((r) => r.path), ['/theme', '/saved', '/finder'], 'forms without a token');
});

for (const route of routes) {
  const row = rows[nameOf(route)];
  if (!row) continue;
  test(`${nameOf(route)} answers each caller as it should`, async () => {
    const turnedAway = callers.filter((who) => isRefusal(row[0][who]));
    const admitted = callers.filter((who) => !isRefusal(row[0][who]));
    let ids = await idsOf(row);
    written();
    const check = async (who) => {
      cells++;
      const answer = await call(route, row, who, ids);
      const expected = row[0][who];
      assert.equal(answer.status, expected === SIGN_IN ? 303 : expected, `${who}: ${answer.text.slice(0, 500)}`);
      if (answer.status === 303) assert.equal(answer.headers.location.startsWith('/sign-in?next='), expected === SIGN_IN, `${who}: to ${answer.headers.location}`);
      checkAnswer(answer, `${nameOf(route)} as ${who}`, route.cache);
    };
    await each(turnedAway, check);
    if (route.method === 'GET') await each(admitted, check);
    assert.deepEqual(written(), [], 'neither a GET nor who may not call it changes anything');
    if (route.method === 'POST')
      for (const who of admitted) {
        ids = await idsOf(row, true);
        await check(who);
      }
    if (nameOf(route) === 'POST /sign-out') sql(`delete from factor where account_id = :'id'`, customer);
    if (nameOf(route) === 'POST /practice/team/leave') employed();
    if (nameOf(route) === 'POST /sign-out') for (const [email, browser] of [[customer.email, client], [mine.email, therapist], [other.email, colleague], [checker.email, operator], [front.email, desk]]) await browser.signIn(email);
  });

  // What is another's is answered as what does not exist.
  const named = namedIn(row);
  if (named)
    test(`${nameOf(route)}: another's and nobody's are the same`, async () => {
      const ids = await idsOf(row);
      const nobody = { ...ids, [named]: /^\d+$/.test(ids[named]) ? '2000000000' : randomUUID() };
      if (named === 'id' && ids.booking === ids.id) nobody.booking = nobody.id;
      written();
      await each(callers.filter((w) => isRefusal(row[0][w])), async (who) => {
        cells++;
        const there = await call(route, row, who, ids);
        const nowhere = await call(route, row, who, nobody);
        assert.equal(there.status, nowhere.status, who);
        assert.equal(faceless(there, pathOf(route, row, ids)), faceless(nowhere, pathOf(route, row, nobody)), who);
      });
      // and whose it would be finds nothing where nothing is, whatever form the id takes
      const admitted = callers.find((who) => !isRefusal(row[0][who]));
      await each([nobody[named], 'x', '-1', '0', '99999999999999999999', "1'", '%00', '..%2f..'], async (id) => {
        cells++;
        const answer = await call(route, row, admitted, { ...nobody, [named]: id });
        assert.ok([404, 400].includes(answer.status), `${admitted} with ${id}: ${answer.status}`);
      });
      assert.deepEqual(written(), []);
    });
}

test('a method that a path does not have is 405, with the ones it has', async () => {
  const paths = Map.groupBy ? Map.groupBy(routes, (r) => r.path) : routes.reduce((all, r) => all.set(r.path, [...(all.get(r.path) ?? []), r]), new Map());
  for (const [path, own] of paths) {
    const allowed = own.flatMap((r) => (r.method === 'GET' ? ['GET', 'HEAD'] : [r.method])).sort();
    const row = rows[nameOf(own[0])];
    if (!row) continue;
    const target = pathOf(own[0], row, await idsOf(row));
    await each(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND'].filter((m) => !allowed.includes(m)), async (method) => {
      const answer = await send(method, target, { headers: { 'sec-fetch-site': 'same-origin' } });
      assert.equal(answer.status, 405, `${method} ${target}`);
      assert.deepEqual(answer.headers.allow?.split(/, */).sort(), allowed, `${method} ${target}`);
      checkAnswer(answer, `${method} ${target}`);
    });
  }
});

// --- Names of columns in forms: each that no form of ours has, with a value that nobody else would write

const inForms = new Set(fs.readdirSync(new URL('../../templates', import.meta.url), { recursive: true, encoding: 'utf8' }).filter((f) => f.endsWith('.html'))
  .flatMap((f) => [...fs.readFileSync(new URL(`../../templates/${f}`, import.meta.url), 'utf8').matchAll(/name="(\w+)"/g)].map(([, name]) => name)));
const said = (type) => (/^(int|bigint|small|numeric|double|real)/.test(type) ? '77123457' : /^(date|timestamp)/.test(type) ? '2077-07-07' : type === 'boolean' ? 'true' : type === 'uuid' ? '77777777-7777-4777-8777-777777777777' : 'planted-by-name');
const columns = Object.fromEntries(sql(`select column_name, min(data_type) from information_schema.columns where table_schema = 'unknot' group by 1 order by 1`)
  .filter(([name]) => !inForms.has(name) && !['key', 'csrf'].includes(name)).map(([name, type]) => [name, said(type)]));
const names = Object.keys(columns);
// Where one of these values stands now, and who is who.
const planted = () => sql(sql(`select format('select %L, count(*) from %I x where x::text ~ %L having count(*) > 0', c.relname, c.relname, '77123457|2077-07-07|planted-by-name|77777777-7777-4777')
  from pg_class c where c.relnamespace = 'unknot'::regnamespace and c.relkind = 'r'`).map(([query]) => query).join(' union all '));
const whoIsWho = () => JSON.stringify(sql(`select id, role, email, password_hash, disabled_at from account where id in (:'a', :'b', :'c', :'d') order by id`, { a: mine.account, b: other.account, c: checker.id, d: customer.id })) +
  JSON.stringify(sql(`select id, account_id, slug, published from therapist where id in (:'a', :'b') order by id`, { a: mine.id, b: other.id }));

// --- Forms that did not come from here

const cookieless = new Set(['POST /bookings', 'POST /sign-in', 'POST /sign-up', 'POST /sign-up/therapist', 'POST /forgot', 'POST /links', 'POST /links/{token}', 'POST /theme', 'POST /saved', 'POST /finder', 'POST /series', 'POST /therapists/{slug}/series', 'POST /therapists/{slug}/waiting', 'POST /waiting', 'POST /waiting/{token}/confirm', 'POST /waiting/{token}/leave',
  'POST /recommend/{token}', 'POST /recommend/{token}/withdraw', 'POST /invitations/{token}']);
for (const route of routes.filter((r) => r.method === 'POST')) {
  const row = rows[nameOf(route)];
  if (!row || route.who === 'half signed in') continue; // tests/http/factors.mjs
  test(`${nameOf(route)} is refused when another site or nobody knows who sent it`, async () => {
    const who = callers.find((w) => !isRefusal(row[0][w]));
    const ids = await idsOf(row, true);
    const target = pathOf(route, row, ids);
    const browser = await caller(who, ids);
    const csrf = await csrfOf(browser);
    const fill = { ...(row[2] ?? {}), csrf };
    written();
    const cookie = browser.headers().cookie;
    const cases = [
      ['cross-site', { 'sec-fetch-site': 'cross-site' }, fill],
      ['same-site, which is another host', { 'sec-fetch-site': 'same-site' }, fill],
      ['from an origin that is not ours', { origin: 'https://evil.example' }, fill],
      ['from an origin that begins like ours', { origin: `${origin}.evil.example` }, fill],
      ['from the origin null', { origin: 'null' }, fill],
      ['ours by Origin and cross-site by Sec-Fetch-Site', { origin, 'sec-fetch-site': 'cross-site' }, fill],
      ['with neither header', {}, fill],
    ];
    if (route.token)
      cases.push(
        ['without a token', { 'sec-fetch-site': 'same-origin' }, { ...fill, csrf: undefined }],
        ['with an empty token', { 'sec-fetch-site': 'same-origin' }, { ...fill, csrf: '' }],
        ["with a token of somebody else's page", { 'sec-fetch-site': 'same-origin' }, { ...fill, csrf: strangers }],
        ['with a token that was changed', { 'sec-fetch-site': 'same-origin' }, { ...fill, csrf: (csrf[0] === 'A' ? 'B' : 'A') + csrf.slice(1) }],
      );
    await each(cases, async ([what, headers, body]) => {
      const answer = await send('POST', target, { form: body, headers: { ...headers, cookie } });
      assert.equal(answer.status, 403, `${what}: ${answer.status}`);
      checkAnswer(answer, `${nameOf(route)}, ${what}`, 'never');
    });
    // JSON: a browser's cookies do not act without proof either, and nothing but JSON is JSON
    if (!cookieless.has(nameOf(route)))
      await each([{}, { 'sec-fetch-site': 'cross-site' }, { origin: 'https://evil.example' }], async (headers) => {
        const answer = await send('POST', target, { json: row[2] ?? {}, headers: { ...headers, cookie } });
        assert.equal(answer.status, 403, `JSON ${JSON.stringify(headers)}: ${answer.status}`);
      });
    await each(['text/plain', 'text/html', 'application/x-json', undefined], async (type) => {
      const answer = await send('POST', target, { body: JSON.stringify(row[2] ?? {}), type, headers: { 'sec-fetch-site': 'cross-site', cookie } });
      assert.ok([403, 415].includes(answer.status), `${type}: ${answer.status}`);
    });
    assert.deepEqual(written(), [], 'and nothing was changed');
    // the control: the same form from here does act
    const answer = await send('POST', target, { form: fill, headers: { 'sec-fetch-site': 'same-origin', cookie } });
    assert.equal(answer.status, row[0][who], answer.text.slice(0, 300));
    // and with the names of columns nobody asked for it does no more
    const before2 = whoIsWho();
    for (let from = 0; from < names.length; from += 180) { // a form has 256 fields at most
      const part = Object.fromEntries(names.slice(from, from + 180).map((name) => [name, columns[name]]));
      const more = await send('POST', target, { form: { ...part, ...fill, key: randomUUID() }, headers: { 'sec-fetch-site': 'same-origin', cookie } });
      assert.ok(more.status < 500 && more.status !== 413, `with all columns: ${more.status}`);
    }
    if (!nameOf(route).includes('leave') && !nameOf(route).includes('close')) assert.equal(whoIsWho(), before2, 'with all columns');
    if (nameOf(route) === 'POST /sign-out') sql(`delete from factor where account_id = :'id'`, customer);
    if (nameOf(route) === 'POST /sign-out') await client.signIn(customer.email);
    if (nameOf(route) === 'POST /practice/team/leave') employed();
  });
}

test('names of columns that no form has changed nothing', () => {
  assert.ok(Object.keys(columns).length > 150, `${Object.keys(columns).length} columns`);
  assert.deepEqual(planted(), []);
});

test('a script needs no ceremony: JSON without cookies acts, and so does a bearer', async () => {
  const booking = await held(mine, 'named');
  const asked = await send('POST', `/bookings/${booking.id}/confirm`, { json: {}, headers: bearer(booking) });
  assert.equal(asked.status, 200, asked.text);
  assert.equal(asked.json().state, 'confirmed');
  const signed = await send('POST', '/sign-in', { json: { email: mine.email, password: 'unknot-demo' }, headers: { accept: 'application/json' } });
  assert.equal(signed.status, 200, signed.text);
  assert.equal(signed.json().role, 'therapist');
});

test('a script without the token of the booking is told what to send; with another one it finds nothing', async () => {
  const booking = await booked(mine);
  const none = await send('GET', `/bookings/${booking.id}`, { headers: { accept: 'application/json' } });
  assert.equal(none.status, 401);
  assert.equal(none.headers['www-authenticate'], 'Bearer');
  const wrong = await send('GET', `/bookings/${booking.id}`, { headers: { ...bearer(booking), authorization: `Bearer ${strange.token}` } });
  assert.equal(wrong.status, 404);
  assert.equal((await send('GET', `/bookings/${booking.id}`, { headers: bearer(booking) })).status, 200);
});

test('a therapist does not act as a guest of a booking, with any token', async () => {
  const booking = await held(mine, 'named');
  written();
  for (const token of [strange.token, 'x'.repeat(43)])
    for (const [method, path] of [['GET', ''], ['GET', '/details'], ['POST', '/confirm'], ['POST', '/cancel'], ['POST', '/details']]) {
      const browser = await caller('therapist', {});
      browser.cookies.set(`booking_${booking.id}`, token);
      const answer = method === 'GET' ? await browser.get(`/bookings/${booking.id}${path}`) : await browser.post(`/bookings/${booking.id}${path}`, details, { from: '/sign-in' });
      assert.equal(answer.status, 404, `${method} ${path}: ${answer.status}`);
    }
  assert.deepEqual(written(), []);
});

// Plans that read a whole table only where nothing else is left read none that grows with the directory: each page and form finds what it is about by an
// index. By a condition that policies cannot look past (coalesce) it would find nothing so, and read all there is.
test('no page and no form reads a whole table that grows with the directory', async () => {
  // what comes with the program or an operator writes, and one of which 10,000 are counted at most
  const few = new Set(['clinician', 'consent_text', 'credential_kind', 'credential_setting', 'discipline', 'emergency_number', 'evidence', 'finder_limit', 'finder_note', 'finder_private', 'finder_rule', 'guidance', 'holiday', 'incident',
    'key_epoch', 'listing_stale', 'map_shape', 'migration', 'name_word', 'outbox_channel', 'proposal', 'question', 'question_option', 'questionnaire', 'questionnaire_case', 'questionnaire_page', 'questionnaire_term', 'register', 'retention',
    'review_case', 'safety_rule', 'sensitive_act', 'statement_form', 'tag', 'tag_kind', 'term', 'town', 'vocabulary', 'zone_known']);
  const counted = (table, query) => table === 'therapist' && query.includes('limit most');
  const said = path.join(dir, 'pg/log');
  const settings = { enable_seqscan: 'off', session_preload_libraries: 'auto_explain', 'auto_explain.log_min_duration': '0', 'auto_explain.log_nested_statements': 'on' };
  forget();
  for (const [name, to] of Object.entries(settings)) sql(`alter role unknot_web set ${name} = ${to}`);
  const server = await serve();
  for (const name of Object.keys(settings)) sql(`alter role unknot_web reset ${name}`);
  const from = fs.statSync(said).size;
  for (const route of routes) {
    if (nameOf(route) === 'POST /sign-out') continue;
    const row = rows[nameOf(route)];
    for (const who of route.who === 'anyone' ? ['visitor'] : callers.filter((c) => !isRefusal(row[0][c])))
      await call(route, row, who, await idsOf(row, route.method === 'POST'), { port: server.port });
    if (nameOf(route) === 'POST /practice/team/leave') employed();
  }
  await server.stop();
  const plans = fs.readFileSync(said).subarray(from).toString().split('\tQuery Text: ').slice(1);
  assert.ok(plans.length > 1000, `${plans.length} plans`);
  const whole = plans.flatMap((plan) => [...plan.matchAll(/Seq Scan on (\w+)/g)].filter(([, table]) => !few.has(table) && !counted(table, plan)).map(([, table]) => `${table}: ${plan.slice(0, 150)}`));
  assert.deepEqual([...new Set(whole)], []);
});

// What was made before is used up.
function forget() {
  for (const made of [kept, madeOnce]) for (const kind of Object.keys(made)) delete made[kind];
}
wallsOff({ test, routes, rows, callers, nameOf, isRefusal, idsOf, namedIn, call, forget, people: { mine, other, customer, checker, front, strange, guest: () => kept.booked },
  sessions: { client, therapist, colleague, operator, desk } });
