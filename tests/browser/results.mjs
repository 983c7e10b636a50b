// The page of results: what stands where, what the script adds and what happens without it, filters with true counts, and its weight.
import test, { after } from 'node:test';
import assert from 'node:assert/strict';
import { close, url, visitor } from './browser.mjs';
import { heading } from './steps.mjs';

after(close);

function journey(name, options, run) {
  test(name, async () => {
    const { context, page, faults } = await visitor(options);
    try {
      await run(page, context, faults);
      assert.deepEqual(faults, []);
    } finally {
      await context.close();
    }
  });
}

const near = 'Portland, OR';
const results = (query = {}) => `/therapists?${new URLSearchParams({ near, ...query })}`;
const json = async (page, path) => (await page.request.get(path, { headers: { Accept: 'application/json' } })).json();
const total = async (page, path) => (await json(page, path)).total;
const box = (locator) => locator.boundingBox();
const counted = (page) => heading(page).then((words) => Number(words.match(/^[\d,]+/)?.[0].replace(',', '') ?? 0));
// The requests from here on, as "path header".
function asked(page) {
  const list = [];
  page.on('request', (request) => {
    const { pathname } = new URL(request.url());
    if (!pathname.startsWith('/static/')) list.push(`${pathname} ${request.headers()['x-fragment'] ?? 'whole'}`);
  });
  return list;
}

// --- What the script adds

journey('a filter changes the list and nothing else', {}, async (page) => {
  await page.goto(results());
  const before = await counted(page);
  const list = asked(page);
  await page.evaluate(() => { globalThis.sameDocument = true; });
  const field = page.locator('#complaint');
  await field.focus();
  const [answer] = await Promise.all([page.waitForResponse((response) => response.url().includes('complaint=sciatica')), field.selectOption('sciatica')]);
  const part = await answer.text();
  assert.doesNotMatch(part, /<header|<footer|id="search"/, 'the part alone comes');
  assert.match(answer.headers().vary, /X-Fragment/);
  await page.waitForURL(/complaint=sciatica/);
  assert.notEqual(await counted(page), before);
  assert.equal(await counted(page), await total(page, results({ complaint: 'sciatica' })));
  assert.match(await page.title(), /sciatica/i);
  assert.equal(await page.evaluate(() => document.activeElement.id), 'complaint', 'the focus stays');
  await page.waitForFunction(() => document.getElementById('status').textContent === document.querySelector('h1').textContent);
  assert.deepEqual(list, ['/therapists results']);

  // the address is the search: open elsewhere it shows the same, and Back undoes the filter
  const shown = await page.locator('.card h2').allTextContents();
  const other = await visitor({ javaScriptEnabled: false });
  await other.page.goto(page.url());
  assert.deepEqual(await other.page.locator('.card h2').allTextContents(), shown);
  await other.context.close();
  assert.equal(await page.evaluate(() => globalThis.sameDocument), true);
  await page.goBack();
  await page.waitForFunction((before) => document.querySelector('h1').textContent.startsWith(before), String(before));
  assert.equal(new URL(page.url()).searchParams.get('complaint'), null);
  assert.equal(await page.locator('#complaint').inputValue(), '');
  await page.goForward();
  await page.waitForFunction((before) => !document.querySelector('h1').textContent.startsWith(before), String(before));
});

journey('a part that does not come is asked for as a page', {}, async (page, context, faults) => {
  await page.goto(results());
  await page.route('**/therapists?**', (route) => (route.request().headers()['x-fragment'] ? route.abort() : route.continue()));
  await Promise.all([page.waitForNavigation(), page.locator('#complaint').selectOption('sciatica')]);
  assert.match(page.url(), /complaint=sciatica/);
  assert.equal(await counted(page), await total(page, results({ complaint: 'sciatica' })));
  faults.splice(0); // the request that was cut
});

journey('all filters come when they are asked for, and stay true', {}, async (page) => {
  const list = asked(page);
  await page.goto(results());
  await page.getByRole('link', { name: 'All filters' }).click();
  const panel = page.locator('#filters');
  await panel.locator('details.kind').first().waitFor();
  assert.deepEqual(list, ['/therapists whole', '/filters filters']);
  assert.ok(await panel.locator('details.kind').count() > 10);
  const focused = () => page.evaluate(() => document.activeElement.textContent);
  assert.equal(await focused(), 'Filters', 'the focus is where the link was');

  const group = panel.locator('#k-technique');
  if (!await group.evaluate((details) => details.open)) await group.locator('summary').click();
  const option = group.locator('label', { hasNotText: '(0)' }).nth(3);
  const count = Number((await option.innerText()).match(/\((\d+)\)/)[1]);
  const value = await option.locator('input').getAttribute('value');
  await option.click();
  await page.waitForURL(new RegExp(`technique=${value}`));
  await page.waitForFunction((count) => document.querySelector('h1').textContent.startsWith(count), String(count));
  assert.equal(await counted(page), count, 'as many as the filter said');
  await page.waitForFunction((value) => document.querySelector(`#filters [value="${value}"]`).closest('details').querySelector('summary').textContent.includes('1 on'), value);
  assert.ok(await group.evaluate((details) => details.open), 'the group stays open');
  assert.equal(await page.evaluate(() => document.activeElement.value), value, 'the focus stays');
  assert.ok(await group.locator(`[value="${value}"]`).isChecked());

  // nobody is left: the box that is unticked cannot be ticked again, or is not there at all
  await page.goto(results({ price_max: '60', proof: 'checked' }));
  await page.getByRole('link', { name: 'All filters' }).click();
  await panel.locator('[name=proof]').uncheck();
  await page.waitForFunction(() => !document.querySelector('#filters [name=proof]:enabled'));
  assert.equal(await focused(), 'Filters', 'the focus is not lost with its box');
});

journey('where I am, to a kilometer, and only when I press', { permissions: ['geolocation'], geolocation: { latitude: 45.523456, longitude: -122.676543 } }, async (page, context) => {
  await context.addInitScript(() => {
    globalThis.asked = 0;
    const ask = Geolocation.prototype.getCurrentPosition;
    Geolocation.prototype.getCurrentPosition = function (...rest) {
      globalThis.asked++;
      return ask.apply(this, rest);
    };
  });
  for (const path of ['/', results()]) {
    await page.goto(path);
    assert.equal(await page.evaluate(() => globalThis.asked), 0);
    await page.getByRole('button', { name: 'Near me' }).click();
    await page.waitForFunction(() => document.getElementById('near').value === '45.52,-122.68');
    assert.equal(await page.evaluate(() => globalThis.asked), 1);
  }
  await page.waitForURL(/near=45\.52%2C-122\.68/);
  assert.ok(await counted(page) > 0);
});

journey('where I am, refused', { permissions: [] }, async (page) => {
  await page.goto('/');
  await page.getByRole('button', { name: 'Near me' }).click();
  await page.waitForFunction(() => document.getElementById('status').textContent.startsWith('Your browser did not say'));
  assert.equal(await page.evaluate(() => document.activeElement.id), 'near');
});

journey('somebody is saved without leaving the list, and three are compared', {}, async (page) => {
  await page.goto(results({ sort: 'nearest' }));
  const names = await page.locator('.card h2').evaluateAll((all) => all.map((one) => one.textContent.replace(/^\d+\.\s*/, '')));
  await page.getByRole('button', { name: `Save ${names[1]}` }).click();
  const link = page.locator('#r2').getByRole('link', { name: 'Saved' });
  await link.waitFor();
  assert.ok(await link.evaluate((one) => one === document.activeElement), 'the focus stays');
  const button = page.getByRole('button', { name: 'Compare those ticked' });
  for (const n of [0, 2, 3]) await page.getByLabel(`Compare ${names[n]}`, { exact: true }).check();
  const { y, height } = await box(button);
  assert.ok(y + height <= 600, 'in sight as soon as something is ticked');
  // a filter that leaves them in the list leaves the ticks
  await page.locator('#radius_km').selectOption('40');
  await page.waitForURL(/radius_km=40/);
  assert.equal(await page.locator('[form=compare]:checked').count(), 3);
  await button.click();
  assert.equal(await heading(page), 'Compare 3 therapists');
  assert.equal(new URL(page.url()).searchParams.get('near'), near);
  await page.setViewportSize({ width: 390, height: 844 });
  for (const act of [`Book with ${names[0]}`, `Remove ${names[0]}`]) assert.ok(await page.getByRole('link', { name: act }).isVisible(), `${act}, on a phone as well`);
  await page.setViewportSize({ width: 1000, height: 600 });
  await page.getByRole('link', { name: 'Saved' }).click();
  assert.deepEqual(await page.locator('.card h2').allTextContents(), [names[1]]);
});

for (const [timezoneId, told] of [['Asia/Tokyo', true], ['America/Los_Angeles', false]]) {
  journey(`a reader in ${timezoneId} is ${told ? '' : 'not '}told that the clock there shows another time`, { timezoneId }, async (page) => {
    const { slug } = (await json(page, results())).results.find((one) => one.next.length);
    await page.goto(`/therapists/${slug}/book`);
    assert.match(await page.locator('#times').innerText(), /time zone of the practice: America\/Los Angeles/);
    assert.equal(/Your clock shows another time: there it is \w+day/.test(await page.locator('#times').innerText()), told);
  });
}

// --- Without it

journey('the same by buttons and links', { javaScriptEnabled: false }, async (page) => {
  await page.goto(results());
  assert.equal(await page.getByRole('button', { name: 'Near me' }).count(), 0);
  await page.locator('#technique').selectOption('swedish');
  await page.getByRole('button', { name: 'Apply filters' }).click();
  assert.match(page.url(), /technique=swedish/);
  const swedish = await counted(page);
  assert.equal(swedish, await total(page, results({ technique: 'swedish' })));

  // a second one beside the first, which stays a tick
  await page.locator('#technique').selectOption('deep-tissue');
  await page.getByRole('button', { name: 'Apply filters' }).click();
  assert.deepEqual(new URL(page.url()).searchParams.getAll('technique').filter(Boolean).sort(), ['deep-tissue', 'swedish']);
  assert.ok(await counted(page) < swedish);
  await page.locator('.off', { hasText: 'Deep tissue' }).click();
  assert.equal(await counted(page), swedish);

  await page.getByRole('link', { name: 'All filters' }).click();
  assert.equal(await heading(page), 'All filters');
  assert.ok(await page.locator('input[name=technique][value=swedish]').isChecked());
  const parking = page.locator('label', { has: page.locator('input[name=access]:enabled') }).first();
  const count = Number((await parking.textContent()).match(/\((\d+)\)/)[1]);
  await parking.locator('xpath=ancestor::details/summary').click();
  await parking.click();
  await page.getByRole('button', { name: /^Show / }).click();
  assert.equal(await counted(page), count, 'as many as the filter said');
  assert.equal(new URL(page.url()).searchParams.get('near'), near, 'the place came along');
});

journey('pages forth and back say which therapists they hold', { javaScriptEnabled: false }, async (page) => {
  await page.goto(results({ radius_km: '40' }));
  const all = await counted(page);
  const first = await page.locator('.card h2').allTextContents();
  await page.getByRole('link', { name: `Next page: 21 to ${Math.min(40, all)} of ${all}` }).click();
  await page.locator('#r21').waitFor();
  await page.getByRole('link', { name: 'Previous page: 1 to 20' }).click();
  await page.locator('#r1').waitFor();
  assert.deepEqual(await page.locator('.card h2').allTextContents(), first);
});

// --- What stands where

test('counts of all filters are those that come', async () => {
  const { page, context } = await visitor();
  const query = `${new URLSearchParams({ near, q: 'low back', radius_km: '40' })}`;
  const { kinds, total: all } = await json(page, `/filters?${query}`);
  assert.equal(all, await total(page, `/therapists?${query}`));
  let seen = 0;
  for (const { kind, options } of kinds) {
    for (const { value, count } of [options[0], options.at(-1)].filter(Boolean)) {
      assert.equal(await total(page, `/therapists?${query}&${new URLSearchParams({ [kind]: value })}`), count, `${kind}=${value}`);
      if (count > 0 && count < all) seen++;
    }
  }
  assert.ok(seen > 5, 'some filters narrow');
  await context.close();
});

journey('why somebody stands here adds up', {}, async (page) => {
  await page.goto(results({ q: 'low back' }));
  const cards = await page.locator('.card').evaluateAll((cards) => cards.map((card) => ({
    parts: [...card.querySelectorAll('.why tbody .num')].map((cell) => cell.textContent.match(/\d+/g).map(Number)),
    total: card.querySelector('.why tfoot .num').textContent.match(/\d+/g).map(Number),
  })));
  assert.equal(cards.length, 20);
  for (const { parts, total } of cards) {
    assert.ok(parts.length >= 5);
    assert.deepEqual(parts.reduce(([a, b], [points, of]) => [a + points, b + of], [0, 0]), total);
  }
  const totals = cards.map((card) => card.total[0]);
  assert.deepEqual(totals, [...totals].sort((a, b) => b - a), 'the best match first');
});

journey('on a phone the first therapist is in sight, and the map below the third', { viewport: { width: 390, height: 844 } }, async (page) => {
  await page.goto(results({ q: 'low back' }));
  assert.ok(!await page.locator('#q').isVisible(), 'the search is one line');
  assert.match(await page.locator('.asked summary').innerText(), /low back.*near Portland, OR[^]*Change/);
  assert.ok((await box(page.locator('#r1 h2'))).y < 600);
  const [third, map, fourth] = await Promise.all(['#r3', '#map', '#r4'].map((one) => box(page.locator(one))));
  assert.ok(third.y < map.y && map.y < fourth.y, 'map between the third and the fourth');
  await page.locator('.asked summary').click();
  await page.locator('#q').fill('neck');
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => /neck/i.test(document.querySelector('h1').textContent));
  assert.match(await page.locator('.asked summary').innerText(), /neck/);
  assert.ok(!await page.locator('#q').isVisible(), 'one line again');
  assert.equal(await page.evaluate(() => document.activeElement.localName), 'h1', 'the focus is not lost in what was folded');
});

journey('where there is room, filters, list and map stand side by side', { viewport: { width: 1280, height: 900 } }, async (page) => {
  await page.goto(results());
  assert.ok(!await page.locator('.filters summary').isVisible());
  const [filters, list, map] = await Promise.all(['#filters', '#r1', '#map'].map((one) => box(page.locator(one))));
  assert.ok(filters.x + filters.width <= list.x && list.x + list.width <= map.x);
  await page.locator('#r12').scrollIntoViewIfNeeded();
  const kept = await box(page.locator('#map'));
  assert.ok(kept.y >= 0 && kept.y < 100, 'the map stays in sight');
});

test('results are light: 20 therapists and the map', async () => {
  const { page, context } = await visitor();
  const sizes = [];
  page.on('requestfinished', (request) => sizes.push(request.sizes().then(({ responseBodySize }) => [new URL(request.url()), responseBodySize])));
  await page.goto(results({ q: 'low back' }), { waitUntil: 'networkidle' });
  assert.equal(await page.locator('.card').count(), 20);
  assert.equal(await page.locator('svg.map .pin').count() > 5, true);
  const of = new Map();
  for (const [{ origin, pathname }, size] of await Promise.all(sizes)) {
    const what = pathname.replace(/^\/static\/.*\./, '');
    assert.equal(origin, url);
    of.set(what, (of.get(what) ?? 0) + size);
  }
  const limits = { '/therapists': 14, css: 8, js: 5 };
  for (const [what, limit] of Object.entries(limits)) {
    assert.ok(of.get(what) > 500, `${what} came`);
    assert.ok(of.get(what) <= limit * 1024, `${what}: ${of.get(what)} bytes`);
  }
  await context.close();
});
