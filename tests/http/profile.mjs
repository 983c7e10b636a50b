// A therapist makes their page: step by step to being found, places, text, and every change undone.
import test from 'node:test';
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { deflateSync } from 'node:zlib';
import { makeOperator, makeTherapist, origin, send, signedIn, sql, tokenOf, unescape, value } from './lib.mjs';

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

test('who has no place yet is led to one from each page, and no link of theirs leads nowhere', async () => {
  const nell = await newcomer('Nell Placeless');
  const page = async (path) => {
    const answer = await nell.browser.get(path);
    assert.equal(answer.status, 200, path);
    return unescape(answer.text.match(/<main[^]*<\/main>/)[0]);
  };
  const seen = new Set(['/practice']);
  for (const path of seen)
    for (const [, to] of (await page(path)).matchAll(/href="(\/practice[^"?#]*)/g)) if (!to.endsWith('.csv') && !/\/day$/.test(to)) seen.add(to);
  assert.ok(seen.size > 30, [...seen].join(' '));
  for (const path of ['/practice/hours', '/practice/holidays', '/practice/plans', '/practice/blocks/new'])
    assert.match(await page(path), /<a href="\/practice\/places\/new">add a place</, path);
  for (const path of ['/practice/why', '/practice/bookings/new']) assert.match(await page(path), /This takes a place and a service[^<]*<a href="\/practice\/start">/, path);
  for (const path of ['/practice/plans', '/practice/holidays', '/practice/blocks/new', '/practice/bookings/new']) assert.doesNotMatch(await page(path), /<button/, `${path}: nothing to send`);
  for (const path of ['/practice', '/practice/day']) assert.doesNotMatch(await page(path), /UTC/, `${path}: no zone that is nobody's`);
  assert.match(await page('/practice/preview'), /<h2 id="place">Place and access<\/h2>\s*<p class="muted">Not stated\.</, 'no heading over nothing');
  const handed = { kind: 'association_membership', issuer: 'Guild', number: 'G 1' };
  assert.equal((await nell.browser.post('/practice/credentials/new', handed)).headers.location, '/practice/start?saved=1', 'on to what is missing next');
});

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
  assert.match(unescape((await nora.browser.get('/practice/start')).text), /The law there wants a license: people find you, but cannot book until/, 'what a page in that state cannot do yet');
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
  assert.match((await wrong({ street: '1 Way', town: 'Springfield' }))[1], /^There are several: Springfield, .*\. Enter the state too/);
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
  const versions = async () => (await browser.json('/practice/versions')).json().versions.map((v) => ({ ...v, changes: v.changes.map(({ label, before, after }) => ({ label, before, after })) }));
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

// --- Photos

// A PNG of one colour for each half, with a text that a camera might write.
function picture(width, height, above = [200, 20, 20]) {
  const table = Array.from({ length: 256 }, (_, n) => Array.from({ length: 8 }).reduce((c) => (c & 1 ? (c >>> 1) ^ 0xedb88320 : c >>> 1), n));
  const crc = (bytes) => ~bytes.reduce((c, byte) => table[(c ^ byte) & 255] ^ (c >>> 8), ~0) >>> 0;
  const number = (n) => Buffer.from([n >>> 24, n >>> 16, n >>> 8, n].map((x) => x & 255));
  const piece = (name, data) => {
    const named = Buffer.concat([Buffer.from(name), data]);
    return Buffer.concat([number(data.length), named, number(crc(named))]);
  };
  const row = (colour) => Buffer.concat([Buffer.from([0]), Buffer.concat(Array.from({ length: width }, () => Buffer.from(colour)))]);
  const rows = [row(above), row([20, 20, 200])];
  return Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), piece('IHDR', Buffer.concat([number(width), number(height), Buffer.from([8, 2, 0, 0, 0])])),
    piece('tEXt', Buffer.from('GPS\0 45.1 N, Ann Example')), piece('IDAT', deflateSync(Buffer.concat(Array.from({ length: height }, (_, y) => rows[y < height / 2 ? 0 : 1])))), piece('IEND', Buffer.alloc(0))]);
}
async function upload(browser, file, fields = {}) {
  const boundary = 'x'.repeat(20), csrf = tokenOf((await browser.get('/practice/photo')).text);
  const parts = Object.entries({ csrf, key: randomUUID(), ...fields }).map(([n, v]) => Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; name="${n}"\r\n\r\n${v}\r\n`));
  if (file) parts.push(Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; name="photo"; filename="../../me.svg"\r\nContent-Type: image/svg+xml\r\n\r\n`), file, Buffer.from('\r\n'));
  return browser.send('POST', '/practice/photo', { body: Buffer.concat([...parts, Buffer.from(`--${boundary}--\r\n`)]), type: `multipart/form-data; boundary=${boundary}` });
}
const bytes = async (path) => Buffer.from(await (await fetch(origin + path)).arrayBuffer());

test('a photo: drawn anew in three sizes and two formats, cut, put back, taken away; shown while the page is', async () => {
  const faye = makeTherapist('Faye Photo');
  const browser = await signedIn(faye.email);
  const shown = async () => (await browser.json('/practice/photo')).json().photo;
  assert.equal((await upload(browser, picture(300, 200))).headers.location, '/practice/photo?saved=1');
  const first = await shown();
  for (const size of [96, 240, 480]) {
    const webp = await bytes(`/photos/${first}-${size}.webp`), jpg = await bytes(`/photos/${first}-${size}.jpg`);
    assert.deepEqual([webp.toString('latin1', 8, 16), webp.readUInt16LE(26), webp.readUInt16LE(28)], ['WEBPVP8 ', size, size]);
    const frame = jpg.indexOf(Buffer.from([0xff, 0xc0]));
    assert.deepEqual([jpg.readUInt16BE(frame + 5), jpg.readUInt16BE(frame + 7)], [size, size]);
    for (const file of [webp, jpg]) assert.ok(!file.includes('GPS') && !file.includes('Ann') && !file.includes('Exif'), 'what the camera wrote is gone');
  }
  const answer = await send('GET', `/photos/${first}-96.webp`);
  assert.deepEqual([answer.status, answer.headers['content-type'], answer.headers['cache-control'], answer.headers['x-content-type-options']], [200, 'image/webp', 'public, max-age=31536000, immutable', 'nosniff']);
  assert.equal((await send('GET', `/photos/${first}-96.webp`, { headers: { 'if-none-match': answer.headers.etag } })).status, 304);
  for (const other of ['0.jpg', '96.png', '97.jpg', '96.jpg.webp', '96']) assert.equal((await send('GET', `/photos/${first}-${other}`)).status, 404, other);

  const page = (await send('GET', `/therapists/${faye.slug}`)).text;
  assert.ok(page.includes(`property="og:image" content="${origin}/photos/${first}-480.jpg"`) && page.includes(`"image":"${origin}/photos/${first}-480.jpg"`));
  assert.match(page, new RegExp(`<picture><source type="image/webp" srcset="/photos/${first}-240.webp, /photos/${first}-480.webp 2x"><img class="ava big" src="/photos/${first}-240.jpg" width="120" height="120" alt="Photo of Faye Photo">`));
  const card = (await send('GET', '/therapists?q=Faye+Photo')).text;
  assert.match(card, new RegExp(`<img class="ava" src="/photos/${first}-96.jpg" width="64" height="64" alt="" loading="lazy">`));

  // another part of the same, and back
  assert.equal((await browser.post('/practice/photo/part', { across: 'left', down: 'top', side: 'close' }, { from: '/practice/photo' })).status, 303);
  const second = await shown();
  assert.notEqual(second, first);
  assert.equal((await send('GET', `/photos/${first}-96.jpg`)).status, 404, 'what is shown no more nobody gets');
  const own = await browser.get(`/photos/${first}-96.jpg`);
  assert.deepEqual([own.status, own.headers['cache-control']], [200, 'no-store'], 'but its owner');
  const change = (await browser.json('/practice/versions')).json().versions[0];
  assert.deepEqual([change.changes[0].label, change.changes[0].photo_before, change.changes[0].photo_after], ['Photo', first, second]);
  await browser.post(`/practice/versions/${change.id}/undo`, {}, { from: '/practice/versions' });
  assert.equal(await shown(), first);

  sql(`update therapist set published = false where id = :'id'`, faye);
  assert.equal((await send('GET', `/photos/${first}-96.jpg`)).status, 404, 'of a page that is not published');
  assert.equal((await browser.get(`/photos/${first}-96.jpg`)).status, 200);
  sql(`update therapist set published = true where id = :'id'`, faye);
  assert.equal((await send('GET', `/photos/${first}-96.jpg`)).status, 200, 'control');

  await browser.post('/practice/photo/remove', {}, { from: '/practice/photo' });
  assert.equal(await shown(), null);
  assert.equal((await send('GET', `/photos/${first}-96.jpg`)).status, 404);
  assert.ok(!(await send('GET', `/therapists/${faye.slug}`)).text.includes('/photos/'));
  await browser.post('/practice/photo/remove', { which: 'old' }, { from: '/practice/photo' });
  assert.equal(value(`select count(*) from photo where therapist_id = :'id'`, faye), '0', 'deleted for good');
  assert.equal((await browser.json('/practice/versions')).json().versions[0].stays, 'That photo is not kept any more');
});

test('what is no photo is said, and nothing is kept of it', async () => {
  const faye = makeTherapist('Faye Wrong');
  const browser = await signedIn(faye.email);
  const good = picture(300, 200);
  const rows = [[null, /^Choose a photo$/], [Buffer.from('<svg onload=alert(1)>'), /not a JPEG or PNG/], [Buffer.from('GIF89a'), /not a JPEG or PNG/], [picture(159, 300), /too small/],
    [good.subarray(0, good.length / 2), /could not be read/], [Buffer.concat([good.subarray(0, 16), Buffer.from([0, 0, 0x75, 0x30]), good.subarray(20)]), /could not be read|too large/]];
  for (const [file, words] of rows) {
    const answer = await upload(browser, file);
    assert.equal(answer.status, 422, String(words));
    assert.match(errors(answer)[0].join(': '), new RegExp(`photo: .*${words.source.replace('^', '')}`));
  }
  assert.equal(value(`select count(*) from photo where therapist_id = :'id'`, faye), '0');
  assert.equal((await upload(browser, Buffer.concat([good, Buffer.from('<script>alert(1)</script>PK\x03\x04')]))).status, 303, 'what hangs on a picture');
  const { photo } = (await browser.json('/practice/photo')).json();
  for (const file of ['96.jpg', '480.webp']) assert.ok(!(await bytes(`/photos/${photo}-${file}`)).includes('script'), 'is gone');
});

test('an operator takes a photo down: at once, with the reason, and it does not come back', async () => {
  const faye = makeTherapist('Faye Down');
  const browser = await signedIn(faye.email);
  const operator = await signedIn(makeOperator().email);
  await upload(browser, picture(300, 300, [1, 200, 3]));
  const { photo } = (await browser.json('/practice/photo')).json();
  assert.ok((await operator.get('/operator/photos')).text.includes(photo));
  const remove = (why) => operator.post(`/operator/photos/${photo}/remove`, { why }, { from: '/operator/photos' });
  const without = await remove('');
  assert.equal(without.status, 422);
  assert.match(unescape(without.text), /Say why: its owner reads it/);
  assert.equal((await send('GET', `/photos/${photo}-96.jpg`)).status, 200);
  assert.equal((await remove('It shows <b>somebody</b> else')).status, 303);
  for (const who of [null, browser, operator]) assert.equal((await (who ? who.get(`/photos/${photo}-96.jpg`) : send('GET', `/photos/${photo}-96.jpg`))).status, 404);
  const told = (await browser.get('/practice/photo')).text;
  assert.ok(told.includes('It shows &lt;b&gt;somebody&lt;/b&gt; else'));
  assert.equal(errors(await upload(browser, picture(300, 300, [1, 200, 3])))[0][1], 'This photo was taken down. Choose another one');
  assert.equal(value(`select detail ->> 'why' from audit where action = 'photo.taken-down' and object = :'id'`, faye), 'It shows <b>somebody</b> else');
  assert.equal(value('select count(*) from photo_file where photo = :\'photo\'', { photo }), '0');
});

test('what was kept long enough is forgotten', async () => {
  const faye = makeTherapist('Faye Gone');
  sql(`insert into photo (name, therapist_id, dropped_at) select left(md5(n::text || :'slug'), 24), :'id', now() - n * interval '1 day' from unnest(array[29, 31]) n;
       insert into profile_version (therapist_id, at, before, after) select :'id', now() - n * interval '1 day', '{}', '{}' from unnest(array[729, 732]) n`, faye);
  sql(`select profile_sweep()`);
  assert.equal(value(`select count(*) from photo where therapist_id = :'id'`, faye), '1');
  assert.equal(value(`select count(*) from profile_version where therapist_id = :'id'`, faye), '1');
  sql(`update account set closes_at = now() - interval '1 minute', disabled_at = now() where id = :'account'; select account_erase()`, faye);
  assert.equal(value(`select (select count(*) from photo where therapist_id = :'id') + (select count(*) from profile_version where therapist_id = :'id')`, faye), '0', 'with who leaves all of it');
});
