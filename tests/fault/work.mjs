// The worker runs short of memory, once at this piece and once at that, while it sends: each message goes out whole, once, and none is given up.
// Run by tests/fault/memory.mjs with a program that is linked with short.c.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { dir, parse, server, start, stop, working } from '../http/mailing.mjs';

const { default: test, after } = await import('node:' + 'test'); // not by itself: deploy/test.sh
const MANY = 1_000_000_000n;
const lib = await start();
after(stop);
const file = path.join(dir, 'short-work');
fs.writeFileSync(file, Buffer.from(new BigInt64Array([-1n]).buffer));
const counter = fs.openSync(file, 'r+');
const arm = (n) => fs.writeSync(counter, new BigInt64Array([BigInt(n)]), 0, 8, 0);
const left = () => {
  const now = new BigInt64Array(1);
  fs.readSync(counter, now, 0, 8, 0);
  return now[0];
};
const wait = (ms) => new Promise((done) => setTimeout(done, ms));

test('memory that ends while messages are sent loses none and sends none twice', { timeout: 600000 }, async () => {
  const calls = [];
  const hook = http.createServer((request, answer) => {
    let body = '';
    request.on('data', (part) => (body += part));
    request.on('end', () => (calls.push(JSON.parse(body).id), answer.end()));
  });
  await new Promise((done) => hook.listen(0, '127.0.0.1', done));
  fs.writeFileSync(path.join(dir, 'hook-secret'), 'a secret of the hook that is long enough\n', { mode: 0o600 });
  const sink = await server({});
  const settings = { SHORT_WORK: file, UNKNOT_WORK_PAUSE_MS: '50', UNKNOT_SMTP: sink.url, UNKNOT_HOOK_URL: `http://127.0.0.1:${hook.address().port}/`, UNKNOT_HOOK_SECRET_FILE: path.join(dir, 'hook-secret') };
  try {
    await working(settings, async (workers) => {
      await lib.until(() => lib.value(`select used from outbox_channel where channel = 'hook'`) === 't', 'the worker says what it sends by');
      const visit = await lib.booked(lib.makeTherapist('Mo Memory'));
      const of = `booking_id = '${visit.id}'`;
      const owed = () => lib.sql(`select id, channel, state, attempts from outbox where ${of} order by id`);
      lib.sql(`create table kept_data as select id, data from outbox where ${of}`);
      const sent = async () => {
        const end = Date.now() + 20000;
        while (owed().some(([, , state]) => state !== 'sent')) {
          const dead = owed().find(([, , state]) => state !== 'sent' && state !== 'waiting');
          if (dead || Date.now() > end) return dead ?? owed();
          // nobody waits for the next try here
          lib.sql(`update outbox set due_at = now() where ${of} and state = 'waiting' and tried_at < now() - interval '1 second'`);
          await wait(50);
        }
      };
      assert.equal(await sent(), undefined);
      const ids = owed().map(([id]) => id);
      assert.deepEqual([...new Set(owed().map(([, channel]) => channel))].sort(), ['hook', 'mail']);
      const again = () => {
        sink.received.length = calls.length = 0;
        lib.sql(`update outbox o set state = 'waiting', attempts = 0, due_at = now(), tried_at = null, sent_at = null, reason = null, data = k.data from kept_data k where k.id = o.id`);
      };
      arm(MANY);
      again();
      assert.equal(await sent(), undefined);
      const taken = Number(MANY - left());
      const whole = new Map(sink.received.map((mail) => [mail.to[0], parse(mail.data)]));
      const faults = [];
      // each of the pieces where SHORT_PIECES is 0, else so many
      const step = Math.max(1, Math.floor(taken / (Number(process.env.SHORT_PIECES ?? 24) || taken)));
      let hits = 0;
      for (let n = 1; n <= taken; n += step) {
        again();
        arm(n);
        const stuck = await sent();
        hits += left() <= 0n;
        arm(-1);
        if (stuck) faults.push(`without piece ${n}: ${stuck}`);
        const went = [...sink.received.map((mail) => mail.data.match(/^Message-ID: <([^@]+)@/m)[1]), ...calls].sort();
        if (went.join() !== [...ids].sort().join()) faults.push(`without piece ${n}: ${went}`);
        for (const mail of sink.received) {
          const { text, html, subject } = parse(mail.data), one = whole.get(mail.to[0]);
          if (text !== one.text || html !== one.html || subject !== one.subject) faults.push(`without piece ${n}: less of a mail`);
        }
        if (workers[0].exitCode !== null || workers[0].signalCode !== null) assert.fail(`the worker ended without piece ${n}`);
      }
      assert.deepEqual(faults, []);
      assert.ok(hits > 5, `${hits} pieces were not had`);
    }, 1);
  } finally {
    sink.close();
    hook.close();
  }
});
