// The machine of the primary dies under load; its standby, which was waited for at each COMMIT, takes over: nothing acknowledged is lost, and the
// server goes on there without a restart.
import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { house } from './house.mjs';

let here, lib;
before(async () => {
  here = await house({ standby: true, workers: 1 });
  lib = here.lib;
});
after(() => here.stop());

test('the standby takes over', async () => {
  const who = lib.makeTherapist('Flo Failover'), history = [];
  let hour = 0, stop = false;
  const one = async () => {
    const wanted = { therapist: who.slug, service: Number(who.service), start: new Date((Math.ceil(Date.now() / 7200e3) + 12 + hour++) * 7200e3).toISOString().replace('.000', ''), key: randomUUID() };
    const entry = { wanted };
    history.push(entry);
    entry.status = await lib.send('POST', '/bookings', { json: wanted }).then((a) => a.status, () => 0);
    return entry;
  };
  const clients = Array.from({ length: 3 }, async () => {
    while (!stop && hour < 500) await one();
  });
  await lib.until(() => history.filter((e) => e.status === 201).length > 20, 'people book');
  here.cluster('kill', 'pg');
  here.cluster('promote', 'pg2');
  const before = history.length;
  await lib.until(() => history.slice(before).some((e) => e.status === 201), 'booking goes on at the standby', 20000);
  stop = true;
  await Promise.all(clients);
  const rows = here.cluster('psql', 'pg2', '-Atqc', 'select key from unknot.booking').trim().split('\n');
  const stored = new Set(rows);
  assert.equal(stored.size, rows.length, 'none twice');
  for (const e of history) {
    if (e.status === 201) assert.ok(stored.has(e.wanted.key), `acknowledged: ${JSON.stringify(e)}`);
    else if (e.status === 503) assert.ok(!stored.has(e.wanted.key), `refused: ${JSON.stringify(e)}`);
    else assert.equal((await lib.send('POST', '/bookings', { json: e.wanted })).status, 201, `unknown, found out: ${JSON.stringify(e)}`);
  }
  assert.ok(history.filter((e) => e.status === 201).length > 20);
});
