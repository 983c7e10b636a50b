// Free times against a reference that goes through them minute by minute: random practices in zones whose clocks jump, around the nights on which they
// do and around holidays. The same starts, `why_not` has nothing to say exactly of those, and each is offered when it is asked alone.
//   PRACTICES=1000 SEED=7: how many, and which; 60 where nothing is said
import test from 'node:test';
import assert from 'node:assert/strict';
import { sql } from './lib.mjs';

const practices = Number(process.env.PRACTICES ?? 60);
const seed = Number(process.env.SEED ?? 2);

// --- Chance

let state = seed;
const random = () => {
  state = (state + 0x6d2b79f5) | 0;
  let t = Math.imul(state ^ (state >>> 15), 1 | state);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
};
const below = (n) => Math.floor(random() * n);
const pick = (list) => list[below(list.length)];
const chance = (p) => random() < p;
const times = (n, make) => Array.from({ length: n }, make);

// --- The calendar, by Intl alone. Moments are minutes since 1970; dates are days since 1970.

const zones = ['America/New_York', 'Europe/London', 'Australia/Lord_Howe', 'America/Havana', 'Asia/Kolkata', 'America/Los_Angeles', 'Atlantic/Azores', 'Pacific/Auckland'];
const dateOf = (text) => Date.parse(`${text}T00:00:00Z`) / 86400e3;
const textOf = (date) => new Date(date * 86400e3).toISOString().slice(0, 10);
const clockOf = (minute) => `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
const weekday = (date) => ((((date + 3) % 7) + 7) % 7) + 1; // Monday is 1
const format = Object.fromEntries(zones.map((timeZone) => [timeZone, new Intl.DateTimeFormat('en-US-u-hc-h23', { timeZone, year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric' })]));
const offsets = Object.fromEntries(zones.map((zone) => [zone, new Map()])); // no clock jumps within a quarter of an hour
function east(zone, t) {
  const at = Math.floor(t / 15) * 15;
  let offset = offsets[zone].get(at);
  if (offset === undefined) {
    const p = Object.fromEntries(format[zone].formatToParts(at * 60e3).map(({ type, value }) => [type, Number(value)]));
    offset = Date.UTC(p.year, p.month - 1, p.day, p.hour, p.minute) / 60e3 - at;
    offsets[zone].set(at, offset);
  }
  return offset;
}
const wall = (zone, t) => t + east(zone, t); // minutes since 1970 on the wall clock
// The first moment at which the clock shows this or later.
function shows(zone, w) {
  let t = Math.floor(w / 15) * 15 - 16 * 60;
  while (wall(zone, t) < w) t += 15;
  for (t -= 15; wall(zone, t) < w; ) t += 1;
  return t;
}

function easterSunday(year) {
  // Gauss, for 1900 to 2099
  const d = (19 * (year % 19) + 24) % 30;
  const e = (2 * (year % 4) + 4 * (year % 7) + 6 * d + 5) % 7;
  const n = d === 29 && e === 6 ? 50 : d === 28 && e === 6 && year % 19 > 10 ? 49 : 22 + d + e;
  return dateOf(`${year}-03-01`) + n - 1;
}
const inMonth = (year, month) => times(31, (_, i) => new Date(Date.UTC(year, month - 1, 1 + i))).filter((d) => d.getUTCMonth() === month - 1).map((d) => d / 86400e3);
const nth = (n, day, month) => (year) => inMonth(year, month).filter((d) => weekday(d) === day).at(n > 0 ? n - 1 : n);
const fixed = (month, day) => (year) => Date.UTC(year, month - 1, day) / 86400e3;
const holidays = {
  'us-new-year': fixed(1, 1), 'us-king': nth(3, 1, 1), 'us-memorial': nth(-1, 1, 5), 'us-labor': nth(1, 1, 9), 'us-thanksgiving': nth(4, 4, 11), 'us-christmas': fixed(12, 25), 'us-columbus': nth(2, 1, 10),
  'gb-new-year': fixed(1, 1), 'gb-good-friday': (y) => easterSunday(y) - 2, 'gb-easter-monday': (y) => easterSunday(y) + 1, 'gb-early-may': nth(1, 1, 5), 'gb-summer': nth(-1, 1, 8), 'gb-boxing': fixed(12, 26),
};
test('holidays of many years', () => {
  const days = sql(`select h.id, y, holiday_on(h, y) from holiday h, generate_series(1950, 2090) y where h.id = any (:'ids'::text[])`, { ids: `{${Object.keys(holidays)}}` });
  assert.equal(days.length, 141 * Object.keys(holidays).length);
  for (const [id, year, day] of days) assert.equal(day, textOf(holidays[id](Number(year))), `${id} ${year}`);
});

// --- A practice

const anchors = ['2026-11-01', '2027-03-14', '2026-10-25', '2027-03-28', '2026-10-04', '2027-04-04', '2026-11-26', '2026-12-25', '2027-03-26', '2027-01-18', '2026-09-27', '2027-05-31'].map(dateOf);
// whose clocks jump on which of them
const jumps = [['America/New_York', '2026-11-01', '2027-03-14'], ['America/Havana', '2026-11-01', '2027-03-14'], ['America/Los_Angeles', '2026-11-01', '2027-03-14'], ['Europe/London', '2026-10-25', '2027-03-28'],
  ['Atlantic/Azores', '2026-10-25', '2027-03-28'], ['Australia/Lord_Howe', '2026-10-04', '2027-04-04'], ['Pacific/Auckland', '2026-09-27', '2027-04-04']];
const zoneAt = (anchor) => pick(chance(0.6) ? [...jumps.filter((j) => j.includes(textOf(anchor))).map(([zone]) => zone), pick(zones)] : zones);
const stretch = () => {
  const from = chance(0.6) ? pick([0, 30, 60, 90, 90, 120, 135, 150, 150, 165]) : below(46) * 30 + below(3) * 5;
  return [from, Math.min(1440, from + pick([30, 60, 95, 180, 300, 600, 1440]))];
};
const stretches = () => {
  const all = times(1 + below(3), stretch).sort((a, b) => a[0] - b[0]);
  return all.filter(([from], i) => i === 0 || from >= Math.max(...all.slice(0, i).map(([, to]) => to)));
};
function practice(n) {
  const anchor = pick(anchors);
  const id = 1500000000 + n * 10;
  const first = anchor - 2;
  const days = 5;
  const places = times(1 + below(2), (_, i) => ({ id: id + i, zone: zoneAt(anchor), country: pick(['US', 'GB']), goesOut: chance(0.7), hours: [], seasons: [], special: [] }));
  for (const p of places) {
    for (let d = 1; d <= 7; d++) if (chance(0.85)) for (const s of stretches()) p.hours.push({ weekday: d, from: s[0], to: s[1] });
    if (chance(0.3)) {
      const season = { id: p.id, from: first + below(4), to: chance(0.3) ? Infinity : 0, hours: [] };
      if (!season.to) season.to = season.from + below(4);
      for (let d = 1; d <= 7; d++) if (chance(0.7)) for (const s of stretches()) season.hours.push({ weekday: d, from: s[0], to: s[1] });
      p.seasons.push(season);
    }
    for (let d = first; d < first + days; d++) if (chance(0.12)) p.special.push({ day: d, kind: pick(['closed', 'extra', 'instead']), open: stretches() });
  }
  const service = { id, minutes: pick([10, 30, 50, 60, 90]), before: pick([0, 0, 5, 20]), after: pick([0, 0, 10, 15]), step: pick([5, 10, 15, 20, 30, 60]), notice: pick([0, 0, 45, 120, 1440]),
    horizon: pick([1, 3, 60]), most: chance(0.3) ? 1 + below(2) : null, places: chance(0.25) ? [pick(places).id] : [],
    way: chance(0.25) ? pick([0, 15, 30, 45]) : null }; // minutes to the client's address; null: at the practice
  const claims = [];
  for (const c of times(below(8), () => {
    const from = (first - 1) * 1440 + below((days + 2) * 288) * 5;
    return { from, to: from + pick([30, 75, 120, 400]), place: pick([...places.map((p) => p.id), null]), service: pick([service.id, service.id, id + 1]), expires: pick([null, null, null, 'past', 'soon']) };
  }))
    if (claims.every((o) => c.to <= o.from || c.from >= o.to)) claims.push({ ...c, starts: c.from + pick([0, 5, 20]) });
  const off = times(chance(0.35) ? 1 + below(2) : 0, () => {
    const from = first * 1440 + (chance(0.5) ? below(days) * 1440 : below(days * 48) * 30);
    return { from, to: from + pick([30, 90, 240, 1440, 2880]) };
  });
  // the first place may be a practice's, where the service needs one of its rooms, which others use too
  const rooms = chance(0.4)
    ? times(1 + below(2), (_, i) => {
        const taken = times(below(7), () => {
          const from = (first - 1) * 1440 + below((days + 2) * 288) * 5;
          return { from, to: from + pick([30, 75, 240, 700]), expires: pick([null, null, 'past', 'soon']) };
        });
        return { id: id + 5 + i, claims: taken.filter((c, n) => taken.slice(0, n).every((o) => c.to <= o.from || c.from >= o.to)) };
      })
    : [];
  return { id, first, days, places, service, claims, rooms, off, kept: chance(0.5) ? Object.keys(holidays).filter(() => chance(0.6)) : [],
    travel: places.length > 1 && chance(0.6) ? pick([10, 45, 90]) : 0, now: (first - 1) * 1440 + below(3 * 1440) };
}

// --- What it offers, minute by minute

function openOn(p, kept, day) {
  const season = p.seasons.find((s) => s.from <= day && day <= s.to);
  const special = p.special.find((x) => x.day === day);
  const week = (season ?? p).hours.filter((h) => h.weekday === weekday(day)).map((h) => [h.from, h.to]);
  const year = Number(textOf(day).slice(0, 4));
  const holiday = kept.some((id) => id.startsWith(p.country.toLowerCase()) && holidays[id](year) === day);
  if (special?.kind === 'closed') return [];
  if (special?.kind === 'instead') return special.open;
  return [...(holiday ? [] : week), ...(special?.open ?? [])];
}
function reference(a) {
  const found = [];
  const live = a.claims.filter((c) => c.expires !== 'past');
  for (const p of a.places) {
    if (a.service.places.length && !a.service.places.includes(p.id)) continue;
    const v = a.service;
    if (v.way !== null && !p.goesOut) continue;
    const lastDay = Math.floor(wall(p.zone, a.now) / 1440) + v.horizon;
    const off = a.off.map((o) => [shows(p.zone, o.from), shows(p.zone, o.to)]);
    const rooms = p === a.places[0] && v.way === null ? a.rooms.map((r) => r.claims.filter((c) => c.expires !== 'past')) : [];
    const claims = live.map((c) => {
      const way = c.place !== null && c.place !== p.id ? a.travel : 0;
      return [c.from - way, c.to + way];
    });
    for (let day = a.first; day < a.first + a.days && day <= lastDay; day++) {
      const midnight = shows(p.zone, day * 1440);
      const length = shows(p.zone, (day + 1) * 1440) - midnight;
      const shown = times(length, (_, e) => wall(p.zone, midnight + e) - day * 1440);
      const reached = (w) => (w === 0 ? 0 : w === 1440 ? length : shown.findIndex((s) => s >= w));
      const free = new Uint8Array(length);
      for (const [from, to] of openOn(p, a.kept, day)) {
        const end = reached(to) < 0 ? length : reached(to);
        const begin = reached(from) < 0 ? length : reached(from);
        for (let e = begin; e < end; e++) free[e] = 1;
      }
      for (const [from, to] of [...off, ...claims]) for (let e = Math.max(0, from - midnight); e < Math.min(length, to - midnight); e++) free[e] = 0;
      const full = v.most !== null && live.filter((c) => c.service === v.id && Math.floor(wall(p.zone, c.starts) / 1440) === day).length >= v.most;
      const before = new Set(); // what the clock has shown already
      for (let e = 0; e < length; e++) {
        const again = before.has(shown[e]);
        before.add(shown[e]);
        if (again || e % v.step !== 0) continue;
        const from = e - v.before - (v.way ?? 0);
        const to = e + v.minutes + v.after + (v.way ?? 0);
        if (full || from < 0 || to > length || midnight + e < a.now + v.notice) continue;
        let all = true;
        for (let m = from; all && m < to; m++) all = free[m] === 1;
        if (rooms.length) all &&= rooms.some((r) => r.every((c) => c.to <= midnight + from || c.from >= midnight + to));
        if (all) found.push(`${p.id} ${midnight + e}`);
      }
    }
  }
  return found.sort();
}

// --- The same from the database, in a transaction that is rolled back

const stamp = (t) => `'${new Date(t * 60e3).toISOString()}'`;
const local = (w) => `'${new Date(w * 60e3).toISOString().slice(0, 19)}'`;
const time = (m) => `'${clockOf(m)}'`;
const multi = (list) => `'{${list.map(([from, to]) => `[${from},${to})`)}}'`;
function facts(a) {
  const out = [`insert into therapist (id, slug, name, published) overriding system value values (${a.id}, 'probe-slots-${a.id}', 'Slots', false)`];
  for (const p of a.places) {
    out.push(`insert into location (id, therapist_id, street, town, country, lat, lon, zone, home_km) overriding system value values (${p.id}, ${a.id}, '1 St', 'Town', '${p.country}', 40, -74, '${p.zone}', ${p.goesOut ? 10 : 0})`);
    const hours = [...p.hours.map((h) => ({ ...h, season: 'null' })), ...p.seasons.flatMap((s) => s.hours.map((h) => ({ ...h, season: s.id })))];
    for (const s of p.seasons) out.push(`insert into season (id, location_id, valid_from, valid_until) overriding system value values (${s.id}, ${p.id}, '${textOf(s.from)}', '${s.to === Infinity ? 'infinity' : textOf(s.to)}')`);
    if (hours.length) out.push(`insert into hours values ${hours.map((h) => `(${p.id}, ${h.weekday}, ${time(h.from)}, ${time(h.to)}, ${h.season})`)}`);
    for (const x of p.special) out.push(`insert into special_day values (${p.id}, '${textOf(x.day)}', '${x.kind}', ${x.kind === 'closed' ? `'{}'` : multi(x.open)})`);
  }
  const v = a.service;
  for (const id of [v.id, v.id + 1])
    out.push(`insert into service (id, therapist_id, name, minutes, price, currency, buffer_before, buffer_after, step, notice, horizon, most_a_day, at_home, road) overriding system value
      values (${id}, ${a.id}, 'Visit', ${v.minutes}, 1, 'USD', ${v.before}, ${v.after}, ${v.step}, ${v.notice}, ${v.horizon}, ${v.most ?? 'null'}, ${v.way !== null}, ${v.way ?? 30})`);
  for (const p of v.places) out.push(`insert into service_location values (${v.id}, ${p}, ${a.id})`);
  const expires = { past: stamp(a.now - 1), soon: stamp(a.now + 5) };
  for (const c of a.claims)
    out.push(`insert into slot_claim (booking_id, therapist_id, blocked, hold_expires, location_id, service_id, starts_at)
      values (gen_random_uuid(), ${a.id}, tstzrange(${stamp(c.from)}, ${stamp(c.to)}), ${expires[c.expires] ?? 'null'}, ${c.place}, ${c.service}, ${stamp(c.starts)})`);
  if (a.rooms.length) {
    out.push(`insert into practice (id, name) overriding system value values (${a.id}, 'Slots')`);
    out.push(`insert into premises (id, practice_id, street, town, country, lat, lon, zone) overriding system value values (${a.id}, ${a.id}, '1 St', 'Town', 'US', 40, -74, 'UTC')`);
    out.push(`update location set premises_id = ${a.id} where id = ${a.places[0].id}`, `update service set needs_room = true where id = ${v.id}`);
    for (const r of a.rooms) {
      out.push(`insert into room (id, premises_id, name) overriding system value values (${r.id}, ${a.id}, 'Room ${r.id}')`, `insert into service_room values (${v.id}, ${r.id}, ${a.id})`);
      for (const c of r.claims) out.push(`insert into slot_claim (booking_id, therapist_id, blocked, hold_expires, room_id) values (gen_random_uuid(), ${r.id}, tstzrange(${stamp(c.from)}, ${stamp(c.to)}), ${expires[c.expires] ?? 'null'}, ${r.id})`);
    }
  }
  for (const o of a.off) out.push(`insert into time_off (therapist_id, starts, ends) values (${a.id}, ${local(o.from)}, ${local(o.to)})`);
  for (const k of a.kept) out.push(`insert into holiday_closed values (${a.id}, '${k}')`);
  if (a.travel) out.push(`insert into travel values (${a.id}, ${a.places[0].id}, ${a.places[1].id}, ${a.travel})`);
  return out;
}
// Wall times to ask about: what is offered, a step beside it, and anything.
function asked(a, offered) {
  const list = offered.map((x) => x.split(' ').map(Number)).filter(() => chance(60 / Math.max(60, offered.length)));
  const at = list.map(([id, t]) => [id, wall(a.places.find((p) => p.id === id).zone, t)]);
  const near = at.filter(() => chance(0.3)).map(([id, w]) => [id, w + pick([-5, 5, a.service.step, -a.service.step, 1])]);
  const any = times(40, () => [pick(a.places).id, (a.first + below(a.days)) * 1440 + (chance(0.3) ? below(40) * 5 : below(288) * 5)]);
  return [...at, ...near, ...any];
}
function database(a, walls) {
  const rows = sql(`begin; set local search_path = unknot, public; set local session_replication_role = replica; ${facts(a).join(';\n')};
    select 'slot', location_id, extract(epoch from start)::int8 / 60 from slots(${a.service.id}, null, '${textOf(a.first)}', ${a.days}, ${stamp(a.now)});
    select 'why', x.place, extract(epoch from clock_shows(x.wall, l.zone))::int8 / 60, string_agg(w.rule, ' ' order by w.rule), x.wall,
           slot_offered(v, l, clock_shows(x.wall, l.zone), ${stamp(a.now)}), slot_offered(v, l, clock_shows(x.wall, l.zone) + interval '1 second', ${stamp(a.now)})
    from (values ${walls.map(([id, w]) => `(${id}, timestamp ${local(w)})`)}) x (place, wall) join location l on l.id = x.place join service v on v.id = ${a.service.id}
      left join lateral why_not(v.id, x.place, x.wall, ${stamp(a.now)}) w on true
    group by x.place, x.wall, v.id, l.id;
    rollback`);
  return { slots: rows.filter((r) => r[0] === 'slot').map((r) => `${r[1]} ${r[2]}`).sort(), why: rows.filter((r) => r[0] === 'why') };
}

const seen = { slots: 0, why: 0, offered: 0, rules: new Set() };
test(`${practices} practices, minute by minute, seed ${seed}`, () => {
  for (let n = 0; n < practices; n++) {
    const a = practice(n);
    const ought = reference(a);
    const { slots, why } = database(a, asked(a, ought));
    const said = () => `practice ${n} of seed ${seed}: ${JSON.stringify(a)}`;
    assert.deepEqual(slots.filter((x) => !ought.includes(x)), [], `offered and should not be, ${said()}`);
    assert.deepEqual(ought.filter((x) => !slots.includes(x)), [], `should be offered, ${said()}`);
    for (const [, place, t, rules, at, alone, after] of why) {
      const there = wall(a.places.find((p) => String(p.id) === place).zone, Number(t)) * 60e3 === Date.parse(`${at.replace(' ', 'T')}Z`);
      assert.deepEqual([alone, after], [slots.includes(`${place} ${t}`) ? 't' : 'f', 'f'], `${at} at ${place}, asked alone and a second after it, ${said()}`);
      assert.equal(rules === '' || rules === null, there && slots.includes(`${place} ${t}`), `${at} at ${place}: ${rules || 'no rule'}, ${said()}`);
      for (const r of (rules ?? '').split(' ')) seen.rules.add(r);
      if (!rules) seen.offered += 1;
    }
    seen.slots += slots.length;
    seen.why += why.length;
  }
});
test('and there was something to compare', () => {
  assert.ok(seen.slots > practices * 20, `${seen.slots} starts`);
  assert.ok(seen.offered > practices * 5 && seen.why > practices * 40, `${seen.offered} of ${seen.why} offered`);
  for (const rule of ['hours', 'step', 'notice', 'horizon', 'claim', 'most', 'not_here', 'past', 'season', 'time_off', 'no_such_time', 'instead', 'closed', 'room']) assert.ok(seen.rules.has(rule), rule);
});
