// The disk of the database is full: what is acknowledged is stored, what cannot be is refused with a page that says so, reading goes on, and
// when there is room again so does booking, without a restart.
import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { house } from './house.mjs';

const source = fileURLToPath(new URL('full.c', import.meta.url));
const away = fs.mkdtempSync(path.join(os.tmpdir(), 'unknot-full-'));
const flag = path.join(away, 'full');
let here, lib;
before(async () => {
  fs.chmodSync(away, 0o755);
  execFileSync(process.env.CC ?? 'cc', ['-shared', '-fPIC', '-O1', '-o', path.join(away, 'full.so'), source, '-ldl']);
  here = await house({ env: { LD_PRELOAD: path.join(away, 'full.so'), UNKNOT_FULL: flag }, workers: 1 });
  lib = here.lib;
});
after(async () => {
  await here.stop();
  fs.rmSync(away, { recursive: true });
});

test('a full disk loses nothing that was acknowledged and heals by itself', async () => {
  const who = lib.makeTherapist('Fay Full'), history = [];
  let hour = 0;
  const book = async () => {
    const wanted = { therapist: who.slug, service: Number(who.service), start: new Date((Math.ceil(Date.now() / 7200e3) + 12 + hour++) * 7200e3).toISOString().replace('.000', ''), key: randomUUID() };
    const answer = await lib.send('POST', '/bookings', { json: wanted });
    history.push({ key: wanted.key, status: answer.status });
    return answer;
  };
  assert.equal((await book()).status, 201, 'there is room');
  fs.writeFileSync(flag, '');
  const refused = await lib.until(async () => {
    const answer = await book();
    return answer.status !== 201 && answer;
  }, 'the disk is felt to be full', 60000);
  assert.equal(refused.status, 503, refused.text);
  assert.ok(refused.headers['retry-after']);
  assert.match(refused.text, /Nothing was changed/);
  assert.equal((await lib.send('GET', `/therapists/${who.slug}`)).status, 200, 'reading goes on');
  assert.match(fs.readFileSync(path.join(here.dir, 'pg', 'log'), 'utf8'), /No space left on device/);
  assert.match(here.log('serve'), /sqlstate=53100/, 'the log says which');
  fs.rmSync(flag);
  assert.equal((await book()).status, 201, 'with room again it goes on');
  for (const { key, status } of history)
    assert.equal(lib.value(`select count(*) from booking where key = :'key'`, { key }), status === 201 ? '1' : '0', `${key} was answered ${status}`);
});
