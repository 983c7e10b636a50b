// Every page once, as who may see it: axe-core, layout from 320 to 1280 px in light and dark, larger and wider text,
// forced colours, headings, labels, the policy, the console, two validators of HTML, and the weight of it all.
//
// Pages are found by following links from a few starts; a route that shows a page and that no walk reaches fails.
import test, { after } from 'node:test';
import assert from 'node:assert/strict';
import { gzipSync } from 'node:zlib';
import { accounts, close, document, signIn, unknot, url, violations, visitor } from './browser.mjs';
import { sql } from '../http/fixture.mjs';
import { forcedFaults, layoutFaults, openAll, readerStyle, structureFaults } from './layout.mjs';
import { answerAll, heading, holdTime, holdWith, tab } from './steps.mjs';
import * as valid from './valid.mjs';

after(close);

// --- What is looked at on a page

const light = { colorScheme: 'light' };
const dark = { colorScheme: 'dark' };
const narrow = ['color-contrast', 'target-size', 'scrollable-region-focusable', 'button-name', 'link-name', 'label']; // what a width can change

async function at(page, width, media, name, fault) {
  await page.setViewportSize({ width, height: 900 });
  await page.emulateMedia(media);
  for (const line of await page.evaluate(layoutFaults)) fault(`${name}: ${line}`);
}

// A route's first page at all widths and in both schemes; another state of it, whose frame was looked at then, where it is tightest.
const whole = new Set();

async function look(page, fault) {
  const route = routeOf(new URL(page.url()).pathname);
  const first = !whole.has(route);
  whole.add(route);
  await page.evaluate(openAll);
  await at(page, 1280, light, '1280 px', fault);
  for (const line of await violations(page)) fault(`1280 px, light: ${line}`);
  if (first) {
    await at(page, 1280, dark, '1280 px', fault);
    for (const line of await violations(page, ['color-contrast'])) fault(`1280 px, dark: ${line}`);
    await at(page, 992, dark, '992 px', fault); // where three columns begin: the narrowest map
    await at(page, 768, dark, '768 px', fault);
    await at(page, 390, light, '390 px', fault);
    for (const line of await violations(page, ['color-contrast'])) fault(`390 px, light: ${line}`);
  }
  await at(page, 390, dark, '390 px', fault);
  for (const line of await violations(page, first ? undefined : narrow)) fault(`390 px, dark: ${line}`);
  await at(page, 320, light, '320 px', fault);
  for (const line of await page.evaluate(structureFaults)) fault(line);
  await page.evaluate(readerStyle, 'spacing');
  await at(page, 320, light, '320 px, text spaced', fault);
  if (first) await at(page, 1280, light, '1280 px, text spaced', fault);
  await page.evaluate(readerStyle, 'large');
  if (first) await at(page, 1280, light, '1280 px, text twice as large', fault);
  await at(page, 390, light, '390 px, text twice as large', fault);
  await page.evaluate(readerStyle, 'none');
  await at(page, 390, { forcedColors: 'active' }, '390 px, forced colours', fault);
  for (const line of await page.evaluate(forcedFaults)) fault(`forced colours: ${line}`);
  await page.emulateMedia({ forcedColors: 'none' });
}

// The page that is open, after however one got there; with what it weighs.
async function check(page, faults) {
  const found = faults.splice(0);
  await valid.keep(`${new URL(page.url()).pathname} “${await page.title()}”`, document(page));
  await look(page, (line) => found.push(line));
  const size = gzipSync(await page.content()).length;
  if (size > 14 * 1024) found.push(`${size} bytes of HTML when compressed`);
  found.push(...faults.splice(0));
  assert.deepEqual(found, []);
}

// --- The walks

const routes = JSON.parse(unknot('routes')).filter((route) => route.method === 'GET');
const pattern = (path) => new RegExp(`^${path.replace(/\{[^}]+\}/g, '[^/]+')}$`);
// an exact row goes before one with a parameter, as in the program
const routeOf = (path) => {
  const fits = routes.filter((route) => pattern(route.path).test(path));
  return (fits.find((route) => !route.path.includes('{')) ?? fits[0])?.path;
};
const notPages = ['/static/{file}', '/favicon.ico', '/robots.txt', '/sitemap.xml', '/sitemap/{part}', '/healthz', '/readyz', '/therapists/{slug}/slots', '/photos/{file}', '/bookings/{id}/calendar.ics', '/bookings/{id}/series/calendar.ics', '/bookings/{id}/papers/{item}', '/practice/bookings/{id}/papers/{item}', '/operator/credentials/{id}/proof', '/map/{z}/{x}/{y}', '/changes/{key}', '/calendars/{file}', '/operator/questionnaires/{version}/fhir.json', '/bookings/{id}/answers/fhir.json', '/bookings/{id}/progress.csv', '/bookings/{id}/progress/fhir.json', '/practice/bookings/{id}/progress/fhir.json', '/practice/numbers.csv', '/practice/bookings/{id}/fhir.json'];
// without the code of a mail, which only some installations send, the page that proves an address leads to the booking
const redirects = ['/b/{token}', '/account/visits/{id}', '/account/waiting/{id}', '/bookings/{id}/email', '/operator', '/bookings/{id}/safety'];
const onlyInDevelopment = ['/styleguide', '/dev/codes', '/dev/mail', '/dev/mail/{id}', '/dev/mail/{id}/{part}'];
const seen = new Set();
const links = new Map(); // address → the page it stands on

async function collect(page) {
  const here = new URL(page.url());
  const found = await page.locator('a[href]').evaluateAll((all) => all.map((a) => a.getAttribute('href')));
  const own = found.filter((href) => !href.startsWith('#')).map((href) => new URL(href, here))
    .filter((to) => to.origin === url).map((to) => to.pathname + to.search);
  for (const to of own) if (!links.has(to)) links.set(to, here.pathname);
  return own;
}

// Looks at the starts and, from there, at the first page of each route that has none yet.
async function walk(t, page, faults, starts) {
  const queue = starts.map((path) => ({ path, always: true }));
  while (queue.length) {
    const { path, always } = queue.shift();
    const route = routeOf(new URL(path, url).pathname);
    if (!always && (!route || seen.has(route) || [...notPages, ...redirects].includes(route))) continue;
    await t.test(path, async () => {
      seen.add(route);
      await page.goto(path);
      seen.add(routeOf(new URL(page.url()).pathname));
      for (const to of await collect(page)) queue.push({ path: to });
      await check(page, faults);
    });
  }
}

test('pages a visitor sees', async (t) => {
  const { page, faults, context } = await visitor();
  const near = encodeURIComponent('Portland, OR');
  const three = (await (await page.request.get(`/therapists?near=${near}`, { headers: { Accept: 'application/json' } })).json()).results.slice(0, 3);
  await walk(t, page, faults, [
    '/',
    `/therapists?near=${near}&q=low+back`,
    `/therapists?near=${near}&sort=soonest&when=week`,
    '/therapists?near=springfield',
    '/therapists?near=nowhere-at-all-zzz',
    `/therapists?near=${near}&radius_km=few`,
    `/therapists?near=${near}&technique=cupping&complaint=pregnancy&when=today`,
    '/therapists',
    '/places?q=portland',
    `/compare?near=${near}&${three.map((one) => `t=${one.slug}`).join('&')}`,
    `/compare?t=${three[0].slug}`,
    '/guides',
    '/links',
    `/links/${'x'.repeat(43)}`,
    '/no-such-page',
  ]);
  await context.close();
});

// Long names, no reviews, no free times, nothing stated: the directory has such people on purpose.
test('profiles that are hard on the layout', async (t) => {
  const { page, faults, context } = await visitor();
  const all = [];
  for (let next = '/therapists?near=97201&radius_km=100'; next && all.length < 60;) {
    const found = await (await page.request.get(next, { headers: { Accept: 'application/json' } })).json();
    all.push(...found.results);
    next = found.next_page;
  }
  const cases = {
    'the longest name': all.reduce((a, b) => (b.name.length > a.name.length ? b : a)),
    'no reviews': all.find((one) => !one.rating?.count),
    'no free times': all.find((one) => !one.next.length),
    'the most reviews': all.reduce((a, b) => ((b.rating?.count ?? 0) > (a.rating?.count ?? 0) ? b : a)),
  };
  for (const [what, one] of Object.entries(cases)) {
    await t.test(what, async () => {
      assert.ok(one, 'the demo directory has one');
      await page.goto(`/therapists/${one.slug}`);
      await check(page, faults);
    });
  }
  await context.close();
});

test('pages on the way to a booking', async (t) => {
  const { page, faults, context } = await visitor();
  const seeing = (what) => t.test(what, async () => {
    seen.add(routeOf(new URL(page.url()).pathname));
    await check(page, faults);
  });
  const found = await (await page.request.get(`/therapists?near=${encodeURIComponent('Boulder, CO')}`, { headers: { Accept: 'application/json' } })).json();
  const free = found.results.filter((one) => one.next.length === 3).map((one) => one.slug);
  const go = (name) => page.getByRole('button', { name }).click();
  const choose = (value) => page.locator(`input[value=${value}]`).first().check();

  await page.goto(`/therapists/${free[0]}/book`);
  await seeing('free times');
  const chosen = await holdTime(page);
  sql(`insert into own_question (therapist_id, position, kind, ask, hint, required, options) select id, n, (array['choice', 'yes_no', 'text'])[n], 'What should I know about your way up to me?', 'So that I can help.', n = 1,
    case n when 1 then '{No steps,"A few, with a rail"}'::text[] else '{}' end from therapist, generate_series(1, 3) n where slug = '${free[0]}'`);
  await page.goto(`${chosen.path}/own`);
  await seeing('questions of the therapist’s own');
  await go('Continue');
  assert.match(await page.title(), /^Error: /);
  await seeing('questions of the therapist’s own, left out');
  await page.goto(`${chosen.path}/safety/1`);
  await seeing('the first question');
  await go('Continue');
  await seeing('a question without an answer');
  for (let n = 1; n < 5; n++) {
    await choose('no');
    await go('Continue');
  }
  await choose('one_leg_weak');
  await seeing('a question with another behind it');
  await page.goto(chosen.path);
  await seeing('a booking that is only held');
  await page.goto(`${chosen.path}/safety`);
  await choose('fine');
  await go('Continue');
  await answerAll(page, { RF11: 'yes' });
  await seeing('a passed check');
  await page.goto(`${chosen.path}/therapists`);
  assert.match(page.url(), /\/therapists$/);
  await seeing('who fits the answers');
  await page.goto(`${chosen.path}/safety/done`);
  await page.getByRole('link', { name: 'Continue' }).click();
  await seeing('the details');
  await go('Continue');
  await seeing('details with something missing');
  await page.getByLabel('Your name').fill('Maximiliane Featherstonehaugh-Wolfeschlegelsteinhausen');
  await page.getByLabel('E-mail address').fill('maximiliane.featherstonehaugh-wolfeschlegelsteinhausen@example.org');
  await go('Continue');
  await seeing('the check page');
  await go('Book this appointment');
  await seeing('the booking');
  await page.goto(`${chosen.path}/reminders`);
  await seeing('its reminders');
  await page.goto(`${chosen.path}/answers`);
  await seeing('what is kept of the answers');
  await page.goto(`${chosen.path}/update`);
  assert.match(page.url(), /\/update$/);
  await seeing('what has changed since');
  await page.goto(`${chosen.path}?booked=1`);
  const link = await page.getByRole('link', { name: '/b/' }).getAttribute('href');
  const other = await visitor();
  await other.page.goto(link);
  assert.equal(await heading(other.page), 'Booked');
  seen.add('/b/{token}');
  assert.deepEqual(other.faults, []);
  await other.context.close();
  await page.getByRole('link', { name: 'Move to another time' }).click();
  await seeing('the times to move to');
  await page.getByRole('link', { name: 'Keep the time I have' }).click();
  await page.getByRole('link', { name: 'Book another visit' }).click();
  await seeing('the times of another visit');
  await page.goBack();
  await page.getByRole('link', { name: 'Cancel this appointment' }).click();
  await seeing('the question before cancelling');
  await go('Cancel this appointment');
  await seeing('the cancelled booking');

  const ends = {
    'an emergency': { RF12: 'yes' },
    'help today': { RF13: 'yes' },
    'a doctor first': { RF08: 'yes', RF09: 'yes', RF15: 'no' },
    'a clinician first': { RF14: 'yes', RF15: 'no' },
  };
  for (const [what, answers] of Object.entries(ends)) {
    await holdWith(page, free[1]);
    await answerAll(page, answers);
    await seeing(what);
  }
  sql(`update service set clearance_hours = 48 where therapist_id = (select id from therapist where slug = '${free[1]}')`);
  await holdWith(page, free[1]);
  await answerAll(page, ends['a clinician first']);
  await seeing('a clinician first, and the time can be kept');
  await go('Keep my time and my answers');
  await seeing('a time that is kept while a clinician is asked');
  await page.getByRole('link', { name: 'The note for them' }).click();
  await seeing('the note for the clinician');
  await page.getByRole('link', { name: 'Add the answer' }).click();
  await go('Send it');
  assert.match(await page.title(), /^Error: /);
  await seeing('an answer that was left out');
  sql(`update service set clearance_hours = 0 where clearance_hours > 0`);
  await holdWith(page, free[1]);
  await answerAll(page, { RF14: '' });
  await choose('yes');
  await go('Continue');
  await choose('ok');
  await go('Continue');
  assert.match(await page.title(), /^Error: /);
  await seeing('the clinician’s word, left out');

  await page.goto(`/therapists/${free[2]}/book`);
  const faster = await visitor();
  await holdWith(faster.page, free[2]);
  await faster.context.close();
  await page.locator('#times label.pick').first().click();
  await go('Hold this time and continue');
  await seeing('a time that somebody else took');
  await context.close();
});

test('pages of several visits', async (t) => {
  const { page, faults, context } = await visitor();
  const near = encodeURIComponent('Portland, OR');
  const found = (await (await page.request.get(`/therapists?near=${near}&sort=soonest`, { headers: { Accept: 'application/json' } })).json()).results;
  const slug = found.find((one) => one.next.length > 2).slug;
  const look = (name, path) => t.test(name, async () => {
    seen.add(routeOf(path ?? new URL(page.url()).pathname));
    await collect(page);
    await check(page, faults);
  });
  await page.goto(`/therapists/${slug}/book`);
  await page.locator('#times label.pick').first().click();
  await page.getByRole('button', { name: 'Plan several visits' }).click();
  await look('the plan');
  await page.getByLabel('How many visits').selectOption('12');
  await page.getByLabel('How often').selectOption('1');
  await page.getByRole('button', { name: 'Show these dates' }).click();
  await look('a plan that is too long');
  await page.getByRole('button', { name: 'Hold these times' }).click();
  await answerAll(page);
  await page.getByRole('link', { name: 'Continue' }).click();
  await page.getByLabel('Your name').fill('Kim Client');
  await page.getByLabel('E-mail address').fill('kim@example.org');
  await page.getByRole('button', { name: 'Continue' }).click();
  await look('the check of several visits');
  await page.getByRole('button', { name: /^(Book|Ask for) these/ }).click();
  await look('all visits');
  await page.getByRole('link', { name: /^See/ }).nth(1).click();
  await look('one of several visits');
  await context.close();
});

test('pages of the waiting list', async (t) => {
  const { page, faults, context } = await visitor();
  const near = encodeURIComponent('Portland, OR');
  const slug = (await (await page.request.get(`/therapists?near=${near}`, { headers: { Accept: 'application/json' } })).json()).results[0].slug;
  const token = `browser-${Date.now()}`.padEnd(43, 'w');
  // the link of the mail: its token is known to the mail alone, so this entry has one of ours
  sql(`insert into waiting (key, token_hash, therapist_id, days, parts, from_day, until_day, email)
    select gen_random_uuid(), sha256('${token}'), id, '{1,3}', '{morning,evening}', current_date + 50, current_date + 51, 'kim@example.org' from therapist where slug = '${slug}'`);
  await walk(t, page, faults, [`/therapists/${slug}/waiting`, `/waiting?near=${near}&technique=deep-tissue&radius_km=25`, `/waiting?near=${near}`, `/waiting/${token}`]);
  const look = (name) => t.test(name, () => check(page, faults));
  await page.goto(`/waiting/${token}`);
  await page.getByRole('button', { name: 'Yes, put me on the list' }).click();
  await look('on the list');
  await page.getByRole('button', { name: 'Leave the waiting list' }).click();
  await look('left');
  await page.goto('/waiting');
  await page.getByRole('button', { name: 'Send me the link' }).click();
  assert.match(await page.title(), /^Error: /);
  await look('a form with nothing in it');
  await page.goto(`/therapists/${slug}/waiting`);
  await page.getByLabel('E-mail address').fill('kim@example.org');
  await page.getByRole('button', { name: 'Send me the link' }).click();
  await look('check your mail');
  await context.close();
});

test('pages of the finder', async (t) => {
  const { page, faults, context } = await visitor();
  const seeing = (what) => t.test(what, async () => {
    seen.add('/finder');
    await collect(page);
    await check(page, faults);
  });
  // as a browser without a script sends it
  const send = (answers) => Promise.all([page.waitForNavigation(), page.evaluate((answers) => {
    const form = document.querySelector('main form [name=at]').form;
    for (const [name, values] of Object.entries(answers))
      for (const value of [values].flat()) form.append(Object.assign(document.createElement('input'), { type: 'hidden', name, value }));
    form.submit();
  }, answers)]);
  const none = { sign: 'none' };
  const begin = () => page.goto('/finder');
  await begin();
  await seeing('signs of an emergency');
  await send({});
  await seeing('signs of an emergency, left out');
  await send(none);
  await seeing('signs that a doctor should see');
  await send({ sign: ['RF08', 'RF10'] });
  await seeing('a question in full');
  await send({ RF10: 'yes' });
  await seeing('a question in full, with its follow-up left out');
  await begin();
  await send(none);
  await send(none);
  for (const [what, step, value] of [['where', 'region', ['low_back_l', 'calf_r', 'ribs_l']], ['since when', 'duration', 'chronic'], ['what it is like', 'pain', ['ache', 'burning_electric']],
    ['what belongs to it', 'cause', ['pregnancy', 'scoliosis', 'after_surgery']], ['what should get better', 'goal', ['sleep', 'stay_well', 'relieve_tension']]]) {
    await seeing(what);
    await send({});
    assert.match(await page.title(), /^Error: /);
    await seeing(`${what}, left out`);
    await send({ [step]: value });
  }
  assert.equal(await heading(page), 'What may help');
  await seeing('what may help');
  for (const [what, sign] of [['now', 'RF12'], ['today', 'RF13']]) {
    await begin();
    await send({ sign });
    await seeing(`help ${what}`);
  }
  await begin();
  await send(none);
  await send({ sign: 'RF14' });
  await seeing('a doctor before it');
  await context.close();
});

test('pages of a therapist', async (t) => {
  const { page, faults, context } = await visitor();
  const { email } = accounts().therapists[0];
  await signIn(page, email);
  sql(`insert into own_question (therapist_id, position, kind, ask, options) select t.id, n, case n when 1 then 'choice' else 'text' end, 'What should I know about your way up to me?',
    case n when 1 then '{No steps,"A few, with a rail"}'::text[] else '{}' end from therapist t join account a on a.id = t.account_id, generate_series(1, 2) n where a.email = '${email}'`);
  await walk(t, page, faults, ['/practice', '/practice/services/new', '/practice/profile/reasons', '/practice/credentials', '/practice/credentials/new', `/practice/credentials/${sql(`select c.id from credential c join therapist t on t.id = c.therapist_id join account a on a.id = t.account_id where a.email = '${email}' order by c.created_at, c.id limit 1`)}`, '/practice/profile/languages', '/practice/profile/people', '/practice/profile/visits', '/practice/travel', '/practice/plans', '/practice/clients', '/practice/clients?by=name', '/practice/blocked', '/practice/day', '/practice/numbers', '/practice/numbers?weeks=52', '/practice/share', '/practice/share/card', `/practice/bookings/${'0'.repeat(8)}-0000-4000-8000-${'0'.repeat(12)}`, '/operator']);
  await t.test('a service that cannot be', async () => {
    await page.goto('/practice/services/new');
    await page.getByRole('button', { name: 'Save service' }).click();
    assert.match(await page.title(), /^Error: /);
    await check(page, faults);
  });
  for (const [path, button] of [['/practice/questions/new', 'Save question'], ['/practice/time-off', 'Add time off'], ['/practice/hours/1/days', 'Save this day'], ['/practice/hours/1/seasons/new', 'Save these hours'], ['/practice/why', 'Ask'], ['/practice/calendars', 'Add this calendar']])
    await t.test(`${path} that cannot be`, async () => {
      await page.goto(path);
      await page.getByRole('button', { name: button }).click();
      assert.match(await page.title(), /^Error: /);
      await check(page, faults);
    });
  await t.test('all rules of a service unfolded', async () => {
    await page.goto('/practice/services/new');
    await page.locator('main details').evaluateAll((all) => all.forEach((details) => (details.open = true)));
    await check(page, faults);
  });
  await t.test('a topic of the profile that cannot be', async () => {
    await page.goto('/practice/profile/visits');
    await page.getByLabel('Year you began to practice').fill('long ago');
    await page.getByRole('button', { name: 'Save' }).click();
    assert.match(await page.title(), /^Error: /);
    await check(page, faults);
  });
  await t.test('how it goes: the line, the questions that add to it, and what must be looked into', async () => {
    const client = await visitor();
    await client.page.goto(accounts().client);
    const id = client.page.url().match(/bookings\/([0-9a-f-]+)/)[1];
    await client.page.goto(`/bookings/${id}/progress`);
    seen.add('/bookings/{id}/progress');
    await client.page.getByRole('img', { name: 'Pain over time' }).waitFor();
    assert.equal(await client.page.locator('svg.course .pain-average circle').count(), 4, 'a point for each value');
    await check(client.page, client.faults);
    // a visit of yesterday, and one after which care was needed
    sql(`update booking set starts_at = now() - interval '26 hours', ends_at = now() - interval '25 hours' where id = '${id}'`);
    await client.page.goto(`/bookings/${id}/answers/all`);
    seen.add('/bookings/{id}/answers/all');
    await check(client.page, client.faults);
    await client.page.goto(`/bookings/${id}/after`);
    seen.add('/bookings/{id}/after');
    await client.page.getByRole('button', { name: 'Send' }).click();
    assert.match(await client.page.title(), /^Error: /);
    await check(client.page, client.faults);
    await client.page.getByLabel('Yes, and I needed medical care or advice').check();
    await client.page.locator('[name=pain][value="8"]').check();
    await client.page.getByRole('button', { name: 'Send' }).click();
    await client.page.getByRole('heading', { name: 'Thank you for telling us' }).waitFor();
    await check(client.page, client.faults);
    await client.page.goto(`/bookings/${id}/look-back`);
    seen.add('/bookings/{id}/look-back');
    await client.page.getByRole('button', { name: 'Send' }).click();
    assert.match(await client.page.title(), /^Error: /);
    await check(client.page, client.faults);
    for (const [name, value] of [['average', 9], ['worst', 10], ['thing1', 1], ['thing2', 2], ['global', 6]]) await client.page.locator(`[name=${name}][value="${value}"]`).check();
    await client.page.getByRole('button', { name: 'Send' }).click();
    await client.page.getByRole('heading', { name: 'Let us look at this' }).waitFor();
    await check(client.page, client.faults);
    await client.context.close();
    await page.goto(`/practice/bookings/${id}/intake`);
    await page.getByRole('heading', { name: 'Worse than at the start: talk about it' }).waitFor();
    await check(page, faults);
    await page.goto(`/practice/bookings/${id}/incident`);
    seen.add('/practice/bookings/{id}/incident');
    await page.getByRole('button', { name: 'Close it' }).click();
    assert.match(await page.title(), /^Error: /);
    await check(page, faults);
  });
  await t.test('a client, what is written about them, and a block', async () => {
    const id = sql(`select c.id from client c join therapist t on t.id = c.therapist_id join account a on a.id = t.account_id where a.email = '${email}' order by c.name = 'Casey Demo' desc, c.latest_at desc limit 1`);
    for (const path of ['', '/record', '/block']) {
      await page.goto(`/practice/clients/${id}${path}`);
      seen.add(`/practice/clients/{id}${path}`);
      await check(page, faults);
    }
    await page.getByRole('button', { name: 'Block this person' }).click();
    await page.getByRole('heading', { name: /Blocked since/ }).waitFor();
    await check(page, faults);
    await page.getByRole('button', { name: 'Unblock' }).click();
    await page.goto('/practice/clients');
    await page.getByLabel('Find a client').fill('nobody of this name');
    await page.getByRole('button', { name: 'Find' }).click();
    await page.getByText('Nobody fits').waitFor();
    await check(page, faults);
  });
  await t.test('a visit to come, and the times to move it to', async () => {
    const week = await (await page.request.get(`/practice?week=${new Date(Date.now() + 7 * 86400e3).toISOString().slice(0, 10)}`, { headers: { Accept: 'application/json' } })).json();
    const { id } = week.week.days.flatMap((day) => day.visits).find((visit) => visit.is_confirmed);
    for (const path of [`/practice/bookings/${id}`, `/practice/bookings/${id}/move`, `/practice/bookings/${id}/intake`]) {
      await page.goto(path);
      seen.add(routeOf(path));
      await check(page, faults);
    }
    await page.goto(`/practice/bookings/${id}/clearance`);
    seen.add('/practice/bookings/{id}/clearance');
    await page.getByRole('button', { name: 'Record that massage is fine' }).click();
    assert.match(await page.title(), /^Error: /);
    await check(page, faults);
    const token = `today-${Date.now()}`.padEnd(43, 'd');
    sql(`set session_replication_role = replica; update booking set starts_at = now() + interval '20 hours', ends_at = now() + interval '21 hours', token_hash = sha256('${token}') where id = '${id}'`);
    const client = await visitor();
    await client.page.goto(`/b/${token}?today=${id}`);
    seen.add('/bookings/{id}/today');
    await client.page.getByRole('button', { name: 'Send' }).click();
    assert.match(await client.page.title(), /^Error: /);
    await check(client.page, client.faults);
    for (const name of ['D01', 'D02', 'D03', 'D04', 'D05']) await client.page.locator(`[name=${name}][value=${name === 'D03' ? 'yes' : 'no'}]`).check();
    await client.page.getByRole('button', { name: 'Send' }).click();
    await client.page.getByRole('heading', { name: 'Please do not come in' }).waitFor();
    await check(client.page, client.faults);
    await client.context.close();
    await page.goto(`/practice/bookings/${id}/today?again=1`);
    seen.add('/practice/bookings/{id}/today');
    await check(page, faults);
  });
  await t.test('the note of a visit', async () => {
    const id = sql(`select b.id from booking b join therapist t on t.id = b.therapist_id join account a on a.id = t.account_id where a.email = '${email}' and b.state = 'attended' and b.course_id is null and b.client_email <> 'casey@example.org' order by b.starts_at limit 1`);
    const token = `care-${Date.now()}`.padEnd(43, 'c'); // before anything is sealed for whoever holds it
    sql(`update booking set token_hash = sha256('${token}') where id = '${id}'`);
    await page.goto(`/practice/bookings/${id}/note`);
    seen.add('/practice/bookings/{id}/note');
    await page.getByRole('button', { name: 'Save the note' }).click();
    assert.match(await page.title(), /^Error: /);
    await check(page, faults);
    for (const label of ['Low back, left', 'Yes, to all of them', 'Yes: nothing has changed']) await page.getByLabel(label).check();
    await page.locator('[name=technique]').first().check();
    await page.locator('[name=pressure][value="3"]').check();
    await page.getByRole('button', { name: 'Save the note' }).click();
    await page.getByRole('heading', { name: 'Version 1' }).waitFor();
    await check(page, faults);
    await page.goto(`/practice/bookings/${id}/plan`);
    seen.add('/practice/bookings/{id}/plan');
    await page.getByRole('button', { name: 'Save and tell the client' }).click();
    assert.match(await page.title(), /^Error: /);
    await page.getByLabel('Warmth on the sore place', { exact: false }).first().check();
    await page.getByLabel('Slow breathing', { exact: false }).first().check();
    await page.getByLabel('After how many weeks').fill('2');
    await check(page, faults);
    await page.getByRole('button', { name: 'Save and tell the client' }).click();
    await page.getByText('The client gets a mail').waitFor();
    const client = await visitor();
    await client.page.goto(`/b/${token}`);
    await client.page.getByRole('heading', { name: 'For the days between visits' }).waitFor();
    await check(client.page, client.faults);
    await client.page.goto(`/bookings/${id}/review`);
    seen.add('/bookings/{id}/review');
    await check(client.page, client.faults);
    await client.page.getByRole('button', { name: 'See how it will look' }).click();
    await client.page.getByRole('heading', { name: 'So it will look' }).waitFor();
    await check(client.page, client.faults);
    await client.context.close();
  });
  await t.test('a blocked time', async () => {
    await page.goto('/practice/blocks/new');
    await page.locator('#day').fill(new Date(Date.now() + 20 * 86400e3).toISOString().slice(0, 10));
    await page.locator('#from').fill('05:00');
    await page.locator('#to').fill('05:30');
    await page.getByRole('button', { name: 'Block this time' }).click();
    await page.getByRole('link', { name: 'Blocked' }).first().click();
    seen.add('/practice/blocks/{id}');
    await check(page, faults);
  });
  await t.test('weeks with visits in all states', async () => {
    for (const days of [-14, -7, 7]) {
      await page.goto(`/practice?week=${new Date(Date.now() + days * 86400e3).toISOString().slice(0, 10)}`);
      await page.setViewportSize({ width: 768, height: 900 });
      assert.deepEqual(await page.evaluate(layoutFaults), []);
    }
  });
  await context.close();
});

test('pages of a practice with a front desk', async (t) => {
  const { page, faults, context } = await visitor();
  const secret = `invitation-${Date.now()}`.padEnd(43, 'i'); // the mail's, which the test cannot read
  sql(`insert into practice_invitation (practice_id, email, role, key, token_hash, expires_at) select id, 'joins@example.org', 'desk', gen_random_uuid(), sha256('${secret}'), now() + interval '1 day' from practice order by id limit 1`);
  await t.test('an invitation', async () => {
    await page.goto(`/invitations/${secret}`);
    seen.add('/invitations/{token}');
    await check(page, faults);
    await page.locator('main form button[type=submit]').first().click();
    assert.match(await page.title(), /^Error: /);
    await check(page, faults);
  });
  await signIn(page, 'desk@example.org');
  const [[visit, slug]] = [sql(`select b.id || ' ' || t.slug from booking b join therapist t on t.id = b.therapist_id join practice_member m on m.account_id = t.account_id
    where b.state = 'confirmed' and b.starts_at > now() + interval '2 days' order by b.starts_at limit 1`).split(' ')];
  await walk(t, page, faults, ['/desk', '/desk/week', `/desk/bookings/new?therapist=${slug}`, `/desk/bookings/${visit}`, `/desk/bookings/${visit}/move`]);
  await t.test('a visit that cannot be', async () => {
    await page.goto(`/desk/bookings/new?therapist=${slug}`);
    await page.locator('main form[method=post] button[type=submit]').last().click();
    assert.match(await page.title(), /^Error: /);
    await check(page, faults);
  });
  await context.close();
  const owner = await visitor();
  await signIn(owner.page, sql(`select a.email from practice_member m join account a on a.id = m.account_id where m.role = 'owner' order by m.practice_id limit 1`));
  await walk(t, owner.page, owner.faults, [`/practice/team/places/${sql('select id from premises order by id limit 1')}`]);
  await owner.context.close();
});

test('the 24 statements, in words that an operator brought', async (t) => {
  const { page, faults, context } = await visitor();
  sql(`insert into statement_form (language, source, attribution, statements, loaded_at, loaded_by, state, used_at, used_by)
    select 'en', 'made up', 'nobody', array_agg('A made-up sentence about a day with a sore back, number ' || n), now(), 'test', 'used', now(), 'test' from generate_series(1, 24) n`);
  await page.goto(accounts().client);
  const id = page.url().match(/bookings\/([0-9a-f-]+)/)[1];
  await walk(t, page, faults, [`/bookings/${id}/statements`]);
  sql(`begin; set local session_replication_role = replica; delete from statement_form; commit`);
  await context.close();
});

test('pages of an operator', async (t) => {
  const { page, faults, context } = await visitor();
  await signIn(page, accounts().operator);
  // a review to look at, and a clinician with a link
  sql(`insert into review_case (review_id, therapist_id, why, reason, note, edition, opened_at) select id, therapist_id, 'report', 'abuse', 'These words are about a colleague.', edition, now() from review where shown and body <> '' order by id limit 1`);
  const link = `clinician-${Date.now()}`.padEnd(43, 'c');
  const colleague = sql(`select slug from therapist where published order by id limit 1`);
  sql(`insert into clinician (key, token_hash, name, profession, register, number, email, checked_on, checked_until, checked_by) values (gen_random_uuid(), sha256('${link}'), 'Dr. Cleo Example', 'Physician', 'Oregon Medical Board', 'MD 1', 'cleo@example.org', current_date, current_date + 90, 'Olga')`);
  await t.test('the second step', async () => {
    const other = await visitor();
    await other.page.goto('/sign-in');
    await other.page.getByLabel('E-mail address').fill(accounts().operator);
    await other.page.getByLabel('Password', { exact: true }).fill(accounts().password);
    await other.page.getByRole('button', { name: 'Sign in' }).click();
    await other.page.getByRole('heading', { name: 'One more step' }).waitFor();
    seen.add('/sign-in/second');
    await check(other.page, other.faults);
    await other.context.close();
  });
  await t.test('the link of a clinician', async () => {
    await page.goto(`/recommend/${link}`);
    seen.add('/recommend/{token}');
    await page.getByRole('button', { name: 'Recommend' }).click();
    assert.match(await page.title(), /^Error: /);
    await check(page, faults);
  });
  await walk(t, page, faults, ['/operator/reviews', '/operator/reviews?state=decided', '/operator/clinicians', '/operator/credentials', '/operator/credentials?state=lapsed', '/operator/credential-settings', '/operator/acts', `/operator/therapists/${colleague}`, `/operator/therapists/${colleague}/acts/note`, '/operator/incidents', '/operator/messages', '/operator/messages?state=dead', '/operator/therapists?q=zzzz',
    '/operator/taxonomies', '/operator/taxonomies/cause/fall', '/operator/taxonomies/complaint/sciatica/guidance', '/operator/registers?country=',
    '/account/prove', '/account/security', '/operator/questionnaires', '/operator/questionnaires/1/rules/HE-17b', '/operator/questionnaires/1/questions/H03', '/operator/cases/new']);
  await t.test('a value that cannot be', async () => {
    await page.goto('/operator/taxonomies/technique/new');
    await page.getByRole('button', { name: 'Save' }).click();
    assert.match(await page.title(), /^Error: /);
    await check(page, faults);
  });
  await context.close();
});

// --- Over all pages

test('each route that shows a page was seen', () => {
  const missing = routes.map((route) => route.path)
    .filter((path) => !seen.has(path) && ![...notPages, ...redirects, ...onlyInDevelopment].includes(path));
  assert.deepEqual(missing, []);
});

test('every page is valid: html-validate', async () => {
  assert.ok(valid.count() > 40, `${valid.count()} pages`);
  assert.deepEqual(await valid.findings(), []);
});

test('every page is valid: vnu', { skip: valid.javaIsHere() ? false : 'Java is not here' }, async () => {
  assert.deepEqual(await valid.vnuFindings(), []);
});

test('no own link leads nowhere', async () => {
  const { page, context } = await visitor();
  const dead = [];
  const open = (path) => routes.find((route) => route.path === routeOf(path)).who === 'anyone';
  for (const [to, from] of links) {
    const path = new URL(to, url).pathname;
    if (routeOf(path) === undefined) dead.push(`${to} on ${from}`);
    else if (open(path)) {
      const answer = await page.request.get(to, { maxRedirects: 0 });
      if (answer.status() >= 400) dead.push(`${to} on ${from}: ${answer.status()}`);
    }
  }
  assert.ok(links.size > 50);
  assert.deepEqual(dead, []);
  await context.close();
});

// --- By keyboard, and on paper

const town = `/therapists?near=${encodeURIComponent('Portland, OR')}`;
const someone = async (page) => (await (await page.request.get(town, { headers: { Accept: 'application/json' } })).json()).results.find((one) => one.next.length === 3).slug;

// Every stop of a walk by Tab through the page, from the top to the end.
async function stops(page) {
  const list = [];
  for (let stop = await tab(page); !stop.end && stop.place !== list[0]?.place; stop = await tab(page)) list.push(stop);
  return list.filter((stop, n) => !stop.group || stop.group !== list[n - 1]?.group);
}

test('a walk by Tab goes through the page in order, and shows where it is', async (t) => {
  const { page, faults, context } = await visitor({ viewport: { width: 1280, height: 700 } });
  const slug = await someone(page);
  for (const path of ['/', `${town}&q=low+back`, `/filters${new URL(town, url).search}`, `/therapists/${slug}`, `/therapists/${slug}/book`, '/guides', '/finder', '/sign-in']) {
    await t.test(path, async () => {
      await page.goto(path);
      const list = await stops(page);
      const wanted = await page.evaluate(() => {
        const groups = new Set();
        return [...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary')].filter((one) => {
          if (one.disabled || !one.checkVisibility({ visibilityProperty: true, contentVisibilityAuto: true })) return false;
          if (one.type !== 'radio') return true;
          // a group of radio buttons is one stop; how many of them Tab visits while none is chosen differs
          const first = !groups.has(one.name);
          groups.add(one.name);
          return first;
        }).length;
      });
      const places = list.map((stop) => stop.place);
      assert.ok(list.length > 5);
      assert.equal(list.length, wanted, 'each control once');
      assert.deepEqual(places, [...places].sort((a, b) => a - b), 'in the order of the page');
      assert.deepEqual(list.filter((stop) => stop.covered).map((stop) => stop.what), [], 'nothing covers the focus');
      assert.deepEqual(list.filter((stop) => !stop.marked).map((stop) => stop.what), [], 'the focus shows');
      assert.deepEqual(faults, []);
    });
  }
  await context.close();
});

const paper = { format: 'A4', printBackground: false };
const sheets = async (page) => (await page.pdf(paper)).toString('latin1').match(/\/Type\s*\/Page\b/g).length;

test('on paper: the thing itself, and no more sheets than it needs', async () => {
  const { page, context } = await visitor();
  await page.goto(`/therapists/${await someone(page)}`);
  assert.ok(await sheets(page) <= 2, 'a profile on two sheets');
  await page.goto(`${town}&q=low+back`);
  await page.emulateMedia({ media: 'print' });
  for (const gone of ['.bar nav', '.asked', '.filters', '.site', '.pages']) assert.ok(!await page.locator(gone).first().isVisible(), gone);
  assert.equal(await page.locator('.card').first().evaluate((card) => getComputedStyle(card).breakInside), 'avoid');
  assert.ok(await sheets(page) <= 8, 'twenty therapists on eight sheets');
  await page.emulateMedia({ media: null });
  const chosen = await holdWith(page, await someone(page));
  await answerAll(page);
  await page.getByRole('link', { name: 'Continue' }).click();
  await page.getByLabel('Your name').fill('Petra Oslo');
  await page.getByLabel('E-mail address').fill('petra.oslo@example.org');
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByRole('button', { name: 'Book this appointment' }).click();
  assert.equal(new URL(page.url()).pathname, chosen.path);
  assert.equal(await sheets(page), 1, 'a booking on one sheet');
  await context.close();
});

test('the first page is light', async () => {
  const { page, context } = await visitor();
  const sizes = {};
  const done = [];
  page.on('requestfinished', (request) => done.push(request.sizes().then(({ responseBodySize }) => {
    sizes[new URL(request.url()).pathname] = responseBodySize;
  })));
  await page.goto('/', { waitUntil: 'networkidle' });
  await Promise.all(done);
  const of = (ending) => Object.entries(sizes).filter(([path]) => path.endsWith(ending)).reduce((sum, [, size]) => sum + size, 0);
  const total = Object.values(sizes).reduce((a, b) => a + b, 0);
  assert.ok(of('/') > 0 && of('.css') > 0 && of('.js') > 0, JSON.stringify(sizes));
  assert.ok(of('/') <= 14 * 1024, `HTML: ${of('/')}`);
  assert.ok(of('.css') <= 8 * 1024, `CSS: ${of('.css')}`);
  assert.ok(of('.js') <= 5 * 1024, `JavaScript: ${of('.js')}`);
  assert.ok(total <= 80 * 1024, `in all ${total}: ${JSON.stringify(sizes)}`);
  await context.close();
});
