// Keeps the screen true: countdowns run, lists fetch themselves anew.

// The clock is the server's: [data-now] is its time when the page or its newest part was made.
let ahead = 0;
const readClock = () => {
  const made = document.querySelector("[data-now]")?.dataset.now;
  if (made) ahead = made * 1000 - Date.now();
  refreshCountdowns();
};

// The same words as the server's filter `duration`.
const duration = (seconds) => {
  const two = (number) => String(number).padStart(2, "0");
  const minutes = Math.floor(Math.abs(seconds) / 60);
  const hours = Math.floor(minutes / 60);
  if (!minutes) return "不足1分";
  if (!hours) return `${minutes}分`;
  if (hours < 24) return `${hours}小时${two(minutes % 60)}分`;
  return `${Math.floor(hours / 24)}天${two(hours % 24)}小时`;
};

// Words and levels as in tickets/timeliness.py: 1 warned, 2 in the last half hour, 3 overdue.
const refreshCountdowns = () => {
  const now = (Date.now() + ahead) / 1000;
  for (const element of document.querySelectorAll(".countdown[data-due]")) {
    const { due, warn, critical } = element.dataset;
    const level = now >= due ? 3 : now < warn ? 0 : now >= critical ? 2 : 1;
    const text = ["剩余", "即将超时 剩余", "即将超时 剩余", "已超时"][level] + duration(due - now);
    if (element.textContent !== text) element.textContent = text;
    element.dataset.level = level;
    element.dataset.state = ["normal", "due_soon", "due_soon", "overdue"][level];
  }
};

// Typing, marking text, having picked rows, or about to press what is under the pointer.
let moved = 0;
const isBusy = () =>
  document.hidden ||
  document.activeElement.matches("input, select, textarea") ||
  document.querySelector("[data-refresh-every] input:checked") !== null ||
  !getSelection().isCollapsed ||
  Date.now() - moved < 2000;

const refreshLists = () => {
  for (const list of document.querySelectorAll("[data-refresh-every]")) {
    list.freshAt ??= Date.now();
    if (Date.now() - list.freshAt < list.dataset.refreshEvery * 1000 || isBusy()) continue;
    list.freshAt = Date.now();
    list.dispatchEvent(new Event("refresh"));
  }
};

addEventListener("pointermove", () => (moved = Date.now()), { passive: true });
addEventListener("visibilitychange", () => refreshCountdowns() || refreshLists());
addEventListener("htmx:after:swap", readClock);
// Signed out meanwhile: there is no list any more, only the login page.
addEventListener("htmx:before:response", (event) => {
  if (event.detail.ctx.response.raw.status !== 401) return;
  event.preventDefault();
  location.reload();
});

readClock();
setInterval(refreshCountdowns, 30_000);
setInterval(refreshLists, 2000);
