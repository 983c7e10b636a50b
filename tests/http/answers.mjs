// What somebody answers whom massage cannot harm, and how it is filled in, page by page.

// The safety check, and the rest.
export const check = Object.freeze({
  RF12: 'no', RF16: 'no', RF01: 'no', RF02: 'no', RF03: 'fine', RF04: 'no', RF05: 'no', RF07: 'no', RF13: 'no', RF10: 'no',
  RF06: 'no', RF08: 'no', RF09: 'no', RF11: 'no', RF14: 'no',
});
export const rest = Object.freeze({
  A02: 'me', A01: '1980-04-27', P01: ['low_back_centre'], P02: ['ache'], P04: 'chronic', P04a: 'no', P05: ['unknown'], P06: ['none'], P07: '4', P08: ['sitting'], P11: 'helped',
  H01: 'no', H02: ['no'], H03: ['none'], H04: 'no', H09: 'no', H05: 'no', H05b: 'no', H06: ['none'], H07: 'none', H08: ['none'], H10: ['no'], H12: 'no', H13: ['none'], H14: ['none'],
  H15: 'no', H16: ['none'], H17: ['none'], H18: ['none'], H19: 'no', H20: 'no', H23: ['front', 'back', 'side'], K01: 'yes', K02: 'yes', K03: 'yes', K04: 'yes', K07: 'Carla Client',
});
export const healthy = Object.freeze({ ...check, ...rest });
export const optional = ['RF04', 'RF10', 'RF11', 'K03', 'K04']; // of these, what may be left out

const names = (page) => new Set([...page.matchAll(/<(?:input|textarea|select)\b[^>]*?\bname="([^"]+)"/g)].map(([, name]) => name));

// What the form of a page is sent with: the answers to the questions that stand there, by name, and what it carries hidden.
export function fill(page, answers = healthy) {
  const form = {};
  for (const name of names(page)) {
    const part = name.match(/^(\w+)_(year|month|day)$/);
    if (part && answers[part[1]]) form[name] = answers[part[1]].split('-')[['year', 'month', 'day'].indexOf(part[2])];
    if (answers[name] !== undefined) form[name] = answers[name];
  }
  for (const [, name, value] of page.matchAll(/<input type="hidden" name="(consent_\w+)" value="([^"]*)"/g)) form[name] = value;
  return form;
}

// From the page that is shown to the end of the form, or to the page that asks `until`. page(): its path and text. post(path, form): sends, and
// follows to the next one.
export async function answerPages(page, post, answers = healthy, until = undefined) {
  const asked = [];
  for (let n = 0; n < 80; n++) {
    const { path, text } = page();
    if (/\/safety\/start$/.test(path)) {
      await post(text.match(/class="btn" href="([^"]+)"/)[1], null);
      continue;
    }
    if (!/\/safety\/\d+$/.test(path)) return asked;
    if (until && names(text).has(until)) return asked;
    asked.push(path.match(/\d+$/)[0]);
    await post(path, fill(text, answers));
    if (page().path === path) throw new Error(`${path} was not taken: ${page().text.match(/class="err"[^]{0,200}/)?.[0]}`);
  }
  throw new Error('the form has no end');
}
