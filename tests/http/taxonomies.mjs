// The tables that an operator looks after: what is changed shows where people look, survives a new version of the program, and is on record.
import test from 'node:test';
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { makeOperator, makeTherapist, origin, send, signedIn, sql, unescape, unknot, until, value } from './lib.mjs';

const therapist = makeTherapist('Tamar Taxonomy');
const checker = makeOperator();
const browser = await signedIn(checker.email);
const mine = await signedIn(therapist.email);
const own = (name) => `${name} ${randomUUID().slice(0, 8)}`;
const errors = (answer) => [...unescape(answer.text).matchAll(/<li><a href="#(\w+)">([^<]+)<\/a><\/li>/g)].map(([, field, words]) => [field, words]);
const found = async (q) => {
  const answer = await send('GET', `/therapists?near=39.8,-89.6&radius_km=5${q}`, { headers: { accept: 'application/json' } });
  assert.ok([200, 400, 422].includes(answer.status), `${q}: ${answer.status}`);
  return answer.json().results?.find((r) => r.slug === therapist.slug);
};
const save = async (path, form, from = path, who = browser) => {
  const answer = await who.post(path, form, { from });
  assert.equal(answer.status, 303, `${path}: ${unescape(answer.text).slice(0, 2000)}`);
  return answer.headers.location;
};
// What the tables say, but for `kind/slug`.
const tables = (but = '') =>
  value(`select md5(string_agg(x, '|' order by x)) from (
    select t::text as x from tag t where kind || '/' || slug <> :'but' union all select k::text from tag_kind k union all select g::text from guidance g union all select e::text from evidence e
    union all select c::text from credential_kind c union all select r::text from register r) y`, { but });

test('a value is added, stated and searched for at once; relabeled, retired and brought back', async () => {
  const label = own('Salt lamp');
  assert.equal(await save('/operator/taxonomies/ambience/new', { label, about: 'A pink <light>.', basis: 'general knowledge', nth: '50', words: `himalaya ${label}` }), '/operator/taxonomies/ambience?saved=1');
  const slug = value(`select slug from tag where label = :'label'`, { label });
  const room = `/practice/places/${therapist.location}/room`;
  const asked = (await mine.get(room)).text;
  assert.ok(asked.includes(label) && asked.includes('A pink &lt;light&gt;.'), 'it is asked for by itself');
  await save(room, { ambience: ['warm_room', slug] }, room, mine);
  assert.ok(await found(`&ambience=${slug}`), 'and searched for at once');
  const at = `/operator/taxonomies/ambience/${slug}`;
  assert.ok((await browser.get(at)).text.includes(`value="${label}"`));
  await save(`${at}/offer`, { offer: 'no' }, at);
  assert.ok((await mine.get(room)).text.includes('No longer offered'), 'who stated it keeps it');
  await save(room, { ambience: ['warm_room', slug], setting: 'spa' }, room, mine);
  assert.equal(value(`select count(*) from location_tag x join tag t on t.id = x.tag_id where t.slug = :'slug' and x.location_id = :'location'`, { slug, location: therapist.location }), '1');
  await save(room, { ambience: 'warm_room' }, room, mine);
  assert.ok(!(await mine.get(room)).text.includes(label), 'once taken off it is gone');
  assert.equal((await mine.post(room, { ambience: slug })).status, 422);
  await save(`${at}/offer`, { offer: 'yes' }, at);
  await save(room, { ambience: slug }, room, mine);
  assert.ok(await found(`&ambience=${slug}`));
  const history = unescape((await browser.get(at)).text).split('What was changed here')[1];
  for (const what of ['added', 'retired', 'brought back']) assert.ok(history.includes(what), what);
  assert.equal(value(`select count(*) from audit where object = 'ambience/' || :'slug' and account_id = :'id'`, { slug, id: checker.id }), '3');
  assert.equal((await browser.post(`${at}/offer`, { offer: 'perhaps' }, { from: at })).status, 422);
});

test('a taxonomy of one\'s own, with more than 64 values', async () => {
  const kind = `own_${randomUUID().replace(/[^a-z]/g, '').slice(0, 12)}`;
  await save('/operator/taxonomies/new', { short: kind, label: 'Chairs <to sit>', ask: 'Which chairs are there?', stated_of: 'location', one: 'no', in_filters: 'yes', nth: '900' });
  for (let n = 0; n < 2; n++) await save(`/operator/taxonomies/${kind}/new`, { label: `Chair ${n}`, short: `chair_${n}` });
  sql(`insert into tag (kind, slug, label) select :'kind', 'chair_' || n, 'Chair ' || n from generate_series(2, 69) n`, { kind });
  const room = `/practice/places/${therapist.location}/room`;
  const page = (await mine.get(room)).text;
  assert.ok(page.includes('Which chairs are there?') && page.includes('Chair 69'));
  await save(room, { [kind]: Array.from({ length: 70 }, (_, n) => `chair_${n}`) }, room, mine);
  assert.equal(value(`select count(*) from location_tag x join tag t on t.id = x.tag_id where t.kind = :'kind'`, { kind }), '70');
  assert.ok((await found(`&${kind}=chair_0&${kind}=chair_69`)), 'all of them can be asked for');
  await save(room, { [kind]: ['chair_1'] }, room, mine);
  assert.equal(await found(`&${kind}=chair_0`), undefined);
  await save(`/operator/taxonomies/${kind}/settings`, { label: 'Chairs', ask: '', one: 'yes', in_filters: 'no', nth: '901' });
  assert.match((await mine.get(room)).text, new RegExp(`type="radio" name="${kind}" value="chair_1" checked`));
});

test('a new label follows on the cards of the results', async () => {
  const label = own('Deep work');
  const slug = 'lomi-lomi';
  await save('/practice/profile/techniques', { technique: slug }, '/practice/profile/techniques', mine);
  const at = `/operator/taxonomies/technique/${slug}`;
  await save(at, { label, about: 'Long strokes.', pressure_min: '2', pressure_max: '3', nth: '22', words: 'lomi lomi\nhawaiian massage' });
  await until(async () => (await found(`&technique=${slug}`))?.techniques.includes(label), 'the worker makes the card anew', 90000);
  assert.ok((await send('GET', `/therapists/${therapist.slug}`, { headers: { accept: 'application/json' } })).json().techniques.some((t) => t.label === label), 'the profile at once');
});

test('what an operator has edited survives a new version of the program, and nothing else moves', async () => {
  const label = own('Cozy corner');
  await save('/operator/taxonomies/ambience/cozy', { label, nth: '7', words: 'snug' });
  await save('/operator/taxonomies/complaint/spasm/guidance', { evidence: 'As we see it', suggest: ['swedish', 'heat-hydro'], others: 'thai', plan: 'Gently', careful: '', basis: 'us' });
  await save('/operator/credential-kinds/npi', { label: 'NPI number', meaning: 'A number.', profession: 'no', offered: 'yes', nth: '15' });
  await save('/operator/evidence/dose', { source: 'How long', finding: 'An hour.', label: 'Fair', basis: 'us', about: 'technique/swedish', shown: 'no', nth: '12' });
  await save('/operator/registers/48', { country: 'us', region: 'WA', body: 'Department of Health', regime: 'license', basis: 'us', lookup: 'https://example.org/x', used: 'yes' });
  sql(`update tag set label = 'Not this' where kind = 'ambience' and slug = 'soft_light'`);
  const before = tables('ambience/soft_light');
  const again = unknot(['migrate']);
  assert.equal(again.status, 0, again.stderr);
  assert.equal(value(`select label from tag where kind = 'ambience' and slug = 'soft_light'`), 'Soft light', 'the seed was run');
  assert.equal(tables('ambience/soft_light'), before, 'ids, bits and what was edited are as they were');
  assert.equal(value(`select string_agg(word, '|' order by word) from term w join tag t on t.id = w.tag_id where t.kind = 'ambience' and t.slug = 'cozy'`), `${label.toLowerCase()}|snug`);
  assert.equal(value(`select label from tag where kind = 'credential' and slug = 'npi'`), 'NPI number');
  assert.equal(value(`select country || lookup from register where id = 48`), 'UShttps://example.org/x');
  assert.equal(value(`select suggest::text || others::text from guidance g join tag t on t.id = g.tag_id where t.slug = 'spasm' and t.kind = 'complaint'`), '{swedish,heat-hydro}{thai}');
});

test('what cannot be is refused, with what was typed', async () => {
  const before = tables();
  const words = 'x'.repeat(3001);
  for (const [path, form, field, said] of [
    ['/operator/taxonomies/technique/new', { label: '', about: 'Kept <here>' }, 'label', 'Enter what it is called'],
    ['/operator/taxonomies/technique/new', { label: 'x'.repeat(121), about: 'Kept <here>' }, 'label', '120'],
    ['/operator/taxonomies/technique/new', { label: 'Swedish massage', short: 'swedish_2', about: 'Kept <here>' }, 'label', 'this name already'],
    ['/operator/taxonomies/technique/new', { label: 'Another', short: 'swedish', about: 'Kept <here>' }, 'short', 'short name already'],
    ['/operator/taxonomies/technique/new', { label: 'Another', short: 'Bad Slug', about: 'Kept <here>' }, 'short', 'small letters'],
    ['/operator/taxonomies/technique/new', { label: '名前', about: 'Kept <here>' }, 'short', 'small letters'],
    ['/operator/taxonomies/technique/new', { label: 'new', about: 'Kept <here>' }, 'short', 'small letters'],
    ['/operator/taxonomies/technique/thai', { label: 'Thai', pressure_min: '5', pressure_max: '1', about: 'Kept <here>' }, 'pressure_max', 'cannot be less'],
    ['/operator/taxonomies/technique/thai', { label: 'Thai', pressure_min: '6', about: 'Kept <here>' }, 'pressure_min', '0 to 5'],
    ['/operator/taxonomies/technique/thai', { label: 'Thai', words, about: 'Kept <here>' }, 'words', '3,000'],
    ['/operator/taxonomies/new', { short: 'near', label: 'Kept <here>', stated_of: 'location', one: 'no', in_filters: 'no', nth: '1' }, 'short', 'taken'],
    ['/operator/taxonomies/new', { short: 'technique', label: 'Kept <here>', stated_of: 'location', one: 'no', in_filters: 'no', nth: '1' }, 'short', 'taken'],
    ['/operator/taxonomies/new', { short: 'Two Words', label: 'Kept <here>', stated_of: 'location', one: 'no', in_filters: 'no', nth: '1' }, 'short', 'small letters'],
    ['/operator/taxonomies/new', { short: 'fresh', label: 'Kept <here>', one: 'no', in_filters: 'no', nth: '1' }, 'stated_of', 'who states it'],
    ['/operator/taxonomies/new', { short: 'fresh', label: 'Kept <here>', stated_of: 'derived', one: 'no', in_filters: 'no', nth: '1' }, 'stated_of', 'who states it'],
    ['/operator/taxonomies/complaint/low-back/guidance', { evidence: '', careful: 'Kept <here>' }, 'evidence', 'how sure'],
    ['/operator/taxonomies/complaint/low-back/guidance', { evidence: 'x', suggest: 'thai', others: ['thai', 'chair'], careful: 'Kept <here>' }, 'others', 'Thai massage'],
    ['/operator/evidence/new', { source: '', finding: 'Kept <here>', label: 'x', basis: 'x', shown: 'yes' }, 'source', 'study or guideline'],
    ['/operator/evidence/harm', { source: 'x', finding: 'Kept <here>', label: 'x', basis: 'x', shown: 'yes', about: 'technique/no-such' }, 'about', 'technique/no-such'],
    ['/operator/evidence/harm', { source: 'x', finding: 'Kept <here>', label: 'x', basis: '', shown: 'yes' }, 'basis', 'general knowledge'],
    ['/operator/credential-kinds/new', { short: 'state_license', label: 'x', meaning: 'Kept <here>', profession: 'no', offered: 'no' }, 'short', 'already'],
    ['/operator/credential-kinds/new', { short: 'a b', label: 'x', meaning: 'Kept <here>', profession: 'no', offered: 'no' }, 'short', 'small letters'],
    ['/operator/credential-kinds/npi', { label: 'x', meaning: 'Kept <here>', offered: 'no' }, 'profession', 'permission'],
    ['/operator/registers/new', { country: 'USA', body: 'x', regime: 'x', basis: 'x', notes: 'Kept <here>', used: 'yes' }, 'country', 'two letters'],
    ['/operator/registers/new', { country: '12', body: 'x', regime: 'x', basis: 'x', notes: 'Kept <here>', used: 'yes' }, 'country', 'two letters'],
    ['/operator/registers/new', { country: 'US', region: 'AK', body: 'Board of Massage Therapists', regime: 'x', basis: 'x', notes: 'Kept <here>', used: 'yes' }, 'body', 'already there'],
    ['/operator/registers/48', { country: 'US', body: 'x', regime: 'x', basis: 'x', lookup: 'javascript:alert(1)', notes: 'Kept <here>', used: 'yes' }, 'lookup', 'https://'],
    ['/operator/registers/48', { country: 'US', body: 'x', regime: 'x', basis: 'x', open_data: 'ftp://x', notes: 'Kept <here>', used: 'yes' }, 'open_data', 'https://'],
  ]) {
    const answer = await browser.post(path, form);
    const what = `${path} ${JSON.stringify(form).slice(0, 100)}`;
    assert.equal(answer.status, 422, `${what}: ${unescape(answer.text).slice(0, 500)}`);
    const [[at, message]] = errors(answer);
    assert.equal(at, field, what);
    assert.ok(message.includes(said), `${what}: ${message}`);
    assert.ok(answer.text.includes(`id="${field}"`), `${what}: the summary leads somewhere`);
    assert.ok(answer.text.includes('Kept &lt;here&gt;'), `${what}: what was typed`);
    assert.match(answer.text, /<form method="post" action="[^"]*"/);
    assert.equal(answer.text.match(/<form method="post" action="(\/operator[^"]*)"/)[1], path, 'and goes to the same address again');
  }
  const boxes = await browser.post('/operator/taxonomies/complaint/low-back/guidance', { evidence: '', suggest: ['thai', 'chair'], others: 'bowen' });
  assert.deepEqual([...boxes.text.matchAll(/name="(suggest|others)" value="([^"]+)" checked/g)].map(([, name, slug]) => `${name} ${slug}`), ['suggest thai', 'suggest chair', 'others bowen']);
  assert.equal(tables(), before);
});

test('what there is not is not found, and what follows from other facts has no values of one\'s own', async () => {
  const before = tables();
  for (const path of ['/operator/taxonomies/nonsense', '/operator/taxonomies/technique/no-such', '/operator/taxonomies/technique/swedish/guidance', '/operator/taxonomies/length/new',
    '/operator/taxonomies/credential/npi', '/operator/taxonomies/proof/new', '/operator/evidence/nothing', '/operator/credential-kinds/nothing', '/operator/registers/0', '/operator/registers/x', '/operator/registers/99999999'])
    assert.equal((await browser.get(path)).status, 404, path);
  for (const [path, form] of [['/operator/taxonomies/length/new', { label: '3 hours' }], ['/operator/taxonomies/proof/checked/offer', { offer: 'no' }], ['/operator/taxonomies/nonsense/settings', { label: 'x', one: 'no', in_filters: 'no', nth: '1' }],
    ['/operator/registers/99999999', { body: 'x', regime: 'x', basis: 'x', used: 'yes' }], ['/operator/evidence/nothing', { source: 'x', finding: 'x', label: 'x', basis: 'x', shown: 'yes' }]]) {
    const answer = await browser.post(path, form, { from: '/operator/taxonomies/new' });
    assert.ok([303, 404].includes(answer.status), `${path}: ${answer.status}`);
  }
  assert.equal(tables(), before);
  assert.equal((await browser.get('/operator/registers?country=CA')).text.match(/<tr><th scope="row">/g).length, 6);
  assert.equal((await browser.get('/operator/registers?country=%27')).status, 200);
});

test('training that was checked says what it was about', async () => {
  const id = value(`insert into credential (therapist_id, kind, title, issuer) values (:'id', 'ce_course', 'Necks and backs', 'A school') returning id`, therapist);
  const path = `/operator/credentials/${id}`;
  const on = new Date().toISOString().slice(0, 10);
  const check = { result: 'document', where: 'Certificate seen', on, until: new Date(Date.now() + 100 * 86400e3).toISOString().slice(0, 10) };
  assert.equal(await found('&proof=back_pain_training'), undefined);
  const bad = await browser.post(path, { ...check, specialism: 'no-such', hours: '9' });
  assert.deepEqual(errors(bad), [['specialism', 'Choose what it was about from the list']]);
  assert.match(bad.text, /id="hours"[^>]*value="9"/);
  const odd = await browser.post(path, { ...check, specialism: 'mfr', hours: '0' });
  assert.equal(errors(odd)[0][0], 'hours');
  assert.match(odd.text, /<option value="mfr" selected>/);
  await save(path, { ...check, specialism: 'low-back-course', hours: '24' });
  assert.ok(await found('&proof=back_pain_training&specialism=low-back-course&credential=ce_course'));
  const page = unescape((await mine.get('/practice/profile')).text);
  assert.ok(page.includes('about: Low back, sacroiliac joint, sciatica') && page.includes('24 hours'));
  await save(`/operator/credentials/${therapist.credential}`, { ...check, specialism: 'mfr', hours: '3' });
  assert.equal(value(`select specialism_id is null and hours is null from credential where id = :'credential'`, therapist), 't', 'a license is about nothing');
});

test('JSON is answered with the row', async () => {
  const cookie = browser.headers().cookie;
  const headers = { cookie, accept: 'application/json', origin };
  const row = (await send('GET', '/operator/taxonomies/technique/bowen', { headers })).json();
  assert.equal(row.slug, 'bowen');
  const answer = await send('POST', '/operator/taxonomies/technique/bowen', { json: { label: 'Bowen therapy', about: row.about, pressure_min: 1, pressure_max: 2, nth: row.nth, words: row.words }, headers });
  assert.equal(answer.status, 200, answer.text);
  assert.equal(answer.json().label, 'Bowen therapy');
  const wrong = await send('POST', '/operator/taxonomies/technique/bowen', { json: { label: '' }, headers });
  assert.equal(wrong.status, 422);
  assert.equal(wrong.json().errors[0].field, 'label');
});
