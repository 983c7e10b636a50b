// Times as people of the country of the practice read them, to readers whose clocks are set elsewhere: what a script says is what the server says.
import test, { after } from 'node:test';
import assert from 'node:assert/strict';
import { close, visitor } from './browser.mjs';
import { makeTherapist, sql, value } from '../http/lib.mjs';

after(close);

const practices = [['US', 'America/New_York'], ['CA', 'America/Toronto'], ['GB', 'Europe/London'], ['DE', 'Europe/Berlin'], ['AU', 'Australia/Sydney']];
const readers = ['America/New_York', 'Europe/London', 'Europe/Berlin', 'Australia/Sydney'];
// an afternoon, both half past ones of the night in which New York's clock goes back, midnight and noon there, the hours around Berlin's and Sydney's turns
const moments = ['2026-11-23T21:21:00Z', '2026-11-01T05:30:00Z', '2026-11-01T06:30:00Z', '2026-11-24T05:00:00Z', '2026-11-24T17:00:00Z', '2027-03-28T00:59:00Z', '2027-03-28T01:00:00Z', '2027-04-03T16:00:00Z'];
const clock = (at, zone, country) => value(`select to_char(:'at'::timestamptz at time zone :'zone', 'FMDay ') || regexp_replace(say_time(:'at', :'zone', :'country'), ' \\(UTC.*', '')`, { at, zone, country });

for (const [country, zone] of practices)
  test(`a practice in ${zone}, read in ${readers.join(', ')}`, async () => {
    const { slug, location } = makeTherapist(`Zoe ${country}`);
    sql(`update location set country = :'country', zone = :'zone' where id = :'location'`, { country, zone, location });
    for (const timezoneId of readers) {
      const { page, faults, context } = await visitor({ timezoneId, locale: timezoneId.startsWith('Australia') ? 'en-AU' : 'de-DE' });
      for (const at of moments) {
        await page.clock.setFixedTime(at);
        await page.goto(`/therapists/${slug}/book`);
        const there = clock(at, zone, country);
        const said = (await page.locator('zone-note').textContent()).trim();
        assert.equal(said, there === clock(at, timezoneId, country) ? '' : `Your clock shows another time: there it is ${there}.`, `${at} in ${timezoneId}`);
      }
      assert.deepEqual(faults, []);
      await context.close();
    }
  });

test('every page with a time zone says it so', async () => {
  const { slug } = makeTherapist('Yve Says');
  const { page, context } = await visitor({ timezoneId: 'Asia/Tokyo' });
  for (const path of [`/therapists/${slug}`, `/therapists/${slug}/book`]) {
    await page.goto(path);
    assert.match(await page.locator('zone-note').first().textContent(), /there it is \w+day \d{1,2}:\d\d [ap]m\.$/, path);
  }
  await page.locator('input[name=start]').first().check({ force: true });
  await page.getByRole('button', { name: 'Plan several visits from this time' }).click();
  assert.match(await page.locator('zone-note').first().textContent(), /there it is \w+day \d{1,2}:\d\d [ap]m\.$/, 'a series');
  await context.close();
});
