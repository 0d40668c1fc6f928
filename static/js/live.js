// Keeps what is on the screen true: running countdowns, and lists that fetch themselves anew.
const TICK = 30_000;

// The clock is the server's: [data-now] says what time it was there when the page, or a newer part of it, was made.
let ahead = 0;
const readClock = () => {
  const made = document.querySelector("[data-now]")?.dataset.now;
  if (made) ahead = made * 1000 - Date.now();
};

const two = (number) => String(number).padStart(2, "0");

// The same words as the server's filter `duration`.
const duration = (seconds) => {
  const minutes = Math.floor(Math.abs(seconds) / 60);
  const hours = Math.floor(minutes / 60);
  if (!minutes) return "不足1分";
  if (!hours) return `${minutes}分`;
  if (hours < 24) return `${hours}小时${two(minutes % 60)}分`;
  return `${Math.floor(hours / 24)}天${two(hours % 24)}小时`;
};

const refreshCountdowns = () => {
  const now = (Date.now() + ahead) / 1000;
  for (const element of document.querySelectorAll(".countdown[data-due]")) {
    const left = element.dataset.due - now;
    const level = left <= 0 ? 3 : now < element.dataset.warn ? 0 : left <= 1800 ? 2 : 1;
    const words = level === 3 ? "已超时" : level ? "即将超时 剩余" : "剩余";
    const text = words + duration(left);
    if (element.textContent !== text) element.textContent = text;
    element.dataset.level = level;
    element.dataset.state = ["normal", "due_soon", "due_soon", "overdue"][level];
  }
};

// In the middle of something: typing, choosing, marking text, or about to press what is under the pointer.
let moved = 0;
addEventListener("pointermove", () => (moved = Date.now()), { passive: true });
const isBusy = () =>
  document.hidden ||
  document.activeElement?.matches("input, select, textarea") ||
  !getSelection().isCollapsed ||
  Date.now() - moved < 2000;

const refreshLists = () => {
  for (const list of document.querySelectorAll("[data-refresh-every]")) {
    const age = Date.now() - (list.freshAt ??= Date.now());
    if (age < list.dataset.refreshEvery * 1000 || isBusy()) continue;
    list.freshAt = Date.now();
    list.dispatchEvent(new CustomEvent("refresh"));
  }
};

// Signed out meanwhile: the answer is the login page. Go there instead of putting it into the list.
document.addEventListener("htmx:before:response", (event) => {
  if (!event.detail.ctx.response.raw.redirected) return;
  event.preventDefault();
  location.reload();
});
document.addEventListener("htmx:after:swap", () => {
  readClock();
  refreshCountdowns();
});
document.addEventListener("visibilitychange", () => {
  if (document.hidden) return;
  refreshCountdowns();
  refreshLists();
});

readClock();
refreshCountdowns();
setInterval(refreshCountdowns, TICK);
setInterval(refreshLists, 2000);
