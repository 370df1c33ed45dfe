// The preview page: sends what the author does, and takes over the parts of the page that the server renders. No words here: they stand in the page.

const $ = (id) => document.getElementById(id);
const base = "/s/" + document.body.dataset.session;
const words = $("toast").dataset;
let toastTimer, busy = 0;

function toast(text) {
  const t = $("toast");
  t.textContent = text;
  t.hidden = false;
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => { t.hidden = true; }, 3200);
}

// post sends an action; a refusal is shown in the page's words and gives null.
async function post(path, body) {
  try {
    const res = await fetch(base + "/" + path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body || {}) });
    const got = await res.json();
    if (res.ok) return got;
    if (got.error === "lost") return lost();
    toast(words[got.error] || words.failed);
  } catch {
    toast(words.failed);
  }
  return null;
}

function lost() {
  toast(words.lost);
  location.assign("/?file=" + encodeURIComponent($("file").value));
  return null;
}

async function act(path, body) {
  const got = await post(path, body);
  if (got) await refresh();
  return got;
}

const say = (text) => act("say", { text, spoken: $("voice").getAttribute("aria-pressed") === "true" });

// refresh takes over the parts that differ; calls during a run lead to one more run.
async function refresh() {
  if (++busy > 1) return;
  while (busy > 0) {
    busy = 1;
    try {
      const res = await fetch(base + "/parts");
      if (res.status === 404) return lost();
      if (res.ok) takeOver(new DOMParser().parseFromString(await res.text(), "text/html"));
    } catch {
      // the program is gone; the event stream tries again
    }
    busy--;
  }
}

function takeOver(doc) {
  for (const fresh of doc.querySelectorAll("[data-part]")) {
    const old = document.querySelector(`[data-part="${fresh.dataset.part}"]`);
    if (!old || old.dataset.html === fresh.outerHTML) continue;
    const html = fresh.outerHTML;
    const open = [...old.querySelectorAll("details")].map((d) => d.open);
    const scroll = old.querySelector(".scroll")?.scrollTop || 0;
    const lines = old.querySelectorAll("li.line").length;
    old.replaceWith(fresh);
    fresh.dataset.html = html;
    fresh.querySelectorAll("details").forEach((d, i) => { d.open = open[i] || false; });
    const box = fresh.querySelector(".scroll");
    if (box) box.scrollTop = scroll;
    if (fresh.id === "log") [...fresh.querySelectorAll("li.line")].slice(lines).forEach((li) => li.classList.add("new"));
  }
  dress();
}

// dress does what templates cannot: links inside texts, the end of the talk and the current step in sight.
function dress() {
  for (const el of document.querySelectorAll("[data-links]")) {
    const text = el.textContent;
    el.replaceChildren();
    let at = 0;
    for (const m of text.matchAll(/https?:\/\/[^\s<>"'\u3000-\u303f\uff00-\uffef]+/g)) {
      const a = document.createElement("a");
      a.href = a.textContent = m[0];
      a.target = "_blank";
      a.rel = "noopener noreferrer";
      el.append(text.slice(at, m.index), a);
      at = m.index + m[0].length;
    }
    el.append(text.slice(at));
    el.removeAttribute("data-links");
  }
  $("undo").disabled = !document.querySelector("#log .mine, #log .note");
  const blocked = !!document.querySelector(".alarm");
  document.body.classList.toggle("blocked", blocked);
  requestAnimationFrame(() => {
    $("chat").scrollTop = $("chat").scrollHeight;
    const box = $("steps"), now = box?.querySelector(".now");
    if (!now) return;
    const top = now.offsetTop - box.offsetTop;
    if (top < box.scrollTop || top + now.offsetHeight > box.scrollTop + box.clientHeight) box.scrollTop = top - box.clientHeight / 3;
  });
}

function submit() {
  const text = $("text").value.trim();
  if (!text) return;
  $("text").value = "";
  grow();
  say(text);
  $("text").focus();
}

function grow() {
  const box = $("text");
  box.style.height = "40px";
  box.style.height = Math.min(box.scrollHeight, 112) + "px";
  const some = box.value.trim() !== "";
  $("send").hidden = !some;
  $("plus").hidden = some;
}

function showMore(open) {
  $("more").hidden = !open;
  $("plus").setAttribute("aria-expanded", String(open));
}

async function saveTest() {
  const got = await post("save-test", { name: $("case").value });
  if (!got) return;
  if (!got.written) {
    const a = document.createElement("a");
    a.href = URL.createObjectURL(new Blob([got.text], { type: "application/yaml" }));
    a.download = got.file;
    a.click();
    URL.revokeObjectURL(a.href);
  }
  toast((got.written ? words.written : words.download).replace("{file}", got.file));
}

function choose(tab) {
  for (const t of document.querySelectorAll("[data-tab]")) t.setAttribute("aria-selected", String(t.dataset.tab === tab));
  for (const g of document.querySelectorAll("[data-group]")) g.classList.toggle("shown", g.dataset.group === tab);
}

document.addEventListener("click", (e) => {
  const b = e.target.closest("button");
  if (!b) return;
  const d = b.dataset;
  if (d.say !== undefined) act("say", { text: d.say });
  else if (d.event) { showMore(false); act("event", { kind: d.event, text: d.text || "", place: d.place || "" }); }
  else if (d.advance) act("clock", { advance: d.advance });
  else if (d.tab) choose(d.tab);
  else if (d.restart !== undefined || b.id === "restart") act("restart");
  else if (b.id === "undo") act("undo");
  else if (d.save !== undefined || b.id === "save") { $("case").value = ""; $("name").showModal(); }
  else if (d.close !== undefined) $("name").close();
});
document.addEventListener("change", async (e) => {
  if (e.target.id === "file" && await act("restart", { file: e.target.value })) history.replaceState(null, "", location.pathname);
  if (e.target.id === "lang") act("language", { lang: e.target.value });
  if (e.target.id === "seed") act("doctor", { doctor: $("seed").value, profile: $("profile").value });
});
$("compose").addEventListener("submit", (e) => { e.preventDefault(); submit(); });
$("text").addEventListener("input", grow);
$("text").addEventListener("keydown", (e) => {
  if (e.key !== "Enter" || e.shiftKey || e.isComposing || e.keyCode === 229) return;
  e.preventDefault();
  submit();
});
$("voice").addEventListener("click", () => {
  const on = $("voice").getAttribute("aria-pressed") !== "true";
  $("voice").setAttribute("aria-pressed", String(on));
  $("text").placeholder = on ? $("text").dataset.spoken : $("text").dataset.typed;
  $("text").focus();
});
$("plus").addEventListener("click", () => showMore($("more").hidden));
$("doctor").addEventListener("submit", async (e) => {
  e.preventDefault();
  if (await act("doctor", { doctor: $("seed").value, profile: $("profile").value })) toast(words.applied);
});
$("name").addEventListener("close", () => { if ($("name").returnValue === "save") saveTest(); $("name").returnValue = ""; });

addEventListener("resize", () => { $("chat").scrollTop = $("chat").scrollHeight; });

const stream = new EventSource(base + "/events");
stream.addEventListener("change", refresh);
stream.addEventListener("open", refresh); // what happened while the page was away
for (const el of document.querySelectorAll("[data-part]")) el.dataset.html = el.outerHTML;
dress();
