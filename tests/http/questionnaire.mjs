// Questions and rules in the hands of an operator: a draft is made, changed, tried against the stored cases and published; what breaks it is refused where it was typed.
import test, { after } from 'node:test';
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { dir, makeOperator, origin, send, signedIn, sql, unescape, unknot, value } from './lib.mjs';
import { faultsOf, itemsOf } from './fhir.mjs';

const checker = makeOperator();
const browser = await signedIn(checker.email);
const at = '/operator/questionnaires';

// Other files count on version 1: what was published here goes again, past the wall that keeps it.
const restore = () =>
  sql(`begin; set local session_replication_role = replica;
    delete from questionnaire_page where version > 1; delete from question where version > 1; delete from question_option where version > 1; delete from questionnaire_term where version > 1;
    delete from safety_rule where version > 1; delete from questionnaire where version > 1;
    update questionnaire set state = 'published', signed_name = null, signed_profession = null, signed_on = null where version = 1; delete from questionnaire_case where edited_by is not null; commit;
    select 1`);
restore();
after(restore);

const errors = (answer) => [...unescape(answer.text.match(/<div class="errsum"[\s\S]*?<\/ul>/)?.[0] ?? '').matchAll(/<li>(?:<a href="#(\w+)">)?([^<]+)(?:<\/a>)?<\/li>/g)].map(([, field, words]) => [field, words]);
// What a form holds, as a browser would send it.
function fields(html) {
  const form = html.slice(Math.max(0, html.indexOf('novalidate')));
  const found = {};
  for (const [, name, text] of form.matchAll(/<textarea[^>]* name="(\w+)"[^>]*>([^<]*)<\/textarea>/g)) found[name] = unescape(text);
  for (const [tag, name] of form.matchAll(/<input type="(?:text|date)"[^>]* name="(\w+)"[^>]*>/g)) found[name] = unescape(tag.match(/value="([^"]*)"/)?.[1] ?? '');
  for (const [, name, options] of form.matchAll(/<select[^>]* name="(\w+)"[^>]*>([\s\S]*?)<\/select>/g)) found[name] = options.match(/value="(\w+)" selected/)?.[1] ?? '';
  return found;
}
const edit = async (path, changed, status = 303) => {
  const form = { ...fields((await browser.get(path)).text), ...changed };
  const answer = await browser.post(path, form);
  assert.equal(answer.status, status, `${path}: ${JSON.stringify(errors(answer))} ${status === 303 ? answer.text.slice(0, 600) : ''}`);
  return answer;
};
const makeDraft = async () => (await browser.post(at, {}, { from: at })).headers.location.match(/(\d+)$/)[1];
const json = async (path) => (await browser.json(path)).json();

test('a draft is a copy of what is published, and there is one', async () => {
  const version = await makeDraft();
  assert.equal(await makeDraft(), version);
  const one = await json(`${at}/${version}`);
  assert.equal(one.head.is_draft, true);
  assert.equal(one.rules.length, 112);
  assert.deepEqual(one.rules.filter((r) => r.changed), []);
  assert.equal(one.sections.flatMap((s) => s.questions).length, 110);
  assert.deepEqual(one.sections.flatMap((s) => s.questions).filter((q) => q.changed), []);
  const trial = await json(`${at}/${version}/trial`);
  assert.deepEqual([trial.fault, trial.failing_count, trial.changed_count], [null, 0, 0]);
  assert.ok(trial.count >= 180, `${trial.count} cases`);
});

test('a fault is told at its field with line and reason, what was typed stays, and nothing is stored', async () => {
  const version = await makeDraft();
  const before = value(`select md5(string_agg(r::text, '' order by r.id)) from safety_rule r where version = :'version'`, { version });
  const rule = `${at}/${version}/rules/RF-08`;
  for (const [form, field, words] of [
    [{ fires: 'RF08 = yes\nor RF77 = yes' }, 'fires', /Line 2, column \d+: .*RF77/],
    [{ fires: 'RF08 = perhaps' }, 'fires', /Line 1, column \d+: .*perhaps/],
    [{ fires: 'RF08 = yes and RF08 = no' }, 'fires', /never be true/],
    [{ fires: 'RF08 = yes or not RF08 = yes' }, 'fires', /always true/],
    [{ fires: '' }, 'fires', /./],
    [{ exclude: 'swedish, no-such-technique' }, 'exclude', /no-such-technique/],
    [{ avoid: 'the_moon' }, 'avoid', /the_moon/],
    [{ outcome: 'STOP', urgency: 'none' }, 'urgency', /./],
    [{ cleared_by: '' }, 'cleared_by', /./],
    [{ client_text: 'Call {NOBODY}.' }, 'client_text', /NOBODY/],
    [{ raised_fires: 'RF12 = yes', raised_urgency: 'emergency' }, 'raised_fires', /./],
    [{ basis: '' }, 'basis', /./],
    [{ pressure_max: '6' }, 'pressure_max', /1 to 5/],
  ]) {
    const answer = await edit(rule, { reason: 'Typed <here>', ...form }, 422);
    const told = errors(answer);
    assert.ok(told.some(([f, w]) => f === field && words.test(w)), `${JSON.stringify(form)}: ${JSON.stringify(told)}`);
    assert.ok(answer.text.includes('value="Typed &lt;here&gt;"'), 'what was typed stays');
    const kept = fields(answer.text);
    for (const [name, typed] of Object.entries(form)) assert.equal(kept[name], typed, name);
  }
  const question = `${at}/${version}/questions/H05a_weeks`;
  for (const [path, form, field, words] of [
    [question, { shown: 'H99 = yes' }, 'shown', /H99/],
    [question, { low: '13', high: '12' }, 'high', /./],
    [`${at}/${version}/questions/RF08`, { options: 'yes: Yes\nno' }, 'options', /colon/],
    [`${at}/${version}/questions/RF08`, { options: 'yes: Yes\nyes: Yes again' }, 'options', /./],
    [`${at}/${version}/questions/RF01`, { harmless: 'perhaps' }, 'harmless', /perhaps/],
    [`${at}/${version}/questions/new`, { id: 'lower', ask: 'What?', page: '30', page_title: 'New', missing: 'Choose' }, 'id', /./],
  ]) {
    const told = errors(await edit(path, form, 422));
    assert.ok(told.length && (!field || told.some(([f, w]) => f === field && words.test(w))), `${path}: ${JSON.stringify(told)}`);
  }
  assert.equal(value(`select md5(string_agg(r::text, '' order by r.id)) from safety_rule r where version = :'version'`, { version }), before);
});

test('what a rule asks for is not taken away under it', async () => {
  const version = await makeDraft();
  const answer = await browser.post(`${at}/${version}/questions/RF08/remove`, {}, { from: `${at}/${version}/questions/RF08` });
  assert.equal(answer.status, 422);
  assert.match(unescape(answer.text), /would break the version\. rule RF-08, condition: Line 1/);
  const option = await edit(`${at}/${version}/questions/RF08`, { options: 'yes: Yes\nno: No' }, 422);
  assert.match(unescape(option.text), /would break the version\. rule RF-08u, condition: Line 1, column 8: .*not_sure/);
  assert.equal((await browser.post(`${at}/${version}/rules/OK-00/remove`, {}, { from: `${at}/${version}/rules/OK-00` })).status, 422, 'nor the rule for when no other fires');
});

test('a changed rule shows which cases come out otherwise, and is not published while one that must hold does not', async () => {
  const version = await makeDraft();
  await edit(`${at}/${version}/rules/HE-05a`, { fires: 'H05 in (spine_op, other_op)\nand H05a_weeks < 8 and not H05a_ok = yes' });
  const one = await json(`${at}/${version}`);
  assert.deepEqual(one.rules.filter((r) => r.changed).map((r) => r.id), ['HE-05a']);
  const trial = await json(`${at}/${version}/trial`);
  assert.deepEqual(trial.changed.map((c) => c.name).sort(), ['Other operation 6 weeks ago needs no word', 'Spine operation 6 weeks ago, no word']);
  const spine = trial.changed.find((c) => c.name.startsWith('Spine'));
  assert.deepEqual([spine.was.rules, spine.now.rules, spine.expected.rules, spine.now.pressure_max], ['HE-05b', 'HE-05a HE-05b', 'HE-05b', 2]);
  assert.equal(trial.failing_count, 2);
  const refused = await browser.post(`${at}/${version}/publish`, { note: 'Eight <weeks>' }, { from: `${at}/${version}/trial` });
  assert.equal(refused.status, 422);
  assert.ok(refused.text.includes('cases that must hold do not') && refused.text.includes('Eight &lt;weeks&gt;</textarea>'));
  assert.equal(value(`select version from questionnaire where state = 'published'`), '1');
});

test('expectations are changed on purpose; then it is published with name and day, and stays as it is', async () => {
  const version = await makeDraft();
  const { cases } = await json('/operator/cases');
  const key = (name) => cases.find((c) => c.name === name).key;
  await edit(`/operator/cases/${key('Other operation 6 weeks ago needs no word')}`, { outcome: 'CLEARANCE', rules: 'HE-05a HE-05c', pressure_max: '2' });
  await edit(`/operator/cases/${key('Spine operation 6 weeks ago, no word')}`, { rules: 'HE-05a HE-05b', pressure_max: '2' });
  assert.equal((await json(`${at}/${version}/trial`)).failing_count, 0);
  const published = await browser.post(`${at}/${version}/publish`, { note: 'Eight weeks' }, { from: `${at}/${version}/trial` });
  assert.equal(published.status, 303, published.text.slice(0, 400));
  const [head] = (await json(at)).versions;
  assert.deepEqual([String(head.version), head.is_published, head.published_by, head.note, head.signed_by], [version, true, checker.name ?? head.published_by, 'Eight weeks', null]);
  assert.equal(value(`select a.name = q.published_by from questionnaire q, account a where q.version = :'version' and a.id = :'id'`, { version, id: checker.id }), 't');
  assert.equal(value(`select state from questionnaire where version = 1`), 'replaced');
  const late = await browser.post(`${at}/${version}/rules/HE-05a`, { ...fields((await browser.get(`${at}/${version}/rules/HE-05a`)).text), reason: 'x' });
  assert.equal(late.status, 404, `what is published is not changed: ${JSON.stringify(errors(late))}`);
  assert.equal((await browser.post(`${at}/${version}/discard`, {}, { from: at })).status, 404, 'nor thrown away');
  assert.equal((await browser.post(`${at}/${version}/publish`, {}, { from: at })).status, 404, 'nor published again');
});

test('what is missing or too long is told where it was typed, and what does not compile is not published', async () => {
  const version = await makeDraft();
  const nameless = await browser.post(`${at}/${version}/rules/new`, { ...fields((await browser.get(`${at}/${version}/rules/new`)).text), id: '', reason: 'No name', outcome: 'MODIFY', client_text: 'Text', basis: 'none' });
  assert.equal(nameless.status, 422);
  assert.ok(errors(nameless).some(([f, w]) => f === 'id' && /Enter a name/.test(w)), JSON.stringify(errors(nameless)));
  const form = { name: 'A list', answers: '[]', today: '2026-11-21', outcome: 'PROCEED', urgency: 'none', rules: 'OK-00', must_hold: 'yes' };
  for (const [change, field, words] of [[{}, 'answers', /as JSON/], [{ name: '', answers: '{}' }, 'name', /in a few words/]]) {
    const answer = await browser.post('/operator/cases/new', { ...form, ...change });
    assert.equal(answer.status, 422);
    assert.ok(errors(answer).some(([f, w]) => f === field && words.test(w)), `${field}: ${JSON.stringify(errors(answer))}`);
  }
  const long = await browser.post(`${at}/${version}/publish`, { note: 'x'.repeat(2001) }, { from: `${at}/${version}/trial` });
  assert.deepEqual([long.status, errors(long).map(([f]) => f)], [422, ['note']]);
  sql(`begin; set local session_replication_role = replica; update safety_rule set fires = 'RF77 = yes' where version = :'version' and id = 'HE-05a'; commit; select 1`, { version });
  const broken = await browser.post(`${at}/${version}/publish`, { note: 'Kept' }, { from: at });
  assert.equal(broken.status, 422);
  assert.match(unescape(broken.text), /cannot be published: it does not compile/);
  assert.equal(value(`select state from questionnaire where version = :'version'`, { version }), 'draft');
  assert.equal((await browser.post(`${at}/${version}/discard`, {}, { from: at })).status, 303);
});

test('who signed is recorded once, and told to everybody', async () => {
  const version = value(`select version from questionnaire where state = 'published'`);
  const before = unescape((await send('GET', '/safety-rules')).text);
  assert.match(before, new RegExp(`Version ${version}, .*These rules await sign-off: no clinician has read and signed them yet`));
  assert.equal(before.match(/<dt>/g).length, 112, 'all rules are told');
  for (const words of ['Spine surgery still healing', '(where a saddle would touch)?” is “Yes” or “I am not sure”.', 'general knowledge']) assert.ok(before.includes(words), words);
  const sign = `${at}/${version}/sign`;
  const wrong = await browser.post(sign, { name: 'Ada <Grey>', profession: '', on: '2999-01-01' });
  assert.deepEqual([wrong.status, errors(wrong).map(([f]) => f)], [422, ['profession']]);
  assert.ok(wrong.text.includes('value="Ada &lt;Grey&gt;"'));
  assert.deepEqual(errors(await browser.post(sign, { name: 'Ada Grey', profession: 'physical therapist', on: '2999-01-01' })).map(([f]) => f), ['on']);
  assert.equal((await browser.post(sign, { name: 'Ada Grey', profession: 'physical therapist', on: '2026-11-21' })).status, 303);
  assert.match(unescape((await send('GET', '/safety-rules')).text), /Read and signed by Ada Grey, physical therapist, November 21, 2026/);
  const twice = await browser.post(sign, { name: 'Somebody Else', profession: 'doctor', on: '2026-11-21' }, { from: at });
  assert.equal(twice.status, 422, 'once');
  assert.deepEqual(errors(twice), [['name', 'Somebody has signed this version already']], 'told at the field, before the wall of the table says no');
});

test('rules and questions are added and removed, and a draft can be thrown away', async () => {
  const version = await makeDraft();
  const question = { ...fields((await browser.get(`${at}/${version}/questions/new`)).text), id: 'H24', ask: 'Do you have a <tattoo> that is still healing?', page_title: 'Tattoos', missing: 'Choose yes or no' };
  assert.equal((await browser.post(`${at}/${version}/questions/new`, question)).status, 303);
  assert.deepEqual(errors(await browser.post(`${at}/${version}/questions/new`, question)).map(([f]) => f), ['id']);
  const words = `${at}/${version}/words`;
  for (const [form, field] of [[{ slug: 'Tattoo site' }, 'slug'], [{ slug: 'legs' }, 'slug'], [{ label: '' }, 'label'], [{ kind: 'exclude' }, 'kind']]) {
    const answer = await browser.post(words, { kind: 'avoid', slug: 'tattoo_site', label: 'Where the <tattoo> is', ...form });
    assert.deepEqual([answer.status, errors(answer).map(([f]) => f)], [422, [field]], JSON.stringify(form));
  }
  assert.equal((await browser.post(words, { kind: 'avoid', slug: 'tattoo_site', label: 'Where the <tattoo> is' })).status, 303);
  assert.ok((await browser.get(words)).text.includes('Where the &lt;tattoo&gt; is'));
  assert.equal((await browser.post(`${at}/1/words`, { kind: 'avoid', slug: 'tattoo_site', label: 'x' }, { from: at })).status, 404, 'what is published gets no more words');
  const rule = { ...fields((await browser.get(`${at}/${version}/rules/new`)).text), id: 'HE-24', fires: 'H24 = yes', reason: 'Fresh tattoo', client_text: 'We keep away from it.', avoid: 'low_back, tattoo_site' };
  assert.equal((await browser.post(`${at}/${version}/rules/new`, rule)).status, 303);
  const made = await browser.post('/operator/cases/new', { name: 'A fresh tattoo', answers: '{"H24": "yes"}', today: '2026-11-22', outcome: 'MODIFY', urgency: 'none', rules: 'HE-24', must_hold: 'yes' });
  assert.equal(made.status, 303, JSON.stringify(errors(made)));
  for (const [form, field] of [[{ answers: '{"H24": "perhaps"}' }, 'answers'], [{ answers: 'yes' }, 'answers'], [{ answers: '[]' }, 'answers'], [{ rules: 'HE-24 HE-99' }, 'rules'], [{ name: 'A fresh tattoo' }, 'name'], [{ today: 'now' }, 'today']]) {
    const answer = await browser.post('/operator/cases/new', { name: 'Another', answers: '{"H24": "yes"}', today: '2026-11-22', outcome: 'MODIFY', urgency: 'none', rules: 'HE-24', must_hold: 'yes', ...form });
    assert.deepEqual([answer.status, errors(answer).map(([f]) => f)], [422, [field]], JSON.stringify(form));
  }
  const trial = await json(`${at}/${version}/trial`);
  assert.deepEqual([trial.failing_count, trial.changed.map((c) => [c.name, c.was.wrong, c.now.rules])], [0, [['A fresh tattoo', 'There is no question "H24".', 'HE-24']]]);
  const change = (form) => browser.post(`${words}/change`, { word: 'avoid.tattoo_site', act: 'change', new_label: 'Where the tattoo <heals>', ...form }, { from: words });
  for (const [form, field] of [[{ word: 'avoid.nowhere' }, 'word'], [{ word: 'exclude.swedish' }, 'word'], [{ new_label: '' }, 'new_label'], [{ new_label: 'x'.repeat(161) }, 'new_label'], [{ act: 'remove' }, 'word']]) {
    const answer = await change(form);
    assert.deepEqual([answer.status, errors(answer).map(([f]) => f)], [422, [field]], JSON.stringify(form));
  }
  assert.match(unescape((await change({ act: 'remove' })).text), /Rules use it: HE-24/);
  assert.equal((await change({})).status, 303);
  assert.ok((await browser.get(words)).text.includes('Where the tattoo &lt;heals&gt;'));
  assert.equal((await browser.post(`${at}/1/words/change`, { word: 'avoid.legs', act: 'change', new_label: 'x' }, { from: at })).status, 404, 'what is published keeps its words');
  assert.equal((await browser.post(`${at}/${version}/rules/HE-24/remove`, {}, { from: `${at}/${version}/rules/HE-24` })).status, 303);
  assert.equal((await browser.post(`${at}/${version}/questions/H24/remove`, {}, { from: `${at}/${version}/questions/H24` })).status, 303);
  assert.equal((await browser.get(`${at}/${version}/rules/HE-24`)).status, 404);
  assert.equal((await change({ act: 'remove' })).status, 303, 'no rule uses it any more');
  assert.ok(!(await browser.get(words)).text.includes('tattoo_site'));
  const { key } = (await json('/operator/cases')).cases.find((c) => c.name === 'A fresh tattoo');
  assert.equal((await browser.post(`/operator/cases/${key}/remove`, {}, { from: `/operator/cases/${key}` })).status, 303);
  assert.equal((await browser.get(`/operator/cases/${key}`)).status, 404, 'a case that is removed is gone');
  assert.equal((await browser.post(`/operator/cases/${key}/remove`, {}, { from: '/operator/cases' })).status, 404);
  assert.equal(value(`select count(*) from audit where account_id = :'id' and action = 'questionnaire.case.removed' and object = 'A fresh tattoo'`, checker), '1');
  assert.equal(value(`select count(*) from questionnaire_page where version = :'version' and title = 'Tattoos'`, { version }), '0', 'a page without questions goes with the last');
  assert.match((await browser.get(`${at}/${version}`)).text, /Draft/);
  assert.equal((await browser.post(`${at}/${version}/discard`, {}, { from: at })).status, 303);
  assert.equal((await browser.get(`${at}/${version}`)).status, 404);
  assert.equal(value(`select count(*) from audit where account_id = :'id' and action like 'questionnaire.%'`, checker) > 8, true, 'all of it is on record');
});

test('what there is not is not found, and drafts are nobody else\'s', async () => {
  const version = await makeDraft();
  for (const path of [`${at}/0`, `${at}/x`, `${at}/999`, `${at}/999/trial`, `${at}/1/rules/RF-77`, `${at}/1/questions/RF77`, `${at}/999/rules/RF-01`, `${at}/1/rules/new`, '/operator/cases/nothing'])
    assert.equal((await browser.get(path)).status, 404, path);
  for (const [path, form] of [[`${at}/1/discard`, {}], [`${at}/x/discard`, {}], [`${at}/999/publish`, {}], [`${at}/${version}/rules/RF-77/remove`, {}]])
    assert.equal((await browser.post(path, form, { from: at })).status, 404, path);
  const answer = await send('POST', `${at}/${version}/rules/RF-08`, { json: { fires: 'RF77 = yes' }, headers: { cookie: browser.headers().cookie, accept: 'application/json', origin } });
  assert.equal(answer.status, 422);
  assert.ok(answer.json().errors.length > 0);
});

// --- Whom to call

test('numbers are changed by country, and what is wrong is told at its field', async () => {
  const all = '/operator/emergency-numbers';
  const before = (await json(`${all}/AU`));
  assert.deepEqual([before.emergency, before.urgent_line, before.basis], ['000', '1800 022 222', 'general knowledge']);
  after(() => sql(`delete from emergency_number where country = 'JP'; update emergency_number set helpline = '131 237', basis = 'general knowledge', edited_at = null where country = 'AU'; select 1`));
  assert.equal((await browser.post(`${all}/AU`, { emergency: '000', urgent_line: '1800 022 222', basis: 'Called on 21 November' })).status, 303);
  assert.equal(value(`select help_json('AU')`), '{"country":"AU","emergency":"000","urgent_line":"1800 022 222"}', 'a number that was taken out is shown no more');
  for (const [form, field] of [[{ country: 'AU' }, 'country'], [{ country: '1x' }, 'country'], [{ country: '' }, 'country'], [{ country: 'JP', emergency: '' }, 'emergency'], [{ country: 'JP', basis: '' }, 'basis']]) {
    const answer = await browser.post(`${all}/new`, { emergency: '<119>', basis: 'general knowledge', ...form });
    assert.deepEqual([answer.status, errors(answer).map(([f]) => f)], [422, [field]], JSON.stringify(form));
    if (field !== 'emergency') assert.ok(answer.text.includes('value="&lt;119&gt;"'), 'what was typed stays');
  }
  assert.equal((await browser.post(`${all}/new`, { country: 'jp', emergency: '119', basis: 'general knowledge' })).status, 303);
  assert.equal(value(`select help_json('JP')`), '{"country":"JP","emergency":"119"}');
  assert.equal((await browser.get(`${all}/XX`)).status, 404);
});

// --- FHIR

test('a version is a FHIR Questionnaire by the rules of R4', async () => {
  const answer = await browser.get(`${at}/1/fhir.json`);
  assert.match(answer.headers['content-type'], /^application\/fhir\+json/);
  const form = answer.json();
  assert.deepEqual(faultsOf(form), []);
  const items = itemsOf(form);
  const by = (id) => items.find((one) => one.linkId === id);
  assert.equal(items.filter((one) => one.type !== 'group').length, Number(value(`select count(*) from question where version = 1`)));
  assert.deepEqual(by('RF03b').enableWhen.map((w) => [w.question, w.operator, w.answerCoding.code]), [['RF03', '=', 'one_leg_weak']]);
  assert.equal(by('H05a_weeks').enableWhen.length, 4);
  assert.equal(by('H05a_weeks').enableBehavior, 'any');
  assert.deepEqual(by('P09_rating1').enableWhen, [{ question: 'P09_activity1', operator: 'exists', answerBoolean: true }]);
  assert.ok(!by('A03_name').enableWhen && by('A03_name').extension.some((e) => e.url === 'urn:unknot:questionnaire:condition' && e.valueString === 'age < 18'), 'what enableWhen cannot say is told as text');
  assert.deepEqual([by('H06a').type, by('H06a').repeats, by('K01')?.type, by('A01').type, by('P07').type, by('P12').maxLength], ['choice', true, 'boolean', 'date', 'integer', 1000]);
  // the rules above find what is wrong
  const broken = (change) => { const copy = structuredClone(form); change(copy, (id) => itemsOf(copy).find((one) => one.linkId === id)); return faultsOf(copy); };
  for (const [what, change] of Object.entries({
    status: (f) => { f.status = 'published'; },
    'que-2': (f, of) => { of('RF02').linkId = 'RF01'; },
    'not there': (f, of) => { of('RF03b').enableWhen[0].question = 'RF99'; },
    'answerBoolean for': (f, of) => { of('RF03b').enableWhen[0] = { question: 'RF03', operator: '=', answerBoolean: true }; },
    'no option': (f, of) => { of('RF03b').enableWhen[0].answerCoding.code = 'maybe'; },
    'que-7': (f, of) => { of('P09_rating1').enableWhen[0] = { question: 'P09_activity1', operator: 'exists', answerString: 'x' }; },
    'que-12': (f, of) => { delete of('H05a_weeks').enableBehavior; },
    'que-5': (f, of) => { of('P12').answerOption = of('RF01').answerOption; },
    'without answerOption': (f, of) => { delete of('RF01').answerOption; },
    'que-1': (f, of) => { of('S1.1').item = []; },
    'is empty': (f, of) => { of('RF01').extension = []; },
    'no type': (f, of) => { of('RF01').type = 'radio'; },
  })) assert.ok(broken(change).some((words) => words.includes(what)), what);
});

// A file as a browser sends it.
async function upload(text, who = browser, csrf = undefined) {
  const boundary = 'y'.repeat(24), token = csrf ?? (await who.get(at)).text.match(/name="csrf" value="([^"]+)"/)?.[1] ?? '';
  const parts = `--${boundary}\r\nContent-Disposition: form-data; name="csrf"\r\n\r\n${token}\r\n`
    + (text === undefined ? '' : `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="form.json"\r\nContent-Type: application/json\r\n\r\n${text}\r\n`) + `--${boundary}--\r\n`;
  return who.send('POST', `${at.replace(/questionnaires$/, "questionnaire-files")}`, { body: Buffer.from(parts), type: `multipart/form-data; boundary=${boundary}` });
}

test('an operator uploads it as a draft; what does not fit is refused with place, line and reason', async () => {
  restore();
  const form = (await browser.get(`${at}/1/fhir.json`)).text;
  const twoDays = JSON.parse(form);
  const day = twoDays.item.find((item) => item.linkId === 'S7').item;
  day.push({ ...structuredClone(day[0]), linkId: 'S7.2', item: [day[0].item.pop()] });
  for (const [text, says] of [
    [undefined, 'Choose a file'], ['', 'Choose a file'], ['{\n\n"x": }', 'it is not JSON: line 3'], ['{"resourceType":"Patient"}', 'it is no FHIR Questionnaire'], [`${form}${' '.repeat(4 << 20)}`, 'at most 4 MB'],
    [form.replace('"linkId":"RF08"', '"linkId":"RF88"'), 'RF08'], [form.replace('"valueString":"age < 18"', '"valueString":"age < "'), 'question A03_name, shown. Line 1, column'],
    [JSON.stringify(twoDays), 'The questions of the day (S7) stand on one page; this is page 2 of them.'],
  ]) {
    const answer = await upload(text);
    assert.equal(answer.status, 422, says);
    const told = errors(answer);
    assert.equal(told[0]?.[0], 'file');
    assert.ok(told[0][1].includes(says), `${says}: ${JSON.stringify(told)}`);
  }
  assert.equal((await upload(form, browser, 'wrong')).status, 403, 'not without the token of the form');
  assert.equal(value(`select count(*) from questionnaire`), '1', 'nothing was made');
  const made = await upload(form.replace('Have you lost weight recently without trying?', 'Have you lost weight lately without trying?'));
  assert.equal(made.status, 303, made.text);
  const one = await json(made.headers.location);
  assert.equal(one.head.is_draft, true);
  assert.ok(one.sections[0].questions.find((q) => q.id === 'RF08').changed);
  assert.equal(value(`select count(*) from audit where account_id = :'id' and action = 'questionnaire.imported'`, checker), '1');
  restore();
});

test('the command line writes it and reads it again as a draft; what is foreign is refused with the reason', async () => {
  restore();
  const out = unknot(['questionnaire', 'export']);
  assert.equal(out.status, 0, out.stderr);
  const file = path.join(dir, 'fhir.json');
  const bring = (text) => { fs.writeFileSync(file, text); return unknot(['questionnaire', 'import', file]); };
  for (const [text, words] of [['', 'empty'], ['{', 'not JSON'], ['{"resourceType":"Patient"}', 'no FHIR Questionnaire'],
    [out.stdout.replace('"linkId":"RF08"', '"linkId":"RF88"'), 'RF08'],
    [out.stdout.replace('"valueString":"age < 18"', '"valueString":"age < "'), 'question A03_name, shown']]) {
    const answer = bring(text);
    assert.deepEqual([answer.status, answer.stderr.includes(words)], [1, true], `${words}: ${answer.stderr}`);
  }
  assert.equal(value(`select count(*) from questionnaire`), '1', 'nothing was made');
  const made = bring(out.stdout.replace('Have you lost weight recently without trying?', 'Have you lost weight lately without trying?'));
  assert.equal(made.status, 0, made.stderr);
  assert.match(made.stdout, /^version 2 is a draft now/);
  const one = await json(`${at}/2`);
  assert.equal(one.head.is_draft, true);
  assert.ok(one.sections[0].questions.find((q) => q.id === 'RF08').changed);
  assert.deepEqual(one.rules.filter((r) => r.changed), []);
  const trial = await json(`${at}/2/trial`);
  assert.deepEqual([trial.failing_count, trial.changed_count], [0, 0], 'the conditions mean the same');
  const same = (text) => { const form = JSON.parse(text); for (const key of ['version', 'status', 'date']) delete form[key]; return form; };
  assert.deepEqual(same(unknot(['questionnaire', 'export', '2']).stdout), same(out.stdout.replace('weight recently', 'weight lately')));
  assert.equal(bring(out.stdout).status, 1, 'one draft at a time');
  assert.equal((await upload(out.stdout)).status, 422, 'nor by the web');
  assert.equal(unknot(['questionnaire', 'export', '99']).status, 1);
  assert.equal(unknot(['questionnaire', 'export', 'x']).status, 2);
});
