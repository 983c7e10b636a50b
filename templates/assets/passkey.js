// Passkeys: a form with data-passkey asks the browser to make one (create) or to sign with one (get), puts what it says into its hidden fields and goes on
// its way like any form.
const bytes = (text) => Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0));
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
const named = (ids) => ids.split(' ').filter(Boolean).map((id) => ({ type: 'public-key', id: bytes(id) }));

async function ask(form) {
  const { passkey, challenge, site, siteName, ids, user, userName } = form.dataset;
  const common = { challenge: bytes(challenge), timeout: 120000 };
  if (passkey === 'get')
    return navigator.credentials.get({ publicKey: { ...common, rpId: site, allowCredentials: named(ids), userVerification: 'required' } });
  return navigator.credentials.create({ publicKey: {
    ...common, rp: { id: site, name: siteName }, user: { id: bytes(user.replaceAll('-', '').slice(0, 32)), name: userName, displayName: userName },
    pubKeyCredParams: [-7, -8, -257].map((alg) => ({ type: 'public-key', alg })), excludeCredentials: named(ids),
    authenticatorSelection: { userVerification: 'required', residentKey: 'discouraged' }, attestation: 'none',
  } });
}

function fill(form, { rawId, response }) {
  const put = (name, buffer) => { form.elements[(form.dataset.prefix ?? '') + name].value = text(buffer); };
  put('credential', rawId);
  put('client_data', response.clientDataJSON);
  put('auth_data', response.authenticatorData ?? response.getAuthenticatorData());
  if (response.signature) put('signature', response.signature);
}

for (const form of document.querySelectorAll('form[data-passkey]')) {
  const button = form.querySelector('[data-go]'), said = form.querySelector('[data-said]');
  form.addEventListener('submit', async (event) => {
    if (event.submitter !== button || !globalThis.PublicKeyCredential) return;
    event.preventDefault();
    said.textContent = '';
    try {
      fill(form, await ask(form));
      HTMLFormElement.prototype.submit.call(form);
    } catch (error) {
      said.textContent = error.name === 'InvalidStateError' ? 'This device has a passkey for this account already.'
        : error.name === 'SecurityError' ? 'Passkeys do not work at this address of the site.' : 'Nothing came of it. Try again, or use a code.';
    }
  });
}
