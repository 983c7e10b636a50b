// Memory that ends in the midst of a request: tests/fault/short.mjs, beside a server that runs short of it at will.
import test from 'node:test';
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const top = fileURLToPath(new URL('../..', import.meta.url));
const own = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('UNKNOT_') && !name.startsWith('NODE_TEST')));

test('each page and each form, while pieces of the memory they take are not had', { timeout: 600000 }, () => {
  const program = path.join(path.dirname(path.resolve(top, process.env.TEST_PROGRAM ?? 'build/unknot')), 'unknot-short');
  const run = spawnSync('tests/server.sh', ['with', 'node', '--test', '--test-reporter=tap', '--test-name-pattern=answers each caller as it should|memory that ends', 'tests/fault/short.mjs'],
    { cwd: top, env: { ...own, TEST_PROGRAM: program, TEST_CONFIG: 'page_cache_mb = 0' }, encoding: 'utf8' });
  assert.equal(run.status, 0, run.stdout.split('\n').filter((line) => !/^\s*(ok|#|---|\.\.\.|duration_ms|1\.\.)/.test(line)).join('\n').slice(0, 8000) + run.stderr.slice(-2000));
});
