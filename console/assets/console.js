// The pages work without this file. It asks before acts that cannot be undone, keeps a form from being sent twice, and sends the form of a one-time link.
for (const form of document.querySelectorAll("form")) {
  form.addEventListener("submit", (event) => {
    const ask = event.submitter?.dataset.ask ?? form.dataset.ask;
    if (ask && !window.confirm(ask)) {
      event.preventDefault();
      return;
    }
    if (form.method === "post" && !("file" in form.dataset)) {
      setTimeout(() => {
        for (const button of form.querySelectorAll("button:not([type=button])")) button.disabled = true;
      });
    }
  });
}

window.addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  for (const button of document.querySelectorAll("button[disabled]")) button.disabled = false;
});

document.querySelector("form[data-send]")?.requestSubmit();

for (const select of document.querySelectorAll("select[data-submit]")) {
  select.addEventListener("change", () => select.form.requestSubmit());
}

document.querySelector("[aria-invalid]")?.focus();

document.querySelector(".menu [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });

// "None" and the other choices of a list exclude each other.
for (const list of document.querySelectorAll(".options")) {
  list.addEventListener("change", ({ target }) => {
    if (target.type !== "checkbox" || !target.checked) return;
    for (const box of list.querySelectorAll("input")) {
      if (box !== target && (box.value === "none" || target.value === "none")) box.checked = false;
    }
  });
}

// Words that are often typed, one tap away.
for (const box of document.querySelectorAll(".quick")) {
  box.hidden = false;
  box.addEventListener("click", ({ target }) => {
    if (target.dataset.fill) document.getElementById(target.dataset.fill).value = target.value;
  });
}

// A page that says where its changes are told is drawn again when something has changed: what is folded open stays open, and so does the place. It rests
// while nobody looks, and after half an hour without a touch, so that a forgotten page keeps no session alive.
const live = document.getElementById("live");
let touched = Date.now();
for (const kind of ["pointerdown", "keydown", "scroll"]) {
  window.addEventListener(kind, () => { touched = Date.now(); }, { passive: true });
}
const busy = () => live.contains(document.activeElement) && document.activeElement.matches("input, textarea, select, button");
async function redraw() {
  const page = await fetch(location.href, { credentials: "same-origin" });
  const fresh = new DOMParser().parseFromString(await page.text(), "text/html").getElementById("live");
  if (!page.ok || !fresh) return false;
  for (const open of live.querySelectorAll("details[open][data-keep]")) {
    fresh.querySelector(`details[data-keep="${CSS.escape(open.dataset.keep)}"]`)?.setAttribute("open", "");
  }
  live.dataset.stamp = fresh.dataset.stamp;
  live.replaceChildren(...fresh.childNodes);
  return true;
}
async function follow() {
  while (Date.now() - touched < 30 * 60 * 1000) {
    const pause = (ms) => new Promise((done) => { setTimeout(done, ms); });
    if (document.hidden || busy()) {
      await pause(500);
      continue;
    }
    try {
      const told = await fetch(`${live.dataset.live}?seen=${encodeURIComponent(live.dataset.stamp)}`, { credentials: "same-origin" });
      if (told.redirected || told.status === 403 || told.status === 404) return;
      if (!told.ok) await pause(5000);
      else if ((await told.text()) !== live.dataset.stamp && !(await redraw())) return;
    } catch {
      await pause(5000);
    }
  }
}
if (live?.dataset.live) follow();

// How long a page of content was looked at, told whenever it is put away. The full text lies elsewhere: the time until the reader comes back counts, too.
const read = document.querySelector("[data-read]")?.dataset.read;
if (read) {
  let seconds = 0;
  let since = Date.now();
  let away = 0;
  const tell = () => {
    if (seconds >= 1) navigator.sendBeacon(read, new URLSearchParams({ seconds: Math.round(seconds) }));
  };
  const put = () => {
    if (since) seconds += (Date.now() - since) / 1000;
    since = 0;
    tell();
  };
  const back = () => {
    since = Date.now();
    if (away && since - away < 30 * 60 * 1000) seconds += (since - away) / 1000;
    away = 0;
  };
  document.addEventListener("visibilitychange", () => { if (document.hidden) put(); else back(); });
  window.addEventListener("pagehide", put);
  window.addEventListener("pageshow", (event) => { if (event.persisted) back(); });
  for (const link of document.querySelectorAll("a[href^=http]")) link.addEventListener("click", () => { away = Date.now(); });
}
