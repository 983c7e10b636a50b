// What a therapist changes shows at once where clients look, and only the therapist's own can be changed.
import test from 'node:test';
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { Browser, bearer, begin, booked, digest, free, healthy, held, hold, makeTherapist, origin, send, signedIn, sql, unescape, value } from './lib.mjs';

const mine = makeTherapist('Petra Practice');
const other = makeTherapist('Quinn Colleague');
const browser = await signedIn(mine.email);
const api = async (path) => {
  const answer = await send('GET', path, { headers: { accept: 'application/json' } });
  assert.equal(answer.status, 200, `${path}: ${answer.text.slice(0, 300)}`);
  return answer.json();
};
const profile = () => api(`/therapists/${mine.slug}`);
const at = ['46.10000', '-108.30000']; // where nobody else of these tests works, so that one page shows all
sql(`update location set lat = :'lat', lon = :'lon' where id = :'id'`, { id: mine.location, lat: at[0], lon: at[1] });
const found = async (q = '') => (await api(`/therapists?near=${at}&radius_km=5${q}`)).results.find((r) => r.slug === mine.slug);
const starts = async (service = mine.service) => (await api(`/therapists/${mine.slug}/slots?service=${service}&days=10`)).days.flatMap((d) => d.slots.map((s) => s.start));
const save = async (path, form, from = path) => {
  const answer = await browser.post(path, form, { from });
  assert.equal(answer.status, 303, `${path}: ${unescape(answer.text).slice(0, 2000)}`);
  return answer;
};
const errors = (answer) => [...unescape(answer.text).matchAll(/<li><a href="#(\w+)">([^<]+)<\/a><\/li>/g)].map(([, field, words]) => [field, words]);

test('headline, text, techniques and complaints show in the profile and in search', async () => {
  const words = 'Steady hands <b>& "quiet"</b> rooms';
  const answer = await save('/practice/profile/about', { headline: words, profession: 'Licensed massage therapist', about: 'One line.\r\n\r\nAnother.' });
  assert.match(unescape((await browser.get(answer.headers.location)).text), /Saved\./);
  await save('/practice/profile/techniques', { technique: ['shiatsu', 'cupping'] });
  await save('/practice/profile/help', { complaint: 'low-back' });
  await save('/practice/profile/not', { not_for: 'No pregnancy <massage>' });
  await save('/practice/profile/reasons', { cause: ['sciatica', 'unknown'], goal: 'sleep' });
  const shown = await profile();
  assert.equal(shown.headline, words);
  const overview = (await browser.get('/practice/profile')).text;
  assert.ok(overview.includes('Licensed massage therapist') && overview.includes('No pregnancy &lt;massage&gt;'));
  assert.deepEqual(shown.techniques.map((t) => t.slug).sort(), ['cupping', 'shiatsu']);
  assert.equal((await found('&technique=shiatsu'))?.headline, words);
  assert.equal((await found('&complaint=low-back&cause=sciatica&goal=sleep'))?.headline, words);
  assert.equal(await found('&technique=swedish'), undefined);
  await save('/practice/profile/about', { headline: 'Another', about: '' });
  await save('/practice/profile/techniques', { technique: 'swedish' });
  assert.equal(await found('&technique=shiatsu'), undefined);
  assert.equal((await found('&technique=swedish')).headline, 'Another');
  assert.equal((await found('&complaint=low-back')).headline, 'Another', 'what stands on another page stays');
  const page = (await send('GET', `/therapists/${mine.slug}`)).text;
  assert.ok(page.includes('Another') && !page.includes('<b>&') && page.includes('No pregnancy &lt;massage&gt;'));
});

test('what somebody does not work with is stated by value, shown, undone, and never also what they do', async () => {
  const t = makeTherapist('Nora Not'), b = await signedIn(t.email);
  const post = (topic, form) => b.post(`/practice/profile/${topic}`, form);
  const shown = async () => (await api(`/therapists/${t.slug}`)).not_with.map((k) => [k.kind, k.values.map((v) => v.slug).sort().join(' ')]);
  sql(`update location set lat = :'lat', lon = :'lon' where id = :'id'`, { id: t.location, lat: at[0], lon: at[1] });
  const finds = async (q) => (await api(`/therapists?near=${at}&radius_km=5&${q}`)).results.some((r) => r.slug === t.slug);
  assert.equal((await post('techniques', { technique: ['swedish', 'cupping'] })).status, 303);
  assert.equal((await post('help', { complaint: ['low-back', 'pregnancy'] })).status, 303);
  assert.ok(await finds('complaint=pregnancy&technique=cupping'));
  const nothing = unescape((await send('GET', `/therapists/${t.slug}`)).text);
  assert.ok(!nothing.includes('What I do not work with') && !unescape((await send('GET', `/therapists/${t.slug}/book`)).text).includes('does not work with'));

  // what is done cannot be ticked, and says so; nothing of the same form is kept
  const before = digest(t);
  const both = await post('not', { not_complaint: ['pregnancy', 'spasm'], not_technique: 'shiatsu', not_for: 'Nobody under 16' });
  assert.equal(both.status, 422);
  assert.deepEqual(errors(both), [['not_complaint', 'Back pain in pregnancy is among what you work with. Take it off there first, or leave it out here']]);
  assert.ok(/value="spasm" checked/.test(both.text) && /value="shiatsu" checked/.test(both.text) && both.text.includes('Nobody under 16'));
  assert.equal(digest(t), before);

  // taken off there, it can; and the other way round
  assert.equal((await post('help', { complaint: 'low-back' })).status, 303);
  assert.equal((await post('not', { not_complaint: ['pregnancy', 'spasm'], not_technique: 'shiatsu', not_goal: 'sleep', not_for: 'Nobody under 16' })).status, 303);
  assert.deepEqual(await shown(), [['technique', 'shiatsu'], ['complaint', 'pregnancy spasm'], ['goal', 'sleep']]);
  assert.equal(await finds('complaint=pregnancy'), false);
  assert.equal(await finds('technique=shiatsu'), false);
  assert.ok(await finds('complaint=low-back&technique=cupping'));
  for (const [topic, form, field, words] of [
    ['techniques', { technique: ['swedish', 'shiatsu'] }, 'technique', 'Shiatsu'],
    ['help', { complaint: ['low-back', 'pregnancy'] }, 'complaint', 'Back pain in pregnancy'],
    ['reasons', { goal: 'sleep' }, 'goal', null],
  ]) {
    const refused = await post(topic, form);
    assert.equal(refused.status, 422, topic);
    const [[where, said]] = errors(refused);
    assert.equal(where, field);
    assert.ok(said.endsWith('is among what you do not work with. Take it off there first, or leave it out here') && said.startsWith(words ?? ''), said);
  }
  const service = await b.post(`/practice/services/${t.service}`, { name: 'One hour', minutes: '60', price: '80', technique: 'shiatsu', notice: '0', step: '60', horizon: '5' });
  assert.equal(service.status, 422);
  assert.match(unescape(service.text), /Shiatsu is among what you do not work with\. Take it off there first/);

  // one's own pages, the public one, the choice of a time, comparing, and what is taken away
  for (const path of ['/practice/profile', '/practice/preview']) {
    const said = unescape((await b.get(path)).text);
    for (const words of ['Shiatsu', 'Back pain in pregnancy', 'Nobody under 16']) assert.ok(said.includes(words), `${path}: ${words}`);
  }
  for (const path of [`/therapists/${t.slug}`, `/therapists/${t.slug}/book`]) {
    const words = unescape((await send('GET', path)).text);
    assert.match(words, /not work with<\/(h3|summary)>[^]*Shiatsu[^]*pregnancy[^]*Nobody under 16/, path);
  }
  assert.ok((await send('GET', `/compare?t=${t.slug}&t=${other.slug}`)).text.includes('Does not work with'));
  assert.deepEqual(JSON.parse(value(`select account_practice(:'id')`, t)).does_not_work_with.length, 4);

  // each change is a version; undoing one that would make a value both is refused with the reason
  const versions = (await (await b.json('/practice/versions')).json()).versions;
  const of = (label) => versions.find((v) => v.changes.some((c) => c.label === label));
  const help = await b.post(`/practice/versions/${of('Helps with').id}/undo`, {}, { from: '/practice/versions' });
  assert.equal(help.status, 422);
  assert.match(unescape(help.text), /Back pain in pregnancy cannot be both what you work with and what you do not/);
  const undone = await b.post(`/practice/versions/${of('Not worked with: complaints').id}/undo`, {}, { from: '/practice/versions' });
  assert.equal(undone.status, 303);
  assert.deepEqual(await shown(), []);
});

test('languages, gender, whom they treat and how they are paid are searched for', async () => {
  await save('/practice/profile/languages', { language: ['en', 'es', 'ase'] });
  await save('/practice/profile/people', { gender: 'nonbinary', age: ['adults', 'older_adults'], inclusion: 'trauma_aware', payment: ['cash', 'sliding_scale'] });
  const asked = '&language=es&language=ase&gender=nonbinary&age=older_adults&inclusion=trauma_aware&payment=sliding_scale';
  assert.ok(await found(asked));
  assert.equal(await found('&language=es&gender=man'), undefined);
  const overview = unescape((await browser.get('/practice/profile')).text);
  for (const words of ['Spanish (Español)', 'American Sign Language', 'Non-binary', 'Careful with trauma', 'Lower price for low income']) assert.ok(overview.includes(words), words);
  const shown = unescape((await send('GET', `/therapists/${mine.slug}`)).text);
  for (const words of ['Spanish (Español)', 'Non-binary', 'Older adults', 'Lower price for low income']) assert.ok(shown.includes(words), `public: ${words}`);
  await save('/practice/profile/people', { gender: '' });
  assert.ok(await found('&language=es'));
  assert.equal(await found(asked), undefined);
});

test('experience and first visits', async () => {
  await save('/practice/profile/visits', { new_clients: 'no', since: '2012', back_share: '70', first_visit: 'We talk.\n\nThen we try.' });
  const page = unescape((await browser.get('/practice/profile')).text);
  for (const words of ['None at present', 'since 2012', '70 in 100', '5 words']) assert.ok(page.includes(words), words);
  assert.ok((await profile()).new_clients === false && (await profile()).since === 2012 && (await profile()).first_visit.length === 2);
  assert.equal((await found()).new_clients, false);
  assert.equal(await found('&booking=new_clients'), undefined);
  await save('/practice/profile/visits', { new_clients: 'yes' });
  assert.ok(await found('&booking=new_clients'));
  assert.ok(!(await browser.get('/practice/profile')).text.includes('since 2012'));
  const before = digest(mine, other);
  for (const [form, field, words] of [
    [{}, 'new_clients', 'Say whether you take new clients'],
    [{ new_clients: 'maybe' }, 'new_clients', 'yes or no'],
    [{ new_clients: 'yes', since: '1890' }, 'since', 'four digits'],
    [{ new_clients: 'yes', since: '2199' }, 'since', 'in the future'],
    [{ new_clients: 'yes', back_share: '101' }, 'back_share', '0 to 100'],
    [{ new_clients: 'yes', first_visit: 'x'.repeat(1501) }, 'first_visit', '1,500'],
  ]) {
    const bad = await browser.post('/practice/profile/visits', form);
    assert.equal(bad.status, 422, JSON.stringify(form).slice(0, 80));
    const [[at, said]] = errors(bad);
    assert.equal(at, field);
    assert.ok(said.includes(words), said);
  }
  const kept = await browser.post('/practice/profile/visits', { new_clients: 'no', since: 'long ago', back_share: '40' });
  assert.match(kept.text, /name="new_clients" value="no" checked/);
  assert.match(kept.text, /value="long ago"/);
  assert.equal(digest(mine, other), before);
});

test('a place says what it is like, and how far home visits go', async () => {
  const at = `/practice/places/${mine.location}`;
  await save(`${at}/room`, { setting: 'clinic', ambience: ['quiet_room', 'scent_free'], equipment: 'massage_chair' });
  await save(`${at}/access`, { access: ['step_free', 'parking'], products: 'nut_free', safety: 'posted_license' });
  await save(`${at}/home`, { home: '20' });
  assert.ok(await found('&setting=clinic&ambience=scent_free&equipment=massage_chair&access=step_free&access=parking&products=nut_free&safety=posted_license&booking=home_visit'));
  assert.equal(await found('&setting=spa'), undefined);
  for (const shown of [(await browser.get('/practice/profile')).text, (await send('GET', `/therapists/${mine.slug}`)).text])
    for (const words of ['No scents', 'Step-free', 'No nut oils', 'p to 20 miles from here']) assert.ok(unescape(shown).includes(words), words);
  const before = digest(mine, other);
  const bad = await browser.post(`${at}/home`, { home: 'far' });
  assert.equal(bad.status, 422);
  assert.deepEqual(errors(bad), [['home', 'Enter how far you travel as a whole number from 0 to 120']]);
  assert.match(bad.text, /value="far"/);
  const strange = await browser.post(`${at}/room`, { ambience: ['quiet_room', 'golden'], setting: 'spa' });
  assert.equal(strange.status, 422);
  assert.deepEqual(errors(strange), [['ambience', 'Choose from the list: The room']]);
  assert.match(strange.text, /id="ambience-error"/);
  assert.match(strange.text, /value="quiet_room" checked/);
  assert.match(strange.text, /value="spa" checked/);
  for (const path of [`/practice/places/${other.location}/room`, `${at}/about`, `${at}/nonsense`, '/practice/profile/room', '/practice/profile/nonsense'])
    assert.equal((await browser.get(path)).status, 404, path);
  assert.equal((await browser.post(`/practice/places/${other.location}/home`, { home: '9' }, { from: `${at}/home` })).status, 404);
  assert.equal(digest(mine, other), before);
  await save(`${at}/home`, { home: '' });
  assert.equal(await found('&booking=home_visit'), undefined);
});

test('a topic of the profile comes back as it was sent', async () => {
  const before = digest(mine, other);
  const answer = await browser.post('/practice/profile/about', { headline: 'x'.repeat(161), about: 'Kept <text>' });
  assert.equal(answer.status, 422);
  assert.deepEqual(errors(answer), [['headline', 'Shorten the headline to 160 characters']]);
  assert.ok(answer.text.includes('x'.repeat(161)) && answer.text.includes('Kept &lt;text&gt;'));
  const boxes = await browser.post('/practice/profile/not', { not_for: 'y'.repeat(601), not_complaint: ['stiffness', 'spasm'], not_goal: 'sleep' });
  assert.equal(boxes.status, 422);
  assert.deepEqual([...boxes.text.matchAll(/name="not_\w+" value="([^"]+)" checked/g)].map(([, slug]) => slug).sort(), ['sleep', 'spasm', 'stiffness']);
  assert.ok(boxes.text.includes('y'.repeat(601)));
  for (const [topic, form, field] of [
    ['techniques', { technique: 'no-such' }, 'technique'],
    ['techniques', { technique: ['swedish', 'BAD SLUG'] }, 'technique'],
    ['techniques', { technique: ['swedish', 'nul\u0000'] }, 'technique'],
    ['help', { complaint: 'no-such' }, 'complaint'],
    ['not', { not_complaint: ['spasm', 'no-such'] }, 'not_complaint'],
    ['not', { not_goal: 'spasm' }, 'not_goal'],
    ['reasons', { cause: 'low-back' }, 'cause'],
    ['people', { gender: ['woman', 'man'] }, 'gender'],
    ['languages', { language: 'english' }, 'language'],
    ['about', { headline: 'a\nb' }, 'headline'],
    ['about', { headline: 'turned \u202e round' }, 'headline'],
    ['about', { profession: 'x'.repeat(81) }, 'profession'],
    ['about', { about: 'x'.repeat(4001) }, 'about'],
    ['about', { headline: ['a', 'b'] }, 'headline'],
  ]) {
    const bad = await browser.post(`/practice/profile/${topic}`, form);
    assert.ok(bad.status === 422 || (bad.status === 400 && form.technique?.[1]?.includes('\0')), `${bad.status} ${JSON.stringify(form).slice(0, 80)}`);
    if (bad.status === 422) assert.deepEqual(errors(bad).map(([f]) => f), [field]);
  }
  assert.equal(digest(mine, other), before);
});

test('a page can be looked at before it is published, by whose it is alone', async () => {
  assert.equal((await browser.get('/practice/preview')).status, 200);
  sql(`update therapist set published = false where id = :'id'`, mine);
  const preview = await browser.get('/practice/preview');
  assert.equal(preview.status, 200);
  assert.ok(unescape(preview.text).includes('Petra Practice') && /no-store/.test(preview.headers['cache-control']));
  assert.equal((await send('GET', `/therapists/${mine.slug}`)).status, 404);
  assert.match((await browser.get('/practice/profile')).text, /Not published/);
  sql(`update therapist set published = true where id = :'id'`, mine);
});

test('a new price shows in profile and search; bookings keep theirs', async () => {
  const visit = await booked(mine);
  await save(`/practice/services/${mine.service}`, { name: 'One hour', about: '', technique: 'swedish', minutes: '60', price: '93,50', buffer_before: '0', buffer_after: '15' });
  assert.equal((await profile()).services.find((s) => s.id === Number(mine.service)).price.amount, 93.5);
  assert.equal((await found('&technique=swedish')).price.amount, 93.5);
  assert.equal(value(`select price from booking where id = :'id'`, { id: visit.id }), '8000');
  const page = await browser.get('/practice/services?saved=1');
  assert.match(page.text, /\$93\.50/);
  assert.match(page.text, /15 minutes after are kept free/);
});

test('a service is added, offered, and no longer offered', async () => {
  await save('/practice/services/new', { name: 'Long visit', about: 'Slow.', technique: 'swedish', minutes: '120', price: '150' });
  const made = (await profile()).services.find((s) => s.name === 'Long visit');
  assert.equal(made.minutes, 120);
  assert.equal(made.price.currency, 'USD');
  assert.ok((await starts(made.id)).length > 0);
  await save(`/practice/services/${made.id}/retire`, {}, '/practice/services');
  assert.equal((await profile()).services.find((s) => s.id === made.id), undefined);
  assert.equal((await browser.get(`/practice/services/${made.id}`)).status, 404);
  assert.equal((await browser.post(`/practice/services/${made.id}/retire`, {}, { from: '/practice' })).status, 404);
  const late = await send('POST', '/bookings', { headers: { accept: 'application/json' }, json: { therapist: mine.slug, service: made.id, start: free(mine), key: randomUUID() } });
  assert.equal(late.status, 404);
});

test('bad input for a service is said beside its field, and what was typed stays', async () => {
  const good = { name: 'Fine', about: '', technique: 'swedish', minutes: '60', price: '80', buffer_before: '0', buffer_after: '0' };
  const before = digest(mine, other);
  for (const [change, field] of [
    [{ name: '' }, 'name'],
    [{ name: 'x'.repeat(121) }, 'name'],
    [{ name: 'a\r\nb' }, 'name'],
    [{ about: 'x'.repeat(601) }, 'about'],
    [{ minutes: '' }, 'minutes'],
    [{ minutes: '9' }, 'minutes'],
    [{ minutes: '481' }, 'minutes'],
    [{ minutes: '60.5' }, 'minutes'],
    [{ minutes: '1e2' }, 'minutes'],
    [{ minutes: '٦٠' }, 'minutes'],
    [{ minutes: '99999999999999999999' }, 'minutes'],
    [{ minutes: ['60', '90'] }, 'minutes'],
    [{ price: '' }, 'price'],
    [{ price: '-1' }, 'price'],
    [{ price: '80.555' }, 'price'],
    [{ price: '1,000.00' }, 'price'],
    [{ price: '100000.01' }, 'price'],
    [{ price: 'NaN' }, 'price'],
    [{ buffer_before: '241' }, 'buffer_before'],
    [{ buffer_after: '-5' }, 'buffer_after'],
    [{ road: '121' }, 'road'],
  ])
    for (const path of ['/practice/services/new', `/practice/services/${mine.service}`]) {
      const answer = await browser.post(path, { ...good, ...change });
      assert.equal(answer.status, 422, `${path} ${JSON.stringify(change).slice(0, 80)}`);
      assert.deepEqual(errors(answer).map(([f]) => f), [field], JSON.stringify(change).slice(0, 80));
      assert.match(answer.text, new RegExp(`id="${field}"[^>]*aria-invalid="true"`));
      const typed = [Object.values(change)[0]].flat()[0];
      if (typed && typed.length < 100 && !typed.includes('\n')) assert.ok(unescape(answer.text).includes(typed), `kept: ${typed}`);
    }
  // fields that no form has change nothing
  await save(`/practice/services/${mine.second}`, { ...good, name: 'Half an hour', therapist_id: other.id, id: other.service, retired_at: 'now', position: '99', currency: 'XXX' });
  const [owner, currency, notice, position] = sql(`select therapist_id, currency, notice, position from service where id = :'second'`, mine)[0];
  assert.deepEqual([owner, currency, notice, position], [mine.id, 'USD', '0', '2']);
  sql(`update service set minutes = 30, price = 4500 where id = :'second'`, mine);
  assert.notEqual(digest(mine, other), before, 'the control did change something');
});

test('hours show in the free times at once, and so does the zone', async () => {
  const path = `/practice/hours/${mine.location}`;
  const closed = Object.fromEntries([1, 2, 3, 4, 5, 6, 7].flatMap((d) => [1, 2, 3].flatMap((n) => [[`d${d}_${n}_from`, ''], [`d${d}_${n}_to`, '']])));
  assert.ok((await starts()).length > 50);
  await save(path, { zone: 'America/Chicago', ...closed });
  assert.deepEqual(await starts(), []);
  assert.match(unescape((await browser.get('/practice/hours')).text), /Closed all week/);
  const day = Object.fromEntries([1, 2, 3, 4, 5, 6, 7].flatMap((d) => [[`d${d}_1_from`, '9:00'], [`d${d}_1_to`, '10:15'], [`d${d}_2_from`, '13:00'], [`d${d}_2_to`, '14:15']]));
  await save(path, { zone: 'America/Chicago', ...closed, ...day });
  const local = async () => [...new Set((await api(`/therapists/${mine.slug}/slots?service=${mine.service}&days=10`)).days.flatMap((d) => d.slots.map((s) => s.local)))].sort();
  assert.deepEqual(await local(), ['09:00', '13:00']);
  const then = (await starts())[0];
  await save(path, { zone: 'America/Denver', ...closed, ...day });
  assert.deepEqual(await local(), ['09:00', '13:00'], 'the wall clock stays');
  assert.ok((await starts()).every((s) => s !== then), 'the instants move');
  const page = await browser.get(path);
  assert.match(page.text, /value="America\/Denver" selected/);
  assert.match(page.text, /name="d1_2_from"[^>]*value="1:00 pm"/, 'as the clock of the place goes');
  assert.match((await browser.get('/practice/hours')).text, /<dd>9:00 am to 10:15 am, 1:00 pm to 2:15 pm<\/dd>/);
  const whole = Object.fromEntries([1, 2, 3, 4, 5, 6, 7].flatMap((d) => [[`d${d}_1_from`, '00:00'], [`d${d}_1_to`, '24:00']]));
  await save(path, { zone: 'America/Chicago', ...whole });
  const form = Object.fromEntries([...(await browser.get(path)).text.matchAll(/name="(d\d_\d_(?:from|to))"[^>]*value="([^"]*)"/g)].map(([, name, typed]) => [name, typed]));
  const kept = sql(`select weekday, starts, ends from hours where location_id = :'location' order by 1, 2`, mine);
  await save(path, { zone: 'America/Chicago', ...form });
  assert.deepEqual(sql(`select weekday, starts, ends from hours where location_id = :'location' order by 1, 2`, mine), kept, 'the form as it comes changes nothing, nor does the end of a day');
});

test('bad hours are said beside their field, and the week comes back as it was sent', async () => {
  const path = `/practice/hours/${mine.location}`;
  const before = digest(mine, other);
  for (const [form, field, words] of [
    [{ d1_1_from: '09:00', d1_1_to: '9' }, 'd1_1_to', 'Monday: enter times such as 9:00 am or 17:30'],
    [{ d2_1_from: '25:00', d2_1_to: '26:00' }, 'd2_1_from', 'Tuesday'],
    [{ d3_1_from: '12:00', d3_1_to: '09:00' }, 'd3_1_to', 'Wednesday: a period must end after it starts'],
    [{ d4_1_from: '09:00', d4_1_to: '09:00' }, 'd4_1_to', 'Thursday: a period must end'],
    [{ d5_1_from: '09:00' }, 'd5_1_to', 'Friday: enter both times'],
    [{ d6_2_to: '09:00' }, 'd6_2_from', 'Saturday: enter both times'],
    [{ d7_1_from: '09:00', d7_1_to: '12:00', d7_2_from: '11:00', d7_2_to: '13:00' }, 'd7_2_from', 'Sunday: a period cannot start before'],
    [{ zone: 'Mars/Olympus' }, 'zone', 'Choose a time zone from the list'],
    [{ zone: 'posix/America/Chicago' }, 'zone', 'Choose a time zone from the list'],
    [{ zone: '' }, 'zone', 'Choose a time zone'],
    [{ zone: "x'; drop table hours; --" }, 'zone', 'Choose a time zone from the list'],
  ]) {
    const answer = await browser.post(path, { zone: 'America/Chicago', ...form });
    assert.equal(answer.status, 422, JSON.stringify(form));
    const said = errors(answer);
    assert.equal(said[0]?.[0], field, JSON.stringify(form));
    assert.ok(said[0][1].startsWith(words), said[0][1]);
    for (const [name, typed] of Object.entries(form)) if (name !== 'zone') assert.match(answer.text, new RegExp(`name="${name}"[^>]*value="${typed}"`), name);
    if (!form.zone && form.zone !== '') {
      const details = answer.text.split('<fieldset').find((part) => part.includes(`id="${field}"`));
      if (/_[23]_/.test(field)) assert.match(details, /<details open>/, 'what is wrong is not folded away');
    }
  }
  assert.equal(digest(mine, other), before, 'the week is never half changed');

  const wrong = { d1_1_from: '9', d6_1_from: '9', d7_1_from: '9' };
  for (const [country, order] of [['US', 'd7 d1 d6 zone'], ['DE', 'd1 d6 d7 zone'], ['EG', 'd6 d7 d1 zone']]) {
    sql(`update location set country = :'country' where id = :'location'`, { ...mine, country });
    assert.equal(errors(await browser.post(path, wrong)).map(([field]) => field.split('_')[0]).join(' '), order, `${country}: as the page lists the days`);
  }
  sql(`update location set country = 'US' where id = :'location'`, mine);
});

test('a form takes its own fields: badges, checks, names of columns and of other forms sent along change nothing', async () => {
  const t = makeTherapist('Max Masser'), b = await signedIn(t.email);
  const foreign = { therapist: other.slug, therapist_id: other.id, account_id: other.account, account: other.account, id: other.id, location_id: other.location, role: 'operator', state: 'confirmed', slug: 'planted', email: 'planted@example.org',
    published: 'false', suspended_at: '2020-01-01', retired_at: '2020-01-01', rank: '1', merit: '9999', rating: '5', price_from: '1', currency: 'EUR', created_at: '2020-01-01',
    checked: 'true', checked_on: '2026-01-01', checked_until: '2099-01-01', checked_where: 'planted', checked_by: 'planted', result: 'register', result_note: 'planted', register_id: '14',
    proof: ['checked', 'back_pain_training'], specialism: 'low-back-course', credential: 'state_license', booking: 'instant', language: 'en', complaint: 'low-back', headline: 'planted', about: 'planted', price: '1', number: 'planted' };
  // all but what this one's own page asks
  const post = (path, own) => b.post(path, { ...Object.fromEntries(Object.entries(foreign).filter(([name]) => !(name in own))), ...own });
  const was = digest(other);
  const rows = () => JSON.parse(value(`select json_build_object(
    'person', (select to_jsonb(t) - array['headline', 'about', 'changed_at'] from therapist t where t.id = :'id'), 'account', (select to_jsonb(a) from account a where a.id = :'account'),
    'place', (select jsonb_agg(l order by l.id) from location l where l.therapist_id = :'id'), 'credentials', (select jsonb_agg(c order by c.id) from credential c where c.therapist_id = :'id'),
    'other', (select to_jsonb(s) from service s where s.therapist_id = :'id' and s.id <> :'service'))`, t));
  const tags = () => sql(`select distinct kind || ' ' || slug from therapist_tag join tag on tag.id = tag_id where therapist_id = :'id' order by 1`, t).map(([x]) => x);
  const before = rows();
  assert.equal((await post('/practice/profile/about', { headline: 'Mine', about: 'Mine.', profession: before.person.profession, pronouns: before.person.pronouns })).status, 303);
  assert.equal((await post('/practice/profile/techniques', { technique: 'swedish' })).status, 303);
  assert.deepEqual(tags(), ['technique swedish'], 'nobody gives themselves a badge, nor ticks what stands on another page');
  assert.equal((await post(`/practice/services/${t.service}`, { name: 'One hour', about: '', technique: 'swedish', minutes: '60', price: '81' })).status, 303);
  assert.deepEqual(rows(), before);
  assert.deepEqual(sql(`select therapist_id, price, currency, retired_at from service where id = :'service'`, t)[0], [t.id, '8100', 'USD', '']);
  assert.equal((await post('/practice/credentials/new', { kind: 'ce_course', title: 'A course', issuer: 'School', register: '', specialism: '', hours: '', number: '', issued_on: '', valid_until: '' })).status, 303);
  assert.deepEqual(sql(`select therapist_id, result, checked_on, checked_until, checked_where, checked_by, result_note, register_id from credential where therapist_id = :'id' and issuer = 'School'`, t), [[t.id, '', '', '', '', '', '', '']]);
  assert.deepEqual([digest(other), sql(`select role, email from account where id = :'account'`, t)[0]], [was, ['therapist', t.email]]);
});

test("nothing of a colleague's is found, nor changed", async () => {
  const visit = await booked(other);
  const waiting = await held(other);
  const before = digest(other);
  const service = { name: 'Mine now', minutes: '60', price: '1' };
  for (const [method, path, form] of [
    ['GET', `/practice/bookings/${visit.id}`],
    ['POST', `/practice/bookings/${visit.id}`, { state: 'cancelled' }],
    ['POST', `/practice/bookings/${visit.id}`, { state: 'attended' }],
    ['POST', `/practice/bookings/${waiting.id}`, { state: 'cancelled' }],
    ['GET', `/practice/services/${other.service}`],
    ['POST', `/practice/services/${other.service}`, service],
    ['POST', `/practice/services/${other.service}/retire`, {}],
    ['GET', `/practice/hours/${other.location}`],
    ['POST', `/practice/hours/${other.location}`, { zone: 'America/Chicago' }],
    ['GET', `/operator/credentials/${other.credential}`],
    ['GET', `/operator/credentials/${mine.credential}`],
    ['POST', `/operator/credentials/${mine.credential}`, { where: 'myself', on: '2026-01-01', until: '2027-01-01' }],
  ]) {
    const answer = method === 'GET' ? await browser.get(path) : await browser.post(path, form, { from: '/practice' });
    assert.equal(answer.status, 404, `${method} ${path}`);
  }
  assert.equal(digest(other), before);
  assert.equal(value(`select checked_on is null from credential where id = :'credential'`, mine), 't');
});

test('a visit is marked once it has begun, once', async () => {
  const visit = await booked(mine);
  const path = `/practice/bookings/${visit.id}`;
  const page = await browser.get(path);
  assert.ok(!page.text.includes('Mark as came') && page.text.includes('Cancel this appointment'));
  for (const state of ['attended', 'no_show']) {
    const early = await browser.post(path, { state }, { from: path });
    assert.equal(early.status, 409, state);
    assert.match(unescape(early.text), /once it has begun/);
  }
  for (const state of ['held', 'requested', 'expired', '', "x'", ['attended', 'no_show']]) assert.equal((await browser.post(path, { state }, { from: path })).status, 422, String(state));
  assert.equal(value(`select state from booking where id = :'id'`, visit), 'confirmed');
  begin(visit);
  const late = await browser.get(path);
  assert.ok(late.text.includes('Mark as came') && !late.text.includes('Cancel this appointment'));
  assert.equal((await browser.post(path, { state: 'cancelled' }, { from: path })).status, 409, 'too late to cancel');
  const marked = await browser.post(path, { state: 'attended' }, { from: path });
  assert.equal(marked.status, 303);
  assert.match((await browser.get(marked.headers.location)).text, /Marked as came/);
  assert.equal(value(`select state from booking where id = :'id'`, visit), 'attended');
  assert.equal((await browser.post(path, { state: 'attended' }, { from: path })).status, 303, 'the same again is no fault');
  for (const state of ['no_show', 'cancelled']) assert.equal((await browser.post(path, { state }, { from: path })).status, 409, state);
  assert.equal(value(`select state from booking where id = :'id'`, visit), 'attended');
  assert.equal(value(`select count(*) from audit where object = :'id' and action = 'booking.attended' and account_id = :'account'`, { ...visit, account: mine.account }), '1');
});

test('a cancelled visit gives its time back, and the client a mail', async () => {
  const start = free(mine);
  const visit = await held(mine, 'booked');
  const at = value(`select to_char(starts_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') from booking where id = :'id'`, visit);
  assert.ok(!(await starts()).includes(at));
  const answer = await browser.post(`/practice/bookings/${visit.id}`, { state: 'cancelled' }, { from: '/practice' });
  assert.equal(answer.status, 303);
  assert.match(unescape((await browser.get(answer.headers.location)).text), /Canceled\. A mail to the client/);
  assert.ok((await starts()).includes(at), 'free again');
  assert.equal(value(`select count(*) from outbox where kind = 'booking-cancelled' and data -> 'booking' ->> 'id' = :'id'`, visit), '1');
  assert.equal((await browser.post(`/practice/bookings/${visit.id}`, { state: 'cancelled' }, { from: '/practice' })).status, 303, 'once more is the same');
  assert.equal(value(`select count(*) from outbox where data -> 'booking' ->> 'id' = :'id' and kind = 'booking-cancelled'`, visit), '1', 'and no second mail');
  const again = await hold(mine, at);
  assert.equal(again.state, 'held');
  assert.ok(start);
});

test('a hold is the guest’s alone: the therapist neither sees nor ends it', async () => {
  const waiting = await held(mine);
  assert.equal((await browser.get(`/practice/bookings/${waiting.id}`)).status, 404);
  const answer = await browser.post(`/practice/bookings/${waiting.id}`, { state: 'cancelled' }, { from: '/practice' });
  assert.equal(answer.status, 404);
  assert.equal(value(`select state from booking where id = :'id'`, waiting), 'held');
});

test('the week has each visit under its own day and hour, in the zone of the place', async () => {
  const visit = await booked(mine);
  const [day, hour, week] = sql(`select to_char(starts_at at time zone zone, 'FMDay, FMMonth FMDD'), to_char(starts_at at time zone zone, 'FMHH12:MI am'),
    (starts_at at time zone zone)::date from booking where id = :'id'`, visit)[0];
  const page = await browser.get(`/practice?week=${week}`);
  const [agenda] = page.text.match(new RegExp(`<h3>${day}[^]*?</ul>`)) ?? [];
  assert.ok(agenda?.includes(`/practice/bookings/${visit.id}`), day);
  assert.ok(agenda.includes(`${hour} Carla Client`));
  const row = page.text.split('<tr>').find((r) => r.includes(`<th scope="row">${hour.replace(':00', '')}</th>`));
  assert.ok(row?.includes(`/practice/bookings/${visit.id}`), hour);
  const doc = (await browser.json(`/practice?week=${week}`)).json();
  assert.ok(doc.week.days.some((d) => d.visits.some((v) => v.id === visit.id)));
  for (const [query, status] of [['2026-02-30', 400], ['x', 400], ['0001-01-01', 400], ['1900-01-01', 200], ['9999-12-31', 400], ['2099-12-31', 200], ['', 200]]) assert.equal((await browser.get(`/practice?week=${query}`)).status, status, query);
});

test('a therapist with nothing yet sees what to do', async () => {
  const fresh = makeTherapist('Nora New');
  sql(`delete from hours where location_id = :'location'; delete from location where id = :'location';
       update service set retired_at = now() where therapist_id = :'id'; update therapist set published = false where id = :'id'`, fresh);
  const own = await signedIn(fresh.email);
  for (const [path, words] of [['/practice', 'not published yet'], ['/practice/services', 'You have no services yet'], ['/practice/hours', 'add a place'], ['/practice/services/new', 'Price in USD']])
    assert.ok(unescape((await own.get(path)).text).includes(words), path);
  assert.match((await own.get('/practice/profile')).text, /Not published/);
  assert.equal((await new Browser().get(`/therapists/${fresh.slug}`)).status, 404);
  assert.equal((await own.post('/practice/services/new', { name: 'First', minutes: '60', price: '0', technique: 'swedish' })).status, 303);
  assert.equal(value(`select currency from service where therapist_id = :'id' and retired_at is null`, fresh), 'USD');
});

test('programs get documents: the same addresses as JSON', async () => {
  const own = await signedIn(mine.email);
  const cookie = own.headers().cookie;
  const put = (path, json) => send('POST', path, { json, headers: { cookie, accept: 'application/json', origin } });
  const saved = await put('/practice/profile/about', { headline: 'By JSON', about: '' });
  assert.equal(saved.status, 200, saved.text);
  assert.equal(saved.json().headline, 'By JSON');
  const bad = await put(`/practice/services/${mine.service}`, { name: '', minutes: 5, price: 'x', technique: ['swedish'] });
  assert.equal(bad.status, 422);
  assert.match(bad.headers['content-type'], /^application\/problem\+json/);
  assert.deepEqual(bad.json().errors.map((e) => e.field), ['name', 'minutes', 'price']);
  const visit = await booked(mine);
  begin(visit);
  const marked = await put(`/practice/bookings/${visit.id}`, { state: 'no_show' });
  assert.equal(marked.status, 200, marked.text);
  assert.equal(marked.json().booking.state, 'no_show');
  assert.ok(!/"(sealed|token\w*)":/.test(marked.text));
});

test('what the safety check asks of a visit is on its page in words, and the page says so when it cannot be read', async () => {
  const waiting = await hold(mine);
  const step = (path, json) => send('POST', `/bookings/${waiting.id}/${path}`, { headers: bearer(waiting), json });
  assert.equal((await step('safety', { ...healthy, RF11: 'yes' })).json().outcome, 'MODIFY');
  await step('details', { name: 'Carla Client', email: 'carla@example.org' });
  assert.equal((await step('confirm', {})).status, 200);
  const path = `/practice/bookings/${waiting.id}`;
  const page = unescape((await browser.get(path)).text);
  assert.match(page, /Read before the visit/);
  const [, leftOut] = page.match(/Leave out<\/dt><dd>((?:<span class="list">[^<]+<\/span>)+)<\/dd>/);
  assert.match(leftOut, /cupping/i);
  assert.match(leftOut, /gua sha|instrument/i);
  const week = value(`select (starts_at at time zone zone)::date from booking where id = :'id'`, waiting);
  assert.match((await browser.get(`/practice?week=${week}`)).text, /Read health notes/);
  assert.ok(!JSON.stringify((await browser.json(path)).json()).includes('"sealed":'));
  sql(`begin; set local session_replication_role = replica; update safety_check set sealed = overlay(sealed placing 'AAAA' from 40) where booking_id = :'id'; commit`, waiting);
  const lost = await browser.get(path);
  assert.equal(lost.status, 200);
  assert.match(lost.text, /The health notes cannot be opened/);
  assert.ok(lost.text.includes('Carla Client') && !lost.text.includes('Safety check passed'));

  // and the client reads the truth: not that nothing was answered
  const guest = new Browser();
  guest.cookies.set(`booking_${waiting.id}`, waiting.token);
  for (const end of ['answers/all', 'answers/fhir.json']) {
    const all = await guest.get(`/bookings/${waiting.id}/${end}`);
    assert.equal(all.status, 410, end);
    assert.match(all.text, /<h1>Your answers cannot be opened<\/h1>/);
  }
  const goes = await guest.get(`/bookings/${waiting.id}/progress`);
  assert.match(goes.text, /Some answers cannot be read at the moment/);
  assert.doesNotMatch(goes.text, /nothing to show/);
  const client = value(`select client_id from booking where id = :'id'`, waiting);
  const known = await browser.get(`/practice/clients/${client}/record`);
  assert.equal(known.status, 200);
  assert.match(known.text, /Some answers cannot be read at the moment/);
  assert.doesNotMatch(known.text, /nothing was answered/);
});
