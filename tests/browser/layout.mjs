// Functions that run inside a page and return what is wrong there, a line for each fault.

// Nothing wider than the page; nothing that spills out of its box or is cut off, unless it scrolls; no text in a drawing too small.
export function layoutFaults() {
  const faults = [];
  const root = document.documentElement;
  const called = (element) => {
    const name = element.id ? `#${element.id}` : element.getAttribute('class') ? `.${element.getAttribute('class').trim().split(/\s+/).join('.')}` : '';
    return `${element.localName}${name} “${element.textContent.trim().replace(/\s+/g, ' ').slice(0, 40)}”`;
  };
  if (root.scrollWidth > root.clientWidth) faults.push(`the page is ${root.scrollWidth} px wide in a window of ${root.clientWidth}`);
  for (const element of document.querySelectorAll('body *')) {
    if (!element.checkVisibility({ visibilityProperty: true }) || element.closest('.vh, .skip')) continue;
    if (element instanceof SVGElement) {
      if (element.localName !== 'text' || element.closest('[aria-hidden=true], defs')) continue;
      const size = parseFloat(getComputedStyle(element).fontSize) * element.getScreenCTM().a;
      if (size < 11) faults.push(`${called(element)} in a drawing is ${size.toFixed(1)} px high`);
      continue;
    }
    if (element.clientWidth === 0 || element.matches('input, select, textarea, option')) continue;
    const { overflowX, overflowY } = getComputedStyle(element);
    if (element.scrollWidth > element.clientWidth + 1 && !/auto|scroll/.test(overflowX))
      faults.push(`${called(element)}: content of ${element.scrollWidth} px in ${element.clientWidth}`);
    if (element.scrollHeight > element.clientHeight + 1 && /hidden|clip/.test(overflowY))
      faults.push(`${called(element)}: content ${element.scrollHeight} px high in ${element.clientHeight}`);
  }
  for (const map of document.querySelectorAll('svg.map')) faults.push(...mapFaults(map));
  // a date in it is read whole, with the button beside it
  for (const field of document.querySelectorAll('input[type=date]')) {
    if (!field.checkVisibility() || parseFloat(getComputedStyle(root).fontSize) > 20) continue; // twice as large it scrolls in itself
    const { fontSize, paddingInlineStart, paddingInlineEnd } = getComputedStyle(field);
    const letters = (field.clientWidth - parseFloat(paddingInlineStart) - parseFloat(paddingInlineEnd)) / parseFloat(fontSize);
    if (letters < 7) faults.push(`${called(field)} is ${letters.toFixed(1)} letters wide`);
  }
  // the ring of the error summary covers no writing, and a page's heading does not touch its first words
  for (const above of document.querySelectorAll('.errsum, main > h1')) {
    const below = above.nextElementSibling;
    const room = below?.checkVisibility() ? below.getBoundingClientRect().top - above.getBoundingClientRect().bottom : 8;
    if (room < 7) faults.push(`${called(above)} is ${room} px from ${called(below)}`);
  }
  return faults;

  // Pins are large enough to be hit, apart from each other, and cover no writing.
  function mapFaults(map) {
    const pins = [...map.querySelectorAll('.pin')].map((pin) => ({ name: pin.textContent.slice(0, 40), box: pin.querySelector('circle, rect').getBoundingClientRect() }));
    const found = [];
    const middle = ({ x, y, width, height }) => [x + width / 2, y + height / 2];
    pins.forEach((one, i) => {
      if (Math.min(one.box.width, one.box.height) < 24) found.push(`pin “${one.name}” is ${one.box.width.toFixed(1)} by ${one.box.height.toFixed(1)} px`);
      for (const other of pins.slice(i + 1)) {
        const [a, b] = [middle(one.box), middle(other.box)];
        if (Math.hypot(a[0] - b[0], a[1] - b[1]) < 24) found.push(`pins “${one.name}” and “${other.name}” are less than 24 px apart`);
      }
      for (const text of map.querySelectorAll(':scope > text')) {
        const t = text.getBoundingClientRect();
        if (t.left < one.box.right && t.right > one.box.left && t.top < one.box.bottom && t.bottom > one.box.top)
          found.push(`pin “${one.name}” covers “${text.textContent}”`);
      }
    });
    return found;
  }
}

// Where colours are the reader's own, a button still has an edge, and a drawing still shows.
export function forcedFaults() {
  const faults = [];
  for (const button of document.querySelectorAll('.btn, .slot, .in, .choice, .pick > span, .parts a')) {
    if (!button.checkVisibility({ visibilityProperty: true })) continue;
    const { borderTopWidth, borderTopStyle, borderTopColor, backgroundColor } = getComputedStyle(button);
    if (borderTopStyle === 'none' || !parseFloat(borderTopWidth) || borderTopColor === backgroundColor)
      faults.push(`no edge: ${button.outerHTML.slice(0, 80)}`);
  }
  for (const icon of document.querySelectorAll('.ic')) {
    if (icon.checkVisibility() && getComputedStyle(icon).stroke === getComputedStyle(document.body).backgroundColor) faults.push(`not seen: ${icon.outerHTML}`);
  }
  return faults;
}

// What a reader and a screen reader count on: language, title, one heading of the first rank, a name for every control, sound links.
export function structureFaults() {
  const faults = [];
  const seen = (element) => element.checkVisibility({ visibilityProperty: true });
  if (!document.documentElement.lang) faults.push('no language');
  if (!/\S – \S/.test(document.title)) faults.push(`the title is “${document.title}”`);
  const headings = [...document.querySelectorAll('h1')].filter(seen);
  if (headings.length !== 1) faults.push(`${headings.length} headings of the first rank`);
  for (const control of document.querySelectorAll('input:not([type=hidden]), select, textarea')) {
    if (!control.labels?.length && !control.getAttribute('aria-label') && !control.getAttribute('aria-labelledby'))
      faults.push(`no label: ${control.name || control.outerHTML.slice(0, 80)}`);
  }
  for (const form of document.querySelectorAll('form[method=post]:not([action="/theme"], [action="/saved"], [action="/finder"])')) { // those need none
    if (!form.querySelector('input[name=csrf]')?.value) faults.push(`no form token: ${form.action}`);
  }
  for (const link of document.querySelectorAll('a[href^="#"]')) {
    if (!document.getElementById(link.getAttribute('href').slice(1))) faults.push(`leads nowhere: ${link.outerHTML.slice(0, 80)}`);
  }
  for (const element of document.querySelectorAll('[aria-describedby], [aria-labelledby]')) {
    for (const id of `${element.getAttribute('aria-describedby') ?? ''} ${element.getAttribute('aria-labelledby') ?? ''}`.split(/\s+/)) {
      if (id && !document.getElementById(id)) faults.push(`described by what is not there: #${id}`);
    }
  }
  for (const drawn of document.querySelectorAll('svg use')) {
    if (!drawn.getBBox().width) faults.push(`an empty drawing: ${drawn.getAttribute('href')}`);
  }
  for (const table of document.querySelectorAll('table')) {
    if (seen(table) && !table.querySelector('tbody tr')) faults.push(`a table without rows: ${table.caption?.textContent}`);
    for (const cell of table.querySelectorAll('td[data-label]')) {
      if (seen(cell) && !cell.textContent.trim()) faults.push(`nothing is said under “${cell.dataset.label}”: ${table.caption?.textContent}`);
    }
  }
  const said = [...document.querySelectorAll('.errsum li')].map((line) => line.textContent);
  for (const line of said.filter((line, n) => said.indexOf(line) < n)) faults.push(`said twice in the error summary: ${line}`);
  const words = document.body.innerText.match(/(?<![\w.-])(?:colours?|centres?|labelled|behaviour|recognise\w*|organis(?:e|ation)\w*|(?:cancel|travel)l(?:ed|ing)|\d{4}-\d\d-\d\d)\b/gi) ?? [];
  if (!document.querySelector('main code')) for (const word of words) faults.push(`not as people here write it: ${word}`);
  if (/\{\{|\}\}|\bundefined\b|\bNaN\b/.test(document.body.innerText)) faults.push('a template shows through');
  return faults;
}

// Reader's own settings: text spacing of WCAG 1.4.12, or text twice as large. Undone with 'none'.
export function readerStyle(kind) {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync({
    none: '',
    spacing: '* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important } p { margin-bottom: 2em !important }',
    large: 'html { font-size: 200% !important }',
  }[kind]);
  document.adoptedStyleSheets = [sheet];
}
export function openAll() {
  for (const details of document.querySelectorAll('details')) details.open = true;
}
