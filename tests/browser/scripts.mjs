// What anybody writes is text and nothing else: sixty scripts in every field that people fill in, by the real forms, and every page, mail, calendar and
// export where that shows read by Chromium. None may run, none may become an element.
//
// A field takes as many of them as fit; twenty therapists begin at different ones, so that each stands in every field that is long enough for it. Each
// page is read twice: as the site sends it, with its policy, for one therapist, and without any policy for all of them, which finds what the policy
// would only have stopped.
import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { browser, close, url, visitor } from './browser.mjs';
import { Browser, bearer, begin, free, healthy, makeOperator, makeTherapist, password, send, sql, tokenOf, until } from '../http/lib.mjs';

after(close);

// ran(n) is there on the pages that are read here. `pwn` marks what must not become an element or an attribute.
const scripts = [
  '<script pwn>ran(1)</script>', '<img pwn src=x onerror=ran(2)>', '<svg pwn onload=ran(3)>', '"><img pwn src onerror=ran(4)>', `'><svg pwn/onload=ran(5)>`,
  '</title><script pwn>ran(6)</script>', '</textarea><img pwn src=x onerror=ran(7)>', '</script><script pwn>ran(8)</script>', '" autofocus onfocus=ran(9) pwn="', `' autofocus onfocus=ran(10) pwn='`,
  '<body pwn onload=ran(11)>', '<iframe pwn srcdoc="<script>parent.ran(12)</script>">', '<details pwn open ontoggle=ran(13)>', '<video pwn><source onerror=ran(14)></video>', '<input pwn autofocus onfocus=ran(15)>',
  '<a pwn href=javascript:ran(16)>x</a>', '[x](javascript:ran(17))', '[x](JaVaScRiPt:ran(18))', '[x](java&#10;script:ran(19))', '[x](data:text/html,<script>ran(20)</script>)',
  '<javascript:ran(21)>', '![x](x" onerror="ran(22))', '[x](https://e.org "onmouseover=ran(23)")', '[j]: javascript:ran(24)', '<https://e.org/"onclick=ran(25)>',
  '`<img pwn src=x onerror=ran(26)>`', '{{{raw.ran(27)}}}', '{{=<% %>=}}<script>ran(28)</script>', '${ran(29)}', `{{constructor.constructor('ran(30)')()}}`,
  '<%= ran(31) %>', '#{ran(32)}', '\\u003cscript\\u003eran(33)\\u003c/script\\u003e', '&lt;script&gt;ran(34)&lt;/script&gt;', '&#60;img pwn src=x onerror=ran(35)&#62;',
  '＜script＞ran(36)＜/script＞', '<scr<script>ipt>ran(37)</script>', '<ſcript pwn>ran(38)</ſcript>', 'İ<img pwn src=x onerror=ran(39)>', '<!--><img pwn src=x onerror=ran(40)>-->',
  '<![CDATA[<img pwn src=x onerror=ran(41)>]]>', '"}</script><script pwn>ran(42)</script>', '</script/><svg pwn onload=ran(43)>', '<!--<script>ran(44)//--></script>', '";ran(45);//',
  `');ran(46);//`, '`;ran(47);//', '\\";ran(48);//', 'x:expression(ran(49))', `<style pwn>@import'javascript:ran(50)'</style>`,
  '<math pwn><mi xlink:href=javascript:ran(51)>x', '<form pwn><button formaction=javascript:ran(52)>x', '<meta pwn http-equiv=refresh content=0;url=javascript:ran(53)>', '<base pwn href=javascript:ran(54)//>', '<object pwn data=javascript:ran(55)>',
  '<embed pwn src=javascript:ran(56)>', '<template pwn><script>ran(57)</script></template>', '\\nATTACH:javascript:ran(58)', 'Bcc: x@e.org%0d%0aran(59)', '=HYPERLINK("javascript:ran(60)")',
];

// What stands in a field: its mark, by which it is found again, and scripts from the one at 3 × nth on, as many as fit.
const fields = new Map();
function text(field, nth, max) {
  if (!fields.has(field)) fields.set(field, `Zq${String(fields.size).padStart(2, '0')}`);
  let all = fields.get(field);
  for (let i = 0; i < scripts.length; i++) {
    const next = scripts[(nth * 3 + i) % scripts.length];
    if ([...all].length + 1 + [...next].length <= max) all += ` ${next}`;
  }
  return all;
}

// --- People, signed in without the cost of a password

const therapists = Array.from({ length: 20 }, (_, nth) => ({ ...makeTherapist('Zelda Script'), nth }));
const operator = makeOperator();
function browserOf(account) {
  const b = new Browser(), token = randomUUID() + randomUUID();
  sql(`insert into session (token_hash, account_id, expires_at, factored) values (sha256(convert_to(:'token', 'UTF8')), :'account', now() + interval '1 hour', true)`, { token, account });
  b.cookies.set('session', token);
  return b;
}
// few times, which are reckoned anew with each change
sql(`delete from service where id = any (:'second'::int[]); update service set horizon = 5, step = 60 where id = any (:'service'::int[])`, { second: `{${therapists.map((t) => t.second)}}`, service: `{${therapists.map((t) => t.service)}}` });
for (const t of therapists) t.browser = browserOf(t.account);
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'unknot-scripts-'));

// --- Planting, each by the form that people use

async function plant(t) {
  const { nth } = t, fill = (field, max) => text(field, nth, max);
  const csrf = tokenOf((await t.browser.get('/practice/profile/about')).text);
  const save = async (b, to, form) => {
    const answer = await b.send('POST', to, { form: { csrf, ...form, key: randomUUID() } });
    assert.equal(answer.status, 303, `${to}: ${answer.text.match(/<main[^]*?<\/form>/)?.[0].replace(/<[^>]+>/g, ' ').slice(0, 600)}`);
    return answer.headers.location;
  };
  await save(t.browser, '/practice/profile/about', { headline: fill('headline', 160), profession: fill('profession', 80), pronouns: fill('pronouns', 40), about: fill('about', 4000) });
  await save(t.browser, '/practice/profile/not', { not_for: fill('not for', 600) });
  await save(t.browser, '/practice/profile/visits', { new_clients: 'yes', first_visit: fill('first visit', 1500) });
  await save(t.browser, `/practice/places/${t.location}`, { name: fill('place', 120), street: fill('street', 200), access: fill('access', 400), postcode: fill('postcode', 20), town: `${fill('town', 95).replaceAll(',', ' ')}`, position: '39.8, -89.6', zone: 'America/Chicago' });
  await save(t.browser, `/practice/services/${t.service}`, { name: fill('service', 120), about: fill('about a service', 600), minutes: '60', price: '80', technique: 'swedish', notice: '0', step: '60', horizon: '5' });
  await save(t.browser, '/practice/questions/new', { ask: fill('question', 160), hint: fill('why it is asked', 200), kind: 'choice', options: `${fill('an answer', 80)}\nNo` });
  await save(t.browser, '/practice/time-off', { from_day: '2099-01-01', note: fill('time off', 200) });
  [[t.question]] = sql(`select id from own_question where therapist_id = :'id'`, t);
  const day = new Date(Date.now() + 3 * 86400e3).toISOString().slice(0, 10);
  await save(t.browser, '/practice/blocks/new', { day, from: '10:00', to: '11:00', note: fill('block', 200) });
  [[t.block]] = sql(`select id from block where therapist_id = :'id'`, t);
  await save(t.browser, `/practice/hours/${t.location}/seasons/new`, { season_name: fill('season', 60), valid_from: '2099-01-01', d1_1_from: '09:00', d1_1_to: '10:00' });
  const body = Object.entries({ csrf, key: randomUUID(), kind: 'association_membership', issuer: fill('issuer', 160), title: fill('credential', 160), number: fill('number', 60) })
    .map(([name, said]) => `--x\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${said}\r\n`).join('') + '--x--\r\n';
  assert.equal((await t.browser.send('POST', '/practice/credentials/new', { body, type: 'multipart/form-data; boundary=x' })).status, 303, 'a credential');
  await visit(t, fill, save);
}

// A guest's visit: booked, kept, noted, asked about and reviewed.
async function visit(t, fill, save) {
  const json = async (to, what, headers) => {
    const answer = await send('POST', to, { headers: { accept: 'application/json', ...headers }, json: what });
    assert.ok(answer.status < 300, `${to}: ${answer.text.slice(0, 300)}`);
    return answer.json();
  };
  const b = await json('/bookings', { therapist: t.slug, service: Number(t.service), start: free(t), key: randomUUID() });
  await json(`/bookings/${b.id}/safety`, healthy, bearer(b));
  await json(`/bookings/${b.id}/details`, { name: fill('client', 120), email: `z-${t.nth}@example.org` }, bearer(b));
  await json(`/bookings/${b.id}/confirm`, {}, bearer(b));
  t.visit = b;
  t.guest = new Browser();
  t.guest.cookies.set(`booking_${b.id}`, b.token);
  await save(t.browser, `/practice/bookings/${b.id}/questions`, { question: fill('question to a client', 500) });
  begin(b);
  await save(t.browser, `/practice/bookings/${b.id}`, { state: 'attended' });
  const page = `/bookings/${b.id}/review`;
  const csrf = tokenOf((await t.guest.get(page)).text);
  await save(t.guest, page, { csrf, expertise: '4', professionalism: '4', satisfaction: '4', sign: 'name', edition: '0', body: fill('review', 2000) });
  [[t.review]] = sql(`update review set shown = true, shown_at = now(), held = false where booking_id = :'id' returning id`, b);
  sql(`delete from review_case where review_id = :'review'`, t); // what looks like a link is looked at by itself
  await save(t.browser, `/practice/reviews/${t.review}/reply`, { reply: fill('answer to a review', 1000), edition: '0' });
  await save(t.browser, `/practice/reviews/${t.review}/report`, { reason: 'abuse', note: fill('report', 500) });
  [[t.case]] = sql(`select id from review_case where review_id = :'review'`, t);
}

// --- Reading

// Where it shows: for the public, for the therapist, for the guest, for an operator.
const pagesOf = (t) => [
  ...['', '/reviews', '/book', '/share'].map((end) => [null, `/therapists/${t.slug}${end}`]),
  ...['', '/start', '/profile', '/profile/about', '/profile/help', '/profile/visits', '/versions', '/preview', '/photo', '/services', `/services/${t.service}`, '/questions', `/questions/${t.question}`, `/blocks/${t.block}`, '/hours', `/hours/${t.location}`, '/time-off', `/places/${t.location}`,
    '/credentials', '/reviews', `/reviews/${t.review}`, `/bookings/${t.visit.id}`, '/bookings/new', '/clients', '/why', '/numbers'].map((end) => [t.browser, `/practice${end}`]),
  ...['', '/review', '/answers'].map((end) => [t.guest, `/bookings/${t.visit.id}${end}`]),
];

const marks = () => {
  window.count = [];
  window.ran = (n) => window.count.push(n);
  window.alert = window.ran;
};
const became = () => [...document.querySelectorAll('*')].filter((e) => e.hasAttribute('pwn')
  || [...e.attributes].some(({ name, value }) => name.startsWith('on') || (/^(href|src|action|formaction|data|srcdoc)$/.test(name) && /^\s*(javascript|data:text)/i.test(value))))
  .map((e) => e.outerHTML.slice(0, 120));

let bare; // a page without a policy
async function faultsOf(html) {
  await bare.goto('about:blank');
  await bare.evaluate(marks);
  await bare.setContent(html, { waitUntil: 'commit' });
  await bare.evaluate(() => new Promise((next) => setTimeout(next, 30)));
  return [...await bare.evaluate(() => window.count.splice(0)), ...await bare.evaluate(became)];
}

before(async () => {
  for (let i = 0; i < therapists.length; i += 5) await Promise.all(therapists.slice(i, i + 5).map(plant));
  bare = await (await browser()).newPage();
});
after(() => fs.rmSync(folder, { recursive: true }));

test('control: as HTML most of them run, and what they become is seen', async () => {
  const found = await faultsOf(`<!doctype html><title>x</title>${scripts.map((script) => `<div>${script}</iframe></style></div>`).join('')}`);
  assert.ok(found.filter((one) => typeof one === 'number').length >= 5 && found.filter((one) => typeof one === 'string').length >= 15, found.join('\n'));
});

const shown = new Set(); // marks of fields that were seen
const note = (answer) => {
  for (const mark of fields.values()) if (answer.includes(mark)) shown.add(mark);
};

test('no page has one of them as more than text, policy or not', async () => {
  const names = pagesOf(therapists[0]).map(([, at]) => at);
  for (let n = 0; n < names.length; n++) {
    const all = await Promise.all(therapists.map(async (t) => {
      const [who, at] = pagesOf(t)[n];
      const answer = await (who ?? new Browser()).get(at);
      assert.equal(answer.status, 200, at);
      note(answer.text);
      return answer.text.replace(/<script src[^>]*><\/script>|<link rel="(stylesheet|preload)[^>]*>/g, '');
    }));
    assert.deepEqual(await faultsOf(all.join('\n')), [], names[n]);
  }
});

test('lists, exports and calendars', async () => {
  const boss = browserOf(operator.id);
  const near = '/therapists?near=39.8,-89.6&radius_km=5';
  const pages = [[null, near], [null, `/compare?${therapists.slice(0, 4).map((t) => `t=${t.slug}`).join('&')}`], ...['/operator/credentials', '/operator/therapists?q=Zelda', '/operator/reviews', '/operator/photos', '/operator/audit'].map((at) => [boss, at]),
    ...therapists.map((t) => [boss, `/operator/reviews/${t.case}`])];
  for (const [who, at] of pages) {
    const answer = await (who ?? new Browser()).get(at);
    assert.equal(answer.status, 200, at);
    note(answer.text);
    assert.deepEqual(await faultsOf(answer.text.replace(/<script src[^>]*><\/script>|<link rel="(stylesheet|preload)[^>]*>/g, '')), [], at);
  }
  for (const t of therapists) {
    const calendar = await t.guest.get(`/bookings/${t.visit.id}/calendar.ics`);
    assert.match(calendar.headers['content-type'], /^text\/calendar/);
    assert.ok(calendar.text.split('\r\n').every((line) => /^([A-Z-]+[;:]| |$)/.test(line)), 'a line of a calendar is a property of ours or goes on');
    assert.ok(!/\r\n(ATTACH|URL:(?!http))/.test(calendar.text));
    note(calendar.text.replace(/\r\n /g, ''));
    for (const at of [`/therapists/${t.slug}`, `/therapists/${t.slug}/slots`]) {
      const answer = await send('GET', at, { headers: { accept: 'application/json' } });
      assert.deepEqual([answer.headers['content-type'].split(';')[0], answer.headers['x-content-type-options']], ['application/json', 'nosniff']);
      note(JSON.stringify(answer.json()));
    }
  }
});

test('mails', async () => {
  const env = { ...process.env, UNKNOT_MAIL_FROM: 'desk@unknot.example', UNKNOT_MAIL_DIR: folder, UNKNOT_WORK_PAUSE_MS: '50' };
  delete env.UNKNOT_URL;
  const worker = spawn(process.env.TEST_PROGRAM, ['work'], { env, stdio: 'ignore' });
  const ended = new Promise((done) => worker.on('exit', done));
  const mine = () => fs.readdirSync(folder).filter((f) => f.endsWith('.eml')).map((f) => fs.readFileSync(path.join(folder, f), 'utf8')).filter((mail) => /^To: <(z-\d+|probe-)/m.test(mail));
  await until(() => mine().length >= 2 * therapists.length, 'the mails', 30000);
  worker.kill('SIGTERM');
  await ended;
  const parts = (mail, type) => [...mail.matchAll(new RegExp(`${type}[^]*?\\r?\\n\\r?\\n([A-Za-z0-9+/=\\r\\n]+)`, 'g'))].map(([, body]) => Buffer.from(body, 'base64').toString());
  const mails = mine();
  for (const mail of mails) {
    assert.ok(mail.split(/\r?\n\r?\n/)[0].split(/\r?\n/).every((line) => /^([A-Za-z-]+: |\s)/.test(line)) && !/^Bcc:/m.test(mail), 'a head of ours alone');
    for (const body of [...parts(mail, 'text/plain'), ...parts(mail, 'text/html')]) note(body);
  }
  const html = mails.flatMap((mail) => parts(mail, 'text/html'));
  assert.ok(html.length >= therapists.length && html.join('').includes('ran('), 'they have it');
  assert.deepEqual(await faultsOf(html.join('\n')), []);
});

test('each page as it is sent, with its policy', async () => {
  const t = therapists[7];
  const { context, page, faults } = await visitor();
  await page.addInitScript(marks);
  page.on('dialog', (dialog) => faults.push(dialog.message()));
  const cookies = (b) => [...b.cookies].map(([name, value]) => ({ name, value, url: name.startsWith('booking_') ? `${url}/bookings/${t.visit.id}` : url }));
  for (const [who, at] of pagesOf(t)) {
    await context.clearCookies();
    if (who) await context.addCookies(cookies(who));
    await page.goto(at, { waitUntil: 'load' });
    assert.deepEqual([...await page.evaluate(() => window.count), ...await page.evaluate(became), ...faults], [], at);
  }
  await context.close();
});

test('control: what was written into each field was seen', () => {
  assert.deepEqual([...fields].filter(([, mark]) => !shown.has(mark)).map(([field]) => field), []);
  assert.equal(scripts.length, 60);
  assert.ok(fields.size >= 25, `${fields.size} fields`);
});
