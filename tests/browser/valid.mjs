// Pages as they came over the wire, kept while the walks go on, and looked at by two validators at the end.
import { execFile, execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { HtmlValidate } from 'html-validate';

const kept = new Map(); // what it is → HTML

// The body of the document that a page shows; `responses` has its last navigation.
export async function keep(name, response) {
  const html = await response?.text().catch(() => null);
  if (html && /^\s*<!doctype html/i.test(html)) kept.set(name, html);
}
export const count = () => kept.size;

const rules = {
  'doctype-style': 'off', // lower case is as good
  'no-redundant-for': 'off', // older screen readers want the `for` as well
  'form-dup-name': 'off', // boxes of one name, and a list that adds to them
};

// A line for each finding of html-validate.
export async function findings() {
  const validator = new HtmlValidate({ root: true, extends: ['html-validate:recommended'], rules });
  const found = [];
  for (const [name, html] of kept) {
    const { results } = await validator.validateString(html);
    const lines = html.split('\n');
    for (const { line, message, ruleId } of results.flatMap((result) => result.messages))
      found.push(`${name}: ${ruleId}: ${message}: ${lines[line - 1]?.trim().slice(0, 100)}`);
  }
  return found;
}

export function javaIsHere() {
  try {
    execFileSync('java', ['-version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

// The same of vnu, the validator of the specification's authors. One start for all pages: it takes seconds.
export async function vnuFindings() {
  const jar = createRequire(import.meta.url).resolve('vnu-jar/build/dist/vnu.jar');
  const dir = await mkdtemp(`${tmpdir()}/unknot-pages-`);
  const names = [...kept.keys()];
  try {
    await Promise.all(names.map((name, n) => writeFile(`${dir}/${n}.html`, kept.get(name))));
    const answer = await new Promise((done, failed) => execFile('java', ['-Xmx512m', '-jar', jar, '--format', 'json', '--stdout', '--exit-zero-always', dir],
      { maxBuffer: 64 << 20 }, (error, stdout) => (error ? failed(error) : done(stdout))));
    return JSON.parse(answer).messages.map(({ url = '', message, extract = '' }) =>
      `${names[url.match(/(\d+)\.html$/)?.[1]] ?? url}: ${message} ${extract.trim().replace(/\s+/g, ' ').slice(0, 100)}`);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}
