// SQL for the tests, on one connection of a psql that stays: starting one for each question took a third of their time. ask() waits for its answer,
// as a call does. TEST_PSQL_ONCE: each on a connection of its own, for tests that kill the database.
import { execFileSync, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const script = fileURLToPath(new URL('../cluster.sh', import.meta.url));
const mark = '--answered--';
const quoted = (text) => `'${String(text).replaceAll('\\', '\\\\').replaceAll("'", "''").replaceAll('\n', '\\n')}'`;

// What leaves a transaction or a setting behind: its connection is not used again.
const changes = (text) => /\bbegin\b|(^|;)\s*(set|reset|listen|lock)\b|set_config/im.test(text);

export class Psql {
  #cluster;
  #args;
  #open = null;

  // cluster: the folder of tests/cluster.sh's; args: psql's
  constructor(cluster, ...args) {
    this.#cluster = cluster;
    this.#args = args;
  }

  #start() {
    const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'unknot-psql-'));
    const [asks, says, errors] = ['asks', 'says', 'errors'].map((name) => path.join(dir, name));
    execFileSync('mkfifo', [asks, says]);
    const child = spawn('sh', ['-c', 'exec "$0" psql "$@" 2>"$errors" <"$asks" >"$says"', script, this.#cluster, '-q', '-At', ...this.#args], {
      env: { ...process.env, asks, says, errors },
      stdio: 'ignore',
    });
    child.unref();
    // each waits for the other end, in the order of the shell's redirections
    this.#open = { asks: fs.openSync(asks, 'w'), says: fs.openSync(says, 'r'), errors: fs.openSync(errors, 'r') };
    fs.rmSync(dir, { recursive: true });
  }

  #close() {
    const { asks, says, errors } = this.#open;
    this.#open = null;
    const why = fs.readFileSync(errors, 'utf8');
    for (const fd of [asks, says, errors]) fs.closeSync(fd);
    return why;
  }

  #answer() {
    const part = Buffer.alloc(65536), parts = [];
    for (let end = ''; !end.endsWith(`${mark}\n`);) {
      const n = fs.readSync(this.#open.says, part);
      if (n === 0) throw new Error('psql ended');
      parts.push(Buffer.from(part.subarray(0, n)));
      end = (end + parts.at(-1).toString('latin1')).slice(-mark.length - 1);
    }
    return Buffer.concat(parts).toString().slice(0, -mark.length - 1);
  }

  // values: what :'name' stands for. atomic: statements that are one transaction.
  ask(text, { values = {}, atomic = false } = {}) {
    if (!this.#open) this.#start();
    const names = Object.keys(values);
    const question = [...names.map((name) => `\\set ${name} ${quoted(values[name])}`), atomic ? 'begin;' : '', text, ';', atomic ? 'commit;' : '',
      ...names.map((name) => `\\unset ${name}`), `\\echo ${mark}`, ''].join('\n');
    // a long one comes as a file: a pipe that is full in one direction could wait for the other
    const long = question.length > 16384 ? path.join(os.tmpdir(), `unknot-psql-${randomUUID()}`) : null;
    try {
      if (long) fs.writeFileSync(long, question);
      fs.writeSync(this.#open.asks, long ? `\\i ${long}\n` : question);
      const said = this.#answer();
      if (process.env.TEST_PSQL_ONCE || changes(text)) this.#close();
      return said;
    } catch (error) {
      throw new Error(`${(this.#open && this.#close()) || error.message}\n${text.slice(0, 2000)}`);
    } finally {
      if (long) fs.rmSync(long);
    }
  }
}
