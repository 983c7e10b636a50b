// Tiles under the map: fetched by our server from a tile server of the test's own, kept, bounded, and never needed.
// tests/server.sh with node --test tests/http/tiles.mjs
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { dir, send, signedIn, makeTherapist, value } from './lib.mjs';
import { serve, up } from './served.mjs';

const results = '/therapists?near=97201&radius_km=40';
const skip = value(`select count(*) from place where label = '97201'`) === '1' ? false : 'no gazetteer';
const png = (bytes = 400) => Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), Buffer.alloc(bytes, 7)]);

// --- A tile server: answers by what `play` says of a path, counts what it is asked, and remembers the headers.

const asked = [];
let play = () => ({});
const tiles = http.createServer((request, answer) => {
  asked.push({ path: request.url, headers: request.headers, at: request.socket.remoteAddress });
  const { status = 200, type = 'image/png', body = png(), headers = {}, wait = 0 } = play(request.url);
  setTimeout(() => answer.writeHead(status, { 'content-type': type, ...headers }).end(body), wait).unref();
});
let address;
before(() => new Promise((ready) => tiles.listen(0, '127.0.0.1', () => {
  address = `http://127.0.0.1:${tiles.address().port}`;
  ready();
})));
after(() => new Promise((closed) => {
  tiles.closeAllConnections?.();
  tiles.close(closed);
}));

let folders = 0;
const folder = () => path.join(dir, `tiles-${++folders}`);
const settings = (more = {}) => Object.entries({
  map_tiles: `${address}/t/{z}/{x}/{y}.png`,
  map_attribution: '© Test & Sons',
  map_cache: folder(),
  ...more,
}).filter(([, text]) => text !== undefined).map(([key, text]) => `${key} = ${text}`);
// Runs `act` beside a server with these settings, the tile server doing as `does` says.
async function beside(more, does, act) {
  const server = await up(settings(more));
  play = does;
  asked.length = 0;
  try {
    await act(server);
  } finally {
    await server.stop();
  }
}
const imagesOf = (page) => [...page.matchAll(/<image href="([^"]+)"/g)].map(([, href]) => href);
const isBlank = (answer) => {
  assert.equal(answer.status, 200);
  assert.equal(answer.headers.get('content-type'), 'image/png');
  assert.ok(answer.body.length < 100, 'one transparent pixel');
};

// --- Settings

test('without tiles there is no such address, and no image', { skip }, async () => {
  assert.equal((await send('GET', '/map/12/650/1465')).status, 404);
  assert.doesNotMatch((await send('GET', results, { headers: { accept: 'text/html' } })).text, /<image|\/map\//);
});

test('the start is refused with a sentence when a setting is missing or wrong', async () => {
  const cases = [
    [{ map_attribution: undefined }, /map_tiles is set and map_attribution is not/],
    [{ map_cache: undefined }, /map_cache is not set/],
    [{ map_tiles: `${address}/{z}/{x}.png` }, /it needs \{z\}, \{x\} and \{y\} once each/],
    [{ map_tiles: '/nowhere/town.pmtiles' }, /\/nowhere\/town\.pmtiles: No such file or directory/],
    [{ map_cache: '/proc/self/status' }, /tiles cannot be kept in \/proc\/self\/status: /],
    [{ map_attribution_link: 'javascript:alert(1)' }, /map_attribution_link .* does not fit/],
  ];
  for (const [more, sentence] of cases) {
    const server = await serve(settings(more));
    assert.match(await server.refused(), sentence);
  }
});

test('doctor says which ground the map has', async () => {
  const doctor = async (more) => {
    const file = path.join(dir, 'doctor.conf');
    fs.writeFileSync(file, [fs.readFileSync(process.env.UNKNOT_CONFIG, 'utf8'), ...more, ''].join('\n'));
    // beside this process, which is the tile server
    const child = spawn(process.env.TEST_PROGRAM, ['doctor'], { env: { PATH: process.env.PATH, UNKNOT_CONFIG: file } });
    let said = '';
    child.stdout.on('data', (text) => { said += text; });
    await new Promise((ended) => child.on('close', ended));
    return said.match(/^.* map: .*$/m)?.[0] ?? said;
  };
  assert.match(await doctor([]), /^ok   map: (rings of distance alone|your own, of \d+ pieces)/);
  assert.equal(await doctor(settings()), `ok   map: tiles of ${address}, which answers`);
  assert.match(await doctor(settings({ map_tiles: 'http://127.0.0.1:1/{z}/{x}/{y}.png' })), /^MEND map: tiles of http:\/\/127\.0\.0\.1:1, which does not answer \(.+\)/);
  assert.match(await doctor(settings({ map_attribution: undefined })), /^MEND map: map_tiles is set and map_attribution is not/);
});

// --- The page

test('the page has images of our own under the pins, named after their maker, within its weight', { skip }, async () => {
  await beside({ map_attribution_link: 'https://tiles.example/terms' }, () => ({}), async (server) => {
    const page = await server.get(results);
    const images = imagesOf(page.text);
    assert.ok(images.length >= 1 && images.length <= 9, `${images.length} images`);
    for (const href of images) assert.match(href, /^\/map\/\d+\/\d+\/\d+$/);
    assert.equal(page.text.match(/<nav class="pan.*?<\/nav>/s)?.[0].match(/<a /g).length, 6, 'links to move it');
    assert.ok(page.text.indexOf('<image') < page.text.indexOf('class="ring"'), 'under the rings');
    assert.match(page.text, /<figcaption[^]*Map: <a href="https:\/\/tiles\.example\/terms" rel="noreferrer">© Test &amp; Sons<\/a>/);
    assert.match(page.headers.get('content-security-policy'), /img-src 'self' data:/);
    assert.ok(!page.text.includes(address), 'the tile server is not in the page');
    assert.ok(gzipSync(page.text, { level: 1 }).length < 14 * 1024);
    for (const href of images) {
      const answer = await server.get(href);
      assert.equal(answer.status, 200);
      assert.equal(answer.headers.get('content-type'), 'image/png');
      assert.equal(answer.headers.get('cache-control'), 'public, max-age=86400');
      assert.deepEqual(answer.body, png());
    }
    assert.deepEqual(asked.map(({ path }) => path).sort(), images.map((href) => href.replace('/map/', '/t/') + '.png').sort());
  });
});

// --- Fetching

test('a tile is fetched once, then comes from the disk, also after a restart', async () => {
  const map_cache = folder();
  let tag;
  await beside({ map_cache }, () => ({}), async (server) => {
    for (let i = 0; i < 3; i++) {
      const answer = await server.get('/map/12/650/1465');
      assert.deepEqual(answer.body, png());
      tag = answer.headers.get('etag');
    }
    assert.equal((await server.get('/map/12/650/1465', { 'if-none-match': tag })).status, 304);
    assert.equal(asked.length, 1);
  });
  await beside({ map_cache }, () => ({}), async (server) => {
    assert.deepEqual((await server.get('/map/12/650/1465')).body, png());
    assert.equal(asked.length, 0);
  });
  assert.equal(fs.readdirSync(map_cache).length, 1);
});

test('twenty who want one tile at the same time make one request', async () => {
  await beside({}, () => ({ wait: 300 }), async (server) => {
    const answers = await Promise.all([...Array(20)].map(() => server.get('/map/12/650/1465')));
    for (const answer of answers) assert.deepEqual(answer.body, png());
    assert.equal(asked.length, 1);
  });
});

test('the tile server learns who runs the site, and nothing of who looks at it', async () => {
  await beside({}, () => ({}), async (server) => {
    await server.get('/map/12/650/1465', { cookie: 'session=secret', 'user-agent': 'Somebody/1.0', 'accept-language': 'sw', 'x-forwarded-for': '203.0.113.7', referer: `${server.url}/therapists?near=secret` });
    const [{ headers }] = asked;
    assert.equal(headers['user-agent'], `unknot (+${server.url})`);
    assert.equal(headers.referer, `${server.url}/`);
    assert.deepEqual(Object.keys(headers).sort(), ['accept', 'host', 'referer', 'user-agent']);
    assert.doesNotMatch(JSON.stringify(headers), /secret|Somebody|sw\b|203\.0\.113/);
  });
});

test('only tiles that there can be are asked for', async () => {
  await beside({}, () => ({}), async (server) => {
    for (const at of ['3/0/0', '17/0/0', '12/4096/0', '12/0/4096', '12/-1/0', '12/01/0', '12/1.0/0', '12/a/0', '012/1/1', '12/99999999999999999999/1', '12/1/%2e%2e', '12/1/1%20'])
      assert.ok([404, 400].includes((await server.get(`/map/${at}`)).status), at);
    assert.equal((await server.get('/map/12/4095/4095')).status, 200);
    assert.equal((await server.get('/map/12/0/0?x=1')).status, 200);
    assert.equal(asked.length, 2);
  });
});

test('who is signed in gets the same image, fit for any cache', async () => {
  const therapist = await signedIn(makeTherapist('Tilda Tiler').email);
  await beside({}, () => ({}), async (server) => {
    const answer = await server.get('/map/12/650/1465', { cookie: [...therapist.cookies].map((pair) => pair.join('=')).join('; ') });
    assert.equal(answer.headers.get('cache-control'), 'public, max-age=86400');
    assert.equal(answer.headers.get('vary'), 'Accept-Encoding');
    assert.equal(answer.headers.get('set-cookie'), null);
    assert.equal(answer.headers.get('cross-origin-resource-policy'), 'same-origin');
  });
});

// --- When it goes wrong

test('what is no image is refused, whatever it says it is', async () => {
  const bad = {
    1: { type: 'text/html', body: '<script>alert(1)</script>' },
    2: { type: 'image/png', body: '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>' },
  };
  const worse = {
    1: { type: 'text/html', body: png() },
    2: { body: png(600 * 1024) },
  };
  const redirected = {
    1: { status: 302, headers: { location: `${address}/elsewhere` }, body: '' },
    2: { status: 500, body: png() },
  };
  for (const wrong of [bad, worse, redirected])
    await beside({}, (at) => wrong[at.match(/(\d)\.png$/)?.[1]] ?? {}, async (server) => {
      for (const y of [1, 2]) {
        const answer = await server.get(`/map/12/1/${y}`);
        isBlank(answer);
        assert.equal(answer.headers.get('cache-control'), 'no-store');
      }
      assert.equal(asked.length, 2, 'no redirect was followed');
      assert.deepEqual((await server.get('/map/12/1/3')).body, png(), 'and others come still');
      const said = server.log().match(/tile-refused .*/g);
      assert.equal(said.length, 2);
      assert.ok(!said.join().includes(address), 'an address may hold a key and is not logged');
    });
});

test('JPEG and WebP are served as what they are', async () => {
  const kinds = { 1: ['image/jpeg', Buffer.from('ffd8ffe000104a464946000101', 'hex')], 2: ['image/webp', Buffer.from('RIFF\x10\0\0\0WEBPVP8 xxxx', 'latin1')] };
  await beside({}, (at) => ({ type: kinds[at.match(/(\d)\.png$/)[1]][0], body: kinds[at.match(/(\d)\.png$/)[1]][1] }), async (server) => {
    for (const y of [1, 2]) assert.equal((await server.get(`/map/12/1/${y}`)).headers.get('content-type'), kinds[y][0]);
  });
});

test('a tile that there is not is blank, and not asked for again', async () => {
  await beside({}, () => ({ status: 404, type: 'text/plain', body: 'no' }), async (server) => {
    for (let i = 0; i < 2; i++) {
      const answer = await server.get('/map/12/650/1465');
      isBlank(answer);
      assert.equal(answer.headers.get('cache-control'), 'public, max-age=86400');
    }
    assert.equal(asked.length, 1);
  });
});

test('a dead tile server: the page is as it was, sign-in goes on, and soon nobody asks any more', { skip }, async () => {
  const closed = http.createServer().listen(0, '127.0.0.1');
  await new Promise((ready) => closed.on('listening', ready));
  const port = closed.address().port;
  await new Promise((done) => closed.close(done));
  await beside({ map_tiles: `http://127.0.0.1:${port}/{z}/{x}/{y}.png` }, () => ({}), async (server) => {
    const page = await server.get(results);
    assert.equal(page.status, 200);
    assert.match(page.text, /class="pin"/);
    for (const href of imagesOf(page.text)) isBlank(await server.get(href));
    for (let y = 0; y < 6; y++) isBlank(await server.get(`/map/12/5/${y}`));
    const log = server.log();
    assert.equal(log.match(/tile-refused/g).length, 3);
    assert.equal(log.match(/tile-server state="?left in peace/g).length, 1);
  });
});

test('a tile server that never answers holds up neither searches nor sign-ins', { skip }, async () => {
  await beside({}, () => ({ wait: 3600e3 }), async (server) => {
    const waiting = [...Array(12)].map((_, y) => server.get(`/map/12/6/${y}`));
    assert.equal((await server.get(results)).status, 200);
    const token = (await server.get('/sign-in')).text.match(/name="csrf" value="([^"]+)"/)[1];
    const signIn = await fetch(`${server.url}/sign-in`, {
      method: 'POST', redirect: 'manual', headers: { 'sec-fetch-site': 'same-origin', 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ csrf: token, email: 'nobody@example.org', password: 'wrong' }),
    });
    assert.ok([403, 422].includes(signIn.status), 'hashing a password was not in their way');
    assert.ok(asked.length <= 2, 'two at a time');
    for (const answer of await Promise.all(waiting)) assert.ok([200, 503].includes(answer.status));
  });
});

test('a tile server that refuses us is left in peace at once; what is kept is still shown', async () => {
  const map_cache = folder();
  await beside({ map_cache }, () => ({}), async (server) => {
    await server.get('/map/12/7/7');
  });
  const [kept] = fs.readdirSync(map_cache);
  const old = new Date(Date.now() - 30 * 86400e3);
  fs.utimesSync(path.join(map_cache, kept), old, old);
  await beside({ map_cache }, () => ({ status: 429, type: 'text/plain', body: 'slow down' }), async (server) => {
    assert.deepEqual((await server.get('/map/12/7/7')).body, png(), 'old, and better than nothing');
    for (let y = 0; y < 5; y++) isBlank(await server.get(`/map/12/8/${y}`));
    assert.equal(asked.length, 1);
  });
});

test('requests that go out are bounded', async () => {
  await beside({}, () => ({}), async (server) => {
    const before = Date.now();
    let blank = 0;
    for (let y = 0; y < 200; y++) blank += (await server.get(`/map/12/9/${y}`)).body.length < 100;
    const most = 60 + 5 * Math.ceil((Date.now() - before) / 1000) + 5;
    assert.ok(asked.length <= most, `${asked.length} went out, ${most} may`);
    assert.ok(asked.length >= 60 && blank === 200 - asked.length);
  });
});

test('the cache keeps within its size', async () => {
  const map_cache = folder();
  await beside({ map_cache, map_cache_mb: 1 }, () => ({ body: png(100 * 1024) }), async (server) => {
    for (let y = 0; y < 25; y++) assert.equal((await server.get(`/map/12/10/${y}`)).status, 200);
    const size = fs.readdirSync(map_cache).reduce((sum, name) => sum + fs.statSync(path.join(map_cache, name)).size, 0);
    assert.ok(size <= 1 << 20 && size > 500e3, `${size} bytes`);
    const before = asked.length;
    await server.get('/map/12/10/24');
    assert.equal(asked.length, before, 'the newest is there');
    await server.get('/map/12/10/0');
    assert.equal(asked.length, before + 1, 'the oldest is not');
  });
});

// --- A PMTiles file

// Tiles of one zoom, all in one directory.
function archive(zoom, images, { kind = 2 } = {}) {
  const number = (z, x, y) => {
    let n = (4 ** z - 1) / 3;
    for (let s = 2 ** (z - 1); s >= 1; s /= 2) {
      const right = x & s ? 1 : 0, low = y & s ? 1 : 0;
      n += s * s * ((3 * right) ^ low);
      if (!low) {
        if (right) [x, y] = [s - 1 - (x & (s - 1)), s - 1 - (y & (s - 1))];
        [x, y] = [y, x];
      }
    }
    return n;
  };
  const varint = (n) => {
    const bytes = [];
    for (; n > 127; n = Math.floor(n / 128)) bytes.push((n & 127) | 128);
    return [...bytes, n];
  };
  const rows = images.map(({ x, y, body }) => ({ n: number(zoom, x, y), body })).sort((a, b) => a.n - b.n);
  const root = gzipSync(Buffer.from([
    ...varint(rows.length), ...rows.flatMap((row, i) => varint(row.n - (i ? rows[i - 1].n : 0))), ...rows.map(() => 1),
    ...rows.flatMap((row) => varint(row.body.length)), ...rows.map((_, i) => (i ? 0 : 1)),
  ]));
  const data = Buffer.concat(rows.map((row) => row.body));
  const head = Buffer.alloc(127);
  head.write('PMTiles\x03', 'latin1');
  [[8, 127], [16, root.length], [40, 127 + root.length], [48, 0], [56, 127 + root.length], [64, data.length]].forEach(([at, n]) => head.writeBigUInt64LE(BigInt(n), at));
  [2, 1, kind, zoom, zoom].forEach((byte, i) => head.writeUInt8(byte, 97 + i));
  return Buffer.concat([head, root, data]);
}

test('a PMTiles file serves its tiles, asks nobody, and keeps to its zooms', { skip }, async () => {
  const plain = await up(settings());
  const wanted = imagesOf((await plain.get(results)).text).map((href) => href.split('/').slice(2).map(Number));
  await plain.stop();
  const [[zoom]] = wanted;
  const file = path.join(dir, 'town.pmtiles');
  fs.writeFileSync(file, archive(zoom, wanted.slice(1).map(([, x, y], i) => ({ x, y, body: png(50 + i) }))));
  await beside({ map_tiles: file, map_cache: undefined }, () => ({}), async (server) => {
    const page = (await server.get(results)).text;
    assert.deepEqual(imagesOf(page), wanted.map((at) => `/map/${at.join('/')}`));
    assert.match(page, /Map: © Test &amp; Sons/);
    isBlank(await server.get(`/map/${wanted[0].join('/')}`));
    for (const [i, at] of wanted.slice(1).entries()) {
      const answer = await server.get(`/map/${at.join('/')}`);
      assert.equal(answer.headers.get('content-type'), 'image/png');
      assert.deepEqual(answer.body, png(50 + i));
      assert.equal(answer.headers.get('cache-control'), 'public, max-age=86400');
    }
    assert.equal((await server.get(`/map/${zoom + 1}/0/0`)).status, 404);
    assert.equal((await server.get(`/map/${zoom - 1}/0/0`)).status, 404);
    const far = await server.get('/therapists?near=97201&radius_km=1');
    assert.equal(far.status, 200);
    assert.equal(asked.length, 0);
  });
  const broken = fs.readFileSync(file);
  fs.writeFileSync(file, broken.subarray(0, 200));
  assert.match(await (await serve(settings({ map_tiles: file }))).refused(), /town\.pmtiles: it is shorter than its header says/);
  fs.writeFileSync(file, archive(zoom, [{ x: 0, y: 0, body: png() }], { kind: 1 }));
  assert.match(await (await serve(settings({ map_tiles: file }))).refused(), /it does not hold images/);
});
