// How a page is looked at, and how pages are walked: pages.mjs those that clients see, staff.mjs those of therapists, front desks and operators.
//
// Pages are found by following links from a few starts; a route that shows a page and that no walk reaches fails.
import test, { after } from 'node:test';
import assert from 'node:assert/strict';
import { gzipSync } from 'node:zlib';
import { close, document, unknot, url, violations, visitor } from './browser.mjs';
import { forcedFaults, layoutFaults, openAll, readerStyle, structureFaults } from './layout.mjs';
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
  }
  await at(page, 390, dark, '390 px', fault);
  for (const line of await violations(page, narrow)) fault(`390 px, dark: ${line}`);
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
export async function check(page, faults) {
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
export const routeOf = (path) => {
  const fits = routes.filter((route) => pattern(route.path).test(path));
  return (fits.find((route) => !route.path.includes('{')) ?? fits[0])?.path;
};
const notPages = ['/static/{file}', '/favicon.ico', '/robots.txt', '/sitemap.xml', '/sitemap/{part}', '/healthz', '/readyz', '/therapists/{slug}/slots', '/photos/{file}', '/bookings/{id}/calendar.ics', '/bookings/{id}/series/calendar.ics', '/bookings/{id}/papers/{item}', '/practice/bookings/{id}/papers/{item}', '/operator/credentials/{id}/proof', '/map/{z}/{x}/{y}', '/changes/{key}', '/calendars/{file}', '/safety-rules/fhir.json', '/operator/questionnaires/{version}/fhir.json', '/bookings/{id}/answers/fhir.json', '/bookings/{id}/progress.csv', '/bookings/{id}/progress/fhir.json', '/practice/bookings/{id}/progress/fhir.json', '/practice/numbers.csv', '/practice/bookings/{id}/fhir.json'];
// without the code of a mail, which only some installations send, the page that proves an address leads to the booking
const redirects = ['/b/{token}', '/account/visits/{id}', '/account/waiting/{id}', '/bookings/{id}/email', '/operator', '/bookings/{id}/safety'];
const onlyInDevelopment = ['/styleguide', '/dev/codes', '/dev/mail', '/dev/mail/{id}', '/dev/mail/{id}/{part}'];
export const seen = new Set();
const links = new Map(); // address → the page it stands on

export async function collect(page) {
  const here = new URL(page.url());
  const found = await page.locator('a[href]').evaluateAll((all) => all.map((a) => a.getAttribute('href')));
  const own = found.filter((href) => !href.startsWith('#')).map((href) => new URL(href, here))
    .filter((to) => to.origin === url).map((to) => to.pathname + to.search);
  for (const to of own) if (!links.has(to)) links.set(to, here.pathname);
  return own;
}

// The staff's file sees what wants somebody signed in, and pages of a client that follow from what staff do; the other file all else.
const staffs = ['progress', 'statements', 'answers/all', 'after', 'look-back', 'today', 'review'].map((page) => `/bookings/{id}/${page}`).concat('/invitations/{token}', '/recommend/{token}');
export const isStaffs = (path) => staffs.includes(path) || routes.some((route) => route.path === path && !['anyone', 'booking'].includes(route.who));
let isOurs = () => true;
export function walkOnly(which) {
  isOurs = which;
}

// Looks at the starts and, from there, at the first page of each route that has none yet.
export async function walk(t, page, faults, starts) {
  const queue = starts.map((path) => ({ path, always: true }));
  while (queue.length) {
    const { path, always } = queue.shift();
    const route = routeOf(new URL(path, url).pathname);
    if (!always && (!route || !isOurs(route) || seen.has(route) || [...notPages, ...redirects].includes(route))) continue;
    await t.test(path, async () => {
      seen.add(route);
      await page.goto(path);
      seen.add(routeOf(new URL(page.url()).pathname));
      for (const to of await collect(page)) queue.push({ path: to });
      await check(page, faults);
    });
  }
}

// --- Over all pages of a file

// Once all of a file's pages were seen.
export function whenAllWereSeen() {
  test('each route that shows a page was seen', () => {
    const missing = routes.map((route) => route.path)
      .filter((path) => isOurs(path) && !seen.has(path) && ![...notPages, ...redirects, ...onlyInDevelopment].includes(path));
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
}
