// The steps of the main job, as a person takes them. Each ends when the next page is there.
import assert from 'node:assert/strict';
import { healthy } from '../http/answers.mjs';

export const heading = (page) => page.locator('h1').first().innerText();
// A page that is still being read has no form yet: each step ends when all of the next one is there.
const press = (page, name) => Promise.all([page.waitForNavigation({ waitUntil: 'domcontentloaded' }), page.getByRole('button', { name }).click()]);

export async function search(page, { what, where }) {
  await page.goto('/');
  await page.getByLabel('What hurts').fill(what);
  await page.getByRole('textbox', { name: 'Where' }).fill(where);
  await press(page, 'Show therapists');
}

// From a page of free times to the safety check. Which of the free times: `nth`, counted from 0.
export async function holdTime(page, nth = 0) {
  const time = page.locator('#times label.pick').nth(nth);
  const chosen = {
    start: await time.locator('input').getAttribute('value'),
    day: await time.locator('xpath=ancestor::fieldset/legend').innerText(),
    time: (await time.locator('span').first().innerText()).split(',')[0].trim(),
    service: await page.locator('#times input[name=service]').getAttribute('value'),
    therapist: await page.locator('#times input[name=therapist]').getAttribute('value'),
  };
  await time.click();
  await press(page, 'Hold this time and continue');
  return { ...chosen, path: new URL(page.url()).pathname.replace(/\/safety\/.*/, '') };
}

export async function holdWith(page, therapist, nth = 0) {
  await page.goto(`/therapists/${therapist}/book`);
  return holdTime(page, nth);
}

async function choose(page, where, answers) {
  const group = page.locator(where);
  if (!await group.count()) return;
  const name = await group.locator('input').first().getAttribute('name');
  await group.locator(`input[name="${name}"][value="${answers[name] ?? healthy[name] ?? 'no'}"]`).check();
}

// Answers the safety check question after question, healthy where nothing else is said, and the rest of the form at once, until another kind of page
// comes. What stands on the pages of the rest is form.mjs's. → the questions of the check.
export async function answer(page, answers = {}) {
  const asked = [];
  while (asked.length < 20 && await page.locator('form[action*="/safety/"] .asks').count()) {
    assert.equal(await page.locator('.err').count(), 0, `refused at “${asked.at(-1)}”`);
    asked.push(await heading(page));
    await choose(page, '.asks > fieldset', answers);
    await choose(page, '.then fieldset:visible', answers); // the follow-up of an answer just given
    for (const name of ['RF15_date', 'RF15_clinician']) {
      if (name in answers && asked.length > 15) await page.locator(`#${name}`).fill(answers[name]);
    }
    await press(page, 'Continue');
  }
  if (page.url().endsWith('/safety/start')) await answerAll(page, answers);
  return asked;
}

// All of it in one step: a form with all answers, sent from whatever page of the form is open; '' leaves one out.
export async function answerAll(page, answers = {}) {
  await Promise.all([page.waitForNavigation(), page.evaluate((answers) => {
    const form = document.querySelector('form[action*="/safety/"]').cloneNode(true);
    form.action = form.action.replace(/\/[^/]+$/, '');
    for (const field of form.querySelectorAll('input:not([name=csrf]), textarea')) field.remove();
    for (const [name, values] of Object.entries(answers)) {
      for (const value of [values].flat().filter(Boolean)) {
        const input = document.createElement('input');
        Object.assign(input, { type: 'hidden', name, value });
        form.append(input);
      }
    }
    document.body.append(form);
    form.submit();
  }, { ...healthy, ...answers })]);
}

// From the end of a passed check to the booking.
export async function book(page, { name, email }) {
  assert.equal(await heading(page), 'You can book');
  await page.getByRole('link', { name: 'Continue' }).click();
  await page.getByLabel('Your name').fill(name);
  await page.getByLabel('E-mail address').fill(email);
  await press(page, 'Continue');
  assert.equal(await heading(page), 'Check, then book');
  await press(page, 'Book this appointment');
  assert.equal(await heading(page), 'Booked');
  return {
    reference: await page.locator('.ref').innerText(),
    link: await page.getByRole('link', { name: '/b/' }).getAttribute('href'),
  };
}

// Whether a time is offered, as the program that asks for free times sees it.
export async function isFree(page, { therapist, service, start }) {
  const from = new Date(Date.parse(start) - 86400e3).toISOString().slice(0, 10);
  const answer = await page.request.get(`/therapists/${therapist}/slots?service=${service}&from=${from}&days=3`, {
    headers: { Accept: 'application/json' },
  });
  assert.equal(answer.status(), 200);
  const { days } = await answer.json();
  const slots = days.flatMap((day) => day.slots);
  assert.ok(slots.length > 0, 'some time is free on these days');
  return slots.some((slot) => slot.start === start);
}

// One press of Tab: where the focus is then, and whether it can be seen there.
export async function tab(page) {
  await page.keyboard.press('Tab');
  return page.evaluate(() => {
    const here = document.activeElement;
    const shown = here.matches('.pick input') ? here.nextElementSibling : here;
    const { left, top, width, height } = shown.getBoundingClientRect();
    const over = document.elementFromPoint(left + Math.min(width / 2, 20), top + height / 2);
    const style = getComputedStyle(shown);
    const all = [...document.querySelectorAll('*')];
    return {
      what: here.outerHTML.slice(0, 120),
      place: all.indexOf(here),
      group: here.type === 'radio' ? here.name : undefined,
      covered: !over || !(shown.contains(over) || over.contains(shown) || over.closest('label') === here.closest('label')),
      marked: (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2) || here instanceof SVGElement,
      end: here === document.body,
    };
  });
}
