// Between a server and its PostgreSQL: a Unix socket that can lose a connection at the worst moment, or be away.
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { dir } from './lib.mjs';

// The `where` is what to put as host= into a connection string. `atCommit` is asked once for each COMMIT that passes: 'before' loses the
// connection without handing it on, 'after' hands it on and loses the answer, anything else lets it pass. While `away`, nobody gets through.
export async function proxy(name) {
  const where = fs.mkdtempSync(path.join(dir, name));
  const upstream = path.join(dir, 'pg', '.s.PGSQL.5432');
  const open = new Set();
  const self = { where, atCommit: null, away: false, commits: 0, lost: 0 };
  const server = net.createServer((client) => {
    if (self.away) return client.destroy();
    const database = net.connect(upstream);
    const pair = [client, database];
    open.add(pair);
    const end = () => {
      open.delete(pair);
      for (const side of pair) side.destroy();
    };
    client.on('data', (part) => {
      const commits = part.includes('\0commit\0', 0, 'latin1'); // Bind of the statement of that name
      if (commits) self.commits++;
      const how = commits && self.atCommit?.();
      if (!how) return database.write(part);
      self.lost++;
      if (how === 'before') return end();
      database.removeAllListeners('data');
      database.on('data', () => setTimeout(end, 20)); // its answer shows that it is done, and goes nowhere
      database.write(part);
    });
    database.on('data', (part) => client.write(part));
    for (const side of pair) side.on('error', end).on('close', end);
  });
  await new Promise((done) => server.listen(path.join(where, '.s.PGSQL.5432'), done));
  self.cut = () => {
    for (const pair of [...open]) for (const side of pair) side.destroy();
  };
  self.stop = () => {
    self.cut();
    server.close();
    fs.rmSync(where, { recursive: true, force: true });
  };
  return self;
}
