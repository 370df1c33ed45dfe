// The sheet that slides up: codes to scan, notices to agree to.
import { $, ask, clone } from "./common.js";

let done = null;

// openCodes lists the codes that the account has made; pick gets what the chosen one says.
export async function openCodes(pick) {
  const { codes } = await ask("GET", "/codes");
  show("scan", codes.length === 0);
  $("sheet-list").replaceChildren(...codes.map((c) => {
    const li = clone("t-code").firstElementChild;
    li.querySelector("span").textContent = c.scene;
    li.firstElementChild.addEventListener("click", () => { closeSheet(); pick(c.url); });
    return li;
  }));
}

// openConsents is the platform's popup: every template can be agreed to or not.
export async function openConsents(pick) {
  const templates = (await ask("GET", "/templates")).templates.filter((t) => t.kind === "subscribe");
  show("consent", templates.length === 0);
  $("sheet-list").replaceChildren(...templates.map((t) => {
    const li = clone("t-pick").firstElementChild;
    li.querySelector("span").textContent = t.title;
    li.querySelector("input").value = t.id;
    return li;
  }));
  $("sheet-ok").hidden = templates.length === 0;
  done = () => pick([...$("sheet-list").querySelectorAll("input")].map((box) => ({ id: box.value, accept: box.checked })));
}

function show(what, empty) {
  done = null;
  $("sheet-title").textContent = $("sheet-title").dataset[what];
  $("sheet-none").textContent = $("sheet-none").dataset[what];
  $("sheet-none").hidden = !empty;
  $("sheet-ok").hidden = true;
  $("sheet").hidden = false;
  $("sheet-close").focus();
}

export function closeSheet() {
  $("sheet").hidden = true;
}

$("sheet-ok").addEventListener("click", () => { closeSheet(); if (done) done(); });
$("sheet-close").addEventListener("click", closeSheet);
document.addEventListener("keydown", (e) => { if (e.key === "Escape") closeSheet(); });
