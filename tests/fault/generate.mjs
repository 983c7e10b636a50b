// `unknot generate` beside a server that runs: all of its steps, and what they leave behind.
import test from 'node:test';
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const top = fileURLToPath(new URL('../..', import.meta.url));
const own = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('UNKNOT_') && !name.startsWith('NODE_TEST')));
const steps = `unset UNKNOT_URL
"$TEST_PROGRAM" import places >/dev/null
"$TEST_PROGRAM" generate 40 --bookings 5
"$TEST_PROGRAM" generate 20 --bookings 5 | tail -n 1
tests/cluster.sh psql "$TEST_DIR/pg" -At -c "select json_build_object(
  'therapists', (select count(*) from therapist), 'visits', (select count(*) > 200 from booking), 'listed', (select count(*) from listing_due), 'published', (select count(*) from therapist where published),
  'wrong', listing_compare(60) -> 'wrong', 'put_off', (select count(*) from sample.put_off),
  'unvacuumed', (select array_agg(relname order by relname) from pg_stat_user_tables where schemaname = 'unknot' and relname ~ '^(listing|town|therapist_name|name_word|place$)' and relname <> 'town_known' and n_live_tup > 0 and vacuum_count = 0))"`;

test('a directory is made, and another beside it', { timeout: 600000 }, () => {
  const run = spawnSync('tests/server.sh', ['with', 'sh', '-ec', steps], { cwd: top, env: { ...own, TEST_EMPTY: '1' }, encoding: 'utf8' });
  assert.equal(run.status, 0, run.stdout + run.stderr);
  const lines = run.stdout.trim().split('\n'), made = JSON.parse(lines.find((line) => line.startsWith('{')));
  assert.equal(lines.filter((line) => line === 'done').length, 2, run.stdout);
  assert.deepEqual([made.therapists, made.visits, made.put_off, made.listed], [60, true, 0, made.published]);
  assert.deepEqual(made.wrong, []);
  // what search reads; what was known before is not
  assert.equal(made.unvacuumed, null);
});
