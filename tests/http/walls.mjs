// The matrix again with one of the two walls down: without row-level security the routes and the conditions of each query have to hold, and without the
// routes' own question who calls, the database alone. Asked for documents, which say all that a page is made of. A part of tests/http/matrix.mjs.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { bearer, begin, booked, free, healthy, held, serve, send, sql } from './lib.mjs';
import { watch, written } from './witness.mjs';

// act(x) of each, some at once: as many as the server has patience for.
export async function each(list, act, atOnce = 3) {
  const left = [...list];
  await Promise.all(Array.from({ length: atOnce }, async () => {
    while (left.length > 0) await act(left.shift());
  }));
}

// What only some may read: [what it says, who may]. All others are strangers to it.
function marksOf({ mine, other, customer, checker, front, strange, guest }, sessions) {
  const carla = guest();
  const secret = (browser) => browser.cookies.get('session');
  return [
    [carla.token, []], [carla.reference, ['guest', 'therapist', 'desk']], ['Carla Client', ['guest', 'therapist', 'desk']], ['carla@example.org', ['guest', 'therapist', 'desk']],
    [strange.token, []], ['Stella Stranger', ['stranger', 'client', 'colleague']], ['stella@example.org', ['stranger', 'client', 'colleague']],
    [mine.email, ['therapist', 'desk', 'operator']], [other.email, ['colleague', 'operator']], [customer.email, ['client', 'colleague', 'operator']], [customer.name, ['client', 'operator']],
    [checker.email, ['operator']], [front.email, ['therapist', 'desk', 'operator']], ['Dora Desk', ['therapist', 'desk', 'operator']],
    ['Nora Notyet', []], ['nora@example.org', []], ['Pat Person', ['therapist']], ['dentist', ['therapist']], ['Dr Example', ['guest', 'therapist']], ['At a wedding', ['therapist']], ['calendar.example', ['therapist']],
    ['x@example.org', ['operator']], ['wants@example.org', ['colleague', 'operator']], ['Because of it', ['operator']],
    ...Object.values(sessions).map((browser) => [secret(browser), []]), ['$argon2', []], ['password_hash', []], ['token_hash', []],
  ];
}

export function wallsOff({ test, routes, rows, callers, nameOf, isRefusal, idsOf, namedIn, call, forget, people, sessions }) {
  // A path that holds a secret of somebody's is for whoever has it.
  const isCapability = (route) => /\{(token|file)\}/.test(route.path);

  // Visits in every state of their life, beside those of the table.
  async function visits() {
    const { mine } = people;
    const series = (await send('POST', '/series', { headers: { accept: 'application/json' }, json: { therapist: mine.slug, service: Number(mine.service), key: randomUUID(), starts: [free(mine), free(mine)] } })).json();
    assert.equal(series.state, 'held', JSON.stringify(series));
    for (const [step, json] of [['safety', healthy], ['details', { name: 'Carla Client', email: 'carla@example.org' }], ['confirm', {}]])
      assert.equal((await send('POST', `/bookings/${series.id}/${step}`, { headers: bearer(series), json })).status, 200, step);
    const came = await booked(mine);
    begin(came);
    sql(`begin; set local session_replication_role = replica; update booking set state = 'attended', ended_at = now() where id = :'id'; commit`, came);
    const kept = await held(mine, 'passed'); // nobody but the client knows of it
    assert.equal((await send('POST', `/bookings/${kept.id}/details`, { headers: bearer(kept), json: { name: 'Nora Notyet', email: 'nora@example.org' } })).status, 200);
    return [['held', kept], ['booked', await booked(mine)], ['series', series], ['attended', came]].map(([state, { id, token }]) => [state, { id, booking: id, token, n: '1' }]);
  }
  // Who has nothing to do with a visit: whoever has another one's link, and a therapist until it is booked.
  const strangersTo = (route, state) => ['stranger', 'client', 'colleague', 'operator', ...(route.path.startsWith('/bookings') || (state === 'held' && route.path.startsWith('/practice')) ? ['therapist'] : [])];

  // [route, row, ids, [[caller, ids, what is said of it, whether they are turned away]]]
  async function* cellsOf(besides) {
    const lives = await visits();
    for (const route of routes) {
      const row = rows[nameOf(route)];
      const ids = await idsOf(row);
      const named = namedIn(row);
      const nobody = named && { ...ids, [named]: /^\d+$/.test(ids[named]) ? '2000000000' : randomUUID() };
      if (named === 'id' && ids.booking === ids.id) nobody.booking = nobody.id;
      const denied = [...callers.filter((who) => isRefusal(row[0][who])), ...besides(route)];
      // of a public page three see what there is to see
      const seen = route.who === 'anyone' ? ['visitor', 'colleague', 'operator'] : [...callers, ...besides(route)];
      const asked = route.method === 'GET' ? seen : denied;
      yield [route, row, asked.flatMap((who) => [[who, ids, '', denied.includes(who)], ...(named && denied.includes(who) ? [[who, nobody, ', an id of nobody', true]] : [])])];
    }
    for (const [state, ids] of lives)
      for (const route of routes.filter(({ path }) => path.includes('/bookings/{id}')))
        yield [route, rows[nameOf(route)], strangersTo(route, state).map((who) => [who, ids, `, ${state}`, true])];
  }

  // → how many cells, and what is wrong; judge() says it of an answer to somebody who is turned away.
  async function walk(judge, { port, besides = () => [] } = {}) {
    forget();
    await idsOf(rows['GET /bookings/{id}']);
    const marks = marksOf(people, sessions);
    let cells = 0;
    const wrong = [];
    for await (const [route, row, askers] of cellsOf(besides)) {
      written();
      await each(askers, async ([who, ids, said, denied]) => {
        cells++;
        const answer = await call(route, row, who, ids, { headers: { accept: 'application/json' }, port });
        const cell = `${nameOf(route)} as ${who}${said}`;
        const fault = denied && judge(answer);
        if (fault) wrong.push(`${cell}: ${fault}`);
        if (!isCapability(route))
          for (const [mark, known] of marks) if (!known.includes(who) && answer.text.includes(mark)) wrong.push(`${cell}: ${answer.status} says ${mark}`);
      });
      for (const said of written()) wrong.push(`${nameOf(route)} wrote ${said}`);
    }
    return { cells, wrong };
  }

  test('without row-level security nobody gets a page of somebody else', async (t) => {
    sql('alter role unknot_web bypassrls');
    try {
      watch(); // and forgets all plans
      const { cells, wrong } = await walk((answer) => ![401, 404].includes(answer.status) && `${answer.status} ${answer.text.slice(0, 200)}`);
      t.diagnostic(`${cells} cells without row-level security, ${wrong.length} wrong`);
      assert.equal(wrong.length, 0, wrong.join('\n'));
      // it was off indeed: with the other condition gone too, a stranger reads a booking
      const source = sql(`select pg_get_functiondef('booking_is_callers'::regproc)`).map((line) => line.join('')).join('\n');
      sql(`create or replace function booking_is_callers(b booking) returns boolean language sql stable as 'select true'`);
      try {
        const row = rows['GET /bookings/{id}/cancel'];
        const answer = await call({ method: 'GET', path: '/bookings/{id}/cancel' }, row, 'stranger', await idsOf(row), { headers: { accept: 'application/json' } });
        assert.equal(answer.status, 200, answer.text);
      } finally {
        sql(source);
      }
    } finally {
      sql('alter role unknot_web nobypassrls');
      watch();
    }
  });

  test('without what the routes say nobody gets or changes a row of somebody else', async (t) => {
    const open = await serve({}, '127.0.0.1', path.join(path.dirname(process.env.TEST_PROGRAM), 'unknot-open'));
    let cells, wrong;
    try {
      const visitor = await send('GET', '/account', { port: open.port, headers: { host: `127.0.0.1:${open.port}` } });
      assert.notEqual(visitor.headers.location, '/sign-in?next=%2Faccount', 'the wall is down');
      ({ cells, wrong } = await walk((answer) => process.env.WALLS_ALL && ![401, 404].includes(answer.status) && `${answer.status} ${answer.text.slice(0, 200)}`, { port: open.port, besides: (route) => (route.who === 'operator' ? ['unproved'] : []) }));
    } finally {
      await open.stop();
    }
    t.diagnostic(`${cells} cells without the routes' rows, ${wrong.length} wrong`);
    assert.equal(wrong.length, 0, wrong.join('\n'));
  });
}
