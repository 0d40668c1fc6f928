// One press, one submission: a form with [data-lock] is busy until the next page is there; released when the page
// comes back from history, when a request fails, and after 15 seconds.
const say = (form, words) => {
  const status = form.querySelector("[role=status]");
  if (status) status.textContent = words;
};

const release = (form) => {
  clearTimeout(form.lockTimer);
  form.removeAttribute("aria-busy");
  say(form, "");
};

const releaseAll = () => document.querySelectorAll("[data-lock][aria-busy]").forEach(release);

addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("[data-lock]") || event.defaultPrevented) return;
  if (form.ariaBusy) {
    event.preventDefault();
    say(form, "正在提交，请勿重复提交");
    return;
  }
  form.ariaBusy = "true";
  form.lockTimer = setTimeout(release, 15_000, form);
});
addEventListener("pageshow", releaseAll);
addEventListener("htmx:error", releaseAll);
addEventListener("htmx:response:error", releaseAll);
