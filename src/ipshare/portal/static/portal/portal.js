/* The portal's own script: copies a value, sends a form once. Every page can be read, and every form sent, without it. */
const copies = () => document.querySelectorAll("[data-copy][hidden]").forEach((button) => { button.hidden = false; });

document.addEventListener("DOMContentLoaded", copies);
document.addEventListener("htmx:afterSettle", copies);
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const status = document.getElementById("status");
  try {
    await navigator.clipboard.writeText(button.dataset.copy);
  } catch {
    status.textContent = "Not copied: the browser does not allow it. Mark the text and copy it by hand.";
    return;
  }
  button.dataset.copied = "";
  status.textContent = "Copied";
});

/* A second click while the answer is on its way would do it again: add another secret, begin another check. */
let sent = new WeakSet();

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post") return;
  if (sent.has(form)) event.preventDefault();
  else setTimeout(() => event.defaultPrevented || sent.add(form));
});
window.addEventListener("pageshow", () => { sent = new WeakSet(); });
