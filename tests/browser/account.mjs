// From nobody to signed in: without JavaScript, and by keyboard alone; the pages of an account hold what axe asks.
import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { close, violations, visitor } from './browser.mjs';

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
