/* Sends files by tus 1.0.0: checks each before a byte leaves, goes on where the hub says it has come to, and waits out
   lost connections. The hub keeps the offset; this page keeps nothing. Without script the form sends small files. */
const form = document.getElementById("send");
const list = document.getElementById("list");
const start = document.getElementById("start");
const live = document.getElementById("status");
const words = form.dataset;
const { look } = await import(words.look);
const MIB = 1024 * 1024;
const SECONDS = 6; // that a request should take: long enough to be fast, short enough to give others a turn
const worker = new Worker(words.worker, { type: "module" });
const hashing = new Map();
const items = [];
let sending = false;

/* --- Words */
const size = (bytes) => {
  const [value, unit] = [[1e9, "GB"], [1e6, "MB"], [1e3, "kB"], [1, "bytes"]].find(([unit]) => bytes >= unit) ?? [1, "bytes"];
  const amount = bytes / value;
  return `${amount >= 100 || unit === "bytes" ? Math.round(amount).toLocaleString("en") : amount.toFixed(1)}\u00a0${unit}`;
};
const time = (seconds) => {
  if (seconds < 60) return `${Math.max(1, Math.round(seconds))}\u00a0s`;
  return seconds < 5400 ? `${Math.round(seconds / 60)}\u00a0min` : `${(seconds / 3600).toFixed(1)}\u00a0h`;
};
/* As every time on the page: at the office, not where the browser is. */
const clock = () => `${new Date(Date.now() + 60_000 * words.minutes).toISOString().slice(11, 19)}, ${words.zone}`;
const pause = (ms) => new Promise((done) => { setTimeout(done, ms); });

/* --- Asking the hub */
const token = () => document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1] ?? form.csrfmiddlewaretoken.value;
/* What an answer says; a page (an old CSRF value, a sign-in that wants more) says it to people, not here. */
const said = (answer) => {
  const plain = answer.getResponseHeader("Content-Type")?.startsWith("text/plain");
  return plain ? answer.responseText.slice(0, 300) : `The hub answered ${answer.status}. Reload this page and choose the file again; what has come is kept`;
};
class Offline extends Error {}
class Refused extends Error {}

/* One request; a lost connection, a hub that is being started and an ended session are Offline: they pass. */
const ask = (method, address, { headers = {}, body = null, item = null, moved = null } = {}) => new Promise((done, fail) => {
  const request = new XMLHttpRequest();
  request.open(method, address);
  Object.entries({ "Tus-Resumable": "1.0.0", "X-CSRFToken": token(), ...headers }).forEach((pair) => request.setRequestHeader(...pair));
  if (moved) request.upload.onprogress = (event) => moved(event.loaded);
  if (item) item.request = request;
  request.onload = () => {
    if (request.status === 401) fail(new Offline("Your session has ended. Sign in again in another tab; this one goes on by itself"));
    else if (request.status >= 500 && !(request.status === 503 && method === "PATCH")) fail(new Offline(request.status === 507 ? request.responseText : "The hub does not answer"));
    else done(request);
  };
  request.onerror = () => fail(new Offline("No connection"));
  request.onabort = () => fail(new Offline(""));
  request.send(body);
});

const hash = (blob, moved = () => {}) => new Promise((done, fail) => {
  const id = crypto.getRandomValues(new Uint32Array(2)).join();
  hashing.set(id, { done, fail, moved });
  worker.postMessage({ id, blob });
});
worker.onmessage = ({ data }) => {
  const waiting = hashing.get(data.id);
  if (data.done !== undefined) { waiting.moved(data.done); return; }
  hashing.delete(data.id);
  if (data.sha256) waiting.done(data.sha256);
  else waiting.fail(new Refused(`The file cannot be read: ${data.trouble}`));
};

/* --- A file and its row: its folder is the one chosen when it came; while nothing of it is sent another choice is offered */
const choice = () => ({ right: form.right.value, kind: form.kind.value });
const folder = (right, kind) => `${form.querySelector(`[name=right][value=${right}]`).dataset.folder}/${kind}`;
const offer = (item) => {
  const { right, kind } = choice();
  const button = item.row.querySelector("[data-do=move]");
  button.hidden = item.started || (right === item.right && kind === item.kind);
  button.textContent = `Send to ${folder(right, kind)} instead`;
};
const place = (item) => {
  const holds = item.holds ? ` · ${item.holds}` : "";
  item.row.querySelector("[data-place]").textContent = `${folder(item.right, item.kind)} · ${size(item.file.size)}${holds}`;
};
const LOOKS = {
  reading: ["is-running", "running", ["remove"]], ready: ["is-info", "info", ["remove"]], asks: ["is-warn", "warn", ["agree", "remove"]],
  queued: ["is-info", "info", ["cancel"]], sending: ["is-running", "running", ["pause", "cancel"]],
  paused: ["is-held", "held", ["resume", "cancel"]], offline: ["is-warn", "warn", ["retry", "cancel"]],
  closing: ["is-running", "running", []], done: ["is-ok", "ok", []], failed: ["is-error", "error", ["remove"]],
};
const show = (item, state, text) => {
  const [look, icon, deeds] = LOOKS[state];
  item.state = state;
  item.row.className = look;
  item.row.querySelector("use").setAttribute("href", `#i-${icon}`);
  item.row.querySelector("[data-words]").textContent = text;
  item.row.querySelectorAll("[data-do]").forEach((button) => { button.hidden = !deeds.includes(button.dataset.do); });
  const bar = item.row.querySelector("progress");
  bar.hidden = !["reading", "sending", "paused", "offline", "closing"].includes(state);
  bar.value = Math.floor((100 * item.at) / Math.max(1, item.file.size));
  offer(item);
  const ready = items.filter((one) => one.state === "ready").length;
  start.hidden = !ready;
  start.textContent = ready === 1 ? "Send 1 file" : `Send ${ready} files`;
};
const say = (item, state, text) => { show(item, state, text); live.textContent = `${item.file.name}: ${text}`; };

const remove = (item) => {
  items.splice(items.indexOf(item), 1);
  item.row.remove();
  document.getElementById("queue").hidden = !items.length;
};
const make = (file, right, kind) => {
  const row = document.getElementById("row").content.firstElementChild.cloneNode(true);
  const item = { file, right, kind, row, at: 0, state: "", address: "", sha256: "", begun: "", samples: [], started: false };
  row.querySelector(".id").textContent = file.name;
  place(item);
  row.querySelector("progress").setAttribute("aria-label", `${file.name}, how far`);
  row.addEventListener("click", (event) => { const deed = event.target.closest("[data-do]")?.dataset.do; if (deed) DEEDS[deed](item); });
  items.push(item);
  list.append(row);
  document.getElementById("queue").hidden = false;
  return item;
};

/* --- Before sending: name, folder, size, what the file itself tells, then the hash of all bytes; what came before is named */
const check = async (item) => {
  const { file, right, kind, sha256 } = item;
  const answer = await ask("GET", `${words.check}?${new URLSearchParams({ right, kind, name: file.name, size: file.size, sha256 })}`);
  if (answer.status === 403 || answer.status === 404) throw new Refused("Not sent: you may not send files to this folder");
  const told = JSON.parse(answer.responseText);
  if (told.refused) throw new Refused(`Not sent: ${told.refused}`);
  return told;
};
const add = async (file, right, kind) => {
  if (items.some((one) => one.file.name === file.name && one.right === right && one.kind === kind && one.state !== "failed" && one.state !== "done")) return;
  await judge(make(file, right, kind));
};
/* Once for each file, to whatever folder it goes. */
const read = async (item) => {
  const { file, row } = item;
  const inside = await look(file);
  if (inside.refused) throw new Refused(`Not sent: ${inside.refused}`);
  item.holds = inside.holds;
  place(item);
  item.begun = await hash(file.slice(0, MIB));
  item.sha256 = await hash(file, (done) => { item.at = done; if (row.isConnected && item.state === "reading") show(item, "reading", `Reading the file for its SHA-256: ${Math.floor((100 * done) / file.size)}\u00a0%`); });
  row.querySelector("[data-sha256]").textContent = item.sha256;
  row.querySelector("[data-sha256]").parentElement.hidden = false;
  return inside;
};
const judge = async (item) => {
  const { file, right, kind, row } = item;
  const stale = () => !row.isConnected || item.started || item.right !== right || item.kind !== kind;
  try {
    row.querySelector("[data-notices]").replaceChildren();
    show(item, "reading", "Looking at the name and the size");
    await check(item);
    if (stale()) return;
    item.reading ??= read(item);
    const inside = await item.reading;
    if (stale()) return;
    item.at = 0;
    const { notices: others, going } = await check(item);
    if (stale()) return;
    const notices = [...inside.notices.map((text) => ({ words: text })), ...others];
    if (going && (going.size !== file.size || (going.sha256 && going.sha256 !== item.sha256))) throw new Refused(`Not sent: another file of this name is on its way, by ${going.by}. Let it end, or cancel it below.`);
    if (going) { item.address = going.address; item.at = going.offset; }
    notices.forEach(({ words: text, link }) => {
      const line = document.createElement("p");
      line.textContent = `${text} `;
      if (link) line.append(Object.assign(document.createElement("a"), { href: link, textContent: "Show it" }));
      item.row.querySelector("[data-notices]").append(line);
    });
    if (notices.length) say(item, "asks", "Look at this before you send it.");
    else say(item, "ready", item.at ? `${size(item.at)} are on the hub already; it goes on from there.` : "Name, size and ending are in order. The hub checks the content when it has come.");
  } catch (trouble) {
    if (!stale()) say(item, "failed", `${trouble.message.replace(/\.$/, "")}.`);
  }
};

/* --- Sending: pieces, each appended where the hub says that the file ends */
const announce = async (item) => {
  const text = (value) => btoa(String.fromCharCode(...new TextEncoder().encode(value)));
  const { file, right, kind, sha256, begun } = item;
  const metadata = Object.entries({ filename: file.name, right, kind, sha256, start: begun }).map(([key, value]) => `${key} ${text(value)}`).join(",");
  const answer = await ask("POST", words.files, { headers: { "Upload-Length": file.size, "Upload-Metadata": metadata } });
  const address = answer.getResponseHeader("Location");
  if (answer.status !== 201) throw new Refused(`Not sent: ${said(answer)}`);
  item.address = address;
};
const rate = (item, at) => {
  const now = performance.now() / 1000;
  item.samples.push([now, at]);
  while (item.samples.length > 2 && now - item.samples[0][0] > 20) item.samples.shift();
  const [first, from] = item.samples[0];
  return now - first > 1 ? Math.max(0, at - from) / (now - first) : 0;
};
const progress = (item, ahead) => {
  const speed = rate(item, item.at + ahead);
  const left = speed ? ` · ${size(speed)}/s · about ${time((item.file.size - item.at - ahead) / speed)}` : "";
  show(item, "sending", `${size(item.at)} of ${size(item.file.size)} safe on the hub${left}. You may close the browser and go on later.`);
  item.row.querySelector("progress").value = (100 * (item.at + ahead)) / item.file.size;
};
const piece = async (item, most) => {
  const begin = performance.now();
  const body = item.file.slice(item.at, item.at + most);
  const answer = await ask("PATCH", item.address, {
    item, body, moved: (ahead) => { if (item.state === "sending") progress(item, ahead); },
    headers: { "Content-Type": "application/offset+octet-stream", "Upload-Offset": item.at },
  });
  if (answer.status === 503) { await pause(1000 * Number(answer.getResponseHeader("Retry-After") ?? 2)); return most; }
  if (answer.status !== 204 && answer.status !== 409) throw new Refused(answer.status === 404 ? "This upload was cancelled, or has expired. Choose the file again to send it" : said(answer));
  item.at = Number(answer.getResponseHeader("Upload-Offset") ?? item.at);
  const took = (performance.now() - begin) / 1000;
  return Math.round(Math.min(32 * MIB, Math.max(MIB / 4, (most * SECONDS) / Math.max(took, 0.1), most / 2), 2 * most));
};
const landed = async (item) => {
  item.at = item.file.size;
  say(item, "closing", "Safe on the hub, every byte. It is being looked at.");
  for (;;) {
    const told = JSON.parse((await ask("GET", item.address)).responseText);
    if (told.trouble) throw new Refused(told.trouble);
    if (told.reference) return told.reference;
    await pause(700);
  }
};
/* What was sent here lately, as the hub tells it now. */
const refresh = async () => {
  const answer = await ask("GET", location.href).catch(() => null);
  const page = answer?.status === 200 && new DOMParser().parseFromString(answer.responseText, "text/html").getElementById("lately");
  if (page) document.getElementById("lately").replaceWith(page);
};
const done = (item, reference) => {
  const address = words.submission.replace("REFERENCE", reference);
  say(item, "done", `Received as ${reference}. `);
  item.row.querySelector("[data-words]").append(Object.assign(document.createElement("a"), { href: address, textContent: "Follow it through the line" }));
  if (items.length === 1) location.assign(address);
  else refresh();
};
const send = async (item) => {
  let most = MIB / 4;
  let wait = 1;
  item.samples = [];
  while (item.state !== "paused" && item.row.isConnected) {
    try {
      if (!item.address) await announce(item);
      if (item.uncertain) {
        const told = await ask("GET", item.address);
        if (told.status === 404) throw new Refused("This upload was cancelled, or has expired. Choose the file again to send it");
        item.at = JSON.parse(told.responseText).offset;
        item.uncertain = false;
      }
      progress(item, 0);
      while (item.at < item.file.size && item.state === "sending") { most = await piece(item, most); wait = 1; if (item.state === "sending") progress(item, 0); }
      if (item.state === "sending") { done(item, await landed(item)); return; }
    } catch (trouble) {
      if (!item.row.isConnected || item.state === "paused") { item.uncertain = true; return; }
      if (!(trouble instanceof Offline)) { say(item, "failed", `${trouble.message.replace(/\.$/, "")}.`); return; }
      item.uncertain = true;
      item.samples = [];
      say(item, "offline", `${trouble.message} since ${clock()}. Tries again in ${time(wait)}; nothing is lost.`);
      await Promise.race([pause(1000 * wait), new Promise((now) => { item.now = now; })]);
      wait = Math.min(30, 2 * wait);
    }
  }
};
const work = async () => {
  if (sending) return;
  sending = true;
  for (let item; (item = items.find((one) => one.state === "queued")); ) await send(item);
  sending = false;
};
const queue = (item) => { item.started = true; item.uncertain = Boolean(item.address); show(item, "queued", "Waits for its turn."); work(); };

const DEEDS = {
  agree: (item) => queue(item),
  resume: (item) => queue(item),
  retry: (item) => item.now?.(),
  move: (item) => { Object.assign(item, choice(), { address: "", at: 0 }); place(item); judge(item); },
  remove,
  pause: (item) => { say(item, "paused", `Paused at ${size(item.at)} of ${size(item.file.size)}. It is kept for seven days.`); item.request?.abort(); },
  cancel: (item) => { remove(item); item.request?.abort(); item.now?.(); if (item.address) ask("DELETE", item.address).catch(() => {}); },
};

/* --- The form, the drop, and what was begun earlier */
const chosen = (files) => {
  const { right, kind } = choice();
  [...files].forEach((file) => add(file, right, kind));
};
form.addEventListener("submit", (event) => event.preventDefault());
form.addEventListener("change", ({ target }) => { if (target !== form.file) items.forEach(offer); });
form.file.addEventListener("change", () => { chosen(form.file.files); form.file.value = ""; });
start.addEventListener("click", () => items.filter((one) => one.state === "ready").forEach(queue));
const drop = document.getElementById("drop");
addEventListener("dragover", (event) => { event.preventDefault(); drop.toggleAttribute("data-over", true); });
addEventListener("dragleave", (event) => { if (!event.relatedTarget) drop.toggleAttribute("data-over", false); });
addEventListener("drop", (event) => { event.preventDefault(); drop.toggleAttribute("data-over", false); chosen(event.dataTransfer.files); });
addEventListener("pageshow", ({ persisted }) => { if (persisted) refresh(); });
addEventListener("online", () => items.forEach((item) => item.now?.()));

document.querySelectorAll("[data-again]").forEach((input) => input.addEventListener("change", async () => {
  const [file] = input.files;
  const { name, size: bytes, begun, address, right, kind } = input.dataset;
  const told = input.closest("li").querySelector("[data-told]");
  input.value = "";
  const same = file.name === name && file.size === Number(bytes) && (!begun || begun === await hash(file.slice(0, MIB)));
  told.hidden = same;
  if (!same) { told.textContent = `This is another file. Choose ${name} as it was when you began, ${size(Number(bytes))}, or cancel the upload.`; return; }
  input.closest("li").remove();
  const item = make(file, right, kind);
  item.address = address;
  queue(item);
}));
document.querySelectorAll("[data-script]").forEach((part) => { part.hidden = false; });
document.querySelectorAll("[data-plain]").forEach((part) => { part.hidden = true; });
form.file.multiple = true;
