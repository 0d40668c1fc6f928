// Nothing typed is lost: a form with [data-draft] is saved on the server while somebody types, and in the browser
// until the server has it.
import { MARK, arrived, post, read, write } from "./local.js";
import { Sheet } from "./sheet.js";

const sheets = new Map([...document.querySelectorAll("form[data-draft]")].map((form) => [form, new Sheet(form)]));

// A refused form is answered by a page of its own address, and reloading that would send the refused words again, over
// newer ones. So the page takes the address at which its drafts come back.
const path = location.pathname;
const own = [...sheets.values()][0]?.url.split("draft/")[0];
if (own && performance.getEntriesByType("navigation")[0]?.responseStatus === 422) {
  history.replaceState(null, "", own + location.search + location.hash);
}

document.addEventListener("submit", (event) => {
  const sheet = sheets.get(event.target);
  if (!sheet || sheet.going || sheet.isBlank() || event.target.ariaBusy) return;
  event.preventDefault();
  sheet.pass(event.submitter);
}, true);

addEventListener("pagehide", () => sheets.forEach((sheet) => sheet.dirty && !sheet.isBlank() && sheet.keepHere()));
addEventListener("online", () => sheets.forEach((sheet) => sheet.dirty && sheet.save()));
// The browser itself has put back what was typed.
addEventListener("pageshow", () => sheets.forEach((sheet) =>
  sheet.texts.some((text) => text.value !== text.defaultValue && text.value.trim()) && sheet.touch()));

// What was handed over appears in its place, on a page on which somebody may have begun something: nothing else moves.
const show = async () => {
  const result = document.querySelector("#result > .body");
  if (!result) return [...sheets.values()].some((sheet) => sheet.dirty) || location.reload();
  const made = new DOMParser().parseFromString(await (await fetch(path)).text(), "text/html");
  for (const block of made.querySelectorAll(".unsent")) {
    const old = document.getElementById(block.id);
    if (old?.textContent === block.textContent) continue;
    block.open ||= old?.open;
    old ? old.replaceWith(block) : result.prepend(block);
  }
};

// Copies whose form is not on this page (the ticket moved on): the server gets them and shows them where they belong.
const handOver = async () => {
  const here = new Set([...sheets.values()].map((sheet) => sheet.place));
  for (const place of Object.keys(localStorage).filter((key) => key.startsWith(MARK) && !here.has(key))) {
    const copy = read(place);
    const url = place.slice(MARK.length);
    if (!copy || (await arrived(copy.sent))) write(place, null);
    else if ((await post(url, copy.fields, copy.stamp)).ok) {
      write(place, null);
      if (path === url.split("draft/")[0]) await show();
    }
  }
};
if (document.body.dataset.person) handOver().catch(() => {});
