/* Passkeys: fills the hidden field of a form with what the browser's authenticator says, and sends the form.
   Without this script, or without an authenticator, the password and a code do. */
const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
const listed = (credentials) => (credentials || []).map((one) => ({ ...one, id: bytes(one.id) }));

const answered = (credential) => {
  const { response } = credential;
  const said = { clientDataJSON: text(response.clientDataJSON) };
  if (response.attestationObject) {
    said.attestationObject = text(response.attestationObject);
    said.transports = response.getTransports ? response.getTransports() : [];
  } else {
    said.authenticatorData = text(response.authenticatorData);
    said.signature = text(response.signature);
    said.userHandle = response.userHandle ? text(response.userHandle) : null;
  }
  return JSON.stringify({
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    authenticatorAttachment: credential.authenticatorAttachment,
    clientExtensionResults: credential.getClientExtensionResults(),
    response: said,
  });
};

const ask = async (form) => {
  const options = form.dataset.options || (await (await fetch(form.dataset.optionsFrom)).text());
  const { publicKey } = JSON.parse(options);
  publicKey.challenge = bytes(publicKey.challenge);
  if (publicKey.user) {
    publicKey.user.id = bytes(publicKey.user.id);
    publicKey.excludeCredentials = listed(publicKey.excludeCredentials);
    return navigator.credentials.create({ publicKey });
  }
  publicKey.allowCredentials = listed(publicKey.allowCredentials);
  return navigator.credentials.get({ publicKey });
};

document.addEventListener("DOMContentLoaded", () => {
  if (!window.PublicKeyCredential) return;
  document.querySelectorAll("form[data-passkey][hidden]").forEach((form) => { form.hidden = false; });
  document.querySelectorAll("[data-no-passkey]").forEach((notice) => { notice.hidden = true; });
});
document.addEventListener("submit", async (event) => {
  const form = event.target.closest("form[data-passkey]");
  if (!form || form.elements.credential.value) return;
  event.preventDefault();
  try {
    form.elements.credential.value = answered(await ask(form));
  } catch {
    form.querySelector("[role=status]").textContent = "No passkey was used. Try again, or take another way.";
    return;
  }
  form.submit();
});
