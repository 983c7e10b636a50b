// Every page of a visitor and a client once: axe-core, layout from 320 to 1280 px in light and dark, larger and wider text,
// forced colours, headings, labels, the policy, the console, two validators of HTML, and the weight of it all.
import test from 'node:test';
import assert from 'node:assert/strict';
import { url, visitor } from './browser.mjs';
import { sql } from '../http/fixture.mjs';
import { answerAll, heading, holdTime, holdWith, tab } from './steps.mjs';
import { check, collect, isStaffs, routeOf, seen, walk, walkOnly, whenAllWereSeen } from './walk.mjs';

walkOnly((path) => !isStaffs(path));

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
    `/therapists/${three[0].slug}/reviews`,
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
  await send({}); // with the yes that is chosen already
  assert.match(await page.title(), /^Error: /);
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

whenAllWereSeen();

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
