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
