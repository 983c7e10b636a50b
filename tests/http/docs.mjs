// What README.md and docs/ say is there: routes, commands, targets, settings, files; and the booking of docs/api.md, run as it stands.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { fileURLToPath } from 'node:url';
import { test } from 'node:test';
import { unknot } from './lib.mjs';

const top = fileURLToPath(new URL('../../', import.meta.url));
const names = ['README.md', ...fs.readdirSync(`${top}docs`).filter((name) => name.endsWith('.md')).map((name) => `docs/${name}`)];
const texts = names.map((name) => [name, fs.readFileSync(top + name, 'utf8')]);
const code = texts.flatMap(([name, text]) => [...text.replaceAll(/```[^]*?```/g, '').matchAll(/`([^`\n]+)`/g)].map(([, said]) => [name, said]));
const lacking = (of, good) => of.filter(([, said]) => !good(said)).map(([name, said]) => `${name}: ${said}`);

test('every address in the documents is a route', () => {
  const routes = JSON.parse(unknot(['routes']).stdout).map((r) => new RegExp(`^${r.path.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+')}$`));
  const said = code.map(([name, text]) => [name, text.replace(/^(GET|POST) /, '').replace(/\?.*$/, '')])
    .filter(([, text]) => /^\/[a-z]/.test(text) && !/^\/(etc|usr|var|run|srv)\//.test(text));
  assert.ok(said.length > 40, `${said.length}`);
  assert.deepEqual(lacking(said, (path) => routes.some((route) => route.test(path))), []);
});

test('what people read is spelled as Americans spell it', () => {
  const british = /\b(judgement|towards|colours?|coloured|centres?|licences?|behaviours?|neighbours?|favour\w*|labour|metres?|litres?|programmes?|catalogues?|cancelled|cancelling|travell\w+|labell\w+|whilst|fulfil|paediatr\w*|orthopaed\w*|gynaeco\w*|anaem\w*|oedema|practis\w+|(?:organ|recogn|mobil|apolog|special|summar|emphas|real|author|personal|immun)is(?:e[sd]?|ing|ation))\b/i;
  const read = [...texts];
  for (const [folder, ending] of [['templates', /\.(html|md|txt)$/], ['sql/seed', /\.sql$/]])
    for (const name of fs.readdirSync(top + folder, { recursive: true }).filter((name) => ending.test(name))) read.push([`${folder}/${name}`, fs.readFileSync(`${top}${folder}/${name}`, 'utf8')]);
  assert.ok(read.length > 200, `${read.length}`);
  // words of the program are not read: code, tags of templates, of HTML, comments. Names that others gave and what people may type are as they are.
  const words = read.map(([name, text]) => [name, text.replaceAll(/```[^]*?```|`[^`\n]+`|\{\{[^}]*\}\}|<[^>]*>/g, ' ').replaceAll(/^\s*--.*$/gm, '')])
    .filter(([name]) => !/12_terms|16_holidays/.test(name));
  assert.deepEqual(words.flatMap(([name, text]) => text.split('\n').filter((line) => british.test(line)).map((line) => `${name}: ${line.match(british)[0]}`)), []);
});

test('every command, target, setting and file in the documents is there', () => {
  const of = (pattern) => code.map(([name, text]) => [name, text.match(pattern)?.[1]]).filter(([, said]) => said);
  const help = unknot(['help']).stdout;
  const commands = of(/^unknot ([a-z]+)/);
  const targets = of(/^make ([a-z-]+)/);
  const settings = [...of(/^([a-z_]+) = /), ...of(/^((?:hook|mail|map|page|key|smtp)_[a-z_]+)$/),
    ...texts.flatMap(([name, text]) => [...text.matchAll(/^ {7}([a-z_]+) = /gm)].map(([, key]) => [name, key]))];
  const files = of(/^((?:src|sql|deploy|tests|templates)\/[\w./-]*)$/);
  const makefile = fs.readFileSync(`${top}Makefile`, 'utf8');
  const config = unknot(['config']).stdout;
  assert.ok(commands.length > 10 && targets.length > 4 && settings.length > 15 && files.length > 10, `${commands.length} ${targets.length} ${settings.length} ${files.length}`);
  assert.deepEqual(lacking(commands, (command) => new RegExp(`^  ${command}\\b`, 'm').test(help)), []);
  assert.deepEqual(lacking(targets, (target) => new RegExp(`^${target}:`, 'm').test(makefile)), []);
  assert.deepEqual(lacking(settings, (key) => new RegExp(`^${key}\\b`, 'm').test(config) || ['synchronous_standby_names', 'wal_writer_delay'].includes(key)), []);
  assert.deepEqual(lacking(files, (file) => fs.existsSync(top + file)), []);
  const links = texts.flatMap(([name, text]) => [...text.matchAll(/\]\(([^)#:]+)\)/g)].map(([, to]) => [name, to]));
  assert.deepEqual(links.filter(([name, to]) => !fs.existsSync(new URL(to, `file://${top}${name}`))), []);
});

test('the booking of docs/api.md, as it stands, is a booking', () => {
  const script = texts.find(([name]) => name === 'docs/api.md')[1].match(/```sh\n([^]+?)```/)[1];
  execFileSync('jq', ['--version']);
  const ran = spawnSync('bash', ['-euo', 'pipefail', '-c', script], { encoding: 'utf8' });
  const said = ran.stdout.trim().split('\n');
  assert.equal(ran.status, 0, ran.stderr);
  assert.match(said[0], /^\{"outcome":"(PROCEED|MODIFY)","missing":\[\]\}$/);
  assert.match(said[1], /^\{"state":"(confirmed|requested)","reference":/);
});
