// The pane in which the phone opens web pages, as a doctor's app does.
import { $ } from "./common.js";

// openPane shows an address as the doctor's own browser: pages that ask the platform who is there are told.
export function openPane(user, url) {
  const through = "/_sim/open?user=" + encodeURIComponent(user) + "&url=" + encodeURIComponent(url);
  $("pane-title").textContent = new URL(url).host;
  $("pane-out").href = through;
  $("pane-frame").src = through;
  $("pane").hidden = false;
  $("pane-close").focus();
}

export function closePane() {
  if ($("pane").hidden) return;
  $("pane").hidden = true;
  $("pane-frame").src = "about:blank";
}

// A page of the same site has a title that we may read.
$("pane-frame").addEventListener("load", () => {
  try {
    const title = $("pane-frame").contentDocument.title;
    if (title) $("pane-title").textContent = title;
  } catch {
    // a page of another site keeps its host as title
  }
});
$("pane-close").addEventListener("click", closePane);
document.addEventListener("keydown", (e) => { if (e.key === "Escape") closePane(); });
