// Whether time tells an address that has an account from one that has none: attempts at sign-in, sign-up and a new password, known and
// unknown in turn, and the difference of their medians.
//   BENCH_ASKS=200   attempts of each kind at each form
import { Browser, makeClient, password, sql, tokenOf } from '../http/lib.mjs';

const asks = Number(process.env.BENCH_ASKS ?? 200);
const known = makeClient('Ken Known').email;
const unknown = known.replace('client-', 'nobody-');
const median = (all) => all.sort((a, b) => a - b)[all.length >> 1];
const forms = {
  'Sign-in': ['/sign-in', { password: 'not the password' }, 422],
  'Sign-up': ['/sign-up', { name: 'Nora New', password: `${password} again` }, 303],
  'New password': ['/forgot', {}, 303],
};

for (const [name, [path, form, status]] of Object.entries(forms)) {
  const browser = new Browser();
  const csrf = tokenOf((await browser.get(path)).text);
  const times = { [known]: [], [unknown]: [] };
  for (let i = 0; i < 2 * asks; i++) {
    if (i % 4 === 0) sql('truncate sign_in_throttle'); // who waits tells nothing, but has to wait
    const email = (i + (i >> 1)) % 2 ? known : unknown; // in turn, each as often first as second
    const began = process.hrtime.bigint();
    const answer = await browser.send('POST', path, { form: { ...form, email, csrf } });
    times[email].push(Number(process.hrtime.bigint() - began) / 1e6);
    if (answer.status !== status) throw new Error(`${name}: ${answer.status}`);
  }
  const [k, u] = [median(times[known]), median(times[unknown])];
  console.log(`${`${name}, known and unknown address`.padEnd(46)} ${k.toFixed(2)} and ${u.toFixed(2)} ms, ${Math.abs(k - u).toFixed(2)} apart (goal 2), ${asks} each`);
}
process.exit(0);
