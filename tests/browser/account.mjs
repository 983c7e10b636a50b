// From nobody to signed in: without JavaScript, and by keyboard alone; the pages of an account hold what axe asks. And the first day of a therapist,
// from there to a visit that was kept, with its review.
import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { begin, makeTherapist, password, serve, sql } from '../http/lib.mjs';
import { browser, close, violations, visitor } from './browser.mjs';
import { answerAll, book, heading as headingOf, holdTime, search } from './steps.mjs';

const secret = 'four green chairs';
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'unknot-account-'));
let worker; // sends the mails of the server under test into a folder
before(() => {
  const env = { ...process.env, UNKNOT_MAIL_FROM: 'desk@unknot.example', UNKNOT_MAIL_DIR: folder, UNKNOT_WORK_PAUSE_MS: '100' };
  delete env.UNKNOT_URL;
  worker = spawn(process.env.TEST_PROGRAM, ['work'], { env, stdio: 'ignore' });
});
after(async () => {
  const ended = new Promise((done) => worker.on('exit', done));
  worker.kill('SIGTERM');
  await ended;
  fs.rmSync(folder, { recursive: true });
  await close();
});

// The text of the mail to an address.
async function mailTo(email) {
  for (let i = 0; i < 200; i++) {
    for (const file of fs.readdirSync(folder).filter((f) => f.endsWith('.eml'))) {
      const message = fs.readFileSync(path.join(folder, file), 'utf8');
      const body = message.match(/text\/plain[^]*?\r\n\r\n([A-Za-z0-9+/=\r\n]+)/)?.[1];
      if (message.includes(`<${email}>`) && body) return Buffer.from(body, 'base64').toString();
    }
    await new Promise((next) => setTimeout(next, 100));
  }
  throw new Error(`no mail to ${email}`);
}
const codeIn = (text) => text.match(/code there: (\d{4} \d{4})/)[1];
const heading = (page, name) => page.getByRole('heading', { level: 1, name, exact: true }).waitFor();
const fresh = () => `page-${randomUUID().slice(0, 8)}@example.org`;

test('a client signs up without JavaScript, by the link', async () => {
  const { context, page, faults } = await visitor({ javaScriptEnabled: false });
  const email = fresh();
  await page.goto('/sign-in');
  await page.getByRole('link', { name: 'Make an account' }).click();
  await heading(page, 'Make an account');
  await page.getByLabel('Your name').fill('Nora New');
  await page.getByLabel('E-mail address').fill(email);
  await page.getByLabel('Password', { exact: true }).fill('password1');
  await page.getByRole('button', { name: 'Send me the code' }).click();
  await page.locator('#password-error').waitFor();
  assert.deepEqual([await page.getByLabel('Your name').inputValue(), await page.getByLabel('E-mail address').inputValue(), await page.getByLabel('Password', { exact: true }).inputValue()], ['Nora New', email, ''], 'what was typed is there, but not the password');
  await page.getByLabel('Password', { exact: true }).fill(secret);
  await page.getByRole('button', { name: 'Send me the code' }).click();
  await heading(page, 'Check your mail');
  await page.goto(new URL((await mailTo(email)).match(/\/links\/\S+/)[0], page.url()).href);
  await heading(page, 'Is this your address?');
  await page.getByRole('button', { name: 'Make my account' }).click();
  await heading(page, 'My visits');
  await page.getByRole('button', { name: 'Sign out' }).waitFor();
  assert.deepEqual(faults, []);
  await context.close();
});

test('a therapist signs up by keyboard alone, by the code; the password can be shown', async () => {
  const { context, page, faults } = await visitor();
  const email = fresh();
  // as somebody who never takes the mouse: to a field or button by Tab, from wherever the page began
  const reach = async (id) => {
    for (let i = 0; i < 60; i++) {
      if (await page.evaluate((name) => document.activeElement?.id === name || document.activeElement?.ariaLabel === name || document.activeElement?.textContent.trim() === name, id)) return;
      await page.keyboard.press('Tab');
    }
    throw new Error(`Tab does not lead to ${id}`);
  };
  await page.goto('/sign-up/therapist');
  for (const [id, text] of [['name', 'Thea Thumbs'], ['email', email], ['password', secret]]) {
    await reach(id);
    await page.keyboard.type(text);
  }
  assert.equal(await page.locator('#password').getAttribute('type'), 'password');
  await reach('Show password');
  await page.keyboard.press('Enter');
  assert.equal(await page.locator('#password').getAttribute('type'), 'text');
  assert.equal(await page.locator('#password').inputValue(), secret);
  assert.deepEqual(await violations(page), []);
  await reach('Send me the code');
  await page.keyboard.press('Enter');
  await heading(page, 'Check your mail');
  await reach('code');
  await page.keyboard.type(codeIn(await mailTo(email)));
  await page.keyboard.press('Enter');
  await heading(page, 'My practice');
  for (const path of ['/account', '/account/settings', '/account/devices', '/account/activity', '/account/password', '/account/email', '/account/export', '/account/close']) {
    await page.goto(path);
    assert.deepEqual(await violations(page), [], path);
    assert.ok((await page.title()).replace(/ – .*$/, '').length <= 50, path);
  }
  assert.deepEqual(faults, []);
  await context.close();
});

// axe is a script itself and stands still where none may run: it reads such a page in another one, as it was, without the page's own scripts.
async function asSent(page, reader) {
  const html = (await page.content()).replace(/<script\b[^]*?<\/script>|<\/?noscript>/g, '');
  await reader.unrouteAll();
  await reader.route(page.url().split('#')[0], (route) => route.fulfill({ contentType: 'text/html; charset=utf-8', body: html }));
  await reader.goto(page.url());
  assert.equal(await reader.locator('script').count(), 0);
  assert.equal(await reader.title(), await page.title());
  return reader;
}

// Nobody is asked for a license in Wyoming, so the page can be booked before an operator has looked at anything.
for (const javaScriptEnabled of [true, false]) test(`a therapist's first day, ${javaScriptEnabled ? 'with' : 'without'} JavaScript`, async () => {
  const { context, page, faults } = await visitor({ javaScriptEnabled });
  const email = fresh(), name = javaScriptEnabled ? 'Dora Dawnay' : 'Nell Noscript';
  const reader = javaScriptEnabled ? undefined : await visitor();
  const sound = async (on = page) => assert.deepEqual(await violations(reader ? await asSent(on, reader.page) : on), [], on.url());
  const press = (words, on = page) => Promise.all([on.waitForNavigation(), on.getByRole('button', { name: words, exact: true }).click()]);
  const missing = (words) => Promise.all([page.waitForNavigation(), page.locator('ol').getByRole('link', { name: words }).first().click()]);
  const still = () => page.locator('#publish li').allInnerTexts();
  await page.goto('/sign-up/therapist');
  await page.getByLabel('Your name').fill(name);
  await page.getByLabel('E-mail address').fill(email);
  await page.getByLabel('Password', { exact: true }).fill(secret);
  await press('Send me the code');
  await page.getByLabel('Code').fill(codeIn(await mailTo(email)));
  await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
  await heading(page, 'My practice');
  await page.getByRole('link', { name: 'Set up my page' }).click();
  await heading(page, 'Set up my page');
  assert.equal((await still()).length, 7);
  await press('Publish my page');
  assert.match(await page.locator('#problem').innerText(), /cannot be published yet/);
  assert.equal((await still()).length, 7);
  await sound();

  await missing('A line about you');
  await page.getByLabel('Headline').fill('Unhurried hands');
  await page.getByLabel('About you and your work').fill('I take **time**.');
  if (!javaScriptEnabled) await press('Preview the text');
  assert.equal(await page.locator('#preview strong').innerText(), 'time', 'as it will be read');
  assert.equal(await page.getByLabel('Headline').inputValue(), 'Unhurried hands');
  await sound();
  await press('Save');
  await heading(page, 'Set up my page');
  await missing('A place where you work');
  await page.getByLabel('Street and number').fill('12 Warren Ave');
  await page.getByLabel('Town and state').fill('Springfield');
  await press('Save');
  assert.match(await page.locator('#problem').innerText(), /Springfield, IL/, 'which of them');
  assert.equal(await page.getByLabel('Street and number').inputValue(), '12 Warren Ave');
  await sound();
  await page.getByLabel('Town and state').fill('Cheyenne, WY');
  await press('Save');
  await missing('A service with its price');
  await page.getByLabel('Name', { exact: true }).fill('First hour');
  await page.getByLabel('Length in minutes').fill('60');
  await page.getByLabel(/^Price/).fill('70');
  await page.locator('input[name=technique][value=swedish]').evaluate((box) => box.closest('details')?.setAttribute('open', ''));
  await page.locator('input[name=technique][value=swedish]').check();
  await press('Save service');
  await missing('Opening hours');
  for (let day = 1; day <= 7; day++) {
    await page.locator(`[name=d${day}_1_from]`).fill('08:00');
    await page.locator(`[name=d${day}_1_to]`).fill('20:00');
  }
  await press('Save hours');
  await missing('A credential to be checked');
  await page.getByRole('link', { name: /Hand in/ }).first().click();
  await page.locator('#kind').selectOption('association_membership');
  await page.getByLabel(/^Issued by/).fill('Guild of Unhurried Hands');
  await page.getByLabel('Number').fill('G 12');
  await page.locator('#valid_until').fill(new Date(Date.now() + 400 * 86400e3).toISOString().slice(0, 10));
  await press('Hand in');
  await page.goto('/practice/photo');
  await page.locator('#photo').setInputFiles(new URL('../../docs/results.png', import.meta.url).pathname);
  await press('Save the photo');
  await sound();
  await page.goto('/practice/start');
  assert.deepEqual(await still(), []);
  await page.getByRole('link', { name: 'Preview my page' }).click();
  assert.equal(await headingOf(page), name);
  await sound();
  await page.goto('/practice/start');
  await press('Publish my page');
  assert.match(await page.locator('.flash').innerText(), /^Saved\. Your page is published/);
  await sound();

  const { context: home, page: client, faults: others } = await visitor({ javaScriptEnabled });
  await search(client, { what: 'Swedish', where: 'Cheyenne, WY' });
  const card = client.locator('.card', { hasText: name });
  assert.ok(await card.locator('img.ava').evaluate((image) => image.decode().then(() => image.naturalWidth)) >= 96, 'with the photo');
  await card.getByRole('link', { name, exact: false }).first().click();
  assert.equal(await headingOf(client), name);
  await client.getByRole('link', { name: 'See all times' }).first().click();
  const chosen = await holdTime(client, 1);
  await answerAll(client);
  await book(client, { name: 'Carl First', email: fresh() });
  begin({ id: chosen.path.split('/').at(-1) });

  await page.goto(`/practice${chosen.path}`);
  await press('Mark as came');
  assert.match(await page.locator('.flash').innerText(), /^Marked as came/);
  await client.goto(`${chosen.path}/review`);
  for (const asked of ['expertise', 'professionalism', 'satisfaction']) await client.locator(`input[name=${asked}][value="5"]`).check({ force: true });
  await client.locator('textarea[name=body]').fill('Unhurried indeed.');
  await client.locator('input[name=sign]').first().check({ force: true });
  await Promise.all([client.waitForNavigation(), client.locator('form[action$="/review/preview"] button').last().click()]);
  assert.equal(await headingOf(client), 'Look before you publish');
  await press('Publish', client);
  assert.match(await client.locator('.flash').innerText(), /^Saved\./);
  assert.match(await client.locator('main').innerText(), /Unhurried indeed\./);
  await sound(client);
  assert.deepEqual([...faults, ...others], []);
  await home.close();
  await reader?.context.close();
  await context.close();
});

// A passkey knows no bare addresses: this server goes by a name. The authenticator is Chromium's own, of software.
test('a passkey: added, the second step with it, proof anew; what was signed once is signed for nothing else', async () => {
  const server = await serve({}, 'localhost');
  const context = await (await browser()).newContext({ baseURL: `http://localhost:${server.port}`, locale: 'en-US' });
  const page = await context.newPage();
  const devtools = await context.newCDPSession(page);
  await devtools.send('WebAuthn.enable');
  const { authenticatorId } = await devtools.send('WebAuthn.addVirtualAuthenticator', {
    options: { protocol: 'ctap2', transport: 'internal', hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true, hasResidentKey: false },
  });
  const person = makeTherapist('Paula Keyholder');
  const enter = async () => {
    await page.goto('/sign-in?next=/practice/services');
    await page.getByLabel('E-mail address').fill(person.email);
    await page.getByLabel('Password', { exact: true }).fill(password);
    await page.getByRole('button', { name: 'Sign in' }).click();
  };
  try {
    await enter();
    await page.waitForURL('**/practice/services');
    await page.goto('/account/security/passkey');
    await devtools.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: false });
    await page.getByRole('button', { name: 'Add a passkey' }).click();
    await page.getByText('Nothing came of it').waitFor();
    await devtools.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: true });
    assert.deepEqual(await violations(page), []);
    await page.getByLabel('Name of the device').fill('My laptop');
    await page.getByRole('button', { name: 'Add a passkey' }).click();
    await heading(page, 'Your recovery codes');
    assert.equal(await page.locator('.codes code').count(), 10);
    const [[algorithm, count]] = sql(`select algorithm, sign_count from factor where account_id = :'account'`, person);
    assert.deepEqual([algorithm, Number(count) > 0], ['-7', true]);
    await page.goto('/account/security/passkey');
    await page.getByRole('button', { name: 'Add a passkey' }).click();
    await page.getByText('has a passkey for this account already').waitFor();

    await context.clearCookies();
    await enter();
    await heading(page, 'One more step');
    assert.deepEqual(await violations(page), []);
    let sent;
    page.on('request', (request) => { if (request.method() === 'POST') sent = new URLSearchParams(request.postData() ?? ''); });
    await page.getByRole('button', { name: 'Use a passkey' }).click();
    await page.waitForURL('**/practice/services');
    const first = sent;
    assert.ok(first.get('signature'));

    const old = () => sql(`update session set proved_at = now() - interval '16 minutes' where account_id = :'account'`, person);
    const fresh = async (fields) => {
      await page.goto('/account/prove');
      const form = Object.fromEntries(['credential', 'client_data', 'auth_data', 'signature'].map((name) => [`prove_${name}`, fields(name)]));
      form.csrf = await page.locator('form[action="/account/prove"] input[name=csrf]').inputValue();
      return (await page.request.post('/account/prove', { form, headers: { 'sec-fetch-site': 'same-origin' }, maxRedirects: 0 })).status();
    };
    // before anything was signed in this session, so that nothing in it is newer
    old();
    sql(`update factor set sign_count = 0 where account_id = :'account'`, person);
    assert.equal(await fresh((name) => first.get(name)), 422, 'signed for another session');

    // proof anew, and with it back to where one was
    const asked = '/practice/bookings/00000000-0000-4000-8000-000000000000/intake';
    old();
    await page.goto(asked);
    await heading(page, 'Confirm that it is you');
    await page.getByRole('button', { name: 'Use a passkey' }).click();
    await page.waitForURL(`**${asked}`);
    const second = sent;

    // the same again, in the session it was signed for; each word of it changed
    old();
    sql(`update factor set sign_count = 0 where account_id = :'account'`, person);
    assert.equal(await fresh((name) => second.get(`prove_${name}`)), 422, 'signed once, taken once');
    // what is signed now, but by a counter that stands still, or altered
    const capture = async () => {
      await page.goto('/account/prove');
      await page.route('**/account/prove', (route) => (route.request().method() === 'POST' ? route.abort() : route.continue()));
      sent = null;
      await page.getByRole('button', { name: 'Use a passkey' }).click();
      for (let i = 0; i < 100 && !sent; i++) await new Promise((next) => setTimeout(next, 50));
      await page.unroute('**/account/prove');
      return sent;
    };
    const third = await capture();
    for (const changed of ['client_data', 'auth_data', 'signature', 'credential']) {
      const flip = (text) => text.slice(0, 40) + (text[40] === 'A' ? 'B' : 'A') + text.slice(41);
      assert.equal(await fresh((name) => (name === changed ? flip(third.get(`prove_${name}`)) : third.get(`prove_${name}`))), 422, `${changed} changed`);
    }
    sql(`update factor set sign_count = 1000000 where account_id = :'account'`, person);
    assert.equal(await fresh((name) => third.get(`prove_${name}`)), 422, 'a counter that goes back is a copy\'s');
    sql(`update factor set sign_count = 0 where account_id = :'account'`, person);
    assert.equal(await fresh((name) => third.get(`prove_${name}`)), 303, 'control: as it was signed it is taken');
  } finally {
    await context.close();
    await server.stop();
  }
});
