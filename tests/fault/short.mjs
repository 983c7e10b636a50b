// Memory ends in the midst of a request. Each page of the matrix, and each form, is asked for anew while one of the pieces of memory it takes is not
// had, once this one and once that one: the answer is the whole page or a 500, a 500 has changed nothing, and the server goes on.
// Run by tests/fault/memory.mjs beside a server that is linked with short.c.
import assert from 'node:assert/strict';
import { createHash, randomUUID } from 'node:crypto';
import fs from 'node:fs';
import { Browser, sql, unmasked } from '../http/lib.mjs';
import { written } from '../http/witness.mjs';

const MANY = 1_000_000_000n;
const pieces = Number(process.env.SHORT_PIECES ?? 6); // of each page and form; 0: all, one after the other
const counter = fs.openSync(`${process.env.UNKNOT_CONFIG}.short`, 'r+');
const arm = (n) => fs.writeSync(counter, new BigInt64Array([n]), 0, 8, 0);
const left = () => {
  const now = new BigInt64Array(1);
  fs.readSync(counter, now, 0, 8, 0);
  return now[0];
};
// What `ask` answers while its n-th piece is not had, and whether it came to that.
async function shortOf(n, ask) {
  arm(BigInt(n));
  const answer = await ask();
  const hit = left() === 0n;
  arm(-1n);
  return { answer, hit };
}

const refused = (answer) => answer.status === 500 || answer.status === 503;
const said = (answer) => unmasked(answer).replace(/[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}/g, 'UUID');
const faults = [];
const note = (fault) => (faults.push(fault), process.env.SHORT_LOG && fs.appendFileSync(process.env.SHORT_LOG, fault + '\n'));
const seen = new Set();
const begun = new Map(); // how many pieces each form has been without, one after the other
const kindOf = (target) => target.replace(/[0-9a-f-]{36}|[A-Za-z0-9_-]{43}|\?.*/g, '');
const send = Browser.prototype.send;
// The same each time for the same page or form: what is found once is found again. SHORT_SEED chooses others.
const chance = (...of) => createHash('sha256').update([process.env.SHORT_SEED, ...of].join()).digest().readUInt32LE() / 2 ** 32;

async function page(browser, target, options) {
  arm(MANY);
  const whole = await send.call(browser, 'GET', target, options);
  const taken = Number(MANY - left());
  arm(-1n);
  const kind = kindOf(target);
  if (whole.status !== 200 || seen.has(`GET ${kind}`)) return whole;
  seen.add(`GET ${kind}`);
  const step = pieces ? taken / pieces : 1;
  for (let n = 1 + Math.floor(pieces ? chance(kind) * step : 0); n <= taken; n += Math.max(1, Math.floor(step * (pieces ? 0.5 + chance(kind, n) : 1)))) {
    const { answer, hit } = await shortOf(n, () => send.call(browser, 'GET', target, options));
    if (hit && !refused(answer) && said(answer) !== said(whole)) note(`GET ${target} without piece ${n} of ${taken}: ${answer.status}, and less of it`);
  }
  return send.call(browser, 'GET', target, options);
}

// Whoever is let in or out by an answer that is lost is in or out.
async function form(browser, target, options) {
  if (['/sign-in', '/sign-out'].includes(target)) return send.call(browser, 'POST', target, options);
  const twice = repeatable.some((path) => path.test(target));
  const whole = options.form && !twice ? { ...options, form: { key: randomUUID(), ...options.form } } : options;
  const kind = kindOf(target);
  for (let tries = 0; !pieces || tries < pieces; tries++) {
    const n = 1 + (pieces ? Math.floor(chance(kind, tries) ** 2 * 300) : begun.get(kind) ?? 0);
    written();
    const { answer, hit } = await shortOf(n, () => send.call(browser, 'POST', target, whole));
    if (![401, 404].includes(answer.status)) seen.add(`POST ${kind}`);
    if (hit && ![401, 404].includes(answer.status)) begun.set(kind, n);
    if (!hit || !refused(answer)) return answer;
    const rows = twice ? [] : written();
    if (rows.length === 0) continue;
    // what was made before memory ended is not made twice: the same form gets the answer that was lost
    const again = await send.call(browser, 'POST', target, whole);
    for (const row of refused(again) ? rows : written()) note(`POST ${target} without piece ${n}: ${answer.status}, and yet ${row}`);
    return again;
  }
  return send.call(browser, 'POST', target, whole);
}

// What changes nothing that could not be changed twice is not in one transaction with its answer.
const repeatable = [...fs.readFileSync(new URL('../../src/routes.c', import.meta.url), 'utf8').matchAll(/"([^"]+)",\s*[^,]*NO_KEY/g)]
  .map(([, path]) => new RegExp(`^${path.replace(/\{\w+\}/g, '[^/]+')}$`));

let last = Promise.resolve();
const isWatched = () => sql(`select 1 from pg_namespace where nspname = 'witness'`).length > 0;
Browser.prototype.send = function (method, target, options = {}) {
  const mine = last.then(async () => {
    if (!isWatched()) return send.call(this, method, target, options);
    return method === 'GET' ? page(this, target, options) : form(this, target, options);
  });
  last = mine.catch(() => {});
  return mine;
};

const { default: test } = await import('node:' + 'test');
await import('../http/matrix.mjs');
test('memory that ends ends one request, and nothing is half of it', () => {
  assert.deepEqual(faults, []);
  assert.ok(seen.size > 300, `${seen.size} pages and forms`);
});
