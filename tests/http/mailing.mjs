// For the tests of mail and other messages: a server of their own, so that no other test's mail is in the way, workers with settings of the
// test's own, a mail server that answers as the test wants, and a reader of mails without help of the program.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const script = fileURLToPath(new URL('../server.sh', import.meta.url));
export const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'unknot-mail-'));
const clean = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('UNKNOT_') && !name.startsWith('TEST_')));
const program = process.env.TEST_PROGRAM;
const made = process.env.TEST_MADE ?? '';
// files, not pipes: what the server leaves running would keep a pipe open
const shell = (settings, ...args) => {
  const out = fs.openSync(path.join(os.tmpdir(), `${path.basename(dir)}.out`), 'w+');
  try {
    execFileSync(script, args, { env: { ...clean, TEST_PROGRAM: program, TEST_MADE: made, TEST_EMPTY: '1', TEST_CONFIG: 'work_pause_ms = 200', ...settings }, stdio: ['ignore', out, 'inherit'] });
    return fs.readFileSync(path.join(os.tmpdir(), `${path.basename(dir)}.out`), 'utf8');
  } finally {
    fs.closeSync(out);
  }
};

// The library of the other tests, for a server of one's own with these settings.
export async function start(settings = {}) {
  fs.mkdirSync(path.join(dir, 'mail'), { recursive: true });
  process.env.UNKNOT_URL = shell(settings, 'start', dir).match(/UNKNOT_URL=(\S+)/)[1];
  process.env.TEST_DIR = dir;
  process.env.UNKNOT_CONFIG = path.join(dir, 'unknot.conf');
  const lib = await import('./lib.mjs');
  const made = lib.unknot(['user', 'add', 'operator', 'operator@example.org', 'Olga'], { input: 'unknot-demo\n' });
  assert.equal(made.status, 0, made.stderr);
  return lib;
}
export function stop() {
  shell({}, 'stop', dir);
  fs.rmSync(path.join(os.tmpdir(), `${path.basename(dir)}.out`), { force: true });
}

export const workLog = () => fs.readFileSync(path.join(dir, 'work.log'), 'utf8');

// Workers with this configuration beside the server's own, which has no mail configured and leaves it alone.
export async function working(settings, what, count = 2) {
  const log = fs.openSync(path.join(dir, 'work.log'), 'a');
  const env = { ...clean, UNKNOT_CONFIG: process.env.UNKNOT_CONFIG, UNKNOT_MAIL_FROM: 'desk@unknot.example', ...settings };
  const workers = Array.from({ length: count }, () => spawn(program, ['work'], { env, stdio: ['ignore', log, log] }));
  try {
    return await what(workers);
  } finally {
    const ended = workers.map((w) => (w.exitCode === null && w.signalCode === null ? new Promise((done) => w.on('exit', done)) : w.exitCode));
    for (const w of workers) w.kill('SIGTERM');
    const codes = await Promise.all(ended);
    assert.ok(codes.every((code, i) => code === 0 || workers[i].signalCode === 'SIGKILL'), workLog().slice(-2000));
    fs.closeSync(log);
  }
}

// {head, subject, from, parts: [{type, disposition, text}], text, html} of a message, read without help of the program.
export const words = (line) => line.replace(/=\?utf-8\?B\?([^?]*)\?=\s*/g, (_, word) => Buffer.from(word, 'base64').toString());
function partsOf(head, body) {
  const boundary = head.match(/boundary="([^"]+)"/)?.[1];
  if (!boundary) {
    return [{ type: head.match(/^Content-Type: (.*)$/m)[1].trim(), disposition: head.match(/^Content-Disposition: (.*)$/m)?.[1], text: Buffer.from(body, 'base64').toString() }];
  }
  const inner = `\r\n${body}`.split(`\r\n--${boundary}`);
  assert.equal(inner.at(-1).trim(), '--', 'closed');
  return inner.slice(1, -1).flatMap((part) => {
    const at = part.indexOf('\r\n\r\n');
    return partsOf(part.slice(0, at).replace(/\r\n\s/g, ' '), part.slice(at + 4));
  });
}
export function parse(message) {
  const at = message.indexOf('\r\n\r\n');
  const head = message.slice(0, at).replace(/\r\n /g, ' ');
  const parts = partsOf(head, message.slice(at + 4));
  const of = (type) => parts.find((p) => p.type.startsWith(type))?.text;
  return { head, subject: words(head.match(/^Subject: (.*)$/m)[1]).trim(), from: words(head.match(/^From: (.*)$/m)[1]), parts, text: of('text/plain'), html: of('text/html'), calendar: of('text/calendar') };
}
export const mailOf = (id) => parse(fs.readFileSync(path.join(dir, 'mail', `${id}.eml`), 'utf8'));
export const folder = () => fs.readdirSync(path.join(dir, 'mail')).filter((f) => f.endsWith('.eml'));

// --- A mail server that says what the test wants

export function server(answers, host = '127.0.0.1') {
  const received = [];
  const seen = []; // the verbs of each session
  const sockets = new Set();
  const listener = net.createServer((socket) => {
    let mail = null, buffer = '';
    const say = (line) => socket.write(`${line}\r\n`);
    sockets.add(socket);
    say('220 sink');
    socket.on('error', () => {});
    socket.on('data', (data) => {
      buffer += data;
      for (;;) {
        if (mail?.data !== undefined) {
          const end = buffer.indexOf('\r\n.\r\n');
          if (end < 0) return;
          mail.data = buffer.slice(0, end);
          buffer = buffer.slice(end + 5);
          const answer = answers.data?.(mail) ?? '250 taken';
          if (answer.startsWith('2')) received.push({ ...mail });
          mail = null;
          say(answer);
          continue;
        }
        const end = buffer.indexOf('\r\n');
        if (end < 0) return;
        const line = buffer.slice(0, end);
        buffer = buffer.slice(end + 2);
        const verb = line.slice(0, 4).toUpperCase();
        seen.push(verb);
        if (answers.drop?.(verb)) return socket.destroy();
        if (answers.stall?.(verb)) return;
        if (verb === 'MAIL') mail = { from: line, to: [] };
        if (verb === 'RCPT') mail.to.push(line);
        if (verb === 'DATA') mail.data = '';
        say(verb === 'DATA' ? '354 go on' : verb === 'RCPT' ? (answers.rcpt?.(line) ?? '250 ok') : verb === 'QUIT' ? '221 bye' : verb === 'EHLO' && answers.ehlo ? answers.ehlo : verb === 'AUTH' ? (answers.auth ?? '250 ok') : '250 ok');
      }
    });
  });
  return new Promise((done) => listener.listen(0, host, () => done({ received, seen, url: `smtp://${host}:${listener.address().port}`, close: () => (listener.close(), sockets.forEach((x) => x.destroy())) })));
}
