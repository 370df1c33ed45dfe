// The rep's phone: messages of the WeCom app, cards with buttons.
import { $, ask, toast, calm, clone, clockText, timeText, fillText, follow } from "./common.js";

const query = new URLSearchParams(location.search);
const tabs = [...document.querySelectorAll("[data-rep]")];
const gap = 5 * 60 * 1000;

let rep = query.get("rep") || localStorage.getItem("sim-rep") || "";
if (!tabs.some((t) => t.dataset.rep === rep)) rep = (tabs.find((t) => !t.dataset.robot) || tabs[0] || { dataset: { rep: "" } }).dataset.rep;
let drawn = "", count = -1, shift = 0, pressing = "", stop = () => {};
const chosen = new Map(); // message id → option picked but not sent yet

const seenKey = (id) => "sim-rep-seen-" + id;
const robot = tabs.find((t) => t.dataset.robot); // the group is one more chat, without buttons
const path = (verb) => robot && rep === robot.dataset.rep ? "/robots/" + encodeURIComponent(robot.dataset.robot) + "/" + verb
  : "/reps/" + encodeURIComponent(rep) + "/" + verb;

const refresh = calm(async () => {
  if (!rep) { $("empty").hidden = false; return; }
  const who = rep;
  const [list, got, clock] = await Promise.all([ask("GET", "/reps"), ask("GET", path("messages")), ask("GET", "/clock")]);
  if (who !== rep) return;
  shift = new Date(clock.now).getTime() - Date.now();
  localStorage.setItem(seenKey(rep), String(got.messages.length));
  drawTabs(list.reps);
  draw(got.messages);
});

function drawTabs(reps) {
  for (const t of tabs) {
    t.setAttribute("aria-selected", String(t.dataset.rep === rep));
    const r = reps.find((x) => x.userid === t.dataset.rep);
    const news = r ? r.messages - Number(localStorage.getItem(seenKey(r.userid)) || 0) : 0;
    const b = t.querySelector("b");
    b.hidden = news <= 0;
    b.textContent = news;
  }
}

function draw(messages) {
  const key = JSON.stringify([rep, messages, pressing]);
  if (key === drawn) return;
  drawn = key;
  $("empty").hidden = messages.length > 0;
  const now = new Date(Date.now() + shift);
  const out = [];
  let last = 0;
  for (const m of messages) {
    const at = new Date(m.at);
    if (at - last > gap) {
      const t = clone("t-time");
      t.querySelector("time").textContent = timeText(at, now);
      out.push(t);
    }
    last = at;
    out.push(m.kind === "text" || m.kind === "markdown" ? renderText(m) : renderCard(m));
  }
  $("log").replaceChildren(...out);
  if (messages.length !== count) requestAnimationFrame(() => { $("list").scrollTop = $("list").scrollHeight; });
  count = messages.length;
}

function renderText(m) {
  const t = clone("t-text");
  fillText(t.querySelector(".bubble"), m.text);
  return t;
}

function renderCard(m) {
  const el = clone("t-card");
  const c = m.card || { main_title: { title: m.title }, sub_title_text: m.description, card_action: { url: m.url, title: m.button_text } };
  const part = (s) => el.querySelector(s);
  put(part(".source"), c.source && c.source.desc);
  put(part("h2"), c.main_title && c.main_title.title);
  put(part(".desc"), c.main_title && c.main_title.desc);
  put(part(".quote"), c.quote_area && [c.quote_area.title, c.quote_area.quote_text].filter(Boolean).join("\n"));
  put(part(".sub"), plainText(c.sub_title_text));
  rows(part("dl"), c.horizontal_content_list || []);
  pick(part(".pick"), m, c.button_selection);
  buttons(part(".buttons"), m, c);
  const jump = part(".jump");
  const href = c.card_action && c.card_action.url;
  if (/^https?:\/\//.test(href || "")) {
    jump.href = href;
    if (c.card_action.title) jump.textContent = c.card_action.title;
  } else {
    jump.remove();
  }
  return el;
}

// textcard descriptions may carry div markup: only their text is shown.
function plainText(s) {
  return s && s.includes("<") ? new DOMParser().parseFromString(s.replaceAll("<br>", "\n").replaceAll("</div>", "</div>\n"), "text/html").body.textContent.trim() : s;
}

function put(el, text) {
  if (text) el.textContent = text;
  else el.remove();
}

function rows(dl, list) {
  if (!list.length) dl.remove();
  for (const r of list) {
    const dt = document.createElement("dt"), dd = document.createElement("dd");
    dt.textContent = r.keyname;
    if (r.type === 1 && /^https?:\/\//.test(r.url || "")) {
      const a = document.createElement("a");
      a.href = r.url;
      a.target = "_blank";
      a.rel = "noopener";
      a.textContent = r.value || r.url;
      dd.append(a);
    } else {
      dd.textContent = r.value || "";
    }
    dl.append(dt, dd);
  }
}

function pick(label, m, q) {
  if (!q || m.replaced) { label.remove(); return; }
  put(label.querySelector("span"), q.title);
  const select = label.querySelector("select");
  for (const o of q.option_list) select.add(new Option(o.text, o.id));
  select.value = (m.selected && m.selected[q.question_key]) || chosen.get(m.id) || q.selected_id || q.option_list[0].id;
  select.disabled = !!q.disable;
  select.addEventListener("change", () => chosen.set(m.id, select.value));
}

function buttons(box, m, c) {
  if (m.replaced) {
    const done = document.createElement("span");
    done.className = "done";
    done.textContent = m.replaced;
    box.append(done);
    return;
  }
  for (const b of c.button_list || []) {
    const el = document.createElement(b.type === 1 ? "a" : "button");
    el.className = "s" + (b.style >= 1 && b.style <= 4 ? b.style : 1);
    el.textContent = b.text;
    if (b.type === 1) {
      el.href = b.url;
      el.target = "_blank";
      el.rel = "noopener";
    } else {
      el.type = "button";
      el.disabled = pressing === m.id;
      el.addEventListener("click", (e) => press(m, c, b.key, e.currentTarget.closest(".card")));
    }
    box.append(el);
  }
  if (!box.children.length) box.remove();
}

async function press(m, c, key, card) {
  const selected = {};
  if (c.button_selection) selected[c.button_selection.question_key] = card.querySelector("select").value;
  pressing = m.id;
  for (const b of card.querySelectorAll(".buttons button")) b.disabled = true;
  try {
    await ask("POST", path("press"), { message: m.id, key, selected });
  } catch (e) {
    toast();
    console.warn(e.message);
  } finally {
    pressing = "";
    drawn = "";
    refresh();
  }
}

function open(id) {
  rep = id;
  count = -1;
  localStorage.setItem("sim-rep", id);
  history.replaceState(null, "", "?rep=" + encodeURIComponent(id));
  listen();
  refresh();
}

function listen() {
  stop();
  stop = follow(rep.startsWith("robot:") ? "all=1" : "rep=" + encodeURIComponent(rep), refresh);
}

for (const t of tabs) t.addEventListener("click", () => open(t.dataset.rep));
setInterval(() => { $("status-time").textContent = clockText(new Date(Date.now() + shift)); }, 1000);
if (rep) listen();
refresh();
