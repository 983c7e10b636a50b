// The form before a visit, whole: by the keyboard alone, as a screen reader is told of it, without a script at 320 px and with large text, and what it does with
// answers that open others or stand alone.
import test, { after } from 'node:test';
import assert from 'node:assert/strict';
import { close, violations, visitor } from './browser.mjs';
import { answerTo, fillForm, fillPage, goOn, onForm, openQuestions, passCheck } from './form.mjs';
import { layoutFaults, readerStyle, structureFaults } from './layout.mjs';
import { heading, holdWith } from './steps.mjs';

after(close);

// Therapists who have time; each test takes its own.
let known;
async function hold(page, nth) {
  known ??= (await (await page.request.get(`/therapists?near=${encodeURIComponent('Bellingham, WA')}`, { headers: { Accept: 'application/json' } })).json())
    .results.filter((one) => one.next.length === 3).map((one) => one.slug);
  return holdWith(page, known.at(nth), 1);
}
const loaded = (page, doing) => Promise.all([page.waitForNavigation({ waitUntil: 'domcontentloaded' }), doing]);

function intake(name, options, run) {
  test(name, async () => {
    const { context, page, faults } = await visitor(options);
    try {
      await run(page);
      assert.deepEqual(faults, []);
    } finally {
      await context.close();
    }
  });
}

// --- As a screen reader is told of it

// The accessibility tree as [{role, name, description, inside: [names of the groups around it]}], controls and alerts only.
async function tree(page) {
  const session = await page.context().newCDPSession(page);
  const { nodes } = await session.send('Accessibility.getFullAXTree');
  await session.detach();
  const byId = new Map(nodes.map((node) => [node.nodeId, node]));
  const groups = (node) => {
    const around = [];
    for (let at = byId.get(node.parentId); at; at = byId.get(at.parentId)) if (['group', 'radiogroup'].includes(at.role?.value)) around.push(at.name?.value ?? '');
    return around;
  };
  const group = (node) => { for (let at = byId.get(node.parentId); at; at = byId.get(at.parentId)) if (at.role?.value === 'group') return at; };
  return nodes.filter((node) => !node.ignored && ['radio', 'checkbox', 'textbox', 'alert', 'heading', 'progressbar', 'image'].includes(node.role?.value)).map((node) => ({
    role: node.role.value, name: node.name?.value ?? '', description: [node, group(node)].map((at) => at?.description?.value ?? '').join(' ').trim(), inside: groups(node),
    invalid: node.properties?.find(({ name }) => name === 'invalid')?.value.value,
  }));
}

// Every control of the page has a name, and a choice stands in a group whose name is the question. → the roles that are there.
async function told(page) {
  const where = await heading(page);
  const all = await tree(page);
  const asked = all.filter(({ role }) => ['radio', 'checkbox', 'textbox'].includes(role));
  assert.ok(asked.length, where);
  for (const { role, name, inside } of asked) {
    assert.ok(name.trim(), `${where}: a ${role} without a name`);
    if (role === 'radio') assert.ok(inside.some((group) => group.length > 3), `${where}: “${name}” stands in no group with a name`);
  }
  assert.deepEqual(all.filter(({ role }) => role === 'image' || role === 'progressbar').map(({ name }) => name), [], `${where}: pictures say nothing that words do not`);
  assert.equal(all.filter(({ role, name }) => role === 'heading' && name === where).length, 1, where);
  return asked.map(({ role }) => role);
}

// --- By the keyboard

// One press: what the focus is on then.
async function press(page, key) {
  await page.keyboard.press(key);
  return page.evaluate(() => {
    const here = document.activeElement;
    const shown = here.matches('.pick input') ? here.nextElementSibling : here;
    return {
      tag: here.localName, type: here.type, name: here.name, value: here.value, checked: here.checked, words: here.textContent.trim(), inForm: Boolean(here.closest('.asks')),
      marked: getComputedStyle(shown).outlineStyle !== 'none' && shown.checkVisibility(),
    };
  });
}

// Tab by Tab through one page: answers what the focus comes to, and presses Continue.
async function byKeyboard(page, answers) {
  const wanted = new Map();
  const learn = async () => { for (const question of await page.evaluate(openQuestions)) if (!wanted.has(question.name)) wanted.set(question.name, answerTo(question, answers)); };
  await learn();
  assert.equal((await press(page, 'Tab')).words, 'Skip to main content');
  await page.keyboard.press('Enter');
  for (let presses = 0; presses < 160; presses++) {
    let here = await press(page, 'Tab');
    if (here.tag === 'button' && here.words === 'Continue') {
      await loaded(page, page.keyboard.press('Enter'));
      return;
    }
    if (!here.inForm) continue;
    assert.ok(here.marked, `the focus shows on ${here.name} ${here.value}`);
    if (!wanted.has(here.name)) await learn(); // what an answer has opened
    const part = here.name.match(/^(.*)_(month|day|year)$/);
    const values = wanted.get(part ? part[1] : here.name) ?? [];
    if (!values.length) continue;
    if (here.type === 'radio') {
      if (!here.checked) here = await press(page, 'Space');
      for (let n = 0; n < 30 && here.value !== values[0]; n++) here = await press(page, 'ArrowDown');
    } else if (here.type === 'checkbox') {
      if (values.includes(here.value) && !here.checked) await page.keyboard.press('Space');
    } else if (here.value === '') {
      await page.keyboard.type(part ? values[['month', 'day', 'year'].indexOf(part[2])] : values[0]);
    }
  }
  assert.fail(`no Continue on “${await heading(page)}”`);
}

// The safety check by the keyboard is journey.mjs's.
intake('all that comes after the safety check by the keyboard alone, and told to a screen reader', { viewport: { width: 1280, height: 800 } }, async (page) => {
  await hold(page, 0);
  await passCheck(page);
  const seen = [];
  const roles = new Set();
  while (!/\/done$/.test(page.url())) {
    assert.ok(seen.length < 45, seen.slice(-3).join(' / '));
    seen.push(await heading(page));
    if (await onForm(page)) {
      for (const role of await told(page)) roles.add(role);
      await byKeyboard(page, { H04: 'healing', H04a: 'limb', P09_activity1: 'Stairs' });
      assert.equal(await page.locator('.err').count(), 0, `refused: ${await page.locator('#problem').allInnerTexts()}`);
    } else {
      for (let n = 0; n < 40 && (await press(page, 'Tab')).words !== 'Begin'; n++);
      await loaded(page, page.keyboard.press('Enter'));
    }
  }
  assert.ok(seen.length > 15, `${seen.length} pages`);
  assert.deepEqual([...roles].sort(), ['checkbox', 'radio', 'textbox']);
  assert.equal(new Set(seen).size, seen.length, 'none twice');
  assert.equal(await heading(page), 'You can book');
  assert.match(await page.locator('main').innerText(), /What this means for your visit/, 'the broken bone changes it');
});

intake('a screen reader is told what is wrong, and where', { viewport: { width: 1000, height: 900 } }, async (page) => {
  await hold(page, 1);
  await passCheck(page, /^(H0[123]|K)/);
  for (let n = 0; n < 10 && await heading(page) !== 'Blood and heart'; n++) await goOn(page);
  await goOn(page);
  assert.match(await page.title(), /^Error: /);
  assert.doesNotMatch(await page.title(), /blood|heart|clot/i, 'titles say nothing of health');
  assert.equal(await page.evaluate(() => document.activeElement.id), 'problem', 'the summary has the focus');
  const wrong = await tree(page);
  assert.equal(wrong.filter(({ role }) => role === 'alert').length, 1);
  const messages = await page.locator('#problem li').allInnerTexts();
  assert.equal(messages.length, 3);
  for (const message of messages) assert.ok(wrong.some(({ role, description }) => ['radio', 'checkbox'].includes(role) && description.includes(message)), `no control tells “${message}”`);
  assert.deepEqual(await violations(page), []);
});

// --- Without a script, on the smallest screen, with text twice as large

intake('without JavaScript at 320 px, and with large text, nothing is cut off and nothing is lost on the way back', { javaScriptEnabled: false, viewport: { width: 320, height: 700 } }, async (page) => {
  await hold(page, 2);
  await passCheck(page);
  // with large text once for each kind of thing that stands on a page
  const looked = new Set();
  const parts = () => ['.fig', '.scale', '.birth', '.consent', '.pairs', 'textarea', '.in.w4', '.topics', '.opts > :nth-child(9)', '.check'].filter((part) => document.querySelector(part));
  await fillForm(page, { P01: ['neck', 'calf_r'], H02: ['antiplatelet'] }, async () => {
    const where = await heading(page);
    const found = [...await page.evaluate(layoutFaults), ...await page.evaluate(structureFaults)];
    const fresh = (await page.evaluate(parts)).filter((part) => !looked.has(part));
    if (fresh.length) {
      await page.evaluate(readerStyle, 'large');
      found.push(...await page.evaluate(layoutFaults));
      await page.evaluate(readerStyle, 'none');
      for (const part of fresh) looked.add(part);
    }
    assert.deepEqual(found, [], where);
    if (where !== 'Blood and heart') return;
    // back and forth: what was chosen is there
    const path = page.url();
    for (let n = 0; n < 20 && await heading(page) !== 'Where it hurts, and how'; n++) await loaded(page, page.getByRole('link', { name: 'Back', exact: true }).click());
    assert.deepEqual(await page.locator('[name=P01]:checked').evaluateAll((all) => all.map((one) => one.value)), ['neck', 'calf_r']);
    await page.goto(path);
    assert.equal(await heading(page), where);
  });
  assert.equal(await heading(page), 'You can book');
  assert.match(await page.locator('main').innerText(), /Pressure/);
});

// --- What answers do on the page

intake('an answer opens what belongs to it, stands alone where it must, and asking for more time loses nothing', {}, async (page) => {
  await hold(page, 3);
  await passCheck(page, /^(P01|H03|K)/);
  await fillForm(page, {}, async () => {
    if (await heading(page) === 'Blood and heart') {
      const reading = page.locator('[name=H03a_systolic]');
      assert.equal(await reading.isVisible(), false);
      const said = page.locator('#status');
      await page.locator('[name=H03][value=none]').check();
      await page.locator('[name=H03][value=htn_controlled]').check();
      assert.equal(await page.locator('[name=H03][value=none]').isChecked(), false, 'none of these is unticked');
      await said.filter({ hasText: 'None of these: unticked' }).waitFor({ state: 'attached' });
      assert.equal(await reading.isVisible(), true);
      await page.locator('[name=H03][value=varicose]').check();
      assert.equal(await page.locator('[name=H03][value=htn_controlled]').isChecked(), true, 'others stay');
      await reading.fill('131');
      await loaded(page, page.getByRole('button', { name: 'Hold my time 10 minutes longer' }).click());
      assert.equal(await heading(page), 'Blood and heart');
      assert.equal(await page.locator('#problem').count(), 0, 'what is missing is not complained of');
      assert.equal(await page.locator('[name=H03a_systolic]').inputValue(), '131');
      assert.deepEqual(await page.locator('[name=H03]:checked').evaluateAll((all) => all.map((one) => one.value)), ['htn_controlled', 'varicose']);
      assert.match(await page.locator('hold-timer').innerText(), /^(10:00|9:5\d) left$/);
      await page.locator('[name=H03][value=in_person]').check();
      assert.equal(await page.locator('[name=H03]:checked').count(), 1);
      assert.equal(await page.locator('[name=H03a_systolic]').isVisible(), false);
    }
    if (await heading(page) === 'Where it hurts, and how') {
      await page.locator('.fig.both [data-region=low_back_l]').first().click();
      assert.equal(await page.locator('[name=P01][value=low_back_l]').isChecked(), true, 'the figure ticks the list');
    }
    if (await heading(page) === 'What you agree to') {
      assert.match(await page.locator('main').innerText(), /Washington, version 1/);
      assert.match(await page.locator('main').innerText(), /It is valid until/);
      await goOn(page);
      assert.equal(await page.locator('#problem li').count(), 3, 'nothing is agreed to by saying nothing; that answers are kept need not be agreed to');
      await fillPage(page);
    }
  });
  assert.equal(await heading(page), 'You can book');
  assert.match(await page.locator('main').innerText(), /calls you first/, 'what is told in person is asked before');
});
