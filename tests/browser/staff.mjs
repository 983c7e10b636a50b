// Every page of a therapist, a front desk and an operator once, looked at as those of pages.mjs.
import test from 'node:test';
import assert from 'node:assert/strict';
import { accounts, signIn, visitor } from './browser.mjs';
import { sql } from '../http/fixture.mjs';
import { layoutFaults } from './layout.mjs';
import { check, isStaffs, routeOf, seen, walk, walkOnly, whenAllWereSeen } from './walk.mjs';

walkOnly(isStaffs);

test('pages of a therapist', async (t) => {
  const { page, faults, context } = await visitor();
  const { email } = accounts().therapists[0];
  await signIn(page, email);
  sql(`insert into own_question (therapist_id, position, kind, ask, options) select t.id, n, case n when 1 then 'choice' else 'text' end, 'What should I know about your way up to me?',
    case n when 1 then '{No steps,"A few, with a rail"}'::text[] else '{}' end from therapist t join account a on a.id = t.account_id, generate_series(1, 2) n where a.email = '${email}'`);
  await walk(t, page, faults, ['/practice', '/practice/services/new', '/practice/profile/reasons', '/practice/credentials', '/practice/credentials/new', `/practice/credentials/${sql(`select c.id from credential c join therapist t on t.id = c.therapist_id join account a on a.id = t.account_id where a.email = '${email}' order by c.created_at, c.id limit 1`)}`, '/practice/profile/languages', '/practice/profile/people', '/practice/profile/visits', '/practice/travel', '/practice/plans', '/practice/clients', '/practice/clients?by=name', '/practice/blocked', '/practice/day', '/practice/numbers', '/practice/numbers?weeks=52', '/practice/share', '/practice/share/card', `/practice/bookings/${'0'.repeat(8)}-0000-4000-8000-${'0'.repeat(12)}`, '/operator']);
  await t.test('a service that cannot be', async () => {
    await page.goto('/practice/services/new');
    await page.getByRole('button', { name: 'Save service' }).click();
    assert.match(await page.title(), /^Error: /);
    await check(page, faults);
  });
  const place = sql(`select min(l.id) from location l join therapist t on t.id = l.therapist_id join account a on a.id = t.account_id where a.email = '${email}'`);
  for (const [path, button] of [['/practice/questions/new', 'Save question'], ['/practice/time-off', 'Add time off'], [`/practice/hours/${place}/days`, 'Save this day'], [`/practice/hours/${place}/seasons/new`, 'Save these hours'], ['/practice/why', 'Ask'], ['/practice/calendars', 'Add this calendar']])
    await t.test(`${path} that cannot be`, async () => {
      await page.goto(path);
      await page.getByRole('button', { name: button }).click();
      assert.match(await page.title(), /^Error: /);
      await check(page, faults);
    });
  await t.test('all rules of a service unfolded', async () => {
    await page.goto('/practice/services/new');
    await page.locator('main details').evaluateAll((all) => all.forEach((details) => (details.open = true)));
    await check(page, faults);
  });
  await t.test('a topic of the profile that cannot be', async () => {
    await page.goto('/practice/profile/visits');
    await page.getByLabel('Year you began to practice').fill('long ago');
    await page.getByRole('button', { name: 'Save' }).click();
    assert.match(await page.title(), /^Error: /);
    await check(page, faults);
  });
  await t.test('how it goes: the line, the questions that add to it, and what must be looked into', async () => {
    const client = await visitor();
    await client.page.goto(accounts().client);
    const id = client.page.url().match(/bookings\/([0-9a-f-]+)/)[1];
    await client.page.goto(`/bookings/${id}/progress`);
    seen.add('/bookings/{id}/progress');
    await client.page.getByRole('img', { name: 'Pain over time' }).waitFor();
    assert.equal(await client.page.locator('svg.course .pain-average circle').count(), 4, 'a point for each value');
    await check(client.page, client.faults);
    // a visit of yesterday, and one after which care was needed
    sql(`update booking set starts_at = now() - interval '26 hours', ends_at = now() - interval '25 hours' where id = '${id}'`);
    await client.page.goto(`/bookings/${id}/answers/all`);
    seen.add('/bookings/{id}/answers/all');
    await check(client.page, client.faults);
    await client.page.goto(`/bookings/${id}/after`);
    seen.add('/bookings/{id}/after');
    await client.page.getByRole('button', { name: 'Send' }).click();
    assert.match(await client.page.title(), /^Error: /);
    await check(client.page, client.faults);
    await client.page.getByLabel('Yes, and I needed medical care or advice').check();
    await client.page.locator('[name=pain][value="8"]').check();
    await client.page.getByRole('button', { name: 'Send' }).click();
    await client.page.getByRole('heading', { name: 'Thank you for telling us' }).waitFor();
    await check(client.page, client.faults);
    await client.page.goto(`/bookings/${id}/look-back`);
    seen.add('/bookings/{id}/look-back');
    await client.page.getByRole('button', { name: 'Send' }).click();
    assert.match(await client.page.title(), /^Error: /);
    await check(client.page, client.faults);
    for (const [name, value] of [['average', 9], ['worst', 10], ['thing1', 1], ['thing2', 2], ['global', 6]]) await client.page.locator(`[name=${name}][value="${value}"]`).check();
    await client.page.getByRole('button', { name: 'Send' }).click();
    await client.page.getByRole('heading', { name: 'Let us look at this' }).waitFor();
    await check(client.page, client.faults);
    await client.context.close();
    await page.goto(`/practice/bookings/${id}/intake`);
    await page.getByRole('heading', { name: 'Worse than at the start: talk about it' }).waitFor();
    await check(page, faults);
    await page.goto(`/practice/bookings/${id}/incident`);
    seen.add('/practice/bookings/{id}/incident');
    await page.getByRole('button', { name: 'Close it' }).click();
    assert.match(await page.title(), /^Error: /);
    await check(page, faults);
  });
  await t.test('a client, what is written about them, and a block', async () => {
    const id = sql(`select c.id from client c join therapist t on t.id = c.therapist_id join account a on a.id = t.account_id where a.email = '${email}' order by c.name = 'Casey Demo' desc, c.latest_at desc limit 1`);
    for (const path of ['', '/record', '/block']) {
      await page.goto(`/practice/clients/${id}${path}`);
      seen.add(`/practice/clients/{id}${path}`);
      await check(page, faults);
    }
    await page.getByRole('button', { name: 'Block this person' }).click();
    await page.getByRole('heading', { name: /Blocked since/ }).waitFor();
    await check(page, faults);
    await page.getByRole('button', { name: 'Unblock' }).click();
    await page.goto('/practice/clients');
    await page.getByLabel('Find a client').fill('nobody of this name');
    await page.getByRole('button', { name: 'Find' }).click();
    await page.getByText('Nobody fits').waitFor();
    await check(page, faults);
  });
  await t.test('a visit to come, and the times to move it to', async () => {
    const week = await (await page.request.get(`/practice?week=${new Date(Date.now() + 7 * 86400e3).toISOString().slice(0, 10)}`, { headers: { Accept: 'application/json' } })).json();
    const { id } = week.week.days.flatMap((day) => day.visits).find((visit) => visit.is_confirmed);
    for (const path of [`/practice/bookings/${id}`, `/practice/bookings/${id}/move`, `/practice/bookings/${id}/intake`]) {
      await page.goto(path);
      seen.add(routeOf(path));
      await check(page, faults);
    }
    await page.goto(`/practice/bookings/${id}/clearance`);
    seen.add('/practice/bookings/{id}/clearance');
    await page.getByRole('button', { name: 'Record that massage is fine' }).click();
    assert.match(await page.title(), /^Error: /);
    await check(page, faults);
    const token = `today-${Date.now()}`.padEnd(43, 'd');
    sql(`set session_replication_role = replica; update booking set starts_at = now() + interval '20 hours', ends_at = now() + interval '21 hours', token_hash = sha256('${token}') where id = '${id}'`);
    const client = await visitor();
    await client.page.goto(`/b/${token}?today=${id}`);
    seen.add('/bookings/{id}/today');
    await client.page.getByRole('button', { name: 'Send' }).click();
    assert.match(await client.page.title(), /^Error: /);
    await check(client.page, client.faults);
    for (const name of ['D01', 'D02', 'D03', 'D04', 'D05']) await client.page.locator(`[name=${name}][value=${name === 'D03' ? 'yes' : 'no'}]`).check();
    await client.page.getByRole('button', { name: 'Send' }).click();
    await client.page.getByRole('heading', { name: 'Please do not come in' }).waitFor();
    await check(client.page, client.faults);
    await client.context.close();
    await page.goto(`/practice/bookings/${id}/today?again=1`);
    seen.add('/practice/bookings/{id}/today');
    await check(page, faults);
  });
  await t.test('the note of a visit', async () => {
    const id = sql(`select b.id from booking b join therapist t on t.id = b.therapist_id join account a on a.id = t.account_id where a.email = '${email}' and b.state = 'attended' and b.course_id is null and b.client_email <> 'casey@example.org' order by b.starts_at limit 1`);
    const token = `care-${Date.now()}`.padEnd(43, 'c'); // before anything is sealed for whoever holds it
    sql(`update booking set token_hash = sha256('${token}') where id = '${id}'`);
    await page.goto(`/practice/bookings/${id}/note`);
    seen.add('/practice/bookings/{id}/note');
    await page.getByRole('button', { name: 'Save the note' }).click();
    assert.match(await page.title(), /^Error: /);
    await check(page, faults);
    for (const label of ['Low back, left', 'Yes, to all of them', 'Yes: nothing has changed']) await page.getByLabel(label).check();
    await page.locator('[name=technique]').first().check();
    await page.locator('[name=pressure][value="3"]').check();
    await page.getByRole('button', { name: 'Save the note' }).click();
    await page.getByRole('heading', { name: 'Version 1' }).waitFor();
    await check(page, faults);
    await page.goto(`/practice/bookings/${id}/plan`);
    seen.add('/practice/bookings/{id}/plan');
    await page.getByRole('button', { name: 'Save and tell the client' }).click();
    assert.match(await page.title(), /^Error: /);
    await page.getByLabel('Warmth on the sore place', { exact: false }).first().check();
    await page.getByLabel('Slow breathing', { exact: false }).first().check();
    await page.getByLabel('After how many weeks').fill('2');
    await check(page, faults);
    await page.getByRole('button', { name: 'Save and tell the client' }).click();
    await page.getByText('The client gets a mail').waitFor();
    const client = await visitor();
    await client.page.goto(`/b/${token}`);
    await client.page.getByRole('heading', { name: 'For the days between visits' }).waitFor();
    await check(client.page, client.faults);
    await client.page.goto(`/bookings/${id}/review`);
    seen.add('/bookings/{id}/review');
    await check(client.page, client.faults);
    await client.page.getByRole('button', { name: 'See how it will look' }).click();
    await client.page.getByRole('heading', { name: 'So it will look' }).waitFor();
    await check(client.page, client.faults);
    await client.context.close();
  });
  await t.test('a blocked time', async () => {
    await page.goto('/practice/blocks/new');
    await page.locator('#day').fill(new Date(Date.now() + 20 * 86400e3).toISOString().slice(0, 10));
    await page.locator('#from').fill('05:00');
    await page.locator('#to').fill('05:30');
    await page.getByRole('button', { name: 'Block this time' }).click();
    await page.getByRole('link', { name: 'Blocked' }).first().click();
    seen.add('/practice/blocks/{id}');
    await check(page, faults);
  });
  await t.test('weeks with visits in all states', async () => {
    for (const days of [-14, -7, 7]) {
      await page.goto(`/practice?week=${new Date(Date.now() + days * 86400e3).toISOString().slice(0, 10)}`);
      await page.setViewportSize({ width: 768, height: 900 });
      assert.deepEqual(await page.evaluate(layoutFaults), []);
    }
  });
  await t.test('links that can be copied', async () => {
    await page.goto('/practice/share');
    await page.getByRole('button', { name: 'Copy' }).nth(2).waitFor();
  });
  await t.test('a week of the United States begins on Sunday, to the eye, to the keyboard and to a screen reader', async () => {
    const days = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
    await page.goto('/practice');
    await page.setViewportSize({ width: 1200, height: 900 });
    assert.deepEqual((await page.locator('table.week').getByRole('columnheader').allTextContents()).slice(1).map((head) => head.slice(0, 3)), days.map((day) => day.slice(0, 3)));
    await page.setViewportSize({ width: 390, height: 844 });
    assert.deepEqual((await page.locator('.agenda').getByRole('heading').allTextContents()).map((head) => head.split(',')[0]), days);
    await page.goto(`/practice/hours/${place}`);
    assert.deepEqual((await page.getByRole('group').filter({ has: page.locator('legend') }).locator('legend').allTextContents()), days);
    await page.getByLabel('From, Sunday, period 1').focus();
    const reached = new Set();
    while (!reached.has('Monday')) {
      await page.keyboard.press('Tab');
      reached.add(await page.evaluate(() => document.activeElement.closest('fieldset')?.querySelector('legend').textContent));
    }
    assert.deepEqual([...reached], ['Sunday', 'Monday'], 'by the Tab key');
  });
  await context.close();
});

test('pages of a practice with a front desk', async (t) => {
  const { page, faults, context } = await visitor();
  const secret = `invitation-${Date.now()}`.padEnd(43, 'i'); // the mail's, which the test cannot read
  sql(`insert into practice_invitation (practice_id, email, role, key, token_hash, expires_at) select id, 'joins@example.org', 'desk', gen_random_uuid(), sha256('${secret}'), now() + interval '1 day' from practice order by id limit 1`);
  await t.test('an invitation', async () => {
    await page.goto(`/invitations/${secret}`);
    seen.add('/invitations/{token}');
    await check(page, faults);
    await page.locator('main form button[type=submit]').first().click();
    assert.match(await page.title(), /^Error: /);
    await check(page, faults);
  });
  await signIn(page, 'desk@example.org');
  const [[visit, slug]] = [sql(`select b.id || ' ' || t.slug from booking b join therapist t on t.id = b.therapist_id join practice_member m on m.account_id = t.account_id
    where b.state = 'confirmed' and b.starts_at > now() + interval '2 days' order by b.starts_at limit 1`).split(' ')];
  await walk(t, page, faults, ['/desk', '/desk/week', `/desk/bookings/new?therapist=${slug}`, `/desk/bookings/${visit}`, `/desk/bookings/${visit}/move`]);
  await t.test('a visit that cannot be', async () => {
    await page.goto(`/desk/bookings/new?therapist=${slug}`);
    await page.locator('main form[method=post] button[type=submit]').last().click();
    assert.match(await page.title(), /^Error: /);
    await check(page, faults);
  });
  await context.close();
  const owner = await visitor();
  await signIn(owner.page, sql(`select a.email from practice_member m join account a on a.id = m.account_id where m.role = 'owner' order by m.practice_id limit 1`));
  await walk(t, owner.page, owner.faults, [`/practice/team/places/${sql('select id from premises order by id limit 1')}`]);
  await owner.context.close();
});

test('the 24 statements, in words that an operator brought', async (t) => {
  const { page, faults, context } = await visitor();
  sql(`insert into statement_form (language, source, attribution, statements, loaded_at, loaded_by, state, used_at, used_by)
    select 'en', 'made up', 'nobody', array_agg('A made-up sentence about a day with a sore back, number ' || n), now(), 'test', 'used', now(), 'test' from generate_series(1, 24) n`);
  await page.goto(accounts().client);
  const id = page.url().match(/bookings\/([0-9a-f-]+)/)[1];
  await walk(t, page, faults, [`/bookings/${id}/statements`]);
  sql(`begin; set local session_replication_role = replica; delete from statement_form; commit`);
  await context.close();
});

test('pages of an operator', async (t) => {
  const { page, faults, context } = await visitor();
  await signIn(page, accounts().operator);
  // a review to look at, and a clinician with a link
  sql(`insert into review_case (review_id, therapist_id, why, reason, note, edition, opened_at) select id, therapist_id, 'report', 'abuse', 'These words are about a colleague.', edition, now() from review where shown and body <> '' order by id limit 1`);
  const link = `clinician-${Date.now()}`.padEnd(43, 'c');
  const colleague = sql(`select slug from therapist where published order by id limit 1`);
  sql(`insert into clinician (key, token_hash, name, profession, register, number, email, checked_on, checked_until, checked_by) values (gen_random_uuid(), sha256('${link}'), 'Dr. Cleo Example', 'Physician', 'Oregon Medical Board', 'MD 1', 'cleo@example.org', current_date, current_date + 90, 'Olga')`);
  await t.test('the second step', async () => {
    const other = await visitor();
    await other.page.goto('/sign-in');
    await other.page.getByLabel('E-mail address').fill(accounts().operator);
    await other.page.getByLabel('Password', { exact: true }).fill(accounts().password);
    await other.page.getByRole('button', { name: 'Sign in' }).click();
    await other.page.getByRole('heading', { name: 'One more step' }).waitFor();
    seen.add('/sign-in/second');
    await check(other.page, other.faults);
    await other.context.close();
  });
  await t.test('the link of a clinician', async () => {
    await page.goto(`/recommend/${link}`);
    seen.add('/recommend/{token}');
    await page.getByRole('button', { name: 'Recommend' }).click();
    assert.match(await page.title(), /^Error: /);
    await check(page, faults);
  });
  await walk(t, page, faults, ['/operator/reviews', '/operator/reviews?state=decided', '/operator/clinicians', '/operator/credentials', '/operator/credentials?state=lapsed', '/operator/credential-settings', '/operator/acts', `/operator/therapists/${colleague}`, `/operator/therapists/${colleague}/acts/note`, '/operator/incidents', '/operator/people', `/operator/people/${sql(`select id from account where email = '${accounts().therapists[0].email}'`)}`, '/operator/messages', '/operator/messages?state=dead', '/operator/therapists?q=zzzz',
    '/operator/taxonomies', '/operator/taxonomies/cause/fall', '/operator/taxonomies/complaint/sciatica/guidance', '/operator/registers?country=', '/operator/registers?country=US', '/operator/registers?country=FR', '/operator/audit', '/operator/cases',
    '/account/prove', '/account/security', '/operator/questionnaires', '/operator/questionnaires/1/rules/HE-17b', '/operator/questionnaires/1/questions/H03', '/operator/cases/new']);
  await t.test('a value that cannot be', async () => {
    await page.goto('/operator/taxonomies/technique/new');
    await page.getByRole('button', { name: 'Save' }).click();
    assert.match(await page.title(), /^Error: /);
    await check(page, faults);
  });
  await context.close();
});

whenAllWereSeen();
