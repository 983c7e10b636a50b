// The main job in a browser: find somebody, take a time, pass the safety check, book, and what can come in between.
import test, { after } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { accounts, close, signIn, visitor } from './browser.mjs';
import { answer, answerAll, book, heading, holdTime, holdWith, isFree, search, tab } from './steps.mjs';

after(close);

// A test in a context of its own, which ends with nothing to complain of.
function journey(name, options, run) {
  test(name, async () => {
    const { context, page, faults } = await visitor(options);
    try {
      await run(page, context);
      assert.deepEqual(faults, []);
    } finally {
      await context.close();
    }
  });
}
const withAndWithout = (name, run) => {
  journey(`${name}, with JavaScript`, {}, (page, context) => run(page, context, true));
  journey(`${name}, without JavaScript`, { javaScriptEnabled: false }, (page, context) => run(page, context, false));
};

const town = 'Portland, OR';
const person = (name) => ({ name, email: `${name.toLowerCase().replace(/\W+/g, '.')}@example.org` });

// Therapists of the town who have free times; each journey takes its own, so that none is in another's way.
let known;
async function therapists(page) {
  if (!known) {
    const found = await (await page.request.get(`/therapists?near=${encodeURIComponent(town)}`, { headers: { Accept: 'application/json' } })).json();
    known = found.results.filter((one) => one.next.length === 3).map((one) => one.slug);
  }
  return known;
}
const therapist = async (page, n) => (await therapists(page)).at(n);

function expireHold(id) {
  assert.match(id, /^[0-9a-f-]{36}$/);
  execFileSync(new URL('../cluster.sh', import.meta.url).pathname, ['psql', `${process.env.TEST_DIR}/pg`, '-c',
    `update unknot.slot_claim set hold_expires = now() - interval '1 second' where booking_id = '${id}';
     update unknot.booking set hold_expires = now() - interval '1 second' where id = '${id}'`]);
}

async function problemIsSaid(page, scripted, field) {
  assert.match(await page.title(), /^Error: /);
  const summary = page.locator('#problem');
  assert.equal(await summary.locator('h2').innerText(), 'There is a problem');
  if (scripted) assert.equal(await page.evaluate(() => document.activeElement.id), 'problem', 'the summary has the focus');
  const link = summary.getByRole('link').first();
  const words = await link.innerText();
  assert.equal(await page.locator('main .err').first().innerText().then((text) => text.replace(/^Error:\s*/, '')), words, 'same words at the field');
  await link.click();
  assert.equal(await page.evaluate(() => document.activeElement.name || document.activeElement.id), field, 'the link leads to the field');
}

withAndWithout('from the first page to a booking, and out of it again', async (page, context, scripted) => {
  await search(page, { what: 'low back', where: town });
  assert.match(await heading(page), /^\d+ therapists for low back\s+pain near Portland, OR$/);
  const cards = page.locator('.card', { has: page.locator('.slot') });
  assert.ok(await cards.count() > 3);
  const card = cards.nth(scripted ? 1 : 2);
  const name = (await card.locator('h2 a').innerText()).replace(/^\d+\.\s*/, '');
  await card.locator('h2 a').click();
  assert.equal(await heading(page), name);

  await page.getByRole('link', { name: 'See all times' }).first().click();
  assert.equal(await heading(page), `Choose a time with ${name}`);
  const service = page.locator('label.choice').last();
  const id = await service.locator('input').getAttribute('value');
  await service.click();
  if (!scripted) await page.getByRole('button', { name: 'Show these times' }).click();
  await page.locator(`#times input[name=service][value="${id}"]`).waitFor({ state: 'attached' });
  const title = await service.locator('b').innerText();
  const price = await service.locator('.price').innerText();
  const chosen = await holdTime(page, 4);
  assert.equal(chosen.service, id);
  assert.equal(await isFree(page, chosen), false, 'held, so not free');
  assert.match(await page.locator('.hold').innerText(), scripted ? /\b(10:00|9:5\d) left/ : /until \d+:\d\d (am|pm)/);

  const asked = await answer(page);
  assert.equal(asked.length, 15);
  assert.equal(new Set(asked).size, 15);
  const { reference, link } = await book(page, person('Ada Lovell'));
  assert.match(reference, /^[A-Z0-9-]{6,12}$/);
  const facts = await page.locator('dl.sum').innerText();
  for (const fact of [name, title, chosen.time, price]) assert.ok(facts.includes(fact), `${fact} is in ${facts}`);

  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'Add to my calendar' }).click()]);
  const calendar = await readFile(await file.path(), 'utf8');
  assert.match(file.suggestedFilename(), /\.ics$/);
  assert.match(calendar, /^BEGIN:VCALENDAR\r\n/);
  assert.match(calendar, /END:VEVENT\r\nEND:VCALENDAR\r\n$/);
  const zone = calendar.match(/^DTSTART;TZID=([^:]+):/m)?.[1];
  const local = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium' }).format(new Date(chosen.start)).replace(/[-:]/g, '').replace(' ', 'T');
  assert.match(calendar, new RegExp(`^DTSTART;TZID=${zone}:${local}\r$`, 'm'), 'begins at the time that was chosen, by the clock of the place');
  assert.match(calendar, new RegExp(`^DTEND;TZID=${zone}:\\d{8}T\\d{6}\r$`, 'm'));
  assert.ok(calendar.split('\r\n').every((line) => Buffer.byteLength(line) <= 75), 'lines are folded');

  // another device, with the secret link alone
  const other = await visitor({ javaScriptEnabled: scripted });
  await other.page.goto(link);
  assert.equal(await heading(other.page), 'Booked');
  assert.ok(!other.page.url().includes(link.split('/').at(-1)), 'the secret is out of the address');
  assert.equal(await other.page.locator('.ref').innerText(), reference);
  await other.page.getByRole('link', { name: 'Cancel this appointment' }).click();
  assert.equal(await isFree(page, chosen), false, 'looking at the page cancels nothing');
  await other.page.getByRole('button', { name: 'Cancel this appointment' }).click();
  assert.equal(await heading(other.page), 'This booking is canceled');
  assert.equal(await isFree(page, chosen), true, 'the time is free again');
  assert.deepEqual(other.faults, []);
  await other.context.close();
  await page.reload();
  assert.equal(await heading(page), 'This booking is canceled');
});

withAndWithout('a sign of an emergency stops at once', async (page, context, scripted) => {
  const chosen = await holdWith(page, await therapist(page, 0), scripted ? 0 : 1);
  const asked = await answer(page, { RF12: 'yes' });
  assert.equal(asked.length, 1);
  assert.equal(await heading(page), 'Get help now');
  assert.equal(await page.getByRole('link', { name: 'Call 911' }).getAttribute('href'), 'tel:911');
  assert.match(await page.locator('main').innerText(), /Nothing is booked/);
  assert.doesNotMatch(`${page.url()} ${await page.title()}`, /RF12|chest/i);
  assert.equal(await isFree(page, chosen), true, 'the time is free again');
  const gone = await page.goto(chosen.path);
  assert.ok(gone.status() === 404 || gone.status() === 410 || !/\/bookings\//.test(page.url()), `the booking is gone: ${gone.status()}`);
});

journey('signs that squeeze nerves stop as well, after the question they belong to', {}, async (page) => {
  await holdWith(page, await therapist(page, 0), 2);
  const asked = await answer(page, { RF03: 'one_leg_weak', RF03b: 'yes' });
  assert.equal(asked.length, 5);
  assert.equal(await heading(page), 'Get medical help today');
});

withAndWithout('a weak sign asks for a clinician first', async (page, context, scripted) => {
  const nth = scripted ? 3 : 4;
  const chosen = await holdWith(page, await therapist(page, 1), nth);
  const asked = await answer(page, { RF08: 'yes', RF15: 'waiting' });
  assert.equal(asked.length, 16);
  assert.match(asked.at(-1), /^Have you told a doctor/);
  assert.match(await page.locator('main').innerText(), /Losing weight without trying/);
  assert.ok(await page.getByRole('heading', { name: 'A note for your doctor or nurse' }).isVisible());
  assert.match(await page.locator('dl.sum').innerText(), /Weight loss without trying\s+Yes/);
  assert.equal(await isFree(page, chosen), true, 'the time is free again');

  // the same person comes back after the visit to the doctor
  if (!scripted) return;
  await holdWith(page, chosen.therapist, nth);
  const today = new Date(Date.now() - 10 * 3600e3).toISOString().slice(0, 10); // in no town of the demo tomorrow
  await answer(page, { RF08: 'yes', RF15: 'ok', RF15_date: today, RF15_clinician: 'Dr. Mira Solen' });
  assert.equal(await heading(page), 'You can book');
});

journey('an answer that changes the treatment books, and the therapist reads of it', {}, async (page) => {
  const chosen = await holdWith(page, await therapist(page, 2), 0);
  const asked = await answer(page, { RF11: 'yes' });
  assert.equal(asked.length, 15);
  assert.match(await page.locator('main').innerText(), /Pressure\s+At most 3 of 5/);
  const { reference } = await book(page, person('Bruno Castel'));

  const practice = await visitor();
  await signIn(practice.page, `${chosen.therapist}@example.org`);
  assert.equal(await heading(practice.page), 'My practice');
  await practice.page.goto(`/practice?week=${chosen.start.slice(0, 10)}`);
  const entry = practice.page.locator(`table.week a[href="/practice${chosen.path}"]`);
  assert.ok((await entry.innerText()).replace(/\s+/g, ' ').startsWith(`${chosen.time} Bruno Castel`), 'at the time of the place');
  await entry.click();
  const text = await practice.page.locator('main').innerText();
  assert.match(text, /Read before the visit/);
  assert.match(text, /Light pressure/);
  assert.doesNotMatch(text, /immune system; \(b\)/, 'not the raw answer');
  assert.ok(text.includes(reference));
  assert.deepEqual(practice.faults, []);
  await practice.context.close();
});

withAndWithout('what is missing is said, and nothing typed is lost', async (page, context, scripted) => {
  await holdWith(page, await therapist(page, 3), scripted ? 0 : 1);
  await page.getByRole('button', { name: 'Continue' }).click();
  await problemIsSaid(page, scripted, 'RF12');
  await answerAll(page);
  await page.getByRole('link', { name: 'Continue' }).click();
  await page.getByLabel('Your name').fill('Cleo “<b>” O’Hara & Sons');
  await page.getByLabel('E-mail address').fill('cleo at example.org');
  await page.getByRole('button', { name: 'Continue' }).click();
  await problemIsSaid(page, scripted, 'email');
  assert.equal(await page.getByLabel('Your name').inputValue(), 'Cleo “<b>” O’Hara & Sons');
  assert.equal(await page.getByLabel('E-mail address').inputValue(), 'cleo at example.org');
  await page.getByLabel('E-mail address').fill('cleo@example.org');
  await page.getByRole('button', { name: 'Continue' }).click();
  assert.match(await page.locator('dl.sum').innerText(), /Cleo “<b>” O’Hara & Sons/);

  // and back from the check page: nothing is asked twice
  await page.getByRole('link', { name: 'Change name' }).click();
  assert.equal(await page.getByLabel('Your name').inputValue(), 'Cleo “<b>” O’Hara & Sons');
});

journey('a hold that ran out offers other times and keeps the answers', {}, async (page) => {
  const chosen = await holdWith(page, await therapist(page, 4), 0);
  for (let n = 0; n < 3; n++) {
    await page.locator('input[value=no]').check();
    await page.getByRole('button', { name: 'Continue' }).click();
  }
  expireHold(chosen.path.split('/').at(-1));
  await page.locator('input[value=no]').check();
  await page.getByRole('button', { name: 'Continue' }).click();
  assert.match(await heading(page), /no longer held/);
  assert.equal(await isFree(page, chosen), true);
  const other = page.getByRole('button', { name: /^Hold: / });
  assert.equal(await other.count(), 3);
  await other.nth(1).click();
  assert.match(page.url(), /\/safety\/[45]$/, 'the check goes on where it was');
  await answer(page);
  await book(page, person('Dario Venn'));
});

journey('the slower of two hears of it, and takes a time near it', {}, async (page) => {
  const slug = await therapist(page, 5);
  await page.goto(`/therapists/${slug}/book`);
  const faster = await visitor();
  await holdWith(faster.page, slug, 0);
  await page.locator('#times label.pick').first().click();
  await page.getByRole('button', { name: 'Hold this time and continue' }).click();
  assert.match(await heading(page), /has just been taken/);
  await page.getByRole('button', { name: /^Hold: / }).first().click();
  assert.match(page.url(), /\/safety\/1$/);
  assert.deepEqual(faster.faults, []);
  await faster.context.close();
});

// --- What the script adds

journey('the countdown warns, and says when the time has gone', {}, async (page) => {
  await page.clock.install();
  await holdWith(page, await therapist(page, 6), 0);
  const said = () => page.locator('#status').textContent();
  assert.equal(await said(), '');
  await page.clock.fastForward('08:05');
  await page.clock.runFor(1100);
  assert.match(await said(), /^Two minutes left/);
  await page.clock.fastForward('02:00');
  await page.clock.runFor(1100);
  assert.equal(await page.locator('hold-timer').innerText(), 'ended');
  assert.ok(await page.locator('[data-expired]').isVisible());
  assert.match(await said(), /no longer held/);
});

journey('the drawn back leads where the list beside it leads', {}, async (page) => {
  await page.goto('/');
  await page.locator('body-map svg [data-group=low]').first().click();
  await page.waitForURL(/complaint=low-back/);
});

// --- By keyboard alone

// Tabs to what matches, as far as the end of the page; each stop must be in sight, on top, and marked.
async function tabTo(page, selector) {
  for (let n = 0; n < 200; n++) {
    const stop = await tab(page);
    if (stop.end) continue;
    assert.ok(!stop.covered, `covered or out of sight: ${stop.what}`);
    assert.ok(stop.marked, `the focus does not show: ${stop.what}`);
    if (await page.evaluate((selector) => document.activeElement.matches(selector), selector)) return;
  }
  assert.fail(`Tab does not reach ${selector}`);
}

journey('a booking by keyboard alone', { viewport: { width: 1280, height: 700 } }, async (page) => {
  const keys = page.keyboard;
  const arrives = (what) => Promise.all([page.waitForNavigation(), what]);
  await page.goto('/');
  await tabTo(page, '#q');
  await keys.type('low back');
  await tabTo(page, '#near');
  await keys.type(town);
  await arrives(keys.press('Enter'));
  await tabTo(page, '.card:nth-of-type(4) .slot');
  await arrives(keys.press('Enter'));
  assert.match(await heading(page), /^Choose a time/);
  // the time came along: only the button is left
  assert.equal(await page.locator('input[name=start]:checked').count(), 1);
  await tabTo(page, 'button.big');
  await arrives(keys.press('Enter'));
  for (let n = 1; n <= 15; n++) {
    assert.match(page.url(), new RegExp(`/safety/${n}$`));
    await tabTo(page, '.asks input[type=radio]');
    if (n === 5) await keys.press('Space');
    else await keys.press('ArrowDown');
    await tabTo(page, 'main .btn');
    await arrives(keys.press('Enter'));
  }
  assert.match(page.url(), /\/safety\/start$/); // the rest by the keyboard is intake.mjs's
  await answerAll(page);
  assert.equal(await heading(page), 'You can book');
  await tabTo(page, 'main .btn');
  await arrives(keys.press('Enter'));
  await tabTo(page, '#name');
  await keys.type('Edda Quist');
  await tabTo(page, '#email');
  await keys.type('edda.quist@example.org');
  await arrives(keys.press('Enter'));
  assert.equal(await heading(page), 'Check, then book');
  await tabTo(page, 'main .btn.big');
  await arrives(keys.press('Enter'));
  assert.equal(await heading(page), 'Booked');
});

// --- Those who work with it

journey('a therapist edits the profile, and the public sees it at once', {}, async (page) => {
  const { email, name } = accounts().in(town);
  const slug = email.split('@')[0];
  await signIn(page, email);
  await page.getByRole('link', { name: 'Profile', exact: true }).click();
  await page.goto('/practice/profile/about');
  await page.getByLabel('Headline').fill('Slow hands for stiff <backs> & busy people');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  assert.match(await page.locator('.flash').innerText(), /^Saved\./);
  const { page: stranger, faults, context } = await visitor();
  await stranger.goto(`/therapists/${slug}`);
  assert.equal(await heading(stranger), name);
  assert.equal(await stranger.locator('.lead').innerText(), 'Slow hands for stiff <backs> & busy people');
  assert.deepEqual(faults, []);
  await context.close();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.goto('/practice');
  assert.match(page.url(), /\/sign-in\?next=/);
});

withAndWithout('a wrong password is answered in words that tell nothing', async (page, context, scripted) => {
  const said = [];
  for (const email of [accounts().operator, 'nobody@example.org']) {
    await signIn(page, email, 'wrong-password-1');
    assert.match(await page.title(), /^Error: /);
    said.push(await page.locator('#problem').innerText());
    assert.equal(await page.getByLabel('E-mail address').inputValue(), email);
    assert.equal(await page.getByLabel('Password', { exact: true }).inputValue(), '');
    if (scripted) assert.equal(await page.evaluate(() => document.activeElement.id), 'problem');
  }
  assert.equal(said[0], said[1]);
});

journey('an operator marks a credential as checked, and the profile shows the proof', {}, async (page) => {
  await signIn(page, accounts().operator);
  await page.goto('/operator/credentials');
  await page.locator('table.data th a').first().click();
  const credential = page.url();
  assert.equal(await page.locator('[name=result]:checked').count(), 0, 'what came of it is for the operator to say');
  await page.getByLabel('Found on the register, in force').check();
  await page.getByLabel('Where you checked it').fill('');
  await page.getByRole('button', { name: 'Save the result' }).click();
  await problemIsSaid(page, true, 'where');
  await page.goto(credential);
  await page.getByLabel('Found on the register, in force').check();
  await page.getByLabel('Where you checked it').fill('Register of the test bench, register.example.org');
  await page.getByRole('button', { name: 'Save the result' }).click();
  assert.match(await page.locator('.flash').innerText(), /^Saved\./);
  assert.match(await page.locator('h1 + p').innerText(), /^Checked until/);
  const slug = (await page.locator('dl.sum a').first().getAttribute('href')).split('/').at(-1);
  await page.goto(`/therapists/${slug}`);
  assert.match(await page.locator('table.data').innerText(), /Register of the test bench, register\.example\.org/);
});

journey('colours that were chosen stay', { colorScheme: 'light' }, async (page) => {
  const surface = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  await page.goto('/guides');
  const light = await surface();
  await page.getByRole('button', { name: 'Dark' }).click();
  assert.match(page.url(), /\/guides$/);
  const dark = await surface();
  assert.notEqual(dark, light);
  await page.goto('/');
  assert.equal(await surface(), dark);
  await page.getByRole('button', { name: 'As my device' }).click();
  assert.equal(await surface(), light);
});
