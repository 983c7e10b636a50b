// The map beside the results: what an operator imports, within its bounds.
// tests/server.sh with node --test tests/http/map.mjs
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import fs from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { dir, send, unknot, until, value } from './lib.mjs';
import { up } from './served.mjs';

const data = (name) => new URL(`../data/${name}`, import.meta.url).pathname;
const results = '/therapists?near=97201&radius_km=40';
const get = (target, headers = {}) => send('GET', target, { headers: { accept: 'text/html', ...headers } });
const mapOf = (page) => page.text.match(/<svg class="map".*?<\/svg>/s)?.[0] ?? '';
// the page with the ground or without: a moment after an import the server may still have the one from before
const page = (ground, path = results) => until(async () => {
  const said = await get(path);
  return mapOf(said).includes('class="ground"') === ground && said;
}, `${path} ${ground ? 'with' : 'without'} ground`);
const skip = value(`select count(*) from place where label = '97201'`) === '1' ? false : 'no gazetteer';
const importMap = (...words) => unknot(['import', 'map', ...words]);
const write = (name, text) => {
  const file = path.join(dir, name);
  fs.writeFileSync(file, typeof text === 'string' ? text : JSON.stringify(text));
  return file;
};

after(() => importMap('--remove'));

// --- The operator's file

test('without a map the results show rings alone', { skip }, async () => {
  importMap('--remove');
  const map = mapOf(await page(false));
  assert.match(map, /class="pin"/);
  assert.match(map, /class="disc"/);
  assert.doesNotMatch(map, /class="ground"|<image|class="name"/);
});

test('an imported map lies under the rings, and only where it is', { skip }, async () => {
  const said = importMap(data('town.geojson'));
  assert.equal(said.status, 0, said.stderr);
  assert.match(said.stdout, /^map: 4 water, 5 park, 5 road, 6 district; 2 features left out; \d+ pieces stored\n$/);
  const map = mapOf(await page(true));
  for (const kind of ['water', 'park', 'road', 'district', 'river']) assert.match(map, new RegExp(`<path class="${kind}" d="M[-\\dMlz ]+"/>`), kind);
  assert.ok(map.indexOf('class="ground"') < map.indexOf('class="ring"'), 'under the rings');
  const few = mapOf(await page(true, `${results}&technique=thai`)); // many pins leave no room for names
  assert.match(few, /class="name"[^>]*>(Hillside|Riverside|Old Town|South Bank)</);
  assert.doesNotMatch(map, /nan|inf|style=/);
  assert.doesNotMatch(mapOf(await get(`/therapists?near=${encodeURIComponent('Boulder, CO')}`)), /class="ground"/);
  const json = await send('GET', results, { headers: { accept: 'application/json' } });
  assert.ok(!json.text.includes('"path"'), 'the document is as it was');
});

test('what is imported again takes the place of what was there; --remove takes it out', { skip }, async () => {
  const before = value('select count(*) from map_shape');
  assert.equal(importMap(data('town.geojson')).status, 0);
  assert.equal(value('select count(*) from map_shape'), before);
  const said = importMap('--remove');
  assert.equal(said.stdout, 'map: removed\n');
  assert.equal(value('select count(*) from map_shape'), '0');
  await page(false);
});

test('links move the map, make it smaller and wider, and keep the rest of the question', { skip }, async () => {
  const asked = '/therapists?near=97201&radius_km=40&technique=swedish&price_max=150&sort=price';
  const movesOf = (page) => Object.fromEntries([...(page.text.match(/<nav class="pan.*?<\/nav>/s)?.[0] ?? '').matchAll(/<a class="btn ghost" href="([^"]+)#map".*?<\/svg>(\w+)<span class="vh">: [^<]+</g)]
    .map(([, href, name]) => [name, href.replaceAll('&amp;', '&')]));
  const found = async (path) => (await send('GET', path, { headers: { accept: 'application/json' } })).json();
  const here = await found(asked);
  for (const ground of [false, true]) {
    assert.equal(importMap(...(ground ? [data('town.geojson')] : ['--remove'])).status, 0);
    const moves = movesOf(await page(ground, asked));
    assert.deepEqual(Object.keys(moves), ['North', 'South', 'Closer', 'West', 'East', 'Wider']);
    for (const [name, href] of Object.entries(moves)) {
      const query = new URL(href, 'http://x').searchParams;
      assert.match(query.get('near'), /^-?\d+\.\d\d,-?\d+\.\d\d$/);
      for (const [key, text] of [['technique', 'swedish'], ['price_max', '150'], ['sort', 'price']]) assert.equal(query.get(key), text, `${name}: ${key}`);
      const there = await found(href);
      assert.equal(there.radius_km, { Closer: 16, Wider: 80 }[name] ?? 40);
      const km = [(there.place.lat - here.place.lat) * 111.2, (there.place.lon - here.place.lon) * 111.2 * Math.cos(here.place.lat * Math.PI / 180)];
      const step = { North: [20, 0], South: [-20, 0], East: [0, 20], West: [0, -20] }[name] ?? [0, 0];
      for (const i of [0, 1]) assert.ok(Math.abs(km[i] - step[i]) < 1, `${name}: ${km}`);
      if (name === 'Wider') assert.ok(there.total >= here.total);
      // the form says where that is, and asks for the same point
      const field = (await page(ground, href)).text.match(/name="near" value="([^"]*)"/)[1];
      assert.equal(field, `Near ${there.place.name} (${query.get('near')})`);
      assert.deepEqual((await found(`/therapists?${new URLSearchParams({ near: field })}`)).place, there.place);
    }
  }
  assert.deepEqual(Object.keys(movesOf(await get('/therapists?near=97201&radius_km=160'))), ['North', 'South', 'Closer', 'West', 'East'], 'there is no wider one');
  assert.deepEqual(Object.keys(movesOf(await get('/therapists?near=97201&radius_km=1'))).includes('Closer'), false, 'nor a smaller one');
  assert.deepEqual(Object.keys(movesOf(await get('/therapists?near=97201&booking=home_visit'))), ['North', 'South', 'West', 'East'], 'home visits have no circle');
  assert.deepEqual(movesOf(await get('/therapists')), {}, 'nothing to move without a place');
});

test('a file that cannot be drawn changes nothing and says where the fault is', { skip }, () => {
  assert.equal(importMap(data('town.geojson')).status, 0);
  const before = value('select count(*) from map_shape');
  const feature = (properties, geometry) => ({ type: 'Feature', properties, geometry });
  const road = feature({ kind: 'road' }, { type: 'LineString', coordinates: [[0, 0], [1, 1]] });
  const collection = (...features) => ({ type: 'FeatureCollection', features });
  const cases = [
    ['{"type": "FeatureCollection",\n"features": [\n{"type": }', /line 3, column \d+: /],
    [collection(road, feature({ kind: 'lake' }, null)), /feature 2: its "kind" is "lake"; it must be water, park, road or district/],
    [collection(road, road, feature({ kind: 'road' }, { type: 'LineString', coordinates: [[0, 0], [1e7, 5e6]] })), /feature 3: position 2 is \[1e\+07, 5e\+06\]; it must be longitude and latitude/],
    [collection(feature({ building: 'yes' }, null)), /none of its 1 features is water, a park, a main road or a district/],
    [[], /it is not a GeoJSON FeatureCollection/],
  ];
  for (const [text, problem] of cases) {
    const said = importMap(write('bad.geojson', text));
    assert.equal(said.status, 1);
    assert.match(said.stderr, problem);
    assert.match(said.stderr, /the map was not changed/);
    assert.equal(value('select count(*) from map_shape'), before);
  }
  assert.match(importMap(path.join(dir, 'nowhere.geojson')).stderr, /cannot read .*nowhere\.geojson/);
  for (const words of [[], ['a', 'b'], ['--drop']]) assert.equal(importMap(...words).status, 2);
});

// Crooked shores, 300 lakes and 200 roads: far more than a page has room for.
const crowded = () => {
  let seed = 1;
  const random = () => (seed = (seed * 16807) % 2147483647) / 2147483647;
  const features = [];
  for (let i = 0; i < 500; i++) {
    const [x, y, size] = [-122.68 + (random() - 0.5) * 0.6, 45.52 + (random() - 0.5) * 0.4, 0.002 + 0.03 * random() ** 3];
    const points = [...Array(80)].map((_, k) => [x + size * Math.cos(k / 12.7) * (0.6 + random()), y + size * Math.sin(k / 12.7) * (0.6 + random())]);
    features.push(i % 5 < 3
      ? { type: 'Feature', properties: { kind: i % 2 ? 'water' : 'park' }, geometry: { type: 'Polygon', coordinates: [[...points, points[0]]] } }
      : { type: 'Feature', properties: { kind: 'road' }, geometry: { type: 'LineString', coordinates: points.map(([a, b], k) => [a + k * size, b]) } });
  }
  return { type: 'FeatureCollection', features };
};

test('however crowded the map, the page stays below 14 KB and the largest shapes stay', { skip }, async () => {
  importMap('--remove');
  await page(false);
  assert.equal(importMap(write('crowded.geojson', crowded())).status, 0);
  const plain = await page(true);
  const map = mapOf(plain);
  const ground = map.match(/<g class="ground".*?<\/g>/)[0];
  assert.ok(ground.length > 3000, `much of it is there: ${ground.length}`);
  assert.ok(ground.length < 6000, `and no more than there is room for: ${ground.length}`);
  const packed = await fetch(new URL(results, process.env.UNKNOT_URL), { headers: { accept: 'text/html' } });
  assert.equal(packed.headers.get('content-encoding'), 'gzip');
  const wire = gzipSync(plain.text, { level: 1 }).length; // as the server packs
  assert.ok(wire < 14 * 1024, `${wire} bytes`);
});

test('whom the map is from stands beside it, where there is something of theirs', { skip }, async () => {
  const server = await up(['map_attribution = © Örtliche Vermessung & Söhne', 'map_attribution_link = https://survey.example/terms?a=1&b=2',
    'directions = https://maps.example/to?at=']);
  try {
    const found = (await server.get(results)).text.match(/href="(\/therapists\/[^"/?]+)"/)[1];
    assert.match((await server.get(found)).text, /<a href="https:\/\/maps\.example\/to\?at=\d+\.\d+,-\d+\.\d+" rel="noreferrer">Directions</, 'links to a place lead to the site that was chosen');
    importMap('--remove');
    assert.doesNotMatch((await server.get(results)).text, /Vermessung/);
    importMap(data('town.geojson'));
    const text = await until(async () => {
      const { text } = await server.get(results);
      return text.includes('class="ground"') && text;
    }, 'the map is there');
    assert.match(text, /<figcaption[^>]*>[^]*Map: <a href="https:\/\/survey\.example\/terms\?a=1&amp;b=2" rel="noreferrer">© Örtliche Vermessung &amp; Söhne<\/a><\/figcaption>/);
  } finally {
    await server.stop();
  }
});
