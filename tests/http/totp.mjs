// The code of an app for a key as people type it (RFC 6238), and the key of the demo's app, which all of its accounts have.
import { createHmac } from 'node:crypto';
import fs from 'node:fs';

const signs = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

export function totp(key, step = Math.floor(Date.now() / 30000)) {
  const bits = [...key].map((sign) => signs.indexOf(sign).toString(2).padStart(5, '0')).join('');
  const bytes = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const mac = createHmac('sha1', bytes).update(counter).digest();
  const at = mac[19] & 15;
  return String((mac.readUInt32BE(at) & 0x7fffffff) % 1e6).padStart(6, '0');
}

export const demoKey = (dir) => fs.readFileSync(`${dir}/demo.txt`, 'utf8').match(/with the key ([A-Z2-7]+)/)[1];
