// One press, one submission. A form marked [data-lock] is busy from its submit until the next page is there.
// The lock opens again when the page comes back from the browser's history, when a request fails, and after
// 15 seconds in any case: the server decides what counts twice, the lock only spares people the question.
const release = (form) => {
  clearTimeout(form.lockTimer);
  form.removeAttribute("aria-busy");
  say(form, "");
};

const say = (form, words) => {
  const status = form.querySelector("[data-lock-status]");
  if (status) status.textContent = words;
};

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("[data-lock]") || event.defaultPrevented) return;
  if (form.ariaBusy === "true") {
    event.preventDefault();
    say(form, "正在提交，请勿重复提交");
    return;
  }
  form.setAttribute("aria-busy", "true");
  form.lockTimer = setTimeout(release, 15_000, form);
});

const releaseAll = () => document.querySelectorAll("[data-lock][aria-busy]").forEach(release);
addEventListener("pageshow", (event) => event.persisted && releaseAll());
document.addEventListener("htmx:error", releaseAll);
document.addEventListener("htmx:response:error", releaseAll);
