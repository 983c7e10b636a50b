// The form of a service with its techniques, and what a client sees when an answer leaves the service out: as people use them, with and without a script.
// tests/server.sh with node --test tests/browser/techniques.mjs
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { close, signIn, violations, visitor } from './browser.mjs';
import { healthy } from '../http/answers.mjs';
import { free, makeTherapist, sql } from '../http/lib.mjs';

after(close);
function trained() {
  const made = makeTherapist('Tessa Technique');
  sql(`insert into therapist_tag select :'id', id from tag where kind = 'technique' and slug in ('swedish', 'deep-tissue')`, made);
  return made;
}
const slugs = (id) => sql(`select array_to_string(service_techniques(:'id'), ' ')`, { id })[0]?.[0];
const sound = async (page) => assert.deepEqual(await violations(page), [], page.url());

for (const javaScriptEnabled of [true, false])
  test(`a service is given its techniques, ${javaScriptEnabled ? 'with' : 'without'} a script`, async () => {
    const mine = trained();
    const { context, page, faults } = await visitor({ javaScriptEnabled, viewport: { width: 390, height: 800 } });
    await signIn(page, mine.email);
    await page.goto('/practice/services/new');
    await page.getByLabel('Name', { exact: true }).fill('Slow work');
    await page.getByLabel('Length in minutes').fill('60');
    await page.getByLabel(/^Price/).fill('90');
    await page.getByRole('button', { name: 'Save service' }).click();
    await page.getByRole('link', { name: 'Tick at least one technique' }).click();
    assert.equal(await page.getByLabel('Name', { exact: true }).inputValue(), 'Slow work', 'what was typed stays');
    if (javaScriptEnabled) await sound(page);
    const group = page.getByRole('group', { name: 'Techniques in it' });
    assert.deepEqual(await group.locator('> .checks input').evaluateAll((all) => all.map((box) => box.value)), ['swedish', 'deep-tissue'], 'her own come first');
    assert.equal(await group.getByLabel('Cupping').isVisible(), false, 'the others are folded');
    await group.getByLabel('Swedish massage').check();
    await page.getByText('All other techniques').click();
    await group.getByLabel('Cupping').check();
    await page.getByRole('button', { name: 'Save service' }).click();
    await page.getByRole('heading', { name: 'Services and prices' }).waitFor();
    assert.match(await page.locator('main').innerText(), /Slow work[^]*Swedish massage\W*Cupping/);
    await page.getByRole('link', { name: 'Change Slow work' }).last().click();
    assert.deepEqual(await group.locator('input:checked').evaluateAll((all) => all.map((box) => box.value)), ['swedish', 'cupping']);
    assert.equal(await group.getByLabel('Cupping').isVisible(), true, 'what it consists of is among her own now');
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'nothing is wider than a telephone');
    assert.deepEqual(faults, []);
    await context.close();
  });

test('an answer leaves the service out: why, and another one at the same time', async () => {
  const mine = trained();
  sql(`insert into service_tag (service_id, therapist_id, tag_id) select v.id, :'id', g.id from (values (:'service'::int, 'deep-tissue'), (:'second'::int, 'swedish')) v (id, slug) join tag g on g.kind = 'technique' and g.slug = v.slug`, mine);
  const { context, page, faults } = await visitor({ viewport: { width: 1000, height: 1000 } });
  await page.goto(`/therapists/${mine.slug}/book?service=${mine.service}&start=${free(mine)}`);
  assert.match(await page.locator('main').innerText(), /One hour\s+Deep tissue massage/);
  await page.getByRole('button', { name: 'Hold this time and continue' }).click();
  await page.waitForURL(/\/safety\/1$/);
  const base = new URL(page.url()).pathname.replace(/\/safety.*/, '');
  // all answers as one form of this page: the questions one by one are another test's
  await page.evaluate(([path, answers]) => {
    const form = document.querySelector('main form[action*="/safety/"]');
    form.action = path;
    form.querySelectorAll('input:not([name=csrf])').forEach((input) => input.remove());
    for (const [name, values] of Object.entries(answers))
      for (const value of [values].flat()) {
        const input = document.createElement('input');
        Object.assign(input, { type: 'hidden', name, value });
        form.append(input);
      }
    form.submit();
  }, [`${base}/safety`, { ...healthy, H09: 'osteoporosis', H23: ['side'] }]);
  await page.getByRole('heading', { name: 'This service is not for you now' }).waitFor();
  assert.match(await page.locator('#unfit').innerText(), /consists of Deep tissue massage, and your answers leave that out/);
  await sound(page);
  await page.getByRole('link', { name: 'Therapists near you who fit your answers' }).click();
  await page.getByRole('heading', { name: /who fits? your answers/ }).waitFor();
  assert.equal(new URL(page.url()).pathname, `${base}/therapists`);
  await sound(page);
  await page.getByRole('link', { name: 'Back to your answers' }).click();
  await page.getByRole('heading', { name: 'What fits with Tessa Technique' }).waitFor();
  await page.getByRole('button', { name: /Take this one.*Half an hour/ }).click();
  await page.getByRole('heading', { name: 'You can book' }).waitFor();
  assert.match(await page.locator('aside').innerText(), /Half an hour/);
  await sound(page);
  assert.equal(slugs(mine.second), 'swedish');
  assert.deepEqual(faults, []);
  await context.close();
});
