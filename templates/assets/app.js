// Extras on top of pages that work without them: a search that reloads its list, the reader's place, a figure to tap, a countdown.
// Runs under script-src 'self' with Trusted Types; the one policy parses pages of our own server and nothing else.
const policy = window.trustedTypes?.createPolicy('unknot', { createHTML: page => page })
const parse = page => new DOMParser().parseFromString(policy ? policy.createHTML(page) : page, 'text/html')

// Emptied first: a screen reader stays silent when the same words are set again.
function say(words) {
  const status = document.getElementById('status')
  if (!status) return
  status.textContent = ''
  setTimeout(() => { status.textContent = words }, 50)
}

// <live-form target="results asked"> around a GET form and what it shows: after a change of a box or a list the elements with these ids come
// from the server anew, the header X-Fragment naming the first. Whatever goes wrong ends in the ordinary submission of the form.
// A link with data-part="filters" brings that part of its page into the element of that id, and it is kept up to date from then on.
customElements.define('live-form', class extends HTMLElement {
  #running
  #shown = location.pathname + location.search
  #part

  connectedCallback() {
    this.form = this.querySelector('form')
    if (!this.form) return
    this.addEventListener('change', ({ target }) => {
      if (target.form === this.form && target.matches('select, [type=checkbox], [type=radio]')) this.#load()
    })
    this.form.addEventListener('submit', event => {
      event.preventDefault()
      this.#load(event.submitter).then(() => this.#close())
    })
    this.addEventListener('click', event => this.#open(event))
    addEventListener('popstate', this.#back)
  }

  disconnectedCallback() {
    removeEventListener('popstate', this.#back)
    this.#running?.abort()
  }

  // Also fires for a jump inside the page, which must not reload it.
  #back = () => {
    if (location.pathname + location.search !== this.#shown) location.reload()
  }

  #address(submitter) {
    const url = new URL(this.form.action, location.href)
    url.search = ''
    url.hash = ''
    for (const [name, value] of new FormData(this.form, submitter)) if (value !== '') url.searchParams.append(name, value)
    return url
  }

  async #fetch(url, id, signal) {
    const answer = await fetch(url, { headers: { 'X-Fragment': id }, signal })
    if (!answer.ok || answer.redirected) throw answer
    const page = parse(await answer.text())
    if (!page.getElementById(id)) throw answer
    return page
  }

  async #load(submitter = null) {
    this.#running?.abort()
    const { signal } = this.#running = new AbortController()
    const ids = this.getAttribute('target').split(' ')
    const shown = document.getElementById(ids[0])
    if (!shown) return this.form.submit()
    shown.setAttribute('aria-busy', 'true')
    try {
      if (!submitter) await new Promise(later => setTimeout(later, 150)) // who goes through a list by arrow keys is not there yet
      if (signal.aborted) return
      const url = this.#address(submitter)
      const page = await this.#fetch(url, ids[0], signal)
      if (signal.aborted) return
      for (const id of ids) this.#swap(document.getElementById(id), page.getElementById(id))
      if (page.title) document.title = page.title
      const { near } = this.form, said = page.getElementById('near')
      if (said && document.activeElement !== near) near.value = said.value
      const address = url.pathname + url.search
      if (address !== this.#shown) history.pushState(null, '', url)
      this.#shown = address
      say(page.getElementById(ids[0]).dataset.announce || shown.querySelector('h1, h2')?.textContent || 'The list has changed')
      if (this.#part) this.#renew(signal)
    } catch {
      if (!signal.aborted) this.form.submit()
    } finally {
      if (this.#running.signal === signal) shown.removeAttribute('aria-busy')
    }
  }

  // What was ticked or opened in the old part is so in the new one. Focus inside goes to the same control, or to the heading: never to the top.
  #swap(old, fresh) {
    if (!old || !fresh) return
    const same = (element) => [...fresh.querySelectorAll(element.localName)].find((other) => !other.disabled && (
      element.id ? other.id === element.id : other.name ? other.name === element.name && other.value === element.value : other.href && other.href === element.href))
    const focus = old.contains(document.activeElement) ? document.activeElement : null
    const again = focus && same(focus)
    for (const tick of old.querySelectorAll('[type=checkbox]:checked')) {
      const other = tick.form !== this.form && same(tick)
      if (other) other.checked = true
    }
    for (const group of old.querySelectorAll('details[id]')) {
      const other = same(group)
      if (other) other.open = group.open
    }
    const heading = fresh.querySelector('h1, h2')
    old.replaceChildren(...fresh.childNodes)
    if (focus) (again || heading)?.focus({ preventScroll: true })
  }

  // The part comes on demand: nobody waits for what they did not ask for.
  #open(event) {
    const link = event.target.closest('a[data-part]')
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return
    event.preventDefault()
    this.#part = { id: link.dataset.part, path: new URL(link.href).pathname }
    this.#renew().catch(() => location.assign(link.href))
  }

  // Its controls take the place of hidden fields of the same name.
  async #renew(signal) {
    const url = this.#address()
    url.pathname = this.#part.path
    const page = await this.#fetch(url, this.#part.id, signal)
    const part = document.getElementById(this.#part.id)
    this.#swap(part, page.getElementById(this.#part.id))
    for (const field of this.form.querySelectorAll('[type=hidden]')) if (part.querySelector(`[name="${CSS.escape(field.name)}"]`)) field.remove()
  }

  #close() {
    for (const fold of this.querySelectorAll('details.fold')) fold.open = false
    if (!document.activeElement.checkVisibility()) this.querySelector('h1').focus() // it was in a fold, on a telephone
  }
})

// <save-form> around a form that buttons elsewhere send (POST, answered with a document): one stays on the page, and the button becomes the way
// to what was saved.
customElements.define('save-form', class extends HTMLElement {
  connectedCallback() {
    const form = this.querySelector('form')
    form?.addEventListener('submit', async event => {
      event.preventDefault()
      const button = event.submitter
      const body = new URLSearchParams(new FormData(form, button))
      try {
        const answer = await fetch(form.action, { method: 'POST', body, headers: { Accept: 'application/json' } })
        if (!answer.ok) throw answer
        const link = Object.assign(document.createElement('a'), { href: form.getAttribute('action'), className: button.className, textContent: 'Saved' })
        button.replaceWith(link)
        link.focus({ preventScroll: true })
        say('Saved. The link leads to your list.')
      } catch {
        form.append(Object.assign(document.createElement('input'), { type: 'hidden', name: button.name, value: button.value }))
        form.submit()
      }
    })
  }
})

// <near-me for="near"> around a button: fills the field with where the reader is, to about a kilometer, when they press it and not before.
customElements.define('near-me', class extends HTMLElement {
  connectedCallback() {
    const button = this.querySelector('button')
    const field = document.getElementById(this.getAttribute('for'))
    if (!button || !field || !navigator.geolocation || !window.isSecureContext) return
    this.hidden = false
    button.addEventListener('click', () => {
      say('Asking your browser where you are')
      button.disabled = true
      navigator.geolocation.getCurrentPosition(({ coords }) => {
        button.disabled = false
        field.value = `${coords.latitude.toFixed(2)},${coords.longitude.toFixed(2)}`
        if (this.closest('live-form')) field.form.requestSubmit()
        else field.focus()
      }, () => {
        button.replaceWith('Not known: type a place')
        say('Your browser did not say where you are. Type a ZIP code or a town.')
        field.focus()
      }, { timeout: 10000, maximumAge: 600000 })
    })
  }
})

// <body-map>: tapping a region of the figure ticks its checkbox, or follows its link.
customElements.define('body-map', class extends HTMLElement {
  connectedCallback() {
    this.querySelector('svg')?.addEventListener('click', event => {
      const region = event.target.closest('[data-region]')?.dataset
      const part = region && (this.#part(region.region) ?? this.#part(region.group))
      if (!part) return
      part.click()
      if (part.labels) say(`${part.labels[0].textContent.trim()}: ${part.checked ? 'chosen' : 'not chosen'}`)
    })
  }

  #part(name) {
    return name ? this.querySelector(`[data-part="${CSS.escape(name)}"]`) : null
  }
})

// An answer that stands alone (none of these, in person) and the others of its list untick each other. The server decides all the same.
document.addEventListener('change', ({ target }) => {
  if (target.type !== 'checkbox' || !target.checked) return
  const alone = box => box.hasAttribute('data-alone')
  const others = [...target.form?.querySelectorAll(`[name="${CSS.escape(target.name)}"]:checked`) ?? []]
    .filter(box => box !== target && (alone(box) || alone(target)))
  for (const box of others) box.checked = false
  if (others.length) say(alone(target) ? 'The other answers are unticked' : `${others[0].labels[0].textContent.trim()}: unticked`)
})

// <hold-timer seconds="583" until="2026-11-24T11:15:00Z">until 11:15</hold-timer>. Seconds are sure where the reader's clock is wrong.
customElements.define('hold-timer', class extends HTMLElement {
  #timer

  connectedCallback() {
    const seconds = Number(this.getAttribute('seconds') || NaN)
    const end = seconds >= 0 ? Date.now() + seconds * 1000 : Date.parse(this.getAttribute('until'))
    if (Number.isNaN(end)) return
    let warned = end - Date.now() <= 120000
    const tick = () => {
      const left = Math.max(0, Math.round((end - Date.now()) / 1000))
      this.textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, '0')} left`
      if (left <= 120 && !warned) {
        warned = true
        say('Two minutes left on your held time. You can ask for longer.')
      }
      if (left === 0) this.#over()
    }
    this.#timer = setInterval(tick, 1000)
    tick()
  }

  disconnectedCallback() {
    clearInterval(this.#timer)
  }

  #over() {
    clearInterval(this.#timer)
    this.textContent = 'ended'
    const words = (this.closest('form') ?? document).querySelector('[data-expired]') ?? document.querySelector('[data-expired]')
    words?.removeAttribute('hidden')
    say(words?.textContent.trim() || 'Your held time has ended. Nothing you typed is lost.')
  }
})

// <zone-note zone="America/Los_Angeles" clock="h12"> behind the name of a zone. Times are those of the place, and said as there; whose own clock shows another
// one is told so.
customElements.define('zone-note', class extends HTMLElement {
  connectedCallback() {
    const now = timeZone => new Date().toLocaleTimeString('en-GB', { timeZone, weekday: 'long', hour: 'numeric', minute: '2-digit', hourCycle: this.getAttribute('clock') })
    try {
      const there = now(this.getAttribute('zone'))
      if (there !== now()) this.textContent = ` Your clock shows another time: there it is ${there}.`
    } catch {} // a zone that this browser does not know
  }
})

// The finder's pages answer a POST and are in no cache, so Back and reload would end in the browser's question whether to send it all again. Here the form
// that made a page stays with its history entry, as the browser keeps it itself: with this tab, and nowhere else. Without a script nothing is lost but that.
const finder = '/finder'
const written = form => String(new URLSearchParams(form))

async function finderPage(form) {
  const answer = await fetch(finder, { method: 'POST', body: new URLSearchParams(form) })
  const page = parse(await answer.text())
  const main = page.querySelector('main')
  if (!main) throw answer
  document.querySelector('main').replaceWith(main)
  document.title = page.title
  scrollTo(0, 0)
  ;(document.getElementById('problem') ?? main).focus({ preventScroll: true })
  say(page.title)
  return answer
}

document.addEventListener('submit', async event => {
  const form = event.target
  if (form.getAttribute('action') !== finder) return
  event.preventDefault()
  const sent = written(new FormData(form, event.submitter))
  const asked = document.querySelector(`form[action="${finder}"] [name=at]`)
  if (asked) history.replaceState({ finder: `${written(new FormData(asked.form))}&to=${asked.value}` }, '')
  try {
    const answer = await finderPage(sent)
    history[answer.status === 422 ? 'replaceState' : 'pushState']({ finder: sent }, '', finder)
  } catch {
    const { name, value } = event.submitter ?? {}
    if (name) form.append(Object.assign(document.createElement('input'), { type: 'hidden', name, value }))
    form.submit()
  }
})
// a link to the address one is at would find the entry as it is
document.addEventListener('click', event => { if (event.target.closest(`a[href="${finder}"]`)) history.replaceState(null, '') })
const finderAgain = state => { if (state?.finder) finderPage(state.finder).catch(() => location.reload()) }
addEventListener('popstate', event => finderAgain(event.state))
finderAgain(history.state)

// After a refused form the summary of what is wrong is read first.
document.getElementById('problem')?.focus()

// <show-password> around a password's input: a button that shows what was typed, and hides it again before it is sent.
customElements.define('show-password', class extends HTMLElement {
  connectedCallback() {
    const input = this.querySelector('input')
    const button = document.createElement('button')
    const set = shown => {
      input.type = shown ? 'text' : 'password'
      button.textContent = shown ? 'Hide' : 'Show'
      button.ariaLabel = `${button.textContent} password`
    }
    button.type = 'button'
    button.className = 'btn ghost'
    button.addEventListener('click', () => set(input.type === 'password'))
    input.form.addEventListener('submit', () => set(false))
    set(false)
    this.append(button)
  }
})
