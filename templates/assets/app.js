// Extras on top of pages that work without them: a search that reloads its list, a figure to tap, a countdown.
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

// <live-form target="results"> around a GET form: after a change the element with that id comes from the server anew.
// Whatever goes wrong ends in the ordinary submission of the form.
customElements.define('live-form', class extends HTMLElement {
  #running
  #shown = location.pathname + location.search

  connectedCallback() {
    this.form = this.querySelector('form')
    if (!this.form) return
    this.form.addEventListener('change', () => this.#load('replaceState'))
    this.form.addEventListener('submit', event => {
      event.preventDefault()
      this.#load('pushState', event.submitter)
    })
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

  async #load(how, submitter = null) {
    this.#running?.abort()
    const running = this.#running = new AbortController()
    const id = this.getAttribute('target')
    const old = document.getElementById(id)
    if (!old) return this.form.submit()
    old.setAttribute('aria-busy', 'true')
    try {
      const url = this.#address(submitter)
      const answer = await fetch(url, { headers: { 'X-Fragment': id }, signal: running.signal })
      if (!answer.ok || answer.redirected) throw answer
      const page = parse(await answer.text())
      const fresh = page.getElementById(id)
      if (!fresh || running.signal.aborted) throw answer
      this.#swap(old, fresh)
      if (page.title) document.title = page.title
      history[how](null, '', url)
      this.#shown = url.pathname + url.search
      say(fresh.dataset.announce ?? old.querySelector('h1, h2')?.textContent ?? 'The list has changed')
    } catch {
      if (!running.signal.aborted) this.form.submit()
    } finally {
      if (this.#running === running) old.removeAttribute('aria-busy')
    }
  }

  // Focus inside the replaced part goes to the element of the same id, or to the part itself: never to the top.
  #swap(old, fresh) {
    const within = old.contains(document.activeElement) ? document.activeElement : null
    old.replaceChildren(...fresh.childNodes)
    if (!within) return
    const again = within.id && document.getElementById(within.id)
    if (!again) old.tabIndex = -1
    ;(again || old).focus({ preventScroll: true })
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

// After a refused form the summary of what is wrong is read first.
document.getElementById('problem')?.focus()
