// Who else has the ticket open: told every 15 seconds while the page is in front.
import { post } from "./local.js";

const EVERY = 15_000;
const TYPING = 20_000;
const place = document.querySelector("[data-presence]");
let typed = 0;
let timer;

const tell = async () => {
  clearTimeout(timer);
  if (document.hidden) return;
  timer = setTimeout(tell, EVERY);
  try {
    const response = await post(place.dataset.presence, { typing: Date.now() - typed < TYPING ? "1" : "" });
    if (!response.ok) return;
    const { words } = await response.json();
    if (place.textContent !== words) place.textContent = words;
  } catch {
    // The server is away; the next time will tell.
  }
};

if (place) {
  addEventListener("visibilitychange", tell);
  addEventListener("input", (event) => {
    if (!event.target.closest("form[method=post]")) return;
    const begins = Date.now() - typed > TYPING;
    typed = Date.now();
    if (begins) tell();
  });
  tell();
}
