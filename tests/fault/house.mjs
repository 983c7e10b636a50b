// A whole installation of a test's own, whose parts can be killed one by one: PostgreSQL, `unknot serve`, `unknot keyd`, two `unknot work`.
import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const top = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const own = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('UNKNOT_') && !name.startsWith('TEST_')));
const program = path.resolve(top, process.env.TEST_PROGRAM ?? 'build/unknot');

export const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

const freePort = () =>
  new Promise((done) => {
    const probe = net.createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => done(port));
    });
  });

// `standby`: a second cluster that follows the first, which waits for it at each COMMIT. `env` is PostgreSQL's, `conf` more lines of configuration.
export async function house({ standby = false, env = {}, workers = 2, conf = '' } = {}) {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'unknot-fault-'));
  fs.chmodSync(dir, 0o711);
  const noise = fs.openSync(path.join(dir, 'noise'), 'a');
  const cluster = (command, name, ...args) => {
    const out = path.join(dir, 'said');
    const fd = fs.openSync(out, 'w');
    try {
      execFileSync(path.join(top, 'tests/cluster.sh'), [command, path.join(dir, name), ...args], { env: { ...own, ...env }, stdio: ['ignore', fd, noise] });
    } finally {
      fs.closeSync(fd);
    }
    return fs.readFileSync(out, 'utf8');
  };
  const children = new Map(), away = new Set();
  const port = await freePort();
  const self = { dir, port, cluster, program };

  cluster('start', 'pg', ...(standby ? ['synchronous_commit=on'] : []));
  if (standby) cluster('follow', 'pg2', path.join(dir, 'pg'));
  const hosts = standby ? `${dir}/pg,${dir}/pg2` : `${dir}/pg`;
  const database = `host=${hosts} dbname=unknot${standby ? ' target_session_attrs=read-write' : ''}`;
  fs.writeFileSync(path.join(dir, 'unknot.conf'), `listen = 127.0.0.1:${port}
origin = http://127.0.0.1:${port}
database = ${database} user=unknot_web
worker_database = ${database} user=unknot_worker
owner_database = host=${dir}/pg dbname=unknot user=unknot_owner
key_file = ${dir}/key
holds_per_address = 100000
mail_from = desk@unknot.example
mail_dir = ${dir}/mail
${conf}`);
  fs.mkdirSync(path.join(dir, 'mail'));
  const settings = { ...own, UNKNOT_CONFIG: path.join(dir, 'unknot.conf') };
  const run = (args, input) => execFileSync(program, args, { env: settings, input, stdio: ['pipe', noise, noise] });
  run(['keys', 'new', path.join(dir, 'key')]);
  run(['migrate']);
  run(['user', 'add', 'operator', 'operator@example.org', 'Olga'], 'unknot-demo\n');

  // Started again as often as it ends, as a supervisor would.
  const keep = (name, ...args) => {
    const log = fs.openSync(path.join(dir, `${name}.log`), 'a');
    const start = () => {
      const child = spawn(program, args, { env: settings, stdio: ['ignore', log, log] });
      children.set(name, child);
      child.on('exit', (code, signal) => {
        if (!self.stopped && !away.has(name) && children.get(name) === child) setTimeout(start, 100);
        else if (code && !away.has(name)) self.failed = `${name} ended with ${code} ${signal ?? ''}`;
      });
    };
    start();
  };
  self.kill = (name) => children.get(name)?.kill('SIGKILL');
  self.pid = (name) => children.get(name).pid;
  self.signal = (name, signal) => children.get(name).kill(signal);
  // Ended, and not started again until it is called back.
  self.sendAway = (name) => {
    away.add(name);
    const child = children.get(name);
    return new Promise((done) => (child.on('exit', done), child.kill('SIGTERM')));
  };
  self.callBack = (name) => {
    away.delete(name);
    keep(name, name);
  };
  keep('keyd', 'keyd');
  keep('serve', 'serve');
  for (let i = 1; i <= workers; i++) keep(`work${i}`, 'work');

  self.log = (name) => fs.readFileSync(path.join(dir, `${name}.log`), 'utf8');
  self.stop = async () => {
    self.stopped = true;
    const ended = [...children.values()].filter((c) => c.exitCode === null && c.signalCode === null).map((c) => new Promise((done) => (c.on('exit', done), c.kill('SIGTERM'))));
    await Promise.all(ended);
    cluster('stop', 'pg');
    if (standby) cluster('stop', 'pg2');
    fs.closeSync(noise);
    fs.rmSync(dir, { recursive: true, force: true });
    if (self.failed) throw new Error(self.failed);
  };

  // what the other tests use, on this house
  process.env.UNKNOT_URL = `http://127.0.0.1:${port}`;
  process.env.TEST_DIR = dir;
  process.env.TEST_PSQL_ONCE = '1'; // the database is killed here
  process.env.TEST_PROGRAM = program;
  process.env.UNKNOT_CONFIG = settings.UNKNOT_CONFIG;
  self.lib = await import('../http/lib.mjs');
  await self.lib.until(() => self.lib.send('GET', '/readyz').then((a) => a.status === 200, () => false), 'the server answers');
  return self;
}
