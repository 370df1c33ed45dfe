// What both phones share: asking the control API, event streams, times and
// texts with links. No words here: they stand in the pages.

export const $ = (id) => document.getElementById(id);

export async function ask(method, path, body) {
  const res = await fetch("/_sim" + path, {
    method,
    headers: body === undefined ? {} : { "Content-Type": "application/json" },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const text = await res.text();
  const value = text ? JSON.parse(text) : {};
  if (!res.ok) throw new Error(value.error || String(res.status));
  return value;
}

let toastTimer;
export function toast(text) {
  const t = $("toast");
  t.textContent = text || t.dataset.failed;
  t.hidden = false;
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => { t.hidden = true; }, 2600);
}

// calm runs fn soon after the last of several calls, never twice at once.
export function calm(fn) {
  let running = false, again = false;
  return async function run() {
    if (running) { again = true; return; }
    running = true;
    try {
      do { again = false; await fn(); } while (again);
    } catch (e) {
      console.warn(e.message);
    } finally {
      running = false;
    }
  };
}

export function clone(id) {
  return $(id).content.cloneNode(true);
}

const hm = new Intl.DateTimeFormat("zh-CN", { hour: "2-digit", minute: "2-digit", hour12: false });
const md = new Intl.DateTimeFormat("zh-CN", { month: "long", day: "numeric" });
const full = new Intl.DateTimeFormat("zh-CN", { month: "long", day: "numeric", weekday: "short", hour: "2-digit", minute: "2-digit", hour12: false });
const relative = new Intl.RelativeTimeFormat("zh-CN", { numeric: "auto" });

const day = (d) => Math.floor((d.getTime() - d.getTimezoneOffset() * 60000) / 86400000);

export const clockText = (d) => hm.format(d);
export const fullText = (d) => full.format(d);
export function timeText(at, now) {
  const gap = day(now) - day(at);
  if (gap === 0) return hm.format(at);
  if (gap === 1) return relative.format(-1, "day") + " " + hm.format(at);
  return md.format(at) + " " + hm.format(at);
}

const markup = /<a\s+[^>]*?href\s*=\s*["']([^"']+)["'][^>]*>([\s\S]*?)<\/a>|(https?:\/\/[^\s<>"'\u3000-\u303f\uff00-\uffef]+)/gi;

// fillText writes a message text into el: links become links that call
// visit(url) when it is given, menu links call say(content, id), everything
// else stays text.
export function fillText(el, text, say, visit) {
  let at = 0;
  for (const m of text.matchAll(markup)) {
    el.append(text.slice(at, m.index));
    el.append(link(m[1] || m[3], m[2] || m[3], say, visit));
    at = m.index + m[0].length;
  }
  el.append(text.slice(at));
}

function link(href, label, say, visit) {
  href = href.replaceAll("&amp;", "&");
  if (href.startsWith("weixin://bizmsgmenu") && say) {
    const q = new URLSearchParams(href.slice(href.indexOf("?") + 1));
    const b = document.createElement("button");
    b.type = "button";
    b.className = "say";
    b.textContent = label;
    b.addEventListener("click", () => say(q.get("msgmenucontent") || label, q.get("msgmenuid")));
    return b;
  }
  if (!/^https?:\/\//i.test(href)) return label;
  const a = document.createElement("a");
  a.href = href;
  a.target = "_blank";
  a.rel = "noopener";
  a.textContent = label;
  if (visit) {
    a.addEventListener("click", (e) => {
      if (e.ctrlKey || e.metaKey || e.shiftKey) return;
      e.preventDefault();
      visit(href);
    });
  }
  return a;
}

// follow keeps an event stream open and calls fn at each change.
export function follow(query, fn) {
  const stream = new EventSource("/_sim/events?" + query);
  stream.addEventListener("change", fn);
  return () => stream.close();
}
