// The 24 statements that an operator brings: read and checked, used as they are, answered in the form and after a look back, and read as a score.
// The words are made up for this test.
import test, { after } from 'node:test';
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { randomUUID } from 'node:crypto';
import { answerPages } from './answers.mjs';
import { bundleFaultsOf } from './fhir.mjs';
import { Browser, bearer, dir, encode, healthy, hold, makeOperator, makeTherapist, send, signedIn, sql, tokenOf, unescape, unknot, value } from './lib.mjs';

const mine = makeTherapist('Stella Statement');
const other = makeTherapist('Theo Other');
const browser = await signedIn(mine.email);
const colleague = await signedIn(other.email);
const checker = makeOperator();
const operator = await signedIn(checker.email);
const at = '/operator/statements';

// Other files count on a form without them: past the wall that keeps what was used.
const restore = () => sql(`begin; set local session_replication_role = replica; delete from statement_form; delete from outcome where kind = 'statements'; commit; select 1`);
restore();
after(restore);

const words = Array.from({ length: 24 }, (_, n) => `Made-up sentence no. ${n + 1} about <one> day`);
const head = 'Language: en\nSource: invented for a test\nAttribution: Nobody & sons, no terms\n';
const plain = (lines = words, before = head) => `${before}\n${lines.join('\n')}\n`;
const fhir = (change = () => {}) => {
  const form = { resourceType: 'Questionnaire', language: 'pt-BR', url: 'https://example.org/made-up', copyright: 'Nobody', item: [{ linkId: 'i', type: 'display', text: 'Tick <it>' },
    { linkId: 'g', type: 'group', item: words.map((text, n) => ({ linkId: `s${n}`, type: 'boolean', text })) }] };
  change(form);
  return JSON.stringify(form);
};
async function upload(text, who = operator, csrf = undefined) {
  const boundary = 'y'.repeat(24), token = csrf ?? tokenOf((await who.get(at)).text);
  const part = (name, body) => `--${boundary}\r\nContent-Disposition: form-data; name="${name}${name === 'file' ? '"; filename="x.txt' : ''}"\r\n\r\n${body}\r\n`;
  const body = part('csrf', token) + (text === undefined ? '' : part('file', text)) + `--${boundary}--\r\n`;
  return who.send('POST', '/operator/statement-files', { body: Buffer.from(body), type: `multipart/form-data; boundary=${boundary}` });
}
const errors = (answer) => [...unescape(answer.text).matchAll(/<li><a href="#(\w+)">([^<]+)<\/a><\/li>/g)].map(([, field, says]) => [field, says]);
const list = async () => (await operator.json(at)).json();
const act = (version, form) => operator.post(`${at}/${version}`, form, { from: at });
const used = async (text = plain()) => {
  assert.equal((await upload(text)).status, 303);
  const { draft } = await list();
  assert.equal((await act(draft.version, { act: 'use', compared: 'yes' })).status, 303);
  return draft.version;
};

// --- The words

const wrong = [
  [undefined, /Choose a file/], ['', /Choose a file/], [plain(words.slice(1)), /There are 23 statements/], [plain([...words, 'One more of them']), /more than 24/],
  [plain(words.with ? words.with(5, words[2].toUpperCase()) : words.map((w, n) => (n === 5 ? words[2].toUpperCase() : w))), /Statements 3 and 6 are the same/],
  [plain(words.map((w, n) => (n === 7 ? 'x'.repeat(301) : w))), /Statement 8 has more than 300/], [plain(words.map((w, n) => (n === 7 ? 'ab' : w))), /Statement 8 is missing or has fewer/],
  [plain(words.map((w, n) => (n === 7 ? `a\tb ${w}` : w))), /Statement 8 has a control character/], [Buffer.concat([Buffer.from(head), Buffer.from([0xff, 10])]), /not UTF-8/],
  [plain(words, head.replace('Language: en\n', '')), /language/], [plain(words, head.replace(': en', ': english language')), /language/], [plain(words, head.replace(': en', ': en-')), /language/],
  [plain(words, head.replace(/Source.*\n/, '')), /source is missing/], [plain(words, head.replace(/Attribution.*\n/, '')), /attribution/], [plain(words, `${head}Language: fr\n`), /line Language stands there twice/],
  [plain(words, `${head}Instruction: ${'x'.repeat(601)}\n`), /instruction has more than 600/], [`${plain()}${' '.repeat(256 << 10)}`, /more than 256 KB/],
  ['{"resourceType":', /no JSON: line 1/], ['{"resourceType":"Patient"}', /no FHIR Questionnaire/], [fhir((f) => { delete f.copyright; }), /attribution/], [fhir((f) => { f.item[1].item.pop(); }), /23 statements/],
  [fhir((f) => { f.item[1].item[3].type = 'choice'; }), /type boolean; “choice”/], [fhir((f) => { f.item[1].item[3].text = 'two\nlines'; }), /Statement 4 has a control/],
  [fhir((f) => { f.item[1].item[3].item = [{ linkId: 'q', type: 'boolean', text: 'inside' }]; }), /in groups/], ['{"resourceType":"Questionnaire","resourceType":"Questionnaire"}', /duplicate/],
];
const asText = (text) => (text instanceof Buffer ? text.toString('latin1') : text);

test('what does not fit is refused with what to mend, by the page and by the command, and nothing is stored', async () => {
  for (const [text, says] of wrong.filter(([text]) => !(text instanceof Buffer))) {
    const answer = await upload(text);
    assert.equal(answer.status, 422, `${says} ${String(text).slice(0, 80)}`);
    assert.equal(errors(answer)[0]?.[0], 'file');
    assert.match(errors(answer)[0][1], says);
  }
  const file = path.join(dir, 'statements.txt');
  for (const [text, says] of wrong.filter((_, n) => [2, 8, 17].includes(n))) {
    fs.writeFileSync(file, text);
    const said = unknot(['statements', 'check', file]);
    assert.equal(said.status, 1, asText(text));
    assert.match(said.stderr, says);
    assert.equal(unknot(['statements', 'import', file]).status, 1);
  }
  assert.equal((await upload(plain(), operator, 'wrong')).status, 403, 'not without the token of the form');
  assert.equal(value('select count(*) from statement_form'), '0');
  assert.match(unescape((await operator.get(at)).text), /Martin Roland and Richard Morris[^]*rmdq\.org/);
});

test('what was brought is a draft first, is used once it was compared, and is followed, never changed', async () => {
  const file = path.join(dir, 'statements.txt');
  fs.writeFileSync(file, `\ufeff${plain()}`.replaceAll('\n', '\r\n'));
  assert.equal(unknot(['statements', 'check', file]).status, 0);
  assert.equal(value('select count(*) from statement_form'), '0', 'looking stores nothing');
  const said = unknot(['statements', 'import', file]);
  assert.equal(said.status, 0, said.stderr);
  const one = (await list()).draft;
  assert.deepEqual(one.statements, words, 'word by word');
  assert.deepEqual([one.language, one.source, one.attribution, one.instruction], ['en', 'invented for a test', 'Nobody & sons, no terms', null]);
  assert.equal((await list()).used, null);
  const early = await act(one.version, { act: 'use' });
  assert.deepEqual(errors(early).map(([field]) => field), ['compared']);
  assert.equal((await list()).used, null);
  assert.equal((await act(one.version, { act: 'stop' })).status, 409, 'what is not in use cannot be stopped');
  assert.equal((await act(one.version, { act: 'use', compared: 'yes' })).status, 303);
  assert.equal((await act(one.version, { act: 'discard' })).status, 409, 'what was used stays');

  assert.equal((await upload(fhir())).status, 303);
  assert.equal((await upload(fhir())).status, 303, 'another draft takes the place of one');
  const two = await list();
  assert.equal(two.used.version, one.version, 'the draft is shown to nobody');
  assert.deepEqual([two.draft.statements, two.draft.language, two.draft.instruction], [words, 'pt-BR', 'Tick <it>']);
  assert.equal((await act(two.draft.version, { act: 'use', compared: 'yes' })).status, 303);
  const three = await list();
  assert.deepEqual([three.used.version, three.draft, three.versions.map((v) => v.is_past)], [two.draft.version, null, [false, true]]);
  assert.throws(() => sql(`update statement_form set attribution = 'mine' where version = ${one.version}`), /not changed/);
  assert.throws(() => sql(`delete from statement_form where version = ${one.version}`), /not changed/);
  assert.equal((await act(three.used.version, { act: 'stop' })).status, 303);
  assert.equal((await list()).used, null);
  assert.deepEqual(sql(`select action from audit where account_id = :'id' and action like 'statements.%' order by id`, checker).map(([a]) => a),
    ['statements.used', 'statements.brought', 'statements.brought', 'statements.used', 'statements.stopped']);
  assert.equal((await browser.get(at)).status, 404);
  assert.equal((await browser.post(`${at}/1`, { act: 'use', compared: 'yes' }, { from: '/practice' })).status, 404);
});

// --- The page

class Client extends Browser {
  constructor(visit) {
    super();
    this.cookies.set(`booking_${visit.id}`, visit.token);
    this.base = `/bookings/${visit.id}`;
  }
  async go(where, form) {
    let answer = form ? await this.send('POST', where, { form: { ...form, csrf: tokenOf(this.page.text) } }) : await this.get(where);
    while (answer.status === 303) answer = await this.get((where = answer.headers.location));
    this.page = { path: where, status: answer.status, text: answer.text };
    return this.page;
  }
  // all but what is agreed to, at once
  async answer(answers = healthy) {
    await this.go(`${this.base}/safety`);
    const { K01, K02, K03, K04, K07, ...health } = answers;
    await this.go(`${this.base}/safety`, health);
    return this.through(health, 'K01');
  }
  through(answers = healthy, last = undefined) {
    return answerPages(() => this.page, (where, form) => this.go(where, form), answers, last);
  }
}
const ticks = (page) => [...page.matchAll(/name="ticked" value="(\d+)" checked/g)].map(([, n]) => Number(n));
const rows = (visit) => Number(value(`select count(*) from outcome where booking_id = :'id' and kind = 'statements'`, visit));
const api = async (visit, where, json) => send('POST', `/bookings/${visit.id}/${where}`, { headers: bearer(visit), json });
const over = (visit, days) =>
  sql(`begin; set local session_replication_role = replica; update booking set starts_at = now() - make_interval(days => :'days'::int, hours => 1), ends_at = now() - make_interval(days => :'days'::int) where id = :'id';
       update safety_check set checked_at = checked_at - make_interval(days => :'days'::int) where booking_id = :'id'; update outcome set answered_at = answered_at - make_interval(days => :'days'::int) where booking_id = :'id'; commit`, { id: visit.id, days });
async function book(visit, answers = healthy) {
  for (const [where, json] of [...(answers ? [['safety', answers]] : []), ['details', { name: 'Carla Client', email: `${randomUUID()}@example.org` }], ['confirm', {}]]) {
    const answer = await api(visit, where, json);
    assert.equal(answer.status, 200, `${where}: ${answer.text.slice(0, 300)}`);
  }
  return visit;
}

test('without words nobody is asked and no page is there', async () => {
  const visit = await hold(mine), b = new Client(visit);
  await b.answer();
  assert.match(b.page.text, /name="K0\d"/);
  assert.equal((await b.get(`${b.base}/statements`)).status, 404);
  assert.equal((await api(visit, 'statements', { none: 'yes' })).status, 404);
});

test('in the form they come before what is agreed to, for a low back alone, once; ticks are kept as typed, sealed, and none is an answer', async () => {
  const version = await used(plain(words, `${head}Instruction: Made-up & so on\n`));
  const upper = await hold(mine), u = new Client(upper);
  await u.answer({ ...healthy, P01: ['upper_back_l'] });
  assert.match(u.page.text, /name="K0\d"/, 'not for the upper back');

  const visit = await hold(mine), b = new Client(visit);
  await b.answer();
  assert.equal(b.page.path, `${b.base}/statements`);
  const page = unescape(b.page.text);
  for (const word of words) assert.ok(page.includes(`<span>${word}</span>`), word);
  assert.equal((b.page.text.match(/name="ticked" value="\d+"/g) ?? []).length, 24);
  assert.ok(page.includes('Made-up & so on') && page.includes('Nobody & sons, no terms') && !b.page.text.includes('<one>'));
  assert.deepEqual(ticks(b.page.text), []);
  for (const [form, says] of [[{}, /Tick what describes/], [{ ticked: ['3', '24'], none: 'yes' }, /not both/], [{ ticked: ['25'] }, /from the list/], [{ ticked: ['3'], form: String(version + 1) }, /words have changed/]]) {
    await b.go(`${b.base}/statements`);
    const again = await b.go(`${b.base}/statements`, form);
    assert.equal(again.status, 422, JSON.stringify(form));
    assert.match(unescape(again.text), says);
    if (form.ticked?.includes('24')) assert.deepEqual([ticks(again.text), /name="none" value="yes" checked/.test(again.text)], [[3, 24], true]);
  }
  const longer = await b.go(`${b.base}/statements`, { ticked: ['3', '24'], none: 'yes', extend: 'yes' });
  assert.deepEqual([longer.status, ticks(longer.text), /value="yes" checked/.test(longer.text), /10 minutes longer/.test(longer.text)], [200, [3, 24], true, false]);
  assert.equal(rows(visit), 0);
  await b.go(`${b.base}/statements`, { ticked: ['2', '3', '5', '7', '11', '13', '17', '19', '20', '21', '22', '23'], form: String(version) });
  assert.match(b.page.path, /\/safety\/\d+$/, 'on to what is agreed to');
  assert.match(b.page.text, /name="K0\d"/);
  assert.equal(rows(visit), 1);
  assert.ok(!/ticked|Made-up/.test(value(`select o::text from outcome o where booking_id = :'id'`, visit)), 'sealed');
  assert.equal((await colleague.get(`/practice/bookings/${visit.id}/intake`)).status, 404);
  await b.through();
  assert.match(b.page.path, /\/safety\/done$/);
  await book(visit, null);
  const mineSeen = (await browser.json(`/practice/bookings/${visit.id}/intake`)).json();
  assert.deepEqual(mineSeen.course.rows.map((row) => [row.what, row.average, row.limits]), [['Form at booking', '4', '12']]);

  // left out, it is asked no more and is no score; that nothing fits is one
  for (const [form, limits] of [[{ act: 'leave_out', ticked: ['3'] }, null], [{ none: 'yes' }, '0']]) {
    const next = await hold(mine), c = new Client(next);
    await c.answer();
    await c.go(`${c.base}/statements`, form);
    await c.through();
    assert.match(c.page.path, /\/safety\/done$/);
    await book(next, null);
    const line = (await c.json(`${c.base}/progress`)).json();
    assert.deepEqual([line.rows[0].limits, line.has_limits], [limits, limits !== null]);
    assert.equal(line.lost, false);
  }
});

test('who does not agree that answers are kept leaves none, and neither does a time that ran out', async () => {
  const visit = await hold(mine), b = new Client(visit);
  await b.answer();
  await b.go(`${b.base}/statements`, { ticked: ['1'] });
  assert.equal(rows(visit), 1);
  const { K03, K04, ...silent } = healthy;
  await b.through(silent);
  assert.match(b.page.path, /\/safety\/done$/);
  assert.equal(rows(visit), 0);

  const late = await hold(mine), c = new Client(late);
  assert.equal((await api(late, 'statements', { ticked: ['1', '2'] })).status, 200, 'by a program, at any time before');
  sql(`update booking set hold_expires = now() - interval '1 minute' where id = :'id'`, late);
  await c.go(`${c.base}/statements`);
  assert.match(unescape(c.page.text), /no longer|ran out|not held/);
  assert.notEqual((await api(late, 'statements', { ticked: ['1', '2'] })).status, 200);
  assert.equal(rows(late), 1);
});

// --- The score

test('after a look back: the score beside the rest, what counts as a change in it, its drawing and its column', async () => {
  const visit = await hold(mine);
  assert.equal((await api(visit, 'statements', { ticked: words.slice(0, 12).map((_, n) => String(n + 1)) })).status, 200);
  await book(visit);
  over(visit, 30);
  const b = new Client(visit), look = `${b.base}/look-back`;
  await b.go(look);
  await b.go(look, { average: '4', worst: '5', global: '3' });
  assert.equal(b.page.path, `${b.base}/statements`);
  await b.go(`${b.base}/statements`, { ticked: ['1', '2'] });
  assert.match(b.page.path, /progress\?saved=1$/);
  const line = (await b.json(`${b.base}/progress`)).json();
  assert.deepEqual(line.rows.map((row) => [row.what, row.average, row.limits]), [['Form at booking', '4', '12'], ['Look back', '4', '2']]);
  const reading = line.readings.find((r) => r.measure === 'daily-limits');
  assert.deepEqual([reading.better, reading.worse], [true, false]);
  assert.match(reading.says, /from 12 to 2\. .*have recovered/);
  assert.equal(line.go_on, true, 'it alone is a reason to go on');
  assert.match(b.page.text, /<title id="chart-limits-t">Everyday limits/);
  assert.match(b.page.text, /<text[^>]*>24<\/text>/);
  assert.match(unescape(b.page.text), /<th scope="col">Limits<\/th>[^]*data-label="Limits of 24">12</);
  const table = (await b.get(`${b.base}/progress.csv`)).text.split('\r\n').filter(Boolean).map((row) => row.split(','));
  assert.deepEqual(table.map((row) => row[5]), ['everyday limits of 24', '12', '2']);
  assert.equal(new Set(table.map((row) => row.length)).size, 1);
  const bundle = (await b.get(`${b.base}/progress/fhir.json`)).json();
  assert.deepEqual(bundleFaultsOf(bundle), []);
  const scores = bundle.entry.map(({ resource }) => resource).filter((r) => /Roland-Morris/.test(r.code.text));
  assert.deepEqual(scores.map((r) => [r.code.coding.map((c) => c.system), r.valueQuantity.value]), [[['urn:unknot:measure'], 12], [['urn:unknot:measure'], 2]], 'no code that nobody has confirmed');
  assert.ok(!JSON.stringify(bundle).includes('Made-up'), 'the score, not the words');
  const seen = unescape((await browser.get(`/practice/bookings/${visit.id}/intake`)).text);
  assert.match(seen, /Everyday limits went from 12 to 2/);

  // by 5, or by 30 % where the start leaves room; the newer answer of a day counts
  for (const [ticked, better, worse] of [[8, true, false], [9, false, false], [17, false, true], [16, false, true], [15, false, false]]) {
    assert.equal((await api(visit, 'statements', { ticked: words.slice(0, ticked).map((_, n) => String(n + 1)) })).status, 200);
    const now = (await b.json(`${b.base}/progress`)).json();
    assert.equal(now.rows.at(-1).limits, String(ticked));
    const r = now.readings.find((x) => x.measure === 'daily-limits');
    assert.deepEqual([r.better, r.worse], [better, worse], `12 to ${ticked}`);
  }
  assert.equal((await act((await list()).used.version, { act: 'stop' })).status, 303);
  await b.go(look);
  await b.go(look, { average: '4', worst: '5', global: '3' });
  assert.match(b.page.path, /progress\?saved=1$/, 'without words the other measures go on');
});
