// <live-words for="ID" from="/address">: the text of that field as it will be read, a moment after each pause. Without it a button does the same.
// The answer comes as a document, so nothing is parsed here and no policy of Trusted Types is needed.
customElements.define('live-words', class extends HTMLElement {
  connectedCallback() {
    this.field = document.getElementById(this.getAttribute('for'))
    this.field?.addEventListener('input', () => {
      clearTimeout(this.waits)
      this.waits = setTimeout(() => this.ask(), 400)
    })
    if (this.field?.value) this.ask()
  }
  ask() {
    this.asked?.abort()
    const asked = this.asked = new XMLHttpRequest()
    asked.open('POST', this.getAttribute('from'))
    asked.setRequestHeader('X-Fragment', 'preview')
    asked.setRequestHeader('Content-Type', 'application/x-www-form-urlencoded')
    asked.responseType = 'document'
    asked.onload = () => {
      const fresh = asked.status === 200 && asked.response?.getElementById('preview')
      const shown = this.querySelector('#preview')
      if (!fresh) return
      shown.replaceChildren(...fresh.childNodes)
      shown.hidden = fresh.hidden
    }
    asked.send(new URLSearchParams(new FormData(this.field.form)))
  }
})
