// A therapist makes their page: step by step to being found, places, text, and every change undone.
import test from 'node:test';
import assert from 'node:assert/strict';
import { makeTherapist, send, signedIn, sql, unescape, value } from './lib.mjs';

const api = async (path) => (await send('GET', path, { headers: { accept: 'application/json' } }));
const errors = (answer) => [...unescape(answer.text).matchAll(/<li><a href="#(\w+)">([^<]+)<\/a><\/li>/g)].map(([, field, words]) => [field, words]);

// Somebody whose account is new: nothing but a name.
async function newcomer(name) {
  const t = makeTherapist(name);
  sql(`delete from credential where therapist_id = :'id'; delete from service where therapist_id = :'id'; delete from location where therapist_id = :'id';
       update therapist set published = false, headline = '' where id = :'id'`, t);
  const browser = await signedIn(t.email);
  const save = async (path, form, from = path) => {
    const answer = await browser.post(path, form, { from });
    assert.equal(answer.status, 303, `${path}: ${errors(answer)}`);
    return answer.headers.location;
  };
  return { ...t, browser, save, start: async () => (await browser.json('/practice/start')).json() };
}
const about = { headline: 'Calm hands', about: 'I work slowly.' };
const visit = { name: 'One hour', minutes: '60', price: '80', technique: 'swedish' };
const allWeek = { zone: 'America/Denver', ...Object.fromEntries([1, 2, 3, 4, 5, 6, 7].flatMap((d) => [[`d${d}_1_from`, '00:00'], [`d${d}_1_to`, '24:00']])) };
const hand = (t) => sql(`insert into credential (therapist_id, kind, title, issuer) values (:'id', 'state_license', 'Licence', 'Board')`, t);

test('step by step to being found; before that, and after taking it back, found nowhere', async () => {
  const nora = await newcomer('Nora Fjellquist');
  const missing = async () => (await nora.start()).missing.map((one) => one.text);
  assert.equal((await missing()).length, 7);
  const refused = await nora.browser.post('/practice/publish', { publish: 'on' }, { from: '/practice/start' });
  assert.equal(refused.status, 422);
  assert.equal(errors(refused)[0][0], 'publish');
  const list = unescape(refused.text).split('id="publish"')[1];
  for (const one of (await nora.start()).missing) {
    assert.ok(list.includes(`<a href="${one.href}">${one.text}</a>`), one.text);
    assert.equal((await nora.browser.get(one.href.split('#')[0])).status, 200, `${one.text}: its link`);
    const id = one.href.split('#')[1];
    if (id) assert.ok((await nora.browser.get(one.href.split('#')[0])).text.includes(`id="${id}"`), `${one.text}: ${id} is on the page`);
  }
  assert.equal(await nora.save('/practice/profile/about', about), '/practice/start?saved=1', 'on to what is missing next');
  assert.equal(await nora.save('/practice/places/new', { street: '5 Rim Way', town: 'Billings, MT' }), '/practice/start?saved=1');
  const place = value(`select id from location where therapist_id = :'id'`, nora);
  assert.equal(await nora.save(`/practice/hours/${place}`, allWeek), '/practice/start?saved=1');
  assert.equal(await nora.save('/practice/services/new', visit), '/practice/start?saved=1');
  assert.deepEqual(await missing(), ['A credential to be checked'], 'techniques came with the service');
  hand(nora);
  assert.deepEqual((await nora.start()).steps.map((step) => step.done), [true, true, true, true, true]);

  const address = `/therapists/${nora.slug}`;
  const near = `/therapists?near=${encodeURIComponent('Billings, MT')}`;
  const anywhere = {
    [address]: (a) => a.status === 200,
    [near]: (a) => a.text.includes(nora.slug),
    '/therapists?q=Nora+Fjellquist': (a) => a.text.includes(nora.slug),
    [`${address}/book`]: (a) => a.status === 200,
    [`${address}/slots`]: (a) => a.status === 200,
    [`${address}/reviews`]: (a) => a.status === 200,
    [`${address}/share`]: (a) => a.status === 200,
    [`${address}/waiting`]: (a) => a.status === 200,
    [`/compare?t=${nora.slug}`]: (a) => a.text.includes('Fjellquist'),
    [`/sitemap/${Math.floor(nora.id / 10000)}.xml`]: (a) => a.text.includes(nora.slug),
  };
  const found = async () => {
    const shown = [];
    for (const [path, shows] of Object.entries(anywhere)) if (shows(await send('GET', path))) shown.push(path);
    return shown;
  };
  assert.deepEqual(await found(), []);
  const preview = unescape((await nora.browser.get('/practice/preview')).text);
  assert.ok(preview.includes('Calm hands') && preview.includes('I work slowly.'), 'only its owner sees how it will look');
  assert.equal(await nora.save('/practice/publish', { publish: 'on' }, '/practice/start'), '/practice/start?saved=1');
  const shown = await found();
  for (const path of [address, near, '/therapists?q=Nora+Fjellquist', `${address}/book`, `/compare?t=${nora.slug}`]) assert.ok(shown.includes(path), `${path} is found: ${shown}`);
  assert.equal(await nora.save('/practice/publish', { publish: 'off' }, '/practice/start'), '/practice/start?saved=1');
  assert.deepEqual(await found(), []);
  assert.deepEqual(sql(`select action from audit where object = :'id' and action like 'profile.%' order by at`, nora).map(([a]) => a).filter((a) => a !== 'profile.changed'), ['profile.published', 'profile.withdrawn']);
});

test('a place: what the gazetteer knows, what it does not, a position, and taking one out', async () => {
  const pia = await newcomer('Pia Placer');
  const wrong = async (form) => errors(await pia.browser.post('/practice/places/new', form))[0];
  assert.deepEqual(await wrong({ town: 'Billings, MT' }), ['street', 'Enter the street and number']);
  assert.match((await wrong({ street: '1 Way', town: 'Zzyzzx Nowhere' }))[1], /^We know no such town/);
  assert.match((await wrong({ street: '1 Way', town: 'Springfield' }))[1], /^There are several: Springfield, /);
  assert.match((await wrong({ street: '1 Way', town: 'Billings, MT', position: 'north' }))[1], /two numbers/);
  assert.deepEqual((await wrong({ street: '1 Way', town: 'Billings, MT', position: '45.5, -122.6' }))[0], 'position');
  assert.match((await wrong({ street: '1 Way', town: 'Billings, MT', zone: 'Mars/Olympus' }))[1], /time zone/);
  await pia.save('/practice/places/new', { street: '1 Way', town: '97201' });
  await pia.save('/practice/places/new', { street: '2 Way', town: 'Billings, MT', position: '45.7833, -108.5007', name: 'Rims' });
  await pia.save('/practice/places/new', { street: '3 Way', town: 'Isla Perdida', position: '-20.5, -60.25', zone: 'America/Asuncion' });
  const rows = sql(`select id, town, region, postcode, zone, round(lat::numeric, 2), round(lon::numeric, 2) from location where therapist_id = :'id' order by id`, pia);
  assert.deepEqual(rows.map((row) => row.slice(1, 5)), [['Portland', 'OR', '97201', 'America/Los_Angeles'], ['Billings', 'MT', '', 'America/Denver'], ['Isla Perdida', '', '', 'America/Asuncion']]);
  assert.deepEqual(rows[1].slice(5), ['45.78', '-108.50']);
  const [first, second] = rows.map(([id]) => id);
  await pia.save(`/practice/places/${second}`, { street: '22 Way', town: 'Billings, MT', name: 'Rims', zone: 'America/Denver' });
  assert.deepEqual(sql(`select street, round(lat::numeric, 2) from location where id = :'id'`, { id: second })[0], ['22 Way', '45.78'], 'the position stays with another street');
  await pia.save(`/practice/places/${first}/address/remove`, {}, `/practice/places/${first}`);
  assert.equal(value(`select count(*) from location where therapist_id = :'id'`, pia), '2');

  const stays = await pia.browser.post(`/practice/places/${second}/address/remove`, {}, { from: `/practice/places/${second}` });
  assert.equal(stays.status, 303, 'of an unpublished page any may go');
});

test('of a published page the only place with hours stays, and one with visits too', async () => {
  const t = makeTherapist('Polly Stays');
  const browser = await signedIn(t.email);
  const remove = (id) => browser.post(`/practice/places/${id}/address/remove`, {}, { from: `/practice/places/${id}` });
  const only = await remove(t.location);
  assert.equal(only.status, 422);
  assert.match(unescape(only.text), /It is the only place with hours/);
  assert.equal(value(`select count(*) from location where id = :'location'`, t), '1');
});

test('text in Markdown: what it may do, the look before it is kept, and what it never does', async () => {
  const mia = makeTherapist('Mia Marked');
  const browser = await signedIn(mia.email);
  const text = '# Hello\n\nI **do** [ask](https://example.org/?a=1&b=2).\nNew line <b onclick="x()">bold</b>\n\n- one\n- two\n\n![p](https://example.org/pixel.gif) [no](javascript:alert(1)) [own](/practice)';
  const html = '<h3>Hello</h3>\n<p>I <strong>do</strong> <a rel="nofollow ugc noopener" href="https://example.org/?a=1&amp;b=2">ask</a>.<br />\nNew line bold</p>\n<ul>\n<li>one</li>\n<li>two</li>\n</ul>\n<p> no own</p>\n';
  const form = { headline: 'Kept while it is looked at', about: text };
  const look = await browser.post('/practice/profile/about/preview', form, { from: '/practice/profile/about' });
  assert.equal(look.status, 200);
  assert.ok(look.text.includes(html) && look.text.includes('value="Kept while it is looked at"'), 'the form again, with the text as it will be read');
  const part = await browser.post('/practice/profile/about/preview', form, { from: '/practice/profile/about', headers: { 'x-fragment': 'preview' } });
  assert.ok(part.text.includes(html) && !part.text.includes('<form') && !part.text.includes('<html'));
  assert.equal(value(`select about from therapist where id = :'id'`, mia), undefined, 'nothing is kept by looking');
  assert.equal((await browser.post('/practice/profile/about', { ...form, pronouns: 'they/them' })).status, 303);
  const page = (await send('GET', `/therapists/${mia.slug}`)).text;
  assert.ok(page.includes(html) && page.includes('they/them'));
  assert.equal((await api(`/therapists/${mia.slug}`)).json().about.replaceAll('\r', ''), text);
  await browser.post('/practice/profile/visits', { new_clients: 'yes', first_visit: 'We *talk*.' });
  assert.ok((await send('GET', `/therapists/${mia.slug}`)).text.includes('<p>We <em>talk</em>.</p>'));
});

test('each change is kept with both sides, and one is undone, which is undone in turn', async () => {
  const vera = makeTherapist('Vera Version');
  const browser = await signedIn(vera.email);
  const save = async (path, form, from = path) => assert.equal((await browser.post(path, form, { from })).status, 303, path);
  const versions = async () => (await browser.json('/practice/versions')).json().versions;
  const undo = async (id) => browser.post(`/practice/versions/${id}/undo`, {}, { from: '/practice/versions' });
  const now = async () => (await api(`/therapists/${vera.slug}`)).json();

  await save('/practice/profile/about', { headline: 'First', about: 'Old text' });
  await save('/practice/profile/about', { headline: 'Second', about: 'Old text', pronouns: 'she/her' });
  await save('/practice/profile/about', { headline: 'Second', about: 'Old text', pronouns: 'she/her' }); // nothing new
  const [second, first] = await versions();
  assert.equal((await versions()).length, 2, 'what changes nothing is no version');
  assert.deepEqual(second.changes, [{ label: 'Headline', before: 'First', after: 'Second' }, { label: 'Pronouns', before: null, after: 'she/her' }]);
  assert.equal(second.by, 'Vera Version');
  assert.deepEqual([second.undoable, first.undoable, first.stays], [true, false, 'Changed again since']);
  const refused = await undo(first.id);
  assert.equal(refused.status, 422);
  assert.match(unescape(refused.text), /Changed again since, so this change cannot be undone/);
  assert.equal((await undo(second.id)).headers.location, '/practice/versions?saved=1');
  assert.deepEqual([(await now()).headline, (await now()).pronouns], ['First', null]);
  const [third] = await versions();
  assert.ok(third.is_undo);
  await undo(third.id);
  assert.deepEqual([(await now()).headline, (await now()).pronouns], ['Second', 'she/her']);

  await save('/practice/profile/techniques', { technique: ['swedish', 'shiatsu'] });
  await save('/practice/profile/techniques', { technique: 'cupping' });
  assert.deepEqual((await versions())[0].changes, [{ label: 'Techniques', before: 'Swedish massage, Shiatsu', after: 'Cupping' }]);
  await undo((await versions())[0].id);
  assert.deepEqual((await now()).techniques.map((t) => t.slug), ['swedish', 'shiatsu']);
  await save(`/practice/places/${vera.location}/access`, { access: ['parking', 'lift'] });
  await save(`/practice/places/${vera.location}/home`, { home: '10' });
  await save(`/practice/places/${vera.location}`, { street: '7 New St', town: 'Springfield, IL' });
  const place = async () => (await now()).locations[0];
  assert.equal((await place()).street, '7 New St');
  const moved = (await versions()).slice(0, 3);
  assert.deepEqual(moved.map((v) => v.changes.length), [1, 1, 1]);
  for (const v of (await versions()).slice(0, 3)) assert.equal((await undo(v.id)).status, 303, v.changes[0].label);
  assert.deepEqual([(await place()).street, (await place()).home_visits, (await place()).kinds.length], ['1 Probe St', null, 0]);

  // what a service consists of is not undone under it
  await save('/practice/services/new', { ...visit, technique: 'thai' });
  sql(`insert into profile_version (therapist_id, account_id, before, after) select :'id', :'account', jsonb_build_object('kind technique', '[]'::jsonb), jsonb_build_object('kind technique', profile_facts(:'id') -> 'kind technique')`, vera);
  const bound = await undo((await versions())[0].id);
  assert.equal(bound.status, 422);
  assert.match(unescape(bound.text), /Thai massage is in your service “One hour”/);
});
