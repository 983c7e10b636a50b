// Another server on the database under test, with more in its configuration: {url, get(), log(), stop(), refused()}.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { dir, until } from './lib.mjs';

export async function serve(lines) {
  const port = await new Promise((found) => {
    const probe = net.createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => found(port));
    });
  });
  const kept = fs.readFileSync(process.env.UNKNOT_CONFIG, 'utf8').split('\n').filter((line) => !/^(listen|origin) =/.test(line));
  const config = path.join(dir, `served-${port}.conf`);
  fs.writeFileSync(config, [...kept, `listen = 127.0.0.1:${port}`, `origin = http://127.0.0.1:${port}`, ...lines, ''].join('\n'));
  const env = { ...process.env, UNKNOT_CONFIG: config };
  delete env.UNKNOT_URL;
  const log = path.join(dir, `served-${port}.log`);
  const out = fs.openSync(log, 'w');
  const child = spawn(process.env.TEST_PROGRAM, ['serve'], { env, stdio: ['ignore', out, out] });
  fs.closeSync(out);
  const ended = new Promise((end) => child.on('exit', (code) => end(code)));
  const server = { url: `http://127.0.0.1:${port}`, log: () => fs.readFileSync(log, 'utf8'), ended };
  server.get = async (target, headers = {}) => {
    const answer = await fetch(server.url + target, { headers: { accept: 'text/html', ...headers }, redirect: 'manual' });
    const body = Buffer.from(await answer.arrayBuffer());
    return { status: answer.status, headers: answer.headers, body, text: body.toString() };
  };
  server.stop = async () => {
    child.kill('SIGTERM');
    assert.equal(await ended, 0, server.log());
  };
  server.refused = async () => {
    assert.equal(await ended, 1, server.log());
    return server.log();
  };
  return server;
}

// The same, when it answers.
export const up = async (lines) => {
  const server = await serve(lines);
  await until(() => server.get('/readyz').then((answer) => answer.status === 200, () => false), `the server is up:\n${server.log()}`);
  return server;
};
