// What an operator sees and decides: therapists, credentials, their checks. A badge means something, and goes by itself.
import test from 'node:test';
import assert from 'node:assert/strict';
import { digest, makeOperator, makeTherapist, origin, send, signedIn, sql, unescape, value } from './lib.mjs';

const therapist = makeTherapist('Vera Verified');
const checker = makeOperator();
const browser = await signedIn(checker.email);
const path = `/operator/credentials/${therapist.credential}`;
const day = (n) => new Date(Date.now() + n * 86400e3).toISOString().slice(0, 10);
const profile = async (query = '') => (await send('GET', `/therapists/${therapist.slug}${query}`, { headers: { accept: 'application/json' } })).json();
const page = async () => unescape((await send('GET', `/therapists/${therapist.slug}`)).text);
const queue = async (state) => (await browser.json(`/operator/credentials?state=${state}`)).json();
const errors = (answer) => [...unescape(answer.text).matchAll(/<li><a href="#(\w+)">([^<]+)<\/a><\/li>/g)].map(([, field, words]) => [field, words]);

test('a check says where, when and until when, and the profile shows it at once', async () => {
  assert.equal((await profile()).credentials[0].state, 'unchecked');
  const answer = await browser.post(path, { result: 'register', where: 'Illinois register <idfpr.example>', on: day(0), until: day(200) });
  assert.equal(answer.status, 303, unescape(answer.text).slice(0, 1500));
  const shown = unescape((await browser.get(answer.headers.location)).text);
  assert.match(shown, /Saved\./);
  assert.match(shown, /by Olga Checker/);
  assert.equal((await profile()).credentials[0].state, 'checked');
  const html = await page();
  assert.match(html, /Illinois register <idfpr\.example>/);
  assert.ok(!(await send('GET', `/therapists/${therapist.slug}`)).text.includes('<idfpr'), 'escaped');
  const [where, on, until, by] = sql(`select checked_where, checked_on, checked_until, checked_by from credential where id = :'credential'`, therapist)[0];
  assert.deepEqual([where, on, until, by], ['Illinois register <idfpr.example>', day(0), day(200), 'Olga Checker']);
  assert.equal(value(`select count(*) from audit where action = 'credential.checked' and object = :'credential' and account_id = :'id'`, { credential: therapist.credential, id: checker.id }), '1');
  const found = (await send('GET', `/therapists?near=39.8,-89.6&radius_km=5&q=Vera+Verified`, { headers: { accept: 'application/json' } })).json().results.find((r) => r.slug === therapist.slug);
  assert.equal(found?.credential.state ?? 'checked', 'checked');
});

test('a check that ran out lapses by its date alone', async () => {
  sql(`update credential set checked_on = current_date - 40, checked_until = current_date where id = :'credential'`, therapist);
  // the server hears a moment later what others commit than what it commits itself: an address that it has not kept
  assert.equal((await profile('?n=1')).credentials[0].state, 'checked', 'its last day counts');
  sql(`update credential set checked_until = current_date - 1 where id = :'credential'`, therapist);
  assert.equal((await profile('?n=2')).credentials[0].state, 'lapsed');
  assert.ok((await browser.get(path)).text.includes('Ran out on'));
  const lapsed = await queue('lapsed');
  assert.ok(lapsed.counts.lapsed >= 1);
  assert.ok(lapsed.more || lapsed.credentials.some((c) => c.credential.id === therapist.credential));
  assert.equal((await browser.post(path, { result: 'register', where: 'Register', on: day(0), until: day(10) })).status, 303, 'and can be checked again');
  assert.equal((await profile()).credentials[0].state, 'checked');
  assert.match(unescape((await browser.get(path)).text), /Illinois register.*until/, 'earlier checks stay on record');
});

test('what no check can be is refused, with what was typed', async () => {
  const good = { result: 'register', where: 'Register', on: day(0), until: day(100) };
  const before = digest(therapist);
  for (const [change, field, words] of [
    [{ result: '' }, 'result', 'Choose what came of it'],
    [{ where: '' }, 'where', 'Enter where you checked it'],
    [{ where: 'ab' }, 'where', '3 to 300'],
    [{ where: 'x'.repeat(301) }, 'where', '3 to 300'],
    [{ where: 'a\nbcd' }, 'where', '3 to 300'],
    [{ on: '' }, 'on', 'Enter the day you checked it'],
    [{ on: '2026-02-30' }, 'on', 'as 2026-11-23'],
    [{ on: '23.11.2026' }, 'on', 'as 2026-11-23'],
    [{ on: day(2) }, 'on', 'cannot be in the future'],
    [{ on: day(-400), until: day(10) }, 'on', 'more than a year ago'],
    [{ until: '' }, 'until', 'until which the check holds'],
    [{ until: day(0) }, 'until', 'a day after'],
    [{ until: day(-3) }, 'until', 'a day after'],
    [{ until: day(370) }, 'until', 'a year at most'],
    [{ until: ['2027-01-01', '2027-02-01'] }, 'until', 'as 2026-11-23'],
  ]) {
    const answer = await browser.post(path, { ...good, ...change });
    assert.equal(answer.status, 422, JSON.stringify(change).slice(0, 80));
    const [[at, said]] = errors(answer);
    assert.equal(at, field, JSON.stringify(change).slice(0, 80));
    assert.ok(said.includes(words), said);
    if (!change.where) assert.match(answer.text, /name="where" value="(Register)?"/);
  }
  assert.equal(digest(therapist), before);
  sql(`update credential set valid_until = current_date + 50 where id = :'credential'`, therapist);
  const shorter = digest(therapist);
  const longer = await browser.post(path, good);
  assert.equal(longer.status, 422);
  assert.match(errors(longer)[0][1], /cannot hold longer than the credential/);
  assert.equal(digest(therapist), shorter);
  sql(`update credential set valid_until = current_date - 5 where id = :'credential'`, therapist);
  assert.match((await browser.get(path)).text, /The credential itself ended/);
  sql(`update credential set valid_until = current_date + 900 where id = :'credential'`, therapist);
  // who checked is who is signed in, whatever the form says
  await browser.post(path, { ...good, checked_by: 'The Pope', title: 'Doctor', therapist_id: '1' });
  assert.deepEqual(sql(`select checked_by, title, therapist_id from credential where id = :'credential'`, therapist)[0], ['Olga Checker', 'Licensed massage therapist', therapist.id]);
});

test('the queue has one state at a time and says what it leaves out', async () => {
  for (const [state, flag] of [['unchecked', 'is_unchecked'], ['lapsed', 'is_lapsed'], ['checked', 'is_checked']]) {
    const doc = await queue(state);
    assert.ok(doc.credentials.length > 0 && doc.credentials.length <= 50);
    assert.ok(doc.credentials.every((c) => c.credential[flag]), state);
    assert.equal(doc.counts[state] > 50 ? Number(doc.more) : doc.more, doc.counts[state] > 50 ? doc.counts[state] : null);
    const html = (await browser.get(`/operator/credentials?state=${state}`)).text;
    assert.equal((html.match(/<tr><th scope="row">/g) ?? []).length, doc.credentials.length);
  }
  assert.equal((await browser.get('/operator/credentials?state=nonsense')).status, 400);
  assert.equal((await browser.get('/operator')).headers.location, '/operator/credentials');
});

test('therapists are found by part of a name, whatever case or accents, and page by page', async () => {
  const accented = makeTherapist("Zoë O'Quirk-Ünal");
  const names = async (q) => (await browser.json(`/operator/therapists?q=${encodeURIComponent(q)}`)).json().therapists.map((t) => t.slug);
  for (const q of ['zoe o quirk', 'QUIRK', 'unal', "O'Quirk"]) assert.ok((await names(q)).includes(accented.slug), q);
  assert.deepEqual(await names('%'), await names(''), 'a percent sign is no wildcard');
  assert.ok(unescape((await browser.get('/operator/therapists?q=<i>zzz')).text).includes('Nobody has “<i>zzz” in the name'));
  const seen = new Set();
  let after = '', pages = 0;
  for (;;) {
    const doc = (await browser.json(`/operator/therapists${after}`)).json();
    for (const t of doc.therapists) {
      assert.ok(!seen.has(t.slug), `${t.slug} once`);
      seen.add(t.slug);
    }
    pages++;
    if (!doc.next) break;
    after = `?after=${doc.next}`;
  }
  assert.equal(String(seen.size), value('select count(*) from therapist'));
  assert.ok(pages > 1);
  sql(`update therapist set published = false where id = :'id'`, accented);
  const html = unescape((await browser.get('/operator/therapists?q=quirk')).text);
  assert.ok(html.includes('Not published') && !html.includes(`href="/therapists/${accented.slug}"`));
  for (const odd of ['after=x', 'after=-1', 'after=99999999999', `q=${'x'.repeat(500)}`]) assert.equal((await browser.get(`/operator/therapists?${odd}`)).status, 200, odd);
});

test('the record leads to what it names, where an operator has a page of it', async () => {
  const rows = (await browser.json(`/operator/audit?person=${checker.id}`)).json().rows;
  const check = rows.find((row) => row.action === 'credential.checked');
  assert.deepEqual(check.of, { href: path, name: `Licensed massage therapist, ${therapist.name}` });
  assert.match(check.said_at, /^[A-Z][a-z]{2} \d+, \d{4}, \d+:\d\d [ap]m E[SD]T$/, 'by the clock of the place listed first');
  const noted = (action, object) => sql(`insert into audit (account_id, action, object) values (:'id', :'action', :'object')`, { ...checker, action, object });
  const [tag, version] = [value(`select kind || '/' || slug from tag where kind = 'technique' order by id limit 1`), value('select max(version) from questionnaire')];
  const gone = '00000000-0000-4000-8000-000000000000';
  const named = [
    ['register.changed', value('select min(id) from register')], ['emergency.changed', 'GB'], [`tag.changed`, tag], ['taxonomy.changed', 'technique'], ['questionnaire.published', version],
    ['profile.changed', therapist.id], ['hours.changed', therapist.location], ['travel.changed', `${therapist.location} 1`], ['account.renamed', checker.id], ['credential-setting.changed', 'settings'],
    ['evidence.changed', value('select min(key) from evidence')], ['credential-kind.changed', value('select min(kind) from credential_kind')], ['guidance.changed', value(`select 'complaint/' || min(slug) from tag where kind = 'complaint'`)],
  ];
  for (const [action, object] of named) noted(action, object);
  for (const [action, object] of [['credential.removed', gone], ['booking.moved', gone], ['register.changed', "1; drop"], ['hours.changed', '99999999999']]) noted(action, object);
  const answer = await browser.get(`/operator/audit?person=${checker.id}`);
  const cells = [...unescape(answer.text).matchAll(/<td data-label="Of"><span class="small">(.*?)(<br>|<\/span>)/g)].map(([, said]) => said).slice(0, named.length + 4).reverse();
  for (const [n, [action]] of named.entries()) {
    const href = cells[n].match(/^<a href="([^"]+)">[^<]+<\/a>$/)?.[1];
    assert.equal(href && (await browser.get(href)).status, 200, `${action}: ${cells[n]}`);
  }
  assert.deepEqual(cells.slice(named.length), [gone, gone, '1; drop', '99999999999'], 'what is gone, and what is between others, is its number');
});

test('countries and states have names', async () => {
  const registers = (await browser.get('/operator/registers?country=US')).text;
  assert.match(registers, /aria-current="page">United States \(\d+\)<\/a>/);
  assert.match(registers, /">Arizona: [^<]+<\/a>[^]*">Oregon: [^<]+<\/a>/);
  assert.match((await browser.get('/operator/emergency-numbers')).text, /<a href="\/operator\/emergency-numbers\/DE">Germany<\/a>/);
  assert.match((await browser.get('/operator/emergency-numbers/GB')).text, /<h1>Numbers to call in United Kingdom<\/h1>/);
});

test('an operator sees no client', async () => {
  const cookie = browser.headers().cookie;
  for (const target of ['/practice', '/practice/profile', `/practice/services/${therapist.service}`, `/practice/hours/${therapist.location}`])
    assert.equal((await browser.get(target)).status, 404, target);
  const answer = await send('POST', path, { json: { result: 'register', where: 'Register', on: day(0), until: day(30) }, headers: { cookie, accept: 'application/json', origin } });
  assert.equal(answer.status, 200, answer.text);
  assert.equal(answer.json().credential.state, 'checked');
});
