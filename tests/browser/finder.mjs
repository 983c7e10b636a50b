// The guided finder in a browser: with and without a script, by keyboard, on the figure, back and forth, on paper.
import test, { after } from 'node:test';
import assert from 'node:assert/strict';
import { close, visitor } from './browser.mjs';
import { heading } from './steps.mjs';

after(close);

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

const question = (page, n) => page.getByText(`Question ${n} of 7`, { exact: true });
const pageAt = (page) => page.locator('input[name=at]').getAttribute('value');
const press = (page, name = 'Continue') => page.getByRole('button', { name, exact: true }).click();
const tick = (page, ...names) => names.reduce((before, name) => before.then(() => page.getByLabel(name, { exact: true }).check()), Promise.resolve());
async function answer(page, n, ...names) {
  await question(page, n).waitFor();
  await tick(page, ...names);
  await press(page);
}
async function safe(page) {
  await page.goto('/finder');
  await answer(page, 1, 'None of these');
  await answer(page, 2, 'None of these');
  await question(page, 3).waitFor();
}
async function toTheEnd(page) {
  await answer(page, 3, 'Low back, left', 'Neck');
  await answer(page, 4, 'More than 12 weeks');
  await answer(page, 5, 'A dull ache');
  await answer(page, 6, 'None of these, or I do not know');
  await answer(page, 7, 'Better sleep');
  await page.getByRole('heading', { name: 'What may help' }).waitFor();
}
const isChecked = (page, name) => page.getByLabel(name, { exact: true }).isChecked();

withAndWithout('from the home of the pain to therapists, with nothing in an address', async (page, context, scripted) => {
  const asked = [];
  page.on('request', (request) => asked.push(request.url()));
  await safe(page);
  await toTheEnd(page);
  assert.equal(new URL(page.url()).pathname + new URL(page.url()).search, '/finder');
  const text = await page.locator('main').innerText();
  for (const words of ['Swedish massage', 'No technique has been shown to be clearly better for back pain', 'Suggested because', 'Low back, left', 'Neck', 'Better sleep']) assert.ok(text.includes(words), words);
  assert.deepEqual(asked.filter((to) => /low|neck|ache|sleep|chronic|RF/.test(to)), []);
  assert.deepEqual((await context.cookies()).filter(({ name }) => name !== 'visitor'), []);
  if (scripted) assert.deepEqual(await page.evaluate(() => [localStorage.length, sessionStorage.length]), [0, 0]);

  await page.getByLabel('Where', { exact: true }).fill('Portland, OR');
  await press(page, 'Show therapists');
  await page.waitForURL(/\/therapists\?/);
  const to = new URL(page.url());
  assert.equal(to.searchParams.get('technique'), 'swedish');
  assert.equal(to.searchParams.get('complaint'), null);
  assert.ok(await page.locator('.card').count() > 0, await heading(page));
});

withAndWithout('what hurts goes into the address for who wants it there', async (page) => {
  await safe(page);
  await toTheEnd(page);
  await page.getByLabel('Where', { exact: true }).fill('Portland, OR');
  await page.getByText('Also name what hurts').click();
  await tick(page, 'Low back pain', 'Any technique');
  await press(page, 'Show therapists');
  await page.waitForURL(/complaint=low-back/);
  assert.match(await heading(page), /low back pain/);
});

withAndWithout('a sign of an emergency ends it, and says where to go', async (page) => {
  await page.goto('/finder');
  await page.getByLabel('Right now: chest pain').check();
  await press(page);
  await page.getByRole('heading', { name: 'Get help now' }).waitFor();
  assert.equal(await page.getByRole('link', { name: 'Call 911' }).getAttribute('href'), 'tel:911');
  assert.equal(await page.locator('main form').count(), 0);
  await page.getByRole('link', { name: 'Start the questions again' }).click();
  await question(page, 1).waitFor();
  assert.equal(await page.locator('main :checked').count(), 0);
});

withAndWithout('a question without an answer says so, and the link leads to it', async (page, context, scripted) => {
  await page.goto('/finder');
  await press(page);
  const summary = page.locator('#problem');
  await summary.waitFor();
  assert.match(await page.title(), /^Error: /);
  if (scripted) assert.equal(await page.evaluate(() => document.activeElement.id), 'problem', 'the summary has the focus');
  await summary.getByRole('link').click();
  assert.equal(await page.evaluate(() => document.activeElement.name), 'sign');
  await answer(page, 1, 'None of these');
  await question(page, 2).waitFor();
});

withAndWithout('what was ticked is asked in full, and a clinician’s word goes on', async (page) => {
  await page.goto('/finder');
  await answer(page, 1, 'None of these');
  await question(page, 2).waitFor();
  await page.getByLabel('Weight loss without trying').check();
  await press(page);
  await page.getByRole('heading', { name: 'Have you lost weight recently without trying?' }).waitFor();
  assert.ok(await isChecked(page, 'Yes'), 'as it was ticked');
  await press(page);
  await page.getByRole('heading', { name: 'Ask before you book' }).waitFor();
  await press(page, 'One of them has said that massage is fine');
  await question(page, 3).waitFor();
});

withAndWithout('the Back button of the page keeps every answer', async (page) => {
  await safe(page);
  await answer(page, 3, 'Left calf', 'Neck');
  await answer(page, 4, 'Less than 4 weeks');
  await question(page, 5).waitFor();
  await press(page, 'Back');
  await question(page, 4).waitFor();
  assert.ok(await isChecked(page, 'Less than 4 weeks'));
  await press(page, 'Back');
  await question(page, 3).waitFor();
  assert.ok(await isChecked(page, 'Left calf') && await isChecked(page, 'Neck') && !await isChecked(page, 'Right calf'));
  await page.getByLabel('Neck', { exact: true }).uncheck();
  await press(page);
  await answer(page, 5, 'Stiff');
  await answer(page, 6, 'Pregnancy');
  await answer(page, 7, 'Less pain');
  const said = page.getByRole('region', { name: 'What you said' });
  assert.match(await said.innerText(), /Left calf/);
  assert.doesNotMatch(await said.innerText(), /Neck/);
  await said.getByRole('button', { name: 'Change Where' }).click();
  await answer(page, 3, 'Belly');
  assert.match(await said.innerText(), /Left calf; Belly|Left calf\s*Belly/);
});

journey('the browser’s Back, Forward and reload find every page with its answers', {}, async (page) => {
  await safe(page);
  await toTheEnd(page);
  await page.goBack();
  await question(page, 7).waitFor();
  assert.ok(await isChecked(page, 'Better sleep'));
  await page.goBack();
  await question(page, 6).waitFor();
  for (const n of [5, 4, 3, 2, 1]) {
    await page.goBack();
    await question(page, n).waitFor();
  }
  assert.ok(await isChecked(page, 'None of these'));
  await page.goForward();
  await question(page, 2).waitFor();
  await page.goForward();
  await question(page, 3).waitFor();
  assert.ok(await isChecked(page, 'Low back, left') && await isChecked(page, 'Neck'));
  await page.reload();
  await question(page, 3).waitFor();
  assert.ok(await isChecked(page, 'Low back, left'));
  await page.getByRole('link', { name: 'Privacy' }).click();
  await page.waitForURL(/privacy/);
  await page.goBack();
  await question(page, 3).waitFor();
  assert.ok(await isChecked(page, 'Neck'));
  await answer(page, 3, 'Belly');
  await question(page, 4).waitFor();
});

journey('reload without a script sends the answers again and shows the same page', { javaScriptEnabled: false }, async (page) => {
  await safe(page);
  await answer(page, 3, 'Neck');
  await question(page, 4).waitFor();
  await page.reload();
  await question(page, 4).waitFor();
  assert.equal(await page.locator('input[type=hidden][name=region]').first().inputValue(), 'neck');
});

journey('when the page cannot be fetched, the form is sent as any form', {}, async (page) => {
  await safe(page);
  await page.evaluate(() => { window.fetch = () => Promise.reject(new Error('no')); });
  await page.getByLabel('Neck', { exact: true }).check();
  await press(page);
  await question(page, 4).waitFor();
  assert.equal(await page.locator('input[type=hidden][name=region]').first().inputValue(), 'neck');
});

// --- The figure

const colour = (page, region, view = 0) => page.locator(`svg.fig .p-${region}`).nth(view).evaluate((path) => getComputedStyle(path).fill);

journey('the figure shows what is ticked in the list, on both sides, without a script', { javaScriptEnabled: false }, async (page) => {
  await safe(page);
  const values = await page.locator('[data-part]').evaluateAll((all) => all.map((input) => input.value));
  assert.ok(values.length >= 24);
  for (const value of values) {
    const idle = await colour(page, value);
    await page.locator(`[data-part="${value}"]`).check();
    await page.mouse.move(0, 0);
    assert.notEqual(await colour(page, value), idle, `${value} lights up`);
  }
  assert.equal(await colour(page, 'neck', 0), await colour(page, 'neck', 1));
});

journey('a tap on the figure ticks the list, and says so', {}, async (page) => {
  await safe(page);
  await page.locator('svg.fig [data-region=calf_l]').click();
  assert.ok(await isChecked(page, 'Left calf'));
  await page.waitForFunction(() => document.getElementById('status').textContent === 'Left calf: chosen');
  await page.locator('svg.fig [data-region=ribs_r]').click();
  assert.ok(await isChecked(page, 'Ribs, right'));
  await page.locator('svg.fig [data-region=calf_l]').click();
  assert.ok(!await isChecked(page, 'Left calf'));
  // back view: left is left; front view: as somebody who faces you
  const middle = async (region, of) => (await page.locator(`svg.fig [data-region=${region}]`).nth(of).boundingBox()).x;
  assert.ok(await middle('shoulder_l', 0) < await middle('shoulder_r', 0), 'back');
  assert.ok(await middle('shoulder_l', 1) > await middle('shoulder_r', 1), 'front');
});

journey('list first in the source, and the figure is nothing for screen readers and Tab', { viewport: { width: 390, height: 800 } }, async (page) => {
  await safe(page);
  const order = await page.evaluate(() => {
    const [list, figure] = [document.querySelector('body-map .pairs'), document.querySelector('body-map svg')];
    return { list: list.getBoundingClientRect().top, figure: figure.getBoundingClientRect().top, first: !!(list.compareDocumentPosition(figure) & Node.DOCUMENT_POSITION_FOLLOWING),
      hidden: figure.getAttribute('aria-hidden'), stops: figure.querySelectorAll('[tabindex], a').length };
  });
  assert.ok(order.first && order.hidden === 'true' && order.stops === 0);
  assert.ok(order.figure < order.list, 'on a phone the figure stands above');
});

journey('by keyboard alone', {}, async (page) => {
  await page.goto('/finder');
  const reach = async (name) => {
    for (let n = 0; n < 60; n++) {
      await page.keyboard.press('Tab');
      if (await page.evaluate((name) => [...document.activeElement.labels ?? []].some((label) => label.textContent.trim() === name), name)) return;
    }
    assert.fail(`${name} is not reached`);
  };
  for (const [n, name] of [[1, 'None of these'], [2, 'None of these'], [3, 'Neck'], [4, 'Less than 4 weeks'], [5, 'Stiff'], [6, 'Posture'], [7, 'Less stress']]) {
    await question(page, n).waitFor();
    await reach(name);
    await page.keyboard.press('Space');
    await page.keyboard.press('Enter'); // goes on, not back
  }
  await page.getByRole('heading', { name: 'What may help' }).waitFor();
  assert.equal(await page.evaluate(() => document.activeElement.id), 'main', 'the new page has the focus');
});

// --- On paper

const sheets = async (page) => (await page.pdf({ format: 'A4', printBackground: false })).toString('latin1').match(/\/Type\s*\/Page\b/g).length;
const everything = {
  region: ['low_back_l', 'neck', 'calf_l', 'ribs_l', 'abdomen'], duration: ['chronic'], pain: ['ache', 'burning_electric', 'spasm'], age: ['older_adults'],
  cause: ['physical_work', 'after_surgery', 'osteoporosis_fracture', 'accident', 'prolonged_sitting'], goal: ['sleep', 'stay_well', 'recover_injury', 'stress_relief', 'relieve_tension'],
};

journey('what was found fits one sheet, also for whom everything fits', {}, async (page) => {
  await safe(page);
  await page.evaluate((answers) => {
    const form = document.querySelector('form [name=at]').form;
    for (const input of form.querySelectorAll('[name=at], [name=region]')) input.remove();
    for (const [name, values] of Object.entries(answers)) for (const value of values) form.append(Object.assign(document.createElement('input'), { type: 'hidden', name, value }));
    form.submit();
  }, everything);
  await page.getByRole('heading', { name: 'What may help' }).waitFor();
  assert.equal(await sheets(page), 1);
  await page.emulateMedia({ media: 'print' });
  for (const gone of ['main form', '.bar nav', '.site', 'main .back', 'main button']) for (const one of await page.locator(gone).all()) assert.ok(!await one.isVisible(), gone);
  for (const kept of ['Techniques to try', 'Before anything else', 'A first plan, and what to expect', 'What you said']) assert.ok(await page.getByRole('heading', { name: kept }).isVisible(), kept);
});

