// One Chromium for a file of tests, contexts with a watch on them, and the demo accounts.
import { createRequire } from 'node:module';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { chromium } from 'playwright-core';
import { Psql } from '../http/psql.mjs';
import { totp } from '../http/totp.mjs';

const require = createRequire(import.meta.url);
const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

export const url = new URL(process.env.UNKNOT_URL ?? 'http://127.0.0.1:8080').origin;

// --- The browser

const args = [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync',
];
// without a window's frame it takes three quarters of the time
const program = ['/usr/bin/chromium-headless-shell', '/usr/bin/chromium'].find((path) => existsSync(path));
let running;
export const browser = () => (running ??= chromium.launch({ executablePath: program, args }));
export async function close() {
  await (await running)?.close();
}

// A context whose pages are watched: `faults` is what no page may do. Its time zone is far from the demo towns' on purpose.
export async function visitor(options = {}) {
  const context = await (await browser()).newContext({
    baseURL: url,
    viewport: { width: 1000, height: 600 },
    locale: 'en-US',
    timezoneId: 'Asia/Tokyo',
    reducedMotion: 'reduce',
    ...options,
  });
  context.setDefaultTimeout(30000); // a machine that is busy with other things is no fault of a page
  const faults = [];
  await context.addInitScript(() =>
    document.addEventListener('securitypolicyviolation', (event) =>
      console.error(`refused by the policy: ${event.effectiveDirective} ${event.blockedURI} ${event.sample}`)));
  context.on('page', (page) => watch(page, faults));
  const page = await context.newPage();
  return { context, page, faults };
}

// The answer that made the page which is open now.
const documents = new WeakMap();
export const document = (page) => documents.get(page);

function watch(page, faults) {
  const refused = new Set(); // documents that came with an error status, which Chromium tells the console as well
  const here = () => new URL(page.url()).pathname;
  page.on('response', (response) => {
    if (response.request().isNavigationRequest() && response.frame() === page.mainFrame()) documents.set(page, response);
    // a script that takes a form's place is refused like the form
    const isPage = response.request().isNavigationRequest() || response.request().method() === 'POST';
    if (isPage && response.status() >= 400) refused.add(response.url());
    else if (response.status() >= 400) faults.push(`${here()}: ${response.status()} for ${response.url()}`);
    if (response.status() >= 500) faults.push(`${here()}: ${response.status()}`);
  });
  page.on('request', (request) => {
    const to = new URL(request.url());
    if (to.origin !== url && to.protocol !== 'data:') faults.push(`${here()}: asked ${to.origin}`);
  });
  page.on('console', (message) => {
    if (!['error', 'warning'].includes(message.type())) return;
    if (message.text().startsWith('Failed to load resource') && refused.has(message.location().url)) return;
    faults.push(`${here()}: console: ${message.text()}`);
  });
  page.on('pageerror', (error) => faults.push(`${here()}: script: ${error.message}`));
}

// --- Accounts and commands

// {operator, client, therapists: [{email, name, town}]}
export function accounts() {
  const text = process.env.TEST_DIR
    ? readFileSync(`${process.env.TEST_DIR}/demo.txt`, 'utf8')
    : readFileSync(new URL('../../var/demo.txt', import.meta.url), 'utf8');
  const therapists = [...text.matchAll(/^ *therapist +(\S+) +(.+?), (.+)$/gm)].map(([, email, name, town]) => ({ email, name, town }));
  return {
    password: text.match(/password (\S+)/)[1],
    key: text.match(/with the key ([A-Z2-7]+)/)[1], // of the app that all of them have
    operator: text.match(/^ *operator +(\S+)$/m)[1],
    client: text.match(/^ *a client +(\S+)/m)[1], // the secret link of somebody who has come for a while
    therapists,
    in: (town) => therapists.find((one) => one.town === town),
  };
}

export async function signIn(page, email, password = accounts().password) {
  await page.goto('/sign-in');
  await page.getByLabel('E-mail address').fill(email);
  await page.getByLabel('Password', { exact: true }).fill(password);
  const isSent = (answer) => answer.request().method() === 'POST' && new URL(answer.url()).pathname === '/sign-in';
  const [answer] = await Promise.all([page.waitForResponse(isSent), page.getByRole('button', { name: 'Sign in' }).click()]);
  const to = answer.headers().location;
  if (to?.startsWith('/sign-in/second')) await takeStep(page, email);
  else if (to) showFactor(email);
}

// The second step, with the app of the demo. A code is taken once, and other tests sign in as the same person: it is made new again.
let psql;
const ask = (query, values) => (psql ??= new Psql(`${process.env.TEST_DIR}/pg`)).ask(query, { values });
// An account that a test made has no second step: its sessions are taken for ones that have shown it.
const showFactor = (email) => ask(`update session set factored = true where account_id = (select id from account where email = :'email' and role <> 'client')`, { email });
export async function takeStep(page, email, key = accounts().key) {
  if (process.env.TEST_DIR) ask(`update factor set last_step = 0 where account_id = (select id from account where email = :'email')`, { email });
  await page.getByLabel('Code').fill(totp(key));
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL((at) => !at.pathname.startsWith('/sign-in/second'));
}

// What the program under test prints; it must not take the tests' own UNKNOT_URL for configuration.
export function unknot(...words) {
  const env = { ...process.env };
  delete env.UNKNOT_URL;
  const program = process.env.TEST_PROGRAM ?? new URL('../../build/unknot', import.meta.url).pathname;
  return execFileSync(program, words, { env, encoding: 'utf8' });
}

// --- axe

const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const sessions = new WeakMap();

// Brought in past the page's own policy, which forbids scripts from elsewhere.
async function bringAxe(page) {
  if (await page.evaluate(() => 'axe' in globalThis)) return;
  if (!sessions.has(page)) sessions.set(page, await page.context().newCDPSession(page));
  await sessions.get(page).send('Runtime.evaluate', { expression: axe });
}

// The violations, a line each; `rules`: these only.
export async function violations(page, rules) {
  await bringAxe(page);
  const found = await page.evaluate(
    ([tags, rules]) => axe.run(document, {
      runOnly: rules ? { type: 'rule', values: rules } : { type: 'tag', values: tags },
      resultTypes: ['violations'],
      preload: false,
    }).then((result) => result.violations.map(({ id, nodes }) => ({
      id, nodes: nodes.map((node) => `${node.target.join(' ')} ${node.any[0]?.message ?? node.all[0]?.message ?? ''}`),
    }))),
    [tags, rules],
  );
  return found.map(({ id, nodes }) => `axe ${id}: ${nodes.slice(0, 4).join('; ')}${nodes.length > 4 ? `; and ${nodes.length - 4} more` : ''}`);
}
