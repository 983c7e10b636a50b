// Filling in the form before a visit, page by page, as a person does who is well. What is on a page is found out there: questions are data.
import assert from 'node:assert/strict';
import { check, healthy } from '../http/answers.mjs';
import { heading } from './steps.mjs';

// Where "no" or "none of these" is not the answer of somebody who is well, and what is typed.
const well = {
  RF03: 'fine', A01: ['4', '27', '1981'], A02: 'me', P04: 'chronic', P11: 'helped', H23: ['front', 'back', 'side'], G05: 'no_preference',
  P01: ['low_back_l', 'low_back_r'], P02: ['ache'], P07: '4', P07b: '6', G02: '3', K03: 'yes', K04: 'yes', K07: 'Ada Lovell',
};

// Runs in the page: the questions that are seen and have no answer yet, each as {name, kind, values, alone, optional}.
export function openQuestions() {
  const found = new Map();
  for (const control of document.querySelectorAll('form[action*="/safety/"] :is(input, textarea, select):not([type=hidden])')) {
    if (!(control.labels?.[0] ?? control).checkVisibility()) continue;
    const name = control.name.replace(/_(month|day|year)$/, '');
    const question = found.get(name) ?? { name, kind: control.type, values: [], alone: [], answered: false, optional: /\(optional\)/.test((control.closest('.q') ?? document.body).querySelector('legend, label')?.innerText ?? '') };
    if (control.matches('[type=radio], [type=checkbox]')) {
      question.values.push(control.value);
      if ('alone' in control.dataset) question.alone.push(control.value);
      question.answered ||= control.checked;
    } else {
      if (control.name !== name) question.kind = 'birth';
      question.answered ||= control.value !== '';
    }
    found.set(name, question);
  }
  return [...found.values()].filter((question) => !question.answered);
}

// What somebody answers to it: what is said in `answers`, else as who is well. Values of options, or a text; [] leaves it out.
export function answerTo(question, answers = {}) {
  const { name, kind, values, alone, optional } = question;
  const said = answers[name] ?? well[name];
  if (said !== undefined) return [said].flat();
  if (kind === 'radio' || kind === 'checkbox') {
    if (values.length === 1) return optional ? [] : values; // a box to accept
    return [values.find((value) => ['no', 'none', 'not_sure'].includes(value)) ?? alone[0] ?? values[0]];
  }
  return optional ? [] : [{ number: '4' }[kind] ?? 'Walking to work'];
}

async function fill(page, question, answers) {
  const wanted = answerTo(question, answers);
  const form = page.locator('form[action*="/safety/"]');
  if (question.kind === 'birth') {
    for (const [part, value] of [['month', wanted[0]], ['day', wanted[1]], ['year', wanted[2]]]) await form.locator(`[name="${question.name}_${part}"]`).fill(value);
  } else if (question.values.length) {
    for (const value of wanted) await form.locator(`[name="${question.name}"][value="${value}"]`).check();
  } else if (wanted.length) {
    const control = form.locator(`[name="${question.name}"]`);
    await control.fill((await control.getAttribute('inputmode')) === 'numeric' ? (answers[question.name] ?? '4') : wanted[0]);
  }
}

// Answers what is asked on this page, and what the answers open. → the names, in their order.
export async function fillPage(page, answers = {}) {
  const asked = new Set();
  for (let open = await page.evaluate(openQuestions); ; open = await page.evaluate(openQuestions)) {
    const next = open.filter((question) => !asked.has(question.name));
    if (!next.length) return [...asked];
    for (const question of next) {
      asked.add(question.name);
      await fill(page, question, answers);
    }
  }
}

export const onForm = (page) => page.locator('form[action*="/safety/"] .asks').count();
export const goOn = (page) => Promise.all([page.waitForNavigation({ waitUntil: 'domcontentloaded' }), page.getByRole('button', { name: 'Continue', exact: true }).click()]);

// Past the safety check in one step, or past all but `left` (a pattern for names): a form with the answers, sent from the first page.
export const passCheck = (page, left) => Promise.all([page.waitForNavigation({ waitUntil: 'domcontentloaded' }), page.evaluate((answers) => {
  const form = document.querySelector('form[action*="/safety/"]').cloneNode(true);
  form.action = form.action.replace(/\/\d+$/, '');
  for (const control of form.querySelectorAll('input:not([name=csrf])')) control.remove();
  for (const [name, values] of Object.entries(answers)) {
    for (const value of [values].flat()) form.append(Object.assign(document.createElement('input'), { type: 'hidden', name, value }));
  }
  document.body.append(form);
  form.submit();
}, left ? Object.fromEntries(Object.entries(healthy).filter(([name]) => !left.test(name))) : check)]);

// From wherever one is in the form to its end. `each` looks at each page before it is filled in. → the headings of the pages.
export async function fillForm(page, answers = {}, each = async () => {}) {
  const pages = [];
  for (;;) {
    if (await onForm(page)) {
      assert.ok(pages.length < 70, `no end: ${pages.slice(-3).join(' / ')}`);
      assert.equal(await page.locator('.err').count(), 0, `refused: ${await page.locator('#problem').allInnerTexts()}`);
      pages.push(await heading(page));
      await each(page);
      await fillPage(page, answers);
      await goOn(page);
    } else if (/\/safety\/start$/.test(new URL(page.url()).pathname)) {
      pages.push(await heading(page));
      await each(page);
      await Promise.all([page.waitForNavigation({ waitUntil: 'domcontentloaded' }), page.getByRole('link', { name: 'Begin' }).click()]);
    } else {
      return pages;
    }
  }
}
