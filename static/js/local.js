// What the browser keeps until the server has it, and how it gets there. One place in localStorage for each person and
// form, so that nobody's words come to another who uses the same browser.
export const MARK = `draft ${document.body.dataset.person} `;
const PATIENCE = 8000;
const made = document.querySelector("[data-now]")?.dataset.now;
const ahead = made ? made * 1000 - Date.now() : 0;

// The server's time, as far as this browser knows it.
export const now = () => Date.now() + ahead;

export const clock = (moment) =>
  new Date(moment).toLocaleTimeString("zh-CN", { timeZone: "Asia/Shanghai", hour12: false, hour: "2-digit", minute: "2-digit" });

export const read = (place) => {
  try {
    return JSON.parse(localStorage.getItem(place));
  } catch {
    return null;
  }
};

// Says whether it went well: a browser may be full, or forbid it.
export const write = (place, copy) => {
  try {
    copy ? localStorage.setItem(place, JSON.stringify(copy)) : localStorage.removeItem(place);
    return true;
  } catch {
    return false;
  }
};

export const post = (url, fields, stamp) => {
  const body = new FormData();
  for (const [name, text] of Object.entries(fields)) body.set(name, text);
  body.set("csrfmiddlewaretoken", document.querySelector("[name=csrfmiddlewaretoken]").value);
  body.set("stamp", stamp ?? "");
  return fetch(url, { method: "POST", body, signal: AbortSignal.timeout(PATIENCE) });
};

// Whether a form has arrived though its answer never came back.
export const arrived = async (key) =>
  Boolean(key) && (await (await fetch(`/tickets/sent/?key=${encodeURIComponent(key)}`)).json()).done;
