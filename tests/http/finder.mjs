// The guided finder over HTTP: page after page as a browser without a script, in one call as a program, and what is left of it anywhere: nothing.
import test from 'node:test';
import assert from 'node:assert/strict';
import { check as healthy } from './answers.mjs';
import { log, send, sql, unescape, until } from './lib.mjs';

const own = { 'sec-fetch-site': 'same-origin' };
const post = (form, headers = {}) => send('POST', '/finder', { form, headers: { ...own, ...headers } });
const json = (body) => send('POST', '/finder', { json: body, headers: { accept: 'application/json' } });

// --- A page: its heading, and its forms with all they would send

const attributes = (tag) => Object.fromEntries([...tag.matchAll(/([\w-]+)(?:="([^"]*)")?/g)].slice(1).map(([, name, value]) => [name, unescape(value ?? '')]));
function read(answer) {
  const main = answer.text.slice(answer.text.indexOf('<main'), answer.text.indexOf('</main>'));
  const forms = [...main.matchAll(/<form ([^>]*)>([\s\S]*?)<\/form>/g)].map(([, of, inner]) => ({
    ...attributes(`form ${of}`),
    inputs: [...inner.matchAll(/<input ([^>]*)>/g)].map(([, tag]) => attributes(`input ${tag}`)),
  }));
  const titles = [...main.matchAll(/<h1>([\s\S]*?)<\/h1>/g)].map(([, text]) => unescape(text));
  return { status: answer.status, text: unescape(main), html: answer.text, h1: titles[0], forms, answer };
}
// What a browser sends of a form where nothing was changed.
function filled(form) {
  const sent = {};
  for (const { type = 'text', name, value = '', checked } of form.inputs)
    if (name && (!['radio', 'checkbox'].includes(type) || checked !== undefined)) (sent[name] ??= []).push(value);
  return sent;
}
const main = (page) => page.forms.find((f) => f.inputs.some((i) => i.name === 'at'));
const at = (page) => main(page)?.inputs.find((i) => i.name === 'at').value;
const go = async (page, answers) => read(await post({ ...filled(main(page)), ...answers }));
// A button outside its form: Back and Change.
const press = async (page, to) => {
  assert.match(page.html, new RegExp(`form="back" name="to" value="${to}"`));
  return read(await post({ ...filled(page.forms.find((f) => f.id === 'back')), to }));
};
const start = async () => read(await send('GET', '/finder'));
const none = { sign: 'none' };
async function safe() {
  return go(await go(await start(), none), none);
}
async function result(answers) {
  let page = await safe();
  for (const step of ['region', 'duration', 'pain', 'cause', 'goal']) {
    assert.equal(at(page), step);
    page = await go(page, answers[step] ?? { [step]: 'not_sure' });
  }
  return page;
}

// --- The way

// What is suggested, by name.
const names = (page) => [...page.text.matchAll(/<h3>(?:<a href="\/techniques\/[\w-]+">)?([^<]+)(?:<\/a>)?<\/h3>/g)].map(([, name]) => name);

test('seven questions in order, each with what was answered before, and suggestions', async () => {
  let page = await start();
  const seen = [];
  for (const answer of [none, none, { region: ['low_back_l', 'low_back_r'] }, { duration: 'chronic' }, { pain: 'ache' }, { cause: 'not_sure' }, { goal: 'sleep' }]) {
    assert.equal(page.status, 200);
    seen.push(`${at(page)} ${page.text.match(/Question (\d of \d)/)[1]}`);
    page = await go(page, answer);
  }
  assert.deepEqual(seen, ['signs 1 of 7', 'soon 2 of 7', 'region 3 of 7', 'duration 4 of 7', 'pain 5 of 7', 'cause 6 of 7', 'goal 7 of 7']);
  assert.equal(page.h1, 'What may help');
  const suggested = names(page);
  assert.ok(suggested.length > 1 && suggested.length <= 4 && suggested.includes('Swedish massage'), suggested.join(', '));
  for (const words of ['No technique has been shown to be clearly better for back pain', 'Suggested because', 'Usual pressure: 1 to 3 of 5', 'How sure:', 'What matters more than the technique',
    'Plan on about four visits', 'exercise is the first choice', '/guides/keep-moving', 'Low back, left', 'Better sleep', 'You could not say'])
    assert.ok(page.text.includes(words), words);
  assert.doesNotMatch(page.text, /\b(cures?|eliminat\w+|detox\w*|toxins?|guarantee\w*|heals?|healing)\b/i);
});

test('not to know is an answer to each question, and leads to suggestions', async () => {
  const page = await result({});
  assert.equal(page.h1, 'What may help');
  assert.ok(names(page).length > 1);
});

test('a page without an answer comes again, and says so', async () => {
  for (const [answers, message] of [[{}, 'Choose what fits, or “None of these”'], [{ sign: ['none', 'RF12'] }, 'Choose either what fits or “None of these”, not both'], [{ sign: 'RF14' }, 'Choose what fits, or “None of these”']]) {
    const page = await go(await start(), answers);
    assert.equal(page.status, 422);
    assert.equal(at(page), 'signs');
    assert.match(page.html, /<title>Error: /);
    assert.equal(page.text.split(message).length - 1, 2, 'in the summary and at the list');
    assert.ok(page.html.includes('<a href="#sign">') && page.html.includes('id="sign"'));
  }
  let page = await safe();
  for (const step of ['region', 'duration', 'pain', 'cause', 'goal']) {
    const again = await go(page, {});
    assert.equal(again.status, 422, step);
    assert.equal(at(again), step);
    assert.match(again.html, /<title>Error: /);
    assert.ok(again.html.includes(`<a href="#${step}">`) && again.html.includes(`id="${step}"`), step);
    page = await go(again, { [step]: 'not_sure' });
  }
  assert.equal(page.h1, 'What may help');
});

test('no safety question is skipped, whatever is sent', async () => {
  const all = { region: 'neck', duration: 'acute', pain: 'ache', cause: 'not_sure', goal: 'sleep' };
  for (const [form, expected] of [
    [{ at: 'goal', ...all }, 'signs'], [{ to: 'goal', ...all }, 'signs'], [{ ...all }, 'signs'], [{ to: 'soon' }, 'signs'], [{ to: 'RF03' }, 'signs'],
    [{ listed: ['signs', 'soon'], ...all }, 'RF12'], [{ listed: 'soon', to: 'region', ...all }, 'signs'], [{ cleared: 'yes', ...all }, 'signs'],
    [{ at: 'signs', sign: 'none', ...all }, 'soon'], [{ at: 'signs', sign: 'none', to: 'region', ...all }, 'signs'],
  ]) {
    const page = read(await post(form));
    assert.equal(at(page), expected, JSON.stringify(form));
    assert.doesNotMatch(page.text, /What may help|Swedish/);
  }
});

test('each sign of an emergency ends in where to go, and carries no answer on', async () => {
  for (const [sign, heading] of [['RF12', 'Get help now'], ['RF16', 'Get help now'], ['RF01', 'Get help now'], ['RF02', 'Get help now'], ['RF04', 'Get help now'],
    ['RF07', 'Get medical help today'], ['RF13', 'Get medical help today']]) {
    const page = await go(await start(), { sign });
    assert.equal(page.h1, heading, sign);
    assert.match(page.text, /911/, sign);
    assert.deepEqual(page.forms, [], `${sign}: nothing is carried on`);
    assert.doesNotMatch(page.text, /Swedish|booked|The time is free/, sign);
    assert.match(page.text, /We have kept none of your answers/);
    assert.match(page.text, /A note for your doctor or nurse/);
    assert.match(page.text, /Signs chosen from a list on [^<]*What was not chosen stands as “No”/, 'nothing is said for who did not say it');
    assert.ok(page.text.includes(`Signs chosen from a list on ${sql(`select say_date(local_day(now(), zone), country) from location order by id limit 1`)},`), 'in the manner of the site and on its day');
  }
});

test('what a tick leaves open is asked in full, with its follow-up', async () => {
  let page = await go(await start(), { sign: ['RF03', 'RF05'] });
  assert.equal(at(page), 'RF03');
  assert.equal(page.h1, 'How are your legs?');
  let again = await go(page, { RF03: 'one_leg_weak' });
  assert.equal(again.status, 422);
  assert.match(again.text, /Choose whether the weakness is new or getting worse/);
  page = await go(page, { RF03: 'one_leg_weak', RF03b: 'no' });
  assert.equal(at(page), 'RF05');
  again = await go(page, { RF05: 'yes', RF05a: 'no' });
  assert.equal(again.h1, 'Get medical help today');
  page = await go(page, { RF05: 'no' });
  assert.equal(at(page), 'soon');
  page = await go(page, none);
  assert.equal(page.h1, 'Ask before you book');
});

test('what a clinician may lift says so, and goes on with what it leaves out', async () => {
  let page = await go(await start(), { sign: 'RF03' });
  page = await go(await go(page, { RF03: 'one_leg_weak', RF03b: 'no' }), none);
  assert.equal(page.h1, 'Ask before you book');
  assert.match(page.text, /Because your leg is weak, please ask the clinician/);
  page = read(await post(filled(page.forms[0])));
  assert.equal(at(page), 'region');
  for (const [step, value] of [['region', 'upper_back_l'], ['duration', 'chronic'], ['pain', 'ache'], ['cause', 'overuse'], ['goal', 'relieve_tension']]) page = await go(page, { [step]: value });
  assert.match(page.text, /Swedish massage/);
  assert.doesNotMatch(page.text, /Deep tissue massage/);
  assert.match((await result({ region: { region: 'upper_back_l' }, duration: { duration: 'chronic' }, goal: { goal: 'relieve_tension' } })).text, /Deep tissue massage/, 'control: to others it is suggested');
  const unwell = await go(await go(await start(), none), { sign: ['RF06', 'RF14'] });
  assert.equal(unwell.h1, 'Ask before you book');
});

test('Back and Change keep every answer', async () => {
  let page = await result({ region: { region: ['neck', 'calf_l'] }, duration: { duration: 'acute' }, cause: { cause: 'muscle_strain', age: 'older_adults' } });
  const shown = (p) => p.text.slice(0, p.text.indexOf('<form id="back"'));
  const before = shown(page);
  const on = (p) => main(p).inputs.filter((i) => i.checked !== undefined).map((i) => i.value);
  page = await press(page, 'region');
  assert.deepEqual(on(page), ['neck', 'calf_l']);
  page = await go(page, {});
  assert.equal(shown(page), before, 'back to the end at once');
  assert.deepEqual(on(await press(page, 'cause')), ['older_adults', 'muscle_strain']);
  page = await press(page, 'goal');
  for (const step of ['cause', 'pain', 'duration', 'region', 'soon', 'signs']) page = await press(page, step);
  assert.deepEqual(on(page), ['none']);
  assert.equal((await go(page, { sign: 'RF12' })).h1, 'Get help now', 'and a new answer counts');
  page = await go(page, { sign: 'RF05' });
  page = await go(page, { RF05: 'yes', RF05a: 'cleared' });
  assert.equal(page.h1, 'What may help');
  page = await press(page, 'signs');
  assert.deepEqual(on(page), ['RF05']);
  assert.equal((await go(page, {})).h1, 'What may help', 'what was asked in full is not asked again');
});

test('sent twice it gives the same page', async () => {
  const page = await safe();
  const form = { ...filled(main(page)), region: 'neck' };
  const texts = await Promise.all([post(form), post(form)].map(async (answer) => read(await answer).text));
  assert.equal(texts[0], texts[1]);
});

test('what cannot be is refused with a sentence', async () => {
  for (const form of [{ at: 'nowhere' }, { to: '../' }, { region: 'Neck!' }, { region: 'x'.repeat(61) }, { RF12: 'perhaps' }, { RF12: ['no', 'no'] }, { listed: 'x' }, { unknown: '1' }, { cleared: 'maybe' }]) {
    const answer = await post(form);
    assert.equal(answer.status, 422, JSON.stringify(form));
    assert.match(answer.text, /is not a question here, or has no such answer/);
  }
  const page = await go(await safe(), { region: 'nowhere' });
  assert.equal(at(page), 'duration', 'a value that was retired is found at the end');
  const end = read(await post({ ...filled(main(await safe())), at: 'goal', region: 'nowhere', duration: 'acute', pain: 'ache', cause: 'not_sure', goal: 'sleep' }));
  assert.equal(at(end), 'region');
  assert.equal((await post({ region: Array.from({ length: 121 }, (_, i) => `r${i}`) })).status, 422);
});

// --- As a program

test('all answers at once as JSON give the document of the last page', async () => {
  const answer = await json({ ...healthy, region: ['low_back_l', 'calf_l'], duration: 'chronic', pain: ['radiating'], goal: ['reduce_pain'] });
  assert.equal(answer.status, 200);
  assert.match(answer.headers['content-type'], /^application\/json/);
  assert.match(answer.headers['cache-control'], /no-store/);
  const doc = answer.json();
  assert.equal(doc.safety.outcome, 'PROCEED');
  assert.equal(doc.beside, 'exercise');
  assert.ok(doc.suggestions.length > 1 && doc.suggestions.length <= 4);
  for (const one of doc.suggestions) {
    assert.equal(one.beside, 'exercise', one.slug);
    assert.match(one.evidence.label, /Not recommended alone/);
    assert.ok(one.pressure === null || one.pressure.max <= 3);
    assert.match(one.why, /^Suggested because .+\.$/);
  }
  assert.deepEqual(doc.complaints.map((c) => c.slug).sort(), ['low-back', 'sciatica']);
  assert.ok(doc.time.some((note) => note.guide === 'keep-moving' && note.basis));
  const page = await result({ region: { region: ['low_back_l', 'calf_l'] }, duration: { duration: 'chronic' }, pain: { pain: 'radiating' }, goal: { goal: 'reduce_pain' } });
  assert.deepEqual(names(page), doc.suggestions.map((one) => one.label), 'the page says the same');
});

test('as JSON the safety check answers as it does for a booking', async () => {
  const stop = (await json({ ...healthy, RF01: 'yes' })).json();
  assert.equal(stop.outcome, 'STOP');
  assert.equal(stop.rules[0].id, 'RF-01');
  assert.equal(stop.suggestions, undefined);
  const open = (await json({ region: 'neck' })).json();
  assert.equal(open.outcome, 'INCOMPLETE');
  assert.ok(open.missing.includes('RF12'));
  assert.equal((await json({ ...healthy, RF14: 'yes' })).json().outcome, 'CLEARANCE');
  const lifted = (await json({ ...healthy, RF14: 'yes', cleared: 'yes' })).json();
  assert.equal(lifted.safety.outcome, 'MODIFY');
  assert.ok(lifted.suggestions.length > 0);
  const light = (await json({ ...healthy, RF05: 'yes', RF05a: 'cleared', goal: 'relieve_tension', duration: 'chronic' })).json();
  assert.ok(light.suggestions.every((one) => one.slug !== 'deep-tissue' && (one.pressure?.max ?? 0) <= 2));
  for (const wrong of [{ ...healthy, region: 'nowhere' }, { ...healthy, RF12: 'perhaps' }, { ...healthy, color: 'blue' }]) {
    const answer = await json(wrong);
    assert.equal(answer.status, 422);
    assert.match(answer.headers['content-type'], /problem\+json/);
    assert.match(answer.json().detail, /nowhere|region|RF12|color/);
  }
});

// --- What is left of it

test('the first page is the same for all and asks for no cookie; what follows is in no cache', async () => {
  const [one, other] = [await send('GET', '/finder'), await send('GET', '/finder', { headers: { cookie: 'visitor=x' } })];
  assert.match(one.headers['cache-control'], /public/);
  assert.equal(one.headers['set-cookie'], undefined);
  assert.equal(one.headers.etag, other.headers.etag);
  const page = await result({});
  assert.match(page.answer.headers['cache-control'], /no-store/);
});

// Every table by content but those that the worker keeps up with the clock.
const everything = () => JSON.stringify(sql(`
  select n.nspname || '.' || c.relname, query_to_xml(format('select md5(string_agg(x::text, chr(10) order by x::text)) from %I.%I x', n.nspname, c.relname), true, true, '')
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where n.nspname in ('unknot', 'auth') and c.relkind = 'r' and c.relname !~ '^(listing|place|outside)' and c.relname not in ('outbox', 'outcome_asked', 'reminder_done', 'visit_walk') order by 1`));

test('no answer is in an address, a cookie, a row or a line of the log', async () => {
  const before = everything();
  const lines = log().length;
  const said = { region: { region: ['low_back_centre', 'thigh_back_l'] }, duration: { duration: 'recurrent' }, pain: { pain: 'burning_electric' }, cause: { cause: ['pregnancy', 'fibromyalgia'], age: 'older_adults' }, goal: { goal: 'stress_relief' } };
  const pages = [await result(said), await go(await start(), { sign: 'RF12' }), await go(await go(await start(), none), { sign: 'RF14' })];
  const traces = /low_back|thigh|recurrent|burning|pregnan|fibromyalgia|older|stress|prenatal|RF\d\d|sciatica|listed|cleared/i;
  for (const page of pages) {
    assert.equal(page.status, 200);
    const addresses = [...page.html.matchAll(/(?:href|action|src)="([^"]*)"/g)].map(([, to]) => to);
    assert.ok(addresses.length > 10);
    assert.deepEqual(addresses.filter((to) => traces.test(to)), []);
    for (const line of page.answer.headers['set-cookie'] ?? []) assert.match(line, /^visitor=[\w-]{43};/, 'a random one, for the form of the colors');
    assert.equal(page.answer.headers.location, undefined);
    assert.doesNotMatch(page.html.match(/<title>[^<]*/)[0], traces);
  }
  // a request's line may come a moment after its answer
  const written = await until(() => {
    const text = log().slice(lines);
    return text.split('\n').filter((line) => line.includes('route=/finder')).length >= 10 && text;
  }, 'each request has its line in the log');
  assert.doesNotMatch(written, traces);
  assert.equal(everything(), before);
});

test('the search is started with a technique that tells nothing, and with what hurts only where that is ticked', async () => {
  const search = (page) => page.forms.find((f) => f.action === '/therapists');
  const plain = search(await result({ region: { region: 'low_back_l' }, goal: { goal: 'sleep' } }));
  assert.equal(plain.method, 'get');
  assert.deepEqual(filled(plain), { near: [''], technique: ['swedish'] });
  const boxes = plain.inputs.filter((i) => i.name === 'complaint');
  assert.ok(boxes.length > 0 && boxes.every((i) => i.type === 'checkbox'));
  const pregnant = search(await result({ cause: { cause: 'pregnancy' } }));
  assert.ok(pregnant.inputs.some((i) => i.value === 'prenatal'), 'offered');
  assert.notEqual(filled(pregnant).technique?.[0], 'prenatal', 'not chosen for anybody');
  for (const technique of plain.inputs.filter((i) => i.name === 'technique' && i.value).map((i) => i.value))
    assert.equal((await send('GET', `/therapists?near=&technique=${technique}`)).status, 200, technique);
  for (const { value } of boxes) assert.equal((await send('GET', `/therapists?near=&technique=&complaint=${value}`)).status, 200, value);
});
