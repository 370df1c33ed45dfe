// The doctor's phone: one chat with the official account, the list of doctors
// and the inspector, which narrow screens show instead of the phone.
import { $, ask, toast, calm, clone, clockText, fullText, timeText, fillText, follow } from "./common.js";
import { drawWire, forgetWire } from "./inspector.js";
import { openPane, closePane } from "./pane.js";
import { openCodes, openConsents, closeSheet } from "./sheet.js";

const bot = document.body.dataset;
const query = new URLSearchParams(location.search);
const wide = matchMedia("(min-width: 1000px)");
const gap = 5 * 60 * 1000; // between messages that share one time stamp

let user = query.get("user") || localStorage.getItem("sim-user") || "demo1";
let view = null, lastID = 0, lastAt = 0, newest = null, pending = 0, menuMode = false, stop = () => {};
let menuDrawn = "", profileOpen = false, shift = 0;

const path = (verb) => "/users/" + encodeURIComponent(user) + (verb ? "/" + verb : "");
const now = () => new Date(Date.now() + shift);

async function act(verb, body) {
  pending++;
  draw();
  try {
    await ask("POST", path(verb), body || {});
  } catch (e) {
    toast();
    console.warn(e.message);
  } finally {
    pending--;
    draw();
    refresh();
  }
}

const say = (text) => act("say", { text });
const tap = (m) => (content, id) => act("tap", { message: m.id, choice: id || content });
const visit = (url) => openPane(user, url);
const inspecting = () => wide.matches || document.body.classList.contains("inspecting");

const refresh = calm(async () => {
  const who = user;
  const [v, t] = await Promise.all([ask("GET", path()), ask("GET", path("transcript?after=" + lastID))]);
  if (who !== user) return;
  view = v;
  shift = new Date(v.clock.now).getTime() - Date.now();
  drawClock();
  for (const m of t.messages) add(m);
  draw();
  if (t.messages.length) toEnd();
  if (wide.matches) drawDoctors((await ask("GET", "/users")).users);
  if (inspecting()) drawWire(v.exchange, (await ask("GET", path("exchanges"))).exchanges);
});

function add(m) {
  if (m.id <= lastID) return;
  lastID = m.id;
  newest = m;
  const at = new Date(m.at);
  if (at - lastAt > gap) {
    const t = clone("t-time");
    t.querySelector("time").textContent = timeText(at, now());
    $("log").append(t);
  }
  lastAt = at;
  $("log").append(render(m));
}

function render(m) {
  if (m.kind === "event" || m.kind === "notice") {
    const n = clone("t-note");
    n.querySelector("span").textContent = m.text;
    n.querySelector("li").classList.toggle("fault", m.kind === "notice");
    return n;
  }
  if (m.kind === "news" || m.kind === "link") return renderNews(m);
  if (m.kind === "template" || m.kind === "subscribe") return renderNotice(m);
  if (m.kind === "miniprogram") return renderMini(m);
  const line = clone("t-line");
  const mine = m.from === "doctor";
  line.querySelector("li").classList.add(mine ? "mine" : "bot");
  line.querySelector(".face").textContent = mine ? initial() : bot.initial;
  fillBubble(line.querySelector(".bubble"), m);
  return line;
}

const initial = () => (view && view.name ? [...view.name].pop() : "");

function renderNews(m) {
  const n = clone("t-news");
  put(n, m);
  n.querySelector("strong").textContent = m.title;
  n.querySelector(".news-text").textContent = m.description || "";
  leadsTo(n.querySelector("a"), m.url);
  if (m.picture) {
    const img = n.querySelector("img");
    img.addEventListener("load", toEnd);
    img.addEventListener("error", () => { img.hidden = true; });
    img.hidden = false;
    img.src = m.picture;
  }
  return n;
}

// put sets the side and the face of a line.
function put(n, m) {
  const mine = m.from === "doctor";
  n.querySelector("li").className = "line " + (mine ? "mine" : "bot");
  n.querySelector(".face").textContent = mine ? initial() : bot.initial;
}

// leadsTo makes a link open in the phone's own pane; with a modifier key it is an ordinary link.
function leadsTo(a, url) {
  if (!/^https?:\/\//.test(url || "")) return;
  a.href = url;
  a.addEventListener("click", (e) => {
    if (e.ctrlKey || e.metaKey || e.shiftKey) return;
    e.preventDefault();
    visit(url);
  });
}

function renderNotice(m) {
  const n = clone("t-notice");
  put(n, m);
  n.querySelector("strong").textContent = m.title;
  for (const r of m.rows || []) {
    const dt = document.createElement("dt"), dd = document.createElement("dd");
    dt.textContent = r.name;
    dd.textContent = r.value;
    n.querySelector("dl").append(dt, dd);
  }
  const more = n.querySelector(".more");
  if (m.url) more.addEventListener("click", () => visit(m.url));
  else more.remove();
  return n;
}

function renderMini(m) {
  const n = clone("t-mini");
  put(n, m);
  n.querySelector("strong").textContent = m.title;
  return n;
}

function fillBubble(el, m) {
  if (m.kind === "image") {
    el.classList.add("picture");
    const img = new Image();
    img.alt = "";
    img.addEventListener("load", toEnd);
    img.src = m.url;
    el.append(img);
  } else if (m.kind === "voice") {
    el.classList.add("voice");
    el.append(clone("t-voice"));
    el.querySelector(".length").textContent = Math.max(1, Math.ceil([...m.text].length / 4)) + "″";
    const heard = document.createElement("span");
    heard.className = "heard";
    heard.textContent = m.text;
    if (m.text) el.append(heard);
  } else if (m.kind === "location") {
    el.classList.add("place-bubble");
    el.append(clone("t-place"));
    el.querySelector(".place").textContent = m.text;
  } else if (m.kind === "video") {
    el.classList.add("picture");
    el.append(clone("t-clip"));
  } else {
    fillText(el, m.text, tap(m), visit);
    for (const c of m.choices || []) {
      const b = document.createElement("button");
      b.type = "button";
      b.className = "choice";
      b.textContent = c.content;
      b.addEventListener("click", () => act("choose", { message: m.id, choice: c.id }));
      el.append(b);
    }
    if (m.tail) el.append(m.tail);
  }
}

function draw() {
  if (!view) return;
  const following = view.following;
  $("profile").hidden = following && !profileOpen;
  $("profile-close").hidden = !profileOpen;
  $("follow").hidden = following;
  $("follow").disabled = pending > 0;
  $("enter").hidden = $("unfollow").hidden = !following;
  $("chat").hidden = $("dock").hidden = $("more").hidden = !following;
  const waiting = pending > 0 || view.busy || view.typing;
  if ($("dots").hidden === waiting) {
    $("dots").hidden = !waiting;
    if (waiting) toEnd();
  }
  drawChips(waiting);
  drawMenu();
  if (inspecting()) drawInspector();
}

const option = /^\s*([0-9\uff10-\uff19]{1,2})\s*[.\u3001\uff0e:\uff1a)\uff09]?\s*(\S.*)$/;

function drawChips(waiting) {
  const found = [];
  if (!waiting && newest && newest.from === "bot" && newest.kind === "text" && !/<a\s/i.test(newest.text)) {
    for (const line of newest.text.split("\n")) {
      const m = option.exec(line);
      if (!m) continue;
      const answer = m[1].normalize("NFKC");
      if (Number(answer) === (found.length ? Number(found.at(-1).answer) + 1 : 1)) found.push({ answer, label: answer + " " + m[2] });
    }
  }
  const key = JSON.stringify(found.length > 1 ? found : []);
  if ($("chips").dataset.key === key) return;
  $("chips").dataset.key = key;
  $("chips").replaceChildren(...(found.length > 1 ? found : []).slice(0, 20).map((f) => {
    const b = document.createElement("button");
    b.type = "button";
    b.textContent = f.label;
    b.addEventListener("click", () => say(f.answer));
    return b;
  }));
  toEnd();
}

function drawMenu() {
  const buttons = (view.menu && view.menu.button) || [];
  $("to-menu").hidden = buttons.length === 0;
  $("menu").hidden = !(menuMode && buttons.length);
  $("compose").hidden = !$("menu").hidden;
  const key = JSON.stringify(buttons);
  if (key === menuDrawn) return;
  menuDrawn = key;
  $("menu-buttons").replaceChildren(...buttons.map(menuItem));
}

function menuItem(b) {
  const item = document.createElement("div");
  item.className = "menu-item";
  const sub = document.createElement("div");
  sub.className = "sub";
  sub.hidden = true;
  const has = b.sub_button && b.sub_button.length;
  item.append(menuButton(b, () => {
    if (!has) return press(b);
    const open = sub.hidden;
    closeSubs();
    sub.hidden = !open;
  }));
  for (const s of b.sub_button || []) sub.append(menuButton(s, () => press(s)));
  if (has) item.append(sub);
  return item;
}

function menuButton(b, fn) {
  const el = document.createElement("button");
  el.type = "button";
  el.textContent = b.name;
  el.addEventListener("click", fn);
  return el;
}

const closeSubs = () => document.querySelectorAll(".sub").forEach((s) => { s.hidden = true; });

// press does what the platform does for a menu button of its type.
function press(b) {
  closeSubs();
  switch (b.type) {
    case "view":
      act("view", { url: b.url });
      return visit(b.url);
    case "miniprogram":
      return act("view_miniprogram", { pagepath: b.pagepath });
    case "scancode_push": case "scancode_waitmsg":
      return openCodes((url) => act("scancode", { key: b.key, type: b.type, result: url }));
    case "pic_sysphoto": case "pic_photo_or_album": case "pic_weixin":
      return act("pic", { key: b.key, type: b.type, count: 1 });
    case "location_select":
      return act("location_select", { key: b.key, ...place });
  }
  act("press", { key: b.key });
}

function drawDoctors(list) {
  $("doctors").replaceChildren(...list.map((d) => {
    const li = clone("t-doctor").firstElementChild;
    const b = li.firstElementChild;
    b.querySelector(".face").textContent = [...d.name].pop();
    b.querySelector(".who").textContent = d.name;
    b.querySelector(".last").textContent = d.last || (d.following ? "" : $("doctors").dataset.away);
    b.classList.toggle("away", !d.following);
    b.setAttribute("aria-current", String(d.id === user));
    b.addEventListener("click", () => open(d.id));
    return li;
  }));
}

function drawInspector() {
  $("window").textContent = allowance($("window").dataset, view.window, view.quick);
  const permits = Object.values(view.permits || {}).reduce((a, n) => a + n, 0);
  const words = $("allow").dataset;
  $("allow").textContent = words.mass.replace("{n}", view.mass_left) + (permits ? words.permit.replace("{n}", permits) : "");
}

// allowance says how many service messages may still be sent, and how long.
function allowance(words, chat, quick) {
  const span = (n) => n >= 3600 ? words.hours.replace("{n}", Math.floor(n / 3600))
    : n >= 60 ? words.minutes.replace("{n}", Math.floor(n / 60)) : words.seconds.replace("{n}", n);
  const say = (w) => (w.left ? words.some : words.spent).replace("{n}", w.left).replace("{t}", span(w.seconds));
  if (chat.seconds <= 0) return quick.seconds > 0 ? say(quick) : words.none;
  return say(chat) + (quick.seconds > 0 && quick.left ? words.also.replace("{n}", quick.left).replace("{t}", span(quick.seconds)) : "");
}

function drawClock() {
  $("status-time").textContent = clockText(now());
  if (inspecting() && view) $("clock").textContent = fullText(now());
}

function toEnd() {
  requestAnimationFrame(() => { $("chat").scrollTop = $("chat").scrollHeight; });
}

function open(id) {
  user = id;
  localStorage.setItem("sim-user", id);
  history.replaceState(null, "", "?user=" + encodeURIComponent(id));
  view = newest = null;
  lastID = lastAt = 0;
  profileOpen = menuMode = false;
  closePane();
  closeSheet();
  forgetWire();
  $("drill").textContent = "";
  $("log").replaceChildren();
  $("chips").replaceChildren();
  delete $("chips").dataset.key;
  stop();
  stop = follow("user=" + encodeURIComponent(id), refresh);
  refresh();
}

function submit() {
  const box = $("text");
  const text = box.value.trim();
  if (!text) return;
  box.value = "";
  grow();
  act($("voice").getAttribute("aria-pressed") === "true" ? "voice" : "say", { text });
  box.focus();
}

function grow() {
  const box = $("text");
  box.style.height = "40px";
  box.style.height = Math.min(box.scrollHeight, 112) + "px";
  const some = box.value.trim() !== "";
  $("send").hidden = !some;
  $("plus").hidden = some;
}

$("compose").addEventListener("submit", (e) => { e.preventDefault(); submit(); });
$("text").addEventListener("input", grow);
$("text").addEventListener("focus", () => { $("panel").hidden = true; toEnd(); });
$("text").addEventListener("keydown", (e) => {
  if (e.key !== "Enter" || e.shiftKey || e.isComposing || e.keyCode === 229) return;
  e.preventDefault();
  submit();
});
$("voice").addEventListener("click", () => {
  const on = $("voice").getAttribute("aria-pressed") !== "true";
  $("voice").setAttribute("aria-pressed", String(on));
  $("text").placeholder = on ? $("text").dataset.voice : "";
  $("text").focus();
});
$("plus").addEventListener("click", () => {
  $("panel").hidden = !$("panel").hidden;
  $("plus").setAttribute("aria-expanded", String(!$("panel").hidden));
  toEnd();
});
$("send-image").addEventListener("click", () => { $("panel").hidden = true; act("image"); });
const place = { latitude: 31.23, longitude: 121.47, label: $("send-place").dataset.label };
$("send-place").addEventListener("click", () => { $("panel").hidden = true; act("location", place); });
$("send-link").addEventListener("click", (e) => {
  $("panel").hidden = true;
  act("link", { title: e.currentTarget.dataset.title, url: e.currentTarget.dataset.url });
});
$("send-clip").addEventListener("click", () => { $("panel").hidden = true; act("shortvideo"); });
$("scan").addEventListener("click", () => { $("panel").hidden = true; openCodes((url) => act("scan", { url })); });
$("consents").addEventListener("click", () => { $("panel").hidden = true; openConsents((templates) => act("consent", { templates })); });
$("to-menu").addEventListener("click", () => { menuMode = true; $("panel").hidden = true; draw(); });
$("to-text").addEventListener("click", () => { menuMode = false; closeSubs(); draw(); });
$("follow").addEventListener("click", () => act("follow", query.get("scene") ? { scene: query.get("scene") } : {}));
$("unfollow").addEventListener("click", () => { profileOpen = false; act("unfollow"); });
$("enter").addEventListener("click", () => { profileOpen = false; draw(); toEnd(); });
$("profile-close").addEventListener("click", () => { profileOpen = false; draw(); toEnd(); });
$("more").addEventListener("click", () => { profileOpen = true; draw(); });
$("add").addEventListener("click", async () => { open((await ask("POST", "/users", {})).id); });
$("inspect").addEventListener("click", () => { document.body.classList.add("inspecting"); refresh(); });
$("inspect-close").addEventListener("click", () => document.body.classList.remove("inspecting"));
document.querySelectorAll("[data-trouble]").forEach((b) => b.addEventListener("click", async () => {
  await ask("POST", "/deliveries", { kind: b.dataset.trouble, user, times: 1, ...(b.dataset.trouble === "slow" ? { delay: "2s" } : {}) });
  $("drill").textContent = $("drill").dataset.planned;
}));
$("forge").addEventListener("click", async () => {
  const got = await ask("POST", path("forge"), { kind: "bad_signature" });
  $("drill").textContent = $("drill").dataset[got.status === 403 ? "refused" : "taken"].replace("{n}", got.status);
});
document.querySelectorAll("[data-advance]").forEach((b) => b.addEventListener("click", async () => {
  await ask("POST", "/clock", { advance: b.dataset.advance });
  refresh();
}));
if ($("copy")) {
  $("copy").addEventListener("click", async () => {
    await navigator.clipboard.writeText($("invite").textContent);
    toast($("copy").dataset.done);
  });
}
wide.addEventListener("change", refresh);
window.visualViewport?.addEventListener("resize", toEnd);
setInterval(drawClock, 1000);
setInterval(() => { if (inspecting() && !document.hidden) refresh(); }, 20000); // windows run down by themselves
open(user);
