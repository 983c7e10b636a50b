// <copy-text from="id">: a button that copies the value of that field.
customElements.define('copy-text', class extends HTMLElement {
  connectedCallback() {
    if (!navigator.clipboard) return // over plain http there is none
    const button = document.createElement('button')
    button.className = 'btn ghost'
    button.textContent = 'Copy'
    button.onclick = () => navigator.clipboard.writeText(document.getElementById(this.getAttribute('from')).value).then(() => { button.textContent = 'Copied' })
    this.replaceChildren(button)
  }
})
