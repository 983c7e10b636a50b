// What becomes of a booking, in two browsers: somebody asks for a time, the therapist suggests another, the client takes it, moves it by the keyboard
// and cancels; the therapist books for somebody on the telephone, blocks a time and takes a note back. With a script and without one.
import test, { after } from 'node:test';
import assert from 'node:assert/strict';
import { close, signIn, violations, visitor } from './browser.mjs';
import { layoutFaults } from './layout.mjs';
import { answerAll, heading, holdTime } from './steps.mjs';
import { begin, booked, makeTherapist, password, sql } from '../http/lib.mjs';

after(close);

// The page is sound at the width of a telephone and of a desk. axe needs timers, which a page without scripts does not have.
async function sound(page, scripted = true) {
  for (const width of [390, 1280]) {
    await page.setViewportSize({ width, height: 900 });
    assert.deepEqual(await page.evaluate(layoutFaults), [], `${page.url()} at ${width}`);
  }
  if (scripted) assert.deepEqual(await violations(page), [], page.url());
}
const press = (page, name) => Promise.all([page.waitForNavigation(), page.getByRole('button', { name, exact: true }).click()]);
// From wherever the focus is to the control with this name, by the Tab key alone.
async function tabTo(page, name) {
  for (let n = 0; n < 80; n++) {
    await page.keyboard.press('Tab');
    if (await page.evaluate((name) => (document.activeElement.innerText ?? '').trim().startsWith(name), name)) return;
  }
  throw new Error(`no way by the keyboard to ${name}`);
}

for (const javaScriptEnabled of [true, false])
  test(`asked for, suggested, taken, moved, cancelled, ${javaScriptEnabled ? 'with' : 'without'} a script`, async () => {
    const mine = makeTherapist('Wanda Walker');
    sql(`delete from hours where location_id = :'location'; insert into hours (location_id, weekday, starts, ends) select :'location', d, '09:00', '15:00' from generate_series(1, 7) d`, mine);
    sql(`update service set mode = 'request', cancel_notice = 14400, cancel_fee = 2400 where id = :'service'`, mine);
    const { page: client, faults, context } = await visitor({ javaScriptEnabled });
    const { page: desk, faults: deskFaults, context: deskContext } = await visitor({ javaScriptEnabled });
    await client.goto(`/therapists/${mine.slug}/book?service=${mine.service}`);
    await holdTime(client, 2);
    await answerAll(client);
    await client.goto(client.url().replace(/\/safety.*/, '/details'));
    await client.getByLabel('Your name').fill('Kim Example');
    await client.getByLabel('E-mail address').fill('kim@example.org');
    await press(client, 'Continue');
    assert.equal(await heading(client), 'Check, then ask');
    assert.match(await client.locator('main').innerText(), /\$24 \(it was free until|after that \$24/);
    await sound(client, javaScriptEnabled);
    await press(client, 'Ask for this appointment');
    assert.equal(await heading(client), 'Asked for, not booked yet');
    await sound(client, javaScriptEnabled);
    const page = client.url().split('?')[0];

    await signIn(desk, mine.email, password);
    await desk.goto('/practice');
    assert.match(await desk.locator('#waiting + ul').innerText(), /Kim Example[^]*Answer by/);
    await sound(desk, javaScriptEnabled);
    await desk.locator('#waiting + ul a').first().click();
    await sound(desk, javaScriptEnabled);
    await desk.getByText('Decline with a reason').click();
    await press(desk, 'Decline');
    assert.match(await desk.title(), /^Error: /);
    assert.equal(await desk.locator('main .err').first().innerText().then((words) => words.replace(/^Error:\s*/, '')), 'Say why, in a few words: the client reads it');
    await sound(desk, javaScriptEnabled);
    await desk.getByRole('link', { name: 'Suggest another time' }).click();
    assert.equal(await heading(desk), 'Suggest another time');
    await sound(desk, javaScriptEnabled);
    const day = desk.locator('fieldset.day').nth(1);
    const suggested = await day.locator('label').first().innerText();
    await day.locator('label').first().click();
    await press(desk, 'Suggest this time');
    assert.match(await desk.locator('main').innerText(), /The client answers by/);

    await client.goto(page);
    assert.equal(await heading(client), 'Wanda Walker suggests another time');
    await sound(client, javaScriptEnabled);
    await press(client, 'Book the suggested time');
    assert.equal(await heading(client), 'Booked');
    assert.ok((await client.locator('.booked').innerText()).includes(suggested));
    await sound(client, javaScriptEnabled);

    // by the keyboard alone: to the times, to one of them, to the button
    await client.locator('h1').click();
    await tabTo(client, 'Move to another time');
    await client.keyboard.press('Enter');
    await client.waitForURL(/\/move/);
    await sound(client, javaScriptEnabled);
    await client.locator('input[name=start]').first().focus();
    await client.keyboard.press('ArrowDown');
    await tabTo(client, 'Move to this time');
    await client.keyboard.press('Enter');
    await client.waitForURL(/moved=1/);
    assert.match(await client.locator('.flash').innerText(), /^Moved\. Your appointment is now/);
    await client.getByText('What happened so far').click();
    assert.match(await client.locator('details ol').innerText(), /You asked for[^]*Wanda Walker suggested[^]*You accepted[^]*You moved it from/);
    await sound(client, javaScriptEnabled);
    await client.getByRole('link', { name: 'Cancel this appointment' }).click();
    await sound(client, javaScriptEnabled);
    await press(client, 'Cancel this appointment and owe $24');
    assert.equal(await heading(client), 'This booking is canceled');
    assert.match(await client.locator('main').innerText(), /You owe Wanda Walker \$24/);
    assert.deepEqual([...faults, ...deskFaults], []);
    await context.close();
    await deskContext.close();
  });

test('the therapist books for somebody on the telephone, blocks a time, takes a note back', async () => {
  const mine = makeTherapist('Wanda Walker');
  const visit = await booked(mine);
  begin(visit);
  const { page: desk, faults, context } = await visitor();
  await signIn(desk, mine.email, password);
  await desk.goto('/practice/bookings/new');
  await sound(desk);
  await press(desk, 'Keep this time and continue');
  assert.match(await desk.title(), /^Error: /);
  await sound(desk);
  await desk.getByLabel(/One hour/).check();
  await desk.locator('#day').fill(new Date(Date.now() + 5 * 86400e3).toISOString().slice(0, 10));
  await desk.locator('#time').fill('10:00');
  await desk.getByLabel("Client's name").fill('Paul Phone');
  await desk.getByLabel('Telephone number').fill('217 555 0100');
  await desk.getByLabel(/I ask the questions now/).check();
  await press(desk, 'Keep this time and continue');
  assert.match(await desk.locator('main').innerText(), /Read each question aloud/);
  await sound(desk);
  await answerAll(desk);
  await desk.goto(desk.url().replace(/\/safety.*/, '/check'));
  await sound(desk);
  await press(desk, 'Book this appointment');
  assert.match(desk.url(), /\/practice\/bookings\//);
  assert.match(await desk.locator('main').innerText(), /Booked[^]*217 555 0100/);
  await sound(desk);
  await desk.goto('/practice/blocks/new');
  await sound(desk);
  await desk.locator('#from').fill('10:30');
  await desk.locator('#to').fill('11:00');
  await desk.locator('#day').fill(new Date(Date.now() + 5 * 86400e3).toISOString().slice(0, 10));
  await press(desk, 'Block this time');
  assert.match(await desk.locator('.errsum').innerText(), /A visit or another blocked time lies in it/);
  await desk.locator('#from').fill('12:30');
  await desk.locator('#to').fill('13:00');
  await press(desk, 'Block this time');
  assert.match(await desk.locator('main').innerText(), /12:30 pm to 1:00 pm Blocked/);
  await sound(desk);
  await desk.goto(`/practice/bookings/${visit.id}`);
  await press(desk, 'Mark as did not come');
  await sound(desk);
  await press(desk, 'Take it back');
  assert.match(await desk.locator('main').innerText(), /Mark as came/);
  assert.deepEqual(faults, []);
  await context.close();
});

test('a visit at the client\'s address, asked for whole and shown to two', async () => {
  const mine = makeTherapist('Wanda Walker');
  sql(`update location set home_km = 15 where id = :'location'; update service set at_home = true where id = :'service'`, mine);
  const { page: client, faults, context } = await visitor();
  await client.goto(`/therapists/${mine.slug}/book?service=${mine.service}`);
  assert.match(await client.locator('aside').innerText(), /At your address, up to 10 miles from Springfield/);
  await holdTime(client, 2);
  await answerAll(client);
  await client.goto(client.url().replace(/\/safety.*/, '/details'));
  await sound(client);
  await client.getByLabel('Your name').fill('Kim Example');
  await client.getByLabel('E-mail address').fill('kim@example.org');
  await client.getByLabel('Telephone number').fill('217 555 0100');
  await press(client, 'Continue');
  assert.equal(await client.locator('.errsum a').count(), 2, 'street and town');
  await client.getByLabel('Street and number').fill('8 Quiet Court');
  await client.getByLabel('Town and state, or ZIP code').fill('Chicago, IL');
  await press(client, 'Continue');
  assert.match(await client.locator('.errsum').innerText(), /This is too far: home visits go up to 10 miles from Springfield/);
  assert.equal(await client.getByLabel('Street and number').inputValue(), '8 Quiet Court');
  await sound(client);
  await client.getByLabel('Town and state, or ZIP code').fill('62701');
  await press(client, 'Continue');
  assert.match(await client.locator('dl').first().innerText(), /At your address\s+8 Quiet Court\s+62701/);
  await sound(client);
  await press(client, 'Book this appointment');
  assert.equal(await heading(client), 'Booked');
  await sound(client);
  const { page: desk, faults: deskFaults, context: deskContext } = await visitor();
  await signIn(desk, mine.email, password);
  await desk.goto(client.url().replace(/\/bookings/, '/practice/bookings').split('?')[0]);
  assert.match(await desk.locator('main').innerText(), /At the client's address\s+8 Quiet Court/);
  await sound(desk);
  await desk.goto('/practice/bookings/new');
  await sound(desk);
  await desk.goto(`/practice/services/${mine.service}`);
  await desk.getByText("At the client's address", { exact: true }).click();
  assert.ok(await desk.getByLabel(/I come to the client/).isChecked());
  await sound(desk);
  assert.deepEqual([...faults, ...deskFaults], []);
  await context.close();
  await deskContext.close();
});
