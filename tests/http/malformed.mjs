// Malformed and hostile requests, byte for byte, against a running server: UNKNOT_URL=http://127.0.0.1:8080
//
// Each row says what must come back: a status, several that are all right, or 'closed'. A row that is refused for its framing has
// a second request behind it, to a path that does not exist: an answer to that one (404) would mean that the server took bytes of
// the refused request's tail for a request, which is how requests are smuggled. After each row the server must still answer.
//
// Rows with `library: true` are answered by libmicrohttpd before the gate sees them (src/http/gate.c says which and
// why): only the status and the closed connection are promised there, not the page. `twice` marks what 0.9.75 answers
// with its status line and headers sent double, in one answer; the connection closes behind it.
import net from 'node:net';
import test from 'node:test';
import assert from 'node:assert/strict';

const url = new URL(process.env.UNKNOT_URL ?? 'http://127.0.0.1:8080');
const host = url.host;
const get = '/healthz';
const post = '/bookings';
const canary = '/smuggled-canary';

// --- Talking

function exchange(bytes, patience = 4000) {
  return new Promise((resolve) => {
    const socket = net.connect(Number(url.port || 80), url.hostname.replace(/^\[|\]$/g, ''));
    let text = '';
    const done = (closed) => {
      clearTimeout(timer);
      socket.destroy();
      resolve({ text, closed });
    };
    const timer = setTimeout(() => done(false), patience);
    socket.on('connect', () => socket.write(bytes));
    socket.on('data', (data) => (text += data.toString('latin1')));
    socket.on('error', () => done(true));
    socket.on('close', () => done(true));
  });
}

const bytes = (text) => Buffer.from(text, 'latin1');
const statusLines = (text) => text.match(/HTTP\/1\.1 \d\d\d/g) ?? [];
const H = `Host: ${host}\r\n`;
const C = 'Connection: close\r\n';
const tail = `GET ${canary} HTTP/1.1\r\n${H}\r\n`;

const line = (requestLine, headers = '') => `${requestLine}\r\n${H}${headers}\r\n`;
const target = (path) => line(`GET ${path} HTTP/1.1`);
const header = (text) => line(`GET ${get} HTTP/1.1`, text);
const bodyless = (text) => `GET ${get} HTTP/1.1\r\n${text}\r\n`;
const framed = (headers, body = '') => line(`POST ${post} HTTP/1.1`, `Content-Type: application/x-www-form-urlencoded\r\n${headers}`) + body;
const submitted = (type, body) =>
  line(`POST ${post} HTTP/1.1`, `${C}${type ? `Content-Type: ${type}\r\n` : ''}Content-Length: ${Buffer.byteLength(body)}\r\n`) + body;
const repeat = (n, make) => Array.from({ length: n }, (_, i) => make(i)).join('');

// --- The table: [what, request, expected, {library, twice, alone}]; `alone`: no second request behind it

const rows = [
  // controls: the harness sees good requests as good
  ['a plain request', header(C), 200, { alone: true }],
  ['two good requests in one packet', header('') + header(C), 200, { alone: true, answers: 2 }],
  ['an empty line in front', `\r\n${header(C)}`, 200, { alone: true }],
  ['a missing page', line(`GET ${canary} HTTP/1.1`, C), 404, { alone: true }],

  // request line
  ['bare LF everywhere', `GET ${get} HTTP/1.1\nHost: ${host}\n\n`, 400, { strict: true }],
  ['bare LF behind the request line', `GET ${get} HTTP/1.1\n${H}\r\n`, 400, { strict: true }],
  ['bare LF behind a header', `GET ${get} HTTP/1.1\r\n${H}X-A: b\nX-C: d\r\n\r\n`, 400, { strict: true }],
  ['bare LF as the last line', `GET ${get} HTTP/1.1\r\n${H}\n`, 400, { strict: true }],
  ['HTTP/1.9', line(`GET ${get} HTTP/1.9`), 505],
  ['HTTP/2.0', line(`GET ${get} HTTP/2.0`), 505, { library: true }],
  ['HTTP/0.9', line(`GET ${get} HTTP/0.9`), 505, { library: true }],
  ['no version', line(`GET ${get}`), [400, 505, 'closed'], { library: true }],
  ['lower-case http/1.1', line(`GET ${get} http/1.1`), 400, { library: true }],
  ['a blank behind the version', line(`GET ${get} HTTP/1.1 `), 400, { library: true }],
  ['a blank in front', line(` GET ${get} HTTP/1.1`), [400, 'closed'], { library: true }],
  ['method and nothing else', 'GET\r\n\r\n', [400, 'closed'], { library: true }],
  ['two blanks behind the method', line(`GET  ${get} HTTP/1.1`), 400, { strict: true }],
  ['two blanks before the version', line(`GET ${get}  HTTP/1.1`), 400, { strict: true }],
  ['tabs for blanks', line(`GET\t${get}\tHTTP/1.1`), [400, 'closed'], { library: true }],
  ['lower-case method', line(`get ${get} HTTP/1.1`), 405, { alone: true }],
  ['method with a quotation mark', line(`A"< ${get} HTTP/1.1`), 400],
  ['method with a high byte', line(`G\x80T ${get} HTTP/1.1`), 400],
  ['TRACE', line(`TRACE ${get} HTTP/1.1`, C), 405, { alone: true }],
  ['DELETE', line(`DELETE ${get} HTTP/1.1`, C), 405, { alone: true }],
  ['POST to a page', line(`POST ${get} HTTP/1.1`, C), 405, { alone: true }],
  ['GET on a form', line(`GET ${post} HTTP/1.1`, C), [404, 405], { alone: true }],
  ['OPTIONS *', line('OPTIONS * HTTP/1.1'), 400],
  ['CONNECT', line('CONNECT example.com:443 HTTP/1.1'), 400],
  ['a TLS hello', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n', [400, 'closed'], { library: true }],
  ['HTTP/2 preface', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', [400, 505, 'closed'], { library: true }],

  // target
  ['absolute form', target(`http://${host}${get}`), 400],
  ['absolute form of another host', target('http://evil.example/'), 400],
  ['two slashes in front', target('//evil.example/'), 400],
  ['an empty segment', target('/a//b'), 400],
  ['a NUL in the path', target('/health\0z'), [400, 'closed'], { strict: true }],
  ['%00', target('/a%00b'), 400],
  ['%2f', target('/x%2f..%2foperator'), 400],
  ['%5c', target('/x%5C..%5Coperator'), 400],
  ['a backslash', target('/x\\..\\operator'), 400],
  ['a semicolon', target('/healthz;jsessionid=1'), 400],
  ['/./', target('/./healthz'), 400],
  ['/../', target('/guides/../healthz'), 400],
  ['%2e%2e', target('/guides/%2e%2e/healthz'), 400],
  ['a bad escape', target('/a%zz'), 400],
  ['a cut escape', target('/a%4'), 400],
  ['an escape that is no UTF-8', target('/%C0%AE%C0%AE/'), 400],
  ['a raw high byte', target('/caf\xe9'), 400],
  ['a blank', target('/a b'), 400, { library: true }],
  ['a fragment', target('/healthz#top'), 400],
  ['a fragment in the query', target('/healthz?a=1#top'), 400],
  ['a control byte', target('/a\x01b'), 400],
  ['CR LF escaped', target('/a%0d%0aSet-Cookie:x'), 400],
  ['a path of 1100 bytes', target(`/${'a'.repeat(1100)}`), 414],
  ['a target of 5 KB', target(`/?q=${'a'.repeat(5000)}`), 414],
  ['a target of 100 KB', target(`/${'a'.repeat(100000)}`), 414, { library: true, alone: true }],
  ['%00 in the query', target('/healthz?x=1%00z'), 400],
  ['an escape that runs into the next field', target('/healthz?note=abc%4&role=1client'), 400],
  ['an empty pair', target('/healthz?a=1&&b=2'), 400],
  ['a nameless pair', target('/healthz?=c'), 400],
  ['65 arguments', target(`/healthz?${repeat(65, (i) => `a${i}=1&`).slice(0, -1)}`), 400],
  ['500 arguments', target(`/healthz?${repeat(500, () => 'a=1&').slice(0, -1)}`), 400],
  ['3000 arguments', target(`/healthz?${repeat(3000, () => 'a&').slice(0, -1)}`), [400, 414]],

  // Host
  ['no Host', bodyless(''), 400, { strict: true }],
  ['no Host in HTTP/1.0', `GET ${get} HTTP/1.0\r\n\r\n`, 400],
  ['Host twice', bodyless(H + H), 400],
  ['two hosts', bodyless(`${H}Host: evil.example\r\n`), 400],
  ['an empty Host', bodyless('Host:\r\n'), 400],
  ['Host with userinfo', bodyless(`Host: a@${host}\r\n`), 400],
  ['Host with a path', bodyless(`Host: ${host}/x\r\n`), 400],
  ['Host with a comma', bodyless(`Host: ${host},evil.example\r\n`), 400],
  ['Host of 300 bytes', bodyless(`Host: ${'a'.repeat(300)}\r\n`), 400],
  ['another Host', bodyless(`Host: evil.example\r\n${C}`), [421, 200], { alone: true }], // 200: no host is set (development)

  // headers
  ['a folded value', header('X-A: a\r\n b\r\n'), 400, { strict: true }],
  ['a fold that makes another name', header('X-Forwarded\r\n -For: 1.2.3.4\r\n'), 400, { library: true }],
  ['a fold that completes a name', header('X-Forwarded-Fo: 1.2.3.4\r\n r\r\n'), 400, { strict: true }],
  ['a folded Transfer-Encoding', framed('Transfer-Encoding:\r\n chunked\r\n', '0\r\n\r\n'), 400, { strict: true }],
  ['a first header with a blank in front', `GET ${get} HTTP/1.1\r\n ${H}\r\n`, 400, { strict: true }],
  ['a blank before the colon', header('X-A : b\r\n'), 400, { strict: true }],
  ['a blank in a name', header('X A: b\r\n'), 400, { strict: true }],
  ['no colon', header('X-A\r\n'), 400, { library: true }],
  ['an empty name', header(': b\r\n'), 400, { strict: true }],
  ['a quotation mark in a name', header('X"A: b\r\n'), 400],
  ['a high byte in a name', header('X\xe9: b\r\n'), 400],
  ['a NUL in a name', header('X\0A: b\r\n'), 400, { library: true }],
  ['a NUL in a value', header('X-A: b\0c\r\n'), 400, { strict: true }],
  ['a NUL at the end of a value', header('X-A: b\0\r\n'), 400, { strict: true }],
  ['NULs like a line end in a value', header('X-A: b\0\0X-C: d\r\n'), 400, { strict: true }],
  ['a control byte in a value', header('X-A: b\x01\r\n'), 400],
  ['DEL in a value', header('X-A: b\x7f\r\n'), 400],
  ['a bare CR in a value', header('X-A: b\rX-C: d\r\n'), 400, { strict: true }],
  ['70 headers', header(repeat(70, (i) => `X-${i}: a\r\n`)), 431],
  ['600 headers', header(repeat(600, (i) => `X-${i}: a\r\n`)), 431, { library: true, alone: true }],
  ['headers of 10 KB', header(`X-A: ${'a'.repeat(10000)}\r\n`), 431],
  ['headers of 16 KB', header(`X-A: ${'a'.repeat(16000)}\r\n`), 431],
  ['headers of 100 KB', header(`X-A: ${'a'.repeat(100000)}\r\n`), 431, { library: true, alone: true }],
  ['two Authorization headers', header('Authorization: Bearer a\r\nAuthorization: Bearer b\r\n'), 400],
  ['an expectation other than 100-continue', header('Expect: miracles\r\n'), 417],

  // cookies: what another site of the domain left behind must not lock anybody out
  ['two Cookie headers', header('Cookie: a=1\r\nCookie: b=2\r\n'), 400],
  ['a cookie of one quotation mark', header(`Cookie: x="\r\n${C}`), 200, { alone: true }],
  ['an open quotation', header(`Cookie: x="a; b=2\r\n${C}`), 200, { alone: true }],
  ['a nameless cookie', header(`Cookie: =a; b=2\r\n${C}`), 200, { alone: true }],
  ['an empty Cookie header', header(`Cookie:\r\n${C}`), 200, { alone: true }],
  ['100 cookies', header(`Cookie: ${repeat(100, (i) => `c${i}=v; `)}\r\n${C}`), 200, { alone: true }],
  ['3000 cookies', header(`Cookie: ${repeat(3000, () => 'a;')}\r\n${C}`), 431, { alone: true }],

  // framing
  ['chunked and a length', framed('Transfer-Encoding: chunked\r\nContent-Length: 3\r\n', '0\r\n\r\n'), 400, { strict: true }],
  ['a length and chunked', framed('Content-Length: 3\r\nTransfer-Encoding: chunked\r\n', '0\r\n\r\n'), 400, { strict: true }],
  ['chunked and length 0', framed('Content-Length: 0\r\nTransfer-Encoding: chunked\r\n', '0\r\n\r\n'), 400, { strict: true }],
  ['chunked', framed('Transfer-Encoding: chunked\r\n', '3\r\na=1\r\n0\r\n\r\n'), 411],
  ['a chunk of an absurd size', framed('Transfer-Encoding: chunked\r\n', 'FFFFFFFFFFFFFFFFF\r\na=1\r\n0\r\n\r\n'), 411],
  ['a chunk of less than nothing', framed('Transfer-Encoding: chunked\r\n', '-1\r\na=1\r\n0\r\n\r\n'), 411],
  ['a chunk with words behind its size', framed('Transfer-Encoding: chunked\r\n', `3;${'x'.repeat(3000)}\r\na=1\r\n0\r\n\r\n`), 411],
  ['chunked in HTTP/1.0', `POST ${post} HTTP/1.0\r\n${H}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n`, [400, 411]],
  ['chunked on GET', header('Transfer-Encoding: chunked\r\n'), 411],
  ['a blank before the colon of Transfer-Encoding', framed('Transfer-Encoding : chunked\r\nContent-Length: 5\r\n', '0\r\n\r\n'), 400, { strict: true }],
  ['Transfer-Encoding: identity', framed('Transfer-Encoding: identity\r\nContent-Length: 3\r\n', 'a=1'), 400, { strict: true }],
  ['identity alone', framed('Transfer-Encoding: identity\r\n', 'a=1'), [400, 501], { strict: true }],
  ['gzip, chunked', framed('Transfer-Encoding: gzip, chunked\r\n', '0\r\n\r\n'), [400, 501], { strict: true }],
  ['xchunked', framed('Transfer-Encoding: xchunked\r\n', '0\r\n\r\n'), [400, 501], { strict: true }],
  ['chunked behind a vertical tab', framed('Transfer-Encoding: \x0bchunked\r\n', '0\r\n\r\n'), 400, { strict: true }],
  ['Transfer-Encoding twice', framed('Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n', '0\r\n\r\n'), 400],
  ['an empty Transfer-Encoding', framed('Transfer-Encoding:\r\nContent-Length: 3\r\n', 'a=1'), 400, { strict: true }],
  ['two lengths', framed('Content-Length: 3\r\nContent-Length: 43\r\n', 'a=1'), 400],
  ['the same length twice', framed('Content-Length: 3\r\nContent-Length: 3\r\n', 'a=1'), 400],
  ['a list of lengths', framed('Content-Length: 3, 3\r\n', 'a=1'), 400, { library: true, twice: true }],
  ['+3', framed('Content-Length: +3\r\n', 'a=1'), 400, { library: true, twice: true }],
  ['-1', framed('Content-Length: -1\r\n', 'a=1'), 400, { library: true, twice: true }],
  ['0x3', framed('Content-Length: 0x3\r\n', 'a=1'), 400, { library: true, twice: true }],
  ['3 and a letter', framed('Content-Length: 3a\r\n', 'a=1'), 400, { library: true, twice: true }],
  ['an empty length', framed('Content-Length:\r\n', ''), 400, { library: true, twice: true }],
  ['2^64', framed('Content-Length: 18446744073709551616\r\n', 'a=1'), [400, 413], { library: true, twice: true }],
  ['2^64-1', framed('Content-Length: 18446744073709551615\r\n', 'a=1'), [400, 413], { library: true }],
  ['2^63', framed('Content-Length: 9223372036854775808\r\n', 'a=1'), [400, 413]],
  ['20 MB', framed('Content-Length: 20000000\r\n', 'a=1'), 413],
  ['a body on GET', header('Content-Length: 3\r\n') + 'a=1', 413],
  ['a body that is a request, on GET', header(`Content-Length: ${tail.length}\r\n`), 413],
  ['a body that is a request, on a missing page', line('POST /nowhere HTTP/1.1', `Content-Length: ${tail.length}\r\n`), 404],

  // bodies
  ['text/plain', submitted('text/plain', 'a=1'), 415],
  ['urlencodedX', submitted('application/x-www-form-urlencodedX', 'a=1'), 415],
  ['no type', submitted('', 'a=1'), 415],
  ['another charset', submitted('application/x-www-form-urlencoded; charset=utf-7', 'a=1'), 415],
  ['multipart where none is taken', submitted('multipart/form-data; boundary=x', '--x--'), 415],
  ['two types', framed('Content-Type: application/json\r\nContent-Length: 3\r\n', 'a=1'), 400],
  ['a form with a bad escape', submitted('application/x-www-form-urlencoded', 'a=%zz'), 400, { alone: true }],
  ['a form with NUL', submitted('application/x-www-form-urlencoded', 'a=%00'), 400, { alone: true }],
  ['a form with 300 fields', submitted('application/x-www-form-urlencoded', repeat(300, () => 'a=1&') + 'b=2'), 400, { alone: true }],
  ['JSON with a key twice', submitted('application/json', '{"a":1,"a":2}'), 400, { alone: true }],
  ['JSON that is a list', submitted('application/json', '[1]'), 400, { alone: true }],
  ['JSON with a tail', submitted('application/json', '{"a":1}x'), 400, { alone: true }],
  ['JSON with NUL', submitted('application/json', '{"a":"\\u0000"}'), 400, { alone: true }],
  ['JSON 20,000 deep', submitted('application/json', `{"a":${'['.repeat(20000)}${']'.repeat(20000)}}`), 400, { alone: true }],
  ['JSON of 70 KB', submitted('application/json', `{"a":"${'x'.repeat(70000)}"}`), 413],
];

const probe = await exchange(bytes(`GET ${get} HTTP/1.1\n${H}\n`));
const strictLibrary = !/\r\nCache-Control:/i.test(probe.text);

for (const [what, request, expected, flags = {}] of rows) {
  test(what, async () => {
    const { text, closed } = await exchange(bytes(flags.alone ? request : request + tail));
    const lines = statusLines(text);
    const statuses = lines.map((l) => Number(l.slice(9)));
    const allowed = [expected].flat();
    if (statuses.length === 0) {
      assert.ok(closed && allowed.includes('closed'), `expected ${allowed}, got ${closed ? 'a closed connection' : 'nothing'}`);
    } else {
      assert.ok(allowed.includes(statuses[0]), `expected ${allowed}, got ${lines}`);
      assert.ok(flags.alone || closed, 'the connection stayed open');
      if (flags.twice) assert.ok(statuses.every((s) => s === statuses[0]), `an answer to what was smuggled: ${lines}`);
      else assert.equal(lines.length, flags.answers ?? 1, `answers: ${lines}`);
      if (!flags.library && !(flags.strict && strictLibrary) && statuses[0] >= 400) assert.match(text, /\r\nCache-Control: no-store\r\n/i);
    }
    const after = await exchange(bytes(header(C)));
    assert.equal(statusLines(after.text)[0], 'HTTP/1.1 200', 'the server does not answer any more');
  });
}

// A head that comes in single bytes is read like one that comes at once.
test('one byte at a time', async () => {
  const socket = net.connect(Number(url.port || 80), url.hostname);
  let text = '';
  socket.setNoDelay(true);
  socket.on('data', (data) => (text += data.toString('latin1')));
  const closed = new Promise((resolve) => socket.on('close', resolve));
  for (const byte of bytes(header(C))) {
    socket.write(Buffer.from([byte]));
    await new Promise((resolve) => setImmediate(resolve));
  }
  await closed;
  assert.deepEqual(statusLines(text), ['HTTP/1.1 200']);
});

// Many refused at once leave no connection behind.
test('200 refusals at once', async () => {
  const answers = await Promise.all(Array.from({ length: 200 }, () => exchange(bytes(target('/a%00b')))));
  assert.ok(answers.every(({ text, closed }) => closed && statusLines(text)[0] === 'HTTP/1.1 400'));
  const after = await exchange(bytes(header(C)));
  assert.equal(statusLines(after.text)[0], 'HTTP/1.1 200');
});
