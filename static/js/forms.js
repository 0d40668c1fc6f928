// One press, one submission: a form with [data-lock] is busy until the next page is there. Where none comes, it is
// released after 15 seconds or when the page returns.
export const say = (form, words) => {
  const status = form.querySelector("[role=status]");
  if (status) status.textContent = words;
};

const release = (form) => {
  clearTimeout(form.lockTimer);
  form.removeAttribute("aria-busy");
  say(form, "");
};

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

addEventListener("pageshow", () => document.querySelectorAll("[data-lock][aria-busy]").forEach(release));
