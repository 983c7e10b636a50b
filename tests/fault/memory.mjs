// Memory that ends in the midst of a request (tests/fault/short.mjs) or of a message (work.mjs), with a program that runs short of it at will.
import test from 'node:test';
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const top = fileURLToPath(new URL('../..', import.meta.url));
const own = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('UNKNOT_') && !name.startsWith('NODE_TEST')));

const program = path.join(path.dirname(path.resolve(top, process.env.TEST_PROGRAM ?? 'build/unknot')), 'unknot-short');
const said = (run) => run.stdout.split('\n').filter((line) => !/^\s*(ok|#|---|\.\.\.|duration_ms|1\.\.)/.test(line)).join('\n').slice(0, 8000) + run.stderr.slice(-2000);

test('messages, while pieces of the memory that sending takes are not had', { timeout: 600000 }, () => {
  const run = spawnSync('node', ['--test', '--test-reporter=tap', 'tests/fault/work.mjs'], { cwd: top, env: { ...own, TEST_PROGRAM: program }, encoding: 'utf8' });
  assert.equal(run.status, 0, said(run));
});

test('each page and each form, while pieces of the memory they take are not had', { timeout: 600000 }, () => {
  const run = spawnSync('tests/server.sh', ['with', 'node', '--test', '--test-reporter=tap', '--test-name-pattern=answers each caller as it should|memory that ends', 'tests/fault/short.mjs'],
    { cwd: top, env: { ...own, TEST_PROGRAM: program, TEST_CONFIG: 'page_cache_mb = 0' }, encoding: 'utf8' });
  assert.equal(run.status, 0, said(run));
});
