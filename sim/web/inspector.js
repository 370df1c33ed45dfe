// The inspector's list of callbacks: what was said, how it was sealed, how it was signed.
import { $, clone, clockText } from "./common.js";

let list = [], chosen = 0, face = "plain";

// drawWire shows the newest exchange, or the one that was chosen from the list.
export function drawWire(newest, exchanges) {
  list = exchanges.slice(-8).reverse();
  if (newest && !list.some((x) => x.id === newest.id)) list.unshift(newest);
  draw();
}

export function forgetWire() {
  list = [];
  chosen = 0;
  draw();
}

function draw() {
  const x = list.find((one) => one.id === chosen) || list[0];
  $("wire").hidden = $("wire-status").hidden = !x;
  $("wire-none").hidden = !!x;
  if (!x) return;
  $("wire-list").replaceChildren(...list.map((one) => entry(one, one === x)));
  $("wire-status").textContent = x.status || "–";
  $("wire-status").classList.toggle("bad", !!x.problem);
  $("wire-ms").textContent = x.ms;
  $("wire-attempts").textContent = x.attempts;
  $("wire-problem").textContent = x.problem || "";
  const last = (x.log || []).at(-1) || {};
  $("wire-in").textContent = (face === "cipher" ? last.body : x.in) || "";
  $("wire-out").textContent = (face === "cipher" ? last.answer : x.out) || $("wire-out").dataset.empty;
  $("wire-texts").hidden = face === "sign";
  $("wire-sign").hidden = face !== "sign";
  $("wire-sign").replaceChildren(...signed(last.query || x.query || ""));
}

function entry(x, current) {
  const li = clone("t-wire").firstElementChild;
  const b = li.firstElementChild;
  b.querySelector("span").textContent = x.label;
  b.querySelector("time").textContent = clockText(new Date(x.at));
  b.querySelector("b").textContent = x.ms + " ms";
  b.setAttribute("aria-current", String(current));
  b.addEventListener("click", () => { chosen = x.id; draw(); });
  return li;
}

function signed(query) {
  return [...new URLSearchParams(query)].flatMap(([name, value]) => {
    const dt = document.createElement("dt"), dd = document.createElement("dd");
    dt.textContent = name;
    dd.textContent = value;
    return [dt, dd];
  });
}

document.querySelectorAll("[data-wire]").forEach((b) => b.addEventListener("click", () => {
  face = b.dataset.wire;
  document.querySelectorAll("[data-wire]").forEach((o) => o.setAttribute("aria-selected", String(o === b)));
  draw();
}));
