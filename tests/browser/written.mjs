// What is written into fields to find out whether it stays text: sixty scripts, the marks by which they are found again, and forms filled with them.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { unescape } from '../http/lib.mjs';

// ran(n) is there on the pages that are read here. `pwn` marks what must not become an element or an attribute.
export const scripts = [
  '<script pwn>ran(1)</script>', '<img pwn src=x onerror=ran(2)>', '<svg pwn onload=ran(3)>', '"><img pwn src onerror=ran(4)>', `'><svg pwn/onload=ran(5)>`,
  '</title><script pwn>ran(6)</script>', '</textarea><img pwn src=x onerror=ran(7)>', '</script><script pwn>ran(8)</script>', '" autofocus onfocus=ran(9) pwn="', `' autofocus onfocus=ran(10) pwn='`,
  '<body pwn onload=ran(11)>', '<iframe pwn srcdoc="<script>parent.ran(12)</script>">', '<details pwn open ontoggle=ran(13)>', '<video pwn><source onerror=ran(14)></video>', '<input pwn autofocus onfocus=ran(15)>',
  '<a pwn href=javascript:ran(16)>x</a>', '[x](javascript:ran(17))', '[x](JaVaScRiPt:ran(18))', '[x](java&#10;script:ran(19))', '[x](data:text/html,<script>ran(20)</script>)',
  '<javascript:ran(21)>', '![x](x" onerror="ran(22))', '[x](https://e.org "onmouseover=ran(23)")', '[j]: javascript:ran(24)', '<https://e.org/"onclick=ran(25)>',
  '`<img pwn src=x onerror=ran(26)>`', '{{{raw.ran(27)}}}', '{{=<% %>=}}<script>ran(28)</script>', '${ran(29)}', `{{constructor.constructor('ran(30)')()}}`,
  '<%= ran(31) %>', '#{ran(32)}', '\\u003cscript\\u003eran(33)\\u003c/script\\u003e', '&lt;script&gt;ran(34)&lt;/script&gt;', '&#60;img pwn src=x onerror=ran(35)&#62;',
  '＜script＞ran(36)＜/script＞', '<scr<script>ipt>ran(37)</script>', '<ſcript pwn>ran(38)</ſcript>', 'İ<img pwn src=x onerror=ran(39)>', '<!--><img pwn src=x onerror=ran(40)>-->',
  '<![CDATA[<img pwn src=x onerror=ran(41)>]]>', '"}</script><script pwn>ran(42)</script>', '</script/><svg pwn onload=ran(43)>', '<!--<script>ran(44)//--></script>', '";ran(45);//',
  `');ran(46);//`, '`;ran(47);//', '\\";ran(48);//', 'x:expression(ran(49))', `<style pwn>@import'javascript:ran(50)'</style>`,
  '<math pwn><mi xlink:href=javascript:ran(51)>x', '<form pwn><button formaction=javascript:ran(52)>x', '<meta pwn http-equiv=refresh content=0;url=javascript:ran(53)>', '<base pwn href=javascript:ran(54)//>', '<object pwn data=javascript:ran(55)>',
  '<embed pwn src=javascript:ran(56)>', '<template pwn><script>ran(57)</script></template>', '\\nATTACH:javascript:ran(58)', 'Bcc: x@e.org%0d%0aran(59)', '=HYPERLINK("javascript:ran(60)")',
];

// What stands in a field: its mark, by which it is found again, and as many scripts as fit, first those that it has not had, from the one at 3 × nth on.
export const fields = new Map();
let next = 100;
const had = new Map();
export function text(field, nth, max) {
  if (!fields.has(field)) fields.set(field, `Zq${String(next++).padStart(3, '0')}`);
  if (!had.has(field)) had.set(field, new Set());
  const before = had.get(field);
  let all = fields.get(field);
  const order = scripts.map((_, i) => (nth * 3 + i) % scripts.length);
  for (const i of [...order.filter((i) => !before.has(i)), ...order.filter((i) => before.has(i))]) {
    if ([...all].length + 1 + [...scripts[i]].length > max) continue;
    all += ` ${scripts[i]}`;
    before.add(i);
  }
  return all;
}

// In an address of a page that has no room for more.
const address = (field) => `https://e.org/${text(field, 0, 5)}"onclick=ran(25)'><svg/pwn/onload=ran(5)>`;

// Which marks were seen, in whatever is read.
export const shown = new Set();
export function note(answer) {
  for (const [mark] of answer.matchAll(/zq\d{3}(?![\w-])/gi)) shown.add(`Z${mark.slice(1)}`);
}

// --- A form as it stands on a page: {action, type, form: name → what it would send, open: the names that people write in}

const attribute = (tag, name) => unescape(tag.match(new RegExp(`\\b${name}="([^"]*)"`))?.[1] ?? '');
function read(source) {
  const form = {}, open = [];
  const give = (name, value) => { form[name] = name in form ? [form[name], value].flat() : value; };
  for (const [tag, kind] of source.matchAll(/<(input|textarea|select)\b[^>]*>/g)) {
    const name = attribute(tag, 'name'), type = attribute(tag, 'type') || 'text';
    if (!name || /\bdisabled\b/.test(tag)) continue;
    const rest = source.slice(source.indexOf(tag) + tag.length);
    if (kind === 'textarea') { give(name, unescape(rest.slice(0, rest.indexOf('</textarea>')).replace(/^\n/, ''))); open.push(name); }
    else if (kind === 'select') { const chosen = rest.slice(0, rest.indexOf('</select>')).match(/<option[^>]*\bselected[^>]*>/); if (chosen) give(name, attribute(chosen[0], 'value')); }
    else if (type === 'radio' || type === 'checkbox') { if (/\bchecked\b/.test(tag)) give(name, attribute(tag, 'value')); }
    else if (!['file', 'submit', 'password'].includes(type)) { give(name, attribute(tag, 'value')); if (type === 'text' && !/inputmode="(numeric|decimal)"/.test(tag)) open.push(name); }
  }
  return { form, open };
}
export function formOf(page, action, having) {
  const at = [...page.matchAll(/<form\b[^>]*method="post"[^>]*>[^]*?<\/form>/g)].map(([source]) => source).find((source) => attribute(source.match(/<form[^>]*>/)[0], 'action') === action && (!having || source.includes(`name="${having}"`)));
  assert.ok(at, `a form for ${action} among ${[...page.matchAll(/<form[^>]*>/g)].join(' ')}`);
  return { ...read(at), multipart: /<form[^>]*multipart/.test(at) };
}

// Sends the form for `action` that stands on `page`, with scripts in every field that people write in: `extra` has what is chosen besides, and fields
// whose words are not free. A field that says it is too long gets fewer, one that takes no such words gets back what it had. → {location, undo}: undo()
// sends the form as it was.
export async function stuff(who, page, nth, extra = {}, { action = page.split('?')[0], as = action.replace(/[0-9a-f-]{36}|probe-\w+|\/\d+\b/g, 'N'), most = 4000, leave = /^$/, having } = {}) {
  const shownPage = await who.get(page);
  assert.equal(shownPage.status, 200, page);
  const { form, open, multipart } = formOf(shownPage.text, action, having);
  const free = open.filter((name) => !(name in extra) && !leave.test(name)), sizes = new Map(free.map((name) => [name, most]));
  const send = (said) => {
    const sent = { ...said, key: randomUUID() };
    if (!multipart) return who.send('POST', action, { form: sent });
    const body = Object.entries(sent).map(([name, value]) => `--x\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`).join('');
    return who.send('POST', action, { body: `${body}--x--\r\n`, type: 'multipart/form-data; boundary=x' });
  };
  for (let left = 4; ; left--) {
    const filled = Object.fromEntries([...sizes].map(([name, size]) => [name, size === 'address' ? address(`${as} ${name}`) : text(`${as} ${name.replace(/^T\d+$/, 'T')}`, nth, size)]));
    const answer = await send({ ...form, ...filled, ...extra });
    if (answer.status < 400) {
      assert.ok(sizes.size > 0, `${action}: no field takes words`);
      return { location: answer.headers.location, text: answer.text, undo: () => send(form) };
    }
    const faults = [...unescape(answer.text).matchAll(/<li><a href="#([\w-]+)">([^<]+)<\/a><\/li>/g)];
    assert.ok(left > 0 && faults.some(([, name]) => sizes.has(name)), `${action}: ${answer.status} ${faults.map(([, name, says]) => `${name}: ${says}`)} ${faults.length ? '' : answer.text.replace(/<[^>]+>/g, ' ').slice(0, 500)}`);
    for (const [, name, says] of faults) {
      if (!sizes.has(name)) continue;
      const size = Number(says.match(/([\d,]+) characters/)?.[1].replace(',', '') ?? 0);
      if (size > 0 && size < sizes.get(name)) sizes.set(name, size);
      else if (/https/.test(says) && sizes.get(name) !== 'address') sizes.set(name, 'address');
      else { sizes.delete(name); fields.delete(`${as} ${name}`); }
    }
  }
}

// Columns, and whole tables, that nobody writes into by a form, with the reason.
const because = (why, names) => Object.fromEntries(names.trim().split(/\s+/).map((name) => [name, why]));
export const unwritten = {
  ...because('comes with the program, or by its commands: no page writes it', `consent_text finder_limit finder_note finder_rule holiday map_shape migration place place_import register_entry register_file register_load register.mapping retention
    sensitive_act town town_known zone_known client_key.legal_hold tag.hook tag_kind.topic`),
  ...because('words of the program itself', `audit.action booking_event.what change_key.actor day_check.rules key_canary.sealed key_use.why outbox.kind outbox.reason outbox_attempt.result review_case.decided_why review_case.reason review.removed_why
    safety_check.rules session.device visit_walk.what booking.reference account.password_hash mail_link.password_hash`),
  ...because('made of other columns, with letters and digits alone', 'client.name_key client.phone_key name_word.word town_word.word town_member town_tag vocabulary term.word location.town_slug booking.techniques'),
  ...because('chosen from a list, or named by its short name, which has no room for more', `booking.currency booking.zone evidence.about evidence.key guidance.others guidance.suggest listing.currency listing_offer.zone location.zone premises.zone questionnaire_case.answers questionnaire_case.rules
    questionnaire_term.slug question.harmless question.shown safety_rule.avoid safety_rule.exclude safety_rule.fires safety_rule.positions safety_rule.products safety_rule.raised_fires safety_rule.require waiting.parts`),
  ...because('of a client who was joined to another, as it stood there', 'client_merged'),
  ...because('as the gazetteer has it', 'booking.home_place location.region premises.region waiting.place'),
  ...because('an address of mail, or the host of an address', 'account.email booking.client_email client.email_key clinician.email mail_link.email outbox.recipient practice_invitation.email waiting.email outside_calendar.host'),
  ...because('sealed: what was written is seen on its pages', `booking.safety_draft clearance.sealed clearance_piece.sealed client_block.sealed credential_proof.sealed credential_proof_piece.sealed day_check.sealed factor.sealed home_plan.sealed incident.sealed outcome.sealed
    outside_calendar.sealed own_answer.sealed change_key.answer safety_check.sealed reopening.draft reopening.own_draft review_pain.sealed session_note.sealed visit_message.sealed`),
};
