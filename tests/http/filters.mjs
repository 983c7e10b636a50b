// Every filter says how many therapists it would leave, and a search with it finds that many.
import assert from 'node:assert/strict';
import test from 'node:test';
import { send } from './lib.mjs';

const json = async (target, status = 200) => {
  const answer = await send('GET', target, { headers: { accept: 'application/json' } });
  assert.equal(answer.status, status, `${target}: ${answer.text.slice(0, 300)}`);
  return answer.json();
};
const near = 'Portland, OR';
const query = (pairs) => new URLSearchParams(pairs).toString();
const questions = [
  [['near', near]],
  [['near', near], ['radius_km', '40'], ['technique', 'swedish'], ['when', 'week']],
  [['near', near], ['radius_km', '40'], ['gender', 'woman'], ['price_max', '100']],
  [['near', near], ['radius_km', '160'], ['length', '90'], ['part', 'morning'], ['rating', '4']],
  [['near', near], ['radius_km', '40'], ['when', 'week'], ['from', '17']],
  [['technique', 'reiki-energy']],
  [['q', 'low back'], ['near', near], ['access', 'parking']],
  [['near', near], ['radius_km', '5'], ['booking', 'home_visit']],
];
const asked = (question, kind, value) =>
  kind.one ? [...question.filter(([name]) => name !== kind.kind), [kind.kind, value]] : [...question, [kind.kind, value]];

for (const question of questions) {
  test(`filters of ${query(question)}: each count is what a search finds`, async () => {
    const said = await json(`/filters?${query(question)}`);
    assert.equal(said.total, (await json(`/therapists?${query(question)}`)).total);
    assert.ok(said.kinds.length > 5, said.kinds.map((k) => k.kind).join());
    let compared = 0;
    for (const kind of said.kinds) {
      assert.ok(kind.options.length > 0, kind.kind);
      for (const option of kind.options.filter((_, i) => i % 3 === 0)) {
        if (option.on && !kind.one) assert.equal(option.count, said.total, `${kind.kind} ${option.value} is on already`);
        const found = await json(`/therapists?${query(asked(question, kind, option.value))}`);
        assert.equal(option.count, found.total, `${kind.kind} ${option.value}`);
        compared++;
      }
      for (const [name, value] of question) if (name === kind.kind) assert.ok(kind.options.some((o) => o.on && o.value === value), `${name} ${value} is marked`);
    }
    assert.ok(compared > 15, `${compared} compared`);
  });
}

test('filters: the page, the part a script asks for, and what cannot be read', async () => {
  const page = await send('GET', `/filters?${query(questions[1])}`, { headers: { accept: 'text/html' } });
  assert.equal(page.status, 200);
  assert.match(page.text, /<h1>All filters<\/h1>/);
  assert.match(page.text, /<input type="checkbox" name="technique" value="swedish" form="search" checked>/);
  const part = await send('GET', `/filters?${query(questions[1])}`, { headers: { accept: 'text/html', 'x-fragment': 'filters' } });
  assert.match(part.text, /^<!doctype html>\s*<div id="filters">/);
  assert.ok(part.text.length < page.text.length);
  for (const bad of ['technique=nonsense', 'length=7', 'gender=woman&gender=man', 'when=2020-01-01']) await json(`/filters?near=${encodeURIComponent(near)}&${bad}`, 422);
});

test('filters near a place that is not known, or one of several: the page says so and leads to where it is chosen', async () => {
  for (const [place, words] of [['Xyzzyville', 'We could not find “Xyzzyville”'], ['Springfield', 'Which place do you mean?']]) {
    const q = `?near=${place}&gender=woman`;
    for (const headers of [{ accept: 'text/html' }, { accept: 'text/html', 'x-fragment': 'filters' }]) {
      const { text } = await send('GET', `/filters${q}`, { headers });
      assert.ok(text.includes(`href="/therapists?gender=woman&amp;near=${place}">Choose the place</a>`) || text.includes(`href="/therapists?near=${place}&amp;gender=woman">Choose the place</a>`), text);
      assert.doesNotMatch(text, /Show 0|<button type="submit" class="btn"/);
    }
    assert.ok((await send('GET', `/filters${q}`, { headers: { accept: 'text/html' } })).text.includes(words), words);
  }
  const nobody = await send('GET', `/filters?near=${encodeURIComponent(near)}&radius_km=1&technique=reiki-energy&rating=4.5&length=120`, { headers: { accept: 'text/html' } });
  assert.match(nobody.text, /Search again<\/button>/);
});
